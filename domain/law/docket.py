"""The facts of one record laid out for counting: by kind, in their order, without those that were struck.

A struck entry counts for nothing from the moment its correction is known, whatever day the correction bears; before
that it counted, and an answer about that time still counts it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from operator import attrgetter, itemgetter
from typing import NamedTuple, TypeVar

from domain.law.book import BELIEVED, RECEIVED, SECTIONS, STRIKES, Book
from domain.law.fact import Fact
from domain.law.grammar import Condition, all_hold
from domain.law.offences import Classes
from domain.law.rule import Rule, Trigger


class Seen(NamedTuple):
    """A fact, the time from which it counts, and its place among all facts of the record.

    `moved` is the start itself, where that is counted from what must be there as well.
    """

    at: datetime
    place: int
    fact: Fact
    moved: Fact | None = None

    @property
    def start(self) -> Fact:
        """The start that it is, wherever it is counted from."""
        return self.moved or self.fact


ORDER = attrgetter("occurred_at", "recorded_at", "entry_id")
EARLIEST_FIRST = itemgetter(0, 1)
PLACE = itemgetter(0)
NOBODY = ("",)
T = TypeVar("T")


class Listed(NamedTuple):
    """A fact that gives a list of sections, the list, and the classes of its offences."""

    place: int
    at: datetime
    fact: Fact
    sections: tuple[str, ...]
    classes: Classes


class Docket:
    """What is known of a record at one moment."""

    def __init__(
        self,
        book: Book,
        facts: Iterable[Fact],
        as_of: datetime | None,
        known_at: datetime | None,
        *,
        in_order: bool = False,
    ) -> None:
        """Lay out the facts that were recorded by `known_at`, and of these the ones that had occurred by `as_of`.

        `in_order`: of facts of one moment the earlier entry happened first, as in a log that knows only days.
        """
        self.in_order = in_order
        interests, offences, heard_by = book.interests, book.offences, book.heard
        known = [each for each in facts if known_at is None or each.recorded_at <= known_at]
        known.sort(key=ORDER)
        struck = _struck([each for each in known if STRIKES in each.also or each.name.endswith(CORRECTED)])
        named: dict[str, list[Seen]] = {}
        for place, fact in enumerate(known):
            at = fact.occurred_at
            if (as_of is not None and at > as_of) or fact.entry_id in struck:
                continue
            heard = heard_by.get((fact.name, fact.also))
            if heard is None:
                heard = tuple(sorted(interests.keys() & {fact.name, *fact.also}))
                if not heard:
                    continue
                heard_by[fact.name, fact.also] = heard
            seen = Seen(at, place, fact)
            for name in heard:
                named.setdefault(name, []).append(seen)
        self.named, self.offences = named, offences
        self.began: datetime | None = None
        """When the proceeding began; None while nothing tells."""
        registered = min((named[name][0] for name in book.proceeding if name in named), default=None)
        if registered is not None:
            self.began = registered.at
        lists = sorted(self._listed(registered))
        self.lists = [each for n, each in enumerate(lists) if not n or each.fact.name not in RECEIVED]
        self._matched: dict[int, tuple[Trigger, Sequence[Seen]]] = {}
        self._applying: dict[int, tuple[tuple[Condition, ...], list[int]]] = {}
        self._classes: dict[int, Classes] = {}
        self._subjects: dict[int, tuple[Trigger, Sequence[Seen], Sequence[Seen], dict[str, list[Seen]]]] = {}

    def _listed(self, registered: Seen | None) -> Iterator[Listed]:
        """The lists of sections in force one after the other: what was believed gives way to the FIR."""
        for name in SECTIONS:
            for at, place, fact, _ in self.named.get(name, ()):
                sections = fact.codes(("sections",))
                if sections and (name not in BELIEVED or registered is None or place < registered.place):
                    yield Listed(place, at, fact, sections, self.offences.classes(sections))

    def matching(self, trigger: Trigger) -> Sequence[Seen]:
        """The facts a trigger waits for, each with the time from which it counts, in the order of the facts."""
        found: Sequence[Seen] = self.named.get(trigger.fact, ())
        if not found or not (trigger.when or trigger.at):
            return found
        kept = self._matched.get(id(trigger))
        if kept is None:
            if trigger.when:
                found = [each for each in found if all_hold(trigger.when, each.fact.values)]
            if trigger.at:
                found = [Seen(each.fact.moment(trigger.at) or each.at, each.place, each.fact) for each in found]
            kept = self._matched[id(trigger)] = trigger, found  # with the trigger: no other has its number then
        return kept[1]

    def concerning(self, trigger: Trigger, subject: str, others: Iterable[str] = ()) -> tuple[Sequence[Seen], ...]:
        """The same, and only what concerns a subject: the facts that name it or one of its other names, or nobody.

        Each are in the order of their times. A fact that names nobody concerns everybody.
        """
        kept = self._subjects.get(id(trigger))
        if kept is None:
            kept = self._subjects[id(trigger)] = trigger, *self._by_subject(trigger)
        _, everybody, unnamed, named = kept
        if not subject:
            return (everybody,)
        return (*(named.get(each, ()) for each in (subject, *others)), unnamed) if named else (unnamed,)

    def other_names(self, rule: Rule, subject: str) -> list[str]:
        """What later entries may name for a subject: the orders that extend it, those that extend these, and so on."""
        found = [subject]
        for trigger in (each for each in rule.extends if each.named_by):
            for name in found:  # which grows
                for mine in self.concerning(trigger, name)[:-1]:
                    names = (name for each in mine for name in each.fact.codes((trigger.named_by,)) or ())
                    found += [each for each in dict.fromkeys(names) if each not in found]
        return found[1:]

    def _by_subject(self, trigger: Trigger) -> tuple[Sequence[Seen], Sequence[Seen], dict[str, list[Seen]]]:
        """All facts that a trigger waits for, those that name nobody, and by subject those that name it."""
        found = self.matching(trigger)
        if trigger.at:
            found = sorted(found, key=EARLIEST_FIRST)
        if not trigger.subject:
            return found, found, {}
        unnamed: list[Seen] = []
        named: dict[str, list[Seen]] = {}
        for each in found:
            codes = each.fact.codes(trigger.subject)
            if codes is None:
                unnamed.append(each)
            for code in dict.fromkeys(codes or ()):
                named.setdefault(code, []).append(each)
        return found, unnamed, named

    def starts(self, rule: Rule, barred: list[Seen] | None = None) -> dict[str, list[Seen]]:
        """What starts a rule's clocks, by subject. A start that names nobody starts for everybody who is named.

        `barred` is told the starts that start nothing: something else must be there as well, or came before them.
        """
        if rule.starts_plainly:
            seen = self.matching(rule.starts[0])
            return {"": list(seen)} if seen else {}
        found = self._started(rule)
        for subject, starts in found.items():
            if rule.sifts or len(starts) > 1:
                left_out = self._sift(rule, subject, starts)
                if barred is not None:
                    barred += left_out
        return found

    def _started(self, rule: Rule) -> dict[str, list[Seen]]:
        """The facts that start a rule's clocks, by subject, whatever else must be there."""
        found: dict[str, list[Seen]] = {}
        for trigger in rule.starts:
            for each in self.matching(trigger):
                if rule.looks_back and not _told_of(each, trigger):
                    continue
                codes = each.fact.codes(trigger.subject) if trigger.subject else None
                for subject in codes or NOBODY:
                    found.setdefault(subject, []).append(each)
        if len(found) > 1 and "" in found:
            unnamed = found.pop("")
            for starts in found.values():
                starts.extend(unnamed)
        return found

    def _sift(self, rule: Rule, subject: str, starts: list[Seen]) -> list[Seen]:
        """Put starts in order, move them to what must be there as well, and leave out what came too late."""
        left_out: list[Seen] = []
        if len(starts) > 1:
            starts.sort(key=EARLIEST_FIRST)
        for trigger in rule.starts_with:
            also = self.first((trigger,), subject)
            left_out += starts if also is None else ()
            starts[:] = [_moved(each, also) for each in starts] if also is not None else []
        for trigger in rule.starts_unless_after:
            barred = self.first((trigger,), subject)
            if barred is not None:
                left_out += [each for each in starts if self.follows(each, barred)]
                starts[:] = [each for each in starts if not self.follows(each, barred)]
        return left_out

    def first(self, triggers: Iterable[Trigger], subject: str) -> Seen | None:
        """The first fact that one of these triggers waits for and that concerns a subject."""
        found = (each[0] for trigger in triggers for each in self.concerning(trigger, subject) if each)
        return min(found, key=EARLIEST_FIRST, default=None)

    def one(self, start: Seen, other: Seen) -> bool:
        """Whether two starts are one: of one moment, unless the order of a log tells them apart."""
        return start.at == other.at and (not self.in_order or start.place == other.place)

    def follows(self, later: Seen, start: Seen) -> bool:
        """Whether one came after the other: at another moment, or, in a log kept in order, behind it."""
        if later.at == start.at:
            return self.in_order and later.place > start.place
        return later.at > start.at

    def classes_for(self, start: Seen) -> Classes:
        """The classes of the offences at a start: by its own list of sections, else by the last one before it."""
        found = self._classes.get(start.place)
        if found is None:
            if own := start.fact.codes(("sections",)):
                found = self.offences.classes(own)
            else:
                before = bisect_left(self.lists, start.place, key=PLACE)
                found = self.lists[before - 1].classes if before else self.offences.classes(())
            self._classes[start.place] = found
        return found

    def is_registered(self, start: Seen) -> bool:
        """Whether a start has a list of sections, of its own or before it, that is more than believed."""
        if start.fact.codes(("sections",)):
            return start.fact.name not in BELIEVED
        before = bisect_left(self.lists, start.place, key=PLACE)
        return before > 0 and self.lists[before - 1].fact.name not in BELIEVED

    def alterations(self, start: Seen) -> Iterator[Listed]:
        """The lists of sections that came after a start, in their order."""
        return onwards(self.lists, self.alterations_from(start))

    def alterations_from(self, start: Seen) -> int:
        """Where among the lists of sections those begin that came after a start."""
        return bisect_right(self.lists, start.place, key=PLACE)

    def comes_to_apply(self, applies: tuple[Condition, ...], start: Seen) -> bool:
        """Whether conditions are met, or not known to fail, by a list of sections that came after a start."""
        return self.next_to_apply(applies, self.alterations_from(start)) < len(self.lists)

    def next_to_apply(self, applies: tuple[Condition, ...], begin: int) -> int:
        """Where, from a place among the lists of sections on, the first is by which conditions are met or may be."""
        kept = self._applying.get(id(applies))
        if kept is None:  # once for all starts
            places = [n for n, each in enumerate(self.lists) if each.classes.meet(applies) is not False]
            kept = self._applying[id(applies)] = applies, places
        found = bisect_left(kept[1], begin)
        return kept[1][found] if found < len(kept[1]) else len(self.lists)


def onwards(found: Sequence[T], begin: int) -> Iterator[T]:
    """What stands from a place on, without a copy of it or a walk to it."""
    return (found[place] for place in range(begin, len(found)))


def _moved(start: Seen, also: Seen) -> Seen:
    """A start, counted from what must be there as well if that came later."""
    return also._replace(moved=start.start) if EARLIEST_FIRST(also) > EARLIEST_FIRST(start) else start


def _told_of(start: Seen, trigger: Trigger) -> bool:
    """Whether the entry tells of the moment from which a rule looks back, and that moment lies behind it."""
    moment = start.fact.moment(trigger.at)
    return moment is not None and moment <= start.fact.occurred_at


CORRECTED = ".EntryCorrected"


def _struck(corrections: Iterable[Fact]) -> frozenset[str]:
    """The entries that corrections strike. A correction that was itself struck, by a later one, strikes nothing."""
    struck: set[str] = set()
    for each in sorted(corrections, key=lambda each: (each.recorded_at, each.entry_id), reverse=True):
        if each.entry_id not in struck:
            struck.add(str(each.values.get("entry", "")))
    return frozenset(struck - {""})
