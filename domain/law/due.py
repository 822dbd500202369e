"""One computation without a case: when a limit that begins at a given moment ends (`roznamcha law due`)."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any

from domain.law.asked import OFFENCE_ATTRIBUTES
from domain.law.closed import NEVER
from domain.law.counting import MOST_HOURS, Counting, day_of, written_start
from domain.law.course import NOTHING, Course
from domain.law.docket import Seen
from domain.law.fact import Fact
from domain.law.grammar import ORDERED, NotKnown, all_hold, plain
from domain.law.offences import Classes, packaged
from domain.law.rule import BadQuestion, Rule, UnknownLaw
from domain.law.words import Line, counted, offence_words, opening, path_words, words

GENERAL = frozenset({"class90", "journey_hours", "difficulty", "extended_by_days", "proceeding_began"})
"""Attributes that may be given to any rule; one that a rule doesn't use is told in the explanation."""


@dataclass(frozen=True)
class Due:
    """The answer: the last day, the last instant in time, and from when it has lapsed.

    `lapses_from` is the day after the last day; where hours are counted it is the last instant itself, a datetime.
    """

    rule: Rule
    version: str
    law: str
    last_day: date
    due_at: datetime
    lapses_from: date
    explain: tuple[Line, ...]

    def to_json(self) -> dict[str, Any]:
        """As contracts.md promises it."""
        return {
            "rule": self.rule.id,
            "version": self.version,
            "law": self.law,
            "last_day": self.last_day.isoformat(),
            "due_at": self.due_at.isoformat(),
            "lapses_from": self.lapses_from.isoformat(),
            "reviewed": self.rule.is_reviewed,
            "policy": self.rule.is_policy,
            "start_is_a_setting": self.rule.start_setting is not None,
            "digest": self.rule.digest,
            "explain": [each.to_json() for each in self.explain],
        }


def due(  # noqa: PLR0913 (each is a part of the question)
    rule: Rule,
    start: datetime | date,
    attrs: Mapping[str, Any],
    governed: date | None,
    zone: tzinfo,
    *,
    closed: Container[date] = NEVER,
) -> Due:
    """When a limit that begins at `start` ends, by the version that governs; `closed` days count where the rule says.

    `governed` (or the attribute `proceeding_began`) is the date that picks the version, by default the start's.
    `sections` may be given in place of what is computed from them, parted by commas or semicolons.
    Raises BadQuestion for an attribute that isn't the rule's or has no sense, and for a date alone where hours are
    counted; UnknownLaw when no version governs, or the rule is known not to apply.
    """
    known = {name.removeprefix("offence."): value for name, value in attrs.items()}
    if len(known) < len(attrs):
        message = f"an attribute is given twice, with and without offence. before it: {', '.join(sorted(attrs))}"
        raise BadQuestion(message)
    _check(rule, known)
    ignored = {"proceeding_began"} & known.keys() if governed is not None or rule.governed_by == "start" else set()
    moment = _moment(rule, start, zone)
    why, day = _governing(rule, known.pop("proceeding_began", None), governed, moment, zone)
    version = rule.version_on(day)
    offences = _offences(known.pop("sections", None))
    computed = {} if offences is NOTHING else offences.attributes
    both = {**computed, **known, **{f"offence.{name}": value for name, value in known.items()}}
    if version.applies and all_hold(version.applies, both) is False:
        message = f"rule {rule.id} does not apply: {'; '.join(map(str, version.applies))}"
        raise UnknownLaw(message)
    fact = Fact("", "", moment, moment)
    counting = Counting(rule.counting, zone, closed if rule.closed_days == "next-open-day" else NEVER)
    course = Course(rule, version, Seen(moment, 0, fact), "", counting)
    course.known, course.classes = both, offences
    hours = sum((_number(known.get(each.hours), each.hours) for each in rule.excludes), Decimal(0))
    course.out += timedelta(seconds=float(hours * 3600))
    course.given_days = _whole(known.get("extended_by_days"), "extended_by_days") if _adds(rule) else 0
    try:
        course.count()
    except NotKnown as error:
        raise BadQuestion(str(error)) from None
    term = course.term
    lines = [words("starts so", zone, at=moment if rule.counting in {"hours", "forthwith"} else day_of(moment, zone))]
    lines += opening(rule, version, why, datetime.combine(day, time(12), tzinfo=zone), zone)
    lines += [words("may apply", zone, condition=str(each)) for each in version.applies if each.holds(both) is None]
    lines += offence_words(course, zone) if offences.sections or offences.unknown else ()
    if hours:
        lines.append(words("excluded so", zone, hours=hours))
    if course.given_days:
        lines.append(words("extended so", zone, days=str(course.added)))
    if (over := course.given_days - course.added) and version.at_most is not None:
        lines.append(words("beyond so", zone, days=str(course.given_days), over=str(over), most=version.at_most))
    if unused := sorted(ignored | (known.keys() - rule.attributes(version))):
        lines.append(words("unused", zone, names=", ".join(unused)))
    lines += [*path_words(course.path, zone), *counted(course)]
    if version.within is not None:
        window, _ = version.within.pick(both)
        lines.append(words("within so", zone, window=window, facts=", ".join(each.fact for each in rule.within_from)))
    due_at = _local(term.due_at, zone)
    lapses = due_at if term.counted is None else day_of(term.lapses_from, zone)
    return Due(rule, version.since.isoformat(), version.law, term.last_day, due_at, lapses, tuple(lines))


def _check(rule: Rule, known: Mapping[str, Any]) -> None:
    """Raise BadQuestion for an attribute that is neither general nor the rule's own, or has no sense."""
    own = rule.attributes()
    own |= {"sections"} if own & OFFENCE_ATTRIBUTES else set()
    for name in sorted(known.keys() - own - GENERAL):
        message = f"rule {rule.id} knows no attribute {name!r}; it uses {', '.join(sorted(own)) or 'none'}"
        raise BadQuestion(message)
    for name in sorted(known.keys() & own):
        _sensible(rule, name, known[name])


def _sensible(rule: Rule, name: str, value: object) -> None:
    """Raise BadQuestion for a value that the rule's conditions could only take for "it is not so", by a slip."""
    found = [each for each in rule.conditions() if each.attribute.removeprefix("offence.") == name]
    if any(isinstance(each.value, bool) for each in found):
        if not isinstance(value, bool):
            message = f"{name}: {value!r} is neither true nor false"
            raise BadQuestion(message)
    elif any(each.operator in ORDERED for each in found):
        _number(value, name)
    elif found and all(each.operator in {"=", "not", "in", "not-in"} for each in found):
        words = {str(each) for one in found for each in (one.value if isinstance(one.value, tuple) else (one.value,))}
        if plain(str(value)) not in {plain(each) for each in words | {"none"}}:
            given = " or ".join(filter(None, (", ".join(sorted(words - {"none", ""})), "none")))
            message = f"{name}: {value!r} is nothing that rule {rule.id} names; give {given}"
            raise BadQuestion(message)


def _offences(given: object) -> Classes:
    """What the sections come to that were given; nothing is known where none were."""
    if given is None:
        return NOTHING
    listed = given if isinstance(given, list | tuple) else re.split("[;,]", str(given))
    sections = tuple(filter(None, (str(each).strip() for each in listed)))
    if not sections:
        message = f"sections: {given!r} names none; give them like BNS 103(1), BNS 61(2)"
        raise BadQuestion(message)
    return packaged().classes(sections)


def _adds(rule: Rule) -> bool:
    return any(each.adds for each in rule.extends)


def _moment(rule: Rule, start: datetime | date, zone: tzinfo) -> datetime:
    if isinstance(start, datetime):
        if start.tzinfo is None:
            message = f"the start {start.isoformat()} has no time zone; write one like 2026-03-01T10:00:00+05:30"
            raise BadQuestion(message)
        return start
    if rule.counting in {"hours", "forthwith"}:
        message = f"rule {rule.id} counts hours: give the start with its time, like {start.isoformat()}T10:00:00+05:30"
        raise BadQuestion(message)
    return datetime.combine(start, time(), tzinfo=zone)


def _governing(rule: Rule, began: object, governed: date | None, moment: datetime, zone: tzinfo) -> tuple[str, date]:
    if rule.governed_by == "start":
        day = day_of(moment, zone)
        if governed not in {None, day}:
            message = f"rule {rule.id} is governed by the date of its start, {day}, and by no other"
            raise BadQuestion(message)
        return "start", day
    if began is not None and governed is None:
        try:
            found = began if isinstance(began, date) else written_start(str(began))
        except ValueError:
            message = f"proceeding_began: {began!r} is no day like 2024-07-01"
            raise BadQuestion(message) from None
        governed = day_of(found, zone) if isinstance(found, datetime) else found
    return ("start", day_of(moment, zone)) if governed is None else ("proceeding", governed)


def _number(value: object, name: str) -> Decimal:
    try:
        found = Decimal(str(0 if value is None else value))
    except InvalidOperation:
        found = Decimal(-1)
    if isinstance(value, bool) or not found.is_finite() or not 0 <= found <= MOST_HOURS:
        message = f"{name}: {value!r} is no number from 0 to {MOST_HOURS}"
        raise BadQuestion(message)
    return found


def _local(moment: datetime, zone: tzinfo) -> datetime:
    try:
        return moment.astimezone(zone)
    except (OverflowError, ValueError):
        return moment


def _whole(value: object, name: str) -> int:
    found = _number(value, name)
    if found % 1:
        message = f"{name}: {value!r} is no whole number"
        raise BadQuestion(message)
    return int(found)
