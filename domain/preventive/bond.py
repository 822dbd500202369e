"""A person binds himself to keep the peace or to be of good behaviour, and breaks the bond or does not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal

from domain.common.course import onward
from domain.common.days import corresponding, day, written
from domain.common.matter import Matter
from domain.event import Sealed, changed, put
from domain.preventive.preventive import Bond, ConcernsProposed, Persons, Preventive


class BondExecuted(ConcernsProposed, register="preventive"):
    """A person gives a bond, with or without sureties, for so long (BNSS s.126(1): not more than one year)."""

    shows = frozenset({"person", "until"})
    what = "the bond"

    amount_paise: int
    sureties: int = 0
    kind: Literal["interim", "final"]
    starts_on: date
    until: date
    order_number: str = ""

    def refuse(self, matter: Matter) -> Iterator[str]:
        """It ends after it begins."""
        if self.until < self.starts_on:
            yield f"the bond of {self.person} ends on {written(self.until)}, before it begins. Give the right days."

    def doubt(self, matter: Matter) -> Iterator[str]:
        """Of somebody named, of an amount, for no longer than a year (“not exceeding one year”, BNSS s.126(1))."""
        yield from super().doubt(matter)
        part = matter.part(Persons)
        if self.person not in part.named:
            yield f"{self.person} gives a bond, and {matter.label} names no such person"
        if self.amount_paise <= 0:
            yield f"the bond of {self.person} is of no amount"
        if part.section in {"BNSS 126", "CrPC 107"} and self.until > corresponding(self.starts_on, 12):
            yield f"the bond of {self.person} is for more than one year (BNSS s.126(1))"

    def apply(self, record: Preventive) -> Preventive:
        """The person is bound."""
        part = record.part(Persons)
        bonds = put(part.bonds, self.person, Bond(self.done(), self.until))
        return record.keep(changed(part, bonds=bonds), stage=onward(record, "bound"))


class BondViolated(ConcernsProposed, register="preventive"):
    """A person breaks the bond: what happened is written down, and the Magistrate told (BNSS s.141)."""

    what = "the breach of the bond"

    happened: Sealed
    case: str = ""
    magistrate_told: bool = False

    def refuse(self, matter: Matter) -> Iterator[str]:
        """Only a bond that was given can be broken."""
        if self.person not in matter.part(Persons).bonds:
            yield f"{self.person} has given no bond in {matter.label}. Record preventive.BondExecuted first."

    def doubt(self, matter: Matter) -> Iterator[str]:
        """While it binds; and the Magistrate is told."""
        yield from super().doubt(matter)
        bond = matter.part(Persons).bonds.get(self.person)
        if bond and bond.until < day(self.meta.occurred_at):
            yield f"the bond of {self.person} bound until {written(bond.until)}"
        if not self.magistrate_told:
            yield f"the bond of {self.person} is broken, and the Magistrate is not entered as told"
