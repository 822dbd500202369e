"""The case file as it stands: its number, its station, how far it has come, and what each chapter keeps of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Self, TypeVar

from domain.case.codes import Code, uncoded
from domain.event import Event, Record, changed
from domain.shape import once

P = TypeVar("P", bound="Part")


@dataclass(frozen=True)
class Part:
    """What one chapter keeps of the case. Each declares its own, with defaults for a case it has not touched."""


@once
def untouched(kind: type) -> Any:  # noqa: ANN401 (the part)
    """The part of a chapter that the case has not touched. One for all: a part is never changed in place."""
    return kind()


@dataclass(frozen=True, kw_only=True)
class Case(Record, register="case"):
    """An FIR case (also zero FIR, e-FIR, NCR). Small on purpose: a chapter owns its facts, its rules and its part."""

    number: str = ""
    """As it is written: `0012/2026`. Empty until the FIR is registered."""
    station: str = ""
    stage: str = ""
    sections: tuple[str, ...] = ()
    registered_at: datetime | None = None
    parts: Mapping[type[Part], Any] = field(default_factory=dict)

    def part(self, kind: type[P]) -> P:
        """What the chapter of `kind` keeps of this case."""
        part: P | None = self.parts.get(kind)
        if part is None:
            part = untouched(kind)
        return part

    def keep(self, part: Part, **changes: Any) -> Self:  # noqa: ANN401 (the record's own fields)
        """The case with a chapter's part changed, and with `changes` to its own fields."""
        return changed(self, parts={**self.parts, type(part): part}, **changes)

    def refuse(self, act: Event[Any]) -> Iterator[str]:
        """In no act of this register does a name stand where a person's code belongs."""
        yield from super().refuse(act)
        yield from uncoded(act, self.label)

    def doubt(self, act: Event[Any]) -> Iterator[str]:
        """A case is one station's until it is on its way to another: what a third enters may be a slip in a code."""
        here, takes = act.meta.station, act.numbered or hasattr(act, "from_station")
        if self.station and here and here != self.station and not takes and self.stage != "transferred":
            yield f"{here} enters this in a case of {self.station}, and no transfer is entered"

    @property
    def label(self) -> str:
        """How an officer calls this case: its number if it has one."""
        return self.number or "the unnumbered case"


class CaseEntry(Event[Case]):
    """An entry of the case register.

    An act that changes how the case itself stands (its number, station, stage, sections, persons) names in `shows` the
    columns by which it does: views that show the case keep these and let the act write them. Empty: all of them.
    """

    shows: ClassVar[frozenset[str] | None] = None
    one_sided: ClassVar[str] = ""
    """For an act that sends something and waits for no answer: why. The others are in `handoff.py`."""


@once
def shown(cls: type[CaseEntry]) -> frozenset[str] | None:
    """What an act and its traits name in `shows`; None for one that leaves the case as it stands."""
    named = [each for kind in cls.__mro__ if (each := vars(kind).get("shows")) is not None]
    return frozenset[str]().union(*named) if named else None


class ConcernsAccused(CaseEntry):
    """An act that concerns one accused, by the code of the arrest memo: A1 to A9, then B1."""

    accused: Code
