"""What is wrong with a topic is set straight by the store, named, and sent on raw; nothing waits for it."""

from __future__ import annotations

import os
from hashlib import sha256
from typing import Any

import pytest

from consumers import arrivals, clients, despatch, letters, offsets, parking
from consumers.clients import Broker
from consumers.embedded import connected
from consumers.slots import SLOTS
from consumers.topics import Topics
from roznamcha.verifying import verify
from schemas import catalogue
from tests.broker.copies import create, position, remove, write
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


def test_a_letter_with_nothing_in_it_is_sent_all_the_same(database: str, broker: Broker, topics: Topics) -> None:
    """No key, no value, a header without a value: other clients may send it, and this one's producer may not."""
    write_cases(database, 1)
    publish(database, broker, topics)
    nothing = read_topic(broker, topics.entries)[0]._replace(key=None, value=None, headers=[("a", None)])
    letter = letters.Letter(nothing.partition, nothing.offset, "nothing", message=nothing)
    with connected(database) as connection:
        letters.keep(connection, "main", topics.entries, "id", [letter, letter])
        assert despatch.send(connection, broker, "main", topics.dead, [nothing.partition]) == 1
        assert despatch.send(connection, broker, "main", topics.dead, [nothing.partition]) == 0
        assert letters.count(connection) == 1
    (sent,) = read_topic(broker, topics.dead)
    assert (sent.key, sent.value, sent.headers[0]) == (None, b"", ("a", b""))


def test_a_letter_that_is_too_large_goes_without_what_was_in_it(database: str, broker: Broker, topics: Topics) -> None:
    """With its headers it is more than a message may be; another one behind it goes as it is."""
    write_cases(database, 1)
    publish(database, broker, topics)
    one = read_topic(broker, topics.entries)[0]
    large = one._replace(value=os.urandom(clients.LARGEST))
    strange = one._replace(partition=SLOTS)  # where the topic of dead letters has no partition
    with connected(database) as connection:
        kept = [
            letters.Letter(each.partition, n, "found", message=each) for n, each in enumerate((strange, large, one))
        ]
        letters.keep(connection, "main", topics.entries, "id", kept)
        with pytest.raises(clients.KafkaError, match="Unrecognized partition"):
            despatch.send(connection, broker, "main", topics.dead, range(SLOTS + 1))
        assert [each.sent for each in letters.kept(connection)] == [False, True, True]
    bare, whole = sorted(read_topic(broker, topics.dead), key=lambda each: len(each.value))
    assert (whole.key, whole.value) == (one.key, one.value)
    told = dict(bare.headers)
    assert (bare.value, told["x-original-offset"], told["x-reason"]) == (b"", b"1", b"found")
    assert told["x-left-out"].decode() == f"{clients.LARGEST} bytes, SHA-256 {sha256(large.value).hexdigest()}"
    assert "position" not in told


def test_letters_wait_for_a_topic_that_is_not_there(
    database: str, broker: Broker, topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Views go on, and are held up by one try in a while; the letter is kept raw, and sent when the topic is there."""
    write_cases(database, 5)
    publish(database, broker, topics)
    messages = read_topic(broker, topics.entries)
    remove(broker, topics, ("entries.dlq",))
    write(broker, topics.entries, [messages[0]._replace(headers=[])])
    failed, send = [], despatch.send

    def counted(*about: Any) -> int:
        try:
            return send(*about)
        except clients.KafkaError as error:
            failed.append(error)
            raise

    monkeypatch.setattr(despatch, "send", counted)
    with posted(database, broker, topics) as follower:
        assert follower.catch_up() == 20
        for n in range(1, 4):
            assert until(lambda n=n: not follower.step(0.1) and len(letters.kept(follower.connection)) == n)  # type: ignore[misc]
            follower.step(0.1)
            write(broker, topics.entries, [messages[0]._replace(headers=[])] * (n < 3))
        assert not any(each.sent for each in letters.kept(follower.connection))
        assert len(failed) == 1
        monkeypatch.setattr(follower, "_again", 0.0)  # the while is over
        create(broker, topics, ("entries.dlq",))
        assert until(lambda: not follower.step(0.1) and all(each.sent for each in letters.kept(follower.connection)))
    assert [each.value for each in read_topic(broker, topics.dead)] == [messages[0].value] * 3


class Odd(str):
    """The name of a header that is no text once it is written."""

    __slots__ = ()

    def encode(self, *_: Any) -> bytes:
        """As other clients let one do."""
        return b"\xff\xfe"


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


def test_letters_of_who_died_are_sent_by_who_comes_after(database: str, broker: Broker, topics: Topics) -> None:
    """Kept and not sent, in a slot that another one has now."""
    write_cases(database, 5)
    publish(database, broker, topics)
    one = read_topic(broker, topics.entries)[0]
    with posted(database, broker, topics) as second:
        with posted(database, broker, topics) as first:
            assert until(lambda: not (first.step(0.05) + second.step(0.05)) and len(first.reading.held) == SLOTS // 2)
            assert until(lambda: not (first.step(0.05) + second.step(0.05)) and len(second.reading.held) == SLOTS // 2)
            slot = min(first.reading.held)
            letter = letters.Letter(slot, 0, "found", message=one._replace(partition=slot))
            letters.keep(first.connection, "main", topics.entries, first.topic_id, [letter])
            second.step(0.1)
            assert [each.sent for each in letters.kept(second.connection)] == [False]
        assert until(lambda: not second.step(0.1) and letters.kept(second.connection)[0].sent)


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
