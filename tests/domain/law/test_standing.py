"""A clock that stands still: on bail, or while the rule doesn't apply to the sections of the case, nothing lapses."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.law.clock import Fact
from tests.domain.law.kit import ARREST, ZONE, at, clocks, fact, fir, of, only, remanded, told

CHEATING, MURDER, HEROIN = "BNS 318(4)", "BNS 103(1)", "NDPS 21(c)"
BEGIN = date(2026, 1, 1)
LATER = at("2027-06-01")


def bail(when: str) -> Fact:
    """Bail of the accused."""
    return fact("BailGranted", when, accused="A1", kind="regular")


def altered(when: str, *sections: str) -> Fact:
    """Another list of sections."""
    return fact("SectionsAltered", when, sections=list(sections))


def test_sections_altered_on_bail_count_when_custody_begins_again() -> None:
    """Ten days in custody; on bail it becomes murder: the ninetieth day is the eightieth of the new remand."""
    facts = fir("2026-01-01", CHEATING), remanded("A1", "2026-01-01 12:00"), bail("2026-01-10")
    murder = altered("2026-06-01", MURDER)
    clock = only("def-bail", clocks(*facts, murder, remanded("A1", "2026-06-15 12:00")))
    assert (clock.last_day, clock.state(at("2026-08-15"))) == (date(2026, 9, 2), "open")
    assert "came after the lapse" not in told(clock)
    assert only("def-bail", clocks(*facts, murder)).state(LATER) == "overtaken"


def test_a_time_extended_on_bail_is_no_late_one() -> None:
    """Its order comes after the ninetieth day by the calendar, but in the tenth of the custody."""
    facts = fir("2026-01-01", "UAPA 16"), remanded("A1", "2026-01-01 12:00"), bail("2026-01-10")
    order = fact("TimeExtended", "2026-06-01", provision="UAPA 43D(2)", days=90, accused=["A1"], order_number="O/1")
    clock = only("uapa-180", clocks(*facts, order, remanded("A1", "2026-06-15 12:00")))
    assert clock.last_day == date(2026, 6, 15) + timedelta(days=169)


def test_lesser_sections_on_bail_make_no_lapse_of_the_past() -> None:
    """Seventy days of ninety, then bail, and a year later an offence of sixty: nobody was held too long."""
    facts = (
        fir("2026-01-01", MURDER),
        remanded("A1", "2026-01-01 12:00"),
        bail("2026-03-11"),
        altered("2027-01-01", CHEATING),
    )
    assert only("def-bail", clocks(*facts)).state(LATER) == "overtaken"
    again = only("def-bail", clocks(*facts, remanded("A1", "2027-02-01 12:00")))
    assert again.state(at("2027-02-01 13:00")) == "lapsed"


def test_a_remand_starts_no_clock_again_that_the_sections_have_left() -> None:
    """On bail a commercial quantity is found: after the new remand 180 days run, and not ninety beside them."""
    facts = fir("2026-01-01", CHEATING), remanded("A1", "2026-01-01 12:00"), bail("2026-01-10")
    found = clocks(*facts, altered("2026-02-01", HEROIN), remanded("A1", "2026-06-15 12:00"))
    assert only("def-bail", found).state(LATER) == "overtaken"
    assert only("ndps-180", found).last_day == date(2026, 6, 15) + timedelta(days=169)


def test_sections_that_come_back_end_no_bail() -> None:
    """They left and came back while he was free: the days at liberty are counted by neither."""
    left, back = altered("2026-01-05", HEROIN), altered("2026-01-15", CHEATING)
    facts = fir("2026-01-01", CHEATING), remanded("A1", "2026-01-01 12:00"), left, bail("2026-01-10"), back
    clock = only("def-bail", clocks(*facts, remanded("A1", "2026-04-10 12:00")))
    assert (clock.last_day, clock.state(at("2026-05-29"))) == (date(2026, 5, 29), "open")


def test_what_was_done_before_a_section_came_is_not_late_under_it() -> None:
    """A report on day 74 is in time while no listed section is in the case; so is one within the 180 days."""
    report = fact("ChargesheetAcknowledged", "2026-03-15", accused=["A1"])
    facts = fir("2026-01-01", "BNS 74"), report, altered("2026-05-01", "BNS 64(1)")
    assert of("inv-2m", clocks(*facts)) == []
    late = only("inv-2m", clocks(facts[0], facts[2]))
    assert late.state(at("2026-05-02")) == "lapsed"
    assert "changes the sections to BNS 64(1)" in told(late)
    drugs = fir("2026-01-01", HEROIN), remanded("A1", "2026-01-01 12:00"), altered("2026-06-20", "NDPS 21(b)")
    in_time = fact("ChargesheetAcknowledged", "2026-05-30", accused=["A1"])
    assert only("ndps-180", clocks(*drugs, in_time)).state(LATER) == "met"
    assert of("def-bail", clocks(*drugs, in_time)) == []
    assert only("def-bail", clocks(*drugs)).state(LATER) == "lapsed"


def test_what_was_done_before_the_fir_tells_its_sections_counts() -> None:
    """A search and its report before the FIR: what was only believed then takes no clock away."""
    search = fact("SearchRecorded", "2026-01-01 10:00", search="S1", under="NDPS 42")
    sent = fact("SuperiorInformed", "2026-01-01 12:00", under="NDPS 42(2)")
    believed = fact("InformationReceived", "2026-01-01 09:00", mode="oral", sections=["BNS 303(2)"])
    for before in ([], [believed]):
        found = clocks(*before, search, sent, fir("2026-01-01 14:00", HEROIN))
        assert only("ndps-42", found).state(LATER) == "met"


def test_an_arrest_before_the_fir_has_its_half_of_the_term() -> None:
    """The longest term stands in the FIR; so where a first list tells no term and a later one does."""
    arrest = fact("AccusedArrested", "2026-01-01 10:00", accused="A1", **ARREST)
    first, later = fir("2026-01-01 12:00", CHEATING), altered("2026-03-01", CHEATING)
    assert only("ut-half", clocks(arrest, first)).last_day == date(2029, 7, 1)
    for other in ("FOREIGN 1", MURDER):
        clock = only("ut-half", clocks(fir("2026-01-01 08:00", other), arrest, later))
        assert (clock.last_day, clock.state(at("2028-01-01"))) == (date(2029, 7, 1), "open")
    refused = clocks(fir("2026-01-01 08:00", "FOREIGN 1"), arrest).refused
    assert "no table of offences has FOREIGN 1" in next(each.why for each in refused if each.rule == "ut-half")


def test_a_case_that_came_from_elsewhere_is_for_the_sections_it_came_with() -> None:
    """Murder received from another station has ninety days; what the record itself says goes before it."""
    received = fact("CaseReceived", "2026-01-01", from_station="CG-RPR-01", sections=[MURDER])
    start = remanded("A1", "2026-01-01 12:00")
    assert only("def-bail", clocks(received, start)).last_day == date(2026, 3, 31)
    drugs = fact("FIRReceivedByStation", "2026-01-01", from_station="CG-RPR-01", sections=[HEROIN])
    found = clocks(drugs, start)
    assert (of("def-bail", found), only("ndps-180", found).last_day) == ([], date(2026, 6, 29))
    assert only("def-bail", clocks(fir("2025-12-31", CHEATING), received, start)).last_day == date(2026, 3, 1)
    assert only("def-bail", clocks(received, start, altered("2026-02-01", CHEATING))).last_day == date(2026, 3, 1)
    left = altered("2026-06-20", CHEATING), fact("ChargesheetAcknowledged", "2026-05-30", accused=["A1"])
    assert of("def-bail", clocks(drugs, start, *left)) == []


def test_a_section_that_no_table_has_is_told_when_it_is_added() -> None:
    """The class isn't known any more, and the shorter time stands."""
    facts = (
        fir("2026-01-01", CHEATING),
        remanded("A1", "2026-01-01 12:00"),
        altered("2026-02-01", CHEATING, "FOREIGN x"),
    )
    assert "no table has FOREIGN x" in told(only("def-bail", clocks(*facts)))


LIMITS = {CHEATING: 60, MURDER: 90}
KINDS = st.sampled_from(["bail", "bail", "remand", "remand", CHEATING, MURDER, HEROIN])


def held_too_long(sections: str, events: dict[int, str]) -> bool:
    """Day after day, with a finger on the calendar: whether a day in custody was one too many."""
    free, days = False, 0
    for day in range(400):
        if not free and days >= LIMITS.get(sections, 400):
            return True
        within, event = not free, events.get(day, "")
        free = event == "bail" or (free and event != "remand")
        sections = event if event in {*LIMITS, HEROIN} else sections
        days += within or not free
    return False


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([CHEATING, MURDER, HEROIN]), st.dictionaries(st.integers(1, 200), KINDS, max_size=7))
def test_custody_counted_with_a_finger_comes_to_the_same(sections: str, events: dict[int, str]) -> None:
    """Any life of remands, bails and other sections: default bail falls due exactly when a day is one too many."""
    facts = [fir("2026-01-01 01:00", sections), remanded("A1", "2026-01-01 12:00")]
    for day, event in events.items():
        when = f"{BEGIN + timedelta(days=day)} 10:00"
        made = {"bail": bail, "remand": lambda when: remanded("A1", when)}.get(event)
        facts.append(made(when) if made else altered(when, event))
    end = at(str(BEGIN + timedelta(days=399)))
    found = [each.state(end) for each in of("def-bail", clocks(*facts, zone=ZONE))]
    assert ("lapsed" in found) is held_too_long(sections, events), found
