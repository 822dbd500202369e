"""Counting: when a legal clock began, when it ends, what stopped it, and every step of the reckoning in words.

Days run by the calendar of the time zone given, never by elapsed hours; hours run by the clock, through nights and
holidays. Everything is a function of the facts handed in, so the same question gets the same answer for ever.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any

from domain.law.book import Book
from domain.law.offences import Classes
from domain.law.rule import Rule, Span, Trigger, UnknownLaw, Version, meets
from domain.law.words import Line, day_words, moment_words, words

MOMENT = timedelta(microseconds=1)
PROCEEDING = ("case.FIRRegistered", "case.ZeroFIRRegistered")


@dataclass(frozen=True)
class Fact:
    """One entry as the law sees it: what kind of act, when, recorded when, and the columns that matter."""

    name: str
    entry_id: str
    occurred_at: datetime
    recorded_at: datetime
    also: frozenset[str] = frozenset()
    values: Mapping[str, Any] = field(default_factory=dict)

    def answers(self, trigger: Trigger) -> bool:
        """Whether this is the fact, or has the trait, that a trigger waits for."""
        return (self.name == trigger.fact or trigger.fact in self.also) and meets(trigger.when, self.values)

    def to_json(self) -> list[Any]:
        """As a view keeps it."""
        times = [self.occurred_at.isoformat(), self.recorded_at.isoformat()]
        return [self.name, self.entry_id, *times, sorted(self.also), dict(self.values)]

    @classmethod
    def from_json(cls, kept: Sequence[Any]) -> Fact:
        """A fact as a view kept it."""
        name, entry_id, occurred, recorded, also, values = kept
        return cls(
            name, entry_id, datetime.fromisoformat(occurred), datetime.fromisoformat(recorded), frozenset(also), values
        )


@dataclass(frozen=True)
class Clock:
    """One deadline of one subject. `due_at` is the last instant in time; it lapses from `lapses_from` on."""

    rule: Rule
    version: Version
    subject: str
    opened_at: datetime
    opened_by: str
    span: Span
    due_at: datetime
    last_day: date | None
    lapses_from: datetime
    met_at: datetime | None = None
    met_by: str = ""
    recorded_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str = ""
    ended_as: str = ""
    extended: bool = False
    explain: tuple[Line, ...] = ()

    def state(self, at: datetime) -> str:
        """How it stands at a moment: open, extended, lapsed, met, met late, entered late, exempted or overtaken."""
        if self.ended_as and self.ended_at is not None and self.ended_at <= at:
            return self.ended_as
        if self.met_at is not None and self.met_at <= at:
            if self.met_at > self.due_at:
                return "met late"
            return "entered late" if self.recorded_at is not None and self.recorded_at > self.due_at else "met"
        if at > self.due_at:
            return "lapsed"
        return "extended" if self.extended else "open"


@dataclass(frozen=True)
class Reckoning:
    """All clocks of a record, and the rules that could not be applied to it, with the reason."""

    clocks: tuple[Clock, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()


def evaluate(  # noqa: PLR0913 (each is a part of the question)
    book: Book,
    facts: Iterable[Fact],
    zone: tzinfo,
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    closed: frozenset[date] = frozenset(),
) -> Reckoning:
    """Every clock of one record, from the facts that had occurred by `as_of` and were recorded by `known_at`.

    Facts may come in any order. Nothing in them makes this raise: a fact out of order opens no clock, or stops none.
    """
    known = sorted(
        (
            each
            for each in facts
            if (as_of is None or each.occurred_at <= as_of) and (known_at is None or each.recorded_at <= known_at)
        ),
        key=lambda each: (each.occurred_at, each.recorded_at, each.entry_id),
    )
    clocks: list[Clock] = []
    refused: list[tuple[str, str]] = []
    attributes = _attributes(book, known)
    began = next((each.occurred_at for each in known if each.name in PROCEEDING), None)
    names = {each.name for each in known}.union(*(each.also for each in known)) if known else set()
    for rule in book.rules.values():
        if not any(trigger.fact in names for trigger in rule.starts):
            continue
        try:
            clocks += _clocks(rule, known, attributes, began, zone, closed)
        except UnknownLaw as error:
            refused.append((rule.id, str(error)))
    clocks.sort(key=lambda each: (each.opened_at, each.rule.id, each.subject, each.opened_by))
    return Reckoning(tuple(clocks), tuple(refused))


def _attributes(book: Book, facts: Sequence[Fact]) -> dict[str, Any]:
    """What is known of the offences: by the last list of sections."""
    sections: Sequence[str] = ()
    for each in facts:
        sections = each.values.get("sections") or sections
    return attributes_of(book.offences.classes(sections)) | {"sections": ", ".join(sections)}


def attributes_of(classes: Classes) -> dict[str, Any]:
    """Classes of offences under the names rules use, with and without `offence.`."""
    plain = {
        "class90": classes.class90,
        "max10": classes.max10,
        "band3to7": classes.band3to7,
        "seven_or_more": classes.seven_or_more,
        "two_months": classes.two_months,
        "two_months_crpc": classes.two_months_crpc,
        "rape": classes.rape,
    }
    return plain | {f"offence.{name}": value for name, value in plain.items()}


def _clocks(  # noqa: PLR0913 (what a rule is counted with)
    rule: Rule,
    facts: Sequence[Fact],
    attributes: Mapping[str, Any],
    began: datetime | None,
    zone: tzinfo,
    closed: frozenset[date],
) -> Iterator[Clock]:
    """The clocks of one rule: one for each start, or for the first start of each subject."""
    used: set[tuple[str, str]] = set()
    seen: set[str] = set()
    for start in facts:
        trigger = next((each for each in rule.starts if start.answers(each)), None)
        if trigger is None:
            continue
        for subject in _subjects(rule, start):
            if rule.repeats == "first" and subject in seen:
                continue
            opened = _moment_of(start, trigger, zone)
            governed = began if rule.governed_by == "proceeding" and began is not None else opened
            version = rule.version_on(governed.astimezone(zone).date())
            if not meets(rule.applies if version.applies is None else version.applies, attributes):
                continue
            seen.add(subject)
            clock = _opened(rule, version, subject, start, opened, governed)
            yield _run(clock, facts, attributes, zone, closed, used)


def _subjects(rule: Rule, fact: Fact) -> tuple[str, ...]:
    """For whom or what a fact starts or stops this rule's clock; one empty subject when it is the record."""
    if rule.per == "record":
        return ("",)
    value = fact.values.get(rule.per)
    if isinstance(value, list | tuple):
        return tuple(str(each) for each in value)
    return (str(value),) if value else ("",)


def _moment_of(fact: Fact, trigger: Trigger, zone: tzinfo) -> datetime:
    """When the fact counts from: its own time, or the time in the column the rule names."""
    value = fact.values.get(trigger.at) if trigger.at else None
    if not isinstance(value, str):
        return fact.occurred_at
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return fact.occurred_at
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _opened(rule: Rule, version: Version, subject: str, start: Fact, opened: datetime, governed: datetime) -> Clock:
    lines = [words("starts", fact=start.name, at=moment_words(opened), subject=subject)]
    lines.append(words("governs", law=version.law, since=day_words(version.since), day=moment_words(governed)))
    if rule.start_setting:
        lines.append(words("setting", setting=rule.start_setting))
    if rule.is_policy:
        lines.append(words("policy"))
    if not rule.is_reviewed:
        lines.append(words("unreviewed"))
    limit = Span(0, "hour")
    return Clock(rule, version, subject, opened, start.entry_id, limit, opened, None, opened, explain=tuple(lines))


def _run(  # noqa: PLR0913 (what a clock is run with)
    clock: Clock,
    facts: Sequence[Fact],
    attributes: Mapping[str, Any],
    zone: tzinfo,
    closed: frozenset[date],
    used: set[tuple[str, str]],
) -> Clock:
    """Let a clock run: extensions, exclusions, the last day, and what stopped or ended it."""
    rule = clock.rule
    later = [each for each in facts if each.occurred_at >= clock.opened_at and each.entry_id != clock.opened_by]
    mine = [each for each in later if clock.subject in _subjects(rule, each) or _subjects(rule, each) == ("",)]
    stop = next(
        (each for each in mine if _any(rule.stops, each) and (clock.subject, each.entry_id) not in used), None
    )
    own, lines, extended = dict(attributes), list(clock.explain), False
    for each in mine:
        if stop is not None and each.occurred_at > stop.occurred_at:
            break
        for trigger in rule.extends:
            if each.answers(trigger):
                own |= {name: each.values.get(column) for name, column in trigger.sets.items()}
                extended = True
                lines.append(words("extends", fact=each.name, at=moment_words(each.occurred_at)))
    excluded = sum((_hours(rule, each) for each in mine), Decimal(0)) if rule.excludes else Decimal(0)
    if excluded:
        lines.append(words("excludes", hours=str(excluded)))
    counted = count(rule, clock.version, clock.opened_at, own, zone, excluded=excluded, closed=closed)
    due = replace(
        clock,
        span=counted.span,
        due_at=counted.due_at,
        last_day=counted.last_day,
        lapses_from=counted.lapses_from,
        extended=extended,
    )
    return _ended(due, mine, stop, [*lines, *counted.explain], used)


def _ended(clock: Clock, mine: Sequence[Fact], stop: Fact | None, lines: list[Line], used: set[tuple[str, str]]) -> Clock:
    """What brought the clock to its end, if anything did: the first of stop, exemption and overtaking."""
    exempt = next((each for each in mine if _any(clock.rule.exempts, each)), None)
    passed = next((each for each in mine if _any(clock.rule.overtakes, each)), None)
    ends = [each for each in (exempt, passed) if each is not None and (stop is None or each.occurred_at < stop.occurred_at)]
    if ends:
        first = min(ends, key=lambda each: (each.occurred_at, each.entry_id))
        how = "exempted" if first is exempt else "overtaken"
        if first.occurred_at <= clock.due_at:
            lines.append(words(how, fact=first.name, at=moment_words(first.occurred_at)))
            return replace(
                clock, ended_at=first.occurred_at, ended_by=first.entry_id, ended_as=how, explain=tuple(lines)
            )
    if stop is not None:
        used.add((clock.subject, stop.entry_id))
        key = "stopped" if stop.occurred_at <= clock.due_at else "stopped late"
        lines.append(words(key, fact=stop.name, at=moment_words(stop.occurred_at)))
        if stop.occurred_at <= clock.due_at < stop.recorded_at:
            lines.append(words("entered late", at=moment_words(stop.recorded_at)))
        clock = replace(clock, met_at=stop.occurred_at, met_by=stop.entry_id, recorded_at=stop.recorded_at)
    return replace(clock, explain=tuple(lines))


def _any(triggers: Iterable[Trigger], fact: Fact) -> bool:
    return any(fact.answers(each) for each in triggers)


def _hours(rule: Rule, fact: Fact) -> Decimal:
    """Hours that a fact proves are not to be counted, such as a necessary journey."""
    found = Decimal(0)
    for trigger in rule.excludes:
        if fact.answers(trigger) and trigger.hours:
            value = fact.values.get(trigger.hours)
            found += Decimal(str(value)) if value is not None else Decimal(0)
    return max(found, Decimal(0))


@dataclass(frozen=True)
class Counted:
    """Where a span ends. `last_day` is None where hours are counted."""

    span: Span
    due_at: datetime
    last_day: date | None
    lapses_from: datetime
    explain: tuple[Line, ...]


def count(  # noqa: PLR0913 (each is a part of the reckoning)
    rule: Rule,
    version: Version,
    start: datetime,
    attributes: Mapping[str, Any],
    zone: tzinfo,
    *,
    excluded: Decimal = Decimal(0),
    closed: frozenset[date] = frozenset(),
) -> Counted:
    """The end of a rule's limit that began at `start`. Sources for the ways of counting: General Clauses Act ss.3(35), 9, 10."""
    span = version.limit.of(attributes)
    lines = [_limit_words(version, attributes, span)]
    if span.unit == "hour":
        hours = Decimal(span.count) + excluded
        due = start + timedelta(seconds=float(hours * 3600))
        lines.append(words("hours", hours=str(hours), due=moment_words(due)))
        return Counted(span, due, None, due + MOMENT, tuple(lines))
    first = start.astimezone(zone).date()
    if span.unit in {"month", "year"}:
        last = _months_after(first, span.count * (12 if span.unit == "year" else 1))
        lines.append(words("months", first=day_words(first), last=day_words(last)))
    else:
        included = rule.counting == "days-first-included"
        last = _days_after(first, span.count + int(attributes.get("extended_by_days") or 0) - (1 if included else 0))
        key = "first included" if included else "first excluded"
        lines.append(words(key, first=day_words(first), last=day_words(last)))
    if rule.closed_days == "next-open-day":
        opened = last
        while opened in closed:
            opened = _days_after(opened, 1)
        if opened != last:
            lines.append(words("closed", last=day_words(last), opened=day_words(opened)))
            last = opened
    lapses = _midnight(_days_after(last, 1), zone)
    return Counted(span, lapses - MOMENT, last, lapses, tuple(lines))


def _limit_words(version: Version, attributes: Mapping[str, Any], span: Span) -> Line:
    unknown = sorted(name for name in version.limit.needs() if attributes.get(name) is None)
    if unknown:
        return words("limit unknown", span=str(span), quote=version.quote, unknown=", ".join(unknown))
    return words("limit", span=str(span), quote=version.quote)


def _days_after(day: date, days: int) -> date:
    return day + timedelta(days=days) if (date.max - day).days > days else date.max


def _months_after(day: date, months: int) -> date:
    """The corresponding date, or the month's last day where there is none (31 December and two months: 28 February)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


@dataclass(frozen=True)
class Due:
    """The answer of `law due`: one computation, without a case."""

    rule: Rule
    version: Version
    counted: Counted


def due(rule: Rule, start: datetime, attributes: Mapping[str, Any], governed: date, zone: tzinfo) -> Due:
    """When a limit that begins at `start` ends, by the version that governs `governed`.

    Raises UnknownLaw for a day no version governs, and when an attribute the limit depends on isn't given.
    """
    version = rule.version_on(governed)
    both = dict(attributes) | {f"offence.{name}": value for name, value in attributes.items()}
    if missing := sorted(name for name in version.limit.needs() if name not in both):
        message = f"the rule {rule.id} depends on {missing[0].removeprefix('offence.')}: give it with --attr"
        raise UnknownLaw(message)
    journey = Decimal(str(attributes.get("journey_hours") or 0)) if rule.excludes else Decimal(0)
    return Due(rule, version, count(rule, version, start, both, zone, excluded=journey))
