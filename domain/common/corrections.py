"""What is done about entries afterwards: struck, opened to a named reader, erased by order. Never rubbed out.

These are traits: each register has an act of each, with the same columns and the same rules.

A wrong line in a register is struck so that it can still be read, and the right one is entered below it. Sealed columns
are opened for a reason that is itself entered, and made unreadable for ever only by order, by two officers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from domain.common.codes import Owner
from domain.common.matter import Entry, Matter, Part
from domain.event import changed, put


@dataclass(frozen=True)
class Erasure:
    """An order to erase one person's sealed columns, and whether it was carried out."""

    person: str
    version: int
    executed: bool = False


@dataclass(frozen=True)
class Hold:
    """An order to keep: the persons it protects (nobody named: the whole record), and whether it still stands."""

    persons: tuple[str, ...] = ()
    standing: bool = True

    def covers(self, person: str) -> bool:
        """Whether this person's columns must be kept under it."""
        return self.standing and (not self.persons or person in self.persons)


@dataclass(frozen=True)
class Corrections(Part):
    """Which entries are struck and by which later entry, what is to be erased and what must be kept."""

    struck: Mapping[int, int] = field(default_factory=dict)
    erasures: Mapping[tuple[str, str], Erasure] = field(default_factory=dict)
    holds: Mapping[str, Hold] = field(default_factory=dict)
    passed: frozenset[tuple[str, int]] = frozenset()

    def holding(self, person: str) -> tuple[str, ...]:
        """The holds that protect this person's columns."""
        return tuple(number for number, hold in self.holds.items() if hold.covers(person))


class CorrectsEntry(Entry):
    """An act that strikes an earlier entry of the same record; that one stays where it is and can be read."""

    entry: UUID
    version: int
    kind: Literal[
        "entered twice", "wrong record", "wrong person", "wrong date or time", "wrong number or quantity",
        "wrong section", "did not happen", "slip of the pen", "other",
    ]  # fmt: skip
    reason: str
    replaced_by: UUID | None = None

    @property
    def strikes(self) -> int:
        """The entry of this version has never happened."""
        return self.version

    def refuse(self, matter: Matter) -> Iterator[str]:
        """Only an entry that is there, and not struck already, can be struck; and not without saying why."""
        struck = matter.part(Corrections).struck
        if not 1 <= self.version <= matter.version:
            yield (
                f"entry {self.version} cannot be struck: {matter.label} has entries 1 to {matter.version}. "
                "Give the version of the entry as its history shows it."
            )
        elif self.version in struck:
            yield f"entry {self.version} of {matter.label} is struck already, by entry {struck[self.version]}."
        if not self.reason.strip():
            yield f"entry {self.version} of {matter.label} cannot be struck without a reason. Say why it is wrong."

    def apply(self, matter: Matter) -> Matter:
        """The earlier entry is struck: the record is folded without it. What it had struck itself stands again."""
        part = matter.part(Corrections)
        return matter.keep(changed(part, struck={**part.struck, self.version: self.meta.version}))


class PlacesLegalHold(Entry):
    """By order, nothing of the named persons (or of the whole record) may be erased until the hold is lifted."""

    hold: str
    authority: str
    reason: str
    persons: tuple[Owner, ...] = ()

    def refuse(self, matter: Matter) -> Iterator[str]:
        """A hold's number is used once."""
        if self.hold in matter.part(Corrections).holds:
            yield f"legal hold {self.hold} was already placed on {matter.label}. Give the new hold its own number."

    def doubt(self, matter: Matter) -> Iterator[str]:
        """A hold that comes after the erasure protects nothing any more."""
        for (order, person), erasure in matter.part(Corrections).erasures.items():
            if erasure.executed and Hold(self.persons).covers(person):
                yield f"the sealed columns of {person} in {matter.label} were already erased under order {order}"

    def apply(self, matter: Matter) -> Matter:
        """The hold stands."""
        part = matter.part(Corrections)
        return matter.keep(changed(part, holds=put(part.holds, self.hold, Hold(self.persons))))


class LiftsLegalHold(Entry):
    """The authority lifts a legal hold: erasures that were ordered may be carried out."""

    hold: str
    authority: str
    reason: str

    def refuse(self, matter: Matter) -> Iterator[str]:
        """Only a hold that stands can be lifted."""
        hold = matter.part(Corrections).holds.get(self.hold)
        if hold is None:
            yield f"legal hold {self.hold} cannot be lifted: none of that number was placed on {matter.label}."
        elif not hold.standing:
            yield f"legal hold {self.hold} of {matter.label} is lifted already."

    def apply(self, matter: Matter) -> Matter:
        """The hold stands no longer."""
        part = matter.part(Corrections)
        hold = part.holds.get(self.hold, Hold())
        return matter.keep(changed(part, holds=put(part.holds, self.hold, changed(hold, standing=False))))


class OrdersErasure(Entry):
    """A court, a Board or the competent authority orders that one person's sealed columns be made unreadable."""

    order: str
    authority: str
    person: Owner
    basis: Literal["juvenile record", "order of a court", "retention period over", "entered without authority", "other"]
    order_digest: bytes = b""

    def refuse(self, matter: Matter) -> Iterator[str]:
        """One order for one person is entered once, unless the entry was struck."""
        was = matter.part(Corrections).erasures.get((self.order, self.person))
        if was:
            yield f"order {self.order} to erase {self.person} is already entered in {matter.label}."

    def doubt(self, matter: Matter) -> Iterator[str]:
        """An order while the case is before a court, or against a hold, deserves a second look."""
        if matter.before_court:
            what = f"what order {self.order} would erase"
            yield f"{matter.label} stands at “{matter.stage}”: a court may still need {what}"
        for hold in matter.part(Corrections).holding(self.person):
            yield f"legal hold {hold} stands on {matter.label}: order {self.order} must wait until it is lifted"

    def apply(self, matter: Matter) -> Matter:
        """The order waits to be carried out."""
        part = matter.part(Corrections)
        new = Erasure(self.person, self.meta.version)
        return matter.keep(changed(part, erasures={**part.erasures, (self.order, self.person): new}))


class ExecutesErasure(Entry):
    """Two officers destroy a person's key: the sealed columns can never be read again, and the proofs still hold."""

    order: str
    person: Owner
    second_officer: str
    second_officer_rank: str
    digests: tuple[bytes, ...] = ()

    def refuse(self, matter: Matter) -> Iterator[str]:
        """It needs an order that stands, no legal hold, and two different officers."""
        part = matter.part(Corrections)
        what = f"{self.person} cannot be erased in {matter.label}"
        erasure = part.erasures.get((self.order, self.person))
        if erasure is None:
            first = f"{self.register}.ErasureOrdered"
            yield f"{what}: no order {self.order} for {self.person} stands. Record {first} first."
        elif erasure.executed:
            yield f"{what} again: order {self.order} was carried out already."
        for hold in part.holding(self.person):
            first = f"{self.register}.LegalHoldLifted"
            yield f"{what}: legal hold {hold} stands, and a hold beats an order. Record {first} first."
        if not self.second_officer.strip():
            yield f"{what} by one officer alone: a second officer must act with the first. Name the second officer."
        elif self.second_officer.strip() == self.meta.actor.id.strip():
            yield f"{what} by the same officer twice: the second officer must be another person than the first."

    def doubt(self, matter: Matter) -> Iterator[str]:
        """Erasing while a court has the case before it cannot be undone."""
        if matter.before_court:
            yield f"{self.person} is erased although {matter.label} stands at “{matter.stage}”: a court still has it"

    def apply(self, matter: Matter) -> Matter:
        """The order is carried out."""
        part = matter.part(Corrections)
        was = part.erasures.get((self.order, self.person), Erasure(self.person, self.meta.version))
        done = changed(was, executed=True)
        return matter.keep(changed(part, erasures={**part.erasures, (self.order, self.person): done}))


@dataclass(frozen=True, kw_only=True)
class ColumnRead:
    """A sealed column that was opened: of which entry, and whose."""

    version: int
    column: str
    person: Owner


class RecordsAccess(Entry):
    """A named officer has read sealed columns of this record. Looking is an act like any other, and has its reason."""

    columns: tuple[ColumnRead, ...]
    purpose: Literal[
        "investigation", "supervision", "prosecution", "court", "copy for the accused", "copy for the victim", "audit",
        "correction", "erasure", "other",
    ]  # fmt: skip
    reason: str
    order: str = ""

    def refuse(self, matter: Matter) -> Iterator[str]:
        """It says what was read, in entries that are there, and why."""
        if not self.columns:
            yield f"nothing was read in {matter.label}: name the sealed columns that were opened."
        if not self.reason.strip():
            yield f"sealed columns of {matter.label} are not read without a reason. Say what they were needed for."
        for version in sorted({each.version for each in self.columns if not 1 <= each.version <= matter.version}):
            yield f"entry {version} cannot have been read: {matter.label} has entries 1 to {matter.version}."

    def doubt(self, matter: Matter) -> Iterator[str]:
        """What was erased cannot be read."""
        gone = {person for (_, person), erasure in matter.part(Corrections).erasures.items() if erasure.executed}
        for person in sorted(gone & {each.person for each in self.columns}):
            yield f"the sealed columns of {person} in {matter.label} were erased by order: they can no longer be read"


class PassesEntryOver(Entry):
    """A named person lets one view go on without one entry it cannot take. The entry itself stays as it is."""

    view: str
    entry: UUID
    position: int
    reason: str
    authorised_by: str

    def refuse(self, matter: Matter) -> Iterator[str]:
        """Somebody must answer for it, with a reason, and once."""
        what = f"the entry at position {self.position} cannot be passed over for the view {self.view}"
        if self.position < 1:
            yield f"{what}: positions count from 1."
        if not self.authorised_by.strip():
            yield f"{what} by nobody: name the person who authorises it."
        if not self.reason.strip():
            yield f"{what} without a reason. Say why the view must go on without it."
        if (self.view, self.position) in matter.part(Corrections).passed:
            yield f"{what} again: {matter.label} shows that it was."

    def apply(self, matter: Matter) -> Matter:
        """The view may go on."""
        part = matter.part(Corrections)
        return matter.keep(changed(part, passed=part.passed | {(self.view, self.position)}))
