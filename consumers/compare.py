"""How the new rows of a view differ from the old ones: counted in the database, with a few keys as examples."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from psycopg import Connection

from consumers.tables import Table, tables_of
from projections.view import View

EXAMPLES = 10
COLUMNS = """
    SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a
    WHERE a.attrelid = to_regclass(%s) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""


@dataclass
class Difference:
    """How the new rows differ from the old ones, with a few of their keys."""

    old: int = 0
    new: int = 0
    removed: int = 0
    added: int = 0
    changed: int = 0
    examples: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    """Columns that came or went, or hold another type: these are not compared."""

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not (self.removed or self.added or self.changed or self.columns)


def compare(connection: Connection[Any], view: View, suffix: str) -> Difference:
    """Count what differs between the published tables: those in force, and those that end in `suffix`."""
    pairs = zip(tables_of(view).published, tables_of(view, suffix).published, strict=True)
    found = Difference()
    for old, new in pairs:
        one = _compare_tables(connection, old, new)
        prefix = f"{old.name} " if view.parts else ""
        for name in ("old", "new", "removed", "added", "changed"):
            setattr(found, name, getattr(found, name) + getattr(one, name))
        found.examples += [f"{prefix}{each}" for each in one.examples]
        found.columns += [f"{prefix}{each}" for each in one.columns]
    return found


def _compare_tables(connection: Connection[Any], old: Table, new: Table) -> Difference:
    before, after = columns_of(connection, old), columns_of(connection, new)
    found = Difference(new=_count(connection, new))
    if not before:
        found.added = found.new
        return found
    found.old = _count(connection, old)
    found.columns = sorted({name for name, _ in before.items() ^ after.items()})
    if set(new.key) & set(found.columns):  # another key: no old row is comparable with a new one
        found.added, found.removed = found.new, found.old
        return found
    _count_rows(connection, found, old, new, [name for name in after if before.get(name) == after[name]])
    return found


def _count_rows(connection: Connection[Any], found: Difference, old: Table, new: Table, columns: list[str]) -> None:
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


def _count(connection: Connection[Any], table: Table) -> int:
    row = connection.execute(f"SELECT count(*) FROM views.{table.name}".encode()).fetchone()
    return row[0] if row else 0


def columns_of(connection: Connection[Any], table: Table) -> dict[str, str]:
    """The columns of a table and their types; none when it isn't there."""
    return dict(connection.execute(COLUMNS, (f"views.{table.name}",)).fetchall())
