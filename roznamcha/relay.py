"""The relay: copies the store's log to Kafka, every entry once and in order, and can always say how far it has come.

Where it stands is known from Kafka alone: the position is written in the same transaction as the entries, so either all
of a batch is there with it, or nothing. Whatever goes wrong on the way (a time-out, a broker gone, a lost answer to a
commit) has one answer: begin again, as after a restart, by asking Kafka. The broker lets one producer of the relay's
transactional id live, so a second relay fences the first; a lock in the database keeps it from trying while the first
one lives. Whoever deletes the topics takes the same lock.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple

import structlog
from psycopg import Connection

from consumers.carried import headers_of, key_of
from consumers.clients import Away, Broker, KafkaError, Timeout, Unreadable, commit, let_go, taken_over
from consumers.embedded import head
from consumers.folding import Kept
from consumers.hanging import hanging
from consumers.outbox import CHANNEL
from consumers.stamps import Stamp, StampReader
from consumers.steps import reach
from consumers.tails import tails_of
from consumers.topics import Topics
from projections.view import View
from roznamcha.errors import Broken, Unavailable
from roznamcha.ledger import heads
from roznamcha.published import alone, only_here
from roznamcha.relayed import ANEW, HEADS, Position, agree, ends_at, read_position
from roznamcha.telling import Outbox, RowTold
from roznamcha.unmarked import finish, partitions_of
from schemas import Catalogue, NewerSchema

BATCH = 5_000
"""Entries published in one transaction at most."""
PATIENCE = 60.0
"""Seconds for which a broker may stay away before the relay gives up."""
LOOK = 30.0
"""Seconds after which a relay asks whether the topics are still those it began with."""
TRIES = 3
"""Times a relay begins where transactions lack their marks: each time it has them written."""
SHARD = b"0"
"""The key of the position: one relay publishes all slots."""
DEADLINE = "deadline."
PAGE = b"""
    SELECT notification_id, slot, record_id, topic, state, originator_version FROM roznamcha.entries
    WHERE notification_id > %s AND notification_id <= %s ORDER BY notification_id LIMIT %s
"""
NOTED = b"""
    INSERT INTO ops.relayed VALUES (%s, %s, %s, now()) ON CONFLICT (prefix) DO UPDATE
    SET position = excluded.position, entries = excluded.entries, looked_at = excluded.looked_at
"""
FENCED = b"UPDATE ops.relayed SET taken_over = taken_over + 1 WHERE prefix = %s"
log = structlog.get_logger()


class TakenOver(Unavailable):
    """Another relay publishes now: this one must stop."""


class Row(NamedTuple):
    """An entry of the log, its version in its own stream, and its stamp; None where its bytes can't be read."""

    kept: Kept
    version: int
    stamp: Stamp | None


class Relay:
    """Publishes one store's log under one prefix, over a connection it has to itself."""

    def __init__(  # noqa: PLR0913 (what is published, from where and to where)
        self,
        connection: Connection[Any],
        broker: Broker,
        topics: Topics,
        catalogue: Catalogue,
        views: Sequence[View] = (),
        *,
        batch: int = BATCH,
    ) -> None:
        """Publish entries, and the rows of those views that have a topic. Nothing is asked of the broker yet."""
        self.connection, self.broker, self.topics, self.batch = connection, broker, topics, batch
        self.stamps = StampReader(catalogue)
        self.outbox = Outbox(connection, topics, views)
        self.at: Position | None = None
        self.reached = self.published = 0
        self._producer: Any = None
        self._holds_lock = False
        self._ids: dict[str, str] = {}
        self._comes_round: Callable[[], None] = lambda: None

    # --- beginning -----------------------------------------------------------------------------------------------

    def begin(self) -> Position:
        """Take over from whoever published before, and read how far that was.

        Raises Broken when Kafka and the store can't belong together, Unavailable when a topic is missing, and Usage
        when the store is published under another prefix.
        """
        only_here(self.connection, self.topics.prefix)
        for _ in range(TRIES):
            if (found := self._begin()) is not None:
                self._note(found)
                self.at, self.reached = found, found.position
                return found
        message = (
            "a transaction that this relay can't end holds up readers of its topics: end the other writer's, "
            "or let `kafka-transactions.sh find-hanging` name it, and abort it there"
        )
        raise Unavailable(message)

    def _begin(self) -> Position | None:
        """Once; None where marks had to be written first, for which the next to begin waits."""
        self.close()
        with self.broker.admin() as admin:
            self._ids = ids = self._topics_there(admin)
            self._producer = self.broker.producer(self.topics.relay_id, called=self.topics.relay_id)
            # Fences a relay that still lives, and undoes what a dead one has left open. Only then is the position read:
            # before, a transaction could still be committed behind our back.
            self._producer.init_transactions()
            reach("relay: took over")
            with tails_of(self.broker, *(self.topics[short].name for short in ids)) as ends:
                found = read_position(ends(self.topics.position, [0]).get(0))
                found.forget_others({topic: ids[topic] for topic in (*self.outbox.views, HEADS)})
                every = partitions_of(self.topics, ids)
                if finish(admin, self._producer, ends, every, found, self.outbox.acknowledged):
                    return None
                agree(self.connection, ends, self.topics, found)
                heads.agree(self.connection, found)
                ends_at(ends, self.topics[HEADS].name, {0: found.checkpoints}, partitions=1)
                self.outbox.begin(ends, found)
        return found

    def _topics_there(self, admin: Any) -> dict[str, str]:  # noqa: ANN401 (kafka-python's)
        """The id of each topic. Raises Unavailable when one isn't as it must be."""
        there = {each["name"]: each for each in admin.describe_topics() if not each["error_code"]}
        needed = ("entries", "deadlines", HEADS, "relay.position", *self.outbox.views)
        for topic in (self.topics[short] for short in needed):
            partitions = len(there[topic.name]["partitions"]) if topic.name in there else 0
            if partitions != topic.partitions:
                has = f"has {partitions} partitions" if partitions else "is not there"
                message = f"the topic {topic.name} {has}: run `roznamcha topics apply`"
                raise Unavailable(message)
        return {short: str(there[self.topics[short].name]["topic_id"]) for short in needed}

    # --- publishing ----------------------------------------------------------------------------------------------

    def publish(
        self,
        *,
        until: int | None = None,
        progress: Callable[[int, int], None] = lambda _d, _t: None,
        stop: threading.Event | None = None,
    ) -> int:
        """Publish what is in the log up to `until`, or its head as of now; give how many entries.

        Told to `stop` it does so with the batch in hand. Raises TakenOver, Unavailable, and whatever the broker said:
        what was under way is then unknown until `begin`.
        """
        at, stop = self.at or self.begin(), stop or threading.Event()
        target, done = head(self.connection) if until is None else until, 0
        page = self._read(at.position, target)
        while page and not stop.is_set():
            following: list[Row] = []

            def meanwhile(last: int = page[-1].kept.position, following: list[Row] = following) -> None:
                with suppress(Unavailable):  # said when its turn comes
                    following += self._read(last, target)

            full = len(page) == self.batch
            at = self._commit(at, partial(self._entries, page), meanwhile if full else None)
            self._note(at)  # dies before it: the copy is behind until the next relay begins
            self.published += len(page)
            done += len(page)
            progress(at.position, target)
            page = following or self._read(at.position, target)
        if not stop.is_set():
            self._note(self._rows(at, stop))
        return done

    def _rows(self, at: Position, stop: threading.Event) -> Position:
        """Publish what the views have told, and what was signed of the ledger."""
        self.outbox.open(at, self._comes_round)
        for topic in self.outbox.opened:
            while not stop.is_set() and (page := self.outbox.page(topic, at.rows[topic], self.batch)):
                at = self._commit(at, partial(self._told, topic, page))
                self.outbox.done(topic, at.rows[topic])
                self._comes_round()
        while not stop.is_set() and (signed := heads.unpublished(self.connection, at, self.batch)):
            at = self._commit(at, partial(self._heads, signed))
            self._comes_round()
        return at

    def _read(self, after: int, target: int) -> list[Row]:
        """The next entries, as far as this release knows their schemas. Raises Unavailable where that is not at all."""
        found: list[Row] = []
        if after >= target:
            return found
        read = self.stamps.read
        with self.connection.cursor(binary=True) as cursor:
            try:
                for row in cursor.execute(PAGE, (after, target, self.batch)):
                    found.append(Row(Kept(*row[:5]), row[5], read(row[4])))  # noqa: PERF401 (those before it are kept)
            except NewerSchema as error:  # its headers could not say what they must, and can't be mended afterwards
                if not found:
                    message = f"{error}: let that release publish it"
                    raise Unavailable(message) from None
        return found

    def _commit(
        self, at: Position, fill: Callable[[Position], list[Any]], meanwhile: Callable[[], None] | None = None
    ) -> Position:
        """Publish, in one transaction, what `fill` sends while it moves the position on; give the position.

        `meanwhile` is done while what was sent is on its way.
        """
        self.at = None  # until the commit is acknowledged nobody knows where we stand
        now = at.copy()
        producer = self._producer
        try:
            producer.begin_transaction()
            sent = fill(now)
            producer.send(self.topics.position, now.written(), key=SHARD, partition=0)
            if meanwhile is not None:
                meanwhile()
            reach("relay: sent")  # dies here: the next relay's beginning undoes it, and sends the same again
            commit(producer)
            for each in sent:
                if not each.succeeded():  # a commit that is acknowledged has them all: one that isn't so is no success
                    raise each.exception or Timeout
        except KafkaError as error:
            if not taken_over(producer, error):
                raise
            if self._holds_lock and self.alone():  # then nobody else can have: it was open for longer than it may
                message = "the transaction ran out of time"
                raise Timeout(message) from None
            self.connection.execute(FENCED, (self.topics.prefix,))
            message = "another relay has taken over: this one stops"
            raise TakenOver(message) from None
        reach("relay: committed")  # dies here: Kafka has batch and position, and the next relay reads them there
        self.at, self.reached = now, now.position
        return now

    def _entries(self, page: Sequence[Row], now: Position) -> list[Any]:
        send, entries, deadlines = self._producer.send, self.topics.entries, self.topics.deadlines
        sent = []
        for kept, version, stamp in page:
            told = {"key": key_of(kept.record_id), "partition": kept.slot}
            if stamp is not None:
                told["timestamp_ms"] = stamp.recorded_ms
            headers = headers_of(kept, version, now.follow(now.entries, kept), stamp)
            sent.append(send(entries, kept.state, headers=headers, **told))
            if kept.name.startswith(DEADLINE):
                headers = headers_of(kept, version, now.follow(now.deadlines, kept), stamp)
                sent.append(send(deadlines, kept.state, headers=headers, **told))
        now.reach(page[-1].kept)
        return sent

    def _told(self, topic: str, page: Sequence[RowTold], now: Position) -> list[Any]:
        name, sent = self.topics[topic].name, []
        for row in page:
            value, key, headers = self.outbox.message(topic, row)
            sent.append(self._producer.send(name, value, key=key, partition=row.slot, headers=headers))
            now.rows[topic][row.slot] = row.seq
        return sent

    def _heads(self, page: Sequence[heads.Head], now: Position) -> list[Any]:
        send, name = self._producer.send, self.topics[HEADS].name
        now.checkpoints = page[-1].number
        return [send(name, each.note, key=each.origin.encode(), partition=0, headers=each.headers) for each in page]

    def _note(self, at: Position) -> None:
        """Leave a copy of the position where dashboards look."""
        entries = sum(count for _, count in at.entries.values())
        self.connection.execute(NOTED, (self.topics.prefix, at.position, entries))

    def close(self) -> None:
        """Let the producer go. What it had not committed is undone by whoever begins next."""
        producer, self._producer, self.at = self._producer, None, None
        if producer is not None:
            let_go(producer)

    # --- for as long as it runs ----------------------------------------------------------------------------------

    def alone(self) -> bool:
        """Whether no other relay is at work on this store."""
        self._holds_lock = alone(self.connection)
        return self._holds_lock

    def follow(self, stop: threading.Event, *, net: float = 1.0, told: Callable[[], None] = lambda: None) -> None:
        """Publish until told to stop: woken by the store's NOTIFY, and every `net` seconds in case one was lost.

        `told` is called after each batch, each look, and each try to reach the broker. Raises TakenOver, Broken,
        Unavailable, and Away when the broker stays away for PATIENCE.
        """
        self.connection.execute("LISTEN entries")
        if self.outbox.views:
            self.connection.execute(f"LISTEN {CHANNEL}".encode())
        self._comes_round = told
        away: float | None = None
        look = time.monotonic() + LOOK
        while not stop.is_set():
            try:
                self.publish(progress=lambda _done, _all: told(), stop=stop)
                away = None
                if time.monotonic() > look:
                    self._still_there()
                    look = time.monotonic() + LOOK
            except Unreadable as error:  # the broker is there, and what a stranger wrote into the topic as well
                message = f"{error}: no message of ours; {ANEW}"
                raise Broken(message) from None
            except (KafkaError, Away) as error:
                away = away or time.monotonic()
                if time.monotonic() - away > PATIENCE:
                    message = f"the broker at {self.broker.bootstrap} stays away: {error}"
                    raise Away(message) from None
                log.warning("publishing again", why=str(error) or type(error).__name__)
                self.close()
                told()
                stop.wait(net)
                continue
            told()
            for _ in self.connection.notifies(timeout=net, stop_after=1):
                break
        self.connection.execute("UNLISTEN *")
        self.close()

    def _still_there(self) -> None:
        """Begin again where topics are others than it began with, or readers wait for marks that nobody will write."""
        with self.broker.admin() as admin:
            if self._topics_there(admin) != self._ids:
                log.warning("the topics were made anew")
                self.close()
            elif hanging(admin, partitions_of(self.topics, self._ids)):
                log.warning("a transaction hangs")
                self.close()
