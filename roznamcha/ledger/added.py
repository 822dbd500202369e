"""Leaves that are to be added, and the one statement by which many of them come into the database."""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct
from typing import NamedTuple
from uuid import UUID

from consumers.packing import EIGHT, NULL, SIXTEEN
from roznamcha.errors import Broken
from roznamcha.ledger.tiles import LARGEST

INTO = b"COPY roznamcha.leaves (log, index, leaf, position, act, record_id, place) FROM STDIN (FORMAT BINARY)"
ASK = "no act with so much in it is taken any more, so this one came another way: `roznamcha ledger audit`"
FRONT, BACK = Struct("!hiiiqi").pack, Struct("!iqii16siq").pack


class New(NamedTuple):
    """A leaf to be added, and its hash: of an entry, of what was asked for, or the ledger's own."""

    data: bytes
    hash: bytes
    position: int | None = None
    act: UUID | None = None
    record: bytes | None = None
    place: int | None = None


def rows_of(number: int, size: int, new: Sequence[New]) -> bytes:
    """Leaves behind the first `size` of a log, as a COPY in binary has them. psycopg's own rows cost thrice that.

    Raises Broken for a leaf that is longer than any log takes.
    """
    found = [b"PGCOPY\n\xff\r\n\0", bytes(8)]
    for index, (data, _, position, act, record, place) in enumerate(new, size):
        if len(data) > LARGEST:
            what = f"the leaf of the entry at position {position}" if position else "a leaf of the ledger's own"
            message = f"{what} has {len(data):,} bytes, and a log takes at most {LARGEST:,}: {ASK}"
            raise Broken(message)
        found += (FRONT(7, 4, number, 8, index, len(data)), data)
        if position is not None and record is not None:
            found.append(BACK(8, position, -1, 16, record, 8, place))
        else:
            found += (NULL, NULL if act is None else SIXTEEN + act.bytes)
            found += (NULL, NULL) if record is None or place is None else (SIXTEEN + record, EIGHT(8, place))
    return b"".join([*found, b"\xff\xff"])
