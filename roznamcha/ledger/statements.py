"""What the ledger says of itself: that a log begins or is broken off, and that a copy of a record ends here."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from roznamcha.ledger.canonical import canonical
from roznamcha.ledger.disclosing import Disclosure, filled_up, open_disclosure
from roznamcha.ledger.leaf import VERSION, Chain, commitment
from roznamcha.ledger.notes import base64_text

COPY = "copy"
"""The kind of the leaf with which a bundle ends."""
BREAK, BEGIN = "discontinuity", "begin"


class Asked(NamedTuple):
    """Something the ledger is asked to say of a record. Its content has no personal data in it."""

    id: UUID
    record_id: UUID
    salt: bytes
    content: dict[str, Any]
    asked_at: datetime

    @property
    def disclosures(self) -> list[Disclosure]:
        """Each part of its content, openable by itself."""
        return filled_up(
            self.salt, [open_disclosure(self.salt, f"copy.{name}", each) for name, each in self.content.items()]
        )

    def leaf(self, origin: str, chain: Chain) -> bytes:
        """Its leaf behind the record's last one."""
        told = {"entry": str(self.id), "kind": COPY, "record": str(self.record_id), **chain.told()}
        return canonical(
            {"v": VERSION, "log": origin, "at": time_text(self.asked_at), **told, **commitment(self.disclosures)}
        )


def beginning(origin: str, at: datetime, previous: dict[str, Any] | None) -> bytes:
    """The first leaf of a log: which one it follows, and where that ended."""
    return canonical({"v": VERSION, "log": origin, "kind": BEGIN, "at": time_text(at), "previous": previous})


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
