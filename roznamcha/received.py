"""What a subscriber says it has received: out of its own book in PostgreSQL, or out of a file it wrote."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, LiteralString, NamedTuple, NoReturn, Protocol
from uuid import UUID

import psycopg
from psycopg import Connection, sql

from consumers.carried import LAST
from consumers.dak import STANDS
from consumers.slots import SLOTS, slot_of
from roznamcha.errors import Unavailable, Usage

Tallies = dict[UUID, tuple[int, bytes]]
"""Count and digest by record."""
DIGEST = 32
SERVER = re.compile(r"\b[^\W\d]+:  (\S.*)")
"""What a server said, by the two blanks behind its word for FATAL, in whatever language."""
NEITHER = 'give {"record", "count", "digest"} with 64 hexadecimal digits, or {"partition", "position"}'


class Received(Protocol):
    """What a subscriber has of one topic."""

    places: dict[int, int]
    """The last position it has seen in each partition; empty when it doesn't say."""

    def of(self, slots: Collection[int], record: UUID | None = None) -> Tallies:
        """What it has of the records of some partitions, or of one record."""

    def told(self) -> dict[str, Any]:
        """What else it says of itself."""


class FromBook:
    """Out of the tables that the subscriber kit keeps, as of one moment."""

    def __init__(self, connection: Connection[Any], schema: str, topic: str) -> None:
        """Read over `connection`, which is in a transaction that sees one moment. Raises Usage for an empty book."""
        self.connection, self.schema, self.topic = connection, schema, topic
        rows = self._rows("SELECT partition, position, stopped FROM {table} WHERE topic = %s", "roznamcha_offsets")
        if not rows:
            message = f"the book {schema} has nothing of the topic {topic}: name its schema, or the right topics"
            raise Usage(message)
        self.places: dict[int, int] = {row[0]: row[1] for row in rows}
        self.stopped = {str(row[0]): row[2] for row in rows if row[2]}
        query: LiteralString = (
            "SELECT count(DISTINCT coalesce(record_id::text, concat_ws(' ', topic_id, partition, \"offset\"))) "
        )
        query += "FROM {table} p WHERE topic = %s AND " + STANDS
        self.parked = self._rows(query, "roznamcha_parked")[0][0]

    def _rows(self, query: LiteralString, table: str) -> list[Any]:
        named = sql.SQL(query).format(table=sql.Identifier(self.schema, table))
        return self.connection.execute(named, (self.topic,)).fetchall()

    def of(self, slots: Collection[int], record: UUID | None = None) -> Tallies:
        """What it has of the records of some partitions, or of one record."""
        chosen = set(slots)
        query = sql.SQL("SELECT record_id, count, digest FROM {} WHERE topic = %s").format(
            sql.Identifier(self.schema, "roznamcha_seen")
        )
        found: Tallies = {}
        with self.connection.cursor("reconcile", binary=True) as cursor:
            cursor.itersize = 10_000
            for record_id, entries, digest in cursor.execute(query, (self.topic,)):
                if slot_of(record_id) in chosen and record in {None, record_id}:
                    found[record_id] = (entries, digest)
        return found

    def told(self) -> dict[str, Any]:
        """Parked records, and partitions that stand still, each with why."""
        return {"behind": 0, "parked": self.parked, "stopped": self.stopped, "positions": True}


class FromFile:
    """Out of JSON lines: `{"record", "count", "digest"}`, and `{"partition", "position"}` for each partition."""

    def __init__(self, path: Path) -> None:
        """Read the places. Raises Usage for a line that is neither, and for what is told twice."""
        self.path = path
        self.places: dict[int, int] = {}
        seen = set[UUID]()
        for number, told in self._lines():
            if isinstance(told, _Place):
                if told.partition in self.places:
                    self._refuse(number, f"partition {told.partition} is told twice")
                self.places[told.partition] = told.position
            elif told.record in seen:
                self._refuse(number, f"record {told.record} is told twice")
            else:
                seen.add(told.record)
        if self.places and len(self.places) != SLOTS:
            message = f"{path}: positions are given for {len(self.places)} partitions: give all {SLOTS}, or none"
            raise Usage(message)

    def _refuse(self, number: int, why: str) -> NoReturn:
        message = f"{self.path.name}, line {number}: {why}"
        raise Usage(message)

    def _lines(self) -> Iterator[tuple[int, _Place | _Count]]:
        with self.path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    try:
                        yield number, _read(json.loads(line))
                    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                        self._refuse(number, NEITHER)

    def of(self, slots: Collection[int], record: UUID | None = None) -> Tallies:
        """What it has of the records of some partitions, or of one record."""
        chosen = set(slots)
        counts = (each for _, each in self._lines() if isinstance(each, _Count))
        return {
            each.record: (each.entries, each.digest) for each in counts
            if slot_of(each.record) in chosen and record in {None, each.record}
        }  # fmt: skip

    def told(self) -> dict[str, Any]:
        """A file says nothing else, but for whether it tells how far it was read."""
        return {"behind": 0, "parked": 0, "stopped": {}, "positions": bool(self.places)}


class _Place(NamedTuple):
    """Up to which position a partition was read."""

    partition: int
    position: int


class _Count(NamedTuple):
    """How many entries of a record came, and the digest of them."""

    record: UUID
    entries: int
    digest: bytes


def _read(told: Any) -> _Place | _Count:  # noqa: ANN401 (any JSON)
    """A line of a file. Raises ValueError and its kin for one that is neither."""
    if "partition" in told:
        place = _Place(told["partition"], told["position"])
        if not (_whole(place.position) and _whole(place.partition) and place.partition < SLOTS):
            raise ValueError
        return place
    found = _Count(UUID(told["record"]), told["count"], bytes.fromhex(told["digest"]))
    if not _whole(found.entries) or len(found.digest) != DIGEST:
        raise ValueError
    return found


def _whole(number: object) -> bool:
    return type(number) is int and 0 <= number <= LAST


def _not_opened(said: str) -> str:
    """Why a database can't be opened, in the server's own words.

    The library's are not told: they quote what was given, and take some of a password with an @ or a / for the host.
    """
    if words := SERVER.search(said):
        return f"the subscriber's database can't be opened; its server says: {words[1]}"
    return "the subscriber's database is away: no server answers at the host and port that were given"


@contextmanager
def received_by(named: str, schema: str, topic: str) -> Iterator[Received]:
    """What the subscriber that is named so has: a file, or the address of its database. Raises Usage, Unavailable."""
    if Path(named).is_file():
        yield FromFile(Path(named))
        return
    try:
        psycopg.conninfo.conninfo_to_dict(named)
    except psycopg.ProgrammingError:
        quoted = "what was given" if {"@", "="}.intersection(named) else repr(named[:60])  # it may hold a password
        message = f"{quoted} is no file, and no address of a database: postgresql://user@host/name"
        raise Usage(message) from None
    try:
        connection = psycopg.connect(named, autocommit=True)
    except psycopg.OperationalError as error:
        raise Unavailable(_not_opened(str(error))) from None
    with connection, connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            book = FromBook(connection, schema, topic)
        except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
            message = f"that database has no book of a subscriber in the schema {schema}: name it with --schema"
            raise Usage(message) from None
        yield book
