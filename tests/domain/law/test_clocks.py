"""How clocks run: what starts, stops, lengthens, pauses and exempts them, and how each stands at a moment."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from domain.event import Meta
from domain.law.book import load_book_from
from domain.law.clock import Fact, columns_of, evaluate
from tests.domain.law.kit import BOOK, ZONE, at, clocks, fact, fir, of, only, told

REMAND = {"custody": "judicial", "days": 15}
ARREST = {"manner": "arrested", "status": "arrested and forwarded"}


def remanded(accused: str, when: str, recorded: str = "") -> Fact:
    """A remand of an accused."""
    return fact("AccusedRemanded", when, recorded, accused=accused, **REMAND)


# States -----------------------------------------------------------------------------------------------------------


def test_a_clock_lapses_by_time_alone() -> None:
    """The FIR goes on the website within 24 hours: the last instant is in time, the next one isn't."""
    clock = only("fir-web", clocks(fir("2026-07-02 09:00", "BNS 303(2)")))
    assert clock.due_at == at("2026-07-03 09:00")
    assert clock.state(at("2026-07-02 09:00")) == "open"
    assert clock.state(clock.due_at) == "open"
    assert clock.state(clock.lapses_from) == "lapsed"
    assert clock.state(None) == "open"
    assert clock.state_at(clock.lapses_from) == "lapsed"
    assert clock.alarms == (at("2026-07-03 03:00"),)


@pytest.mark.parametrize(
    ("done", "recorded", "state"),
    [
        ("2026-07-03 09:00", "2026-07-03 09:00", "met"),
        ("2026-07-03 09:00", "2026-07-03 09:01", "entered late"),
        ("2026-07-02 10:00", "2026-07-09 10:00", "entered late"),
        ("2026-07-03 09:01", "2026-07-03 09:02", "met late"),
    ],
)
def test_an_act_in_time_may_be_entered_late(done: str, recorded: str, state: str) -> None:
    """The act counts by its own time; that it was written down after the end is a fault of its own."""
    found = clocks(fir("2026-07-02 09:00", "BNS 303(2)"), fact("FIRPublished", done, recorded))
    clock = only("fir-web", found)
    assert clock.state(at("2026-08-01")) == state
    assert clock.state(None) == state
    assert clock.met_at == at(done)
    assert clock.recorded_at == at(recorded)
    assert ("recorded only on" in told(clock)) is (state == "entered late")


def test_before_it_was_known_it_had_lapsed() -> None:
    """`known_at` gives what an officer could have known that day; `as_of` what had happened by then."""
    facts = fir("2026-07-02 09:00", "BNS 303(2)"), fact("FIRPublished", "2026-07-02 20:00", "2026-07-05 10:00")
    fourth = at("2026-07-04")
    assert only("fir-web", clocks(*facts, known_at=fourth)).state(fourth) == "lapsed"
    assert only("fir-web", clocks(*facts, as_of=fourth)).state(fourth) == "entered late"
    assert only("fir-web", clocks(*facts, as_of=at("2026-07-02 19:00"))).state(fourth) == "lapsed"
    assert clocks(*facts, as_of=at("2026-07-02 08:59")) == ()
    assert clocks(*facts, known_at=at("2026-07-02 09:04")) == ()


def test_an_entry_that_was_struck_counts_no_more() -> None:
    """From when the correction is known, whatever its own date; a struck correction strikes nothing."""
    first, wrong = fir("2026-07-02 09:00", "BNS 303(2)"), fact("FIRPublished", "2026-07-02 20:00")
    strikes = fact("EntryCorrected", "2026-07-06", entry=wrong.entry_id, reason="wrong record")
    restores = fact("EntryCorrected", "2026-07-08", entry=strikes.entry_id, reason="it was right")
    assert only("fir-web", clocks(first, wrong, strikes)).state(None) == "open"
    assert only("fir-web", clocks(first, wrong, strikes, restores)).state(None) == "met"
    assert only("fir-web", clocks(first, wrong, strikes, as_of=at("2026-07-03"))).met_at is None
    assert only("fir-web", clocks(first, wrong, strikes, known_at=at("2026-07-05"))).state(None) == "met"
    assert clocks(first, fact("EntryCorrected", "2026-07-06", entry=first.entry_id)) == ()


# The FIR on the website --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("difficulty", "hours"), [("connectivity", 48), ("geography", 72)])
def test_a_difficulty_lengthens_the_publication(difficulty: str, hours: int) -> None:
    """48 hours for want of connectivity, 72 only where geography is why; noted before the time is over."""
    facts = fir("2026-07-02 09:00", "BNS 303(2)"), fact("PublicationDelayed", "2026-07-02 15:00", difficulty=difficulty)
    clock = only("fir-web", clocks(*facts))
    assert clock.due_at == at("2026-07-02 09:00") + timedelta(hours=hours)
    assert clock.extended
    assert clock.state(at("2026-07-02 14:00")) == "open"
    assert clock.state(at("2026-07-03 10:00")) == "extended"
    assert clock.state(at("2026-07-06")) == "lapsed"


def test_a_difficulty_noted_after_the_lapse_lengthens_nothing() -> None:
    """But geography may still be noted in the second day, once connectivity was in the first."""
    start = fir("2026-07-02 09:00", "BNS 303(2)")
    late = fact("PublicationDelayed", "2026-07-03 10:00", difficulty="geography")
    clock = only("fir-web", clocks(start, late))
    assert clock.due_at == at("2026-07-03 09:00")
    assert "came after the lapse and lengthens nothing" in told(clock)
    first = fact("PublicationDelayed", "2026-07-02 10:00", difficulty="connectivity")
    assert only("fir-web", clocks(start, first, late)).due_at == at("2026-07-05 09:00")


@pytest.mark.parametrize(
    ("rank", "exempt"),
    [
        ("DySP", True), ("Dy. S.P.", True), ("Deputy Superintendent of Police", True), ("SDOP", True), ("SP", True),
        ("Superintendent of Police", True), ("DIG", True), ("IGP", True), ("District Magistrate", True),
        ("Inspector", False), ("SHO", False), ("SI", False), ("TI", False), ("", False), ("Constable", False),
    ],
)  # fmt: skip
def test_who_may_withhold_an_fir(rank: str, exempt: bool) -> None:
    """Not below the rank of Deputy Superintendent of Police, or the District Magistrate."""
    withheld = fact("PublicationWithheld", "2026-07-02 12:00", decided_by_rank=rank, reason_class="POCSO")
    clock = only("fir-web", clocks(fir("2026-07-02 09:00", "POCSO 6"), withheld))
    assert clock.state(at("2026-07-04")) == ("exempted" if exempt else "lapsed")
    assert clock.exempted_by == (withheld.entry_id if exempt else "")
    if exempt:
        assert f"the duty fell away with case.PublicationWithheld ({rank})" in told(clock)


def test_ranks_that_the_register_takes_for_a_dysp_exempt() -> None:
    """The list in the rule and the register's own are one."""
    from domain.case.ranks import DYSP_OR_ABOVE  # noqa: PLC0415

    listed = BOOK["fir-web"].exempts[0].when[0]
    assert [rank for rank in DYSP_OR_ABOVE if not listed.holds({"decided_by_rank": rank})] == []


def test_a_late_decision_to_withhold_undoes_no_lapse() -> None:
    """It stands in the explanation."""
    withheld = fact("PublicationWithheld", "2026-07-05", decided_by_rank="SP")
    clock = only("fir-web", clocks(fir("2026-07-02 09:00", "POCSO 6"), withheld))
    assert clock.state(at("2026-07-06")) == "lapsed"
    assert "doesn't undo it" in told(clock)


def test_a_judgment_read_in_secondary_sources_says_so() -> None:
    """And that nobody has reviewed it."""
    lines = told(only("fir-web", clocks(fir("2026-07-02 09:00"))))
    assert "its text was read in secondary sources only" in lines
    assert "no lawyer has reviewed this rule" in lines


# Arrest and custody ------------------------------------------------------------------------------------------------


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
    everybody = clocks(*facts, fact("FinalReportFiled", "2026-02-03", kind="mistake of fact", court="JMFC", number="1"))
    assert {each.state(None) for each in of("def-bail", everybody)} == {"met"}


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


# The two months, medical examination, sanction, and the rest --------------------------------------------------------


def test_two_months_are_counted_for_the_listed_sections_only() -> None:
    """BNS 69 is not in the list; a listed section added later counts from the date of the information."""
    assert of("inv-2m", clocks(fir("2026-12-31", "BNS 69"))) == []
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
    assert {each.rule for each in found.refused} == {"progress-90", "search-48", "sanction-120"}
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
    assert all(each.start_is_a_setting for each in of("rape-med-rep-7", found))
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


# Out of order --------------------------------------------------------------------------------------------------------


def test_a_stop_before_its_start_stops_nothing() -> None:
    """Unless the rule says that an early act counts."""
    found = clocks(fir("2026-07-02 09:00", "BNS 303(2)"), fact("ProgressToldToVictim", "2026-07-01", person="V1"))
    assert only("progress-90", found).met_at is None


def test_a_stop_of_the_same_moment_stops() -> None:
    """An import may know the day alone."""
    found = clocks(fact("FIRPublished", "2026-07-02"), fir("2026-07-02", "BNS 303(2)"))
    assert only("fir-web", found).state(None) == "met"


def test_twenty_starts_and_stops_are_no_matter() -> None:
    """The first start of the record counts, and the first stop after it."""
    starts = [fir(f"2026-07-{day:02d} 09:00", "BNS 303(2)") for day in range(20, 0, -1)]
    stops = [fact("FIRPublished", f"2026-07-{day:02d} 08:00") for day in range(20, 0, -1)]
    clock = only("fir-web", clocks(*starts, *stops))
    assert (clock.opened_at, clock.met_at) == (at("2026-07-01 09:00"), at("2026-07-02 08:00"))
    arrests = [fact("AccusedArrested", f"2026-07-{day:02d} 09:00", accused="A1", **ARREST) for day in range(1, 21)]
    assert len(of("prod-24", clocks(*arrests))) == 20


@pytest.mark.parametrize("year", [1, 9999])
def test_impossible_years_break_nothing(year: int) -> None:
    """A slip of the pen in a year is told by the act; here it only must not hurt."""
    when = datetime(year, 12 if year > 1 else 1, 31 if year > 1 else 1, tzinfo=UTC)
    acts = ("FIRRegistered", "AccusedArrested", "AccusedProduced", "AccusedRemanded", "BailGranted", "SectionsAltered")
    values = {
        "accused": "A1",
        "sections": ["BNS 64"],
        "journey_hours": "9999",
        "victims.code": ["V1"],
        "kind": "regular",
    }
    facts = [Fact(f"case.{act}", f"x{n}", when, when, frozenset(), values) for n, act in enumerate(acts)]
    for zone in (ZONE, UTC, ZoneInfo("America/Los_Angeles"), ZoneInfo("Pacific/Auckland")):
        found = evaluate(BOOK, [*facts, fir("2026-01-01", "BNS 64")], zone)
        for clock in found:
            assert clock.explain
            assert clock.alarms
            assert clock.state(when)


def test_nonsense_in_columns_breaks_nothing() -> None:
    """Wrong types, lists in lists, empty texts: a clock or none, never an error."""
    odd: list[object] = [None, "", [], [None], [[]], {}, 0, -1, True, "x" * 1000, ["BNS 64", 7], 1.5]
    acts = {trigger.fact for rule in BOOK.rules.values() for trigger in rule.triggers()}
    columns = {column for wanted in BOOK.interests.values() for column in wanted}
    facts = [
        Fact(name, f"{name}{n}", at("2026-07-02"), at("2026-07-03"), frozenset(), dict.fromkeys(columns, value))
        for n, value in enumerate(odd)
        for name in sorted(acts)
    ]
    for clock in evaluate(BOOK, facts, ZONE):
        assert clock.explain


# Facts ---------------------------------------------------------------------------------------------------------------


def test_a_fact_survives_json() -> None:
    """As a view keeps it and reads it again."""
    one = fact("AccusedProduced", "2026-07-02 09:00", accused="A1", journey_hours="3.5")
    kept = one.to_json()
    assert Fact.from_json(kept) == one
    assert kept[0] == "case.AccusedProduced"


def test_only_wanted_columns_are_taken_from_an_act() -> None:
    """And a nested one by its path; a sealed name is never touched."""

    class Victim:
        code = "V1"

        @property
        def victim_name(self) -> str:
            """Nobody may read it."""
            raise AssertionError

    class Act:
        victims = (Victim(), Victim())
        sections = ("BNS 64",)
        received = at("2026-07-02")
        empty = None

    wanted = ["victims.code", "sections", "received", "empty", "missing"]
    values = columns_of(Act(), wanted)
    assert values == {"victims.code": ["V1", "V1"], "sections": ["BNS 64"], "received": "2026-07-01T18:30:00+00:00"}
    meta = Meta(entry_id=UUID(int=7), occurred_at=at("2026-07-02"), recorded_at=at("2026-07-03"))
    found = Fact.of("case.FIRRegistered", ["TellsOfOffence"], meta, values)
    assert (found.entry_id, found.also) == (str(UUID(int=7)), {"TellsOfOffence"})


def test_a_trait_starts_a_clock() -> None:
    """Rules react to traits, so that tomorrow's act is counted by today's rule."""
    text = """
rule: any
per: accused
starts: ConcernsAccused
stops: [case.Done]
repeats: first
governed_by: start
counting: months
closed_days: do-not-extend
versions: [{from: "2000-01-01", law: "Act s.1", limit: 1 month}]
"""
    book = load_book_from({"any.yaml": text})
    one = Fact("case.New", "1", at("2026-01-31"), at("2026-01-31"), frozenset({"ConcernsAccused"}), {"accused": "A1"})
    assert only("any", evaluate(book, [one], ZONE)).last_day == date(2026, 2, 28)
