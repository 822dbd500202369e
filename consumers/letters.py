"""Dead letters: messages that could not be delivered, and what the topic lacked; kept, and sent on raw with the reason.

A letter is kept in the transaction of the batch it was found in, so that nothing is passed by without one. Only then is
it sent to the topic of dead letters (`despatch`), where it may arrive twice: where it lay is in its headers, and tells
that it is one. Here its bytes stay until they have arrived there; why it could not be delivered stays for ever.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from consumers.carried import Headers

MISSING = "missing from the topic, taken from the store"
UNKNOWN = "the store holds no such entry"
ALTERED = "altered on its way, taken from the store"
TOLD = 6
"""How many headers of a letter are ours: where it lay and why it is dead. They are its last."""


@dataclass(frozen=True)
class Letter:
    """What was found at an offset of a slot, and why it could not be delivered. `message` is what lay there, if any."""

    slot: int
    offset: int
    why: str
    position: int | None = None
    message: Any = None


@dataclass(frozen=True)
class Found:
    """A letter as it is shown: never with what was in it. `number` is what it is acknowledged by."""

    number: int
    topic: str
    slot: int
    offset: int
    position: int | None
    why: str
    sent: bool
    found_at: datetime
    acknowledged_by: str | None = None
    acknowledged_why: str | None = None
    acknowledged_at: datetime | None = None


def keep(connection: Connection[Any], group: str, topic: str, topic_id: str, letters: Sequence[Letter]) -> None:
    """Keep letters, in the caller's transaction. One that is kept already, and found again, stays as it is."""
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            INSERT INTO ops.dead_letters
                (view_group, topic, topic_id, slot, "offset", position, why, key, value, headers, sent)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
            """,
            [_row(group, topic, topic_id, each) for each in letters],
        )


def _row(group: str, topic: str, topic_id: str, letter: Letter) -> tuple[Any, ...]:
    about = (group, topic, topic_id, letter.slot, letter.offset, letter.position, letter.why)
    found = letter.message
    if found is None:
        return (*about, None, None, None, True)  # nothing lay there that could be sent on
    headers: Headers = [*found.headers, *_told(group, topic, letter)]
    return (
        *about,
        found.key,
        found.value,
        Jsonb([[_text(name.encode()), _text(value)] for name, value in headers]),
        False,
    )


def _told(group: str, topic: str, letter: Letter) -> Iterator[tuple[str, bytes]]:
    """The headers that say where a letter lay and why it is dead."""
    yield "x-original-topic", topic.encode()
    yield "x-original-partition", b"%d" % letter.slot
    yield "x-original-offset", b"%d" % letter.offset
    yield "x-original-timestamp", b"%d" % letter.message.timestamp
    yield "x-reason", letter.why.encode()
    yield "x-consumer-group", group.encode()


def _text(raw: bytes | None) -> str | None:
    """Bytes as JSON can hold them: a stranger's header may be anything."""
    return None if raw is None else b64encode(raw).decode()


def kept(connection: Connection[Any], limit: int | None = None, *, seen: bool = True) -> list[Found]:
    """Every letter, or the last so many, in the order in which they were found; those already `seen` only if wanted."""
    query = """
        SELECT id, topic, slot, "offset", position, why, sent, found_at,
               acknowledged_by, acknowledged_why, acknowledged_at
        FROM ops.dead_letters WHERE %s OR acknowledged_at IS NULL ORDER BY id DESC LIMIT %s
    """
    return [Found(*row) for row in reversed(connection.execute(query, (seen, limit)).fetchall())]


def count(connection: Connection[Any]) -> int:
    """How many letters there are that nobody has acknowledged."""
    row = connection.execute("SELECT count(*) FROM ops.dead_letters WHERE acknowledged_at IS NULL").fetchone()
    return row[0] if row else 0


def acknowledge(connection: Connection[Any], numbers: Collection[int], by: str, why: str) -> int:
    """Note who has seen these letters, and why that is enough; give how many. Raises LookupError, and notes nothing.

    One that was acknowledged before stays as it was. It is still sent on, if it hasn't been.
    """
    with connection.transaction():
        query = "SELECT id FROM ops.dead_letters WHERE id = ANY(%s)"
        there = {row[0] for row in connection.execute(query, (list(numbers),)).fetchall()}
        if lacking := sorted(set(numbers) - there):
            message = f"there is no dead letter {', '.join(map(str, lacking[:5]))}"
            raise LookupError(message)
        done = connection.execute(
            "UPDATE ops.dead_letters SET acknowledged_by = %s, acknowledged_why = %s, acknowledged_at = now() "
            "WHERE id = ANY(%s) AND acknowledged_at IS NULL",
            (by, why, list(numbers)),
        )
        return done.rowcount


def of_topic(connection: Connection[Any], topic: str) -> list[int]:
    """The letters found in a topic that nobody has acknowledged."""
    query = "SELECT id FROM ops.dead_letters WHERE topic = %s AND acknowledged_at IS NULL"
    return [row[0] for row in connection.execute(query, (topic,)).fetchall()]
