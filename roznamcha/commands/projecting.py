"""Following: the views are kept up to date for as long as the process lives, from the store's own log or from Kafka."""

from __future__ import annotations

import gc
import signal
import threading
from enum import StrEnum
from typing import Annotated

import typer

from consumers import embedded
from consumers.embedded import connected
from roznamcha.errors import Unavailable
from roznamcha.health import FOLLOWER
from roznamcha.office import Office, open_office
from roznamcha.posts import signed
from roznamcha.screen import note
from roznamcha.settings import settings
from roznamcha.views import Board, open_board

app = typer.Typer()


class Source(StrEnum):
    """Where entries come from."""

    EMBEDDED = "embedded"
    KAFKA = "kafka"


@app.command()
def project(
    source: Annotated[
        Source | None,
        typer.Option(help="Follow the store's own log, or Kafka; default: Kafka where a broker is named"),
    ] = None,
) -> None:
    """Keep the views up to date until stopped. Several such processes share the work."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    here = settings()
    chosen = source or (Source.KAFKA if here.kafka else Source.EMBEDDED)
    # Where Kafka is followed this process takes entries from there alone: what the log has is not looked at first.
    with open_office(here) as office, open_board(office, catch_up=chosen is Source.EMBEDDED) as board:
        gc.freeze()
        gc.set_threshold(50_000)  # what is remembered of the views lives long, and holds no rings
        if chosen is Source.KAFKA:
            follow_kafka(office, board, stop)
        else:
            note("following the store; Ctrl-C stops")
            embedded.keep_following(office.url, board.views, office.catalogue, stop, called=signed(FOLLOWER))


def follow_kafka(office: Office, board: Board, stop: threading.Event) -> None:
    """Follow the topic until told to stop. Raises Broken where it is another store's, Usage, Unavailable."""
    from consumers.keeping import keep_following
    from roznamcha.broker import broker_of, reaching, topics_of
    from roznamcha.relayed import belong

    broker, topics = broker_of(office.settings), topics_of(office.settings)

    def ours() -> None:
        with connected(office.url) as connection:
            belong(connection, broker, topics)  # else each entry of another store would be a dead letter here

    with reaching(broker):
        ours()
        note(f"following {topics.entries} at {broker.bootstrap}; Ctrl-C stops")
        try:
            keep_following(
                office.url, board.views, office.catalogue, broker, topics, stop, called=FOLLOWER,
                seen_as=signed(FOLLOWER), ours=ours,
            )  # fmt: skip
        except LookupError as error:
            message = f"{error}: run `roznamcha topics apply`"
            raise Unavailable(message) from None
