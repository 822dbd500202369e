"""Noticing that the store was restored, and that the views know more than it does.

A store that was taken back to an earlier state gives its positions a second time, to other entries. A view that had
come beyond that state would take none of them for new: it would skip them, and show no lag. So each slot's checkpoint
remembers the last entry it has seen, and nothing is followed before the store was found to hold that very entry.
"""

from __future__ import annotations

from typing import Any

from psycopg import Connection

from consumers.checkpoints import MAIN, positions

DISAGREE = """
    SELECT greatest(c.position, c.seen), h.head
    FROM ops.checkpoints c
    CROSS JOIN (SELECT coalesce(max(notification_id), 0) AS head FROM roznamcha.entries) h
    LEFT JOIN roznamcha.entries e ON e.notification_id = c.seen
    WHERE c.view_group = %s
      AND (c.position > h.head OR c.seen > 0 AND sha256(e.state) IS DISTINCT FROM c.digest)
    ORDER BY 1 DESC LIMIT 1
"""
"""One statement and so one moment: what a checkpoint has passed was committed before it."""


class Ahead(Exception):
    """The views have seen what the store doesn't hold: they must be built anew before anything is followed."""


def disagreement(connection: Connection[Any], group: str = MAIN) -> str:
    """What a group of views has seen that the store doesn't hold, in a line; empty when there is nothing."""
    row = connection.execute(DISAGREE, (group,)).fetchone()
    if row is None:
        return ""
    seen, head = row
    told = (
        f"the store ends at {head}" if seen > head else "the store, which goes on beyond it, holds another entry there"
    )
    return f"the views have seen position {seen}, {told}: it was restored to an earlier state; run rebuild all"


def agree(connection: Connection[Any], group: str = MAIN) -> None:
    """Raise Ahead when a group of views has seen what the store doesn't hold."""
    if told := disagreement(connection, group):
        raise Ahead(told)


def note_seen(connection: Connection[Any], group: str = MAIN) -> None:
    """Remember the last entry of each slot up to its checkpoint, for views that were filled without a runner."""
    connection.execute(
        """
        UPDATE ops.checkpoints c SET seen = e.notification_id, digest = sha256(e.state)
        FROM roznamcha.entries e WHERE c.view_group = %s AND e.notification_id = (
            SELECT max(l.notification_id) FROM roznamcha.entries l
            WHERE l.slot = c.slot AND l.notification_id <= c.position)
        """,
        (group,),
    )


def step_back(connection: Connection[Any]) -> None:
    """Bring the checkpoints of the views in force within the store, and have every view built anew.

    If we die after this, each view is still known to be outdated, and is built anew when it is next opened.
    """
    with connection.transaction():
        positions(connection, lock=True)
        connection.execute(
            "UPDATE ops.checkpoints SET seen = 0, digest = NULL, position = least(position, "
            "(SELECT coalesce(max(notification_id), 0) FROM roznamcha.entries)) WHERE view_group = %s",
            (MAIN,),
        )
        connection.execute("UPDATE ops.built SET version = 0")
        for lot in ("parked", "parked_entries"):
            connection.execute(f"DELETE FROM ops.{lot}".encode())
