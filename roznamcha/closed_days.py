"""The list of closed days that the settings name, read before anything is counted."""

from __future__ import annotations

from dataclasses import replace

from domain.law.book import Book, load_book
from domain.law.closed import NEVER, BadCalendar, ClosedDays, read_closed_days
from roznamcha.bounded import read_at_most
from roznamcha.errors import Usage
from roznamcha.settings import Settings

LARGEST = 1024 * 1024
"""Bytes: the closed days of a thousand years."""


def closed_days(settings: Settings) -> ClosedDays:
    """The closed days of courts and offices; none where no list is named. Raises Usage for one that can't be read."""
    if not settings.closed_days:
        return NEVER
    path = settings.closed_days
    try:
        if not path.is_file():
            message = f"ROZNAMCHA_CLOSED_DAYS is {path}: there is no such file"
            raise Usage(message)
        return read_closed_days(read_at_most(path, LARGEST).decode("utf-8-sig"))
    except (BadCalendar, UnicodeDecodeError) as error:
        told = error if isinstance(error, BadCalendar) else "1: it is not in UTF-8"
        message = f"{path}:{told}"
        raise Usage(message) from None


def book_in_force(settings: Settings) -> Book:
    """The rule book that ships, with the closed days of this place."""
    days = closed_days(settings)
    return replace(load_book(), closed=days) if days else load_book()
