"""Before an FIR or instead of one: information, signature, preliminary enquiry, NCR, refusal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.case.fir import Fir, concerned, named
from domain.case.information import (
    InformationReceived,
    InformationSigned,
    NonCognizableReported,
    PreliminaryEnquiryConcluded,
    PreliminaryEnquiryOrdered,
    RefusalRecorded,
)
from domain.case.ranks import at_least_dysp
from tests.domain.case.builders_accused import after, struck
from tests.domain.case.builders_fir import NCR, THEFT, TOLD, fir, ncr, suspect, told, victim
from tests.dsl import DAY, act, given

PERMITTED: dict[str, Any] = {"sections": ("BNS 318(4)",), "permitted_by": "CG-0007", "permitted_by_rank": "DySP"}
ENQUIRY = act(PreliminaryEnquiryOrdered, **PERMITTED)


def test_an_information_begins_a_record() -> None:
    """What the informant told is kept, with who suffered and who is accused, each by code."""
    case = given().when(InformationReceived, **TOLD, victims=(victim(),), accused=(suspect(),)).entered()
    assert (case.stage, case.station, case.sections) == ("information", "CG-RPR-01", THEFT)
    assert (concerned(case), set(named(case))) == ({"I1", "V1"}, {"A1"})
    assert case.part(Fir).information.at == DAY


def test_a_person_goes_by_a_code() -> None:
    """A name where a code belongs is refused, and not repeated."""
    given().when(InformationReceived, **TOLD, informant="Ramesh").refused("entered by a code")
    then = given().when(InformationReceived, **TOLD, victims=(victim("Sita"),))
    then.refused("entered by a code")
    assert "Sita" not in "".join(then.decision.reasons)


def test_a_code_is_given_once() -> None:
    """Two victims, or two accused, of one code are refused."""
    twice = given()
    twice.when(InformationReceived, **TOLD, victims=(victim(), victim())).refused("V1 stands twice among the victims")
    twice.when(InformationReceived, **TOLD, accused=(suspect(), suspect())).refused("A1 stands twice among the accused")


def test_a_code_is_one_persons() -> None:
    """No code stands for an accused and for an informant or victim: it opens one person's names."""
    given().when(InformationReceived, **TOLD, accused=(suspect("I1"),)).refused("I1 is the code of an informant")
    given(told(victims=(victim(),))).when(InformationReceived, **TOLD, accused=(suspect("V1"),)).refused(
        "V1 is the code"
    )
    given(fir("A1")).when(InformationReceived, **TOLD, victims=(victim("A1"),)).refused("A1 is the code")


def test_the_victim_may_be_the_informant() -> None:
    """The informant may have the victim's code."""
    case = given().when(InformationReceived, **TOLD, informant="V1", victims=(victim(),)).entered()
    assert concerned(case) == {"V1"}


def test_sections_should_be_readable() -> None:
    """Sections are written as Act and number; what isn't, or none at all, is doubted."""
    given().when(InformationReceived, **{**TOLD, "sections": ("theft",)}).doubted("not written as Act and number")
    given().when(InformationReceived, **{**TOLD, "sections": ()}).doubted("no section of law")
    given().when(InformationReceived, **{**TOLD, "sections": ("FOREIGN Excise Act s.34",)}).entered()
    two = {**TOLD, "sections": ("BNS 303(2)", "of a Namuna")}
    given().when(InformationReceived, **two).doubted("section no. 2 of the unnumbered case is not written as Act")


def test_a_section_that_no_table_has_is_doubted() -> None:
    """A slip in its number would give every clock that depends on the punishment another length, in silence."""
    wrong = {**TOLD, "sections": ("BNS 303(2)", "BNS 1033(1) of a Namuna")}
    given().when(InformationReceived, **wrong).doubted("no table of offences has BNS 1033 (the unnumbered case)")
    for right in ("BNS 303(2)", "BNS 3(5)", "IPC 34", "POCSO 6", "FOREIGN 1033", "Excise 34"):
        given().when(InformationReceived, **{**TOLD, "sections": (right,)}).entered()


def test_somebody_informs() -> None:
    """Neither a name nor an officer who informs in office: doubted."""
    given().when(InformationReceived, **{**TOLD, "informant_name": None}).doubted("does not say who gave")
    given().when(InformationReceived, **{**TOLD, "informant_name": None, "informing_officer": "CG-1001"}).entered()


def test_a_second_information_is_doubted() -> None:
    """There is one first information; after the FIR what people tell is a statement."""
    given(told()).when(InformationReceived, **TOLD).doubted("already entered in this record")
    case = given(fir(informant="V1")).when(InformationReceived, **TOLD).doubted("whose FIR is registered already")
    assert (case.stage, case.part(Fir).informant) == ("registered", "V1")
    given(told(), struck(told(), 1)).when(InformationReceived, **TOLD).entered()


def test_the_informant_signs() -> None:
    """The signature of the informant is kept with its time."""
    case = given(told()).when(InformationSigned, at=after(1)).entered()
    assert case.part(Fir).signed.at == after(1)


def test_only_an_information_is_signed() -> None:
    """Without an information there is nothing to sign."""
    begun = given(act("case.AccusedArrested", accused="A1"))
    begun.when(InformationSigned).refused("nothing can be signed", "Record case.InformationReceived first")
    given(told()).when(InformationSigned, person="he").refused("entered by a code")
    for entry in (fir(), ncr()):
        given(entry).when(InformationSigned).entered()


def test_a_signature_that_does_not_fit_is_doubted() -> None:
    """By another person, a second time, before the receipt: doubted."""
    given(told()).when(InformationSigned, person="W1").doubted("W1 signs, and the informant", "is I1")
    given(told(), act(InformationSigned)).when(InformationSigned).doubted("was signed already")
    given(told()).when(InformationSigned, at=after(hours=-1)).doubted("signed before it was received on 2 July 2026")


@pytest.mark.parametrize(("days", "late"), [(0, False), (3, False), (4, True)])
def test_electronic_information_is_signed_within_three_days(days: int, late: bool) -> None:
    """BNSS s.173(1)(ii): within three days, the day of receipt not counted; oral information has no such days."""
    then = given(told(mode="electronic")).when(InformationSigned, at=after(days))
    assert any("until 5 July 2026" in doubt for doubt in then.decision.doubts) == late
    given(told()).when(InformationSigned, at=after(days)).entered()


def test_before_the_bnss_no_three_days_ran() -> None:
    """Electronic information received before 1 July 2024 has no three days."""
    long_ago = datetime(2024, 6, 30, 12, tzinfo=UTC)
    given(told(mode="electronic", at=long_ago)).when(InformationSigned, at=long_ago + timedelta(days=9)).entered()


def test_a_preliminary_enquiry_is_ordered() -> None:
    """With a DySP's permission it is first enquired whether there is a case (BNSS s.173(3))."""
    assert given(told()).when(PreliminaryEnquiryOrdered, **PERMITTED, punishable_years=3).entered().stage == "enquiry"
    assert given(fir()).when(PreliminaryEnquiryOrdered, **PERMITTED).doubted("is registered").stage == "registered"


def test_a_preliminary_enquiry_needs_a_dysps_permission() -> None:
    """Without permission, by a lower rank or afterwards: entered with the doubt."""
    record = given(told())
    record.when(PreliminaryEnquiryOrdered, sections=THEFT).doubted("has no permission")
    record.when(PreliminaryEnquiryOrdered, **{**PERMITTED, "permitted_by_rank": "Inspector"}).doubted(
        "not permitted by"
    )
    record.when(PreliminaryEnquiryOrdered, **PERMITTED, permitted_at=after(2)).doubted("of 4 July 2026 came after")


@pytest.mark.parametrize(("years", "outside"), [(2, True), (3, False), (6, False), (7, True), (99, True)])
def test_a_preliminary_enquiry_is_for_three_to_seven_years(years: int, outside: bool) -> None:
    """Offences punishable for three years or more but less than seven (BNSS s.173(3))."""
    then = given(told()).when(PreliminaryEnquiryOrdered, **PERMITTED, punishable_years=years)
    assert bool(then.decision.doubts) == outside


def test_no_preliminary_enquiry_in_atrocity_cases() -> None:
    """SC/ST (PoA) Act s.18A(1)(a): none is required."""
    atrocity = {**PERMITTED, "sections": ("POA 3(1)",)}
    given(told()).when(PreliminaryEnquiryOrdered, **atrocity).doubted("s.18A(1)(a)")


def test_a_preliminary_enquiry_with_unreadable_sections_is_doubted() -> None:
    """Its sections are written as Act and number."""
    given(told()).when(PreliminaryEnquiryOrdered, **{**PERMITTED, "sections": ("?",)}).doubted("not written as Act")


def test_a_preliminary_enquiry_ends() -> None:
    """It ends in an FIR to come, or closes the matter."""
    record = given(told(), ENQUIRY)
    assert record.when(PreliminaryEnquiryConcluded, outcome="register").entered().stage == "enquiry"
    closed = record.when(PreliminaryEnquiryConcluded, outcome="close").doubted("closed without reasons")
    assert closed.stage == "closed"


def test_only_a_running_enquiry_ends_and_once() -> None:
    """No enquiry, no end; a second end needs the first to be struck, or a new enquiry."""
    given(told()).when(PreliminaryEnquiryConcluded).refused("no preliminary enquiry runs here")
    ended = act(PreliminaryEnquiryConcluded, outcome="register")
    given(told(), ENQUIRY, ended).when(PreliminaryEnquiryConcluded).refused("ended on 2 July 2026: “register”")
    given(told(), ENQUIRY, ended, struck(ended, 3)).when(PreliminaryEnquiryConcluded, outcome="register").entered()
    given(told(), ENQUIRY, ended, ENQUIRY).when(PreliminaryEnquiryConcluded, outcome="register").entered()


def test_an_enquiry_ends_after_it_was_ordered() -> None:
    """An end dated before the order is doubted."""
    record = given(told(), ENQUIRY)
    record.when(PreliminaryEnquiryConcluded, outcome="register", at=after(-1)).doubted("ends before it was ordered")


def test_a_non_cognizable_offence_is_noted() -> None:
    """It has a number of its own series, and the informant is referred to the Magistrate (BNSS s.174(1))."""
    case = given().when(NonCognizableReported, **NCR, accused=(suspect(),)).entered()
    assert (case.number, case.stage, case.station) == ("NCR/0004/2026", "non-cognizable", "CG-RPR-01")
    assert (case.registered_at, set(named(case))) == (None, {"A1"})


def test_a_matter_is_noted_once() -> None:
    """A second NCR in a record is refused, unless the first was struck; its number counts from 1."""
    given(ncr()).when(NonCognizableReported, **NCR).refused("NCR/0004/2026 cannot be entered here")
    given(ncr(), struck(ncr(), 1)).when(NonCognizableReported, **NCR).entered()
    given().when(NonCognizableReported, **{**NCR, "ncr_number": 0}).refused("counts from 1")


def test_a_non_cognizable_report_is_doubted_beside_an_fir() -> None:
    """What is registered as an FIR is cognizable, and keeps its number and stage."""
    case = given(fir()).when(NonCognizableReported, **NCR).doubted("notes as non-cognizable what is registered")
    assert (case.number, case.stage) == ("0012/2026", "registered")


def test_the_informant_of_an_ncr_is_referred() -> None:
    """To whom, is part of the entry; and the year is that of the day."""
    given().when(NonCognizableReported, **{**NCR, "referred_to": ""}).doubted("to which Magistrate")
    given().when(NonCognizableReported, **{**NCR, "year": 2025}).doubted("bears another year than 2 July 2026")


def test_a_refusal_is_recorded() -> None:
    """The station says why it does not record an information, and where one may complain."""
    case = given(told()).when(RefusalRecorded, told_of_remedy=True).entered()
    assert case.part(Fir).refused.at == after(hours=1)


def test_a_refusal_has_a_reason() -> None:
    """Without a reason it is refused itself."""
    given(told()).when(RefusalRecorded, reason=" ").refused("not refused without a reason")


def test_a_refusal_that_may_be_wrong_is_doubted() -> None:
    """For the area, after the FIR, or without telling of the Superintendent (BNSS s.173(1), (4))."""
    given(told()).when(RefusalRecorded, ground="outside jurisdiction").doubted(
        "irrespective of the area", "Superintendent"
    )
    given(fir()).when(RefusalRecorded).doubted("although 0012/2026 is registered")


@pytest.mark.parametrize(
    ("rank", "high"),
    [
        ("DySP", True), ("Dy. S.P.", True), ("Deputy Superintendent of Police", True), ("SP", True), ("IGP", True),
        ("SDOP", True), ("Inspector", False), ("SI", False), ("", False),
    ],
)  # fmt: skip
def test_a_dysp_is_known_however_written(rank: str, high: bool) -> None:
    """The ranks from Deputy Superintendent of Police upwards, as forms write them."""
    assert at_least_dysp(rank) == high
