"""Acts on their way in: what belongs together, what was decided of it, and what it is answered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from domain.common.document import AttachesDocuments
from domain.event import Event, Record, changed, fold
from roznamcha.ids import Drawn, uuid7
from roznamcha.intake import TOLERANCE, Act
from roznamcha.numbers import Serial, number_name, number_of, serial_of
from roznamcha.opening import beginning, identity, like_a_number
from roznamcha.recorder import Line, Name
from roznamcha.sealing import without_text
from roznamcha.snapshots import Held

Earlier = Callable[[], Iterable[Event[Any]]]
NIL = UUID(int=0)


@dataclass(frozen=True)
class Outcome:
    """What became of one act. `position` is its place in the log; `called` the number it gave its record, if any."""

    status: Literal["recorded", "already", "refused"]
    name: str
    record_id: UUID
    entry_id: UUID = NIL
    version: int = 0
    position: int = 0
    doubts: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    called: str = ""


UNANSWERED = Outcome("refused", "", NIL)


@dataclass(eq=False)
class Unit:
    """Acts on one record on their way in, what has been decided of them, and in the end what they are answered."""

    acts: Sequence[Act]
    repeatable: bool
    """Whether the sender named the commands, and so may send them again."""
    record_id: UUID = NIL
    alias: str = ""
    reasons: tuple[str, ...] = ()
    events: list[Event[Any]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    after: Held | None = None
    outcomes: list[Outcome] = field(default_factory=list)
    """Empty until the unit is answered."""
    error: Exception | None = None
    """Why it can't be answered."""

    @property
    def hung(self) -> bool:
        """Whether it is one act with documents that hang on it: if that is refused, they are nothing by themselves."""
        rest = self.acts[1:]
        return bool(rest) and all(isinstance(each.event, AttachesDocuments) for each in rest)

    @property
    def register(self) -> str:
        """The register its acts belong to."""
        return self.acts[0].event.register


@dataclass(eq=False)
class Turn:
    """What is known while one batch is decided: records as they will stand, numbers and names given, commands.

    `before` is the batch that is being written meanwhile. It is decided upon as if it were written already; when it
    turns out that not all of it was, this turn is thrown away.
    """

    before: Turn | None = None
    again: bool = False
    units: list[Unit] = field(default_factory=list)
    fresh: set[UUID] = field(default_factory=set)
    """Records read in this turn, or begun in it."""
    written: set[UUID] = field(default_factory=set)
    """Records of which entries were written: what was decided after them was decided upon the truth."""
    names: dict[str, UUID] = field(default_factory=dict)
    """Records by the names they have been given."""
    made: dict[str, UUID] = field(default_factory=dict)
    """Records begun in this turn, by the names they are to have."""
    numbers: dict[Serial, int] = field(default_factory=dict)
    standing: dict[UUID, Held] = field(default_factory=dict)
    claimed: set[str] = field(default_factory=set)
    commands: set[UUID] = field(default_factory=set)
    postponed: set[UUID] = field(default_factory=set)
    erasing: set[UUID] = field(default_factory=set)
    """Records in which a person's key is destroyed with this turn: until then nothing may be sealed in them."""
    drawn: Drawn = field(default_factory=Drawn)
    """Chance for ids and salts."""
    spoiled: bool = False
    """Whether something of it was not written after all, so that nothing may be decided upon it."""

    def keeps_back(self, record_id: UUID) -> bool:
        """Whether nothing more may be decided on a record in this turn."""
        erasing = self.before.erasing if self.before is not None else ()
        return any(record_id in some for some in (self.postponed, self.erasing, erasing) if some)

    def called(self, name: str) -> UUID | None:
        """The record of this name: one that has it, or one that is given it in this turn."""
        found = self.names.get(name) or self.made.get(name)
        given = ((unit.record_id, event) for unit in self.units for event in unit.events)
        return found or next((record for record, event in given if number_name(event) == name), None)


def unit_of(acts: Sequence[Act]) -> Unit:
    """Acts that belong together, each with a command id."""
    return Unit([commanded(act) for act in acts], acts[0].event.meta.command_id.int != 0)


def commanded(act: Act) -> Act:
    """An act with a command id: it is drawn once, so that every try after a fault is the same command."""
    meta = act.event.meta
    return (
        act if meta.command_id.int else changed(act, event=changed(act.event, meta=changed(meta, command_id=uuid7())))
    )


def find_record(unit: Unit, turn: Turn) -> None:
    """Give a unit its record; an opening unit that names none that is there gets a new one."""
    reference = unit.acts[0].record
    unit.record_id, unit.alias, unit.reasons = NIL, "", ()
    known = identity(reference)
    if known is not None:
        unit.record_id = known
        if not known.int:
            unit.reasons = ("record: an id of nothing but zeros is no record's",)
    elif reference in turn.names:
        unit.record_id = turn.names[reference]
    elif reference in turn.made:
        unit.alias, unit.record_id = reference, turn.made[reference]
    else:
        _open(unit, reference, turn)


def _open(unit: Unit, reference: str, turn: Turn) -> None:
    """Give an opening unit a new record, which is called as the unit calls it."""
    unit.reasons = beginning(unit.acts[0])
    if unit.reasons:
        return
    unit.record_id = unit.acts[0].drawn or uuid7()
    turn.fresh.add(unit.record_id)  # nobody else can know it
    if reference:
        unit.alias = reference
        turn.made[reference] = unit.record_id


def entered(  # noqa: PLR0913 (the act, where it is entered, and by what it was decided)
    unit: Unit, event: Event[Any], held: Held, now: datetime, doubts: tuple[str, ...], earlier: Earlier, drawn: Drawn
) -> Held:
    """Make the act an entry, with id, place in the record and time of recording; gives the record after it.

    The record is folded from what the entry says without its personal texts, as it is when it is read again. `earlier`
    gives the record's entries so far, for an act that strikes one; its id and its salt are `drawn`.
    """
    record = held.record
    meta = changed(
        event.meta,
        entry_id=uuid7(drawn),
        record_id=record.id,
        stream_id=record.id,
        version=record.version + 1,
        recorded_at=now,
        salt=drawn(16),
        doubts=doubts,
    )
    entry = changed(event, meta=meta)
    after = fold(record, (without_text(entry),), earlier)
    unit.events.append(entry)
    return Held(after, now)


def misplaced(event: Event[Any], name: str, record: Record, now: datetime, holder: UUID | None) -> tuple[str, ...]:
    """Reasons that lie outside the record: the future, another register, or a number that is taken."""
    reasons = []
    if event.meta.occurred_at > now + TOLERANCE:
        when = event.meta.occurred_at.isoformat()
        reasons.append(f"occurred_at: {when} is in the future; enter an act when it has happened")
    if record.register != event.register:
        reasons.append(f"{event.name} cannot be entered in a record of the register {record.register!r}")
    if name and holder is not None and (record.version or holder != record.id):  # a record may be begun by its number
        which = "this" if holder == record.id else "another"
        reasons.append(f"{name} is already the number of {which} record: a number is given once")
    return tuple(reasons)


def names(unit: Unit, entry: Event[Any]) -> Iterable[Name]:
    """The names this entry gives its record."""
    if unit.alias and entry.meta.version == 1 and not like_a_number(unit.alias):
        yield Name(unit.alias, unit.record_id)
    if name := number_name(entry):
        yield Name(name, unit.record_id, *serial_of(entry), number_of(entry))


def answer(
    status: Literal["recorded", "already", "refused"],
    act: Act,
    entry: Event[Any],
    position: int,
    reasons: tuple[str, ...],
) -> Outcome:
    """What became of an act, by its entry and the entry's place in the log."""
    meta = entry.meta
    return changed(
        UNANSWERED,
        status=status,
        name=act.event.name,
        record_id=meta.record_id,
        entry_id=meta.entry_id,
        version=meta.version,
        position=position,
        doubts=meta.doubts,
        reasons=reasons,
        called=number_name(entry),
    )


def reused(act: Act) -> str:
    """The reason when a command id is used for a second act."""
    return f"command id {act.event.meta.command_id} was used for another act: give each act its own"


def refusal(act: Act, record_id: UUID, reasons: tuple[str, ...]) -> Outcome:
    """An act refused, with its reasons."""
    return Outcome("refused", act.event.name, record_id, reasons=reasons)
