"""The hidden entry: one writer's transaction stays open while another wants to commit a later position.

A reader that has seen a later position never comes back for an earlier one. The lock of the door prevents it; without
the lock the same reader loses the entry for good, which shows that this test can fail.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from consumers.building import prepare
from consumers.embedded import Follower, connected, head
from roznamcha.verifying import verify
from schemas import catalogue
from tests.acts import act
from tests.consumers.marks import Diary, Lines
from tests.fault.jobs import store_on

HELD = "case.HearingHeld"
"""The act whose transaction is kept open."""
GATE = f"""
    CREATE FUNCTION public.gate() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT FROM fresh WHERE topic = '{HELD}') THEN PERFORM pg_advisory_xact_lock_shared(7); END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER gate AFTER INSERT ON roznamcha.entries REFERENCING NEW TABLE AS fresh
        FOR EACH STATEMENT EXECUTE FUNCTION public.gate()
"""
UNLOCKED = """
    DO $$
    DECLARE door record;
    BEGIN
        FOR door IN SELECT pg_get_functiondef(oid) AS said FROM pg_proc
            WHERE pronamespace = 'roznamcha'::regnamespace AND prosrc LIKE '%LOCK TABLE roznamcha.entries%'
        LOOP
            EXECUTE regexp_replace(door.said, 'LOCK TABLE roznamcha\\.entries[^;]*;', '');
        END LOOP;
    END $$
"""
"""Every door of the store, made anew without its lock."""


def until(true: Callable[[], bool], seconds: float = 60) -> bool:
    """Wait until something is true, for a bounded time."""
    deadline = time.monotonic() + seconds
    while not (done := true()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return done


@contextmanager
def held_open(url: str) -> Iterator[threading.Thread]:
    """A writer whose entry has its position, and whose commit waits until the block ends."""
    store = store_on(url)
    store.record(act("case.FIRRegistered", "held"))
    writer = threading.Thread(target=store.record, args=(act(HELD, "held"),))
    with psycopg.connect(url, autocommit=True) as gate:
        gate.execute("SELECT pg_advisory_lock(7)")
        writer.start()
        assert until(
            lambda: _one(gate, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") == 1
        )
        yield writer
        gate.execute("SELECT pg_advisory_unlock(7)")
    writer.join()
    store.datastore.close()


def _one(connection: Any, query: str) -> Any:
    return connection.execute(query.encode()).fetchone()[0]


@pytest.mark.parametrize("locked", [True, False], ids=["as it is", "without the lock"])
def test_a_later_position_committed_first(database: str, locked: bool) -> None:
    """With the lock the second writer waits and nothing is hidden; without it the entry is never seen."""
    with psycopg.connect(database, autocommit=True) as owner:
        owner.execute(GATE)
        if not locked:
            owner.execute(UNLOCKED.encode())
    views = [Diary(), Lines()]
    other = store_on(database)
    with connected(database) as connection:
        prepare(connection, views)
        follower = Follower(connection, views, catalogue())
        with held_open(database):
            second = threading.Thread(target=other.record, args=(act("case.FIRRegistered", "second"),))
            second.start()
            if locked:
                assert until(lambda: _one(connection, "SELECT count(*) FROM pg_locks WHERE NOT granted") == 2)
            else:
                second.join(timeout=20)
                assert not second.is_alive()
            follower.catch_up()
            assert head(connection) == (1 if locked else 3)
        second.join()
        follower.catch_up()
        assert head(connection) == 3
        seen = _one(connection, "SELECT count(*) FROM views.lines")
        report = verify(connection, views, catalogue())
        print(f"{'with' if locked else 'without'} the lock: {report.entries} entries, {seen} seen")
        assert (seen, report.ok) == ((3, True) if locked else (2, False))
    other.datastore.close()
