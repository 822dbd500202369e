"""A leaf of the court's ledger: a page of JSON that commits to one entry and says nothing of a person.

It is made of the stored bytes, the log it stands in, and the leaf before it of the same record; of nothing else, so it
can be made again and compared. It is written once (RFC 8785) and hashed, served and handed out as those bytes.

The name of the act and the schema stand under a digest, not in the open: they would tell what was done to whom.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from consumers.columns import identity, moment
from roznamcha.ledger.disclosing import Columns, Disclosure, Told, b64, identity_text, moment_text
from schemas import Catalogue, Schema
from schemas.codec import HEADER, as_written, schema_of
from schemas.decoding import NOT_PLAIN, Decoder, NotPlain, decoder_of

VERSION = 1
NOWHERE = -1
"""The place before a record's first leaf."""


class Chain(NamedTuple):
    """Where a record's own chain stands: the place of its last leaf, and that leaf's hash."""

    place: int = NOWHERE
    hash: bytes | None = None

    def told(self) -> dict[str, Any]:
        """What the next leaf says of it."""
        return {"place": self.place + 1, "prev": None if self.hash is None else b64(self.hash)}


class Ready(NamedTuple):
    """A leaf, but for what only its log and its record's chain can tell. Whoever has the stored bytes can make it."""

    record: bytes
    recorded_at: int
    front: bytes
    back: bytes

    @property
    def record_id(self) -> UUID:
        """The record it belongs to."""
        return identity(self.record)

    @property
    def year(self) -> int:
        """The year, by UTC, in which the entry was recorded: its log's, unless a later one was begun before."""
        return moment(self.recorded_at).year

    def leaf(self, origin: str, position: int, chain: Chain) -> bytes:
        """The leaf in the log `origin`, behind the record's last one. Its keys stand in the order of RFC 8785."""
        before = "null" if chain.hash is None else f'"{b64(chain.hash)}"'
        middle = f'"log":"{origin}","place":{chain.place + 1},"position":{position},"prev":{before},'
        return b"%b%b%b" % (self.front, middle.encode(), self.back)


@dataclass(frozen=True)
class Entry:
    """A stored entry as the ledger sees it."""

    schema: Schema
    meta: dict[str, Any]
    state: bytes
    told: Told

    @cached_property
    def disclosures(self) -> list[Disclosure]:
        """Every column that says something, and the nothings."""
        return self.told.disclosures()

    @property
    def record_id(self) -> UUID:
        """The record it belongs to."""
        return identity(self.meta["record_id"])

    def ready(self) -> Ready:
        """Its leaf, but for log and chain."""
        return _ready(self.schema, self.meta, self.state, self.told)

    def leaf(self, origin: str, position: int, chain: Chain) -> bytes:
        """Its leaf in the log `origin`, behind the record's last one."""
        return self.ready().leaf(origin, position, chain)


class Entries:
    """Reads entries for the ledger, each by the schema it was written with."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Read with these schemas."""
        self._catalogue = catalogue
        self._known: dict[int, tuple[Columns, Decoder]] = {}

    def read(self, state: bytes) -> Entry:
        """The entry in these bytes. Raises SchemaError when they can't be read."""
        return Entry(*self._read(state))

    def ready(self, state: bytes) -> Ready:
        """The leaf of the entry in these bytes, but for log and chain. Raises SchemaError as `read` does."""
        return _ready(*self._read(state))

    def _read(self, state: bytes) -> tuple[Schema, dict[str, Any], bytes, Told]:
        schema = schema_of(self._catalogue, state)
        known = self._known.get(id(schema))
        if known is None:
            known = self._known[id(schema)] = Columns(schema), _decoder(schema)
        columns, decode = known
        try:
            record = decode(state, HEADER.size)
        except NOT_PLAIN:
            _, record = as_written(self._catalogue, state)
        meta = record["meta"]
        return schema, meta, state, columns.told(meta, record)


def _ready(schema: Schema, meta: dict[str, Any], state: bytes, told: Told) -> Ready:
    recorded, record = meta["recorded_at"], meta["record_id"]
    front = b'{"_sd":["%b"],"_sd_alg":"sha-256","at":"%b","entry":"%b",%b' % (
        b'","'.join(told.digests()), moment_text(recorded).encode(), identity_text(meta["entry_id"]).encode(),
        _kind(schema.name),
    )  # fmt: skip
    # 128 bits of the state are the entry's salt: nobody who lacks them can guess the rest.
    back = (
        f'"record":"{identity_text(record)}","state":"{b64(sha256(state).digest())}","v":{VERSION},'
        f'"version":{meta["version"]}}}'
    )
    return Ready(record, recorded, front, back.encode())


def _decoder(schema: Schema) -> Decoder:
    """What reads this schema's entries fastest."""
    try:
        return decoder_of(schema)
    except NotPlain:
        return _never


def _never(_: bytes, __: int) -> Any:  # noqa: ANN401 (it gives nothing)
    raise NotPlain


@cache
def _kind(name: str) -> bytes:
    """What a leaf tells of an act's name: its register."""
    return f'"kind":"{name.partition(".")[0]}",'.encode()
