"""Filling a store with entries, fast: a sample district is entered through the one door, and copied many times over.

Entering ten million entries takes hours, so copies go straight into the table by COPY, as its owner. Each copy of a
case is another record with the same acts; entries keep their bytes but for the record's id. The copies have no
commands, names or keys: they are for reading only, and `verify` would rightly complain.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, islice
from typing import Any
from uuid import UUID

import psycopg
from harness import store_on

from consumers.embedded import connected, read_log
from consumers.folding import Kept
from consumers.slots import slot_of
from roznamcha.intake import read_act
from roznamcha.sample_case import planned

CASES = 300
RECORD = slice(21, 37)
"""Where the record's id stands in an entry: after the schema's id and the entry's own."""
STREAM = slice(38, 54)
"""Where the stream's id stands, if it has one of its own."""
COLUMNS = "originator_id, originator_version, topic, state, notification_id, record_id, slot"


def enter(url: str, cases: int = CASES) -> list[Kept]:
    """Enter a sample district through the store; give its entries."""
    store = store_on(url)
    units = [[read_act(each.act, now=each.recorded_at, source="bench")] for each in planned(cases)]
    for start in range(0, len(units), 500):
        store.record_units(units[start : start + 500])
    store.datastore.close()
    with connected(url) as connection:
        return read_log(connection, 0, 10**9)


def fill(url: str, entries: int) -> int:
    """See that a store has about so many entries, of records in an order as they come; give how many."""
    template = enter(url)
    with psycopg.connect(url, autocommit=True) as owner:
        versions = dict(owner.execute("SELECT notification_id, originator_version FROM roznamcha.entries").fetchall())
        position = max(versions)
        times = max(0, (entries - len(template)) // len(template))
        with owner.cursor().copy(f"COPY roznamcha.entries ({COLUMNS}) FROM STDIN (FORMAT BINARY)".encode()) as copying:
            copying.set_types(["uuid", "int8", "text", "bytea", "int8", "uuid", "int2"])
            for row in islice(copies(template, versions, position), times * len(template)):
                copying.write_row(row)
        position += times * len(template)
        owner.execute("SELECT setval('roznamcha.entries_notification_id_seq', %s)", (position,))
        owner.execute("VACUUM ANALYZE roznamcha.entries")
    return (times + 1) * len(template)


def copies(template: list[Kept], versions: dict[int, int], position: int) -> Iterator[tuple[Any, ...]]:
    """Rows of one copy after the other, for ever, with positions after this one."""
    for number in count(1):
        yield from _copied(template, versions, number, position)
        position += len(template)


def _copied(template: list[Kept], versions: dict[int, int], number: int, position: int) -> Iterator[tuple[Any, ...]]:
    """The rows of one copy of the template."""
    for place, each in enumerate(template, start=1):
        record = _other(each.record_id.bytes, number)
        state = bytearray(each.state)
        state[RECORD] = record
        stream = record
        if state[STREAM.start - 1]:
            stream = state[STREAM] = _other(bytes(state[STREAM]), number)
        record_id = UUID(bytes=record)
        yield (
            UUID(bytes=stream), versions[each.position], each.name, bytes(state), position + place, record_id,
            slot_of(record_id),
        )  # fmt: skip


def _other(kept: bytes, number: int) -> bytes:
    """The id of the same record in another copy."""
    return (int.from_bytes(kept, "big") ^ (number << 64)).to_bytes(16, "big")
