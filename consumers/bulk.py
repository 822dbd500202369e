"""Filling empty tables of views with all entries so far: shared out by slot, copied as they come, indexed last.

If we die in between, the tables are as good as empty: their checkpoints are set when all shares are done, and the next
rebuild begins from nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from psycopg import Connection

from consumers.checkpoints import begin, move, moved
from consumers.crew import share_out
from consumers.share import Share
from consumers.slots import SLOTS
from consumers.steps import reach
from consumers.tables import tables_of
from projections.view import View
from schemas import Catalogue

Progress = Callable[[int, int], None]


class Builder:
    """Builds views in tables of their own. Each entry is decoded once for all of them."""

    def __init__(self, connection: Connection[Any], views: Sequence[View], catalogue: Catalogue, suffix: str) -> None:
        """Fill the tables of these views that end in `suffix`: they must be empty, and without keys."""
        self.connection, self.views, self.catalogue, self.suffix = connection, views, catalogue, suffix

    def build(self, limits: Mapping[int, int], progress: Progress, workers: int = 1) -> None:
        """Fold every entry up to each slot's limit, and give the tables their keys and indexes."""
        total = self._count(limits)
        shares = [{slot: limits.get(slot, 0) for slot in range(n, SLOTS, workers)} for n in range(workers)]
        share_out(self.connection, self._fill, shares, lambda done: progress(done, total))
        self._index()
        with self.connection.transaction():
            for view in self.views:
                begin(self.connection, group_of(view))
                moved(move(self.connection, group_of(view), dict.fromkeys(limits, 0), limits), group_of(view), limits)

    def _fill(self, connection: Connection[Any], share: Mapping[int, int], told: Callable[[int], None]) -> None:
        Share(connection, self.views, self.catalogue, self.suffix).fill(share, told)

    def _index(self) -> None:
        with self.connection.transaction():
            self.connection.execute("SET LOCAL maintenance_work_mem = '256MB'")
            for view in self.views:
                for table in tables_of(view, self.suffix).all:
                    table.index(self.connection)
                    self.connection.execute(f"ANALYZE views.{table.name}".encode())
        reach("rebuild: indexed")  # dies here: nothing says yet how far these tables are, so they are made anew

    def _count(self, limits: Mapping[int, int]) -> int:
        query = "SELECT count(*) FROM roznamcha.entries WHERE notification_id <= %s"
        row = self.connection.execute(query, (max(limits.values(), default=0),)).fetchone()
        return row[0] if row else 0


def group_of(view: View) -> str:
    """The checkpoints of a view that is being built anew."""
    return f"rebuild:{view.name}"
