"""A log's times: with a zone, without one (read in the zone that was given), or a day alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from domain.law.counting import day_of, end_of
from roznamcha.errors import Usage

DAY = re.compile(r"\d{4}-\d\d-\d\d")
TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d([.,]\d{1,9})?)? ?([Zz]|[+-]\d\d(:?\d\d)?)?")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
HOURS = ("%H", "%I", "%X", "%c", "%T", "%s", "%f")
"""What a form of time has if it tells more than a day."""
KEPT = 1 << 16
LONGEST = 100
LAST = 1 << 62
"""Later than any moment, in microseconds."""


class Read(NamedTuple):
    """A time as it was read: microseconds since 1970 in UTC; whether it had a zone, and whether it is a day alone."""

    at: int
    zoned: bool
    day_alone: bool


def instant(at: int) -> datetime:
    """The moment of so many microseconds since 1970, in UTC."""
    return EPOCH + timedelta(microseconds=at)


def micros(moment: datetime) -> int:
    """A moment in microseconds since 1970."""
    return (moment - EPOCH) // MICROSECOND


def reader(zone: ZoneInfo, form: str = "") -> Callable[[str], Read | str]:
    """How the times of a log are read: ISO 8601, or a form as strptime has it. A text that is none gives the reason.

    An hour that a change of the clocks brings twice is the first one; one that it skips is read as if it hadn't.
    Raises Usage for a form that is none.
    """
    if form:
        _tried(form)
    alone = bool(form) and not any(each in form for each in HOURS)

    @lru_cache(maxsize=KEPT)
    def known(text: str) -> Read | str:
        try:
            if form:
                found, day_alone = datetime.strptime(text, form), alone  # noqa: DTZ007 (the zone follows)
            elif DAY.fullmatch(text):
                found, day_alone = datetime.combine(date.fromisoformat(text), time()), True
            elif TIME.fullmatch(text):
                found, day_alone = datetime.fromisoformat(text.upper().replace(" ", "T", 1).replace(" ", "")), False
            else:
                return "is no time like 2026-07-02T10:30:00+05:30, 2026-07-02 10:30 or 2026-07-02; see --time-format"
            zoned = found.tzinfo is not None
            moment = (found if zoned else found.replace(tzinfo=zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            return f"is no time of the form {form}" if form else "is no day of the calendar or no hour of the clock"
        return Read(micros(moment), zoned, day_alone)

    def read(text: str) -> Read | str:
        return known(text) if len(text) <= LONGEST else f"is no time: it has {len(text):,} characters"

    return read


def _tried(form: str) -> None:
    if "%Z" in form.replace("%%", ""):
        message = f"--time-format {form!r}: %Z reads names of zones and tells none; %z reads Z and +05:30"
        raise Usage(message)
    try:
        datetime.strptime(EPOCH.strftime(form), form)  # noqa: DTZ007 (only whether it can be read)
    except (ValueError, re.error):
        message = f"--time-format {form!r} is no form of time like '%d/%m/%Y %H:%M'"
        raise Usage(message) from None


def as_of(text: str, zone: ZoneInfo) -> datetime:
    """The moment that `--as-of` names; of a day alone its last instant. Raises Usage."""
    found = reader(zone)(text)
    if isinstance(found, str):
        message = f"--as-of {text!r}: give a date like 2026-03-01 or a time like 2026-03-01T10:00:00+05:30"
        raise Usage(message)
    moment = instant(found.at)
    return end_of(day_of(moment, zone), zone)[0] if found.day_alone else moment
