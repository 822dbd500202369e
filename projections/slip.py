"""A slip: the few columns of an entry that a view needs again, as JSON; and the act made from it once more.

A view that shows what the register's own rules make of a record would have to write those rules a second time, and the
second writing would go its own way. So it keeps slips instead and lets the acts themselves apply them. Sealed columns
are never on a slip, nor is a column left at its default: the class has that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.event import ACTS, Actor, Event, Meta, changed
from domain.shape import Shape, columns

Slip = dict[str, Any]
Turn = Callable[[Any], Any]
Plan = tuple[tuple[str, Any, Turn | None, Turn | None], ...]

_WRITTEN: Mapping[str, Turn] = {
    "instant": datetime.isoformat, "date": date.isoformat, "decimal": str, "id": str, "bytes": bytes.hex,
}  # fmt: skip
_READ: Mapping[str, Turn] = {
    "instant": datetime.fromisoformat, "date": date.fromisoformat, "decimal": Decimal, "id": UUID,
    "bytes": bytes.fromhex,
}  # fmt: skip
_NOBODY, _NOTHING = Actor(), Meta()
EVERYTHING: frozenset[str] = frozenset()
"""All columns, but the sealed ones."""


def slip_of(e: Event[Any], wanted: frozenset[str] = EVERYTHING) -> Slip:
    """What is kept of an entry: who, when, where, and those of its columns that are wanted."""
    meta, held, kept = e.meta, vars(e), {}
    for name, default, write, _ in _plan(type(e), wanted):
        value = held[name]
        if value != default:
            kept[name] = write(value) if write else value
    slip: Slip = {"name": e.name, "version": meta.version, "at": meta.occurred_at.isoformat(), "station": meta.station}
    if meta.actor.id:
        slip["by"], slip["rank"] = meta.actor.id, meta.actor.rank
    if kept:
        slip["columns"] = kept
    return slip


def act_of(slip: Mapping[str, Any]) -> Any:  # noqa: ANN401 (an act of any kind)
    """The act as far as its slip has it: to be applied, not to be decided upon."""
    cls = ACTS[slip["name"]]
    by = changed(_NOBODY, id=slip["by"], rank=slip["rank"]) if "by" in slip else _NOBODY
    at = datetime.fromisoformat(slip["at"])
    made = object.__new__(cls)
    held = vars(made)
    held["meta"] = changed(_NOTHING, version=slip["version"], occurred_at=at, actor=by, station=slip["station"])
    if "columns" in slip:
        _fill(held, cls, slip["columns"])
    return made


def _fill(held: dict[str, Any], cls: type, kept: Mapping[str, Any]) -> None:
    readers = _readers.get(cls)
    if readers is None:
        readers = _readers[cls] = {name: read for name, _, _, read in _plan(cls, EVERYTHING)}
    for name, value in kept.items():
        read = readers[name]
        held[name] = read(value) if read else value


_readers: dict[type, dict[str, Turn | None]] = {}


def _plan(cls: type, wanted: frozenset[str]) -> Plan:
    """The columns of a class that go on a slip, each with its default and how it is written and read."""
    plan = _plans.get((cls, wanted))
    if plan is None:
        plan = _plans[cls, wanted] = _planned(cls, wanted)
    return plan


_plans: dict[tuple[type, frozenset[str]], Plan] = {}


def _planned(cls: type, wanted: frozenset[str]) -> Plan:
    return tuple(
        # A signalling NaN may not even be compared, so that a quantity is always written.
        (
            each.name,
            _NOTHING if each.required or each.shape.kind == "decimal" else each.default,
            _writing(each.shape),
            _reading(each.shape),
        )
        for each in columns(cls)
        if (not wanted or each.name in wanted) and not _sealed(each.shape)
    )


def _sealed(shape: Shape) -> bool:
    return shape.kind == "sealed" or (shape.inner is not None and _sealed(shape.inner))


def _writing(shape: Shape) -> Turn | None:
    """How a value of this shape is written; None when it is JSON as it is."""
    if shape.inner is not None:
        inner = _writing(shape.inner)
        if shape.kind == "optional":
            return inner and (lambda value: None if value is None else inner(value))
        return (lambda values: [inner(each) for each in values]) if inner else list
    if shape.of is not None:
        of = shape.of

        def write(part: object) -> Slip:
            held = vars(part)
            return {
                name: turn(held[name]) if turn else held[name]
                for name, default, turn, _ in _plan(of, EVERYTHING)
                if held[name] != default
            }

        return write
    return _WRITTEN.get(shape.kind)


def _reading(shape: Shape) -> Turn | None:
    """How a value of this shape is read again; None when it is JSON as it is."""
    if shape.inner is not None:
        inner = _reading(shape.inner)
        if shape.kind == "optional":
            return inner and (lambda value: None if value is None else inner(value))
        return (lambda values: tuple([inner(each) for each in values])) if inner else tuple
    if shape.of is not None:
        of = shape.of

        def read(kept: Slip) -> object:
            part: object = object.__new__(of)
            _fill(vars(part), of, kept)
            return part

        return read
    return _READ.get(shape.kind)
