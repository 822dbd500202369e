"""The last committed message of a partition is found, however much lies behind it that was undone."""

from __future__ import annotations

import pytest

from consumers.clients import Broker
from consumers.tails import FIRST_LOOK, tails_of
from consumers.topics import Topics


@pytest.mark.parametrize("undone", [1, FIRST_LOOK - 2, 4 * FIRST_LOOK, 40 * FIRST_LOOK])
def test_behind_what_was_undone(broker: Broker, topics: Topics, undone: int) -> None:
    """One partition ends with a long transaction that fell back, one holds nothing else, one nothing at all."""
    producer = broker.producer("tails")
    producer.init_transactions()
    producer.begin_transaction()
    for partition in (0, 1):
        producer.send(topics.entries, b"kept", partition=partition)
    producer.commit_transaction()
    producer.begin_transaction()
    for partition in (0, 2) * undone:
        producer.send(topics.entries, b"undone", partition=partition)
    producer.flush()
    producer.abort_transaction()
    producer.init_transactions()  # it waits until every partition has its mark
    producer.close()
    with tails_of(broker, topics.entries, topics.deadlines) as ends:
        assert {slot: each.value for slot, each in ends(topics.entries, range(60)).items()} == {0: b"kept", 1: b"kept"}
        assert ends(topics.deadlines, range(60)) == {}
