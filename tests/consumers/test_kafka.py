"""Following the topic gives the same tables as following the log, whatever Kafka does with what lies in between."""

from __future__ import annotations

import contextlib
import random
import threading
import time

import pytest

from consumers import letters, parking
from consumers.clients import Broker
from consumers.embedded import connected
from consumers.slots import SLOTS
from consumers.topics import Topics
from roznamcha.verifying import verify
from schemas import catalogue
from tests.broker.copies import create, remove, write
from tests.broker.reading import read_topic
from tests.consumers.feed import all_views, digest, following, write_cases
from tests.consumers.posted import (
    anew,
    folded,
    from_the_log,
    meddle,
    posted,
    publish,
    read_again,
    working,
)
from tests.fault.test_order import until


def test_the_topic_gives_the_same_tables_as_the_log(database: str, broker: Broker, topics: Topics) -> None:
    """Every table of every view; nothing is new the second time, and what is entered meanwhile is."""
    write_cases(database, 12)
    publish(database, broker, topics)
    log = from_the_log(database)
    with posted(database, broker, topics) as follower:
        assert follower.catch_up() == 48
        assert digest(follower.connection) == log
        assert follower.catch_up() == 0
        write_cases(database, 3, first=12)
        publish(database, broker, topics)
        assert follower.catch_up() == 12
        report = verify(follower.connection, all_views(), catalogue())
        assert report.ok, report.first_bad
        assert letters.kept(follower.connection) == []
        assert parking.parked(follower.connection) == []


def test_shuffled_and_redelivered_partitions_give_the_same_tables(
    database: str, broker: Broker, topics: Topics
) -> None:
    """Small batches, partitions in whatever order, each read from the beginning again and again."""
    write_cases(database, 25)
    publish(database, broker, topics)
    log, dice = from_the_log(database), random.Random(7)
    with posted(database, broker, topics, batch=7) as follower:
        done = 0
        for _ in range(40):
            done += follower.step(0.05)
            held = sorted(follower.reading.held)
            for slot in dice.sample(held, min(len(held), 6)):
                follower.reading.begin({slot: dice.randint(0, follower.reading.position(slot) or 0)})
        done += follower.catch_up()
        assert done == 100
        assert digest(follower.connection) == log
        assert letters.kept(follower.connection) == []
        assert verify(follower.connection, all_views(), catalogue()).ok


def test_two_followers_share_the_slots(database: str, broker: Broker, topics: Topics) -> None:
    """Each takes some and none what the other has; busy between two polls, they don't set each other off for ever."""
    write_cases(database, 20)
    publish(database, broker, topics)
    log = from_the_log(database)
    with (
        posted(database, broker, topics, batch=5) as first,
        posted(database, broker, topics, batch=5) as second,
    ):
        done = [0, 0]

        def shared() -> bool:
            done[0] += first.step(0.05)
            done[1] += second.step(0.05)
            held = first.reading.held, second.reading.held
            return bool(held[0] and held[1]) and not held[0] & held[1] and len(held[0] | held[1]) == SLOTS

        assert until(shared)
        for _ in range(20):
            time.sleep(0.05)  # work, while the group's answers come
            shared()
        generation = first.reading.consumer.group_metadata().generation_id
        assert generation < 6
        assert until(lambda: shared() and sum(done) == 80)
        assert digest(first.connection) == log
        assert min(done) > 0
        write_cases(database, 10, first=20)
        publish(database, broker, topics)
        assert until(lambda: shared() and sum(done) == 120)
        assert first.reading.consumer.group_metadata().generation_id == generation
        assert verify(first.connection, all_views(), catalogue()).ok
        assert letters.kept(first.connection) == []


def test_followers_come_and_go_while_entries_come_in(database: str, broker: Broker, topics: Topics) -> None:
    """Rebalance after rebalance, some in the middle of a batch: nothing is lost, doubled or invented."""
    with contextlib.ExitStack() as all_of_them, working(database, broker, topics, batch=3):
        stacks = [all_of_them.enter_context(contextlib.ExitStack()) for _ in range(3)]
        for n in range(9):
            write_cases(database, 4, first=n * 4)
            publish(database, broker, topics)
            stacks[n % 3].close()
            stacks[n % 3].enter_context(working(database, broker, topics, batch=3))
        assert until(lambda: folded(database) == 144)
    with connected(database) as connection:
        assert verify(connection, all_views(), catalogue()).ok
        assert letters.kept(connection) == []


def test_sources_alternate_and_run_at_once(database: str, broker: Broker, topics: Topics) -> None:
    """Commands catch up with the log while a follower of the topic is at work: each batch is one's or the other's."""
    with following(database) as embedded, posted(database, broker, topics, batch=3) as follower:
        for n in range(4):
            write_cases(database, 5, first=n * 5)
            publish(database, broker, topics)
            mine = embedded.catch_up(until=n * 20 + 5) if n % 2 else 0
            assert mine + follower.catch_up() == 20
            assert embedded.catch_up() == 0
        write_cases(database, 30, first=20)
        publish(database, broker, topics)
        thread = threading.Thread(target=lambda: embedded.catch_up(batch=2))
        thread.start()
        follower.catch_up()
        thread.join()
        assert folded(database) == 200
        assert verify(follower.connection, all_views(), catalogue()).ok
        assert letters.kept(follower.connection) == []


# --- where reading goes on -------------------------------------------------------------------------------------------


def test_reading_goes_on_where_it_was_and_without_a_hint_from_the_beginning(
    database: str, broker: Broker, topics: Topics
) -> None:
    """A hint saves reading; one that is lost, or of another topic of that name, costs reading, and nothing else."""
    write_cases(database, 10)
    publish(database, broker, topics)
    with posted(database, broker, topics) as follower:
        assert follower.catch_up() == 40
        log = digest(follower.connection)
        follower.step(0.1)
    assert read_again(database, broker, topics, log) == 0
    meddle(database, "DELETE FROM ops.offsets")
    assert read_again(database, broker, topics, log) == 40
    meddle(database, "UPDATE ops.offsets SET topic_id = 'another', next = next + 5")
    assert read_again(database, broker, topics, log) == 40


def test_a_topic_made_anew_is_read_from_its_beginning(database: str, broker: Broker, topics: Topics) -> None:
    """Its offsets mean nothing any more; what was folded is not folded again, and what is new is."""
    write_cases(database, 10)
    publish(database, broker, topics)
    with posted(database, broker, topics) as follower:
        follower.catch_up()
    with connected(database) as connection:
        log = digest(connection)
    messages = read_topic(broker, topics.entries)
    remove(broker, topics, ("entries",))
    create(broker, topics, ("entries",))
    write(broker, topics.entries, messages)
    assert read_again(database, broker, topics, log) == 40
    asked: list[int] = []

    def ours() -> None:
        asked.append(1)
        if len(asked) > 1:
            message = "another store's"
            raise LookupError(message)

    with posted(database, broker, topics, ours=ours) as follower:
        follower.catch_up()
        follower.reading.again()  # the same topic: whose it is was asked
        assert len(asked) == 1
        remove(broker, topics, ("entries",))
        create(broker, topics, ("entries",))
        write(broker, topics.entries, messages)
        with pytest.raises(LookupError, match="another store's"):
            follower.reading.again()


def test_a_hint_is_not_believed_when_the_checkpoint_went_back(database: str, broker: Broker, topics: Topics) -> None:
    """Views that were emptied are filled from the beginning of the topic, and nothing is called missing."""
    write_cases(database, 10)
    publish(database, broker, topics)
    log = from_the_log(database)
    with posted(database, broker, topics) as follower:
        follower.catch_up()
        follower.step(0.1)
    with connected(database) as connection:
        anew(connection, all_views())
    with posted(database, broker, topics) as follower:
        assert follower.catch_up() == 40
        assert digest(follower.connection) == log
        anew(follower.connection, all_views())  # behind its back, while it is at work
        write_cases(database, 10, first=10)
        publish(database, broker, topics)
        assert follower.catch_up() == 80
        assert letters.kept(follower.connection) == []
        assert verify(follower.connection, all_views(), catalogue()).ok
