"""Killed at random moments: nothing acknowledged is lost, nothing is entered twice, everything verifies afterwards."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import time
from pathlib import Path

import psycopg

from roznamcha.postgres import open_embedded
from tests.acts import sent
from tests.roznamcha.kit import Program

LINES = 1_200


def file_of_acts(folder: Path) -> Path:
    """Cases with three acts each, in one file."""
    path = folder / "acts.jsonl"
    with path.open("w") as file:
        for n in range(LINES // 3):
            for name in ("case.FIRRegistered", "case.HearingHeld", "case.HearingHeld"):
                file.write(json.dumps(sent(name, f"old:{n}")) + "\n")
    return path


def test_an_import_killed_at_random_moments_is_finished_by_running_it_again(program: Program, tmp_path: Path) -> None:
    """Kill -9 of the importing process, five times; then one run to the end: every line is in, once."""
    path = file_of_acts(tmp_path)
    chance = random.Random(7)
    for _ in range(5):
        process = program.start("import", str(path))
        before = program.count("entries")
        deadline = time.monotonic() + 60
        while process.poll() is None and program.count("entries") == before and time.monotonic() < deadline:
            time.sleep(chance.uniform(0.005, 0.05))
        process.send_signal(signal.SIGKILL)
        process.communicate()
    told = program.json("import", str(path))
    assert told["rejected"] == 0
    assert told["recorded"] + told["already"] == LINES
    assert program.count("entries") == program.count("commands") == LINES
    assert program.json("verify")["ok"] is True
    assert program.json("import", str(path))["recorded"] == 0


def test_postgresql_killed_during_an_import_loses_nothing_acknowledged(tmp_path: Path) -> None:
    """Kill -9 of the server while lines go in; it recovers, the import is run again, every line is in once."""
    path = file_of_acts(tmp_path)
    program = Program(tmp_path, "")
    chance = random.Random(11)
    for _ in range(3):
        process = program.start("import", str(path))
        deadline = time.monotonic() + 60
        pid = tmp_path / "data" / "postgres" / "postmaster.pid"
        while not pid.exists() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(chance.uniform(0.3, 1.2))
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # the import was done before the blow
            os.kill(int(pid.read_text().split()[0]), signal.SIGKILL)
        _, errors = process.communicate(timeout=120)
        assert b"Traceback" not in errors
    told = program.json("import", str(path))
    assert (told["rejected"], told["recorded"] + told["already"]) == (0, LINES)
    assert program.json("verify")["ok"] is True
    with open_embedded(tmp_path / "data") as embedded, psycopg.connect(embedded.url) as connection:
        counts = connection.execute(
            "SELECT count(*), count(DISTINCT (originator_id, originator_version)), "
            "(SELECT count(*) FROM roznamcha.commands) FROM roznamcha.entries"
        ).fetchone()
    assert counts == (LINES, LINES, LINES)
