"""The other duties: two months, the medical examination, sanction, signature, enquiry, search, copies."""

from __future__ import annotations

from datetime import date

import pytest

from tests.domain.law.kit import at, clocks, fact, fir, of, only, remanded, told


def test_two_months_are_counted_for_the_listed_sections_only() -> None:
    """BNS 69 is not in the list; a listed section added later counts from the date of the information."""
    assert of("inv-2m", clocks(fir("2026-12-31", "BNS 69"))) == []
    assert of("inv-2m", clocks(fir("2024-06-01", "IPC 37(6)"))) == []
    assert only("inv-2m", clocks(fir("2026-12-31", "BNS 64(1)"))).last_day == date(2027, 2, 28)
    assert only("inv-2m", clocks(fir("2026-12-31", "POCSO 8"))).last_day == date(2027, 2, 28)
    added = fact("SectionsAltered", "2027-01-20", sections=["BNS 74", "BNS 64(1)"])
    assert only("inv-2m", clocks(fir("2026-12-31", "BNS 74"), added)).last_day == date(2027, 2, 28)
    dropped = fact("SectionsAltered", "2027-01-20", sections=["BNS 74"])
    assert only("inv-2m", clocks(fir("2026-12-31", "BNS 64(1)"), dropped)).state(at("2027-05-01")) == "overtaken"
    back = fact("SectionsAltered", "2027-02-01", sections=["BNS 64(1)"])
    assert only("inv-2m", clocks(fir("2026-12-31", "BNS 64(1)"), dropped, back)).state(at("2027-05-01")) == "lapsed"


def test_the_zero_fir_records_the_information() -> None:
    """The two months run from its registration, not from the second station's number."""
    zero = fact("ZeroFIRRegistered", "2026-07-01 10:00", sections=["BNS 64(1)"])
    found = clocks(zero, fir("2026-07-04 10:00", "BNS 64(1)"))
    assert only("inv-2m", found).last_day == date(2026, 9, 1)
    assert only("fir-web", found).opened_at == at("2026-07-04 10:00")


def test_the_older_code_governs_what_began_under_it() -> None:
    """BNSS s.531(2)(a): by the FIR's date, whatever the date of the remand; and what it had no period for is told."""
    found = clocks(
        fir("2024-06-30 23:59", "IPC 376"),
        remanded("A1", "2024-08-01"),
        fact("SearchRecorded", "2024-08-02", search="S1"),
        fact("GovernmentSanctionRequestReceived", "2024-09-01", request="G/1"),
    )
    assert only("def-bail", found).version.law.startswith("CrPC")
    assert only("inv-2m", found).version.law == "CrPC 1973 s.173(1A)"
    assert only("inv-2m", found).last_day == date(2024, 8, 30)
    assert {each.rule for each in found.refused} == {"progress-90", "search-48", "sanction-120", "forensic-7"}
    assert all("governs nothing on 2024-06-30" in each.why for each in found.refused)
    assert only("def-bail", clocks(fir("2024-07-01", "BNS 303(2)"), remanded("A1", "2024-08-01"))).law.startswith(
        "BNSS"
    )


def test_an_old_case_breaks_nothing_and_claims_nothing() -> None:
    """A rule that did not exist opens no clock; one that never would have applied isn't even told."""
    found = clocks(fir("1971-01-01", "IPC 379"), remanded("A1", "1971-01-05"))
    assert found == ()
    assert "inv-2m" not in {each.rule for each in found.refused}
    assert {"fir-web", "def-bail"} <= {each.rule for each in found.refused}


def test_the_hours_of_a_rape_victim_run_from_the_information() -> None:
    """As the FIR states its receipt; each victim has her own; a refusal of consent ends it."""
    first = fir(
        "2026-07-02 12:00",
        "BNS 64(1)",
        victims_code=["V1", "V2"],
        information_received_at=at("2026-07-02 08:00").isoformat(),
    )
    sent = fact("VictimSentForExamination", "2026-07-02 14:00", person="V1", request="M/1")
    refused = fact("MedicalConsentRefused", "2026-07-02 15:00", person="V2", request="M/2")
    found = clocks(first, sent, refused)
    assert {each.due_at for each in of("rape-med-24", found)} == {at("2026-07-03 08:00")}
    assert only("rape-med-24", found, "V1").state(None) == "met"
    assert only("rape-med-24", found, "V2").state(None) == "exempted"
    assert of("rape-med-24", clocks(fir("2026-07-02", "BNS 69", victims_code=["V1"]))) == []


def test_whoever_told_first_counts_and_a_section_added_later_counts_from_then() -> None:
    """The information may name no section and nobody; what the FIR adds counts from the same receipt."""
    told_first = fact("InformationReceived", "2026-07-02 08:00", mode="oral", sections=[], victims_code=[])
    received = at("2026-07-02 08:00").isoformat()
    first = fir("2026-07-02 12:00", "BNS 65(1)", victims_code=["V1"], information_received_at=received)
    assert only("rape-med-24", clocks(told_first, first)).due_at == at("2026-07-03 08:00")
    plain = fir("2026-07-02 12:00", "BNS 137(2)", victims_code=["V1"], information_received_at=received)
    added = fact("SectionsAltered", "2026-07-10 10:00", sections=["BNS 137(2)", "BNS 64(1)"])
    assert of("rape-med-24", clocks(told_first, plain)) == []
    clock = only("rape-med-24", clocks(told_first, plain, added))
    assert (clock.subject, clock.due_at) == ("V1", at("2026-07-11 10:00"))


def test_a_victim_who_was_examined_before_the_fir_was_sent_in_time() -> None:
    """Many come by way of the hospital; an accused's examination is not hers."""
    first = fir("2026-07-02 12:00", "BNS 64(1)")
    held = fact("MedicalExaminationHeld", "2026-07-02 10:00", person="V1", request="M/1")
    accused = fact("MedicalExaminationHeld", "2026-07-02 18:00", person="A1", request="M/2")
    assert only("rape-med-24", clocks(first, held)).state(at("2026-08-01")) == "met"
    assert only("rape-med-24", clocks(first, accused)).state(at("2026-08-01")) == "lapsed"


def test_the_doctor_has_seven_days_for_each_examination() -> None:
    """By its request; the day of the examination is not counted, and that is a setting."""
    first = fir("2026-07-02 12:00", "BNS 64(1)", victims_code=["V1"])
    held = [fact("MedicalExaminationHeld", f"2026-07-0{day} 15:00", person="V1", request=f"M/{day}") for day in (3, 8)]
    found = clocks(first, *held, fact("MLRReceived", "2026-07-10 17:00", person="V1", request="M/3"))
    assert [each.last_day.day for each in of("rape-med-rep-7", found)] == [10, 15]
    assert [each.state(at("2026-07-20")) for each in of("rape-med-rep-7", found)] == ["met", "lapsed"]
    assert all(each.rule.start_setting for each in of("rape-med-rep-7", found))
    assert "the text states no start" in told(of("rape-med-rep-7", found)[0])


def test_the_governments_silence_lapses_and_a_deemed_sanction_is_no_decision() -> None:
    """120 days from the date of the receipt, that date left out; a decision dated before the receipt is one."""
    first = fir("2026-01-01", "BNS 198")
    received = fact("GovernmentSanctionRequestReceived", "2026-01-01 15:00", request="G/1")
    deemed = fact("GovernmentSanctionDeemedGranted", "2026-05-02", request="G/1")
    clock = only("sanction-120", clocks(first, received, deemed))
    assert (clock.last_day, clock.state(at("2026-05-02")), clock.subject) == (date(2026, 5, 1), "lapsed", "G/1")
    early = fact("GovernmentSanctionRefused", "2025-12-30", request="G/1")
    assert only("sanction-120", clocks(first, received, early)).state(at("2026-06-01")) == "met"
    other = fact("GovernmentSanctionGranted", "2026-02-01", request="G/2")
    assert only("sanction-120", clocks(first, received, other)).state(at("2026-06-01")) == "lapsed"


def test_the_electronic_information_waits_for_its_signature() -> None:
    """Three days; an oral one waits for nothing; an FIR overtakes the waiting."""
    oral = fact("InformationReceived", "2026-03-01 10:00", mode="oral")
    electronic = fact("InformationReceived", "2026-03-01 10:00", mode="electronic")
    assert of("efir-sign", clocks(oral)) == []
    assert only("efir-sign", clocks(electronic)).last_day == date(2026, 3, 4)
    assert only("efir-sign", clocks(electronic, fact("InformationSigned", "2026-03-04 23:50"))).state(None) == "met"
    assert only("efir-sign", clocks(electronic, fir("2026-03-02"))).state(at("2026-04-01")) == "overtaken"


@pytest.mark.parametrize(
    ("sections", "runs"),
    [(["BNS 304(2)"], True), (["BNS 318(4)"], False), (["Excise 34"], True), (["BNS 304(2)", "PoA 3(1)(r)"], False)],
)
def test_the_preliminary_enquiry_has_fourteen_days_in_its_band(sections: list[str], runs: bool) -> None:
    """Three years or more but less than seven, not under the PoA Act; where nobody knows, it runs and says so."""
    found = clocks(fact("PreliminaryEnquiryOrdered", "2026-02-20 10:00", sections=sections))
    assert len(of("prelim", found)) == runs
    if "Excise 34" in sections:
        assert "whether it applies is not known" in told(only("prelim", found))


def test_the_search_is_the_polices_own() -> None:
    """48 hours for the record of a search under s.185; a warrant and the NDPS Act have rules of their own."""
    first = fir("2026-02-27", "BNS 303(2)")
    made = fact("SearchRecorded", "2026-02-27 16:00", search="S1", under="BNSS 185")
    sent = fact("SearchRecordSentToMagistrate", "2026-03-01 15:50", search="S1")
    other = fact("SearchRecordSentToMagistrate", "2026-02-28 16:00", search="S2")
    assert only("search-48", clocks(first, made, sent)).state(None) == "met"
    assert only("search-48", clocks(first, made, other)).state(at("2026-03-02")) == "lapsed"
    warrant = fact("SearchRecorded", "2026-02-27 16:00", search="S1", under="BNSS 103")
    assert of("search-48", clocks(first, warrant)) == []


def test_copies_are_due_on_the_next_open_day() -> None:
    """Fourteen days from production; a closed court moves the last day where its calendar is given."""
    first = fir("2026-02-01", "BNS 303(2)")
    produced = fact("AccusedProduced", "2026-02-20 11:00", accused="A1", purpose="after chargesheet")
    earlier = fact("AccusedProduced", "2026-02-02 11:00", accused="A1", purpose="remand")
    assert only("copies-14", clocks(first, earlier, produced)).last_day == date(2026, 3, 6)
    closed = frozenset({date(2026, 3, 6), date(2026, 3, 7)})
    moved = only("copies-14", clocks(first, produced, closed=closed))
    assert moved.last_day == date(2026, 3, 8)
    assert "6 March 2026 is a closed day; it may be done on the next open day, 8 March 2026" in told(moved)
    assert only("progress-90", clocks(fir("2025-12-06"), closed=closed)).last_day == date(2026, 3, 6)


def test_a_closed_day_lengthens_no_custody() -> None:
    """The sixty days end when they end."""
    facts = fir("2026-01-01", "BNS 303(2)"), remanded("A1", "2026-01-01 12:00")
    assert only("def-bail", clocks(*facts, closed=frozenset({date(2026, 3, 1)}))).last_day == date(2026, 3, 1)


def test_an_extension_of_an_extension_lengthens_the_first_order() -> None:
    """The order that extends is named by the next one, and by the completion; another order has its own days."""
    names = ("2026-01-31", "O/1", "", 0), ("2026-04-20", "O/2", "O/1", 30), ("2026-05-20", "O/3", "O/2", 30)
    orders = [
        fact("FurtherInvestigationPermitted", when, order_number=number, extends=extends, during_trial=True,
             extended_by_days=days)
        for when, number, extends, days in (*names, ("2026-02-02", "O/7", "", 0), ("2026-06-01", "O/9", "O/9", 30))
    ]  # fmt: skip
    first = fir("2026-01-01", "BNS 318(4)")
    done = fact("FurtherInvestigationCompleted", "2026-06-15", order_number="O/3", result="further evidence")
    found = clocks(first, *orders, done)
    assert [(each.subject, each.last_day) for each in of("further-90", found)] == [
        ("O/1", date(2026, 6, 30)), ("O/7", date(2026, 5, 3)),
    ]  # fmt: skip
    assert [each.state(at("2026-07-09")) for each in of("further-90", found)] == ["met", "lapsed"]
    struck = fact("EntryCorrected", "2026-06-02", entry=orders[1].entry_id)
    assert only("further-90", clocks(first, *orders[:3], struck)).last_day == date(2026, 5, 1)


def test_months_that_the_board_gives_are_added_up() -> None:
    """Two orders of one month each are the two more months of the section, and a third one is none."""
    arrest = fact("AccusedArrested", "2026-01-31 09:00", accused="A1", manner="arrested", child=True)
    produced = fact("AccusedProduced", "2026-01-31 10:00", accused="A1", purpose="first production")
    orders = [
        fact("TimeExtended", when, provision="JJ 14(2)", months=1, accused=["A1"], order_number=when)
        for when in ("2026-05-30", "2026-06-29", "2026-07-30")
    ]
    ends = [only("jj-4m", clocks(arrest, produced, *orders[:count])).last_day for count in range(4)]
    assert ends == [date(2026, 5, 31), date(2026, 6, 30), date(2026, 7, 31), date(2026, 7, 31)]
    twice = only("jj-4m", clocks(arrest, produced, *orders))
    assert "of 30 July 2026 00:00 (order 2026-07-30) makes it no longer" in told(twice)


def test_months_with_days_left_out_are_explained_as_they_are_counted() -> None:
    """Half of seven years, and the whole days on bail: the corresponding date is one thing, the last day another."""
    arrest = fact("AccusedArrested", "2026-01-31 10:00", accused="A1", manner="arrested", status="arrested")
    bail = fact("BailGranted", "2026-03-01", accused="A1", kind="regular")
    clock = only("ut-half", clocks(fir("2026-01-01", "BNS 318(4)"), arrest, bail, remanded("A1", "2026-04-10")))
    assert clock.last_day == date(2029, 9, 8)
    assert "31 January 2026 corresponds to 31 July 2029; with 39 days not counted it is 8 September 2029" in told(clock)
    assert "31 जुलाई 2029 है; न गिने गए 39 दिनों" in "".join(line.hi for line in clock.explain)
