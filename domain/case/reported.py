"""Reports that the law wants: on a child to the Committee and the court, on drugs to the superior, of a fortnight."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal

from domain.case.case import Case, CaseEntry
from domain.common.codes import Code
from domain.common.days import day, written

FORTNIGHT = 14
"""Days from one report to the next."""


class ChildReported(CaseEntry, register="case"):
    """The Child Welfare Committee, or the court, is told of an offence against a child (POCSO s.19(6))."""

    one_sided = "the section asks that it be told; no act of the Committee or the court on it is in this register"

    sent_to: Literal["Child Welfare Committee", "Special Court", "Court of Session"]
    office: str = ""
    children: tuple[Code, ...] = ()
    needs_care: bool = False
    steps_taken: str = ""

    def doubt(self, case: Case) -> Iterator[str]:
        """It is for offences under the POCSO Act, and says what was done where the child needs care."""
        if case.sections and not any(each.startswith("POCSO ") for each in case.sections):
            yield f"a child is reported under POCSO s.19(6), and {case.label} has no section of that Act"
        if self.needs_care and not self.steps_taken:
            yield "the child is said to need care and protection, and no step is told (POCSO s.19(6))"


class PersonSearchedAtOnce(CaseEntry, register="case"):
    """A person is searched without being taken to a Gazetted Officer or Magistrate, for reasons (NDPS s.50(5), (6))."""

    person: Code
    reasons_written: bool = True
    searched_by: str = ""

    def doubt(self, case: Case) -> Iterator[str]:
        """Reasons are recorded after such a search."""
        if not self.reasons_written:
            yield f"{self.person} was searched at once, and no reasons were recorded (NDPS s.50(6))"


class SuperiorInformed(CaseEntry, register="case"):
    """The immediate superior is sent the copy or the full report that the NDPS Act asks for (s.42(2), 50(6), 57)."""

    one_sided = "the section asks that it be sent; no act of the superior on its receipt is in this register"

    under: Literal["NDPS 42(2)", "NDPS 50(6)", "NDPS 57"]
    superior: str
    superior_rank: str
    about: str = ""
    delay_reason: str = ""

    def doubt(self, case: Case) -> Iterator[str]:
        """An officer is not his own superior, and the Act is that of the case."""
        if self.superior == self.meta.actor.id:
            yield f"{self.superior} is named as the superior and made the report too"
        if case.sections and not any(each.startswith("NDPS ") for each in case.sections):
            yield f"a report under {self.under} is made, and {case.label} has no section of the NDPS Act"


class DailyDiaryReportForwarded(CaseEntry, register="case"):
    """The fortnightly daily diary report that has this case in it goes to the Magistrate (BNSS s.174(1), 176(2))."""

    one_sided = "the sections ask that it be forwarded; no act of the Magistrate on its receipt is in this register"

    magistrate: str
    letter_number: str = ""
    period_from: date
    period_until: date

    def refuse(self, case: Case) -> Iterator[str]:
        """The period ends after it begins."""
        if self.period_until < self.period_from:
            yield f"the report ends on {written(self.period_until)}, before it begins. Give the right days."

    def doubt(self, case: Case) -> Iterator[str]:
        """It is of a fortnight that is over."""
        if day(self.meta.occurred_at) < self.period_until:
            yield f"the report is forwarded before its period ends, on {written(self.period_until)}"
        if (self.period_until - self.period_from).days > FORTNIGHT:
            yield "the report is of more than a fortnight (BNSS s.174(1)(ii), 176(2))"
