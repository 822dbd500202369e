"""The facts of one record laid out for counting: by kind, in their order, without those that were struck.

A struck entry counts for nothing from the moment its correction is known, whatever day the correction bears; before
that it counted, and an answer about that time still counts it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import attrgetter, itemgetter
from typing import NamedTuple

from domain.law.book import SECTIONS, STRIKES, Book
from domain.law.fact import Fact
from domain.law.grammar import all_hold
from domain.law.offences import Classes
from domain.law.rule import Rule, Trigger


class Seen(NamedTuple):
    """A fact, the time from which it counts, and its place among all facts of the record."""

    at: datetime
    place: int
    fact: Fact


ORDER = attrgetter("occurred_at", "recorded_at", "entry_id")
EARLIEST_FIRST = itemgetter(0, 1)
EARLIEST_ENTRY = itemgetter(1)
NOBODY = ("",)


def sections_of(fact: Fact) -> tuple[str, ...]:
    """The list of sections a fact gives; empty where it gives none."""
    return fact.codes(("sections",)) or ()


class Docket:
    """What is known of a record at one moment."""

    def __init__(self, book: Book, facts: Iterable[Fact], as_of: datetime | None, known_at: datetime | None) -> None:
        """Lay out the facts that were recorded by `known_at`, and of these the ones that had occurred by `as_of`."""
        interests, offences = book.interests, book.offences
        known = [each for each in facts if known_at is None or each.recorded_at <= known_at]
        known.sort(key=ORDER)
        struck = _struck([each for each in known if STRIKES in each.also or each.name.endswith(CORRECTED)])
        named: dict[str, list[Seen]] = {}
        for place, fact in enumerate(known):
            at = fact.occurred_at
            if (as_of is not None and at > as_of) or fact.entry_id in struck:
                continue
            names = [fact.name, *interests.keys() & fact.also] if fact.also else [fact.name]
            for name in names:
                if name in interests:
                    named.setdefault(name, []).append(Seen(at, place, fact))
        self.named, self.offences = named, offences
        lists = [each for name in SECTIONS if name in named for each in named[name] if sections_of(each.fact)]
        self.sections = sorted(lists, key=EARLIEST_ENTRY)
        began = [named[name][0].at for name in book.proceeding if name in named]
        self.began = min(began) if began else None
        """When the proceeding began; None while nothing tells."""

    def matching(self, trigger: Trigger) -> Sequence[Seen]:
        """The facts a trigger waits for, each with the time from which it counts, in the order of the facts."""
        found = self.named.get(trigger.fact)
        if found is None:
            return ()
        if trigger.when:
            found = [each for each in found if all_hold(trigger.when, each.fact.values)]
        if trigger.at:
            found = [Seen(each.fact.moment(trigger.at) or each.at, each.place, each.fact) for each in found]
        return found

    def concerning(self, trigger: Trigger, subject: str) -> Sequence[Seen]:
        """The same, and only what concerns a subject. A fact that names nobody concerns everybody."""
        found = self.matching(trigger)
        if not subject or not found or not trigger.subject:
            return found
        mine = []
        for each in found:
            codes = each.fact.codes(trigger.subject)
            if codes is None or subject in codes:
                mine.append(each)
        return mine

    def starts(self, rule: Rule) -> dict[str, list[Seen]]:
        """What starts a rule's clocks, by subject. A start that names nobody starts for everybody who is named."""
        found: dict[str, list[Seen]] = {}
        for trigger in rule.starts:
            for each in self.matching(trigger):
                codes = each.fact.codes(trigger.subject) if trigger.subject else None
                for subject in codes or NOBODY:
                    found.setdefault(subject, []).append(each)
        if len(found) > 1 and "" in found:
            unnamed = found.pop("")
            for starts in found.values():
                starts.extend(unnamed)
        for subject, starts in found.items():
            if len(starts) > 1:
                starts.sort(key=EARLIEST_FIRST)
            for trigger in rule.starts_unless_after:
                barred = min((each.at for each in self.concerning(trigger, subject)), default=None)
                if barred is not None:
                    starts[:] = [each for each in starts if each.at <= barred]
        return found

    def classes_at(self, place: int) -> Classes:
        """The classes of the offences by the last list of sections up to a place, that fact's own included."""
        sections: Sequence[str] = ()
        for each in self.sections:
            if each.place > place:
                break
            sections = sections_of(each.fact)
        return self.offences.classes(sections)

    def alterations(self, place: int) -> list[Seen]:
        """The facts after this place that changed the list of sections."""
        return [each for each in self.sections if each.place > place]


CORRECTED = ".EntryCorrected"


def _struck(corrections: Iterable[Fact]) -> frozenset[str]:
    """The entries that corrections strike. A correction that was itself struck, by a later one, strikes nothing."""
    struck: set[str] = set()
    for each in sorted(corrections, key=lambda each: (each.recorded_at, each.entry_id), reverse=True):
        if each.entry_id not in struck:
            struck.add(str(each.values.get("entry", "")))
    return frozenset(struck - {""})
