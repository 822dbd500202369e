"""A transaction of views' rows that is over and has no mark: their outbox may be empty by then."""

from __future__ import annotations

import pytest

from consumers.clients import Broker, TopicPartition
from consumers.topics import Topics
from tests.consumers.feed import following, write_cases
from tests.roznamcha.test_hanging import careless, hung, unmarked
from tests.roznamcha.told import agrees, publish, relaying, told, views

__all__ = ["careless"]


@pytest.mark.usefixtures("careless")
def test_acknowledged_rows_without_any_mark(database: str, broker: Broker, topics: Topics) -> None:
    """Nothing of the transaction is seen, and its rows have left the outbox: it was committed, and so it ends."""
    write_cases(database, 5)
    with following(database, views()) as follower:
        follower.catch_up()
        publish(database, broker, topics)
        write_cases(database, 3, first=5)
        follower.catch_up()
        with relaying(database, broker, topics) as relay, unmarked(relay, lambda _: True, topics):
            relay.publish()
    assert told(database) == 0
    assert TopicPartition(topics.position, 0) in hung(broker, topics)
    publish(database, broker, topics)
    assert hung(broker, topics) == set()
    agrees(database, broker, topics)
