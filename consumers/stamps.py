"""What is stamped on an entry that is carried on: who made it, when and where, read without looking at what it says."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple

from consumers.columns import moment
from consumers.entries import read_plainly
from domain.event import Meta
from schemas import Catalogue, NewerSchema, SchemaError
from schemas.codec import HEADER, schema_of
from schemas.decoding import NOT_PLAIN, Decoder, NotPlain, Run, decoder_of


class Stamp(NamedTuple):
    """The stamp of an entry, in the words of its headers: ids as hex, times as texts, and the stamp of its message."""

    entry_id: str
    trace: str
    source: bytes
    occurred_at: bytes
    recorded_ms: int
    """Milliseconds since 1970-01-01T00:00:00Z, as Kafka stamps messages."""


class StampReader:
    """Reads of each entry its stamp alone."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Read entries of the schemas in `catalogue`."""
        self.catalogue = catalogue
        self._plans: dict[bytes, Decoder | None] = {}

    def read(self, state: bytes) -> Stamp | None:
        """The stamp of the entry in these bytes; None when they can't be read.

        Raises NewerSchema for one that a newer release could read.
        """
        head = state[: HEADER.size]
        try:
            if head not in self._plans:
                self._plans[head] = _plan(self.catalogue, state)
            plan = self._plans[head]
            if plan is not None:
                found: Stamp = plan(state, HEADER.size)
                return found
        except NewerSchema:
            raise
        except NOT_PLAIN:  # SchemaError is one of them: the schema's id may be nobody's
            pass
        try:
            return stamp_of(read_plainly(self.catalogue, state).meta)
        except SchemaError:
            return None


def stamp_of(meta: Meta) -> Stamp:
    """The stamp of an entry that was read."""
    return Stamp(
        meta.entry_id.hex,
        (meta.correlation_id or meta.command_id).hex,
        _source(meta.station, meta.district),
        rfc3339(meta.occurred_at.astimezone(UTC)),
        int(meta.recorded_at.timestamp() * 1_000),
    )


def rfc3339(utc: datetime) -> bytes:
    """A time, which is given in UTC, with microseconds, as CloudEvents wants it."""
    return utc.isoformat(timespec="microseconds").replace("+00:00", "Z").encode()


def _source(station: str, district: str) -> bytes:
    return f"/roznamcha/{district}/{station}".encode()


def _plan(catalogue: Catalogue, state: bytes) -> Decoder | None:
    """What reads the stamp of entries that begin like this one; None when only the general decoder can."""
    writer = schema_of(catalogue, state)
    if catalogue.latest[writer.name] is not writer:
        return None
    try:
        return decoder_of(writer, {"meta": _made}, STEPPED, RUNS, first="meta")
    except NotPlain:
        return None


def _made(kept: dict[str, Any]) -> Stamp:
    return Stamp(
        kept["entry_id"].hex(),
        (kept["correlation_id"] or kept["command_id"]).hex(),
        kept["actor_id"],  # what the run beginning there makes
        rfc3339(moment(kept["occurred_at"])),
        kept["recorded_at"] // 1_000,
    )


STEPPED = {f"meta.{name}": None for name in ("stream_id", "reported_at", "causation_id", "doubts", "signature")}
RUNS = {
    "meta.actor_id": Run(
        ("actor_id", "actor_rank", "actor_role", "actor_station", "station", "district"),
        lambda _person, _rank, _role, _own, station, district: _source(station, district),
    )
}
