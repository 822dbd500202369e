"""A complaint is received and numbered; an officer enquires into it and reports.

The complainant goes by the code I1, persons complained against by R1, R2 …; names and what is said are sealed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from domain.common.codes import Code
from domain.common.course import BeginsByInformation, Follows, onward
from domain.common.days import day, written
from domain.common.handoff import ClosesHandOff, HandOff, HandsOff
from domain.common.matter import Matter
from domain.complaint.complaint import Complaint, Enquiry
from domain.event import Numbered, Sealed, changed

ENQUIRY = HandOff(
    "complaint to enquirer", "शिकायत जाँच हेतु", owner="officer", chaser="station_officer", addressee="enquirer"
)


@dataclass(frozen=True, kw_only=True)
class Opponent:
    """Somebody against whom the complaint is made, by code."""

    code: Code
    opponent_name: Sealed | None = None
    relative_name: Sealed | None = None
    address: Sealed | None = None


class ComplaintReceived(BeginsByInformation, register="complaint", opens=True):
    """A complaint or petition reaches the station, or is sent to it, and is numbered in the register."""

    shows = frozenset({"complaint_number", "year"})
    numbered = Numbered("SHK", "complaint_number", "year")

    complaint_number: int
    source: Literal[
        "in person", "post", "e-mail", "citizen portal", "senior officer", "grievance cell", "court", "commission",
        "other",
    ]  # fmt: skip
    source_number: str = ""
    category: Literal[
        "property", "bodily harm", "crime against a woman", "crime against a child", "land", "money", "family",
        "threat", "person missing", "death", "against the police", "nuisance", "cyber", "other",
    ]  # fmt: skip
    place: str = ""
    gist: Sealed
    against: tuple[Opponent, ...] = ()
    acknowledged: bool = False

    @property
    def others(self) -> tuple[str, ...]:
        """Everybody against whom it is made."""
        return tuple(each.code for each in self.against)

    def doubt(self, matter: Matter) -> Iterator[str]:
        """What another office sent has its number there, and who complains has a receipt."""
        yield from super().doubt(matter)
        if self.source in {"senior officer", "grievance cell", "court", "commission"} and not self.source_number:
            yield f"{self.called} was sent by another office, and its number there is not given"
        if self.source == "in person" and not self.acknowledged:
            yield f"{self.called} was brought in person, and no receipt was given"

    def apply(self, complaint: Complaint) -> Complaint:
        """The complaint has its number."""
        return self.beginning(complaint)


class EnquiryAssigned(HandsOff, Follows, register="complaint"):
    """The officer in charge gives a complaint to an officer, who enquires into it."""

    hand_off = ENQUIRY
    shows = frozenset({"enquirer"})
    what = "the assignment of the enquiry"

    enquirer: str
    enquirer_rank: str
    due_on: date | None = None

    def doubt(self, matter: Matter) -> Iterator[str]:
        """Not twice to the same officer, and not to be done before it was given."""
        yield from super().doubt(matter)
        if matter.officer == self.enquirer:
            yield f"{matter.label} is with this officer already"
        if self.due_on and self.due_on < day(self.meta.occurred_at):
            yield f"the enquiry is to be done by {written(self.due_on)}, before it was assigned"

    def apply(self, complaint: Complaint) -> Complaint:
        """The enquiry is with this officer."""
        part = changed(complaint.part(Enquiry), assigned=self.done(), due=self.due_on)
        return complaint.keep(part, enquirer=self.enquirer, stage=onward(complaint, "under enquiry"))


class EnquiryReported(ClosesHandOff, Follows, register="complaint"):
    """The officer reports what the enquiry found, and what should follow."""

    answers = (ENQUIRY,)
    shows = frozenset({"outcome"})
    what = "the report of the enquiry"

    outcome: Literal[
        "cognizable offence", "non-cognizable offence", "death to be inquired into", "person missing",
        "breach of peace feared", "civil matter", "settled", "not substantiated", "false",
    ]  # fmt: skip
    findings: Sealed
    persons_heard: int = 0
    report_number: str = ""

    def doubt(self, matter: Matter) -> Iterator[str]:
        """After it was assigned, in time, and once."""
        yield from super().doubt(matter)
        part = matter.part(Enquiry)
        if part.assigned is None:
            yield f"an enquiry into {matter.label} is reported, and none was assigned"
        elif self.meta.occurred_at < part.assigned.at:
            yield f"the report is dated before the enquiry was assigned on {written(part.assigned.at)}"
        if part.reported:
            yield f"the enquiry into {matter.label} was already reported on {written(part.reported.at)}"
        if part.due and part.due < day(self.meta.occurred_at):
            yield f"the report was to be there by {written(part.due)}"

    def apply(self, complaint: Complaint) -> Complaint:
        """What the enquiry found is known."""
        part = changed(complaint.part(Enquiry), reported=self.done(), outcome=self.outcome)
        return complaint.keep(part, stage=onward(complaint, "enquiry reported"))
