"""Small views that show what a runner does: each can be told to stumble, and any double, skip or disorder shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from consumers.folding import Kept, Read
from consumers.slots import slot_of
from domain.common.corrections import PassesEntryOver
from domain.event import Event, Meta, changed
from projections.view import DROP, SAME, Key, View, on
from tests.dsl import act


class Diary(View):
    """The positions of each record's entries, in the order in which they came."""

    poison: frozenset[int] = frozenset()
    unwritable: frozenset[int] = frozenset()

    @dataclass
    class Row:
        """What came, and the last of it as text."""

        record_id: UUID
        positions: list[Any] = field(default_factory=list)
        text: str = ""

        KEY = ("record_id",)

    @on(Event)
    def entered(self, row: Row, e: Event[object]) -> None:  # type: ignore[type-var]
        """Write it down first, so that what stumbles leaves a half-changed row behind."""
        row.positions.append(e.meta.position)
        row.text = "\x00" if e.meta.position in self.unwritable else f"{row.text}*"
        if e.meta.position in self.poison:
            message = "poison"
            raise ValueError(message)


class Pages(View):
    """The same as a view with a state, one published row for every two entries."""

    poison: frozenset[int] = frozenset()

    @dataclass
    class State:
        """What came."""

        record_id: UUID
        positions: list[Any] = field(default_factory=list)

        KEY = ("record_id",)

    @dataclass
    class Row:
        """Two entries."""

        record_id: UUID
        page: int
        positions: list[Any] = field(default_factory=list)

        KEY = ("record_id", "page")

    @on(Event)
    def entered(self, row: State, e: Event[object]) -> object:  # type: ignore[type-var]
        """A passing-over changes nothing here."""
        if isinstance(e, PassesEntryOver):
            return SAME
        row.positions.append(e.meta.position)
        return None

    def rows(self, state: State) -> Iterator[Row]:
        """Stumbles when what it can't take is among them."""
        if self.poison & set(state.positions):
            message = "poison"
            raise ValueError(message)
        for start in range(0, len(state.positions), 2):
            yield self.Row(state.record_id, start // 2, state.positions[start : start + 2])


class Lines(View):
    """A row for each entry, never read again."""

    append_only = True
    poison: frozenset[int] = frozenset()

    @dataclass
    class Row:
        """An entry."""

        position: int
        record_id: UUID | None = None

        KEY = ("position",)

    @on(Event)
    def entered(self, row: Row, e: Event[object]) -> None:  # type: ignore[type-var]
        """Write it down."""
        if e.meta.position in self.poison:
            message = "poison"
            raise ValueError(message)
        row.record_id = e.meta.record_id


def by_slot(e: Event[Any]) -> Iterator[Key]:
    """A count across records is kept for each slot, and odd and even entries apart."""
    yield slot_of(e.meta.record_id), e.meta.position % 2


class Shared(View):
    """A row that many records share, and that is removed at every tenth entry."""

    poison: frozenset[int] = frozenset()

    @dataclass
    class Row:
        """How many entries, which must always be as many as were written down."""

        slot: int
        odd: int
        entries: int = 0
        positions: list[Any] = field(default_factory=list)

        KEY = ("slot", "odd")

    @on(Event, keys=by_slot)
    def entered(self, row: Row, e: Event[object]) -> object:  # type: ignore[type-var]
        """Counts first and writes down later: what stumbles in between leaves the row half-changed."""
        assert row.entries == len(row.positions)
        row.entries += 1
        if e.meta.position in self.poison:
            message = "poison"
            raise ValueError(message)
        row.positions.append(e.meta.position)
        return DROP if row.entries == 10 else None


def told(view: View, *, poison: set[int] | frozenset[int] = frozenset(), unwritable: set[int] = frozenset()) -> Any:  # type: ignore[assignment]
    """A view that can't take these entries, or can't have them written."""
    view.poison = frozenset(poison)  # type: ignore[attr-defined]
    view.unwritable = frozenset(unwritable)  # type: ignore[attr-defined]
    return view


def read(position: int, record: int, /, kind: str = "case.HearingHeld", **fields: Any) -> Read:
    """An entry as the runner has it after decoding."""
    record_id = UUID(int=record)
    meta = Meta(record_id=record_id, stream_id=record_id, position=position)
    return Read(Kept(position, slot_of(record_id), record_id, kind, b""), changed(act(kind, **fields), meta=meta))
