"""An entry as Kafka carries it: the stored bytes untouched, the record's id as key, and headers that need no schema.

Headers are CloudEvents' in binary mode (CloudEvents 1.0, Kafka protocol binding §3.2), W3C `traceparent`, and ours:

    position   where the entry stands in the store's log: ordered, with gaps
    previous   the position of the entry before it in this partition, 0 for the first: whoever has not seen that one
               lacks something. Offsets can't tell: transactions leave holes in them
    version    of the entry in its own stream: 1, 2, 3 …

None holds personal data: headers are shown by every tool.
"""

from __future__ import annotations

import struct
from functools import cache, lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from consumers.folding import Kept
from consumers.slots import slot_of
from consumers.stamps import Stamp
from schemas import Catalogue
from schemas.codec import HEADER, MAGIC

Headers = list[tuple[str, bytes]]
SPECIFICATION = ("ce_specversion", b"1.0")
CONTENT = ("content-type", b"application/avro")
TYPE = b"roznamcha."
"""Before an act's permanent name, so that it is one among the types of other systems."""
IN_HEADER = "__value_schema_id"
"""Where newer Confluent clients put the schema's id: 0x01 and its GUID, or 0x00 and the number."""
NUMBERS = ("position", "previous")
LAST = 2**63 - 1
"""The highest position there can be: PostgreSQL's bigint ends there, and so does everybody's who keeps one."""


class Undeliverable(ValueError):
    """A message that is no entry, or doesn't say which. The words never quote it."""


class Carried(NamedTuple):
    """A message of the topic of entries: the entry, what must have come before it, and the message itself."""

    kept: Kept
    previous: int
    message: Any


def headers_of(kept: Kept, version: int, previous: int, stamp: Stamp | None) -> Headers:
    """The headers of an entry. Without a stamp, when its bytes can't be read, only what the log itself knows."""
    headers = [
        SPECIFICATION,
        ("ce_type", _type(kept.name)),
        ("ce_subject", key_of(kept.record_id)),
        CONTENT,
        ("position", b"%d" % kept.position),
        ("previous", b"%d" % previous),
        ("version", b"%d" % version),
    ]
    if stamp is None:
        return [*headers, ("ce_id", b"position/%d" % kept.position), ("ce_source", b"/roznamcha")]
    entry, trace, source, occurred_at, _ = stamp
    headers += (
        ("ce_id", f"{entry[:8]}-{entry[8:12]}-{entry[12:16]}-{entry[16:20]}-{entry[20:]}".encode()),
        ("ce_source", source),
        ("ce_time", occurred_at),
        ("traceparent", f"00-{trace}-{entry[16:]}-01".encode()),
    )
    return headers


def row_headers(topic: str, kind: str, slot: int, seq: int, record_id: UUID) -> Headers:
    """The headers of a view's row, which is numbered in its partition: without gaps, so the one before is known."""
    return [
        SPECIFICATION,
        ("ce_type", _type(kind)),
        ("ce_id", f"{topic}/{slot}/{seq}".encode()),
        ("ce_source", b"/roznamcha"),
        ("ce_subject", key_of(record_id)),
        CONTENT,
        ("position", b"%d" % seq),
        ("previous", b"%d" % (seq - 1)),
    ]


@lru_cache(maxsize=4096)  # the same ones come again
def key_of(record_id: UUID) -> bytes:
    """The key of a record's messages: its id as text."""
    return str(record_id).encode()


@cache
def _type(name: str) -> bytes:
    return TYPE + name.encode()


def carried(catalogue: Catalogue, message: Any) -> Carried:  # noqa: ANN401 (kafka-python's record)
    """The entry in a message of the topic of entries. Raises Undeliverable.

    Whether its bytes can be decoded is not asked here: a record whose entry can't be is parked in order, as it would be
    if the store's own log had brought it.
    """
    if message.value is None:
        told = "a message without a value: entries are never taken back"
        raise Undeliverable(told)
    headers = dict(message.headers)
    try:
        record_id = UUID(message.key.decode("ascii"))
        position, previous = (number_of(headers[name]) for name in NUMBERS)
        name = _name(headers["ce_type"])
    except (KeyError, ValueError, AttributeError):
        told = f"a message whose key or headers are not an entry's: {_unlike(message.key, headers)}"
        raise Undeliverable(told) from None
    if slot_of(record_id) != message.partition:
        told = "a message in a partition that is not its record's slot"
        raise Undeliverable(told)
    if not previous < position:
        told = "a message that follows itself or a later one"
        raise Undeliverable(told)
    kept = Kept(position, message.partition, record_id, name, framed(catalogue, message.value, headers))
    return Carried(kept, previous, message)


def _unlike(key: bytes | None, headers: dict[str, bytes | None]) -> str:
    """What is not an entry's; asked when something isn't. It quotes nothing of the message."""
    if key is None:
        return "it has no key"
    try:
        UUID(key.decode("ascii"))
    except ValueError:
        return "its key is no UUID"
    for name in (*NUMBERS, "ce_type"):
        if headers.get(name) is None:
            return f"it has no header {name}"
        try:
            number_of(headers[name] or b"") if name in NUMBERS else _name(headers[name] or b"")
        except ValueError:
            return f"its header {name} is no {'position' if name in NUMBERS else 'name of an act'}"
    return "nobody can tell what"


def framed(catalogue: Catalogue, value: bytes, headers: dict[str, bytes]) -> bytes:
    """A value with the classic prefix, also where its schema's id travels in a header instead."""
    told = headers.get(IN_HEADER)
    if told is None:
        return value
    try:
        if told[0] == 1:
            return HEADER.pack(MAGIC, catalogue.id_by_guid(UUID(bytes=told[1:]))) + value
        return told[: HEADER.size] + value
    except (ValueError, IndexError, struct.error):
        return value  # it will not be decoded, and the record is parked with that reason


def _name(value: bytes) -> str:
    name = value.removeprefix(TYPE).decode("ascii")
    if not name.isprintable():  # a database keeps no NUL in a text
        raise ValueError
    return name


def number_of(value: bytes) -> int:
    """A position in a header. Raises ValueError for what is none."""
    if not value.isdigit() or (number := int(value)) > LAST:
        raise ValueError
    return number
