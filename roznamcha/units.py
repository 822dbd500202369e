"""Acts on their way in: what belongs together, what was decided of it, and what it is answered."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from domain.event import Event, Record, changed
from roznamcha.ids import uuid7
from roznamcha.intake import TOLERANCE, Act
from roznamcha.numbers import Serial, number_name, number_of, serial_of
from roznamcha.recorder import Line, Name
from roznamcha.shelf import Held

NIL = UUID(int=0)
NUMBER = re.compile(r"/\d+/\d{4}$")
"""How a register's own numbers end: number and year."""


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


@dataclass
class Unit:
    """Acts on one record on their way in, and what has been decided of them."""

    place: int
    acts: Sequence[Act]
    repeatable: bool
    """Whether the sender named the commands, and so may send them again."""
    record_id: UUID = NIL
    alias: str = ""
    reasons: tuple[str, ...] = ()
    events: list[Event[Any]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    after: Held | None = None


@dataclass
class Round:
    """What one attempt at a batch knows: records as they will stand, numbers and names given, commands under way."""

    fresh: set[UUID]
    taken: Mapping[str, UUID]
    numbers: dict[Serial, int]
    standing: dict[UUID, Held] = field(default_factory=dict)
    claimed: set[str] = field(default_factory=set)
    commands: set[UUID] = field(default_factory=set)
    postponed: set[UUID] = field(default_factory=set)


def commanded(act: Act) -> Act:
    """An act with a command id: it is drawn once, so that every try after a fault is the same command."""
    meta = act.event.meta
    return (
        act if meta.command_id.int else changed(act, event=changed(act.event, meta=changed(meta, command_id=uuid7())))
    )


def find_records(units: Iterable[Unit], taken: Mapping[str, UUID]) -> None:
    """Give each unit its record; an opening unit that names none that is there gets a new one."""
    made: dict[str, UUID] = {}
    for unit in units:
        reference, first = unit.acts[0].record, unit.acts[0].event
        unit.alias, unit.reasons = "", ()
        try:
            unit.record_id = UUID(reference)
        except ValueError:
            pass
        else:
            if not unit.record_id.int:
                unit.reasons = ("record: an id of nothing but zeros is no record's",)
            continue
        if reference in taken:
            unit.record_id = taken[reference]
        elif reference in made:
            unit.alias, unit.record_id = reference, made[reference]
        elif first.opens:
            _open(unit, reference, made)
        elif reference:
            unit.reasons = (f"no record is called {reference[:60]!r}; {first.name} needs one that is there",)
        else:
            unit.reasons = (f"record: missing; {first.name} belongs to a record that is there already",)


def _open(unit: Unit, reference: str, made: dict[str, UUID]) -> None:
    """Give an opening unit a new record, which is called as the unit calls it."""
    if NUMBER.search(reference) and reference != number_name(unit.acts[0].event):
        reason = f"record: {reference[:60]!r} has the form of a register's number, which only the register gives"
        unit.reasons = (f"{reason}; name a new record by another key, or by none",)
        return
    unit.record_id = uuid7()
    if reference:
        unit.alias, made[reference] = reference, unit.record_id


def entered(unit: Unit, event: Event[Any], held: Held, now: datetime, doubts: tuple[str, ...]) -> Held:
    """Make the act an entry, with id, place in the record and time of recording; gives the record after it."""
    meta = changed(
        event.meta,
        entry_id=uuid7(),
        record_id=held.record.id,
        stream_id=held.record.id,
        version=held.record.version + 1,
        recorded_at=now,
        salt=secrets.token_bytes(16),
        doubts=doubts,
    )
    entry = changed(event, meta=meta)
    unit.events.append(entry)
    return Held(held.record.after(entry), now)


def misplaced(event: Event[Any], record: Record, now: datetime, holder: UUID | None) -> Iterable[str]:
    """Reasons that lie outside the record: the future, another register, or a number that is taken."""
    if event.meta.occurred_at > now + TOLERANCE:
        yield f"occurred_at: {event.meta.occurred_at.isoformat()} is in the future; enter an act when it has happened"
    if record.register != event.register:
        yield f"{event.name} cannot be entered in a record of the register {record.register!r}"
    if holder is not None:
        which = "this" if holder == record.id else "another"
        yield f"{number_name(event)} is already the number of {which} record: a number is given once"


def names(unit: Unit, entry: Event[Any]) -> Iterable[Name]:
    """The names this entry gives its record."""
    if unit.alias and entry.meta.version == 1 and not NUMBER.search(unit.alias):
        yield Name(unit.alias, unit.record_id)
    if name := number_name(entry):
        yield Name(name, unit.record_id, *serial_of(entry), number_of(entry))


def answer(
    status: Literal["recorded", "already", "refused"], act: Act, entry: Event[Any], reasons: tuple[str, ...]
) -> Outcome:
    """What became of an act, by its entry."""
    meta = entry.meta
    return Outcome(
        status, act.event.name, meta.record_id, meta.entry_id, meta.version, meta.position, meta.doubts, reasons,
        number_name(entry),
    )  # fmt: skip


def reused(act: Act) -> str:
    """The reason when a command id is used for a second act."""
    return f"command id {act.event.meta.command_id} was used for another act: give each act its own"


def refusal(act: Act, record_id: UUID, reasons: tuple[str, ...]) -> Outcome:
    """An act refused, with its reasons."""
    return Outcome("refused", act.event.name, record_id, reasons=reasons)
