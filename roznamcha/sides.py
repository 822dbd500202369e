"""The two sides of a comparison: what the store holds, and what a topic holds, each entry as a line of one digest.

Of a message everything counts that the relay gave it: value, key and partition, and each of our headers. What a mirror
adds, such as headers of its own or another offset, does not.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection

from consumers.carried import Carried, Undeliverable, carried, headers_of
from consumers.clients import Broker, Timeout
from consumers.folding import Kept
from consumers.reading import Reading
from consumers.stamps import StampReader
from schemas import Catalogue

HEADERS = (
    "ce_specversion", "ce_type", "ce_subject", "content-type", "position", "previous", "version", "ce_id", "ce_source",
    "ce_time", "traceparent",
)  # fmt: skip
"""What the relay writes."""
DIGITS = 20
"""Of a number that none of ours has."""
MARKS = 3.0
"""Seconds in which what was committed becomes visible in every partition: the broker marks one after the other."""
PATIENCE = 60.0
"""Seconds for which a partition that has more may give nothing."""
FETCHED = 16 * 1024 * 1024
"""Bytes fetched at once: the library holds several such answers."""
PAGE = b"""
    SELECT notification_id, slot, record_id, topic, state, originator_version FROM roznamcha.entries
    WHERE notification_id <= %s AND slot = ANY(%s) AND starts_with(topic, %s) ORDER BY notification_id
"""
AFTER = b"""
    SELECT count(*), min(notification_id) FROM roznamcha.entries
    WHERE notification_id > %s AND starts_with(topic, %s) AND (%s::uuid IS NULL OR record_id = %s)
"""
SOME = b"""
    SELECT notification_id, slot, record_id, topic, state, originator_version,
           coalesce((SELECT b.notification_id FROM roznamcha.entries b
             WHERE b.slot = e.slot AND b.notification_id < e.notification_id AND starts_with(b.topic, %s)
             ORDER BY b.notification_id DESC LIMIT 1), 0)
    FROM roznamcha.entries e
    WHERE record_id = ANY(%s) AND notification_id <= %s AND starts_with(topic, %s) ORDER BY notification_id
"""


class Line(NamedTuple):
    """An entry on one side: where it stands there, the digest of its value, and of all that the relay gives it."""

    record: UUID
    position: int
    version: int
    partition: int
    offset: int | None
    value: bytes
    whole: bytes


def whole_of(headers: Mapping[str, bytes | None], key: str, value: bytes) -> bytes:
    """The digest of a message: its key, our headers, and the digest of its value."""
    told = [headers.get(name) or b"" for name in HEADERS]
    return sha256(b"\x1f".join((key.encode(), *told, value))).digest()


class StoreSide:
    """The entries that belong into one topic: those whose act's name begins so."""

    def __init__(self, connection: Connection[Any], catalogue: Catalogue, begins: str) -> None:
        """Read over `connection`, which must be in a transaction."""
        self.connection, self.begins, self.stamps = connection, begins, StampReader(catalogue)

    def lines(self, until: int, slots: Collection[int], record: UUID | None = None) -> Iterator[Line]:
        """Every entry of some slots up to a position, or of one record, in the log's order."""
        if record is not None:
            yield from self.of([record], until)
            return
        last: dict[int, int] = {}
        with self.connection.cursor("reconcile", binary=True) as cursor:
            cursor.itersize = 5_000
            cursor.execute(PAGE, (until, list(slots), self.begins))
            for *columns, version in cursor:
                kept = Kept(*columns)
                yield self._line(kept, version, last.get(kept.slot, 0))
                last[kept.slot] = kept.position

    def of(self, records: Collection[UUID], until: int) -> Iterator[Line]:
        """The entries of some records up to a position."""
        with self.connection.cursor(binary=True) as cursor:
            for *columns, version, previous in cursor.execute(SOME, (self.begins, list(records), until, self.begins)):
                yield self._line(Kept(*columns), version, previous)

    def _line(self, kept: Kept, version: int, previous: int) -> Line:
        value = sha256(kept.state).digest()
        headers: dict[str, bytes] = dict(headers_of(kept, version, previous, self.stamps.read(kept.state)))
        whole = whole_of(headers, str(kept.record_id), value)
        return Line(kept.record_id, kept.position, version, kept.slot, None, value, whole)

    def after(self, position: int, record: UUID | None = None) -> tuple[int, Any]:
        """How many entries stand beyond a position, and when the first of them was recorded; None when none can say.

        Of one record, or of all.
        """
        row = self.connection.execute(AFTER, (position, self.begins, record, record)).fetchone() or (0, None)
        if row[1] is None:
            return 0, None
        state = self.connection.execute(
            "SELECT state FROM roznamcha.entries WHERE notification_id = %s", (row[1],)
        ).fetchone()
        stamp = self.stamps.read(state[0]) if state else None
        return row[0], stamp and datetime.fromtimestamp(stamp.recorded_ms / 1_000, UTC)


class Stranger(NamedTuple):
    """A message that is no entry: where it lies, and why it is none."""

    partition: int
    offset: int
    why: str


class TopicSide:
    """What lies in one topic."""

    def __init__(self, broker: Broker, topic: str, catalogue: Catalogue) -> None:
        """Nothing is asked of the broker yet."""
        self.broker, self.topic, self.catalogue = broker, topic, catalogue

    def lines(
        self, expected: Mapping[int, int], read: Callable[[int], None] = lambda _count: None
    ) -> Iterator[Line | Stranger]:
        """Every message, as an entry or as none. Raises Timeout as `messages` does."""
        return map(self._line, self.messages(expected, read))

    def messages(self, expected: Mapping[int, int], read: Callable[[int], None] = lambda _count: None) -> Iterator[Any]:
        """Every committed message of these partitions, up to their ends as of now, in order within each.

        A partition that ends before the position `expected` of it is given some seconds: the broker shows a transaction
        in one partition after the other. Raises Timeout when one that has more gives nothing.
        """
        following = dict.fromkeys(expected, 0)
        with Reading(
            self.broker, self.topic, None, lambda new: {each: following[each] for each in new},
            partitions=expected, called="roznamcha reconcile", fetch_max_bytes=FETCHED,
        ) as reading:  # fmt: skip
            ends, last = reading.ends(expected), dict.fromkeys(expected, 0)
            moved = began = time.monotonic()
            while True:
                if all(following[each] >= end for each, end in ends.items()):
                    late = [each for each, position in expected.items() if last[each] < position]
                    if not late or time.monotonic() - moved > MARKS:
                        return
                    ends |= reading.ends(late)
                for partition, messages in reading.poll(0.2).items():
                    for message in messages:
                        last[partition] = max(last[partition], position_in(message))
                        yield message
                    following[partition] = messages[-1].offset + 1
                    moved = time.monotonic()
                    read(len(messages))
                for each in expected:  # beyond the marks that transactions leave
                    following[each] = max(following[each], reading.position(each) or 0)
                if time.monotonic() - max(moved, began) > PATIENCE:
                    message = f"partitions of {self.topic} gave nothing for {PATIENCE:.0f} s"
                    raise Timeout(message)

    def _line(self, message: Any) -> Line | Stranger:  # noqa: ANN401 (kafka-python's record)
        try:
            each: Carried = carried(self.catalogue, message)
        except Undeliverable as error:
            return Stranger(message.partition, message.offset, str(error))
        kept, headers = each.kept, dict(message.headers)
        value = sha256(kept.state).digest()
        version = max(0, _number(message, "version"))
        whole = whole_of(headers, message.key.decode(), value)
        return Line(kept.record_id, kept.position, version, kept.slot, message.offset, value, whole)


def position_in(message: Any) -> int:  # noqa: ANN401 (kafka-python's record)
    """The position in a message's headers; -1 for a stranger's."""
    return _number(message, "position")


def _number(message: Any, name: str) -> int:  # noqa: ANN401 (as above)
    told = dict(message.headers).get(name) or b""
    return int(told) if told.isdigit() and len(told) < DIGITS else -1
