"""What a relay does before anything else about transactions that are over and lack their marks: it ends them.

Which way, Kafka itself says: a transaction was committed if the position that readers see says so, or if what it wrote
is seen in any partition. Where nothing of it is seen the outbox may know: rows leave it only when their commit was
acknowledged. Whoever begins then finds position and topics as if every mark had been written at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import structlog

from consumers.clients import TopicPartition
from consumers.hanging import end, hanging
from consumers.tails import Tails
from consumers.topics import Topics
from roznamcha.relayed import Position
from roznamcha.sides import position_in

POSITION = "relay.position"
log = structlog.get_logger()


def partitions_of(topics: Topics, shorts: Collection[str]) -> dict[TopicPartition, str]:
    """Every partition of these topics, and which topic it is of."""
    return {TopicPartition(topics[each].name, n): each for each in shorts for n in range(topics[each].partitions)}


def finish(  # noqa: PLR0913 (who asks, who ends, and what is known)
    admin: Any,  # noqa: ANN401 (kafka-python's)
    producer: Any,  # noqa: ANN401 (kafka-python's)
    ends: Tails,
    of: dict[TopicPartition, str],
    at: Position,
    acknowledged: Callable[[Position], bool],
) -> bool:
    """End what hangs in the partitions of `of`, `at` being the position that is seen; give whether anything did.

    `acknowledged` says whether a commit beyond a position is known to the store. Who is told that something hung must
    begin anew, and waits so for the marks. Raises KafkaError.
    """
    hung = hanging(admin, of)
    if not hung:
        return False
    messages = {each for each, short in of.items() if short != POSITION}
    behind = bool(hung - messages)
    # Where the position itself hangs, what was committed with it may be seen anywhere.
    ahead = _ahead(ends, of, messages if behind else hung, at)
    if any(far > 0 for far in ahead.values()) or (behind and acknowledged(at)):
        committed = hung
    else:
        committed = {each for each in hung & messages if ahead[each] < 0}
    undone = hung - committed
    log.warning("ended without marks", committed=sorted(map(_named, committed)), undone=sorted(map(_named, undone)))
    end(producer, committed, committed=True)
    end(producer, undone, committed=False)
    return True


def _ahead(
    ends: Tails, of: dict[TopicPartition, str], partitions: Collection[TopicPartition], at: Position
) -> dict[TopicPartition, int]:
    """By how much the last message that is seen in each partition is ahead of the position; less than 0: behind it."""
    found = {}
    for topic in {each.topic for each in partitions}:
        here = [each for each in partitions if each.topic == topic]
        seen = ends(topic, [each.partition for each in here])
        for each in here:
            number = position_in(seen[each.partition]) if each.partition in seen else 0
            found[each] = number - at.last(of[each], each.partition)
    return found


def _named(partition: TopicPartition) -> str:
    return f"{partition.topic}/{partition.partition}"
