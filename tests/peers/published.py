"""A sample district as the store has it and as Kafka has it, for strangers to read: one is compared with the other."""

from __future__ import annotations

import io
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import fastavro
import psycopg
import pytest

from consumers.clients import Broker
from consumers.embedded import connected
from consumers.topics import Topics
from roznamcha.migrate import migrate
from roznamcha.postgres import Embedded
from roznamcha.relay import Relay
from schemas import catalogue
from tests.broker.copies import create, remove
from tests.broker.nodes import new_prefix
from tests.broker.shared import REQUIRED
from tests.peers.installed import NoPeer
from tests.peers.served import served
from tests.roznamcha.kit import Program

CASES = 5
BATCH = 20
"""Entries in a transaction: few, so that its marks lie between the messages of each partition."""
HELD = """
    SELECT notification_id, slot, record_id, topic, originator_version, state FROM roznamcha.entries
    ORDER BY notification_id
"""


@dataclass(frozen=True)
class Message:
    """A message as some client gave it. `records` are what it decoded the value to, with bytes as `{"hex": …}`."""

    partition: int
    offset: int
    timestamp: int
    key: str
    headers: Mapping[str, str]
    value: bytes
    records: tuple[Any, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Published:
    """Entries in the store, on a broker, and the registry with which others read them."""

    broker: Broker
    topics: Topics
    registry: str
    entries: list[tuple[Any, ...]]

    @property
    def count(self) -> int:
        """How many entries the store has."""
        return len(self.entries)

    def agrees(self, messages: Iterable[Message], decoded: int = 0) -> None:
        """Assert that these are all entries of the store, each once, in its order, to the byte.

        Where the client decodes, each of its `decoded` readings of each value is what the store's bytes say.
        """
        found: dict[int, list[Message]] = defaultdict(list)
        for each in messages:
            found[each.partition].append(each)
        expected: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
        for each in self.entries:
            expected[each[1]].append(each)
        assert {slot: len(each) for slot, each in found.items()} == {s: len(each) for s, each in expected.items()}
        for slot, entries in expected.items():
            assert sorted(each.offset for each in found[slot]) == [each.offset for each in found[slot]]
            before = [0, *(each[0] for each in entries[:-1])]
            for previous, entry, message in zip(before, entries, found[slot], strict=True):
                _same(entry, previous, message, decoded)


def _same(entry: tuple[Any, ...], previous: int, message: Message, decoded: int) -> None:
    position, _, record_id, name, version, state = entry
    assert message.value == state
    assert message.key == message.headers["ce_subject"] == str(record_id)
    numbers = tuple(int(message.headers[each]) for each in ("position", "previous", "version"))
    assert numbers == (position, previous, version)
    assert message.headers["ce_type"] == f"roznamcha.{name}"
    record = record_of(state)
    assert message.timestamp == record["meta"]["recorded_at"] // 1000
    assert message.records == (plain(record),) * decoded


def record_of(state: bytes) -> dict[str, Any]:
    """What the stored bytes say, by their schema alone."""
    schema = catalogue().by_id(int.from_bytes(state[1:5], "big"))
    read = fastavro.schemaless_reader(io.BytesIO(state[5:]), schema.parsed, None)
    assert isinstance(read, dict)
    return read


def plain(value: Any) -> Any:
    """A decoded value as JSON can hold it: bytes, and so all that is sealed, as hexadecimal."""
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list) else value


def needs(error: NoPeer) -> NoReturn:
    """Skip a test whose peer is not here, or fail where that is not allowed."""
    if os.environ.get(REQUIRED):
        pytest.fail(f"no peer, and {REQUIRED} is set: {error}")
    pytest.skip(f"no peer: {error}")


def publish(url: str, broker: Broker, topics: Topics) -> None:
    """Publish all that the store has, with something in between that was never committed."""
    with connected(url) as connection:
        relay = Relay(connection, broker, topics, catalogue(), batch=BATCH)
        half = relay.publish(until=60)
        taken_back(broker, topics)
        assert relay.publish() > half > BATCH
        taken_back(broker, topics)
        relay.close()


def taken_back(broker: Broker, topics: Topics) -> None:
    """A message in each partition by someone who then thinks better of it: whoever reads committed never sees it."""
    producer = broker.producer(f"{topics.prefix}.hesitant")
    producer.init_transactions()
    producer.begin_transaction()
    for number in range(topics["entries"].partitions):
        producer.send(topics.entries, b"\x00never", key=b"never", partition=number, headers=[("position", b"0")])
    producer.flush()
    producer.abort_transaction()
    producer.close()


@pytest.fixture(scope="module")
def published(server: Embedded, broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """A sample district, entered by the program, published by the relay, and the registry that is served beside it."""
    folder: Path = tmp_path_factory.mktemp("published")
    topics = Topics(new_prefix().removesuffix("."))
    name = f"peers_{topics.prefix}"
    url = psycopg.conninfo.make_conninfo(server.url, dbname=name)
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    migrate(url)
    program = Program(folder, url)
    program.run("demo", "--cases", str(CASES))
    create(broker, topics)
    publish(url, broker, topics)
    with psycopg.connect(url) as connection:
        entries = connection.execute(HELD.encode()).fetchall()
    with served(program) as registry:
        yield Published(broker, topics, registry, [(*each[:5], bytes(each[5])) for each in entries])
    remove(broker, topics)
