"""Filling empty tables of a view with all entries so far: folded in memory, written once, keyed and indexed last.

A few slots at a time, so that the memory needed doesn't grow with the log. Each lot of slots is one transaction with
its checkpoints: if we die in between, the next rebuild begins from nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import psycopg
from psycopg import Connection

from consumers.checkpoints import begin, move, moved
from consumers.embedded import read_log
from consumers.folding import Fold, Read, read_entry
from consumers.slots import SLOTS
from consumers.tables import tables_of
from consumers.writing import park
from projections.view import View
from schemas import Catalogue

PAGE = 5_000
SHARE = 500_000
"""About how many entries are folded in memory at a time."""

Progress = Callable[[int, int], None]


class Builder:
    """Builds one view in tables of its own."""

    def __init__(self, connection: Connection[Any], view: View, catalogue: Catalogue, group: str, suffix: str) -> None:
        """Fill the tables of `view` that end in `suffix`, under the checkpoints of `group`."""
        self.connection, self.view, self.catalogue = connection, view, catalogue
        self.group, self.suffix = group, suffix
        self.held, self.published = tables_of(view, suffix)

    def build(self, limits: Mapping[int, int], progress: Progress, share: int = SHARE) -> None:
        """Fold every entry up to each slot's limit. The tables must be empty and without keys; they have them after."""
        begin(self.connection, self.group)
        slots = sorted(limits)
        parts = min(SLOTS, 1 + max(limits.values(), default=0) // share)
        for number in range(parts):
            mine = {slot: limits[slot] for slot in slots[number::parts] if limits[slot]}
            with self.connection.transaction():
                self._build_part(mine, lambda done, total, n=number: progress(n * total + done, parts * total))  # type: ignore[misc]
                moved(move(self.connection, self.group, dict.fromkeys(mine, 0), mine), self.group, mine)
        for table in dict.fromkeys((self.held, self.published)):
            table.index(self.connection)
            self.connection.execute(f"ANALYZE views.{table.name}".encode())

    def _build_part(self, limits: Mapping[int, int], progress: Progress) -> None:
        """Fold the entries of some slots until none stumbles any more, then write what came of them."""
        fold = Fold(self.view)
        while True:
            with self.connection.transaction() as attempt:
                for reads in self._pages(limits, progress):
                    fold.run(fold.sort_out(reads))
                    if self.view.append_only:
                        self._copy(fold)  # nothing comes back to these rows
                derived = fold.derive() if self.view.State is not None else {}
                if fold.stopped:
                    raise psycopg.Rollback(attempt)
                self._copy(fold)
                cursor = self.connection.cursor()
                if self.view.State is not None:
                    self.published.copy(cursor, derived.values())
                park(self.connection, self.view.name + self.suffix, fold.parked.values(), fold.waiting)
                return
            fold = fold.again()

    def _copy(self, fold: Fold) -> None:
        if not fold.stopped:
            self.held.copy(self.connection.cursor(), fold.written())
        if self.view.append_only:
            fold.rows, fold.changed = {}, {}

    def _pages(self, limits: Mapping[int, int], progress: Progress) -> Iterator[Sequence[Read]]:
        after, target = 0, max(limits.values(), default=0)
        while after < target:
            page = read_log(self.connection, after, PAGE, list(limits))
            after = page[-1].position if page else target
            yield [read_entry(self.catalogue, each) for each in page if each.position <= limits[each.slot]]
            progress(min(after, target), target)
