"""New ids: UUIDv7 (RFC 9562), so that entries sort by the moment they were made."""

from __future__ import annotations

import os
import time
from uuid import UUID

VERSION_AND_VARIANT = 0x7 << 76 | 0x2 << 62
RANDOM = ~(0xF << 76 | 0x3 << 62)


def uuid7() -> UUID:
    """A UUIDv7: 48 bits of Unix milliseconds, then 74 random bits (RFC 9562 §5.7)."""
    milliseconds = time.time_ns() // 1_000_000
    drawn = int.from_bytes(os.urandom(10), "big")
    return UUID(int=((milliseconds & 0xFFFFFFFFFFFF) << 80 | drawn) & RANDOM | VERSION_AND_VARIANT)
