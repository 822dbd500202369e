"""Closed days: a list that is read as it is written, and what it moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from domain.law.clock import evaluate
from domain.law.closed import NEVER, BadCalendar, read_closed_days
from domain.law.due import due
from roznamcha.closed_days import book_in_force
from roznamcha.errors import Usage
from roznamcha.settings import settings
from tests.domain.law.bench import RULE, checked
from tests.domain.law.kit import BOOK, ZONE, fact, fir, only, told

LIST = """
# Courts of the district, 2026
2026-03-06 Holi
every Sunday
every Saturday   # since 2020
"""
COPIES = (
    fir("2026-02-01", "BNS 303(2)"),
    fact("AccusedProduced", "2026-02-20 11:00", accused="A1", purpose="after chargesheet"),
)


def test_a_list_is_read() -> None:
    """Days by their dates, weekdays in every week; nothing else is closed."""
    found = read_closed_days(LIST)
    closed = [day for day in range(1, 16) if date(2026, 3, day) in found]
    assert closed == [1, 6, 7, 8, 14, 15]
    assert not read_closed_days("# nothing\n")
    assert NEVER.digest == "" != found.digest != read_closed_days(LIST.replace("Saturday", "Friday")).digest


@pytest.mark.parametrize(
    ("text", "told_so"),
    [
        ("2026-03-06\n2026-02-30", "2: '2026-02-30' is neither a day"),
        ("every sunday", "1: 'every sunday' is neither a day"),
        ("every Sunday\nevery Sunday", "2: 'every Sunday' is neither a day like 2026-01-26 nor, once"),
        ("20260306", "1: '20260306' is neither"),
        ("2026-03-06\n\n2026-03-06 again", "3: 2026-03-06 stands twice"),
        ("\n".join(f"every {day}day" for day in ("Mon", "Tues", "Wednes", "Thurs", "Fri", "Satur", "Sun")),
         "7: every day of the week is closed"),
    ],
)  # fmt: skip
def test_a_list_that_says_something_else_is_refused(text: str, told_so: str) -> None:
    """A slip would move a last day, or not, and nobody would see it."""
    with pytest.raises(BadCalendar) as refused:
        read_closed_days(text)
    assert str(refused.value).startswith(told_so)


def test_the_days_of_the_book_move_an_end_and_are_part_of_what_it_is_counted_by() -> None:
    """Friday 6 March is a holiday, then comes the end of the week: Monday the 9th. Custody is moved by nothing."""
    book = replace(BOOK, closed=read_closed_days(LIST))
    moved = only("copies-14", evaluate(book, COPIES, ZONE))
    assert moved.last_day == date(2026, 3, 9)
    assert "6 March 2026 is a closed day; it may be done on the next open day, 9 March 2026" in told(moved)
    assert book.basis != BOOK.basis == replace(BOOK, closed=NEVER).basis
    assert due(book["copies-14"], date(2026, 2, 20), {}, None, ZONE, closed=book.closed).last_day == date(2026, 3, 9)
    custody = due(book["def-bail"], date(2026, 1, 1), {}, None, ZONE, closed=book.closed)
    assert custody.last_day == date(2026, 3, 1)


def test_where_no_closed_days_are_known_that_is_told() -> None:
    """And only of rules that heed them."""
    clock = only("copies-14", evaluate(BOOK, COPIES, ZONE))
    assert "no closed days are known here: if 6 March 2026 is one" in told(clock)
    assert not any("closed days" in line.en for line in due(BOOK["def-bail"], date(2026, 1, 1), {}, None, ZONE).explain)


def test_a_year_of_which_the_list_names_no_day_is_told() -> None:
    """A list ends with its year: what it doesn't name of the next one isn't known to be open."""
    asked = [replace(BOOK, closed=read_closed_days(text)) for text in (LIST, "every Sunday", "2027-01-26")]
    start = date(2026, 12, 21)
    for book, unsure in zip(asked, (True, True, False), strict=True):
        lines = due(book["copies-14"], start, {}, None, ZONE, closed=book.closed).explain
        english, hindi = ["\n".join(each) for each in zip(*((line.en, line.hi) for line in lines), strict=True)]
        assert ("no closed days of 2027, but for those of every week, are known here: if 4 Jan" in english) is unsure
        assert ("2027 के, साप्ताहिक को छोड़कर, अवकाश यहाँ ज्ञात नहीं: 4 जनवरी 2027" in hindi) is unsure
    listed = due(BOOK["copies-14"], date(2026, 2, 20), {}, None, ZONE, closed=asked[0].closed).explain
    assert not any("are known here" in line.en for line in listed)


def test_the_settings_name_the_list(tmp_path: Path) -> None:
    """A byte order mark is none of its days; a list that isn't there, or is no text, is told by its name."""
    file = tmp_path / "closed.txt"
    named = settings({"ROZNAMCHA_CLOSED_DAYS": str(file)})
    with pytest.raises(Usage, match="there is no such file"):
        book_in_force(named)
    file.write_bytes(b"\xef\xbb\xbf2026-03-06\r\nevery Sunday\r\n")
    assert date(2026, 3, 8) in book_in_force(named).closed
    for wrong, told_so in (
        (b"\xff", r"closed\.txt:1: it is not in UTF-8"),
        (b"soon", r"closed\.txt:1: 'soon' is neither"),
    ):
        file.write_bytes(wrong)
        with pytest.raises(Usage, match=told_so):
            book_in_force(named)
    assert book_in_force(settings({})) is BOOK


def test_a_log_is_tried_with_the_closed_days_of_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three days from Tuesday are over on a holiday: Monday is in time. Without a list the answer says that none is."""
    rule = RULE.replace("do-not-extend", "next-open-day")
    lines = ["1,Start,2026-03-03", "1,Stop,2026-03-09"]
    without = checked(tmp_path, lines, rule=rule)
    assert (without["late"], without["log"]["notes"]) == (
        1,
        ["rule a-rule: no closed days are known here, so none moves an end"],
    )
    file = tmp_path / "closed.txt"
    file.write_text(LIST)
    monkeypatch.setenv("ROZNAMCHA_CLOSED_DAYS", str(file))
    found = checked(tmp_path, lines, rule=rule)
    assert (found["met"], found["log"]["notes"]) == (1, [])
    assert checked(tmp_path, lines)["late"] == 1
