"""One poisoned record of ten thousand, and a rebuild that dies at each of its steps."""

from __future__ import annotations

import os
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import Connection

from consumers import parking
from consumers.building import prepare
from consumers.compare import Difference
from consumers.embedded import Follower, connected, read_log
from consumers.rebuild import rebuild
from consumers.slots import slot_of
from projections.view import View
from roznamcha.verifying import verify
from schemas import catalogue
from tests.consumers.feed import digest, write_cases
from tests.consumers.marks import Diary, Lines, Pages, told
from tests.fault.kit import Forge, forge, steps
from tests.fault.test_restore import a_file
from tests.roznamcha.kit import Program

RECORDS = 10_000
COPIED = """
    INSERT INTO roznamcha.entries (originator_id, originator_version, topic, state, record_id, slot)
    SELECT r.id, e.originator_version, e.topic,
           overlay(e.state PLACING decode(replace(r.id::text, '-', ''), 'hex') FROM
                   position(decode(replace(e.record_id::text, '-', ''), 'hex') IN e.state)),
           r.id, r.slot
    FROM roznamcha.entries e CROSS JOIN unnest(%s::uuid[], %s::smallint[]) AS r(id, slot)
    ORDER BY e.notification_id
"""
"""The entries of one case for many records: their bytes, with another record's id where the first one's stands."""
COMPLAINTS = RECORDS
"""Of copied records `verify` says that their numbers were never given, and once that they came by no command."""


def many(url: str) -> list[UUID]:
    """Ten thousand records of four entries each, made from one that went through the store."""
    write_cases(url, 1)
    ids = [UUID(bytes=os.urandom(16), version=4) for _ in range(RECORDS - 1)]
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(COPIED.encode(), (ids, [slot_of(each) for each in ids]))
        owner.execute("ANALYZE roznamcha.entries")
    return ids


def test_one_poisoned_record_of_ten_thousand(database: str) -> None:
    """Its entries wait in order, all other rows are right; once mended, a replay brings it in like the others."""
    records = many(database)
    views: list[View] = [Diary(), Pages(), Lines()]
    with connected(database) as connection:
        prepare(connection, views)
        log = [each for each in read_log(connection, 0, 10**6) if each.record_id == records[4_711]]
        bad = log[1].position
        Follower(connection, [told(Diary(), poison={bad}), Pages(), Lines()], catalogue()).catch_up()
        (lot,) = parking.parked(connection)
        assert (lot.view, lot.record_id, lot.position, lot.waiting) == ("diary", records[4_711], bad, 3)
        assert [each.position for each in parking.waiting(connection, "diary", lot.record_id)] == [
            each.position for each in log[1:]
        ]
        report = verify(connection, views, catalogue())
        rows = {"diary": RECORDS - 1, "pages": 2 * RECORDS, "lines": 4 * RECORDS}
        print(f"{report.entries} entries of {report.records} records, rows {report.rows}, parked {report.parked}")
        assert (report.records, report.parked, report.rows) == (RECORDS, 1, rows)
        assert report.first_bad is not None
        assert report.first_bad["position"] == bad
        assert parking.replay(connection, Diary(), catalogue(), lot.record_id) is None
        held = connection.execute("SELECT positions FROM views.diary WHERE record_id = %s", (lot.record_id,)).fetchone()
        assert held == ([each.position for each in log],)
        assert (report.bad, verify(connection, views, catalogue()).bad) == (COMPLAINTS + 1, COMPLAINTS)


# --- a rebuild that dies ---------------------------------------------------------------------------------------------


REBUILDING = [step for step in steps() if step.startswith("rebuild:")]


def in_force(connection: Connection[Any]) -> tuple[str, Any]:
    """What is read, by its rows and by which tables hold them."""
    tables = connection.execute(
        "SELECT oid, relname FROM pg_class WHERE relname IN ('case_state', 'history')"
    ).fetchall()
    return digest(connection), tables


@pytest.mark.parametrize("step", REBUILDING)
def test_a_rebuild_that_dies_leaves_a_whole_view_in_force(database: str, step: str) -> None:
    """The old tables, or from the swap on the new ones, with the same rows; the second try is clean."""
    write_cases(database, 6)
    with forge() as driver, connected(database) as connection:
        assert driver.run({"job": "runner", "url": database}) == ["done"]
        before, tables = in_force(connection)
        dies(driver, database, step)
        after, now = in_force(connection)
        assert after == before
        print(f"{step}: {'the old tables' if now == tables else 'new tables'} in force")
        write_cases(database, 1, first=6)  # life goes on between the tries
        assert driver.run({"job": "rebuild", "url": database}) == ["done"]
        left = """
            SELECT (SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relname LIKE '%\\_\\_new%'),
                   (SELECT count(*) FROM ops.checkpoints WHERE view_group <> 'main')
        """
        assert connection.execute(left).fetchone() == (0, 0)


def dies(driver: Forge, url: str, step: str) -> None:
    """Kill a rebuild at a step."""
    assert driver.run({"job": "rebuild", "url": url, "at": step}) == ["killed"]


def test_what_differs_is_shown_before_the_swap(program: Program) -> None:
    """A row that was changed by hand is told with its key; who says no keeps the old rows."""
    program.run("import", str(a_file(program.folder, "shown", 3)))
    program.run("verify")
    with psycopg.connect(program.url, autocommit=True) as owner:
        owner.execute("DELETE FROM views.case_state WHERE ctid = (SELECT min(ctid) FROM views.case_state)")
    told_no = program.run("rebuild", "case_state", stdin="n\n", check=False)
    assert "3 rows instead of 2: 1 added, 0 removed, 0 changed" in told_no.stdout
    assert "added: " in told_no.stdout
    assert program.count("views.case_state") == 2
    program.run("rebuild", "case_state", stdin="y\n")
    assert program.count("views.case_state") == 3


def test_who_says_no_keeps_the_old_rows(database: str) -> None:
    """The difference is known before the swap, and the swap asks for leave."""
    write_cases(database, 2)
    seen: list[Difference] = []
    with connected(database) as connection:
        prepare(connection, [Diary()])
        Follower(connection, [Diary()], catalogue()).catch_up()
        connection.execute("UPDATE views.diary SET text = 'x' WHERE ctid = (SELECT min(ctid) FROM views.diary)")
        rebuild(connection, Diary(), catalogue(), approve=lambda *shown: bool(seen.append(shown[-1])))
        assert (seen[0].changed, seen[0].added, seen[0].removed) == (1, 0, 0)
        assert connection.execute("SELECT count(*) FROM views.diary WHERE text = 'x'").fetchone() == (1,)
