"""Ties between records: the inquest that became a case names it, and the case names the inquest it came from.

Each side has an act of its own that names the other record, by its number or its key. The other record is looked up
where the act is entered, and laid beside it: one that is of another register, or belongs to somebody else already,
is refused; one that nobody has entered yet is doubted. Either record then leads to the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, TypeVar
from uuid import UUID

from domain.common.days import written
from domain.common.matter import Done, Entry, Matter, Part
from domain.event import Decision, Record, changed, put

A = TypeVar("A", bound="TiesRecords")
M = TypeVar("M", bound=Matter)


@dataclass(frozen=True)
class Tie:
    """One kind of tie: `id` says in English what the named record is to the one that names it, `hi` in Hindi.

    `register` is that of the named record. `back` is the id of the tie by which that one names this one; a record has
    one such tie at a time, unless it is `shared`: several complaints become one case. `after`: the other record has its
    act first, so that one without it is a doubt. `column` and `record` are the act's columns for the other's number and
    id. Where an act may make several ties, `choice` is the column, and `words` are what stands in it, by which it makes
    this one.
    """

    id: str
    hi: str
    register: str
    back: str = ""
    after: bool = False
    column: str = "other"
    record: str = "other_record"
    choice: str = ""
    words: tuple[str, ...] = ()
    shared: bool = False


@dataclass(frozen=True)
class Tied:
    """The other record as an act named it: its number or key as it was written, and its id if it was known."""

    called: str
    record: UUID | None
    done: Done


@dataclass(frozen=True)
class Ties(Part):
    """The last record that was named by each kind of tie."""

    tied: Mapping[str, Tied] = field(default_factory=dict)


class TiesRecords(Entry):
    """An act that names another record, of this register or another."""

    kinds: ClassVar[tuple[Tie, ...]]
    """The ties that it may make: only one, unless what it says chooses among several."""

    @property
    def tie(self) -> Tie:
        """The tie that it makes."""
        return next(each for each in self.kinds if not each.choice or getattr(self, each.choice) in each.words)

    @property
    def other_called(self) -> str:
        """The number or key of the other record, as it was written; empty when the act names none."""
        called: str = getattr(self, self.tie.column)
        return called.strip()

    @property
    def other_id(self) -> UUID | None:
        """The id of the other record, if it is known."""
        found: UUID | None = getattr(self, self.tie.record)
        return found

    def tied(self, matter: Matter) -> Tied | None:
        """What this record names already by a tie of this kind."""
        return matter.part(Ties).tied.get(self.tie.id)

    def tying(self, matter: M) -> M:
        """The record with the other one named in it, if this act names one."""
        if not self.other_called:
            return matter
        part, new = matter.part(Ties), Tied(self.other_called, self.other_id, self.done())
        return matter.keep(changed(part, tied=put(part.tied, self.tie.id, new)))


def names_of_other(act: TiesRecords) -> tuple[str, ...]:
    """By what the other record may be found: as it is written, and as a number of the act's own station."""
    called = act.other_called
    return (called, f"{act.meta.station}/{called}") if called else ()


def knowing(act: A, other: UUID) -> A:
    """The act with the other record's id in it."""
    return act if act.other_id else changed(act, **{act.tie.record: other})


def decide_tie(act: TiesRecords, record: Matter, other: Record | None, key: str = "") -> Decision:
    """Whether an act may name the other record as that one stands; `other` is None when there is none of that name.

    `key` is what the act's own record is called by who enters it, if not by its number.
    """
    if not act.other_called:
        return Decision()
    if not isinstance(other, Matter):
        return Decision(doubts=(f"no record of the register {act.tie.register} is called {act.other_called} here",))
    reasons = tuple(_refused(act, record, other, key))
    return Decision(reasons=reasons) if reasons else Decision(doubts=tuple(_doubted(act, other)))


def _refused(act: TiesRecords, record: Matter, other: Matter, key: str) -> Iterator[str]:
    called, tie = act.other_called, act.tie
    if act.other_id not in {None, other.id}:
        yield f"{called} is another record than that of the id given. Give the number, and leave the id out."
    if other.register != tie.register:
        yield f"{called} is a record of the register {other.register}, and {act.name} names one of {tie.register}."
    elif other.id == record.id:
        yield f"{called} is this record itself. Name the other one."
    elif not tie.shared and (holder := other.part(Ties).tied.get(tie.back)) and not _mine(holder, act, record, key):
        yield (
            f"{called} already belongs to {holder.called}, as it shows since {written(holder.done.at)}. Name another "
            f"record, or strike entry {holder.done.version} of {called} first."
        )


def _mine(holder: Tied, act: TiesRecords, record: Matter, key: str) -> bool:
    """Whether the other record names this one: by its id, its key, or the number it has or is being given."""
    if holder.record is not None:
        return holder.record == record.id
    number = str(getattr(act, "called", "")) or record.number
    return holder.called in {key, number, f"{act.meta.station}/{number}", f"{record.station}/{number}"}


def _doubted(act: TiesRecords, other: Matter) -> Iterator[str]:
    tie, called = act.tie, act.other_called
    if tie.after and tie.back not in other.part(Ties).tied:
        yield f"{called} does not name this record from its side"
    if tie.after and other.registered_at and act.meta.occurred_at < other.registered_at:
        yield f"this is dated before {called} was registered on {written(other.registered_at)}"


class JoinsPapers(TiesRecords):
    """The papers of a record of another register join this one; each record names the other from its side.

    A register's own act has a column `whose` besides: whose papers they are.
    """

    number: str
    number_record: UUID | None = None
    order_number: str = ""

    def refuse(self, matter: Matter) -> Iterator[str]:
        """It names the record, and papers join once."""
        yield from super().refuse(matter)
        if not self.other_called:
            yield f"no record is named whose papers join {matter.label}. Give its number."
        elif (was := self.tied(matter)) and was.called == self.other_called:
            yield f"the papers of {was.called} have joined {matter.label} since {written(was.done.at)}."

    def apply(self, matter: Matter) -> Matter:
        """The other record belongs to this one."""
        return self.tying(matter)


class BecomesCase(TiesRecords):
    """An FIR is registered of what a record is about: it names that case, by the only kind of tie that it makes."""

    fir: str
    fir_record: UUID | None = None
    sections: tuple[str, ...] = ()

    def refuse(self, matter: Matter) -> Iterator[str]:
        """It names the FIR, and a record becomes one case."""
        yield from super().refuse(matter)
        if not self.other_called:
            yield f"{matter.label} is converted to no FIR. Register the FIR first, and give its number."
        if was := self.tied(matter):
            yield (
                f"{matter.label} was converted to {was.called} on {written(was.done.at)}. "
                f"If that is wrong, strike it by {self.register}.EntryCorrected first."
            )

    def doubt(self, matter: Matter) -> Iterator[str]:
        """By some section."""
        yield from super().doubt(matter)
        if not self.sections:
            yield f"no section of law is given for {self.fir}"


def papers(tie: str, hi: str, register: str, back: str, word: str) -> Tie:
    """The tie by which the papers of a record join, after that record said what it became."""
    return Tie(tie, hi, register, back, True, "number", "number_record", "whose", (word,))  # noqa: FBT003 (a row of a list)
