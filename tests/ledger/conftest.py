"""What the tests of copies stand on: one case with its four copies, made once in a run; and one that may be spoilt."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from roznamcha.postgres import Embedded
from tests.fault.kit import fresh
from tests.ledger.copies import Court, court, enter
from tests.ledger.keeping import BASE, Keeper


@pytest.fixture(scope="session")
def case(server: Embedded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Court]:
    """The case and its four copies."""
    with court(server, tmp_path_factory.mktemp("court"), "court_copies") as made:
        yield made


@pytest.fixture
def attacked(database: str, tmp_path: Path) -> Court:
    """The same case in a store and a ledger of the test's own: leaf n is that of position n."""
    made = Court(Keeper(database, tmp_path))
    keys = tmp_path / "data" / "keys"
    keys.mkdir(parents=True)
    (keys / "master.key").write_text((b"k" * 32).hex())
    made.run("ledger", "key", "new", "--name", BASE, "--year", "2026")
    made.record = enter(database)
    made.run("ledger", "run", "--once")
    return made


@pytest.fixture
def restored_into(server: Embedded) -> Iterator[str]:
    """An empty database to restore a dump into."""
    with fresh(server.url) as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("DROP SCHEMA roznamcha, views, ops, public CASCADE")
            connection.execute("CREATE SCHEMA public")
        yield url
