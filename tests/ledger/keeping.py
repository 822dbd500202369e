"""A ledger over a store in a database of the tests, with keys and memory in a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg

from consumers.embedded import connected
from roznamcha.ledger.keys import Keys
from roznamcha.ledger.remembered import Memory
from roznamcha.ledger.sequencer import Sequencer
from schemas import catalogue
from tests.acts import NOW

BASE = "tlog.example/cg"


@dataclass(frozen=True)
class Keeper:
    """Who keeps the ledger of the store at `url`."""

    url: str
    folder: Path

    @property
    def keys(self) -> Keys:
        """The signing keys."""
        return Keys(self.folder / "keys")

    @property
    def memory(self) -> Memory:
        """The last checkpoint."""
        return Memory(self.folder / "ledger" / "checkpoint")

    @contextmanager
    def sequencing(self, now: datetime = NOW, *kept_elsewhere: bytes) -> Iterator[Sequencer]:
        """A sequencer that has begun."""
        self.keys.make(f"{BASE}/2026")
        with connected(self.url) as connection:
            sequencer = Sequencer(connection, catalogue(), self.keys, self.memory, lambda: now)
            sequencer.begin(kept_elsewhere)
            yield sequencer

    def keep(self, now: datetime = NOW) -> bytes:
        """Add and sign everything; give the last checkpoint."""
        with self.sequencing(now) as sequencer:
            sequencer.catch_up()
        note = self.memory.read()
        assert note is not None
        return note

    def tamper(self, *statements: str) -> None:
        """Do what only the database's own ruler can."""
        with psycopg.connect(self.url) as connection:
            connection.execute("SET session_replication_role = replica")
            for each in statements:
                connection.execute(each.encode())

    def copied(self) -> Callable[[], None]:
        """Take a copy of what is kept; what is given back puts it there again, as a restore does."""
        tables = ("logs", "leaves", "tiles", "checkpoints", "entries", "commands")
        self.tamper(*(f"DROP TABLE IF EXISTS public.copy_{each}" for each in tables))
        self.tamper(*(f"CREATE TABLE public.copy_{each} AS TABLE roznamcha.{each}" for each in tables))
        back = [
            f"DELETE FROM roznamcha.{each}; INSERT INTO roznamcha.{each} TABLE public.copy_{each}" for each in tables
        ]
        return lambda: self.tamper(*back[1:], "DELETE FROM roznamcha.logs", back[0])
