"""Reading topics as a test wants it: everything that is committed, partition by partition."""

from __future__ import annotations

from typing import Any

from consumers.clients import Broker, TopicPartition


def read_topic(broker: Broker, topic: str, partitions: int = 60) -> list[Any]:
    """All committed messages up to the ends as of now, in order within their partition."""
    consumer = broker.consumer(called="test")
    every = [TopicPartition(topic, number) for number in range(partitions)]
    consumer.assign(every)
    end = consumer.end_offsets(every)
    found: list[Any] = []
    while any(consumer.position(each) < end[each] for each in every):
        for messages in consumer.poll(500).values():
            found += messages
    consumer.close()
    return found


def positions_of(messages: list[Any]) -> list[int]:
    """The positions in the messages' headers, as they lie."""
    return [int(dict(each.headers)["position"]) for each in messages]
