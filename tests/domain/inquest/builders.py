"""Entries of an inquest, complete enough to raise no doubt of their own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from domain.event import Event, Sealed
from domain.inquest.inquiry import InquestWitness
from tests.dsl import DAY, Given, act, given

SOMEONE = Sealed(text="Someone")
BEGUN: dict[str, Any] = {
    "marg_number": 41, "year": 2026, "information_received_at": DAY - timedelta(hours=1), "gd_entry": "14",
    "informant_name": SOMEONE,
}  # fmt: skip


def reported(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """MARG/0041/2026: a man is found drowned."""
    usual = {**BEGUN, "apparent_cause": "drowning", "gender": "male"}
    return act("inquest.DeathReported", at=at, **{**usual, **fields})


def found(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """The same number for a body that nobody knows."""
    usual = {**BEGUN, "apparent_cause": "unknown", "photographed": True, "found_at": DAY - timedelta(hours=2)}
    return act("inquest.BodyFound", at=at, **{**usual, **fields})


def informed(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """The Executive Magistrate is told."""
    return act("inquest.ExecutiveMagistrateInformed", at=at, **fields)


def witnesses(*codes: str) -> tuple[InquestWitness, ...]:
    """Inhabitants of the neighbourhood."""
    return tuple(InquestWitness(code=code, witness_name=SOMEONE) for code in codes)


def held(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """The inquest at the body, before two inhabitants."""
    return act("inquest.InquestHeld", at=at, **{"witnesses": witnesses("W1", "W2"), **fields})


def requested(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """A post-mortem asked for."""
    return act("inquest.PostMortemRequested", at=at, **{"request": "PM/1", "person": "D1", **fields})


def pmr(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """Its report, final on the portal."""
    usual = {"request": "PM/1", "person": "D1", "pmr_number": "77", "frozen": True, "examined_at": DAY}
    return act("inquest.PMRReceived", at=at, **{**usual, "examined_at": DAY + timedelta(hours=4), **fields})


def forwarded(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """The report to the Magistrate."""
    return act("inquest.InquestReportForwarded", at=at, **fields)


def converted(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """An FIR comes of it."""
    usual = {"fir": "0012/2026", "sections": ("BNS 103(1)",), "ground": "post-mortem report"}
    return act("inquest.ConvertedToFIR", at=at, **{**usual, **fields})


def struck(entry: Event[Any], version: int) -> Event[Any]:
    """An entry of this version, struck."""
    return act("inquest.EntryCorrected", entry=entry.meta.entry_id, version=version, reason="entered twice")


def inquest(*acts: Event[Any]) -> Given:
    """An inquest in which these acts are entered."""
    return given(*acts, register="inquest")
