"""The inquest is held at the body, the body is examined, the report goes to the Magistrate (BNSS s.194)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from domain.common.codes import Code
from domain.common.course import onward
from domain.common.days import written
from domain.common.handoff import ClosesHandOff, HandOff, HandsOff
from domain.common.hospital import AsksPostMortem, ReceivesPostMortemReport
from domain.common.matter import Matter
from domain.common.report import ReceivesReport, Reports
from domain.event import Sealed, changed
from domain.inquest.death import Cause, ConcernsDeceased, Death, FollowsDeath
from domain.inquest.inquest import Inquest

WITNESSES = 2
"""“In the presence of two or more respectable inhabitants of the neighbourhood” (BNSS s.194(1))."""

VISCERA = HandOff(
    "viscera to laboratory", "विसरा प्रयोगशाला को", owner="laboratory",
    chaser="investigating_officer", subject="note", addressee="laboratory",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class InquestWitness:
    """Somebody of the neighbourhood in whose presence the inquest was held, and whether they concur in the report."""

    code: Code
    witness_name: Sealed | None = None
    address: Sealed | None = None
    signed: bool = True


class InquestHeld(ConcernsDeceased, register="inquest"):
    """At the body, before two or more inhabitants, the apparent cause of death is found and written (BNSS s.194(1))."""

    shows = frozenset({"deceased", "apparent_cause"})
    what = "the inquest"

    place: str
    witnesses: tuple[InquestWitness, ...]
    apparent_cause: Cause
    findings: Sealed
    injuries: Sealed | None = None
    weapon: str = ""
    ended_at: datetime | None = None
    held_by_magistrate: str = ""
    gd_entry: str = ""

    def refuse(self, inquest: Matter) -> Iterator[str]:
        """The dead person is no witness, and each witness has a code of their own."""
        codes = [each.code for each in self.witnesses]
        for code in sorted({each for each in codes if codes.count(each) > 1}):
            yield f"{code} stands twice among the witnesses. Give each person a code of their own."
        if self.deceased in codes:
            yield f"{self.deceased} is the dead person of {inquest.label} and cannot witness the inquest."

    def doubt(self, inquest: Matter) -> Iterator[str]:
        """Once, before two inhabitants, after the Magistrate was told; it ends after it began."""
        yield from super().doubt(inquest)
        part = inquest.part(Death)
        if part.held:
            yield f"an inquest was already held in {inquest.label} on {written(part.held.at)}"
        if len(self.witnesses) < WITNESSES:
            yield f"the inquest has {len(self.witnesses)} of two inhabitants of the neighbourhood (BNSS s.194(1))"
        if part.informed is None and not self.held_by_magistrate:
            yield "the inquest is held, and nobody has entered that the Executive Magistrate was told (BNSS s.194(1))"
        if self.ended_at and self.ended_at < self.meta.occurred_at:
            yield "the inquest ended before it began"

    def apply(self, inquest: Inquest) -> Inquest:
        """It is held, and of what the person seems to have died is known."""
        part = changed(inquest.part(Death), held=self.done(), cause=self.apparent_cause)
        return inquest.keep(part, stage=onward(inquest, "inquest held"))


class HumanRightsCommissionTold(FollowsDeath, register="inquest"):
    """The National Human Rights Commission is told of a death in custody (its letter of 14 December 1993)."""

    what = "the report to the Commission"
    one_sided = "the Commission asks to be told; no act of it on the receipt is in this register"

    told_by: str
    means: Literal["electronic", "telephone", "messenger", "letter"]
    letter_number: str = ""


class PostMortemRequested(AsksPostMortem, FollowsDeath, register="inquest"):
    """The body is forwarded to the Civil Surgeon or another qualified doctor to be examined (BNSS s.194(3), 196(6))."""

    what = "the request for a post-mortem"

    def doubt(self, inquest: Matter) -> Iterator[str]:
        """It is the body of this inquest, and it is still there."""
        yield from super().doubt(inquest)
        part = inquest.part(Death)
        if part.deceased and self.person != part.deceased:
            yield f"request {self.request} is for {self.person}, and the dead person is {part.deceased}"
        if part.disposed and part.disposed.at < self.meta.occurred_at:
            yield f"request {self.request} is made after the body was disposed of on {written(part.disposed.at)}"


class PMRReceived(ReceivesPostMortemReport, FollowsDeath, register="inquest"):
    """The post-mortem report is received by the officer who inquires."""

    what = "the post-mortem report"

    def doubt(self, inquest: Matter) -> Iterator[str]:
        """The body was still there when it was examined, as the report says."""
        yield from super().doubt(inquest)
        gone = inquest.part(Death).disposed
        if gone and self.examined_at and self.examined_at > gone.at:
            yield f"PMR {self.report} is of a body that was disposed of on {written(gone.at)}, before its examination"


class VisceraSent(HandsOff, FollowsDeath, register="inquest"):
    """Viscera that the doctor preserved go sealed to the laboratory, to be looked through for poison."""

    hand_off = VISCERA
    what = "the sending of viscera"

    note: str
    request: str
    laboratory: str
    seal: str
    carrier: str = ""
    carrier_rank: str = ""
    road_certificate: str = ""
    specimen_seal_sent: bool = False

    def refuse(self, inquest: Matter) -> Iterator[str]:
        """A note's number is used once."""
        if self.note in inquest.part(Death).viscera:
            yield f"viscera were already sent under {self.note} in {inquest.label}. Give the new note its own number."

    def doubt(self, inquest: Matter) -> Iterator[str]:
        """After a post-mortem, with a road certificate and the specimen of the seal."""
        yield from super().doubt(inquest)
        if not any(key.startswith("PMR ") for key in inquest.part(Reports).received):
            yield f"viscera go to {self.laboratory}, and no post-mortem report is received in {inquest.label}"
        if not self.road_certificate:
            yield f"viscera go to {self.laboratory} without a road certificate"
        if not self.specimen_seal_sent:
            yield f"viscera go to {self.laboratory} without the specimen of seal {self.seal}"

    def apply(self, inquest: Inquest) -> Inquest:
        """They are with the laboratory."""
        part = inquest.part(Death)
        return inquest.keep(changed(part, viscera=(*part.viscera, self.note)))


class AnswersViscera(FollowsDeath):
    """The laboratory's word on a parcel of viscera, by the number of its note."""

    what = "the laboratory's answer"

    note: str

    def refuse(self, inquest: Matter) -> Iterator[str]:
        """Something was sent under this note."""
        if self.note not in inquest.part(Death).viscera:
            yield f"no viscera went out under {self.note} in {inquest.label}. Record inquest.VisceraSent first."


class VisceraAccepted(AnswersViscera, register="inquest"):
    """The laboratory takes the viscera in under a number of its own, and names the section that will examine."""

    fsl_number: str
    division: str = ""
    acknowledgement: str = ""


class VisceraRejected(AnswersViscera, ClosesHandOff, register="inquest"):
    """The laboratory does not take the viscera, by a letter that says why. They must be taken back and sent again."""

    answers = (VISCERA,)

    reason: str
    letter: str = ""


class VisceraReportReceived(ReceivesReport, ClosesHandOff, AnswersViscera, register="inquest"):
    """The laboratory's report on the viscera is received."""

    kind = "FSL"
    answers = (VISCERA,)
    what = "the laboratory's report"

    report_number: str
    laboratory: str
    deceased: Code = "D1"
    result: Sealed | None = None
    poison_found: bool = False

    @property
    def report(self) -> str:
        """The laboratory's report number."""
        return self.report_number


class InquestReportForwarded(FollowsDeath, register="inquest"):
    """The signed report goes to the District or Sub-divisional Magistrate within twenty-four hours (BNSS s.194(2))."""

    shows = frozenset({"magistrate"})
    one_sided = "the section asks that it be forwarded; no act of the Magistrate on it is in this register"
    what = "the inquest report"

    forwarded_to: Literal["District Magistrate", "Sub-divisional Magistrate"]
    magistrate: str
    letter_number: str = ""
    signed: bool = True

    def doubt(self, inquest: Matter) -> Iterator[str]:
        """After the inquest, signed, and once."""
        yield from super().doubt(inquest)
        part = inquest.part(Death)
        if part.held is None:
            yield f"the report of {inquest.label} is forwarded, and no inquest is entered. Record inquest.InquestHeld."
        elif self.meta.occurred_at < part.held.at:
            yield f"the report is forwarded before the inquest was held on {written(part.held.at)}"
        if part.forwarded:
            yield f"the report of {inquest.label} was already forwarded on {written(part.forwarded.at)}"
        if not self.signed:
            yield "the inquest report is forwarded without the signatures (BNSS s.194(2))"

    def apply(self, inquest: Inquest) -> Inquest:
        """The Magistrate has it, since the first time."""
        part = inquest.part(Death)
        now = changed(part, forwarded=part.forwarded or self.done())
        return inquest.keep(now, stage=onward(inquest, "report forwarded"))
