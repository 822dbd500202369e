"""Entries of the first information and of the investigation, complete enough to raise no doubt of their own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from domain.case.fir import Gender, How, NamedAccused, Victim
from domain.event import Event, Sealed
from tests.dsl import DAY, act

SOMEONE = Sealed(text="Someone")
THEFT = ("BNS 303(2)",)
SID = "2026070200001234"

TOLD: dict[str, Any] = {"mode": "oral", "sections": THEFT, "informant_name": SOMEONE}
FORM: dict[str, Any] = {**TOLD, "gd_entry": "14", "information_received_at": DAY - timedelta(hours=1)}
FIR: dict[str, Any] = {**FORM, "fir_number": 12, "year": 2026}
ZERO: dict[str, Any] = {**FORM, "zero_number": 3, "year": 2026, "for_station": "CG-RPR-02"}
NCR: dict[str, Any] = {**TOLD, "ncr_number": 4, "year": 2026, "referred_to": "JMFC Raipur"}


def victim(code: str = "V1", gender: Gender = "female") -> Victim:
    """A victim of this code."""
    return Victim(code=code, victim_name=SOMEONE, gender=gender)


def suspect(code: str = "A1", how: How = "known") -> NamedAccused:
    """An accused of this code."""
    return NamedAccused(code=code, how=how, accused_name=SOMEONE)


def told(*, at: datetime | None = None, **given: Any) -> Event[Any]:
    """An information received."""
    return act("case.InformationReceived", at=at, **{**TOLD, **given})


def fir(*accused: str, at: datetime | None = None, **given: Any) -> Event[Any]:
    """FIR 0012/2026 against these accused."""
    return act("case.FIRRegistered", at=at, **{**FIR, "accused": tuple(map(suspect, accused)), **given})


def zero(*, at: datetime | None = None, **given: Any) -> Event[Any]:
    """Zero FIR 3 of 2026, for the station CG-RPR-02."""
    return act("case.ZeroFIRRegistered", at=at, **{**ZERO, **given})


def ncr(*, at: datetime | None = None, **given: Any) -> Event[Any]:
    """NCR 4 of 2026."""
    return act("case.NonCognizableReported", at=at, **{**NCR, **given})


def by_station(entry: Event[Any], station: str = "CG-RPR-02") -> Event[Any]:
    """The same act, entered by another station."""
    return replace(entry, meta=replace(entry.meta, station=station))
