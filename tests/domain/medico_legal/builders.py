"""Entries of a medico-legal case, complete enough to raise no doubt of their own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from domain.event import Event, Sealed
from tests.dsl import DAY, Given, act, given

SOMEONE = Sealed(text="Someone")


def intimated(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """The hospital tells of a patient."""
    usual: dict[str, Any] = {
        "hospital_number": "H/7", "received_at": DAY - timedelta(hours=1), "gd_entry": "3", "nature": "simple",
    }  # fmt: skip
    return act("medico_legal.HospitalIntimated", at=at, **{"person": "V1", **usual, **fields})


def numbered(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """MLC/0107/2026."""
    return act("medico_legal.PoliceNumbered", at=at, **{"mlc_number": 107, "year": 2026, "enquirer": "CG-4", **fields})


def requested(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """The examination is asked for."""
    usual = {"request": "MR/1", "person": "V1", "subject": "injured", "consent": "given"}
    return act("medico_legal.MedicalExaminationRequested", at=at, **{**usual, **fields})


def linked(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """An FIR has it."""
    return act("medico_legal.LinkedToCase", at=at, **{"case": "0012/2026", **fields})


def struck(entry: Event[Any], version: int) -> Event[Any]:
    """An entry of this version, struck."""
    return act("medico_legal.EntryCorrected", entry=entry.meta.entry_id, version=version, reason="entered twice")


def mlc(*acts: Event[Any]) -> Given:
    """A medico-legal case in which these acts are entered."""
    return given(*acts, register="medico_legal")
