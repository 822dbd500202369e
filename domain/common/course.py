"""How a matter that has a number of its year runs: it begins, is followed from step to step, and ends.

These are traits: each register has acts of its own by which a matter begins and ends, and its own words for how far it
has come (`stages` of its record).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, TypeVar

from domain.common.codes import Code, unreadable
from domain.common.days import day, written
from domain.common.matter import Done, Entry, Matter, Part
from domain.event import Sealed, changed

M = TypeVar("M", bound=Matter)


@dataclass(frozen=True)
class Course(Part):
    """When the matter began, and when it ended."""

    begun: Done | None = None
    ended: Done | None = None


def onward(matter: Matter, stage: str) -> str:
    """The later of two stages: an entry made late does not take a matter back."""
    return max(matter.stage, stage, key=matter.stages.index)


def ending(matter: M, done: Done, stage: str) -> M:
    """The matter ended by this act."""
    return matter.keep(changed(matter.part(Course), ended=done), stage=onward(matter, stage))


class GivesNumber(Entry):
    """An act by which a matter is given its number of the year in the station's register."""

    year: int

    @property
    def called(self) -> str:
        """As it is written: `MARG/0041/2026`."""
        given = self.numbered
        return f"{given.series}/{getattr(self, given.number):04d}/{self.year}" if given else ""

    def refuse(self, matter: Matter) -> Iterator[str]:
        """A number counts from 1."""
        yield from super().refuse(matter)
        if self.numbered and getattr(self, self.numbered.number) < 1:
            yield "a matter's number counts from 1 each year. Leave it out to be given the next free one."

    def doubt(self, matter: Matter) -> Iterator[str]:
        """The number's year is the calendar year in India."""
        yield from super().doubt(matter)
        on = day(self.meta.occurred_at)
        if self.year != on.year:
            yield f"{self.called} bears another year than {written(on)}, the day of the act"


class Begins(GivesNumber):
    """An act with which a matter begins under its number of the year in the station's register."""

    gd_entry: str = ""

    def refuse(self, matter: Matter) -> Iterator[str]:
        """A record is one matter's."""
        yield from super().refuse(matter)
        if was := matter.part(Course).begun:
            yield (
                f"{self.called} cannot begin here: this record is {matter.label} of {written(was.at)}. Begin a new "
                f"record, or strike that entry by {self.register}.EntryCorrected first."
            )

    def doubt(self, matter: Matter) -> Iterator[str]:
        """It stands in the General Diary as well."""
        yield from super().doubt(matter)
        if not self.gd_entry:
            yield f"{self.called} names no General Diary entry"

    def beginning(self, matter: M) -> M:
        """The matter has its number, and stands registered."""
        return matter.keep(
            changed(matter.part(Course), begun=self.done()),
            number=self.called,
            station=self.meta.station or matter.station,
            stage=onward(matter, "registered"),
            registered_at=self.meta.occurred_at,
        )


class BeginsByInformation(Begins):
    """A matter begins because somebody tells the station something."""

    information_received_at: datetime
    informant: Code = "I1"
    informant_name: Sealed | None = None
    informant_relative: Sealed | None = None
    informant_phone: Sealed | None = None
    informant_address: Sealed | None = None
    informing_officer: str = ""

    @property
    def others(self) -> tuple[str, ...]:
        """The codes of everybody else who is named in it."""
        return ()

    def refuse(self, matter: Matter) -> Iterator[str]:
        """Each code is one person's."""
        yield from super().refuse(matter)
        if self.informant in self.others:
            yield f"{self.informant} is the code of the informant. Give everybody else a code of their own."
        for code in sorted({each for each in self.others if self.others.count(each) > 1}):
            yield f"{code} stands twice in {self.called}. Give each person a code of their own."

    def doubt(self, matter: Matter) -> Iterator[str]:
        """The information came first, and somebody gave it."""
        yield from super().doubt(matter)
        if self.meta.occurred_at < self.information_received_at:
            yield f"{self.called} is registered before the information was received"
        if self.informant_name is None and not self.informing_officer:
            yield f"{self.called} does not say who gave the information"


class Follows(Entry):
    """An act in a matter that is begun."""

    what: ClassVar[str] = "this"
    """What a doubt calls the act."""

    def doubt(self, matter: Matter) -> Iterator[str]:
        """After it was begun, and before it ended."""
        yield from super().doubt(matter)
        part = matter.part(Course)
        if part.begun is None:
            yield f"{self.what} is entered, and {matter.unbegun} in this record"
        elif self.meta.occurred_at < part.begun.at:
            yield f"{self.what} is dated before {matter.label} was registered on {written(part.begun.at)}"
        if part.ended and part.ended.at < self.meta.occurred_at:
            yield f"{self.what} comes after {matter.label} was closed on {written(part.ended.at)}"


class Ends(Follows):
    """An act with which a matter ends: it is filed, and by somebody's order."""

    ordered_by: str = ""
    order_number: str = ""

    def refuse(self, matter: Matter) -> Iterator[str]:
        """It ends once."""
        yield from super().refuse(matter)
        if ended := matter.part(Course).ended:
            yield f"{matter.label} is closed since {written(ended.at)}."

    def doubt(self, matter: Matter) -> Iterator[str]:
        """Somebody ordered it."""
        yield from super().doubt(matter)
        if not self.ordered_by:
            yield f"{matter.label} is closed, and not said by whose order"


def receiver(matter: Matter, code: str, name: Sealed | None, column: str) -> Iterator[str]:
    """The reason when the name of who received something is given without the code under which it is sealed."""
    if name is not None:
        yield from unreadable(matter.label, code, column)
