"""One broker for all processes of a test run: whoever needs it first starts it, and it ends with the run."""

from __future__ import annotations

import fcntl
import json
import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from consumers.clients import Broker
from consumers.topics import Topics
from tests.broker.copies import create, remove
from tests.broker.nodes import NoBroker, new_prefix, one_node
from tests.memory import quick_folder

REQUIRED = "ROZNAMCHA_REQUIRE_KAFKA"
"""Set where tests against a real broker must not be skipped."""
END = "while kill -0 {run} 2>/dev/null; do sleep 1; done; kill -9 {broker}; rm -rf {folder}"


def shared_broker(base: Path, run: int) -> Broker:
    """The broker of the test run whose process is `run`, started in `base` if it isn't yet. Raises NoBroker."""
    if named := os.environ.get("ROZNAMCHA_KAFKA"):
        return Broker(named)
    base.mkdir(exist_ok=True)
    with (base / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        told = base / "address.json"
        if not told.exists():
            folder = quick_folder(base)
            try:
                cluster = one_node(folder / "nodes")
            except BaseException:
                shutil.rmtree(folder)
                raise
            (node,) = cluster.nodes
            assert node.process is not None
            # Nobody of this run is the last to know: a watcher ends the broker when the run is gone, however it went.
            quiet = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
            watcher = subprocess.Popen(
                ["sh", "-c", END.format(run=run, broker=node.process.pid, folder=shlex.quote(str(folder)))],
                start_new_session=True,
                **quiet,
            )
            node.process.returncode = watcher.returncode = 0  # neither is this process's to wait for
            told.write_text(json.dumps(cluster.bootstrap))
        return Broker(json.loads(told.read_text()))


@pytest.fixture(scope="session")
def broker(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Broker:
    """A real broker; the test is skipped, or fails where that is not allowed, when there can be none."""
    parallel = hasattr(request.config, "workerinput")
    base = tmp_path_factory.getbasetemp()
    try:
        return shared_broker((base.parent if parallel else base) / "broker", os.getppid() if parallel else os.getpid())
    except NoBroker as error:
        if os.environ.get(REQUIRED):
            pytest.fail(f"no real broker, and {REQUIRED} is set: {error}")
        pytest.skip(f"no real broker: {error}")


@pytest.fixture
def topics(broker: Broker) -> Iterator[Topics]:
    """The topics of one test, under a prefix of their own; gone afterwards."""
    made = Topics(new_prefix().removesuffix("."))
    shorts = tuple(each.short for each in made.all)
    create(broker, made, shorts)
    yield made
    remove(broker, made, shorts)
