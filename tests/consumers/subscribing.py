"""Another system that subscribes: a table of its own, without any guard against doubles, so that one would be seen."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import Cursor

from consumers.clients import Broker
from consumers.embedded import connected, read_log
from consumers.folding import Kept
from consumers.steps import WATCHERS
from consumers.subscriber import Subscriber
from consumers.topics import Topics
from domain.event import Event
from roznamcha.postgres import Embedded
from roznamcha.relay import Relay
from schemas import catalogue
from tests.roznamcha.kit import ROOT

FAST = {"session_timeout_ms": 6_000, "heartbeat_interval_ms": 300}
TABLE = "CREATE TABLE IF NOT EXISTS received (nth bigserial, position bigint, record_id uuid, name text, by text)"


def receive(cursor: Cursor[Any], entry: Event[Any], by: str = "") -> None:
    """What the other system does with an entry."""
    cursor.execute(
        "INSERT INTO received (position, record_id, name, by) VALUES (%s, %s, %s, %s)",
        (entry.meta.position, entry.meta.record_id, entry.name, by),
    )


def poisoned(position: int, error: type[Exception] = RuntimeError) -> Callable[..., None]:
    """A function that writes, and then can't take one entry."""

    def handle(cursor: Any, entry: Any) -> None:
        receive(cursor, entry)
        if entry.meta.position == position:
            raise error

    return handle


def subscriber(
    own: str, broker: Broker, topics: Topics, handle: Callable[..., Any] = receive, **more: Any
) -> Subscriber:
    """A subscriber to every entry, in small batches so that there are many."""
    with psycopg.connect(own) as connection:
        connection.execute(TABLE)
    return Subscriber(
        own, broker, handle, group=f"{topics.prefix}.court", topic=topics.entries, **{"batch": 7, **FAST, **more}
    )


def publish(url: str, broker: Broker, topics: Topics, batch: int = 5) -> list[Kept]:
    """Publish what is in the store; give all of it."""
    with connected(url) as connection:
        relay = Relay(connection, broker, topics, catalogue(), batch=batch)
        relay.publish()
        relay.close()
        return read_log(connection, 0, 100_000)


def query(url: str, text: str, *values: Any) -> list[tuple[Any, ...]]:
    """Rows of a query."""
    with psycopg.connect(url) as connection:
        return connection.execute(text.encode(), values).fetchall()


def received(own: str) -> list[tuple[int, UUID]]:
    """What came, in the order it came."""
    return [tuple(row) for row in query(own, "SELECT position, record_id FROM received ORDER BY nth")]  # type: ignore[misc]


def came_once(own: str, log: list[Kept]) -> None:
    """Each entry came once, and those of a record in their order."""
    found = received(own)
    assert sorted(position for position, _ in found) == [each.position for each in log]
    for record_id in {each.record_id for each in log}:
        mine = [position for position, each in found if each == record_id]
        assert mine == sorted(mine)


@contextmanager
def watching(watcher: Callable[[str], None]) -> Iterator[None]:
    """A watcher of steps, for the block."""
    WATCHERS.append(watcher)
    try:
        yield
    finally:
        WATCHERS.remove(watcher)


def stopping(at: str, nth: int = 1) -> Callable[[str], None]:
    """A watcher that stops whoever comes to a step for the nth time."""
    left = nth

    def watcher(step: str) -> None:
        nonlocal left
        left -= step == at
        if step == at and left == 0:
            raise InterruptedError

    return watcher


@pytest.fixture
def own(server: Embedded, database: str) -> Iterator[str]:
    """The other system's own database."""
    name = psycopg.conninfo.conninfo_to_dict(database)["dbname"] + "_court"
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    yield psycopg.conninfo.make_conninfo(server.url, dbname=name)
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def until(what: Callable[[], bool], patience: float = 60) -> None:
    """Wait until something is so."""
    end = time.monotonic() + patience
    while not what():
        assert time.monotonic() < end, "it never was so"
        time.sleep(0.05)


class Member:
    """A member of the group, in a thread of its own."""

    def __init__(self, name: str, own: str, broker: Broker, topics: Topics, **more: Any) -> None:
        """Begin at once."""
        self.subscriber = subscriber(own, broker, topics, lambda cursor, entry: receive(cursor, entry, name), **more)
        self.stop = threading.Event()
        self.raised: list[BaseException] = []
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        try:
            self.subscriber.run(self.stop)
        except BaseException as error:  # noqa: BLE001 (it is looked at afterwards)
            self.raised.append(error)

    def leave(self) -> None:
        """End in good order."""
        self.stop.set()
        self.thread.join(60)
        assert not self.thread.is_alive()
        assert not self.raised


def breaking(at: str) -> Callable[[str], None]:
    """A watcher that raises at a step."""

    def watcher(step: str) -> None:
        if step == at:
            raise ZeroDivisionError

    return watcher


def child(
    own: str, broker: Broker, topics: Topics, at: str, nth: int, number: int = signal.SIGKILL
) -> subprocess.Popen[str]:
    """Catch up in a process of its own that gets a signal at the nth reach of a step."""
    order = json.dumps([own, broker.bootstrap, topics.prefix, at, nth, number])
    command = [sys.executable, "-c", "from tests.consumers.subscribing import main; main()", order]
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # fmt: skip


def main() -> None:
    """Be that process."""
    own, bootstrap, prefix, at, nth, number = json.loads(sys.argv[1])
    left = nth

    def watcher(step: str) -> None:
        nonlocal left
        left -= step == at
        if not left:
            os.kill(os.getpid(), number)

    WATCHERS.append(watcher)
    subscriber(own, Broker(bootstrap), Topics(prefix), standing=3.0).catch_up()
