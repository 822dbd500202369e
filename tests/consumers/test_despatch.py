"""Dead letters are sent on, each into its partition, and none holds up another or the views."""

from __future__ import annotations

import os
from hashlib import sha256
from typing import Any

import pytest

from consumers import clients, despatch, letters
from consumers.clients import Broker
from consumers.embedded import connected
from consumers.slots import SLOTS
from consumers.topics import Topics
from tests.broker.copies import create, remove, write
from tests.broker.reading import read_topic
from tests.consumers.feed import write_cases
from tests.consumers.posted import posted, publish
from tests.fault.test_order import until


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
