"""Entries about the accused, filled with what a test does not care about."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import domain
from domain.event import ACTS, Event, Meta, Sealed, decide
from domain.shape import Shape, columns
from tests.dsl import DAY, Given, Then, act

SOMEONE = Sealed(text="Someone")
CNR = "CGRP010012342026"
OTHER_CNR = "CGRP010099992026"


def after(days: float = 0, hours: float = 0) -> datetime:
    """So long after the day on which every test begins."""
    return DAY + timedelta(days=days, hours=hours)


def fir(*codes: str, at: datetime | None = None, sections: tuple[str, ...] = ("BNS 303(2)",)) -> Event[Any]:
    """The FIR 0012/2026 that names these accused."""
    domain.load()
    named = next(c.shape for c in columns(ACTS["case.FIRRegistered"]) if c.name == "accused")
    assert named.inner is not None
    accused = tuple(named_accused(named.inner, code) for code in codes)
    return act("case.FIRRegistered", at=at, fir_number=12, year=2026, sections=sections, accused=accused)


def named_accused(shape: Shape, code: str) -> Any:
    """A row of the FIR's list of accused, with this code."""
    assert shape.of is not None
    row = {column.name: SOMEONE for column in shape.columns if column.required and column.shape.kind == "sealed"}
    choice = {each.name: each.shape.choices[0] for each in shape.columns if each.required and each.shape.choices}
    return shape.of(**row, **choice, code=code)


def arrested(code: str = "A1", *, at: datetime | None = None, **given: Any) -> Event[Any]:
    """The arrest of one accused, with a witness to the memo."""
    memo = columns(ACTS["case.AccusedArrested"])
    witnesses = next(c.shape for c in memo if c.name == "witnesses")
    assert witnesses.inner is not None
    assert witnesses.inner.of is not None
    signed = (witnesses.inner.of(code="W1", witness_name=SOMEONE),)
    return act("case.AccusedArrested", at=at, **{"accused": code, "witnesses": signed, **given})


def remanded(code: str = "A1", *, at: datetime | None = None, **given: Any) -> Event[Any]:
    """A remand of one accused to judicial custody for fourteen days."""
    return act("case.AccusedRemanded", at=at, **{"accused": code, "custody": "judicial", "days": 14, **given})


def submitted(number: str = "CS/1", *codes: str, at: datetime | None = None, **given: Any) -> Event[Any]:
    """A chargesheet sent to court, against A1 unless others are named."""
    return act("case.ChargesheetSubmitted", at=at, number=number, accused=codes or ("A1",), **given)


def acknowledged(number: str = "CS/1", *codes: str, at: datetime | None = None, **given: Any) -> Event[Any]:
    """The court's acknowledgement of it, against A1 unless others are named."""
    fields = {"number": number, "cnr": CNR, "accused": codes or ("A1",), **given}
    return act("case.ChargesheetAcknowledged", at=at, **fields)


def struck(entry: Event[Any], version: int) -> Event[Any]:
    """The entry of this version struck as wrong."""
    strike = act("case.EntryCorrected", version=version, reason="entered for the wrong case")
    return replace(strike, entry=entry.meta.entry_id)


def of_kind(what: type[Event[Any]] | str, kind: str, *, at: datetime | None = None, **fields: Any) -> Any:
    """An act of which the column `kind` says this. `act` has a parameter of that name."""
    return replace(act(what, at=at, **fields), kind=kind)  # type: ignore[call-arg]  # the act's own column


def when(record: Given, new: Event[Any]) -> Then:
    """What the register answers to one more act that is already made."""
    version = len(record.entries) + 1
    at = after(hours=version - 1) if new.meta.occurred_at == Meta().occurred_at else new.meta.occurred_at
    stamped = replace(new, meta=replace(new.meta, entry_id=UUID(int=version), version=version, occurred_at=at))
    return Then(stamped, record.record, decide(stamped, record.record), record.entries)
