"""What the store alone knows of Kafka: how far the relay has come, letters, and what the last comparison found.

The truth lies on Kafka; these are notes of it, so that figures cost no look at the broker, and are there when it isn't.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import psycopg
from psycopg import Connection

from roznamcha.errors import Refused, Usage
from roznamcha.screen import lasting, many

if TYPE_CHECKING:  # figures need no client of the broker
    from roznamcha.differing import Differences
    from roznamcha.reconciled import Reconciled

NOBODY = "no relay comes on: `up` or `relay` does"
STANDS = 120.0
"""Seconds without a look at the log after which a relay is taken for one that has no way on."""
LETTERS = """
    SELECT count(*), count(*) FILTER (WHERE NOT sent AND acknowledged_at IS NULL), count(acknowledged_at)
    FROM ops.dead_letters
"""
RELAYED = "SELECT position, entries, looked_at, taken_over FROM ops.relayed WHERE prefix = %s"
BEYOND = "SELECT count(*), min(notification_id) FROM roznamcha.entries WHERE notification_id > %s"
ROWS = "SELECT count(*) FROM ops.outbox"
OTHERS = "SELECT prefix FROM ops.relayed WHERE prefix <> %s LIMIT 1"
COMPARED = "SELECT short, differences, compared_at FROM ops.compared WHERE prefix = %s ORDER BY short"
NOTED = """
    INSERT INTO ops.compared VALUES (%s, %s, %s, now()) ON CONFLICT (prefix, short) DO UPDATE
    SET differences = excluded.differences, compared_at = excluded.compared_at
"""


class Compared(NamedTuple):
    """What the last whole comparison of a topic with the store found."""

    differences: int
    at: datetime


@dataclass(frozen=True)
class Published:
    """What is known of Kafka under one prefix. `looked_at` is None where no relay has ever been at work."""

    position: int = 0
    entries: int = 0
    behind: int = 0
    oldest: int | None = None
    """Position of the first entry that is not published."""
    rows: int = 0
    """Rows of views that are not published."""
    looked_at: datetime | None = None
    taken_over: int = 0
    letters: int = 0
    unsent: int = 0
    acknowledged: int = 0
    """Of the letters, those that a person has seen and laid aside."""
    compared: dict[str, Compared] = field(default_factory=dict)

    def says(
        self, at: datetime, seconds: float | None, relays: int, given_up: str = ""
    ) -> Iterator[tuple[str, bool | None, str]]:
        """(part, well or None where nobody knows, words); `seconds` is how long the oldest unpublished entry waits.

        `given_up` says so where `up` has given the relay up: then what is entered next will not be published either.
        """
        stands = self.looked_at is None or (at - self.looked_at).total_seconds() > STANDS
        who = given_up or ("a relay is at work" if relays and not stands else NOBODY)
        fenced = f"; fenced by another one {self.taken_over:,} times" if self.taken_over else ""
        if self.behind or self.rows:
            age = f"; the oldest waits for {lasting(seconds)}" if seconds is not None else ""
            rows = f" and {self.rows:,} rows of views" if self.rows else ""
            words = f"{self.behind:,} entries{rows} are not published{age}; {who}{fenced}"
            yield "relay", bool(relays) and not stands, words
        else:
            more = f"; {given_up}" if given_up else "" if relays else "; no relay is at work"
            yield "relay", not given_up, f"everything is published, up to position {self.position:,}{more}{fenced}"
        left = self.letters - self.acknowledged
        words = f"{left:,}, {self.unsent:,} of them not yet sent on" if self.unsent else f"{left:,}"
        none = f"none; {self.acknowledged:,} were acknowledged" if self.acknowledged else "none"
        yield "dead letters", not (self.unsent and stands), f"{words}: see `parked letters`" if left else none
        yield self._compared(at)

    def _compared(self, at: datetime) -> tuple[str, bool | None, str]:
        if not self.compared:
            return "reconcile", None, "topics and store were never compared: `reconcile` does"
        words = []
        for short, found in self.compared.items():
            differ = many(found.differences, "difference") if found.differences else "no difference"
            words.append(f"{short}: {differ}, {lasting((at - found.at).total_seconds())} ago")
        well = not any(each.differences for each in self.compared.values())
        return "reconcile", well, "; ".join(words) + ("" if well else ": see `reconcile`")


def look(connection: Connection[Any], prefix: str) -> Published:
    """What is known of the topics under `prefix`."""
    row = connection.execute(RELAYED.encode(), (prefix,)).fetchone()
    position, entries, looked_at, taken_over = row or (0, 0, None, 0)
    behind, oldest = connection.execute(BEYOND.encode(), (position,)).fetchone() or (0, None)
    letters, unsent, seen = connection.execute(LETTERS.encode()).fetchone() or (0, 0, 0)
    (rows,) = connection.execute(ROWS.encode()).fetchone() or (0,)
    compared = {short: Compared(*found) for short, *found in connection.execute(COMPARED.encode(), (prefix,))}
    return Published(position, entries, behind, oldest, rows, looked_at, taken_over, letters, unsent, seen, compared)


def elsewhere(connection: Connection[Any], prefix: str) -> str:
    """Why nothing of this store belongs under `prefix`: it is published under another one; nothing where it isn't."""
    row = connection.execute(OTHERS.encode(), (prefix,)).fetchone()
    if row is None:
        return ""
    return (
        f"this store is published under {row[0]}, and not under {prefix}: set ROZNAMCHA_TOPICS so, "
        "or let `roznamcha topics apply --anew` begin under the new name"
    )


def noted(connection: Connection[Any], prefix: str) -> int:
    """How far was published under a prefix, as its relay left it in the store; 0 for never.

    Read before Kafka is asked, it is never more than Kafka has, unless topics were deleted or restored.
    """
    row = connection.execute(RELAYED, (prefix,)).fetchone()
    return row[0] if row else 0


def only_here(connection: Connection[Any], prefix: str) -> None:
    """Raise Usage where the store is published under another prefix: rows of views are numbered under one alone."""
    if told := elsewhere(connection, prefix):
        raise Usage(told)


def note_comparison(connection: Connection[Any], prefix: str, short: str, report: Reconciled | Differences) -> None:
    """Note what a comparison of the whole topic with the store found; what a subscriber has otherwise is his affair."""
    found = sum(each.where != "subscriber" for each in report.differences) + report.unlisted
    with suppress(psycopg.errors.ReadOnlySqlTransaction):  # on a standby one may compare, and can't note it
        connection.execute(NOTED.encode(), (prefix, short, found))


def alone(connection: Connection[Any]) -> bool:
    """Whether nobody else publishes this store's entries, or deletes what was published, while the connection lives."""
    row = connection.execute("SELECT pg_try_advisory_lock(hashtextextended('relay', 0))").fetchone()
    return bool(row and row[0])


def forget(connection: Connection[Any]) -> None:
    """Forget what is noted of topics, whose messages are to be deleted. Raises Refused while a relay is at work."""
    if not alone(connection):
        message = "a relay is at work on this store, and would go on from where it stands"
        raise Refused([f"{message}: stop it first (`relay`, `up`)"])
    connection.execute("DELETE FROM ops.relayed")
    connection.execute("DELETE FROM ops.compared")
