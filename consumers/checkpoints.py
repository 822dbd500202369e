"""How far a group of views has come in each slot: kept beside the views, moved by compare-and-set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from psycopg import Connection, Cursor

from consumers.slots import SLOTS

MAIN = "main"
"""The group of the views in force."""


class Fenced(Exception):
    """Another runner moved the checkpoint: read it again and go on from there."""


def begin(connection: Connection[Any], group: str) -> None:
    """Make a group's checkpoints if there are none."""
    connection.execute(
        "INSERT INTO ops.checkpoints SELECT %s, s, 0 FROM generate_series(0, %s) s ON CONFLICT DO NOTHING",
        (group, SLOTS - 1),
    )


def positions(connection: Connection[Any], group: str = MAIN, *, lock: bool = False) -> dict[int, int]:
    """How far a group has come in each slot.

    `lock` keeps every runner of the group waiting until the transaction ends. All locks are taken in the order of the
    slots, here and in `move`, so that two who want them wait for each other and never in a ring.
    """
    query = "SELECT slot, position FROM ops.checkpoints WHERE view_group = %s ORDER BY slot"
    rows = connection.execute(f"{query} FOR UPDATE" if lock else query, (group,)).fetchall()
    return dict(rows)


def move(connection: Connection[Any], group: str, old: Mapping[int, int], new: Mapping[int, int]) -> Cursor[Any]:
    """Send the compare-and-set that moves these slots on from `old`; `moved` says whether it hit them all."""
    slots = sorted(new)
    return connection.execute(
        """
        UPDATE ops.checkpoints c SET position = m.new
        FROM (SELECT k.slot, u.old, u.new
              FROM unnest(%s::smallint[], %s::bigint[], %s::bigint[]) AS u(slot, old, new)
              JOIN ops.checkpoints k ON k.view_group = %s AND k.slot = u.slot
              ORDER BY k.slot FOR UPDATE OF k) m
        WHERE c.view_group = %s AND c.slot = m.slot AND c.position = m.old RETURNING c.slot
        """,
        (slots, [old[slot] for slot in slots], [new[slot] for slot in slots], group, group),
    )


def moved(cursor: Cursor[Any], group: str, new: Mapping[int, int]) -> None:
    """Raise Fenced unless every slot was where the runner believed it: then another runner was first."""
    if len(cursor.fetchall()) != len(new):
        raise Fenced(group)


def forget(connection: Connection[Any], group: str) -> None:
    """Remove a group's checkpoints."""
    connection.execute("DELETE FROM ops.checkpoints WHERE view_group = %s", (group,))
