"""The person is searched for: leads, the anti-trafficking unit, and in the end traced, or not, or searched for anew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal
from uuid import UUID

from domain.common.codes import Code
from domain.common.course import Course, receiver
from domain.common.days import written
from domain.common.handoff import ClosesHandOff, HandOff, HandsOff
from domain.common.matter import Matter, TakesOver
from domain.common.tie import Tie, TiesRecords
from domain.event import Sealed, changed
from domain.missing_person.missing import MissingPerson, Search, standing
from domain.missing_person.report import FollowsReport, case_of

UNIT = HandOff(
    "search to anti-trafficking unit", "गुम इंसान मानव तस्करी निरोधी इकाई को", owner="officer", chaser="station_officer"
)
TO_INQUEST = Tie(
    "missing person found dead", "मृत मिला: मर्ग", register="inquest", back="inquest of missing person",
    column="inquest_number", record="inquest_record",
)  # fmt: skip


class LeadRecorded(FollowsReport, register="missing_person"):
    """Something that may lead to the person: a call, a payment, somebody who saw the person; and what came of it."""

    what = "the lead"

    lead: str
    kind: Literal[
        "seen", "telephone", "bank", "camera", "relative", "unidentified body", "found person", "other station",
        "other",
    ]  # fmt: skip
    what_was_found: Sealed
    outcome: Literal["followed", "leads nowhere", "leads to the person", "open"] = "open"

    def refuse(self, matter: Matter) -> Iterator[str]:
        """A lead's number is used once."""
        if self.lead in matter.part(Search).leads:
            yield f"lead {self.lead} was already entered in {matter.label}. Give the new lead its own number."

    def apply(self, record: MissingPerson) -> MissingPerson:
        """The lead is known."""
        part = record.part(Search)
        return record.keep(changed(part, leads=(*part.leads, self.lead)))


class TransferredToAntiTraffickingUnit(HandsOff, FollowsReport, register="missing_person"):
    """The search goes to the anti-human-trafficking unit: a child's after four months, or at once."""

    hand_off = UNIT
    shows = frozenset({"unit"})
    what = "the transfer to the anti-trafficking unit"

    unit: str
    order_number: str = ""
    trafficking_suspected: bool = False

    def doubt(self, matter: Matter) -> Iterator[str]:
        """With an FIR, and once."""
        yield from super().doubt(matter)
        part = matter.part(Search)
        if part.transferred:
            yield f"{matter.label} went to an anti-trafficking unit already on {written(part.transferred.at)}"
        if not case_of(matter):
            yield f"{matter.label} goes to the anti-trafficking unit without an FIR"

    def apply(self, record: MissingPerson) -> MissingPerson:
        """It is on its way to the unit."""
        record = record.keep(changed(record.part(Search), transferred=self.done()))
        return standing(record, "with anti-trafficking unit", self.meta.occurred_at)


class SearchTakenOver(ClosesHandOff, TakesOver, FollowsReport, register="missing_person"):
    """The anti-human-trafficking unit has the papers, and searches from now on."""

    answers = (UNIT,)
    shows = frozenset({"searcher"})
    what = "the taking over"

    searcher: str
    searcher_rank: str = ""

    def doubt(self, matter: Matter) -> Iterator[str]:
        """After it was sent."""
        yield from super().doubt(matter)
        sent = matter.part(Search).transferred
        if sent is None:
            yield f"{matter.label} is taken over, and no transfer is entered"
        elif self.meta.occurred_at < sent.at:
            yield f"{matter.label} is taken over before it was transferred on {written(sent.at)}"

    def apply(self, record: MissingPerson) -> MissingPerson:
        """Who searches is another officer."""
        return record.keep(changed(record.part(Search), taken_over=self.done()), searcher=self.searcher)


class PersonTraced(TiesRecords, ClosesHandOff, FollowsReport, register="missing_person"):
    """The person is found, alive or dead: where, by whom, and to whom handed over. Of a body the inquest is named."""

    overtakes = (UNIT,)
    shows = frozenset({"condition", "inquest_number", "inquest_record"})
    kinds = (TO_INQUEST,)
    what = "the tracing"

    condition: Literal["well", "injured", "ill", "dead"]
    place: str
    place_address: Sealed | None = None
    how: Literal["by the police", "came back", "by relatives", "by another station", "by a citizen", "match of a body"]
    traced_by: str = ""
    trafficked: Literal["yes", "no", "not known"] = "not known"
    produced_before: Literal["", "Magistrate", "Child Welfare Committee"] = ""
    handed_to: Code = ""
    receiver_name: Sealed | None = None
    inquest_number: str = ""
    inquest_record: UUID | None = None

    def refuse(self, matter: Matter) -> Iterator[str]:
        """Once; a name needs its code, and an inquest is a dead person's."""
        yield from receiver(matter, self.handed_to, self.receiver_name, "handed_to")
        if was := matter.part(Search).traced:
            yield (
                f"the missing person of {matter.label} was traced on {written(was.at)}. "
                "If that is wrong, strike it by missing_person.EntryCorrected first."
            )
        if self.other_called and self.condition != "dead":
            yield f"{self.other_called} is an inquest, and the person of {matter.label} is found alive. Leave it out."

    def doubt(self, matter: Matter) -> Iterator[str]:
        """Of a body an inquest; a child before the Committee; somebody found alive goes to somebody."""
        yield from super().doubt(matter)
        if self.condition == "dead" and not self.other_called:
            yield f"the person of {matter.label} is found dead, and no inquest is named (BNSS s.194)"
        if self.condition != "dead" and not self.handed_to and not self.produced_before and self.how != "came back":
            yield f"the person of {matter.label} is found, and not said to whom handed over"
        if self.condition != "dead" and matter.part(Search).child and self.produced_before != "Child Welfare Committee":
            yield f"the child of {matter.label} is found, and not produced before the Child Welfare Committee"

    def apply(self, record: MissingPerson) -> MissingPerson:
        """The search has ended."""
        record = self.tying(record.keep(changed(record.part(Search), traced=self.done())))
        ended = record.keep(changed(record.part(Course), ended=self.done()))
        return standing(ended, "traced", self.meta.occurred_at)


class PersonNotTraced(FollowsReport, register="missing_person"):
    """All that was tried has led nowhere: the search rests, by order and with reasons, until it is renewed."""

    shows = frozenset({"ordered_by"})
    what = "the end of the search"

    reasons: Sealed
    ordered_by: str
    order_number: str = ""
    unidentified_bodies_compared: bool = False

    def doubt(self, matter: Matter) -> Iterator[str]:
        """After publication and leads, and not a child's before the unit has searched."""
        yield from super().doubt(matter)
        part = matter.part(Search)
        if part.published is None:
            yield f"the search of {matter.label} rests, and nothing was ever published"
        if not part.leads:
            yield f"the search of {matter.label} rests, and no lead was ever entered"
        if not self.unidentified_bodies_compared:
            yield f"the search of {matter.label} rests, and the unidentified bodies were not compared"
        if part.child and part.taken_over is None:
            yield f"the search for a child rests in {matter.label}, and no anti-trafficking unit has taken it over"

    def apply(self, record: MissingPerson) -> MissingPerson:
        """The search rests."""
        record = record.keep(changed(record.part(Search), given_up=self.done()))
        return standing(record, "not traced", self.meta.occurred_at)


class SearchRenewed(FollowsReport, register="missing_person"):
    """A search that rested is taken up again: there is a new lead, an order, or a year has passed."""

    shows = frozenset({"searcher"})
    what = "the new search"

    reason: Literal["new lead", "order", "periodic review", "body found", "other"]
    searcher: str = ""
    order_number: str = ""

    def doubt(self, matter: Matter) -> Iterator[str]:
        """It rested before."""
        yield from super().doubt(matter)
        if matter.part(Search).given_up is None:
            yield f"the search of {matter.label} is renewed, and it is not entered that it rested"

    def apply(self, record: MissingPerson) -> MissingPerson:
        """They search again."""
        record = record.keep(record.part(Search), searcher=self.searcher or record.searcher)
        return standing(record, "search renewed", self.meta.occurred_at)
