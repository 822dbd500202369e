"""The runner: exactly once, in order within a record, nothing skipped, one poisoned record never stops the rest."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consumers import parking
from consumers.building import prepare
from consumers.embedded import Follower, connected, head, read_log
from consumers.rebuild import rebuild
from consumers.runner import Fenced, Kept, Runner
from consumers.slots import SLOTS, slot_of
from domain.event import Event
from projections.view import View, on
from roznamcha.verifying import verify
from schemas import catalogue
from tests.consumers.feed import all_views, digest, following, write_cases
from tests.roznamcha.kit import ROOT


class Tally(View):
    """Counts the entries of each record, and can be told to stumble: any double or skip shows."""

    poisoned: frozenset[int] = frozenset()

    @dataclass
    class Row:
        """How many entries, and the last version seen."""

        record_id: UUID
        entries: int = 0
        version: int = 0

        KEY = ("record_id",)

    @on(Event)
    def counted(self, row: Row, e: Event[object]) -> None:  # type: ignore[type-var]
        """In order, or not at all."""
        if e.meta.position in self.poisoned:
            message = "poison"
            raise ValueError(message)
        assert e.meta.version == row.version + 1
        row.entries, row.version = row.entries + 1, e.meta.version


def poisoned(*positions: int) -> Tally:
    """A tally that can't take these entries."""
    view = Tally()
    view.poisoned = frozenset(positions)
    return view


def test_the_slot_of_a_record_is_for_ever() -> None:
    """Fixed values: another hash or another number would need another topic and a rebuild of everything."""
    known = {UUID(int=0): 13, UUID(int=1): 31, UUID("00000000-0000-7000-8000-00000000000c"): 48}
    assert SLOTS == 60
    assert {each: slot_of(each) for each in known} == known


def test_every_view_follows_and_verifies(database: str) -> None:
    """After catching up every view has what an independent fold gives, and there is something in each."""
    write_cases(database, 5)
    with following(database) as follower:
        assert follower.catch_up() == 20
        report = verify(follower.connection, follower.runner.views, catalogue())
        assert report.ok, report.first_bad
        # in each case five clocks of the FIR, five of the seizure and seven of the arrest, under the NDPS Act
        assert report.rows == {"case_state": 5, "history": 20, "custody": 10, "malkhana": 5, "deadlines": 85,
                               "hand_offs": 0, "ties": 0, "marks": 25}  # fmt: skip


def test_catching_up_twice_adds_nothing(database: str) -> None:
    """What was folded is not folded again."""
    write_cases(database, 3)
    with following(database, [Tally()]) as follower:
        assert (follower.catch_up(), follower.catch_up()) == (12, 0)
        assert follower.connection.execute("SELECT DISTINCT entries FROM views.tally").fetchall() == [(4,)]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_any_interleaving_of_slots_with_redelivery_gives_the_same_tables(database: str, seed: int) -> None:
    """Order holds within a record and nothing else is relied on: batches of slots, out of order and repeated."""
    dice = random.Random(seed)
    with connected(database) as connection:
        if head(connection) == 0:
            write_cases(database, 8)
        views = all_views()
        for table in ("checkpoints", "built", "parked", "parked_entries"):
            connection.execute(f"DELETE FROM ops.{table}".encode())
        prepare(connection, views)
        runner = Runner(connection, views, catalogue())
        runner.load()
        waiting: dict[int, list[Kept]] = {}
        for each in read_log(connection, 0):
            waiting.setdefault(each.slot, []).append(each)
        done: list[list[Kept]] = []
        while any(waiting.values()):
            slot = dice.choice([slot for slot, left in waiting.items() if left])
            size = dice.randint(1, 5)
            batch, waiting[slot] = waiting[slot][:size], waiting[slot][size:]
            runner.take(batch)
            done.append(batch)
            if dice.random() < 0.3:
                assert runner.take(dice.choice(done)) == 0
        shuffled = digest(connection)
        connection.execute("DELETE FROM ops.checkpoints")
        connection.execute("DELETE FROM ops.built")
        prepare(connection, views)
        Follower(connection, views, catalogue()).catch_up(batch=dice.randint(1, 40))
        assert digest(connection) == shuffled


def test_of_two_runners_each_batch_is_ones_or_the_others(database: str) -> None:
    """The loser's compare-and-set hits nothing, its transaction is undone, and it goes on from what was committed."""
    write_cases(database, 6)
    with connected(database) as one, connected(database) as two:
        prepare(one, [Tally()])
        first, second = Runner(one, [Tally()], catalogue()), Runner(two, [Tally()], catalogue())
        first.load()
        second.load()
        batch = read_log(one, 0)
        assert first.take(batch) == 24
        with pytest.raises(Fenced):
            second.take(batch)
        second.load()
        assert second.take(batch) == 0
        assert one.execute("SELECT sum(entries)::int FROM views.tally").fetchone() == (24,)


def test_many_followers_at_once_lose_and_double_nothing(database: str) -> None:
    """Four threads follow while entries come in; each entry is counted once."""
    with following(database, [Tally()]):
        pass
    stop = threading.Event()

    def follow() -> None:
        with connected(database) as connection:
            follower = Follower(connection, [Tally()], catalogue())
            while not stop.is_set():
                follower.catch_up(batch=3)

    threads = [threading.Thread(target=follow) for _ in range(4)]
    for each in threads:
        each.start()
    for n in range(5):
        write_cases(database, 4, first=n * 4)
    stop.set()
    for each in threads:
        each.join()
    with following(database, [Tally()]) as follower:
        follower.catch_up()
        found = follower.connection.execute("SELECT count(*), min(entries), max(entries) FROM views.tally").fetchone()
        assert found == (20, 4, 4)


def test_one_poisoned_record_is_parked_and_the_rest_goes_on(database: str) -> None:
    """Its later entries wait behind it in order; when the cause is mended, all is as if it had never been."""
    records = write_cases(database, 10)
    with following(database, [Tally()]) as follower:
        connection = follower.connection
        bad = [each for each in read_log(connection, 0) if each.record_id == records[3]][1]
        sick = Follower(connection, [poisoned(bad.position)], catalogue())
        sick.catch_up(batch=7)
        (lot,) = parking.parked(connection)
        assert (lot.record_id, lot.position, lot.waiting) == (records[3], bad.position, 3)
        assert "poison" not in lot.why
        assert connection.execute("SELECT count(*) FROM views.tally WHERE entries = 4").fetchone() == (9,)
        assert not verify(connection, [Tally()], catalogue()).ok
        write_cases(database, 2, first=10)
        sick.catch_up()
        assert connection.execute("SELECT count(*) FROM views.tally WHERE entries = 4").fetchone() == (11,)
        assert parking.replay(connection, poisoned(bad.position), catalogue(), records[3]) is not None
        assert len(parking.parked(connection)) == 1
        assert parking.replay(connection, Tally(), catalogue(), records[3]) is None
        assert parking.parked(connection) == []
        assert verify(connection, [Tally()], catalogue()).ok


def test_what_cannot_be_decoded_is_parked_not_skipped(database: str) -> None:
    """An entry whose bytes are spoilt parks its record; verify names its position."""
    records = write_cases(database, 3)
    with psycopg.connect(database, autocommit=True) as owner:
        owner.execute("ALTER TABLE roznamcha.entries DISABLE TRIGGER entries_never_change")
        owner.execute(
            "UPDATE roznamcha.entries SET state = substring(state FROM 1 FOR 40) "
            "WHERE record_id = %s AND originator_version = 2",
            (records[1],),
        )
    with following(database, [Tally()]) as follower:
        follower.catch_up()
        (lot,) = parking.parked(follower.connection)
        assert (lot.record_id, lot.waiting) == (records[1], 3)
        report = verify(follower.connection, [Tally()], catalogue())
        assert not report.ok
        assert report.first_bad is not None
        assert (report.first_bad["position"], report.first_bad["record"]) == (lot.position, str(records[1]))


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE views.tally SET entries = 5 WHERE record_id = %s", "wrong row"),
        ("DELETE FROM views.tally WHERE record_id = %s", "lacks a row"),
        (
            "UPDATE views.tally SET record_id = '00000000-0000-0000-0000-000000000009' WHERE record_id = %s",
            "lacks a row",
        ),
    ],
)
def test_verify_finds_a_view_that_was_tampered_with(database: str, statement: str, said: str) -> None:
    """A changed, missing or moved row is named."""
    records = write_cases(database, 3)
    with following(database, [Tally()]) as follower:
        follower.catch_up()
        assert verify(follower.connection, [Tally()], catalogue()).ok
        follower.connection.execute(statement.encode(), (records[1],))
        report = verify(follower.connection, [Tally()], catalogue())
        assert not report.ok
        assert said in str(report.first_bad)


def test_verify_finds_an_invented_row(database: str) -> None:
    """A row of a record that has no entries is counted."""
    write_cases(database, 2)
    with following(database, [Tally()]) as follower:
        follower.catch_up()
        follower.connection.execute("INSERT INTO views.tally VALUES ('00000000-0000-0000-0000-000000000009', 1, 1)")
        report = verify(follower.connection, [Tally()], catalogue())
        assert "rows of no record" in str(report.first_bad)


def test_verify_finds_a_missing_version(database: str) -> None:
    """An entry cut out of the middle of a record is noticed, and where."""
    records = write_cases(database, 2)
    with psycopg.connect(database, autocommit=True) as owner:
        owner.execute("ALTER TABLE roznamcha.entries DISABLE TRIGGER entries_never_change")
        owner.execute("DELETE FROM roznamcha.entries WHERE record_id = %s AND originator_version = 2", (records[0],))
    with following(database) as follower:
        follower.catch_up()
        report = verify(follower.connection, all_views(), catalogue())
        assert not report.ok
        assert "version 2 of this record is missing" in str(report.first_bad)


def script(database: str, body: str, **environment: str) -> subprocess.Popen[str]:
    """A process of its own that works on a database."""
    code = (
        "from tests.consumers.feed import all_views, digest, following\nfrom consumers.embedded import connected\n"
        f"from consumers.rebuild import rebuild\nfrom schemas import catalogue\nurl = {database!r}\n{body}"
    )
    inherited = os.environ | {"PYTHONPATH": str(ROOT)} | environment
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=inherited, text=True)


@pytest.mark.parametrize(
    "work", ["f.catch_up(batch=2)", "[rebuild(f.connection, v, catalogue()) for v in all_views()]"]
)
def test_a_runner_or_rebuild_killed_in_the_middle_leaves_nothing_half_done(database: str, work: str) -> None:
    """Kill -9 at random moments; afterwards every view equals an independent fold."""
    write_cases(database, 25)
    chance = random.Random(3)
    for _ in range(3):
        process = script(database, f"with following(url) as f:\n    print('up', flush=True)\n    {work}\n")
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(chance.uniform(0.01, 0.2))
        process.send_signal(signal.SIGKILL)
        process.communicate()
    with following(database) as follower:
        follower.catch_up()
        assert verify(follower.connection, all_views(), catalogue()).ok
        assert rebuild(follower.connection, all_views()[0], catalogue()).same


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles"])
def test_a_replay_in_another_time_zone_gives_the_same_rows(database: str, zone: str) -> None:
    """Neither the machine's time zone nor the server's, nor the order of hashes, changes a row."""
    write_cases(database, 4)
    with following(database) as follower:
        follower.catch_up()
        here = digest(follower.connection)
    body = (
        f"with connected(url) as c:\n    c.execute(\"SET timezone = '{zone}'\")\n"
        "    for view in all_views(): rebuild(c, view, catalogue())\n"
        "    c.execute(\"SET timezone = 'UTC'\")\n    print(digest(c))\n"
    )
    process = script(database, body, TZ=zone, PYTHONHASHSEED="7")
    told, _ = process.communicate()
    assert process.returncode == 0
    assert told.strip() == here
