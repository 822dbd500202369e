"""Days by the calendar on the wall, hours by the clock, months to the corresponding date."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.common.days import corresponding
from domain.law.counting import Counting, end_of
from domain.law.due import due
from domain.law.grammar import Span
from domain.law.rule import BadQuestion, UnknownLaw
from tests.domain.law.kit import BOOK, ZONE

EARLY, LATE = datetime(1980, 1, 1), datetime(2090, 1, 1)
BERLIN, AUCKLAND = ZoneInfo("Europe/Berlin"), ZoneInfo("Pacific/Auckland")
SANTIAGO = ZoneInfo("America/Santiago")


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [
        ("2026-12-31", 2, "2027-02-28"),
        ("2027-12-31", 2, "2028-02-29"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2026-01-30", 1, "2026-02-28"),
        ("2028-01-30", 1, "2028-02-29"),
        ("2026-02-28", 1, "2026-03-28"),
        ("2026-05-31", 1, "2026-06-30"),
        ("2026-11-15", 2, "2027-01-15"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("9999-12-01", 2, "9999-12-31"),
    ],
)
def test_a_month_ends_on_the_corresponding_date(start: str, months: int, last: str) -> None:
    """Or on the month's last day when there is none (General Clauses Act s.3(35))."""
    assert corresponding(date.fromisoformat(start), months).isoformat() == last


def test_days_are_not_elapsed_hours() -> None:
    """Sixty days over a change to summer time end on the sixtieth date, whatever the hours between."""
    start = datetime(2026, 3, 1, 0, 30, tzinfo=BERLIN)
    term = Counting("days-first-excluded", BERLIN).term(Span(60, "day"), start)
    assert term.last_day == date(2026, 4, 30)
    assert term.due_at == datetime(2026, 4, 30, 21, 59, 59, 999999, tzinfo=UTC)
    assert term.lapses_from - term.due_at == timedelta(microseconds=1)


def test_hours_are_elapsed_hours() -> None:
    """Twenty-four hours are twenty-four, also in the night in which the clock is put forward."""
    start = datetime(2026, 3, 28, 12, 0, tzinfo=BERLIN)
    term = Counting("hours", BERLIN).term(Span(24, "hour"), start)
    assert term.due_at - start == timedelta(hours=24)
    assert term.due_at.astimezone(BERLIN) == datetime(2026, 3, 29, 13, 0, tzinfo=BERLIN)


def test_the_same_moment_may_be_another_day_elsewhere() -> None:
    """A remand at 23:30 by the clock of India is on the next day in Auckland: the zone is part of the question."""
    start = datetime(2026, 1, 1, 23, 30, tzinfo=ZONE)
    here, there = (due(BOOK["def-bail"], start, {}, None, zone) for zone in (ZONE, AUCKLAND))
    assert (here.last_day, there.last_day) == (date(2026, 3, 1), date(2026, 3, 2))


@pytest.mark.parametrize("zone", [ZONE, BERLIN, AUCKLAND, ZoneInfo("America/Los_Angeles"), UTC], ids=str)
@pytest.mark.parametrize("year", [1, 2, 1971, 9998, 9999])
@pytest.mark.parametrize("way", ["hours", "days-first-included", "days-first-excluded", "months", "forthwith"])
def test_impossible_years_count_to_the_end_of_the_calendar(zone: ZoneInfo, year: int, way: str) -> None:
    """An entry dated in the year 1 or 9999 is wrong, and breaks nothing."""
    unit = {"hours": "hour", "months": "month", "forthwith": "hour"}.get(way, "day")
    counting = Counting(way, zone, frozenset({date(9999, 12, 31), date(9999, 12, 30)}))
    for month, day, hour in ((1, 1, 0), (12, 31, 23)):
        for span in (Span(1, unit), Span(99999, unit)):
            term = counting.term(span, datetime(year, month, day, hour, 59, tzinfo=UTC))
            assert term.due_at.tzinfo is not None
            assert term.lapses_from >= term.due_at


@given(
    st.datetimes(EARLY, LATE, timezones=st.sampled_from([UTC, ZONE, BERLIN])),
    st.integers(1, 400),
)
def test_a_day_is_one_day_longer_when_the_first_is_left_out(start: datetime, days: int) -> None:
    """Whatever the day, the zone and the length; and a term ends with its last day."""
    for zone in (ZONE, BERLIN, AUCKLAND, SANTIAGO):
        with_first = Counting("days-first-included", zone).term(Span(days, "day"), start)
        without = Counting("days-first-excluded", zone).term(Span(days, "day"), start)
        assert without.last_day - with_first.last_day == timedelta(days=1)
        assert with_first.last_day == start.astimezone(zone).date() + timedelta(days=days - 1)
        assert end_of(with_first.last_day, zone)[0] == with_first.due_at
        assert with_first.due_at.astimezone(zone).date() == with_first.last_day
        assert with_first.lapses_from.astimezone(zone).date() > with_first.last_day


@pytest.mark.parametrize(
    ("zone", "day", "lapses_from"),
    [
        ("America/Santiago", "2026-04-04", "2026-04-05T04:00Z"),
        ("Africa/Cairo", "2026-10-29", "2026-10-29T22:00Z"),
        ("Asia/Beirut", "2026-10-24", "2026-10-24T22:00Z"),
        ("America/Santiago", "2026-09-05", "2026-09-06T04:00Z"),
        ("Asia/Kolkata", "2026-04-04", "2026-04-04T18:30Z"),
    ],
)
def test_a_day_ends_with_its_last_hour(zone: str, day: str, lapses_from: str) -> None:
    """Where clocks go back at midnight 23:59 comes twice; where they go forward, midnight doesn't come at all."""
    last, late = end_of(date.fromisoformat(day), ZoneInfo(zone))
    assert (late, late - last) == (datetime.fromisoformat(lapses_from), timedelta(microseconds=1))
    assert [each.astimezone(ZoneInfo(zone)).date() - date.fromisoformat(day) for each in (last, late)] == [
        timedelta(0), timedelta(days=1)
    ]  # fmt: skip


def test_a_closed_court_moves_an_act_to_be_done_there() -> None:
    """General Clauses Act s.10: the next open day; only where the rule says so."""
    closed = frozenset({date(2026, 3, 6), date(2026, 3, 7), date(2026, 3, 8)})
    moved = Counting("days-first-excluded", ZONE, closed).term(Span(14, "day"), datetime(2026, 2, 20, 9, tzinfo=ZONE))
    assert (moved.counted, moved.last_day) == (date(2026, 3, 6), date(2026, 3, 9))


@pytest.mark.parametrize(
    ("rule", "start", "attrs", "told"),
    [
        ("prod-24", date(2026, 1, 1), {}, "rule prod-24 counts hours: give the start with its time"),
        ("def-bail", EARLY, {}, "has no time zone"),
        ("def-bail", date(2026, 1, 1), {"clas90": True}, "rule def-bail knows no attribute 'clas90'; it uses class90"),
        ("progress-90", date(2026, 1, 1), {"days": 3}, "rule progress-90 knows no attribute 'days'; it uses none"),
        ("prod-24", datetime(2026, 1, 1, tzinfo=ZONE), {"journey_hours": "long"}, "journey_hours: 'long' is no number"),
        ("prod-24", datetime(2026, 1, 1, tzinfo=ZONE), {"journey_hours": -1}, "journey_hours: -1 is no number"),
        ("prod-24", datetime(2026, 1, 1, tzinfo=ZONE), {"journey_hours": "NaN"}, "is no number from 0 to 10000"),
        ("prod-24", datetime(2026, 1, 1, tzinfo=ZONE), {"journey_hours": True}, "journey_hours: True is no number"),
        ("def-bail", date(2026, 1, 1), {"proceeding_began": "long ago"}, "proceeding_began: 'long ago' is no day"),
        ("def-bail", date(2026, 1, 1), {"class90": True, "offence.class90": False}, "an attribute is given twice"),
        ("def-bail", date(2026, 1, 1), {"sections": " ; "}, "sections: ' ; ' names none"),
        ("uapa-180", date(2026, 1, 1), {"extended_by_days": "1.5"}, "extended_by_days: '1.5' is no whole number"),
    ],
)
def test_a_question_without_sense_is_told_so(rule: str, start: date, attrs: dict[str, object], told: str) -> None:
    """A date is never guessed from half a question."""
    with pytest.raises(BadQuestion, match=told.replace("(", r"\(")):
        due(BOOK[rule], start, attrs, None, ZONE)


def test_a_rule_known_not_to_apply_gives_no_date() -> None:
    """The fourteen days are for offences of three to less than seven years."""
    with pytest.raises(UnknownLaw, match="rule prelim does not apply"):
        due(BOOK["prelim"], date(2026, 1, 1), {"min3_below7": False}, None, ZONE)


def test_what_picks_the_version() -> None:
    """The proceeding's beginning, given either way; by default the start (BNSS s.531(2)(a))."""
    rule, start = BOOK["def-bail"], date(2024, 8, 1)
    assert due(rule, start, {}, None, ZONE).version == "2024-07-01"
    assert due(rule, start, {}, date(2024, 6, 30), ZONE).version == "1978-12-18"
    assert due(rule, start, {"proceeding_began": "2024-06-30"}, None, ZONE).version == "1978-12-18"
    late = {"proceeding_began": "2024-06-30T19:00:00Z"}
    assert due(rule, start, late, None, ZONE).version == "2024-07-01", "by then it is 1 July where the case is"
    assert due(rule, date(2024, 6, 30), {}, None, ZONE).version == "1978-12-18"


def test_a_rule_that_its_start_governs_takes_no_other_date() -> None:
    """The explanation says that the start picked the version, and so it has."""
    rule, start = BOOK["efir-sign"], date(2026, 3, 1)
    with pytest.raises(BadQuestion, match="rule efir-sign is governed by the date of its start, 2026-03-01"):
        due(rule, start, {}, date(2024, 7, 5), ZONE)
    answer = due(rule, start, {"proceeding_began": "2020-01-01"}, None, ZONE)
    told = [line.en for line in answer.explain]
    assert any("by the date of the start, 1 March 2026" in line for line in told)
    assert "not used by this rule: proceeding_began" in told


@pytest.mark.parametrize(
    ("rule", "sections", "last_day"),
    [
        ("def-bail", "BNS 103(1), BNS 61(2)", "2026-03-31"),
        ("def-bail", ["BNS 318(4)"], "2026-03-01"),
        ("def-bail", "FOREIGN 1", "2026-03-01"),
        ("uapa-180", "BNS 61(2); UAPA 16", "2026-03-31"),
        ("ndps-180", "NDPS 21(c);BNS 61(2)", "2026-06-29"),
        ("ut-half", "BNS 318(4)", "2029-07-01"),
        ("def-bail", "UAPA 16", None),
        ("def-bail", "BNS 61(2), NDPS 21(c)", None),
        ("uapa-180", "BNS 103(1)", None),
    ],
)
def test_sections_may_be_asked_instead_of_what_is_computed_of_them(
    rule: str, sections: object, last_day: str | None
) -> None:
    """A section lies in its Act: under UAPA 16 there are no sixty days. What no table has is told."""
    given = {"sections": sections}
    if last_day is None:
        with pytest.raises(UnknownLaw, match=f"rule {rule} does not apply"):
            due(BOOK[rule], date(2026, 1, 1), given, None, ZONE)
        return
    answer = due(BOOK[rule], date(2026, 1, 1), given, None, ZONE)
    assert answer.last_day.isoformat() == last_day
    told = " ".join(line.en for line in answer.explain)
    assert ("no table has FOREIGN 1" in told) is (sections == "FOREIGN 1")
    assert "not used by this rule" not in told


def test_what_is_not_known_is_told() -> None:
    """Without a class the shorter time stands, and the explanation says why; an attribute of no use is told too."""
    answer = due(BOOK["def-bail"], date(2026, 1, 1), {"difficulty": "geography"}, None, ZONE)
    lines = [line.en for line in answer.explain]
    assert any("not known, so the limit for “otherwise” is taken" in line for line in lines)
    assert "not used by this rule: difficulty" in lines
    assert answer.to_json()["explain"][0].keys() == {"en", "hi"}


ADDS = """
rule: long
starts: start
stops: [stop]
governed_by: start
counting: days-first-excluded
closed_days: do-not-extend
extends: [{fact: order, adds: days, noted: before-lapse}]
versions: [{from: "2000-01-01", law: "Act s.1", limit: 90 days}]
"""


def test_days_of_extension_are_added() -> None:
    """`extended_by_days` lengthens a rule that knows extensions by days."""
    from domain.law.book import load_book_from  # noqa: PLC0415

    rule = load_book_from({"long.yaml": ADDS})["long"]
    assert due(rule, date(2026, 1, 1), {"extended_by_days": 30}, None, ZONE).last_day == date(2026, 5, 1)
    assert due(rule, date(2026, 1, 1), {}, None, ZONE).last_day == date(2026, 4, 1)
