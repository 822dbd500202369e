"""Another system has every entry once, in its own database: whoever dies, comes, goes, lacks something or stumbles."""

from __future__ import annotations

import signal
import time
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
import pytest

from consumers.checkpoints import Fenced
from consumers.clients import Broker
from consumers.slots import SLOTS
from consumers.subscriber import Missing, Other
from consumers.topics import Topics
from roznamcha.postgres import Embedded
from tests.broker.copies import copied, position, write
from tests.broker.reading import read_topic
from tests.consumers.feed import write_cases
from tests.consumers.subscribing import (
    Member,
    came_once,
    child,
    own,
    publish,
    query,
    receive,
    received,
    subscriber,
    until,
    watching,
)
from tests.fault.kit import steps

__all__ = ["own"]
STEPS = sorted(each for each in steps() if each.startswith("subscriber: "))
REPLAYING = "subscriber: replayed"


def test_every_entry_has_its_effect_once(database: str, own: str, broker: Broker, topics: Topics) -> None:
    """After catching up, after catching up again, and after more was entered."""
    write_cases(database, 10)
    log = publish(database, broker, topics)
    court = subscriber(own, broker, topics)
    assert court.catch_up() == 40
    came_once(own, log)
    assert subscriber(own, broker, topics).catch_up() == 0
    write_cases(database, 3, first=10)
    log = publish(database, broker, topics)
    assert court.catch_up() == 12
    came_once(own, log)


def test_what_came_is_counted_by_record(database: str, own: str, broker: Broker, topics: Topics) -> None:
    """Count and digest of each record are those that anybody can work out from the messages."""
    write_cases(database, 5)
    publish(database, broker, topics)
    subscriber(own, broker, topics).catch_up()
    digests: dict[str, bytes] = {}
    counts: Counter[str] = Counter()
    for message in read_topic(broker, topics.entries):
        key = message.key.decode()
        counts[key] += 1
        digests[key] = sha256(digests.get(key, bytes(32)) + sha256(message.value).digest()).digest()
    rows = query(own, "SELECT record_id::text, count, digest FROM roznamcha_subscriber.roznamcha_seen")
    assert {key: (count, digest) for key, count, digest in rows} == {key: (counts[key], digests[key]) for key in counts}


@pytest.mark.parametrize("step", [each for each in STEPS if each != REPLAYING])
def test_killed_at(step: str, database: str, own: str, broker: Broker, topics: Topics) -> None:
    """Killed at each named step, and begun again: no entry is lost, none has its effect twice."""
    write_cases(database, 6)
    log = publish(database, broker, topics)
    with child(own, broker, topics, step, 2) as process:
        assert process.wait(120) == -9
    assert len(received(own)) < len(log)
    subscriber(own, broker, topics).catch_up()
    came_once(own, log)


# --- several members -------------------------------------------------------------------------------------------------


def test_members_share_the_work(database: str, own: str, broker: Broker, topics: Topics) -> None:
    """A second member comes while the first is at work, and the first leaves: each entry has its effect once."""
    write_cases(database, 10)
    log = publish(database, broker, topics)
    first = Member("first", own, broker, topics)
    until(lambda: len(received(own)) >= 10)
    second = Member("second", own, broker, topics)
    write_cases(database, 10, first=10)
    log = publish(database, broker, topics)
    until(lambda: len(received(own)) == len(log))
    until(lambda: len(second.subscriber.partitions) == len(first.subscriber.partitions) == SLOTS // 2)
    write_cases(database, 10, first=20)
    log = publish(database, broker, topics)
    until(lambda: len(received(own)) == len(log))
    first.leave()
    write_cases(database, 10, first=30)
    log = publish(database, broker, topics)
    until(lambda: len(received(own)) == len(log))
    second.leave()
    came_once(own, log)
    shares = query(own, "SELECT by, count(*) FROM received GROUP BY 1")
    assert len(shares) == 2
    with broker.admin() as admin:
        group = f"{topics.prefix}.court"
        (hints,) = admin.list_group_offsets([group]).values()
    assert len(hints) == len({each.slot for each in log})


def test_of_two_who_took_the_same_one_commits(database: str, own: str, broker: Broker, topics: Topics) -> None:
    """A member that was slow, and whose partitions another has taken meanwhile, changes nothing."""
    write_cases(database, 5)
    log = publish(database, broker, topics)
    slow, quick = subscriber(own, broker, topics), subscriber(own, broker, topics)
    with slow.opened(None) as reading:
        found = reading.poll(20)
        assert found
        assert quick.catch_up() == len(log)
        with pytest.raises(Fenced):
            slow.take(found, reading)
    came_once(own, log)
    assert slow.catch_up() == 0


def test_one_who_was_overtaken_goes_on_behind_the_other(
    database: str, own: str, broker: Broker, topics: Topics
) -> None:
    """Fenced in the midst of its work, a member asks the book where it stands, and finishes."""
    write_cases(database, 5)
    log = publish(database, broker, topics)
    slow, quick = subscriber(own, broker, topics), subscriber(own, broker, topics)

    def overtake(step: str) -> None:
        if step == "subscriber: committed" and slow.taken and not quick.taken:
            quick.catch_up()

    with watching(overtake):
        slow.catch_up()
    assert slow.fenced == 1
    came_once(own, log)


# --- what lacks ------------------------------------------------------------------------------------------------------


def test_what_lacks_stops_its_partition_and_no_other(database: str, own: str, broker: Broker, topics: Topics) -> None:
    """An entry that isn't there is never passed by: what is behind it waits, and everything else is taken."""
    write_cases(database, 8)
    log = publish(database, broker, topics)
    lost = next(each for each in log if each.slot == log[0].slot and each.position != log[0].position)
    behind = {each.position for each in log if each.slot == lost.slot and each.position >= lost.position}
    with copied(broker, topics, lambda each: [] if position(each) == lost.position else [each]) as copy:
        court = subscriber(own, broker, copy)
        with pytest.raises(Missing, match=f"position {lost.position}"):
            court.catch_up()
        assert {each for each, _ in received(own)} == {each.position for each in log} - behind
        book = "SELECT partition, stopped FROM roznamcha_subscriber.roznamcha_offsets WHERE stopped <> ''"
        assert [(number, str(lost.position) in why) for number, why in query(own, book)] == [(lost.slot, True)]
        member = Member("court", own, broker, copy)
        until(lambda: lost.slot in member.subscriber.stopped)
        member.leave()
    assert len(received(own)) == len(log) - len(behind)


def test_a_message_sent_twice_has_its_effect_once(database: str, own: str, broker: Broker, topics: Topics) -> None:
    """A whole partition that was written twice is one partition."""
    write_cases(database, 8)
    log = publish(database, broker, topics)
    with copied(broker, topics) as copy:
        write(broker, copy.entries, read_topic(broker, copy.entries))
        assert subscriber(own, broker, copy).catch_up() == len(log)
    came_once(own, log)


def test_a_stranger_is_set_aside(database: str, own: str, broker: Broker, topics: Topics) -> None:
    """A message that is no entry is kept whole and seen; nothing is lacking without it."""
    write_cases(database, 2)
    publish(database, broker, topics)
    producer = broker.producer()
    producer.send(topics.entries, b"hello", key=b"who", partition=3, headers=[("h", b"\xff")])
    producer.flush()
    producer.close()
    court = subscriber(own, broker, topics)
    assert court.catch_up() == 8
    (lot,) = court.parked()
    assert (lot.record_id, lot.position, lot.waiting) == (None, None, 1)
    kept = query(own, "SELECT key, value, headers FROM roznamcha_subscriber.roznamcha_parked")
    assert kept == [(b"who", b"hello", [["h", "ff"]])]


# --- what is chosen, and where it is kept ----------------------------------------------------------------------------


def test_what_is_not_wanted_is_counted_all_the_same(database: str, own: str, broker: Broker, topics: Topics) -> None:
    """A choice of acts hands over these alone; the book has everything."""
    write_cases(database, 4)
    log = publish(database, broker, topics)
    court = subscriber(own, broker, topics, acts=["case.FIRRegistered"], registers=["deadline"])
    assert court.catch_up() == len(log)
    assert query(own, "SELECT DISTINCT name FROM received") == [("case.FIRRegistered",)]
    assert query(own, "SELECT sum(count)::int FROM roznamcha_subscriber.roznamcha_seen") == [(len(log),)]


def test_two_subscribers_do_not_share_a_book(database: str, own: str, broker: Broker, topics: Topics) -> None:
    """Another group in the same schema is refused: each would miss what the other took."""
    subscriber(own, broker, topics).catch_up()
    other = subscriber(own, broker, topics)
    other.book = type(other.book)(other.book.schema, other.topic, "prison")
    with pytest.raises(Other, match="name another one for prison"):
        other.catch_up()


# --- the database goes away ------------------------------------------------------------------------------------------


def test_a_database_that_comes_back_is_gone_on_with(database: str, own: str, broker: Broker, topics: Topics) -> None:
    """Its connection cut in the midst of a batch, a subscriber goes on from what was committed."""
    write_cases(database, 6)
    log = publish(database, broker, topics)
    cut: list[int] = []

    def handle(cursor: Any, entry: Any) -> None:
        receive(cursor, entry)
        if entry.meta.position == log[15].position and not cut:
            cut.append(1)
            query(own, "SELECT pg_terminate_backend(%s)", cursor.connection.info.backend_pid)

    court = subscriber(own, broker, topics, handle)
    court.catch_up()
    came_once(own, log)
    assert cut
    assert court.parked() == []


def test_a_database_that_stays_away_is_told(
    server: Embedded, database: str, own: str, broker: Broker, topics: Topics
) -> None:
    """After its patience a subscriber gives up with what the database said, and nothing is lost."""
    write_cases(database, 2)
    log = publish(database, broker, topics)
    name = psycopg.conninfo.conninfo_to_dict(own)["dbname"]

    def shut(cursor: Any, entry: Any) -> None:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
        query(server.url, "SELECT pg_terminate_backend(%s)", cursor.connection.info.backend_pid)
        receive(cursor, entry)

    with pytest.raises(psycopg.OperationalError):
        subscriber(own, broker, topics, shut, patience=0.5).catch_up()
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true".encode())
    subscriber(own, broker, topics).catch_up()
    came_once(own, log)


def test_a_member_suspended_in_its_transaction_holds_nobody_up(
    database: str, own: str, broker: Broker, topics: Topics
) -> None:
    """PostgreSQL ends what it had begun; the others go on, and when it wakes it takes nothing twice."""
    write_cases(database, 6)
    log = publish(database, broker, topics)
    process = child(own, broker, topics, "subscriber: rows written", 2, signal.SIGSTOP)
    try:
        until(lambda: Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T")
        member = Member("other", own, broker, topics)
        until(lambda: len(received(own)) == len(log), 30)
        process.send_signal(signal.SIGCONT)
        assert process.wait(60) == 0
        member.leave()
    finally:
        process.kill()
        process.communicate()
    came_once(own, log)


def test_a_function_that_works_long_without_its_cursor_says_so(
    database: str, own: str, broker: Broker, topics: Topics
) -> None:
    """Ended thrice at the same place it was not suspended: the error is raised. With more time it goes through."""
    write_cases(database, 1)
    log = publish(database, broker, topics)

    def slow(cursor: Any, entry: Any) -> None:
        time.sleep(0.6)
        receive(cursor, entry)

    with pytest.raises(psycopg.errors.IdleInTransactionSessionTimeout):
        subscriber(own, broker, topics, slow, standing=0.3).catch_up()
    assert received(own) == []
    subscriber(own, broker, topics, slow, standing=5.0).catch_up()
    came_once(own, log)
