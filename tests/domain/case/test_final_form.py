"""The final form (IIF-5): what it must say, and where it disagrees with the record."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from domain.case.final_form import (
    AccusedNotCharged,
    ChargedAccused,
    DeviceCustody,
    FinalReportPrepared,
    LaboratoryResult,
    PropertyReliedOn,
)
from domain.case.police_report import PoliceReports
from domain.malkhana.custody import SeizedItem
from tests.domain.case.builders_accused import after, arrested, fir, of_kind, struck, submitted, when
from tests.dsl import Then, act, given

BASE = (fir("A1", "A2"), arrested("A1"))
HELD = ChargedAccused(code="A1", status="in custody")
FREE = ChargedAccused(code="A2", status="not arrested")


def form(*before: Any, kind: str = "chargesheet", **fields: Any) -> Then:
    """The answer to a form that charges A1, who is in custody, unless the test says otherwise."""
    filled = {"number": "CS/1", "accused": (HELD,), "medical_report": "not needed", **fields}
    return when(given(*BASE, *before), of_kind(FinalReportPrepared, kind, **filled))


def test_a_form_is_a_draft() -> None:
    """A form that agrees with the record is entered; it has not gone to court."""
    case = form().entered()
    assert case.part(PoliceReports).reports["CS/1"].standing == "prepared"
    assert case.stage == "chargesheet prepared"


def test_a_final_report_leaves_the_stage_alone() -> None:
    """A form that charges nobody moves the case only when it is filed."""
    case = form(kind="untraced", accused=()).entered()
    assert case.stage == "registered"


def test_a_chargesheet_charges_somebody_and_a_final_report_nobody() -> None:
    """A chargesheet against nobody, and a final report against somebody, are no such things."""
    form(accused=()).refused("chargesheet CS/1 charges nobody")
    form(kind="untraced").refused("final report CS/1 (untraced) charges A1")


def test_nobody_stands_twice_on_a_form() -> None:
    """An accused is charged or not charged, and entered once."""
    form(accused=(HELD, HELD)).refused("A1 stands twice in CS/1")
    spared = AccusedNotCharged(code="A1", reason="died")
    form(not_charged=(spared,)).refused("A1 stands twice in CS/1")


@pytest.mark.parametrize(
    "fields",
    [
        {"accused": (ChargedAccused(code="Ramesh", status="on bail"),)},
        {"not_charged": (AccusedNotCharged(code="Ramesh", reason="died"),)},
    ],
)
def test_a_form_goes_by_codes(fields: dict[str, Any]) -> None:
    """A name in place of a code is refused."""
    form(**fields).refused("by a code")


def test_a_number_in_court_is_not_prepared_again() -> None:
    """What is in court keeps its number, unless that entry was struck."""
    form(submitted()).refused("CS/1 of 0012/2026 is already submitted. Give the new form its own number.")
    form(submitted(), struck(submitted(), 3)).entered()


def test_a_second_form_takes_the_place_of_the_first() -> None:
    """A form with the number of an earlier one is doubted and replaces it."""
    first = of_kind(FinalReportPrepared, "chargesheet", number="CS/1", accused=(HELD, FREE))
    case = form(first).doubted("CS/1 of 0012/2026 was prepared before")
    assert case.part(PoliceReports).reports["CS/1"].accused == ("A1",)


def test_a_returned_report_is_prepared_anew() -> None:
    """After a return with defects the number is prepared again, if need be as another kind of report."""
    returned = act("case.ChargesheetReturnedWithDefect", number="CS/1", defects=("other",))
    case = form(submitted(), returned, kind="untraced", accused=()).doubted("was prepared before")
    report = case.part(PoliceReports).reports["CS/1"]
    assert (report.kind, report.standing) == ("untraced", "prepared")


def test_the_status_agrees_with_the_register() -> None:
    """In custody on the form and at large in the record, or the other way round, is doubted."""
    form(accused=(ChargedAccused(code="A2", status="in custody"),)).doubted(
        "A2 is “in custody” on the form and “at large”"
    )
    form(accused=(ChargedAccused(code="A1", status="on bail"),)).doubted("A1 is “on bail” on the form and “arrested”")
    form(accused=(HELD, FREE)).entered()


def test_a_stranger_on_the_form_is_doubted() -> None:
    """Somebody of whom the record has not heard is doubted."""
    form(accused=(ChargedAccused(code="A7", status="not arrested"),)).doubted("A7 is so far named neither")


def test_property_relied_on_was_seized() -> None:
    """An article that no seizure memo lists is doubted."""
    form(relied_on=(PropertyReliedOn(property_id="PR/9"),)).doubted("PR/9 is relied on, and no seizure memo")


def test_the_custody_of_a_device_is_given_in_sequence() -> None:
    """For an electronic device the sequence of custody belongs on the form (BNSS s.193(3)(i)), for a knife not."""
    items = tuple(
        act_item(identity, category) for identity, category in (("PR/1", "digital device"), ("PR/2", "other"))
    )
    seizure = act("case.PropertySeized", items=items)
    phone, knife = PropertyReliedOn(property_id="PR/1"), PropertyReliedOn(property_id="PR/2")
    form(seizure, relied_on=(phone, knife)).doubted("the sequence of custody of the device PR/1 is not given")
    step = DeviceCustody(property_id="PR/1", holder="CG-1001", from_at=after(), purpose="seized")
    form(seizure, relied_on=(phone, knife), device_custody=(step,)).entered()


def act_item(identity: str, category: str) -> SeizedItem:
    """One article of a seizure memo."""
    return SeizedItem(id=identity, category=category, description="an article", quantity=Decimal(1), unit="piece")  # type: ignore[arg-type]


def test_awaited_reports_are_doubted() -> None:
    """A form drawn up before the laboratory's or the doctor's report is doubted."""
    form(medical_report="awaited").doubted("while the medical report is awaited")
    awaited = LaboratoryResult(property_id="PR/1", laboratory="FSL Raipur", result="awaited")
    form(laboratory_results=(awaited,)).doubted("the report of FSL Raipur on PR/1 is awaited")
