"""The dak book of a subscriber: what came, record by record, how far, and what waits, kept in its own database.

Three tables in a schema that the subscriber names. They are written in the same transaction as its own rows, so they
say what is true of these, whatever happens to the process:

    roznamcha_offsets   for each partition the next offset, its last entry, and why it stands still if it does
    roznamcha_seen      for each record how many entries came, and their digest: what `reconcile` compares
    roznamcha_parked    messages the subscriber could not take, whole, with the later ones of the record behind them
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from psycopg import Connection, sql

from consumers.checkpoints import Fenced
from consumers.folding import Kept
from consumers.slots import SLOTS
from consumers.tally import NOTHING, Tally

SCHEMA: LiteralString = "CREATE SCHEMA {schema}"
TABLES: tuple[LiteralString, ...] = (
    """CREATE TABLE {schema}.roznamcha_offsets (
        topic text, partition smallint, subscriber text NOT NULL, topic_id text NOT NULL, next bigint NOT NULL,
        position bigint NOT NULL, stopped text NOT NULL DEFAULT '', previous bigint, digest bytea,
        PRIMARY KEY (topic, partition))""",
    """CREATE TABLE {schema}.roznamcha_seen (
        topic text, record_id uuid, count bigint NOT NULL, digest bytea NOT NULL, PRIMARY KEY (topic, record_id))""",
    """CREATE TABLE {schema}.roznamcha_parked (
        topic text, topic_id text, partition smallint, "offset" bigint, position bigint, record_id uuid,
        name text NOT NULL, why text NOT NULL, key bytea, value bytea, headers jsonb NOT NULL,
        parked_at timestamptz NOT NULL DEFAULT now(), dismissed jsonb,
        PRIMARY KEY (topic, topic_id, partition, "offset"))""",
    "CREATE INDEX roznamcha_parked_record ON {schema}.roznamcha_parked (topic, record_id, position)",
)

ADDED: LiteralString = "ALTER TABLE {schema}.roznamcha_parked ADD COLUMN IF NOT EXISTS dismissed jsonb"
"""For the book of an older kit."""
STANDS: LiteralString = "to_jsonb(p) ->> 'dismissed' IS NULL"
"""Of a row `p` of what is parked: nobody has laid it aside. A book of an older kit has no such column."""


class Place(NamedTuple):
    """Where a partition stands: the offset that is read next, the last entry's position, and why no further.

    By `previous` and `digest` (SHA-256 of its bytes) that entry is known again in a topic that was made anew.
    """

    next: int
    position: int
    stopped: str = ""
    previous: int | None = None
    digest: bytes | None = None


class Untaken(NamedTuple):
    """A message that was not taken: the entry in it, or None when it is none; and why, empty when it only waits."""

    message: Any
    kept: Kept | None
    why: str


@dataclass(frozen=True)
class Lot:
    """What waits of a record: where it stopped, why, and how many entries.

    No record: a message that is no entry. It is known by its partition and offset, which only such a lot has.
    """

    record_id: UUID | None
    position: int | None
    name: str
    why: str
    waiting: int
    partition: int | None = None
    offset: int | None = None


class Other(ValueError):
    """The schema holds the book of another subscriber."""


@dataclass(frozen=True)
class Book:
    """The three tables of one subscriber, of what it reads from one topic."""

    schema: str
    topic: str
    subscriber: str
    partitions: int = SLOTS

    def _sql(self, query: LiteralString) -> sql.Composed:
        return sql.SQL(query).format(schema=sql.Identifier(self.schema))

    def open(self, connection: Connection[Any], topic_id: str) -> None:
        """Make the tables and the partitions' rows if there are none. Raises Other when they are somebody else's."""
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", (f"roznamcha dak {self.schema}",))
            there = connection.execute(
                "SELECT 1 FROM pg_tables WHERE schemaname = %s AND tablename = 'roznamcha_offsets'", (self.schema,)
            ).fetchone()
            # Asked for only where it isn't: PostgreSQL wants the right to make one also of who finds it there.
            made = connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (self.schema,)).fetchone()
            for each in () if there else TABLES if made else (SCHEMA, *TABLES):
                connection.execute(self._sql(each))
            connection.execute(
                self._sql(
                    "INSERT INTO {schema}.roznamcha_offsets SELECT %s, s, %s, %s, 0, 0 "
                    "FROM generate_series(0, %s) s ON CONFLICT DO NOTHING"
                ),
                (self.topic, self.subscriber, topic_id, self.partitions - 1),
            )
            query = self._sql("SELECT subscriber FROM {schema}.roznamcha_offsets WHERE subscriber <> %s LIMIT 1")
            other = connection.execute(query, (self.subscriber,)).fetchone()
        if other:
            message = f"the schema {self.schema} is the book of {other[0]}: name another one for {self.subscriber}"
            raise Other(message)

    # --- how far -------------------------------------------------------------------------------------------------

    def places(self, connection: Connection[Any], partitions: Iterable[int]) -> dict[int, tuple[str, Place]]:
        """Where these partitions stand, each with the id of the topic its offset belongs to."""
        query = self._sql(
            "SELECT partition, topic_id, next, position, stopped, previous, digest FROM {schema}.roznamcha_offsets "
            "WHERE topic = %s AND partition = ANY(%s)"
        )
        rows = connection.execute(query, (self.topic, list(partitions))).fetchall()
        return {row[0]: (row[1], Place(*row[2:])) for row in rows}

    def move(
        self, connection: Connection[Any], topic_id: str, old: Mapping[int, Place], new: Mapping[int, Place]
    ) -> None:
        """Move partitions on, by compare-and-set. Raises Fenced when one of them isn't where we left it.

        Locks are taken in the order of the partitions: two members who want the same ones never wait in a ring.
        """
        numbers = sorted(new)
        hit = connection.execute(
            self._sql(
                """
                UPDATE {schema}.roznamcha_offsets o
                SET next = m.next, position = m.position, stopped = m.stopped, topic_id = %s,
                    previous = m.previous, digest = m.digest
                FROM (SELECT u.*
                      FROM unnest(%s::smallint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[],
                                  %s::bigint[], %s::bytea[])
                          AS u(partition, was_next, was_position, next, position, stopped, previous, digest)
                      JOIN {schema}.roznamcha_offsets k ON k.topic = %s AND k.partition = u.partition
                      ORDER BY k.partition FOR UPDATE OF k) m
                WHERE o.topic = %s AND o.partition = m.partition
                  AND o.next = m.was_next AND o.position = m.was_position
                """
            ),
            (
                topic_id,
                numbers,
                [old[each].next for each in numbers],
                [old[each].position for each in numbers],
                [new[each].next for each in numbers],
                [new[each].position for each in numbers],
                [new[each].stopped for each in numbers],
                [new[each].previous for each in numbers],
                [new[each].digest for each in numbers],
                self.topic,
                self.topic,
            ),
        )
        if hit.rowcount != len(numbers):
            raise Fenced(self.subscriber)

    def hold(self, connection: Connection[Any], partition: int) -> None:
        """Keep every member of the group from moving this partition until the transaction ends."""
        query = self._sql("SELECT 1 FROM {schema}.roznamcha_offsets WHERE topic = %s AND partition = %s FOR UPDATE")
        connection.execute(query, (self.topic, partition))

    # --- what came -----------------------------------------------------------------------------------------------

    def count(self, connection: Connection[Any], values: Mapping[UUID, list[bytes]]) -> None:
        """Count entries, by record and in order. Whoever counts has moved the record's partition."""
        query = self._sql(
            "SELECT record_id, count, digest FROM {schema}.roznamcha_seen WHERE topic = %s AND record_id = ANY(%s)"
        )
        rows = connection.execute(query, (self.topic, list(values))).fetchall()
        before = {row[0]: Tally(row[1], row[2]) for row in rows}
        now = [before.get(record_id, NOTHING).with_values(each) for record_id, each in values.items()]
        connection.execute(
            self._sql(
                "INSERT INTO {schema}.roznamcha_seen "
                "SELECT %s, * FROM unnest(%s::uuid[], %s::bigint[], %s::bytea[]) "
                "ON CONFLICT (topic, record_id) DO UPDATE SET count = excluded.count, digest = excluded.digest"
            ),
            (self.topic, list(values), [each.entries for each in now], [each.digest for each in now]),
        )

    # --- what waits ----------------------------------------------------------------------------------------------

    def lots(self, connection: Connection[Any], records: Collection[UUID]) -> set[UUID]:
        """Which of these records are parked."""
        query = self._sql(
            "SELECT DISTINCT record_id FROM {schema}.roznamcha_parked WHERE topic = %s AND record_id = ANY(%s)"
        )
        return {row[0] for row in connection.execute(query, (self.topic, list(records))).fetchall()}

    def park(self, connection: Connection[Any], topic_id: str, letters: Iterable[Untaken]) -> None:
        """Keep messages whole: this database is all a subscriber has."""
        rows = [
            (self.topic, topic_id, each.message.partition, each.message.offset, each.kept and each.kept.position,
             each.kept and each.kept.record_id, each.kept.name if each.kept else "", each.why, each.message.key,
             each.kept.state if each.kept else each.message.value, _headers(each.message))
            for each in letters
        ]  # fmt: skip
        query = self._sql(
            "INSERT INTO {schema}.roznamcha_parked VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) "
            "ON CONFLICT DO NOTHING"
        )
        connection.cursor().executemany(query, rows)

    def waiting(self, connection: Connection[Any], record_id: UUID) -> list[Kept]:
        """The entries of a parked record, in order."""
        query = self._sql(
            "SELECT position, partition, record_id, name, value FROM {schema}.roznamcha_parked "
            "WHERE topic = %s AND record_id = %s ORDER BY position"
        )
        return [Kept(*row) for row in connection.execute(query, (self.topic, record_id)).fetchall()]

    def leave(self, connection: Connection[Any], record_id: UUID, through: int) -> None:
        """Let the entries of a record go up to a position: they are taken."""
        query = self._sql(
            "DELETE FROM {schema}.roznamcha_parked WHERE topic = %s AND record_id = %s AND position <= %s"
        )
        connection.execute(query, (self.topic, record_id, through))

    def note(self, connection: Connection[Any], record_id: UUID, position: int, why: str) -> None:
        """Note why a parked record stands at this entry."""
        query = self._sql(
            "UPDATE {schema}.roznamcha_parked SET why = %s WHERE topic = %s AND record_id = %s AND position = %s"
        )
        connection.execute(query, (why, self.topic, record_id, position))

    def parked(self, connection: Connection[Any]) -> list[Lot]:
        """Every parked record, and every message that is no entry and was not dismissed, in the order they were met."""
        query = self._sql(
            """
            SELECT record_id, min(position), (array_agg(name ORDER BY position))[1],
                   (array_agg(why ORDER BY position))[1], count(*), NULL, NULL
            FROM {schema}.roznamcha_parked WHERE topic = %s AND record_id IS NOT NULL GROUP BY record_id
            UNION ALL
            SELECT NULL, NULL, name, why, 1, partition, "offset"
            FROM {schema}.roznamcha_parked p WHERE topic = %s AND record_id IS NULL AND """
            + STANDS
            + " ORDER BY 2, 1, 6, 7"
        )
        return [Lot(*row) for row in connection.execute(query, (self.topic, self.topic)).fetchall()]

    def dismiss(self, connection: Connection[Any], partition: int, offset: int, told: Mapping[str, str]) -> None:
        """Lay aside a message that is no entry; it stays kept, with what is `told`. Raises LookupError, ValueError."""
        with connection.transaction():
            connection.execute(self._sql(ADDED))
            where = self._sql('FROM {schema}.roznamcha_parked WHERE topic = %s AND partition = %s AND "offset" = %s')
            here = (self.topic, partition, offset)
            found = connection.execute(sql.SQL("SELECT record_id, dismissed ") + where, here).fetchall()
            if not any(record is None and dismissed is None for record, dismissed in found):
                place = f"at offset {offset} of partition {partition} of {self.topic}"
                for record in (record for record, _ in found if record is not None):
                    message = f"what waits {place} is an entry of record {record}, and can't be dismissed: replay it"
                    raise ValueError(message)
                message = f"nothing waits {place}" + (": it was dismissed before" if found else "")
                raise LookupError(message)
            connection.execute(
                self._sql(
                    "UPDATE {schema}.roznamcha_parked SET dismissed = %s::jsonb || jsonb_build_object('at', now()) "
                    'WHERE topic = %s AND partition = %s AND "offset" = %s AND record_id IS NULL AND dismissed IS NULL'
                ),
                (json.dumps(dict(told)), *here),
            )


def _headers(message: Any) -> str:  # noqa: ANN401 (kafka-python's record)
    """A message's headers as JSON: text where it is text, else its bytes in hexadecimal digits."""
    told = []
    for name, value in message.headers:
        try:
            told.append([name, value.decode()])
        except (UnicodeDecodeError, AttributeError):
            told.append([name, value.hex() if isinstance(value, bytes) else None])
    # PostgreSQL's text has no place for a character of number 0, in a name or in a value.
    return json.dumps([[each and each.replace("\0", "") for each in pair] for pair in told])
