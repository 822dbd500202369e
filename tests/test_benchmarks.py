"""Every benchmark starts: what nobody runs each day breaks unseen."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

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
