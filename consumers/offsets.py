"""Where reading of a topic goes on: a hint, kept beside the checkpoints and moved in the same transaction.

A hint saves reading what is folded already, and decides nothing: the checkpoint alone says what is new. If the topic
was made anew, or the hint is lost, reading begins at the first offset and everything folded before is passed by.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from psycopg import Connection


def known(connection: Connection[Any], group: str, topic: str, topic_id: str, slots: Collection[int]) -> dict[int, int]:
    """The offset to read next in each of these slots, where it is known for this very topic.

    One that was noted when the checkpoint stood further on is not believed: entries before it would never be read.
    """
    rows = connection.execute(
        """
        SELECT o.slot, o.next FROM ops.offsets o
        JOIN ops.checkpoints c ON c.view_group = o.view_group AND c.slot = o.slot AND c.position >= o.position
        WHERE o.view_group = %s AND o.topic = %s AND o.topic_id = %s AND o.slot = ANY(%s)
        """,
        (group, topic, topic_id, list(slots)),
    )
    return dict(rows.fetchall())


def note(  # noqa: PLR0913 (whose hint, of which topic, and what it says)
    connection: Connection[Any],
    group: str,
    topic: str,
    topic_id: str,
    offsets: Mapping[int, int],
    positions: Mapping[int, int],
) -> None:
    """Note the offset to read next, and up to which position everything before it is folded.

    In the order of the slots, so that two who do so never wait for each other in a ring.
    """
    slots = sorted(offsets)
    connection.execute(
        """
        INSERT INTO ops.offsets (view_group, topic, slot, topic_id, next, position)
        SELECT %s, %s, u.slot, %s, u.next, u.position
        FROM unnest(%s::smallint[], %s::bigint[], %s::bigint[]) AS u(slot, next, position) ORDER BY u.slot
        ON CONFLICT (view_group, topic, slot)
        DO UPDATE SET topic_id = excluded.topic_id, next = excluded.next, position = excluded.position
        """,
        (group, topic, topic_id, slots, [offsets[each] for each in slots], [positions[each] for each in slots]),
    )
