"""Children and their care: what the police and the probation officer must see to at once (POCSO Act, JJ Act)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from domain.case.case import Case, CaseEntry, ConcernsAccused
from domain.common.codes import Code


class ChildNeedsCare(CaseEntry, register="case"):
    """The police are satisfied that the child needs care and protection, with reasons in writing (POCSO s.19(5))."""

    person: Code
    report_received_at: datetime
    reasons_written: bool = True

    def doubt(self, case: Case) -> Iterator[str]:
        """Reasons are recorded, after the report."""
        if not self.reasons_written:
            yield f"the care that {self.person} needs is entered without reasons in writing (POCSO s.19(5))"
        if self.report_received_at > self.meta.occurred_at:
            yield f"the report on {self.person} is dated after the police were satisfied by it"


class ChildAdmitted(CaseEntry, register="case"):
    """The child is in a shelter home or the nearest hospital, within 24 hours of the report (POCSO s.19(5))."""

    person: Code
    place: str


class ProbationOfficerInformed(ConcernsAccused, register="case"):
    """The probation officer, or a Child Welfare Officer, is told that a child was apprehended (JJ Act s.13(1)(ii))."""

    officer: str


class SocialReportSubmitted(ConcernsAccused, register="case"):
    """The social investigation report goes to the Board, within two weeks (JJ Act s.13(1)(ii))."""

    one_sided = "the section asks that it be submitted; no act of the Board on its receipt is in this register"

    board: str


class PreliminaryAssessmentMade(ConcernsAccused, register="case"):
    """The Board has assessed a child of sixteen or more accused of a heinous offence (JJ Act s.14(3), 15, 18(3))."""

    board: str
    outcome: Literal["disposed of by the Board", "transferred for trial as an adult"]
    order_number: str = ""
