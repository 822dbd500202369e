"""How far the relay has come, as it stands on Kafka: public, so that anybody can count."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from psycopg import Connection

from consumers.carried import key_of
from consumers.clients import Broker
from consumers.folding import Kept
from consumers.slots import SLOTS
from consumers.tails import Tails, tails
from consumers.topics import Topics
from roznamcha.errors import Broken
from roznamcha.published import only_here
from roznamcha.sides import position_in

HEADS = "checkpoints"
"""The topic of the ledger's signed heads."""
Slots = dict[int, list[int]]
ANEW = "`roznamcha topics apply --anew` publishes everything anew"


@dataclass
class Position:
    """How far was published: the last position, a digest of the entry there, and each partition's last and count.

    `rows` has the last number in each partition of the topics in which views tell their rows, `ids` what those topics'
    ids were: nothing of them is known under another id.
    """

    position: int = 0
    sha256: str = ""
    entries: Slots = field(default_factory=dict)
    deadlines: Slots = field(default_factory=dict)
    rows: dict[str, dict[int, int]] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    checkpoints: int = 0
    """The number of the last signed head of the ledger."""

    def copy(self) -> Position:
        """Another one, that may be moved on while this one stands."""
        entries, deadlines = ({slot: [*last] for slot, last in each.items()} for each in (self.entries, self.deadlines))
        rows = {topic: {**last} for topic, last in self.rows.items()}
        return Position(self.position, self.sha256, entries, deadlines, rows, {**self.ids}, self.checkpoints)

    def follow(self, slots: Slots, kept: Kept) -> int:
        """Count an entry into its slot; give the position of the one before it there, 0 for the first."""
        last = slots.setdefault(kept.slot, [0, 0])
        before, last[0], last[1] = last[0], kept.position, last[1] + 1
        return before

    def forget_others(self, ids: dict[str, str]) -> None:
        """Of topics of rows that were made anew nothing is published; `ids` has those that are there."""
        self.rows = {topic: last for topic, last in self.rows.items() if self.ids.get(topic) == ids.get(topic)}
        if self.ids.get(HEADS) != ids.get(HEADS):
            self.checkpoints = 0
        self.ids = ids

    def last(self, short: str, partition: int) -> int:
        """The last number that was published in a partition of a topic of messages; 0 where nothing was."""
        if short == HEADS:
            return self.checkpoints
        slots = {"entries": self.entries, "deadlines": self.deadlines}.get(short)
        return self.rows.get(short, {}).get(partition, 0) if slots is None else slots.get(partition, [0, 0])[0]

    def reach(self, kept: Kept) -> None:
        """Everything up to this entry was published."""
        self.position, self.sha256 = kept.position, hashlib.sha256(kept.state).hexdigest()

    def written(self) -> bytes:
        """As it stands on Kafka."""
        return json.dumps(
            {
                "position": self.position,
                "sha256": self.sha256,
                "slots": self.entries,
                "deadlines": self.deadlines,
                "rows": self.rows,
                "ids": self.ids,
                "checkpoints": self.checkpoints,
            }
        ).encode()


def read_position(message: Any) -> Position:  # noqa: ANN401 (kafka-python's record, or None)
    """The position in a message of its topic. Raises Broken when it is none."""
    if message is None:
        return Position()
    try:
        told = json.loads(message.value)
        entries, deadlines = (
            {int(slot): [int(last), int(count)] for slot, (last, count) in told[name].items()}
            for name in ("slots", "deadlines")
        )
        rows = {str(topic): {int(slot): int(n) for slot, n in last.items()} for topic, last in told["rows"].items()}
        ids = {str(topic): str(one) for topic, one in told["ids"].items()}
        return Position(
            int(told["position"]), str(told["sha256"]), entries, deadlines, rows, ids, int(told.get("checkpoints", 0))
        )
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        message = f"the last message in the topic of the relay's position is no position; {ANEW}"
        raise Broken(message) from None


def position_of(broker: Broker, topics: Topics) -> Position:
    """How far anybody has published under this prefix; none where its topic is missing. Raises Broken."""
    with broker.admin() as admin:
        if topics.position not in admin.list_topics():
            return Position()
    return position_there(broker, topics)


def position_there(broker: Broker, topics: Topics) -> Position:
    """How far anybody has published, where its topic is there. Raises Broken."""
    return read_position(tails(broker, topics.position, [0]).get(0))


def published(broker: Broker, topics: Topics) -> int:
    """How far anybody has published under this prefix; 0 for nothing, or where nobody can tell."""
    try:
        return position_of(broker, topics).position
    except Broken:
        return 0


def agree(connection: Connection[Any], ends: Tails, topics: Topics, found: Position) -> None:
    """Raise Broken unless the store holds what was published last, and the topics end where the position says."""
    if strange := foreign(connection, found):
        raise Broken(strange)
    for name, slots in ((topics.entries, found.entries), (topics.deadlines, found.deadlines)):
        ends_at(ends, name, {slot: last for slot, (last, _) in slots.items()})


def belong(connection: Connection[Any], broker: Broker, topics: Topics) -> None:
    """Raise Broken where what lies on Kafka can't be this store's; Usage where its own lies under another prefix.

    Where no position says whose the entries are, the last of each partition do.
    """
    only_here(connection, topics.prefix)
    found = position_of(broker, topics)
    strange = foreign(connection, found)
    if not found.position:
        strange = _strangers(connection, broker, topics)
    if strange:
        raise Broken(strange)


def _strangers(connection: Connection[Any], broker: Broker, topics: Topics) -> str:
    """Why the entries on Kafka are not this store's: none of those at the ends of the partitions is."""
    with broker.admin() as admin:
        if topics.entries not in admin.list_topics():
            return ""
    last = {position_in(each): each for each in tails(broker, topics.entries, range(SLOTS)).values()}
    last.pop(-1, None)
    query = "SELECT notification_id, record_id FROM roznamcha.entries WHERE notification_id = ANY(%s)"
    held = connection.execute(query, (list(last),)).fetchall()
    if not last or any(last[position].key == key_of(record_id) for position, record_id in held):
        return ""
    return f"{topics.entries} has entries up to position {max(last)}, of which the store holds none: {restored()}"


def foreign(connection: Connection[Any], found: Position) -> str:
    """Why a position on Kafka can't be this store's; nothing when it can."""
    if not found.position:
        return ""
    query = "SELECT state FROM roznamcha.entries WHERE notification_id = %s"
    row = connection.execute(query, (found.position,)).fetchone()
    if row is not None and hashlib.sha256(row[0]).hexdigest() == found.sha256:
        return ""
    return f"Kafka has entries up to position {found.position}, which the store doesn't hold: {restored()}"


def restored() -> str:
    """What is the matter when Kafka knows more than the store, and what can be done."""
    return f"it was restored to an earlier state, or belongs to other topics. Restore a later state; {ANEW}"


def ends_at(
    ends: Tails, name: str, last: Mapping[int, int], *, compacted: bool = False, partitions: int = SLOTS
) -> None:
    """Raise Broken unless each partition of a topic ends at the position that is expected.

    A compacted topic may have lost its last message, if that said that a row is gone.
    """
    there = ends(name, range(partitions))
    for slot in sorted(last.keys() | there.keys()):
        found, expected = there.get(slot), last.get(slot, 0)
        at = 0 if found is None else position_in(found)
        if at == expected or (compacted and 0 <= at < expected):
            continue
        if found is not None and at < 0:
            ends_so = f"ends with a message at offset {found.offset} that is no entry, as it has no position"
            why = "someone else wrote there"
        else:
            ends_so, why = f"ends at position {at}", "someone else wrote there, or messages were lost"
        message = (
            f"partition {slot} of {name} {ends_so}, and the relay's position says {expected}: {why}. "
            f"See `roznamcha reconcile`; {ANEW}"
        )
        raise Broken(message)
