"""The view of the clocks: it folds what was told, and says of each clock when something is next to be told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.deadline.by_entry import Opened
from domain.deadline.by_time import Lapsed
from domain.deadline.sheet import ClockKey, Told, identity, stream_of
from domain.event import Event, changed
from domain.law.book import book_of, load_book
from domain.law.offences import packaged
from projections.case_state import CaseState
from projections.deadlines import Deadlines, Docket
from projections.history import History
from projections.view import fold_record
from tests.dsl import DAY, RECORD, act, given

VIEW = Deadlines(book_of([load_book()["fir-web"]], packaged()), ZoneInfo("Asia/Kolkata"))
FIR = act("case.FIRRegistered", at=DAY, fir_number=12, year=2026, sections=("BNS 303(2)",))
DAY_AFTER = DAY + timedelta(hours=24)


def docket_of(entries: Iterable[Event[Any]]) -> Docket:
    """What the view keeps of a record."""
    docket = Docket(RECORD)
    for entry in entries:
        for _, handler in VIEW.touched(entry):
            handler(VIEW, docket, entry)
    return docket


def told(entries: list[Event[Any]], now: datetime) -> list[Event[Any]]:
    """These entries with what is owed of them by now told behind them."""
    docket = docket_of(entries)
    facts = VIEW.owed(docket, now)
    stream = stream_of(RECORD)
    for n, fact in enumerate(facts, 1):
        place = {"version": docket.told_version + n, "position": 100 + docket.told_version + n}
        meta = replace(fact.meta, record_id=RECORD, stream_id=stream, recorded_at=now, **place)
        entries = [*entries, changed(fact, meta=meta)]
    return entries


def rows(entries: Iterable[Event[Any]]) -> list[Deadlines.Row]:
    """The rows of a record."""
    return fold_record(VIEW, entries)


def test_the_next_moment_moves_on_by_what_was_told() -> None:
    """At once when the FIR is entered; then the alarm; then the first instant that is late; then nothing."""
    entries: list[Event[Any]] = list(given(FIR).entries)
    (row,) = rows(entries)
    assert row.next_at == DAY  # when the FIR was recorded
    seen = []
    for now in (DAY, DAY + timedelta(hours=18), DAY + timedelta(hours=25)):
        entries = told(entries, now)
        (row,) = rows(entries)
        seen.append(row.next_at)
    assert seen == [DAY + timedelta(hours=18), DAY_AFTER + timedelta(microseconds=1), None]
    assert [each.name for each in entries[1:]] == ["deadline.Opened", "deadline.Approaching", "deadline.Lapsed"]
    assert VIEW.owed(docket_of(entries), DAY + timedelta(days=400)) == []


def test_a_clock_that_has_vanished_keeps_a_row_until_that_is_told() -> None:
    """Its FIR was struck: the row says withdrawn and is due at once; once told, there is none."""
    entries = told(list(given(FIR).entries), DAY_AFTER + timedelta(hours=1))
    both = given(
        FIR, act("case.EntryCorrected", at=DAY + timedelta(days=2), entry=UUID(int=1), version=1, reason="twice")
    )
    struck = [*entries, both.entries[1]]
    (row,) = rows(struck)
    assert (row.ended_as, row.next_at) == ("withdrawn", DAY + timedelta(days=2))
    after = told(struck, DAY + timedelta(days=3))
    assert after[-1].name == "deadline.Withdrawn"
    assert rows(after) == []


def test_what_is_told_is_no_line_of_the_case_s_history() -> None:
    """It has no row there, and the board's case doesn't count it."""
    entries = told(list(given(FIR).entries), DAY_AFTER + timedelta(hours=1))
    assert len(entries) == 3
    assert [row.name for row in fold_record(History(), entries)] == ["case.FIRRegistered"]
    assert [row.entries for row in fold_record(CaseState(), entries)] == [1]


def test_another_rule_book_or_zone_is_another_view() -> None:
    """The rows rest on both: with another one the view is built anew."""
    book = load_book()
    other = Deadlines(book_of([book["prod-24"]], packaged()), ZoneInfo("Asia/Kolkata"))
    elsewhere = Deadlines(VIEW.book, ZoneInfo("Europe/London"))
    assert len({VIEW.basis, other.basis, elsewhere.basis}) == 3
    assert VIEW.basis == Deadlines(book_of([load_book()["fir-web"]], packaged()), ZoneInfo("Asia/Kolkata")).basis


def test_what_was_told_is_kept_as_json_and_comes_back() -> None:
    """With every column filled and with none; a subject may hold the sign that keeps the parts apart."""
    now = datetime(2026, 7, 2, 3, 4, 5, 6, tzinfo=UTC)
    for each in (Told(), Told(now, now, now.date(), "law", now, now, "Met", "e1", {"Opened": 2})):
        assert Told.from_json(each.to_json()) == each
    for subject in ("", "A1", "a|b"):
        key = ClockKey("fir-web", subject, str(RECORD))
        assert ClockKey.of(str(key)) == key
    opened, lapsed = (identity(RECORD, key, kind.__name__, 1) for kind in (Opened, Lapsed))
    assert opened != lapsed
