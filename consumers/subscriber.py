"""The kit for another system that wants to know: every entry to its own function, once, in its own database.

The subscriber's function writes into the subscriber's tables; how far it has come is written in the same transaction.
So either an entry has had its effect and is counted, or neither, wherever the process died. Kafka is told afterwards
how far that was, for those who watch lag, and is never asked.

    never twice      an entry whose position isn't above the partition's last is known already; the last one's digest
                     is kept, and tells whether a topic that was made anew still holds what was taken
    never skipped    each message names the position of the one before it in its partition; where that is not the last
                     one taken, something lacks or the topic holds other entries, and the partition stands still there,
                     visibly, while all others go on
    never stuck      an entry the function can't take parks its record, with later entries in order behind it
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
import structlog
from psycopg import Connection, Cursor

import domain
from consumers import entries
from consumers.checkpoints import Fenced
from consumers.clients import Away, Broker, KafkaError, Timeout
from consumers.dak import Book, Letter, Lot, Other, Place
from consumers.folding import Kept, place_of
from consumers.reading import STALL, Reading, topic_id
from consumers.slots import SLOTS, slot_of
from consumers.sorting import Missing, Parted, Sorted, Stopped, sort_out
from consumers.steps import reach
from consumers.topics import Topics
from domain.event import Event
from schemas import SchemaError, catalogue

__all__ = ["Lot", "Missing", "Other", "Parted", "Stopped", "Subscriber"]

BATCH = 500
"""Messages taken in one transaction at most."""
SESSION_MS = 10_000
"""Milliseconds after which a killed member's partitions go to the others, or to its successor."""
PATIENCE = 60.0
"""Seconds for which the subscriber's database, or a partition that has more to give, may stay away."""
STANDING = 15.0
"""Seconds without a word to the database after which PostgreSQL ends a transaction, and with it what it holds up."""
TRIES = 3
"""How often in a row that may befall a member before its error is raised: it was not suspended, but is too slow."""
ENDED = psycopg.errors.IdleInTransactionSessionTimeout
AWAY = (psycopg.OperationalError, psycopg.InterfaceError, ENDED)
log = structlog.get_logger()
Take = Callable[[Cursor[Any], Event[Any]], object]
"""What a subscriber does with an entry, with a cursor whose transaction is not its own to end."""


class Subscriber:
    """Reads one topic of entries for one system. Several processes of one `group` share the work."""

    def __init__(  # noqa: PLR0913 (who, from where, into what)
        self,
        database: str,
        broker: Broker | str,
        handle: Take,
        *,
        group: str,
        topic: str = "",
        schema: str = "roznamcha_subscriber",
        acts: Collection[str] = (),
        registers: Collection[str] = (),
        batch: int = BATCH,
        patience: float = PATIENCE,
        standing: float = STANDING,
        stall: float = STALL,
        **options: Any,  # noqa: ANN401 (kafka-python's)
    ) -> None:
        """Call `handle(cursor, entry)` for each entry that comes to `topic` (every entry), with `group` as the name.

        `database` is the subscriber's own PostgreSQL, and `schema` where the kit keeps its three tables. With `acts` or
        `registers` only these are handed over; what is counted is everything. Nothing is connected to yet. A function
        that works for longer than `standing` seconds without its cursor needs more of them: see STANDING.
        """
        domain.load()
        self.database, self.handle, self.group, self.patience, self.stall = database, handle, group, patience, stall
        self.broker = Broker(broker) if isinstance(broker, str) else broker
        self.topic = topic or Topics().entries
        self.acts, self.registers = frozenset(acts), tuple(f"{each}." for each in registers)
        self.book = Book(schema, self.topic, group)
        self.options = {"max_poll_records": batch, "session_timeout_ms": SESSION_MS, **options}
        self.catalogue = catalogue()
        self.stopped: dict[int, Stopped] = {}
        """Partitions that stand still, and why: Missing or Parted."""
        self.taken = self.fenced = 0
        """Entries that were new, and batches that somebody else had taken first."""
        self.standing, self._ended = standing, 0
        self._at: dict[int, Place] = {}
        self._topic_id, self._asked = "", 0.0
        self._connection: Connection[Any] | None = None

    # --- reading -------------------------------------------------------------------------------------------------

    def run(self, stop: threading.Event) -> None:
        """Take what comes until told to stop, sharing the partitions with the other members of the group.

        Raises Away when there is no broker to begin with, Other for a schema of another subscriber, and what the
        database said when it stays away for `patience` seconds.
        """
        with self.opened(self.group) as reading:
            while not stop.is_set():
                self._step(reading)

    def catch_up(self) -> int:
        """Take all that is there now, alone and in no group; give how many entries were new.

        Raises Missing or Parted when a partition stands still, after all others were taken; Timeout when a partition
        has more and doesn't give it for `patience` seconds.
        """
        before = self.taken
        with self.opened(None) as reading:
            ends = reading.ends(range(SLOTS))
            moved, left = time.monotonic(), ends
            while left := {each: end for each, end in left.items() if not self._done(reading, each, end)}:
                if self._step(reading):
                    moved = time.monotonic()
                elif time.monotonic() - moved > self.patience:
                    message = f"{len(left)} partitions of {self.topic} gave nothing for {self.patience:.0f} s"
                    raise Timeout(message)
        for each in self.stopped.values():
            raise each
        return self.taken - before

    @property
    def partitions(self) -> set[int]:
        """The partitions this member reads now."""
        return set(self._at)

    def _done(self, reading: Reading, partition: int, end: int) -> bool:
        return partition in self.stopped or (reading.position(partition) or 0) >= end

    @contextmanager
    def opened(self, group: str | None) -> Iterator[Reading]:
        """Both connections, for the block: to the database, and a reading of all partitions or of the group's share."""
        self._topic_id, self._asked, self._ended = topic_id(self.broker, self.topic), time.monotonic(), 0
        self.stopped = {}
        try:
            self._connect()
            with Reading(
                self.broker, self.topic, group, self._where, lost=self._lost,
                partitions=() if group else range(SLOTS), called=self.group, stall=self.stall, **self.options,
            ) as reading:  # fmt: skip
                yield reading
        finally:
            self._disconnect()

    def _step(self, reading: Reading) -> bool:
        """Poll once and take what came; whether something came."""
        try:
            if time.monotonic() - self._asked > self.stall and self._made_anew():
                reading.again()
            found = reading.poll(0.5)
            if found:
                self.take(found, reading)
        except Fenced:
            self.fenced += 1
            log.info("another member was first", group=self.group)
            reading.again()
        except AWAY as error:
            self._wait(reading, error)
        else:
            return bool(found)
        return True

    def _where(self, partitions: set[int]) -> Mapping[int, int]:
        """Where these partitions stand, by our own book."""
        assert self._connection is not None  # noqa: S101 (made before anything is read)
        for each in partitions:
            self.stopped.pop(each, None)
        kept = self.book.places(self._connection, partitions)
        self._at |= {each: place for each, (_, place) in kept.items()}
        # Offsets of another topic of the same name mean nothing: what is known already is told by position and digest.
        return {each: place.next if told == self._topic_id else 0 for each, (told, place) in kept.items()}

    def _made_anew(self) -> bool:
        """Whether the topic is another one now, and the offsets we knew are not its own."""
        self._asked = time.monotonic()
        try:
            now = topic_id(self.broker, self.topic)
        except (LookupError, KafkaError, Away) as error:  # between two topics there is none: it is asked again
            log.warning("the topic's id is not known", topic=self.topic, why=type(error).__name__)
            return False
        before, self._topic_id = self._topic_id, now
        return now != before

    def _lost(self, partitions: set[int]) -> None:
        for each in partitions:
            self._at.pop(each, None)
            self.stopped.pop(each, None)

    # --- taking --------------------------------------------------------------------------------------------------

    def take(self, found: Mapping[int, list[Any]], reading: Reading) -> None:
        """Take messages, by partition: effects, counts and offsets in one transaction. Raises Fenced."""
        work = sort_out(self.catalogue, self.topic, found, self._at, reading.position)
        if work.stopped and self._made_anew():
            reading.again()
            return
        try:
            self._commit(work)
        except (Fenced, *AWAY):
            raise
        except Exception as error:  # whatever the function does, other records go on
            if self._connection is None or self._connection.closed:
                raise
            log.info("taking with care", group=self.group, why=place_of(error))
            self._commit(work, careful=True)
        reach("subscriber: committed")  # dies here: the book has it, and Kafka's hint is old
        self._at |= work.places
        self._ended = 0
        self.taken += len(work.fresh)
        for partition, why in work.stopped.items():
            log.error("a partition stands still", why=str(why), topic=self.topic, partition=partition, seen=why.seen,
                      offset=why.offset)  # fmt: skip
            self.stopped[partition] = why
            reading.stop(partition)
        reading.hint({each: place.next for each, place in work.places.items()})
        reach("subscriber: told Kafka")

    def _commit(self, work: Sorted, *, careful: bool = False) -> None:
        """One transaction: the book moves, the function is called for each entry, what came is counted.

        With care each entry has a savepoint, and one the function can't take parks its record; without, the first such
        entry undoes all.
        """
        connection, values = self._connection, dict[UUID, list[bytes]]()
        assert connection is not None  # noqa: S101 (made before anything is read)
        with connection.transaction():
            self.book.move(connection, self._topic_id, self._at, work.places)
            reach("subscriber: book moved")  # dies here: it falls back, and the same messages come again
            for _, kept in work.fresh:
                values.setdefault(kept.record_id, []).append(kept.state)
            # Asked under the lock on the partition, which a replay holds too: it may have let a record go just now.
            lots, letters = self.book.lots(connection, values), work.strangers[:]
            if careful:
                connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
            with connection.cursor() as cursor:
                for message, kept in work.fresh:
                    if not self._wanted(kept):
                        continue
                    why = "" if kept.record_id in lots else self._hand_over(cursor, kept, careful=careful)
                    if why is not None:
                        lots.add(kept.record_id)
                        letters.append(Letter(message, kept, why))
            self.book.park(connection, self._topic_id, letters)
            self.book.count(connection, values)
            reach("subscriber: rows written")  # dies here: effects, counts and offsets fall back together
        for each in letters:
            if each.why:
                log.error("parked", group=self.group, why=each.why, record=each.kept and str(each.kept.record_id),
                          partition=each.message.partition, offset=each.message.offset)  # fmt: skip

    def _wanted(self, kept: Kept) -> bool:
        if not self.acts and not self.registers:
            return True
        return kept.name in self.acts or kept.name.startswith(self.registers)

    def _hand_over(self, cursor: Cursor[Any], kept: Kept, *, careful: bool) -> str | None:
        """Hand an entry to the function; None, or why it can't be taken. Without care its error is raised."""
        try:
            entry = entries.read(self.catalogue, kept.state, kept.position)
        except SchemaError as error:
            return str(error)
        if not careful:
            self.handle(cursor, entry)
            return None
        try:
            with cursor.connection.transaction():
                self.handle(cursor, entry)
                cursor.execute("SELECT")  # a function that hid its database's refusal hides it no longer
        except AWAY:
            raise
        except Exception as error:  # as above
            if cursor.connection.closed:
                raise
            return place_of(error)
        return None

    # --- what waits ----------------------------------------------------------------------------------------------

    def parked(self) -> list[Lot]:
        """Every parked record, why, and how many entries wait; and messages that were no entries at all."""
        with self._alone() as connection:
            return self.book.parked(connection)

    def replay(self, record: UUID) -> str | None:
        """Hand over what waits of a record, in order: None when all is taken, or why it stands again. One transaction.

        May be called while members run, from any process.
        """
        with self._alone() as connection, connection.transaction(), connection.cursor() as cursor:
            self.book.hold(connection, slot_of(record))
            connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for kept in self.book.waiting(connection, record):
                why = self._hand_over(cursor, kept, careful=True)
                if why is not None:
                    self.book.note(connection, record, kept.position, why)
                    return why
                self.book.leave(connection, record, kept.position)
            reach("subscriber: replayed")  # dies here: the record waits as it did
        return None

    # --- the database --------------------------------------------------------------------------------------------

    def _alone(self) -> Connection[Any]:
        connection = psycopg.connect(self.database, autocommit=True, application_name=self.group)
        limit = "SELECT set_config('idle_in_transaction_session_timeout', %s, false)"
        connection.execute(limit, (f"{self.standing * 1_000:.0f}",))
        return connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connect(self) -> None:
        self._disconnect()
        self._connection = self._alone()
        self.book.open(self._connection, self._topic_id)

    def _wait(self, reading: Reading, error: Exception) -> None:
        """Stay a member while the database is away, then go on from what is committed. Raises `error` at last."""
        self._ended += isinstance(error, ENDED)
        if isinstance(error, ENDED) and self._ended >= TRIES:
            raise error
        until, pause = time.monotonic() + self.patience, 0.1
        while True:
            log.warning("the database is away", group=self.group, why=type(error).__name__)
            reading.hold(pause)
            pause = min(2 * pause, 5.0)
            try:
                self._connect()
                reading.again()
            except (psycopg.OperationalError, psycopg.InterfaceError):
                if time.monotonic() > until:
                    raise error from None
            else:
                return
