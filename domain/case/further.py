"""A case is taken up again: further investigation after the report has gone to court, or a closed case reopened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from domain.case.case import Case
from domain.case.fir import EARLY, Fir, FollowsFIR, registration
from domain.common.days import written
from domain.common.matter import Done, Part
from domain.event import changed, put

BEFORE_REPORT = EARLY | {"registered", "under investigation", "chargesheet prepared"}
"""Stages in which no report of the police has gone to a court."""

ENDED = frozenset({"closed", "final report", "merged"})
"""Stages from which a case may be taken up again."""


@dataclass(frozen=True)
class Order:
    """A court's leave for further investigation, and when it was completed."""

    given: Done
    completed: Done | None = None


@dataclass(frozen=True)
class FurtherInvestigation(Part):
    """The court's orders for further investigation by number."""

    orders: Mapping[str, Order] = field(default_factory=dict)


def further_orders(case: Case) -> Mapping[str, Order]:
    """The orders for further investigation."""
    return case.part(FurtherInvestigation).orders


class FurtherInvestigationPermitted(FollowsFIR, register="case"):
    """The court permits further investigation during the trial, or more days for it (BNSS s.193(9))."""

    what = "the leave for further investigation"

    order_number: str
    court: str
    during_trial: bool = True
    extends: str = ""
    extended_by_days: int = 0

    def refuse(self, case: Case) -> Iterator[str]:
        """An order is entered once, and gives days rather than takes them."""
        if self.order_number in further_orders(case):
            yield f"order {self.order_number} of {case.label} is already entered. Give the new order its own number."
        if self.extended_by_days < 0:
            yield f"order {self.order_number} cannot extend by less than no days. Give the days it adds."

    def doubt(self, case: Case) -> Iterator[str]:
        """Further investigation follows a report; an extension follows a leave."""
        yield from super().doubt(case)
        if case.stage in BEFORE_REPORT:
            yield f"further investigation of {case.label} is permitted before a report went to court"
        if self.extends and self.extends not in further_orders(case):
            yield f"order {self.order_number} extends {self.extends}, and that is not entered in {case.label}"
        if self.extends and not self.extended_by_days:
            yield f"order {self.order_number} extends {self.extends} and by how many days is not given"

    def apply(self, case: Case) -> Case:
        """The court's leave is there."""
        part, done = case.part(FurtherInvestigation), Done(self.meta.version, self.meta.occurred_at)
        return case.keep(changed(part, orders=put(part.orders, self.order_number, Order(done))))


class FurtherInvestigationCompleted(FollowsFIR, register="case"):
    """The further investigation is done. Its report goes to court as a supplementary one (BNSS s.193(9))."""

    what = "the end of further investigation"

    order_number: str = ""
    result: Literal["further evidence", "nothing further"]

    def refuse(self, case: Case) -> Iterator[str]:
        """It was permitted, if it says so, and ends once."""
        orders = further_orders(case)
        order = orders.get(self.order_number)
        if self.order_number and order is None:
            yield (
                f"no order {self.order_number} permits further investigation of {case.label}. "
                "Record case.FurtherInvestigationPermitted first."
            )
        if order and order.completed:
            yield (
                f"the further investigation under order {self.order_number} ended on {written(order.completed.at)}. "
                "If that is wrong, strike it by case.EntryCorrected first."
            )

    def doubt(self, case: Case) -> Iterator[str]:
        """After the leave, if one was needed: during the trial it is."""
        yield from super().doubt(case)
        order = further_orders(case).get(self.order_number)
        if order and self.meta.occurred_at < order.given.at:
            yield f"it ended before order {self.order_number} of {written(order.given.at)} permitted it"
        if not self.order_number and case.stage == "charge framed":
            yield f"further investigation of {case.label} during the trial has no leave of the court (BNSS s.193(9))"

    def apply(self, case: Case) -> Case:
        """It is done."""
        part = case.part(FurtherInvestigation)
        order = part.orders.get(self.order_number)
        if order is None:
            return case
        done = changed(order, completed=Done(self.meta.version, self.meta.occurred_at))
        return case.keep(changed(part, orders=put(part.orders, self.order_number, done)))


class CaseReopened(FollowsFIR, register="case"):
    """A closed case is taken up again, by order."""

    shows = frozenset()

    what = "the reopening"

    order_number: str = ""
    ordered_by: str = ""
    reason: str

    def doubt(self, case: Case) -> Iterator[str]:
        """Only what is closed can well be reopened, and by an order; a closed enquiry has no FIR."""
        if registration(case) or not case.part(Fir).concluded:
            yield from super().doubt(case)
        if case.stage not in ENDED:
            yield f"{case.label} is reopened, and it stands at “{case.stage}”"
        if not self.order_number:
            yield f"{case.label} is reopened without the number of an order"

    def apply(self, case: Case) -> Case:
        """The case is under investigation again, if it had ended."""
        ended = case.stage in ENDED
        again = "under investigation" if registration(case) else "information"
        return changed(case, stage=again) if ended else case
