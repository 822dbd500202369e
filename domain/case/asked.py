"""What the accused asks of the court, admits and signs, each within a time of the BNSS: discharge, plea, papers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from domain.case.arrest import CUSTODY, standing
from domain.case.case import Case
from domain.case.court import InCourt
from domain.common.codes import Code
from domain.common.days import written
from domain.common.matter import Part
from domain.event import changed, put


@dataclass(frozen=True)
class Asked(Part):
    """When each accused, by code, asked for discharge or for plea bargaining, and was examined by the court."""

    discharge: Mapping[str, datetime] = field(default_factory=dict)
    plea: Mapping[str, datetime] = field(default_factory=dict)
    examined: Mapping[str, datetime] = field(default_factory=dict)


class OfOneAccused(InCourt):
    """An act in court that concerns one accused."""

    accused: Code

    def accused_here(self) -> tuple[str, ...]:
        """Whom it concerns."""
        return (self.accused,)


class DischargeApplied(OfOneAccused, register="case"):
    """An accused applies to be discharged, within sixty days (BNSS s.250(1), s.262(1))."""

    provision: Literal["BNSS 250", "BNSS 262"]

    def doubt(self, case: Case) -> Iterator[str]:
        """It is asked for once."""
        yield from super().doubt(case)
        if at := case.part(Asked).discharge.get(self.accused):
            yield f"{self.accused} already applied for discharge on {written(at)}"

    def apply(self, case: Case) -> Case:
        """The first application counts."""
        part = case.part(Asked)
        now = (
            part.discharge
            if self.accused in part.discharge
            else put(part.discharge, self.accused, self.meta.occurred_at)
        )
        return case.keep(changed(part, discharge=now))


class PleaBargainApplied(OfOneAccused, register="case"):
    """An accused applies for plea bargaining, within thirty days of the framing of charge (BNSS s.290(1))."""

    def doubt(self, case: Case) -> Iterator[str]:
        """It is asked for once."""
        yield from super().doubt(case)
        if at := case.part(Asked).plea.get(self.accused):
            yield f"{self.accused} already applied for plea bargaining on {written(at)}"

    def apply(self, case: Case) -> Case:
        """The first application counts."""
        part = case.part(Asked)
        now = part.plea if self.accused in part.plea else put(part.plea, self.accused, self.meta.occurred_at)
        return case.keep(changed(part, plea=now))


class DocumentsAdmitted(OfOneAccused, register="case"):
    """An accused admits or denies the documents on the list, within thirty days of their supply (BNSS s.330(1))."""

    answer: Literal["admitted", "denied", "in part"]


class AccusedHeard(OfOneAccused, register="case"):
    """The court examines the accused, in the courtroom or by electronic communication (BNSS s.316)."""

    by_video: bool = False

    def doubt(self, case: Case) -> Iterator[str]:
        """By electronic communication is for somebody in custody."""
        yield from super().doubt(case)
        if self.by_video and (how := standing(case, self.accused).how) not in CUSTODY:
            yield f"{self.accused} is examined by electronic communication and is not in custody ({how})"

    def apply(self, case: Case) -> Case:
        """The last examination is the one to be signed."""
        part = case.part(Asked)
        return case.keep(changed(part, examined=put(part.examined, self.accused, self.meta.occurred_at)))


class HearingSigned(OfOneAccused, register="case"):
    """The accused signs the record of the examination; within 72 hours if it was electronic (BNSS s.316(4))."""

    def doubt(self, case: Case) -> Iterator[str]:
        """There is an examination to sign."""
        yield from super().doubt(case)
        if self.accused not in case.part(Asked).examined:
            yield f"{self.accused} signs the record of an examination, and none by the court is entered"
