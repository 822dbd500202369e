"""Rows that a runner keeps between batches, so that a record which is worked on again need not be fetched again.

Only for views of one row, or one state, for each record: nobody but the runner changes such a row while its record
isn't parked. Whatever may have changed rows behind its back (another runner, a rebuild that was swapped in, a
transaction whose end isn't known, a record that stumbled) makes it forget everything.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from consumers.folding import Derived, Fold
from consumers.tables import Table
from projections.view import Key

LIMIT = 20_000
"""Rows of one view that are remembered: at least so many, at most twice as many."""


class Held(NamedTuple):
    """A row, and what is published of it in each table."""

    row: Any
    published: tuple[dict[Key, Any], ...]


class Memory:
    """The rows of one view, the longest unused forgotten first."""

    def __init__(self, limit: int = LIMIT) -> None:
        """Remember about so many."""
        self.limit = limit
        self._young: dict[Key, Held] = {}
        self._old: dict[Key, Held] = {}

    def __len__(self) -> int:
        """How many are remembered."""
        return len(self._young) + len(self._old)

    def recall(self, keys: Iterable[Key]) -> dict[Key, Held]:
        """What is remembered of these."""
        found = {}
        for key in keys:
            held = self._young.get(key) or self._old.pop(key, None)
            if held is not None:
                found[key] = self._young[key] = held
        return found

    def keep(self, fold: Fold, tables: tuple[Table, ...], before: list[dict[Key, Any]], derived: Derived) -> None:
        """Remember every row of a fold, with what is published of it now."""
        if len(self._young) >= self.limit:
            self._old, self._young = self._young, {}
        published = [_by_record(rows) for rows in before]
        after = [_by_record(derived[table.row]) for table in tables]
        for key, row in fold.rows.items():
            if key in fold.gone:
                self._old.pop(key, None)
                self._young.pop(key, None)
                continue
            now = after if key in fold.changed else published
            self._young[key] = Held(row, tuple([each.get(key[0], {}) for each in now]))

    def forget(self) -> None:
        """Remember nothing."""
        self._young, self._old = {}, {}


def _by_record(rows: dict[Key, Any]) -> dict[Any, dict[Key, Any]]:
    found: dict[Any, dict[Key, Any]] = {}
    for key, row in rows.items():
        found.setdefault(key[0], {})[key] = row
    return found
