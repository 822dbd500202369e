"""What a poll brought, set straight by the store's log: PostgreSQL decides, Kafka distributes, nothing is skipped.

Each message names the entry before it in its partition. While these links hold, and the store has each entry, byte for
byte, the messages are taken as they are. Where a link is broken or bytes differ (a message is missing, doubled, altered
by a mirror, out of its place, or somebody else's) the store's own log is read for that slot, and what it holds is taken
in its order.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise
from typing import Any

from psycopg import Connection

from consumers.carried import Carried, Undeliverable, carried
from consumers.folding import Kept
from consumers.letters import ALTERED, MISSING, UNKNOWN, Letter
from schemas import Catalogue

PAGE = 2_000
"""Entries that are read of the store's log at once where a slot must be set straight."""
HELD = b"""
    SELECT notification_id, slot, record_id, topic, state FROM roznamcha.entries
    WHERE slot = %s AND notification_id > %s AND notification_id <= %s ORDER BY notification_id LIMIT %s
"""
"""No index has the slot: sixty entries are looked at for each of these, 56 ms for 2,000 where an index takes 9. To fold
them takes ten times as long, and the index would be paid for with every append."""
HAS = b"""
    SELECT e.slot, sha256(string_agg(
        int8send(e.notification_id) || uuid_send(e.record_id) || convert_to(e.topic, 'UTF8') || sha256(e.state), ''
        ORDER BY e.notification_id))
    FROM unnest(%s::bigint[]) AS u(position) JOIN roznamcha.entries e ON e.notification_id = u.position
    GROUP BY e.slot
"""
"""A digest of what the store has at these positions, for each slot."""
CONFIRMED = b"""
    SELECT u.slot, u."offset", sha256(e.state) = u.digest AND e.topic = u.name
    FROM unnest(%s::smallint[], %s::bigint[], %s::bigint[], %s::uuid[], %s::text[], %s::bytea[])
        AS u(slot, "offset", position, record_id, name, digest)
    JOIN roznamcha.entries e ON e.notification_id = u.position AND e.slot = u.slot AND e.record_id = u.record_id
"""
Messages = Mapping[int, Sequence[Any]]
Place = tuple[int, int]
"""Where a message lies: its slot and offset."""


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
    linked = {slot: each for slot, each in fresh.items() if each and _linked(each, positions[slot])}
    same = _same(connection, linked)
    for slot, each in fresh.items():
        if slot in same:
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


def _place(one: Carried) -> Place:
    return one.kept.slot, one.message.offset


def _same(connection: Connection[Any], linked: Mapping[int, Sequence[Carried]]) -> set[int]:
    """The slots of which these messages are, byte for byte, what the store has at their positions.

    One statement for a batch, and one digest for a slot: it costs a few hundredths of what folding the batch does.
    """
    if not linked:
        return set()
    positions = [one.kept.position for each in linked.values() for one in each]
    with connection.cursor(binary=True) as cursor:
        rows = cursor.execute(HAS, (positions,)).fetchall()
    return {slot for slot, digest in rows if slot in linked and digest == _digest(linked[slot])}


def _digest(messages: Sequence[Carried]) -> bytes:
    told = sha256()
    for kept, *_ in messages:
        told.update(kept.position.to_bytes(8) + kept.record_id.bytes + kept.name.encode())
        told.update(sha256(kept.state).digest())
    return told.digest()


def _confirmed(connection: Connection[Any], wanted: Sequence[Carried]) -> dict[Place, bool]:
    """Which of these messages have an entry of their record at their place in the store, and whether it is the same."""
    about = [
        (*_place(each), each.kept.position, each.kept.record_id, each.kept.name, sha256(each.kept.state).digest())
        for each in wanted
    ]
    with connection.cursor(binary=True) as cursor:
        rows = cursor.execute(CONFIRMED, [list(column) for column in zip(*about, strict=True)]).fetchall()
    return {(slot, offset): same for slot, offset, same in rows}


def _mend(  # noqa: PLR0913 (a slot, what came of it, and what is known of it)
    connection: Connection[Any],
    found: Arrivals,
    slot: int,
    fresh: Sequence[Carried],
    after: int,
    messages: Sequence[Any],
) -> None:
    """Take what the store holds, in its order, up to the last message whose place it confirms."""
    there = _confirmed(connection, fresh)
    shown = {each.kept.position: each for each in reversed(fresh) if _place(each) in there}  # the first of two
    came = {each.kept.position: each for each in reversed(fresh) if there.get(_place(each))}
    through = max(shown, default=after)
    with connection.cursor(binary=True) as cursor:
        held = [Kept(*row) for row in cursor.execute(HELD, (slot, after, through, PAGE))]
    lacking = [each for each in held if each.position not in shown]
    if len(held) == PAGE:
        through = held[-1].position
        beyond = next((each for each in fresh if each.kept.position > through), None)
        if beyond is not None:
            found.left[slot] = [each for each in messages if each.offset >= beyond.message.offset]
            found.offsets[slot] = beyond.message.offset
    for each in fresh:
        offset = each.message.offset
        if offset < found.offsets[slot] and not there.get(_place(each)):
            why = ALTERED if _place(each) in there else UNKNOWN
            found.letters.append(Letter(slot, offset, why, each.kept.position, each.message))
    order = sorted(shown)
    for one in lacking:
        behind = shown[order[bisect(order, one.position)]].message.offset  # what showed that it is missing
        found.letters.append(Letter(slot, behind, MISSING, one.position))
    found.batch += [came[one.position].kept if one.position in came else one for one in held]
    found.lay |= {(slot, position): came[position].message for position in came if position <= through}
