"""Copies of topics, under a prefix of their own, in which something is changed: what a mirror may do to them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from consumers.clients import Broker
from consumers.topics import Topics
from tests.broker.nodes import new_prefix
from tests.broker.reading import read_topic

Change = Callable[[Any], list[Any]]
"""What a message becomes in the copy: nothing, itself, another one, or several."""
COPIED = ("entries", "deadlines", "checkpoints", "relay.position")


def create(broker: Broker, topics: Topics, shorts: tuple[str, ...] = COPIED) -> None:
    """Make these topics, empty."""
    with broker.admin() as admin:
        nodes = len(admin.describe_cluster()["brokers"])
        admin.create_topics(
            {
                each.name: {
                    "num_partitions": each.partitions,
                    "replication_factor": min(nodes, 3),
                    "configs": each.settings(nodes),
                }
                for each in map(topics.__getitem__, shorts)
            }
        )
        admin.wait_for_topics([topics[each].name for each in shorts], timeout_ms=60_000)


def remove(broker: Broker, topics: Topics, shorts: tuple[str, ...] = COPIED) -> None:
    """Delete these topics, and see them gone: the node that is asked hears of it from the controller."""
    names = {topics[each].name for each in shorts}
    until_end = time.monotonic() + 60
    with broker.admin() as admin:
        admin.delete_topics(sorted(names))
        while names.intersection(admin.list_topics()):
            assert time.monotonic() < until_end, "the topics are still there"
            time.sleep(0.05)


@contextmanager
def copied(broker: Broker, topics: Topics, change: Change = lambda message: [message]) -> Iterator[Topics]:
    """A copy of the topics, each message of the topic of entries changed; gone afterwards."""
    copy = Topics(new_prefix().removesuffix("."))
    create(broker, copy)
    messages = [each for message in read_topic(broker, topics.entries) for each in change(message)]
    write(broker, copy.entries, messages)
    write(broker, copy.deadlines, read_topic(broker, topics.deadlines))
    write(broker, copy.position, read_topic(broker, topics.position, 1))
    yield copy
    remove(broker, copy)


def write(broker: Broker, topic: str, messages: list[Any]) -> None:
    """Write messages as they are, each into its partition."""
    producer = broker.producer()
    for each in messages:
        producer.send(topic, each.value, key=each.key, partition=each.partition, headers=each.headers,
                      timestamp_ms=each.timestamp)  # fmt: skip
    producer.flush()
    producer.close()


def position(message: Any) -> int:
    """The position in a message's headers."""
    return int(dict(message.headers)["position"])


class Odd(str):
    """The name of a header that is no text once it is written."""

    __slots__ = ()

    def encode(self, *_: Any) -> bytes:
        """As other clients let one do."""
        return b"\xff\xfe"
