"""Which legal clocks run in a case, when each ends, what stopped it, and every step of the counting in words.

Days run by the calendar of the zone given, never by elapsed hours; hours run by the clock, through nights and holidays.
Everything is a function of the facts handed in: the same facts in any order give the same answer, today and for ever.
Whether a clock has lapsed is asked of a moment (`Clock.state`), because nothing but time makes it so.

What facts out of order do: a stop before its start stops nothing, unless the rule says that an early one counts; with
several stops the first counts; with several starts the first one of each subject, or each of them, as the rule says;
two starts of one moment are one (two where a log's order says which came first); a start or stop whose column of time
is empty, or has no zone, counts from the act's own time. A start no version governs opens nothing and is told in
`refused`. Nothing raises.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime, tzinfo
from functools import cached_property
from typing import Any, NamedTuple, Self

from domain.law.book import Book
from domain.law.closed import NEVER
from domain.law.counting import Counting, counting_of, day_of
from domain.law.course import Course
from domain.law.docket import Docket, Seen
from domain.law.fact import Fact, columns_of
from domain.law.grammar import NotKnown
from domain.law.offences import Classes
from domain.law.rule import Rule, Source, UnknownLaw, Version
from domain.law.words import Line, story

__all__ = ["Clock", "Fact", "Opening", "Reckoning", "Refusal", "columns_of", "evaluate", "opened"]


class Clock:
    """One deadline of one subject: a view of its course that nothing changes any more."""

    def __init__(self, course: Course, why: str, governed_at: datetime) -> None:
        """Show a course that has run, under the version that the date of `governed_at` picked."""
        self.course, self.why, self.governed_at = course, why, governed_at
        self.rule: Rule = course.rule
        self.version: Version = course.version
        self.subject, self.opened_at = course.subject, course.start.at
        self.due_at, self.lapses_from, self.last_day = course.term.due_at, course.term.lapses_from, course.term.last_day
        """`due_at` is the last instant in time, `lapses_from` the first one that is late."""
        self.met_at, self.ended_at, self.ended_as = course.met_at, course.ended_at, course.ended_as
        self.extended_at = course.extended_at

    def __eq__(self, other: object) -> bool:
        """Whether two are one and the same answer, to the last step."""
        return isinstance(other, Clock) and self.course.outcome == other.course.outcome

    def __hash__(self) -> int:
        """By what it was opened for."""
        return hash((self.rule.id, self.subject, self.opened_at))

    def __repr__(self) -> str:
        """Short, for whoever looks into a test."""
        return f"<{self.rule.id} {self.subject} {self.state(None)} due {self.due_at.isoformat()}>"

    def state(self, at: datetime | None) -> str:
        """How it stands at a moment: open, extended, lapsed, met, met late, entered late, exempted or overtaken.

        At no moment (None) it is as the facts alone leave it, and never lapsed.
        """
        if self.ended_at is not None and (at is None or self.ended_at <= at):
            return self.ended_as
        if self.met_at is not None and (at is None or self.met_at <= at):
            if self.met_at > self.due_at:
                return "met late"
            return "entered late" if self.recorded_at and self.recorded_at > self.due_at else "met"
        if at is not None and at > self.due_at:
            return "lapsed"
        return "extended" if self.extended_at and (at is None or self.extended_at <= at) else "open"

    @cached_property
    def explain(self) -> tuple[Line, ...]:
        """The counting, line by line, in both languages: what started it, which law and why, each change, the end."""
        return story(self.course, self.why, self.governed_at)

    @property
    def opened_by(self) -> str:
        """The entry that started it."""
        return self.course.start.fact.entry_id

    @property
    def met_by(self) -> str:
        """The entry that stopped it."""
        return self.course.met_by.entry_id if self.course.met_by else ""

    @property
    def recorded_at(self) -> datetime | None:
        """When the stopping entry was recorded."""
        return self.course.met_by.recorded_at if self.course.met_by else None

    @property
    def ended_by(self) -> str:
        """The entry that exempted or overtook it (`ended_as`)."""
        return self.course.ended_by.entry_id if self.course.ended_by else ""

    @property
    def extended(self) -> bool:
        """Whether anything lengthened it."""
        return self.extended_at is not None

    @property
    def alarms(self) -> tuple[datetime, ...]:
        """When somebody is to be told that the end comes near: the rule's lengths of time before `due_at`."""
        counting = Counting("hours", self.course.counting.zone)
        return tuple(counting.term(each, self.due_at).due_at for each in self.rule.alarm)

    @property
    def law(self) -> str:
        """The law that governs."""
        return self.version.law

    @property
    def quote(self) -> str:
        """Its words."""
        return self.version.quote

    @property
    def source(self) -> Source:
        """Where they were read."""
        return self.version.source

    @property
    def duty(self) -> str:
        """Whose duty it is."""
        return self.rule.duty

    @property
    def consequence(self) -> Mapping[str, Any]:
        """What follows when it lapses: class A to D, and cautious words in both languages."""
        return self.rule.consequence

    @property
    def reviewed(self) -> bool:
        """Whether a lawyer has reviewed the rule."""
        return self.rule.is_reviewed

    @property
    def digest(self) -> str:
        """The SHA-256 of the rule's text that was applied."""
        return self.rule.digest


class Refusal(NamedTuple):
    """A clock that could not be opened: by which rule, why, for whom, by which entry."""

    rule: str
    why: str
    subject: str = ""
    entry_id: str = ""


class Reckoning(tuple[Clock, ...]):  # noqa: SLOT001 (it carries what was refused)
    """All clocks of a record, by their start; and `refused`: the starts that no version of their rule governs."""

    refused: tuple[Refusal, ...]

    def __new__(cls, clocks: Iterable[Clock], refused: Iterable[Refusal] = ()) -> Self:
        """Of these clocks and refusals."""
        found = super().__new__(cls, clocks)
        found.refused = tuple(refused)
        return found

    @property
    def clocks(self) -> tuple[Clock, ...]:
        """The clocks."""
        return tuple(self)


def evaluate(  # noqa: PLR0913 (each is a part of the question)
    book: Book,
    facts: Iterable[Fact],
    zone: tzinfo,
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    closed: Container[date] = NEVER,
    only: Collection[str] | None = None,
) -> Reckoning:
    """Every clock of one record, from the facts that had occurred by `as_of` and were recorded by `known_at`.

    `zone` is where days begin and end; `closed` are the closed days of courts and offices, for rules that heed them:
    those of the book where none are given. With `only`, the clocks of these rules: no rule asks what another comes to.
    """
    closed = closed or book.closed
    heed = bool(closed)
    docket = Docket(book, facts, as_of, known_at)
    clocks: list[Clock] = []
    refused: list[Refusal] = []
    for rule in book.begun_by(frozenset(docket.named)):
        if only is not None and rule.id not in only:
            continue
        heeded = heed and rule.closed_days == "next-open-day"
        counting = Counting(rule.counting, zone, closed) if heeded else counting_of(rule.counting, zone)
        for subject, starts in docket.starts(rule).items():
            clocks += opened(Opening(rule, subject, counting, docket), starts, refused)
    clocks.sort(key=lambda each: (each.opened_at, each.rule.id, each.subject, each.opened_by))
    return Reckoning(clocks, refused)


class Opening(NamedTuple):
    """What all clocks of one rule for one subject are opened with."""

    rule: Rule
    subject: str
    counting: Counting
    docket: Docket


def opened(of: Opening, starts: list[Seen], refused: list[Refusal]) -> Iterator[Clock]:
    """The clocks of one rule for one subject: for its first start, or for each."""
    rule, docket = of.rule, of.docket
    last: Seen | None = None
    for start in starts:
        if last is not None and (rule.repeats == "first" or docket.one(last, start)):
            continue
        why, governed_at = "start", start.at
        if rule.governed_by == "proceeding" and docket.began is not None:
            why, governed_at = "proceeding", docket.began
        try:
            version = rule.version_on(day_of(governed_at, of.counting.zone))
        except UnknownLaw as error:
            if any(_applies(of, each, start) for each in rule.versions):
                refused.append(Refusal(rule.id, str(error), of.subject, start.fact.entry_id))
            continue
        if version.applies and not _applies(of, version, start):
            continue
        course = Course(rule, version, start, of.subject, of.counting)
        if version.within is not None:
            course.window = docket.first(rule.within_from, of.subject)
        try:
            _begun(of, course) if version.conditional else course.count()
        except NotKnown as error:
            unknown = docket.classes_for(start).unknown
            which = f"; no table of offences has {', '.join(unknown)}" if unknown else ""
            refused.append(Refusal(rule.id, f"rule {rule.id}: {error}{which}", of.subject, start.fact.entry_id))
            continue
        last = start
        if course.run(docket).has_run:
            yield Clock(course, why, governed_at)


def _begun(of: Opening, course: Course) -> None:
    """Count a course by the sections at its start; if it can't be by these, by the first from which it can.

    An arrest may come before the FIR. Raises NotKnown where no list lets it be counted.
    """
    rule, start, docket = of.rule, course.start, of.docket
    at_start = docket.classes_for(start)
    sure = rule.applies_by == "alterations" and docket.is_registered(start)
    applies = not sure or _holds(course.version, at_start)
    try:
        course.given(start.fact.values, at_start, applies=applies)
    except NotKnown:
        for each in docket.alterations(start) if rule.applies_by == "alterations" else ():
            with suppress(NotKnown):
                course.given(start.fact.values, each.classes, applies=applies)
                return
        raise


def _applies(of: Opening, version: Version, start: Seen) -> bool:
    """Whether a version applies, unless it is known not to: by the offences at the start, or also as altered."""
    if _holds(version, of.docket.classes_for(start)):
        return True
    return of.rule.applies_by == "alterations" and of.docket.comes_to_apply(version.applies, start)


def _holds(version: Version, classes: Classes) -> bool:
    """Whether a version applies to these offences, unless it is known not to."""
    return classes.meet(version.applies) is not False
