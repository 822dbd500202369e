"""Days as the station counts them: by the calendar on its wall in India, whatever the hour in UTC."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta, timezone

INDIA = timezone(timedelta(hours=5, minutes=30))
"""One offset for the whole country and the whole year: India has no summer time."""

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


BNSS_BEGAN = date(2024, 7, 1)
"""The day on which the BNSS came into force in place of the CrPC."""


def day(at: datetime) -> date:
    """The calendar day in India on which `at` falls."""
    if at.year == date.max.year:  # "for ever" is written as 31 December 9999, and no day comes after that
        return at.date()
    return at.astimezone(INDIA).date()


def under_bnss(at: datetime, registered_at: datetime | None) -> bool:
    """Whether the BNSS governs a step of an investigation: it does not what was pending as it began (s.531(2)(a))."""
    return day(min(at, registered_at or at)) >= BNSS_BEGAN


def later(on: date, days: int) -> date:
    """The day so many days after `on`, or the last day there is."""
    return on + timedelta(days=days) if (date.max - on).days > days else date.max


def corresponding(on: date, months: int) -> date:
    """The corresponding date so many months later (General Clauses Act s.3(35)), or that month's last day.

    31 December and two months are 28 February; what is after the calendar's last day is that day.
    """
    year, month = divmod(on.year * 12 + on.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(on.day, monthrange(year, month + 1)[1]))


def written(at: datetime | date) -> str:
    """A day as the register writes it: `2 July 2026`. By hand, because strftime asks the machine for its language."""
    on = day(at) if isinstance(at, datetime) else at
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}"
