"""Medical evidence (MedLEaPR): a request to the hospital, consent, the examination, and the report that comes back.

The person goes by code. What a doctor found is sealed; what the rules look at is that it was asked, done and received.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from domain.case.fir import FollowsFIR
from domain.common.codes import Code
from domain.common.handoff import HandsOff
from domain.common.hospital import (
    REQUEST,
    VICTIM,
    AsksExamination,
    AsksPostMortem,
    ConcernsExamination,
    ReceivesMLR,
    ReceivesPostMortemReport,
    Status,
    asked,
)
from domain.common.matter import Matter
from domain.event import changed


class MedicalExaminationRequested(AsksExamination, register="case"):
    """The police ask a hospital to examine a victim, an accused or an injured person (BNSS s.184, 52, 53)."""

    def doubt(self, matter: Matter) -> Iterator[str]:
        """A body, which is a post-mortem's matter."""
        yield from super().doubt(matter)
        if self.subject == "deceased":
            yield f"request {self.request} is for a body: a post-mortem is asked by case.PostMortemRequested"


class MedicalConsentRefused(ConcernsExamination, register="case"):
    """The person, or the guardian, refuses the examination. A refusal that is recorded stops the duty to send her."""

    status = "consent refused"
    overtakes = (REQUEST, VICTIM)

    refused_by: Literal["the person", "guardian"]
    witness: Code = ""

    def doubt(self, matter: Matter) -> Iterator[str]:
        """Refused when it was already done."""
        yield from super().doubt(matter)
        if self.was(matter, "examined"):
            yield f"consent to request {self.request} is refused after the examination was held"


class VictimSentForExamination(HandsOff, ConcernsExamination, register="case"):
    """The victim is sent to a registered medical practitioner, within 24 hours of the information (BNSS s.184(1))."""

    status = "sent"
    hand_off = VICTIM

    hospital: str
    escort: str = ""
    escort_rank: str = ""
    gd_entry: str = ""

    def doubt(self, matter: Matter) -> Iterator[str]:
        """Somebody who is no victim, or against a refusal."""
        yield from super().doubt(matter)
        found = asked(matter, self.request)
        if found and found.subject not in {"victim", "injured"}:
            yield f"request {self.request} is for the {found.subject}, not for a victim"
        if self.was(matter, "consent refused"):
            yield f"{self.person} is sent although consent to request {self.request} was refused"


class MedicalExaminationHeld(ConcernsExamination, register="case"):
    """The doctor examines the person. The doctor's seven days for the report are counted from here (BNSS s.184(6))."""

    status = "examined"
    answers = (REQUEST, VICTIM)

    hospital: str
    doctor: str = ""
    samples: tuple[str, ...] = ()

    def doubt(self, matter: Matter) -> Iterator[str]:
        """Against a refusal, or before the person was sent."""
        yield from super().doubt(matter)
        if self.was(matter, "consent refused"):
            yield f"{self.person} was examined although consent to request {self.request} was refused"
        sent = self.was(matter, "sent")
        if sent and self.meta.occurred_at < sent.at:
            yield f"{self.person} was examined before being sent under request {self.request}"


class MedicalStatusReported(ConcernsExamination, register="case"):
    """The hospital's portal shows how far the report has come: registered, in draft, or frozen and so unchangeable."""

    answers = (REQUEST,)

    portal_status: Literal["registered", "draft", "frozen"]
    portal_number: str = ""

    @property
    def reached(self) -> Status:
        """What the portal shows."""
        return self.portal_status

    def doubt(self, matter: Matter) -> Iterator[str]:
        """A frozen report does not go back to draft."""
        yield from super().doubt(matter)
        if self.portal_status != "frozen" and self.was(matter, "frozen"):
            yield f"the report on request {self.request} was frozen and is shown as {self.portal_status}"


class MLRReceived(ReceivesMLR, FollowsFIR, register="case", opens=True):
    """The medico-legal report on a living person is received. It may come before there is a case."""

    what = "the medical report"

    def apply(self, matter: Matter) -> Matter:
        """The report is there, and the record is this station's if it begins with it."""
        return changed(super().apply(matter), station=matter.station or self.meta.station)


class PostMortemRequested(AsksPostMortem, register="case"):
    """The police send a body to the hospital and ask for its examination (BNSS s.194, 196)."""

    inquest: str = ""


class PMRReceived(ReceivesPostMortemReport, FollowsFIR, register="case"):
    """The post-mortem report is received."""

    what = "the medical report"
