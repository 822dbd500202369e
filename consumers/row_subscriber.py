"""The kit for another system that wants rows: each as it stands now, in order, with its effect once, in its database.

It is the subscriber's kit with another reader: who it is, what it keeps and what stops it is the same. What is its own:

    numbered from 1   each row is numbered in its partition without a gap, so one that lacks is seen; in a compacted
                      topic older ones may lack, and only the newest of each key is sure to come
    told anew         a topic that was made anew numbers its rows from 1 again and tells every row there is: each is
                      handed over again, and what was not told again is handed over as gone
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import structlog
from psycopg import Connection, Cursor

from consumers.clients import Broker
from consumers.dak import Place, Untaken
from consumers.folding import Kept
from consumers.held import UNKNOWN, RowBook, text_of
from consumers.reading import Reading
from consumers.rows import Row, RowReader, RowTake, topic_named
from consumers.sorting import Sorted, sort_out
from consumers.steps import reach
from consumers.subscriber import HINDRANCES, Subscriber
from consumers.taking import Take, Taking
from schemas import Catalogue, SchemaError

__all__ = ["HINDRANCES", "Row", "RowSubscriber", "RowTake"]

LOOK = 1.0
"""Seconds between two looks whether an empty topic is told again."""
log = structlog.get_logger()


class RowTaking(Taking):
    """Hands rows to the subscriber's function, and keeps which of them there are."""

    book: RowBook

    def __init__(self, book: RowBook, catalogue: Catalogue, handle: RowTake, reader: RowReader) -> None:
        """Write into `book` what `reader` takes apart."""
        super().__init__(book, catalogue, handle)
        self.reader = reader
        self._row: Row | None = None
        self._taken: dict[str, tuple[UUID, Row]] = {}

    def commit(
        self,
        connection: Connection[Any],
        topic_id: str,
        at: Mapping[int, Place],
        work: Sorted,
        *,
        careful: bool = False,
    ) -> None:
        """As with entries. Raises Fenced too where the topic is another one of its name."""
        self._taken = {}
        super().commit(connection, topic_id, at, work, careful=careful)

    def replay(self, connection: Connection[Any], record: UUID) -> str | None:
        """As with entries."""
        self._taken = {}
        return super().replay(connection, record)

    def read(self, kept: Kept) -> Row:
        """The row. Raises SchemaError."""
        self._row = self.reader.row(kept)
        return self._row

    def hand_over(self, cursor: Cursor[Any], kept: Kept, *, careful: bool) -> str | None:
        """Hand a row to the function; None, or why it can't be taken. Without care its error is raised."""
        why = super().hand_over(cursor, kept, careful=careful)
        if why is None and self._row is not None:
            self._taken[text_of(self._row.key)] = kept.record_id, self._row
        return why

    def note(self, connection: Connection[Any], values: Mapping[UUID, list[bytes]]) -> None:
        """Keep which rows there are: a count of messages proves nothing where some are thrown away."""
        del values
        self.book.keep(connection, self._taken)

    def forget(self, connection: Connection[Any], topic_id: str, partition: int, at: Place) -> int:
        """Hand over as gone what was not told again in a partition that was begun anew; give how many rows.

        One transaction. Raises Fenced where the partition is not where we left it. A row that the function can't take
        is parked, as any.
        """
        self._taken, letters = {}, list[Untaken]()
        with connection.transaction(), connection.cursor() as cursor:
            untold = self.book.untold(connection, topic_id, partition, at)
            lots = self.book.lots(connection, {record_id for record_id, _ in untold})
            waiting = {record_id: self._waiting(connection, record_id) for record_id in lots}
            for nth, (record_id, key) in enumerate(untold, 1):
                if key in waiting.get(record_id, ()) or None in waiting.get(record_id, ()):
                    continue  # it was told again, and waits: the replay will say what has become of it
                kept = Kept(at.position, partition, record_id, self.reader.kind, key.encode())
                why = "" if record_id in lots else self.hand_over(cursor, kept, careful=True)
                if why is not None:
                    lots.add(record_id)
                    letters.append(Untaken(_nowhere(partition, -nth), kept, why))
            self.book.park(connection, topic_id, letters)
            self.book.keep(connection, self._taken)
            self.book.through(connection, partition)
            reach("subscriber: rows written")  # dies here: all of it falls back, and is done by whoever comes next
        for each in letters:
            log.error("parked", group=self.book.subscriber, why=each.why, record=each.kept and str(each.kept.record_id))
        return len(untold)

    def _waiting(self, connection: Connection[Any], record_id: UUID) -> set[str | None]:
        """The keys of a parked record's rows that wait; None among them where one can't be read."""
        found = set[str | None]()
        for kept in self.book.waiting(connection, record_id):
            try:
                found.add(text_of(self.reader.row(kept).key))
            except SchemaError:
                found.add(None)
        return found


def _nowhere(partition: int, offset: int) -> Any:  # noqa: ANN401 (as kafka-python's record)
    """What stands for a message that was never sent; no other has such an offset."""
    return SimpleNamespace(partition=partition, offset=offset, key=None, value=None, headers=[])


class RowSubscriber(Subscriber):
    """Reads one topic of rows, or of signed heads, for one system. Several processes of one `group` share the work."""

    book: RowBook
    taking: RowTaking

    def __init__(  # noqa: PLR0913 (who, from where, into what)
        self,
        database: str,
        broker: Broker | str,
        handle: RowTake,
        *,
        group: str,
        topic: str,
        schema: str = "roznamcha_subscriber",
        **more: Any,  # noqa: ANN401 (as a Subscriber takes them)
    ) -> None:
        """Call `handle(cursor, row)` for each row that comes to `topic`, a topic of rows by its whole name.

        All else as for a Subscriber, except that there are no acts to choose. Raises ValueError for another topic.
        """
        about = topic_named(topic)
        super().__init__(database, broker, cast("Take", handle), group=group, topic=topic, schema=schema, **more)
        self.reader = RowReader(self.catalogue, about)
        self.book = RowBook(schema, topic, group, about.partitions)
        self.taking = RowTaking(self.book, self.catalogue, handle, self.reader)
        self.forgotten = 0
        """Rows that were handed over as gone because a topic made anew didn't tell them again."""
        self._again: dict[int, int] = {}
        self._looked = 0.0
        self._reading: Reading | None = None

    @contextmanager
    def opened(self, group: str | None) -> Iterator[Reading]:
        """Both connections, for the block."""
        self._again = {}
        with super().opened(group) as reading:
            self._reading = reading
            yield reading

    def _where(self, partitions: set[int]) -> Mapping[int, int]:
        """Where these partitions stand; those of another topic of the same name begin anew."""
        assert self._connection is not None  # noqa: S101 (made before anything is read)
        places = self.book.places(self._connection, partitions)
        if any(told != self._topic_id for told, _ in places.values()):
            self._made_anew()  # it may be ours that is old
            if others := [each for each, (told, _) in places.items() if told != self._topic_id]:
                ends = self._ends()
                self.book.begin_again(self._connection, self._topic_id, {each: ends[each] for each in others})
                log.warning("the topic was made anew", topic=self.topic, partitions=sorted(others))
        self._again |= self.book.again(self._connection, self._topic_id, partitions)
        return super()._where(partitions)

    def _ends(self) -> dict[int, int]:
        """Where each partition of the topic ends; UNKNOWN while it is empty: nobody has begun to tell it again."""
        assert self._reading is not None  # noqa: S101 (only asked while reading)
        ends = self._reading.ends(range(self.book.partitions))
        return ends if any(ends.values()) else dict.fromkeys(ends, UNKNOWN)

    def _lost(self, partitions: set[int]) -> None:
        super()._lost(partitions)
        self._again = {each: until for each, until in self._again.items() if each not in partitions}

    def _sorted(self, found: Mapping[int, list[Any]], reading: Reading) -> Sorted:
        compacted = self.reader.compacted
        return sort_out(self.reader.carried, self.topic, found, self._at, reading.position, compacted=compacted)

    def _settle(self, reading: Reading) -> None:
        """Once a partition that was begun anew is read to where it ended then, what was not told again is gone."""
        if not self._again:
            return
        assert self._connection is not None  # noqa: S101 (as above)
        if UNKNOWN in self._again.values() and time.monotonic() - self._looked > LOOK:
            self._looked = time.monotonic()
            ends = self._ends()
            self.book.known_now(self._connection, self._topic_id, ends)
            self._again |= self.book.again(self._connection, self._topic_id, self._again)
        for partition, until in sorted(self._again.items()):
            if until != UNKNOWN and partition not in self.stopped and (reading.position(partition) or 0) >= until:
                gone = self.taking.forget(self._connection, self._topic_id, partition, self._at[partition])
                self.forgotten += gone
                del self._again[partition]
                if gone:
                    log.info("rows that were not told again", topic=self.topic, partition=partition, rows=gone)
