"""Followers that lose their connection or their wake-up, and two of everything at once."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from consumers import embedded
from consumers.building import prepare
from consumers.embedded import connected, keep_following
from consumers.entries import read
from roznamcha.postgres import Embedded
from schemas import catalogue
from tests.acts import NOW, act
from tests.consumers.feed import all_views, write_cases
from tests.consumers.marks import Diary, Lines
from tests.fault.jobs import store_on
from tests.fault.kit import Forge, examine, forge, fresh
from tests.fault.test_order import until
from tests.fault.test_restore import a_file
from tests.roznamcha.kit import Program


@contextmanager
def followed(url: str, net: float) -> Iterator[threading.Thread]:
    """A follower at work in a thread, as `project` does it."""
    stop = threading.Event()
    views = [Diary(), Lines()]
    with connected(url) as connection:
        prepare(connection, views)
    thread = threading.Thread(target=keep_following, args=(url, views, catalogue(), stop), kwargs={"net": net})
    thread.start()
    try:
        yield thread
    finally:
        stop.set()
        thread.join()


def seen(url: str) -> int:
    """How many entries the views have."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM views.lines").fetchone()
    return row[0] if row else 0


CUT = """
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND query NOT LIKE '%roznamcha.append%'
"""


def cut(url: str) -> int:
    """End every connection but this one; give how many there were."""
    with psycopg.connect(url, autocommit=True) as owner:
        row = owner.execute(CUT.encode()).fetchone()
    return row[0] if row else 0


def test_connections_are_cut_while_entries_come_in(database: str) -> None:
    """Every connection is ended ten times: the follower makes another, the writer sends again, nothing is skipped."""
    with followed(database, 0.1) as thread:
        for n in range(10):
            write_cases(database, 3, first=n * 3)
            assert until(lambda: cut(database) > 0)
        assert until(lambda: seen(database) == 120)
        assert thread.is_alive()
    examine(database, [], [Diary(), Lines()])


def test_a_wake_up_that_never_comes(database: str) -> None:
    """The entries' NOTIFY is lost: the timer finds them all the same."""
    with psycopg.connect(database, autocommit=True) as owner:
        owner.execute(
            "DO $$ DECLARE door record; BEGIN FOR door IN SELECT pg_get_functiondef(oid) AS said FROM pg_proc WHERE "
            "pronamespace = 'roznamcha'::regnamespace AND prosrc LIKE '%pg_notify(%' LOOP EXECUTE "
            "regexp_replace(door.said, 'PERFORM pg_notify[^;]*;', '', 'g'); END LOOP; END $$"
        )
    with followed(database, 0.2):
        time.sleep(0.3)
        write_cases(database, 2)
        began = time.monotonic()
        assert until(lambda: seen(database) == 8, 60)
        print(f"seen {time.monotonic() - began:.2f} s after the acknowledgement, by the timer alone")


def test_a_database_that_stays_away_ends_the_follower(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It doesn't wait for ever: it says what the database said."""
    monkeypatch.setattr(embedded, "PATIENCE", 0.3)
    nowhere = psycopg.conninfo.make_conninfo(database, dbname="nowhere")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        keep_following(nowhere, [Diary()], catalogue(), threading.Event(), net=0.1)


# --- two of everything -----------------------------------------------------------------------------------------------


def test_two_imports_of_one_file(program: Program) -> None:
    """Each line is one's or the other's."""
    path = a_file(program.folder, "both", 60)
    two = [program.start("import", str(path), "--json", "--rejects", f"rejects{n}") for n in range(2)]
    told = [each.communicate(timeout=120) for each in two]
    assert [each.returncode for each in two] == [0, 0], told
    assert program.count("entries") == 120
    assert program.json("verify")["ok"] is True


def test_two_of_each_process(server: Embedded, tmp_path: Path) -> None:
    """Two writers sending the same commands, two followers, two rebuilds of the same views."""
    with forge() as driver, fresh(server.url) as url:
        twice(driver, url, tmp_path)


def twice(driver: Forge, url: str, folder: Path) -> None:
    """Start two of each at once and look; first without rebuilds, which would mend what two followers have doubled."""
    assert driver.run({"job": "runner", "url": url}) == ["done"]
    at_work = ("writer", "writers", "runner", "follower")
    journals: list[Path] = []
    for part, kinds in enumerate((at_work, (*at_work, "rebuild"))):
        until_there = folder / f"until {part}"
        jobs = [
            {"job": job, "url": url, "seed": 5 + part, "size": 6, "journal": str(folder / f"{part}.{n}.{job}"),
             "until": str(until_there)}
            for n in range(2)
            for job in kinds
        ]  # fmt: skip
        driver.begin(jobs)
        time.sleep(random.Random(1).uniform(1, 2))
        until_there.touch()
        assert {each["how"] for each in driver.end()} == {"done"}
        journals += [folder / f"{part}.{n}.{job}" for n in range(2) for job in ("writer", "writers")]
        print(examine(url, journals))


# --- the clock -------------------------------------------------------------------------------------------------------


def test_a_clock_set_back_and_forward(database: str) -> None:
    """An entry is never older than the one before it in its record; numbers, positions and views know no clock."""
    store = store_on(database)
    store.record(act("case.FIRRegistered", "clock"))
    for n, hours in enumerate((0, -72, 24, -1, 0)):
        other = store_on(database, NOW + timedelta(hours=hours))
        other.record(act("case.FIRRegistered", f"clock:{n}"))
        other.record(act("case.HearingHeld", "clock"))
        other.datastore.close()
    record = store.find("clock")
    assert record is not None
    times = [read(catalogue(), state).meta.recorded_at for _, _, state in store.recorder.entries_of([record])]
    assert [(each - NOW) / timedelta(hours=1) for each in times] == [0, 0, 0, 24, 24, 24]
    store.datastore.close()
    examine(database, [], all_views())
