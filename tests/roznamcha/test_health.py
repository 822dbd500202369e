"""Health: what is missing is seen although nothing lags, a dead runner is no zero lag, an open fence is told."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from consumers import entries
from consumers.embedded import connected
from consumers.entries import micros
from roznamcha.errors import Unavailable
from roznamcha.fences import open_fences, same_time
from roznamcha.health import FOLLOWER, Health, examine
from roznamcha.metrics import exposition
from schemas import catalogue
from tests.acts import sent
from tests.roznamcha.kit import Program

CASES = 6


@pytest.fixture
def station(program: Program, tmp_path: Path) -> Program:
    """Some cases, folded into every view."""
    lines = [sent(act, f"old:{n}") for n in range(CASES) for act in ("case.FIRRegistered", "case.HearingHeld")]
    (tmp_path / "acts.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    program.run("import", "acts.jsonl")
    program.run("deadlines")
    return program


def health_of(program: Program, later: timedelta = timedelta()) -> Health:
    """As it is now, or looks some time later when nothing has happened since."""
    with connected(program.url) as connection:
        return examine(connection, catalogue(), datetime.now(UTC) + later)


def by_hand(program: Program, statement: str) -> None:
    """What the database's owner could do, triggers aside."""
    with psycopg.connect(program.url) as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute(statement.encode())


def test_a_whole_store_is_complete(station: Program) -> None:
    """Every slot has its count and digest, nothing waits."""
    health = health_of(station)
    assert health.complete
    assert (health.entries, health.behind, health.parked) == (2 * CASES, 0, {})
    assert all(good for _, good, _ in health.says())


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM views.history WHERE position = 3",
        "UPDATE views.history SET version = 9 WHERE position = 3",
        "DELETE FROM roznamcha.entries WHERE notification_id = 3",
        (
            "INSERT INTO views.history SELECT 999, record_id, version, name, entry_id, occurred_at, recorded_at, "
            "actor_id, actor_rank, actor_role, station, doubts, source, strikes FROM views.history WHERE position = 3"
        ),
    ],
    ids=["a line skipped", "a line changed", "an entry taken away", "a line of nothing"],
)
def test_what_is_missing_is_seen_although_nothing_lags(station: Program, statement: str) -> None:
    """Lag is zero, and one slot is named."""
    by_hand(station, statement)
    health = health_of(station)
    assert health.behind == 0
    assert len(health.incomplete) == 1
    assert "roznamcha_incomplete_slots 1.0" in exposition(health)


def test_without_a_runner_lag_grows(station: Program) -> None:
    """Lag is read from the log and the checkpoints: nobody has to be alive to report it."""
    station.run("record", "case.SceneVisited", "--record", "old:1", "--by", "CG-1,SI,IO", "--station", "CG-RPR-01",
                "--at", "2026-07-03T12:00:00+05:30", "--field", "place=market")  # fmt: skip
    health = health_of(station)
    assert (health.behind, health.followers) == (1, 0)
    said = {part: (good, words) for part, good, words in health_of(station, timedelta(minutes=10)).says()}
    assert not said["lag"][0]
    assert "nobody follows" in said["lag"][1]
    assert "the oldest waits for 10 minutes" in said["lag"][1]  # six hundred seconds and what the test took
    assert "roznamcha_behind_entries 1.0" in exposition(health)


def test_a_follower_is_seen_by_its_connection_and_missed_when_it_was_killed(station: Program) -> None:
    """A process that was killed leaves no connection behind, and no figure that still says it lives."""
    script = (
        "import sys, time\nfrom consumers.embedded import connected\n"
        f"with connected(sys.argv[1], {FOLLOWER!r}):\n    print('in', flush=True)\n    time.sleep(60)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, station.url], env=station.environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "in\n"
    assert health_of(station).followers == 1
    process.kill()
    process.communicate()
    wait_until(lambda: health_of(station).followers == 0)


def wait_until(holds: Any) -> None:
    """Ask again until it holds; the server notices a dead client when it next reads from it."""
    until = datetime.now(UTC) + timedelta(seconds=60)
    while not holds():
        assert datetime.now(UTC) < until


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("ALTER TABLE roznamcha.entries DISABLE TRIGGER ALL", "is switched off"),
        ("DROP TRIGGER commands_never_change ON roznamcha.commands", "is gone"),
        ("GRANT DELETE ON roznamcha.person_keys TO roznamcha_app", "may DELETE roznamcha.person_keys"),
        ("GRANT UPDATE ON roznamcha.names TO roznamcha_app", "may UPDATE roznamcha.names"),
    ],
)
def test_an_open_fence_is_told(station: Program, statement: str, said: str) -> None:
    """By `verify` and by `doctor`; with all fences up neither complains."""
    with connected(station.url) as connection:
        assert list(open_fences(connection)) == []
    with psycopg.connect(station.url, autocommit=True) as owner:
        owner.execute(statement.encode())
    verified, seen = station.run("verify", check=False), station.run("doctor", "--json", check=False)
    assert verified.returncode == seen.returncode == 3
    assert said in verified.stderr
    assert said in seen.stdout


def test_a_clock_that_is_apart_enters_nothing() -> None:
    """Two minutes are let go; more is refused, with both times."""
    there = datetime(2026, 7, 2, 10, tzinfo=UTC)
    same_time(there + timedelta(seconds=119), there)
    for apart in (timedelta(minutes=3), timedelta(days=-400)):
        with pytest.raises(Unavailable, match="set the wrong one before"):
            same_time(there + apart, there)


def test_an_entry_from_the_future_is_told_by_verify(station: Program) -> None:
    """A time of recording that has not come yet was written by a clock set ahead."""
    with psycopg.connect(station.url) as owner:
        row = owner.execute("SELECT state FROM roznamcha.entries WHERE notification_id = 1").fetchone()
    assert row is not None
    shown = entries.read(catalogue(), bytes(row[0]))
    was, ahead = micros(shown.meta.recorded_at), micros(shown.meta.recorded_at + timedelta(days=20_000))
    changed = bytes(row[0]).replace(zigzag(was), zigzag(ahead), 1)
    assert changed != bytes(row[0])
    by_hand(station, f"UPDATE roznamcha.entries SET state = '\\x{changed.hex()}' WHERE notification_id = 1")
    done = station.run("verify", check=False)
    assert done.returncode == 3
    assert "clock set ahead" in done.stderr


def zigzag(value: int) -> bytes:
    """A long as Avro writes it."""
    value, out = value << 1, bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])
