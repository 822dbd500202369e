"""A month's counts of every station or district, and the ranking that a scheme makes of them.

Counts come from the views; as they were known on an earlier day they are made anew from the entries of that time, by
the same functions. A month that is not over is counted as far as it has come.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import groupby
from pathlib import Path
from typing import Any, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg import Connection

from consumers import entries
from domain.event import Event
from domain.law.book import Book
from domain.ranking.scheme import Scales
from domain.ranking.score import Count, Given
from projections.deadlines import reckon_entries
from projections.marks import HELD, WRITTEN_WITHIN, Ended, Marks, clock_marks
from projections.view import fold_record
from roznamcha.bounded import HEAD, must_be_text, read_at_most
from roznamcha.errors import Usage
from roznamcha.office import Office
from roznamcha.schemes import shipped
from roznamcha.sheets import header_of, row_of

LARGEST = 10_000_000
"""Bytes of a file of figures."""
MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
AT_ONCE = 1_000
"""Records whose entries are read together."""
HOLDERS = "SELECT record_id, day, station, district FROM views.marks WHERE indicator = %s AND record_id = ANY(%s)"
CLOCKS = """
    SELECT record_id, rule, station, due_at, met_at, recorded_at, ended_at, ended_recorded_at FROM views.deadlines
    WHERE rule = ANY(%s) AND due_at >= %s AND due_at < %s ORDER BY record_id, rule, subject, opened_by
"""


@dataclass(frozen=True)
class Period:
    """A month, as far as it has come: from its first day up to and with `last`."""

    month: str
    first: date
    last: date
    over: bool = True
    """Whether all of it can be counted: what was done on its last day may be written down for a day after it."""

    @classmethod
    def of(cls, month: str, now: datetime, zone: ZoneInfo) -> Self:
        """The month that is named, or the last one that is over. Raises Usage."""
        today = now.astimezone(zone).date()
        if not month:
            over = today.replace(day=1) - timedelta(days=1)
            month = f"{over:%Y-%m}"
        if not MONTH.fullmatch(month) or month.startswith("0000") or month == "0001-01":  # which has none before it
            message = f"{month[:20]!r} is no month: give one as 2026-10"
            raise Usage(message)
        first = date.fromisoformat(f"{month}-01")
        if first > today:
            message = f"{month} has not begun"
            raise Usage(message)
        last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
        return cls(month, first, min(last, today), over=today > last + WRITTEN_WITHIN)

    def before(self, now: datetime, zone: ZoneInfo) -> Period:
        """The month before."""
        return Period.of(f"{self.first - timedelta(days=1):%Y-%m}", now, zone)

    def ends(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Its first instant, and the first one after it."""
        after = self.last + timedelta(days=1)
        first, end = (datetime(day.year, day.month, day.day, tzinfo=zone) for day in (self.first, after))
        return first.astimezone(UTC), end.astimezone(UTC)


@dataclass
class Counted:
    """What was counted of every unit in a period; and of which records the faults are."""

    tally: dict[str, dict[str, Count]] = field(default_factory=dict)
    failed: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)
    """Of each unit, by record and indicator: how often it was not as it should be."""

    def add(self, unit: str, row: Marks.Row) -> None:
        """One mark more."""
        counts = self.tally.setdefault(unit, {})
        counts[row.indicator] = counts.get(row.indicator, Count(0, 0)).plus(Count(row.good, row.of))
        if row.of > row.good:
            faults = self.failed.setdefault(unit, {}).setdefault(str(row.record_id), {})
            faults[row.indicator] = faults.get(row.indicator, 0) + row.of - row.good


def counted(rows: Iterable[Marks.Row], level: str, period: Period) -> Counted:
    """The sums of these marks, each under its station or its district."""
    found = Counted()
    for row in rows:
        if row.indicator != HELD and period.first <= row.day <= period.last:
            found.add((row.station if level == "station" else row.district) or "unknown", row)
    return found


def from_views(connection: Connection[Any], period: Period, zone: ZoneInfo) -> Iterator[Marks.Row]:
    """Every mark of the period, from the views."""
    query = (
        "SELECT record_id, indicator, station, day, district, good, of, failed FROM views.marks "
        "WHERE indicator <> %s AND day BETWEEN %s AND %s"
    )
    with connection.transaction(), connection.cursor("marks") as cursor:
        cursor.itersize = 10_000
        for values in cursor.execute(query, (HELD, period.first, period.last)):
            yield Marks.Row(*values)
    scales = shipped()
    rules = sorted(frozenset[str]().union(*(each.rules for each in scales.indicators.values())))
    clocks = [Ended(*row) for row in connection.execute(CLOCKS, (rules, *period.ends(zone))).fetchall()]
    held: dict[UUID, dict[date, tuple[str, str]]] = {}
    for record_id, day, station, district in connection.execute(HOLDERS, (HELD, [each.record_id for each in clocks])):
        held.setdefault(record_id, {})[day] = (station, district)
    yield from clock_marks(clocks, held, scales, zone)


def from_entries(office: Office, known_at: datetime | None = None) -> Iterator[Marks.Row]:
    """Every mark there is, made anew from the entries that were recorded by `known_at`."""
    view = Marks(shipped(), office.settings.zone)
    for history in histories(office):
        known = [each for each in history if known_at is None or each.meta.recorded_at <= known_at]
        if known:
            yield from marks_of(known, view, office.book)


def marks_of(known: list[Event[Any]], view: Marks, book: Book) -> Iterator[Marks.Row]:
    """The marks of one record, those of its legal clocks among them."""
    rows = fold_record(view, known)
    yield from rows
    record_id = known[0].meta.record_id
    held = {record_id: {row.day: (row.station, row.district) for row in rows if row.indicator == HELD}}
    clocks = [
        Ended(
            record_id, clock.rule.id, known[0].meta.station, clock.due_at, clock.met_at, clock.recorded_at,
            clock.ended_at, clock.course.ended_by.recorded_at if clock.course.ended_by else None,
        )
        for clock in reckon_entries(known, book, view.zone).clocks
    ]  # fmt: skip
    yield from clock_marks(clocks, held, view.scales, view.zone)


def histories(office: Office) -> Iterator[list[Event[Any]]]:
    """The entries of every record, in order."""
    with office.datastore.get_connection() as connection:
        found = connection.execute("SELECT DISTINCT record_id FROM views.history ORDER BY record_id").fetchall()
    ids = [row["record_id"] for row in found]
    for start in range(0, len(ids), AT_ONCE):
        kept = office.store.recorder.entries_of(ids[start : start + AT_ONCE])
        read = ((record_id, entries.read(office.catalogue, state, position)) for record_id, position, state in kept)
        for _, group in groupby(sorted(read, key=lambda each: (each[0], each[1].meta.version)), lambda each: each[0]):
            yield [entry for _, entry in group]


def read_figures(path: Path, scales: Scales) -> Given:
    """Figures that were given: a CSV of unit, indicator, figure (0 to 100). Raises Usage, with the line."""
    given: dict[str, dict[str, Fraction]] = {}
    data = read_at_most(path, LARGEST)
    must_be_text(data[:HEAD], path)
    lines = data.splitlines()
    columns = ("unit", "indicator", "figure")
    header = header_of(lines[0] if lines else b"", path.name, columns, f"its first line is {','.join(columns)}")
    for number, line in enumerate(lines[1:], start=2):
        row = row_of(line, header)
        why = row if isinstance(row, str) else _wrong(row, scales, given)
        if why or isinstance(row, str):
            message = f"{path.name}, line {number}: {why}"
            raise Usage(message)
        given.setdefault(row["unit"], {})[row["indicator"]] = Fraction(row["figure"])
    return given


def _wrong(row: Mapping[str, str], scales: Scales, given: Given) -> str:
    known = scales.indicators.get(row["indicator"])
    if known is None or known.kind != "given":
        names = ", ".join(each.id for each in scales.indicators.values() if each.kind == "given")
        return f"there is no figure {row['indicator'][:40]!r} to be given; there are {names}"
    if not row["unit"].strip():
        return "whose figure it is, is not said"
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,6})?", row["figure"]) or Fraction(row["figure"]) > 100:  # noqa: PLR2004
        return f"{row['figure'][:20]!r} is no figure from 0 to 100"
    if row["indicator"] in given.get(row["unit"], {}):
        return "this figure of this unit was given before"
    return ""
