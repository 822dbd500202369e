"""What those at the posts do: the program's own commands, a station that keeps entering acts, and another system."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import domain
from consumers import clients
from consumers.clients import Broker
from consumers.kafka import KafkaFollower
from consumers.topics import Topics
from consumers.watchdog import Watchdog
from roznamcha import cli
from roznamcha.relay import Relay
from schemas import catalogue
from tests.broker.copies import create, remove
from tests.consumers.subscribing import subscriber
from tests.fault.jobs import Journal, batches, line_of, store_on, views
from tests.roznamcha.told import agrees

SESSION_MS = 2_000
"""Milliseconds of silence after which a member is taken for dead: ten seconds in service."""
STALL = 5.0
"""Seconds without a message after which a reader asks whether it should have got one: thirty in service."""
TRANSACTION_MS = 4_000
"""Milliseconds for which a transaction may stay open: twenty seconds in service."""
HANGS = 40.0
"""Seconds after which a relay that doesn't come round ends, to be begun again: two minutes in service."""
PATIENCE = 20.0
"""Seconds in which a topic must show what was committed to it: a mark of each transaction has to reach it."""


def load() -> None:
    """Import and work out once what everybody would."""
    domain.load()
    catalogue()
    views()
    list(batches(0, 1))


def broker_of(order: Mapping[str, Any]) -> Broker:
    """The broker as an order names it."""
    return Broker(order["broker"], json.loads(Path(order["options"]).read_text()))


def program(order: Mapping[str, Any]) -> None:
    """Be the program itself, with less patience and smaller batches, so that more can happen in a second."""
    os.environ |= order["environment"]
    clients.PATIENCE_MS = order.get("transaction_ms", TRANSACTION_MS)
    for made, batch in ((KafkaFollower, 20), (Relay, 25)):
        made.__init__.__kwdefaults__["batch"] = batch  # type: ignore[misc]
    Watchdog.__init__.__defaults__ = (HANGS, *Watchdog.__init__.__defaults__[1:])  # type: ignore[misc,index]
    KafkaFollower.__init__.__kwdefaults__ |= {"session_ms": SESSION_MS, "stall": STALL}
    if order.get("unlocked"):  # as two relays are whose database lost one's connection: only the broker parts them
        Relay.alone = lambda _self: True  # type: ignore[method-assign]
    sys.argv = ["roznamcha", *order["arguments"]]
    cli.main()


def keep_writing(order: Mapping[str, Any]) -> None:
    """Enter batch after batch, and journal what was acknowledged, until dismissed."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    store, journal, seed = store_on(order["url"]), Journal(order["journal"]), order["seed"]
    while not stop.wait(order["pause"]):
        for units in batches(seed, 1):
            journal.note("sent", [str(unit[0].event.meta.command_id) for unit in units])
            outcomes = store.record_units(units)
            journal.note("told", [line_of(unit[0], each[0]) for unit, each in zip(units, outcomes, strict=True)])
        seed += 1
    store.datastore.close()


def subscribe(order: Mapping[str, Any]) -> None:
    """Be another system, until dismissed. It ends when there is no broker to begin with, and is begun again."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    court = subscriber(
        order["own"],
        broker_of(order),
        Topics(order["topics"]),
        session_timeout_ms=SESSION_MS,
        stall=STALL,
    )
    try:
        court.run(stop)
    except clients.Away as error:
        print(error, file=sys.stderr)
        sys.exit(4)


def compare_rows(order: Mapping[str, Any]) -> None:
    """Whether who reads the topics of rows holds what stands in the tables."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return agrees(order["url"], broker_of(order), Topics(order["topics"]))
        except AssertionError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def make_topics(order: Mapping[str, Any]) -> None:
    """Make all topics of a prefix."""
    topics = Topics(order["topics"])
    create(broker_of(order), topics, tuple(each.short for each in topics.all))


def remove_topics(order: Mapping[str, Any]) -> None:
    """Delete them."""
    topics = Topics(order["topics"])
    remove(broker_of(order), topics, tuple(each.short for each in topics.all))


def tell_leaders(order: Mapping[str, Any]) -> None:
    """Print which node leads what: [topic, partition, node's number, complete copies], as JSON."""
    with broker_of(order).admin() as admin:
        told = admin.describe_topics(order["of"])
    found = [
        [topic["name"], each["partition_index"], each["leader_id"], len(each["isr_nodes"])]
        for topic in told
        for each in topic["partitions"]
    ]
    print(json.dumps(found))


POSTS: dict[str, Callable[[Mapping[str, Any]], None]] = {
    "program": program,
    "writer": keep_writing,
    "subscriber": subscribe,
    "rows": compare_rows,
    "topics": make_topics,
    "no topics": remove_topics,
    "leaders": tell_leaders,
}
"""Every job by its name."""
