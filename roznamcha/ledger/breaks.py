"""How logs began: the breaks that stand in the ledger, the keys that were replaced, and where each log ended.

Each is the first leaf of a log (`ledger discontinuity`, `ledger key rotate`). It stays for ever, so whoever looks at
the ledger is told.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from roznamcha.errors import Broken
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
        if told.get("kind") == BEGIN
        and told.get("previous")
        and told.keys() >= {"at", "by", "reason"}
        and well_said(told)
    ]


def begun_wrong(ledger: Ledger) -> list[str]:
    """Each log that doesn't begin as it must: with the end of the one before it, or with a break that was entered.

    Somebody has written on in an ended log, or has rewritten what the first leaf of the next one says of it.
    """
    logs = ledger.logs()
    told = {log.origin: each for log, each in first_leaves(ledger)}
    found = list[str]()
    for before, log in zip([None, *logs], logs, strict=False):
        first = told.get(log.origin, {})
        if first.get("kind") == BEGIN:
            found += _goes_on(first.get("previous"), before, log)
        elif first.get("kind") != BREAK:
            found.append(f"the first leaf of {log.origin} says neither that it begins nor that there is a break")
        elif (held := first.get("held")) is not None and not any(_begins(ledger, each, held) for each in logs):
            found.append(f"{log.origin} begins with a break that says another head of what was still here than is here")
    return found


def _goes_on(ended: Any, before: Log | None, log: Log) -> Iterator[str]:  # noqa: ANN401 (what a leaf says)
    """What is wrong with what a first leaf says of the log before."""
    if before is None:
        if ended is not None:
            yield f"the first leaf of {log.origin} says that a log was before it, and it is the first there is"
    elif ended != head(before.origin, before.size, before.root):
        where = f"where {log.origin} began"
        if not isinstance(ended, dict) or ended.get("origin") != before.origin:
            yield f"the first leaf of {log.origin} does not say that it goes on from {before.origin}"
        else:
            yield f"{before.origin} ended at {ended.get('size')} leaves {where}, and has {before.size} now, or others"


def _begins(ledger: Ledger, log: Log, held: dict[str, Any]) -> bool:
    """Whether a log begins with the leaves of a head. One of which tiles are missing doesn't: that is told besides."""
    with suppress(Broken, KeyError, TypeError):
        size = held["size"]
        return _is_head(held) and log.size >= size and head(log.origin, size, ledger.tree(log).root(size)) == held
    return False


def well_said(told: Mapping[str, Any]) -> bool:
    """Whether a first leaf tells heads as heads are told. On one that does not nothing is built: the audit names it."""
    return all(_is_head(told.get(each)) for each in ("previous", "held"))


def _is_head(told: Any) -> bool:  # noqa: ANN401 (what a leaf says)
    if not isinstance(told, dict):
        return told is None
    size, words = told.get("size"), (told.get("origin"), told.get("root"))
    return type(size) is int and size >= 0 and all(isinstance(each, str) for each in words)


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
