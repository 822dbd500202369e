"""Medical evidence (MedLEaPR): a request to the hospital, consent, the examination, and the report that comes back.

The person goes by code. What a doctor found is sealed; what the rules look at is that it was asked, done and received.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Literal

from domain.case.case import Case, Part
from domain.case.codes import Code
from domain.case.fir import Done, FollowsFIR
from domain.case.handoff import ClosesHandOff, HandOff, HandsOff
from domain.case.report import ReceivesReport
from domain.event import Sealed, changed, put

Subject = Literal["victim", "accused", "injured", "deceased"]
Status = Literal["requested", "consent refused", "sent", "examined", "registered", "draft", "frozen", "received"]

REQUEST = HandOff(
    "request to hospital", "अस्पताल को अनुरोध", owner="medical_practitioner",
    chaser="investigating_officer", subject="request", addressee="hospital",
)  # fmt: skip
VICTIM = HandOff(
    "victim for examination", "पीड़ित परीक्षण के लिए", owner="medical_practitioner",
    chaser="investigating_officer", subject="request", addressee="hospital", alone=True,
)  # fmt: skip


@dataclass(frozen=True)
class Request:
    """What was asked of a hospital, about whom, and each status it has reached."""

    person: str
    subject: Subject
    steps: Mapping[str, Done] = field(default_factory=dict)


@dataclass(frozen=True)
class Requests(Part):
    """The requests to hospitals, by number."""

    requests: Mapping[str, Request] = field(default_factory=dict)


def asked(case: Case, number: str) -> Request | None:
    """The request of this number, unless it was never made or its entry was struck."""
    request = case.part(Requests).requests.get(number)
    return request if request is not None and request.steps.get("requested") else None


class RequestsMedicalOpinion(HandsOff):
    """An act by which the police ask a hospital to examine a living or a dead person."""

    hand_off = REQUEST

    request: str
    person: Code

    @property
    def about(self) -> Subject:
        """What this person is in the case."""
        return "deceased"

    def refuse(self, case: Case) -> Iterator[str]:
        """A request's number is used once."""
        if asked(case, self.request):
            yield f"request {self.request} was already made in {case.label}. Give the new request its own number."

    def apply(self, case: Case) -> Case:
        """The request waits for the hospital."""
        part, done = case.part(Requests), Done(self.meta.version, self.meta.occurred_at)
        new = Request(self.person, self.about, {"requested": done})
        return case.keep(changed(part, requests=put(part.requests, self.request, new)))


class ConcernsExamination(ClosesHandOff):
    """An act that follows a request to a hospital."""

    status: ClassVar[Status] = "requested"
    """The status the request has with this act."""

    request: str
    person: Code

    def refuse(self, case: Case) -> Iterator[str]:
        """The request was made, for this person."""
        found = asked(case, self.request)
        if found is None:
            yield (
                f"no medical opinion was asked under {self.request} in {case.label}. "
                "Record case.MedicalExaminationRequested or case.PostMortemRequested first."
            )
        elif found.person != self.person:
            yield f"request {self.request} of {case.label} is for {found.person}. Give that code, or another request."

    def doubt(self, case: Case) -> Iterator[str]:
        """Dated before the request."""
        yield from super().doubt(case)
        found = asked(case, self.request)
        made = found.steps.get("requested") if found else None
        if made and self.meta.occurred_at < made.at:
            yield f"this is dated before request {self.request} was made"

    @property
    def reached(self) -> Status:
        """How far the request has come with this act."""
        return self.status

    def apply(self, case: Case) -> Case:
        """The request has come so far. A report that answers none changes no request."""
        part, found = case.part(Requests), asked(case, self.request)
        if found is None:
            return case
        done = Done(self.meta.version, self.meta.occurred_at)
        now = changed(found, steps=put(found.steps, self.reached, done))
        return case.keep(changed(part, requests=put(part.requests, self.request, now)))

    def was(self, case: Case, status: Status) -> Done | None:
        """When the request reached this status."""
        found = asked(case, self.request)
        return found.steps.get(status) if found else None


class MedicalExaminationRequested(RequestsMedicalOpinion, register="case"):
    """The police ask a hospital to examine a victim, an accused or an injured person (BNSS s.184, 52, 53)."""

    subject: Subject
    consent: Literal["given", "given by guardian", "awaited", "not needed"]
    hospital: str = ""
    purpose: Literal["injury", "sexual offence", "age", "intoxication", "samples", "other"] = "injury"
    portal_number: str = ""
    gd_entry: str = ""

    @property
    def about(self) -> Subject:
        """What this person is in the case."""
        return self.subject

    def doubt(self, case: Case) -> Iterator[str]:
        """A victim without consent; a body, which is a post-mortem's matter."""
        if self.subject in {"victim", "injured"} and self.consent == "not needed":
            yield f"request {self.request} is made without consent, and {self.person} is not the accused"
        if self.subject == "deceased":
            yield f"request {self.request} is for a body: a post-mortem is asked by case.PostMortemRequested"


class MedicalConsentRefused(ConcernsExamination, register="case"):
    """The person, or the guardian, refuses the examination. A refusal that is recorded stops the duty to send her."""

    status = "consent refused"
    overtakes = (REQUEST, VICTIM)

    refused_by: Literal["the person", "guardian"]
    witness: Code = ""

    def doubt(self, case: Case) -> Iterator[str]:
        """Refused when it was already done."""
        yield from super().doubt(case)
        if self.was(case, "examined"):
            yield f"consent to request {self.request} is refused after the examination was held"


class VictimSentForExamination(HandsOff, ConcernsExamination, register="case"):
    """The victim is sent to a registered medical practitioner, within 24 hours of the information (BNSS s.184(1))."""

    status = "sent"
    hand_off = VICTIM

    hospital: str
    escort: str = ""
    escort_rank: str = ""
    gd_entry: str = ""

    def doubt(self, case: Case) -> Iterator[str]:
        """Somebody who is no victim, or against a refusal."""
        yield from super().doubt(case)
        found = asked(case, self.request)
        if found and found.subject not in {"victim", "injured"}:
            yield f"request {self.request} is for the {found.subject}, not for a victim"
        if self.was(case, "consent refused"):
            yield f"{self.person} is sent although consent to request {self.request} was refused"


class MedicalExaminationHeld(ConcernsExamination, register="case"):
    """The doctor examines the person. The doctor's seven days for the report are counted from here (BNSS s.184(6))."""

    status = "examined"
    answers = (REQUEST, VICTIM)

    hospital: str
    doctor: str = ""
    samples: tuple[str, ...] = ()

    def doubt(self, case: Case) -> Iterator[str]:
        """Against a refusal, or before the person was sent."""
        yield from super().doubt(case)
        if self.was(case, "consent refused"):
            yield f"{self.person} was examined although consent to request {self.request} was refused"
        sent = self.was(case, "sent")
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

    def doubt(self, case: Case) -> Iterator[str]:
        """A frozen report does not go back to draft."""
        yield from super().doubt(case)
        if self.portal_status != "frozen" and self.was(case, "frozen"):
            yield f"the report on request {self.request} was frozen and is shown as {self.portal_status}"


class ReceivesMedicalReport(ReceivesReport, ConcernsExamination, FollowsFIR):
    """A hospital's report on a person reaches the investigating officer."""

    status = "received"
    answers = (REQUEST, VICTIM)
    what = "the medical report"

    hospital: str
    doctor: str = ""
    examined_at: datetime | None = None
    findings: Sealed | None = None
    frozen: bool = False
    manual: bool = False
    pages: int | None = None
    report_hash: str = ""

    def refuse(self, case: Case) -> Iterator[str]:
        """If it answers a request, the request was made."""
        if self.request:
            yield from super().refuse(case)

    def doubt(self, case: Case) -> Iterator[str]:
        """Unasked, before the examination, not yet final, or outside the portal."""
        yield from super().doubt(case)
        if not self.request:
            yield f"{self.kind} {self.report} answers no request of {case.label}"
        held = self.was(case, "examined")
        examined = self.examined_at or (held.at if held else None)
        if examined is None:
            yield f"{self.kind} {self.report} does not show when {self.person} was examined"
        elif self.meta.occurred_at < examined:
            yield f"{self.kind} {self.report} was received before {self.person} was examined"
        if self.manual:
            yield f"{self.kind} {self.report} was not written on the portal"
        elif not self.frozen and not self.was(case, "frozen"):
            yield f"{self.kind} {self.report} was received before the portal froze it"


class MLRReceived(ReceivesMedicalReport, register="case", opens=True):
    """The medico-legal report on a living person is received. It may come before there is a case."""

    kind = "MLR"

    mlr_number: str

    @property
    def report(self) -> str:
        """The hospital's MLR number."""
        return self.mlr_number

    def apply(self, case: Case) -> Case:
        """The report is there, and the record is this station's if it begins with it."""
        return changed(super().apply(case), station=case.station or self.meta.station)


class PostMortemRequested(RequestsMedicalOpinion, register="case"):
    """The police send a body to the hospital and ask for its examination (BNSS s.194, 196)."""

    hospital: str
    inquest: str = ""
    portal_number: str = ""
    gd_entry: str = ""
    escort: str = ""
    escort_rank: str = ""


class PMRReceived(ReceivesMedicalReport, register="case"):
    """The post-mortem report is received."""

    kind = "PMR"

    pmr_number: str
    cause_of_death: Sealed | None = None
    viscera_preserved: bool = False

    @property
    def report(self) -> str:
        """The hospital's PMR number."""
        return self.pmr_number
