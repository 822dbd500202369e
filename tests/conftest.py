"""What the tests stand on: one private PostgreSQL for the whole run, and a fresh database for each test that asks."""

from __future__ import annotations

import gc
import os
import shutil
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from roznamcha.migrate import migrate
from roznamcha.postgres import Embedded, open_embedded
from tests.broker.shared import broker, topics
from tests.memory import quick_folder
from tests.roznamcha.kit import Program

__all__ = ["broker", "topics"]
for _width in ("COLUMNS", "LINES"):  # of a screen that nobody looks at: readline, which pytest loads, sets them
    os.environ.pop(_width, None)
NUMBERS = count(1)
TOLD = 3_000
"""Characters of a failure that are told at once."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """How long the tests of faults go on."""
    parser.addoption("--fault-rounds", type=int, default=8, help="rounds of random kills; thousands when asked")


def pytest_collection_finish() -> None:
    """What was collected stays to the end: it need not be looked through for garbage again and again."""
    gc.collect()
    gc.freeze()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Where several run them, what fails is told at once: a run that is ended from outside would keep it to itself."""
    if report.failed and hasattr(report, "node") and sys.__stderr__:
        sys.__stderr__.write(f"\n{report.nodeid} failed ({report.when}):\n{report.longreprtext[-TOLD:]}\n")


@pytest.fixture(scope="session")
def fault_rounds(request: pytest.FixtureRequest) -> int:
    """How many rounds of random kills."""
    rounds: int = request.config.getoption("--fault-rounds")
    return rounds


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """A private PostgreSQL server, stopped when the tests are done.

    It leaves the disk to the operating system: no test pulls the plug of the machine, and a database that is dropped
    would wait for a checkpoint of all others. Servers that are killed and restored are started by the tests of faults.
    """
    folder = quick_folder(tmp_path_factory.getbasetemp())
    with open_embedded(folder) as embedded:
        with psycopg.connect(embedded.url, autocommit=True) as connection:
            for setting in ("fsync = off", "full_page_writes = off", "checkpoint_timeout = '1d'"):
                connection.execute(f"ALTER SYSTEM SET {setting}".encode())
            connection.execute("SELECT pg_reload_conf()")
        yield embedded
    shutil.rmtree(folder)


@pytest.fixture
def empty_database(server: Embedded) -> Iterator[str]:
    """The URL of a new, empty database."""
    name = f"test_{next(NUMBERS)}"
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    yield psycopg.conninfo.make_conninfo(server.url, dbname=name)
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def database(empty_database: str) -> str:
    """The URL of a new database with today's tables and nothing in them."""
    migrate(empty_database)
    return empty_database


@pytest.fixture
def program(database: str, tmp_path: Path) -> Program:
    """The program on a database and a data folder of its own."""
    return Program(tmp_path, database)
