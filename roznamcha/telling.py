"""The relay's second half: rows of views that have a topic of their own, taken out of the outbox and sent once.

What was published is known from Kafka, as for the entries; a row leaves the outbox only after that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from psycopg import Connection

from consumers.building import is_built
from consumers.carried import Headers, key_of, row_headers
from consumers.embedded import unhindered
from consumers.outbox import kind_of, open_topic, topics_of
from consumers.tails import Tails
from consumers.topics import Topics
from projections.view import View
from roznamcha.errors import Broken
from roznamcha.relayed import ANEW, Position, ends_at, restored

PAGE = b"SELECT slot, seq, record_id, value FROM ops.outbox WHERE topic = %s ORDER BY slot, seq LIMIT %s"
NUMBERS = """
    SELECT slot, seq, coalesce((SELECT max(o.seq) FROM ops.outbox o WHERE (o.topic, o.slot) = (h.topic, h.slot)), 0)
    FROM ops.outbox_heads h WHERE topic = %s
"""
LEFT = """
    SELECT slot, coalesce((SELECT min(o.seq) - 1 FROM ops.outbox o WHERE (o.topic, o.slot) = (h.topic, h.slot)), seq)
    FROM ops.outbox_heads h WHERE topic = %s
"""
DONE = b"""
    DELETE FROM ops.outbox o USING unnest(%s::smallint[], %s::bigint[]) AS p(slot, seq)
    WHERE o.topic = %s AND o.slot = p.slot AND o.seq <= p.seq
"""
log = structlog.get_logger()


class RowTold(NamedTuple):
    """A row that changed, numbered in its slot; without a value, one that is gone."""

    slot: int
    seq: int
    record_id: UUID
    value: bytes | None


def _missing(seq: int, topic: str, slot: int) -> Broken:
    return Broken(f"row {seq} of {topic}, partition {slot}, is missing in the outbox; {ANEW}")


class Outbox:
    """What the views in force have told and nobody has published yet."""

    def __init__(self, connection: Connection[Any], topics: Topics, views: Sequence[View]) -> None:
        """Of the views that have a topic, over the relay's own connection."""
        self.connection, self.topics = connection, topics
        self.views = {topic: view for view in views for topic in topics_of(view)}
        self._kinds = {part.topic: kind_of(part) for view in views for part in view.published if part.topic}
        self.opened: list[str] = []

    def begin(self, ends: Tails, found: Position) -> None:
        """Compare with what was published, and drop what was. Raises Broken when they can't belong together."""
        self.opened = []
        for topic in self.views:
            here = self.topics[topic]
            last = found.rows.get(topic, {})
            ends_at(ends, here.name, last, compacted=here.about["policy"] == "compacted")
            if topic not in found.rows:
                continue  # of which nothing was published: it is opened when its view is built
            heads = self._heads(topic)
            if any(heads.get(slot, (0, 0))[0] < seq for slot, seq in last.items()):
                message = f"{here.name} has rows which the views have not told: {restored()}"
                raise Broken(message)
            for slot, (seq, waits) in heads.items():
                if max(waits, last.get(slot, 0)) < seq:
                    raise _missing(seq, topic, slot)
            self.opened.append(topic)
            self.done(topic, last)

    def _heads(self, topic: str) -> dict[int, tuple[int, int]]:
        """The last number that was given in each slot, and the last that waits."""
        return {slot: (seq, waits) for slot, seq, waits in self.connection.execute(NUMBERS, (topic,)).fetchall()}

    def acknowledged(self, at: Position) -> bool:
        """Whether rows beyond a position have left: then a commit of which it doesn't speak was acknowledged."""
        return any(
            left > at.rows[topic].get(slot, 0)
            for topic in self.views
            if topic in at.rows
            for slot, left in self.connection.execute(LEFT, (topic,)).fetchall()
        )

    def open(self, at: Position, progress: Callable[[], None]) -> None:
        """Open the topics of which nothing was published, as soon as their views are built."""
        for topic, view in self.views.items():
            if topic not in self.opened and is_built(self.connection, view):
                rows = unhindered(
                    self.connection, partial(open_topic, self.connection, view, topic, progress), progress
                )
                log.info("opened", topic=self.topics[topic].name, rows=rows)
                self.opened.append(topic)
                at.rows[topic] = {}

    def page(self, topic: str, published: dict[int, int], most: int) -> list[RowTold]:
        """The next rows to send. Raises Broken when one is missing."""
        with self.connection.cursor(binary=True) as cursor:
            found = [RowTold(*row) for row in cursor.execute(PAGE, (topic, most))]
        last = {**published}
        for each in found:
            expected = last.get(each.slot, 0) + 1
            if each.seq != expected:
                raise _missing(expected, topic, each.slot)
            last[each.slot] = each.seq
        return found

    def message(self, topic: str, row: RowTold) -> tuple[bytes | None, bytes, Headers]:
        """Value, key and headers of a row."""
        headers = row_headers(topic, self._kinds[topic], row.slot, row.seq, row.record_id)
        return row.value, key_of(row.record_id), headers

    def done(self, topic: str, published: dict[int, int]) -> None:
        """These were published: drop them."""
        self.connection.execute(DONE, (list(published), list(published.values()), topic))
