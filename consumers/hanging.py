"""Transactions that are over and have no mark in some partition: Kafka calls them hanging (KIP-664).

Kafka 4.3.1 writes no mark into a partition that has no leader at that moment, as when its only broker begins again: it
takes the partition for deleted, and the transaction for complete (KAFKA-20734). Nobody is told. Readers of committed
records wait there, and the next commit of the same producer's id commits what was undone before, too: it is doubled.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from typing import Any

from consumers.clients import PATIENCE_MS, KafkaError, OffsetSpec, Timeout, TopicPartition, commit

LOOK = 0.01
"""Seconds between two looks whether a partition was added."""


def hanging(admin: Any, partitions: Collection[TopicPartition]) -> set[TopicPartition]:  # noqa: ANN401 (kafka-python's)
    """Those of the partitions in which something is not yet committed or undone: to be asked while nothing is open."""
    latest = dict.fromkeys(partitions, OffsetSpec.LATEST)
    written = admin.list_partition_offsets(latest)
    ended = admin.list_partition_offsets(latest, isolation_level="read_committed")
    return {each for each in latest if ended[each].offset < written[each].offset}


def end(producer: Any, partitions: Collection[TopicPartition], *, committed: bool) -> None:  # noqa: ANN401
    """Have marks written into these partitions by a transaction in which nothing is sent; what hangs ends with it.

    Only what was begun under the producer's own id ends so. Marks may be written after this returns; whoever begins
    next waits for them. Raises KafkaError.
    """
    if not partitions:
        return
    manager = producer._transaction_manager  # noqa: SLF001 (the library adds a partition only with a message)
    producer.begin_transaction()
    for each in partitions:
        manager.maybe_add_partition_to_transaction(each)
    producer._sender.wakeup()  # noqa: SLF001
    until = time.monotonic() + PATIENCE_MS / 1_000
    while not all(manager.is_partition_added(each) for each in partitions):
        if manager.has_error():
            raise manager.last_error or KafkaError()
        if time.monotonic() > until:
            message = "partitions could not be added to a transaction"
            raise Timeout(message)
        time.sleep(LOOK)
    commit(producer, undo=not committed)
