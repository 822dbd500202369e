"""The parking lot: records a view could not take, kept in order until the cause is mended.

Replaying folds a record's waiting entries in one transaction. Passing one over is a decision of a named person, which
the caller enters as an act of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import Connection

from consumers import entries
from consumers.runner import Fold, Kept, Parked, Read, fold_batch, tables_of
from projections.view import View
from schemas import Catalogue, SchemaError


@dataclass(frozen=True)
class Lot:
    """A parked record: where it stopped, why, and how many entries wait."""

    view: str
    record_id: UUID
    position: int
    name: str
    why: str
    waiting: int


def parked(connection: Connection[Any]) -> list[Lot]:
    """Every parked record, in the order of the entries they stopped at."""
    query = """
        SELECT p.view, p.record_id, p.position, p.name, p.why,
               (SELECT count(*) FROM ops.parked_entries e WHERE e.view = p.view AND e.record_id = p.record_id)
        FROM ops.parked p WHERE p.view NOT LIKE '%\\_\\_new' ORDER BY p.position, p.view
    """
    return [Lot(*row) for row in connection.execute(query).fetchall()]


def waiting(connection: Connection[Any], view: str, record_id: UUID) -> list[Kept]:
    """The entries of a parked record that wait, in order."""
    query = """
        SELECT e.notification_id, e.slot, e.record_id, e.topic, e.state
        FROM ops.parked_entries p JOIN roznamcha.entries e ON e.notification_id = p.position
        WHERE p.view = %s AND p.record_id = %s ORDER BY e.notification_id
    """
    with connection.cursor(binary=True) as cursor:
        return [Kept(*row) for row in cursor.execute(query.encode(), (view, record_id))]


def replay(
    connection: Connection[Any], view: View, catalogue: Catalogue, record_id: UUID, *, passing: int = 0
) -> Parked | None:
    """Fold a parked record's waiting entries; give where it stops again, or None when it left the lot.

    All or nothing, in one transaction, under the checkpoint's lock so that no runner adds to the lot meanwhile.
    `passing` is the position of an entry that was passed over.
    """
    with connection.transaction():
        connection.execute("SELECT 1 FROM ops.checkpoints WHERE view_group = 'main' FOR UPDATE")
        kept = [each for each in waiting(connection, view.name, record_id) if each.position != passing]
        held, published = tables_of(view)
        fold = Fold()
        cursor = connection.cursor(binary=True)
        stopped = fold_batch(view, _reads(catalogue, kept), set(), {}, fold, lambda keys: held.fetch(cursor, keys))
        if stopped is not None:
            cursor.execute(
                "UPDATE ops.parked SET position = %s, name = %s, why = %s WHERE view = %s AND record_id = %s",
                (stopped.position, stopped.name, stopped.why, view.name, record_id),
            )
            return stopped
        held.upsert(cursor, [row for key, row in fold.rows.items() if key not in fold.gone])
        held.delete(cursor, sorted(fold.gone, key=str))
        if view.State is not None:
            published.upsert(cursor, list(fold.derived.values()))
            published.delete(cursor, [key for key in fold.published if key not in fold.derived])
        for lot in ("parked", "parked_entries"):
            cursor.execute(f"DELETE FROM ops.{lot} WHERE view = %s AND record_id = %s".encode(), (view.name, record_id))
    return None


def _reads(catalogue: Catalogue, kept: Sequence[Kept]) -> list[Read]:
    found = []
    for each in kept:
        try:
            found.append(Read(each, entries.read(catalogue, each.state, each.position)))
        except SchemaError as error:
            found.append(Read(each, None, str(error)))
    return found
