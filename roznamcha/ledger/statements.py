"""What the ledger says of itself: that a log begins or is broken off, a copy ends here, an authority stamped a head."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from roznamcha.ledger.canonical import canonical, encode
from roznamcha.ledger.disclosing import Disclosure, Told, rest_of, told_of
from roznamcha.ledger.leaf import VERSION, Chain
from roznamcha.ledger.notes import base64_text
from roznamcha.ledger.verify import BEGIN, BREAK

COPY = "copy"
"""The kind of the leaf with which a bundle ends."""
STAMP = "stamp"
"""The kind of the leaf that holds an authority's time stamp, whole, with the head that it is on."""
CLOSING, STAMPED = {"audience", "files", "withheld"}, {"authority", "head", "token"}
"""What is said of a copy that ends, and of a stamp: neither more nor less."""


class Asked(NamedTuple):
    """Something the ledger is asked to say of a record, or of a head. Its content has no personal data in it."""

    id: UUID
    record_id: UUID | None
    salt: bytes
    content: dict[str, Any]
    asked_at: datetime

    @property
    def sound(self) -> bool:
        """Whether it is one of the two things that the ledger says when asked. Nothing else is ever given a leaf."""
        if not isinstance(self.content, dict):
            return False
        if self.record_id is not None:
            return self.content.keys() == CLOSING
        return self.content.keys() == STAMPED and all(isinstance(each, str) for each in self.content.values())

    @property
    def told(self) -> Told:
        """Each part of its content, openable by itself."""
        return told_of(
            self.salt, {f"copy.{name}": rest_of(f"copy.{name}", encode(each)) for name, each in self.content.items()}
        )

    @property
    def disclosures(self) -> list[Disclosure]:
        """The same as disclosures."""
        return self.told.disclosures()

    def leaf(self, origin: str, chain: Chain) -> bytes:
        """Its leaf: behind the record's last one, or by itself and in the open where it is of no record.

        What was asked stands before what the ledger itself says, and can put nothing in its place.
        """
        if self.record_id is None:
            told = {"entry": str(self.id), "kind": STAMP, "at": time_text(self.asked_at)}
            return canonical({**self.content, "v": VERSION, "log": origin, **told})
        told = {"entry": str(self.id), "kind": COPY, "record": str(self.record_id), **chain.told()}
        sealed = {"_sd": [each.decode() for each in self.told.digests()], "_sd_alg": "sha-256"}
        return canonical({"v": VERSION, "log": origin, "at": time_text(self.asked_at), **told, **sealed})


def beginning(
    origin: str, at: datetime, previous: dict[str, Any] | None, ordered: Mapping[str, str] | None = None
) -> bytes:
    """The first leaf of a log: which one it follows, and where that ended; who ordered it and why, where somebody did.

    Whoever signs on in the ended log, with whatever key, is held to that head.
    """
    told = {"v": VERSION, "log": origin, "kind": BEGIN, "at": time_text(at), "previous": previous}
    return canonical({**told, **(ordered or {})})


def discontinuity(origin: str, at: datetime, broken: dict[str, Any], by: str, reason: str) -> bytes:
    """The first leaf of a log that can't go on from the one before: what was signed of it, what is here, and why."""
    told = {"v": VERSION, "log": origin, "kind": BREAK, "at": time_text(at), "by": by, "reason": reason}
    return canonical({**told, **broken})


def head(origin: str, size: int, root: bytes) -> dict[str, Any]:
    """A head as it is told in a leaf."""
    return {"origin": origin, "size": size, "root": base64_text(root)}


def time_text(at: datetime) -> str:
    """A time as the ledger writes it."""
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z")
