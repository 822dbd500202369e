"""A follower of the topic whose database, broker or topic goes away, and one that hangs."""

from __future__ import annotations

import signal
import threading
import time
from pathlib import Path

import psycopg
import pytest

from consumers import embedded, keeping, letters
from consumers.clients import Away, Broker
from consumers.embedded import connected
from consumers.topics import Topics
from consumers.watchdog import Watchdog
from roznamcha.verifying import verify
from schemas import catalogue
from tests.broker import nodes
from tests.broker.copies import create
from tests.broker.nodes import new_prefix
from tests.consumers.feed import all_views, following, write_cases
from tests.consumers.posted import (
    QUICK,
    folded,
    posted,
    publish,
    working,
)
from tests.consumers.test_runner import script
from tests.fault.test_following import cut
from tests.fault.test_order import until

WORK = """
import threading
from consumers.clients import Away, Broker
from consumers.keeping import keep_following
from consumers.topics import Topics
try:
    keep_following(
        url, all_views(), catalogue(), Broker("{bootstrap}"), Topics("{prefix}"), threading.Event(), net=0.2,
        session_ms=2000, {how}
    )
except Away as error:
    print(error)
"""
"""A process that follows, as `project` does."""

# --- what goes away meanwhile ----------------------------------------------------------------------------------------


def test_connections_are_cut_while_entries_come_in(database: str, broker: Broker, topics: Topics) -> None:
    """Every connection to the database is ended ten times: nothing is skipped, and no place in the group is lost."""
    with working(database, broker, topics, batch=3) as thread:
        for n in range(10):
            write_cases(database, 3, first=n * 3)
            publish(database, broker, topics)
            assert until(lambda: cut(database) > 0)
        assert until(lambda: folded(database) == 120)
        assert thread.is_alive()
    with connected(database) as connection:
        assert verify(connection, all_views(), catalogue()).ok
        assert letters.kept(connection) == []


def test_a_database_that_stays_away_ends_the_follower(
    database: str, broker: Broker, topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says what the database said."""
    monkeypatch.setattr(keeping, "PATIENCE", 0.3)
    nowhere = psycopg.conninfo.make_conninfo(database, dbname="nowhere")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        keeping.keep_following(nowhere, [], catalogue(), broker, topics, threading.Event(), net=0.1)


def test_a_broker_that_comes_back_is_read_on(database: str, tmp_path: Path, broker: Broker) -> None:
    """Killed and started again under a follower, which goes on; away for good, it ends with the address."""
    topics = Topics(new_prefix().removesuffix("."))
    with nodes.running(tmp_path / "own") as cluster:
        (node,) = cluster.nodes
        create(cluster.broker, topics, tuple(each.short for each in topics.all))
        with following(database):
            pass
        process = script(database, WORK.format(bootstrap=cluster.bootstrap, prefix=topics.prefix, how="patience=20.0"))
        try:
            for n in range(3):
                write_cases(database, 5, first=n * 5)
                publish(database, cluster.broker, topics)
                assert until(lambda n=n: folded(database) == n * 20 + 20, 90)  # type: ignore[misc]
                node.kill()
                if n < 2:
                    node.start()
                    node.wait()
            said, _ = process.communicate(timeout=90)
        finally:
            process.kill()
            process.communicate()
    assert f"the broker at {cluster.bootstrap} stays away" in said
    with connected(database) as connection:
        assert verify(connection, all_views(), catalogue()).ok
        assert letters.kept(connection) == []


def test_a_process_that_was_suspended_too_long(database: str, broker: Broker, topics: Topics) -> None:
    """Its slots are another's when it wakes in the middle of its work: it takes nothing twice, and gets some back."""
    with following(database):
        pass
    process = script(database, WORK.format(bootstrap=broker.bootstrap, prefix=topics.prefix, how="batch=2"))
    try:
        for n in range(3):
            write_cases(database, 6, first=n * 6)
            publish(database, broker, topics)
            assert until(lambda n=n: folded(database) > n * 24 + 4)  # type: ignore[misc]
            process.send_signal(signal.SIGSTOP)
            with working(database, broker, topics, batch=2):
                assert until(lambda n=n: folded(database) == n * 24 + 24, 90)  # type: ignore[misc]
                process.send_signal(signal.SIGCONT)
        write_cases(database, 6, first=18)
        publish(database, broker, topics)
        assert until(lambda: folded(database) == 96, 90)
    finally:
        process.kill()
        process.communicate()
    with connected(database) as connection:
        assert verify(connection, all_views(), catalogue()).ok
        assert letters.kept(connection) == []


STILL = """
import os, signal
from consumers import steps
def still(at):
    if at == "runner: rows written":
        steps.WATCHERS.clear()
        os.kill(os.getpid(), signal.SIGSTOP)
steps.WATCHERS.append(still)
"""
LOG = """
import threading
from consumers.embedded import keep_following
keep_following(url, all_views(), catalogue(), threading.Event(), net=0.2)
"""


@pytest.mark.parametrize("source", ["kafka", "the store's own log"])
def test_a_process_that_was_suspended_with_the_checkpoints_in_hand(
    database: str, broker: Broker, topics: Topics, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All others fold on without it; when it wakes what it had not committed is gone, and it takes nothing twice."""
    monkeypatch.setattr(embedded, "WAITING", 1)
    monkeypatch.setattr(embedded, "STANDING", 10)
    with following(database):
        pass
    write_cases(database, 6)
    publish(database, broker, topics)
    how = WORK.format(bootstrap=broker.bootstrap, prefix=topics.prefix, how="") if source == "kafka" else LOG
    process = script(database, STILL + how)
    try:
        assert until(lambda: Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T")
        with working(database, broker, topics):
            assert until(lambda: folded(database) == 24, 60)
            process.send_signal(signal.SIGCONT)
            write_cases(database, 6, first=6)
            publish(database, broker, topics)
            assert until(lambda: folded(database) == 48, 60)
    finally:
        process.kill()
        process.communicate()
    with connected(database) as connection:
        assert verify(connection, all_views(), catalogue()).ok


def test_a_follower_without_a_topic_or_a_broker_says_so(database: str, broker: Broker) -> None:
    """At once, and by name."""
    with (
        pytest.raises(LookupError, match=r"there is no topic nowhere\.entries"),
        posted(database, broker, Topics("nowhere")),
    ):
        pass
    with pytest.raises(Away, match=r"127\.0\.0\.1:9"), posted(database, Broker("127.0.0.1:9"), Topics("nowhere")):
        pass


def test_a_consumer_that_stalls_is_replaced(database: str, broker: Broker, topics: Topics) -> None:
    """It polls and gets nothing although there is something: another one goes on where the views are."""
    write_cases(database, 5)
    publish(database, broker, topics)
    with posted(database, broker, topics, stall=0.5) as follower:
        assert follower.catch_up() == 20
        write_cases(database, 5, first=5)
        consumer = follower.reading.consumer
        consumer.pause(*consumer.assignment())  # as if it had forgotten them
        publish(database, broker, topics)
        assert follower.catch_up() == 20
        assert follower.reading.renewed == 1
        assert verify(follower.connection, all_views(), catalogue()).ok


def test_a_paused_follower_takes_nothing_and_stays(database: str, broker: Broker, topics: Topics) -> None:
    """Longer than a silent member is waited for; then it goes on where it was."""
    stop = threading.Event()
    with posted(database, broker, topics) as follower:
        thread = threading.Thread(target=follower.follow, args=(stop,), kwargs={"net": 0.1})
        follower.catch_up()
        held = set(follower.reading.held)
        follower.pause()
        thread.start()
        write_cases(database, 5)
        publish(database, broker, topics)
        time.sleep(QUICK / 1_000 * 1.5)
        assert (folded(database), follower.reading.held) == (0, held)
        follower.resume()
        assert until(lambda: folded(database) == 20)
        stop.set()
        thread.join()


# --- the watchdog ----------------------------------------------------------------------------------------------------


def test_a_process_that_hangs_is_ended(database: str, broker: Broker, topics: Topics) -> None:
    """A call into the client never comes back: the process says so and ends, for its keeper to start another."""
    hang = "import time, kafka\ndef hang(self, *_a, **_k): time.sleep(600)\nkafka.KafkaConsumer.poll = hang\n"
    with following(database):
        pass
    work = WORK.format(bootstrap=broker.bootstrap, prefix=topics.prefix, how="limit=2")
    process = script(database, hang + work)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 4
    assert "no progress" in said


def test_the_watchdog_counts_its_own_looks() -> None:
    """A loop that comes round is left alone, however long the process was suspended; one that doesn't is not."""
    ended: list[int] = []
    with Watchdog("test", 0.4, ended.append) as dog:
        for _ in range(12):
            time.sleep(0.05)
            dog.round()
        assert ended == []
        assert until(lambda: ended == [4], 5)
