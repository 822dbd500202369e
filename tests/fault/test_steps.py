"""Killed at every named step of the source: what was acknowledged is there once, what was begun is finished again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from roznamcha.postgres import Embedded
from tests.consumers.marks import Diary, Lines
from tests.fault.jobs import JOBS
from tests.fault.kit import Forge, examine, forge, fresh, steps

STEPS = steps()
ELSEWHERE = {
    "runner: written carefully": "careful",
    "writer: snapshot kept": "long writer",
    "outbox: opened": "teller",
    "ledger: broken off": "breaker",
    "ledger: keys put aside": "rotator",
    "ledger: handed over": "rotator",
    "subscriber: replayed": "stumbling subscriber",
}
"""Steps that only some other job than their process's own reaches."""
BROKER = {"relay", "teller", "kafka", "subscriber", "stumbling subscriber"}
"""Jobs that need a real broker."""
AFTERWARDS = {"careful": "parking", "parking": "parking"}
"""What lets go on what these have parked."""


@pytest.fixture(scope="module")
def driver() -> Iterator[Forge]:
    """A driver for all tests of this file."""
    with forge() as made:
        yield made


def job_of(step: str) -> str:
    """The job that reaches a step."""
    return ELSEWHERE.get(step, step.partition(":")[0])


def on_kafka(job: str, request: pytest.FixtureRequest) -> dict[str, str]:
    """What a job is told of the broker, where it needs one."""
    if job not in BROKER:
        return {}
    return {"broker": request.getfixturevalue("broker").bootstrap, "topics": request.getfixturevalue("topics").prefix}


def test_every_process_with_named_steps_has_a_job() -> None:
    """A process that nobody kills is a process nobody knows."""
    assert {job_of(step) for step in STEPS} <= JOBS.keys(), STEPS


@pytest.mark.parametrize("step", STEPS)
def test_killed_at(server: Embedded, driver: Forge, tmp_path: Path, step: str, request: pytest.FixtureRequest) -> None:
    """The first, the second and the fifth time the step is reached; then the job is done again, to its end."""
    job = job_of(step)
    journal = tmp_path / "journal"
    with fresh(server.url) as url:
        order = {"job": job, "url": url, "journal": str(journal), "seed": 1, **on_kafka(job, request)}
        if "writer" not in job:
            driver.run({"job": "writer", "url": url, "journal": str(journal), "seed": 2, "size": 6})
        hits = []
        for nth in (1, 2, 5):
            hits += driver.run({**order, "at": step, "nth": nth})
            examine(url, [journal], [])
        assert hits[0] == "killed", f"{step} ({STEPS[step]}) was not reached by the job {job}"
        assert driver.run({**order, "job": AFTERWARDS.get(job, job)}) == ["done"]
        chosen = [Diary(), Lines()] if job in AFTERWARDS else None
        print(f"{step}: {hits}: {examine(url, [journal], chosen)}")
