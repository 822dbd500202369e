"""A case is taken up again: further investigation, and the reopening of a closed case."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from domain.case.further import (
    CaseReopened,
    FurtherInvestigationCompleted,
    FurtherInvestigationPermitted,
    further_orders,
)
from domain.case.information import PreliminaryEnquiryConcluded, PreliminaryEnquiryOrdered
from domain.case.transfer import CaseMerged
from domain.event import decide
from tests.domain.case.builders_accused import after, struck, submitted
from tests.domain.case.builders_fir import fir, told
from tests.dsl import Then, act, given

ORDER: dict[str, Any] = {"order_number": "CR/9"}
LEAVE = act(FurtherInvestigationPermitted, **ORDER)
DONE = act(FurtherInvestigationCompleted, **ORDER)
REPORTED = (fir("A1"), submitted("CS/1", "A1"))


def test_a_court_permits_further_investigation() -> None:
    """During the trial, by an order with a number (BNSS s.193(9))."""
    case = given(*REPORTED).when(FurtherInvestigationPermitted, **ORDER).entered()
    assert further_orders(case)["CR/9"].given.at == after(hours=2)


def test_an_order_is_entered_once() -> None:
    """Unless it was struck; and it adds days."""
    given(*REPORTED, LEAVE).when(FurtherInvestigationPermitted, **ORDER).refused("order CR/9 of 0012/2026 is already")
    given(*REPORTED, LEAVE, struck(LEAVE, 3)).when(FurtherInvestigationPermitted, **ORDER).entered()
    given(*REPORTED).when(FurtherInvestigationPermitted, **ORDER, extended_by_days=-1).refused("Give the days it adds")


def test_further_investigation_follows_a_report() -> None:
    """Before a report went to court, or before the FIR, it is doubted."""
    given(fir()).when(FurtherInvestigationPermitted, **ORDER).doubted("permitted before a report went to court")
    given(told()).when(FurtherInvestigationPermitted, **ORDER).doubted("is entered before any FIR")


def test_an_extension_lengthens_an_order() -> None:
    """Of one that is entered, and by days."""
    record = given(*REPORTED, LEAVE)
    longer = {"order_number": "CR/10", "extends": "CR/9", "extended_by_days": 30}
    record.when(FurtherInvestigationPermitted, **longer).entered()
    record.when(FurtherInvestigationPermitted, **{**longer, "extends": "CR/8"}).doubted("CR/8, and that is not entered")
    record.when(FurtherInvestigationPermitted, **{**longer, "extended_by_days": 0}).doubted("by how many days is not")


def test_further_investigation_is_completed() -> None:
    """Under its order; before the trial none is needed."""
    case = given(*REPORTED, LEAVE).when(FurtherInvestigationCompleted, **ORDER).entered()
    assert further_orders(case)["CR/9"].completed.at == after(hours=3)
    assert further_orders(given(*REPORTED).when(FurtherInvestigationCompleted).entered()) == {}


def test_only_what_was_permitted_is_completed_and_once() -> None:
    """An unknown order, or one already completed, is refused."""
    given(*REPORTED).when(FurtherInvestigationCompleted, **ORDER).refused("no order CR/9 permits further investigation")
    given(*REPORTED, LEAVE, DONE).when(FurtherInvestigationCompleted, **ORDER).refused("ended on 2 July 2026")
    given(*REPORTED, LEAVE, DONE, struck(DONE, 4)).when(FurtherInvestigationCompleted, **ORDER).entered()


def test_further_investigation_ends_after_its_leave() -> None:
    """Dated before the order it is doubted; during the trial it needs one."""
    record = given(*REPORTED, LEAVE)
    record.when(FurtherInvestigationCompleted, **ORDER, at=after(hours=1)).doubted("ended before order CR/9 of 2 July")
    trial = replace(given(*REPORTED).record, stage="charge framed")
    done = act(FurtherInvestigationCompleted, at=after(1))
    Then(done, trial, decide(done, trial)).doubted("has no leave of the court (BNSS s.193(9))")
    given(told()).when(FurtherInvestigationCompleted).doubted("is entered before any FIR")


def test_a_closed_case_is_reopened() -> None:
    """It is under investigation again; a matter closed without an FIR is an information again."""
    merged = act(CaseMerged, direction="to the other")
    assert given(fir(), merged).when(CaseReopened, order_number="SP/6").entered().stage == "under investigation"
    closed = given(told(), act(PreliminaryEnquiryOrdered), act(PreliminaryEnquiryConcluded, outcome="close"))
    assert closed.when(CaseReopened, order_number="SP/6").entered().stage == "information"


def test_only_a_closed_case_is_reopened() -> None:
    """Another keeps its stage, and the reopening is doubted; so is one without an order, or dated before the FIR."""
    case = given(fir()).when(CaseReopened, order_number="SP/6").doubted("is reopened, and it stands at “registered”")
    assert case.stage == "registered"
    given(fir(), act(CaseMerged, direction="to the other")).when(CaseReopened).doubted("without the number of an order")
    given(fir()).when(CaseReopened, at=after(-1)).doubted("the reopening is dated before 0012/2026")
