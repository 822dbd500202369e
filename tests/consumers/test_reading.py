"""Reading a topic: each partition from where its reader says, whoever comes and goes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, ClassVar
from uuid import UUID

import pytest

from consumers.clients import Broker, CooperativeStickyAssignor, KafkaError, Timeout, TopicPartition
from consumers.groups import unshared
from consumers.reading import Reading, topic_id
from consumers.slots import SLOTS
from consumers.topics import Topics

FAST = {"session_timeout_ms": 6_000, "heartbeat_interval_ms": 300, "metadata_max_age_ms": 1_000}


def write(broker: Broker, topic: str, values: dict[int, list[bytes]]) -> None:
    """Put messages into partitions."""
    producer = broker.producer()
    for partition, each in values.items():
        for value in each:
            producer.send(topic, value, partition=partition)
    producer.flush()
    producer.close()


def read(reading: Reading, enough: Callable[[list[Any]], bool], rounds: int = 300) -> list[Any]:
    """Poll until it is enough."""
    found: list[Any] = []
    for _ in range(rounds):
        if enough(found):
            return found
        for messages in reading.poll(0.1).values():
            found += messages
    pytest.fail(f"only {len(found)} messages came")


def test_each_partition_is_read_from_where_its_reader_says(broker: Broker, topics: Topics) -> None:
    """Neither from the first offset nor from Kafka's own, and one that is left out is not read."""
    write(broker, topics.entries, {1: [b"a", b"b", b"c"], 2: [b"d"], 3: [b"e"]})
    asked: list[set[int]] = []

    def where(new: set[int]) -> dict[int, int]:
        asked.append(new)
        return {1: 2, 2: 0}

    reading = Reading(broker, topics.entries, f"{topics.prefix}.g", where)
    found = read(reading, lambda found: len(found) == 2)
    assert sorted(each.value for each in found) == [b"c", b"d"]
    assert asked == [set(range(SLOTS))]
    reading.begin({1: 1})
    assert [each.value for each in read(reading, lambda found: len(found) == 2)] == [b"b", b"c"]
    assert reading.position(1) == reading.ends([1])[1] == 3
    reading.close()


def test_partitions_move_to_who_comes_and_back(broker: Broker, topics: Topics) -> None:
    """A second member takes half; when it leaves, the first one begins them again from where it is told."""
    begun: list[int] = []
    gone: list[int] = []

    def where(new: set[int]) -> dict[int, int]:
        begun.extend(new)
        return dict.fromkeys(new, 0)

    group = f"{topics.prefix}.g"
    first = Reading(broker, topics.entries, group, where, lost=gone.extend, **FAST)
    read(first, lambda _: len(first.held) == SLOTS)
    stop = threading.Event()
    shared: list[int] = []

    def second() -> None:
        other = Reading(broker, topics.entries, group, lambda new: dict.fromkeys(new, 0), **FAST)
        while not stop.is_set():
            other.poll(0.1)
            shared.append(len(other.held))
        other.close()

    thread = threading.Thread(target=second)
    thread.start()
    read(first, lambda _: len(first.held) == SLOTS // 2 and shared[-1:] == [SLOTS // 2])
    assert len(gone) == SLOTS // 2
    stop.set()
    thread.join()
    read(first, lambda _: len(first.held) == SLOTS)
    assert sorted(begun) == sorted([*range(SLOTS), *gone])
    first.close()


def test_who_waits_stays_a_member_and_reads_nothing(broker: Broker, topics: Topics) -> None:
    """Holding keeps the partitions, fetches nothing, and then goes on where it was; a stopped one stays stopped."""
    reading = Reading(broker, topics.entries, f"{topics.prefix}.g", lambda new: dict.fromkeys(new, 0))
    read(reading, lambda _: len(reading.held) == SLOTS)
    reading.stop(2)
    write(broker, topics.entries, {1: [b"a"], 2: [b"b"]})
    reading.hold(0.3)
    assert [each.value for each in read(reading, bool)] == [b"a"]
    assert reading.poll(0.3) == {}
    assert len(reading.held) == SLOTS
    reading.close()


def test_a_reader_that_stalls_gets_a_new_consumer(broker: Broker, topics: Topics) -> None:
    """What lies there and doesn't come is noticed, and read by another consumer from where the reader was."""
    write(broker, topics.entries, {1: [b"a"]})
    reading = Reading(broker, topics.entries, None, lambda new: dict.fromkeys(new, 0), partitions=[1], stall=0.2)
    assert [each.value for each in read(reading, bool)] == [b"a"]
    reading.begin({1: 0})
    reading.consumer.pause(TopicPartition(topics.entries, 1))  # as a fetcher that forgot a partition
    assert [each.value for each in read(reading, bool)] == [b"a"]
    assert reading.renewed >= 1
    reading.close()


def test_a_group_that_shared_out_nothing_shares_anew(
    broker: Broker, topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its leader knew of no partition as it shared them out, and of all before and after: no change for the library."""
    write(broker, topics.entries, {1: [b"a"], 2: [b"b"]})
    really = CooperativeStickyAssignor.assign
    nothing = [SimpleNamespace(topics=set, partitions_for_topic=lambda _: None)]

    def assign(self: Any, cluster: Any, members: Any) -> Any:
        return really(self, nothing.pop() if nothing else cluster, members)

    monkeypatch.setattr(CooperativeStickyAssignor, "assign", assign)
    reading = Reading(
        broker, topics.entries, f"{topics.prefix}.g", lambda new: dict.fromkeys(new, 0), stall=0.5, **FAST
    )
    assert sorted(each.value for each in read(reading, lambda found: len(found) == 2)) == [b"a", b"b"]
    assert (reading.renewed, len(reading.held)) == (1, SLOTS)
    assert not unshared(broker, f"{topics.prefix}.g", topics.entries)
    reading.close()


def test_a_partition_that_stands_still_is_not_hidden_by_the_others(broker: Broker, topics: Topics) -> None:
    """Messages trickle in from another one all the while: the one that gives nothing is noticed all the same."""
    write(broker, topics.entries, {1: [b"stuck"]})
    reading = Reading(broker, topics.entries, None, lambda new: dict.fromkeys(new, 0), partitions=[1, 2], stall=0.4)
    assert [each.value for each in read(reading, bool)] == [b"stuck"]
    reading.begin({1: 0})
    reading.consumer.pause(TopicPartition(topics.entries, 1))
    producer, found = broker.producer(), []
    for n in range(40):
        producer.send(topics.entries, b"%d" % n, partition=2).get(10)
        for messages in (*reading.poll(0.2).values(), *reading.poll(0.1).values()):
            found += [each.value for each in messages]
        if b"stuck" in found:
            break
    producer.close()
    assert b"stuck" in found
    assert reading.renewed == 1
    reading.close()


def test_a_partition_that_came_or_went_unseen_is_found(broker: Broker, topics: Topics) -> None:
    """Ours, paused and never begun, it is begun; believed to be ours and gone, it is let go. No new consumer for it."""
    write(broker, topics.entries, {1: [b"a"], 2: [b"b"]})
    gone: list[int] = []
    reading = Reading(broker, topics.entries, None, lambda new: dict.fromkeys(new, 0), partitions=[1, 2, 3],
                      lost=gone.extend, stall=0.4)  # fmt: skip
    read(reading, lambda found: len(found) == 2)
    reading.consumer.pause(TopicPartition(topics.entries, 1))
    reading.held = {2, 3, 4}  # as if the word of the first had been lost, and of a fourth that it is gone
    assert [each.value for each in read(reading, bool)] == [b"a"]
    assert (reading.held, gone, reading.renewed) == ({1, 2, 3}, [4], 0)
    reading.close()


def test_a_reader_of_an_idle_topic_is_left_alone(broker: Broker, topics: Topics) -> None:
    """Nothing to read is no stall, nor is what the marks of transactions leave behind."""
    producer = broker.producer(topics.relay_id)
    producer.init_transactions()
    producer.begin_transaction()
    producer.send(topics.entries, b"a", partition=1)
    producer.commit_transaction()
    producer.close()
    reading = Reading(broker, topics.entries, None, lambda new: dict.fromkeys(new, 0), partitions=[1], stall=0.4)
    read(reading, bool)
    for _ in range(16):
        reading.poll(0.15)
    assert reading.renewed == 0
    assert reading.position(1) == reading.ends([1])[1] == 2
    reading.close()


def test_a_topic_made_anew_has_another_id(broker: Broker, topics: Topics) -> None:
    """The id is the topic's own; one that isn't there is told."""
    assert topic_id(broker, topics.entries) != topic_id(broker, topics.deadlines)
    with pytest.raises(LookupError, match="no topic"):
        topic_id(broker, f"{topics.prefix}.none")


class Saying(Broker):
    """A broker that says these codes of a topic, one after the other."""

    codes: ClassVar[list[int]] = []

    @contextmanager
    def admin(self, called: str = "roznamcha") -> Iterator[Any]:
        """A client that asks nobody."""

        def describe_topics(_names: list[str]) -> list[dict[str, Any]]:
            return [{"error_code": self.codes.pop(0), "topic_id": UUID(int=7)}]

        yield SimpleNamespace(describe_topics=describe_topics)


def test_a_topic_that_has_no_leader_yet_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only of one that is unknown it is said that it isn't there; of any other the broker's own word is told."""
    broker = Saying("nowhere:9092")
    monkeypatch.setattr(Saying, "codes", [5, 5, 0])
    assert topic_id(broker, "t") == str(UUID(int=7))
    monkeypatch.setattr(Saying, "codes", [3])
    with pytest.raises(LookupError, match="there is no topic t"):
        topic_id(broker, "t")
    monkeypatch.setattr(Saying, "codes", [29])
    with pytest.raises(KafkaError, match="TopicAuthorizationFailed"):
        topic_id(broker, "t")
    monkeypatch.setattr("consumers.reading.ELECTING", 0)
    monkeypatch.setattr(Saying, "codes", [5, 5])
    with pytest.raises(KafkaError, match="LeaderNotAvailable"):
        topic_id(broker, "t")


def test_who_waits_for_a_database_waits_for_a_broker_too(
    broker: Broker, topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are away: the wait is as long as it was to be, and ends nobody."""
    reading = Reading(broker, topics.entries, None, lambda new: dict.fromkeys(new, 0), partitions=[1])
    assert reading.poll(0.3) == {}

    def away(_ms: int) -> None:
        raise Timeout

    monkeypatch.setattr(reading.consumer, "poll", away)
    reading.hold(0.3)
    monkeypatch.undo()
    write(broker, topics.entries, {1: [b"a"]})
    assert [each.value for each in read(reading, bool)] == [b"a"]
    reading.close()


def test_a_broker_that_stays_away_longer_than_a_stall(broker: Broker, topics: Topics) -> None:
    """Its consumer given up and no broker to make another: the reader waits, and reads on when one is there."""
    write(broker, topics.entries, {1: [b"a"]})
    reading = Reading(broker, topics.entries, f"{topics.prefix}.g", lambda new: dict.fromkeys(new, 0), stall=0.2)
    reading.renew()
    reading.broker = Broker("127.0.0.1:9")
    for _ in range(5):
        assert reading.poll(0.2) == {}
    reading.broker = broker
    assert [each.value for each in read(reading, lambda found: len(found) == 1)] == [b"a"]
    reading.close()
