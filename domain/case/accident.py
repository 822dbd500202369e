"""A road accident in which somebody is hurt or dies: what the Claims Tribunal is reported, and the victims are told.

The reports are those of Annexure XIII to the Central Motor Vehicles Rules, in the forms that it names.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from domain.case.case import Case, CaseEntry
from domain.common.codes import Code


class RoadAccidentRecorded(CaseEntry, register="case"):
    """The case is one of an accident with a motor vehicle: when it happened, for the reports' time runs from there."""

    accident_at: datetime
    place: str
    insurer: str = ""

    def refuse(self, case: Case) -> Iterator[str]:
        """It had happened when it was recorded."""
        if self.accident_at > self.meta.occurred_at:
            yield "the accident is dated after it was recorded. Give the time at which it happened."


class AccidentReportFiled(CaseEntry, register="case"):
    """The first, interim or detailed accident report goes to the Claims Tribunal (Forms I, V and VII)."""

    one_sided = "the Rules ask that it be submitted; no act of the Claims Tribunal on its receipt is in this register"

    form: Literal["first", "interim", "detailed"]
    tribunal: str
    copy_to_insurer: bool = False
    copy_to_victim: bool = False

    def doubt(self, case: Case) -> Iterator[str]:
        """A copy of each goes to the victim."""
        if not self.copy_to_victim:
            yield f"the {self.form} accident report is filed, and no copy of it is entered as given to a victim"


class AccidentRightsTold(CaseEntry, register="case"):
    """The victim, or who represents one, has the description of the rights and the flow chart (Form II)."""

    person: Code
    means: Literal["in person", "electronic", "post"]
