"""The Government's sanction: its leave to prosecute a public servant for an act done in office (BNSS s.218).

The Government has 120 days from the receipt of the request; if they pass in silence the sanction is deemed given. The
prosecutor's clearance is another thing altogether: see `prosecution.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar, Literal

from domain.case.case import Case, ConcernsAccused
from domain.common.days import BNSS_BEGAN, day, later, written
from domain.common.handoff import ClosesHandOff, HandOff, HandsOff
from domain.common.matter import Part
from domain.common.periods import SANCTION
from domain.event import Sealed, changed, put

NO_SANCTION_NEEDED = frozenset({64, 65, 66, 68, 69, 70, 71, 74, 75, 76, 77, 78, 79, 143, 199, 200})
"""Sections of the BNS for which no sanction is asked (BNSS s.218(1), third proviso)."""

Decision = Literal["granted", "refused"]

SANCTION_REQUEST = HandOff(
    "request for sanction", "शासन से मंजूरी का अनुरोध", owner="government",
    chaser="investigating_officer", subject="request", addressee="authority",
)  # fmt: skip


@dataclass(frozen=True)
class Leave:
    """A request for the Government's sanction: whom it concerns, when it was received, and what was decided."""

    authority: str
    accused: str
    asked_at: datetime
    received_at: datetime | None = None
    standing: Literal["requested", "granted", "refused", "deemed granted"] = "requested"
    decided_at: datetime | None = None
    order_number: str = ""

    @property
    def last_day(self) -> date | None:
        """The last day on which the Government may decide. None while nobody entered the receipt."""
        return SANCTION.last(self.received_at) if self.received_at else None


@dataclass(frozen=True)
class Sanctions(Part):
    """Each request for the Government's sanction by its number."""

    requests: Mapping[str, Leave] = field(default_factory=dict)


def sanctions(case: Case) -> Mapping[str, Leave]:
    """The requests by their numbers."""
    return case.part(Sanctions).requests


def withheld(case: Case, accused: str) -> str:
    """The request whose sanction this accused still lacks; empty when none was asked for, or one is given."""
    asked = {number: each.standing for number, each in sanctions(case).items() if each.accused == accused}
    return "" if {"granted", "deemed granted"} & set(asked.values()) else next(iter(asked), "")


class GovernmentSanctionRequested(HandsOff, ConcernsAccused, register="case"):
    """The Government is asked for its leave to prosecute a public servant for an act done in office (BNSS s.218)."""

    hand_off = SANCTION_REQUEST

    request: str
    authority: str
    sections: tuple[str, ...] = ()

    def refuse(self, case: Case) -> Iterator[str]:
        """A request number is used once."""
        if self.request in sanctions(case):
            yield f"sanction request {self.request} was already sent in {case.label}. Give the new one its own number."

    def doubt(self, case: Case) -> Iterator[str]:
        """For some offences no sanction is needed."""
        sections = self.sections or case.sections
        if sections and all(_bns(each) in NO_SANCTION_NEEDED for each in sections):
            yield f"no sanction is needed for {', '.join(sections)} (BNSS s.218(1), third proviso)"

    def apply(self, case: Case) -> Case:
        """The request is open until the Government decides."""
        new = Leave(self.authority, self.accused, self.meta.occurred_at)
        return _with(case, self.request, new)


class AnswersSanction(ClosesHandOff):
    """Something the Government does, or leaves undone, about a request for its sanction."""

    answers: ClassVar[tuple[HandOff, ...]] = (SANCTION_REQUEST,)

    request: str

    def refuse(self, case: Case) -> Iterator[str]:
        """Only what was asked can be answered."""
        if self.request not in sanctions(case):
            yield (
                f"sanction request {self.request} cannot be answered: none was sent under it in {case.label}. "
                "Record case.GovernmentSanctionRequested first."
            )

    def leave(self, case: Case) -> Leave:
        """The request as it stands; a blank one where the record has none."""
        return sanctions(case).get(self.request) or Leave("", "", self.meta.occurred_at)


class GovernmentSanctionRequestReceived(AnswersSanction, register="case"):
    """The Government's office receives the request. From this date it has 120 days to decide (BNSS s.218(1))."""

    authority: str
    diary_number: str = ""

    def refuse(self, case: Case) -> Iterator[str]:
        """It is received once: the 120 days count from one date."""
        yield from super().refuse(case)
        received = self.leave(case).received_at
        if received:
            yield (
                f"sanction request {self.request} of {case.label} was received on {written(received)}: "
                f"the {SANCTION} count from there. If that entry is wrong, strike it by case.EntryCorrected first."
            )

    def doubt(self, case: Case) -> Iterator[str]:
        """A receipt by another office, or dated before the request, deserves a second look."""
        leave = self.leave(case)
        if self.authority != leave.authority:
            yield f"request {self.request} was sent to {leave.authority} and is received by {self.authority}"
        if self.meta.occurred_at < leave.asked_at:
            yield f"request {self.request} is dated as received before it was sent on {written(leave.asked_at)}"

    def apply(self, case: Case) -> Case:
        """The 120 days begin."""
        leave = changed(self.leave(case), received_at=self.meta.occurred_at)
        return _with(case, self.request, leave)


class DecidesSanction(AnswersSanction):
    """The Government decides on a request by an order with a number."""

    order_number: str

    def answer(self) -> Decision:
        """What the Government decides."""
        raise NotImplementedError

    def refuse(self, case: Case) -> Iterator[str]:
        """The same order is not entered twice."""
        yield from super().refuse(case)
        leave = self.leave(case)
        if leave.standing == self.answer() and leave.order_number == self.order_number:
            yield f"order {self.order_number} on request {self.request} of {case.label} is already entered."

    def doubt(self, case: Case) -> Iterator[str]:
        """A second decision, or one without a receipt before it, deserves a second look."""
        leave = self.leave(case)
        if leave.standing != "requested":
            yield f"sanction was already {leave.standing} on request {self.request} of {case.label}"
        if leave.received_at is None:
            missing = f"nobody entered when the Government received request {self.request}"
            yield f"{missing}: its {SANCTION} cannot be counted"
        elif self.meta.occurred_at < leave.received_at:
            yield f"request {self.request} is decided before it was received on {written(leave.received_at)}"

    def apply(self, case: Case) -> Case:
        """The request is decided."""
        return _decided(self, case, self.answer(), self.order_number)


class GovernmentSanctionGranted(DecidesSanction, register="case"):
    """The Government gives its leave to prosecute the public servant."""

    def answer(self) -> Decision:
        """Leave is given."""
        return "granted"


class GovernmentSanctionRefused(DecidesSanction, register="case"):
    """The Government refuses its leave to prosecute the public servant."""

    reasons: Sealed | None = None

    def answer(self) -> Decision:
        """Leave is refused."""
        return "refused"

    def doubt(self, case: Case) -> Iterator[str]:
        """After 120 days of silence the sanction was deemed given: a refusal then comes too late."""
        yield from super().doubt(case)
        leave = self.leave(case)
        last = leave.last_day
        if last and leave.received_at and day(leave.received_at) >= BNSS_BEGAN and day(self.meta.occurred_at) > last:
            yield (
                f"the {SANCTION} of request {self.request} ended on {written(last)}: sanction was deemed accorded "
                "before this refusal (BNSS s.218(1))"
            )

    def apply(self, case: Case) -> Case:
        """Leave is refused, unless silence had given it already."""
        return case if self.leave(case).standing == "deemed granted" else super().apply(case)


class GovernmentSanctionDeemedGranted(AnswersSanction, register="case"):
    """The Government let 120 days from the receipt pass in silence: sanction is deemed accorded (BNSS s.218(1))."""

    answers = ()
    overtakes = (SANCTION_REQUEST,)

    order_number: str = ""

    def refuse(self, case: Case) -> Iterator[str]:
        """Deemed only when 120 days counted from the receipt have passed, and nothing was decided within them."""
        yield from super().refuse(case)
        leave, what = self.leave(case), f"sanction on request {self.request} of {case.label} cannot be deemed given"
        last = leave.last_day
        if last is None:
            yield (
                f"{what}: nobody entered when the Government received it. "
                "Record case.GovernmentSanctionRequestReceived first."
            )
        elif day(self.meta.occurred_at) <= last:
            yield (
                f"{what} yet: the Government has {SANCTION} from the receipt, until {written(last)} ({SANCTION.law}). "
                f"Enter it from {written(later(last, 1))} on."
            )
        elif leave.decided_at and day(leave.decided_at) <= last:
            yield f"{what}: it was {leave.standing} on {written(leave.decided_at)}, within the {SANCTION}."
        elif leave.standing == "deemed granted":
            yield f"{what} twice: the record shows that already."

    def doubt(self, case: Case) -> Iterator[str]:
        """The old Code deemed nothing given; and a decision that came late stands beside the deemed one."""
        leave = self.leave(case)
        if leave.received_at and day(leave.received_at) < BNSS_BEGAN:
            yield f"request {self.request} was received before {written(BNSS_BEGAN)}: no law deemed a sanction given"
        if leave.standing in {"granted", "refused"}:
            yield f"sanction was {leave.standing} on request {self.request} of {case.label} after the {SANCTION}"

    def apply(self, case: Case) -> Case:
        """The sanction stands as if it had been given."""
        return _decided(self, case, "deemed granted", self.order_number)


def _decided(
    entry: AnswersSanction, case: Case, standing: Literal["granted", "refused", "deemed granted"], order_number: str
) -> Case:
    at = entry.meta.occurred_at
    leave = changed(entry.leave(case), standing=standing, decided_at=at, order_number=order_number)
    return _with(case, entry.request, leave)


def _with(case: Case, request: str, leave: Leave) -> Case:
    part = case.part(Sanctions)
    return case.keep(changed(part, requests=put(part.requests, request, leave)))


def _bns(section: str) -> int:
    """The number of a section of the BNS; 0 for another law's."""
    found = re.match(r"BNS (\d+)\b", section)
    return int(found[1]) if found else 0
