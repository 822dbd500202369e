"""What another system can't take waits, record by record, and comes to it in order when it can."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from consumers.clients import Broker
from consumers.subscriber import Spoilt
from consumers.topics import Topics
from roznamcha.received import FromBook, received_by
from tests.broker.copies import Odd, copied, position, write
from tests.broker.reading import read_topic
from tests.consumers.feed import write_cases
from tests.consumers.posted import mirrored, shelves
from tests.consumers.subscribing import (
    breaking,
    came_once,
    own,
    poisoned,
    publish,
    query,
    receive,
    received,
    subscriber,
    watching,
)

__all__ = ["own"]
REPLAYED = "subscriber: replayed"


def test_what_cannot_be_taken_parks_its_record(database: str, own: str, broker: Broker, topics: Topics) -> None:
    """Later entries of that record wait behind it, in order; all others have their effect. Mended, it is replayed."""
    write_cases(database, 6)
    log = publish(database, broker, topics)
    stop = log[9]
    record = [each for each in log if each.record_id == stop.record_id]
    behind = [each.position for each in record if each.position >= stop.position]
    court = subscriber(own, broker, topics, poisoned(stop.position))
    assert court.catch_up() == len(log)
    assert {each for each, _ in received(own)} == {each.position for each in log} - set(behind)
    (lot,) = court.parked()
    assert (lot.record_id, lot.position, lot.waiting) == (stop.record_id, stop.position, len(behind))
    assert lot.why.startswith("RuntimeError in handle:")
    why = court.replay(stop.record_id)
    assert why is not None
    assert why.startswith("RuntimeError")
    assert len(received(own)) == len(log) - len(behind)
    mended = subscriber(own, broker, topics)
    with watching(breaking(REPLAYED)), pytest.raises(ZeroDivisionError):
        mended.replay(stop.record_id)
    assert len(mended.parked()) == 1
    assert mended.replay(stop.record_id) is None
    assert mended.parked() == []
    came_once(own, log)
    rows = query(own, "SELECT sum(count)::int FROM roznamcha_subscriber.roznamcha_seen")
    assert rows == [(len(log),)]


def test_a_character_that_no_table_holds_stops_nobody(database: str, own: str, broker: Broker, topics: Topics) -> None:
    """In a header's name and in its value, at the same offset of two partitions: two messages are kept, and told."""
    write_cases(database, 1)
    log = publish(database, broker, topics)
    one = read_topic(broker, topics.entries)[0]
    for partition in {(one.partition + 1) % 60, (one.partition + 2) % 60}:
        write(broker, topics.entries, [one._replace(partition=partition, headers=[("a\0b", b"1\0")])])
    court = subscriber(own, broker, topics)
    court.catch_up()
    assert [(each.record_id, each.waiting) for each in court.parked()] == [(None, 1), (None, 1)]
    came_once(own, log)
    with received_by(own, "roznamcha_subscriber", topics.entries) as told:
        assert told.told()["parked"] == 2


def test_later_entries_go_behind_a_parked_record(database: str, own: str, broker: Broker, topics: Topics) -> None:
    """Also in a batch of its own, taken without stumbling, and by another process."""
    write_cases(database, 3)
    log = publish(database, broker, topics)
    first = log[0]
    subscriber(own, broker, topics, poisoned(first.position), batch=1).catch_up()
    mended = subscriber(own, broker, topics)
    (lot,) = mended.parked()
    assert lot.waiting == len([each for each in log if each.record_id == first.record_id])
    assert mended.replay(first.record_id) is None
    came_once(own, log)


def test_what_is_no_entry_is_dismissed_by_a_person(database: str, own: str, broker: Broker, topics: Topics) -> None:
    """It stays kept, with who and why; an entry is only ever replayed. The book of an older kit knows it too."""
    write_cases(database, 2)
    log = publish(database, broker, topics)
    entry = next(each for each in read_topic(broker, topics.entries) if position(each) == log[-1].position)
    write(broker, topics.entries, [entry._replace(key=None, value=b"hello", headers=[])])
    court = subscriber(own, broker, topics, poisoned(log[-1].position))
    court.catch_up()
    older = "ALTER TABLE roznamcha_subscriber.roznamcha_parked DROP COLUMN dismissed"
    with psycopg.connect(own, autocommit=True) as connection:
        connection.execute(older)
        (lot,) = [each for each in court.parked() if each.record_id is None]
        assert FromBook(connection, "roznamcha_subscriber", topics.entries).parked == 2
        with pytest.raises(TypeError, match="dismiss it, by partition and offset"):
            court.replay(lot.record_id)  # type: ignore[arg-type]
        assert (lot.partition, lot.offset is None) == (entry.partition, False)
        stray, who = (entry.partition, lot.offset or 0), {"by": "R. Verma, court clerk", "reason": "a test of ours"}
        with pytest.raises(ValueError, match="say who, and why"):
            court.dismiss(*stray, by="clerk", reason=" ")
        with pytest.raises(ValueError, match=f"an entry of record {log[-1].record_id}, and can't be dismissed"):
            court.dismiss(entry.partition, entry.offset, **who)
        court.dismiss(*stray, **who)
        with pytest.raises(LookupError, match="it was dismissed before"):
            court.dismiss(*stray, **who)
        assert [each.record_id for each in court.parked()] == [log[-1].record_id]
        assert FromBook(connection, "roznamcha_subscriber", topics.entries).parked == 1
        told = "SELECT dismissed - 'at', value FROM roznamcha_subscriber.roznamcha_parked WHERE dismissed ? 'at'"
        assert query(own, told) == [(who, b"hello")]


def test_an_entry_of_an_unknown_schema_waits_for_a_newer_kit(
    database: str, own: str, broker: Broker, topics: Topics
) -> None:
    """What can't be decoded parks its record: nothing is guessed."""
    write_cases(database, 2)
    log = publish(database, broker, topics)
    head = log[0]

    def newer(message: Any) -> list[Any]:
        value = b"\0\x7f\xff\xff\xff" + message.value[5:]
        return [message._replace(value=value) if position(message) == head.position else message]

    with copied(broker, topics, newer) as copy:
        court = subscriber(own, broker, copy)
        court.catch_up()
        (lot,) = court.parked()
    assert (lot.record_id, lot.waiting) == (head.record_id, 4)
    assert "schema" in lot.why


def test_an_error_that_was_hidden_is_found(database: str, own: str, broker: Broker, topics: Topics) -> None:
    """A function that swallows its database's refusal has not taken the entry: its record is parked, no other."""
    write_cases(database, 3)
    log = publish(database, broker, topics)

    def handle(cursor: Any, entry: Any) -> None:
        receive(cursor, entry)
        if entry.meta.position == log[5].position:
            try:
                cursor.execute("SELECT 1/0")
            except psycopg.Error:
                return

    court = subscriber(own, broker, topics, handle, batch=500)
    court.catch_up()
    assert [each.record_id for each in court.parked()] == [log[5].record_id]
    assert subscriber(own, broker, topics).replay(log[5].record_id) is None
    came_once(own, log)


def test_a_rule_that_is_checked_at_the_end_parks_the_right_record(
    database: str, own: str, broker: Broker, topics: Topics
) -> None:
    """A deferred constraint of the subscriber's own tables speaks at the entry that breaks it."""
    write_cases(database, 3)
    log = publish(database, broker, topics)
    court = subscriber(own, broker, topics, batch=500)
    with psycopg.connect(own) as connection:
        connection.execute("CREATE TABLE known (position bigint PRIMARY KEY)")
        connection.cursor().executemany(
            "INSERT INTO known VALUES (%s)", [(each.position,) for each in log if each is not log[4]]
        )
        connection.execute(
            "ALTER TABLE received ADD FOREIGN KEY (position) REFERENCES known DEFERRABLE INITIALLY DEFERRED"
        )
    court.catch_up()
    assert [each.record_id for each in court.parked()] == [log[4].record_id]


def test_a_message_that_cannot_be_read_stops_its_partition_alone(
    database: str, own: str, broker: Broker, topics: Topics
) -> None:
    """What the library can't take apart may be an entry: it is asked for again, named, and never passed by."""
    write_cases(database, 12)
    publish(database, broker, topics)
    first, second, *others = shelves(read_topic(broker, topics.entries))
    odd = [(each, each[1]._replace(headers=[(Odd("a"), b"1")])) for each in (first, second)]

    def change(message: Any) -> list[Any]:
        return [*(strange for each, strange in odd if message is each[1]), message]

    with mirrored(broker, topics, [one for each in (first, second, *others) for one in each], change) as copy:
        court = subscriber(own, broker, copy)
        for _ in range(2):  # again from the beginning: it is found again
            with pytest.raises(Spoilt, match="can't be read"):
                court.catch_up()
            assert court.stopped.keys() == {first[0].partition, second[0].partition}
    stopped = query(own, "SELECT partition FROM roznamcha_subscriber.roznamcha_offsets WHERE stopped <> '' ORDER BY 1")
    assert stopped == [(each,) for each in sorted(court.stopped)]
    there = [int(dict(one.headers)["position"]) for each in others for one in each]
    came = query(own, "SELECT position FROM received ORDER BY nth")
    assert {each for (each,) in came} >= set(there)
    assert len(came) == len(set(came))
