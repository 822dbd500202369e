"""The relay: copies the store's log to Kafka, every entry once and in order, and can always say how far it has come.

Where it stands is known from Kafka alone: the position is written in the same transaction as the entries, so either all
of a batch is there with it, or nothing. Whatever goes wrong on the way (a time-out, a broker gone, a lost answer to a
commit) has one answer: begin again, as after a restart, by asking Kafka. The broker lets one producer of the relay's
transactional id live, so a second relay fences the first; a lock in the database keeps it from trying while the first
one lives.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import structlog
from psycopg import Connection

from consumers.carried import headers_of, key_of, milliseconds
from consumers.clients import Away, Broker, KafkaError, Timeout, taken_over
from consumers.embedded import head
from consumers.entries import MetaReader
from consumers.folding import Kept
from consumers.slots import SLOTS
from consumers.steps import reach
from consumers.tails import tails
from consumers.topics import Topics
from roznamcha.errors import Broken, Unavailable
from schemas import Catalogue

BATCH = 5_000
"""Entries published in one transaction at most."""
PATIENCE = 60.0
"""Seconds for which a broker may stay away before the relay gives up."""
SHARD = b"0"
"""The key of the position: one relay publishes all slots."""
DEADLINE = "deadline."
PAGE = b"""
    SELECT notification_id, slot, record_id, topic, state, originator_version FROM roznamcha.entries
    WHERE notification_id > %s ORDER BY notification_id LIMIT %s
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
    """An entry of the log, and its version in its own stream."""

    kept: Kept
    version: int


@dataclass
class Position:
    """How far was published: the last position, a digest of the entry there, and each partition's last and count."""

    position: int = 0
    sha256: str = ""
    entries: dict[int, list[int]] = field(default_factory=dict)
    deadlines: dict[int, list[int]] = field(default_factory=dict)

    def follow(self, slots: dict[int, list[int]], kept: Kept) -> int:
        """Count an entry into its slot; give the position of the one before it there, 0 for the first."""
        last = slots.setdefault(kept.slot, [0, 0])
        before, last[0], last[1] = last[0], kept.position, last[1] + 1
        return before

    def written(self) -> bytes:
        """As it stands on Kafka: public, so that anybody can count."""
        return json.dumps(
            {"position": self.position, "sha256": self.sha256, "slots": self.entries, "deadlines": self.deadlines}
        ).encode()


def read_position(message: Any) -> Position:  # noqa: ANN401 (kafka-python's record, or None)
    """The position in a message of its topic. Raises Broken when it is none."""
    if message is None:
        return Position()
    try:
        told = json.loads(message.value)
        slots = [
            {int(slot): [int(n) for n in last] for slot, last in told[name].items()} for name in ("slots", "deadlines")
        ]
        return Position(int(told["position"]), str(told["sha256"]), *slots)
    except (ValueError, KeyError, TypeError, AttributeError):
        message = "the last message in the topic of the relay's position is no position: see docs/kafka.md"
        raise Broken(message) from None


class Relay:
    """Publishes one store's log under one prefix, over a connection it has to itself."""

    def __init__(
        self, connection: Connection[Any], broker: Broker, topics: Topics, catalogue: Catalogue, *, batch: int = BATCH
    ) -> None:
        """Nothing is asked of the broker yet."""
        self.connection, self.broker, self.topics, self.batch = connection, broker, topics, batch
        self.metas = MetaReader(catalogue)
        self.at: Position | None = None
        self.published = 0
        self._producer: Any = None

    # --- beginning -----------------------------------------------------------------------------------------------

    def begin(self) -> Position:
        """Take over from whoever published before, and read how far that was.

        Raises Broken when Kafka and the store can't belong together, Unavailable when a topic is missing.
        """
        self.close()
        self._topics_there()
        self._producer = self.broker.producer(self.topics.relay_id, called=self.topics.relay_id)
        # Fences a relay that still lives, and undoes what a dead one has left open. Only then is the position read:
        # before, a transaction could still be committed behind our back.
        self._producer.init_transactions()
        reach("relay: took over")
        found = read_position(tails(self.broker, self.topics.position, [0]).get(0))
        self._agree(found)
        self.at = found
        return found

    def _topics_there(self) -> None:
        with self.broker.admin() as admin:
            there = {
                each["name"]: len(each["partitions"]) for each in admin.describe_topics() if not each["error_code"]
            }
        for short in ("entries", "deadlines", "relay.position"):
            topic = self.topics[short]
            if there.get(topic.name) != topic.partitions:
                has = f"has {there[topic.name]} partitions" if topic.name in there else "is not there"
                message = f"the topic {topic.name} {has}: run `roznamcha topics apply`"
                raise Unavailable(message)

    def _agree(self, found: Position) -> None:
        """Raise Broken unless the store holds what was published last, and the topics end where the position says."""
        if found.position:
            row = self.connection.execute(
                "SELECT state FROM roznamcha.entries WHERE notification_id = %s", (found.position,)
            ).fetchone()
            if row is None or hashlib.sha256(row[0]).hexdigest() != found.sha256:
                message = (
                    f"Kafka has entries up to position {found.position}, which the store doesn't hold: it was restored "
                    "to an earlier state, or belongs to other topics. Restore a later state, or publish everything "
                    "anew: `roznamcha topics apply --anew`"
                )
                raise Broken(message)
        for name, slots in ((self.topics.entries, found.entries), (self.topics.deadlines, found.deadlines)):
            last = {slot: _position(each) for slot, each in tails(self.broker, name, range(SLOTS)).items()}
            wrong = sorted(slot for slot in slots.keys() | last.keys() if last.get(slot, 0) != slots.get(slot, [0])[0])
            if wrong:
                message = (
                    f"partition {wrong[0]} of {name} ends at position {last.get(wrong[0], 0)}, and the relay's "
                    f"position says {slots.get(wrong[0], [0])[0]}: someone else wrote there, or messages were lost. "
                    "See `roznamcha reconcile`; `roznamcha topics apply --anew` publishes everything anew"
                )
                raise Broken(message)

    # --- publishing ----------------------------------------------------------------------------------------------

    def publish(self, *, until: int | None = None, progress: Callable[[int, int], None] = lambda _d, _t: None) -> int:
        """Publish what is in the log up to `until`, or its head as of now; give how many entries.

        Raises TakenOver, and whatever the broker said: what was under way is then unknown until `begin`.
        """
        at = self.at or self.begin()
        target, done = head(self.connection) if until is None else until, 0
        while at.position < target:
            page = [row for row in self._read(at.position) if row.kept.position <= target]
            if not page:
                break
            at = self._send(at, page)
            done += len(page)
            progress(at.position, target)
        self._note(at)
        return done

    def _read(self, after: int) -> list[Row]:
        with self.connection.cursor(binary=True) as cursor:
            return [Row(Kept(*row[:5]), row[5]) for row in cursor.execute(PAGE, (after, self.batch))]

    def _send(self, at: Position, page: Sequence[Row]) -> Position:
        """Publish a page and its position in one transaction; give the position."""
        self.at = None  # until the commit is acknowledged nobody knows where we stand
        now = Position(at.position, at.sha256, {**at.entries}, {**at.deadlines})
        producer = self._producer
        try:
            producer.begin_transaction()
            sent = self._hand_over(now, page)
            producer.send(self.topics.position, now.written(), key=SHARD, partition=0)
            reach("relay: sent")  # dies here: the next relay's beginning undoes it, and sends the same again
            producer.commit_transaction()
            for each in sent:
                if not each.succeeded():  # a commit that is acknowledged has them all: one that isn't so is no success
                    raise each.exception or Timeout
        except KafkaError as error:
            if not taken_over(producer, error):
                raise
            self.connection.execute(FENCED, (self.topics.prefix,))
            message = "another relay has taken over: this one stops"
            raise TakenOver(message) from None
        reach("relay: committed")  # dies here: Kafka has batch and position, and the next relay reads them there
        self.at = now
        self.published += len(page)
        return now

    def _hand_over(self, now: Position, page: Sequence[Row]) -> list[Any]:
        send, entries, deadlines = self._producer.send, self.topics.entries, self.topics.deadlines
        sent = []
        now.entries = {slot: [*last] for slot, last in now.entries.items()}
        now.deadlines = {slot: [*last] for slot, last in now.deadlines.items()}
        for kept, version in page:
            meta = self.metas.read(kept.state)
            told = {"key": key_of(kept.record_id), "partition": kept.slot}
            if meta is not None:
                told["timestamp_ms"] = milliseconds(meta.recorded_at)
            headers = headers_of(kept, version, now.follow(now.entries, kept), meta)
            sent.append(send(entries, kept.state, headers=headers, **told))
            if kept.name.startswith(DEADLINE):
                headers = headers_of(kept, version, now.follow(now.deadlines, kept), meta)
                sent.append(send(deadlines, kept.state, headers=headers, **told))
        last = page[-1].kept
        now.position, now.sha256 = last.position, hashlib.sha256(last.state).hexdigest()
        return sent

    def _note(self, at: Position) -> None:
        """Leave a copy of the position where dashboards look."""
        entries = sum(count for _, count in at.entries.values())
        self.connection.execute(NOTED, (self.topics.prefix, at.position, entries))

    def close(self) -> None:
        """Let the producer go. What it had not committed is undone by whoever begins next."""
        producer, self._producer, self.at = self._producer, None, None
        if producer is not None:
            with suppress(KafkaError):
                producer.close(timeout=1)

    # --- for as long as it runs ----------------------------------------------------------------------------------

    def alone(self) -> bool:
        """Whether no other relay of these topics is at work on this store. The lock goes with the connection."""
        query = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
        row = self.connection.execute(query, (f"relay {self.topics.prefix}",)).fetchone()
        return bool(row and row[0])

    def follow(self, stop: threading.Event, *, net: float = 1.0, told: Callable[[], None] = lambda: None) -> None:
        """Publish until told to stop: woken by the store's NOTIFY, and every `net` seconds in case one was lost.

        `told` is called after each look. Raises TakenOver, Broken, and Away when the broker stays away for PATIENCE.
        """
        self.connection.execute("LISTEN entries")
        away: float | None = None
        while not stop.is_set():
            try:
                self.publish()
                away = None
            except (KafkaError, Away) as error:
                away = away or time.monotonic()
                if time.monotonic() - away > PATIENCE:
                    message = f"the broker at {self.broker.bootstrap} stays away: {type(error).__name__}"
                    raise Away(message) from None
                log.warning("publishing again", why=type(error).__name__)
                self.close()
                stop.wait(net)
                continue
            told()
            for _ in self.connection.notifies(timeout=net, stop_after=1):
                break
        self.connection.execute("UNLISTEN entries")
        self.close()


def _position(message: Any) -> int:  # noqa: ANN401 (kafka-python's record)
    """The position in a message's headers; -1 for a stranger's."""
    told = dict(message.headers).get("position", b"")
    return int(told) if told.isdigit() else -1
