"""The case in court, as the station learns of it: cognizance, commitment, charge, hearings, arguments.

Courts' papers reach a station late and out of order. Nothing a court did is refused for its order; it is doubted.
Judgment, sentence and appeal are in `judgment.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from domain.case.case import Case, CaseEntry
from domain.case.police_report import (
    FINAL_REPORT,
    PoliceReports,
    charged,
    further,
    miscounted,
    other_cnr,
    sent,
    unheard,
)
from domain.case.sanction import withheld
from domain.common.codes import Code
from domain.common.days import day, written
from domain.common.handoff import ClosesHandOff
from domain.common.matter import Part
from domain.event import Sealed, changed

WITHOUT_CHARGE = frozenset({"discharged", "compounded", "withdrawn", "abated", "plea bargain"})
"""Results that a case may have before any charge was framed."""

TWICE = 2
"""More adjournments than these a prosecutor's office is warned of (e-Prosecution, its own questions and answers)."""

FOUND_GUILTY = frozenset({"convicted", "plea bargain"})


@dataclass(frozen=True)
class Trial(Part):
    """How far the court has come with each accused, by code."""

    cognizance_at: datetime | None = None
    committed_at: datetime | None = None
    charged: Mapping[str, datetime] = field(default_factory=dict)
    arguments_at: datetime | None = None
    results: Mapping[str, str] = field(default_factory=dict)
    judged_at: datetime | None = None
    sentenced: Mapping[str, datetime] = field(default_factory=dict)
    adjourned: int = 0
    """How often the case was adjourned because the prosecution asked for it."""


def moved(case: Case, stage: str) -> str:
    """The later of the two stages; a case closed after judgment stays closed."""
    return case.stage if case.stage == "closed" and case.part(Trial).results else further(case, stage)


class InCourt(CaseEntry):
    """Something a court did in this case, under the number (CNR) it gave the case."""

    court: str
    cnr: str = ""

    def accused_here(self) -> tuple[str, ...]:
        """The codes of the accused whom the act names."""
        return ()

    def refuse(self, case: Case) -> Iterator[str]:
        """The court's number must be readable as one."""
        if self.cnr:
            yield from miscounted(case, self.cnr)

    def doubt(self, case: Case) -> Iterator[str]:
        """Another number, an accused nobody has named, or nothing before the court yet."""
        yield from other_cnr(case, self.cnr)
        yield from unheard(case, self.accused_here())
        if not any(sent(case, number) for number in case.part(PoliceReports).reports):
            yield f"{case.label} shows no police report in court before this"


class CognizanceTaken(InCourt, register="case"):
    """The Magistrate or the Special Court takes cognizance of the offences."""

    shows = frozenset({"accused", "cnr", "sections"})

    case_number: str = ""
    procedure: Literal["not recorded", "summons case", "warrant case", "sessions case", "special"] = "not recorded"
    accused: tuple[Code, ...] = ()
    sections: tuple[str, ...] = ()

    def accused_here(self) -> tuple[str, ...]:
        """Those against whom the court proceeds."""
        return self.accused

    def doubt(self, case: Case) -> Iterator[str]:
        """Once, and not against a public servant whose sanction was asked for and is not there (BNSS s.218)."""
        yield from super().doubt(case)
        trial = case.part(Trial)
        if trial.cognizance_at:
            yield f"cognizance in {case.label} was already taken on {written(trial.cognizance_at)}"
        for code in self.accused or charged(case):
            request = withheld(case, code)
            if request:
                yield f"cognizance against {code} is taken while sanction request {request} is not granted (BNSS s.218)"

    def apply(self, case: Case) -> Case:
        """The court has the case."""
        trial, reports = case.part(Trial), case.part(PoliceReports)
        known = case.keep(changed(reports, cnr=reports.cnr or self.cnr))
        since = trial.cognizance_at or self.meta.occurred_at
        return known.keep(changed(trial, cognizance_at=since), stage=moved(case, "cognizance taken"))


class FinalReportDecided(InCourt, ClosesHandOff, register="case"):
    """The Magistrate accepts a final report, orders further investigation, or takes cognizance all the same."""

    shows = frozenset({"cnr", "number", "outcome"})
    answers = (FINAL_REPORT,)

    number: str
    outcome: Literal["accepted", "further investigation ordered", "cognizance taken"]

    def doubt(self, case: Case) -> Iterator[str]:
        """It decides on a final report that was filed."""
        yield from other_cnr(case, self.cnr)
        report = sent(case, self.number)
        if report is None or report.kind == "chargesheet":
            yield f"{case.label} does not show that a final report {self.number} was filed"

    def apply(self, case: Case) -> Case:
        """Accepted, the case is closed; otherwise it goes on."""
        closed = case.stage in {"final report", "under investigation", "registered", "chargesheet prepared"}
        stage = {
            "accepted": "closed" if closed else case.stage,
            "further investigation ordered": "under investigation" if case.stage == "final report" else case.stage,
            "cognizance taken": moved(case, "cognizance taken"),
        }
        return changed(case, stage=stage[self.outcome])


class LimitationCondoned(InCourt, register="case"):
    """The court takes up the case although its period of limitation has run out (BNSS s.514), for reasons it gives."""

    delay_days: int
    order_number: str = ""
    reasons: Sealed | None = None

    def refuse(self, case: Case) -> Iterator[str]:
        """There is a delay to condone."""
        yield from super().refuse(case)
        if self.delay_days < 1:
            yield f"a delay of {self.delay_days} days needs no condoning. Give the days beyond the period."


class CaseCommitted(InCourt, register="case"):
    """The Magistrate commits the case to the Court of Session, which alone can try it (BNSS s.232)."""

    shows = frozenset({"accused", "cnr"})

    to_court: str
    accused: tuple[Code, ...] = ()
    case_number: str = ""

    def accused_here(self) -> tuple[str, ...]:
        """Those who are committed."""
        return self.accused

    def doubt(self, case: Case) -> Iterator[str]:
        """Commitment follows cognizance."""
        yield from super().doubt(case)
        yield from out_of_order(self, case, "cognizance", case.part(Trial).cognizance_at)

    def apply(self, case: Case) -> Case:
        """The Court of Session has the case."""
        trial = case.part(Trial)
        since = trial.committed_at or self.meta.occurred_at
        return case.keep(changed(trial, committed_at=since), stage=moved(case, "committed"))


@dataclass(frozen=True, kw_only=True)
class Charge:
    """What one accused is charged with, and how that accused pleads."""

    code: Code
    sections: tuple[str, ...]
    plea: Literal["not guilty", "guilty", "claims trial", "not recorded"] = "not recorded"


class ChargeFramed(InCourt, register="case"):
    """The court frames the charge in writing, and asks each accused to plead (BNSS s.251, s.263)."""

    shows = frozenset({"charges", "cnr"})

    charges: tuple[Charge, ...]
    alteration: bool = False

    def accused_here(self) -> tuple[str, ...]:
        """Those who are charged."""
        return tuple(each.code for each in self.charges)

    def refuse(self, case: Case) -> Iterator[str]:
        """A charge is against somebody."""
        yield from super().refuse(case)
        if not self.charges:
            yield f"a charge in {case.label} is framed against nobody. Name the accused and the sections."

    def doubt(self, case: Case) -> Iterator[str]:
        """It follows cognizance, concerns those charge-sheeted, and a second one is an alteration."""
        yield from super().doubt(case)
        yield from out_of_order(self, case, "cognizance", case.part(Trial).cognizance_at)
        sheeted, before = charged(case), case.part(Trial).charged
        for code in self.accused_here():
            if code not in sheeted:
                yield f"{code} is charged in court, and no acknowledged chargesheet of {case.label} names {code}"
            if code in before and not self.alteration:
                yield f"{code} was already charged on {written(before[code])}, and this is not marked as an alteration"

    def apply(self, case: Case) -> Case:
        """Each accused is charged, from the first time on."""
        trial = case.part(Trial)
        now = {**dict.fromkeys(self.accused_here(), self.meta.occurred_at), **trial.charged}
        return case.keep(changed(trial, charged=now), stage=moved(case, "charge framed"))


class HearingHeld(InCourt, register="case"):
    """A date in court: what it was for, what came of it, and for when the next one is fixed."""

    purpose: Literal[
        "appearance", "bail", "copies", "commitment", "charge", "evidence", "statement of accused", "arguments",
        "judgment", "sentence", "property", "other",
    ]  # fmt: skip
    outcome: Literal["held", "adjourned"] = "held"
    adjourned_for: Literal["prosecution", "defence", "court", "witness absent", "accused absent"] | None = None
    accused_present: tuple[Code, ...] = ()
    witnesses_examined: tuple[Code, ...] = ()
    by_video: bool = False
    next_on: date | None = None
    next_purpose: str = ""

    def accused_here(self) -> tuple[str, ...]:
        """Those who were present."""
        return self.accused_present

    def doubt(self, case: Case) -> Iterator[str]:
        """The next date lies ahead."""
        yield from super().doubt(case)
        if self.next_on and self.next_on <= day(self.meta.occurred_at):
            yield f"the next date, {written(self.next_on)}, is not after this hearing"
        if self.adjourned_for == "prosecution" and (asked := case.part(Trial).adjourned) >= TWICE:
            yield f"{case.label} is adjourned for the prosecution for the time no. {asked + 1}; it is warned after two"

    def apply(self, case: Case) -> Case:
        """What the prosecution has had adjourned is counted."""
        trial = case.part(Trial)
        if self.outcome != "adjourned" or self.adjourned_for != "prosecution":
            return case
        return case.keep(changed(trial, adjourned=trial.adjourned + 1))


class ArgumentsConcluded(InCourt, register="case"):
    """Arguments are complete: a Court of Session now has thirty days for judgment (BNSS s.258)."""

    def doubt(self, case: Case) -> Iterator[str]:
        """Arguments follow a charge."""
        yield from super().doubt(case)
        first = min(case.part(Trial).charged.values(), default=None)
        yield from out_of_order(self, case, "a charge", first)

    def apply(self, case: Case) -> Case:
        """Judgment is awaited."""
        return case.keep(changed(case.part(Trial), arguments_at=self.meta.occurred_at))


def out_of_order(act: CaseEntry, case: Case, what: str, at: datetime | None) -> Iterator[str]:
    """The doubt when what should come first is not entered, or is dated later."""
    if at is None:
        yield f"{what} is not entered in {case.label} before this"
    elif act.meta.occurred_at < at:
        yield f"this is dated before {what} of {written(at)}"
