"""Arrays as PostgreSQL takes them in binary, packed by hand: psycopg asks each element for its type, which costs more.

What isn't plainly of its column's type makes a packer give up, with any of GIVES_UP: then psycopg writes the value, or
says what is wrong with it. Rows for COPY are psycopg's own to pack: its compiled code is the faster there.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Collection
from datetime import UTC, date, datetime
from functools import lru_cache, partial
from itertools import chain
from typing import Any
from uuid import UUID

import psycopg
from psycopg.adapt import Dumper
from psycopg.pq import Format

GIVES_UP = (TypeError, ValueError, AttributeError, LookupError, OverflowError, RecursionError, struct.error)
"""What a packer raises for a value that isn't plainly of its column's type."""
LENGTH = struct.Struct("!i").pack
LENGTHS = tuple(map(LENGTH, range(4_096)))
SIXTEEN, NULL = LENGTH(16), LENGTH(-1)
EIGHT, FOUR, TWO = struct.Struct("!iq").pack, struct.Struct("!ii").pack, struct.Struct("!ih").pack
FLAGS = {False: LENGTH(1) + b"\0", True: LENGTH(1) + b"\1"}
BEGIN = datetime(2000, 1, 1, tzinfo=UTC)
"""From when PostgreSQL counts its microseconds, and its days."""
DAY_ZERO = date(2000, 1, 1).toordinal()
ARRAY = struct.Struct("!iiIii").pack
"""Dimensions, whether there are nulls, the element type's oid, length, first index."""
EMPTY = struct.Struct("!iiI").pack


class Packed(bytes):
    """An array's bytes. Its type is what the statement says it is."""

    __slots__ = ()


class PackedDumper(Dumper):
    """Hands the bytes on as they are."""

    format = Format.BINARY
    oid = 0

    def dump(self, obj: bytes) -> bytes:
        """The bytes."""
        return obj


psycopg.adapters.register_dumper(Packed, PackedDumper)  # for connections that are made from now on

# --- values: each with its length in front ----------------------------------------------------------------------------


def identity(value: UUID) -> bytes:
    """An id."""
    return SIXTEEN + value.int.to_bytes(16, "big")


def text(value: str) -> bytes:
    """Text."""
    kept = value.encode()
    return LENGTH(len(kept)) + kept


def binary(value: bytes) -> bytes:
    """Bytes."""
    return LENGTH(len(value)) + value


def whole(value: int) -> bytes:
    """A whole number."""
    return EIGHT(8, value)


@lru_cache(maxsize=8_192)
def instant(value: datetime) -> bytes:
    """A moment, which has a zone. The same ones come again in other columns and rows."""
    past = value - BEGIN
    return EIGHT(8, (past.days * 86_400 + past.seconds) * 1_000_000 + past.microseconds)


def day(value: date) -> bytes:
    """A day."""
    return FOUR(4, value.toordinal() - DAY_ZERO)


def plain(value: Any) -> Any:  # noqa: ANN401 (any JSON)
    """What a state keeps as an object while it is at hand."""
    if hasattr(value, "to_json"):
        return value.to_json()
    raise TypeError(type(value).__name__)


def _writer() -> Callable[[Any], str]:
    """What writes a value as JSON: an encoder of `json`'s own that isn't made anew for each value."""
    encoder = json.JSONEncoder(ensure_ascii=False, allow_nan=False, default=plain)
    make: Any = getattr(json.encoder, "c_make_encoder", None)
    if make is None:
        return encoder.encode
    quick = make(None, plain, json.encoder.encode_basestring, None, ": ", ", ", False, False, False)  # noqa: FBT003
    return lambda value: "".join(quick(value, 0))


written = _writer()


def structured(value: Any) -> bytes:  # noqa: ANN401 (any JSON)
    """A value as jsonb: its version, then its text."""
    kept = written(value).encode()
    return LENGTH(len(kept) + 1) + b"\1" + kept


KINDS: dict[str, tuple[int, Callable[[Any], bytes]]] = {
    "uuid": (2950, identity), "text": (25, text), "bytea": (17, binary), "jsonb": (3802, structured),
    "smallint": (21, partial(TWO, 2)), "integer": (23, partial(FOUR, 4)), "bigint": (20, whole),
    "boolean": (16, FLAGS.__getitem__), "timestamptz": (1184, instant), "date": (1082, day),
}  # fmt: skip
"""The types that can be packed: their oids, and how."""

# --- arrays ---------------------------------------------------------------------------------------------------------


def array(kind: str, values: Collection[Any]) -> Packed:
    """An array of a type of KINDS, some of whose values may be missing."""
    oid, pack = KINDS[kind]
    if not values:
        return Packed(EMPTY(0, 0, oid))
    if kind == "text" and None not in values:
        texts = [each.encode() for each in values]
        if max(map(len, texts)) < len(LENGTHS):
            both = chain.from_iterable(zip(map(LENGTHS.__getitem__, map(len, texts)), texts, strict=True))
            return Packed(b"".join((ARRAY(1, 0, oid, len(texts), 1), *both)))
    packed = [NULL if each is None else pack(each) for each in values]
    return Packed(ARRAY(1, 1, oid, len(packed), 1) + b"".join(packed))


def uuids(values: Collection[UUID]) -> Packed:
    """An array of ids."""
    return array("uuid", values)


def blobs(values: Collection[bytes | None]) -> Packed:
    """An array of bytes, some of which may be missing."""
    return array("bytea", values)
