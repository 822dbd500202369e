"""The FIR is registered: at the station of the area (IIF-1), or as a zero FIR for another station."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from domain.case.case import Case
from domain.case.fir import EARLY, Fir, PropertyOfInterest, TellsOfOffence, registration
from domain.case.information import signed_late
from domain.case.transfer import TRANSFER
from domain.common.days import written
from domain.common.handoff import ClosesHandOff
from domain.common.tie import Tie, TiesRecords
from domain.event import Numbered, Sealed, changed

FROM_INQUEST = Tie(
    "from inquest", "मर्ग से", register="inquest", back="converted to FIR", column="inquest_number",
    record="inquest_record",
)  # fmt: skip


class RegistersFIR(TiesRecords, TellsOfOffence):
    """An FIR is registered: the first information form (IIF-1); it may name the inquest it came from."""

    kinds = (FROM_INQUEST,)

    information_received_at: datetime
    offence_from: datetime | None = None
    offence_to: datetime | None = None
    time_period: str = ""
    gd_entry: str = ""
    gd_at: datetime | None = None
    place: str = ""
    place_address: Sealed | None = None
    direction: str = ""
    distance_km: Decimal | None = None
    beat: str = ""
    other_station: str = ""
    other_district: str = ""
    reporting_delay: Sealed | None = None
    property_of_interest: tuple[PropertyOfInterest, ...] = ()
    total_value_paise: int | None = None
    inquest_number: str = ""
    inquest_record: UUID | None = None
    contents: Sealed
    action: Literal["taken up", "another officer directed", "refused", "transferred"] = "taken up"
    investigator: str = ""
    investigator_rank: str = ""
    refusal_reason: str = ""
    transferred_to: str = ""
    read_over: bool = False
    informant_signed_at: datetime | None = None
    dispatched_to_court_at: datetime | None = None

    def doubt(self, case: Case) -> Iterator[str]:
        """The form's dates follow each other; electronic information was signed; an enquiry had not closed it."""
        yield from super().doubt(case)
        at, part = self.meta.occurred_at, case.part(Fir)
        if at < self.information_received_at:
            yield f"{self.called} is registered before the information was received"
        if self.offence_to and self.offence_to > self.information_received_at:
            yield f"{self.called} says that the offence ended after the information of it was received"
        if self.offence_from and self.offence_to and self.offence_from > self.offence_to:
            yield f"{self.called} says that the offence ended before it began"
        if self.dispatched_to_court_at and self.dispatched_to_court_at < at:
            yield f"{self.called} went to court before it was registered"
        if not self.gd_entry:
            yield f"{self.called} names no General Diary entry"
        if self.mode == "electronic":
            signed = part.signed
            signed_at = self.informant_signed_at or (signed.at if signed else None)
            yield from signed_late(self.information_received_at, signed_at)
        if part.concluded and part.outcome == "close":
            yield f"{self.called} is registered although the preliminary enquiry was closed"

    def entered(self, case: Case, part: Fir, stage: str) -> Case:
        """The case with its number; it counts as registered since the first registration that stands."""
        first = registration(case)
        entered = case.keep(
            changed(part, sections=tuple(dict.fromkeys([*part.sections, *self.sections]))),
            number=self.called,
            station=self.meta.station or case.station,
            stage=stage,
            sections=self.sections or case.sections,
            registered_at=first.at if first else self.meta.occurred_at,
        )
        return self.tying(entered)


class FIRRegistered(RegistersFIR, ClosesHandOff, register="case", opens=True):
    """The FIR of a cognizable offence is registered under its number of the year (BNSS s.173(1); form IIF-1)."""

    numbered = Numbered("FIR", "fir_number", "year")
    overtakes = (TRANSFER,)

    fir_number: int
    year: int

    @property
    def called(self) -> str:
        """As it is written: `0012/2026`."""
        return f"{self.fir_number:04d}/{self.year}"

    def refuse(self, case: Case) -> Iterator[str]:
        """A record has one FIR; a zero FIR may come before it."""
        yield from super().refuse(case)
        was = case.part(Fir).registered
        if was:
            yield (
                f"{self.called} cannot be registered here: this record is FIR {case.label} of {written(was.at)}. "
                "Begin a new record, or strike that entry by case.EntryCorrected first."
            )

    def apply(self, case: Case) -> Case:
        """The case has its number, and stands registered unless it is further already."""
        first = registration(case) is None
        stage = "registered" if case.stage in EARLY or (first and case.stage == "closed") else case.stage
        return self.entered(case, changed(self.persons(case), registered=self.done()), stage)


class ZeroFIRRegistered(RegistersFIR, register="case", opens=True):
    """An FIR is registered without regard to the area of the offence, for another station (BNSS s.173(1))."""

    numbered = Numbered("ZERO", "zero_number", "year")

    zero_number: int
    year: int
    for_station: str

    @property
    def called(self) -> str:
        """As it is written: `ZERO/0003/2026`."""
        return f"ZERO/{self.zero_number:04d}/{self.year}"

    def refuse(self, case: Case) -> Iterator[str]:
        """A zero FIR is the record's first FIR, and its only zero FIR."""
        yield from super().refuse(case)
        was = registration(case)
        if was:
            yield (
                f"{self.called} cannot be registered here: this record is {case.label} of {written(was.at)}. "
                "Begin a new record, or strike that entry by case.EntryCorrected first."
            )

    def doubt(self, case: Case) -> Iterator[str]:
        """An offence in the station's own area gets an FIR of its own number."""
        yield from super().doubt(case)
        if self.for_station == self.meta.station:
            yield f"{self.called} is for {self.for_station}, the station that registers it: no zero FIR is needed"

    def apply(self, case: Case) -> Case:
        """The case may be begun here, and waits for the station of the area."""
        stage = "zero FIR" if case.stage in EARLY or case.stage == "closed" else case.stage
        part = changed(self.persons(case), zero=self.done(), for_station=self.for_station)
        return self.entered(case, part, stage)
