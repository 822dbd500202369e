"""Arrest and custody: twenty-four hours to the Magistrate, sixty or ninety days to the chargesheet."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.domain.law.kit import ARREST, BOOK, at, clocks, fact, fir, of, only, remanded, told


def test_the_journey_is_not_counted() -> None:
    """Twenty-four hours exclusive of the necessary journey, shown with its evidence."""
    arrest = fact("AccusedArrested", "2026-07-02 20:00", accused="A1", **ARREST)
    journey = {"accused": "A1", "journey_hours": "3.5", "journey_evidence": "logbook 14"}
    produced = fact("AccusedProduced", "2026-07-03 23:00", purpose="first production", **journey)
    clock = only("prod-24", clocks(arrest, produced))
    assert clock.due_at == at("2026-07-03 23:30")
    assert clock.state(None) == "met"
    assert "3.5 hours are not counted, by case.AccusedProduced of 3 July 2026 23:00 (evidence: logbook 14)" in told(
        clock
    )
    assert only("prod-24", clocks(arrest)).state(at("2026-07-03 21:00")) == "lapsed"


@pytest.mark.parametrize("hours", ["-5", "NaN", "Infinity", "1e99", "many", True, None, [], {}, "100000"])
def test_an_impossible_journey_counts_for_nothing(hours: object) -> None:
    """What is no number of hours, or beyond belief, lengthens nothing and breaks nothing."""
    arrest = fact("AccusedArrested", "2026-07-02 20:00", accused="A1", **ARREST)
    produced = fact("AccusedProduced", "2026-07-04 23:00", accused="A1", journey_hours=hours)
    assert only("prod-24", clocks(arrest, produced)).state(None) == "met late"


def test_two_accused_and_two_arrests_have_clocks_of_their_own() -> None:
    """Each arrest counts; a production closes every arrest of that accused before it, and nobody else's."""
    first = fact("AccusedArrested", "2026-07-02 20:00", accused="A1", **ARREST)
    other = fact("AccusedArrested", "2026-07-02 21:00", accused="A2", **ARREST)
    produced = fact("AccusedProduced", "2026-07-03 10:00", accused="A1")
    again = fact("AccusedArrested", "2026-07-20 20:00", accused="A1", **ARREST)
    found = of("prod-24", clocks(first, other, produced, again))
    assert [(each.subject, each.state(at("2026-07-20 21:00"))) for each in found] == [
        ("A1", "met"), ("A2", "lapsed"), ("A1", "open"),
    ]  # fmt: skip


def test_an_arrest_entered_twice_is_one() -> None:
    """Two starts of one moment are one clock."""
    arrest = fact("AccusedArrested", "2026-07-02 20:00", accused="A1", **ARREST)
    assert len(of("prod-24", clocks(arrest, fact("AccusedArrested", "2026-07-02 20:00", accused="A1", **ARREST)))) == 1


@pytest.mark.parametrize(
    "values",
    [
        {"manner": "surrendered in court", "status": "judicial custody"},
        {"manner": "arrested", "status": "bailed by police"},
        {"manner": "surrendered in court", "status": "surrendered and bailed"},
    ],
)
def test_who_is_not_held_by_the_police_is_not_to_be_produced(values: dict[str, str]) -> None:
    """Section 58 speaks of detention by a police officer."""
    assert of("prod-24", clocks(fact("AccusedArrested", "2026-07-02 20:00", accused="A1", **values))) == []


def test_release_and_remand_end_the_24_hours() -> None:
    """Release overtakes; a Magistrate's order is the special order of the section."""
    arrest = fact("AccusedArrested", "2026-07-02 20:00", accused="A1", **ARREST)
    freed = fact("AccusedReleased", "2026-07-03 08:00", accused="A1", reason="bail bond given to police")
    assert only("prod-24", clocks(arrest, freed)).state(None) == "overtaken"
    assert only("prod-24", clocks(arrest, remanded("A1", "2026-07-03 12:00"))).state(None) == "met"
    late = fact("AccusedReleased", "2026-07-05", accused="A1", reason="other")
    assert only("prod-24", clocks(arrest, late)).state(at("2026-07-06")) == "lapsed"


def test_the_first_remand_counts_and_no_later_one() -> None:
    """Wadhawan: day 1 is the day of the first remand order; day 60 the last for the court to have the chargesheet."""
    begun = fir("2018-01-01", "BNS 318(4)")
    facts = [begun, *(remanded("A1", f"2020-05-{day}") for day in (14, 18, 28)), remanded("A1", "2020-06-20")]
    late = fact("ChargesheetAcknowledged", "2020-07-13 11:00", accused=["A1"], number="CS/1", cnr="X")
    clock = only("def-bail", clocks(*facts, late))
    assert (clock.last_day, clock.opened_at) == (date(2020, 7, 12), at("2020-05-14"))
    assert clock.lapses_from == at("2020-07-13")
    assert clock.state(None) == "met late"
    assert clock.version.law == "CrPC 1973 s.167(2) proviso (a)"
    in_time = fact("ChargesheetAcknowledged", "2020-07-12 23:50", accused=["A1"])
    assert only("def-bail", clocks(*facts, in_time)).state(None) == "met"


def test_a_chargesheet_sent_stops_nothing() -> None:
    """Only the court's acknowledgement does, and only for those whom it names."""
    facts = fir("2026-01-01", "BNS 303(2)"), remanded("A1", "2026-01-02"), remanded("A2", "2026-01-02")
    sent = fact("ChargesheetSubmitted", "2026-02-01", accused=["A1", "A2"], number="CS/1", channel="ICJS")
    found = clocks(*facts, sent, fact("ChargesheetAcknowledged", "2026-02-03", accused=["A1"]))
    assert only("def-bail", found, "A1").state(at("2026-06-01")) == "met"
    assert only("def-bail", found, "A2").state(at("2026-06-01")) == "lapsed"


def test_a_final_report_ends_no_custody_until_the_court_accepts_it() -> None:
    """It charges nobody: the days of somebody still in custody run on, whatever the police have sent."""
    facts = fir("2026-01-01", "BNS 303(2)"), remanded("A1", "2026-01-02"), remanded("A2", "2026-01-02")
    filed = fact("FinalReportFiled", "2026-02-03", kind="untraced", court="JMFC", number="1")
    noted = fact("FinalReportAcknowledged", "2026-02-05", court="JMFC", number="1")
    again = fact("FinalReportDecided", "2026-02-09", court="JMFC", number="1", outcome="further investigation ordered")
    open_still = clocks(*facts, filed, noted, again)
    assert {each.state(at("2026-06-01")) for each in of("def-bail", open_still)} == {"lapsed"}
    accepted = fact("FinalReportDecided", "2026-02-20", court="JMFC", number="1", outcome="accepted")
    closed = clocks(*facts, filed, noted, accepted)
    assert {each.state(at("2026-06-01")) for each in of("def-bail", closed)} == {"overtaken"}


def test_a_final_report_completes_the_investigation_when_the_court_has_it() -> None:
    """Sent alone it stops nothing; acknowledged it does, by the day of the acknowledgement."""
    rape = fir("2026-01-01", "BNS 64(1)")
    filed = fact("FinalReportFiled", "2026-02-03", kind="untraced", court="JMFC", number="1")
    assert only("inv-2m", clocks(rape, filed)).state(at("2026-06-01")) == "lapsed"
    noted = fact("FinalReportAcknowledged", "2026-02-05", court="JMFC", number="1")
    assert only("inv-2m", clocks(rape, filed, noted)).state(at("2026-06-01")) == "met"
    decided = fact("FinalReportDecided", "2026-03-20", court="JMFC", number="1", outcome="accepted")
    assert only("inv-2m", clocks(rape, filed, decided)).state(at("2026-06-01")) == "met late"


def test_bail_pauses_the_custody_and_a_new_remand_lets_it_run_on() -> None:
    """Days are counted in custody, “for a total period”: the whole days at liberty are left out."""
    facts = fir("2026-01-01", "BNS 303(2)"), remanded("A1", "2026-01-02 12:00")
    bail = fact("BailGranted", "2026-01-11 10:00", accused="A1", court="JMFC", kind="interim")
    clock = only("def-bail", clocks(*facts, bail))
    assert (clock.state(at("2026-01-05")), clock.state(at("2026-06-01"))) == ("open", "overtaken")
    assert clock.last_day == date(2026, 3, 2)
    back = only("def-bail", clocks(*facts, bail, remanded("A1", "2026-01-21 10:00")))
    assert back.last_day == date(2026, 3, 2) + timedelta(days=9)
    assert back.state(at("2026-03-12")) == "lapsed"
    assert "9 whole days between are not counted" in told(back)
    on_bail = fact("ChargesheetAcknowledged", "2026-06-01", accused=["A1"])
    assert only("def-bail", clocks(*facts, bail, on_bail)).state(None) == "overtaken"
    late = fact("AccusedReleased", "2026-04-01", accused="A1", reason="bail bond given")
    assert only("def-bail", clocks(*facts, late)).state(at("2026-05-01")) == "lapsed"


def test_anticipatory_bail_does_not_end_custody() -> None:
    """Nor does bail of somebody else."""
    facts = fir("2026-01-01", "BNS 303(2)"), remanded("A1", "2026-01-02")
    anticipatory = fact("BailGranted", "2026-01-03", accused="A1", kind="anticipatory")
    other = fact("BailGranted", "2026-01-03", accused="A2", kind="regular")
    assert only("def-bail", clocks(*facts, anticipatory, other), "A1").state(at("2026-01-05")) == "open"


def test_a_remand_after_the_chargesheet_is_none_in_the_investigation() -> None:
    """Who was charged as absconding and is caught later has no default bail clock."""
    facts = fir("2026-01-01", "BNS 103(1)"), fact("ChargesheetAcknowledged", "2026-03-01", accused=["A1"])
    assert of("def-bail", clocks(*facts, remanded("A1", "2026-06-01"))) == []
    assert only("def-bail", clocks(*facts, remanded("A2", "2026-06-01"))).subject == "A2"


@pytest.mark.parametrize(
    ("sections", "days"),
    [
        (["BNS 103(1)"], 90), (["BNS 303(2)"], 60), (["BNS 109(1)"], 60), (["BNS 109(1) [second entry]"], 90),
        (["FOREIGN x"], 60), (["FOREIGN x", "BNS 103"], 90), (["BNS 309(4)"], 60), ([], 60),
    ],
)  # fmt: skip
def test_the_gravest_section_gives_the_custody_period(sections: list[str], days: int) -> None:
    """And where the class isn't known, the alarm is on the sixty-day date."""
    clock = only("def-bail", clocks(fir("2026-01-01", *sections), remanded("A1", "2026-01-01 12:00")))
    assert clock.last_day == date(2026, 1, 1) + timedelta(days=days - 1)
    unsure = classes_unsure(sections)
    assert ("not known, so the limit for “otherwise” is taken" in told(clock)) is unsure


def classes_unsure(sections: list[str]) -> bool:
    """Whether the class of these sections isn't known."""
    return BOOK.offences.classes(sections).class90 is None


def test_doubts_about_a_class_are_told() -> None:
    """Unknown sections, sections that the facts divide, the other reading, special Acts."""
    says = {
        "FOREIGN x": "no table has FOREIGN x",
        "BNS 109(1)": "BNS 109(1): the class depends on the facts of the case",
        "BNS 309(4)": "read as “up to ten years”, the section would count ninety days",
        "UAPA 13(1)": "UAPA s.43D(2)(a) reads ninety days for sixty",
    }
    for section, words in says.items():
        assert words in told(only("def-bail", clocks(fir("2026-01-01", section), remanded("A1", "2026-01-02"))))


def test_sections_added_in_time_change_the_period_and_later_ones_undo_no_lapse() -> None:
    """Murder added on day 50 makes ninety days; added on day 65 it changes nothing about day 61."""
    facts = fir("2026-01-01", "BNS 303(2)"), remanded("A1", "2026-01-01 12:00")
    early = fact("SectionsAltered", "2026-02-19", sections=["BNS 303(2)", "BNS 103(1)"])
    clock = only("def-bail", clocks(*facts, early))
    assert clock.last_day == date(2026, 3, 31)
    assert "changes the sections to BNS 303(2), BNS 103(1)" in told(clock)
    late = fact("SectionsAltered", "2026-03-06", sections=["BNS 103(1)"])
    clock = only("def-bail", clocks(*facts, late))
    assert clock.last_day == date(2026, 3, 1)
    assert "came after the lapse and changes nothing about it" in told(clock)
    dropped = fact("SectionsAltered", "2026-02-19", sections=["BNS 303(2)"])
    murder = fir("2026-01-01", "BNS 103(1)"), remanded("A1", "2026-01-01 12:00")
    assert only("def-bail", clocks(*murder, dropped)).last_day == date(2026, 3, 1)


def test_a_second_information_alters_no_sections() -> None:
    """What another informant believes after the FIR is no alteration; before the FIR it is all there is."""
    facts = fir("2026-01-01", "BNS 103(1)"), remanded("A1", "2026-01-02")
    another = fact("InformationReceived", "2026-01-05", mode="oral", sections=["BNS 303(2)"])
    assert only("def-bail", clocks(*facts, another)).last_day == date(2026, 4, 1)
    believed = fact("InformationReceived", "2025-12-31", mode="oral", sections=["BNS 303(2)"])
    assert only("def-bail", clocks(believed, *facts)).last_day == date(2026, 4, 1)
    arrested_first = believed, remanded("A1", "2026-01-02"), fir("2026-01-03", "BNS 103(1)")
    assert only("def-bail", clocks(*arrested_first)).last_day == date(2026, 4, 1)
