"""What a reader of the topics of rows comes to, and the tables it must come to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg

from consumers.clients import Broker
from consumers.embedded import connected
from consumers.slots import slot_of
from consumers.tables import tables_of
from consumers.topics import Topics
from projections.articles import Articles
from projections.case_state import CaseState
from projections.view import View
from roznamcha.relay import Relay
from schemas import catalogue
from schemas.codec import decode
from tests.broker.reading import read_topic

EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def views() -> list[View]:
    """Those that have a topic."""
    return [CaseState(), Articles()]


@contextmanager
def relaying(url: str, broker: Broker, topics: Topics, batch: int = 7) -> Iterator[Relay]:
    """A relay that publishes rows too, with small batches so that there are many."""
    with connected(url) as connection:
        relay = Relay(connection, broker, topics, catalogue(), views(), batch=batch)
        yield relay
        relay.close()


def publish(url: str, broker: Broker, topics: Topics) -> None:
    """Publish all there is; who begins waits until each partition has its mark, so that readers see everything."""
    with relaying(url, broker, topics) as relay:
        relay.publish()
        relay.begin()


def table(url: str, part: type[View]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """The rows in force, as plain values."""
    view = next(each for each in views() if part in each.published)
    chosen = next(each for each in tables_of(view).published if each.row is part.Row)
    with psycopg.connect(url) as connection:
        rows = connection.execute(f"SELECT {', '.join(chosen.columns)} FROM views.{chosen.name}".encode()).fetchall()
    found = [dict(zip(chosen.columns, map(plain, row), strict=True)) for row in rows]
    return {tuple(each[name] for name in chosen.key): each for each in found}


def plain(value: Any) -> Any:
    """A value as a reader of the topic has it."""
    if isinstance(value, datetime):
        return round((value - EPOCH).total_seconds() * 1_000_000)
    return str(value) if isinstance(value, UUID) else value


def held(broker: Broker, topics: Topics, part: type[View]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """What a reader holds who keeps the last message of each row; each partition is numbered without a gap."""
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    last: dict[int, int] = defaultdict(int)
    every = read_topic(broker, topics[part.topic].name)
    for each in every:
        headers = dict(each.headers)
        numbers, expected = (int(headers["previous"]), int(headers["position"])), last[each.partition]
        assert numbers == (expected, expected + 1), f"{each.topic}: {lying(every, each.partition)}"
        last[each.partition] += 1
        assert headers["ce_id"].decode() == f"{part.topic}/{each.partition}/{last[each.partition]}"
        assert headers["ce_type"].decode() == f"roznamcha.view.{part.__name__}"
        assert slot_of(UUID(each.key.decode())) == each.partition
        if each.value is None:
            rows.pop((each.key.decode(),), None)
            continue
        name, row = decode(catalogue(), each.value)
        assert (name, row["record_id"]) == (f"view.{part.__name__}", each.key.decode())
        key = tuple(row[name] for name in part.Row.KEY)  # type: ignore[attr-defined]
        if row.pop("gone", False):
            del rows[key]
        else:
            rows[key] = row
    return rows


def lying(messages: list[Any], partition: int) -> str:
    """The messages of a partition as they were read: an offset that comes twice was read twice, and lies there once."""
    found = [each for each in messages if each.partition == partition]
    told = [f"{each.offset} (epoch {each.leader_epoch}): {dict(each.headers)['position'].decode()}" for each in found]
    return f"partition {partition}, offset: number: {', '.join(told)}"


def agrees(url: str, broker: Broker, topics: Topics) -> None:
    """Both topics, read from the beginning, come to the tables."""
    for part in (each for view in views() for each in view.published if each.topic):
        assert held(broker, topics, part) == table(url, part)


def told(url: str) -> int:
    """How many rows wait in the outbox."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM ops.outbox").fetchone()
    return row[0] if row else 0
