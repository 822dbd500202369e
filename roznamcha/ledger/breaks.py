"""The breaks that stand in the ledger: where a log could not go on from the one before, and what was lost there.

Each is the first leaf of a log (`ledger discontinuity`). It stays for ever, so whoever looks at the ledger is told.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from roznamcha.ledger.kept import Ledger
from roznamcha.ledger.verify import BREAK, lost_in


class Recorded(NamedTuple):
    """A break as it was entered: the log that it begins, and what its first leaf says."""

    origin: str
    told: dict[str, Any]

    @property
    def words(self) -> str:
        """What is lost, who said so and why, in one line."""
        when = f"at {self.told['at']} by {self.told['by']}: {self.told['reason']}"
        return f"{self.origin} begins with a break: {lost_in(self.told)}; entered {when}"

    def shown(self) -> dict[str, Any]:
        """Its JSON shape."""
        names = ("at", "by", "reason", "previous", "held", "lost", "agreed")
        return {"origin": self.origin, **{name: self.told.get(name) for name in names}, "says": lost_in(self.told)}


def recorded(ledger: Ledger) -> list[Recorded]:
    """Every break that was entered, the oldest first. A first leaf that can't be read is the audit's to name."""
    found = []
    for log in ledger.logs():
        for leaf in ledger.leaves(log, 0, 1):
            try:
                told = json.loads(leaf.data)
                one = Recorded(log.origin, told)
                if told["kind"] == BREAK and one.words:
                    found.append(one)
            except (ValueError, KeyError, TypeError):
                continue
    return found
