"""The ticker: finds the clocks of which something is to be told by now, and has it told. Time is handed to it.

A sweep reads only what is due, in pages by (next_at, key), however many clocks are open. What is told is itself an
entry; the view folds it, and with it the clock's next moment moves on. So nothing is flagged here, and a ticker that
dies, is late, or runs beside another one tells the same facts: their ids follow from what they tell.

A fact is told only if the view has folded every entry of the record: the store's door is asked to take it only while no
entry of the record stands beyond the checkpoint that was read with the row. So no lapse is announced that an entry
already in the log cures; a record that is parked, or behind, is left for a later sweep.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from psycopg import Connection

from consumers.building import is_built
from consumers.checkpoints import MAIN, positions
from consumers.embedded import Follower, unhindered
from consumers.runner import Outdated
from consumers.slots import slot_of
from consumers.steps import reach
from consumers.tables import tables_of
from domain.deadline.sheet import Sheet, TellsOfClock
from projections.deadlines import Deadlines, Docket, sheet_on

PAGE = 1_000
"""Clocks read at a time."""
AHEAD = timedelta(minutes=2)
"""How far a clock may run ahead of the database's before it is not believed."""
log = structlog.get_logger()


class ClockAhead(Exception):
    """The time given lies in the future of the database's clock."""


class Due(NamedTuple):
    """A clock of which something is due: since when, and which."""

    next_at: datetime
    record_id: UUID
    rule: str
    subject: str
    opened_by: str


@dataclass(frozen=True)
class Owing:
    """What is to be told of one record, and up to which position of the log it rests on all its entries.

    `recorded_at` is when its last entry or fact was recorded: none that follows is older.
    """

    sheet: Sheet
    through: int
    station: str
    district: str
    recorded_at: datetime
    facts: Sequence[TellsOfClock]


Tell = Callable[[Sequence[Owing]], Counter[str]]
"""Tells facts: enters them, unless an entry of the record stands beyond `through`; counts those that were new."""


def due_page(connection: Connection[Any], view: Deadlines, now: datetime, after: Due | None) -> list[Due]:
    """The next clocks that are due by `now`, in their order, after the one where the last page ended."""
    table = tables_of(view).published[0].name
    beyond = "AND (next_at, record_id, rule, subject, opened_by) > (%s, %s, %s, %s, %s)" if after else ""
    query = f"""
        SELECT next_at, record_id, rule, subject, opened_by FROM views.{table}
        WHERE next_at IS NOT NULL AND next_at <= %s {beyond}
        ORDER BY next_at, record_id, rule, subject, opened_by LIMIT {PAGE}
    """
    # Planned each time: a plan kept from an hour in which few clocks were there would read them all ever after.
    return [Due(*row) for row in connection.execute(query.encode(), (now, *(after or ())), prepare=False)]


def believed(connection: Connection[Any], now: datetime) -> datetime:
    """`now`, unless it lies ahead of the database's clock. Raises ClockAhead.

    What was told can't be untold, so a clock set forward must not announce what has not come; the database's clock is
    the one that all processes share. A clock that is behind tells later, and takes nothing back.
    """
    row = connection.execute("SELECT clock_timestamp()").fetchone()
    if row is not None and now > row[0] + AHEAD:
        message = f"{now.isoformat()} lies ahead of the database's clock, {row[0].isoformat(timespec='seconds')}"
        raise ClockAhead(message)
    return now


class Ticker:
    """Tells what is due, over a connection of its own."""

    def __init__(self, follower: Follower, view: Deadlines, tell: Tell) -> None:
        """Bring the views up to date through `follower`, read `view`, and have facts told by `tell`."""
        self.connection, self.follower, self.view, self.tell = follower.connection, follower, view, tell

    def tick(self, now: datetime) -> Counter[str]:
        """Tell everything that is due by `now`; give how many facts of each kind were new."""
        total: Counter[str] = Counter()
        while True:
            unhindered(self.connection, self.follower.catch_up)
            # If we die from here on, the facts that were entered stay; the next sweep finds the rest.
            told = self._sweep(now)
            total += told
            if not told:
                return total

    def follow(self, stop: threading.Event, clock: Callable[[], datetime], *, net: float = 1.0) -> Counter[str]:
        """Tick until told to stop: right behind each entry, and every `net` seconds for what time alone makes due."""
        total: Counter[str] = Counter()
        self.connection.execute("LISTEN entries")
        while not stop.is_set():
            try:
                told = self.tick(believed(self.connection, clock()))
            except ClockAhead as ahead:
                log.warning("nothing told", why=str(ahead))
            else:
                total += told
            for _ in self.connection.notifies(timeout=net, stop_after=1):
                break
        self.connection.execute("UNLISTEN entries")
        return total

    def _sweep(self, now: datetime) -> Counter[str]:
        """Tell what the view says is due now, record by record, each once."""
        total: Counter[str] = Counter()
        seen: set[UUID] = set()
        after: Due | None = None
        while True:
            with self.connection.transaction():
                # One snapshot: a record's row, its state, and how far its slot was folded belong together.
                self.connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                page = due_page(self.connection, self.view, now, after)
                records = dict.fromkeys(each.record_id for each in page if each.record_id not in seen)
                owing = list(self._owing(list(records), now))
            reach("ticker: due read")  # nothing was told yet; if we die here the next sweep reads the same
            if owing:
                total += self.tell(owing)
            reach("ticker: facts appended")  # they are durable and not yet folded; told again they are the same facts
            if len(page) < PAGE:
                return total
            seen |= records.keys()
            after = page[-1]

    def _owing(self, records: Sequence[UUID], now: datetime) -> Iterator[Owing]:
        """What is to be told of these records, but for those that wait in the lot."""
        if not records:
            return
        if not is_built(self.connection, self.view):
            message = f"the view {self.view.name} was built by another release or with other settings: start again"
            raise Outdated(message)
        parked = self.connection.execute(
            "SELECT record_id FROM ops.parked WHERE view = %s AND record_id = ANY(%b::uuid[])",
            (self.view.name, list(records)),
        )
        lot = {row[0] for row in parked}
        reached = positions(self.connection, MAIN)
        kept = tables_of(self.view).held.of_records(self.connection.cursor(binary=True), records)
        dockets: dict[UUID, Docket] = {each.record_id: each for each in kept}
        for record_id in records:
            docket = dockets.get(record_id)
            if docket is None or record_id in lot:
                continue
            if facts := self.view.owed(docket, now):
                through = reached[slot_of(record_id)]
                where = (docket.station, docket.district, max(docket.recorded_at, docket.told_at))
                yield Owing(sheet_on(docket), through, *where, facts)
