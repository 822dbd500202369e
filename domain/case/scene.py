"""Evidence of the investigating officer's own: the scene, the crime details form (IIF-2), and what persons stated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from domain.case.case import Case
from domain.case.fir import Fir, FollowsFIR, PropertyOfInterest, concerned, named
from domain.case.publication import SEXUAL
from domain.case.search import misread_sid
from domain.common.codes import Code
from domain.common.days import written
from domain.event import Sealed


class SceneVisited(FollowsFIR, register="case"):
    """The scene is visited; for seven years or more a forensic expert comes, and it is filmed (BNSS s.176(3))."""

    what = "the visit to the scene"

    place: str
    place_address: Sealed | None = None
    left_at: datetime | None = None
    forensic_expert_came: bool = False
    forensic_unit: str = ""
    videographed: bool = False
    photographs: int = 0
    sid: str = ""
    findings: Sealed | None = None

    def doubt(self, case: Case) -> Iterator[str]:
        """Times in order; the recording is named; the expert's unit is known."""
        yield from super().doubt(case)
        yield from misread_sid(self.sid)
        if self.left_at and self.left_at < self.meta.occurred_at:
            yield "the scene was left before it was reached"
        if self.videographed and not self.sid:
            yield "the scene was filmed, and the eSakshya id of the recording is not given"
        if self.forensic_expert_came and not self.forensic_unit:
            yield "a forensic expert came to the scene, and from where is not given"


@dataclass(frozen=True, kw_only=True)
class CrimeVictim:
    """A victim on the crime details form, by code, and what harm was done."""

    code: Code
    harm: Literal["none", "simple hurt", "grievous hurt", "death", "loss of property", "sexual assault", "other"]
    injuries: Sealed | None = None


@dataclass(frozen=True, kw_only=True)
class SceneWitness:
    """A witness (panch) in whose presence the scene was inspected, by code."""

    code: Code
    witness_name: Sealed | None = None
    address: Sealed | None = None
    signed: bool = True


class CrimeDetailsRecorded(FollowsFIR, register="case"):
    """The crime details form (IIF-2): how the crime was done, and what the inspection of the scene has shown."""

    what = "the crime details form"

    major_head: str
    minor_head: str
    method: str = ""
    motive: str = ""
    conveyance: str = ""
    weapon: str = ""
    character_assumed: str = ""
    place_type: str = ""
    place: str = ""
    place_address: Sealed | None = None
    victims: tuple[CrimeVictim, ...] = ()
    property_of_interest: tuple[PropertyOfInterest, ...] = ()
    physical_clues: str = ""
    fingerprints_lifted: bool = False
    photographed: bool = False
    sketch_drawn: bool = False
    spot_map_drawn: bool = False
    inspected_from: datetime
    inspected_to: datetime | None = None
    witnesses: tuple[SceneWitness, ...] = ()
    sids: tuple[str, ...] = ()
    narrative: Sealed | None = None

    def refuse(self, case: Case) -> Iterator[str]:
        """Each person has one code on the form."""
        codes = [each.code for each in self.victims] + [each.code for each in self.witnesses]
        for code in sorted({each for each in codes if codes.count(each) > 1}):
            yield f"{code} stands twice on the crime details form of {case.label}. Enter each person once."

    def doubt(self, case: Case) -> Iterator[str]:
        """Victims as in the FIR, witnesses to the inspection, times in order."""
        yield from super().doubt(case)
        yield from misread_sid(*self.sids)
        strangers = sorted({each.code for each in self.victims} - concerned(case))
        if strangers:
            yield f"the crime details form has victims whom {case.label} does not name: {', '.join(strangers)}"
        if not any(each.signed for each in self.witnesses):
            yield "no witness has signed the inspection of the scene"
        if self.inspected_to and self.inspected_to < self.inspected_from:
            yield "the inspection of the scene ended before it began"
        if self.inspected_from > self.meta.occurred_at:
            yield "the crime details form is written before the inspection of the scene"
        registered_at = case.part(Fir).registered_at
        if registered_at and self.inspected_from < registered_at:
            yield f"the scene was inspected before {case.label} was registered on {written(registered_at)}"


class StatementRecorded(FollowsFIR, register="case"):
    """The investigating officer examines somebody and writes down the statement; it is sealed (BNSS s.180)."""

    what = "the statement"

    person: Code
    person_name: Sealed | None = None
    address: Sealed | None = None
    capacity: Literal["informant", "victim", "witness", "accused", "other"]
    further: bool = False
    place: str = ""
    language: str = ""
    sid: str = ""
    contents: Sealed

    def doubt(self, case: Case) -> Iterator[str]:
        """The code says the same of the person as the rest of the record."""
        yield from super().doubt(case)
        yield from misread_sid(self.sid)
        if self.capacity == "accused" and self.person not in named(case):
            yield f"{self.person} is examined as an accused and is not named in {case.label}"
        if self.capacity in {"informant", "victim"} and self.person not in concerned(case):
            yield f"{self.person} is examined as {self.capacity} and is neither informant nor victim of {case.label}"
        if self.capacity == "witness" and self.person in named(case):
            yield f"{self.person} is examined as a witness and is named as an accused of {case.label}"


class MagistrateStatementRecorded(FollowsFIR, register="case"):
    """A Magistrate records a statement or a confession; what it says stays with the court (BNSS s.183)."""

    what = "the Magistrate's record"

    person: Code
    nature: Literal["statement", "confession"]
    magistrate: str
    woman_magistrate: bool = False
    audio_video: bool = False
    requested_at: datetime | None = None
    copy_received_at: datetime | None = None

    def doubt(self, case: Case) -> Iterator[str]:
        """Times in order; a confession is an accused's; a victim of a sexual offence is heard by a woman."""
        yield from super().doubt(case)
        if self.requested_at and self.requested_at > self.meta.occurred_at:
            yield f"the Magistrate recorded {self.person} before being asked to"
        if self.copy_received_at and self.copy_received_at < self.meta.occurred_at:
            yield f"the copy of what {self.person} said came before it was recorded"
        if self.nature == "confession" and self.person not in named(case):
            yield f"{self.person} confesses and is not named as an accused of {case.label}"
        sexual = any(SEXUAL.fullmatch(each) for each in case.sections)
        if sexual and not self.woman_magistrate and self.person in case.part(Fir).victims:
            yield f"{self.person} was not heard by a woman Magistrate, as far as practicable due (BNSS s.183(6)(a))"
