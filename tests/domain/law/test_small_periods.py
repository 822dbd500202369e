"""Periods of a name, an order, an accident, a copy, a child's assessment: what starts, ends and lengthens each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from domain.law.clock import Fact
from domain.law.offences import packaged
from tests.domain.law.kit import ARREST, at, clocks, fact, fir, of, only, told


def elsewhere(register: str, act: str, when: str, **values: object) -> Fact:
    """An act of another register."""
    return replace(fact(act, when, **values), name=f"{register}.{act}")


def test_who_gives_no_name_goes_on_a_bond_or_to_the_magistrate() -> None:
    """Each person for himself; what was done a second too late is late."""
    held = [fact("PersonArrestedForName", "2026-07-02 10:00", person=code) for code in ("R1", "R2")]
    found = clocks(
        *held,
        fact("NameAscertained", "2026-07-03 09:50", person="R1"),
        fact("PersonForwardedForName", "2026-07-03 10:01", person="R2"),
    )
    assert [only("name-39", found, code).state(None) for code in ("R1", "R2")] == ["met", "met late"]


def test_one_fortnightly_report_serves_both_sections() -> None:
    """Of a non-cognizable case, and of an FIR that is not investigated; an investigated one has no such clock."""
    report = fact("DailyDiaryReportForwarded", "2026-07-16 23:50")
    found = clocks(fact("NonCognizableReported", "2026-07-02 10:00", sections=["BNS 115(2)"]), report)
    assert (only("ncr-fort", found).last_day, only("ncr-fort", found).state(None)) == (date(2026, 7, 16), "met")
    assert "the text states no start" in told(only("ncr-fort", found))
    for course, many in (
        ("investigation", 0),
        ("no investigation", 1),
        ("investigation without a visit to the spot", 1),
    ):
        sent = fact("ReportSentToMagistrate", "2026-07-02 12:00", course=course)
        assert len(of("report-176-2", clocks(fir("2026-07-02 10:00", "BNS 303(2)"), sent))) == many


def test_only_a_petty_case_is_let_go_by_the_police() -> None:
    """Who goes before a Magistrate has no hours in that section."""
    for petty in (True, False):
        held = elsewhere("preventive", "PersonHeldForDirection", "2026-07-02 10:00", person="R1", petty=petty)
        found = of("petty-172", clocks(held))
        assert [each.due_at for each in found] == [at("2026-07-03 10:00")] * petty


@pytest.mark.parametrize(
    ("made", "months", "last"),
    [
        ("2026-12-31", 0, date(2027, 2, 28)), ("2026-07-31", 3, date(2026, 12, 31)),
        ("2026-07-15", 6, date(2027, 3, 15)), ("2026-07-15", 9, date(2027, 3, 15)),
        ("2024-06-30", 6, date(2025, 2, 28)),
    ],
)  # fmt: skip
def test_an_urgent_order_binds_two_months_and_six_more_at_most(made: str, months: int, last: date) -> None:
    """What the State prolonged after the end counts for nothing; the older Code has the same months."""
    order = elsewhere("preventive", "UrgentOrderMade", f"{made} 10:00", order_number="O/1")
    more = elsewhere("preventive", "UrgentOrderProlonged", f"{made} 11:00", order_number="O/1", months=months)
    clock = only("order-163", clocks(order, *([more] if months else ())))
    assert clock.last_day == last
    late = replace(more, occurred_at=at("2029-01-01"), recorded_at=at("2029-01-01"))
    assert only("order-163", clocks(order, late)).last_day <= last


def test_notice_of_bail_is_for_the_two_sections() -> None:
    """Fifteen days from the receipt, its day left out."""
    asked = fact("BailApplicationReceived", "2026-07-02 10:00", accused="A1")
    found = clocks(fir("2026-07-01 10:00", "BNS 65(1)"), asked)
    assert only("notice-483", found).last_day == date(2026, 7, 17)
    assert of("notice-483", clocks(fir("2026-07-01 10:00", "BNS 64(1)"), asked)) == []


def test_an_order_on_mercy_reaches_both() -> None:
    """One of the two is not enough."""
    order = fact("MercyOrderReceived", "2026-07-02 10:00", accused="A1")
    for jail, state in ((True, "met"), (False, "open")):
        sent = fact("MercyOrderCommunicated", "2026-07-03 10:00", accused="A1", home_department=True, jail=jail)
        assert only("mercy", clocks(order, sent)).state(None) == state


def test_a_child_of_a_heinous_offence_is_assessed() -> None:
    """Murder is one, theft is none; of what the tables leave open the clock runs and says so."""
    child = fact("AccusedArrested", "2026-07-01 12:00", accused="A1", child=True, **ARREST)
    produced = fact("AccusedProduced", "2026-07-02 10:00", accused="A1", purpose="first production")
    for section, many in (("BNS 103(1)", 1), ("BNS 303(2)", 0), ("UAPA 20", 1)):
        found = of("jj-3m", clocks(fir("2026-07-01 10:00", section), child, produced))
        assert [each.last_day for each in found] == [date(2026, 10, 2)] * many
        assert ("whether it applies is not known" in "".join(map(told, found))) is (section == "UAPA 20")
    grown = replace(child, values={**child.values, "child": False})
    assert of("jj-3m", clocks(fir("2026-07-01 10:00", "BNS 103(1)"), grown, produced)) == []
    assert [
        packaged().classes([each]).heinous
        for each in ("BNS 103(1)", "BNS 80(2)", "BNS 105", "BNS 303(2)", "BNS 109(1)", "BNS 140(1)", "IPC 302", "IPC 9")
    ] == [True, True, False, False, None, False, True, None]


def test_the_commission_is_told_of_a_death_in_custody() -> None:
    """Of another death it isn't; told before the station's report it has been told."""
    for custody in (True, False):
        death = elsewhere("inquest", "DeathReported", "2026-07-02 10:00", in_custody=custody)
        assert len(of("cust-death-nhrc", clocks(death))) == custody
    death = elsewhere("inquest", "DeathReported", "2026-07-02 10:00", in_custody=True)
    early = elsewhere("inquest", "HumanRightsCommissionTold", "2026-07-02 09:00")
    assert only("cust-death-nhrc", clocks(death, early)).state(None) == "met"


def test_a_copy_of_a_withheld_fir_has_no_hours() -> None:
    """Withheld before the application or after it; and each who asks has a clock."""
    case, asked = fir("2026-07-01 10:00", "BNS 303(2)"), fact("FIRCopyApplied", "2026-07-02 10:00", person="A1")
    other = fact("FIRCopyApplied", "2026-07-02 11:00", person="A2")
    given = fact("FIRCopySupplied", "2026-07-03 09:00", person="A1")
    found = clocks(case, asked, other, given)
    assert [only("fir-copy-acc", found, code).state(None) for code in ("A1", "A2")] == ["met", "open"]
    before, later = (fact("PublicationWithheld", f"{when} 12:00") for when in ("2026-07-01", "2026-07-02"))
    assert of("fir-copy-acc", clocks(case, before, asked)) == []
    assert only("fir-copy-acc", clocks(case, asked, later)).state(None) == "overtaken"


def test_an_accident_s_reports_run_from_the_accident() -> None:
    """Not from the FIR; each report ends its own clock."""
    accident = fact("RoadAccidentRecorded", "2026-07-02 10:00", accident_at=at("2026-07-01 22:00").isoformat())
    first = fact("AccidentReportFiled", "2026-07-03 21:50", form="first")
    found = clocks(accident, first)
    assert (only("mv-far", found).due_at, only("mv-far", found).state(None)) == (at("2026-07-03 22:00"), "met")
    assert only("mv-rights", found).last_day == date(2026, 7, 11)
    assert (only("mv-dar", found).last_day, only("mv-dar", found).state(None)) == (date(2026, 9, 29), "open")
    assert "secondary sources only" in told(only("mv-dar", found))


def test_certified_drugs_go_to_a_laboratory() -> None:
    """Whatever article of the case leaves first; of a case of theft there is no clock."""
    certified = fact("InventoryCertified", "2026-07-02 10:00", property_id="PR/1")
    sent = fact("PropertySentToLaboratory", "2026-07-03 10:00", property_id="PR/1-S1")
    found = only("ndps-sample", clocks(fir("2026-07-01 10:00", "NDPS 20(b)(ii)(B)"), certified, sent))
    assert found.state(None) == "met"
    assert "names no number here" in told(found)
    assert of("ndps-sample", clocks(fir("2026-07-01 10:00", "BNS 303(2)"), certified, sent)) == []
