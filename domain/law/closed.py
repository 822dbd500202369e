"""The days on which the courts and offices of a place are closed, as a plain list tells them.

An act to be done in a court or office on such a day may be done on the next open one (General Clauses Act s.10).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from domain.law.counting import written_day

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class BadCalendar(ValueError):
    """A list of closed days that can't be read; the message names its line and what is wrong."""


@dataclass(frozen=True)
class ClosedDays:
    """Days by their dates, and weekdays (0 is Monday) that are closed in every week."""

    days: frozenset[date] = frozenset()
    weekly: frozenset[int] = frozenset()

    def __contains__(self, day: object) -> bool:
        """Whether it is closed on that day."""
        return isinstance(day, date) and (day in self.days or day.weekday() in self.weekly)

    def __bool__(self) -> bool:
        """Whether any day is closed."""
        return bool(self.days or self.weekly)

    @cached_property
    def years(self) -> frozenset[int]:
        """The years of which it names days. Of any other, holidays aren't known."""
        return frozenset(day.year for day in self.days)

    @property
    def digest(self) -> str:
        """The SHA-256 of all of them; empty where there are none."""
        told = [*sorted(map(str, self.days)), *map(str, sorted(self.weekly))]
        return hashlib.sha256("\n".join(told).encode()).hexdigest() if told else ""


NEVER = ClosedDays()


def unlisted(closed: object, day: date) -> tuple[str, str] | None:
    """Of which closed days nothing is known that day, in English and Hindi; None where days of that year are listed."""
    if not closed:
        return "", ""
    if not isinstance(closed, ClosedDays) or day.year in closed.years:
        return None
    return f" of {day.year}, but for those of every week,", f"{day.year} के, साप्ताहिक को छोड़कर, "


def read_closed_days(text: str) -> ClosedDays:
    """Closed days from a list: in each line a day, `2026-01-26 Republic Day`, or `every Sunday`; `#` begins a remark.

    Raises BadCalendar for every other line, for a day that stands twice, and where no day of a week is left open.
    """
    days: set[date] = set()
    weekly: set[int] = set()
    for number, line in _lines(text):
        first, _, rest = line.partition(" ")
        name = rest.strip()
        if first == "every" and name in WEEKDAYS and WEEKDAYS.index(name) not in weekly:
            weekly.add(WEEKDAYS.index(name))
            continue
        try:
            day = written_day(first)
        except ValueError:
            message = f"{number}: {line[:60]!r} is neither a day like 2026-01-26 nor, once, every Sunday"
            raise BadCalendar(message) from None
        if day in days:
            message = f"{number}: {day} stands twice"
            raise BadCalendar(message)
        days.add(day)
    if len(weekly) == len(WEEKDAYS):
        message = f"{number}: every day of the week is closed, and nothing could ever be done"
        raise BadCalendar(message)
    return ClosedDays(frozenset(days), frozenset(weekly))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Each line in which something stands, with its number."""
    for number, line in enumerate(text.splitlines(), 1):
        if stands := line.partition("#")[0].strip():
            yield number, stands
