"""Filling empty tables: the same rows whatever way they came, and nothing half done when somebody dies on the way."""

from __future__ import annotations

import contextlib
import gc
import os
import random
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from psycopg import Connection

from consumers import parking, steps
from consumers.building import prepare
from consumers.checkpoints import positions
from consumers.crew import WorkerLost, share_out
from consumers.embedded import Follower, connected, head, read_log
from consumers.rebuild import NEW, fill_first, rebuild, rebuild_all
from consumers.slots import SLOTS
from domain.common.matter import Entry
from domain.event import ACTS
from projections.view import View, on
from roznamcha.verifying import verify
from schemas import catalogue
from tests.consumers.feed import all_views, digest, following, pass_over, write_cases
from tests.consumers.marks import Diary, Lines, Pages, Shared, told
from tests.consumers.test_runner import script


class Nosy(View):
    """Looks at columns it doesn't declare, and at one that no view should read."""

    @dataclass
    class Row:
        """What was seen."""

        record_id: UUID
        seen: list[Any] = field(default_factory=list)

        KEY = ("record_id",)

    @on(Entry)
    def entered(self, row: Row, e: Entry) -> None:
        """By a back door."""
        row.seen.append([getattr(e, "memo", ""), getattr(e, "seal", ""), e.meta.salt.hex()])


def empty(connection: Connection[Any], views: list[View]) -> None:
    """Tables as on the first day."""
    for table in ("checkpoints", "built", "parked", "parked_entries"):
        connection.execute(f"DELETE FROM ops.{table}".encode())
    assert prepare(connection, views) == []


@contextlib.contextmanager
def dying_at(step: str) -> Iterator[None]:
    """Whoever reaches this step is killed; the test itself must not."""
    here = os.getpid()

    def kill(reached: str) -> None:
        if reached == step:
            assert os.getpid() != here
            os.kill(os.getpid(), signal.SIGKILL)

    steps.WATCHERS.append(kill)
    try:
        yield
    finally:
        steps.WATCHERS.remove(kill)


def views_that_stumble(bad: set[int]) -> list[View]:
    """Every kind of view; two unable to take some entries (where a state stumbles depends on the batch)."""
    return [*all_views(), Pages(), *(told(kind(), poison=bad) for kind in (Diary, Lines))]


def test_every_way_gives_the_same_tables(database: str) -> None:
    """Live in batches of any size, in bulk by 1, 2 and 5 workers, rebuilt: also what is parked, and what waits."""
    write_cases(database, 30)
    with connected(database) as connection:
        log = read_log(connection, 0)
        bad = {each.position for each in random.Random(5).sample(log, 6)}
        seen = set()

        def note(views: list[View]) -> None:
            lots = connection.execute("SELECT * FROM ops.parked ORDER BY 1, 2").fetchall()
            waiting = connection.execute("SELECT * FROM ops.parked_entries ORDER BY 1, 2, 3").fetchall()
            seen.add((digest(connection, views), tuple(each[:4] for each in lots), tuple(waiting)))

        for batch in (1, 7, 50, 2_000):
            empty(connection, views := views_that_stumble(bad))
            Follower(connection, views, catalogue()).catch_up(batch=batch)
            note(views)
        for workers in (1, 2, 5):
            empty(connection, views := views_that_stumble(bad))
            assert fill_first(connection, views, catalogue(), workers=workers)
            assert positions(connection) == dict.fromkeys(range(SLOTS), head(connection))
            note(views)
            assert all(each.same for each in rebuild_all(connection, views, catalogue(), workers=workers).values())
            note(views)
        assert len(seen) == 1
        assert len(parking.parked(connection)) >= 8


def test_rows_that_many_records_share_are_built_in_bulk_too(database: str) -> None:
    """Each worker has slots of its own, so the counts of a slot are one worker's."""
    write_cases(database, 20)
    counts = "SELECT slot, odd, entries FROM views.shared ORDER BY 1, 2"
    with following(database, [Shared()]) as follower:
        connection = follower.connection
        follower.catch_up()
        live = connection.execute(counts).fetchall()
        for workers in (1, 2):
            rebuild(connection, Shared(), catalogue(), workers=workers)
            assert connection.execute(counts).fetchall() == live
        rebuild(connection, told(Shared(), poison={read_log(connection, 0)[5].position}), catalogue())
        assert len(parking.parked(connection)) >= 1


def test_a_view_that_reads_what_was_stepped_over_gets_it_all_the_same(database: str) -> None:
    """An undeclared column is never read as empty: the record is read again, whole."""
    write_cases(database, 3)
    with following(database, [Nosy()]) as follower:
        follower.catch_up()
        assert "SM/1" in str(follower.connection.execute("SELECT seen FROM views.nosy LIMIT 1").fetchone())
        assert rebuild(follower.connection, Nosy(), catalogue()).same
        assert parking.parked(follower.connection) == []


def test_a_worker_that_is_killed_leaves_the_old_rows_in_force(database: str) -> None:
    """The rebuild is given up, says so, and the next one begins from nothing."""
    write_cases(database, 20)
    with following(database) as follower:
        connection = follower.connection
        follower.catch_up()
        before = digest(connection)
        with dying_at("rebuild: part copied"), pytest.raises(WorkerLost, match="run it again"):
            rebuild_all(connection, all_views(), catalogue(), workers=2)
        assert digest(connection) == before
        assert all(each.same for each in rebuild_all(connection, all_views(), catalogue(), workers=2).values())
        left = connection.execute("SELECT count(*) FROM pg_tables WHERE tablename LIKE %s", (f"%{NEW}",)).fetchone()
        assert left == (0,)
        assert verify(connection, all_views(), catalogue()).ok


@pytest.mark.parametrize("step", ["part copied", "indexed", "caught up", "before swap", "swapped"])
def test_a_rebuild_killed_at_any_step_is_begun_again(database: str, step: str) -> None:
    """Who started it dies, and with workers at work these stop by themselves: the next rebuild is not disturbed."""
    write_cases(database, 20)
    with following(database) as follower:
        follower.catch_up()
    body = (
        "import os, signal\nfrom consumers import steps\nfrom consumers.rebuild import rebuild_all\n"
        f"main, step = os.getpid(), 'rebuild: {step}'\n"
        "steps.WATCHERS.append(lambda at: os.kill(main, signal.SIGKILL) if at == step else None)\n"
        "with connected(url) as c: rebuild_all(c, all_views(), catalogue(), workers=2)\n"
    )
    process = script(database, body)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    with following(database) as follower:
        assert all(each.same for each in rebuild_all(follower.connection, all_views(), catalogue(), workers=2).values())
        assert verify(follower.connection, all_views(), catalogue()).ok


def test_tables_in_which_a_runner_has_begun_are_left_to_it(database: str) -> None:
    """Filling in bulk is for tables that have seen nothing."""
    write_cases(database, 4)
    with following(database) as follower:
        connection = follower.connection
        assert not fill_first(connection, all_views(), catalogue(), least=1_000)
        follower.catch_up(until=3)
        assert not fill_first(connection, all_views(), catalogue())
        follower.catch_up()
        assert verify(connection, all_views(), catalogue()).ok


def test_of_a_runner_and_a_first_filling_one_wins(database: str) -> None:
    """A runner that begins while the tables are being filled goes on with its own."""
    write_cases(database, 6)
    with following(database) as follower, connected(database) as other:
        connection = follower.connection

        def begin(step: str) -> None:
            if step == "rebuild: indexed":
                Follower(other, all_views(), catalogue()).catch_up(until=5)

        steps.WATCHERS.append(begin)
        try:
            assert not fill_first(connection, all_views(), catalogue())
        finally:
            steps.WATCHERS.remove(begin)
        follower.catch_up()
        assert verify(connection, all_views(), catalogue()).ok


def test_what_was_passed_over_is_passed_over_in_bulk(database: str) -> None:
    """The first filling knows it as well."""
    (record, *_) = write_cases(database, 3)
    with following(database, [Diary()]) as follower:
        bad = [each.position for each in read_log(follower.connection, 0) if each.record_id == record][1]
        pass_over(database, record, "diary", bad)
        assert fill_first(follower.connection, [told(Diary(), poison={bad})], catalogue())
        assert parking.parked(follower.connection) == []


def test_a_row_that_cannot_be_written_sends_the_work_to_the_runner(database: str) -> None:
    """A bulk load can't say whose row it is; the runner parks that record and no other."""
    records = write_cases(database, 5)
    with following(database, [Diary()]) as follower:
        connection = follower.connection
        mine = [each.position for each in read_log(connection, 0) if each.record_id == records[2]]
        view = told(Diary(), unwritable={mine[-1]})
        for workers in (1, 2):
            assert not fill_first(connection, [view], catalogue(), workers=workers)
        follower.catch_up()
        for workers in (1, 2):
            assert rebuild(connection, view, catalogue(), workers=workers).changed == 1
            assert [(each.record_id, each.position) for each in parking.parked(connection)] == [(records[2], mine[-1])]
            rebuild(connection, Diary(), catalogue())


def test_what_workers_have_done_is_told_in_all(database: str) -> None:
    """Progress is the sum of the shares; a worker that fails is told by the kind and place of its error, no more."""
    heard: list[int] = []

    def job(connection: Connection[Any], share: int, tell: Any) -> None:
        assert connection.execute("SELECT 1").fetchone() == (1,)
        tell(share)
        tell(share * 2)
        if share == 9:
            message = "a name that nobody may read"
            raise ValueError(message)

    with connected(database) as connection:
        for shares in ([3], [3, 4]):
            share_out(connection, job, shares, heard.append)
            assert heard[-1] == 2 * sum(shares)
        with pytest.raises(WorkerLost, match="ValueError in job") as caught:
            share_out(connection, job, [3, 9], heard.append)
        assert "nobody" not in str(caught.value)


def test_one_process_is_not_looked_through_for_rings_while_it_works(database: str) -> None:
    """As the workers aren't; and whatever becomes of the work, afterwards all is as it was."""
    seen: list[bool] = []

    def job(_: Connection[Any], share: int, tell: Any) -> None:
        seen.append(gc.isenabled())
        if share:
            raise ValueError(share)

    assert gc.isenabled()
    try:
        with connected(database) as connection:
            share_out(connection, job, [0], lambda _: None)
            assert gc.isenabled()
            with pytest.raises(ValueError, match="7"):
                share_out(connection, job, [7], lambda _: None)
            assert gc.isenabled()
            gc.disable()
            share_out(connection, job, [0], lambda _: None)
            assert not gc.isenabled()
    finally:
        gc.enable()
    assert seen == [False] * 3


def test_events_are_only_read_by_what_a_view_declares() -> None:
    """A view that meets an act only as an entry of the case reads its meta, and steps over all the rest."""
    case_state, history, articles, hand_offs, ties, deadlines, _ = all_views()
    hearing, moved = ACTS["case.HearingHeld"], ACTS["case.PropertyDeposited"]
    assert history.reads(hearing) == articles.reads(ACTS["case.ArgumentsConcluded"]) == frozenset()
    assert "witnesses_examined" in articles.reads(hearing)
    assert case_state.reads(hearing) == {"items"}
    assert articles.reads(moved) is None
    assert (hand_offs.reads(hearing), hand_offs.reads(moved)) == (frozenset(), {"property_id"})
    assert deadlines.reads(ACTS["case.FIRRegistered"]) >= {"sections"}
    assert ties.reads(ACTS["case.FIRRegistered"]) == {"inquest_number", "inquest_record"}
    assert ties.reads(hearing) == frozenset()
