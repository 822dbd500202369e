"""The parking lot: what can't be folded or written waits in order, and comes out as if it had never been there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import Connection

from consumers import parking
from consumers.embedded import Follower, connected, read_log
from consumers.rebuild import rebuild
from projections.view import View
from roznamcha.verifying import verify
from schemas import catalogue
from tests.consumers.feed import digest, following, pass_over, write_cases
from tests.consumers.marks import Diary, Lines, Pages, Shared, told


def follow(connection: Connection[Any], *views: View, batch: int = 2_000) -> None:
    """Catch up with these views."""
    Follower(connection, views, catalogue()).catch_up(batch=batch)


def positions(connection: Connection[Any], record_id: UUID) -> list[int]:
    """Where the entries of a record stand in the log."""
    return [each.position for each in read_log(connection, 0) if each.record_id == record_id]


def lots(connection: Connection[Any]) -> list[tuple[str, UUID, int, int]]:
    """What is parked: for which view, which record, where, and how many wait."""
    return [(each.view, each.record_id, each.position, each.waiting) for each in parking.parked(connection)]


@pytest.mark.parametrize("kind", [Diary, Pages, Lines, Shared], ids=lambda kind: kind.name)
@pytest.mark.parametrize("batch", [1, 7, 100])
def test_after_the_mend_nothing_tells_that_it_was_parked(database: str, kind: type[View], batch: int) -> None:
    """Two of twenty records stumble; after a replay the tables equal those of a run that never stumbled."""
    records = write_cases(database, 20)
    with following(database, [kind()]) as follower:
        connection = follower.connection
        bad = {positions(connection, records[3])[1], positions(connection, records[7])[0]}
        follow(connection, told(kind(), poison=bad), batch=batch)
        assert {each[1] for each in lots(connection)} == {records[3], records[7]}
        for lot in parking.parked(connection):
            assert parking.replay(connection, kind(), catalogue(), lot.record_id) is None
        assert parking.parked(connection) == []
        if kind is not Shared:  # the order between records is nobody's to rely on, and its row shows it
            mended = digest(connection, [kind()])
            rebuild(connection, kind(), catalogue())
            assert digest(connection, [kind()]) == mended
            assert verify(connection, [kind()], catalogue()).ok


@pytest.mark.parametrize("batch", [1, 3, 100])
def test_a_row_that_cannot_be_written_parks_its_record(database: str, batch: int) -> None:
    """A text with a NUL passes the fold and is refused by the table: the entry is found, the others go on."""
    records = write_cases(database, 6)
    with following(database, [Diary(), Lines()]) as follower:
        connection = follower.connection
        mine = positions(connection, records[2])
        view = told(Diary(), unwritable={mine[-1]})
        follow(connection, view, Lines(), batch=batch)
        assert lots(connection) == [("diary", records[2], mine[-1], 1)]
        found = connection.execute("SELECT count(*), sum(jsonb_array_length(positions)) FROM views.diary").fetchone()
        assert found == (6, 23)
        assert connection.execute("SELECT count(*) FROM views.lines").fetchone() == (24,)
        assert parking.replay(connection, view, catalogue(), records[2]) is not None
        assert lots(connection) == [("diary", records[2], mine[-1], 1)]
        assert parking.replay(connection, Diary(), catalogue(), records[2]) is None
        assert verify(connection, [Diary(), Lines()], catalogue()).ok


def test_a_database_that_is_at_fault_parks_nothing(database: str) -> None:
    """A table that is missing is no entry's fault: the batch is not taken, and nothing waits."""
    write_cases(database, 2)
    with following(database, [Diary()]) as follower:
        follower.connection.execute("ALTER TABLE views.diary RENAME TO away")
        with pytest.raises(psycopg.errors.UndefinedTable):
            follower.catch_up()
        follower.connection.execute("ALTER TABLE views.away RENAME TO diary")
        assert lots(follower.connection) == []
        assert follower.catch_up() == 8


def test_a_replay_that_stumbles_later_folds_what_it_can(database: str) -> None:
    """What lies before the new stop is folded; the rest waits from there."""
    (record,) = write_cases(database, 1)
    with following(database, [Diary()]) as follower:
        connection = follower.connection
        first, second, third, fourth = positions(connection, record)
        follow(connection, told(Diary(), poison={first, third}))
        assert lots(connection) == [("diary", record, first, 4)]
        stop = parking.replay(connection, told(Diary(), poison={third}), catalogue(), record)
        assert stop is not None
        assert lots(connection) == [("diary", record, third, 2)]
        assert connection.execute("SELECT positions FROM views.diary").fetchone() == ([first, second],)
        assert [each.position for each in parking.waiting(connection, "diary", record)] == [third, fourth]


def test_a_runner_learns_at_once_that_a_record_has_left_the_lot(database: str) -> None:
    """A runner that began while it was parked must not put its next entries behind nobody."""
    (record,) = write_cases(database, 1)
    with following(database, [Diary()]) as follower, connected(database) as other:
        connection = follower.connection
        follow(connection, told(Diary(), poison={positions(connection, record)[1]}))
        follower.runner.load()
        assert parking.replay(other, Diary(), catalogue(), record) is None
        pass_over(database, record, "other", 1)
        (new,) = [each for each in read_log(connection, 0) if each.name == "case.EntryPassedOver"]
        assert follower.runner.take([new]) == 1
        assert connection.execute("SELECT jsonb_array_length(positions) FROM views.diary").fetchone() == (5,)
        assert connection.execute("SELECT count(*) FROM ops.parked_entries").fetchone() == (0,)


def test_what_a_named_person_passed_over_stays_passed_over(database: str) -> None:
    """The view goes on without the entry, `verify` knows, and a rebuild leaves it out as well."""
    records = write_cases(database, 4)
    with following(database, [Diary()]) as follower:
        connection = follower.connection
        mine = positions(connection, records[1])
        view = told(Diary(), poison={mine[1]})
        follow(connection, view)
        pass_over(database, records[1], "pages", mine[1])
        follow(connection, view)
        assert parking.replay(connection, view, catalogue(), records[1]) is not None, "that was for another view"
        pass_over(database, records[1], "diary", mine[1])
        follow(connection, view)
        assert lots(connection) == [("diary", records[1], mine[1], 5)]
        assert parking.replay(connection, view, catalogue(), records[1]) is None
        found = connection.execute("SELECT positions FROM views.diary WHERE record_id = %s", (records[1],)).fetchone()
        assert found is not None
        assert mine[1] not in found[0]
        assert len(found[0]) == 5
        assert verify(connection, [view], catalogue()).ok
        assert rebuild(connection, view, catalogue()).same
        assert lots(connection) == []


def test_a_replay_may_be_told_what_is_being_passed_over(database: str) -> None:
    """The decision is entered and the record let go in two steps; the second may come before the first is followed."""
    (record,) = write_cases(database, 1)
    with following(database, [Diary()]) as follower:
        connection = follower.connection
        mine = positions(connection, record)
        view = told(Diary(), poison={mine[3]})
        follow(connection, view)
        assert parking.replay(connection, view, catalogue(), record, passing=mine[3]) is None
        assert connection.execute("SELECT positions FROM views.diary").fetchone() == (mine[:3],)
