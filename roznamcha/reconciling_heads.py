"""Reconciling the topic of checkpoints: every head that the ledger has signed, once, as it was signed and in its order.

How far the relay says it is, is read first, then the ledger, then the topic: whatever a later one of them has more than
an earlier one is looked at again at the end, when it is new or nobody's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from psycopg import Connection

from consumers.clients import Broker
from consumers.reading import topic_id
from consumers.topics import Topics
from roznamcha.differing import Difference, Differences
from roznamcha.errors import Unavailable
from roznamcha.ledger.heads import numbered
from roznamcha.relayed import HEADS, position_there
from roznamcha.screen import many
from roznamcha.sides import TopicSide, position_in, whole_of
from schemas import Catalogue


@dataclass
class HeadsReconciled(Differences):
    """What a comparison of the ledger's signed heads with their topic found."""

    topic_name: str
    published_to: int = 0
    signed: int = 0
    messages: int = 0
    unpublished: int = 0

    def says(self) -> Iterator[str]:
        """The report in sentences, for a person."""
        yield (
            f"{self.topic_name}: {many(self.messages, 'message')}, published up to checkpoint "
            f"{self.published_to:,}; the ledger has signed {self.signed:,}"
        )
        if self.unpublished:
            yield f"not yet published: {self.unpublished:,}"
        yield from self.listed()

    def shown(self) -> dict[str, Any]:
        """The same for scripts."""
        return {
            "ok": self.ok,
            "published_to": self.published_to,
            "store": {"checkpoints": self.signed, "unpublished": self.unpublished},
            "topic": {"name": self.topic_name, "messages": self.messages},
            **self.differing(),
        }


def reconcile_heads(
    connection: Connection[Any],
    broker: Broker,
    topics: Topics,
    catalogue: Catalogue,
    progress: Callable[[int, int], None] = lambda _d, _t: None,
) -> HeadsReconciled:
    """Compare the topic of checkpoints with what the ledger has signed, byte for byte.

    Raises Unavailable without the topic, Broken for a position that is none, and as reading does.
    """
    topic = topics[HEADS].name
    for each in (topic, topics.position):
        try:
            topic_id(broker, each)
        except LookupError as error:
            message = f"{error}: run `roznamcha topics apply`"
            raise Unavailable(message) from None
    published = position_there(broker, topics).checkpoints
    signed = _signed(connection, 0)
    report = HeadsReconciled(topic, published, len(signed))
    report.unpublished = sum(number > published for number in signed)
    if published > max(signed, default=0):
        report.note(Difference("relay.position", "extra", position=published))
    coming = Comparison(report, signed)
    for message in TopicSide(broker, topic, catalogue).messages({0: published}):
        coming.take(message)
        if report.messages % 1_000 == 0:
            progress(min(report.messages, published), published)
    if coming.beyond:
        coming.look_again(_signed(connection, published), position_there(broker, topics).checkpoints)
    coming.end()
    return report


def _signed(connection: Connection[Any], after: int) -> dict[int, bytes]:
    """The digest of each signed head beyond a number, as its message must be."""
    return {each.number: _whole(dict(each.headers), each.origin, each.note) for each in numbered(connection, after)}


def _whole(headers: Mapping[str, bytes | None], key: str, note: bytes) -> bytes:
    return whole_of(headers, key, sha256(note).digest())


class Comparison:
    """The messages of the topic, as they lie."""

    def __init__(self, report: HeadsReconciled, signed: Mapping[int, bytes]) -> None:
        """Note in the report what differs from these digests of what was signed, by number."""
        self.report, self.signed = report, signed
        self.seen = set[int]()
        self.beyond: list[tuple[int, int, bytes]] = []
        """Number, offset and digest of what lies beyond the position that was read at the beginning."""
        self._last = 0

    def take(self, message: Any) -> None:  # noqa: ANN401 (kafka-python's record)
        """The next message."""
        self.report.messages += 1
        number = position_in(message)
        key = (message.key or b"").decode(errors="replace")
        whole = _whole(dict(message.headers), key, message.value or b"")
        if number < 1:
            self._note("extra", None, message.offset)
        elif number in self.seen:
            self._note("doubled" if self.signed.get(number, whole) == whole else "altered", number, message.offset)
        else:
            self.seen.add(number)
            if number > self.report.published_to:
                self.beyond.append((number, message.offset, whole))
            else:
                self._judge(number, message.offset, whole, self.signed)
            if number < self._last:
                self._note("misplaced", number, message.offset)
            self._last = max(self._last, number)

    def look_again(self, signed: Mapping[int, bytes], published: int) -> None:
        """What lies beyond is right where it was signed and published meanwhile, and somebody else's where not."""
        for number, offset, whole in self.beyond:
            self._judge(number, offset, whole, signed if number <= published else {})

    def end(self) -> None:
        """All came."""
        for number in sorted(self.signed.keys() - self.seen):
            if number <= self.report.published_to:
                self.report.note(Difference("topic", "missing", position=number, partition=0))

    def _judge(self, number: int, offset: int, whole: bytes, signed: Mapping[int, bytes]) -> None:
        if signed.get(number) != whole:
            self._note("altered" if number in signed else "extra", number, offset)

    def _note(self, kind: str, number: int | None, offset: int) -> None:
        self.report.note(Difference("topic", kind, position=number, partition=0, offset=offset))
