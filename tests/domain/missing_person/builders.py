"""Entries of a search for a missing person, complete enough to raise no doubt of their own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from domain.event import Event, Sealed
from tests.dsl import DAY, Given, act, given

SOMEONE = Sealed(text="Someone")


def missing(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """GUM/0021/2026: a grown woman is missing."""
    usual: dict[str, Any] = {
        "missing_number": 21, "year": 2026, "information_received_at": DAY - timedelta(hours=1), "gd_entry": "4",
        "informant_name": SOMEONE, "gender": "female", "age_years": 30, "photograph": True,
        "last_seen_at": DAY - timedelta(hours=9),
    }  # fmt: skip
    return act("missing_person.PersonReportedMissing", at=at, **{**usual, **fields})


def registered(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """An FIR comes of it."""
    usual: dict[str, Any] = {"fir": "0012/2026", "sections": ("BNS 137(2)",), "ground": "abduction"}
    return act("missing_person.ConvertedToFIR", at=at, **{**usual, **fields})


def transferred(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """The search goes to the unit."""
    return act("missing_person.TransferredToAntiTraffickingUnit", at=at, **fields)


def published(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """On the portal."""
    usual: dict[str, Any] = {"where": "national portal", "portal_number": "TC/1"}
    return act("missing_person.DetailsPublished", at=at, **{**usual, **fields})


def lead(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """Somebody saw the person."""
    return act("missing_person.LeadRecorded", at=at, **{"lead": "L/1", "kind": "seen", **fields})


def traced(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """Found well, by the police."""
    return act("missing_person.PersonTraced", at=at, **{"condition": "well", "handed_to": "I1", **fields})


def struck(entry: Event[Any], version: int) -> Event[Any]:
    """An entry of this version, struck."""
    return act("missing_person.EntryCorrected", entry=entry.meta.entry_id, version=version, reason="entered twice")


def search(*acts: Event[Any]) -> Given:
    """A search in which these acts are entered."""
    return given(*acts, register="missing_person")
