"""The broker itself dies: the only one, one of three, the one that leads what matters; nothing is lost or doubled."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from consumers.topics import Topics
from roznamcha.postgres import Embedded
from tests.broker.nodes import Cluster, running
from tests.fault.across import Scene, a_broker_or_none, rounds, scene
from tests.fault.barracks import Barracks, barracks

QUICK = {"request_timeout_ms": 6_000, "reconnect_backoff_max_ms": 1_000}
"""Half a minute and more in service."""
STATE = {"transactions": "__transaction_state", "group": "__consumer_offsets"}
"""Where a coordinator keeps what it knows: whoever leads that partition is the coordinator."""


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Barracks]:
    """Who can be put to work, for all tests of this file."""
    with barracks(tmp_path_factory.mktemp("barracks")) as made:
        yield made


def test_the_only_broker_is_killed_and_comes_back(people: Barracks, server: Embedded, tmp_path: Path) -> None:
    """In the middle of everybody's work; away for a moment, and for longer than a session and a transaction last."""
    with (
        a_broker_or_none(),
        running(tmp_path / "nodes") as cluster,
        scene(people, server, tmp_path, cluster.bootstrap, QUICK) as all_of_them,
    ):
        (node,) = cluster.nodes
        for n in rounds(2):
            dice = random.Random(n)
            time.sleep(dice.uniform(0, 1))
            node.kill()
            time.sleep([0, 6, 1][n % 3])
            node.start()
            node.wait()
            all_of_them.flows()
            all_of_them.judge(f"the only broker killed {n + 1}")


def test_one_of_three_brokers_is_lost_and_comes_back(people: Barracks, server: Embedded, tmp_path: Path) -> None:
    """Whichever it is: entries flow on while it is away, and when it is back."""
    with (
        a_broker_or_none(),
        running(tmp_path / "nodes", 3) as cluster,
        scene(people, server, tmp_path, cluster.bootstrap, QUICK) as all_of_them,
    ):
        for n in rounds(3):
            what = ["position", "transactions", "group"][n % 3]
            number = leader(all_of_them, what)
            node = next(each for each in cluster.nodes if each.number == number)
            node.kill()
            all_of_them.flows()
            assert leader(all_of_them, what) != number
            node.start()
            node.wait()
            settled(all_of_them, cluster)
            all_of_them.judge(f"the node that leads {what} lost {n + 1}")


def leader(all_of_them: Scene, what: str) -> int:
    """The number of the node that leads the position's partition, or coordinates the relay's transactions or group."""
    topics = Topics(all_of_them.prefix)
    names = {"position": topics.position, **STATE}
    led = {at: node for _, at, node, _ in all_of_them.leaders(names[what])}
    of = {"position": "", "transactions": topics.relay_id, "group": topics.group("main")}[what]
    return led[java_hash(of) % len(led)]


def java_hash(text: str) -> int:
    """The number by which Kafka chooses the partition of a transactional id or a group."""
    found = 0
    for each in text:
        found = (31 * found + ord(each)) & 0xFFFF_FFFF
    return found & 0x7FFF_FFFF


def settled(all_of_them: Scene, cluster: Cluster) -> None:
    """Wait until every node has everything again: of those that have all, one may be lost, and no more."""
    every = len(cluster.nodes)
    topics = Topics(all_of_them.prefix)
    names = [topics.position, topics.entries, *STATE.values()]
    all_of_them.until(
        lambda: all(copies == every for _, _, _, copies in all_of_them.leaders(*names)), "the node that was lost lags"
    )
