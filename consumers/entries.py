"""Entries as they are kept and as the domain knows them: bytes to an act, an act to bytes.

The conversions of each act are worked out once, from its columns. What needs none (text, numbers) is taken as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import domain
from domain.event import ACTS, EPOCH, Actor, Event, Meta, Sealed
from domain.shape import Shape, columns, once
from schemas import Catalogue, SchemaError
from schemas.codec import decode, encode

Convert = Callable[[Any], Any]
DAY_ZERO = date(1970, 1, 1).toordinal()
MICROSECOND = timedelta(microseconds=1)


class UnknownAct(SchemaError):
    """An entry of an act this release doesn't know."""


def read(catalogue: Catalogue, state: bytes, position: int = 0) -> Event[Any]:
    """The entry in these bytes. Raises SchemaError when they can't be decoded, UnknownAct for an act nobody knows."""
    name, record = decode(catalogue, state)
    cls = _act(name)
    meta = _read_meta(record.pop("meta"), position)
    for column, convert in _readers(cls):
        record[column] = convert(record[column])
    record["meta"] = meta
    entry = object.__new__(cls)
    entry.__dict__.update(record)  # past the constructor of a frozen dataclass, which costs more than decoding
    return entry


def write(catalogue: Catalogue, event: Event[Any]) -> bytes:
    """The bytes of an entry. Raises SchemaError when it doesn't fit its schema."""
    record = dict(event.__dict__)
    record["meta"] = _written_meta(event.meta)
    for column, convert in _writers(type(event)):
        record[column] = convert(record[column])
    return encode(catalogue, event.name, record)


def _act(name: str) -> type[Event[Any]]:
    cls = ACTS.get(name)
    if cls is None:
        domain.load()
        cls = ACTS.get(name)
    if cls is None:
        message = f"this release knows no act {name}"
        raise UnknownAct(message)
    return cls


def micros(moment: datetime) -> int:
    """Microseconds since 1970-01-01T00:00:00Z."""
    return (moment - EPOCH) // MICROSECOND


def moment(value: int) -> datetime:
    """The aware UTC time of microseconds since 1970."""
    return EPOCH + timedelta(microseconds=value)


def _read_meta(kept: dict[str, Any], position: int) -> Meta:
    record_id, stream = UUID(bytes=kept["record_id"]), kept["stream_id"]
    station, reported = kept["station"], kept["reported_at"]
    correlation, causation = kept["correlation_id"], kept["causation_id"]
    meta: Meta = _made(
        Meta,
        entry_id=UUID(bytes=kept["entry_id"]),
        record_id=record_id,
        stream_id=record_id if stream is None else UUID(bytes=stream),
        version=kept["version"],
        occurred_at=moment(kept["occurred_at"]),
        recorded_at=moment(kept["recorded_at"]),
        reported_at=None if reported is None else moment(reported),
        actor=_made(
            Actor,
            id=kept["actor_id"],
            rank=kept["actor_rank"],
            role=kept["actor_role"],
            station=kept["actor_station"] or station,
        ),
        station=station,
        district=kept["district"],
        command_id=UUID(bytes=kept["command_id"]),
        correlation_id=None if correlation is None else UUID(bytes=correlation),
        causation_id=None if causation is None else UUID(bytes=causation),
        source=kept["source"],
        salt=kept["salt"],
        doubts=tuple(kept["doubts"]),
        signature=kept["signature"],
        position=position,
    )
    return meta


def _made(cls: type[Any], **values: Any) -> Any:  # noqa: ANN401
    made = object.__new__(cls)
    made.__dict__.update(values)
    return made


def _written_meta(meta: Meta) -> dict[str, Any]:
    return {
        "entry_id": meta.entry_id.bytes,
        "record_id": meta.record_id.bytes,
        "stream_id": None if meta.stream_id == meta.record_id else meta.stream_id.bytes,
        "version": meta.version,
        "occurred_at": micros(meta.occurred_at),
        "recorded_at": micros(meta.recorded_at),
        "reported_at": None if meta.reported_at is None else micros(meta.reported_at),
        "actor_id": meta.actor.id,
        "actor_rank": meta.actor.rank,
        "actor_role": meta.actor.role,
        "actor_station": "" if meta.actor.station == meta.station else meta.actor.station,
        "station": meta.station,
        "district": meta.district,
        "command_id": meta.command_id.bytes,
        "correlation_id": None if meta.correlation_id is None else meta.correlation_id.bytes,
        "causation_id": None if meta.causation_id is None else meta.causation_id.bytes,
        "source": meta.source,
        "salt": meta.salt,
        "doubts": list(meta.doubts),
        "signature": meta.signature,
    }


@once
def _readers(cls: type) -> tuple[tuple[str, Convert], ...]:
    return tuple((each.name, _reader(each.shape)) for each in columns(cls) if not each.shape.plain)


@once
def _writers(cls: type) -> tuple[tuple[str, Convert], ...]:
    return tuple((each.name, _writer(each.shape)) for each in columns(cls) if not each.shape.plain)


def _reader(shape: Shape) -> Convert:
    """How a kept value becomes the domain's."""
    if shape.inner is not None:
        inner = _reader(shape.inner)
        if shape.kind == "optional":
            return lambda value: None if value is None else inner(value)
        return lambda value: tuple(inner(each) for each in value)
    if shape.of is not None:
        cls, changed = shape.of, _readers(shape.of)
        return lambda value: _part(cls, dict(value), changed)
    return READERS.get(shape.kind, _same)


def _part(cls: type, values: dict[str, Any], changed: tuple[tuple[str, Convert], ...]) -> Any:  # noqa: ANN401
    for name, convert in changed:
        values[name] = convert(values[name])
    return _made(cls, **values)


def _writer(shape: Shape) -> Convert:
    """How a value of the domain is kept."""
    if shape.inner is not None:
        inner = _writer(shape.inner)
        if shape.kind == "optional":
            return lambda value: None if value is None else inner(value)
        return lambda value: [inner(each) for each in value]
    if shape.of is not None:
        names = [each.name for each in fields(shape.of)]
        changed = dict(_writers(shape.of))
        return lambda value: {name: changed.get(name, _same)(getattr(value, name)) for name in names}
    return WRITERS.get(shape.kind, _same)


def _same(value: Any) -> Any:  # noqa: ANN401
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
