"""The last message of each partition: how a writer finds out, after whatever happened, what it has really published."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from consumers.clients import Broker, Timeout, TopicPartition

PATIENCE = 30.0
"""Seconds in which a partition must give what it holds."""
FIRST_LOOK = 8
"""Offsets that are looked back at first. Every transaction leaves a mark that takes an offset and is no message."""


class Tails:
    """The last committed messages of several topics, by one client. One thread owns it.

    The client is told of all of them at once: each that it heard of later would cost it a tenth of a second.
    """

    def __init__(self, consumer: Any, topics: Collection[str], patience: float = PATIENCE) -> None:  # noqa: ANN401 (kafka-python's)
        """Of these `topics`, by a client that is somebody else's to close; each look may take `patience` seconds."""
        self._consumer, self._patience = consumer, patience
        consumer.assign([TopicPartition(each, 0) for each in topics])

    def __call__(self, topic: str, partitions: Collection[int]) -> dict[int, Any]:
        """The last committed message of each partition that has one.

        Offsets before the end may hold the marks of transactions and what was undone, so the look back is widened until
        something is found, or the beginning is reached. Raises Timeout when a partition doesn't answer.
        """
        every = [TopicPartition(topic, number) for number in partitions]
        begin, end = self._consumer.beginning_offsets(every), self._consumer.end_offsets(every)
        found: dict[int, Any] = {}
        back = FIRST_LOOK
        asked = [each for each in every if end[each] > begin[each]]
        while asked:
            starts = {each: max(begin[each], end[each] - back) for each in asked}
            found |= _last(self._consumer, starts, end, self._patience)
            asked = [each for each in asked if each.partition not in found and starts[each] > begin[each]]
            back *= 16
        return found

    def spans(self, topic: str, partitions: Collection[int]) -> dict[int, tuple[int, int]]:
        """The first offset that is left of each partition, and the one behind its last committed message.

        Compaction leaves the first where it is: only who deletes records, or lets them expire, moves it.
        """
        every = [TopicPartition(topic, number) for number in partitions]
        begin, end = self._consumer.beginning_offsets(every), self._consumer.end_offsets(every)
        return {each.partition: (begin[each], end[each]) for each in every}


@contextmanager
def tails_of(broker: Broker, *topics: str, patience: float = PATIENCE) -> Iterator[Tails]:
    """For looking at the ends of several topics."""
    consumer = broker.consumer(called="roznamcha tails")
    try:
        yield Tails(consumer, topics, patience)
    finally:
        consumer.close()


def tails(broker: Broker, topic: str, partitions: Collection[int]) -> dict[int, Any]:
    """The last committed message of each partition of one topic that has one. Raises Timeout."""
    with tails_of(broker, topic) as ends:
        return ends(topic, partitions)


def _last(
    consumer: Any,  # noqa: ANN401 (kafka-python's)
    starts: dict[TopicPartition, int],
    end: dict[TopicPartition, int],
    patience: float,
) -> dict[int, Any]:
    """The last message from each start to the end that was noted before."""
    consumer.assign(list(starts))
    consumer.resume(*starts)  # what an earlier look paused stays so as long as it is assigned
    for partition, start in starts.items():
        consumer.seek(partition, start)
    found: dict[int, Any] = {}
    until = time.monotonic() + patience
    open_ones = set(starts)
    while open_ones:
        for partition, messages in consumer.poll(200).items():
            found[partition.partition] = messages[-1]
        for partition in list(open_ones):
            if consumer.position(partition) >= end[partition]:
                open_ones.discard(partition)
                consumer.pause(partition)
        if time.monotonic() > until:
            message = f"{len(open_ones)} partitions gave nothing within {patience:.0f} s"
            raise Timeout(message)
    return found
