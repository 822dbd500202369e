"""Measure how fast a real, dirty log of 147,425 lines becomes cases, and how much memory that takes.

The log is the felony log of the Cook County State's Attorney (examples/cook_county says where it comes from). It is
named by --log, or lies beside the checkout; without it nothing is measured. The yardstick writes entries of the same
number and size, ready-made, by the stock recorder in batches of the same size, and decides nothing.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from eventsourcing.persistence import StoredEvent
from harness import database, options, report, server
from yardsticks import recorder_on

from roznamcha.errors import PartlyRefused
from roznamcha.importing import BATCH

ROOT = Path(__file__).resolve().parents[1]
LOG = ROOT.parent / "shared" / "data" / "cook_county_2019_events.csv.gz"
MAP = ROOT / "examples" / "cook_county" / "map.yaml"
PROGRAM = "from roznamcha.cli import main; main()"


def log_named() -> Path:
    """The log that --log names, taken out of the arguments; else the one beside the checkout."""
    if "--log" not in sys.argv:
        return LOG
    at = sys.argv.index("--log")
    named = sys.argv[at + 1 : at + 2]
    del sys.argv[at : at + 2]
    return Path(*named)


def taken_in(url: str, folder: Path, log: Path) -> tuple[dict[str, Any], float]:
    """Import the log in a process of its own; what it told, and the most memory it held, in MB."""
    environment = {**os.environ, "ROZNAMCHA_DATA": str(folder), "ROZNAMCHA_DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", PROGRAM, "import", str(log.resolve()), "--map", str(MAP), "--json"]
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode not in {0, PartlyRefused.exit_code}:  # this log has lines that are no acts
        raise SystemExit(done.stderr)
    # The largest of the children so far: the server is none of ours (it left the family), the second run holds less.
    return json.loads(done.stdout), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def in_batches(url: str, entries: int, size: int) -> float:
    """Entries a second of the stock recorder, so many to a transaction."""
    table = f"stock_{uuid4().hex[:8]}"
    datastore, recorder = recorder_on(url, table)
    recorder.create_table()
    state = os.urandom(size)
    started = time.perf_counter()
    for start in range(0, entries, BATCH):
        rows = [StoredEvent(uuid4(), 1, "case.HearingHeld", state) for _ in range(min(BATCH, entries - start))]
        recorder.insert_events(rows)
    rate = entries / (time.perf_counter() - started)
    datastore.close()
    return rate


def main() -> None:
    """Import once and again, and print both beside the yardstick."""
    log = log_named()
    asked = options(__doc__ or "")
    if not log.exists():
        print(f"import: {log} is not there: nothing was measured; name the log by --log", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as folder, server() as url, database(url) as ours:
        first, memory = taken_in(ours, Path(folder), log)
        again, _ = taken_in(ours, Path(folder), log)
        with psycopg.connect(ours) as connection:
            row = connection.execute("SELECT count(*), avg(length(state))::int FROM roznamcha.entries").fetchone()
        entries, size = row or (0, 0)
        if entries != first["entries"] or again["entries"]:
            message = f"{first['entries']} entries were told and {again['entries']} again, {entries} are there"
            raise RuntimeError(message)
        yardstick = in_batches(ours, min(entries, 20_000), size)
    medians = {"ours": entries / first["seconds"], f"stock eventsourcing, batches of {BATCH}": yardstick}
    report(
        "import", "entries a second", medians, as_json=asked.json, lines=first["read"], entries=entries,
        rejected=first["rejected"], seconds=first["seconds"], lines_a_second=round(first["read"] / first["seconds"]),
        seconds_of_a_second_run=again["seconds"], peak_memory_in_mb=round(memory),
    )  # fmt: skip


if __name__ == "__main__":
    main()
