"""A desk on which a record's deadline sheet is kept: entries come in, and what is owed is told when somebody asks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import domain
from domain.deadline.owed import Reading, key_of, next_at, owed
from domain.deadline.sheet import NOTHING, Sheet, TellsOfClock, identity
from domain.event import changed, decide
from domain.law.clock import Clock, Fact, evaluate
from tests.domain.law.kit import BOOK, ZONE, at, fact, fir

RECORD = UUID("00000000-0000-7000-8000-00000000000c")
FIRST = 0x100
"""The first entry's id as a number; an entry's id is told by its place."""

domain.load()


def entry_id(place: int) -> str:
    """The id of the entry at a place, from 0."""
    return str(UUID(int=FIRST + place))


class Desk:
    """One record's entries and its sheet."""

    def __init__(self, *entries: Fact, rule: str = "") -> None:
        """Begin with these entries, of which nothing was told yet; look at one rule's clocks, or at all."""
        self.entries: list[Fact] = []
        self.rule = rule
        self.sheet = Sheet.blank(RECORD)
        self.facts: list[TellsOfClock] = []
        self.enter(*entries)

    def enter(self, *entries: Fact) -> None:
        """More entries, in the order in which they are recorded."""
        for each in entries:
            self.entries.append(replace(each, entry_id=entry_id(len(self.entries))))

    def clocks(self) -> tuple[Clock, ...]:
        """The clocks as they are counted now."""
        return tuple(each for each in evaluate(BOOK, self.entries, ZONE) if self.rule in {"", each.rule.id})

    @property
    def recorded_at(self) -> datetime:
        """When the last entry was recorded."""
        return self.entries[-1].recorded_at

    def owed(self, now: datetime) -> list[TellsOfClock]:
        """What is to be told by now."""
        return owed(self.sheet, Reading(self.clocks(), BOOK, str(ZONE), len(self.entries), self.recorded_at), now)

    def tell(self, now: str | datetime) -> list[str]:
        """Tell what is owed; give it in short. Each fact must be the next that can be told."""
        moment = at(now) if isinstance(now, str) else now
        facts = self.owed(moment)
        for each in facts:
            fact_id = identity(RECORD, each.key, each.kind, each.number)
            meta = changed(each.meta, version=self.sheet.version + 1, entry_id=fact_id)
            entry = changed(each, meta=meta)
            assert decide(entry, self.sheet).reasons == ()
            self.sheet = self.sheet.after(entry)
            self.facts.append(entry)
        return short(facts)

    def next_at(self) -> dict[str, datetime | None]:
        """When something is next to be told of each clock, by rule and subject."""
        told = self.sheet.told
        return {
            f"{each.rule.id} {each.subject}".strip(): next_at(each, told.get(key_of(each), NOTHING), self.recorded_at)
            for each in self.clocks()
        }


def short(facts: Iterable[TellsOfClock]) -> list[str]:
    """`Lapsed fir-web`, `Met prod-24 A1`."""
    return [f"{each.kind} {each.rule} {each.subject}".strip() for each in facts]


def web(*more: Fact) -> Desk:
    """An FIR of 2 July 2026, nine o'clock, which goes on the website within a day; and more."""
    return Desk(fir("2026-07-02 09:00", "BNS 303(2)"), *more, rule="fir-web")


def published(when: str, recorded: str = "") -> Fact:
    """The FIR is on the website."""
    return fact("FIRPublished", when, recorded)


def arrested(when: str, recorded: str = "", **values: Any) -> Fact:
    """An arrest of A1."""
    return fact(
        "AccusedArrested", when, recorded, accused="A1", manner="arrested", status="arrested and forwarded", **values
    )
