"""The police reports of a case as the register shows them: how far each has come, and whom the court notes as charged.

The acts are in `final_form.py` (prepared) and `chargesheet.py` (sent to court and answered).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from domain.case.arrest import strangers
from domain.case.case import Case
from domain.common.handoff import HandOff
from domain.common.matter import Part
from domain.event import changed, put

CNR = re.compile(r"[A-Z0-9]{16}")

FinalKind = Literal[
    "untraced", "insufficient evidence", "mistake of fact", "mistake of law", "civil nature", "non-cognizable",
    "false", "transferred", "abated",
]  # fmt: skip

CHARGESHEET = HandOff(
    "chargesheet", "अभियोग पत्र", owner="court", chaser="station_officer",
    subject="number", addressee="court",
)  # fmt: skip
FINAL_REPORT = HandOff(
    "final report", "अंतिम प्रतिवेदन", owner="court", chaser="station_officer",
    subject="number", addressee="court",
)  # fmt: skip

IN_COURT = frozenset({"submitted", "acknowledged", "filed"})

LIFE = (
    "", "information", "enquiry", "non-cognizable", "zero FIR", "registered", "under investigation",
    "chargesheet prepared", "final report", "closed", "chargesheet submitted", "chargesheeted", "cognizance taken",
    "committed", "charge framed", "judgment", "sentenced", "appeal",
)  # fmt: skip
"""The stages in the order of a case's life. One that is closed on a final report may still be taken up by a court."""


@dataclass(frozen=True)
class Report:
    """A police report by its number, and how far it has come."""

    kind: str
    accused: tuple[str, ...] = ()
    standing: Literal["prepared", "submitted", "returned with defect", "acknowledged", "filed"] = "prepared"
    charged: tuple[str, ...] = ()
    """Those whom the court's acknowledgement names."""
    since: datetime | None = None


@dataclass(frozen=True)
class PoliceReports(Part):
    """The police reports of the case by number, the court's number for the case, and who has had copies."""

    reports: Mapping[str, Report] = field(default_factory=dict)
    copies: Mapping[str, datetime] = field(default_factory=dict)
    cnr: str = ""

    def now(self, number: str, report: Report) -> PoliceReports:
        """The part with this report so."""
        return changed(self, reports=put(self.reports, number, report))


def further(case: Case, stage: str) -> str:
    """The later of the case's stage and `stage`: an entry made late does not take the case back."""
    was = LIFE.index(case.stage) if case.stage in LIFE else 0
    return stage if LIFE.index(stage) >= was else case.stage


def miscounted(case: Case, cnr: str) -> Iterator[str]:
    """The reason when a CNR isn't one."""
    if not CNR.fullmatch(cnr):
        yield f"the CNR given for {case.label} is not one. Copy it from the court: 16 capital letters and digits."


def other_cnr(case: Case, cnr: str) -> Iterator[str]:
    """The doubt when the court's number isn't the one that this record knows."""
    known = case.part(PoliceReports).cnr
    if cnr and known and cnr != known:
        yield f"the court's number here is {cnr}; {case.label} has {known} so far"


def unheard(case: Case, codes: Iterable[str]) -> Iterator[str]:
    """A doubt for each accused of whom this record has not heard so far."""
    known = charged(case)
    for code in strangers(case, codes):
        if code not in known:
            yield f"{code} is so far named neither in an FIR, an arrest memo nor a chargesheet of {case.label}"


def sent(case: Case, number: str) -> Report | None:
    """The report of this number, if it was sent to court and did not come back."""
    report = case.part(PoliceReports).reports.get(number)
    return report if report and report.standing in IN_COURT else None


def charged(case: Case) -> dict[str, datetime]:
    """Who is charge-sheeted, since the court acknowledged it."""
    found: dict[str, datetime] = {}
    for number in case.part(PoliceReports).reports:
        report = sent(case, number)
        if report and report.since:
            found = {**dict.fromkeys(report.charged, report.since), **found}
    return found
