"""Reconciling a topic of rows: the table in force, against what whoever reads the topic from its beginning comes to.

Whatever a view has told lies on its topic or waits in the outbox, numbered in each partition. Put together, in the
order of the numbers, they must come to the table, row for row, as of the moment when the table was read: what was told
afterwards is left aside, and so are the rows that it changes. What no view has told even then, is a stranger's, or of a
store that was restored since.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from psycopg import Connection

from consumers.building import is_built
from consumers.clients import Broker
from consumers.outbox import GONE, row_bytes, topics_of
from consumers.reading import topic_id
from consumers.slots import SLOTS, slot_of
from consumers.tables import tables_of
from consumers.topics import Topics
from projections.view import View
from roznamcha.differing import LISTED, Difference, Differences
from roznamcha.errors import Unavailable
from roznamcha.screen import many
from roznamcha.sides import TopicSide, position_in
from schemas import Catalogue, SchemaError
from schemas.codec import decode

HEADS = "SELECT slot, seq FROM ops.outbox_heads WHERE topic = %s"
WAITING = "SELECT slot, seq, record_id, value FROM ops.outbox WHERE topic = %s ORDER BY slot, seq"
Key = tuple[Any, ...]
Rows = dict[Key, bytes]
"""A digest of each row, by its key: some 300 bytes for a row."""


@dataclass
class RowsReconciled(Differences):
    """What a comparison of a table with its topic found."""

    topic_name: str
    rows: int = 0
    held: int = 0
    messages: int = 0
    unpublished: int = 0
    opened: bool = False
    """Whether the view tells its rows at all: a relay opens its topic."""

    def says(self) -> Iterator[str]:
        """The report in sentences, for a person."""
        if not self.opened:
            yield f"{self.topic_name}: no row was told yet, and so nothing was compared; a relay begins it"
            return
        yield (
            f"{self.topic_name}: {many(self.messages, 'message')}, which with {self.unpublished:,} that wait to be "
            f"published come to {many(self.held, 'row')}; the table has {self.rows:,}"
        )
        yield from self.listed()

    def shown(self) -> dict[str, Any]:
        """The same for scripts."""
        return {
            "ok": self.ok,
            "opened": self.opened,
            "store": {"rows": self.rows, "unpublished": self.unpublished},
            "topic": {"name": self.topic_name, "rows": self.held, "messages": self.messages},
            **self.differing(),
        }


def reconcile_rows(  # noqa: PLR0913 (what is compared with what)
    connection: Connection[Any],
    broker: Broker,
    topics: Topics,
    catalogue: Catalogue,
    view: View,
    short: str,
    progress: Callable[[int, int], None] = lambda _d, _t: None,
) -> RowsReconciled:
    """Compare the topic `short` with the view's table. Raises Unavailable without the topic, and as reading does."""
    topic = topics[short]
    try:
        topic_id(broker, topic.name)
    except LookupError as error:
        message = f"{error}: run `roznamcha topics apply`"
        raise Unavailable(message) from None
    report, reader = RowsReconciled(topic.name), Reader(catalogue, view, short)
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        heads = dict(connection.execute(HEADS, (short,)).fetchall())
        if not heads or not is_built(connection, view):
            return report
        report.opened, table, waiting = True, reader.table(connection), _waiting(connection, short)
    report.rows, report.unpublished = len(table), sum(map(len, waiting.values()))
    published = {slot: min(waiting.get(slot, {head + 1: 0})) - 1 for slot, head in heads.items()}
    side, total = TopicSide(broker, topic.name, catalogue), sum(published.values())

    coming = Comparison(reader, report, heads, compacted=topic.about["policy"] == "compacted")
    for each in side.messages(dict.fromkeys(range(SLOTS), 0) | published):
        report.messages += 1
        if report.messages % 1_000 == 0:
            progress(min(report.messages, total), total)
        coming.take(each)
    coming.wait(waiting)
    coming.end(table, dict(connection.execute(HEADS, (short,)).fetchall()))
    return report


def _waiting(connection: Connection[Any], short: str) -> dict[int, dict[int, tuple[UUID, bytes | None]]]:
    found: dict[int, dict[int, tuple[UUID, bytes | None]]] = defaultdict(dict)
    for slot, seq, record_id, value in connection.execute(WAITING, (short,)):
        found[slot][seq] = record_id, value
    return found


class Reader:
    """Takes rows apart as whoever reads the topic does."""

    def __init__(self, catalogue: Catalogue, view: View, short: str) -> None:
        """Of the part of `view` that is told in this topic."""
        self.catalogue = catalogue
        both = zip(view.published, tables_of(view).published, strict=True)
        self.part, self.of = next((part, table) for part, table in both if part.topic == short)

    def read(self, record_id: UUID, value: bytes | None) -> tuple[Key, bytes | None]:
        """Key and digest of a row; no digest for one that is gone. Raises SchemaError, ValueError for a stranger's."""
        if value is None:
            return (str(record_id),), None
        _, row = decode(self.catalogue, value)
        key = tuple(str(row[name]) for name in self.of.key)
        if key[0] != str(record_id):
            message = "a row of another record"
            raise ValueError(message)
        if row.pop(GONE, False):
            return key, None
        return key, sha256(repr(sorted(row.items())).encode()).digest()

    def table(self, connection: Connection[Any]) -> Rows:
        """The rows in force."""
        found: Rows = {}
        with connection.cursor("rows", binary=True) as cursor:
            cursor.itersize = 5_000
            cursor.execute(f"SELECT {', '.join(self.of.columns)} FROM views.{self.of.name}".encode())
            for values in cursor:
                row = self.of.row(*values)
                key, digest = self.read(row.record_id, row_bytes(self.part, row))
                assert digest is not None  # noqa: S101 (it is there)
                found[key] = digest
        return found


class Comparison:
    """What a reader comes to, message by message, and how that differs from the table."""

    def __init__(self, reader: Reader, report: RowsReconciled, heads: Mapping[int, int], *, compacted: bool) -> None:
        """Note in the report what differs, up to these numbers. In a compacted topic some may be missing."""
        self.reader, self.report, self.heads, self.compacted = reader, report, heads, compacted
        self.held: Rows = {}
        self.last: dict[int, int] = defaultdict(int)
        self.later: list[tuple[Key, Difference]] = []

    def take(self, message: Any) -> None:  # noqa: ANN401 (kafka-python's record)
        """The next message of its partition."""
        slot, seq = message.partition, position_in(message)
        try:
            record_id = UUID(message.key.decode())
            key, digest = self.reader.read(record_id, message.value)
        except (SchemaError, ValueError, AttributeError, KeyError):
            seq = 0
        if seq < 1 or slot_of(record_id) != slot:
            self.report.note(Difference("topic", "extra", partition=slot, offset=message.offset))
        elif seq > self.heads.get(slot, 0):
            found = Difference("topic", "extra", record_id, seq, partition=slot, offset=message.offset)
            self.later.append((key, found))
        elif seq <= self.last[slot]:
            kind = "doubled" if seq == self.last[slot] else "misplaced"
            self.report.note(Difference("topic", kind, record_id, seq, partition=slot, offset=message.offset))
        else:
            self._put(key, digest, slot, seq)

    def wait(self, waiting: Mapping[int, Mapping[int, tuple[UUID, bytes | None]]]) -> None:
        """What is told and not yet published comes behind it."""
        for slot, rows in waiting.items():
            for seq, (record_id, value) in rows.items():
                if seq > self.last[slot]:
                    self._put(*self.reader.read(record_id, value), slot, seq)

    def _put(self, key: Key, digest: bytes | None, slot: int, seq: int) -> None:
        self._lacks(slot, seq)
        self.last[slot] = seq
        if digest is None:
            self.held.pop(key, None)
        else:
            self.held[key] = digest

    def _lacks(self, slot: int, before: int) -> None:
        for number in () if self.compacted else range(self.last[slot] + 1, min(before, self.last[slot] + LISTED)):
            self.report.note(Difference("topic", "missing", position=number, partition=slot))

    def end(self, table: Rows, told: Mapping[int, int]) -> None:
        """All was read: compare it with the table. Up to the numbers in `told` rows were told by now."""
        later = set[Key]()
        for key, found in self.later:
            if (found.position or 0) > told.get(found.partition or 0, 0):
                self.report.note(found)
            else:
                later.add(key)
        for slot, head in self.heads.items():
            self._lacks(slot, head + 1)
        self.report.held = len(self.held)
        for key in sorted(table.keys() | self.held.keys()):
            if key not in later and table.get(key) != self.held.get(key):
                kind = "missing" if key not in self.held else "extra" if key not in table else "altered"
                self.report.note(Difference("row", kind, UUID(key[0]), row="/".join(key[1:]) or None))


def view_of(views: Iterable[View], short: str) -> View | None:
    """The view whose rows are told in a topic."""
    return next((each for each in views if short in topics_of(each)), None)
