"""What the processes between store and views do that the tests of faults kill: relaying, and following the topic."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from consumers import letters
from consumers.building import prepare
from consumers.clients import Broker
from consumers.embedded import Follower, connected, read_log
from consumers.kafka import KafkaFollower
from consumers.topics import Topics
from projections.view import View
from roznamcha.relay import Relay
from schemas import catalogue
from tests.broker.reading import read_topic
from tests.consumers.feed import all_views
from tests.consumers.subscribing import came_once, receive, subscriber
from tests.roznamcha.told import agrees as rows_agree

AWKWARD = 7
"""Every so manieth position holds what the stumbling subscriber can't take."""
GARBAGE = range(5)
"""Partitions into which a message is written that is no entry, each time the topic is followed."""


def relay(order: Mapping[str, Any], views: Sequence[View] = ()) -> None:
    """Publish what is there, in small transactions, and the rows of these views."""
    with connected(order["url"]) as connection:
        made = Relay(connection, Broker(order["broker"]), Topics(order["topics"]), catalogue(), views, batch=5)
        made.publish()
        made.begin()  # until readers can see all of it
        made.close()


def tell_rows(order: Mapping[str, Any]) -> None:
    """Fold a few entries, and publish them and the rows they came to; what a reader holds is what stands there."""
    views = all_views()
    with connected(order["url"]) as connection:
        prepare(connection, views)
        Follower(connection, views, catalogue()).catch_up(batch=5)
    relay(order, views)
    rows_agree(order["url"], Broker(order["broker"]), Topics(order["topics"]))


def subscribe(order: Mapping[str, Any], handle: Callable[..., Any] = receive) -> None:
    """Be another system that takes everything in small batches, in its own schema; each entry has its effect once."""
    if not read_topic(Broker(order["broker"]), Topics(order["topics"]).entries):
        relay(order)
    court = subscriber(order["url"], Broker(order["broker"]), Topics(order["topics"]), handle, batch=3)
    court.catch_up()
    for lot in court.parked():
        assert lot.record_id is not None
        subscriber(order["url"], court.broker, Topics(order["topics"])).replay(lot.record_id)
    with connected(order["url"]) as connection:
        came_once(order["url"], read_log(connection, 0, 100_000))


def subscribe_stumbling(order: Mapping[str, Any]) -> None:
    """Be one that can't take every seventh entry at first: their records are parked, and let go on."""

    def handle(cursor: Any, entry: Any) -> None:
        receive(cursor, entry)
        if entry.meta.position % AWKWARD == 0:
            raise ZeroDivisionError

    subscribe(order, handle)


def follow_topic(order: Mapping[str, Any]) -> None:
    """Fold what is on the topic into every view, in small batches, with strangers' messages in between."""
    broker, topics = Broker(order["broker"]), Topics(order["topics"])
    if not read_topic(broker, topics.entries):  # a relay doesn't begin where a stranger's message is the last
        relay(order)
    producer = broker.producer()
    for slot in GARBAGE:
        producer.send(topics.entries, b"garbage", partition=slot)
    producer.close()
    with connected(order["url"]) as connection:
        views = all_views()
        prepare(connection, views)
        follower = KafkaFollower(connection, views, catalogue(), broker, topics, batch=5, session_ms=1_500)
        follower.catch_up()
        while not all(each.sent for each in letters.kept(connection)):
            follower.step(0.1)
        follower.close()
        _all_came(connection, broker, topics)


def _all_came(connection: Any, broker: Broker, topics: Topics) -> None:
    """Each entry is in the history, and each dead letter in its topic, by where it lay."""
    (missing,) = connection.execute(
        "SELECT count(*) FROM roznamcha.entries e WHERE NOT EXISTS "
        "(SELECT FROM views.history h WHERE h.position = e.notification_id)"
    ).fetchone()
    assert not missing, f"{missing} entries did not come"
    found = {(each.slot, each.offset) for each in letters.kept(connection)}
    arrived = [dict(each.headers) for each in read_topic(broker, topics.dead)]
    assert {(int(each["x-original-partition"]), int(each["x-original-offset"])) for each in arrived} == found
    garbage = sum(each.value == b"garbage" for each in read_topic(broker, topics.entries))
    assert len(found) == garbage
