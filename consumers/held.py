"""What a subscriber to rows holds: which rows it was given and not told to be gone, beside its dak book.

Two more tables in the same schema, written in the same transactions:

    roznamcha_rows    the key of each row that was taken and is not gone, and of which topic it was told last
    roznamcha_again   partitions of a topic that was made anew, up to where they must be read until what was not told
                      again is known to be gone
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID

from psycopg import Connection

from consumers.checkpoints import Fenced
from consumers.dak import Book, Place
from consumers.rows import Row

UNKNOWN = -1
"""Up to where a topic must be read that is empty as yet: nobody has begun to tell it again."""
MORE: tuple[LiteralString, ...] = (
    """CREATE TABLE IF NOT EXISTS {schema}.roznamcha_rows (
        topic text, key text, record_id uuid NOT NULL, partition smallint NOT NULL, topic_id text NOT NULL,
        PRIMARY KEY (topic, key))""",
    """CREATE TABLE IF NOT EXISTS {schema}.roznamcha_again (
        topic text, partition smallint, topic_id text NOT NULL, until bigint NOT NULL,
        PRIMARY KEY (topic, partition))""",
)


@dataclass(frozen=True)
class RowBook(Book):
    """The tables of one subscriber to one topic of rows."""

    def open(self, connection: Connection[Any], topic_id: str) -> None:
        """Make the tables and the partitions' rows if there are none. Raises Other when they are somebody else's."""
        super().open(connection, topic_id)
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", (f"roznamcha dak {self.schema}",))
            there = connection.execute(
                "SELECT 1 FROM pg_tables WHERE schemaname = %s AND tablename = 'roznamcha_again'", (self.schema,)
            ).fetchone()
            for each in () if there else MORE:
                connection.execute(self._sql(each))

    # --- how far -------------------------------------------------------------------------------------------------

    def move(
        self, connection: Connection[Any], topic_id: str, old: Mapping[int, Place], new: Mapping[int, Place]
    ) -> None:
        """Move partitions on, of this very topic: numbers of another one of its name are others. Raises Fenced."""
        if any(each != topic_id for each in self._topics(connection, new).values()):
            raise Fenced(self.subscriber)
        super().move(connection, topic_id, old, new)

    def _topics(self, connection: Connection[Any], partitions: Iterable[int]) -> dict[int, str]:
        """The id of the topic to which each partition's place belongs, locked in the partitions' order."""
        query = self._sql(
            "SELECT partition, topic_id FROM {schema}.roznamcha_offsets WHERE topic = %s AND partition = ANY(%s) "
            "ORDER BY partition FOR UPDATE"
        )
        return dict(connection.execute(query, (self.topic, sorted(partitions))).fetchall())

    # --- a topic made anew ---------------------------------------------------------------------------------------

    def begin_again(self, connection: Connection[Any], topic_id: str, ends: Mapping[int, int]) -> None:
        """Begin these partitions anew: their rows are numbered from 1 again, and told again up to these ends.

        What waits of their records is dropped: it is told again too.
        """
        with connection.transaction():
            other = [each for each, told in self._topics(connection, ends).items() if told != topic_id]
            connection.execute(
                self._sql(
                    "UPDATE {schema}.roznamcha_offsets SET topic_id = %s, next = 0, position = 0, stopped = '', "
                    "previous = NULL, digest = NULL WHERE topic = %s AND partition = ANY(%s)"
                ),
                (topic_id, self.topic, other),
            )
            connection.execute(
                self._sql(
                    "DELETE FROM {schema}.roznamcha_parked "
                    "WHERE topic = %s AND partition = ANY(%s) AND record_id IS NOT NULL"
                ),
                (self.topic, other),
            )
            connection.execute(
                self._sql(
                    "INSERT INTO {schema}.roznamcha_again SELECT %s, u.partition, %s, u.until "
                    "FROM unnest(%s::smallint[], %s::bigint[]) AS u(partition, until) "
                    "ON CONFLICT (topic, partition) DO UPDATE SET topic_id = excluded.topic_id, until = excluded.until"
                ),
                (self.topic, topic_id, other, [ends[each] for each in other]),
            )

    def again(self, connection: Connection[Any], topic_id: str, partitions: Iterable[int]) -> dict[int, int]:
        """Up to where each partition must be read that was begun again; those that were are not among them."""
        query = self._sql(
            "SELECT partition, until FROM {schema}.roznamcha_again "
            "WHERE topic = %s AND topic_id = %s AND partition = ANY(%s)"
        )
        return dict(connection.execute(query, (self.topic, topic_id, list(partitions))).fetchall())

    def known_now(self, connection: Connection[Any], topic_id: str, ends: Mapping[int, int]) -> None:
        """Note where partitions end that were begun again while the topic was empty."""
        connection.execute(
            self._sql(
                "UPDATE {schema}.roznamcha_again a SET until = u.until "
                "FROM unnest(%s::smallint[], %s::bigint[]) AS u(partition, until) "
                "WHERE a.topic = %s AND a.topic_id = %s AND a.partition = u.partition AND a.until = %s"
            ),
            (list(ends), list(ends.values()), self.topic, topic_id, UNKNOWN),
        )

    def untold(self, connection: Connection[Any], topic_id: str, partition: int, at: Place) -> list[tuple[UUID, str]]:
        """Record and key of each row of a partition that was not told again. Raises Fenced unless it stands there."""
        (told,) = self._topics(connection, [partition]).values()
        if told != topic_id or self.places(connection, [partition])[partition][1] != at:
            raise Fenced(self.subscriber)
        query = self._sql(
            "SELECT record_id, key FROM {schema}.roznamcha_rows "
            "WHERE topic = %s AND partition = %s AND topic_id <> %s ORDER BY key"
        )
        return connection.execute(query, (self.topic, partition, topic_id)).fetchall()

    def through(self, connection: Connection[Any], partition: int) -> None:
        """A partition that was begun again was read to where it ended then."""
        query = self._sql("DELETE FROM {schema}.roznamcha_again WHERE topic = %s AND partition = %s")
        connection.execute(query, (self.topic, partition))

    # --- what is held --------------------------------------------------------------------------------------------

    def keep(self, connection: Connection[Any], rows: Mapping[str, tuple[UUID, Row]]) -> None:
        """Keep the keys of rows that were taken, and forget those that are gone; by the key as text."""
        gone = [key for key, (_, row) in rows.items() if row.gone]
        held = [(key, record_id, row.partition) for key, (record_id, row) in rows.items() if not row.gone]
        if gone:
            query = self._sql("DELETE FROM {schema}.roznamcha_rows WHERE topic = %s AND key = ANY(%s)")
            connection.execute(query, (self.topic, gone))
        if held:
            keys, records, partitions = map(list, zip(*held, strict=True))
            connection.execute(
                self._sql(
                    "INSERT INTO {schema}.roznamcha_rows SELECT %s, u.key, u.record_id, u.partition, o.topic_id "
                    "FROM unnest(%s::text[], %s::uuid[], %s::smallint[]) AS u(key, record_id, partition) "
                    "JOIN {schema}.roznamcha_offsets o ON o.topic = %s AND o.partition = u.partition "
                    "ON CONFLICT (topic, key) DO UPDATE SET topic_id = excluded.topic_id"
                ),
                (self.topic, keys, records, partitions, self.topic),
            )


def text_of(key: Iterable[str]) -> str:
    """A key as it is kept."""
    return json.dumps(list(key), ensure_ascii=False)
