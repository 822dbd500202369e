"""Killed at random moments, several processes at once: `--fault-rounds` says how often."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from roznamcha.postgres import Embedded
from tests.fault.kit import Forge, Found, examine, forge, fresh, total

SHARED = 25
"""Rounds on one database: it begins small each time, and every one of its rounds is looked at again at its end."""
SPREAD = 0.2
"""Seconds within which the blows fall."""


@pytest.fixture(scope="module")
def driver() -> Iterator[Forge]:
    """A driver for all rounds."""
    with forge() as made:
        yield made


def a_round(driver: Forge, url: str, folder: Path, seed: int) -> tuple[Counter[str], Found]:
    """Two writers, one of them with callers that arrive together, a follower, at times a rebuild: most are killed."""
    dice = random.Random(seed)
    jobs = [
        {"job": "writer", "seed": seed * 4, "journal": str(folder / f"{seed}.a"), "size": 3},
        {"job": "writers", "seed": seed * 4 + 1, "journal": str(folder / f"{seed}.b"), "size": 1},
        {"job": "runner", "batch": dice.randint(1, 9)},
        *([{"job": "rebuild", "step": dice.randint(2, 5)}] if dice.random() < 0.3 else []),
    ]
    blows = [{"after": dice.uniform(0, SPREAD), "told": dice.randint(0, 2)} for _ in jobs]
    hit = [job | {"url": url} | (blow if dice.random() < 0.9 else {}) for job, blow in zip(jobs, blows, strict=True)]
    for job in hit[2:]:
        job.pop("told", None)  # it journals nothing
    ends = Counter(driver.run(*hit))
    # Looked at before it is sent again under the same command ids, which could hide a loss.
    first = examine(url, [folder / f"{seed}.{writer}" for writer in "ab"], [])
    assert set(driver.run(*(job | {"url": url} for job in jobs[:2]))) == {"done"}
    return ends, first


def test_random_kills(server: Embedded, driver: Forge, tmp_path: Path, fault_rounds: int) -> None:
    """Nothing acknowledged is lost, nothing is doubled or skipped, and every view equals an independent fold."""
    began, ends, before, found = time.monotonic(), Counter[str](), list[Found](), list[Found]()
    for start in range(0, fault_rounds, SHARED):
        rounds = range(start, min(start + SHARED, fault_rounds))
        with fresh(server.url) as url:
            for seed in rounds:
                ended, first = a_round(driver, url, tmp_path, seed)
                ends += ended
                before.append(first)
                examine(url, [tmp_path / f"{seed}.{writer}" for writer in "ab"], [])
            found.append(examine(url, [tmp_path / f"{seed}.{writer}" for seed in rounds for writer in "ab"]))
    print(f"{fault_rounds} rounds in {time.monotonic() - began:.0f} s, {dict(ends)}: {total(found)}")
    print(f"before anything was sent again: {total(before)}")
    assert ends["killed"] > fault_rounds / 2
