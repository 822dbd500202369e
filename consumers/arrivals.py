"""What a poll brought, set straight by the store's log: PostgreSQL decides, Kafka distributes, nothing is skipped.

Each message names the entry before it in its partition. While these links hold, and the store has the last entry, the
messages are what the store holds and are taken as they are. Where a link is broken (a message is missing, doubled, out
of its place, or somebody else's) the store's own log is read for that slot, and what it holds is taken in its order.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from psycopg import Connection

from consumers.carried import Carried, Undeliverable, carried
from consumers.folding import Kept
from consumers.letters import MISSING, UNKNOWN, Letter
from schemas import Catalogue

PAGE = 2_000
"""Entries that are read of the store's log at once where a slot must be set straight."""
HELD = b"""
    SELECT notification_id, slot, record_id, topic, state FROM roznamcha.entries
    WHERE slot = %s AND notification_id > %s AND notification_id <= %s ORDER BY notification_id LIMIT %s
"""
CONFIRMED = b"""
    SELECT e.notification_id, e.slot, e.record_id
    FROM unnest(%s::bigint[]) AS u(position) JOIN roznamcha.entries e ON e.notification_id = u.position
"""
Messages = Mapping[int, Sequence[Any]]


@dataclass
class Arrivals:
    """What is to be folded, what could not be delivered, and how far each slot was read."""

    batch: list[Kept] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    lay: dict[tuple[int, int], Any] = field(default_factory=dict)
    """The message that brought an entry of the batch, by slot and position: a stranger may write any in any slot."""
    offsets: dict[int, int] = field(default_factory=dict)
    """The offset to read next in each slot."""
    positions: dict[int, int] = field(default_factory=dict)
    """Up to where each slot is folded then: everything that lies before that offset."""
    left: dict[int, list[Any]] = field(default_factory=dict)
    """Messages for the next batch, because what comes before them fills this one."""


def set_straight(
    connection: Connection[Any],
    catalogue: Catalogue,
    messages: Messages,
    positions: Mapping[int, int],
) -> Arrivals:
    """Sort out the messages of each slot behind its checkpoint, of which none lies unread before these."""
    found = Arrivals()
    fresh: dict[int, list[Carried]] = {}
    for slot, each in messages.items():
        fresh[slot] = _read(catalogue, each, positions[slot], found)
        found.offsets[slot] = each[-1].offset + 1
    whole = {slot: each[-1].kept for slot, each in fresh.items() if each and _linked(each, positions[slot])}
    there = _confirmed(connection, whole.values())
    for slot, each in fresh.items():
        if slot in whole and whole[slot].position in there:
            found.batch += [one.kept for one in each]
            found.lay |= {(slot, one.kept.position): one.message for one in each}
        elif each:
            _mend(connection, found, slot, each, positions[slot], messages[slot])
    found.batch.sort()
    found.positions = {slot: positions[slot] for slot in messages} | {each.slot: each.position for each in found.batch}
    return found


def _read(catalogue: Catalogue, messages: Sequence[Any], after: int, found: Arrivals) -> list[Carried]:
    """The entries beyond a checkpoint; a message that is none is a dead letter."""
    fresh = []
    for message in messages:
        try:
            one = carried(catalogue, message)
        except Undeliverable as error:
            found.letters.append(Letter(message.partition, message.offset, str(error), message=message))
            continue
        if one.kept.position > after:
            fresh.append(one)
    return fresh


def _linked(fresh: Sequence[Carried], after: int) -> bool:
    """Whether the first follows what was folded, and each other the one before it."""
    if fresh[0].previous > after:
        return False
    return all(later.previous == earlier.kept.position for earlier, later in pairwise(fresh))


def _confirmed(connection: Connection[Any], wanted: Any) -> set[int]:  # noqa: ANN401 (entries)
    """The positions at which the store holds an entry of the same record."""
    asked = {each.position: (each.slot, each.record_id) for each in wanted}
    if not asked:
        return set()
    with connection.cursor(binary=True) as cursor:
        rows = cursor.execute(CONFIRMED, (list(asked),)).fetchall()
    return {position for position, *about in rows if asked[position] == tuple(about)}


def _mend(  # noqa: PLR0913 (a slot, what came of it, and what is known of it)
    connection: Connection[Any],
    found: Arrivals,
    slot: int,
    fresh: Sequence[Carried],
    after: int,
    messages: Sequence[Any],
) -> None:
    """Take what the store holds, in its order, up to the last message that it confirms."""
    there = _confirmed(connection, [each.kept for each in fresh])
    came = {each.kept.position: each for each in reversed(fresh) if each.kept.position in there}  # the first of two
    through = max(came, default=after)
    with connection.cursor(binary=True) as cursor:
        held = [Kept(*row) for row in cursor.execute(HELD, (slot, after, through, PAGE))]
    lacking = [each for each in held if each.position not in came]
    if len(held) == PAGE:
        through = held[-1].position
        beyond = next((each for each in fresh if each.kept.position > through), None)
        if beyond is not None:
            found.left[slot] = [each for each in messages if each.offset >= beyond.message.offset]
            found.offsets[slot] = beyond.message.offset
    for each in fresh:
        offset = each.message.offset
        if offset < found.offsets[slot] and each.kept.position not in there:
            found.letters.append(Letter(slot, offset, UNKNOWN, each.kept.position, each.message))
    order = sorted(came)
    for one in lacking:
        behind = came[order[bisect(order, one.position)]].message.offset  # what showed that it is missing: there is one
        found.letters.append(Letter(slot, behind, MISSING, one.position))
    found.batch += [came[one.position].kept if one.position in came else one for one in held]
    found.lay |= {(slot, position): came[position].message for position in order if position <= through}
