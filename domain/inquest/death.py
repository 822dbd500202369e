"""A death is reported, or a body found: the inquest begins, and the Executive Magistrate is told (BNSS s.194(1)).

The dead person goes by the code D1, informants and witnesses by I1, W1 …; names and particulars are sealed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from domain.common.codes import Code
from domain.common.days import day, written
from domain.common.matter import Done, Part
from domain.event import Numbered, Sealed, changed
from domain.inquest.inquest import Inquest, InquestEntry

Cause = Literal[
    "suicide", "killed by another", "killed by an animal", "killed by machinery", "accident", "drowning", "poison",
    "burns", "snakebite", "lightning", "natural", "suspicious", "unknown",
]  # fmt: skip
STAGES = ("", "registered", "inquest held", "report forwarded", "closed", "converted")
"""How far an inquest comes, in this order; an entry made late does not take it back."""


@dataclass(frozen=True)
class Death(Part):
    """What the register keeps of the death: who died, of what it seems, and each step that was taken."""

    deceased: str = ""
    cause: str = ""
    unidentified: bool = False
    begun: Done | None = None
    informed: Done | None = None
    held: Done | None = None
    forwarded: Done | None = None
    identified: Done | None = None
    disposed: Done | None = None
    closed: Done | None = None
    viscera: tuple[str, ...] = ()
    """The forwarding notes under which viscera went to the laboratory."""


def onward(inquest: Inquest, stage: str) -> str:
    """The later of two stages."""
    return max(inquest.stage, stage, key=STAGES.index)


class BeginsInquest(InquestEntry):
    """An act with which an inquest begins under its number of the year in the station's register."""

    shows = frozenset({"marg_number", "year", "inquirer"})
    numbered = Numbered("MARG", "marg_number", "year")

    marg_number: int
    year: int
    information_received_at: datetime
    gd_entry: str = ""
    informant: Code = "I1"
    informant_name: Sealed | None = None
    informant_relative: Sealed | None = None
    informant_phone: Sealed | None = None
    informant_address: Sealed | None = None
    informing_officer: str = ""
    deceased: Code = "D1"
    gender: Literal["male", "female", "transgender", "not recorded"] = "not recorded"
    age_years: int | None = None
    place: str
    place_address: Sealed | None = None
    apparent_cause: Cause
    inquirer: str = ""
    inquirer_rank: str = ""

    @property
    def called(self) -> str:
        """As it is written: `MARG/0041/2026`."""
        return f"MARG/{self.marg_number:04d}/{self.year}"

    def refuse(self, inquest: Inquest) -> Iterator[str]:
        """A record is one death's, and each code one person's; a number counts from 1."""
        if self.marg_number < 1:
            yield "an inquest's number counts from 1 each year. Leave it out to be given the next free one."
        if was := inquest.part(Death).begun:
            yield (
                f"{self.called} cannot begin here: this record is {inquest.label} of {written(was.at)}. Begin a new "
                "record, or strike that entry by inquest.EntryCorrected first."
            )
        if self.deceased == self.informant:
            yield f"{self.deceased} is the code of the informant. Give the dead person a code of their own (D1)."

    def doubt(self, inquest: Inquest) -> Iterator[str]:
        """The number's year is the calendar year in India; the information came first, and somebody gave it."""
        on = day(self.meta.occurred_at)
        if self.year != on.year:
            yield f"{self.called} bears another year than {written(on)}, the day of the act"
        if self.meta.occurred_at < self.information_received_at:
            yield f"{self.called} is registered before the information was received"
        if not self.gd_entry:
            yield f"{self.called} names no General Diary entry"
        if self.informant_name is None and not self.informing_officer:
            yield f"{self.called} does not say who gave the information"

    def begin(self, inquest: Inquest, *, unidentified: bool) -> Inquest:
        """The inquest has its number, and stands registered."""
        begun: dict[str, object] = {"begun": self.done(), "deceased": self.deceased, "unidentified": unidentified}
        part = changed(inquest.part(Death), **begun)
        return inquest.keep(
            part,
            number=self.called,
            station=self.meta.station or inquest.station,
            stage=onward(inquest, "registered"),
            registered_at=self.meta.occurred_at,
            inquirer=self.inquirer or inquest.inquirer,
        )


class DeathReported(BeginsInquest, register="inquest", opens=True):
    """Somebody informs the station of a death by suicide, accident, animal, machinery or under suspicion (s.194(1))."""

    mode: Literal["oral", "written", "electronic", "hospital"]
    gist: Sealed
    died_at: datetime | None = None
    deceased_name: Sealed | None = None
    deceased_relative: Sealed | None = None
    deceased_address: Sealed | None = None
    within_seven_years: Literal["yes", "no", "not known"] = "not known"
    in_custody: bool = False
    for_station: str = ""

    def doubt(self, inquest: Inquest) -> Iterator[str]:
        """Death comes before the news of it; the seven years are those of a woman's marriage (s.194(3))."""
        yield from super().doubt(inquest)
        if self.died_at and self.died_at > self.information_received_at:
            yield f"{self.called} says that death came after the information of it was received"
        if self.within_seven_years == "yes" and self.gender != "female":
            yield f"{self.called} is within seven years of marriage, and not said to be a woman's (BNSS s.194(3))"
        if self.in_custody and self.died_at is None:
            yield f"{self.called} is a death in custody without its time: hours are counted from it (BNSS s.196(6))"

    def apply(self, inquest: Inquest) -> Inquest:
        """The inquest is begun, into the death of somebody known."""
        return self.begin(inquest, unidentified=False)


class BodyFound(BeginsInquest, register="inquest", opens=True):
    """The body of a person whom nobody knows is found: the inquest begins, and whose it is must be found out."""

    found_at: datetime
    features: Sealed
    clothing: str = ""
    photographed: bool = False
    fingerprints_taken: bool = False

    def doubt(self, inquest: Inquest) -> Iterator[str]:
        """Found before it was told of; and what the body may be known by later is kept."""
        yield from super().doubt(inquest)
        if self.found_at > self.information_received_at:
            yield f"{self.called} says that the body was found after the information of it was received"
        if not self.photographed:
            yield f"{self.called} is an unknown person's, and no photograph was taken"

    def apply(self, inquest: Inquest) -> Inquest:
        """The inquest is begun, into the death of somebody unknown."""
        return self.begin(inquest, unidentified=True)


class FollowsDeath(InquestEntry):
    """An act in an inquest that is begun."""

    what: ClassVar[str] = "this"
    """What a doubt calls the act."""

    def doubt(self, inquest: Inquest) -> Iterator[str]:
        """After it was begun, and before it ended."""
        part = inquest.part(Death)
        if part.begun is None:
            yield f"{self.what} is entered, and no death is reported in this record"
        elif self.meta.occurred_at < part.begun.at:
            yield f"{self.what} is dated before {inquest.label} was registered on {written(part.begun.at)}"
        if part.closed and part.closed.at < self.meta.occurred_at:
            yield f"{self.what} comes after {inquest.label} was closed on {written(part.closed.at)}"


class ConcernsDeceased(FollowsDeath):
    """An act about the dead person, by code."""

    deceased: Code = "D1"

    def doubt(self, inquest: Inquest) -> Iterator[str]:
        """It is the one of this inquest."""
        yield from super().doubt(inquest)
        known = inquest.part(Death).deceased
        if known and known != self.deceased:
            yield f"{self.what} is about {self.deceased}, and the dead person of {inquest.label} is {known}"


class ExecutiveMagistrateInformed(FollowsDeath, register="inquest"):
    """The nearest Executive Magistrate empowered to hold inquests is told of the death, immediately (BNSS s.194(1))."""

    what = "the intimation to the Executive Magistrate"

    magistrate: str
    means: Literal["electronic", "telephone", "messenger", "letter"]
    letter_number: str = ""
    gd_entry: str = ""

    def doubt(self, inquest: Inquest) -> Iterator[str]:
        """Once."""
        yield from super().doubt(inquest)
        if was := inquest.part(Death).informed:
            yield f"the Executive Magistrate was told of {inquest.label} already on {written(was.at)}"

    def apply(self, inquest: Inquest) -> Inquest:
        """The Magistrate knows, since the first time."""
        part = inquest.part(Death)
        return inquest.keep(changed(part, informed=part.informed or self.done()))
