"""Every benchmark starts: what nobody runs each day breaks unseen."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from consumers.clients import Broker
from tests.roznamcha.kit import ROOT

BENCHMARKS = sorted(
    each for each in (ROOT / "benchmarks").glob("*.py") if '__name__ == "__main__"' in each.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("path", BENCHMARKS, ids=lambda each: each.stem)
def test_a_benchmark_starts(path: Path) -> None:
    """All that it imports is there, and it says what it measures."""
    done = subprocess.run([sys.executable, str(path), "--help"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "--json" in done.stdout


def test_the_relay_is_measured_again_and_again(broker: Broker) -> None:
    """Each round publishes the whole store, to topics of its own."""
    command = [sys.executable, str(ROOT / "benchmarks" / "relay.py"), "--size", "400", "--rounds", "2", "--json"]
    told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert told["ours"] > 0


def test_the_law_comes_out_as_pandas_has_it() -> None:
    """The one benchmark whose yardstick counts the same: on a small log it is run whole, and both must agree."""
    command = [sys.executable, str(ROOT / "benchmarks" / "law.py"), "--size", "3000", "--rounds", "1", "--json"]
    told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert (told["events"], set(told["yardsticks"])) == (3_000, {"plain pandas"})
    assert told["counts"]["opened"] > told["counts"]["late"] > 0


def test_the_copy_that_is_judged_is_one() -> None:
    """Made by the benchmark and not by the program: `verify.py` must find nothing in it that is not what it must be."""
    program = (
        "import sys; sys.path.insert(0, 'benchmarks'); import ledger; ledger.COPY = 20; "
        "print(ledger.copy(1)); print(ledger.proofs(300))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "ratio" in done.stdout
