"""Entries of a complaint, complete enough to raise no doubt of their own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from domain.event import Event, Sealed
from tests.dsl import DAY, Given, act, given

SOMEONE = Sealed(text="Someone")


def received(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """SHK/0007/2026: somebody complains of a threat."""
    usual: dict[str, Any] = {
        "complaint_number": 7, "year": 2026, "information_received_at": DAY - timedelta(hours=1), "gd_entry": "9",
        "informant_name": SOMEONE, "source": "post", "category": "threat",
    }  # fmt: skip
    return act("complaint.ComplaintReceived", at=at, **{**usual, **fields})


def assigned(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """An officer is to enquire."""
    return act("complaint.EnquiryAssigned", at=at, **{"enquirer": "CG-1002", **fields})


def enquired(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """The officer reports."""
    return act("complaint.EnquiryReported", at=at, **{"outcome": "not substantiated", **fields})


def converted(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """An FIR comes of it."""
    return act("complaint.ComplaintConverted", at=at, **{"into": "FIR", "number": "0012/2026", **fields})


def struck(entry: Event[Any], version: int) -> Event[Any]:
    """An entry of this version, struck."""
    return act("complaint.EntryCorrected", entry=entry.meta.entry_id, version=version, reason="entered twice")


def complaint(*acts: Event[Any]) -> Given:
    """A complaint in which these acts are entered."""
    return given(*acts, register="complaint")
