"""What the relay publishes of the ledger: each signed head, in the order in which it was signed, from the first on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from psycopg import Connection

from consumers.carried import SPECIFICATION, Headers
from consumers.clients import Broker
from consumers.tails import tails
from roznamcha.errors import Broken
from roznamcha.relayed import ANEW, HEADS, Position, restored

PAGE = b"""
    SELECT c.number, l.origin, c.note FROM roznamcha.checkpoints c JOIN roznamcha.logs l ON l.number = c.log
    WHERE c.number > %s ORDER BY c.number LIMIT %s
"""


class Head(NamedTuple):
    """One checkpoint, numbered over all logs without a gap."""

    number: int
    origin: str
    note: bytes

    @property
    def headers(self) -> Headers:
        """As of every message: CloudEvents', and which one came before."""
        return [
            SPECIFICATION,
            ("ce_type", b"roznamcha.ledger.checkpoint"),
            ("ce_id", b"%s/%d" % (HEADS.encode(), self.number)),
            ("ce_source", b"/roznamcha"),
            ("ce_subject", self.origin.encode()),
            ("content-type", b"text/plain; charset=utf-8"),
            ("position", b"%d" % self.number),
            ("previous", b"%d" % (self.number - 1)),
        ]


def numbered(connection: Connection[Any], after: int, most: int | None = None) -> Iterator[Head]:
    """The heads beyond a number, in the order in which they were signed; so many at most, or all."""
    with connection.cursor(binary=True) as cursor:
        for row in cursor.execute(PAGE, (after, most)):
            yield Head(*row)


def unpublished(connection: Connection[Any], at: Position, most: int) -> list[Head]:
    """The next ones to publish. Raises Broken when one is missing."""
    found = list(numbered(connection, at.checkpoints, most))
    for expected, each in enumerate(found, at.checkpoints + 1):
        if each.number != expected:
            message = f"checkpoint {expected} of the ledger is missing in the store; {ANEW}"
            raise Broken(message)
    return found


def agree(connection: Connection[Any], at: Position) -> None:
    """Raise Broken when Kafka has checkpoints that the store doesn't know."""
    row = connection.execute("SELECT coalesce(max(number), 0) FROM roznamcha.checkpoints").fetchone()
    if row is None or row[0] < at.checkpoints:
        message = f"Kafka has {at.checkpoints} checkpoints of the ledger, which the store hasn't: {restored()}"
        raise Broken(message)


def last_published(broker: Broker, topic: str) -> bytes | None:
    """The last head on Kafka; None where there is none. Raises Away and KafkaError."""
    with broker.admin() as admin:
        if topic not in admin.list_topics():
            return None
    found: bytes | None = next((each.value for each in tails(broker, topic, [0]).values()), None)
    return found
