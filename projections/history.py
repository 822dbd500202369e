"""The register page by page: every entry of every record, who made it, when, and when it was recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.common.corrections import CorrectsEntry
from domain.event import EPOCH, NIL, Event
from projections.view import DROP, View, on


class History(View):
    """One row for each entry of the record's own; rows are only ever added."""

    version = 2
    append_only = True
    indexes = (("record_id", "version"), ("station", "recorded_at"))

    @dataclass
    class Row:
        """An entry without its own columns: those stay in the store."""

        position: int
        record_id: UUID = NIL
        version: int = 0
        name: str = ""
        entry_id: UUID = NIL
        occurred_at: datetime = EPOCH
        recorded_at: datetime = EPOCH
        actor_id: str = ""
        actor_rank: str = ""
        actor_role: str = ""
        station: str = ""
        doubts: int = 0
        source: str = ""
        strikes: int | None = None
        """The version of the entry of this record that is struck by this one; a struck correction strikes nothing."""

        KEY = ("position",)

    @on(Event)
    def entered(self, row: Row, e: Event[object]) -> object:  # type: ignore[type-var]  # any register's entry
        """Write the line down. What is told beside a record, of its deadlines, has a stream of its own and no line."""
        meta = e.meta
        if meta.stream_id != meta.record_id:
            return DROP
        row.record_id, row.version, row.name, row.entry_id = meta.record_id, meta.version, e.name, meta.entry_id
        row.occurred_at, row.recorded_at, row.station = meta.occurred_at, meta.recorded_at, meta.station
        row.actor_id, row.actor_rank, row.actor_role = meta.actor.id, meta.actor.rank, meta.actor.role
        row.doubts, row.source = len(meta.doubts), meta.source
        return None

    @on(CorrectsEntry)
    def corrected(self, row: Row, e: CorrectsEntry) -> None:
        """The line that strikes names the line it strikes; that one stays as it was written."""
        row.strikes = e.version
