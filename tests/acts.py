"""Acts as they are sent: JSON objects in which a test writes only what it cares about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import domain
from domain.event import ACTS
from domain.shape import Column, Shape, columns
from roznamcha.intake import Act, read_act

NOW = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
"""24 November 2026, noon in India: the moment at which tests record."""

ACTOR = {"id": "CG-1001", "rank": "SI", "role": "station officer"}
PLAIN: dict[str, Any] = {
    "whole": 1,
    "flag": False,
    "instant": "2026-07-02T09:00:00+05:30",
    "date": "2026-07-02",
    "decimal": "1",
    "id": "00000000-0000-7000-8000-000000000007",
    "bytes": "01",
}


CODES = {"accused": "A1", "person": "V1", "cnr": "CGRP010000012026"}
PERSONS = {"NamedAccused": "A1", "Victim": "V1", "Charge": "A1", "AccusedResult": "A1", "ChargedAccused": "A1"}


def sent(name: str, record: str = "", *, at: str = "2026-07-02T09:00:00+05:30", **fields: Any) -> dict[str, Any]:
    """An act as JSON, every required column filled with a sample unless given."""
    domain.load()
    cls = ACTS[name]
    numbered = {cls.numbered.number, cls.numbered.year} if cls.numbered else set()
    filled = {
        each.name: _sample(each) for each in columns(cls) if each.required and each.name not in numbered | fields.keys()
    }
    found = {"name": name, "occurred_at": at, "actor": ACTOR, "station": "CG-RPR-01", "fields": filled | fields}
    return found | ({"record": record} if record else {})


def act(name: str, record: str = "", *, command_id: str = "", at: str = PLAIN["instant"], **fields: Any) -> Act:
    """An act that has passed the door."""
    document = sent(name, record, at=at, **fields)
    return read_act(document | ({"command_id": command_id} if command_id else {}), now=NOW)


def _sample(column: Column) -> Any:
    return _value(column.shape, column.name)


def _value(shape: Shape, name: str) -> Any:
    if name in CODES and shape.kind == "text":
        return CODES[name]
    if shape.inner is not None:
        return [_value(shape.inner, name)] if shape.kind == "list" else None
    if shape.of is not None:
        part = {each.name: _sample(each) for each in shape.columns if each.required}
        return part | ({"code": PERSONS.get(shape.of.__name__, "W1")} if "code" in part else {})
    if shape.kind == "choice":
        return shape.choices[0]
    return PLAIN.get(shape.kind, f"a {name.replace('_', ' ')}")
