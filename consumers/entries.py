"""Entries as they are kept and as the domain knows them: bytes to an act, an act to bytes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from consumers.columns import made, micros, moment, readers, writers
from consumers.plans import Plan, UnknownAct, Wanted, act_of, plan_of
from domain.event import ACTS, Actor, Event, Meta
from schemas import Catalogue
from schemas.codec import HEADER, decode, encode
from schemas.decoding import NOT_PLAIN

__all__ = ["Reader", "UnknownAct", "read", "read_plainly", "write"]


class Reader:
    """Reads entries of every schema, each by the decoder that was written for it."""

    def __init__(self, catalogue: Catalogue, wanted: Wanted | None = None) -> None:
        """Read whole entries, or of each act only the columns that are `wanted`."""
        self.catalogue, self.wanted = catalogue, wanted
        self._plans: dict[bytes, Plan | None] = {}

    def read(self, state: bytes, position: int = 0) -> Event[Any]:
        """The entry in these bytes. Raises SchemaError when they can't be decoded, UnknownAct for an unknown act."""
        head = state[: HEADER.size]
        if head not in self._plans:
            self._plans[head] = plan_of(self.catalogue, state, self.wanted)
        plan = self._plans[head]
        if plan is not None and ACTS.get(plan[0]) is plan[1]:
            try:
                entry: Event[Any] = plan[2](state, HEADER.size)
            except NOT_PLAIN:
                return read_plainly(self.catalogue, state, position)
            entry.meta.__dict__["position"] = position
            return entry
        return read_plainly(self.catalogue, state, position)


def read(catalogue: Catalogue, state: bytes, position: int = 0) -> Event[Any]:
    """The entry in these bytes, whole. Raises SchemaError and UnknownAct as a Reader does."""
    reader: Reader | None = catalogue.readers.get(Reader)
    if reader is None:
        reader = catalogue.readers[Reader] = Reader(catalogue)
    return reader.read(state, position)


def read_plainly(catalogue: Catalogue, state: bytes, position: int = 0) -> Event[Any]:
    """The same by the general decoder alone: for old versions, for odd bytes, and for whoever checks the other way."""
    name, record = decode(catalogue, state)
    cls = act_of(name)
    meta = _read_meta(record.pop("meta"), position)
    for column, convert in readers(cls):
        record[column] = convert(record[column])
    record["meta"] = meta
    entry = object.__new__(cls)
    entry.__dict__.update(record)  # past the constructor of a frozen dataclass, which costs more than decoding
    return entry


def write(catalogue: Catalogue, event: Event[Any]) -> bytes:
    """The bytes of an entry. Raises SchemaError when it doesn't fit its schema."""
    record = dict(event.__dict__)
    record["meta"] = _written_meta(event.meta)
    for column, convert in writers(type(event)):
        record[column] = convert(record[column])
    return encode(catalogue, event.name, record)


def _read_meta(kept: dict[str, Any], position: int) -> Meta:
    record_id, stream = UUID(bytes=kept["record_id"]), kept["stream_id"]
    station, reported = kept["station"], kept["reported_at"]
    correlation, causation = kept["correlation_id"], kept["causation_id"]
    found: Meta = made(
        Meta,
        entry_id=UUID(bytes=kept["entry_id"]),
        record_id=record_id,
        stream_id=record_id if stream is None else UUID(bytes=stream),
        version=kept["version"],
        occurred_at=moment(kept["occurred_at"]),
        recorded_at=moment(kept["recorded_at"]),
        reported_at=None if reported is None else moment(reported),
        actor=made(
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
    return found


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
