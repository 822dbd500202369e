"""Rows of views on Kafka: what a reader of the topic holds is what stands in the table, whatever happened meanwhile."""

from __future__ import annotations

import threading
from collections import defaultdict
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from psycopg.types.json import Jsonb

from consumers import parking
from consumers.clients import Broker
from consumers.embedded import Follower, connected
from consumers.rebuild import fill_first, rebuild, rebuild_all
from consumers.topics import Topics
from projections.articles import Articles
from projections.case_state import CaseState
from roznamcha.errors import Broken
from roznamcha.relayed import read_position
from roznamcha.topic_plan import apply, plan
from schemas import catalogue
from tests.acts import act
from tests.broker.reading import read_topic
from tests.consumers.feed import following, write_cases
from tests.consumers.subscribing import stopping, until, watching
from tests.roznamcha.test_store import store_on
from tests.roznamcha.told import agrees, held, publish, relaying, table, told, views


def test_nothing_is_told_before_anybody_publishes(database: str) -> None:
    """Where there is no Kafka, no row is written down a second time."""
    write_cases(database, 3)
    with following(database, views()) as follower:
        follower.catch_up()
        rebuild_all(follower.connection, views(), catalogue())
    assert told(database) == 0


def test_rows_there_before_and_rows_that_change_afterwards(database: str, broker: Broker, topics: Topics) -> None:
    """The topics begin with every row there is; from then on each change follows, once, and the outbox is emptied."""
    records = write_cases(database, 5)
    with following(database, views()) as follower:
        follower.catch_up()
        publish(database, broker, topics)
        agrees(database, broker, topics)
        assert len(held(broker, topics, CaseState)) == 5
        write_cases(database, 3, first=5)
        store = store_on(database)
        store.record(act("case.CopyGivenToInformant", str(records[0])))
        store.datastore.close()
        follower.catch_up(batch=3)
        assert told(database) > 0
        publish(database, broker, topics)
    agrees(database, broker, topics)
    assert told(database) == 0
    publish(database, broker, topics)
    agrees(database, broker, topics)


def test_a_view_that_is_not_built_yet_is_opened_later(database: str, broker: Broker, topics: Topics) -> None:
    """A relay that was there first publishes the entries, and the rows as soon as there are any."""
    write_cases(database, 2)
    with relaying(database, broker, topics) as relay:
        assert relay.publish() == 8
        assert relay.outbox.opened == []
        with following(database, views()) as follower:
            follower.catch_up(batch=3)
        relay.publish()
        assert sorted(relay.outbox.opened) == ["case-state", "custody"]
        relay.begin()
    agrees(database, broker, topics)


def test_rows_of_a_runner_that_begins_while_a_topic_is_opened(database: str, broker: Broker, topics: Topics) -> None:
    """The very first runner, which has no checkpoints yet to wait at, waits all the same: its rows are told."""
    write_cases(database, 3)
    with following(database, views()) as follower, connected(database) as looking:
        beginning = threading.Thread(target=follower.catch_up)

        def waits() -> bool:
            query = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"
            return not beginning.is_alive() or looking.execute(query).fetchone() == (True,)

        def meanwhile(step: str) -> None:
            if step == "outbox: opened" and beginning.ident is None:
                beginning.start()
                until(waits)

        with watching(meanwhile):
            publish(database, broker, topics)
        beginning.join()
        publish(database, broker, topics)
    agrees(database, broker, topics)
    assert len(held(broker, topics, CaseState)) == 3


def test_a_row_that_is_gone_is_told_so(database: str, broker: Broker, topics: Topics) -> None:
    """Links that no longer count, and a case that another release left behind: by the runner, and by a rebuild."""
    record, other = write_cases(database, 2)
    with following(database, views()) as follower:
        follower.catch_up()
        stray = (
            "INSERT INTO views.custody SELECT (jsonb_populate_record(c, jsonb_build_object('property_id', 'PR/' || n)))"
            ".* FROM views.custody c, generate_series(8, 9) n WHERE record_id = %s AND version = 2"
        )
        for each in (record, other):
            follower.connection.execute(stray, (each,))
        follower.connection.execute(
            "INSERT INTO views.case_state SELECT (jsonb_populate_record(c, %s)).* "
            "FROM views.case_state c WHERE record_id = %s",
            (Jsonb({"record_id": str(UUID(int=7))}), record),
        )
        follower.runner.forget()
        publish(database, broker, topics)
        assert len(held(broker, topics, CaseState)) == 3
        store = store_on(database)
        store.record(
            act("case.PropertySeized", str(record), at="2026-07-05T12:00:00+05:30", memo="SM/2",
                items=[{"id": "PR/2", "category": "other", "description": "notes", "quantity": "3", "unit": "notes"}])
        )  # fmt: skip
        store.datastore.close()
        follower.catch_up()
        publish(database, broker, topics)
        agrees(database, broker, topics)
        assert rebuild(follower.connection, Articles(), catalogue()).removed == 2
        assert rebuild(follower.connection, CaseState(), catalogue()).removed == 1
        publish(database, broker, topics)
    agrees(database, broker, topics)
    assert len(held(broker, topics, CaseState)) == 2


def test_what_a_rebuild_changes_is_told_and_nothing_else(database: str, broker: Broker, topics: Topics) -> None:
    """Rows that come out as they were are not told again."""
    one, *_ = write_cases(database, 4)
    with following(database, views()) as follower:
        follower.catch_up()
        publish(database, broker, topics)
        rebuild_all(follower.connection, views(), catalogue())
        assert told(database) == 0
        follower.connection.execute("UPDATE views.case_state SET investigator = 'nobody' WHERE record_id = %s", (one,))
        changed = rebuild(follower.connection, CaseState(), catalogue()).changed
        assert (changed, told(database)) == (1, 1)
        publish(database, broker, topics)
    agrees(database, broker, topics)


def test_a_rebuild_of_other_columns_tells_every_row(database: str, broker: Broker, topics: Topics) -> None:
    """Rows of another release's shape can't be compared: all are told."""
    write_cases(database, 3)
    with following(database, views()) as follower:
        follower.catch_up()
        publish(database, broker, topics)
        follower.connection.execute("ALTER TABLE views.case_state RENAME cnr TO court_number")
        rebuild(follower.connection, CaseState(), catalogue())
        assert told(database) == 3
        publish(database, broker, topics)
    agrees(database, broker, topics)


def test_a_first_filling_tells_what_it_put_in_force(database: str, broker: Broker, topics: Topics) -> None:
    """Topics that were opened over empty tables have all rows after these were filled at once."""
    write_cases(database, 4)
    with following(database, views()) as follower:
        publish(database, broker, topics)
        assert held(broker, topics, CaseState) == {}
        assert fill_first(follower.connection, views(), catalogue())
        publish(database, broker, topics)
    agrees(database, broker, topics)
    assert len(held(broker, topics, CaseState)) == 4


def test_what_a_replay_brings_is_told(database: str, broker: Broker, topics: Topics) -> None:
    """A record that waited in the lot comes to its rows by a replay: they are told like any."""
    records = write_cases(database, 2)

    class Stumbling(CaseState):
        name = "case_state"

        def rows(self, state: Any) -> Any:
            if state.record_id == records[0]:
                raise ValueError
            return super().rows(state)

    Stumbling.name, Stumbling.__name__ = "case_state", "CaseState"
    with following(database, [CaseState()]) as follower:
        publish(database, broker, topics)
        Follower(follower.connection, [Stumbling()], catalogue()).catch_up(batch=2)
        publish(database, broker, topics)
        assert held(broker, topics, CaseState).keys() == {(str(records[1]),)}
        assert parking.replay(follower.connection, CaseState(), catalogue(), records[0]) is None
        publish(database, broker, topics)
    assert held(broker, topics, CaseState) == table(database, CaseState)
    assert len(table(database, CaseState)) == 2


def test_a_row_that_does_not_fit_its_schema_parks_its_record(database: str, broker: Broker, topics: Topics) -> None:
    """What can't be told is not kept from the readers in silence: nothing of it is in force either."""
    records = write_cases(database, 3)

    class Odd(CaseState):
        def rows(self, state: Any) -> Any:
            for row in super().rows(state):
                row.sections = [1] if state.record_id == records[1] else row.sections
                yield row

    Odd.name, Odd.__name__ = "case_state", "CaseState"
    with following(database, [CaseState()]) as follower:
        publish(database, broker, topics)
        Follower(follower.connection, [Odd()], catalogue()).catch_up()
        assert [each.record_id for each in parking.parked(follower.connection)] == [records[1]]
        publish(database, broker, topics)
    assert held(broker, topics, CaseState) == table(database, CaseState)
    assert len(table(database, CaseState)) == 2


STEPS = [
    ("relay: took over", 1), ("outbox: opened", 1), ("outbox: opened", 2), ("relay: sent", 4), ("relay: sent", 6),
    ("relay: committed", 4), ("relay: committed", 6),
]  # fmt: skip


@pytest.mark.parametrize(("step", "nth"), STEPS)
def test_begun_again_after_any_step(database: str, broker: Broker, topics: Topics, step: str, nth: int) -> None:
    """A relay that stops while it opens topics or publishes rows leaves none to be lost or doubled."""
    write_cases(database, 4)
    with following(database, views()) as follower:
        follower.catch_up()
        stopped = watching(stopping(step, nth))
        with relaying(database, broker, topics) as relay, stopped, pytest.raises(InterruptedError):
            relay.publish()
        write_cases(database, 2, first=4)
        follower.catch_up()
        publish(database, broker, topics)
    agrees(database, broker, topics)
    assert told(database) == 0


@pytest.mark.parametrize(
    "step", ["runner: rows written", "runner: committed", "rebuild: before swap", "rebuild: swapped"]
)
def test_rows_and_what_is_told_of_them_stand_or_fall_together(
    database: str, broker: Broker, topics: Topics, step: str
) -> None:
    """A runner or a rebuild that stops at a step has told exactly what is in force."""
    write_cases(database, 3)
    with following(database, views()) as follower:
        follower.catch_up(until=5)
        publish(database, broker, topics)
        follower.connection.execute("UPDATE views.case_state SET investigator = 'nobody'")
        follower.runner.forget()
        publish(database, broker, topics)
        everything = (follower.connection, views(), catalogue())
        with watching(stopping(step)), pytest.raises(InterruptedError):
            (follower.catch_up if "runner" in step else partial(rebuild_all, *everything))()
    with following(database, views()) as follower:
        rebuild_all(follower.connection, views(), catalogue())
        follower.catch_up()
        publish(database, broker, topics)
    agrees(database, broker, topics)


def test_what_the_views_have_not_told_is_noticed(database: str, broker: Broker, topics: Topics) -> None:
    """Kafka has rows of which the restored store knows nothing; or one is missing in the outbox: nothing goes on."""
    write_cases(database, 3)
    with following(database, views()) as follower:
        follower.catch_up(until=8)
        publish(database, broker, topics)
        follower.catch_up()
        for which in ("min", "max"):  # the last one of a slot is followed by none that would show it
            follower.connection.execute(f"DELETE FROM ops.outbox WHERE seq = (SELECT {which}(seq) FROM ops.outbox)")
            with relaying(database, broker, topics) as relay, pytest.raises(Broken, match="is missing in the outbox"):
                relay.publish()
        follower.connection.execute("UPDATE ops.outbox_heads SET seq = 0")
        with relaying(database, broker, topics) as relay, pytest.raises(Broken, match="restored to an earlier state"):
            relay.publish()


def test_a_relay_that_opens_a_topic_comes_round(
    database: str, broker: Broker, topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many rows there are to be told first: a watchdog sees that it works."""
    monkeypatch.setattr("consumers.outbox.CHUNK", 1)
    write_cases(database, 3)
    with following(database, views()) as follower:
        follower.catch_up()
        with relaying(database, broker, topics) as relay:
            rounds: list[int] = []
            stop = threading.Event()

            def told() -> None:
                rounds.append(len(relay.outbox.opened))
                if len(rounds) > 20:
                    stop.set()

            relay.follow(stop, told=told, net=0.1)
    assert rounds.count(0) > 3, "it came round before the first topic was open"


def test_a_topic_of_rows_made_anew_is_told_every_row(database: str, broker: Broker, topics: Topics) -> None:
    """Deleted by itself and made again it would be empty for ever: its id says that nothing of it was published."""
    write_cases(database, 3)
    with following(database, views()) as follower:
        follower.catch_up()
        publish(database, broker, topics)
        with broker.admin() as admin:
            admin.delete_topics([topics["case-state"].name])
        until(lambda: topics["case-state"] in plan(broker, topics).missing, 20)
        apply(broker, topics)
        publish(database, broker, topics)
    assert len(held(broker, topics, CaseState)) == 3
    agrees(database, broker, topics)


def test_a_strangers_row_is_noticed(database: str, broker: Broker, topics: Topics) -> None:
    """A message nobody here wrote: the relay stops before it publishes anything after it."""
    write_cases(database, 1)
    with following(database, views()) as follower:
        follower.catch_up()
        publish(database, broker, topics)
        stranger = broker.producer(called="test")
        stranger.send(topics["custody"].name, b"?", partition=5)
        stranger.flush()
        stranger.close()
        with relaying(database, broker, topics) as relay, pytest.raises(Broken, match="someone else wrote there"):
            relay.publish()


def test_the_position_says_how_many_rows_each_partition_has(database: str, broker: Broker, topics: Topics) -> None:
    """It is in the same transaction as the rows."""
    write_cases(database, 3)
    with following(database, views()) as follower:
        follower.catch_up()
    publish(database, broker, topics)
    at = read_position(read_topic(broker, topics.position, 1)[-1])
    for short in ("case-state", "custody"):
        counts: dict[int, int] = defaultdict(int)
        for each in read_topic(broker, topics[short].name):
            counts[each.partition] += 1
        assert at.rows[short] == counts
