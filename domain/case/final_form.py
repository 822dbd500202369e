"""The final form (IIF-5): what the investigating officer lays down when the investigation is complete.

It is the draft of the chargesheet or of the final report. It goes to court by the acts of `chargesheet.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from domain.case.arrest import CUSTODY, standing
from domain.case.case import Case, CaseEntry
from domain.case.police_report import FinalKind, PoliceReports, Report, further, sent, unheard
from domain.common.codes import Code
from domain.event import Sealed, changed
from domain.malkhana.article import Malkhana

DEVICES = frozenset({"electrical or electronic", "digital device"})


@dataclass(frozen=True, kw_only=True)
class ChargedAccused:
    """An accused whom the chargesheet charges, and how that accused stands on its day."""

    code: Code
    status: Literal["in custody", "on bail", "absconding", "not arrested"]
    forwarded: bool = False
    arrested_on: date | None = None
    released_on: date | None = None
    sections: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AccusedNotCharged:
    """An accused against whom nothing is charged, and why."""

    code: Code
    reason: Literal["insufficient evidence", "not the person", "died", "child before the Board", "witness", "other"]


@dataclass(frozen=True, kw_only=True)
class ReportWitness:
    """A witness whom the prosecution means to call, and what the evidence is about."""

    code: Code
    witness_name: Sealed
    address: Sealed | None = None
    evidence: Literal[
        "informant", "victim", "eyewitness", "circumstances", "seizure", "arrest", "medical", "forensic", "malkhana",
        "electronic record", "formal", "investigation", "other",
    ]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class PropertyReliedOn:
    """An article on which the prosecution relies, with its number in the malkhana register."""

    property_id: str
    malkhana_number: str = ""


@dataclass(frozen=True, kw_only=True)
class DeviceCustody:
    """One holder of an electronic device, in sequence: who had it, from when until when, and for what."""

    property_id: str
    holder: str
    holder_rank: str = ""
    from_at: datetime
    to_at: datetime | None = None
    purpose: str
    device_hash: str = ""


@dataclass(frozen=True, kw_only=True)
class LaboratoryResult:
    """What a laboratory found on an article, or that it has not answered yet."""

    property_id: str
    laboratory: str
    report_number: str = ""
    result: Literal["for the prosecution", "against", "no opinion", "awaited"]


class FinalReportPrepared(CaseEntry, register="case"):
    """The investigation is complete: the final form (IIF-5) is drawn up, to charge somebody or nobody (BNSS s.193)."""

    shows = frozenset({"accused", "kind", "number", "sections"})

    number: str
    kind: Literal["chargesheet", FinalKind]
    supplementary: bool = False
    sections: tuple[str, ...] = ()
    accused: tuple[ChargedAccused, ...] = ()
    not_charged: tuple[AccusedNotCharged, ...] = ()
    witnesses: tuple[ReportWitness, ...] = ()
    relied_on: tuple[PropertyReliedOn, ...] = ()
    device_custody: tuple[DeviceCustody, ...] = ()
    laboratory_results: tuple[LaboratoryResult, ...] = ()
    medical_report: Literal["attached", "awaited", "not needed"]
    action_against_informant: Literal["none", "proposed", "taken"] = "none"
    brief_facts: Sealed
    victim_told_at: datetime | None = None

    def refuse(self, case: Case) -> Iterator[str]:
        """A chargesheet charges somebody, a final report nobody, and nobody is both charged and not."""
        charged, free = [each.code for each in self.accused], [each.code for each in self.not_charged]
        if self.kind == "chargesheet" and not charged:
            yield f"chargesheet {self.number} charges nobody. Name the accused, or choose the kind of the report."
        if self.kind != "chargesheet" and charged:
            yield f"final report {self.number} ({self.kind}) charges {', '.join(charged)}. Choose the kind chargesheet."
        for code in sorted({each for each in charged if charged.count(each) > 1 or each in free}):
            yield f"{code} stands twice in {self.number}. Enter each accused once, as charged or as not charged."
        was = sent(case, self.number)
        if was:
            yield f"{self.number} of {case.label} is already {was.standing}. Give the new form its own number."

    def doubt(self, case: Case) -> Iterator[str]:
        """Everything on the form should agree with what the rest of the record shows."""
        yield from unheard(case, [each.code for each in self.accused])
        if self.number in case.part(PoliceReports).reports:
            yield f"{self.number} of {case.label} was prepared before: this form takes its place"
        for each in self.accused:
            how = standing(case, each.code).how
            if (how in CUSTODY) != (each.status == "in custody"):
                yield f"{each.code} is “{each.status}” on the form and “{how}” in {case.label}"
        yield from self._doubt_exhibits(case)
        if self.medical_report == "awaited":
            yield f"{self.number} is prepared while the medical report is awaited"

    def _doubt_exhibits(self, case: Case) -> Iterator[str]:
        articles, traced = case.part(Malkhana).articles, {each.property_id for each in self.device_custody}
        for each in self.relied_on:
            article = articles.get(each.property_id)
            if article is None:
                yield f"{each.property_id} is relied on, and no seizure memo of {case.label} lists it"
            elif article.category in DEVICES and each.property_id not in traced:
                yield f"the sequence of custody of the device {each.property_id} is not given (BNSS s.193(3)(i))"
        for result in self.laboratory_results:
            if result.result == "awaited":
                yield f"the report of {result.laboratory} on {result.property_id} is awaited"

    def apply(self, case: Case) -> Case:
        """The form is there; it has not gone to court."""
        part = case.part(PoliceReports)
        was = part.reports.get(self.number, Report(self.kind))
        accused = tuple(each.code for each in self.accused)
        report = changed(was, kind=self.kind, accused=accused, standing="prepared")
        stage = further(case, "chargesheet prepared") if self.kind == "chargesheet" else case.stage
        return case.keep(part.now(self.number, report), stage=stage)
