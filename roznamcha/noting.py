"""Noting on the deadline sheet: what is to be told of a record's clocks is decided and entered as all acts are.

These entries travel in their case's slot, in a stream of their own. Each is its own command, whose id follows from what
it tells, so the same fact is never entered twice, however many tell it.
"""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import structlog
from eventsourcing.persistence import InterfaceError, OperationalError

from consumers import entries
from consumers.steps import reach
from consumers.ticker import Owing
from domain.deadline.sheet import TellsOfClock, identity, stream_of
from domain.event import Actor, changed, decide
from roznamcha.errors import Unavailable
from roznamcha.plain import plain
from roznamcha.recorder import Line
from roznamcha.store import Store

log = structlog.get_logger()
ENGINE = Actor(id="roznamcha", rank="engine", role="deadlines")
"""Who tells of clocks: no officer."""
TRIES = 5
"""How often a page is written anew without the records that have moved on."""
BEYOND = """
    SELECT u.record FROM unnest(%b::uuid[], %b::bigint[]) AS u(record, through) WHERE EXISTS (
        SELECT 1 FROM roznamcha.entries e
        WHERE e.record_id = u.record AND e.notification_id > u.through AND e.originator_id = u.record)
"""
"""The records in which something was entered beyond what a fact rests on; other deadline facts are no such thing."""


class Moved(Exception):
    """Entries came in after the view was read: of these records nothing may be told from that reading."""

    def __init__(self, records: set[UUID]) -> None:
        """Of these records."""
        super().__init__(f"{len(records)} records have moved on")
        self.records = records


class SheetDesk:
    """Enters facts on deadline sheets."""

    def __init__(self, store: Store, now: Callable[[], datetime] | None = None) -> None:
        """Write to the store's log; `now` gives the time of recording."""
        self.store, self.now = store, now or store.now

    def tell(self, owing: Sequence[Owing]) -> Counter[str]:
        """Enter facts, unless the record has moved on; count by kind those that were new."""
        waiting = list(owing)
        for _ in range(TRIES):
            if not waiting:
                break
            try:
                return self._enter(waiting)
            except (OperationalError, InterfaceError) as error:
                # If the connection died at the commit nobody knows whether it was entered: told again it is the same.
                message = f"the database is away ({type(error).__name__}): what is due is told when it is back"
                raise Unavailable(message) from None
            except Moved as moved:
                waiting = [each for each in waiting if each.sheet.id not in moved.records]
        return Counter()

    def _enter(self, owing: Sequence[Owing]) -> Counter[str]:
        """Enter facts of records none of which has moved on, or raise Moved and enter nothing.

        The log's lock is ours from the append to the commit, so what is looked up after it stands when it is committed:
        an entry is either seen here, and nothing is told, or comes after the fact in the log.
        """
        lines = [line for each in owing for line in self._lines(each)]
        if not lines:
            return Counter()
        with self.store.recorder.appending(lines) as (written, connection):
            records, through = [each.sheet.id for each in owing], [each.through for each in owing]
            beyond = {row["record"] for row in connection.execute(BEYOND, (records, through), prepare=False)}
            if beyond:
                raise Moved(beyond)
            reach("ticker: facts written")  # not committed: if we die here nothing was told
        return Counter(line.topic.partition(".")[2] for line in lines if (line.stream_id, line.version) in written)

    def _lines(self, owing: Owing) -> list[Line]:
        """The facts of one record as entries: all of them, or none when one of them can't be told as the sheet stands.

        Then what the view keeps as told isn't what was told: the others go on, and `verify` shows the row.
        """
        sheet, lines = owing.sheet, []
        recorded_at = max(self.now().astimezone(UTC), owing.recorded_at)
        for fact in owing.facts:
            entry = self._entry(fact, owing, sheet.version + 1, recorded_at)
            if reasons := decide(entry, sheet).reasons:
                log.error("not told", record=str(sheet.id), fact=entry.name, why=reasons[0])
                return []
            sheet = sheet.after(entry)
            lines.append(self._line(entry))
        return lines

    def _entry(self, fact: TellsOfClock, owing: Owing, version: int, recorded_at: datetime) -> TellsOfClock:
        record_id = owing.sheet.id
        fact_id = identity(record_id, fact.key, fact.kind, fact.number)
        meta = changed(
            fact.meta,
            entry_id=fact_id,
            command_id=fact_id,
            record_id=record_id,
            stream_id=stream_of(record_id),
            version=version,
            recorded_at=recorded_at,
            actor=changed(ENGINE, station=owing.station),
            station=owing.station,
            district=owing.district,
            source="tick",
            salt=secrets.token_bytes(16),
        )
        return changed(fact, meta=meta)

    def _line(self, entry: TellsOfClock) -> Line:
        meta = entry.meta
        return Line(
            stream_id=meta.stream_id,
            version=meta.version,
            topic=entry.name,
            state=entries.write(self.store.catalogue, entry),
            record_id=meta.record_id,
            command_id=meta.command_id,
            digest=self.store.keyring.command_digest(content_of(entry)),
        )


def content_of(entry: TellsOfClock) -> bytes:
    """What a fact tells, in one canonical form."""
    shown: dict[str, Any] = {"name": entry.name, "record": str(entry.meta.record_id), "fields": plain(entry)}
    return json.dumps(shown, sort_keys=True, ensure_ascii=False).encode()
