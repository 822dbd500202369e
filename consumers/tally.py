"""How many entries of a record were received, and one digest of all of them in order: enough to prove nothing lacks.

The digest is a chain, so that any language can follow it in three lines:

    d(0) = 32 zero bytes
    d(n) = SHA-256( d(n-1) followed by SHA-256(value of the n-th message) )

The value is the message's as Kafka carries it, with its five bytes of magic and schema id. Only entries that are new
are counted: which are, says rule 2 of docs/subscribing.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import NamedTuple


class Tally(NamedTuple):
    """A count of entries, and the digest of them in order."""

    entries: int
    digest: bytes

    def with_digest(self, value_digest: bytes) -> Tally:
        """With one entry more, of whose value this is the SHA-256."""
        return Tally(self.entries + 1, sha256(self.digest + value_digest).digest())

    def with_values(self, values: Iterable[bytes]) -> Tally:
        """With some entries more, in their order."""
        count, digest = self
        for value in values:
            count, digest = count + 1, sha256(digest + sha256(value).digest()).digest()
        return Tally(count, digest)


NOTHING = Tally(0, bytes(32))
"""Where a record begins."""
