"""One station for all tests of documents that don't break it."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from roznamcha.migrate import migrate
from roznamcha.postgres import Embedded
from tests.documents.station import Station, station


@pytest.fixture(scope="module")
def at(server: Embedded, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Station]:
    """A station with a case, for the tests of one file."""
    name = request.module.__name__.rpartition(".")[2]
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    url = psycopg.conninfo.make_conninfo(server.url, dbname=name)
    migrate(url)
    with station(url, tmp_path_factory.mktemp(name)) as made:
        yield made
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
