"""Whether what lies on Kafka is this store's and whole, as far as the topics' ends tell: entries, rows, signed heads.

Each topic's first and last messages are held against the relay's position, the store and the outbox, by one client. It
costs the same however much was published; what lacks in the midst of a topic only `reconcile` sees.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

from psycopg import Connection

from consumers.clients import Broker
from consumers.embedded import head
from consumers.tails import Tails, tails_of
from consumers.topics import Topic, Topics
from roznamcha.errors import Broken
from roznamcha.fences import clock_of
from roznamcha.ledger import heads
from roznamcha.published import noted
from roznamcha.relayed import ANEW, HEADS, Position, agree, ends_at, read_position, restored
from roznamcha.screen import lasting, many
from schemas import VIEW

Finding = tuple[str, bool | None, str]
ROWS = tuple(each.short for each in Topics().all if str(each.about["carries"]).startswith(f"{VIEW}."))
"""The topics in which views tell their rows."""
LOOKED_AT = ("entries", "deadlines", *ROWS, HEADS, "relay.position")
LOOKS, PAUSE = 4, 0.5
"""How often the ends are looked at before something is wrong with them, and the seconds between."""
ANSWERING = 10.0
"""Seconds in which the partitions of a topic must give what they end with."""
GRACE = 300.0
"""Seconds for which a signed head may wait to be published."""
TOLD = "SELECT slot, seq FROM ops.outbox_heads WHERE topic = %s"
WAITING = "SELECT count(*), min(signed_at) FROM roznamcha.checkpoints WHERE number > %s"


def told_by_ends(
    broker: Broker,
    topics: Topics,
    connection: Connection[Any],
    ids: Mapping[str, str],
) -> Iterator[Finding]:
    """What the ends tell; `ids` are the topics' own, by their short names. Raises Away and KafkaError."""
    was = noted(connection, topics.prefix)
    with tails_of(broker, *(topics[each].name for each in LOOKED_AT), patience=ANSWERING) as ends:
        at, wrong = _looked_at(Look(ends, topics, connection, ids))
    yield _position(connection, at, was, wrong.get("position"))
    yield _rows(connection, topics, at, wrong.get("rows"))
    yield from _heads(connection, at, wrong.get("checkpoints"))


def _looked_at(look: Look) -> tuple[Position, dict[str, str]]:
    """The position, and what is wrong, by part.

    A relay at work moves all of them on, one partition after the other: what is wrong is wrong twice in the same words.
    """
    said: dict[str, str] = {}
    for nth in range(LOOKS):
        try:
            at = read_position(look.ends(look.topics.position, [0]).get(0))
        except Broken as error:
            return Position(), {"position": str(error)}
        found = dict(look.wrong(at))
        again = {part: words for part, words in found.items() if said.get(part) == words}
        if again or not found:
            break
        said = found
        if nth + 1 < LOOKS:
            time.sleep(PAUSE)
    return at, again


class Look:
    """One look at all ends."""

    def __init__(self, ends: Tails, topics: Topics, connection: Connection[Any], ids: Mapping[str, str]) -> None:
        """By a client that knows the topics; `ids` are what the broker calls them now."""
        self.ends, self.topics, self.connection, self.ids = ends, topics, connection, ids

    def wrong(self, at: Position) -> Iterator[tuple[str, str]]:
        """What doesn't agree with a position: the first thing of each part, which is named."""
        for part, check in (("position", self._entries), ("rows", self._rows), ("checkpoints", self._heads)):
            try:
                check(at)
            except Broken as error:
                yield part, str(error)

    def _entries(self, at: Position) -> None:
        agree(self.connection, self.ends, self.topics, at)
        for short, slots in (("entries", at.entries), ("deadlines", at.deadlines)):
            self._whole(self.topics[short], {slot: last for slot, (last, _) in slots.items()})

    def _rows(self, at: Position) -> None:
        for short in ROWS:
            topic, last = self.topics[short], at.rows.get(short, {})
            self._same(topic, at, told=any(last.values()))
            self._whole(topic, last)
            ends_at(self.ends, topic.name, last, compacted=topic.about["policy"] == "compacted")
            told = dict(self.connection.execute(TOLD, (short,)).fetchall())
            if any(told.get(slot, 0) < seq for slot, seq in last.items()):
                message = f"{topic.name} has rows which the views have not told: {restored()}"
                raise Broken(message)

    def _heads(self, at: Position) -> None:
        topic, last = self.topics[HEADS], {0: at.checkpoints}
        self._same(topic, at, told=bool(at.checkpoints))
        self._whole(topic, last)
        heads.agree(self.connection, at)
        ends_at(self.ends, topic.name, last, partitions=1)

    def _same(self, topic: Topic, at: Position, *, told: bool) -> None:
        """Whether it is still the topic that was written to."""
        if told and at.ids.get(topic.short) != self.ids.get(topic.short):
            message = f"{topic.name} was made anew, and what was published there is gone: a relay publishes it again"
            raise Broken(message)

    def _whole(self, topic: Topic, last: Mapping[int, int]) -> None:
        """Whether nothing was deleted at its beginning, and nothing lacks where something was published."""
        for slot, (begin, end) in sorted(self.ends.spans(topic.name, range(topic.partitions)).items()):
            if begin:
                message = f"what lay before offset {begin} in partition {slot} of {topic.name} was deleted"
            elif not end and last.get(slot, 0):
                message = f"partition {slot} of {topic.name} is empty, and was published up to {last[slot]}"
            else:
                continue
            message += f": who begins to read now lacks it. See `roznamcha reconcile --topic {topic.short}`; {ANEW}"
            raise Broken(message)


def _position(connection: Connection[Any], at: Position, was: int, wrong: str | None) -> Finding:
    """What Kafka itself says of how far was published, against the store and the topics' ends, as a relay begins."""
    if wrong:
        return "position", False, wrong
    if at.position < was:
        said = f"entries up to {was:,} were published, and Kafka holds them up to {at.position:,}"
        return "position", False, f"{said}: topics were deleted, or restored; a relay publishes what they lack"
    entries = sum(count for _, count in at.entries.values())
    last = head(connection)
    waits = f"; the log goes on to {last:,}" if last > at.position else ""
    return "position", True, f"Kafka holds {entries:,} entries, up to {at.position:,}, and they are this store's{waits}"


def _rows(connection: Connection[Any], topics: Topics, at: Position, wrong: str | None) -> Finding:
    """How far each topic of rows is, of those that were begun."""
    if wrong:
        return "rows", False, wrong
    words = []
    for topic in (topics[short] for short in ROWS if short in at.rows):
        sent = sum(at.rows[topic.short].values())
        told = sum(seq for _, seq in connection.execute(TOLD, (topic.short,)).fetchall())
        waits = f", {told - sent:,} wait" if told > sent else ""
        words.append(f"{topic.short}: {sent:,} published{waits}")
    return "rows", True, "; ".join(words) or "no view has told a row yet: a relay begins it"


def _heads(connection: Connection[Any], at: Position, wrong: str | None) -> Iterator[Finding]:
    """How far the ledger's signed heads are."""
    if wrong:
        yield "checkpoints", False, wrong
        return
    waits, since = connection.execute(WAITING, (at.checkpoints,)).fetchone() or (0, None)
    age = (clock_of(connection) - since).total_seconds() if since else 0.0
    lag = f"; {many(waits, 'signed head')} waits, the oldest for {lasting(age)}" if waits else ""
    yield "checkpoints", True, f"Kafka holds {many(at.checkpoints, 'signed head')} of the ledger{lag}"
    if age > GRACE:
        yield (
            "unpublished",
            False,
            "a signed head waits for too long to be published: does a relay run (`up`, `relay`)?",
        )
