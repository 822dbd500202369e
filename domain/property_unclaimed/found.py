"""Property is found that nobody claims: it is listed, numbered and taken into custody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from domain.common.codes import Code, CodeOrOfficer, unreadable
from domain.common.days import day, written
from domain.common.matter import Matter
from domain.event import Numbered, Sealed, changed
from domain.malkhana.custody import SeizesProperty
from domain.malkhana.seizure import RefusesCustodyMove, ReportsSeizure
from domain.property_unclaimed.unclaimed import Claims, Unclaimed, onward


class PropertyFoundUnclaimed(SeizesProperty, register="property_unclaimed", opens=True):
    """Property whose owner is unknown is found or brought in; it is listed under the year's next number."""

    shows = frozenset({"property_number", "year", "memo", "items", "place"})
    numbered = Numbered("UNCLAIMED", "property_number", "year")

    property_number: int
    year: int
    memo: str
    kind: Literal["unclaimed", "abandoned", "found by somebody", "left with the police", "washed ashore", "stray"]
    suspicious: bool = False
    gd_entry: str = ""
    finder: Code = ""
    finder_name: Sealed | None = None
    finder_address: Sealed | None = None
    place_address: Sealed | None = None
    circumstances: Sealed | None = None
    seal_kept_by: CodeOrOfficer = ""
    receipt_given: bool = False

    @property
    def called(self) -> str:
        """As it is written: `UNCLAIMED/0003/2026`."""
        return f"UNCLAIMED/{self.property_number:04d}/{self.year}"

    @property
    def document(self) -> str:
        """The list of what was found."""
        return self.memo

    def refuse(self, matter: Matter) -> Iterator[str]:
        """One find to a record; a number counts from 1; a name needs the code under which it is sealed."""
        yield from super().refuse(matter)
        if self.property_number < 1:
            yield "a find's number counts from 1 each year. Leave it out to be given the next free one."
        if was := matter.part(Claims).begun:
            yield (
                f"{self.called} cannot begin here: this record is {matter.label} of {written(was.at)}. Begin a new "
                f"record, or strike that entry by {self.register}.EntryCorrected first."
            )
        if self.finder_name or self.finder_address:
            yield from unreadable(matter.label, self.finder, "finder")

    def doubt(self, matter: Matter) -> Iterator[str]:
        """The number's year is the calendar year in India; the diary has it; a seal is left with somebody else."""
        yield from super().doubt(matter)
        on = day(self.meta.occurred_at)
        if self.year != on.year:
            yield f"{self.called} bears another year than {written(on)}, the day of the act"
        if not self.gd_entry:
            yield f"{self.called} names no General Diary entry"
        if any(item.seal for item in self.items) and self.seal_kept_by in {"", self.meta.actor.id}:
            yield f"the seal used for {self.called} was left with no other person after use"
        if self.finder and not self.receipt_given:
            yield f"no receipt was given to {self.finder}, who found {self.called}"

    def apply(self, matter: Matter) -> Matter:
        """The find has its number, and its articles are in custody."""
        after = super().apply(matter)
        if not isinstance(after, Unclaimed):  # a view that follows custody alone has no number to give
            return after
        return after.keep(
            changed(after.part(Claims), begun=self.done()),
            number=self.called,
            station=self.meta.station or after.station,
            stage=onward(after, "registered"),
            registered_at=self.meta.occurred_at,
            finder_officer=self.meta.actor.id,
        )


class SeizureReportedToMagistrate(ReportsSeizure, register="property_unclaimed"):
    """The find is reported to the Magistrate having jurisdiction (BNSS s.106(3), s.503(1)); a delay is explained."""


class CustodyMoveRefused(RefusesCustodyMove, register="property_unclaimed"):
    """Someone tried to enter what cannot have happened to an article. It was refused; the attempt stays on record."""
