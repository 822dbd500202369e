"""Views that follow a topic: entries published by the relay, followers on a real broker, and what they must come to."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from psycopg import Connection

from consumers.building import prepare
from consumers.clients import Broker, Timeout
from consumers.embedded import Follower, connected
from consumers.kafka import KafkaFollower
from consumers.keeping import keep_following
from consumers.topics import Topics
from projections.view import View
from roznamcha.relay import Relay
from schemas import catalogue
from tests.broker.copies import Change, create, remove, write
from tests.broker.nodes import new_prefix
from tests.consumers.feed import all_views, digest

BEGINNINGS = 3
"""How often a relay begins where the broker keeps it waiting for too long."""
QUICK = 2_000
"""Milliseconds after which a follower that says nothing is taken for dead."""


def publish(url: str, broker: Broker, topics: Topics) -> int:
    """Publish what is in the log, and wait until readers can see all of it."""
    with connected(url) as connection:
        relay = Relay(connection, broker, topics, catalogue())
        try:
            for _ in range(BEGINNINGS):  # as `up` does: a broker that has just started may take its time
                with suppress(Timeout):
                    relay.begin()
                    break
            done = relay.publish()
            relay.begin()  # a commit is acknowledged before each partition has its mark; who begins waits for them
            return done
        finally:
            relay.close()


def anew(connection: Connection[Any], views: Sequence[View]) -> None:
    """Empty tables for these views, as if nothing had ever been folded."""
    for table in ("checkpoints", "built", "parked", "parked_entries"):
        connection.execute(f"DELETE FROM ops.{table}".encode())
    assert prepare(connection, views) == []


def from_the_log(url: str, views: Sequence[View] | None = None) -> str:
    """The digest of these views as the store's own log gives them; then they are empty again."""
    chosen = all_views() if views is None else views
    with connected(url) as connection:
        anew(connection, chosen)
        Follower(connection, chosen, catalogue()).catch_up()
        found = digest(connection, chosen)
        anew(connection, chosen)
    return found


@contextmanager
def posted(
    url: str, broker: Broker, topics: Topics, views: Sequence[View] | None = None, **how: Any
) -> Iterator[KafkaFollower]:
    """A follower of the topic, over a connection of its own, its tables made."""
    with connected(url) as connection:
        chosen = all_views() if views is None else views
        assert prepare(connection, chosen) == []
        follower = KafkaFollower(connection, chosen, catalogue(), broker, topics, **({"session_ms": QUICK} | how))
        try:
            yield follower
        finally:
            follower.close()


@contextmanager
def working(
    url: str, broker: Broker, topics: Topics, views: Sequence[View] | None = None, **how: Any
) -> Iterator[threading.Thread]:
    """A follower at work in a thread, as `project` does it."""
    stop = threading.Event()
    chosen = all_views() if views is None else views
    with connected(url) as connection:
        assert prepare(connection, chosen) == []
    thread = threading.Thread(
        target=keep_following,
        args=(url, chosen, catalogue(), broker, topics, stop),
        kwargs={"net": 0.1, "session_ms": QUICK} | how,
    )
    thread.start()
    try:
        yield thread
    finally:
        stop.set()
        thread.join()


def folded(url: str) -> int:
    """How many entries the history has."""
    with psycopg.connect(url) as connection:
        if connection.execute("SELECT to_regclass('views.history')").fetchone() == (None,):
            return 0
        row = connection.execute("SELECT count(*) FROM views.history").fetchone()
    return row[0] if row else 0


@contextmanager
def mirrored(
    broker: Broker, topics: Topics, messages: list[Any], change: Change = lambda message: [message]
) -> Iterator[Topics]:
    """A topic of entries of its own, and one of dead letters, with these messages changed; gone afterwards."""
    copy, shorts = Topics(new_prefix().removesuffix(".")), ("entries", "entries.dlq")
    create(broker, copy, shorts)
    write(broker, copy.entries, [each for message in messages for each in change(message)])
    yield copy
    remove(broker, copy, shorts)


def shelves(messages: list[Any]) -> list[list[Any]]:
    """The messages of each partition that has some, the fullest partition first."""
    by: dict[int, list[Any]] = {}
    for each in messages:
        by.setdefault(each.partition, []).append(each)
    return sorted(by.values(), key=lambda each: (-len(each), each[0].partition))


def renumbered(message: Any, position: int, previous: int) -> Any:
    """The same message with another position, and another one before it."""
    other = {"position": b"%d" % position, "previous": b"%d" % previous}
    return message._replace(headers=[(name, other.get(name, value)) for name, value in message.headers])


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    """What a question to the database gives."""
    with psycopg.connect(url) as connection:
        return connection.execute(query.encode()).fetchall()


def meddle(url: str, statement: str) -> None:
    """Change something behind everybody's back."""
    with psycopg.connect(url) as connection:
        connection.execute(statement.encode())


def read_again(url: str, broker: Broker, topics: Topics, log: str) -> int:
    """Catch up: nothing may be new, and the tables must stay what they are. Give how many messages were read for it."""
    with posted(url, broker, topics) as follower:
        read, poll = 0, follower.reading.poll

        def counted(seconds: float) -> dict[int, list[Any]]:
            nonlocal read
            found = poll(seconds)
            read += sum(map(len, found.values()))
            return found

        follower.reading.poll = counted  # type: ignore[method-assign]
        assert follower.catch_up() == 0
        follower.step(0.1)
        assert digest(follower.connection) == log
        return read
