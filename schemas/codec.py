"""An entry as bytes and back: the same bytes in PostgreSQL, on Kafka and under the ledger's leaf.

Confluent's wire format: byte 0x00, the schema's id as a big-endian int32, then the Avro body. Old entries are brought
to today's shape here, and nowhere else.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping
from typing import Any

import fastavro

from schemas import Catalogue, Schema, SchemaError

MAGIC = 0
HEADER = struct.Struct(">bi")


def encode(catalogue: Catalogue, name: str, record: Mapping[str, Any]) -> bytes:
    """The bytes of one entry under the newest schema of `name`.

    Raises SchemaError when there is no such schema, or when a field is missing, unknown or of the wrong type.
    """
    schema = catalogue.latest.get(name)
    if schema is None:
        message = f"there is no schema for {name}"
        raise SchemaError(message)
    head = HEADER.pack(MAGIC, catalogue.id_of(schema))
    try:
        return head + schema.write(record)
    except (TypeError, AttributeError, KeyError, IndexError, ValueError):
        pass  # a value not of exactly its column's type: fastavro writes it, or says what is wrong
    buffer = io.BytesIO(head)
    buffer.seek(0, io.SEEK_END)
    try:
        # Without strict_allow_default fastavro drops unknown keys and says nothing.
        fastavro.schemaless_writer(buffer, schema.parsed, record, strict_allow_default=True)
    except (ValueError, TypeError, AttributeError, OverflowError, KeyError) as error:
        message = f"{name} does not fit its schema {schema.version}: {type(error).__name__}"
        raise SchemaError(message) from None  # the cause may quote personal data
    return buffer.getvalue()


def schema_of(catalogue: Catalogue, data: bytes) -> Schema:
    """The schema `data` was written with. Raises SchemaError when it doesn't begin as an entry must."""
    if len(data) < HEADER.size or data[0] != MAGIC:
        message = "these bytes do not begin as an entry must: 0x00, then a schema id"
        raise SchemaError(message)
    return catalogue.by_id(HEADER.unpack_from(data)[1])


def decode(catalogue: Catalogue, data: bytes) -> tuple[str, dict[str, Any]]:
    """The act's permanent name and its fields, brought to the newest version of its schema.

    Raises SchemaError when the bytes are cut, too long, or of an unknown schema.
    """
    writer = schema_of(catalogue, data)
    newest = catalogue.latest[writer.name]
    return writer.name, _record(data, writer, None if newest is writer else newest.parsed)


def as_written(catalogue: Catalogue, data: bytes) -> tuple[Schema, dict[str, Any]]:
    """The schema an entry was written with, and its fields as that one has them: what no later release changes.

    Raises SchemaError as `decode` does.
    """
    writer = schema_of(catalogue, data)
    return writer, _record(data, writer)


def _record(data: bytes, writer: Schema, reader: Any = None) -> dict[str, Any]:  # noqa: ANN401 (fastavro's own type)
    body = io.BytesIO(data)
    body.seek(HEADER.size)
    try:
        record: Any = fastavro.schemaless_reader(body, writer.parsed, reader)
    except (ValueError, TypeError, EOFError, IndexError, KeyError, OverflowError, MemoryError) as error:
        message = f"an entry of {writer.name} cannot be decoded: {type(error).__name__}"
        raise SchemaError(message) from None
    if body.tell() != len(data):
        message = f"an entry of {writer.name} has {len(data) - body.tell()} bytes too many"
        raise SchemaError(message)
    return dict(record)
