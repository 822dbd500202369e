"""A report that was received from the hospital or the laboratory is attached to the case diary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from domain.case.case import Case, CaseEntry
from domain.common.matter import Done
from domain.common.report import Reports
from domain.event import changed, put


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
        return case.keep(changed(part, attached=put(part.attached, f"{self.kind} {self.report}", done)))
