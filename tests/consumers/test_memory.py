"""Rows kept between batches: never trusted when somebody else may have changed them."""

from __future__ import annotations

from uuid import UUID

from consumers import parking
from consumers.embedded import Follower, connected, read_log
from consumers.folding import Fold
from consumers.memory import Memory
from consumers.rebuild import rebuild
from roznamcha.verifying import verify
from schemas import catalogue
from tests.consumers.feed import all_views, following, write_cases
from tests.consumers.marks import Diary, told


def test_the_longest_unused_rows_are_forgotten_first() -> None:
    """At most twice the limit is kept; what is asked for again stays."""
    memory = Memory(limit=2)
    for number in range(9):
        fold = Fold(Diary())
        fold.rows = {(UUID(int=number),): Diary.Row(UUID(int=number))}
        memory.keep(fold, (), [], {})
        assert memory.recall([(UUID(int=0),)])
        assert len(memory) <= 4
    assert not memory.recall([(UUID(int=1),)])


def test_rows_that_are_remembered_are_the_rows_that_stand(database: str) -> None:
    """Small batches over the same records, again and again: every view is as an independent fold has it."""
    write_cases(database, 6)
    with following(database) as follower:
        for until in range(3, 24, 4):
            follower.catch_up(until=until, batch=3)
        follower.catch_up()
        assert any(len(each) for each in follower.runner.memories.values())
        assert verify(follower.connection, all_views(), catalogue()).ok


def test_a_rebuild_or_a_replay_behind_the_runner_is_noticed(database: str) -> None:
    """Rows that another process put in force are fetched anew, and so are those of a record that left the lot."""
    records = write_cases(database, 2)
    with following(database, [Diary()]) as follower, connected(database) as other:
        log = read_log(other, 0)
        view = told(Diary(), poison={log[2].position})
        mine = Follower(follower.connection, [view], catalogue())
        mine.catch_up(until=log[4].position)
        assert parking.replay(other, Diary(), catalogue(), records[0]) is None
        mine.catch_up(until=log[5].position)
        other.execute("UPDATE views.diary SET positions = '[]'")
        assert rebuild(other, Diary(), catalogue()).changed == 2
        for held in mine.runner.memories["diary"].recall([(record_id,) for record_id in records]).values():
            held.row.positions.clear()  # as if other rows had been put in force
        mine.catch_up()
        assert verify(other, [Diary()], catalogue()).ok
