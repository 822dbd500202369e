"""What is wrong with a topic is set straight by the store, named, and sent on raw; nothing waits for it."""

from __future__ import annotations

from typing import Any

import pytest

from consumers import arrivals, letters, offsets, parking
from consumers.clients import Broker
from consumers.slots import SLOTS
from consumers.topics import Topics
from roznamcha.verifying import verify
from schemas import catalogue
from tests.broker.copies import Odd, position, write
from tests.broker.reading import read_topic
from tests.consumers.feed import all_views, digest, write_cases
from tests.consumers.marks import Diary, Lines, told
from tests.consumers.posted import (
    from_the_log,
    mirrored,
    posted,
    publish,
    renumbered,
    rows,
    shelves,
)
from tests.consumers.subscribing import own, subscriber
from tests.fault.test_order import until

__all__ = ["own"]


def test_what_the_topic_lacks_is_taken_from_the_store(database: str, broker: Broker, topics: Topics) -> None:
    """Holes, one at a partition's beginning, a doubled and a late message: the tables are the log's."""
    write_cases(database, 12)
    publish(database, broker, topics)
    log, messages = from_the_log(database), read_topic(broker, topics.entries)
    one, other, *_ = shelves(messages)
    lacking = [one[0], other[1], other[2]]
    late, doubled = one[2], one[3]

    def change(message: Any) -> list[Any]:
        if message in lacking or message is late:
            return []
        return [message, message, late] if message is doubled else [message]

    with mirrored(broker, topics, messages, change) as copy, posted(database, broker, copy) as follower:
        follower.catch_up()
        assert digest(follower.connection) == log
        found = letters.kept(follower.connection)
        # The late one was needed before it came, unless both lay in one batch.
        named = sorted(each.position or 0 for each in found)
        assert [each for each in named if each != position(late)] == sorted(map(position, lacking))
        assert {(each.why, each.sent) for each in found} == {(letters.MISSING, True)}
        follower.reading.begin(dict.fromkeys(range(SLOTS), 0))
        follower.catch_up()
        assert letters.kept(follower.connection) == found
        assert verify(follower.connection, all_views(), catalogue()).ok


def test_a_topic_that_lost_its_beginning(
    database: str, broker: Broker, topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More is missing than is taken at once: page by page, and each entry is named."""
    monkeypatch.setattr(arrivals, "PAGE", 3)
    write_cases(database, 20)
    publish(database, broker, topics)
    log, messages = from_the_log(database), read_topic(broker, topics.entries)
    kept = [each[-1] for each in shelves(messages)]
    with (
        mirrored(broker, topics, messages, lambda each: [each] if each in kept else []) as copy,
        posted(database, broker, copy) as follower,
    ):
        assert follower.catch_up() == 80
        assert digest(follower.connection) == log
        assert len(letters.kept(follower.connection)) == 80 - len(kept)


def test_strangers_messages_are_dead_letters_and_the_rest_goes_on(
    database: str, broker: Broker, topics: Topics
) -> None:
    """Garbage of every kind between the entries: kept, sent on raw with where it lay, and nothing waits for it."""
    write_cases(database, 10)
    publish(database, broker, topics)
    log, messages = from_the_log(database), read_topic(broker, topics.entries)
    one, other, *_ = shelves(messages)
    garbage = [
        one[1]._replace(key=b"\xff", value=b"rubbish\x00", headers=[("\0 odd", b""), ("a", b"\xff"), ("a", b"2")]),
        one[1]._replace(key=None, value=b"", headers=[]),
        one[1]._replace(value=None),
        other[1]._replace(partition=(other[1].partition + 1) % SLOTS),
    ]

    def change(message: Any) -> list[Any]:
        return [*garbage, message] if message is one[1] else [message]

    with mirrored(broker, topics, messages, change) as copy, posted(database, broker, copy, batch=4) as follower:
        assert follower.catch_up() == 40
        assert digest(follower.connection) == log
        assert until(lambda: not follower.step(0.1) and all(each.sent for each in letters.kept(follower.connection)))
        found = letters.kept(follower.connection)
        assert len(found) == 4
        assert rows(database, "SELECT DISTINCT key, value, headers FROM ops.dead_letters") == [(None, None, None)]
        sent = sorted(read_topic(broker, copy.dead), key=lambda each: (each.partition, each.offset))
        theirs = [*garbage[:3], garbage[3]]
        assert {(each.partition, each.key, each.value or b"") for each in sent} == {
            (each.partition, each.key, each.value or b"") for each in theirs
        }
        raw = next(each for each in sent if each.value == b"rubbish\x00")
        assert raw.headers[:3] == garbage[0].headers
        told = dict(raw.headers[3:])
        assert told["x-original-topic"] == copy.entries.encode()
        assert int(told["x-original-partition"]) == one[1].partition
        assert int(told["x-original-timestamp"]) == one[1].timestamp
        assert {int(dict(each.headers)["x-original-offset"]) for each in sent} == {each.offset for each in found}
        assert told["x-reason"].decode() in {each.why for each in found}
        assert told["x-consumer-group"] == b"main"
        follower.reading.begin(dict.fromkeys(range(SLOTS), 0))  # seen again, it is the same letter
        follower.catch_up()
        assert letters.kept(follower.connection) == found
        assert len(read_topic(broker, copy.dead)) == 4


def test_a_message_that_cannot_even_be_read(database: str, broker: Broker, topics: Topics) -> None:
    """The library can't take it apart: it is named and passed by; what it hides is taken from the store."""
    write_cases(database, 8)
    publish(database, broker, topics)
    log, messages = from_the_log(database), read_topic(broker, topics.entries)
    one, other, *_ = shelves(messages)
    odd = one[1]._replace(headers=[(Odd("a"), b"1")])
    unreadable = "a message that can't be read: CorruptRecordError"

    def change(message: Any) -> list[Any]:
        return [odd, message] if message is one[1] else [message]

    with mirrored(broker, topics, messages, change) as copy, posted(database, broker, copy, batch=4) as follower:
        write(broker, copy.entries, [odd._replace(partition=other[0].partition)])
        assert follower.catch_up() == 32
        assert digest(follower.connection) == log
        found = letters.kept(follower.connection)
        assert {(each.slot, each.offset, each.sent) for each in found if each.why == unreadable} >= {
            (odd.partition, 1, True), (other[0].partition, len(other), True)
        }  # fmt: skip
        assert {each.why for each in found} == {unreadable}
        write_cases(database, 30, first=8)
        publish(database, broker, topics)
        write(broker, copy.entries, [each for each in read_topic(broker, topics.entries) if each not in messages])
        assert follower.catch_up() == 120
        assert verify(follower.connection, all_views(), catalogue()).ok
        assert letters.kept(follower.connection)[: len(found)] == found


def test_what_passes_for_an_entry_and_is_none(database: str, broker: Broker, topics: Topics) -> None:
    """A well-formed message of a position the store gave to nobody, or to another: the checkpoint never follows it."""
    write_cases(database, 10)
    publish(database, broker, topics)
    log, messages = from_the_log(database), read_topic(broker, topics.entries)
    one, other, third, *_ = shelves(messages)
    beyond = renumbered(one[-1], 10**9, position(one[-1]))
    between = (
        renumbered(other[1], position(third[0]), position(other[1]))
        if position(third[0]) > position(other[1])
        else renumbered(other[1], position(other[1]) + 10**6, position(other[1]))
    )

    def change(message: Any) -> list[Any]:
        return [message, beyond] if message is one[-1] else [message, between] if message is other[1] else [message]

    with mirrored(broker, topics, messages, change) as copy, posted(database, broker, copy) as follower:
        assert follower.catch_up() == 40
        assert digest(follower.connection) == log
        assert sorted((each.why, each.slot) for each in letters.kept(follower.connection)) == sorted(
            (letters.UNKNOWN, each.partition) for each in (beyond, between)
        )
        write_cases(database, 10, first=10)
        publish(database, broker, topics)
        later = [each for each in read_topic(broker, topics.entries) if each not in messages]
        write(broker, copy.entries, later)
        assert follower.catch_up() == 40
        assert verify(follower.connection, all_views(), catalogue()).ok


def test_what_no_database_can_keep_ends_nobody(database: str, own: str, broker: Broker, topics: Topics) -> None:
    """One position of the store's nobody twice in a slot, one beyond all numbers, a name no text can hold."""
    write_cases(database, 10)
    publish(database, broker, topics)
    log, messages = from_the_log(database), read_topic(broker, topics.entries)
    one, other, third, fourth, *_ = shelves(messages)
    twice = renumbered(one[-1], 10**9, position(one[-1]))
    beyond = renumbered(other[-1], 2**63, position(other[-1]))
    nameless = renumbered(third[-1], position(third[-1]) + 1, position(third[-1]))
    nameless = nameless._replace(
        headers=[(each, b"roznamcha.\0" if each == "ce_type" else value) for each, value in nameless.headers]
    )
    # Nobody's, in its own slot, with the position of somebody's in another: each letter has what lay in its own place.
    borrowed = renumbered(fourth[-1], position(fourth[-1]) + 10**6, position(fourth[-1]))._replace(value=b"borrowed")
    strangers = [twice, twice._replace(value=b"again"), beyond, nameless, borrowed]
    with mirrored(broker, topics, [*messages, *strangers]) as copy, posted(database, broker, copy) as follower:
        assert follower.catch_up() == 40
        assert digest(follower.connection) == log
        assert until(lambda: not follower.step(0.1) and all(each.sent for each in letters.kept(follower.connection)))
        assert len(letters.kept(follower.connection)) == len(strangers)
        sent = {(each.partition, each.value) for each in read_topic(broker, copy.dead)}
        assert sent == {(each.partition, each.value) for each in strangers}
    with mirrored(broker, topics, [*messages, beyond, nameless]) as copy:
        court = subscriber(own, broker, copy)
        assert court.catch_up() == 40
        assert sum(lot.record_id is None for lot in court.parked()) == 2


def test_an_entry_that_was_altered_on_the_way_is_taken_from_the_store(
    database: str, broker: Broker, topics: Topics
) -> None:
    """Cut short, another's bytes, or under another name, in the midst and at the end: the letter has what came."""
    write_cases(database, 10)
    publish(database, broker, topics)
    log, messages = from_the_log(database), read_topic(broker, topics.entries)
    one, other, third, *_ = shelves(messages)
    another = [(name, b"roznamcha.case.HearingHeld" if name == "ce_type" else told) for name, told in third[1].headers]
    changed = {
        id(one[1]): one[1]._replace(value=one[1].value[:40]),
        id(other[-1]): other[-1]._replace(value=one[-1].value),
        id(third[1]): third[1]._replace(headers=another),
    }

    def change(message: Any) -> list[Any]:
        return [changed.get(id(message), message)]

    with mirrored(broker, topics, messages, change) as copy, posted(database, broker, copy) as follower:
        assert follower.catch_up() == 40
        assert digest(follower.connection) == log
        assert parking.parked(follower.connection) == []
        found = letters.kept(follower.connection)
        assert sorted((each.slot, each.position, each.why) for each in found) == sorted(
            (each.partition, position(each), letters.ALTERED) for each in changed.values()
        )
        assert until(lambda: not follower.step(0.1) and all(each.sent for each in letters.kept(follower.connection)))
        assert {each.value for each in read_topic(broker, copy.dead)} == {each.value for each in changed.values()}
        assert verify(follower.connection, all_views(), catalogue()).ok


def test_what_cannot_be_written_is_parked_and_letters_are_kept_with_it(
    database: str, broker: Broker, topics: Topics
) -> None:
    """Entry by entry, in a second transaction: where to read on and the letters are written there too."""
    write_cases(database, 6)
    publish(database, broker, topics)
    messages = read_topic(broker, topics.entries)
    one, *rest = shelves(messages)
    write(broker, topics.entries, [each[0]._replace(headers=[]) for each in (one, *rest)])
    views = [told(Diary(), unwritable={position(each[1]) for each in (one, *rest)}), Lines()]
    with posted(database, broker, topics, views) as follower:
        assert follower.catch_up() == 24
        assert len(letters.kept(follower.connection)) == 1 + len(rest)
        assert {lot.position for lot in parking.parked(follower.connection)} == set(views[0].unwritable)
        assert offsets.known(
            follower.connection, "main", topics.entries, follower.topic_id, [one[0].partition]
        ) == {one[0].partition: len(one) + 2}  # beyond the mark of the transaction, and the stranger's  # fmt: skip
    with posted(database, broker, topics, [Diary(), Lines()]) as follower:
        assert follower.catch_up() == 0
        for lot in parking.parked(follower.connection):
            assert parking.replay(follower.connection, Diary(), catalogue(), lot.record_id) is None
        assert verify(follower.connection, [Diary(), Lines()], catalogue()).ok
