"""What is asked of a hospital about a person, living or dead, and the report that comes back: for any register.

The person goes by code. What a doctor found is sealed; what the rules look at is that it was asked, done and received.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Literal

from domain.common.codes import Code
from domain.common.handoff import ClosesHandOff, HandOff, HandsOff
from domain.common.matter import Done, Matter, Part
from domain.common.report import ReceivesReport
from domain.event import ACTS, Sealed, changed, put

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


def asked(matter: Matter, number: str) -> Request | None:
    """The request of this number, unless it was never made or its entry was struck."""
    request = matter.part(Requests).requests.get(number)
    return request if request is not None and request.steps.get("requested") else None


class RequestsMedicalOpinion(HandsOff):
    """An act by which the police ask a hospital to examine a living or a dead person."""

    hand_off = REQUEST

    request: str
    person: Code

    @property
    def about(self) -> Subject:
        """What this person is in the matter."""
        return "deceased"

    def refuse(self, matter: Matter) -> Iterator[str]:
        """A request's number is used once."""
        if asked(matter, self.request):
            yield f"request {self.request} was already made in {matter.label}. Give the new request its own number."

    def apply(self, matter: Matter) -> Matter:
        """The request waits for the hospital."""
        part, done = matter.part(Requests), Done(self.meta.version, self.meta.occurred_at)
        new = Request(self.person, self.about, {"requested": done})
        return matter.keep(changed(part, requests=put(part.requests, self.request, new)))


def asking(register: str) -> list[str]:
    """The acts by which a hospital is asked in a register."""
    return sorted(
        name for name, cls in ACTS.items() if issubclass(cls, RequestsMedicalOpinion) and cls.register == register
    )


class ConcernsExamination(ClosesHandOff):
    """An act that follows a request to a hospital."""

    status: ClassVar[Status] = "requested"
    """The status the request has with this act."""

    request: str
    person: Code

    def refuse(self, matter: Matter) -> Iterator[str]:
        """The request was made, for this person."""
        found = asked(matter, self.request)
        if found is None:
            yield (
                f"no medical opinion was asked under {self.request} in {matter.label}. "
                f"Record {' or '.join(asking(self.register))} first."
            )
        elif found.person != self.person:
            yield f"request {self.request} of {matter.label} is for {found.person}. Give that code, or another request."

    def doubt(self, matter: Matter) -> Iterator[str]:
        """Dated before the request."""
        yield from super().doubt(matter)
        found = asked(matter, self.request)
        made = found.steps.get("requested") if found else None
        if made and self.meta.occurred_at < made.at:
            yield f"this is dated before request {self.request} was made"

    @property
    def reached(self) -> Status:
        """How far the request has come with this act."""
        return self.status

    def apply(self, matter: Matter) -> Matter:
        """The request has come so far. A report that answers none changes no request."""
        part, found = matter.part(Requests), asked(matter, self.request)
        if found is None:
            return matter
        done = Done(self.meta.version, self.meta.occurred_at)
        now = changed(found, steps=put(found.steps, self.reached, done))
        return matter.keep(changed(part, requests=put(part.requests, self.request, now)))

    def was(self, matter: Matter, status: Status) -> Done | None:
        """When the request reached this status."""
        found = asked(matter, self.request)
        return found.steps.get(status) if found else None


class ReceivesMedicalReport(ReceivesReport, ConcernsExamination):
    """A hospital's report on a person reaches the investigating officer."""

    status = "received"
    answers = (REQUEST, VICTIM)

    request: str = ""
    hospital: str
    doctor: str = ""
    examined_at: datetime | None = None
    findings: Sealed | None = None
    frozen: bool = False
    manual: bool = False
    pages: int | None = None
    report_hash: str = ""

    def refuse(self, matter: Matter) -> Iterator[str]:
        """If it answers a request, the request was made."""
        if self.request:
            yield from super().refuse(matter)

    def doubt(self, matter: Matter) -> Iterator[str]:
        """Unasked, before the examination, not yet final, or outside the portal."""
        yield from super().doubt(matter)
        if not self.request:
            yield f"{self.kind} {self.report} answers no request of {matter.label}"
        held = self.was(matter, "examined")
        examined = self.examined_at or (held.at if held else None)
        if examined is None:
            yield f"{self.kind} {self.report} does not show when {self.person} was examined"
        elif self.meta.occurred_at < examined:
            yield f"{self.kind} {self.report} was received before {self.person} was examined"
        if self.manual:
            yield f"{self.kind} {self.report} was not written on the portal"
        elif not self.frozen and not self.was(matter, "frozen"):
            yield f"{self.kind} {self.report} was received before the portal froze it"


class AsksExamination(RequestsMedicalOpinion):
    """The police ask a hospital to examine a living person."""

    subject: Subject
    consent: Literal["given", "given by guardian", "awaited", "not needed"]
    hospital: str = ""
    purpose: Literal["injury", "sexual offence", "age", "intoxication", "samples", "other"] = "injury"
    portal_number: str = ""
    gd_entry: str = ""

    @property
    def about(self) -> Subject:
        """What this person is in the matter."""
        return self.subject

    def doubt(self, matter: Matter) -> Iterator[str]:
        """A victim without consent."""
        yield from super().doubt(matter)
        if self.subject in {"victim", "injured"} and self.consent == "not needed":
            yield f"request {self.request} is made without consent, and {self.person} is not the accused"


class ReceivesMLR(ReceivesMedicalReport):
    """The medico-legal report on a living person is received."""

    kind = "MLR"

    mlr_number: str

    @property
    def report(self) -> str:
        """The hospital's MLR number."""
        return self.mlr_number


class AsksPostMortem(RequestsMedicalOpinion):
    """The police send a body to the hospital and ask for its examination."""

    hospital: str
    portal_number: str = ""
    gd_entry: str = ""
    escort: str = ""
    escort_rank: str = ""


class ReceivesPostMortemReport(ReceivesMedicalReport):
    """The post-mortem report is received."""

    kind = "PMR"

    pmr_number: str
    cause_of_death: Sealed | None = None
    viscera_preserved: bool = False

    @property
    def report(self) -> str:
        """The hospital's PMR number."""
        return self.pmr_number
