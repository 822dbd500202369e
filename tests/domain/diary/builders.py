"""Entries of the General Diary, complete enough to raise no doubt of their own."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from domain.event import Event
from tests.dsl import Given, act, given

ON = date(2026, 7, 2)


def entry(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """Serial 1 of GD/2026-07-02."""
    return act("diary.EntryMade", at=at, **{"serial": 1, "day": ON, "number": "", **fields})


def struck(made: Event[Any], version: int) -> Event[Any]:
    """An entry of this version, struck."""
    return act("diary.EntryCorrected", entry=made.meta.entry_id, version=version, reason="entered twice")


def diary(*acts: Event[Any]) -> Given:
    """A day in which these entries are made."""
    return given(*acts, register="diary")
