"""The records that belong to a record: those that it names, and those that name it from their side."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from projections.ties import Ties, ties
from roznamcha.office import Office
from roznamcha.plain import plain
from roznamcha.screen import table
from roznamcha.views import Board, open_board

NAMING = b"""
    SELECT * FROM views.ties
    WHERE record_id = %(record)s OR other = %(record)s
       OR other IS NULL AND (called = ANY(%(names)s) OR station || '/' || called = ANY(%(names)s))
    ORDER BY recorded_at, record_id, version
"""


def tied_records(
    office: Office, record_id: UUID, as_of: datetime | None = None, known_at: datetime | None = None
) -> list[dict[str, Any]]:
    """Every tie of a record, by what had happened by `as_of` and was recorded by `known_at`, the first recorded first.

    A record that was named before it was entered is found by its number once it is.
    """
    with open_board(office, quiet=True, distrust=True) as board:
        rows = _rows(board, office, record_id)
    found = [
        each
        for each in rows
        if (as_of is None or each.occurred_at <= as_of) and (known_at is None or each.recorded_at <= known_at)
    ]
    others = {
        (each.record_id, each.version): _other(office, each) if each.record_id == record_id else each.record_id
        for each in found
    }
    called = office.store.shelf.called({other for other in others.values() if other})
    return [_shown(each, record_id, others[each.record_id, each.version], called) for each in found]


def list_ties(found: list[dict[str, Any]]) -> None:
    """Print the records that belong to one."""
    if found:
        rows = [
            (each["tie"]["en"], each["tie"]["hi"], each["called"], each["record"] or "not entered here", each["act"])
            for each in found
        ]
        table("records that belong to it · संबद्ध अभिलेख", ("tie", "संबंध", "called", "record", "by"), rows)


def _rows(board: Board, office: Office, record_id: UUID) -> list[Ties.Row]:
    query = "SELECT name FROM roznamcha.names WHERE record_id = %s"
    with office.datastore.get_connection() as connection:
        names = [row["name"] for row in connection.execute(query, (record_id,)).fetchall()]
    with board.connection.cursor(row_factory=class_row(Ties.Row)) as cursor:
        return cursor.execute(NAMING, {"record": record_id, "names": names}).fetchall()


def _other(office: Office, row: Ties.Row) -> UUID | None:
    return row.other or office.store.find(row.called) or office.store.find(f"{row.station}/{row.called}")


def _shown(row: Ties.Row, record_id: UUID, other: UUID | None, called: dict[UUID, str]) -> dict[str, Any]:
    """A tie as `show --json` has it: from the record's own side, or from the other's."""
    kind, own = ties()[row.tie], row.record_id == record_id
    return {
        "tie": {"id": kind.id, "en": kind.id if own else f"named there: {kind.id}", "hi": kind.hi},
        "side": "this" if own else "other",
        "record": str(other) if other else None,
        "called": called.get(other, row.called) if other else row.called,
        "register": kind.register if own else row.act.partition(".")[0],
        "act": row.act,
        "occurred_at": plain(row.occurred_at),
        "recorded_at": plain(row.recorded_at),
    }
