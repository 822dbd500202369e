"""The audit of the whole ledger: every leaf made again from its entry, every tile and head from the leaves.

The sequencer looks back only as far as what was signed last. Whoever rewrites an entry and leaves the ledger alone is
found here; whoever rewrites the ledger as well, by the checkpoints that others keep.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from roznamcha.ledger.breaks import Recorded, begun_wrong, recorded
from roznamcha.ledger.cosigning import cosigned_at, spoilt
from roznamcha.ledger.disclosing import b64
from roznamcha.ledger.kept import Leaf, Ledger, Log, all_leaves
from roznamcha.ledger.leaf import Chain, Entries
from roznamcha.ledger.merkle import Tile, grow, leaf_hash, root_of
from roznamcha.ledger.remembered import break_in, signed_by_log
from roznamcha.ledger.statements import Asked
from roznamcha.ledger.timing import Stamped, Times, stamps_in
from roznamcha.ledger.verify import Bad, open_checkpoint
from schemas import Catalogue, SchemaError

STATES = "SELECT notification_id, state FROM roznamcha.entries WHERE notification_id = ANY(%s)"
ASKED = "SELECT id, record_id, salt, content, asked_at FROM roznamcha.ledger_acts WHERE id = ANY(%s)"
ACTS = "SELECT log, index, act FROM roznamcha.leaves WHERE act IS NOT NULL AND log = %s"
STAMPS = "SELECT index, leaf FROM roznamcha.leaves WHERE log = %s AND act IS NOT NULL AND record_id IS NULL"
TILES = "SELECT level, number, hashes FROM roznamcha.tiles WHERE log = %s ORDER BY level, number"
NOTES = "SELECT note FROM roznamcha.checkpoints WHERE log = %s ORDER BY size"
WITHOUT = """
    SELECT e.notification_id FROM roznamcha.entries e
    WHERE e.notification_id <= %s AND NOT EXISTS (
        SELECT FROM roznamcha.leaves l JOIN roznamcha.logs g ON g.number = l.log AND l.index < g.size
        WHERE l.position = e.notification_id
    ) ORDER BY 1 LIMIT 1
"""
WITHDRAWN = """
    SELECT log, index FROM roznamcha.leaves JOIN roznamcha.ledger_withdrawn USING (act) ORDER BY log, index
"""
NOWHERE = """
    SELECT l.log, min(l.index), count(*), min(g.origin) FROM roznamcha.leaves l
    LEFT JOIN roznamcha.logs g ON g.number = l.log WHERE g.number IS NULL OR l.index >= g.size GROUP BY l.log ORDER BY 1
"""
PAGE = 2_000


@dataclass
class Audit:
    """What was looked at, what is wrong, and which times can't all be true: a wrong clock rewrites nothing."""

    leaves: int = 0
    entries: int = 0
    checkpoints: int = 0
    wrong: list[str] = field(default_factory=list)
    times: list[str] = field(default_factory=list)
    breaks: list[Recorded] = field(default_factory=list)
    """Those that were entered: nothing is wrong with them, and something is lost."""

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.wrong

    def shown(self) -> dict[str, Any]:
        """The JSON shape of `ledger audit --json`."""
        counts = {"leaves": self.leaves, "entries": self.entries, "checkpoints": self.checkpoints}
        told = {"wrong": self.wrong[:100], "more": max(0, len(self.wrong) - 100), "times": self.times}
        return {"ok": self.ok, **counts, **told, "breaks": [each.shown() for each in self.breaks]}


def audit(
    ledger: Ledger,
    catalogue: Catalogue,
    kept_elsewhere: Iterable[bytes] = (),
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Audit:
    """Look at everything, in one snapshot, so that work may go on meanwhile. Reads every leaf and every entry."""
    found = Audit()
    with ledger.connection.transaction():
        ledger.connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        logs, found.breaks = ledger.logs(), recorded(ledger)
        total = sum(each.size for each in logs)
        chains: dict[UUID, Chain] = {}
        looking = _Looking(ledger, Entries(catalogue), chains, found)
        for log in logs:
            looking.look_at(log, lambda: progress(found.leaves, total))
        for number, index, many, origin in ledger.rows(NOWHERE):
            of = f"lie behind the end of {origin}" if origin else f"are of a log {number} that there is not"
            found.wrong.append(f"{many} leaves, from {index} on, {of}")
        for (position,) in ledger.rows(WITHOUT, ledger.reached()):
            found.wrong.append(f"the entry at position {position} has no leaf, and later ones have")
        origins = {each.number: each.origin for each in logs}
        for number, index in ledger.rows(WITHDRAWN):
            found.wrong.append(f"leaf {index} of {origins[number]} closes a copy whose request was withdrawn")
        found.wrong += begun_wrong(ledger)
        if (broken := break_in(ledger, kept_elsewhere)) is not None:
            found.wrong.append(broken.why)
    return found


class _Looking:
    """At one log after the other; the chains of records go on from log to log."""

    def __init__(self, ledger: Ledger, entries: Entries, chains: dict[UUID, Chain], found: Audit) -> None:
        self.ledger, self.entries, self.chains, self.found = ledger, entries, chains, found

    def look_at(self, log: Log, told: Callable[[], None]) -> None:
        """Leaves, tiles, head and signed heads of a log."""
        tiles: dict[Tile, bytes] = {}
        size, page = 0, list[Leaf]()
        acts = {index: act for _, index, act in self.ledger.rows(ACTS, log.number)}
        times = Times(log, [*self._stamps(log), *self._seen(log)])

        def done() -> None:
            nonlocal size, tiles
            self._leaves(log, page, acts)
            size, changed = grow(tiles.__getitem__, size, [leaf_hash(each.data) for each in page])
            tiles |= changed
            page.clear()
            told()

        for leaf in all_leaves(self.ledger, log):
            if leaf.index != size + len(page):
                self._say(log, size + len(page), "is missing")
                return
            page.append(leaf)
            times.look_at(leaf)
            if len(page) == PAGE:
                done()
        done()
        self.found.times += times.found()
        if size != log.size:
            self._say(log, size, "is missing")
            return
        self._tree(log, tiles)

    def _stamps(self, log: Log) -> list[Stamped]:
        """The stamps that stand in a log on heads of its own. One that can't be read is named where it is compared."""
        try:
            found = list(stamps_in(self.ledger.rows(STAMPS, log.number)))
        except (Bad, ValueError, KeyError, TypeError):
            return []
        return [each for origin, each in found if origin == log.origin]

    def _seen(self, log: Log) -> Iterator[Stamped]:
        """When each head was cosigned, by the witness's own clock. A line that isn't its own is named by itself."""
        for size, name, at in cosigned_at(self.ledger, log):
            with suppress(OverflowError, ValueError, OSError):  # a year that is none
                yield Stamped(size, None, name, datetime.fromtimestamp(at, UTC))

    def _leaves(self, log: Log, page: list[Leaf], acts: dict[int, UUID]) -> None:
        states = dict(self.ledger.rows(STATES, [each.position for each in page if each.position is not None]))
        asked = {
            row[0]: Asked(*row) for row in self.ledger.rows(ASKED, [acts[e.index] for e in page if e.index in acts])
        }
        for leaf in page:
            self.found.leaves += 1
            chain = self.chains.get(leaf.record_id, Chain()) if leaf.record_id else Chain()
            of = leaf.record_id
            if leaf.position is not None:
                self._entry(log, leaf, chain, states.get(leaf.position))
            elif leaf.index in acts:
                one = asked.get(acts[leaf.index])
                of = one.record_id if one else of
                if one is None or not one.sound or one.leaf(log.origin, chain) != leaf.data:
                    self._say(log, leaf.index, "is another than what the ledger was asked to say")
            else:
                of = None
                if leaf.index or _log_of(leaf) != log.origin:
                    self._say(log, leaf.index, "is of no entry")
            if leaf.record_id != of:
                self._say(log, leaf.index, f"is kept as one of the record {leaf.record_id}, of which it is not")
            if leaf.record_id is None and leaf.place is not None:
                self._say(log, leaf.index, f"is kept as number {leaf.place} of a record, and is of none")
            if leaf.record_id is not None:
                if leaf.place != chain.place + 1:  # a copy is made in the order of these
                    self._say(log, leaf.index, f"is kept as number {leaf.place} of its record, not {chain.place + 1}")
                self.chains[leaf.record_id] = Chain(chain.place + 1, leaf_hash(leaf.data))

    def _entry(self, log: Log, leaf: Leaf, chain: Chain, state: bytes | None) -> None:
        self.found.entries += 1
        if state is None:
            self._say(log, leaf.index, f"is of position {leaf.position}, at which no entry stands")
            return
        try:
            entry = self.entries.read(state)
        except SchemaError:
            self._say(log, leaf.index, f"is of position {leaf.position}, where the entry cannot be read")
            return
        if entry.leaf(log.origin, leaf.position or 0, chain) != leaf.data or entry.record_id != leaf.record_id:
            told = json.loads(leaf.data)
            ours = told.get("prev") == (chain.hash and b64(chain.hash)) and told.get("place") == chain.place + 1
            what = "which is another entry now" if ours else "and does not follow the one before it in its record"
            self._say(log, leaf.index, f"is of position {leaf.position}, {what}")

    def _tree(self, log: Log, tiles: dict[Tile, bytes]) -> None:
        kept = {(level, number): hashes for level, number, hashes in self.ledger.rows(TILES, log.number)}
        if kept != tiles:
            self.found.wrong.append(f"the tiles of {log.origin} are others than its leaves make")
        if root_of(tiles.__getitem__, log.size) != log.root:
            self.found.wrong.append(f"the head of {log.origin} is another than its leaves make")
        for (note,) in self.ledger.rows(NOTES, log.number):
            self.found.checkpoints += 1
            try:
                signed = open_checkpoint(note)
            except Bad as bad:
                self.found.wrong.append(f"a checkpoint of {log.origin} cannot be read: {bad}")
                continue
            if signed.origin != log.origin or signed_by_log(signed, log) is None:
                self.found.wrong.append(f"the checkpoint of {signed.size} leaves of {log.origin} is not its own")
            elif signed.size > log.size or root_of(tiles.__getitem__, signed.size) != signed.root:
                self.found.wrong.append(f"the first {signed.size} leaves of {log.origin} are others than those signed")

        self.found.wrong += spoilt(self.ledger, log)

    def _say(self, log: Log, index: int, what: str) -> None:
        self.found.wrong.append(f"leaf {index} of {log.origin} {what}")


def _log_of(leaf: Leaf) -> str:
    """The log that a first leaf names; none where it can't be read."""
    try:
        return str(json.loads(leaf.data)["log"])
    except (ValueError, KeyError, TypeError):
        return ""
