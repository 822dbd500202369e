"""Processes that stand still longer than others wait for them, and then go on: what they still hold counts no more."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from consumers.clients import Broker
from roznamcha.health import RELAY
from roznamcha.postgres import Embedded
from tests.consumers.subscribing import query
from tests.fault.across import Scene, rounds, scene
from tests.fault.barracks import Barracks, barracks
from tests.fault.posts import SESSION_MS, TRANSACTION_MS

CUT = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = %s AND datname = current_database()
"""
"""What takes away a database connection, and the lock that went with it."""
MEMBERS = ("third", "fourth", "court too")
"""Who comes and goes in the storm."""


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Barracks]:
    """Who can be put to work, for all tests of this file."""
    with barracks(tmp_path_factory.mktemp("barracks")) as made:
        yield made


def suspend(all_of_them: Scene, name: str, step: str, pause: float = 0.0) -> None:
    """Have somebody stand still the next time but one that he comes to a step, and wait until he does."""
    all_of_them.post(name, at=step, nth=2, number=signal.SIGSTOP, pause=pause)
    all_of_them.until(lambda: all_of_them.barracks.suspended(name), f"{name} at {step}")


@pytest.mark.parametrize("step", ["kafka: polled", "kafka: committed"])
def test_a_follower_stands_still_longer_than_its_session(
    people: Barracks, server: Embedded, broker: Broker, tmp_path: Path, step: str
) -> None:
    """The other one takes its share; what it had in hand when it wakes is folded already, and is not folded again."""
    with scene(people, server, tmp_path, broker.bootstrap) as all_of_them:
        for n in rounds(1):
            suspend(all_of_them, "first", step)
            all_of_them.flows()  # after its session is over: the other one has all
            assert people.suspended("first")
            people.signal("first", signal.SIGCONT)
            all_of_them.judge(f"a follower suspended at {step}: {n + 1}")


@pytest.mark.parametrize("name", ["first", "court"])
def test_somebody_stands_still_in_his_databases_transaction(
    people: Barracks, server: Embedded, broker: Broker, tmp_path: Path, name: str
) -> None:
    """Others wait for his locks as long as he stands there. Then either he or somebody else counts, and not both."""
    step = {"first": "runner: rows written", "court": "subscriber: rows written"}[name]
    with scene(people, server, tmp_path, broker.bootstrap) as all_of_them:
        all_of_them.post("court too")
        for n in rounds(1):
            suspend(all_of_them, name, step)
            time.sleep(SESSION_MS / 1_000 * 1.5)
            people.signal(name, signal.SIGCONT)
            all_of_them.judge(f"{name} suspended in a transaction: {n + 1}")


def test_anybody_stands_still_at_any_moment(people: Barracks, server: Embedded, broker: Broker, tmp_path: Path) -> None:
    """Two at once, longer than a session and a transaction may last."""
    with scene(people, server, tmp_path, broker.bootstrap) as all_of_them:
        for n in rounds(1):
            dice = random.Random(n)
            time.sleep(dice.uniform(0, 0.5))
            names = dice.sample(["relay", "first", "second", "court"], 2)
            for name in names:
                people.signal(name, signal.SIGSTOP)
            time.sleep(max(SESSION_MS, TRANSACTION_MS) / 1_000 * dice.uniform(0.3, 1.6))
            for name in names:
                people.signal(name, signal.SIGCONT)
            all_of_them.judge(f"suspended at random, the last {names}: {n + 1}")


def test_a_relay_stands_still_longer_than_its_transaction_may_last(
    people: Barracks, server: Embedded, broker: Broker, tmp_path: Path
) -> None:
    """The broker undoes what it had sent. Awake, its commit is refused; its successor sends the same again."""
    with scene(people, server, tmp_path, broker.bootstrap) as all_of_them:
        for n in rounds(1):
            suspend(all_of_them, "relay", "relay: sent", pause=0.5)  # by then the broker has the first messages
            times = people.times("relay")
            time.sleep(TRANSACTION_MS / 1_000 * 1.5 + 1)
            people.signal("relay", signal.SIGCONT)
            all_of_them.until(
                lambda times=times: people.times("relay") > times or "publishing again" in people.said("relay"),  # type: ignore[misc]
                "it was not refused",
            )
            all_of_them.judge(f"a transaction ran out of time: {n + 1}")


@pytest.mark.parametrize("step", ["relay: sent", "relay: committed"])
def test_a_relay_that_was_taken_over_wakes(
    people: Barracks, server: Embedded, broker: Broker, tmp_path: Path, step: str
) -> None:
    """It lost its database's lock while it stood still, another one publishes: nothing it had sent comes to be."""
    with scene(people, server, tmp_path, broker.bootstrap) as all_of_them:
        all_of_them.post("relay too")
        for n in rounds(1):
            one, other = ("relay", "relay too") if n % 2 else ("relay too", "relay")
            people.dismiss(other)
            suspend(all_of_them, one, step)
            all_of_them.post(other)
            query(all_of_them.url, CUT, RELAY)
            all_of_them.flows()
            assert people.suspended(one)
            times = people.times(one)
            people.signal(one, signal.SIGCONT)
            all_of_them.until(lambda one=one, times=times: people.times(one) > times, "it was not refused")  # type: ignore[misc]
            all_of_them.judge(f"a relay was taken over at {step}: {n + 1}")


def test_members_come_and_go_while_entries_flow(
    people: Barracks, server: Embedded, broker: Broker, tmp_path: Path
) -> None:
    """Every second somebody joins or leaves, in good order or dead: the shares move, and no entry falls between."""
    with scene(people, server, tmp_path, broker.bootstrap) as all_of_them:
        moves = 0
        for n in rounds(1):
            dice = random.Random(n)
            here: set[str] = set()
            for _ in range(12):
                name = dice.choice(MEMBERS)
                if name not in here:
                    all_of_them.post(name)
                elif dice.random() < 0.7:
                    people.dismiss(name)
                else:
                    people.signal(name, signal.SIGKILL)  # put back at once
                    here ^= {name}
                here ^= {name}
                moves += 1
                time.sleep(1)
            all_of_them.judge(f"members came and went {moves}")
