"""The case as it stands: its number, how far it has come, who is in custody, and when it was last touched.

A record of any register has its row, and says of which: an inquest has no accused and no CNR. How far a record has come
is for the register's own acts to say. The view keeps slips of those that say it, and shows what they make of it,
without those that were struck.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.case.arrest import Arrests
from domain.case.case import Case
from domain.case.fir import named
from domain.case.investigation import Investigation
from domain.case.police_report import PoliceReports, charged
from domain.common.corrections import CorrectsEntry
from domain.common.matter import Entry, Matter, shown
from domain.deadline.sheet import TellsOfClock
from domain.event import EPOCH, RECORDS, Event, changed
from domain.malkhana.article import Malkhana
from domain.malkhana.custody import SeizesProperty
from projections.slip import act_of, slip_of
from projections.struck import standing, strike
from projections.view import View, on


@dataclass
class Told:
    """What is kept of a case: slips of the acts that tell how it stands, which are struck, and counts."""

    record_id: UUID
    register: str = ""
    slips: list[Any] = field(default_factory=list)
    corrections: dict[str, Any] = field(default_factory=dict)
    districts: dict[str, Any] = field(default_factory=dict)
    entries: int = 0
    doubted: int = 0
    opened_at: datetime | None = None
    last_occurred_at: datetime = EPOCH
    last_recorded_at: datetime = EPOCH

    KEY = ("record_id",)


class CaseState(View):
    """One row for each record of a register that keeps matters: cases, inquests."""

    version = 3
    State = Told
    topic = "case-state"
    indexes = (("station", "stage"), ("register", "station"))
    ignores = frozenset({TellsOfClock})

    @dataclass
    class Row:
        """A case, as a board of the station shows it."""

        record_id: UUID
        register: str = ""
        number: str = ""
        station: str = ""
        district: str = ""
        stage: str = ""
        investigator: str = ""
        sections: list[Any] = field(default_factory=list)
        opened_at: datetime | None = None
        registered_at: datetime | None = None
        chargesheeted_at: datetime | None = None
        cnr: str = ""
        accused: list[Any] = field(default_factory=list)
        arrested: list[Any] = field(default_factory=list)
        articles: int = 0
        entries: int = 0
        doubted: int = 0
        last_occurred_at: datetime = EPOCH
        last_recorded_at: datetime = EPOCH

        KEY = ("record_id",)

    @on(Entry)
    def entered(self, row: Told, e: Entry) -> None:
        """Every entry counts; one that a record may begin with tells the station, if nothing else."""
        meta = e.meta
        at = meta.occurred_at
        row.register = e.register
        row.entries += 1
        if meta.doubts:
            row.doubted += 1
        if row.opened_at is None or at < row.opened_at:
            row.opened_at = at
        row.last_occurred_at = max(row.last_occurred_at, at)
        row.last_recorded_at = max(row.last_recorded_at, meta.recorded_at)
        if meta.station not in row.districts:
            row.districts[meta.station] = meta.district
        columns = shown(type(e))
        if columns is not None:
            row.slips.append(slip_of(e, columns))
        elif e.opens:
            articles = len(e.items) if isinstance(e, SeizesProperty) else 0
            row.slips.append({"version": meta.version, "station": meta.station, "articles": articles})

    def reads(self, cls: type[Event[Any]]) -> frozenset[str] | None:
        """What an act shows of the case, how many articles it seizes, and what it strikes."""
        if not issubclass(cls, Entry) or issubclass(cls, CorrectsEntry):
            return super().reads(cls)
        columns = shown(cls)
        return frozenset({"items"}) if columns is None else (columns | {"items"} if columns else None)

    @on(CorrectsEntry)
    def corrected(self, row: Told, e: CorrectsEntry) -> None:
        """A struck entry tells nothing any more."""
        row.corrections = strike(row.corrections, e)

    def rows(self, state: Told) -> Iterator[Row]:
        """The record as the acts that stand have made it."""
        kind: Any = RECORDS[state.register]
        matter, registrar, articles = kind.blank(state.record_id), "", 0
        for slip in standing(state.slips, state.corrections):
            station, before = slip["station"], matter.number
            if "name" in slip:
                act = act_of(slip)
                matter = act.apply(matter)
                registrar = station if act.numbered and matter.number == act.called else registrar
            else:
                matter, articles = changed(matter, station=matter.station or station), articles + slip["articles"]
            registrar = station if matter.number != before else registrar
        yield self.Row(
            record_id=state.record_id,
            register=state.register,
            number=f"{registrar}/{matter.number}" if matter.number else "",
            station=matter.station,
            district=state.districts.get(matter.station, ""),
            stage=matter.stage,
            opened_at=state.opened_at,
            registered_at=matter.registered_at,
            articles=articles + len(matter.part(Malkhana).articles),
            entries=state.entries,
            doubted=state.doubted,
            last_occurred_at=state.last_occurred_at,
            last_recorded_at=state.last_recorded_at,
            **besides(matter),
        )


def besides(matter: Matter) -> dict[str, Any]:
    """What a row shows of a case besides, and of another record as far as it has it."""
    if not isinstance(matter, Case):
        return {"investigator": matter.officer}
    arrested = sorted(code for code, how in matter.part(Arrests).accused.items() if how.arrested_at)
    return {
        "investigator": matter.part(Investigation).investigator,
        "sections": list(matter.sections),
        "chargesheeted_at": min(charged(matter).values(), default=None),
        "cnr": matter.part(PoliceReports).cnr,
        "accused": sorted({*named(matter), *arrested}),
        "arrested": arrested,
    }
