"""The preventive action as it stands: its number, against whom, who is detained, and who is bound by what bond."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, TypeVar

from domain.common.codes import Code
from domain.common.course import Follows
from domain.common.matter import Done, Matter, Part
from domain.event import Sealed, changed, put


@dataclass(frozen=True, kw_only=True)
class Preventive(Matter, register="preventive"):
    """One action against one person or several: `registered_at` is when the istgasha was numbered."""

    unnumbered: ClassVar[str] = "the unnumbered preventive action"
    unbegun: ClassVar[str] = "no action is proposed"
    stages: ClassVar[tuple[str, ...]] = (
        "", "detained", "registered", "show cause", "inquiry", "bound", "concluded", "dropped",
    )  # fmt: skip

    proposer: str = ""
    """Id of the officer who proposed the action."""

    @property
    def officer(self) -> str:
        """Who proposed it."""
        return self.proposer


@dataclass(frozen=True)
class Bond:
    """A bond that was executed, and until which day it binds."""

    done: Done
    until: date


@dataclass(frozen=True)
class Persons(Part):
    """What the register keeps of each person, by code."""

    named: tuple[str, ...] = ()
    section: str = ""
    detained: Mapping[str, Done] = field(default_factory=dict)
    released: Mapping[str, Done] = field(default_factory=dict)
    noticed: Mapping[str, Done] = field(default_factory=dict)
    inquired: Mapping[str, Done] = field(default_factory=dict)
    concluded: Mapping[str, Done] = field(default_factory=dict)
    bonds: Mapping[str, Bond] = field(default_factory=dict)

    def held(self, person: str) -> Done | None:
        """Since when the person is detained, if that is so: the last detention has no release after it."""
        taken, gone = self.detained.get(person), self.released.get(person)
        return None if taken is None or (gone and gone.version > taken.version) else taken


P = TypeVar("P", bound=Preventive)


def noting(record: P, column: str, person: str, done: Done) -> P:
    """The record with one more step of a person in it."""
    part = record.part(Persons)
    return record.keep(changed(part, **{column: put(getattr(part, column), person, done)}))


@dataclass(frozen=True, kw_only=True)
class ProposedPerson:
    """Somebody against whom action is proposed, by code."""

    code: Code
    proposed_name: Sealed | None = None
    relative_name: Sealed | None = None
    address: Sealed | None = None
    age_years: int | None = None


class ConcernsProposed(Follows):
    """An act about one person against whom action is proposed."""

    person: Code
