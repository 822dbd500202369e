"""A leaf of the court's ledger: a page of JSON that commits to one entry and says nothing of a person.

It is made of the stored bytes, the log it stands in, and the leaf before it of the same record; of nothing else, so it
can be made again and compared. It is written once (RFC 8785) and hashed, served and handed out as those bytes.

The name of the act and the schema stand under a digest, not in the open: they would tell what was done to whom.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from roznamcha.ledger.canonical import canonical
from roznamcha.ledger.disclosing import Columns, Disclosure, b64, filled_up, moment_text
from schemas import Catalogue, Schema
from schemas.codec import as_written

VERSION = 1
NOWHERE = -1
"""The place before a record's first leaf."""


@dataclass(frozen=True)
class Chain:
    """Where a record's own chain stands: the place of its last leaf, and that leaf's hash."""

    place: int = NOWHERE
    hash: bytes | None = None

    def told(self) -> dict[str, Any]:
        """What the next leaf says of it."""
        return {"place": self.place + 1, "prev": None if self.hash is None else b64(self.hash)}


@dataclass(frozen=True)
class Entry:
    """A stored entry as the ledger sees it."""

    schema: Schema
    meta: dict[str, Any]
    state: bytes
    disclosures: Sequence[Disclosure]

    @property
    def record_id(self) -> UUID:
        """The record it belongs to."""
        return UUID(bytes=self.meta["record_id"])

    @property
    def year(self) -> int:
        """The year, by UTC, in which it was recorded: its log's, unless a later one was begun before."""
        return int(moment_text(self.meta["recorded_at"])[:4])

    def leaf(self, origin: str, position: int, chain: Chain) -> bytes:
        """Its leaf in the log `origin`, behind the record's last one."""
        meta = self.meta
        return canonical(
            {
                "v": VERSION,
                "log": origin,
                "position": position,
                "entry": str(UUID(bytes=meta["entry_id"])),
                "kind": self.schema.name.partition(".")[0],
                "record": str(self.record_id),
                "version": meta["version"],
                **chain.told(),
                "at": moment_text(meta["recorded_at"]),
                # 128 bits of these bytes are the entry's salt: nobody who lacks them can guess the rest.
                "state": b64(hashlib.sha256(self.state).digest()),
                **commitment(self.disclosures),
            }
        )


class Entries:
    """Reads entries for the ledger, each by the schema it was written with."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Read with these schemas."""
        self._catalogue = catalogue
        self._columns: dict[int, Columns] = {}

    def read(self, state: bytes) -> Entry:
        """The entry in these bytes. Raises SchemaError when they can't be read."""
        schema, record = as_written(self._catalogue, state)
        columns = self._columns.get(id(schema))
        if columns is None:
            columns = self._columns[id(schema)] = Columns(schema)
        meta = record["meta"]
        return Entry(schema, meta, state, filled_up(meta["salt"], columns.disclosed(meta, record)))


def commitment(disclosures: Sequence[Disclosure]) -> dict[str, Any]:
    """What a leaf says of its columns: their digests, sorted, so that not even their order tells anything."""
    return {"_sd": sorted(each.digest for each in disclosures), "_sd_alg": "sha-256"}
