"""Which records name each other: a case the inquest it came from, an inquest the case it became."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import domain
from domain.common.corrections import CorrectsEntry
from domain.common.matter import Entry
from domain.common.tie import Tie, TiesRecords
from domain.deadline.sheet import TellsOfClock
from domain.event import ACTS, EPOCH, Event
from projections.struck import standing, strike
from projections.view import Index, View, on


@dataclass
class Named:
    """What is kept of a record: every other record that an act of it has named, and what each correction strikes."""

    record_id: UUID
    slips: list[Any] = field(default_factory=list)
    corrections: dict[str, Any] = field(default_factory=dict)

    KEY = ("record_id",)


class Ties(View):
    """One row for each act that names another record; a struck one names none."""

    State = Named
    ignores = frozenset({Entry, TellsOfClock})
    indexes = (Index(("other",), "other IS NOT NULL"), ("called",))

    @dataclass
    class Row:
        """A tie. `called` is the other record as the act names it; `other` its id, once the register knew it."""

        record_id: UUID
        version: int
        tie: str = ""
        act: str = ""
        station: str = ""
        called: str = ""
        other: UUID | None = None
        occurred_at: datetime = EPOCH
        recorded_at: datetime = EPOCH

        KEY = ("record_id", "version")

    @on(TiesRecords)
    def named(self, row: Named, e: TiesRecords) -> None:
        """Another record is named, or this act could have named one and did not."""
        if not e.other_called:
            return
        meta = e.meta
        row.slips.append(
            {
                "version": meta.version, "tie": e.tie.id, "act": e.name, "station": meta.station,
                "called": e.other_called, "other": str(e.other_id) if e.other_id else None,
                "at": meta.occurred_at.isoformat(), "recorded": meta.recorded_at.isoformat(),
            }
        )  # fmt: skip

    @on(CorrectsEntry)
    def corrected(self, row: Named, e: CorrectsEntry) -> None:
        """A struck entry has never happened."""
        row.corrections = strike(row.corrections, e)

    def reads(self, cls: type[Event[Any]]) -> frozenset[str] | None:
        """The columns that name the other record."""
        if not issubclass(cls, TiesRecords):
            return super().reads(cls)
        own = frozenset(column for each in cls.kinds for column in (each.column, each.record, each.choice))
        return own - {""}

    def rows(self, state: Named) -> Iterator[Row]:
        """Each tie that stands."""
        for slip in standing(state.slips, state.corrections):
            yield self.Row(
                state.record_id, slip["version"], slip["tie"], slip["act"], slip["station"], slip["called"],
                UUID(slip["other"]) if slip["other"] else None,
                datetime.fromisoformat(slip["at"]), datetime.fromisoformat(slip["recorded"]),
            )  # fmt: skip


@cache
def ties() -> dict[str, Tie]:
    """Every kind of tie, by its id."""
    domain.load()
    found = {kind.id: kind for each in ACTS.values() if issubclass(each, TiesRecords) for kind in each.kinds}
    return dict(sorted(found.items()))
