"""Small duties with a time of their own: a name, a fortnight's report, an accident, a copy, a petition for mercy."""

from __future__ import annotations

from datetime import date

from domain.case.accident import AccidentReportFiled, AccidentRightsTold, RoadAccidentRecorded
from domain.case.bail import BailApplicationReceived, BailNoticeGiven
from domain.case.care import PreliminaryAssessmentMade
from domain.case.mercy import MercyOrderCommunicated, MercyOrderReceived
from domain.case.name import NameAscertained, PersonArrestedForName, PersonForwardedForName
from domain.case.publication import FIRCopyApplied, FIRCopySupplied
from domain.case.reported import DailyDiaryReportForwarded
from tests.domain.case.builders_accused import after, arrested, fir
from tests.dsl import act, given

NOTED = act("case.NonCognizableReported", ncr_number=1, year=2026, referred_to="JMFC Raipur", sections=("BNS 115(2)",))


def test_who_gives_no_name_is_arrested_in_a_non_cognizable_case() -> None:
    """Released on a bond with a surety, or forwarded and arriving after leaving."""
    given(NOTED).when(PersonArrestedForName, person="R1", gd_entry="8").entered()
    given(NOTED).when(PersonArrestedForName, person="R1").doubted("names no General Diary entry")
    given(fir()).when(PersonArrestedForName, person="R1", gd_entry="8").doubted("is not noted as non-cognizable")
    given(NOTED).when(NameAscertained, person="R1").entered()
    given(NOTED).when(NameAscertained, person="R1", surety_resident=False).doubted("no surety resident in India")
    given(NOTED).when(PersonForwardedForName, person="R1", reached_at=after(hours=30)).entered()
    given(NOTED).when(PersonForwardedForName, person="R1", reached_at=after(hours=-9)).doubted("before being forwarded")


def test_a_fortnight_is_one() -> None:
    """It ends after it begins, is over when it is reported, and is no month."""
    today = after().date()
    given(NOTED).when(DailyDiaryReportForwarded, period_from=date(2026, 1, 1), period_until=date(2026, 1, 15)).entered()
    wrong = given(NOTED).when(DailyDiaryReportForwarded, period_from=date(2026, 1, 9), period_until=date(2026, 1, 1))
    wrong.refused("before it begins")
    long = given(NOTED).when(DailyDiaryReportForwarded, period_from=date(2026, 1, 1), period_until=date(2026, 1, 31))
    long.doubted("more than a fortnight")
    early = given(NOTED).when(
        DailyDiaryReportForwarded, period_from=today, period_until=date(today.year, today.month + 1, 1)
    )
    early.doubted("before its period ends")


def test_an_accident_had_happened_when_it_is_recorded() -> None:
    """Reports go to the Tribunal, and each has a copy for a victim."""
    given(fir()).when(RoadAccidentRecorded, accident_at=after(hours=-3)).entered()
    given(fir()).when(RoadAccidentRecorded, accident_at=after(days=9)).refused("dated after it was recorded")
    given(fir()).when(AccidentReportFiled, form="first", copy_to_victim=True).entered()
    given(fir()).when(AccidentReportFiled, form="detailed").doubted("no copy of it is entered as given to a victim")
    given(fir()).when(AccidentRightsTold, person="V1").entered()


def test_a_copy_of_the_fir_is_of_one() -> None:
    """Without an FIR there is nothing to copy."""
    for cls in (FIRCopyApplied, FIRCopySupplied):
        given(fir()).when(cls, person="A1").entered()
        given(NOTED).when(cls, person="A1").refused("no FIR is registered here")


def test_what_a_court_or_a_government_tells_of_an_accused() -> None:
    """Of mercy both are told: the Home Department and the jail."""
    held = given(fir("A1"), arrested("A1"))
    for cls in (PreliminaryAssessmentMade, BailApplicationReceived, BailNoticeGiven, MercyOrderReceived):
        held.when(cls, accused="A1").entered()
    held.when(MercyOrderCommunicated, accused="A1", home_department=True, jail=True).entered()
    held.when(MercyOrderCommunicated, accused="A1", home_department=True, jail=False).doubted("and to the jail")
