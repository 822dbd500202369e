"""The police report in court: submitted, returned, acknowledged, supplemented, copied."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain.case.chargesheet import (
    ActionToldToInformant,
    ChargesheetAcknowledged,
    ChargesheetReturnedWithDefect,
    ChargesheetSubmitted,
    CopiesSupplied,
    FinalReportAcknowledged,
    FinalReportFiled,
    SupplementaryChargesheetFiled,
)
from domain.case.final_form import ChargedAccused, FinalReportPrepared
from domain.case.police_report import PoliceReports, charged, sent
from domain.event import Meta
from tests.domain.case.builders_accused import (
    CNR,
    OTHER_CNR,
    acknowledged,
    after,
    arrested,
    fir,
    of_kind,
    struck,
    submitted,
    when,
)
from tests.dsl import act, given


def prepared(number: str = "CS/1", *codes: str, kind: str = "chargesheet") -> Any:
    """The form of that number, against A1 unless others are named."""
    accused = tuple(ChargedAccused(code=code, status="in custody") for code in codes or ("A1",))
    return of_kind(FinalReportPrepared, kind, number=number, accused=accused if kind == "chargesheet" else ())


BASE = (fir("A1", "A2"), arrested("A1"), prepared())
IN_COURT = (*BASE, submitted())
RETURNED = act(ChargesheetReturnedWithDefect, number="CS/1", defects=("page missing",))


def test_a_chargesheet_goes_to_court() -> None:
    """A chargesheet that was prepared is submitted; nobody is charge-sheeted before the court acknowledges it."""
    case = given(*BASE).when(ChargesheetSubmitted, number="CS/1", accused=("A1",)).entered()
    assert case.stage == "chargesheet submitted"
    assert charged(case) == {}


def test_the_same_chargesheet_is_not_submitted_twice() -> None:
    """A chargesheet number goes to court once, before the acknowledgement and after it."""
    again = {"number": "CS/1", "accused": ("A1",)}
    given(*IN_COURT).when(ChargesheetSubmitted, **again).refused("CS/1 of 0012/2026 is already submitted")
    given(*IN_COURT, acknowledged()).when(ChargesheetSubmitted, **again).refused("is already acknowledged")
    given(*IN_COURT, acknowledged()).when(SupplementaryChargesheetFiled, **again).refused("is already acknowledged")


def test_a_returned_chargesheet_is_submitted_again() -> None:
    """After a return with defects, or when the entry was struck, the number may go to court again."""
    again = {"number": "CS/1", "accused": ("A1",)}
    given(*IN_COURT, RETURNED).when(ChargesheetSubmitted, **again).entered()
    given(*IN_COURT, struck(submitted(), 4)).when(ChargesheetSubmitted, **again).entered()


def test_a_chargesheet_charges_somebody_by_code() -> None:
    """A chargesheet against nobody, or against a name, is refused."""
    given(*BASE).when(ChargesheetSubmitted, number="CS/1", accused=()).refused("cannot be submitted against nobody")
    given(*BASE).when(ChargesheetSubmitted, number="CS/1", accused=("Ramesh",)).refused("by a code")


def test_a_chargesheet_without_an_fir_or_before_it_is_doubted() -> None:
    """A chargesheet follows the FIR."""
    given(arrested("A1"), prepared()).when(ChargesheetSubmitted, number="CS/1", accused=("A1",)).doubted(
        "no FIR is entered in this record"
    )
    given(*BASE).when(ChargesheetSubmitted, number="CS/1", accused=("A1",), at=after(-1)).doubted(
        "CS/1 is dated before 0012/2026 was registered on 2 July 2026"
    )


def test_a_chargesheet_that_was_not_prepared_so_is_doubted() -> None:
    """The form of that number is in the record, and against the same accused."""
    given(fir("A1")).when(ChargesheetSubmitted, number="CS/1", accused=("A1",)).doubted("no final form (IIF-5)")
    given(*BASE).when(ChargesheetSubmitted, number="CS/1", accused=("A2", "A1")).doubted(
        "CS/1 was prepared against A1 and is submitted against A1, A2"
    )


def test_a_stranger_in_a_chargesheet_is_doubted() -> None:
    """A chargesheet against somebody whom the record has not named is doubted."""
    given(*BASE).when(ChargesheetSubmitted, number="CS/1", accused=("A9",)).doubted("A9 is so far named neither")


def test_the_prosecutors_clearance_is_awaited() -> None:
    """A draft that the prosecutor was asked to clear goes to court with a doubt until it is cleared."""
    asked = act("case.ProsecutionOpinionSought", request="P/1", subject="draft chargesheet")
    opinion = act("case.ProsecutionOpinionSought", request="P/2", subject="legal opinion")
    submit = {"number": "CS/1", "accused": ("A1",)}
    given(*BASE, asked).when(ChargesheetSubmitted, **submit).doubted("clearance on request P/1 of 0012/2026 is sought")
    cleared = act("case.ProsecutionClearanceGiven", request="P/1")
    given(*BASE, asked, cleared, opinion).when(ChargesheetSubmitted, **submit).entered()
    refused = act("case.ProsecutionClearanceRefused", request="P/1")
    given(*BASE, asked, refused).when(ChargesheetSubmitted, **submit).doubted("is refused, not given")


def test_only_what_is_in_court_is_returned() -> None:
    """The court returns what it was sent; the duty is then open again."""
    given(*BASE).when(ChargesheetReturnedWithDefect, number="CS/1").refused("Record case.ChargesheetSubmitted first.")
    case = given(*IN_COURT).when(ChargesheetReturnedWithDefect, number="CS/1").entered()
    assert sent(case, "CS/1") is None
    assert case.stage == "chargesheet prepared"


def test_a_struck_return_leaves_the_chargesheet_in_court() -> None:
    """When the return was entered by mistake and struck, the chargesheet is in court and cannot be sent again."""
    in_court = given(*IN_COURT, RETURNED, struck(RETURNED, 5))
    in_court.when(ChargesheetSubmitted, number="CS/1", accused=("A1",)).refused("is already submitted")
    answered = given(*IN_COURT, acknowledged(), RETURNED, struck(RETURNED, 6))
    assert charged(answered.record) == {"A1": after(hours=4)}


def test_the_return_of_an_acknowledged_chargesheet_is_doubted() -> None:
    """What the court has acknowledged it seldom returns; returned, it charges nobody."""
    case = (
        given(*IN_COURT, acknowledged())
        .when(ChargesheetReturnedWithDefect, number="CS/1")
        .doubted("was acknowledged by the court, and is returned")
    )
    assert charged(case) == {}


def test_only_the_acknowledgement_charge_sheets() -> None:
    """With the court's acknowledgement the accused it names are charge-sheeted, and the case has its CNR."""
    case = given(*IN_COURT).when(ChargesheetAcknowledged, number="CS/1", cnr=CNR, accused=("A1",)).entered()
    assert charged(case) == {"A1": after(hours=4)}
    assert case.part(PoliceReports).cnr == CNR
    assert case.stage == "chargesheeted"


def test_a_struck_acknowledgement_charge_sheets_nobody() -> None:
    """When the acknowledgement was entered by mistake and struck, the chargesheet is as it was submitted."""
    case = given(*IN_COURT, acknowledged(), struck(acknowledged(), 5)).record
    assert charged(case) == {}
    report = sent(case, "CS/1")
    assert report is not None
    assert report.standing == "submitted"


@pytest.mark.parametrize("cnr", ["", "CGRP01001234202", "CGRP0100123420260", "cgrp010012342026", "CGRP01-012342026"])
def test_a_cnr_has_sixteen_letters_and_digits(cnr: str) -> None:
    """A CNR that is not one is refused."""
    given(*IN_COURT).when(ChargesheetAcknowledged, number="CS/1", cnr=cnr, accused=("A1",)).refused(
        "16 capital letters"
    )


def test_an_acknowledgement_names_somebody_by_code() -> None:
    """The acknowledgement says who is charge-sheeted, by code."""
    given(*IN_COURT).when(ChargesheetAcknowledged, number="CS/1", cnr=CNR, accused=()).refused("names nobody")
    given(*IN_COURT).when(ChargesheetAcknowledged, number="CS/1", cnr=CNR, accused=("X",)).refused("by a code")


def test_an_acknowledgement_of_what_was_not_submitted_is_doubted() -> None:
    """The court's paper is entered even when the station forgot to enter that it submitted."""
    case = (
        given(*BASE)
        .when(ChargesheetAcknowledged, number="CS/1", cnr=CNR, accused=("A1",))
        .doubted("does not show that CS/1 was submitted")
    )
    assert set(charged(case)) == {"A1"}


def test_a_second_acknowledgement_is_doubted() -> None:
    """A second acknowledgement leaves the first date; another CNR is doubted and does not replace the first."""
    case = (
        given(*IN_COURT, acknowledged())
        .when(ChargesheetAcknowledged, number="CS/1", cnr=OTHER_CNR, accused=("A1",))
        .doubted("already acknowledged on 2 July 2026", f"the court's number here is {OTHER_CNR}; 0012/2026 has {CNR}")
    )
    assert charged(case) == {"A1": after(hours=4)}
    assert case.part(PoliceReports).cnr == CNR


def test_an_acknowledgement_before_the_submission_is_doubted() -> None:
    """The court acknowledges after it was sent the chargesheet."""
    given(*IN_COURT).when(ChargesheetAcknowledged, number="CS/1", cnr=CNR, accused=("A1",), at=after(-1)).doubted(
        "CS/1 is acknowledged before it was submitted on 2 July 2026"
    )


def test_the_same_moment_is_in_order() -> None:
    """Submitted at the moment of registration, and acknowledged at the moment of submission: both in order."""
    given(*BASE).when(ChargesheetSubmitted, number="CS/1", accused=("A1",), at=after()).entered()
    acknowledgement = {"number": "CS/1", "cnr": CNR, "accused": ("A1",), "at": after(hours=3)}
    given(*IN_COURT).when(ChargesheetAcknowledged, **acknowledgement).entered()


def test_an_acknowledgement_for_others_is_doubted() -> None:
    """The court names other accused than the chargesheet did, or some of whom nobody has heard."""
    given(*IN_COURT).when(ChargesheetAcknowledged, number="CS/1", cnr=CNR, accused=("A2",)).doubted(
        "CS/1 was sent against A1 and is acknowledged for A2"
    )
    given(*IN_COURT).when(ChargesheetAcknowledged, number="CS/1", cnr=CNR, accused=("A8",)).doubted(
        "A8 is so far named"
    )


def test_a_supplementary_chargesheet_supplements() -> None:
    """A further report goes to court after the first, and does not take the case back."""
    first = (*IN_COURT, acknowledged())
    case = (
        given(*first, prepared("CS/2", "A2"))
        .when(SupplementaryChargesheetFiled, number="CS/2", accused=("A2",), after="CS/1")
        .entered()
    )
    assert case.stage == "chargesheeted"
    given(*BASE).when(SupplementaryChargesheetFiled, number="CS/1", accused=("A1",)).doubted("CS/1 supplements nothing")
    given(*first).when(SupplementaryChargesheetFiled, number="CS/2", accused=("A2",)).doubted("no final form (IIF-5)")
    given(*first).when(SupplementaryChargesheetFiled, number="CS/2", accused=("A2",), after="CS/0").doubted(
        "CS/2 supplements CS/0, and 0012/2026 does not show that one in court"
    )


def final(kind: str = "untraced", **fields: Any) -> Any:
    """A final report that was told to the informant."""
    return of_kind(FinalReportFiled, kind, **{"number": "FR/1", "informant_told_at": after(), **fields})


def test_a_final_report_is_filed_once() -> None:
    """A final report that was prepared is filed, and its number is used once."""
    ready = (fir(), prepared("FR/1", kind="untraced"))
    case = when(given(*ready), final()).entered()
    assert case.stage == "final report"
    when(given(*ready, final()), final()).refused("FR/1 of 0012/2026 is already filed")
    when(given(*ready, final(), struck(final(), 3)), final()).entered()


def noted(**fields: Any) -> Any:
    """The court's note that it has the final report."""
    return act(FinalReportAcknowledged, **{"number": "FR/1", "court": "JMFC", **fields})


def test_the_court_notes_a_final_report() -> None:
    """What was filed is acknowledged, once, under the court's number; the report keeps its kind."""
    filed = (fir(), prepared("FR/1", kind="untraced"), final())
    case = when(given(*filed), noted(cnr=CNR)).entered()
    assert (case.part(PoliceReports).reports["FR/1"].standing, case.part(PoliceReports).cnr) == ("acknowledged", CNR)
    assert (case.part(PoliceReports).reports["FR/1"].kind, case.stage) == ("untraced", "final report")
    when(given(*filed, noted()), noted()).doubted("was already acknowledged")
    when(given(*filed), noted(number="FR/2")).doubted("does not show that a final report FR/2 was filed")
    when(given(*filed), noted(cnr="12")).refused("is not one")
    when(given(*filed), replace(noted(), meta=Meta(occurred_at=after(-1)))).doubted("before it was filed")
    when(given(*IN_COURT), noted(number="CS/1")).doubted("does not show that a final report CS/1 was filed")
    given(*filed, noted()).when("case.FinalReportDecided", number="FR/1", court="JMFC", outcome="accepted").entered()


def test_a_final_report_that_was_not_prepared_so_is_doubted() -> None:
    """The form of that number is in the record, and for the same reason."""
    when(given(fir()), final()).doubted("FR/1 is filed, and no final form (IIF-5)")
    when(given(fir(), prepared("FR/1", kind="false")), final()).doubted(
        "was prepared as “false” and is filed as “untraced”"
    )


def test_a_final_report_after_a_chargesheet_is_doubted() -> None:
    """A final report in a case where somebody is charge-sheeted is doubted, and leaves the stage."""
    case = when(given(*IN_COURT, acknowledged()), final()).doubted("after a chargesheet against A1")
    assert case.stage == "chargesheeted"


def test_the_informant_is_told_of_a_final_report() -> None:
    """The action taken is communicated to the informant (BNSS s.193(3))."""
    when(given(fir()), final(informant_told_at=None)).doubted("the informant of 0012/2026 was not told")


def test_copies_are_of_a_report_in_court() -> None:
    """Copies go to somebody charge-sheeted; the first date is kept."""
    copied = act(CopiesSupplied, accused="A1")
    case = given(*IN_COURT, acknowledged(), copied).when(CopiesSupplied, accused="A1").entered()
    assert case.part(PoliceReports).copies == {"A1": after(hours=5)}
    given(*IN_COURT).when(CopiesSupplied, accused="A1").doubted("no chargesheet of 0012/2026 is acknowledged")
    given(*IN_COURT, acknowledged()).when(CopiesSupplied, accused="A2").doubted("A2, who is not charge-sheeted")
    given(*IN_COURT).when(CopiesSupplied, accused="Ramesh").refused("by a code")


def test_the_informant_is_told_when_a_report_is_in_court() -> None:
    """What was done is told once there is a police report, to a person who goes by a code."""
    in_court = given(fir("A1"), submitted("CS/1", "A1"))
    in_court.when(ActionToldToInformant, person="I1", means="message").entered()
    given(fir("A1")).when(ActionToldToInformant, person="I1", means="message").doubted("no police report")
    in_court.when(ActionToldToInformant, person="somebody", means="message").refused("by a code")
