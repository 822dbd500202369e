"""Reconciliation: what the store holds, what lies on Kafka and what a subscriber has, compared record by record.

Lag says how far somebody has read, and is zero also where an entry was never sent. So everything is counted: for each
record how many entries there are, and one digest of them all. Only where these differ is a record looked at entry by
entry. Partitions are taken a few at a time, so that what is remembered stays small however many records there are.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from hashlib import sha256
from heapq import nlargest
from typing import Any
from uuid import UUID

from psycopg import Connection

from consumers.clients import Broker
from consumers.embedded import head
from consumers.reading import topic_id
from consumers.slots import SLOTS, slot_of
from consumers.tally import Tally
from consumers.topics import Topics
from roznamcha.differing import Difference, compare, of_subscriber
from roznamcha.errors import Unavailable, Usage
from roznamcha.fences import clock_of
from roznamcha.published import noted
from roznamcha.received import Received
from roznamcha.reconciled import Counts, Reconciled
from roznamcha.relay import DEADLINE
from roznamcha.relayed import Position, position_there
from roznamcha.sides import Line, StoreSide, Stranger, TopicSide
from schemas import Catalogue

AT_ONCE = 250_000
"""Entries looked at together: what bounds the memory, at some 400 bytes for a record."""
LISTED = 1_000
"""Records that are looked at entry by entry. Of more it is only said how many there are."""
BEGINS = {"entries": "", "deadlines": DEADLINE}
"""The topics that hold entries, and how the names of the acts in them begin."""
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class _Kept:
    """What is remembered of a record on one side."""

    entries: int
    digest: bytes


class _Side(dict[UUID, _Kept]):
    """Counts and digests by record."""

    def add(self, record: UUID, digest: bytes) -> _Kept:
        """Count one entry more."""
        kept = self.get(record)
        if kept is None:
            kept = self[record] = _Kept(0, bytes(32))
        kept.entries, kept.digest = Tally(kept.entries, kept.digest).with_digest(digest)
        return kept


class Reconciliation:
    """One comparison, from its beginning to its end."""

    def __init__(  # noqa: PLR0913 (who is compared with whom)
        self,
        connection: Connection[Any],
        broker: Broker,
        topics: Topics,
        catalogue: Catalogue,
        short: str = "entries",
        *,
        received: Received | None = None,
        record: UUID | None = None,
        progress: Progress = lambda _d, _t: None,
    ) -> None:
        """Compare the topic `entries` or `deadlines` with the store, and what a subscriber has `received` of it."""
        if short not in BEGINS:
            message = f"{short!r} is not compared: name one of {', '.join(BEGINS)}"
            raise Usage(message)
        self.connection, self.broker, self.topics, self.short = connection, broker, topics, short
        self.store = StoreSide(connection, catalogue, BEGINS[short])
        self.topic = TopicSide(broker, topics[short].name, catalogue)
        self.received, self.record, self.progress = received, record, progress
        self.report = Reconciled(topics[short].name)
        self.position = Position()
        self._beyond: list[Line] = []
        self._done = self._total = 0

    def run(self) -> Reconciled:
        """Compare everything. Raises Unavailable without the topic, and what a broker that is away raises."""
        for topic in (self.topic.topic, self.topics.position):
            try:
                topic_id(self.broker, topic)
            except LookupError:
                message = f"the topic {topic} is not there: run `roznamcha topics apply`"
                raise Unavailable(message) from None
        with self.connection.transaction():
            self._run()
        return self.report

    def _run(self) -> None:
        # The subscriber was read before, the position is read now, the topic afterwards: so whatever a later one of
        # them has more than an earlier one is new, and nothing that lacks can be taken for new.
        self.position = self._published()
        until = self.report.published_to = self.position.position
        waits, since = self.store.after(until, self.record)
        age = round((clock_of(self.connection) - since).total_seconds(), 1) if since else None
        self.report.store.more = {"unpublished": waits, "in_all": waits, "oldest_unpublished_seconds": age}
        if self.received is not None:
            self.report.subscriber = Counts(more=self.received.told())
        slots = [slot_of(self.record)] if self.record else list(range(SLOTS))
        total = self._entries(until)
        each = max(1, SLOTS * AT_ONCE // max(total, 1))
        self._total = 2 * total * len(slots) // SLOTS
        for first in range(0, len(slots), each):
            self._some(slots[first : first + each], until)
        self._strangers_beyond()

    def _published(self) -> Position:
        """How far was published; noting where the store disagrees, or knows of more."""
        was = noted(self.connection, self.topics.prefix)
        position = position_there(self.broker, self.topics)
        if position.position:
            row = self.connection.execute(
                "SELECT state FROM roznamcha.entries WHERE notification_id = %s", (position.position,)
            ).fetchone()
            if row is None or sha256(row[0]).hexdigest() != position.sha256:
                kind = "extra" if position.position > head(self.connection) else "altered"
                self._note(Difference("relay.position", kind, position=position.position))
        if position.position < was:
            self._note(Difference("relay.position", "missing", position=was))
        return position

    def _entries(self, until: int) -> int:
        query = "SELECT count(*) FROM roznamcha.entries WHERE notification_id <= %s"
        row = self.connection.execute(query, (until,)).fetchone()
        return row[0] if row else 0

    # --- a few partitions ----------------------------------------------------------------------------------------

    def _some(self, slots: Collection[int], until: int) -> None:
        """Compare some partitions."""
        theirs = self.received.of(slots, self.record) if self.received else None
        limits = self.received.places if self.received else {}
        last = max([until, *(limits.get(each, 0) for each in slots)]) if theirs is not None else until
        store, expected, met = _Side(), _Side(), set[UUID]()
        counted: dict[int, list[int]] = {each: [0, 0] for each in slots}
        for line in self.store.lines(last, slots, self.record):
            self._tick()
            if line.position <= until:
                store.add(line.record, line.whole)
                counted[line.partition] = [line.position, counted[line.partition][1] + 1]
            if theirs is not None and (not limits or line.position <= limits.get(line.partition, 0)):
                kept, wanted = expected.add(line.record, line.value), theirs.get(line.record)
                if wanted is not None and (kept.entries, kept.digest) == wanted:
                    met.add(line.record)
        topic, strangers = self._topic_side(slots, until)
        self._count(store, topic)
        self._positions(counted)
        differ = [each for each in store.keys() | topic.keys() if store.get(each) != topic.get(each)]
        self._look_at(differ, until)
        for each in strangers:
            self._note(Difference("topic", "extra", partition=each.partition, offset=each.offset))
        if theirs is not None:
            self._subscriber(theirs, expected, met, store)

    def _topic_side(self, slots: Iterable[int], until: int) -> tuple[_Side, list[Stranger]]:
        found, strangers = _Side(), list[Stranger]()
        said = self.position.entries if self.short == "entries" else self.position.deadlines
        for line in self.topic.lines({each: said.get(each, [0])[0] for each in slots}, self._tick):
            if isinstance(line, Stranger):
                if self.record is None:
                    strangers.append(line)
            elif self.record in {None, line.record}:
                if line.position > until:
                    self._beyond.append(line)
                    if len(self._beyond) > 2 * LISTED:  # a stranger's positions are the highest: the others are passed
                        self._beyond = nlargest(LISTED, self._beyond, key=lambda each: each.position)
                else:
                    found.add(line.record, line.whole)
        return found, strangers

    def _count(self, store: _Side, topic: _Side) -> None:
        for counts, side in ((self.report.store, store), (self.report.topic, topic)):
            counts.entries += sum(each.entries for each in side.values())
            counts.records += len(side)
        self.report.store.more["in_all"] += sum(each.entries for each in store.values())

    def _positions(self, counted: dict[int, list[int]]) -> None:
        """The relay's own count of each partition, against the store's."""
        said = self.position.entries if self.short == "entries" else self.position.deadlines
        for slot, has in counted.items() if self.record is None else ():
            if said.get(slot, [0, 0]) != has:
                self._note(Difference("relay.position", "altered", partition=slot, position=has[0]))

    def _look_at(self, differ: Collection[UUID], until: int) -> None:
        """Name what differs in these records, entry by entry."""
        room = max(0, LISTED - len(self.report.differences))
        chosen = sorted(differ)[:room]
        self.report.unlisted += len(differ) - len(chosen)
        if not chosen:
            return
        mine: dict[UUID, list[Line]] = {each: [] for each in chosen}
        theirs: dict[UUID, list[Line]] = {each: [] for each in chosen}
        for line in self.store.of(chosen, until):
            mine[line.record].append(line)
        for found in self.topic.lines({slot_of(each): 0 for each in chosen}):
            if isinstance(found, Line) and found.record in theirs and found.position <= until:
                theirs[found.record].append(found)
        for each in chosen:
            for difference in compare(mine[each], theirs[each]):
                self._note(difference)

    def _strangers_beyond(self) -> None:
        """What lies beyond the position that was read at the beginning was published meanwhile, or by a stranger."""
        if not self._beyond:
            return
        now = position_there(self.broker, self.topics).position
        for line in self._beyond:
            if line.position > now:
                self._note(Difference.of("topic", "extra", line))

    # --- a subscriber --------------------------------------------------------------------------------------------

    def _subscriber(
        self, theirs: dict[UUID, tuple[int, bytes]], expected: _Side, met: Collection[UUID], store: _Side
    ) -> None:
        counts, places = self.report.subscriber, self.received and self.received.places
        assert counts is not None  # noqa: S101 (made at the beginning)
        counts.entries += sum(entries for entries, _ in theirs.values())
        counts.records += len(theirs)
        differ = set[UUID]()
        for record in theirs.keys() | expected.keys():
            has = theirs.get(record, (0, bytes(32)))
            due = expected.get(record)
            if places:
                if due is None or (due.entries, due.digest) != has:
                    differ.add(record)
            elif has[0] and record not in met:
                differ.add(record)
        counts.more["behind"] += self._behind(theirs, expected, store)
        for record in sorted(differ):
            if len(self.report.differences) >= LISTED:
                self.report.unlisted += 1
                continue
            until = places.get(slot_of(record), 0) if places else self.report.published_to
            lines = list(self.store.of([record], until))
            has = theirs.get(record, (0, bytes(32)))
            for difference in of_subscriber(record, lines, *has, behind=not places):
                self._note(difference)

    def _behind(self, theirs: dict[UUID, tuple[int, bytes]], expected: _Side, store: _Side) -> int:
        """How many entries have been published and not yet been received."""
        if self.received and self.received.places:
            return sum(each.entries for each in store.values()) - sum(
                min(each.entries, store[record].entries) for record, each in expected.items() if record in store
            )
        return sum(max(0, each.entries - theirs.get(record, (0, b""))[0]) for record, each in store.items())

    def _note(self, difference: Difference) -> None:
        if len(self.report.differences) < 2 * LISTED:
            self.report.differences.append(difference)
        else:
            self.report.unlisted += 1

    def _tick(self, count: int = 1) -> None:
        self._done += count
        if self._done % 1_000 < count:
            self.progress(min(self._done, self._total), self._total)
