"""A watch over the clocks: a store whose clock is set by hand, the view of deadlines, and a ticker on both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg import Connection

from consumers import entries
from consumers.building import prepare
from consumers.embedded import Follower, connected
from consumers.ticker import Ticker
from domain.deadline.sheet import TellsOfClock, stream_of
from domain.law.book import book_of, load_book
from domain.law.offences import packaged
from projections.deadlines import Deadlines
from roznamcha.intake import read_act
from roznamcha.noting import SheetDesk
from roznamcha.recorder import Datastore
from roznamcha.sealing import Keyring
from roznamcha.store import Store
from schemas import catalogue
from tests.acts import sent

INDIA = ZoneInfo("Asia/Kolkata")
WEB = "fir-web"
"""One rule is enough for most: the FIR on the website within a day, with an alarm six hours before."""


def at(text: str) -> datetime:
    """A moment by the clock of India: `2026-07-02 09:30`."""
    return datetime.fromisoformat(text).replace(tzinfo=INDIA).astimezone(UTC)


class Watch:
    """One process that enters and one that ticks, on one database."""

    def __init__(self, url: str, connection: Connection[Any], rules: Sequence[str]) -> None:
        """Begin on the morning of 2 July 2026, with these rules."""
        self.now = at("2026-07-02 09:00")
        datastore = Datastore(url)
        keyring = Keyring(datastore, catalogue(), b"k" * 32)
        self.store = Store(datastore, catalogue(), keyring, lambda: self.now)
        self.connection, self.view = connection, Deadlines(book_of(map(load_book().rule, rules), packaged()), INDIA)
        prepare(connection, [self.view])
        self.follower = Follower(connection, [self.view], catalogue())
        self.desk = SheetDesk(self.store)
        self.ticker = Ticker(self.follower, self.view, self.desk.tell)

    def enter(self, name: str, record: str, when: str, *, recorded: str = "", **fields: Any) -> UUID:
        """Enter an act that was done at a time, and is recorded then or later."""
        occurred = at(when)
        self.now = at(recorded) if recorded else occurred
        act = read_act(sent(f"case.{name}", record, at=occurred.isoformat(), **fields), now=self.now)
        return self.store.record(act).record_id

    def fir(self, record: str, when: str = "2026-07-02 09:00") -> UUID:
        """An FIR, to be published within a day."""
        return self.enter("FIRRegistered", record, when, sections=["BNS 303(2)"])

    def tick(self, now: str) -> dict[str, int]:
        """Tell what is due by now; give what was new, by kind."""
        self.now = max(self.now, at(now))
        return dict(self.ticker.tick(at(now)))

    def facts(self, record_id: UUID) -> list[TellsOfClock]:
        """What was told of a record's clocks, in the order of its stream."""
        found = self.store.recorder.entries_of([stream_of(record_id)])
        read = [entries.read(catalogue(), state, position) for _, position, state in found]
        assert [each.meta.version for each in read] == list(range(1, len(read) + 1))
        return [each for each in read if isinstance(each, TellsOfClock)]

    def kinds(self, record_id: UUID) -> list[str]:
        """The same, by kind alone."""
        return [each.kind for each in self.facts(record_id)]


@contextmanager
def watching(url: str, *rules: str) -> Iterator[Watch]:
    """A watch on a database, for the FIR on the website or for these rules."""
    with connected(url) as connection:
        watch = Watch(url, connection, rules or [WEB])
        yield watch
        watch.store.close()
        watch.store.datastore.close()
