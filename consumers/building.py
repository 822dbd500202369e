"""Which views are built, with which version: what is made where nothing was folded yet, and what must be rebuilt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from psycopg import Connection

from consumers.checkpoints import positions
from consumers.tables import shape_of, tables_of
from projections.view import View


def prepare(connection: Connection[Any], views: Sequence[View]) -> list[View]:
    """Make the tables of views that have none yet, if no entry has been folded; give the views that must be rebuilt.

    A view must be rebuilt when its version, the shape of its rows or their basis isn't what its tables were built with,
    or when it is new beside views that have already come some way.
    """
    with connection.transaction():
        connection.execute("LOCK TABLE ops.built IN SHARE ROW EXCLUSIVE MODE")
        begun = any(positions(connection).values())
        outdated = [view for view in views if not is_built(connection, view)]
        for view in outdated if not begun else ():
            for table in tables_of(view).all:
                table.create(connection)
            note_built(connection, view)
    return outdated if begun else []


def is_built(connection: Connection[Any], view: View) -> bool:
    """Whether the tables in force are those of this version of a view."""
    row = connection.execute("SELECT version, shape FROM ops.built WHERE view = %s", (view.name,)).fetchone()
    return row == (view.version, shape_of(view))


def note_built(connection: Connection[Any], view: View) -> None:
    """Note with which version a view's tables were built."""
    connection.execute(
        "INSERT INTO ops.built VALUES (%s, %s, %s) ON CONFLICT (view) DO UPDATE SET version = excluded.version, "
        "shape = excluded.shape",
        (view.name, view.version, shape_of(view)),
    )
