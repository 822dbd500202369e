"""Relaying: every entry to Kafka, once and in order, for as long as the process lives."""

from __future__ import annotations

import signal
import threading
from typing import Annotated

import typer

from consumers.embedded import connected
from roznamcha.errors import Unavailable
from roznamcha.health import RELAY
from roznamcha.office import Office, open_office
from roznamcha.posts import signed
from roznamcha.screen import AsJson, note, print_json, progress_bar, say
from roznamcha.settings import settings
from roznamcha.views import all_views

app = typer.Typer()


@app.command()
def relay(
    once: Annotated[bool, typer.Option("--once", help="Publish what is there now, and stop")] = False,  # noqa: FBT002
    *,
    as_json: AsJson = False,
) -> None:
    """Publish every entry to Kafka, once and in order; a second relay waits until the first has ended."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with open_office(settings()) as office:
        _relay(office, stop, once=once, as_json=as_json)


def _relay(office: Office, stop: threading.Event, *, once: bool, as_json: bool) -> None:
    from consumers.clients import Away, KafkaError
    from roznamcha.broker import broker_of, topics_of
    from roznamcha.relay import Relay

    broker, topics = broker_of(office.settings), topics_of(office.settings)
    with connected(office.url, signed(RELAY)) as connection:
        relay = Relay(connection, broker, topics, office.catalogue, all_views(office))
        waited = False
        while not relay.alone() and not stop.is_set():
            if not waited:
                note("another relay is at work on this store: waiting until it has ended")
            waited = True
            stop.wait(1)
        try:
            if once:
                with progress_bar("publishing", shown=not as_json) as progress:
                    done = relay.publish(progress=progress)
            else:
                note(f"publishing to {topics.entries} at {broker.bootstrap}; Ctrl-C stops")
                relay.follow(stop)
                done = relay.published
        except (Away, KafkaError) as error:
            message = f"the broker is away: {error}"
            raise Unavailable(message) from None
        finally:
            at = relay.at
            relay.close()
    position = at.position if at is not None else None
    if as_json:
        print_json({"published": done, "position": position, "topic": topics.entries})
    else:
        say(f"{done:,} entries published to {topics.entries}" + (f", up to position {position:,}" if position else ""))
