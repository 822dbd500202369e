"""Which of the sixty pigeon-holes a record's entries go into: for ever the same one."""

from __future__ import annotations

from uuid import UUID
from zlib import crc32

SLOTS = 60
"""For ever. A Kafka partition is a slot; changing the number would mean a new topic and a rebuild of everything."""


def slot_of(record_id: UUID) -> int:
    """The slot of a record: CRC-32 of its 16 bytes, modulo the number of slots."""
    return crc32(record_id.bytes) % SLOTS
