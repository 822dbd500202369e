"""The waiting line: acts that arrive together share a commit, and nobody pays for his neighbour."""

from __future__ import annotations

import asyncio
import functools
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from consumers import steps
from roznamcha import desk
from roznamcha.errors import Refused, Unavailable
from roznamcha.store import Store
from roznamcha.units import Outcome
from tests.acts import act
from tests.roznamcha.desks import FIR, at_once, counted, hearing, records, shut, store_on, versions
from tests.roznamcha.kit import ROOT


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    """An empty store."""
    made = store_on(database)
    yield made
    shut(made)


@pytest.fixture
def watch() -> Iterator[Callable[[Callable[[str], None]], None]]:
    """Somebody who is told of every step of the writer."""
    yield steps.WATCHERS.append
    steps.WATCHERS.clear()


def batches(watch: Callable[[Callable[[str], None]], None]) -> list[str]:
    """A list that grows by one with each commit."""
    seen: list[str] = []
    watch(lambda step: seen.append(step) if step == "writer: before append" else None)
    return seen


def test_a_burst_of_callers_shares_commits_and_leaves_no_gap(store: Store, database: str, watch: Any) -> None:
    """2,000 acts of 2,000 threads on 50 records: every one acknowledged, every record counted without a gap."""
    ids, seen = records(store, 50), batches(watch)
    told = at_once([functools.partial(store.record, hearing(ids[n % 50])) for n in range(2_000)])
    assert {type(each) for each in told} == {Outcome}
    assert all(found == list(range(1, 42)) for found in versions(database).values())
    entered = {(each.record_id, each.version) for each in told if isinstance(each, Outcome)}
    assert len(entered) == 2_000
    assert len(seen) < 500


def test_coroutines_share_commits_and_are_answered_each_for_itself(store: Store, watch: Any) -> None:
    """Refused and recorded acts side by side: each awaits its own outcome; the loop is never kept waiting."""
    ids, seen = records(store, 10), batches(watch)

    async def one(number: int) -> Outcome | Refused:
        try:
            return await store.record_async(hearing(ids[number % 10] if number % 7 else f"nobody:{number}"))
        except Refused as refused:
            return refused

    async def all_of_them() -> list[Outcome | Refused]:
        return await asyncio.gather(*(one(number) for number in range(300)))

    told = asyncio.run(all_of_them())
    assert [isinstance(each, Refused) for each in told] == [number % 7 == 0 for number in range(300)]
    assert all("nobody:" in str(each) for each in told if isinstance(each, Refused))
    assert len(seen) < 60


def test_one_callers_acts_keep_their_order(store: Store, database: str) -> None:
    """What a coroutine hands in first is entered first, though it waits for none of them."""
    (record,) = records(store, 1)

    async def in_order() -> list[Outcome]:
        return await asyncio.gather(*(store.record_async(hearing(record)) for _ in range(300)))

    told = asyncio.run(in_order())
    assert [each.version for each in told] == list(range(2, 302))
    assert [each.position for each in told] == sorted(each.position for each in told)
    assert versions(database)[record] == list(range(1, 302))


def test_a_neighbour_that_cannot_be_decided_harms_nobody(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """An act whose own rule breaks is told so; those who came with it are entered."""
    ids = records(store, 3)
    broken = hearing(ids[1])
    real = type(broken.event).refuse

    def refuse(self: Any, record: Any) -> Any:
        if self.meta.command_id == broken.event.meta.command_id:
            raise ZeroDivisionError
        return real(self, record)

    monkeypatch.setattr(type(broken.event), "refuse", refuse)
    acts = [hearing(ids[0]), broken, hearing(ids[1]), hearing(ids[2])]
    told = at_once([functools.partial(store.record, each) for each in acts])
    assert [type(each) for each in told] == [Outcome, ZeroDivisionError, Outcome, Outcome]


def test_one_command_id_twice_in_one_batch_is_entered_once(store: Store, database: str) -> None:
    """Two callers send the same command at the same moment: one enters it, the other is told of it."""
    (record,) = records(store, 1)
    sent = hearing(record)
    told = at_once([functools.partial(store.record, sent) for _ in range(20)])
    assert sorted(each.status for each in told if isinstance(each, Outcome)) == ["already"] * 19 + ["recorded"]
    assert len({each.entry_id for each in told if isinstance(each, Outcome)}) == 1
    assert versions(database)[record] == [1, 2]


def test_a_command_sent_again_burns_no_number(store: Store) -> None:
    """An FIR that was entered before claims the next number in its batch, and gives it back to its neighbour."""
    first = act(FIR, command_id=str(uuid4()))
    store.record(first)
    told = store.record_units([[first], [act(FIR)], [act(FIR)]])
    assert [each[0].called for each in told] == [f"CG-RPR-01/000{n}/2026" for n in (1, 2, 3)]


def test_what_was_decided_upon_a_lost_entry_is_decided_again(database: str, watch: Any) -> None:
    """Version 3 is decided upon version 2 while that is being written; another process takes version 2 first."""
    mine, other = store_on(database), store_on(database)
    (record,) = records(mine, 1)
    mine.record(hearing(record))
    taken = threading.Event()

    def steal(step: str) -> None:
        if step == "writer: before append" and not taken.is_set():
            taken.set()
            other.record(hearing(record))

    watch(steal)
    told = at_once([functools.partial(mine.record, hearing(record)) for _ in range(40)])
    assert {type(each) for each in told} == {Outcome}
    assert versions(database)[record] == list(range(1, 44))
    for each in (mine, other):
        shut(each)


def test_a_full_line_is_told_at_once(store: Store, watch: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever comes to a full line is turned away with nothing entered; those in it are served."""
    monkeypatch.setattr(desk, "LINE", 10)
    (record,) = records(store, 1)
    gate = threading.Event()
    watch(lambda step: gate.wait(30) and None if step == "writer: before append" else None)
    told: list[Outcome] = []
    works = [threading.Thread(target=lambda: told.append(store.record(hearing(record)))) for _ in range(200)]
    refused = 0
    for each in works[:1]:
        each.start()
    time.sleep(0.1)

    async def crowd() -> list[Any]:
        return await asyncio.gather(
            *(store.record_async(hearing(record)) for _ in range(200)), asyncio.to_thread(gate.set),
            return_exceptions=True,
        )  # fmt: skip

    answers = asyncio.run(crowd())[:-1]
    works[0].join()
    refused = sum(isinstance(each, Unavailable) for each in answers)
    assert 0 < refused < 200
    assert all("the desk is full" in str(each) for each in answers if isinstance(each, Unavailable))
    assert sum(isinstance(each, Outcome) for each in answers) + refused == 200


def test_a_caller_who_waits_too_long_is_told_whether_it_may_be_entered(store: Store, database: str, watch: Any) -> None:
    """In the line: nothing was entered. On its way: nobody knows, and the same command tells later."""
    (record,) = records(store, 1)
    gate, arrived = threading.Event(), threading.Event()

    def hold(step: str) -> None:
        if step == "writer: before append":
            arrived.set()
            gate.wait(30)

    watch(hold)
    leader = threading.Thread(target=lambda: store.record(hearing(record)))
    leader.start()
    arrived.wait(10)
    ahead, behind = hearing(record), hearing(record)

    async def impatient(each: Any) -> Outcome:
        return await store.record_async(each, patience=0.3)

    with pytest.raises(Unavailable, match="it is not known whether it was entered"):
        asyncio.run(impatient(ahead))
    with pytest.raises(Unavailable, match="too long"):
        store.record(behind, patience=0.2)
    gate.set()
    leader.join()
    assert store.record(ahead).status in {"already", "recorded"}
    assert versions(database)[record] == list(range(1, counted(database, "entries") + 1))


class Stopped(BaseException):
    """The thread that leads is being stopped."""


@pytest.mark.parametrize("where", ["writer: decided", "writer: before append", "writer: after commit, before answer"])
def test_when_the_leader_dies_another_leads(store: Store, database: str, watch: Any, where: str) -> None:
    """Nobody hangs, nothing is entered twice, and all but the one who died are answered."""
    (record,) = records(store, 1)
    died: list[int] = []

    def die(step: str) -> None:
        if step == where and not died:
            died.append(threading.get_ident())
            raise Stopped

    watch(die)

    def work() -> object:
        try:
            return store.record(hearing(record))
        except Stopped:
            return "stopped"

    told = at_once([work] * 30)
    assert [type(each) for each in told if each != "stopped"] == [Outcome] * 29
    entered = versions(database)[record]  # that of the one who died too, unless it was still in the line
    assert entered == list(range(1, len(entered) + 1))
    assert len(entered) in {30, 31}


def test_closing_answers_everybody(store: Store, watch: Any) -> None:
    """Who waits when the desk is closed gets his outcome or an error; later callers are turned away."""
    (record,) = records(store, 1)
    told: list[object] = []

    def work() -> None:
        try:
            told.append(store.record(hearing(record)))
        except Unavailable as error:
            told.append(error)

    threads = [threading.Thread(target=work) for _ in range(60)]
    for each in threads:
        each.start()
    store.close()
    for each in threads:
        each.join(30)
    assert len(told) == 60
    with pytest.raises(Unavailable, match="the desk is closed"):
        store.record(hearing(record))


def test_handed_in_units_are_decided_in_their_order(store: Store) -> None:
    """Who goes on meanwhile finds each batch decided upon the one before."""
    first = store.hand_in([[act(FIR, f"old:{n}")] for n in range(200)])
    second = store.hand_in([[hearing(f"old:{n}")] for n in range(200)])
    third = store.hand_in([[act(FIR, f"old:{n}")] for n in range(200)])
    assert {each[0].status for each in second()} == {"recorded"} == {each[0].status for each in first()}
    assert {each[0].status for each in third()} == {"refused"}


def test_a_unit_that_cannot_be_decided_costs_its_own_slip_nothing_else(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a whole batch handed in one unit breaks: it has its error, those before and after it are entered in order."""
    (record,) = records(store, 1)
    acts = [hearing(record) for _ in range(6)]
    real = type(acts[0].event).refuse

    def refuse(self: Any, case: Any) -> Any:
        if self.meta.command_id == acts[2].event.meta.command_id:
            raise ZeroDivisionError
        return real(self, case)

    monkeypatch.setattr(type(acts[0].event), "refuse", refuse)
    first, second = store.hand_in([[each] for each in acts]), store.hand_in([[hearing(record)]])
    told = [*first(), *second()]
    assert isinstance(told.pop(2), ZeroDivisionError)
    assert [each[0].version for each in told if isinstance(each, list)] == [2, 3, 4, 5, 6, 7]


def test_a_cut_connection_is_opened_anew(store: Store, database: str) -> None:
    """The server ends all our connections in the middle: what is sent again under its command id is there once."""
    ids = records(store, 5)
    stop = threading.Event()

    def cut() -> None:
        with psycopg.connect(database, autocommit=True) as connection:
            while not stop.wait(0.05):
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )

    cutter = threading.Thread(target=cut)
    cutter.start()
    sent = [hearing(ids[n % 5]) for n in range(60)]
    told = at_once([functools.partial(store.record, each) for each in sent])
    stop.set()
    cutter.join()
    again = [store.record(each) for each in sent]
    for first, second in zip(told, again, strict=True):
        assert isinstance(first, Outcome | Unavailable)
        if isinstance(first, Outcome):
            assert (second.status, second.entry_id) == ("already", first.entry_id)
    assert counted(database, "entries") == 65
    assert all(found == list(range(1, 14)) for found in versions(database).values())


def test_two_processes_on_the_same_records_lose_and_double_nothing(store: Store, database: str) -> None:
    """Each takes the other's entries into account: every act acknowledged once, every record without a gap."""
    ids = records(store, 4)
    code = "from tests.roznamcha.desks import enter_many; enter_many()"
    command = [sys.executable, "-c", code, database, "15", *ids]
    running = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) for _ in range(2)]
    told = [tuple(each) for process in running for each in json.loads(process.communicate(timeout=240)[0])]
    assert len(told) == len(set(told)) == 2 * 16 * 15
    found = versions(database)
    assert all(each == list(range(1, len(each) + 1)) for each in found.values())
    assert {(record, version) for record, each in found.items() for version in each if version > 1} == set(told)


def test_a_refusal_is_told_only_when_it_is_kept(store: Store, database: str, watch: Any) -> None:
    """The connection is cut as a refusal is to be kept: it is decided anew, kept, and then told."""
    cuts: list[str] = []

    def cut(step: str) -> None:
        if step == "writer: refusing" and not cuts:
            cuts.append(step)
            with psycopg.connect(database, autocommit=True) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )

    watch(cut)
    sent = hearing("desk:nobody")
    with pytest.raises(Refused):
        store.record(sent)
    assert cuts
    assert counted(database, "refusals") == 1
