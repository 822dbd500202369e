"""Building a view anew beside the old one: filled from the first entry on, compared, and swapped in one transaction.

Until the swap the old tables are read and kept up to date. If we die before it, the old ones are still in force and the
next rebuild begins again; if we die after it, the new ones are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from psycopg import Connection

from consumers.embedded import Follower, note_built
from consumers.runner import tables_of
from consumers.tables import Table
from projections.view import View
from schemas import Catalogue

NEW = "__new"
EXAMPLES = 10


@dataclass
class Difference:
    """How the new rows differ from the old ones, with a few of their keys."""

    old: int = 0
    new: int = 0
    removed: int = 0
    added: int = 0
    changed: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not (self.removed or self.added or self.changed)


def rebuild(
    connection: Connection[Any],
    view: View,
    catalogue: Catalogue,
    *,
    approve: Callable[[Difference], bool] = lambda _: True,
    progress: Callable[[int, int], None] = lambda _d, _t: None,
) -> Difference:
    """Build `view` anew and put it in force, if `approve` says so of the difference.

    `connection` is the caller's alone while it runs.
    """
    group = f"rebuild:{view.name}"
    with connection.transaction():
        connection.execute("DELETE FROM ops.checkpoints WHERE view_group = %s", (group,))
        _clear_lot(connection, f"{view.name}{NEW}")
        for table in dict.fromkeys(tables_of(view, NEW)):
            table.create(connection)
    follower = Follower(connection, [view], catalogue, group, NEW)
    # Never beyond the old view: what is behind the main group's checkpoint will be folded into the new rows after the
    # swap, so an entry folded now that lies ahead of it would be counted twice.
    follower.catch_up(until=min(_main(connection).values(), default=0), progress=progress)
    with connection.transaction():
        # With these rows locked nobody moves the old view on, so both can be brought to the same entry, slot by slot.
        limits = _main(connection, lock=True)
        follower.catch_up(until=max(limits.values(), default=0), limits=limits)
        difference = _compare(connection, view)
        if approve(difference):
            _swap(connection, view)
        for table in dict.fromkeys(tables_of(view, NEW)):
            connection.execute(f"DROP TABLE IF EXISTS views.{table.name}".encode())
        connection.execute("DELETE FROM ops.checkpoints WHERE view_group = %s", (group,))
    return difference


def _main(connection: Connection[Any], *, lock: bool = False) -> dict[int, int]:
    """How far the views in force have come in each slot."""
    query = "SELECT slot, position FROM ops.checkpoints WHERE view_group = 'main'"
    rows = connection.execute(f"{query} FOR UPDATE" if lock else query).fetchall()
    return dict(rows)


def _swap(connection: Connection[Any], view: View) -> None:
    """The new tables take the old ones' names. What was parked is in the new ones, or parked anew."""
    for old, new in zip(dict.fromkeys(tables_of(view)), dict.fromkeys(tables_of(view, NEW)), strict=True):
        connection.execute(f"DROP TABLE IF EXISTS views.{old.name}".encode())
        connection.execute(f"ALTER TABLE views.{new.name} RENAME TO {old.name}".encode())
        connection.execute(f"ALTER INDEX views.{new.name}_pkey RENAME TO {old.name}_pkey".encode())
    _clear_lot(connection, view.name)
    for lot in ("parked", "parked_entries"):
        connection.execute(f"UPDATE ops.{lot} SET view = %s WHERE view = %s".encode(), (view.name, f"{view.name}{NEW}"))
    note_built(connection, view)


def _clear_lot(connection: Connection[Any], view: str) -> None:
    for lot in ("parked", "parked_entries"):
        connection.execute(f"DELETE FROM ops.{lot} WHERE view = %s".encode(), (view,))


def _compare(connection: Connection[Any], view: View) -> Difference:
    """Count what differs between the published tables."""
    _, old = tables_of(view)
    _, new = tables_of(view, NEW)
    found = Difference(new=_count(connection, new))
    exists = connection.execute("SELECT to_regclass(%s)", (f"views.{old.name}",)).fetchone()
    columns = [name for name in _columns(connection, old) if name in new.columns]
    if exists is None or exists[0] is None or not set(new.key) <= set(columns):
        found.added = found.new
        return found
    found.old = _count(connection, old)
    match = " AND ".join(f"o.{name} = n.{name}" for name in new.key)
    differs = " OR ".join(f"o.{name} IS DISTINCT FROM n.{name}" for name in columns if name not in new.key) or "false"
    shown = " || '/' || ".join(f"coalesce(o.{name}, n.{name})::text" for name in new.key)
    query = (
        f"SELECT o.{new.key[0]} IS NULL AS added, n.{new.key[0]} IS NULL AS removed, count(*), "
        f"(array_agg({shown} ORDER BY {shown}))[1:{EXAMPLES}] "
        f"FROM views.{old.name} o FULL JOIN views.{new.name} n ON {match} "
        f"WHERE o.{new.key[0]} IS NULL OR n.{new.key[0]} IS NULL OR {differs} GROUP BY 1, 2"
    )
    for added, removed, count, examples in connection.execute(query.encode()).fetchall():
        kind = "added" if added else "removed" if removed else "changed"
        setattr(found, kind, count)
        found.examples += [f"{kind}: {key}" for key in examples]
    return found


def _count(connection: Connection[Any], table: Table) -> int:
    row = connection.execute(f"SELECT count(*) FROM views.{table.name}".encode()).fetchone()
    return row[0] if row else 0


def _columns(connection: Connection[Any], table: Table) -> list[str]:
    query = "SELECT column_name FROM information_schema.columns WHERE table_schema = 'views' AND table_name = %s"
    return [row[0] for row in connection.execute(query, (table.name,)).fetchall()]
