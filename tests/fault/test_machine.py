"""The real checkpoints, runner, lot and rebuild on a real PostgreSQL, driven by Hypothesis against a model.

The model is a list of entries, and what each view should make of it: every record's entries in order, up to the first
one that is poison to the view and hasn't been passed over. Two runners of one group take turns in any order, die before
they commit, and are given again what they had; the tables must always be the model's fold.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from consumers import parking, steps
from consumers.building import prepare
from consumers.checkpoints import positions
from consumers.embedded import Follower, connected, head, read_log
from consumers.rebuild import rebuild
from consumers.runner import Fenced, Kept, Runner
from roznamcha.postgres import Embedded
from schemas import catalogue
from tests.acts import act
from tests.consumers.marks import Diary, Lines, told
from tests.fault.jobs import store_on
from tests.fault.kit import fresh

RECORDS = 4
DIARY, LINES = Diary(), Lines()


class Died(BaseException):
    """A runner's death: nothing may catch it and go on."""


class Following(RuleBasedStateMachine):
    """What may happen to two runners, in any order."""

    server = ""

    def __init__(self) -> None:
        """A database of its own."""
        super().__init__()
        self.open = ExitStack()
        self.url = self.open.enter_context(fresh(self.server))
        self.mine = self.open.enter_context(connected(self.url))
        self.store = store_on(self.url)
        self.open.callback(self.store.datastore.close)
        self.poison: set[int] = set()
        self.passed: set[int] = set()
        self.given: list[list[Kept]] = []

    @initialize()
    def begin(self) -> None:
        """Four records, two runners."""
        prepare(self.mine, [DIARY, LINES])
        self.runners = [self._runner() for _ in range(2)]
        self.records = [self.store.record(act("case.FIRRegistered", f"r{n}")).record_id for n in range(RECORDS)]

    def _runner(self) -> Runner:
        connection = self.open.enter_context(connected(self.url))
        made = Runner(connection, [told(Diary(), poison=self.poison), LINES], catalogue())
        made.load()
        return made

    # --- what happens ----------------------------------------------------------------------------------------------

    @rule(which=st.integers(0, RECORDS - 1), poison=st.booleans(), many=st.integers(1, 3))
    def append(self, which: int, poison: bool, many: int) -> None:
        """Entries of one record; the diary may not be able to take the last of them."""
        for _ in range(many):
            outcome = self.store.record(act("case.HearingHeld", str(self.records[which])))
        if poison:
            self.poison.add(outcome.position)
            self._mind()

    @rule(who=st.integers(0, 1), size=st.integers(1, 7))
    def take(self, who: int, size: int) -> None:
        """A batch of any size, by one of the two; of slots the other has moved on it learns by being fenced."""
        runner = self.runners[who]
        batch = read_log(self.mine, runner.reached, size)
        self.given.append(batch)
        self._give(runner, batch, dict.fromkeys(range(60), batch[-1].position) if batch else None)

    @rule(
        who=st.integers(0, 1),
        size=st.integers(1, 7),
        step=st.sampled_from(["runner: checkpoint moved", "runner: rows written"]),
    )
    def die(self, who: int, size: int, step: str) -> None:
        """Death before the commit: nothing of the batch is there, and another runner takes its place."""
        batch = read_log(self.mine, self.runners[who].reached, size)
        before = self._tables()

        def watcher(here: str) -> None:
            if here == step:
                raise Died

        steps.WATCHERS.append(watcher)
        try:
            self._give(self.runners[who], batch)
        except Died:
            assert self._tables() == before
        finally:
            steps.WATCHERS.remove(watcher)
        self.runners[who].connection.close()
        self.runners[who] = self._runner()

    @precondition(lambda self: self.given)
    @rule(who=st.integers(0, 1), data=st.data())
    def redeliver(self, who: int, data: st.DataObject) -> None:
        """What was given before is given again."""
        self._give(self.runners[who], data.draw(st.sampled_from(self.given)))

    @precondition(lambda self: self.poison - self.passed)
    @rule(data=st.data())
    def mend(self, data: st.DataObject) -> None:
        """The cause is mended, and what waited for it goes on."""
        self.poison.discard(data.draw(st.sampled_from(sorted(self.poison - self.passed))))
        self._mind()
        self._replay()

    @precondition(lambda self: self.poison - self.passed)
    @rule(data=st.data())
    def pass_over(self, data: st.DataObject) -> None:
        """A named person passes an entry over for the diary."""
        position = data.draw(st.sampled_from(sorted(self.poison - self.passed)))
        (kept,) = [each for each in read_log(self.mine, 0) if each.position == position]
        fields = {"view": "diary", "position": position, "entry": str(UUID(int=1)), "reason": "known"}
        self.store.record(act("case.EntryPassedOver", str(kept.record_id), authorised_by="CG-9001", **fields))
        self.passed.add(position)
        self._replay()

    @rule()
    def rebuild(self) -> None:
        """Both views are built anew. What an unfinished runner had in hand is fenced or taken as before."""
        for view in (told(Diary(), poison=self.poison), LINES):
            rebuild(self.mine, view, catalogue())

    @rule()
    def catch_up(self) -> None:
        """A follower brings everything to the head."""
        Follower(self.mine, [told(Diary(), poison=self.poison), LINES], catalogue()).catch_up(batch=5)

    # --- what must hold --------------------------------------------------------------------------------------------

    @invariant()
    def tables_are_the_models_fold(self) -> None:
        """Nothing skipped, nothing doubled, everything in order."""
        if not hasattr(self, "runners"):
            return
        reached = positions(self.mine)
        folded = [each for each in read_log(self.mine, 0) if each.position <= reached[each.slot]]
        diary: dict[UUID, list[int]] = {}
        waiting: dict[UUID, list[int]] = {}
        let_go = self.let_go
        for each in folded:
            if each.record_id in waiting:
                waiting[each.record_id].append(each.position)
            elif each.position not in self.poison:
                diary.setdefault(each.record_id, []).append(each.position)
            elif each.position not in let_go:
                waiting[each.record_id] = [each.position]
        lines = {each.position: each.record_id for each in folded}
        assert self._tables() == (lines, diary, waiting)

    @property
    def let_go(self) -> set[int]:
        """What was passed over and the diary has gone on without: until a replay or a rebuild it stops there."""
        rows = self.mine.execute("SELECT position FROM ops.parked WHERE view = 'diary'").fetchall()
        return self.passed - {row[0] for row in rows}

    def _tables(self) -> tuple[Any, Any, Any]:
        lines = dict(self.mine.execute("SELECT position, record_id FROM views.lines").fetchall())
        diary = dict(self.mine.execute("SELECT record_id, positions FROM views.diary").fetchall())
        lot: dict[UUID, list[int]] = {}
        query = "SELECT record_id, position FROM ops.parked_entries WHERE view = 'diary' ORDER BY position"
        for record_id, position in self.mine.execute(query).fetchall():
            lot.setdefault(record_id, []).append(position)
        return lines, {key: value for key, value in diary.items() if value}, lot

    def _give(self, runner: Runner, batch: list[Kept], through: dict[int, int] | None = None) -> None:
        try:
            runner.take(batch, through)
        except Fenced:
            runner.load()

    def _mind(self) -> None:
        for runner in self.runners:
            told(runner.views[0], poison=self.poison)

    def _replay(self) -> None:
        for lot in parking.parked(self.mine):
            parking.replay(self.mine, told(Diary(), poison=self.poison), catalogue(), lot.record_id)

    def teardown(self) -> None:
        """At the end everything is brought to the head, and is the model's fold once more."""
        try:
            if hasattr(self, "runners"):
                self.catch_up()
                assert set(positions(self.mine).values()) == {head(self.mine)}
                self.tables_are_the_models_fold()
        finally:
            self.open.close()


def test_the_real_runner_against_the_model(server: Embedded, fault_rounds: int) -> None:
    """As many runs as rounds were asked for, at most 500, each of up to 30 steps."""
    Following.server = server.url
    run_state_machine_as_test(
        Following,
        settings=settings(
            max_examples=max(8, min(fault_rounds, 500)), stateful_step_count=30, deadline=None, print_blob=True,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.reuse, Phase.generate],  # a run takes seconds, and shrinking would take hundreds of them
        ),
    )  # fmt: skip
