"""The case as it stands: its number, how far it has come, who is in custody, and when it was last touched."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.case.arrest import AccusedArrested
from domain.case.case import CaseEntry
from domain.case.chargesheet import ChargesheetAcknowledged
from domain.case.court import CognizanceTaken
from domain.case.final_form import FinalReportPrepared
from domain.case.fir import TellsOfOffence
from domain.case.investigation import InvestigatorAssigned, InvestigatorChanged
from domain.case.property import SeizesProperty
from domain.case.registration import FIRRegistered, ZeroFIRRegistered
from domain.event import EPOCH
from projections.view import View, on

STAGES: dict[str, str] = {
    "case.InformationReceived": "information",
    "case.PreliminaryEnquiryOrdered": "enquiry",
    "case.NonCognizableReported": "non-cognizable",
    "case.ZeroFIRRegistered": "zero FIR",
    "case.FIRRegistered": "registered",
    "case.InvestigatorAssigned": "under investigation",
    "case.FinalReportFiled": "final report",
    "case.FinalReportPrepared": "chargesheet prepared",
    "case.ChargesheetSubmitted": "chargesheet submitted",
    "case.ChargesheetAcknowledged": "chargesheeted",
    "case.CognizanceTaken": "cognizance taken",
    "case.CaseCommitted": "committed",
    "case.ChargeFramed": "charge framed",
    "case.JudgmentPronounced": "judgment",
    "case.SentencePassed": "sentenced",
    "case.AppealFiled": "appeal",
}
"""The act that brings a case to each stage, in the order of a case's life. The furthest one reached is shown."""
ORDER = {stage: number for number, stage in enumerate(STAGES.values())}


class CaseState(View):
    """One row for each case."""

    indexes = (("station", "stage"),)
    ignores = frozenset({"domain.deadline.by_entry", "domain.deadline.by_time"})

    @dataclass
    class Row:
        """A case, as a board of the station shows it."""

        record_id: UUID
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

    @on(CaseEntry, reads=("kind",))
    def entered(self, row: Row, e: CaseEntry) -> None:
        """Every entry counts, and may bring the case further."""
        meta = e.meta
        row.entries += 1
        row.doubted += bool(meta.doubts)
        row.opened_at = meta.occurred_at if row.opened_at is None else min(row.opened_at, meta.occurred_at)
        row.last_occurred_at = max(row.last_occurred_at, meta.occurred_at)
        row.last_recorded_at = max(row.last_recorded_at, meta.recorded_at)
        row.station, row.district = row.station or meta.station, row.district or meta.district
        stage = STAGES.get(e.name, "")
        if isinstance(e, FinalReportPrepared) and e.kind != "chargesheet":
            stage = ""  # a final report is prepared: the case stands where it stood until it is filed
        if stage and ORDER[stage] >= ORDER.get(row.stage, -1):
            row.stage = stage

    @on(TellsOfOffence, reads=("sections", "accused"))
    def told(self, row: Row, e: TellsOfOffence) -> None:
        """Sections and accused, as far as they were named."""
        row.sections = list(e.sections) or row.sections
        row.accused = sorted({*row.accused, *(each.code for each in e.accused)})

    @on(FIRRegistered, ZeroFIRRegistered, reads=("fir_number", "zero_number", "year"))
    def registered(self, row: Row, e: FIRRegistered) -> None:
        """The case has its number."""
        numbered = e.numbered
        if numbered is not None:
            number, year = getattr(e, numbered.number), getattr(e, numbered.year)
            row.number = numbered.name(e.meta.station, number, year)
        row.registered_at = row.registered_at or e.meta.occurred_at
        row.station = e.meta.station

    @on(InvestigatorAssigned, InvestigatorChanged, reads=("investigator",))
    def assigned(self, row: Row, e: InvestigatorAssigned) -> None:
        """Who leads the investigation."""
        row.investigator = e.investigator

    @on(AccusedArrested, reads=("accused",))
    def arrested(self, row: Row, e: AccusedArrested) -> None:
        """One more in the arrest register."""
        row.arrested = sorted({*row.arrested, e.accused})
        row.accused = sorted({*row.accused, e.accused})

    @on(SeizesProperty)
    def seized(self, row: Row, e: SeizesProperty) -> None:
        """Articles came into custody."""
        row.articles += len(e.items)

    @on(ChargesheetAcknowledged, CognizanceTaken)
    def acknowledged(self, row: Row, e: ChargesheetAcknowledged) -> None:
        """The court has the case."""
        row.cnr = e.cnr or row.cnr
        if isinstance(e, ChargesheetAcknowledged):
            row.chargesheeted_at = row.chargesheeted_at or e.meta.occurred_at
