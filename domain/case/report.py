"""Reports that others write for the case: received from the hospital or the laboratory, attached to the case diary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar, Literal

from domain.case.case import Case, CaseEntry, Part
from domain.case.fir import Done
from domain.event import put


@dataclass(frozen=True)
class Reports(Part):
    """The reports of the case that were received, and that were attached, as `MLR 12/2026`."""

    received: Mapping[str, Done] = field(default_factory=dict)
    attached: Mapping[str, Done] = field(default_factory=dict)


class ReceivesReport(CaseEntry):
    """An act by which a report reaches the investigating officer."""

    kind: ClassVar[str] = ""
    """MLR, PMR or FSL."""

    @property
    def report(self) -> str:
        """The report's number."""
        return ""

    def doubt(self, case: Case) -> Iterator[str]:
        """The same report twice."""
        yield from super().doubt(case)
        if case.part(Reports).received.get(f"{self.kind} {self.report}"):
            yield f"{self.kind} {self.report} of {case.label} was already received"

    def apply(self, case: Case) -> Case:
        """The report is with the investigating officer, to be attached."""
        case = super().apply(case)
        part, done = case.part(Reports), Done(self.meta.version, self.meta.occurred_at)
        return case.keep(replace(part, received=put(part.received, f"{self.kind} {self.report}", done)))


class ReportAttachedToDiary(CaseEntry, register="case"):
    """A report that was received is attached to the case diary: the last status of MedLEaPR and of e-FSL."""

    kind: Literal["MLR", "PMR", "FSL", "other"]
    report: str
    diary_number: str
    pages: int | None = None

    def refuse(self, case: Case) -> Iterator[str]:
        """Only what was received can be attached, and once."""
        part, key = case.part(Reports), f"{self.kind} {self.report}"
        receipt = {"MLR": "MLRReceived", "PMR": "PMRReceived", "FSL": "LaboratoryReportReceived"}.get(self.kind)
        if receipt and not part.received.get(key):
            yield (
                f"{key} cannot be attached: {case.label} shows no such report received. Record case.{receipt} first."
            )
        if part.attached.get(key):
            yield f"{key} cannot be attached again: it is in the case diary of {case.label}."

    def doubt(self, case: Case) -> Iterator[str]:
        """Attached before it came."""
        came = case.part(Reports).received.get(f"{self.kind} {self.report}")
        if came and self.meta.occurred_at < came.at:
            yield f"{self.kind} {self.report} is attached before it was received"

    def apply(self, case: Case) -> Case:
        """It is in the case diary."""
        part, done = case.part(Reports), Done(self.meta.version, self.meta.occurred_at)
        return case.keep(replace(part, attached=put(part.attached, f"{self.kind} {self.report}", done)))
