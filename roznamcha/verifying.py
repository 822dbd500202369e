"""Verification: everything derived is derived once more, by the plainest way, and compared.

Positions and versions, the bytes against their columns, the sealed columns against their digests, the commands, the
numbers, and every fact told of a legal clock against the entries it rests on. Every row of every view against a second
fold by the view itself, one record at a time, without the runner: that proves batches, checkpoints and tables. Cases
and articles besides against the register's own fold of every entry, which shares nothing with the views but the acts:
that proves the views.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Self
from uuid import UUID

from psycopg import Connection

from consumers import entries
from consumers.checkpoints import positions
from consumers.embedded import head
from consumers.restored import disagreement
from consumers.runner import Kept, tables_of
from consumers.slots import slot_of
from consumers.tables import Table
from domain.event import Event
from projections.deadlines import Deadlines
from projections.view import View, fold_record, row_key
from roznamcha.agreeing import disagreements
from roznamcha.fences import clock_of, open_fences
from roznamcha.intake import TOLERANCE
from roznamcha.numbers import number_name, number_of, serial_of
from roznamcha.recorder import Name
from roznamcha.verifying_facts import wrong_facts
from roznamcha.verifying_seals import Seals, Unseal
from schemas import Catalogue, SchemaError

CHUNK = 400
"""Records compared at a time: what bounds the memory."""


@dataclass
class Report:
    """What was looked at, and the first thing that is wrong."""

    entries: int = 0
    records: int = 0
    first_bad: dict[str, Any] | None = None
    bad: int = 0
    parked: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    kafka: dict[str, Any] | None = None
    """What lies on Kafka against the store, by topic; None where no broker is named."""
    documents: int = 0
    """How many were compared with their stored files."""
    until: datetime = field(default_factory=lambda: datetime.max.replace(tzinfo=UTC))
    """The latest time of recording that can be true, by the database's clock."""

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return self.bad == 0

    def complain(
        self, why: str, position: int | None = None, record: UUID | None = None, version: int | None = None
    ) -> None:
        """Note something wrong; the one at the lowest position is shown first."""
        self.bad += 1
        known = self.first_bad["position"] if self.first_bad else None
        if self.first_bad is None or (position is not None and (known is None or position < known)):
            self.first_bad = {
                "position": position,
                "record": str(record) if record else None,
                "version": version,
                "why": why,
            }

    def shown(self) -> dict[str, Any]:
        """The JSON shape of `verify --json`."""
        return {
            "ok": self.ok,
            "entries": self.entries,
            "records": self.records,
            "first_bad": self.first_bad,
            "bad": self.bad,
            "parked": self.parked,
            "views": self.rows,
            "kafka": self.kafka,
            "documents": self.documents,
        }


def verify(  # noqa: PLR0913 (what is checked, and how)
    connection: Connection[Any],
    views: list[View],
    catalogue: Catalogue,
    record: UUID | None = None,
    progress: Callable[[int, int], None] = lambda _d, _t: None,
    unseal: Unseal | None = None,
) -> Report:
    """Check the store and the views, or one record of them. Takes one snapshot, so that work may go on meanwhile.

    `unseal` opens the sealed columns whose persons' keys still exist, and raises Broken for one that was changed; a key
    that is gone without an erasure is told. Without `unseal` nobody asks.
    """
    report = Report()
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        total = head(connection)
        report.until = clock_of(connection) + TOLERANCE
        if record is None:
            for why in open_fences(connection):
                report.complain(why)
        if told := disagreement(connection):
            report.complain(told)
        behind = _parked(connection, report)
        reached = positions(connection)  # slot by slot: a topic's slots come forward each for itself
        chunk: list[list[Kept]] = []
        for history in histories(connection, record):
            chunk.append(history)
            if len(chunk) >= CHUNK:
                _check(connection, views, catalogue, chunk, report, behind, reached, unseal)
                chunk = []
                progress(report.entries, total)
        _check(connection, views, catalogue, chunk, report, behind, reached, unseal)
        if record is None:
            _nothing_more(connection, views, report, behind)
    return report


def histories(connection: Connection[Any], record: UUID | None) -> Iterator[list[Kept]]:
    """The entries of each record, one record after the other, without holding more than one page."""
    only = "" if record is None else "WHERE record_id = %s"
    query = f"""
        SELECT notification_id, slot, record_id, topic, state, originator_id, originator_version
        FROM roznamcha.entries {only} ORDER BY record_id, notification_id
    """
    with connection.cursor("histories", binary=True) as cursor:
        cursor.itersize = 5_000
        cursor.execute(query.encode(), () if record is None else (record,))
        for _, rows in groupby(cursor, key=lambda row: row[2]):
            yield [_Whole(*row) for row in rows]


class _Whole(Kept):
    """An entry with its stream's columns as well."""

    stream_id: UUID
    version: int

    def __new__(cls, *columns: Any) -> Self:  # noqa: ANN401 (seven columns of their own types)
        made = super().__new__(cls, *columns[:5])
        made.stream_id, made.version = columns[5], columns[6]
        return made


def _check(  # noqa: PLR0913 (what a chunk is checked with)
    connection: Connection[Any],
    views: list[View],
    catalogue: Catalogue,
    chunk: list[list[Kept]],
    report: Report,
    behind: dict[str, set[UUID]],
    reached: Mapping[int, int],
    unseal: Unseal | None,
) -> None:
    """Check a chunk of records: each entry by itself, then the rows of every view."""
    if not chunk:
        return
    folded: dict[UUID, list[Event[Any]]] = {}
    numbered: set[Name] = set()
    for history in chunk:
        report.records += 1
        record_id = history[0].record_id
        folded[record_id] = []
        versions: dict[UUID, int] = {}
        seals = Seals(unseal)
        for kept in history:
            report.entries += 1
            event = _sound(kept, versions, catalogue, report)
            if event is not None:
                if why := seals.flaw(event):
                    report.complain(why, kept.position, record_id, event.meta.version)
                numbered |= _named(event)
            if event is not None and kept.position <= reached.get(kept.slot, 0):
                folded[record_id].append(event)
        for why, position in seals.wrong():
            report.complain(why, position, record_id)
    _called(connection, list(folded), numbered, report)
    published = _as_folded(connection, views, folded, behind, report)
    for record_id, why in disagreements(folded, published, behind):
        report.complain(why, record=record_id)


def _as_folded(
    connection: Connection[Any],
    views: list[View],
    folded: dict[UUID, list[Event[Any]]],
    behind: dict[str, set[UUID]],
    report: Report,
) -> dict[str, list[Any]]:
    """Check the rows of every view against a second fold by the view itself; give the published ones, by table."""
    published: dict[str, list[Any]] = {}
    for view in views:
        _told(view, folded, report)
        skip = behind.get(view.name, set())
        expected: dict[type, dict[Any, Any]] = {part.Row: {} for part in view.published}
        for record_id, events in folded.items():
            for row in fold_record(view, events) if record_id not in skip else ():
                expected[type(row)][row_key(row)] = row
        for table in tables_of(view).published:
            rows = table.of_records(connection.cursor(binary=True), list(folded))
            held = {row_key(row): row for row in rows if row.record_id not in skip}
            report.rows[table.name] = report.rows.get(table.name, 0) + len(held)
            _compare(table, expected[table.row], held, report)
            published[table.name] = list(held.values())
    return published


def _sound(kept: Kept, versions: dict[UUID, int], catalogue: Catalogue, report: Report) -> Event[Any] | None:
    """An entry whose bytes say the same as its columns, and which follows the one before it."""
    assert isinstance(kept, _Whole)  # noqa: S101 (read with all columns)
    where = (kept.position, kept.record_id, kept.version)
    try:
        event = entries.read_plainly(catalogue, kept.state, kept.position)
    except SchemaError as error:
        report.complain(str(error), *where)
        return None
    meta = event.meta
    due = versions.get(kept.stream_id, 0) + 1
    versions[kept.stream_id] = kept.version
    if kept.version != due:
        report.complain(f"version {due} of this record is missing", *where)
    if (meta.record_id, meta.stream_id, meta.version, event.name) != (
        kept.record_id, kept.stream_id, kept.version, kept.name,
    ):  # fmt: skip
        report.complain("the bytes of this entry name another record, version or act than its row", *where)
    if meta.recorded_at > report.until:
        report.complain("this entry was recorded by a clock set ahead: its time of recording has not come yet", *where)
    if kept.slot != slot_of(kept.record_id):
        report.complain("this entry stands in the wrong slot", *where)
    return event


def _told(view: View, folded: dict[UUID, list[Event[Any]]], report: Report) -> None:
    """What was told of the clocks follows from the entries."""
    if not isinstance(view, Deadlines):
        return
    for record_id, history in folded.items():
        for fact, why in wrong_facts(view, record_id, history):
            report.complain(why, fact.meta.position, record_id, fact.meta.version)


def _named(event: Event[Any]) -> set[Name]:
    """The name that this entry's number gives its record."""
    name = number_name(event)
    return {Name(name, event.meta.record_id, *serial_of(event), number_of(event))} if name else set()


def _called(connection: Connection[Any], records: list[UUID], expected: set[Name], report: Report) -> None:
    """The register of names has exactly the numbers that the entries gave. Legacy keys stand in no entry."""
    query = """
        SELECT name, record_id, series, station, year, number FROM roznamcha.names
        WHERE record_id = ANY(%s) AND series IS NOT NULL
    """
    held = {Name(*row) for row in connection.execute(query, (records,))}
    for each in sorted(expected ^ held, key=lambda each: each.name):
        what = "is missing among the names" if each in expected else "stands among the names and in no entry"
        report.complain(f"the number {each.name} {what}", record=each.record_id)


def _compare(table: Table, expected: dict[Any, Any], held: dict[Any, Any], report: Report) -> None:
    for key in sorted(expected.keys() | held.keys(), key=str):
        wanted, found = expected.get(key), held.get(key)
        if wanted != found:
            what = "lacks a row" if found is None else "has a row too many" if wanted is None else "has a wrong row"
            record = (wanted if wanted is not None else found).record_id  # type: ignore[union-attr]  # one is there
            report.complain(f"the view {table.name} {what}: {'/'.join(map(str, key))}", record=record)


def _nothing_more(connection: Connection[Any], views: list[View], report: Report, behind: dict[str, set[UUID]]) -> None:
    """No row of a record without entries, no entry without its command or the other way round, no name of nothing."""
    for view in views:
        if behind.get(view.name):
            continue
        for table in tables_of(view).published:
            more = _count(connection, table) - report.rows.get(table.name, 0)
            if more:
                report.complain(f"the view {table.name} has {more} rows of no record")
    orphans = """
        SELECT (SELECT count(*) FROM roznamcha.commands c WHERE NOT EXISTS (SELECT 1 FROM roznamcha.entries e
                 WHERE e.originator_id = c.stream_id AND e.originator_version = c.version)),
               (SELECT count(*) FROM roznamcha.names n WHERE NOT EXISTS
                 (SELECT 1 FROM roznamcha.entries e WHERE e.record_id = n.record_id)),
               (SELECT count(*) FROM roznamcha.entries e WHERE NOT EXISTS (SELECT 1 FROM roznamcha.commands c
                 WHERE c.stream_id = e.originator_id AND c.version = e.originator_version))
    """
    row = connection.execute(orphans).fetchone() or (0, 0, 0)
    if row[0]:
        report.complain(f"{row[0]} commands lead to no entry")
    if row[1]:
        report.complain(f"{row[1]} names lead to no record")
    if row[2]:
        report.complain(f"{row[2]} entries came by no command")


def _parked(connection: Connection[Any], report: Report) -> dict[str, set[UUID]]:
    """Records that views wait for: known to be incomplete there, and told as such."""
    behind: dict[str, set[UUID]] = {}
    for view, record_id, position, why in connection.execute(
        "SELECT view, record_id, position, why FROM ops.parked WHERE view NOT LIKE '%\\_\\_new'"
    ).fetchall():
        behind.setdefault(view, set()).add(record_id)
        report.parked += 1
        report.complain(f"parked for the view {view}: {why}", position, record_id)
    return behind


def _count(connection: Connection[Any], table: Table) -> int:
    row = connection.execute(f"SELECT count(*) FROM views.{table.name}".encode()).fetchone()
    return row[0] if row else 0
