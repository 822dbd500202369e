"""The FIR and the zero FIR: what the form must say, and what it makes of the case."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from domain.case.fir import Fir, concerned, named, registration
from domain.case.information import InformationSigned, PreliminaryEnquiryConcluded, PreliminaryEnquiryOrdered
from domain.case.investigation import InvestigatorAssigned
from domain.case.registration import FIRRegistered, ZeroFIRRegistered
from domain.event import Numbered
from tests.domain.case.builders_accused import after, struck, when
from tests.domain.case.builders_fir import FIR, THEFT, ZERO, by_station, fir, ncr, suspect, told, victim, zero
from tests.dsl import DAY, act, given


def form(**changed: Any) -> dict[str, Any]:
    """The form of FIR 0012/2026 with something changed."""
    return {**FIR, **changed}


def test_an_fir_gives_the_case_its_number() -> None:
    """Number, station, sections and the time of registration; unknown accused are normal."""
    case = given().when(FIRRegistered, **FIR).entered()
    assert (case.number, case.label, case.station, case.stage) == ("0012/2026", "0012/2026", "CG-RPR-01", "registered")
    assert (case.sections, case.registered_at, named(case)) == (THEFT, DAY, {})
    assert case.part(Fir).registered_at == DAY


def test_numbers_are_given_by_series() -> None:
    """FIR, zero FIR and NCR count each for itself, by station and year."""
    assert FIRRegistered.numbered == Numbered("FIR", "fir_number", "year")
    assert ZeroFIRRegistered.numbered == Numbered("ZERO", "zero_number", "year")


def test_the_fir_names_persons_by_code() -> None:
    """Accused and victims are known to the case by their codes, and how well the accused are known."""
    persons = form(accused=(suspect("A1"), suspect("A2", "unknown")), victims=(victim("V1"),), informant="V1")
    case = given().when(FIRRegistered, **persons).entered()
    assert named(case) == {"A1": "known", "A2": "unknown"}
    assert concerned(case) == {"V1"}
    assert case.part(Fir).mode == "oral"


def test_a_code_is_given_once_in_an_fir() -> None:
    """Two accused of one code are refused."""
    given().when(FIRRegistered, **form(accused=(suspect(), suspect()))).refused("A1 stands twice among the accused")


def test_a_number_counts_from_one() -> None:
    """There is no FIR 0000/2026."""
    given().when(FIRRegistered, **form(fir_number=0)).refused("counts from 1")
    given().when(ZeroFIRRegistered, **{**ZERO, "zero_number": 0}).refused("counts from 1")


@pytest.mark.parametrize(
    ("at", "year", "wrong"),
    [
        (datetime(2026, 12, 31, 18, 29, tzinfo=UTC), 2026, False),
        (datetime(2026, 12, 31, 18, 30, tzinfo=UTC), 2026, True),
        (datetime(2026, 12, 31, 18, 30, tzinfo=UTC), 2027, False),
    ],
)
def test_the_year_is_that_of_the_day_in_india(at: datetime, year: int, wrong: bool) -> None:
    """The new year begins at midnight in India, which is 18:30 of the day before in UTC."""
    then = given().when(FIRRegistered, at=at, **form(year=year))
    assert any("bears another year" in doubt for doubt in then.decision.doubts) == wrong


def test_a_record_has_one_fir() -> None:
    """A second FIR is a record of its own, unless the first entry was struck."""
    given(fir()).when(FIRRegistered, **form(fir_number=13)).refused(
        "0013/2026 cannot be registered here: this record is FIR 0012/2026 of 2 July 2026", "Begin a new record"
    )
    case = given(fir("A1"), struck(fir(), 1)).when(FIRRegistered, at=after(1), **form(fir_number=13)).entered()
    assert (case.number, case.registered_at, set(named(case))) == ("0013/2026", after(1), set())


def test_an_fir_follows_what_came_before() -> None:
    """After an information, an NCR, a zero FIR or an enquiry the case stands registered."""
    assert given(told()).when(FIRRegistered, **FIR).entered().stage == "registered"
    assert given(ncr()).when(FIRRegistered, **FIR).entered().number == "0012/2026"


def test_an_fir_entered_late_does_not_take_the_case_back() -> None:
    """A case that is further already keeps its stage."""
    case = given(zero(), act(InvestigatorAssigned)).when(FIRRegistered, **FIR).entered()
    assert case.stage == "under investigation"


def test_an_fir_after_a_closed_enquiry_is_doubted() -> None:
    """It is registered all the same, and the case is open."""
    permitted = {"sections": THEFT, "permitted_by": "CG-0007", "permitted_by_rank": "SP"}
    record = given(
        told(), act(PreliminaryEnquiryOrdered, **permitted), act(PreliminaryEnquiryConcluded, outcome="close")
    )
    assert record.when(FIRRegistered, **FIR).doubted("preliminary enquiry was closed").stage == "registered"


def test_the_forms_dates_follow_each_other() -> None:
    """Offence, information, registration, dispatch: what is out of order is doubted."""
    empty = given()
    empty.when(FIRRegistered, **form(information_received_at=after(1))).doubted("before the information was received")
    empty.when(FIRRegistered, **form(offence_to=DAY)).doubted("ended after the information of it was received")
    backwards = form(offence_from=after(-1), offence_to=after(-2))
    empty.when(FIRRegistered, **backwards).doubted("the offence ended before it began")
    empty.when(FIRRegistered, **form(dispatched_to_court_at=after(-1))).doubted("went to court before")
    ordered = form(offence_from=after(-2), offence_to=after(-1), dispatched_to_court_at=after(1))
    empty.when(FIRRegistered, **ordered).entered()


def test_the_form_is_complete() -> None:
    """Without a General Diary entry, an informant or a section it is doubted."""
    empty = given()
    empty.when(FIRRegistered, **form(gd_entry="")).doubted("names no General Diary entry")
    empty.when(FIRRegistered, **form(informant_name=None)).doubted("0012/2026 does not say who gave the information")
    empty.when(FIRRegistered, **form(sections=())).doubted("no section of law")


def test_an_electronic_information_is_registered_when_signed() -> None:
    """BNSS s.173(1)(ii): unsigned, or signed after three days, it is registered with the doubt."""
    electronic = form(mode="electronic", information_received_at=DAY)
    e_fir = told(mode="electronic")
    given(e_fir).when(FIRRegistered, at=after(1), **electronic).doubted("of 2 July 2026 is not signed", "5 July 2026")
    in_time, late = act(InformationSigned, at=after(3)), act(InformationSigned, at=after(4))
    given(e_fir, in_time).when(FIRRegistered, at=after(3), **electronic).entered()
    given(e_fir, late).when(FIRRegistered, at=after(4), **electronic).doubted("was signed only on 6 July 2026")
    given(e_fir).when(FIRRegistered, at=after(3), **electronic, informant_signed_at=after(2)).entered()
    unsigned = given(e_fir, in_time, struck(in_time, 2))
    unsigned.when(FIRRegistered, at=after(3), **electronic).doubted("is not signed")


def test_a_zero_fir_waits_for_the_station_of_the_area() -> None:
    """It has a number of its own series; the case may be begun."""
    case = given(told()).when(ZeroFIRRegistered, **ZERO).entered()
    assert (case.number, case.stage, case.registered_at) == ("ZERO/0003/2026", "zero FIR", after(hours=1))
    assert case.part(Fir).for_station == "CG-RPR-02"


def test_a_zero_fir_comes_first_and_once() -> None:
    """After an FIR, or another zero FIR, it is refused."""
    given(fir()).when(ZeroFIRRegistered, **ZERO).refused("ZERO/0003/2026 cannot be registered here", "is 0012/2026 of")
    given(zero()).when(ZeroFIRRegistered, **ZERO).refused("this record is ZERO/0003/2026 of 2 July 2026")
    given(zero(), struck(zero(), 1)).when(ZeroFIRRegistered, **ZERO).entered()


def test_a_zero_fir_is_for_another_station() -> None:
    """For its own area a station registers an ordinary FIR."""
    given().when(ZeroFIRRegistered, **{**ZERO, "for_station": "CG-RPR-01"}).doubted("no zero FIR is needed")


def test_the_zero_firs_form_is_complete_too() -> None:
    """What an FIR is doubted for, a zero FIR is doubted for."""
    given().when(ZeroFIRRegistered, **{**ZERO, "gd_entry": ""}).doubted("names no General Diary entry")


def test_a_zero_fir_gets_its_number_at_the_other_station() -> None:
    """The case is then that station's; it counts as registered since the zero FIR."""
    case = when(given(zero()), by_station(act(FIRRegistered, **FIR))).entered()
    assert (case.number, case.station, case.stage) == ("0012/2026", "CG-RPR-02", "registered")
    assert case.registered_at == DAY
    assert registration(case) == case.part(Fir).zero
