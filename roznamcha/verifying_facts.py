"""What was told of a record's clocks is worked out once more, from the entries that each fact says it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from domain.common.corrections import PassesEntryOver
from domain.deadline.owed import Reading, owed
from domain.deadline.sheet import Sheet, TellsOfClock, identity, stream_of
from domain.event import Event, changed, decide
from domain.law.clock import Reckoning
from projections.deadlines import Deadlines, fact_of, reckon_entries


def wrong_facts(view: Deadlines, record_id: UUID, history: Sequence[Event[Any]]) -> Iterator[tuple[TellsOfClock, str]]:
    """The facts of a record that were not to be told so, and why. `history` has its entries and facts in log order.

    A fact that was counted by another text of the rule, by other tables or in another zone than are in force can't be
    worked out here; that it has its place on the sheet is looked at all the same.
    """
    bench = _Bench(view, record_id)
    for entry in history:
        if not isinstance(entry, TellsOfClock):
            bench.entries.append(entry)
            continue
        if why := bench.complaint(entry):
            yield entry, why
        bench.sheet = changed(bench.sheet.after(entry), version=entry.meta.version)


class _Bench:
    """One record's entries so far, and its sheet."""

    def __init__(self, view: Deadlines, record_id: UUID) -> None:
        self.view, self.entries, self.sheet = view, list[Event[Any]](), Sheet.blank(record_id)
        self.reckoned: dict[int, Reckoning] = {}

    def complaint(self, fact: TellsOfClock) -> str:
        """What is wrong with a fact; empty when nothing is."""
        meta, record_id = fact.meta, self.sheet.id
        due = identity(record_id, fact.key, fact.kind, fact.number)
        if (meta.stream_id, meta.entry_id, meta.command_id) != (stream_of(record_id), due, due):
            return "the ids of this deadline fact do not follow from what it tells"
        if reasons := decide(fact, self.sheet).reasons:
            return f"this deadline fact has no place on its sheet: {reasons[0]}"
        rule = self.view.book.rules.get(fact.rule)
        if any(isinstance(each, PassesEntryOver) and each.view in self.view.names for each in self.entries):
            return ""  # the view may have gone on without that entry, and this fact with it
        if rule is None or (rule.digest, self.view.book.basis, str(self.view.zone)) != (
            fact.digest, fact.basis, fact.zone,
        ):  # fmt: skip
            return ""
        expected = [each for each in self._owed(fact) if (each.name, each.key) == (fact.name, fact.key)]
        same = any(_told(each) == _told(fact) for each in expected)
        return (
            "" if same else f"the entries up to version {fact.counted} do not lead to this {fact.name} of {fact.rule}"
        )

    def _owed(self, fact: TellsOfClock) -> list[TellsOfClock]:
        """What was to be told when this was, by the entries it rests on."""
        known = [each for each in self.entries if each.meta.version <= fact.counted]
        matter = [each for each in known if fact_of(each, self.view.book) is not None]
        if not matter or matter[-1].meta.version != fact.counted:
            return []
        if fact.counted not in self.reckoned:
            self.reckoned[fact.counted] = reckon_entries(known, self.view.book, self.view.zone)
        clocks = self.reckoned[fact.counted].clocks
        reading = Reading(clocks, self.view.book, str(self.view.zone), fact.counted, matter[-1].meta.recorded_at)
        return owed(self.sheet, reading, fact.noticed_at)


def _told(fact: TellsOfClock) -> tuple[object, ...]:
    """All that a fact tells, with its time and its cause."""
    columns = {name: value for name, value in fact.__dict__.items() if name != "meta"}
    return (fact.name, columns, fact.meta.occurred_at, fact.meta.causation_id)
