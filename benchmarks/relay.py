"""Measure how many entries a second go from the store to Kafka, beside kafka-python's bare producer in the same run.

Ours: read from the log, headers made, sent in transactions of 5,000 with the position, acknowledged by all. The
yardstick sends the same messages, which it has in memory already, to as many partitions, acknowledged by all,
in no transaction; a second one leaves their headers out. One real broker, one node. `--size` is the number of entries.
"""

from __future__ import annotations

import gc
import time
from typing import Any

from brokers import empty_topics, kafka
from filling import fill
from harness import database, in_turn, options, report, server

from consumers.carried import headers_of, key_of
from consumers.clients import Broker
from consumers.embedded import connected, read_log
from consumers.stamps import StampReader
from roznamcha.published import forget
from roznamcha.relay import Relay
from schemas import catalogue

Message = tuple[bytes, bytes, int, Any]


def ours(url: str, broker: Broker, entries: int) -> float:
    """Entries a second by the relay, from topics that are empty."""
    with empty_topics(broker) as topics, connected(url) as connection:
        forget(connection)  # each round has topics of its own, and a store is published under one prefix
        relay = Relay(connection, broker, topics, catalogue())
        started = time.perf_counter()
        published = relay.publish()
        rate = published / (time.perf_counter() - started)
        relay.close()
    assert published == entries  # noqa: S101 (else something else was measured)
    return rate


def bare(broker: Broker, messages: list[Message], *, headers: bool) -> float:
    """Messages a second by a producer that does nothing else."""
    with empty_topics(broker) as topics:
        producer = broker.producer(called="bare")
        started = time.perf_counter()
        for key, value, partition, more in messages:
            producer.send(topics.entries, value, key=key, partition=partition, headers=more if headers else None)
        producer.flush()
        rate = len(messages) / (time.perf_counter() - started)
        producer.close()
    return rate


def in_memory(url: str) -> list[Message]:
    """Every entry as it is sent."""
    stamps = StampReader(catalogue())
    with connected(url) as connection:
        log = read_log(connection, 0, 10**9)
    return [
        (key_of(each.record_id), each.state, each.slot, headers_of(each, 1, 0, stamps.read(each.state))) for each in log
    ]


def main() -> None:
    """Take all in turn and print the ratios."""
    asked = options(__doc__ or "")
    with server() as url, database(url) as store, kafka() as broker:
        entries = fill(store, asked.size or 100_000)
        messages = in_memory(store)
        gc.freeze()
        bare(broker, messages, headers=True)  # a broker just begun is slow: nobody's first round counts
        contenders = {
            "ours": lambda: ours(store, broker, entries),
            "bare producer": lambda: bare(broker, messages, headers=True),
            "bare producer, no headers": lambda: bare(broker, messages, headers=False),
        }
        medians = in_turn(contenders, asked.rounds)
    size = sum(len(key) + len(value) for key, value, _, _ in messages) // len(messages)
    report("relay", "entries a second", medians, as_json=asked.json, entries=entries, bytes_each=size)


if __name__ == "__main__":
    main()
