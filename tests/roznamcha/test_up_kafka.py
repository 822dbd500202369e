"""All posts on a real broker: whatever is killed or away, entries reach Kafka and the views, and nothing is lost."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from consumers.embedded import connected
from roznamcha.health import Health, examine
from schemas import catalogue
from tests.acts import sent
from tests.broker.nodes import Cluster, NoBroker, running
from tests.broker.shared import REQUIRED
from tests.roznamcha.kit import Program
from tests.roznamcha.standing import Up, lives, standing, until


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A broker of this test's own, that may be killed."""
    if os.environ.get("ROZNAMCHA_KAFKA"):
        pytest.skip("a broker that is named is not ours to kill")
    try:
        with running(tmp_path / "broker") as made:
            yield made
    except NoBroker as error:
        if os.environ.get(REQUIRED):
            pytest.fail(f"no real broker, and {REQUIRED} is set: {error}")
        pytest.skip(f"no real broker: {error}")


def health(program: Program) -> Health:
    """As it is now."""
    with connected(program.url) as connection:
        return examine(connection, catalogue(), datetime.now(UTC), "roznamcha")


def arrives(program: Program, cases: int, seconds: float = 120) -> None:
    """Wait until so many cases are in the views, what is due of them was told, and all of it is on Kafka."""

    def there() -> bool:
        found = health(program)
        return bool(
            program.count("views.case_state") == cases
            and (found.behind, found.untold) == (0, 0)
            and found.published
            and found.published.behind == 0
        )

    try:
        until(there, seconds)
    except AssertionError:
        message = f"{program.count('views.case_state')} of {cases} cases: {health(program)}"
        raise AssertionError(message) from None


def enter(program: Program, name: str) -> None:
    """Enter one case."""
    document = sent("case.FIRRegistered", name)
    (program.folder / "act.jsonl").write_text(json.dumps(document) + "\n")
    program.run("import", "act.jsonl")


def killed_in_turn(program: Program, up: Up) -> None:
    """Kill the process of each post, and enter a case meanwhile: another one comes, and goes on."""
    for n, post in enumerate(("relay", "project", "tick")):
        since, name = len(up.lines), f'roznamcha_post_starts_total{{post="{post}"}}'
        before = up.figure(name)
        assert before is not None
        os.kill(up.pid(post), signal.SIGKILL)
        up.hear("is started again", post, since=since)
        enter(program, f"killed:{post}")
        up.hear("all at their posts", since=since)
        arrives(program, 2 + n)
        assert up.figure(name) == before + 1


def test_everything_is_kept_going(program: Program, cluster: Cluster) -> None:
    """From a broker without topics, over deaths of each process and of the broker, to a second `up` and the end."""
    at = ("--kafka", cluster.bootstrap)
    (node,) = cluster.nodes
    with standing(program, *at, options=("--metrics-port", "0")) as up:
        # No topics yet: nothing is given up, everybody says what to do, and comes when it is done.
        up.hear("run `roznamcha topics apply`", "relay")
        ended = up.hear("is started again", "relay")
        assert (ended["level"], "run `roznamcha topics apply`" in ended["said"]) == ("warning", True)
        assert up.ask("/readyz")[0] == 503
        program.run(*at, "topics", "apply")
        up.hear("all at their posts")
        enter(program, "first")
        arrives(program, 1)
        assert up.ask("/readyz")[0] == 200
        killed_in_turn(program, up)
        # The broker goes; what is entered waits in the store; it comes, and all goes on by itself.
        node.kill()
        enter(program, "without broker")
        until(lambda: up.figure("roznamcha_relay_behind_entries"))
        node.start()
        node.wait()
        arrives(program, 5)
        # Another one of the same store: its relay waits, the views are shared, and nobody is fenced.
        with standing(program, *at) as second:
            second.hear("another relay is at work", "relay")
            second.hear("all at their posts")
            enter(program, "shared")
            arrives(program, 6)
            up.process.kill()
            until(lambda: not any(map(lives, up.pids)))
            second.hear("publishing to", "relay")
            enter(program, "taken on")
            arrives(program, 7)
            assert second.stop()[0] == 0
        compared = program.json(*at, "reconcile")
        assert compared["ok"]
        assert compared["store"]["unpublished"] == 0
        found = health(program)
        assert found.complete
        assert found.published is not None
        assert (found.published.letters, found.published.taken_over, found.followers) == (0, 0, 0)
