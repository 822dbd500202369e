"""Entries of a preventive action, complete enough to raise no doubt of their own."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from domain.event import Event
from domain.preventive.preventive import ProposedPerson
from tests.dsl import Given, act, given


def persons(*codes: str) -> tuple[ProposedPerson, ...]:
    """Persons against whom action is proposed."""
    return tuple(ProposedPerson(code=code) for code in codes)


def proposed(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """IST/0014/2026: two neighbours quarrel."""
    usual: dict[str, Any] = {
        "istgasha_number": 14, "year": 2026, "gd_entry": "8", "section": "BNSS 126", "persons": persons("R1", "R2"),
    }  # fmt: skip
    return act("preventive.ActionProposed", at=at, **{**usual, **fields})


def detained(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """R1 is arrested to prevent an offence."""
    usual = {"person": "R1", "gd_entry": "9", "grounds_told": True, "relative_informed": True}
    return act("preventive.PersonDetained", at=at, **{**usual, **fields})


def released(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """R1 is let go."""
    return act("preventive.PersonReleased", at=at, **{"person": "R1", **fields})


def noticed(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """R1 is to show cause."""
    return act("preventive.ShowCauseIssued", at=at, **{"person": "R1", **fields})


def begun(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """The inquiry against R1 begins."""
    return act("preventive.InquiryBegun", at=at, **{"person": "R1", **fields})


def concluded(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """And ends."""
    return act("preventive.InquiryConcluded", at=at, **{"person": "R1", **fields})


def bound(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """R1 gives a bond for half a year."""
    usual = {"person": "R1", "amount_paise": 500000, "starts_on": date(2026, 7, 2), "until": date(2027, 1, 1)}
    return act("preventive.BondExecuted", at=at, **{**usual, **fields})


def struck(entry: Event[Any], version: int) -> Event[Any]:
    """An entry of this version, struck."""
    return act("preventive.EntryCorrected", entry=entry.meta.entry_id, version=version, reason="entered twice")


def action(*acts: Event[Any]) -> Given:
    """A preventive action in which these acts are entered."""
    return given(*acts, register="preventive")
