"""Leave to prosecute: the prosecutor's clearance, and the Government's sanction. Two different things.

The clearance (अभियोजन स्वीकृति) is the prosecution office's vetting before the chargesheet is filed. The sanction is
the Government's leave to prosecute a public servant, deemed given when 120 days pass in silence (BNSS s.218(1)).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from domain.case.case import Case, CaseEntry, Part
from domain.event import put


@dataclass(frozen=True)
class Sanctions(Part):
    """Each request by its number, and how far it has come."""

    opinions: Mapping[str, str] = field(default_factory=dict)
    government: Mapping[str, str] = field(default_factory=dict)


class AnswersProsecution(CaseEntry):
    """The prosecution office's answer to a request of this case."""

    request: str

    def refuse(self, case: Case) -> Iterator[str]:
        """Only an open request can be answered."""
        standing = case.part(Sanctions).opinions.get(self.request)
        if standing is None:
            yield (
                f"no opinion was sought under {self.request} in {case.label}. Record case.ProsecutionOpinionSought first"
            )
        elif standing != "sought":
            yield f"request {self.request} of {case.label} is already answered: {standing}"

    def _answered(self, case: Case, standing: str) -> Case:
        sanctions = case.part(Sanctions)
        return case.keep(replace(sanctions, opinions=put(sanctions.opinions, self.request, standing)))


class ProsecutionOpinionSought(CaseEntry, register="case"):
    """The officer submits the case to a prosecution office for an opinion or for vetting of the draft chargesheet."""

    request: str
    office: str
    subject: Literal["legal opinion", "draft chargesheet"]

    def refuse(self, case: Case) -> Iterator[str]:
        """A request number is used once."""
        if self.request in case.part(Sanctions).opinions:
            yield f"request {self.request} was already sent in {case.label}"

    def apply(self, case: Case) -> Case:
        """The request is open until the office answers."""
        sanctions = case.part(Sanctions)
        return case.keep(replace(sanctions, opinions=put(sanctions.opinions, self.request, "sought")))


class ProsecutionClearanceGiven(AnswersProsecution, register="case"):
    """The prosecutor clears the case for filing (अभियोजन स्वीकृति). Not the Government's sanction."""

    officer: str
    remarks: str = ""

    def apply(self, case: Case) -> Case:
        """The request is answered."""
        return self._answered(case, "cleared")
