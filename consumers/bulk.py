"""Filling empty tables of views with all entries so far: folded in memory, written once, keyed and indexed last.

A few slots at a time, so that the memory needed doesn't grow with the log. Each such part is one transaction with its
checkpoints: if we die in between, the next rebuild begins from nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from psycopg import Connection, Rollback

from consumers.checkpoints import begin, move, moved
from consumers.embedded import read_log
from consumers.folding import Fold, Read, read_entry
from consumers.slots import SLOTS
from consumers.steps import reach
from consumers.tables import tables_of
from consumers.writing import park
from projections.view import View
from schemas import Catalogue

PAGE = 5_000
SHARE = 200_000
"""About how many entries are folded in memory at a time."""

Progress = Callable[[int, int], None]


class Builder:
    """Builds views in tables of their own. Each entry is decoded once for all of them."""

    def __init__(self, connection: Connection[Any], views: Sequence[View], catalogue: Catalogue, suffix: str) -> None:
        """Fill the tables of these views that end in `suffix`: they must be empty, and without keys."""
        self.connection, self.views, self.catalogue, self.suffix = connection, views, catalogue, suffix

    def build(self, limits: Mapping[int, int], progress: Progress, share: int = SHARE) -> None:
        """Fold every entry up to each slot's limit, and give the tables their keys and indexes."""
        for view in self.views:
            begin(self.connection, group_of(view))
        parts = min(SLOTS, 1 + max(limits.values(), default=0) // share)
        for number in range(parts):
            mine = {slot: limit for slot, limit in limits.items() if limit and slot % parts == number}
            with self.connection.transaction():
                self._build_part(mine, lambda done, total, n=number: progress(n * total + done, parts * total))  # type: ignore[misc]
                for view in self.views:
                    hit = move(self.connection, group_of(view), dict.fromkeys(mine, 0), mine)
                    moved(hit, group_of(view), mine)
            reach("rebuild: part filled")  # if we die from here to the swap, the old view is in force
        for view in self.views:
            for table in dict.fromkeys(tables_of(view, self.suffix)):
                table.index(self.connection)
                self.connection.execute(f"ANALYZE views.{table.name}".encode())

    def _build_part(self, limits: Mapping[int, int], progress: Progress) -> None:
        """Fold the entries of some slots until no view stumbles any more, and write what came of them."""
        folds = [Fold(view) for view in self.views]
        while True:
            with self.connection.transaction() as attempt:
                for reads in self._pages(limits, progress):
                    for fold in folds:
                        fold.run(fold.sort_out(reads))
                        if fold.view.append_only:
                            self._write(fold)  # nothing comes back to these rows
                for fold in folds:
                    self._write(fold)
                    park(self.connection, fold.view.name + self.suffix, fold.parked.values(), fold.waiting)
                if not any(fold.stopped for fold in folds):
                    return
                raise Rollback(attempt)
            folds = [fold.again() for fold in folds]

    def _write(self, fold: Fold) -> None:
        held, published = tables_of(fold.view, self.suffix)
        derived = fold.derive() if fold.view.State is not None else {}
        if not fold.stopped:
            held.copy(self.connection.cursor(), fold.written())
            if fold.view.State is not None:
                published.copy(self.connection.cursor(), derived.values())
        fold.rows, fold.changed = {}, {}

    def _pages(self, limits: Mapping[int, int], progress: Progress) -> Iterator[Sequence[Read]]:
        after, target = 0, max(limits.values(), default=0)
        while after < target:
            page = read_log(self.connection, after, PAGE, list(limits))
            after = page[-1].position if page else target
            yield [read_entry(self.catalogue, each) for each in page if each.position <= limits[each.slot]]
            progress(min(after, target), target)


def group_of(view: View) -> str:
    """The checkpoints of a view that is being built anew."""
    return f"rebuild:{view.name}"
