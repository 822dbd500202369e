"""A matter as its register keeps it: number, station, how far it has come, and what each chapter keeps of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Self, TypeVar

from domain.common.codes import uncoded
from domain.event import Event, Record, changed
from domain.shape import once

P = TypeVar("P", bound="Part")


@dataclass(frozen=True)
class Part:
    """What one chapter keeps of a matter. Each declares its own, with defaults for a matter it has not touched."""


@once
def untouched(kind: type) -> Any:  # noqa: ANN401 (the part)
    """The part of a chapter that the matter has not touched. One for all: a part is never changed in place."""
    return kind()


@dataclass(frozen=True)
class Done:
    """An act that was done: the version of its entry, and when it was done."""

    version: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Matter(Record):
    """A record of any register that keeps matters. Small on purpose: a chapter owns its facts, its rules and its part.

    A register's own record is a subclass, and may add columns.
    """

    unnumbered: ClassVar[str] = "the unnumbered record"
    """What a reason calls a record that has no number yet."""
    unbegun: ClassVar[str] = "nothing is begun"
    """What a doubt says of a record in which the act that begins it is missing."""
    stages: ClassVar[tuple[str, ...]] = ("",)
    """How far a record comes, in this order, where one stage follows the other."""

    number: str = ""
    """As it is written: `0012/2026`. Empty until it is given."""
    station: str = ""
    stage: str = ""
    registered_at: datetime | None = None
    parts: Mapping[type[Part], Any] = field(default_factory=dict)

    def part(self, kind: type[P]) -> P:
        """What the chapter of `kind` keeps of this matter."""
        part: P | None = self.parts.get(kind)
        if part is None:
            part = untouched(kind)
        return part

    def keep(self, part: Part, **changes: Any) -> Self:  # noqa: ANN401 (the record's own fields)
        """The matter with a chapter's part changed, and with `changes` to its own fields."""
        return changed(self, parts={**self.parts, type(part): part}, **changes)

    def refuse(self, act: Event[Any]) -> Iterator[str]:
        """In no act does a name stand where a person's code belongs."""
        yield from super().refuse(act)
        yield from uncoded(act, self.label)

    @property
    def label(self) -> str:
        """How an officer calls this matter: its number if it has one."""
        return self.number or self.unnumbered

    @property
    def before_court(self) -> bool:
        """Whether a court still has, or may yet have, the matter before it."""
        return False

    @property
    def officer(self) -> str:
        """Id of the officer who investigates or inquires, where the record itself says so."""
        return ""


class Entry(Event[Any]):
    """An entry of any register that keeps matters.

    An act that changes how the matter itself stands (its number, station, stage, sections, persons) names in `shows`
    the columns by which it does: views that show it keep these and let the act write them. Empty: all of them.
    """

    shows: ClassVar[frozenset[str] | None] = None
    one_sided: ClassVar[str] = ""
    """For an act that sends something and waits for no answer: why. The others are in `handoff.py`."""

    def done(self) -> Done:
        """What a part remembers of this act."""
        return Done(self.meta.version, self.meta.occurred_at)


class TakesOver(Entry):
    """By an act of this kind the matter comes to the station that enters it: what falls due from then on is its own."""


@once
def shown(cls: type[Entry]) -> frozenset[str] | None:
    """What an act and its traits name in `shows`; None for one that leaves the matter as it stands."""
    named = [each for kind in cls.__mro__ if (each := vars(kind).get("shows")) is not None]
    return frozenset[str]().union(*named) if named else None
