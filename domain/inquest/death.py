"""A death is reported, or a body found: the inquest begins, and the Executive Magistrate is told (BNSS s.194(1)).

The dead person goes by the code D1, informants and witnesses by I1, W1 …; names and particulars are sealed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from domain.common.codes import Code
from domain.common.course import BeginsByInformation, Follows
from domain.common.days import written
from domain.common.matter import Done, Matter, Part
from domain.event import Numbered, Sealed, changed
from domain.inquest.inquest import Inquest

Cause = Literal[
    "suicide", "killed by another", "killed by an animal", "killed by machinery", "accident", "drowning", "poison",
    "burns", "snakebite", "lightning", "natural", "suspicious", "unknown",
]  # fmt: skip


@dataclass(frozen=True)
class Death(Part):
    """What the register keeps of the death: who died, of what it seems, and each step that was taken on the way."""

    deceased: str = ""
    cause: str = ""
    unidentified: bool = False
    informed: Done | None = None
    held: Done | None = None
    forwarded: Done | None = None
    identified: Done | None = None
    disposed: Done | None = None
    viscera: tuple[str, ...] = ()
    """The forwarding notes under which viscera went to the laboratory."""


class BeginsInquest(BeginsByInformation):
    """An act with which an inquest begins under its number of the year in the station's register."""

    shows = frozenset({"marg_number", "year", "inquirer"})
    numbered = Numbered("MARG", "marg_number", "year")

    marg_number: int
    deceased: Code = "D1"
    gender: Literal["male", "female", "transgender", "not recorded"] = "not recorded"
    age_years: int | None = None
    place: str
    place_address: Sealed | None = None
    apparent_cause: Cause
    inquirer: str = ""
    inquirer_rank: str = ""

    @property
    def others(self) -> tuple[str, ...]:
        """The dead person."""
        return (self.deceased,)

    def begin(self, inquest: Inquest, *, unidentified: bool) -> Inquest:
        """The inquest has its number, and stands registered."""
        part = changed(inquest.part(Death), deceased=self.deceased, unidentified=unidentified)
        begun = self.beginning(inquest.keep(part))
        return changed(begun, inquirer=self.inquirer or inquest.inquirer)


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

    def doubt(self, inquest: Matter) -> Iterator[str]:
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

    def doubt(self, inquest: Matter) -> Iterator[str]:
        """Found before it was told of; and what the body may be known by later is kept."""
        yield from super().doubt(inquest)
        if self.found_at > self.information_received_at:
            yield f"{self.called} says that the body was found after the information of it was received"
        if not self.photographed:
            yield f"{self.called} is an unknown person's, and no photograph was taken"

    def apply(self, inquest: Inquest) -> Inquest:
        """The inquest is begun, into the death of somebody unknown."""
        return self.begin(inquest, unidentified=True)


class FollowsDeath(Follows):
    """An act in an inquest that is begun."""


class ConcernsDeceased(FollowsDeath):
    """An act about the dead person, by code."""

    deceased: Code = "D1"

    def doubt(self, inquest: Matter) -> Iterator[str]:
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

    def doubt(self, inquest: Matter) -> Iterator[str]:
        """Once."""
        yield from super().doubt(inquest)
        if was := inquest.part(Death).informed:
            yield f"the Executive Magistrate was told of {inquest.label} already on {written(was.at)}"

    def apply(self, inquest: Inquest) -> Inquest:
        """The Magistrate knows, since the first time."""
        part = inquest.part(Death)
        return inquest.keep(changed(part, informed=part.informed or self.done()))
