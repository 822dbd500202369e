"""Transactions that are over and have no mark in some partition: a relay ends each the way it went."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from consumers.clients import Broker, ConfigResource, ConfigResourceType, TopicPartition, commit
from consumers.hanging import hanging
from consumers.topics import Topics
from roznamcha.errors import Unavailable
from roznamcha.relay import Relay
from roznamcha.relayed import read_position
from roznamcha.unmarked import partitions_of
from tests.broker.reading import read_topic
from tests.consumers.feed import write_cases
from tests.roznamcha.test_relay import agrees, relaying

Chosen = Callable[[TopicPartition], bool]
EVERY = ("entries", "deadlines", "custody", "case-state", "checkpoints", "relay.position")
VERIFIED = "transaction.partition.verification.enable"


@pytest.fixture
def careless(broker: Broker) -> Iterator[None]:
    """The broker takes what is sent without its coordinator's knowledge, which is then given no mark."""
    with broker.admin() as admin:
        nodes = [str(each["broker_id"]) for each in admin.describe_cluster()["brokers"]]

        def have(verified: str) -> None:
            asked = [ConfigResource(ConfigResourceType.BROKER, each, {VERIFIED: verified}) for each in nodes]
            admin.alter_configs(asked)

        have("false")
        yield
        have("true")


@contextmanager
def unmarked(relay: Relay, chosen: Chosen, topics: Topics) -> Iterator[None]:
    """Of what this relay commits meanwhile, these partitions get no mark."""
    if relay.at is None:
        relay.begin()
    producer = relay._producer  # noqa: SLF001 (what the broker does to it can't be asked for from outside)
    begin, manager = producer.begin_transaction, producer._transaction_manager  # noqa: SLF001
    every = partitions_of(topics, EVERY)

    def beginning() -> None:
        begin()
        manager._partitions_in_transaction.update(filter(chosen, every))  # noqa: SLF001 (taken for added)

    producer.begin_transaction = beginning
    yield
    producer.begin_transaction = begin


def in_order(url: str, broker: Broker, topics: Topics) -> None:
    """Store and topic hold the same, once, and so says the position; nothing hangs."""
    agrees(url, broker, topics)
    at = read_position(read_topic(broker, topics.position, 1)[-1])
    assert sum(count for _, count in at.entries.values()) == len(read_topic(broker, topics.entries))
    assert hung(broker, topics) == set()


def hung(broker: Broker, topics: Topics) -> set[TopicPartition]:
    """The partitions in which something hangs."""
    with broker.admin() as admin:
        return hanging(admin, partitions_of(topics, EVERY))


MARKLESS = {
    "none": lambda _each, _topics: True,
    "the position alone": lambda each, topics: each.topic != topics.position,
    "all but the position": lambda each, topics: each.topic == topics.position,
    "some, and the position": lambda each, topics: each.topic != topics.position and each.partition % 2 == 0,
    "some, and not the position": lambda each, topics: each.topic == topics.position or each.partition % 2 == 0,
}
"""Which partitions have no mark, by which have."""


@pytest.mark.usefixtures("careless")
@pytest.mark.parametrize("marked", MARKLESS)
def test_the_next_relay_ends_it(database: str, broker: Broker, topics: Topics, marked: str) -> None:
    """Whether it lacks all of its marks or some: nothing is lost, nothing doubled, and no reader waits."""
    write_cases(database, 5)
    with relaying(database, broker, topics, batch=100) as relay:
        relay.publish()
        write_cases(database, 5, first=5)
        with unmarked(relay, lambda each: MARKLESS[marked](each, topics), topics):
            relay.publish()
        assert hung(broker, topics)
    write_cases(database, 2, first=10)
    with relaying(database, broker, topics) as relay:
        relay.publish()
    in_order(database, broker, topics)


@pytest.mark.usefixtures("careless")
def test_a_relay_that_goes_on_sees_it(database: str, broker: Broker, topics: Topics) -> None:
    """Its commit was acknowledged, and the marks were not written: what it does now and then finds that."""
    write_cases(database, 5)
    with relaying(database, broker, topics, batch=100) as relay:
        with unmarked(relay, lambda each: each.topic == topics.entries, topics):
            relay.publish()
        relay._still_there()  # noqa: SLF001 (it does so every half minute)
        assert relay.at is None
        relay.publish()
        in_order(database, broker, topics)
        relay._still_there()  # noqa: SLF001
        assert relay.at is not None


@pytest.mark.usefixtures("careless")
def test_what_another_writer_has_open_is_not_ended(database: str, broker: Broker, topics: Topics) -> None:
    """The relay can't end it and does not go on: it would publish behind what no reader sees."""
    write_cases(database, 1)
    other: Any = broker.producer("other")
    other.init_transactions()
    other.begin_transaction()
    other.send(topics.entries, b"open", partition=0).get(10)
    with relaying(database, broker, topics) as relay:
        with pytest.raises(Unavailable, match="end the other writer's"):
            relay.publish()
        assert hung(broker, topics) == {TopicPartition(topics.entries, 0)}
        commit(other, undo=True)
        relay.publish()
    other.close()
    agrees(database, broker, topics)
