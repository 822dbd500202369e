"""New ids: UUIDv7 (RFC 9562), so that entries sort by the moment they were made; and chance for ids and salts."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from uuid import UUID

VERSION_AND_VARIANT = 0x7 << 76 | 0x2 << 62
RANDOM = ~(0xF << 76 | 0x3 << 62)
AT_ONCE = 1_024
"""Bytes that are drawn of the system together."""


def uuid7(drawn: Callable[[int], bytes] = os.urandom) -> UUID:
    """A UUIDv7: 48 bits of Unix milliseconds, then 74 random bits (RFC 9562 §5.7)."""
    milliseconds = time.time_ns() // 1_000_000
    chance = int.from_bytes(drawn(10), "big")
    return UUID(int=((milliseconds & 0xFFFFFFFFFFFF) << 80 | chance) & RANDOM | VERSION_AND_VARIANT)


class Drawn:
    """The system's random bytes, many drawn at once: at each draw a thread lets the others go first.

    For one thread, and for a short piece of work: two processes must never use the same.
    """

    def __init__(self) -> None:
        """Draw nothing yet."""
        self._bytes, self._at = b"", 0

    def __call__(self, count: int) -> bytes:
        """So many bytes that were given to nobody."""
        at = self._at
        found = self._bytes[at : at + count]
        if len(found) < count:
            self._bytes, at = os.urandom(max(count, AT_ONCE)), 0
            found = self._bytes[:count]
        self._at = at + count
        return found
