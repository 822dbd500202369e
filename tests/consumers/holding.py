"""Another system that holds rows: one table as they stand, and one of all that came, so that a double would be seen."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from consumers.clients import Broker
from consumers.row_subscriber import Row, RowSubscriber
from projections.case_state import CaseState
from projections.custody import Custody
from tests.broker.copies import position
from tests.broker.reading import read_topic
from tests.consumers.subscribing import query
from tests.roznamcha.told import table

TABLES = (
    "CREATE TABLE IF NOT EXISTS came (nth bigserial, who text, partition int, position bigint, key text)",
    "CREATE TABLE IF NOT EXISTS rows (who text, key text, values jsonb NOT NULL, PRIMARY KEY (who, key))",
)
ASKED = "SELECT partition, position FROM came WHERE who = %s ORDER BY nth"
PARTS = {"case-state": CaseState, "custody": Custody}


def take(who: str) -> Callable[[Any, Row], None]:
    """What the other system does with a row: keeps it under its key, and notes that it came."""

    def handle(cursor: Any, row: Row) -> None:
        key = json.dumps(row.key)
        cursor.execute("INSERT INTO came (who, partition, position, key) VALUES (%s, %s, %s, %s)",
                       (who, row.partition, row.position, key))  # fmt: skip
        if row.gone:
            cursor.execute("DELETE FROM rows WHERE (who, key) = (%s, %s)", (who, key))
        else:
            cursor.execute("INSERT INTO rows VALUES (%s, %s, %s) ON CONFLICT (who, key) DO UPDATE SET values = "
                           "excluded.values", (who, key, Jsonb(row.values)))  # fmt: skip

    return handle


def court(
    own: str, broker: Broker, topic: str, who: str, handle: Callable[[Any, Row], None] | None = None, **more: Any
) -> RowSubscriber:
    """A subscriber to rows, in small batches so that there are many, with a book of its own."""
    with psycopg.connect(own) as connection:
        for each in TABLES:
            connection.execute(each.encode())
    told: dict[str, Any] = {"group": f"{topic}.{who}", "schema": f"book_{who}", "batch": 3, **more}
    return RowSubscriber(own, broker, handle or take(who), topic=topic, **told)


def came(own: str, who: str) -> list[tuple[int, int]]:
    """Partition and position of what came, in the order it came."""
    return [
        (row[0], row[1]) for row in query(own, "SELECT partition, position FROM came WHERE who = %s ORDER BY nth", who)
    ]


def came_once(own: str, who: str, broker: Broker, topic: str, partitions: int = 60, waited: UUID | None = None) -> None:
    """Each message came once, and those of a partition in their order; a record that had `waited`, in its own."""
    found = query(own, "SELECT partition, position, key FROM came WHERE who = %s ORDER BY nth", who)
    there = [(each.partition, position(each)) for each in read_topic(broker, topic, partitions)]
    assert sorted((partition, number) for partition, number, _ in found) == sorted(there)
    queues: dict[tuple[int, bool], list[int]] = {}
    for partition, number, key in found:
        queues.setdefault((partition, json.loads(key)[0] == str(waited)), []).append(number)
    assert all(numbers == sorted(numbers) for numbers in queues.values())


def holds(own: str, who: str, url: str, short: str) -> None:
    """What the other system holds is the table in force."""
    rows = query(own, "SELECT key, values FROM rows WHERE who = %s", who)
    there = table(url, PARTS[short])
    assert {tuple(json.loads(key)): values for key, values in rows} == {
        tuple(map(str, key)): row for key, row in there.items()
    }
    kept = query(own, f"SELECT key FROM book_{who}.roznamcha_rows")
    assert sorted(kept) == sorted((key,) for key, _ in rows)


def hold_rows(order: Mapping[str, Any]) -> None:
    """Be that system in a process of its own, until it has all there is."""
    court(order["url"], Broker(order["broker"]), order["topic"], order["who"]).catch_up()
