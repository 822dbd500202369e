"""Sending dead letters on, each raw and with the reason, to the topic in which people look for them.

No letter holds up another. One that is larger with its headers than a message may be goes without what was in it, which
lies in the topic it came from, for ever: the headers say where, and give its size and digest.
"""

from __future__ import annotations

import time
from base64 import b64decode
from collections.abc import Collection, Sequence
from hashlib import sha256
from typing import Any

import structlog
from psycopg import Connection

from consumers.clients import Broker, KafkaError, Timeout, TooLarge, let_go
from consumers.letters import TOLD
from consumers.steps import reach

AT_ONCE = 100
"""Letters that are sent together."""
BLOCKING = 5_000
"""Milliseconds for which sending may hold up the views."""
LEFT_OUT = "x-left-out"
"""The header of a letter that came without what was in it."""
UNSENT = """
    SELECT id, slot, key, value, headers FROM ops.dead_letters
    WHERE view_group = %s AND slot = ANY(%s) AND NOT sent AND id > %s ORDER BY id LIMIT %s
"""
log = structlog.get_logger()
Row = tuple[int, int, bytes | None, bytes | None, list[tuple[str | None, str | None]]]


def send(connection: Connection[Any], broker: Broker, group: str, dead: str, slots: Collection[int]) -> int:
    """Send the letters of these slots that were not yet sent, each into the partition it was found in; give how many.

    Raises KafkaError or Away when some were not acknowledged, after all others, and Timeout when the time was too short
    for all: they are sent the next time.
    """
    done, after, failed = 0, 0, None
    until = time.monotonic() + BLOCKING / 1_000
    while rows := connection.execute(UNSENT, (group, list(slots), after, AT_ONCE)).fetchall():
        after = rows[-1][0]
        producer = broker.producer(
            called="roznamcha dead letters",
            max_block_ms=BLOCKING,
            delivery_timeout_ms=BLOCKING,
            request_timeout_ms=BLOCKING - 1_000,
        )
        try:
            sent, error = _send(producer, dead, rows, until)
        finally:
            let_go(producer)
        reach("kafka: dead letter sent")  # dies here: it is sent once more, with the same coordinates
        connection.execute(
            "UPDATE ops.dead_letters SET sent = true, key = NULL, value = NULL, headers = NULL WHERE id = ANY(%s)",
            (sent,),
        )
        done += len(sent)
        failed = failed or error
        if error is not None and error.retriable:  # not these letters: the broker
            break
        if time.monotonic() > until:
            failed = failed or Timeout("more letters wait than could be sent at once")
            break
    if failed is not None:
        raise failed
    return done


def _send(
    producer: Any,  # noqa: ANN401 (kafka-python's)
    dead: str,
    rows: Sequence[Row],
    until: float,
) -> tuple[list[int], KafkaError | None]:
    """Send some letters: the ids of those that arrived, and the error of one that did not."""
    under_way, sent, failed = [], [], None
    for row in rows:
        try:
            under_way.append((row, _put(producer, dead, row)))
        except ValueError as error:  # the topic has no such partition
            failed = KafkaError(str(error))
        except KafkaError as error:  # no topic, no broker: nothing more can be sent now
            failed = error
            break
    for row, future in under_way:
        try:
            try:
                _wait(future, until)
            except TooLarge:  # together with others, perhaps, or with the broker's own limit
                _wait(_put(producer, dead, row, bare=True), max(until, time.monotonic() + 1))
        except KafkaError as error:
            failed = error
        else:
            sent.append(row[0])
    return sent, failed


def _wait(future: Any, until: float) -> None:  # noqa: ANN401 (kafka-python's)
    future.get(max(until - time.monotonic(), 0.001))


def _put(producer: Any, dead: str, row: Row, *, bare: bool = False) -> Any:  # noqa: ANN401 (kafka-python's)
    """Send a letter; without what was in it when it is too large, or when it must be `bare`."""
    _, slot, key, value, told = row
    headers = [(_raw(name).decode(), _raw(each)) for name, each in told]  # the library sends no header of nothing
    if not bare:
        try:
            # ... and no message of nothing at all.
            return producer.send(
                dead, value if value is not None or key else b"", key=key, partition=slot, headers=headers
            )
        except TooLarge:
            pass
    about = f"{len(value or b'')} bytes, SHA-256 {sha256(value or b'').hexdigest()}".encode()
    return producer.send(dead, b"", partition=slot, headers=[*headers[-TOLD:], (LEFT_OUT, about)])


def _raw(text: str | None) -> bytes:
    return b"" if text is None else b64decode(text)
