"""Where entries are kept: the `eventsourcing` PostgreSQL recorder, with our own door, columns and bytes.

Reading is the library's. Writing goes through one function of the database (migrations/0002_append.sql), because the
role this program uses may not lock or change the table itself; the library's own bulk insert needs both, and its
database functions leave the lock out, which lets a reader skip an entry for good.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from eventsourcing.persistence import Mapper, StoredEvent, Transcoder
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import DictRow, tuple_row

from consumers import entries
from consumers.packing import array, blobs, uuids
from consumers.slots import slot_of
from domain.event import Event
from schemas import Catalogue

ROLE = "roznamcha_app"

APPEND = """
SELECT stream_id, version, entry_position FROM roznamcha.append(
    %b::uuid[], %b::bigint[], %b::text[], %b::bytea[], %b::uuid[], %b::smallint[], %b::uuid[], %b::bytea[],
    %b::uuid[], %b::text[], %b::uuid[], %b::text[], %b::text[], %b::integer[], %b::integer[], %b)
"""
DESTROY = "SELECT roznamcha.destroy_key(%s, %s, %s)"


@dataclass(frozen=True)
class Name:
    """A name by which a record may be called. A numbered one belongs to a series, a station and a year (or day)."""

    name: str
    record_id: UUID
    series: str | None = None
    station: str | None = None
    year: int | None = None
    number: int | None = None


@dataclass(slots=True)
class Line:
    """One entry ready to be written. `digest` is the keyed digest of the command, None for its further entries."""

    stream_id: UUID
    version: int
    topic: str
    state: bytes
    record_id: UUID
    command_id: UUID
    digest: bytes | None
    names: tuple[Name, ...] = ()
    erases: str = ""
    """The person whose key is destroyed by this entry."""


class Datastore(PostgresDatastore):
    """A pool of connections that have put on the application's role."""

    def __init__(self, url: str, *, pool_size: int = 1, max_overflow: int = 15) -> None:
        """Connect as `url` says. Nothing is opened until it is needed."""
        given = {key: str(value) for key, value in conninfo_to_dict(url).items() if value is not None}
        super().__init__(
            dbname=given.pop("dbname", ""),
            host=given.pop("host", ""),
            port=given.pop("port", "5432"),
            user=given.pop("user", ""),
            password=given.pop("password", ""),
            pool_size=pool_size,
            max_overflow=max_overflow,
            connect_timeout=5,
            schema="roznamcha",
        )
        options = f"{given.pop('options', '')} -c role={ROLE} -c timezone=UTC".strip()
        kwargs = {**self.pool.kwargs, **given, "options": options}  # type: ignore[dict-item]  # a dict here
        self.pool.kwargs = {key: value for key, value in kwargs.items() if value != ""}


class EntryRecorder(PostgresApplicationRecorder):
    """The library's recorder over our table, writing through our door."""

    def __init__(self, datastore: Datastore) -> None:
        """Read and write `roznamcha.entries` in `datastore`."""
        super().__init__(datastore, events_table_name="entries")

    def create_table(self) -> None:
        """Do nothing: migrations own all tables."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:  # noqa: ANN401
        """Refuse: a plain stored event has no record, slot or command. Use `append`."""
        message = "entries are written by EntryRecorder.append, which knows their record and command"
        raise NotImplementedError(message)

    def append(self, lines: Sequence[Line], *, respect_refusals: bool = True) -> dict[tuple[UUID, int], int]:
        """Write a batch in one transaction; give the position of each entry written, by (stream, version).

        With `respect_refusals` a command that was refused before is not written.

        What is missing from the answer was not written: see the comment in the migration for the reasons.
        """
        with self.datastore.get_connection() as connection:
            if not any(line.erases for line in lines):
                return self._written(connection, lines, respect_refusals=respect_refusals)
            with connection.transaction():  # if we die here, neither is the erasure entered nor is the key gone
                written = self._written(connection, lines, respect_refusals=respect_refusals)
                for line in lines:
                    if line.erases and (line.stream_id, line.version) in written:
                        connection.execute(DESTROY, (line.record_id, line.erases, line.version))
            return written

    @contextmanager
    def appending(self, lines: Sequence[Line]) -> Iterator[tuple[dict[tuple[UUID, int], int], Connection[DictRow]]]:
        """Write a batch and keep the log's lock until the block ends: an error in it undoes the whole batch."""
        with self.datastore.get_connection() as connection, connection.transaction():
            yield self._written(connection, lines, respect_refusals=True), connection

    def _written(
        self, connection: Connection[DictRow], lines: Sequence[Line], *, respect_refusals: bool
    ) -> dict[tuple[UUID, int], int]:
        named = [(line.stream_id, name) for line in lines for name in line.names]
        params = (
            uuids([line.stream_id for line in lines]),
            array("bigint", [line.version for line in lines]),
            array("text", [line.topic for line in lines]),
            blobs([line.state for line in lines]),
            uuids([line.record_id for line in lines]),
            array("smallint", [slot_of(line.record_id) for line in lines]),
            uuids([line.command_id for line in lines]),
            blobs([line.digest for line in lines]),
            *(_named(named) if named else UNNAMED),
            respect_refusals,
        )
        cursor = _cursor(connection)
        return {
            (stream, version): position for stream, version, position in cursor.execute(APPEND, params, prepare=True)
        }

    def refuse(self, refusals: Sequence[tuple[UUID, bytes, UUID, list[str]]]) -> None:
        """Keep refusals (command, digest, record, reasons); the first one of a command holds."""
        query = "INSERT INTO roznamcha.refusals VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING"
        with self.datastore.get_connection() as connection, connection.cursor() as cursor:
            cursor.executemany(query, refusals)

    def entries_of(self, streams: Iterable[UUID]) -> list[tuple[UUID, int, bytes]]:
        """(stream, position, bytes) of every entry of these streams, each stream in its order.

        Planned each time: a plan that was kept from the store's first hour reads whole tables ever after.
        """
        query = """
            SELECT originator_id, notification_id, state FROM roznamcha.entries
            WHERE originator_id = ANY(%b) ORDER BY originator_id, originator_version
        """
        with self.datastore.get_connection() as connection:
            return list(_cursor(connection).execute(query, (list(streams),), prepare=False))

    def entries_after(self, floors: Mapping[UUID, int]) -> list[tuple[UUID, int, bytes]]:
        """(stream, position, bytes) of the entries above a version of each stream, each stream in its order."""
        query = """
            SELECT e.originator_id, e.notification_id, e.state
            FROM unnest(%b::uuid[], %b::bigint[]) AS w(stream, floor) CROSS JOIN LATERAL (
                SELECT i.originator_id, i.notification_id, i.state FROM roznamcha.entries i
                WHERE i.originator_id = w.stream AND i.originator_version > w.floor
                ORDER BY i.originator_version OFFSET 0
            ) e
        """
        with self.datastore.get_connection() as connection:
            wanted = (list(floors), list(floors.values()))
            return list(_cursor(connection).execute(query, wanted, prepare=False))


def _named(named: Sequence[tuple[UUID, Name]]) -> tuple[list[Any], ...]:
    """The columns of the names that are given, each with the stream of the entry that gives it."""
    return (
        [stream for stream, _ in named],
        [name.name for _, name in named],
        [name.record_id for _, name in named],
        [name.series for _, name in named],
        [name.station for _, name in named],
        [name.year for _, name in named],
        [name.number for _, name in named],
    )


UNNAMED = tuple(array(kind, ()) for kind in ("uuid", "text", "uuid", "text", "text", "integer", "integer"))
"""The same where none is given, as is so of most batches."""


def _cursor(connection: Connection[DictRow]) -> Any:  # noqa: ANN401 (a cursor of plain tuples)
    """A binary cursor: text halves the speed of bytes."""
    return connection.cursor(row_factory=tuple_row, binary=True)


class AvroMapper(Mapper[UUID]):
    """Entries as `eventsourcing` sees them: topic is the act's permanent name, state the bytes that go everywhere."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Write with the newest schemas of `catalogue`, read with all of them."""
        super().__init__(transcoder=_NoTranscoder())
        self.catalogue = catalogue

    def to_stored_event(self, domain_event: Event[Any]) -> StoredEvent:  # type: ignore[override]  # ours has `meta`
        """An entry as it is kept."""
        meta = domain_event.meta
        state = entries.write(self.catalogue, domain_event)
        return StoredEvent(meta.stream_id, meta.version, domain_event.name, state)

    def to_domain_event(self, stored_event: StoredEvent) -> Event[Any]:  # type: ignore[override]
        """An entry as it was."""
        return entries.read(self.catalogue, stored_event.state, 0)


class _NoTranscoder(Transcoder):
    """The mapper writes Avro itself, since a transcoder never learns which act it is writing."""

    def encode(self, obj: Any) -> bytes:  # noqa: ANN401
        raise NotImplementedError

    def decode(self, data: bytes) -> Any:  # noqa: ANN401
        raise NotImplementedError
