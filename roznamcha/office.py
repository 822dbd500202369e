"""The station office: the one place where the parts are put together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import domain
from domain.law.book import Book, load_book
from roznamcha.migrate import migrate
from roznamcha.postgres import open_embedded
from roznamcha.recorder import Datastore
from roznamcha.sealing import Keyring, load_master_key
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
        """The rule book that ships with this release."""
        return load_book()


@contextmanager
def database(settings: Settings) -> Iterator[str]:
    """The URL of the database in force: the one that was named, or the private one in the data folder."""
    if settings.database_url:
        yield settings.database_url
        return
    with open_embedded(settings.data) as embedded:
        yield embedded.url


@contextmanager
def open_office(settings: Settings) -> Iterator[Office]:
    """Open the store that `settings` name, with today's tables.

    Raises Unavailable when the database is away, Broken when it isn't what it must be.
    """
    domain.load()
    with database(settings) as url:
        migrate(url)
        datastore = Datastore(url)
        try:
            schemas = catalogue()
            keyring = Keyring(datastore, schemas, load_master_key(settings.data / "keys" / "master.key"))
            yield Office(settings, url, schemas, datastore, keyring, Store(datastore, schemas, keyring))
        finally:
            datastore.close()
