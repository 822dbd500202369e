"""The relay publishes every entry once and in order, from wherever it is begun again."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from consumers import steps
from consumers.carried import carried
from consumers.clients import Broker, KafkaError, taken_over
from consumers.embedded import connected, read_log
from consumers.slots import slot_of
from consumers.tails import tails_of
from consumers.topics import Topics
from roznamcha.broker import reaching
from roznamcha.errors import Broken, Unavailable, Usage
from roznamcha.postgres import Embedded
from roznamcha.published import forget
from roznamcha.relay import Relay, TakenOver
from roznamcha.relayed import belong, read_position
from roznamcha.topic_plan import apply, clear, plan
from schemas import catalogue
from tests.broker.copies import Odd, create, remove, write
from tests.broker.nodes import new_prefix
from tests.broker.reading import positions_of, read_topic
from tests.consumers.feed import write_cases
from tests.consumers.subscribing import stopping, until, watching
from tests.fault.kit import fresh as fresh_database
from tests.roznamcha.desks import hearing, records
from tests.roznamcha.test_store import store_on


@contextmanager
def relaying(url: str, broker: Broker, topics: Topics, batch: int = 7) -> Iterator[Relay]:
    """A relay with a connection of its own, and small batches so that there are many."""
    with connected(url) as connection:
        relay = Relay(connection, broker, topics, catalogue(), batch=batch)
        yield relay
        relay.close()


def agrees(url: str, broker: Broker, topics: Topics) -> None:
    """Store and topic hold the same entries, each once, in order, with the same bytes; each follows the one before."""
    with connected(url) as connection:
        log = read_log(connection, 0, 10_000)
    messages = read_topic(broker, topics.entries)
    by_partition: dict[int, list[Any]] = defaultdict(list)
    for each in messages:
        by_partition[each.partition].append(carried(catalogue(), each))
    assert sorted(positions_of(messages)) == [each.position for each in log]
    for slot, found in by_partition.items():
        assert [each.kept for each in found] == [each for each in log if each.slot == slot]
        assert [each.previous for each in found] == [0, *[each.kept.position for each in found[:-1]]]


def test_every_entry_is_there_once_and_in_order(database: str, broker: Broker, topics: Topics) -> None:
    """After publishing, and after publishing again, and after more was entered."""
    write_cases(database, 10)
    with relaying(database, broker, topics) as relay:
        assert relay.publish() == 40
        agrees(database, broker, topics)
        assert relay.publish() == 0
        write_cases(database, 3, first=10)
        assert relay.publish() == 12
    agrees(database, broker, topics)


def test_the_position_says_how_many_each_partition_has(database: str, broker: Broker, topics: Topics) -> None:
    """It is in the same transaction as the entries: last position, digest, and last and count by partition."""
    write_cases(database, 5)
    with relaying(database, broker, topics) as relay:
        relay.publish()
    messages = read_topic(broker, topics.entries)
    at = read_position(read_topic(broker, topics.position, 1)[-1])
    assert at.position == max(positions_of(messages))
    for slot, (last, count) in at.entries.items():
        here = positions_of([each for each in messages if each.partition == slot])
        assert (here[-1], len(here)) == (last, count)


STEPS = ["relay: took over", "relay: sent", "relay: committed"]


@pytest.mark.parametrize("step", STEPS)
def test_begun_again_after_any_step(database: str, broker: Broker, topics: Topics, step: str) -> None:
    """A relay that stops at a step, the third time it comes there, leaves nothing to be lost or doubled."""
    write_cases(database, 8)
    stopped = watching(stopping(step, 1 if step == STEPS[0] else 3))
    with relaying(database, broker, topics) as relay, stopped, pytest.raises(InterruptedError):
        relay.publish()
    with relaying(database, broker, topics) as relay:
        relay.publish()
    agrees(database, broker, topics)


def test_begun_again_where_one_partition_has_much_that_fell_back(database: str, broker: Broker, topics: Topics) -> None:
    """A relay that died with many entries of one record on their way: nothing else is at that partition's end."""
    store = store_on(database)
    (record,) = records(store, 1)
    for _ in range(30):
        store.record(hearing(record))
    store.datastore.close()
    stopped = watching(stopping("relay: sent"))
    with relaying(database, broker, topics, batch=100) as relay, stopped, pytest.raises(InterruptedError):
        relay.publish()
    with relaying(database, broker, topics, batch=100) as relay:
        assert relay.publish() == 31
    agrees(database, broker, topics)


@pytest.mark.parametrize(
    "value",
    [b'{"position": Infinity, "sha256": "", "slots": {}, "deadlines": {}, "rows": {}, "ids": {}}', b"[" * 200_000,
     b'{"position": 5, "sha256": "", "slots": {"0": []}, "deadlines": {}, "rows": {}, "ids": {}}', b"\xff", None],
    ids=["endless", "deep", "without numbers", "no text", "nothing"],
)  # fmt: skip
def test_what_is_no_position_is_told_as_that(value: bytes | None) -> None:
    """Whatever somebody has written there."""
    with pytest.raises(Broken, match=r"is no position; .*--anew"):
        read_position(SimpleNamespace(value=value))


def test_an_end_that_cannot_be_read_is_no_broker_that_is_away(database: str, broker: Broker, topics: Topics) -> None:
    """A stranger's message whose header has a name that is no text: the relay says where it lies, and ends at once."""
    write_cases(database, 1)
    with relaying(database, broker, topics) as relay:
        relay.publish()
    one = read_topic(broker, topics.entries)[0]
    write(broker, topics.entries, [one._replace(headers=[(Odd("a"), b"1")])])
    where = f"{topics.entries}, partition {one.partition}, offset "
    with relaying(database, broker, topics) as relay, pytest.raises(Broken, match=where):
        relay.follow(threading.Event())
    with pytest.raises(Broken, match=where), reaching(broker), tails_of(broker, topics.entries) as ends:
        ends(topics.entries, [one.partition])


def test_a_second_relay_fences_the_first(database: str, broker: Broker, topics: Topics) -> None:
    """The first can publish nothing more, and says so; nothing is there twice."""
    write_cases(database, 4)
    with relaying(database, broker, topics) as first, relaying(database, broker, topics) as second:
        first.publish(until=5)
        second.publish(until=10)
        old: Any = vars(first)["_producer"]
        with pytest.raises(TakenOver):
            first.publish()
        with pytest.raises(KafkaError) as later:
            old.begin_transaction()
        assert taken_over(old, later.value), "whatever is called after it fails for the same reason"
        second.publish()
    agrees(database, broker, topics)


def test_fenced_in_the_middle_of_a_transaction(database: str, broker: Broker, topics: Topics) -> None:
    """What the first had sent and not committed is undone, and the second publishes it."""
    write_cases(database, 4)
    with relaying(database, broker, topics) as first, relaying(database, broker, topics) as second:

        def take_over(reached: str) -> None:
            if reached == "relay: sent":
                steps.WATCHERS.remove(take_over)
                second.publish()

        steps.WATCHERS.append(take_over)
        with pytest.raises(TakenOver):
            first.publish()
    agrees(database, broker, topics)


def test_a_transaction_that_ran_out_is_begun_again(database: str, broker: Broker, topics: Topics) -> None:
    """Who holds the store's lock wasn't taken over: the broker undid what was open for too long, and it goes on."""
    write_cases(database, 4)
    with relaying(database, broker, topics) as relay:
        assert relay.alone()

        def run_out(reached: str) -> None:
            if reached == "relay: sent":
                steps.WATCHERS.remove(run_out)
                other = broker.producer(topics.relay_id)
                other.init_transactions()  # bumps the epoch, as the broker does
                other.close()

        steps.WATCHERS.append(run_out)
        with pytest.raises(KafkaError, match="ran out of time"):
            relay.publish()
        assert relay.publish() == 16
        row = relay.connection.execute("SELECT taken_over FROM ops.relayed").fetchone()
        assert row == (0,), "nobody has taken over"
    agrees(database, broker, topics)


def test_topics_made_anew_are_noticed_by_who_is_idle(
    database: str, broker: Broker, topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that was published is gone: the relay begins again, and nothing reads as published before it is."""
    write_cases(database, 2)
    with relaying(database, broker, topics) as relay:
        relay.publish()
        clear(broker, topics)
        apply(broker, topics)
        stop = threading.Event()
        monkeypatch.setattr("roznamcha.relay.LOOK", 0.0)
        thread = threading.Thread(target=relay.follow, args=(stop,), kwargs={"net": 0.1})
        thread.start()
        until(lambda: relay.published == 16, 30)
        stop.set()
        thread.join()
    agrees(database, broker, topics)


def test_one_topic_made_anew_is_noticed_by_who_is_idle(
    database: str, broker: Broker, topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was published into it is gone, and nothing is published behind it."""
    write_cases(database, 2)
    with relaying(database, broker, topics) as relay:
        relay.publish()
        remove(broker, topics, ("entries",))
        until(lambda: topics["entries"] in plan(broker, topics).missing, 20)
        create(broker, topics, ("entries",))
        monkeypatch.setattr("roznamcha.relay.LOOK", 0.0)
        with pytest.raises(Broken, match="messages were lost"):
            relay.follow(threading.Event(), net=0.1)


def test_one_store_is_published_under_one_prefix(database: str, broker: Broker, topics: Topics) -> None:
    """Rows of views leave the outbox once they are published: another relay elsewhere would take half of them."""
    write_cases(database, 1)
    other = Topics(new_prefix().removesuffix("."))
    create(broker, other)
    with relaying(database, broker, topics) as relay:
        relay.publish()
    with relaying(database, broker, other) as relay:
        with pytest.raises(Usage, match=f"published under {topics.prefix}, and not under {other.prefix}"):
            relay.publish()
        forget(relay.connection)
        assert relay.publish() == 4
    remove(broker, other)


def test_whose_the_entries_on_kafka_are(database: str, server: Embedded, broker: Broker, topics: Topics) -> None:
    """A store that doesn't hold them has nothing to do with them, whether a position says whose they are or not."""
    with connected(database) as connection, fresh_database(server.url) as url, connected(url) as wrong:
        belong(wrong, broker, topics)  # nothing is there
        write_cases(database, 2)
        relay = Relay(connection, broker, topics, catalogue())
        relay.publish()
        relay.close()
        for there in (True, False):
            if not there:
                remove(broker, topics, ("relay.position",))
            belong(connection, broker, topics)
            with pytest.raises(Broken, match="the store " + ("doesn't hold" if there else "holds none")):
                belong(wrong, broker, topics)
            write_cases(url, 3, first=10 * there)  # others, at the same positions
            with pytest.raises(Broken, match="the store " + ("doesn't hold" if there else "holds none")):
                belong(wrong, broker, topics)
        create(broker, topics, ("relay.position",))


def test_one_relay_is_at_work_on_a_store(database: str, broker: Broker, topics: Topics) -> None:
    """Another one waits for the lock, so that two don't fence each other in turn."""
    with relaying(database, broker, topics) as first, relaying(database, broker, topics) as second:
        assert first.alone()
        assert not second.alone()


def test_a_store_that_was_restored_is_noticed(database: str, broker: Broker, topics: Topics) -> None:
    """Kafka has what the store no longer holds: nothing is published, and the way back is told."""
    write_cases(database, 2)
    with relaying(database, broker, topics) as relay:
        relay.publish()
    with psycopg.connect(database, autocommit=True) as owner:
        owner.execute("ALTER TABLE roznamcha.entries DISABLE TRIGGER USER")
        owner.execute("DELETE FROM roznamcha.entries WHERE notification_id > 5")
    with relaying(database, broker, topics) as relay, pytest.raises(Broken, match="topics apply --anew"):
        relay.publish()


def test_a_stranger_in_the_topic_is_noticed(database: str, broker: Broker, topics: Topics) -> None:
    """Somebody else wrote at the end of a partition: the relay says which, and adds nothing."""
    (record, *_) = write_cases(database, 2)
    with relaying(database, broker, topics) as relay:
        relay.publish()
    producer = broker.producer()
    producer.send(topics.entries, b"x", key=b"y", partition=slot_of(record)).get(10)
    producer.close()
    write_cases(database, 1, first=2)
    with relaying(database, broker, topics) as relay, pytest.raises(Broken, match=f"partition {slot_of(record)} "):
        relay.publish()


def test_a_position_that_is_none_is_noticed(database: str, broker: Broker, topics: Topics) -> None:
    """Nothing is published from a place nobody knows."""
    write_cases(database, 1)
    producer = broker.producer()
    producer.send(topics.position, b"{}", key=b"0", partition=0).get(10)
    producer.close()
    with relaying(database, broker, topics) as relay, pytest.raises(Broken, match="is no position"):
        relay.publish()


def test_no_topics_no_relay(database: str, broker: Broker) -> None:
    """A topic that isn't there is told with what makes it, and is not made by publishing."""
    write_cases(database, 1)
    with relaying(database, broker, Topics("nobody")) as relay, pytest.raises(Unavailable, match="topics apply"):
        relay.publish()


def test_an_entry_that_cannot_be_read_is_carried_all_the_same(database: str, broker: Broker, topics: Topics) -> None:
    """The relay copies and never translates: one poisoned entry doesn't stop the rest."""
    write_cases(database, 2)
    with psycopg.connect(database, autocommit=True) as owner:
        owner.execute("ALTER TABLE roznamcha.entries DISABLE TRIGGER USER")
        owner.execute("UPDATE roznamcha.entries SET state = '\\x00ffffffff00' WHERE notification_id = 3")
    with relaying(database, broker, topics) as relay:
        assert relay.publish() == 8
    agrees(database, broker, topics)


@pytest.mark.parametrize("batch", [5, 7])
def test_what_a_newer_release_wrote_is_left_to_it(database: str, broker: Broker, topics: Topics, batch: int) -> None:
    """Its headers would be wrong for ever: what is before it is published, and then it is said who must."""
    write_cases(database, 2)
    newer = max(each.id for each in catalogue().locked) + 3
    with psycopg.connect(database, autocommit=True) as owner:
        owner.execute("ALTER TABLE roznamcha.entries DISABLE TRIGGER USER")
        state = b"\0" + newer.to_bytes(4, "big") + b"\0"
        owner.execute("UPDATE roznamcha.entries SET state = %s WHERE notification_id = 6", (state,))
    with relaying(database, broker, topics, batch) as relay:
        for _ in range(2):
            with pytest.raises(Unavailable, match=f"schema id {newer} .*newer release"):
                relay.publish()
        assert relay.published == 5
    assert sorted(positions_of(read_topic(broker, topics.entries))) == [1, 2, 3, 4, 5]
