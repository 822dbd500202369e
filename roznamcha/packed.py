"""Arrays as PostgreSQL takes them in binary, packed by hand: psycopg asks each element for its type, which costs more.

The format: dimensions, whether there are nulls, the element type's oid, length, first index; then each element's length
and bytes, the length of a null being -1.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from uuid import UUID

from psycopg.adapt import Dumper
from psycopg.pq import Format

HEAD = struct.Struct("!iiIii")
LENGTH = struct.Struct("!i")
UUID_OID, BYTEA_OID = 2950, 17
SIXTEEN, NULL = LENGTH.pack(16), LENGTH.pack(-1)


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


def uuids(values: Sequence[UUID]) -> Packed:
    """An array of ids."""
    return _packed(UUID_OID, [SIXTEEN + value.bytes for value in values])


def blobs(values: Sequence[bytes | None]) -> Packed:
    """An array of bytes, some of which may be missing."""
    return _packed(BYTEA_OID, [NULL if each is None else LENGTH.pack(len(each)) + each for each in values])


def _packed(oid: int, elements: list[bytes]) -> Packed:
    if not elements:
        return Packed(struct.pack("!iiI", 0, 0, oid))
    return Packed(HEAD.pack(1, 1, oid, len(elements), 1) + b"".join(elements))
