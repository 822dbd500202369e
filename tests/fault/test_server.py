"""PostgreSQL itself dies, is stopped, runs full, or has no connection left: nothing acknowledged is lost."""

from __future__ import annotations

import contextlib
import random
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from roznamcha.migrate import migrate
from tests.fault.jobs import JOBS
from tests.fault.kit import Forge, examine, forge, fresh
from tests.fault.server import Server, own_server, small_disk
from tests.roznamcha.kit import Program

BLOWS = {"killed": signal.SIGKILL, "stopped at once": signal.SIGQUIT, "stopped": signal.SIGINT}


@pytest.fixture(scope="module")
def driver() -> Iterator[Forge]:
    """A driver for all tests of this file."""
    with forge() as made:
        yield made


@contextmanager
def working(driver: Forge, url: str, folder: Path, size: int) -> Iterator[list[dict[str, Any]]]:
    """Two writers and a follower at work while the block runs; each ends by itself, done or told who is away."""
    until = folder / "until"
    jobs: list[dict[str, Any]] = [
        {"job": "writer", "seed": 1, "size": size, "journal": str(folder / "a"), "url": url},
        {"job": "writers", "seed": 2, "size": size // 2, "journal": str(folder / "b"), "url": url},
        {"job": "follower", "until": str(until), "url": url},
    ]
    assert driver.run({"job": "runner", "url": url}) == ["done"]
    driver.begin(jobs)
    yield jobs
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not all(
        (folder / each).exists() and (folder / each).read_text().count("told") for each in "ab"
    ):
        time.sleep(0.05)
    until.touch()
    told = driver.end()
    assert {each["how"] for each in told} <= {"done", "away"}, told
    print([each["how"] for each in told])


def finished(driver: Forge, url: str, folder: Path, jobs: list[dict[str, Any]]) -> None:
    """Everything is sent once more; then all of it is there, once, and seen by every view."""
    examine(url, [folder / "a", folder / "b"], [])
    assert driver.run(*jobs[:2]) == ["done", "done"]
    print(examine(url, [folder / "a", folder / "b"]))


@pytest.mark.parametrize("blow", BLOWS)
def test_the_server_dies_under_load_and_comes_back(driver: Forge, tmp_path: Path, blow: str) -> None:
    """Three times while two writers and a follower work: they wait for it and go on."""
    dice = random.Random(blow)
    with own_server(tmp_path) as server, fresh(server.url()) as url:
        with working(driver, url, tmp_path, 40) as jobs:
            for _ in range(3):
                time.sleep(dice.uniform(0.2, 0.7))
                server.signal(BLOWS[blow])
                server.start()
        finished(driver, url, tmp_path, jobs)


@pytest.mark.parametrize("full", ["rows", "log"])
def test_the_disk_is_full(driver: Forge, tmp_path: Path, full: str) -> None:
    """Nobody is told that his act was entered; with room again all goes on, and what was acknowledged is there."""
    with small_disk(tmp_path / "disk", 120) as disk, own_server(disk) as server:
        server.execute("CREATE DATABASE full_disk")
        url = server.url("full_disk")
        migrate(url)
        order = {"job": "writer", "seed": 1, "size": 40, "journal": str(tmp_path / "a"), "url": url}
        assert driver.run({**order, "size": 3}) == ["done"]
        ballast = disk / "ballast"
        fill(ballast)
        if full == "log":
            begin_files_of_the_log(server)
        assert driver.run({**order, "seed": 2}) == ["away"]
        ballast.unlink()
        server.start()
        orders = [{**order, "size": 3}, {**order, "seed": 2}]
        assert [driver.run(each) for each in orders] == [["done"], ["done"]]
        print(examine(url, [tmp_path / "a"]))


def begin_files_of_the_log(server: Server) -> None:
    """Until the next one finds no room and the server panics."""
    with contextlib.suppress(psycopg.OperationalError):
        for _ in range(12):
            server.execute("SELECT pg_switch_wal()")
            server.execute("SELECT pg_logical_emit_message(true, 'x', 'x')")
    assert "PANIC" in server.log.read_text()


def fill(ballast: Path) -> None:
    """Write until not a page is free."""
    with pytest.raises(OSError, match="No space left"), ballast.open("wb", buffering=0) as file:  # noqa: PT012
        while True:
            file.write(b"\0" * 4_096)


def test_no_connection_is_left(driver: Forge, tmp_path: Path) -> None:
    """A clear word and exit code 4, nothing half-done; as soon as others leave, everything works."""
    with own_server(tmp_path, max_connections="12") as server, fresh(server.url()) as url:
        program = Program(tmp_path, url)
        order = {"job": "writer", "seed": 1, "journal": str(tmp_path / "a"), "url": url}
        assert driver.run(order) == ["done"]
        before = program.count("entries")
        with occupied(server) as others:
            done = program.run("doctor", "--json", check=False)
            assert done.returncode == 4
            assert "Traceback" not in done.stderr + done.stdout
            assert "too many clients" in done.stdout
            assert driver.run({**order, "seed": 2}) == ["away"]
            others.pop().close()
        assert program.count("entries") == before
        assert driver.run({**order, "seed": 2}) == ["done"]
        print(examine(url, [tmp_path / "a"]))


@contextmanager
def occupied(server: Server) -> Iterator[list[psycopg.Connection[Any]]]:
    """Others hold every connection there is."""
    others: list[psycopg.Connection[Any]] = []
    with contextlib.suppress(psycopg.OperationalError):
        while True:
            others.append(psycopg.connect(server.url()))
    try:
        yield others
    finally:
        for each in others:
            each.close()


def test_jobs_named_here_are_there() -> None:
    """The names in this file are the driver's."""
    assert {"writer", "writers", "follower"} <= JOBS.keys()
