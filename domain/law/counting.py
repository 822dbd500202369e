"""Counting as the law counts: days by the calendar on the wall, hours by the clock, months to the corresponding date.

Sources: General Clauses Act 1897 s.9 (“from” leaves the first day out), s.10 (a closed court or office), s.3(35) (a
month is one of the British calendar). Days are never elapsed hours: over a change to summer time that goes wrong.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import NamedTuple

from domain.common.days import corresponding
from domain.law.grammar import Span
from domain.shape import INSTANT

MOMENT = timedelta(microseconds=1)
CLOCKED = frozenset({"hours", "forthwith"})
"""The ways of counting that go by the clock and not by the calendar."""
WINDOW = "days-first-included"
"""How the days are counted beyond which a limit doesn't reach: as days of detention are."""
MOST_HOURS = 10_000
"""No journey takes longer: a larger number is an error in the entry and isn't counted."""
LAST = time.max.replace(fold=1)
EARLIEST, LATEST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


class Term(NamedTuple):
    """Where a span ends: the last day, the last instant in time, and the first one that is late.

    `counted` is the last day before closed days moved it; None where hours are counted.
    """

    last_day: date
    due_at: datetime
    lapses_from: datetime
    counted: date | None = None


@dataclass(frozen=True)
class Counting:
    """How a rule counts, and where: its way of counting, whether closed days move the end, the days, the zone."""

    way: str
    zone: tzinfo
    closed: Container[date] = frozenset()
    """Closed days of the court or office; empty where the rule says that they change nothing."""

    def term(self, span: Span, start: datetime, *, days: int = 0, time_out: timedelta = timedelta()) -> Term:
        """The end of a span that began at `start`, lengthened by `days` and, where hours are counted, by `time_out`."""
        if span.unit == "hour" or self.way in CLOCKED:
            length = timedelta(hours=span.count) if span.unit == "hour" else timedelta(days=span.count)
            due = later(start, length + time_out)
            return Term(day_of(due, self.zone), due, later(due, MOMENT))
        first, included = day_of(start, self.zone), self.way == "days-first-included"
        if span.unit != "day":
            last = corresponding(first, span.count * (12 if span.unit == "year" else 1))
            last = days_after(last, days - (1 if included and last.day == first.day else 0))
        else:
            last = days_after(first, span.count + days - (1 if included else 0))
        opened = self.open_day(last) if self.closed else last
        return Term(opened, *end_of(opened, self.zone), last)

    def open_day(self, day: date) -> date:
        """The day itself, or the next one that isn't closed (General Clauses Act s.10)."""
        while day in self.closed and day < date.max:
            day = days_after(day, 1)
        return day


@lru_cache(maxsize=64)
def counting_of(way: str, zone: tzinfo) -> Counting:
    """A way of counting where no closed days are heeded."""
    return Counting(way, zone)


def later(moment: datetime, by: timedelta) -> datetime:
    """A moment so much later, in UTC; the end of time where the calendar ends."""
    try:
        return (moment if moment.tzinfo is UTC else moment.astimezone(UTC)) + by
    except OverflowError:
        return LATEST if moment.year > 1 else EARLIEST


@lru_cache(maxsize=8192)
def _day_of(moment: datetime, zone: tzinfo) -> date:
    return moment.astimezone(zone).date()


def day_of(moment: datetime, zone: tzinfo) -> date:
    """The calendar day on which a moment falls in a zone. Every rule asks it of the same few moments of a record."""
    try:
        return _day_of(moment, zone)
    except (OverflowError, ValueError):
        return moment.date()


def written_day(text: str) -> date:
    """A day as it is written here, 2024-07-01. Raises ValueError for every other way, weeks (2026-W01-1) among them."""
    day = date.fromisoformat(text)
    if day.isoformat() != text:
        raise ValueError(text)
    return day


def written_start(text: str) -> datetime | date:
    """A day, or a moment with its zone (RFC 3339). Raises ValueError for everything else, a time without a zone too."""
    if len(text) == len("2024-07-01"):
        return written_day(text)
    if not INSTANT.fullmatch(text):
        raise ValueError(text)
    return datetime.fromisoformat(text.upper().replace(" ", "T"))


def believed(value: object) -> Decimal:
    """A number of hours, days or months from an entry; nothing where it is none, below zero, or beyond belief."""
    try:
        found = Decimal(str(value or 0))
    except InvalidOperation:
        return Decimal(0)
    return found if found.is_finite() and 0 < found <= MOST_HOURS else Decimal(0)


def days_after(day: date, days: int) -> date:
    """The day so many days after; the calendar's last where it ends."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        if days < 0:
            raise
        return date.max


@lru_cache(maxsize=8192)
def end_of(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """The last instant of a day in a zone, and the first one after it, in UTC.

    Where clocks go back at midnight the day's last hour comes twice, and the second one ends the day.
    """
    try:
        end = datetime.combine(day, LAST, tzinfo=zone).astimezone(UTC)
    except (OverflowError, ValueError):
        end = LATEST
    return end, later(end, MOMENT)
