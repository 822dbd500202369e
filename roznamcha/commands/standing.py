"""Standing guard: all that must run on, under one command that starts it, keeps it going and stops it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import psycopg
import typer
from eventsourcing.persistence import PersistenceError

from consumers.embedded import connected
from roznamcha.commands.projecting import Source
from roznamcha.errors import Unavailable, Usage
from roznamcha.guard import Guard
from roznamcha.lines import Lines
from roznamcha.office import database, open_office
from roznamcha.posts import POSTS
from roznamcha.published import only_here
from roznamcha.screen import AsJson, print_json
from roznamcha.sentry import Sentry
from roznamcha.settings import Settings, settings

app = typer.Typer()
LEDGER = next(each for each in POSTS if each.name == "ledger")


@app.command()
def up(  # noqa: PLR0913 (one for each choice)
    context: typer.Context,
    source: Annotated[
        Source | None,
        typer.Option(help="Where the views get entries from; default: Kafka where a broker is named"),
    ] = None,
    grace: Annotated[
        float, typer.Option(min=0, help="Seconds in which everything has to end when it is told to stop")
    ] = 30.0,
    metrics_port: Annotated[
        int | None,
        typer.Option(min=0, max=65_535, help="Answer /metrics, /healthz and /readyz there; 0: any free port"),
    ] = None,
    registry_port: Annotated[
        int | None, typer.Option(min=0, max=65_535, help="Also serve the schemas there, as `serve` does")
    ] = None,
    metrics_host: Annotated[str, typer.Option(help="The address on which it is answered")] = "127.0.0.1",
    against: Annotated[
        list[Path] | None, typer.Option(help="A checkpoint that was kept elsewhere: the ledger must go on from it")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Run relay (where a broker is named), views and ticker; start again what dies; stop all together.

    What they say is carried through on stderr, a line each with the process's name: JSON unless a person is watching.
    """
    here = settings()
    _check(here, source)
    verbose = bool(context.parent and context.parent.params.get("verbose"))
    lines = Lines(sys.stderr, readable=sys.stderr.isatty() and not as_json)
    options = {"project": ["--source", source.value]} if source else {}
    if registry_port is not None:
        options["serve"] = ["--port", str(registry_port)]
    with heads(here, against) as kept, database(here) as url:
        if kept:
            options["ledger"] = kept
        look_first(here, lines)
        before = ["--verbose"] if verbose else []
        sentries = [
            Sentry(each, options.get(each.name, []), grace, lines, before=before)
            for each in POSTS
            if each.needed(here) or each.name in options
        ]
        guard = Guard(sentries, url, lines, grace)
        with _window(guard, here, url, metrics_host, metrics_port):
            code = guard.run()
    if as_json:
        posts = {each.post.name: {"starts": each.starts, "given_up": each.given_up} for each in sentries}
        print_json({"stopped": guard.stopping or None, "code": code, "posts": posts})
    if code:
        raise typer.Exit(code)


def _check(here: Settings, source: Source | None) -> None:
    """Raise Usage for settings with which no process could work, before one is started."""
    here.zone, here.prefix  # noqa: B018 (a name that is none is refused)
    if here.kafka or source is Source.KAFKA:
        from roznamcha.broker import broker_of

        broker_of(here)


@contextmanager
def heads(here: Settings, against: list[Path] | None) -> Iterator[list[str]]:
    """The sequencer's options for heads that were kept elsewhere, which it is given at each of its starts.

    They are read once and put by, so that it finds them again however long `up` runs. Raises Usage for a file that
    can't be read and where there is no ledger, Refused for what is no checkpoint.
    """
    if not against:
        yield []
        return
    from roznamcha.commands.sequencing import notes_in

    notes = notes_in(against)
    if not LEDGER.needed(here):
        message = "--against is for the ledger, and none is kept here: `roznamcha ledger key new` draws its key"
        raise Usage(message)
    with TemporaryDirectory(prefix="roznamcha-heads-") as folder:
        found = []
        for n, note in enumerate(notes):
            path = Path(folder) / str(n)
            path.write_bytes(note)
            found += ["--against", str(path)]
        yield found


def look_first(here: Settings, lines: Lines) -> None:
    """Open the store once: what every process would end with is told once, and the tables are there for all.

    A database that is away may come back: then the processes wait for it. Raises Usage and Broken.
    """
    try:
        with open_office(here) as office:
            if here.kafka:
                with connected(office.url) as connection:
                    only_here(connection, here.prefix)
    except Unavailable as error:
        lines.tell("the store is not ready", level="warning", why=str(error))
    except (psycopg.OperationalError, PersistenceError) as error:
        lines.tell("the database is away", level="warning", why=type(error).__name__)


@contextmanager
def _window(guard: Guard, here: Settings, url: str, host: str, port: int | None) -> Iterator[None]:
    """Answer a monitoring system meanwhile, where that is asked for."""
    if port is None:
        yield
        return
    from roznamcha.window import open_window

    with open_window(guard, url, here.prefix if here.kafka else None, host, port) as address:
        guard.lines.tell("answering", at=f"http://{address}", paths=["/metrics", "/healthz", "/readyz"])
        yield
