"""A subscriber whose topic was made anew: what is mended is read, and what is no longer what was taken stops it."""

from __future__ import annotations

from typing import Any

import pytest

from consumers.clients import Broker
from consumers.subscriber import Parted
from consumers.topics import Topics
from tests.acts import act
from tests.broker.copies import create, position, remove, write
from tests.broker.reading import read_topic
from tests.consumers.feed import write_cases
from tests.consumers.posted import renumbered, shelves
from tests.consumers.subscribing import Member, came_once, own, publish, query, received, subscriber, until
from tests.roznamcha.test_store import store_on

__all__ = ["own"]


def test_a_topic_made_anew_is_read_from_its_beginning(database: str, own: str, broker: Broker, topics: Topics) -> None:
    """Offsets of the old topic mean nothing in the new one, where other entries lie at them."""
    write_cases(database, 4)
    publish(database, broker, topics, batch=1)  # a mark of a transaction behind each entry
    court = subscriber(own, broker, topics)
    court.catch_up()
    made_anew(broker, topics)
    assert court.catch_up() == 0
    write_more(database, 4)
    log = publish(database, broker, topics, batch=100)
    assert court.catch_up() == len(log) - 16
    came_once(own, log)


def test_a_topic_made_anew_meanwhile_is_noticed(database: str, own: str, broker: Broker, topics: Topics) -> None:
    """What looks like a gap is none when the topic is another one: it is read from its beginning."""
    write_cases(database, 4)
    publish(database, broker, topics, batch=1)
    court = subscriber(own, broker, topics)
    with court.opened(None) as reading:

        def taken(count: int) -> bool:
            court.take(reading.poll(0.2), reading)
            return len(received(own)) == count

        until(lambda: taken(16))
        made_anew(broker, topics)
        write_more(database, 4)
        log = publish(database, broker, topics, batch=100)
        until(lambda: taken(len(log)))
    came_once(own, log)
    assert court.stopped == {}


def test_a_partition_that_stands_still_finds_that_the_topic_was_made_anew(
    database: str, own: str, broker: Broker, topics: Topics
) -> None:
    """Nothing else has to lack something for it: what was mended is read while the member runs."""
    write_cases(database, 4)
    log = publish(database, broker, topics)
    messages = read_topic(broker, topics.entries)
    lost = messages[0]
    made_anew(broker, topics)
    write(broker, topics.entries, [each for each in messages if each is not lost])
    member = Member("court", own, broker, topics, stall=1.0)
    until(lambda: set(member.subscriber.stopped) == {lost.partition}, 180)
    made_anew(broker, topics)
    write(broker, topics.entries, messages)
    until(lambda: len(received(own)) == len(log), 180)
    member.leave()
    came_once(own, log)
    assert member.subscriber.stopped == {}


def write_more(url: str, cases: int) -> None:
    """Enter more on the records there are."""
    store = store_on(url)
    store.record_units(
        [[act("case.AccusedArrested", f"feed:{n}", accused=f"A{k}")] for k in range(2, 10) for n in range(cases)]
    )
    store.datastore.close()


def made_anew(broker: Broker, topics: Topics) -> None:
    """Delete the topics and make them again, empty."""
    every = tuple(each.short for each in topics.all)
    remove(broker, topics, every)
    create(broker, topics, every)


# --- a topic that holds other entries than those that were taken -----------------------------------------------------


def test_a_store_that_was_restored_is_no_longer_followed(
    database: str, own: str, broker: Broker, topics: Topics
) -> None:
    """Its positions are given a second time, to other entries, and published anew: they are not taken for known."""
    write_cases(database, 4)
    log = publish(database, broker, topics)
    messages = read_topic(broker, topics.entries)
    court = subscriber(own, broker, topics)
    court.catch_up()
    one, other, *_ = shelves(messages)
    made_anew(broker, topics)
    values = {id(one[-1]): other[-1].value}  # the same position and the same link, and another entry
    write(broker, topics.entries, [each._replace(value=values.get(id(each), each.value)) for each in messages])
    with pytest.raises(Parted, match=f"another entry than the one that came from position {position(one[-1])}"):
        court.catch_up()
    assert set(court.stopped) == {one[0].partition}
    came_once(own, log)
    book = "SELECT partition FROM roznamcha_subscriber.roznamcha_offsets WHERE stopped LIKE '%%restored%%'"
    assert query(own, book) == [(one[0].partition,)]


@pytest.mark.parametrize(
    ("last", "previous", "why"),
    [
        (lambda one: position(one[-1]) + 1, lambda one: position(one[-2]), "is new, and follows"),
        (lambda one: position(one[-1]) + 10**12, lambda _: 0, "is new, and follows"),
        (lambda one: position(one[-1]) - 1, lambda one: position(one[-2]), "lies at position"),
    ],
)
def test_what_does_not_follow_the_last_one_stops_its_partition(
    database: str, own: str, broker: Broker, topics: Topics, last: Any, previous: Any, why: str
) -> None:
    """A later entry that follows an earlier one than the last, or one where none lay: neither is taken or passed by."""
    write_cases(database, 4)
    write_more(database, 4)
    log = publish(database, broker, topics)
    court = subscriber(own, broker, topics)
    court.catch_up()
    # One whose last two entries have others' between them: by chance they may not.
    one = next(
        each for each in shelves(read_topic(broker, topics.entries)) if position(each[-1]) - position(each[-2]) > 1
    )
    write(broker, topics.entries, [renumbered(one[-1], last(one), previous(one))])
    with pytest.raises(Parted, match=why):
        court.catch_up()
    came_once(own, log)


def test_a_strangers_entry_that_was_taken_is_found_out_by_the_next(
    database: str, own: str, broker: Broker, topics: Topics
) -> None:
    """It followed the last one and lies far beyond: what truly follows is not taken for known."""
    write_cases(database, 4)
    publish(database, broker, topics)
    one = shelves(read_topic(broker, topics.entries))[0]
    write(broker, topics.entries, [renumbered(one[-1], 10**12, position(one[-1]))])
    court = subscriber(own, broker, topics)
    court.catch_up()
    write(broker, topics.entries, [renumbered(one[-1], position(one[-1]) + 1, position(one[-1]))])
    with pytest.raises(Parted, match="where nothing lay"):
        court.catch_up()
