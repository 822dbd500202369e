"""The wire to the broker is cut, hangs, or carries only one way: nobody knows what was done, and all of it is, once."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import pytest

from roznamcha.postgres import Embedded
from tests.broker.nodes import behind, prepared
from tests.fault.across import a_broker_or_none, rounds, scene
from tests.fault.barracks import Barracks, barracks
from tests.fault.wire import BACK, THERE, Wire, wired

REQUEST_MS = 3_000
"""Milliseconds for which an answer is waited for; half a minute in service."""
QUICK = {"request_timeout_ms": REQUEST_MS, "reconnect_backoff_max_ms": 1_000}
LONG = REQUEST_MS / 1_000 * 1.7
"""Seconds longer than anybody waits for an answer, and than a session or a transaction lasts."""


def again_and_again(wire: Wire, dice: random.Random) -> None:
    """Every connection is reset, ten times, in the middle of whatever was said."""
    for _ in range(10):
        time.sleep(dice.uniform(0, 0.4))
        wire.reset()


def refused(wire: Wire, dice: random.Random) -> None:
    """Nothing comes through, and everybody is told."""
    wire.drop()
    time.sleep(dice.uniform(1, LONG))
    wire.flow()


def hanging(wire: Wire, dice: random.Random) -> None:
    """Nothing comes through, and nobody is told; then all of it arrives, late."""
    wire.hang(THERE, BACK)
    time.sleep(LONG)
    wire.flow()


def hanging_then_reset(wire: Wire, dice: random.Random) -> None:
    """What was under way in connections that hung is lost."""
    wire.hang(THERE, BACK)
    time.sleep(dice.uniform(0.5, LONG))
    wire.reset()
    wire.flow()


def answers_lost(wire: Wire, dice: random.Random) -> None:
    """What is asked is done, commits too, and no answer comes: three times, ended by a reset."""
    for _ in range(3):
        wire.hang(BACK)
        time.sleep(dice.uniform(0.2, 1.0))
        wire.reset()
        wire.flow()
        time.sleep(0.3)


def answers_late(wire: Wire, dice: random.Random) -> None:
    """The same, and the answers come when nobody waits for them any more."""
    wire.hang(BACK)
    time.sleep(LONG)
    wire.flow()


FAULTS: list[Callable[[Wire, random.Random], None]] = [
    again_and_again, refused, hanging, hanging_then_reset, answers_lost, answers_late,
]  # fmt: skip


@pytest.fixture
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Barracks]:
    """Who can be put to work."""
    with barracks(tmp_path_factory.mktemp("barracks")) as made:
        yield made


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Wire]:
    """A wire to a broker of the test's own, which sends all its clients through it."""
    with a_broker_or_none():
        cluster = prepared(tmp_path / "nodes")
    (node,) = cluster.nodes
    with wired(node.port) as made:
        behind(cluster, made.port)
        try:
            node.start()
            node.wait()
            yield made
        finally:
            node.kill()


def test_the_wire(people: Barracks, server: Embedded, wire: Wire, tmp_path: Path) -> None:
    """Hurt in any of these ways, everybody goes on by himself when it carries again."""
    with scene(people, server, tmp_path, f"127.0.0.1:{wire.port}", QUICK) as all_of_them:
        for n, fault in product(rounds(1), FAULTS):
            before = wire.carried
            fault(wire, random.Random(n))
            all_of_them.flows()
            assert wire.carried > before
            all_of_them.judge(f"the wire: {fault.__name__} {n + 1}")
