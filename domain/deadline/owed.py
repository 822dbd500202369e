"""What is still to be told of a record's clocks: what its entries say now, compared with what has been told.

Nothing else is asked: not what was told when, nor by whom. So it may be asked twice, after an outage, or by two at
once, and always comes to the same facts. Once they are told nothing is owed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from domain.deadline.by_entry import EnteredLate, Exempted, Extended, Met, MetLate, Opened, Overtaken, Withdrawn
from domain.deadline.by_time import Approaching, Lapsed
from domain.deadline.sheet import NOTHING, ClockKey, Sheet, TellsOfClock, Told, identity
from domain.event import Meta, changed
from domain.law.book import Book
from domain.law.clock import Clock
from domain.law.counting import Term
from domain.law.course import Move
from domain.law.rule import Rule

ENDS: Mapping[str, type[TellsOfClock]] = {
    "met": Met, "met late": MetLate, "entered late": EnteredLate, "exempted": Exempted, "overtaken": Overtaken,
}  # fmt: skip
"""The fact that tells of each state in which a clock ends."""


@dataclass(frozen=True)
class Reading:
    """A record's clocks as they are counted now, and on what that rests.

    `counted` is the version of the last entry taken into account and `recorded_at` the time it was recorded; `zone` is
    where days begin and end.
    """

    clocks: Iterable[Clock]
    book: Book
    zone: str
    counted: int
    recorded_at: datetime


def key_of(clock: Clock) -> ClockKey:
    """Which clock this is."""
    return ClockKey(clock.rule.id, clock.subject, clock.opened_by)


def end_of(clock: Clock) -> tuple[str, str]:
    """How its entries have ended it, and which one; nothing while it runs, lapsed or not."""
    kind = ENDS.get(clock.state(None))
    return (kind.__name__, clock.ended_by or clock.met_by) if kind else ("", "")


def is_told(clock: Clock, told: Told) -> bool:
    """Whether everything has been told that follows from the entries."""
    begun = told.opened_at == clock.opened_at and told.due_at == clock.due_at
    return begun and (told.end, told.end_by) == end_of(clock) and _lapse_fits(clock, told)


def next_at(clock: Clock, told: Told, recorded_at: datetime) -> datetime | None:
    """The next moment at which something is to be told of a clock; None when nothing is, unless more is entered.

    What an entry has made due is due since that was recorded.
    """
    if not is_told(clock, told):
        return recorded_at
    if told.end or told.lapsed_at is not None:
        return None
    return min((each for each in clock.alarms if _awaits(clock, told, each)), default=clock.lapses_from)


def owed(sheet: Sheet, reading: Reading, now: datetime) -> list[TellsOfClock]:
    """Every fact that is to be told by `now`, in the order in which they are to be told."""
    found: list[TellsOfClock] = []
    running = set()
    for clock in reading.clocks:
        key = key_of(clock)
        running.add(key)
        page = _Page(sheet.id, reading, now, key, sheet.told.get(key, NOTHING))
        page.of_entries(clock)
        page.of_time(clock)
        found += page.facts
    for key, told in sheet.told.items():
        if key not in running and told.opened_at is not None and key.rule in reading.book.rules:
            page = _Page(sheet.id, reading, now, key, told)
            page.take_back("Opened")
            found += page.facts
    return found


class Moments(NamedTuple):
    """When a clock began and when it ends, and by which law."""

    opened_at: datetime
    due_at: datetime
    last_day: date
    law: str


class _Page:
    """What is told of one clock, and what will have been told of it then."""

    def __init__(self, record_id: UUID, reading: Reading, now: datetime, key: ClockKey, told: Told) -> None:
        self.record_id, self.reading, self.now, self.key, self.told = record_id, reading, now, key, told
        self.facts: list[TellsOfClock] = []

    def of_entries(self, clock: Clock) -> None:
        """What follows from the entries: first what doesn't stand any more, then what does."""
        told, end = self.told, end_of(clock)
        if is_told(clock, told):
            return
        if told.opened_at not in {None, clock.opened_at} or (told.opened_at and clock.due_at < told.due_at):
            self.take_back("Opened")
        fits = _lapse_fits(clock, self.told)
        if self.told.end and ((self.told.end, self.told.end_by) != end or not fits):
            self.take_back(self.told.end)
        if self.told.lapsed_at is not None and not fits:
            self.take_back("Lapsed")
        if self.told.opened_at is None:
            again = self.told.number_of("Opened")
            self.open(clock, clock.course.term if again else clock.course.first)
        for move in clock.course.moves if self.told.due_at != clock.due_at else ():
            if move.term.due_at > self.told.due_at:
                self.extend(clock, move)
        if self.told.due_at != clock.due_at:  # it was lengthened and shortened again: its end is told anew
            self.take_back("Opened")
            self.open(clock, clock.course.term)
        if end[0] and not self.told.end:
            self.end(clock)

    def of_time(self, clock: Clock) -> None:
        """What follows from the hour. What is past isn't told as coming: an alarm noticed after the end is left out."""
        if self.told.end or self.told.lapsed_at is not None:
            return
        if self.now > clock.due_at:
            self._say(Lapsed, clock, clock.lapses_from, clock.lapses_from)
            return
        for alarm in sorted(clock.alarms):
            if alarm <= self.now and _awaits(clock, self.told, alarm):
                self._say(Approaching, clock, alarm, alarm)

    def open(self, clock: Clock, term: Term) -> None:
        """It runs, until the end of `term`."""
        started = clock.course.start.fact
        since = started.recorded_at if not self.told.times else self.reading.recorded_at
        self._say(Opened, clock, clock.opened_at, since, term, started.entry_id)

    def extend(self, clock: Clock, move: Move) -> None:
        """It runs longer."""
        by, was = move.fact.entry_id, self.told.due_at
        self._say(Extended, clock, move.at, move.fact.recorded_at, move.term, by, extended_by=UUID(by), was_due_at=was)

    def end(self, clock: Clock) -> None:
        """It has ended, as its entries say; what was done late has lapsed before, though nobody looked."""
        kind = ENDS[clock.state(None)]
        if kind is MetLate and self.told.lapsed_at is None:
            self._say(Lapsed, clock, clock.lapses_from, clock.lapses_from)
        if clock.ended_at is not None and clock.course.ended_by is not None:
            by = clock.course.ended_by
            more = {"ended_at": clock.ended_at, "ended_by": UUID(by.entry_id)}
            self._say(kind, clock, clock.ended_at, by.recorded_at, None, by.entry_id, **more)
        elif clock.met_at is not None and clock.course.met_by is not None:
            by = clock.course.met_by
            more = {"met_at": clock.met_at, "met_by": UUID(by.entry_id), "entered_at": by.recorded_at}
            self._say(kind, clock, clock.met_at, by.recorded_at, None, by.entry_id, **more)

    def take_back(self, kind: str) -> None:
        """A fact that was told last of its kind doesn't stand."""
        rule, told, since = self.reading.book.rules[self.key.rule], self.told, self.reading.recorded_at
        moments = Moments(told.opened_at or told.due_at, told.due_at, told.last_day, told.law)
        fact = identity(self.record_id, self.key, kind, told.number_of(kind))
        more: dict[str, Any] = {"withdraws": kind, "fact": fact, "meta": _meta(since)}
        self._add(Withdrawn(**self._columns(Withdrawn, rule, moments, since), **more))

    def _say(  # noqa: PLR0913 (what is told, of which clock, for when, since when, until when, because of what)
        self, kind: type[TellsOfClock], clock: Clock, at: datetime, since: datetime, term: Term | None = None,
        because: str = "", **more: Any,  # noqa: ANN401 (the kind's own columns)
    ) -> None:  # fmt: skip
        term = term or clock.course.term
        moments = Moments(clock.opened_at, term.due_at, term.last_day, clock.law)
        columns = self._columns(kind, clock.rule, moments, since)
        self._add(kind(**columns, **more, meta=_meta(at, because)))

    def _columns(self, kind: type[TellsOfClock], rule: Rule, moments: Moments, since: datetime) -> dict[str, Any]:
        """What all kinds have in common. Nothing is noticed before it was there to be noticed."""
        return moments._asdict() | {
            "rule": rule.id, "subject": self.key.subject, "opened_by": UUID(self.key.opened_by),
            "zone": self.reading.zone, "digest": rule.digest,
            "basis": self.reading.book.basis, "reviewed": rule.is_reviewed, "policy": rule.is_policy,
            "duty": rule.duty, "consequence": str(rule.consequence["class"]),
            "number": self.told.number_of(kind.__name__) + 1, "counted": self.reading.counted,
            "noticed_at": max(self.now, since), "fell_due_at": since,
        }  # fmt: skip

    def _add(self, fact: TellsOfClock) -> None:
        self.facts.append(fact)
        times = {**self.told.times, fact.kind: fact.number}
        self.told = changed(fact.mark(self.told), times=times)


def _meta(at: datetime, because: str = "") -> Meta:
    return Meta(occurred_at=at, causation_id=UUID(because) if because else None)


def _lapse_fits(clock: Clock, told: Told) -> bool:
    """Whether the lapse that was told, or that none was, agrees with the entries: done late is lapsed before."""
    end, _ = end_of(clock)
    if end == MetLate.__name__:
        return told.lapsed_at == clock.due_at
    return told.lapsed_at is None or (not end and told.lapsed_at == clock.due_at)


def _awaits(clock: Clock, told: Told, alarm: datetime) -> bool:
    """Whether an alarm is still to come or to be told; one before the clock's own start is none."""
    return alarm > clock.opened_at and (told.alarmed_at is None or alarm > told.alarmed_at)
