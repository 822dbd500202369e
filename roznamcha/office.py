"""The station office: the one place where the parts are put together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

import domain
from domain.law.book import Book
from roznamcha.closed_days import book_in_force
from roznamcha.errors import Usage
from roznamcha.fences import clock_of, same_time
from roznamcha.migrate import migrate
from roznamcha.postgres import open_embedded
from roznamcha.recorder import Datastore
from roznamcha.sealing import Keyring, open_keyring
from roznamcha.settings import Settings
from roznamcha.store import Store
from schemas import Catalogue, catalogue


@dataclass(frozen=True)
class Office:
    """Everything a command needs, opened together and closed together."""

    settings: Settings
    url: str
    catalogue: Catalogue
    datastore: Datastore
    keyring: Keyring
    store: Store

    @cached_property
    def book(self) -> Book:
        """The rule book that ships with this release, with the closed days that the settings name. Raises Usage."""
        return book_in_force(self.settings)


@contextmanager
def database(settings: Settings, *, reading: bool = False) -> Iterator[str]:
    """The URL of the database in force: the one that was named, or the private one in the data folder.

    Raises Usage for a name that can't be one, and when something is to be read where nothing was ever entered.
    """
    if settings.database_url:
        try:
            conninfo_to_dict(settings.database_url)
        except ProgrammingError:
            message = "ROZNAMCHA_DATABASE_URL is no address of a PostgreSQL database: postgresql://user@host/name"
            raise Usage(message) from None
        yield settings.database_url
        return
    if reading and not (settings.data / "postgres").exists():
        message = f"nothing was ever entered in {settings.data}: name the folder of the data with --data"
        raise Usage(message)
    with open_embedded(settings.data) as embedded:
        yield embedded.url


@contextmanager
def open_office(settings: Settings, *, reading: bool = False) -> Iterator[Office]:
    """Open the store that `settings` name, with today's tables. `reading` makes none where there is none.

    Raises Unavailable when the database is away, Broken when it isn't what it must be.
    """
    domain.load()
    with database(settings, reading=reading) as url:
        migrate(url)
        datastore = Datastore(url)
        try:
            schemas = catalogue()
            if not reading:
                with datastore.get_connection() as connection:
                    same_time(datetime.now(UTC), clock_of(connection))
            keyring = open_keyring(datastore, schemas, settings.data / "keys" / "master.key")
            store = Store(datastore, schemas, keyring)
            try:
                yield Office(settings, url, schemas, datastore, keyring, store)
            finally:
                store.close()
        finally:
            datastore.close()
