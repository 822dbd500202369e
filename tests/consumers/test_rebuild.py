"""Rebuilding: beside the old view, compared, and swapped in one transaction; never ahead of what it replaces."""

from __future__ import annotations

from consumers.building import prepare
from consumers.rebuild import rebuild
from domain.common.matter import Entry
from projections.view import on
from roznamcha.verifying import verify
from schemas import catalogue
from tests.consumers.feed import all_views, following, write_cases
from tests.consumers.test_runner import Tally


class Taller(Tally):
    """The same view in a later release: it counts double."""

    version = 2

    @on(Entry)
    def twice(self, row: Tally.Row, _: Entry) -> None:
        """Once more."""
        row.entries += 1


Taller.name = "tally"


def test_a_changed_view_is_built_beside_the_old_one_and_swapped(database: str) -> None:
    """The difference is told before the swap; refused, the old rows stay; approved, the new ones are in force."""
    write_cases(database, 4)
    with following(database, [Tally()]) as follower:
        follower.catch_up()
        connection = follower.connection
        assert prepare(connection, [Taller()]) != []
        difference = rebuild(connection, Taller(), catalogue(), approve=lambda _: False)
        assert (difference.old, difference.new, difference.changed) == (4, 4, 4)
        assert len(difference.examples) == 4
        assert connection.execute("SELECT DISTINCT entries FROM views.tally").fetchall() == [(4,)]
        rebuild(connection, Taller(), catalogue())
        assert connection.execute("SELECT DISTINCT entries FROM views.tally").fetchall() == [(8,)]
        assert prepare(connection, [Taller()]) == []
        left = connection.execute("SELECT count(*) FROM pg_tables WHERE tablename LIKE '%\\_\\_new'").fetchone()
        assert left == (0,)
        assert verify(connection, [Taller()], catalogue()).ok


def test_a_rebuild_never_runs_ahead_of_the_view_it_replaces(database: str) -> None:
    """Entries the old view has not folded yet are folded once, after the swap, and not twice."""
    write_cases(database, 4)
    with following(database, [Tally()]) as follower:
        follower.catch_up()
        write_cases(database, 4, first=4)
        rebuild(follower.connection, Tally(), catalogue())
        follower.catch_up()
        assert verify(follower.connection, [Tally()], catalogue()).ok
        found = follower.connection.execute("SELECT count(*), min(entries), max(entries) FROM views.tally").fetchone()
        assert found == (8, 4, 4)


def test_rebuilding_without_a_change_differs_in_nothing(database: str) -> None:
    """The same code gives the same rows, whatever way they were made."""
    write_cases(database, 6)
    with following(database) as follower:
        follower.catch_up(batch=5)
        for view in all_views():
            assert rebuild(follower.connection, view, catalogue()).same
        assert verify(follower.connection, all_views(), catalogue()).ok
