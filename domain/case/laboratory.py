"""The laboratory's side (e-FSL): the forwarding note, its acceptance under the laboratory's number, and the report.

The exhibits themselves travel in `property_laboratory.py`; a note says what is asked about which of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from domain.case.case import Case
from domain.common.codes import Code, unreadable
from domain.common.handoff import ClosesHandOff, HandOff, HandsOff
from domain.common.matter import Done, Matter, Part
from domain.common.report import ReceivesReport
from domain.event import Sealed, changed, put
from domain.malkhana.article import ENDED, listed, standing

Examination = Literal[
    "DNA", "serology", "toxicology", "chemistry", "narcotics", "ballistics", "documents", "physics", "cyber",
    "fingerprints", "other",
]  # fmt: skip

NOTE = HandOff(
    "forwarding note", "प्रयोगशाला को अग्रेषण पत्र", owner="laboratory",
    chaser="investigating_officer", subject="note", addressee="laboratory",
)  # fmt: skip
REPORT = HandOff(
    "laboratory report", "प्रयोगशाला की रिपोर्ट",
    owner="investigating_officer", chaser="laboratory", subject="report_number", alone=True,
)  # fmt: skip


@dataclass(frozen=True)
class Laboratory(Part):
    """The forwarding notes by number, the laboratory's answers to them, and its reports by their numbers.

    An acceptance is kept under its FSL number, which the laboratory may give to one note more than once: each of its
    sections has its own.
    """

    notes: Mapping[str, Done] = field(default_factory=dict)
    accepted: Mapping[str, Done] = field(default_factory=dict)
    answered: Mapping[str, Done] = field(default_factory=dict)
    rejected: Mapping[str, Done] = field(default_factory=dict)
    issued: Mapping[str, Done] = field(default_factory=dict)


class AnswersForwardingNote(ClosesHandOff):
    """The laboratory's answer to a forwarding note of this case."""

    answers = (NOTE,)

    note: str

    def refuse(self, case: Case) -> Iterator[str]:
        """Only a note that was sent is answered."""
        if not case.part(Laboratory).notes.get(self.note):
            yield (
                f"forwarding note {self.note} cannot be answered: {case.label} shows no such note. "
                "Record case.ForwardingNoteSent first."
            )

    def doubt(self, case: Case) -> Iterator[str]:
        """Answered before it was sent."""
        note = case.part(Laboratory).notes.get(self.note)
        if note and self.meta.occurred_at < note.at:
            yield f"forwarding note {self.note} is answered before it was sent"


class ForwardingNoteSent(HandsOff, register="case"):
    """The investigating officer asks the laboratory, in an online forwarding note, to examine exhibits of the case."""

    hand_off = NOTE

    note: str
    laboratory: str
    properties: tuple[str, ...]
    examinations: tuple[Examination, ...] = ()
    about: Code = ""
    questions: Sealed | None = None
    sample_seal: str = ""
    urgent: bool = False

    def refuse(self, case: Case) -> Iterator[str]:
        """A number is used once, for exhibits that were seized."""
        if case.part(Laboratory).notes.get(self.note):
            yield f"forwarding note {self.note} was already sent in {case.label}. Give the new note its own number."
        if not self.properties:
            yield f"forwarding note {self.note} names no exhibit. Give the ids of the articles to be examined."
        for each in sorted(set(self.properties)):
            if standing(case, each) is None:
                yield (
                    f"{each} cannot be forwarded: the seizure memo of {case.label} lists {listed(case)}. "
                    "Record case.PropertySeized first."
                )
        if self.questions is not None:
            yield from unreadable(case.label, self.about, "about")

    def doubt(self, case: Case) -> Iterator[str]:
        """An exhibit that is no longer there to be examined."""
        for each in self.properties:
            article = standing(case, each)
            if article and article.state in {*ENDED, "missing"}:
                yield f"{each} is forwarded for examination and is {article.whereabouts}"

    def apply(self, case: Case) -> Case:
        """The note waits for the laboratory's answer."""
        part, done = case.part(Laboratory), Done(self.meta.version, self.meta.occurred_at)
        return case.keep(changed(part, notes=put(part.notes, self.note, done)))


class LaboratoryAccepted(AnswersForwardingNote, register="case"):
    """The laboratory accepts a note: it gives its own number, the section that will examine, and an acknowledgement."""

    fsl_number: str
    division: str = ""
    acknowledgement: str = ""

    def refuse(self, case: Case) -> Iterator[str]:
        """The laboratory's number is given once."""
        yield from super().refuse(case)
        if case.part(Laboratory).accepted.get(self.fsl_number):
            yield f"laboratory number {self.fsl_number} was already entered in {case.label}. Give this note's own."

    def doubt(self, case: Case) -> Iterator[str]:
        """Accepted after it was rejected."""
        yield from super().doubt(case)
        if case.part(Laboratory).rejected.get(self.note):
            yield f"forwarding note {self.note} was already rejected"

    def apply(self, case: Case) -> Case:
        """Under process."""
        part, done = case.part(Laboratory), Done(self.meta.version, self.meta.occurred_at)
        accepted = put(part.accepted, self.fsl_number, done)
        return case.keep(changed(part, accepted=accepted, answered=put(part.answered, self.note, done)))


class LaboratoryRejected(AnswersForwardingNote, register="case"):
    """The laboratory does not accept a note, by a letter that says why. The exhibits must be taken back."""

    reason: str
    letter: str = ""

    def doubt(self, case: Case) -> Iterator[str]:
        """Rejected after it was accepted, or twice."""
        yield from super().doubt(case)
        part = case.part(Laboratory)
        if part.answered.get(self.note):
            yield f"forwarding note {self.note} was already accepted"
        if part.rejected.get(self.note):
            yield f"forwarding note {self.note} was already rejected"

    def apply(self, case: Case) -> Case:
        """The note is closed without a report."""
        part, done = case.part(Laboratory), Done(self.meta.version, self.meta.occurred_at)
        return case.keep(changed(part, rejected=put(part.rejected, self.note, done)))


class LaboratoryReportIssued(HandsOff, register="case"):
    """The laboratory has signed its report; it is ready for collection or download."""

    hand_off = REPORT

    fsl_number: str
    report_number: str
    laboratory: str
    expert: str = ""
    properties: tuple[str, ...] = ()

    def doubt(self, case: Case) -> Iterator[str]:
        """A report on what was not accepted, before it was accepted, or issued twice."""
        part = case.part(Laboratory)
        accepted = part.accepted.get(self.fsl_number)
        if not accepted:
            yield f"{case.label} shows no acceptance under laboratory number {self.fsl_number}"
        elif self.meta.occurred_at < accepted.at:
            yield f"report {self.report_number} is issued before laboratory number {self.fsl_number} was given"
        if part.issued.get(self.report_number):
            yield f"report {self.report_number} was already issued"
        for each in self.properties:
            if standing(case, each) is None:
                yield f"report {self.report_number} speaks of {each}, which no seizure memo of {case.label} lists"

    def apply(self, case: Case) -> Case:
        """Ready."""
        part, done = case.part(Laboratory), Done(self.meta.version, self.meta.occurred_at)
        return case.keep(changed(part, issued=put(part.issued, self.report_number, done)))


class LaboratoryReportReceived(ReceivesReport, ClosesHandOff, register="case"):
    """The laboratory's report is collected or downloaded, and is with the investigating officer."""

    kind = "FSL"
    answers = (REPORT,)

    fsl_number: str
    report_number: str
    laboratory: str
    about: Code = ""
    result: Sealed | None = None
    pages: int | None = None
    report_hash: str = ""

    @property
    def report(self) -> str:
        """The laboratory's report number."""
        return self.report_number

    def refuse(self, case: Case) -> Iterator[str]:
        """What the report says of a person is sealed under that person's code."""
        if self.result is not None:
            yield from unreadable(case.label, self.about, "about")

    def doubt(self, matter: Matter) -> Iterator[str]:
        """On what was not accepted; without a date of issue, or before it."""
        yield from super().doubt(matter)
        if not matter.part(Laboratory).accepted.get(self.fsl_number):
            yield f"{matter.label} shows no acceptance under laboratory number {self.fsl_number}"
        issued = matter.part(Laboratory).issued.get(self.report_number)
        if not issued and self.meta.reported_at is None:
            yield f"{matter.label} does not show when {self.laboratory} issued report {self.report_number}"
        elif issued and self.meta.occurred_at < issued.at:
            yield f"report {self.report_number} is received before it was issued"
