"""The breaks that stand in the ledger: where a log could not go on from the one before, and what was lost there.

Each is the first leaf of a log (`ledger discontinuity`). It stays for ever, so whoever looks at the ledger is told.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from roznamcha.ledger.kept import Ledger
from roznamcha.ledger.remembered import Break, signed_by_log
from roznamcha.ledger.statements import BREAK
from roznamcha.ledger.verify import lost_in, open_checkpoint

SIGNED = "SELECT note FROM roznamcha.checkpoints WHERE log = %s ORDER BY size"


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


def agreed(ledger: Ledger, found: Break, remembered: bytes | None, kept: Iterable[bytes]) -> int:
    """How many leaves of the log that was broken off are surely those that were signed: of the others it isn't known.

    A head says nothing of the heads before it. So what counts is a head that lay outside the database and with which
    the log begins. Where the newest head is that of our own memory, our heads in the database count as well: after
    it nothing was signed that doesn't go on from it.
    """
    if found.log is None:
        return 0
    notes = list(kept)
    if remembered == found.signed.note:
        notes += [row[0] for row in ledger.rows(SIGNED, found.log.number)]
    tree, sizes = ledger.tree(found.log), [0]
    for each in map(open_checkpoint, notes):
        ours = each.origin == found.log.origin and each.size <= min(found.log.size, found.signed.size)
        if ours and signed_by_log(each, found.log) is not None and tree.root(each.size) == each.root:
            sizes.append(each.size)
    return max(sizes)


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
