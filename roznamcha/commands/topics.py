"""The topics on the broker, as data: how it differs, making it so, and the document that others build on."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Annotated, Any

import psycopg
import typer

from consumers.embedded import connected, head
from consumers.topics import Topics
from roznamcha.asyncapi import SCHEMAS, document, text
from roznamcha.errors import Broken, Unavailable, Usage
from roznamcha.office import database, open_office
from roznamcha.published import only_here
from roznamcha.screen import AsJson, many, note, print_json, say
from roznamcha.settings import Settings, settings
from schemas import catalogue

if TYPE_CHECKING:  # who plans nothing need not pay for the client
    from consumers.clients import Broker

topics = typer.Typer(help="The topics on Kafka: how the broker differs from them, make it so.", no_args_is_help=True)

Copies = Annotated[
    int | None, typer.Option(min=1, help="Nodes that keep each message; default: three, or as many as there are")
]
Principals = Annotated[
    list[str] | None,
    typer.Option("--principal", help="SERVICE=User:NAME: whose rights matter; once for each service"),
]
UNGUARDED = "the broker asks nobody who he is (it has no authorizer): there are no rights to give"


@topics.command()
def asyncapi(
    schemas: Annotated[str, typer.Option(help="Where the schema files lie: a relative path or a URL")] = SCHEMAS,
    *,
    as_json: AsJson = False,
) -> None:
    """Print the AsyncAPI document of the topics and what they carry. It needs no broker."""
    ours = Topics(settings().prefix)
    if as_json:
        print_json(document(catalogue(), ours, schemas))
    else:
        typer.echo(text(catalogue(), ours, schemas), nl=False)


@topics.command("plan")
def show_plan(
    copies: Copies = None,
    principal: Principals = None,
    *,
    check: Annotated[bool, typer.Option("--check", help="End with 3 where anything is left for apply to do")] = False,
    as_json: AsJson = False,
) -> None:
    """Show how the broker differs from the topics and rights in the data. Nothing is changed.

    To have something to do is an ordinary answer, exit code 0; 3 where it can't be done, or with --check at all.
    """
    from roznamcha.broker import broker_of, reaching, topics_of
    from roznamcha.rights import services_of
    from roznamcha.topic_plan import plan

    here, services = settings(), services_of(principal or ())
    broker = broker_of(here)
    with reaching(broker):
        found = plan(broker, topics_of(here), copies=copies, services=services)
    if as_json:
        print_json(found.document())
    else:
        _say(found, copies)
        if found.done:
            say(f"everything under {found.prefix} is as it should be")
        else:
            say("`roznamcha topics apply` makes it so")
    _end(found, as_json=as_json)
    if check and found.left:
        raise typer.Exit(Broken.exit_code)


@topics.command("apply")
def make_so(  # noqa: PLR0913 (one for each choice)
    copies: Copies = None,
    principal: Principals = None,
    *,
    revoke: Annotated[
        bool, typer.Option("--revoke", help="Take away what the data don't grant to the principals named")
    ] = False,
    anew: Annotated[
        bool, typer.Option("--anew", help="Delete our topics first, with all in them; the relay publishes all again")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --anew: don't ask")] = False,
    as_json: AsJson = False,
) -> None:
    """Make the broker's topics and rights as the data have them. What is so already is left alone."""
    from roznamcha.broker import broker_of, reaching, topics_of
    from roznamcha.rights import services_of
    from roznamcha.topic_plan import apply, clear

    here, services = settings(), services_of(principal or ())
    broker, ours = broker_of(here), topics_of(here)
    made: list[str] = []
    told = made.append if as_json else say
    if anew and not yes:
        _confirm(ours.prefix)
    if not anew:
        under_this_prefix(here)
    with reaching(broker), _relay_kept_away(here, broker, ours) if anew else nullcontext():
        if anew:
            clear(broker, ours, told)
        found = apply(broker, ours, copies=copies, services=services, revoke=revoke, told=told)
    if as_json:
        print_json({"made": made, **found.document()})
    else:
        _say(found, copies)
        say(f"{many(len(ours.all), 'topic')} under {found.prefix}, {many(found.copies, 'copy', 'copies')} of each")
    _end(found, as_json=as_json, made=True)


@contextmanager
def _relay_kept_away(here: Settings, broker: Broker, ours: Topics) -> Iterator[None]:
    """No relay is at work on the store meanwhile, and what is noted of one is forgotten. Raises Refused, Usage."""
    from roznamcha.published import forget
    from roznamcha.relayed import published

    with open_office(here, reading=True) as office, connected(office.url) as connection:
        if not head(connection) and (last := published(broker, ours)):
            message = (
                f"this store holds no entry, and Kafka has some up to position {last}, which nobody could "
                "publish again from here: is --data, or ROZNAMCHA_DATABASE_URL, the right one?"
            )
            raise Usage(message)
        forget(connection)
        yield


def under_this_prefix(here: Settings) -> None:
    """Raise Usage where the store is published under another prefix. Where no store can be asked it is not needed."""
    if not here.database_url and not (here.data / "postgres").exists():
        return
    try:
        with database(here, reading=True) as url, connected(url) as connection:
            (built,) = connection.execute("SELECT to_regclass('ops.relayed') IS NOT NULL").fetchone() or (False,)
            if built:
                only_here(connection, here.prefix)
    except (psycopg.OperationalError, Unavailable) as error:
        note(f"the store could not be asked whether it is published under this prefix: {type(error).__name__}")


def _confirm(prefix: str) -> None:
    """Let the prefix be typed: deleting the wrong topics can't be undone. Raises Usage."""
    if not sys.stdin.isatty():
        message = "--anew deletes every message under the prefix: say --yes where nobody can be asked"
        raise Usage(message)
    note(f"This deletes every message in the topics under {prefix}; the relay then publishes all again from the store.")
    if typer.prompt(f"Type {prefix} to go on", err=True, default="", show_default=False) != prefix:
        message = f"that was not {prefix}: nothing was deleted"
        raise Usage(message)


def _say(found: Any, copies: int | None) -> None:  # noqa: ANN401 (a TopicPlan: its module needs the broker's client)
    say(*found.says())
    if (copies or 0) > found.nodes:
        note(f"{copies} copies were asked for, and the broker has {many(found.nodes, 'node')}")
    if found.guarded is False:
        note(UNGUARDED)


def _end(found: Any, *, as_json: bool, made: bool = False) -> None:  # noqa: ANN401 (a TopicPlan)
    """End as broken when something can't be made so, as unavailable when it wasn't. Raises Broken, Unavailable."""
    if made and found.left:
        if as_json:
            raise typer.Exit(Unavailable.exit_code)
        message = "the broker took everything, and doesn't show it yet: `roznamcha topics plan` says what is left"
        raise Unavailable(message)
    if not found.partitions:
        return
    if as_json:
        raise typer.Exit(Broken.exit_code)
    first = found.partitions[0]
    message = (
        f"{first.topic} has {first.now} partitions, not {first.wanted}: a partition is a slot, for ever, so they are "
        "never changed. `roznamcha topics apply --anew` makes all topics again; the relay fills them from the store"
    )
    raise Broken(message)
