"""How logs began: the breaks that stand in the ledger, the keys that were replaced, and where each log ended.

Each is the first leaf of a log (`ledger discontinuity`, `ledger key rotate`). It stays for ever, so whoever looks at
the ledger is told.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any, NamedTuple

from roznamcha.ledger.kept import Ledger, Log
from roznamcha.ledger.statements import head
from roznamcha.ledger.verify import BEGIN, BREAK, lost_in


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


class Replaced(NamedTuple):
    """A key that was replaced: the log under the fresh one, and what its first leaf says."""

    origin: str
    told: dict[str, Any]

    @property
    def words(self) -> str:
        """Where the log ended, who ordered it and why, in one line."""
        when = f"at {self.told['at']} by {self.told['by']}: {self.told['reason']}"
        ended = self.told["previous"]
        return f"{self.origin} goes on under a fresh key from {ended['origin']} at {ended['size']}; entered {when}"

    def shown(self) -> dict[str, Any]:
        """Its JSON shape."""
        return {"origin": self.origin, **{name: self.told.get(name) for name in ("at", "by", "reason", "previous")}}


def replaced(ledger: Ledger) -> list[Replaced]:
    """Every key that was replaced, the oldest first."""
    return [
        Replaced(log.origin, told)
        for log, told in first_leaves(ledger)
        if told.get("kind") == BEGIN and told.get("previous") and told.keys() >= {"at", "by", "reason"}
    ]


def grown_on(ledger: Ledger) -> list[str]:
    """Each log that has ended and is not as the one that goes on from it has it: somebody has written on in it."""
    logs, found = {each.origin: each for each in ledger.logs()}, []
    for log, told in first_leaves(ledger):
        ended = told.get("previous") if told.get("kind") == BEGIN else None
        if ended is None:
            continue
        before = logs.get(ended["origin"])
        if before is None or head(before.origin, before.size, before.root) != ended:
            now = f"has {before.size} now, or others" if before else "is gone"
            found.append(f"{ended['origin']} ended at {ended['size']} leaves where {log.origin} began, and {now}")
    return found


def first_leaves(ledger: Ledger) -> list[tuple[Log, dict[str, Any]]]:
    """Every log and what its first leaf says. One that can't be read is the audit's to name."""
    found = []
    for log in ledger.logs():
        for leaf in ledger.leaves(log, 0, 1):
            with suppress(ValueError):
                told = json.loads(leaf.data)
                if isinstance(told, dict):
                    found.append((log, told))
    return found


def recorded(ledger: Ledger) -> list[Recorded]:
    """Every break that was entered, the oldest first. A first leaf that can't be read is the audit's to name."""
    found = []
    for log, told in first_leaves(ledger):
        one = Recorded(log.origin, told)
        with suppress(KeyError, TypeError):
            if told["kind"] == BREAK and one.words:
                found.append(one)
    return found
