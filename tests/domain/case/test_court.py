"""The case in court: what a court did is never refused for coming out of order, only doubted."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.case.court import (
    ArgumentsConcluded,
    CaseCommitted,
    Charge,
    ChargeFramed,
    CognizanceTaken,
    FinalReportDecided,
    HearingHeld,
    LimitationCondoned,
    Trial,
)
from domain.case.police_report import PoliceReports
from tests.domain.case.builders_accused import (
    CNR,
    OTHER_CNR,
    acknowledged,
    after,
    arrested,
    fir,
    of_kind,
    submitted,
)
from tests.dsl import act, given

SHEETED = (fir("A1", "A2"), arrested("A1"), submitted(), acknowledged())
COGNIZANCE = act(CognizanceTaken, cnr=CNR)
TRIED = (*SHEETED, COGNIZANCE)
CHARGE = Charge(code="A1", sections=("BNS 303(2)",))
FRAMED = act(ChargeFramed, charges=(CHARGE,))


def test_cognizance() -> None:
    """The court takes cognizance of a case that was sent to it."""
    case = given(*SHEETED).when(CognizanceTaken, cnr=CNR, accused=("A1",)).entered()
    assert case.part(Trial).cognizance_at == after(hours=4)
    assert case.stage == "cognizance taken"


def test_cognizance_may_bring_the_cnr() -> None:
    """Where no acknowledgement gave the CNR, cognizance may."""
    case = given(fir("A1"), submitted()).when(CognizanceTaken, cnr=CNR).entered()
    assert case.part(PoliceReports).cnr == CNR


def test_cognizance_is_taken_once() -> None:
    """A second cognizance is doubted, and the first date stays."""
    case = given(*TRIED).when(CognizanceTaken, cnr=CNR).doubted("was already taken on 2 July 2026")
    assert case.part(Trial).cognizance_at == after(hours=4)


def test_cognizance_without_the_sanction_that_was_asked_for_is_doubted() -> None:
    """No cognizance against a public servant whose sanction is pending or refused (BNSS s.218)."""
    asked = act("case.GovernmentSanctionRequested", request="GS/1", accused="A1")
    given(*SHEETED, asked).when(CognizanceTaken, cnr=CNR).doubted("sanction request GS/1 is not granted")
    given(*SHEETED, asked).when(CognizanceTaken, cnr=CNR, accused=("A2",)).entered()
    granted = act("case.GovernmentSanctionGranted", request="GS/1")
    given(*SHEETED, asked, granted).when(CognizanceTaken, cnr=CNR).entered()


COURT_ACTS: list[tuple[type, dict[str, Any]]] = [
    (CognizanceTaken, {}),
    (CaseCommitted, {}),
    (ChargeFramed, {"charges": (CHARGE,)}),
    (HearingHeld, {}),
    (ArgumentsConcluded, {}),
    (LimitationCondoned, {"delay_days": 5}),
]


@pytest.mark.parametrize(("kind", "fields"), COURT_ACTS)
def test_nothing_in_court_before_a_report(kind: type, fields: dict[str, Any]) -> None:
    """What a court did before any police report was in court is entered with its doubt."""
    given(fir("A1")).when(kind, **fields).doubted("0012/2026 shows no police report in court before this")


@pytest.mark.parametrize(("kind", "fields"), COURT_ACTS)
def test_the_courts_number(kind: type, fields: dict[str, Any]) -> None:
    """Another CNR than the one known is doubted; what is no CNR is refused."""
    given(*SHEETED).when(kind, **fields, cnr=OTHER_CNR).doubted(f"the court's number here is {OTHER_CNR}")
    given(*SHEETED).when(kind, **fields, cnr="123").refused("16 capital letters and digits")


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (CognizanceTaken, {"accused": ("A6",)}),
        (CaseCommitted, {"accused": ("A6",)}),
        (ChargeFramed, {"charges": (Charge(code="A6", sections=()),)}),
        (HearingHeld, {"accused_present": ("A6",)}),
    ],
)
def test_a_stranger_in_court_is_doubted(kind: type, fields: dict[str, Any]) -> None:
    """Somebody of whom the record has not heard is doubted."""
    given(*TRIED).when(kind, **fields).doubted("A6 is so far named neither")


def test_the_accused_go_by_codes() -> None:
    """A name in place of a code is refused."""
    given(*TRIED).when(CognizanceTaken, accused=("Ramesh",)).refused("by a code")
    given(*TRIED).when(ChargeFramed, charges=(Charge(code="Ramesh", sections=()),)).refused("by a code")
    given(*TRIED).when(HearingHeld, accused_present=("Ramesh",)).refused("by a code")


def filed() -> Any:
    """A final report in court."""
    return of_kind("case.FinalReportFiled", "untraced", number="FR/1")


@pytest.mark.parametrize(
    ("outcome", "stage"),
    [
        ("accepted", "closed"),
        ("further investigation ordered", "under investigation"),
        ("cognizance taken", "cognizance taken"),
    ],
)
def test_a_final_report_is_decided(outcome: str, stage: str) -> None:
    """Accepted, the case is closed; otherwise it goes on."""
    case = given(fir(), filed()).when(FinalReportDecided, number="FR/1", outcome=outcome).entered()
    assert case.stage == stage


def test_a_closed_case_may_be_taken_up() -> None:
    """A court may take cognizance although it had accepted the final report."""
    accepted = act(FinalReportDecided, number="FR/1", outcome="accepted")
    case = given(fir("A1"), filed(), accepted).when(CognizanceTaken, cnr=CNR).entered()
    assert case.stage == "cognizance taken"


def test_only_a_final_report_is_decided_so() -> None:
    """A decision on a final report that nobody filed is doubted, and does not close a case that is charge-sheeted."""
    case = (
        given(*SHEETED)
        .when(FinalReportDecided, number="CS/1", outcome="accepted")
        .doubted("does not show that a final report CS/1 was filed")
    )
    assert case.stage == "chargesheeted"
    given(*SHEETED).when(FinalReportDecided, number="CS/1", cnr=OTHER_CNR).doubted("the court's number here is")


def test_a_delay_is_some_delay() -> None:
    """Condoning no delay is nothing."""
    given(*SHEETED).when(LimitationCondoned, delay_days=0).refused("a delay of 0 days needs no condoning")
    given(*SHEETED).when(LimitationCondoned, delay_days=1).entered()


def test_commitment_follows_cognizance() -> None:
    """The case is committed after cognizance; without it or before it, with a doubt."""
    case = given(*TRIED).when(CaseCommitted, at=after(hours=4)).entered()
    assert case.part(Trial).committed_at == after(hours=4)
    assert case.stage == "committed"
    given(*SHEETED).when(CaseCommitted).doubted("cognizance is not entered in 0012/2026 before this")
    given(*TRIED).when(CaseCommitted, at=after(-1)).doubted("this is dated before cognizance of 2 July 2026")


def test_a_charge_is_framed() -> None:
    """Each accused is charged, from the first time on."""
    case = given(*TRIED).when(ChargeFramed, charges=(CHARGE,)).entered()
    assert case.part(Trial).charged == {"A1": after(hours=5)}
    assert case.stage == "charge framed"


def test_a_charge_is_against_somebody() -> None:
    """A charge against nobody is refused."""
    given(*TRIED).when(ChargeFramed, charges=()).refused("is framed against nobody")


def test_a_charge_before_cognizance_or_chargesheet_is_doubted() -> None:
    """Charge framed before the chargesheet, or without cognizance, is entered with its doubts."""
    case = (
        given(fir("A1"))
        .when(ChargeFramed, charges=(CHARGE,))
        .doubted("cognizance is not entered", "no acknowledged chargesheet of 0012/2026 names A1")
    )
    assert case.stage == "charge framed"


def test_a_late_chargesheet_does_not_take_the_case_back() -> None:
    """A chargesheet entered after the charge leaves the stage where it is."""
    case = given(fir("A1"), FRAMED, submitted(), acknowledged()).record
    assert case.stage == "charge framed"


def test_a_second_charge_is_an_alteration() -> None:
    """A second charging event is doubted unless it is marked as an alteration; the first date stays."""
    again = given(*TRIED, FRAMED)
    again.when(ChargeFramed, charges=(CHARGE,)).doubted("A1 was already charged on 2 July 2026")
    case = again.when(ChargeFramed, charges=(CHARGE,), alteration=True).entered()
    assert case.part(Trial).charged == {"A1": after(hours=5)}


def test_the_next_date_lies_ahead() -> None:
    """A next date that is not after the hearing is doubted."""
    given(*TRIED).when(HearingHeld, next_on=date(2026, 7, 2)).doubted("the next date, 2 July 2026, is not after")
    given(*TRIED).when(HearingHeld, next_on=date(2026, 7, 3)).entered()


def test_the_prosecution_has_two_adjournments() -> None:
    """The third is doubted; those of others, and hearings that were held, are not counted."""
    asked, other = ({"outcome": "adjourned", "adjourned_for": each} for each in ("prosecution", "defence"))
    twice = (*TRIED, act(HearingHeld, **asked), act(HearingHeld, **other), act(HearingHeld), act(HearingHeld, **asked))
    given(*TRIED, act(HearingHeld, **asked)).when(HearingHeld, **asked).entered()
    given(*twice).when(HearingHeld, **other).entered()
    given(*twice).when(HearingHeld, **asked).doubted("is adjourned for the prosecution for the time no. 3")


def test_arguments_follow_a_charge() -> None:
    """Arguments without a charge, or dated before it, are doubted."""
    case = given(*TRIED, FRAMED).when(ArgumentsConcluded).entered()
    assert case.part(Trial).arguments_at == after(hours=6)
    given(*TRIED).when(ArgumentsConcluded).doubted("a charge is not entered in 0012/2026 before this")
    given(*TRIED, FRAMED).when(ArgumentsConcluded, at=after(-1)).doubted("this is dated before a charge of 2 July 2026")
