"""Whether the times that entries claim can be true: by the order of the log, and by the authorities' stamps in it.

`at` in a leaf is what this machine's clock said. It is a claim. What holds it are the order in which entries were
committed, and the time stamps that stand among the leaves: what lies under a stamped head was there before the stamp,
and what was added after a stamp's own leaf was entered after it (a stamp gets its leaf when no entry waits). A
witness's cosignature that is kept has its time too, by its clock: what lies under a cosigned head was there before.

Whether a token is good is for openssl to say, as everywhere; here its time is read.
"""

from __future__ import annotations

import base64
import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from roznamcha.ledger.kept import Leaf, Log
from roznamcha.ledger.statements import STAMP
from roznamcha.ledger.verify import SKEW, open_checkpoint

AT = re.compile(rb'"at":"([^"]+)"')
"""The time in a leaf; its digests stand before it, and have no such letters in them."""
APART = timedelta(seconds=SKEW)


class Stamped(NamedTuple):
    """That an authority saw a head: how many leaves it had, which leaf the stamp is, whose and when.

    A witness's cosignature says the same by its own clock; it stands in no leaf.
    """

    size: int
    leaf: int | None
    authority: str
    when: datetime

    @property
    def words(self) -> str:
        """Who saw it and when."""
        return f"{self.authority} {'cosigned' if self.leaf is None else 'stamped'} at {text(self.when)}"


@dataclass
class Times:
    """What the times in one log say against each other, as its leaves are gone through in order."""

    log: Log
    stamps: Sequence[Stamped]
    wrong: list[str] = field(default_factory=list)
    _last: datetime | None = None
    _told: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """What bounds each leaf, so that it is found at once."""
        by_size = sorted(self.stamps, key=lambda each: each.size)
        self._sizes = [each.size for each in by_size]
        self._first = [min(by_size[n:], key=lambda each: each.when) for n in range(len(by_size))]
        by_index = sorted((each for each in self.stamps if each.leaf is not None), key=_leaf)
        self._indexes = [_leaf(each) for each in by_index]
        self._latest = [max(by_index[: n + 1], key=lambda each: each.when) for n in range(len(by_index))]

    def look_at(self, leaf: Leaf) -> None:
        """Compare the time of an entry's leaf. What the ledger says of itself has the database's clock, and is left."""
        found = AT.search(leaf.data)
        if leaf.position is None or found is None:
            return
        at, before = datetime.fromisoformat(found[1].decode()), self._last
        self._last = at
        if before is not None and at < before - APART:
            self._say(
                "back", leaf, at, f"and the entry before it {text(before)}: back-dated, or the clock was set back"
            )
        under = bisect_right(self._sizes, leaf.index)
        if under < len(self._first) and at > (stamp := self._first[under]).when + APART:
            self._say("ahead", leaf, at, f"and lies under a head that {stamp.words}")
        behind = bisect_left(self._indexes, leaf.index)
        if behind and at < (stamp := self._latest[behind - 1]).when - APART:
            self._say("behind", leaf, at, f"and was added after {stamp.authority} had stamped at {text(stamp.when)}")

    def _say(self, kind: str, leaf: Leaf, at: datetime, what: str) -> None:
        """The first of a kind in full; how many more there are is added at the end."""
        self._told[kind] = self._told.get(kind, 0) + 1
        if self._told[kind] == 1:
            self.wrong.append(f"leaf {leaf.index} of {self.log.origin} says {text(at)}, {what}")

    def found(self) -> Iterator[str]:
        """What doesn't agree, a sentence for each way, with the number of leaves."""
        for line, count in zip(self.wrong, self._told.values(), strict=True):
            yield line if count == 1 else f"{line} (and {count - 1} more leaves like it)"


def _leaf(stamp: Stamped) -> int:
    return stamp.leaf or 0


def stamps_in(leaves: Iterable[tuple[int, bytes]]) -> Iterator[tuple[str, Stamped]]:
    """The stamps among these (index, leaf): the log whose head was stamped, and what it says."""
    from rfc3161_client import decode_timestamp_response  # noqa: PLC0415 (every command would wait for it)

    for index, leaf in leaves:
        told: dict[str, Any] = json.loads(leaf)
        if told.get("kind") == STAMP:
            head = open_checkpoint(told["head"].encode())
            with suppress(ValueError):  # it can't be read: no token that was ever asked for
                when = decode_timestamp_response(base64.b64decode(told["token"])).tst_info.gen_time
                yield head.origin, Stamped(head.size, index, told["authority"], when)


def text(at: datetime) -> str:
    """A time as it is told: to the second, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
