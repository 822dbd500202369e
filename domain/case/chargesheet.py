"""The police report goes to court: submitted, returned or acknowledged, and copied to the accused.

A chargesheet that was "sent" fulfils no duty: only the court's acknowledgement with its CNR does. A final report says
why nobody is charged. Either is drawn up first on the form of `final_form.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal

from domain.case.arrest import ActOnAccused
from domain.case.case import Case, CaseEntry
from domain.case.fir import registration
from domain.case.police_report import (
    CHARGESHEET,
    FINAL_REPORT,
    FinalKind,
    PoliceReports,
    Report,
    charged,
    further,
    miscounted,
    other_cnr,
    sent,
    unheard,
)
from domain.case.prosecution import opinions
from domain.common.codes import Code
from domain.common.days import written
from domain.common.handoff import ClosesHandOff, HandsOff
from domain.event import Sealed, changed

Channel = Literal["ICJS", "paper", "ICJS and paper"]


class SubmitsChargesheet(HandsOff):
    """A chargesheet goes to court. It fulfils the duty only when the court acknowledges it."""

    shows = frozenset({"accused", "number", "sections"})
    hand_off = CHARGESHEET

    number: str
    accused: tuple[Code, ...]
    channel: Channel
    court: str
    sections: tuple[str, ...] = ()
    copies: int = 0
    indexed: bool = True

    def kind(self) -> str:
        """What kind of report it is."""
        return "chargesheet"

    def refuse(self, case: Case) -> Iterator[str]:
        """It names somebody, and goes once, unless the court sent it back."""
        if not self.accused:
            yield f"chargesheet {self.number} cannot be submitted against nobody. Name the accused by their codes."
        was = sent(case, self.number)
        if was:
            yield (
                f"{self.number} of {case.label} is already {was.standing}. Record case.ChargesheetReturnedWithDefect "
                "first, or give the new report its own number."
            )

    def doubt(self, case: Case) -> Iterator[str]:
        """It was prepared, against the same accused, in a registered case, and the prosecutor has cleared it."""
        yield from unheard(case, self.accused)
        fir = registration(case)
        if fir is None:
            yield f"chargesheet {self.number} is submitted, and no FIR is entered in this record"
        elif self.meta.occurred_at < fir.at:
            yield f"{self.number} is dated before {case.label} was registered on {written(fir.at)}"
        report = case.part(PoliceReports).reports.get(self.number)
        if report is None:
            yield f"{self.number} is submitted, and no final form (IIF-5) of that number is in {case.label}"
        elif set(report.accused) != set(self.accused):
            now = _list(self.accused)
            yield f"{self.number} was prepared against {_list(report.accused)} and is submitted against {now}"
        for request, each in opinions(case).items():
            if each.subject == "draft chargesheet" and each.standing != "cleared":
                yield f"the prosecutor's clearance on request {request} of {case.label} is {each.standing}, not given"

    def apply(self, case: Case) -> Case:
        """The court has it to acknowledge."""
        part, meta = case.part(PoliceReports), self.meta
        report = Report(self.kind(), self.accused, "submitted", since=meta.occurred_at)
        return case.keep(part.now(self.number, report), stage=further(case, "chargesheet submitted"))


class ChargesheetSubmitted(SubmitsChargesheet, register="case"):
    """The officer in charge submits the chargesheet to the court through ICJS, on paper, or both (BNSS s.193(3))."""


class ChargesheetReturnedWithDefect(ClosesHandOff, register="case"):
    """The court's office returns the chargesheet for defects: it must be submitted again."""

    shows = frozenset({"number"})
    answers = (CHARGESHEET,)
    one_sided = "entered by the station, which has it back"

    number: str
    court: str
    defects: tuple[
        Literal[
            "page missing", "not legible", "signature missing", "annexure missing", "accused's particulars incomplete",
            "sections do not agree", "property list incomplete", "copies short", "certificate or hash missing", "other",
        ],
        ...,
    ]  # fmt: skip
    remarks: Sealed | None = None

    def refuse(self, case: Case) -> Iterator[str]:
        """Only what is in court can come back."""
        if sent(case, self.number) is None:
            yield (
                f"{self.number} cannot be returned: {case.label} does not show that it is in court. "
                "Record case.ChargesheetSubmitted first."
            )

    def doubt(self, case: Case) -> Iterator[str]:
        """What the court has acknowledged it seldom returns."""
        was = sent(case, self.number)
        if was and was.standing == "acknowledged":
            yield f"{self.number} of {case.label} was acknowledged by the court, and is returned with defects"

    def apply(self, case: Case) -> Case:
        """The station has it again, and the duty is open."""
        part = case.part(PoliceReports)
        report = part.reports.get(self.number, Report("chargesheet"))
        back = changed(report, standing="returned with defect")
        stage = "chargesheet prepared" if case.stage == "chargesheet submitted" else case.stage
        return case.keep(part.now(self.number, back), stage=stage)


class ChargesheetAcknowledged(ClosesHandOff, register="case"):
    """The court acknowledges the chargesheet and gives the case its CNR: only this fulfils the duty."""

    shows = frozenset({"accused", "cnr", "number"})
    answers = (CHARGESHEET,)

    number: str
    cnr: str
    accused: tuple[Code, ...]
    court: str
    sr_number: str = ""
    case_number: str = ""

    def refuse(self, case: Case) -> Iterator[str]:
        """It names the accused, and the CNR is one."""
        yield from miscounted(case, self.cnr)
        if not self.accused:
            yield f"the acknowledgement of {self.number} names nobody. Name those whom the chargesheet charges."

    def doubt(self, case: Case) -> Iterator[str]:
        """It answers a chargesheet that was sent, against the same accused, under one CNR, and comes once."""
        yield from unheard(case, self.accused)
        yield from other_cnr(case, self.cnr)
        was = sent(case, self.number)
        if was is None:
            yield f"{case.label} does not show that {self.number} was submitted"
            return
        if was.standing == "acknowledged":
            since = written(was.since or self.meta.occurred_at)
            yield f"{self.number} of {case.label} was already acknowledged on {since}"
        elif was.since and self.meta.occurred_at < was.since:
            yield f"{self.number} is acknowledged before it was submitted on {written(was.since)}"
        if set(was.accused) != set(self.accused):
            yield f"{self.number} was sent against {_list(was.accused)} and is acknowledged for {_list(self.accused)}"

    def apply(self, case: Case) -> Case:
        """These accused are charge-sheeted, from the first acknowledgement on."""
        part, at = case.part(PoliceReports), self.meta.occurred_at
        report = sent(case, self.number) or Report("chargesheet", self.accused)
        if report.standing != "acknowledged":
            report = changed(report, standing="acknowledged", since=at)
        named = tuple(dict.fromkeys((*report.charged, *self.accused)))
        part = part.now(self.number, changed(report, charged=named))
        return case.keep(changed(part, cnr=part.cnr or self.cnr), stage=further(case, "chargesheeted"))


class SupplementaryChargesheetFiled(SubmitsChargesheet, register="case"):
    """After further investigation a further report goes to the court (BNSS s.193(9)); it too must be acknowledged."""

    after: str = ""

    def kind(self) -> str:
        """What kind of report it is."""
        return "supplementary chargesheet"

    def doubt(self, case: Case) -> Iterator[str]:
        """It supplements a report that is in court."""
        yield from super().doubt(case)
        part = case.part(PoliceReports)
        if not any(sent(case, number) for number in part.reports):
            yield f"{self.number} supplements nothing: no chargesheet of {case.label} is in court"
        elif self.after and sent(case, self.after) is None:
            yield f"{self.number} supplements {self.after}, and {case.label} does not show that one in court"


class FinalReportFiled(HandsOff, register="case"):
    """The police report to the court that nobody is to be charged, and why: untraced, false and the like."""

    shows = frozenset({"kind", "number"})
    hand_off = FINAL_REPORT

    kind: FinalKind
    court: str
    number: str
    reasons: Sealed | None = None
    action_against_informant: Literal["none", "proposed", "taken"] = "none"
    informant_told_at: datetime | None = None

    def refuse(self, case: Case) -> Iterator[str]:
        """It is filed once."""
        was = sent(case, self.number)
        if was:
            yield f"{self.number} of {case.label} is already {was.standing}. Give the final report its own number."

    def doubt(self, case: Case) -> Iterator[str]:
        """It was prepared, for the same reason, and nobody is charge-sheeted already."""
        part = case.part(PoliceReports)
        report = part.reports.get(self.number)
        if report is None:
            yield f"{self.number} is filed, and no final form (IIF-5) of that number is in {case.label}"
        elif report.kind != self.kind:
            yield f"{self.number} was prepared as “{report.kind}” and is filed as “{self.kind}”"
        if known := charged(case):
            yield f"a final report is filed in {case.label} after a chargesheet against {_list(known)}"
        if self.informant_told_at is None:
            yield f"the informant of {case.label} was not told of the final report (BNSS s.193(3))"

    def apply(self, case: Case) -> Case:
        """It was sent to the court."""
        part, meta = case.part(PoliceReports), self.meta
        report = Report(self.kind, (), "filed", since=meta.occurred_at)
        return case.keep(part.now(self.number, report), stage=further(case, "final report"))


class FinalReportAcknowledged(ClosesHandOff, register="case"):
    """The court notes that a final report has reached it: only this ends the duty, not that the report was sent."""

    shows = frozenset({"cnr", "number"})
    answers = (FINAL_REPORT,)

    number: str
    court: str
    sr_number: str = ""
    cnr: str = ""

    def refuse(self, case: Case) -> Iterator[str]:
        """The court's number, where it gives one, is one."""
        if self.cnr:
            yield from miscounted(case, self.cnr)

    def doubt(self, case: Case) -> Iterator[str]:
        """A final report that was filed, noted once, under the number the case has."""
        yield from other_cnr(case, self.cnr)
        was = sent(case, self.number)
        if was is None or was.kind == "chargesheet":
            yield f"{case.label} does not show that a final report {self.number} was filed"
        elif was.standing == "acknowledged":
            yield f"final report {self.number} of {case.label} was already acknowledged"
        elif was.since and self.meta.occurred_at < was.since:
            yield f"{self.number} is acknowledged before it was filed on {written(was.since)}"

    def apply(self, case: Case) -> Case:
        """The court has it."""
        part = case.part(PoliceReports)
        report = sent(case, self.number) or Report("final report", since=self.meta.occurred_at)
        known = part.now(self.number, changed(report, standing="acknowledged"))
        return case.keep(changed(known, cnr=part.cnr or self.cnr), stage=further(case, "final report"))


class CopiesSupplied(ActOnAccused, register="case"):
    """The accused, and the victim who has an advocate, are given copies of the police report (BNSS s.230)."""

    one_sided = "given to the accused, who enters nothing in this register"

    means: Literal["electronic", "paper", "electronic and paper"]
    number: str = ""
    victim: Code = ""
    pages: int | None = None

    def doubt(self, case: Case) -> Iterator[str]:
        """Copies are of a report in court, for somebody whom it charges."""
        known = charged(case)
        if not known:
            yield f"copies are supplied to {self.accused}, and no chargesheet of {case.label} is acknowledged"
        elif self.accused not in known:
            yield f"copies are supplied to {self.accused}, who is not charge-sheeted in {case.label}"

    def apply(self, case: Case) -> Case:
        """When this accused first had the copies."""
        part = case.part(PoliceReports)
        return case.keep(changed(part, copies={self.accused: self.meta.occurred_at, **part.copies}))


class ActionToldToInformant(CaseEntry, register="case"):
    """When the investigation is complete, the informant is told what action was taken (BNSS s.193(3)(iii))."""

    person: Code
    means: Literal["in person", "telephone", "message", "e-mail", "post", "portal"]

    def doubt(self, case: Case) -> Iterator[str]:
        """There is something to tell once a police report is in court."""
        if not any(sent(case, number) for number in case.part(PoliceReports).reports):
            yield f"the action taken is told to {self.person}, and no police report of {case.label} is in court"


def _list(codes: Iterable[str]) -> str:
    return ", ".join(sorted(codes)) or "nobody"
