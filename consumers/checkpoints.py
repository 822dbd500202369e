"""How far a group of views has come in each slot: kept beside the views, moved by compare-and-set."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from types import MappingProxyType
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
        "INSERT INTO ops.checkpoints (view_group, slot, position) SELECT %s, s, 0 FROM generate_series(0, %s) s "
        "ON CONFLICT DO NOTHING",
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


def move(
    connection: Connection[Any],
    group: str,
    old: Mapping[int, int],
    new: Mapping[int, int],
    seen: Mapping[int, tuple[int, bytes]] = MappingProxyType({}),
) -> Cursor[Any]:
    """Send the compare-and-set that moves these slots on from `old`; `moved` says whether it hit them all.

    `seen` has the position and bytes of the last entry seen in a slot: see `restored`.
    """
    slots = sorted(new)
    last = [seen.get(slot, (None, None)) for slot in slots]
    digests = [None if state is None else sha256(state).digest() for _, state in last]
    return connection.execute(
        """
        UPDATE ops.checkpoints c
        SET position = m.new, seen = coalesce(m.seen, c.seen), digest = coalesce(m.digest, c.digest)
        FROM (SELECT k.slot, u.old, u.new, u.seen, u.digest
              FROM unnest(%s::smallint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bytea[])
                  AS u(slot, old, new, seen, digest)
              JOIN ops.checkpoints k ON k.view_group = %s AND k.slot = u.slot
              ORDER BY k.slot FOR UPDATE OF k) m
        WHERE c.view_group = %s AND c.slot = m.slot AND c.position = m.old RETURNING c.slot
        """,
        (
            slots,
            [old[each] for each in slots],
            [new[each] for each in slots],
            [n for n, _ in last],
            digests,
            group,
            group,
        ),
    )


def moved(cursor: Cursor[Any], group: str, new: Mapping[int, int]) -> None:
    """Raise Fenced unless every slot was where the runner believed it: then another runner was first."""
    if len(cursor.fetchall()) != len(new):
        raise Fenced(group)


def forget(connection: Connection[Any], group: str) -> None:
    """Remove a group's checkpoints."""
    connection.execute("DELETE FROM ops.checkpoints WHERE view_group = %s", (group,))
