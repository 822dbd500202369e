"""What a rule of law is to this program: whose duty, from which act to which, how long, since when, by which words.

A rule is data: a lawyer reads and corrects its file (see docs/writing-a-rule.md), `form.py` refuses what is unsaid in
it, and `clock.py` counts by it. Nothing here knows a date by heart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from domain.law.grammar import Condition, Limit, Span


class BadRule(ValueError):
    """A rule file that can't be loaded; the message names file, line, rule, and what is wrong."""


class UnknownLaw(LookupError):
    """No such rule, or none of its versions governs this date."""


class BadQuestion(ValueError):
    """A computation was asked for with an attribute the rule doesn't know, or without a time where hours count."""


NO_FIELDS: Mapping[str, str] = {}


@dataclass(frozen=True)
class Trigger:
    """A fact or trait that starts, stops or changes a clock.

    `at` is its column that gives the time, if it isn't the act's own. `subject` are its columns that name for whom it
    counts. `hours` (with `evidence`) is a column of hours not counted; `sets` and `adds` are what an extension changes:
    attributes by columns, or a column of further days; `noted` says whether it must come before the lapse;
    `named_by` is the column by which a later entry may name this one in place of what it extends.
    """

    fact: str
    at: str = ""
    when: tuple[Condition, ...] = ()
    subject: tuple[str, ...] = ()
    sets: Mapping[str, str] = field(default_factory=lambda: NO_FIELDS)
    adds: str = ""
    hours: str = ""
    evidence: str = ""
    noted: str = ""
    authority: str = ""
    order: str = ""
    named_by: str = ""
    sums: bool = False
    """Whether what several entries set is added up."""

    def columns(self) -> set[str]:
        """The columns of the fact that matter to it."""
        named = (self.at, self.adds, self.hours, self.evidence, self.authority, self.order, self.named_by)
        return ({*named, *self.subject, *self.sets.values()} | {each.attribute for each in self.when}) - {""}


@dataclass(frozen=True)
class Pause:
    """Facts after which a clock doesn't run, and facts after which it runs again."""

    begins: tuple[Trigger, ...]
    ends: tuple[Trigger, ...]


@dataclass(frozen=True)
class Source:
    """Where a version's words were read. `read` is `primary` or `secondary`; empty in a foreign rule book."""

    title: str = ""
    where: str = ""
    read: str = ""


@dataclass(frozen=True)
class Version:
    """How the rule stood from one day to another (both included): by which law, in which words, read where."""

    since: date
    until: date | None
    law: str
    quote: str
    source: Source
    limit: Limit
    applies: tuple[Condition, ...] = ()
    note: str = ""
    at_most: Span | None = None
    """The greatest length in all to which days that are added may bring the limit; None where the law names none."""
    within: Limit | None = None
    """The time, from the first of the rule's `within_from`, beyond which the limit doesn't reach."""

    def conditions(self) -> tuple[Condition, ...]:
        """Every condition by which it applies, or is longer or shorter."""
        return (*self.applies, *self.limit.conditions(), *(self.within.conditions() if self.within else ()))

    def needs(self) -> frozenset[str]:
        """The attributes on which its length depends."""
        return self.limit.needs() | (self.within.needs() if self.within else frozenset())

    @cached_property
    def by_offence(self) -> bool:
        """Whether its length depends on the offences of the case."""
        return any(name.startswith("offence.") for name in self.needs())

    @cached_property
    def conditional(self) -> bool:
        """Whether anything about the case changes how long it is, or whether it applies."""
        return not isinstance(self.limit.span, Span) or bool(self.applies or self.within)

    def governs(self, day: date) -> bool:
        """Whether it was in force on `day`."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True)
class Example:
    """A worked example: a start, what is known, and the dates that must come out. Times are text, as written."""

    start: str
    attrs: Mapping[str, Any]
    governed: date | None
    last_day: date | None
    lapses_from: str
    due_at: str
    why: str


@dataclass(frozen=True)
class Rule:
    """One statutory or policy deadline. `digest` is the SHA-256 of its file's text; `folder` the law it lies under."""

    id: str
    starts: tuple[Trigger, ...]
    stops: tuple[Trigger, ...]
    governed_by: str
    counting: str
    closed_days: str
    versions: tuple[Version, ...]
    digest: str
    folder: str = ""
    title: Mapping[str, str] = field(default_factory=dict)
    duty: str = ""
    consequence: Mapping[str, Any] = field(default_factory=dict)
    per: str = "record"
    repeats: str = "each"
    starts_with: tuple[Trigger, ...] = ()
    starts_unless_after: tuple[Trigger, ...] = ()
    early_stop: str = "ignored"
    looks_back: bool = False
    """Whether it runs from a moment that an entry tells of (the offence) and may end with that very entry."""
    within_from: tuple[Trigger, ...] = ()
    extends: tuple[Trigger, ...] = ()
    excludes: tuple[Trigger, ...] = ()
    suspends: tuple[Pause, ...] = ()
    overtakes: tuple[Trigger, ...] = ()
    exempts: tuple[Trigger, ...] = ()
    applies_by: str = ""
    start_setting: Mapping[str, str] | None = None
    alarm: tuple[Span, ...] = ()
    reviewed_on: date | None = None
    reviewed_by: str = ""
    note: str = ""
    examples: tuple[Example, ...] = ()

    def version_on(self, day: date) -> Version:
        """The version that governs `day`. Raises UnknownLaw, by the rule's name, for a day outside all of them."""
        for version in self.versions:
            if version.governs(day):
                return version
        first, last = self.versions[0].since, self.versions[-1].until
        where = f"its first version is from {first}" if day < first else f"its last version ended on {last}"
        message = f"rule {self.id} governs nothing on {day}: {where}"
        raise UnknownLaw(message)

    @property
    def is_reviewed(self) -> bool:
        """Whether a lawyer has compared it with the law, and on which day is said."""
        return self.reviewed_on is not None and bool(self.reviewed_by)

    @property
    def is_policy(self) -> bool:
        """Whether it is a department's own rule, never to be shown as law."""
        return self.folder == "policy"

    @cached_property
    def plan(self) -> tuple[tuple[str, Trigger, bool], ...]:
        """What may happen to its clocks: by which trigger, and whether a fact from before the start counts as well."""
        first, early = self.repeats == "first", self.early_stop == "counts"
        found = [("stops", each, early) for each in self.stops]
        found += [("extends", each, first) for each in self.extends]
        found += [("excludes", each, False) for each in self.excludes]
        found += [("exempts", each, first) for each in self.exempts]
        found += [("overtakes", each, False) for each in self.overtakes]
        found += [("holds", each, False) for pause in self.suspends for each in pause.begins]
        found += [("resumes", each, False) for pause in self.suspends for each in pause.ends]
        return tuple(found)

    @cached_property
    def conditional(self) -> bool:
        """Whether any of its versions asks for more than dates."""
        return any(each.conditional for each in self.versions)

    @cached_property
    def sifts(self) -> bool:
        """Whether something else must be there as well before it starts, or must not."""
        return bool(self.starts_with or self.starts_unless_after)

    @cached_property
    def starts_plainly(self) -> bool:
        """Whether one kind of fact starts it, at its own time, for nobody in particular, whatever else there is."""
        first, *others = self.starts
        return not (others or first.at or first.subject or self.looks_back or self.sifts)

    @cached_property
    def start_names(self) -> frozenset[str]:
        """The facts and traits that start its clocks."""
        return frozenset(each.fact for each in self.starts)

    def triggers(self) -> tuple[Trigger, ...]:
        """Every fact this rule reacts to, with the columns it needs."""
        pauses = [each for pause in self.suspends for each in (*pause.begins, *pause.ends)]
        return (
            *self.starts, *self.within_from, *self.starts_with, *self.starts_unless_after, *self.stops, *self.extends,
            *self.excludes, *pauses, *self.overtakes, *self.exempts,
        )  # fmt: skip

    def conditions(self) -> tuple[Condition, ...]:
        """Every condition by which one of its versions applies, or is longer or shorter."""
        return tuple(found for each in self.versions for found in each.conditions())

    def attributes(self, version: Version | None = None) -> frozenset[str]:
        """The attributes its dates depend on, in any version or in this one, by their plain names."""
        versions = self.versions if version is None else (version,)
        needed = {name for each in versions for name in each.needs()}
        needed |= {condition.attribute for each in versions for condition in each.applies}
        needed |= {name for each in self.extends for name in each.sets}
        needed |= {"extended_by_days" for each in self.extends if each.adds}
        needed |= {each.hours for each in self.excludes}
        return frozenset(name.removeprefix("offence.") for name in needed)
