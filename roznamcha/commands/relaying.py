"""Relaying: every entry to Kafka, once and in order, for as long as the process lives."""

from __future__ import annotations

import signal
import threading
import time
from contextlib import closing
from typing import Annotated

import typer

from consumers.embedded import connected
from consumers.watchdog import Watchdog
from projections.ranking import Ranking
from roznamcha.broker import broker_of, reaching, topics_of
from roznamcha.errors import Refused
from roznamcha.health import RELAY
from roznamcha.office import Office, open_office
from roznamcha.posts import signed
from roznamcha.relay import Relay
from roznamcha.screen import AsJson, note, print_json, progress_bar, say
from roznamcha.settings import settings
from roznamcha.views import all_views

app = typer.Typer()
ENDING = 2.0
"""Seconds that another relay may take to end, before `--once` is refused beside it."""
STOPPED = 130
"""The exit code of what was stopped before it was done."""


@app.command()
def relay(
    once: Annotated[bool, typer.Option("--once", help="Publish what is there now, and stop")] = False,  # noqa: FBT002
    *,
    as_json: AsJson = False,
) -> None:
    """Publish every entry to Kafka, once and in order; a second relay waits until the first has ended.

    With --once it doesn't wait for one that goes on: exit code 1, and 130 when it is stopped before it is done.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with open_office(settings()) as office:
        relay_with(office, stop, once=once, as_json=as_json)


def relay_with(office: Office, stop: threading.Event, *, once: bool, as_json: bool) -> None:
    """Publish until told to stop, or once. Raises Refused beside another one, Unavailable, Broken, Usage."""
    broker, topics = broker_of(office.settings), topics_of(office.settings)
    with connected(office.url, signed(RELAY)) as connection:
        relay = Relay(connection, broker, topics, office.catalogue, [*all_views(office), Ranking()])
        _wait_for_the_other(relay, stop, once=once)
        with reaching(broker), closing(relay):
            if stop.is_set():  # the lock may be another's
                pass
            elif once:
                with progress_bar("publishing", shown=not as_json) as progress:
                    relay.publish(progress=progress, stop=stop)
            else:
                note(f"publishing to {topics.entries} at {broker.bootstrap}; Ctrl-C stops")
                with Watchdog(RELAY) as dog:
                    relay.follow(stop, told=dog.round)
    if as_json:
        print_json({"published": relay.published, "position": relay.reached or None, "topic": topics.entries})
    else:
        upto = f", up to position {relay.reached:,}" if relay.reached else ""
        say(f"{relay.published:,} entries published to {topics.entries}{upto}")
    if once and stop.is_set():
        note("stopped before all was published; the next one goes on from here")
        raise typer.Exit(STOPPED)


def _wait_for_the_other(relay: Relay, stop: threading.Event, *, once: bool) -> None:
    """Wait until no other relay is at work, or told to stop. `once` waits for one that is ending. Raises Refused."""
    until, waited = time.monotonic() + ENDING, False
    while not relay.alone() and not stop.is_set():
        if once and time.monotonic() > until:
            raise Refused(["another relay is at work on this store, and publishes what is there: stop it first"])
        if not waited and not once:
            note("another relay is at work on this store: waiting until it has ended")
        waited = True
        stop.wait(1)
