"""The kit for another system that wants to know: every entry to its own function, once, in its own database.

The subscriber's function writes into the subscriber's tables; how far it has come is written in the same transaction.
So either an entry has had its effect and is counted, or neither, wherever the process died. Kafka is told afterwards
how far that was, for those who watch lag, and is never asked.

    never twice      the partition's last entry, if it is the same to the byte, and those up to the one before it are
                     known already; any other that isn't above it is of another store, and the partition stops there
    never skipped    each message names the position of the one before it in its partition; where that is not the last
                     one taken, something lacks or the topic holds other entries, and the partition stands still there,
                     visibly, while all others go on
    never stuck      an entry the function can't take parks its record, with later entries in order behind it
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any
from uuid import UUID

import psycopg
import structlog
from psycopg import Connection

import domain
from consumers.carried import carried
from consumers.checkpoints import Fenced
from consumers.clients import Away, Broker, KafkaError, Timeout, Unreadable
from consumers.dak import Book, Lot, Other, Place
from consumers.folding import place_of
from consumers.reading import STALL, Reading, topic_id
from consumers.sorting import Missing, Parted, Sorted, Spoilt, Stopped, sort_out
from consumers.steps import reach
from consumers.taking import AWAY, ENDED, Take, Taking
from consumers.topics import Topics
from schemas import catalogue

__all__ = [
    "HINDRANCES", "Away", "Broker", "Lot", "Missing", "Other", "Parted", "Spoilt", "Stopped", "Subscriber", "Take",
]  # fmt: skip

BATCH = 500
"""Messages taken in one transaction at most."""
SESSION_MS = 10_000
"""Milliseconds after which a killed member's partitions go to the others, or to its successor."""
PATIENCE = 60.0
"""Seconds for which the subscriber's database, or a partition that has more to give, may stay away."""
STANDING = 15.0
"""Seconds without a word to the database after which PostgreSQL ends a transaction, and with it what it holds up."""
TRIES = 3
"""How often in a row that may befall a member before its error is raised: it was not suspended, but is too slow. And
how often a message that can't be read is asked for."""
HINDRANCES = (Away, KafkaError, LookupError, Other, psycopg.Error, ValueError)
"""What keeps a subscriber from its work: no broker, no topic, no database, rights that it lacks, a wrong address."""
log = structlog.get_logger()


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
        self.database, self.group, self.patience, self.stall = database, group, patience, stall
        self.broker = Broker(broker) if isinstance(broker, str) else broker
        self.topic = topic or Topics().entries
        self.book = Book(schema, self.topic, group)
        self.options = {"max_poll_records": batch, "session_timeout_ms": SESSION_MS, **options}
        self.catalogue = catalogue()
        self.taking = Taking(self.book, self.catalogue, handle, acts, registers)
        self.stopped: dict[int, Stopped] = {}
        """Partitions that stand still, and why: Missing, Parted or Spoilt."""
        self.taken = self.fenced = 0
        """Entries that were new, and batches that somebody else had taken first."""
        self.standing, self._ended = standing, 0
        self._at: dict[int, Place] = {}
        self._topic_id, self._asked = "", 0.0
        self._unread: dict[int, tuple[int, int]] = {}
        self._connection: Connection[Any] | None = None

    # --- reading -------------------------------------------------------------------------------------------------

    def run(self, stop: threading.Event) -> None:
        """Take what comes until told to stop, sharing the partitions with the other members of the group.

        Raises Away when there is no broker to begin with, LookupError without the topic, Other for a schema of another
        subscriber, and what the database said when it stays away for `patience` seconds: all of them HINDRANCES.
        """
        with self.opened(self.group) as reading:
            while not stop.is_set():
                self._step(reading)

    def catch_up(self) -> int:
        """Take all that is there now, alone and in no group; give how many entries were new.

        Raises Missing, Parted or Spoilt when a partition stands still, after all others were taken; Timeout when one
        has more and doesn't give it for `patience` seconds.
        """
        before = self.taken
        with self.opened(None) as reading:
            ends = reading.ends(range(self.book.partitions))
            moved, left = time.monotonic(), ends
            while left := {each: end for each, end in left.items() if not self._done(reading, each, end)}:
                if self._step(reading):
                    moved = time.monotonic()
                elif time.monotonic() - moved > self.patience:
                    message = f"{len(left)} partitions of {self.topic} gave nothing for {self.patience:.0f} s"
                    raise Timeout(message)
            with suppress(Fenced):  # another member does it
                self._settle(reading)
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
        self.stopped, self._unread = {}, {}
        try:
            self._connect()
            with Reading(
                self.broker, self.topic, group, self._where, lost=self._lost, called=self.group, stall=self.stall,
                partitions=() if group else range(self.book.partitions), **self.options,
            ) as reading:  # fmt: skip
                yield reading
        finally:
            self._disconnect()

    def _step(self, reading: Reading) -> bool:
        """Poll once and take what came; whether something came."""
        try:
            if time.monotonic() - self._asked > self.stall and self._made_anew():
                reading.again()
            found = self._poll(reading)
            if found:
                self.take(found, reading)
            self._settle(reading)
        except Fenced:
            self.fenced += 1
            log.info("another member was first", group=self.group)
            reading.again()
        except AWAY as error:
            self._wait(reading, error)
        else:
            return bool(found)
        return True

    def _settle(self, reading: Reading) -> None:
        """What else is to be done once what came is taken: of entries nothing."""

    def _poll(self, reading: Reading) -> dict[int, list[Any]]:
        try:
            return reading.poll(0.5)
        except Unreadable as one:
            self._spoilt(one, reading)
            return {}

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
        work = self._sorted(found, reading)
        if work.stopped and self._made_anew():
            reading.again()
            return
        assert self._connection is not None  # noqa: S101 (made before anything is read)
        now = self._connection, self._topic_id, self._at, work
        try:
            self.taking.commit(*now)
        except (Fenced, *AWAY):
            raise
        except Exception as error:  # whatever the function does, other records go on
            if self._connection.closed:
                raise
            log.info("taking with care", group=self.group, why=place_of(error))
            self.taking.commit(*now, careful=True)
        reach("subscriber: committed")  # dies here: the book has it, and Kafka's hint is old
        self._at |= work.places
        self._ended = 0
        self.taken += len(work.fresh)
        for why in work.stopped.values():
            self._stand_still(why, reading)
        reading.hint({each: place.next for each, place in work.places.items()})
        reach("subscriber: told Kafka")

    def _sorted(self, found: Mapping[int, list[Any]], reading: Reading) -> Sorted:
        return sort_out(partial(carried, self.catalogue), self.topic, found, self._at, reading.position)

    def _stand_still(self, why: Stopped, reading: Reading) -> None:
        log.error("a partition stands still", why=str(why), topic=self.topic, partition=why.partition, seen=why.seen,
                  offset=why.offset)  # fmt: skip
        self.stopped[why.partition] = why
        reading.stop(why.partition)

    def _spoilt(self, one: Unreadable, reading: Reading) -> None:
        """Read again what can't be read: it may have been spoilt on the wire. At last its partition stands still.

        What came with it of other partitions may be lost to us: all that move are read again from where they are.
        """
        partition = one.partition
        last, tries = self._unread.get(partition, (-1, 0))
        self._unread[partition] = one.offset, tries + 1 if one.offset == last else 1
        place = self._at.get(partition)
        if place is not None and self._unread[partition][1] >= TRIES:
            why = Spoilt(self.topic, one, place.position, f"can't be read ({type(one.__cause__).__name__})")
            assert self._connection is not None  # noqa: S101 (as above)
            now = {partition: place._replace(stopped=str(why))}
            with self._connection.transaction():
                self.book.move(self._connection, self._topic_id, self._at, now)
            self._at |= now
            self._stand_still(why, reading)
        reading.again(reading.held - self.stopped.keys())

    # --- what waits ----------------------------------------------------------------------------------------------

    def parked(self) -> list[Lot]:
        """Every parked record, why, and how many entries wait; and messages that are no entries, until dismissed."""
        with self._alone() as connection:
            return self.book.parked(connection)

    def replay(self, record: UUID) -> str | None:
        """Hand over what waits of a record, in order: None when all is taken, or why it stands again. One transaction.

        May be called while members run, from any process. Raises TypeError for what is no id of a record.
        """
        if not isinstance(record, UUID):
            message = (
                "replay takes a record's id, a UUID; what is no entry has none: dismiss it, by partition and offset"
            )
            raise TypeError(message)
        with self._alone() as connection:
            return self.taking.replay(connection, record)

    def dismiss(self, partition: int, offset: int, *, by: str, reason: str) -> None:
        """Lay a parked message aside that is no entry: the decision of a person, kept with it in `roznamcha_parked`.

        Raises ValueError for an entry, which only a replay clears, and without a person or a reason; LookupError where
        nothing waits at that offset.
        """
        if not by.strip() or not reason.strip():
            message = "a message is dismissed by a person, for a reason: say who, and why"
            raise ValueError(message)
        with self._alone() as connection:
            self.book.dismiss(connection, partition, offset, {"by": by.strip(), "reason": reason.strip()})
        log.info("dismissed", group=self.group, partition=partition, offset=offset, by=by.strip())

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
