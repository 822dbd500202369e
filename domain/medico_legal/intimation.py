"""A hospital reports a patient whose hurt may be an offence; the police number the report and ask for the examination.

The person goes by the code V1, who brought the person by W1; names, history and injuries are sealed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from domain.common.codes import Code
from domain.common.course import Course, Follows, GivesNumber, onward, receiver
from domain.common.days import written
from domain.common.hospital import AsksExamination, ReceivesMLR
from domain.common.matter import Entry, Matter
from domain.event import Numbered, Sealed, changed
from domain.medico_legal.medico_legal import Hurt, MedicoLegal


class HospitalIntimated(Entry, register="medico_legal", opens=True):
    """A hospital tells the station of a patient who was hurt, poisoned or burnt: the memo reaches the police."""

    shows = frozenset({"person", "nature"})

    hospital: str
    hospital_number: str = ""
    examined_at: datetime | None = None
    received_at: datetime
    gd_entry: str = ""
    person: Code = "V1"
    person_name: Sealed | None = None
    person_relative: Sealed | None = None
    person_address: Sealed | None = None
    gender: Literal["male", "female", "transgender", "not recorded"]
    age_years: int | None = None
    brought_by: Literal["police", "ambulance", "relative", "the person alone", "citizen", "not known"]
    bringer: Code = ""
    bringer_name: Sealed | None = None
    history: Sealed
    injuries: Sealed | None = None
    cause: Literal[
        "assault", "traffic accident", "burns", "poison", "fall", "sexual offence", "firearm", "animal", "machinery",
        "other", "unknown",
    ]  # fmt: skip
    nature: Literal["simple", "grievous", "dangerous to life", "brought dead", "opinion reserved"]
    weapon: str = ""
    fit_for_statement: Literal["yes", "no", "not said"] = "not said"

    def refuse(self, matter: Matter) -> Iterator[str]:
        """A record is one patient's; a name needs its code."""
        yield from receiver(matter, self.bringer, self.bringer_name, "bringer")
        if was := matter.part(Course).begun:
            yield (
                f"this record is {matter.label} of {written(was.at)}, of one patient. Begin a new record, or strike "
                "that entry by medico_legal.EntryCorrected first."
            )
        if self.bringer == self.person:
            yield f"{self.person} is the code of the patient. Give who brought the patient a code of their own (W1)."

    def doubt(self, matter: Matter) -> Iterator[str]:
        """The hospital's number, the diary, the order of hours; of a dead patient an inquest."""
        if not self.hospital_number:
            yield "the hospital's own number of the case is not given"
        if not self.gd_entry:
            yield "the intimation names no General Diary entry"
        if self.meta.occurred_at < self.received_at:
            yield "the intimation is entered as of a time before it was received"
        if self.examined_at and self.received_at < self.examined_at:
            yield "the intimation was received before the patient was examined"
        if self.nature == "brought dead":
            yield "the patient was brought dead: a death goes into the register of inquests (BNSS s.194)"

    def apply(self, record: MedicoLegal) -> MedicoLegal:
        """The police know of it."""
        part = changed(record.part(Hurt), person=self.person, nature=self.nature)
        begun = changed(record.part(Course), begun=self.done())
        station = record.station or self.meta.station
        return record.keep(part).keep(begun, station=station, stage=onward(record, "intimated"))


class FollowsIntimation(Follows):
    """An act in a medico-legal case of which the hospital has told."""


class PoliceNumbered(GivesNumber, FollowsIntimation, register="medico_legal"):
    """The station gives the report its number of the year, and an officer to look into it."""

    numbered = Numbered("MLC", "mlc_number", "year")
    shows = frozenset({"mlc_number", "year", "enquirer"})
    what = "the number"

    mlc_number: int
    enquirer: str = ""
    enquirer_rank: str = ""

    def refuse(self, matter: Matter) -> Iterator[str]:
        """It is given once."""
        yield from super().refuse(matter)
        if was := matter.part(Hurt).numbered:
            yield (
                f"this record is {matter.label} since {written(was.at)}. If that is wrong, strike it by "
                "medico_legal.EntryCorrected first."
            )

    def apply(self, record: MedicoLegal) -> MedicoLegal:
        """It stands in the register."""
        return record.keep(
            changed(record.part(Hurt), numbered=self.done()),
            number=self.called,
            station=self.meta.station or record.station,
            stage=onward(record, "registered"),
            registered_at=self.meta.occurred_at,
            enquirer=self.enquirer or record.enquirer,
        )


class MedicalExaminationRequested(AsksExamination, FollowsIntimation, register="medico_legal"):
    """The police ask the hospital for the examination and its opinion, or for an opinion that was reserved."""

    what = "the request"

    def doubt(self, matter: Matter) -> Iterator[str]:
        """It is about the patient."""
        yield from super().doubt(matter)
        known = matter.part(Hurt).person
        if known and known != self.person:
            yield f"request {self.request} is for {self.person}, and the patient of {matter.label} is {known}"


class MLRReceived(ReceivesMLR, FollowsIntimation, register="medico_legal"):
    """The medico-legal report is received: what the injuries are, and how grave."""

    what = "the medical report"

    nature: Literal["simple", "grievous", "dangerous to life", "no injury", "opinion reserved", "not said"] = "not said"
    samples_handed_over: bool = False
