"""Restored from a dump and to a point in time: what is kept agrees with itself; views that know more are noticed."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from consumers.embedded import Follower, connected
from consumers.restored import Ahead
from roznamcha.migrate import migrate
from roznamcha.postgres import Embedded
from roznamcha.postgres_programs import find_binaries
from schemas import catalogue
from tests.acts import sent
from tests.fault.jobs import JOBS, views
from tests.fault.kit import count_acknowledged, examine, fresh
from tests.fault.server import Server, own_server
from tests.roznamcha.kit import Program


def enter(url: str, folder: Path, seed: int, size: int = 3) -> None:
    """Enter acts in this process; the journal has what was acknowledged."""
    JOBS["writer"]({"url": url, "seed": seed, "size": size, "journal": str(folder / str(seed))})


def follow(url: str) -> None:
    """Bring all views to the head."""
    JOBS["runner"]({"url": url})


def dumped(url: str, *arguments: str) -> str:
    """A dump, as pg_dump makes it."""
    return run("pg_dump", "-d", url, *arguments)


def run(name: str, *arguments: str, data: str = "") -> str:
    """Run one of PostgreSQL's programs."""
    path = find_binaries() / name
    if not path.exists():
        pytest.skip(f"{name} is not among the PostgreSQL programs found")
    done = subprocess.run([path, *arguments], capture_output=True, text=True, input=data, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def loaded(url: str, dump: str) -> None:
    """Load a dump."""
    run("psql", "-qX", "-v", "ON_ERROR_STOP=1", "-d", url, data=dump)


@pytest.fixture
def two(server: Embedded) -> Iterator[tuple[str, str]]:
    """A database in use, and an empty one to restore into."""
    with fresh(server.url) as one, fresh(server.url) as other:
        with psycopg.connect(other, autocommit=True) as connection:
            connection.execute("DROP SCHEMA roznamcha, views, ops, public CASCADE")
            connection.execute("CREATE SCHEMA public")
        yield one, other


@pytest.fixture
def reachable() -> Iterator[Path]:
    """A folder that the server can reach, whoever it runs as."""
    folder = Path(tempfile.mkdtemp(prefix="rzf-", dir="/tmp"))
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_restored_from_a_dump(two: tuple[str, str], tmp_path: Path) -> None:
    """Store and views come back as of one moment; what came later is sent again under its command ids, and is there."""
    one, other = two
    enter(one, tmp_path, 1)
    follow(one)
    enter(one, tmp_path, 2)  # the views are behind when the dump is made
    dump = dumped(one)
    enter(one, tmp_path, 3)
    loaded(other, dump.replace("CREATE SCHEMA public;", ""))
    print(examine(other, [tmp_path / "1", tmp_path / "2"]))
    assert count_acknowledged(other, [tmp_path / "3"]).lost > 10
    (tmp_path / "3").unlink()
    enter(other, tmp_path, 3)
    print(examine(other, [tmp_path / "1", tmp_path / "2", tmp_path / "3"]))


def test_restored_to_a_point_in_time(tmp_path: Path, reachable: Path) -> None:
    """A base backup and the archived log: all that was acknowledged before the point is there, in store and views."""
    archive = reachable
    copied = f"test ! -f {archive}/%f && cp %p {archive}/%f"
    with own_server(tmp_path / "one", archive_mode="on", archive_command=copied, wal_level="replica") as server:
        server.execute("CREATE DATABASE kept")
        url = server.url("kept")
        migrate(url)
        enter(url, tmp_path, 1)
        follow(url)
        server.program("pg_basebackup", "-D", str(tmp_path / "two" / "data"), "-X", "none", "-c", "fast")
        enter(url, tmp_path, 2)
        follow(url)
        server.execute("SELECT pg_create_restore_point('here')")
        enter(url, tmp_path, 3)
        follow(url)
        server.execute("SELECT pg_switch_wal()")
        server.signal(signal.SIGINT)  # a clean stop waits for the archive
    restored = Server(
        tmp_path / "two",
        {"restore_command": f"cp {archive}/%f %p", "recovery_target_name": "here", "recovery_target_action": "promote"},
    )
    try:
        (restored.data / "recovery.signal").touch()
        restored.start()
        url = restored.url("kept")
        restored.wait_until_promoted()
        print(examine(url, [tmp_path / "1", tmp_path / "2"]))
        assert count_acknowledged(url, [tmp_path / "3"]).lost > 10
        (tmp_path / "3").unlink()
        enter(url, tmp_path, 3)
        print(examine(url, [tmp_path / each for each in "123"]))
    finally:
        restored.signal(signal.SIGQUIT)


@pytest.mark.parametrize("regrown", [False, True], ids=["ends earlier", "has gone on"])
def test_views_that_know_more_than_a_restored_store(database: str, tmp_path: Path, regrown: bool) -> None:
    """Only the store is taken back: every command says so and ends with 3, until all views are built anew."""
    program = Program(tmp_path, database)
    program.run("import", str(a_file(tmp_path, "early", 8)))
    dump = dumped(database, "-n", "roznamcha")
    program.run("import", str(a_file(tmp_path, "late", 6)))
    assert program.json("verify")["ok"] is True
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("DROP SCHEMA roznamcha CASCADE")
    loaded(database, dump)
    said = "the views have seen position 28, the store ends at 16"
    if regrown:
        program.run("import", str(a_file(tmp_path, "other", 10)))
        said = "the store, which goes on beyond it, holds another entry there"
    with connected(database) as connection, pytest.raises(Ahead, match=said):
        Follower(connection, views(), catalogue()).catch_up()
    for command in (["verify"], ["project"], ["deadlines"], ["rebuild", "history"]):
        done = program.run(*command, check=False)
        assert (done.returncode, said in done.stderr) == (3, True), (command, done.stderr)
    done = program.run("doctor", "--json", check=False)
    assert (done.returncode, said in done.stdout) == (3, True)
    told = program.run("rebuild", "all", "--yes").stderr
    assert "all views are built anew" in told
    assert program.json("verify")["ok"] is True
    program.run("import", str(a_file(tmp_path, "late", 6)))
    assert program.json("verify")["entries"] == (48 if regrown else 28)


def a_file(folder: Path, name: str, cases: int) -> Path:
    """Cases with two acts each, in one file."""
    path = folder / f"{name}.jsonl"
    lines = [sent(act, f"{name}:{n}") for n in range(cases) for act in ("case.FIRRegistered", "case.HearingHeld")]
    path.write_text("".join(json.dumps(each) + "\n" for each in lines))
    return path
