"""Between store, topic, views and another system everybody is killed: nothing is lost, nothing has its effect twice."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from consumers.clients import Broker
from roznamcha.postgres import Embedded
from tests.consumers.subscribing import query
from tests.fault.across import KEPT, Scene, rounds, scene
from tests.fault.barracks import Barracks, barracks
from tests.fault.kit import steps

SELDOM = {
    "kafka: dead letter kept", "kafka: dead letter sent", "subscriber: replayed", "runner: written carefully",
}  # fmt: skip
"""Steps that nobody comes to who is sent nothing but entries: test_steps.py has them."""
AT_FIRST = {"relay: took over", "kafka: assigned"}
"""Steps that a process comes to when it begins."""
WHOSE = {"relay": "relay", "kafka": "first", "runner": "second", "subscriber": "court"}
"""Who comes to the steps that begin so."""


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Barracks]:
    """Who can be put to work, for all tests of this file."""
    with barracks(tmp_path_factory.mktemp("barracks")) as made:
        yield made


def test_killed_at_random(people: Barracks, server: Embedded, broker: Broker, tmp_path: Path) -> None:
    """Now one, now several at once, at any moment; each is put back, and all catch up."""
    kills: Counter[str] = Counter()
    with scene(people, server, tmp_path, broker.bootstrap) as all_of_them:
        for n in rounds(3):
            dice = random.Random(n)
            for _ in range(4):
                time.sleep(dice.uniform(0, 0.8))
                for name in dice.sample(KEPT, dice.randint(1, 3)):
                    kills[name] += people.signal(name, signal.SIGKILL)
            all_of_them.judge(f"killed at random {dict(kills)}")


def test_killed_at_every_step_while_all_are_at_work(
    people: Barracks, server: Embedded, broker: Broker, tmp_path: Path
) -> None:
    """At each named step of relay, followers and the other system, several of them at the same time."""
    by: dict[str, list[str]] = {}
    for step in steps():
        who = WHOSE.get(step.partition(":")[0])
        if who and step not in SELDOM:
            by.setdefault(who, []).append(step)
    assert by.keys() == set(WHOSE.values())
    done: Counter[str] = Counter()
    with scene(people, server, tmp_path, broker.bootstrap) as all_of_them:
        for n in rounds(1):
            dice = random.Random(n)
            for turn in range(max(map(len, by.values()))):
                hit = {who: each[turn] for who, each in by.items() if turn < len(each)}
                for who, step in hit.items():
                    all_of_them.post(who, at=step, nth=1 if step in AT_FIRST else dice.randint(1, 4))
                for who, step in hit.items():
                    all_of_them.until(lambda who=who: people.times(who) > all_of_them.posted[who], f"{who} at {step}")  # type: ignore[misc]
                done.update(hit.values())
            all_of_them.judge(f"killed at steps {sum(done.values())}")
    assert done.keys() == {step for each in by.values() for step in each}


def test_two_relays_that_only_the_broker_keeps_apart(
    people: Barracks, server: Embedded, broker: Broker, tmp_path: Path
) -> None:
    """Each takes over from the other again and again, in the middle of its work: one of them at a time is heard."""
    with scene(people, server, tmp_path, broker.bootstrap) as all_of_them:
        for _ in rounds(1):
            for name in ("relay", "relay too"):
                all_of_them.post(name, unlocked=True)
            goal = fenced(all_of_them) + 3
            all_of_them.until(lambda goal=goal: fenced(all_of_them) >= goal, "nobody was fenced")  # type: ignore[misc]
            people.dismiss("relay too")
            all_of_them.post("relay")
            all_of_them.judge(f"two relays, fenced {fenced(all_of_them)}")


def test_a_second_relay_waits_and_takes_over(
    people: Barracks, server: Embedded, broker: Broker, tmp_path: Path
) -> None:
    """Where one is killed the other, who waited, goes on at once; the first waits when it is back."""
    with scene(people, server, tmp_path, broker.bootstrap) as all_of_them:
        all_of_them.post("relay too")
        before = fenced(all_of_them)
        for n in rounds(1):
            for name in ("relay", "relay too"):
                people.signal(name, signal.SIGKILL)
                all_of_them.flows()
            all_of_them.judge(f"relays took turns {2 * n + 2}")
        assert fenced(all_of_them) == before, "they wait for each other, and don't fence"


def fenced(all_of_them: Scene) -> int:
    """How often a relay was told that another one has taken over."""
    rows = query(all_of_them.url, "SELECT taken_over FROM ops.relayed WHERE prefix = %s", all_of_them.prefix)
    return int(rows[0][0]) if rows else 0
