"""The words in which the tests speak of registers: given these entries, when this act, then this answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

import domain
from domain.event import ACTS, RECORDS, Actor, Decision, Event, Meta, Record, Sealed, decide, fold
from domain.shape import Column, Shape, columns

DAY = datetime(2026, 7, 2, 3, 30, tzinfo=UTC)
"""2 July 2026, 09:00 in India: the day on which every test begins."""

RECORD = UUID("00000000-0000-7000-8000-00000000000c")
OFFICER = Actor(id="CG-1001", rank="SI", role="investigating officer", station="CG-RPR-01")

SAMPLES: dict[str, Any] = {
    "whole": 1,
    "flag": False,
    "instant": DAY,
    "date": date(2026, 7, 2),
    "decimal": Decimal(1),
    "id": UUID(int=7),
    "bytes": b"\x01",
    "list": (),
    "optional": None,
}


def act(kind: type[Event[Any]] | str, /, *, at: datetime | None = None, by: Actor | None = None, **given: Any) -> Any:
    """An act with whatever the test cares about; every other required column gets a plain sample."""
    domain.load()
    cls = ACTS[kind] if isinstance(kind, str) else kind
    filled = {c.name: _sample(c) for c in columns(cls) if c.required and c.name not in given}
    made = cls(**filled, **given)
    return replace(made, meta=Meta(occurred_at=at or made.meta.occurred_at, actor=by or OFFICER, station="CG-RPR-01"))


def _sample(column: Column) -> Any:
    return _value(column.shape, column.name)


def _value(shape: Shape, name: str) -> Any:
    if shape.kind == "choice":
        return shape.choices[0]
    if shape.kind == "text":
        return f"a {name.replace('_', ' ')}"
    if shape.kind == "sealed":
        return Sealed(person="P", text="Someone")
    if shape.kind == "record" and shape.of is not None:
        return shape.of(**{c.name: _sample(c) for c in shape.columns if c.required})
    return SAMPLES[shape.kind]


@dataclass(frozen=True)
class Given:
    """A record with these entries in it, an hour apart unless an act says when."""

    entries: tuple[Event[Any], ...]
    register: str = "case"

    @property
    def record(self) -> Any:
        """The record as it stands."""
        return fold(RECORDS[self.register].blank(RECORD), self.entries)

    def when(self, kind: type[Event[Any]] | str, /, *, at: datetime | None = None, **fields: Any) -> Then:
        """What the register answers to one more act."""
        later = DAY + timedelta(hours=len(self.entries))
        new = _stamped(act(kind, at=at or later, **fields), len(self.entries) + 1)
        return Then(new, self.record, decide(new, self.record), self.entries)

    def holds(self, check: Callable[[Any], bool]) -> Self:
        """Something is true of the record as it stands."""
        assert check(self.record), self.record
        return self


@dataclass(frozen=True)
class Then:
    """The register's answer, to be compared with the rule."""

    act: Event[Any]
    before: Record
    decision: Decision
    entries: tuple[Event[Any], ...] = ()

    def refused(self, *parts: str) -> None:
        """The act is refused, and the reasons contain these words."""
        assert self.decision.reasons, "it was entered"
        for part in parts:
            assert any(part in reason for reason in self.decision.reasons), self.decision.reasons

    def entered(self) -> Any:
        """The act is entered without a doubt; gives the record after it."""
        assert not self.decision.reasons, self.decision.reasons
        assert not self.decision.doubts, self.decision.doubts
        return fold(self.before, [self.act], lambda: self.entries)

    def doubted(self, *parts: str) -> Any:
        """The act is entered with doubts that contain these words; gives the record after it."""
        assert not self.decision.reasons, self.decision.reasons
        for part in parts:
            assert any(part in doubt for doubt in self.decision.doubts), self.decision.doubts
        return fold(self.before, [self.act], lambda: self.entries)


def _stamped(entry: Event[Any], version: int) -> Event[Any]:
    at = entry.meta.occurred_at
    if at == Meta().occurred_at:
        at = DAY + timedelta(hours=version - 1)
    meta = replace(
        entry.meta,
        entry_id=UUID(int=version),
        record_id=RECORD,
        stream_id=RECORD,
        version=version,
        occurred_at=at,
        recorded_at=at,
    )
    return replace(entry, meta=meta)


def given(*acts: Event[Any], register: str = "case") -> Given:
    """A record in which these acts have been entered, each of them allowed when it came."""
    domain.load()
    entries: list[Event[Any]] = []
    record = RECORDS[register].blank(RECORD)
    for version, each in enumerate(acts, start=1):
        entry = _stamped(each, version)
        decision = decide(entry, record)
        assert not decision.reasons, f"{entry.name} could not be given: {decision.reasons}"
        record = fold(record, [entry], entries.copy)
        entries.append(entry)
    return Given(tuple(entries), register)
