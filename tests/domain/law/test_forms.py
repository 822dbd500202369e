"""What a plain length of time can't say: a share of a term, days added up within a window, a look back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.law.clock import Fact, Reckoning
from domain.law.counting import day_of
from domain.law.due import due
from domain.law.grammar import NotKnown, Share, Span, limit_of
from domain.law.rule import BadQuestion
from tests.domain.law.kit import BOOK, ZONE, at, clocks, fact, fir, only, told

ARREST = {"accused": "A1", "status": "arrested and forwarded", "manner": "arrested"}
HALF = {"share": "1/2", "of": "offence.max_years"}


def remand(when: str, custody: str = "police", accused: str = "A1") -> Fact:
    """An order of custody."""
    return fact("AccusedRemanded", when, accused=accused, custody=custody)


def held(*sections: str, when: str = "2026-08-31 10:00", **more: Any) -> Reckoning:
    """The clocks of somebody arrested in a case of these sections."""
    return clocks(fir("2026-08-01", *sections), fact("AccusedArrested", when, **{**ARREST, **more}))


@pytest.mark.parametrize(
    ("years", "part", "span"),
    [
        (3, "1/2", Span(18, "month")), (7, "1/3", Span(28, "month")), (10, "1/1", Span(120, "month")),
        (1, "1/3", Span(4, "month")), (0.5, "1/3", Span(2, "month")), (0.25, "1/2", Span(45, "day")),
        (0.0833, "1/2", Span(15, "day")), (0.00274, "1/2", Span(1, "day")), ("7", "1/2", Span(42, "month")),
    ],
)  # fmt: skip
def test_a_share_is_whole_months_or_days(years: object, part: str, span: Span) -> None:
    """Half of three years are eighteen months; half of three months are forty-five days."""
    limit = limit_of({"share": part, "of": "offence.max_years"}, "months")
    assert limit.pick({"offence.max_years": years}) == (span, ())


@pytest.mark.parametrize("years", [None, 0, -1, "many", True])
def test_a_share_of_nothing_known_is_refused(years: object) -> None:
    """No term, no fine only, no word."""
    with pytest.raises(NotKnown, match="can't be counted"):
        limit_of(HALF, "months").pick({"offence.max_years": years})
    assert isinstance(limit_of(HALF, "months").spans()[0], Share)
    with pytest.raises(BadQuestion, match="max_years is not known"):
        due(BOOK["ut-full"], date(2026, 1, 1), {}, None, ZONE)


def test_half_the_term_and_a_third_for_a_first_time_offender() -> None:
    """Theft has three years: eighteen months, or twelve where the memo says that there was no conviction before."""
    assert only("ut-half", held("BNS 303(2) [first entry]")).last_day == date(2028, 2, 29)
    third = held("BNS 303(2) [first entry]", earlier_convictions="none")
    assert only("ut-half", third).last_day == date(2027, 8, 31)
    assert only("ut-full", third).last_day == date(2029, 8, 31)
    assert "1/3" not in told(only("ut-half", third))
    assert "12 months" in told(only("ut-half", third))


def test_who_is_not_let_out_after_half_the_term() -> None:
    """Death or life, or several offences, open no clock of half; common intention is no second offence."""
    assert {each.rule.id for each in held("BNS 103(1)")}.isdisjoint({"ut-half", "ut-full"})
    two = {each.rule.id for each in held("BNS 318(4)", "BNS 115(2)")}
    assert "ut-half" not in two
    assert "ut-full" in two
    assert only("ut-half", held("BNS 318(4)", "BNS 3(5)")).last_day == date(2030, 2, 28)


def test_a_term_nobody_knows_opens_no_clock_and_is_told() -> None:
    """No table has the section: the reason stands among what was refused."""
    found = held("Arms Act 25")
    assert "ut-full" not in {each.rule.id for each in found}
    assert [
        each for each in found.refused if each.rule == "ut-full" and "no table of offences has Arms Act 25" in each.why
    ]


def test_a_term_that_is_lost_later_stays_and_one_that_grows_moves_the_end() -> None:
    """Altered to a graver section the end moves; altered to one nobody knows it stays where it was."""
    start = [fir("2026-08-01", "BNS 115(2)"), fact("AccusedArrested", "2026-08-31", **ARREST)]
    last = only("ut-full", clocks(*start)).last_day
    graver = clocks(*start, fact("SectionsAltered", "2026-09-01", sections=["BNS 318(4)"]))
    assert only("ut-full", graver).last_day == date(2033, 8, 31) > last
    lost = clocks(*start, fact("SectionsAltered", "2026-09-01", sections=["Arms Act 25"]))
    assert only("ut-full", lost).last_day == last


def test_days_in_police_custody_are_added_up() -> None:
    """Five days, twenty elsewhere, and ten more: the fifteenth day is the tenth of the second part."""
    parts = [remand("2026-07-01"), remand("2026-07-05", "judicial"), remand("2026-07-25")]
    assert only("pc-15", clocks(fir("2026-06-30", "BNS 103(1)"), *parts)).last_day == date(2026, 8, 3)
    assert only("pc-15", clocks(fir("2026-06-30", "BNS 103(1)"), parts[0])).last_day == date(2026, 7, 15)
    gone = only("pc-15", clocks(fir("2026-06-30", "BNS 103(1)"), *parts[:2]))
    assert gone.state(at("2026-12-01")) == "overtaken"


@pytest.mark.parametrize(("section", "last"), [("BNS 303(2)", date(2026, 8, 9)), ("BNS 103(1)", date(2026, 8, 13))])
def test_no_day_of_it_lies_beyond_the_fortieth_or_sixtieth(section: str, last: date) -> None:
    """Begun on day 31 of the detention: nine days are left of forty, and all fifteen of sixty."""
    found = clocks(fir("2026-06-30", section), remand("2026-07-01", "judicial"), remand("2026-07-30"))
    clock = only("pc-15", found)
    assert clock.last_day == last
    assert ("not beyond 40 days" in told(clock)) is (last.day == 9)
    assert clock.state(at("2026-08-20")) == "lapsed"


def test_under_the_older_code_within_the_first_fifteen_days() -> None:
    """Beyond them only other custody may be ordered; another's remand moves nothing."""
    began = fir("2024-06-20", "IPC 379")
    found = clocks(began, remand("2024-07-01", "judicial"), remand("2024-07-10"), remand("2024-06-21", accused="A2"))
    clock = only("pc-15", found, "A1")
    assert (clock.last_day, clock.law) == (date(2024, 7, 15), "CrPC 1973 s.167(2)")


@pytest.mark.parametrize(
    ("section", "offence", "state"),
    [
        ("BNS 115(2)", "2025-07-02T23:00:00+05:30", "met"),
        ("BNS 115(2)", "2025-07-01T23:00:00+05:30", "met late"),
        ("BNS 303(2) [first entry]", "2023-07-02T10:00:00+05:30", "met"),
        ("BNS 303(2) [first entry]", "2023-07-01T10:00:00+05:30", "met late"),
        ("BNS 292", "2026-01-01T10:00:00+05:30", "met late"),
    ],
)
def test_limitation_looks_back_to_the_offence(section: str, offence: str, state: str) -> None:
    """One year, three years, six months for a fine; the FIR that tells of the offence ends it."""
    clock = only("limitation", clocks(fir("2026-07-02 10:00", section, offence_to=offence)))
    assert clock.state(None) == state
    assert clock.met_at == at("2026-07-02 10:00")


def test_without_a_day_of_the_offence_nothing_is_looked_back_to() -> None:
    """Nor where it is dated after the FIR, nor for an offence of more than three years."""
    for section, offence in (("BNS 115(2)", None), ("BNS 115(2)", "2027-01-01T10:00:00+05:30"),
                             ("BNS 318(4)", "2020-01-01T10:00:00+05:30")):  # fmt: skip
        found = clocks(fir("2026-07-02 10:00", section, offence_to=offence))
        assert "limitation" not in {each.rule.id for each in found}


def test_the_older_code_counts_to_the_cognizance() -> None:
    """By its words; and the newer rule runs no clock in a case begun before."""
    start = fir("2024-06-28 10:00", "IPC 323", offence_to="2023-08-01T10:00:00+05:30")
    clock = only("limitation-468", clocks(start, fact("CognizanceTaken", "2024-08-02 10:00")))
    assert (clock.last_day, clock.state(None)) == (date(2024, 8, 1), "met late")
    assert "limitation" not in {each.rule.id for each in clocks(start)}


@pytest.mark.parametrize(("hour", "state"), [("04:30", "met"), ("04:00", "entered late"), ("03:59", "met late")])
def test_six_hours_from_a_private_arrest(hour: str, state: str) -> None:
    """Counted back from the memo to the hour of the private arrest; without it there is no clock."""
    memo = ARREST | {"manner": "made over by a private person"}
    began = fir("2026-07-01", "BNS 303(2)")
    made = fact("AccusedArrested", "2026-07-02 10:00", privately_arrested_at=f"2026-07-02T{hour}:00+05:30", **memo)
    assert only("priv-arr", clocks(began, made)).state(None) == state
    found = clocks(began, fact("AccusedArrested", "2026-07-02 10:00", **memo))
    assert "priv-arr" not in {each.rule.id for each in found}


def test_whether_a_rule_applies_is_told_when_nobody_says_so() -> None:
    """One computation without a case says too what it takes for granted."""
    lines = [line.en for line in due(BOOK["ut-half"], date(2026, 1, 1), {"max_years": 3}, None, ZONE).explain]
    assert "whether it applies is not known, so it is taken to: offence.several = false" in lines
    sure = due(BOOK["ut-full"], date(2026, 1, 1), {"max_years": 3, "death_or_life": False}, None, ZONE)
    assert not [line for line in sure.explain if "taken to" in line.en]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 70), st.booleans()), min_size=1, max_size=8),
    st.sampled_from(["BNS 103(1)", "BNS 303(2)"]),
)
def test_police_custody_is_never_longer_than_the_law_gives(orders: list[tuple[int, bool]], section: str) -> None:
    """Whatever the orders: at least day 15 of the first part or the window's end, and never beyond the window."""
    begin = at("2026-07-01 10:00")
    facts = [fir("2026-06-30", section)]
    for days, police in orders:
        when = (begin + timedelta(days=days)).astimezone(ZONE).strftime("%Y-%m-%d %H:%M")
        facts.append(remand(when, "police" if police else "judicial"))
    found = [each for each in clocks(*facts) if each.rule.id == "pc-15"]
    assert len(found) == int(any(police for _, police in orders))
    first = min(days for days, _ in orders)
    for clock in found:
        window = day_of(begin, ZONE) + timedelta(days=first + (60 if section == "BNS 103(1)" else 40) - 1)
        own = day_of(clock.opened_at, ZONE) + timedelta(days=14)
        assert min(own, window) <= clock.last_day <= window
