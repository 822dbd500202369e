"""Registries of schemas: our own, served to whoever reads entries, and others, to which ours are taken."""

from __future__ import annotations

import errno
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from consumers.topics import Topics
from roznamcha.commands.contracts import schemas
from roznamcha.errors import Unavailable, Usage
from roznamcha.office import open_office
from roznamcha.screen import AsJson, note, print_json, say
from roznamcha.settings import masked, settings
from roznamcha.subjects import schema_book
from schemas import catalogue

if TYPE_CHECKING:
    from starlette.routing import Route

app = typer.Typer()
LEAVING = 5
"""Seconds in which answers under way are finished when it is stopped."""


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="The address to listen at")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port to listen at; 0 takes a free one")] = 8081,
    *,
    ledger: Annotated[bool, typer.Option("--ledger", help="Also serve the court's ledger, from the store")] = False,
    as_json: AsJson = False,
) -> None:
    """Serve the schema registry, read-only, until stopped: usual Kafka clients decode entries with it alone.

    It needs neither database nor broker, but for the ledger. Whoever connects is answered: neither schemas nor the
    ledger hold personal data.
    """
    import uvicorn

    from roznamcha import registry

    with _ledger(asked=ledger) as more, _listening(host, port) as listening:
        book = schema_book(catalogue(), Topics(settings().prefix))
        config = uvicorn.Config(
            registry.app(book, more),
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=LEAVING,
        )
        server = uvicorn.Server(config)
        # Takes a signal that comes before uvicorn looks for them, and the one it raises again when it has stopped.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: setattr(server, "should_exit", True))
        bound = listening.getsockname()
        address = f"[{bound[0]}]:{bound[1]}" if ":" in bound[0] else f"{bound[0]}:{bound[1]}"
        if as_json:
            print_json({"url": f"http://{address}", "subjects": len(book.subjects), "schemas": len(book.by_id)})
        else:
            note(f"serving {len(book.by_id)} schemas at http://{address}; Ctrl-C stops")
        server.run(sockets=[listening])


@contextmanager
def _ledger(*, asked: bool) -> Iterator[list[Route]]:
    """What is served of the ledger, while its store is open."""
    if not asked:
        yield []
        return
    from roznamcha.ledger.serving import Window

    with open_office(settings(), reading=True) as office:
        yield Window(office.url).routes()


def _listening(host: str, port: int) -> socket.socket:
    """A socket that listens. Raises Unavailable when someone else does, Usage for an address that isn't ours."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listening = socket.create_server((host, port), family=family, backlog=1024)
        # asyncio would do this for a socket of its own making: else each answer waits for its head to be acknowledged.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            message = f"port {port} of {host} is taken: give another one with --port, or stop who has it"
            raise Unavailable(message) from None
        why = os.strerror(error.errno) if error.errno and error.errno > 0 else "no such address"
        message = f"nothing can be served at {host} port {port}: {why}"
        raise Usage(message) from None
    return listening


@schemas.command()
def publish(
    registry: Annotated[str, typer.Option(help="URL of the registry; default: ROZNAMCHA_REGISTRY_URL")] = "",
    plan: Annotated[bool, typer.Option("--plan", help="Compare, show what is missing there, write nothing")] = False,  # noqa: FBT002
    *,
    as_json: AsJson = False,
) -> None:
    """Take every locked schema to a Confluent-compatible registry, under our own ids.

    All is compared first: a registry with another schema in one of our places is refused, and left as it is.
    """
    from roznamcha import publishing

    here = settings()
    url = registry or here.registry_url
    if not url:
        message = "no registry is named: set ROZNAMCHA_REGISTRY_URL, or give --registry URL"
        raise Usage(message)
    if not publishing.is_url(url):
        message = "that is no URL of a registry: give http://HOST:PORT or https://HOST"
        raise Usage(message)
    book = schema_book(catalogue(), Topics(here.prefix))
    with publishing.other_registry(url) as other:
        lines = publishing.missing(book, other) if plan else publishing.publish(book, other)
    what = "missing" if plan else "published"
    if as_json:
        about = {"registry": masked(url), "subjects": len(book.subjects), "versions": len(book.lines)}
        print_json(
            {**about, what: [{"subject": each.subject, "version": each.version, "id": each.id} for each in lines]}
        )
        return
    for each in lines if plan else ():
        say(f"{each}, id {each.id}")
    now = f"{len(lines)} {what} there" if plan else f"{len(lines)} published just now"
    say(f"{len(book.lines)} versions of {len(book.subjects)} subjects for {masked(url)}: {now}")
