"""What stands in the columns of an entry, as it is kept and as the domain knows it: each value, there and back.

The conversions of each act are worked out once, from its columns. What needs none (text, numbers) is taken as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, SafeUUID

from domain.event import EPOCH, Sealed
from domain.shape import Shape, columns, once

Convert = Callable[[Any], Any]
DAY_ZERO = date(1970, 1, 1).toordinal()
MICROSECOND = timedelta(microseconds=1)
UNKNOWN = SafeUUID.unknown
"""Looked up once: a member of an enum costs as much as all the rest of an identity."""


def micros(moment: datetime) -> int:
    """Microseconds since 1970-01-01T00:00:00Z."""
    return (moment - EPOCH) // MICROSECOND


def moment(value: int) -> datetime:
    """The aware UTC time of microseconds since 1970."""
    return EPOCH + timedelta(0, 0, value)


def identity(kept: bytes) -> UUID:
    """The UUID of sixteen bytes: `UUID(bytes=kept)`, whose constructor looks at every way to write one."""
    made = object.__new__(UUID)
    object.__setattr__(made, "int", int.from_bytes(kept, "big"))
    object.__setattr__(made, "is_safe", UNKNOWN)
    return made


def made(cls: type[Any], **values: Any) -> Any:  # noqa: ANN401 (an instance of it)
    """An instance of a dataclass past its constructor."""
    one = object.__new__(cls)
    one.__dict__.update(values)
    return one


@once
def readers(cls: type) -> tuple[tuple[str, Convert], ...]:
    """The columns of a class whose kept values must be converted, and how."""
    return tuple((each.name, _reader(each.shape)) for each in columns(cls) if not each.shape.plain)


@once
def writers(cls: type) -> tuple[tuple[str, Convert], ...]:
    """The same, for writing them."""
    return tuple((each.name, _writer(each.shape)) for each in columns(cls) if not each.shape.plain)


def _reader(shape: Shape) -> Convert:
    """How a kept value becomes the domain's."""
    if shape.inner is not None:
        inner = _reader(shape.inner)
        if shape.kind == "optional":
            return lambda value: None if value is None else inner(value)
        return lambda value: tuple(inner(each) for each in value)
    if shape.of is not None:
        cls, changed = shape.of, readers(shape.of)
        return lambda value: _part(cls, dict(value), changed)
    return READERS.get(shape.kind, same)


def _part(cls: type, values: dict[str, Any], changed: tuple[tuple[str, Convert], ...]) -> Any:  # noqa: ANN401
    for name, convert in changed:
        values[name] = convert(values[name])
    return made(cls, **values)


def _writer(shape: Shape) -> Convert:
    """How a value of the domain is kept."""
    if shape.inner is not None:
        inner = _writer(shape.inner)
        if shape.kind == "optional":
            return lambda value: None if value is None else inner(value)
        return lambda value: [inner(each) for each in value]
    if shape.of is not None:
        names = [each.name for each in fields(shape.of)]
        changed = dict(writers(shape.of))
        return lambda value: {name: changed.get(name, same)(getattr(value, name)) for name in names}
    return WRITERS.get(shape.kind, same)


def same(value: Any) -> Any:  # noqa: ANN401 (anything)
    """What needs no conversion."""
    return value


READERS: dict[str, Convert] = {
    "instant": moment,
    "date": lambda value: date.fromordinal(value + DAY_ZERO),
    "decimal": Decimal,
    "id": UUID,
    "sealed": lambda kept: Sealed(kept["person"], kept["digest"], kept["box"]),
}
WRITERS: dict[str, Convert] = {
    "instant": micros,
    "date": lambda value: value.toordinal() - DAY_ZERO,
    "decimal": str,
    "id": str,
    "sealed": lambda value: {"person": value.person, "digest": value.digest, "box": value.box},
}
