"""The prosecutor's clearance (अभियोजन स्वीकृति): what the station asks a prosecution office, and what it answers.

It is the office's vetting of the draft before the chargesheet is filed. It is not the Government's sanction: see
`sanction.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from domain.case.case import Case
from domain.common.handoff import ClosesHandOff, HandOff, HandsOff
from domain.common.matter import Part
from domain.event import Sealed, changed, put

Answer = Literal["cleared", "refused"]

OPINION = HandOff(
    "request to prosecution", "अभियोजन कार्यालय को अनुरोध", owner="prosecutor",
    chaser="investigating_officer", subject="request", addressee="office",
)  # fmt: skip


@dataclass(frozen=True)
class Opinion:
    """A request to a prosecution office, and how far it has come."""

    subject: str
    standing: Literal["sought", "cleared", "refused"] = "sought"


@dataclass(frozen=True)
class Clearances(Part):
    """Each request to a prosecution office by its number."""

    requests: Mapping[str, Opinion] = field(default_factory=dict)


def opinions(case: Case) -> Mapping[str, Opinion]:
    """The requests by their numbers."""
    return case.part(Clearances).requests


class ProsecutionOpinionSought(HandsOff, register="case"):
    """The officer submits the case to a prosecution office for an opinion or for vetting of the draft chargesheet."""

    hand_off = OPINION

    request: str
    office: str
    subject: Literal["legal opinion", "draft chargesheet"]
    draft: str = ""

    def refuse(self, case: Case) -> Iterator[str]:
        """A request number is used once."""
        if self.request in opinions(case):
            yield f"request {self.request} was already sent in {case.label}. Give the new request its own number."

    def apply(self, case: Case) -> Case:
        """The request is open until the office answers."""
        part = case.part(Clearances)
        new = Opinion(self.subject)
        return case.keep(changed(part, requests=put(part.requests, self.request, new)))


class AnswersProsecution(ClosesHandOff):
    """The prosecution office's answer to a request of this case."""

    answers = (OPINION,)

    request: str
    officer: str

    def answer(self) -> Answer:
        """What the office answers."""
        raise NotImplementedError

    def refuse(self, case: Case) -> Iterator[str]:
        """Only what was asked can be answered, and the same answer is not entered twice."""
        was = opinions(case).get(self.request)
        if was is None:
            yield (
                f"request {self.request} cannot be answered: no opinion was sought under it in {case.label}. "
                "Record case.ProsecutionOpinionSought first."
            )
        elif was.standing == self.answer():
            yield f"request {self.request} of {case.label} is already answered: {was.standing}."

    def doubt(self, case: Case) -> Iterator[str]:
        """An office may change its answer; the record shows that it did."""
        was = opinions(case).get(self.request)
        if was and was.standing not in {"sought", self.answer()}:
            yield f"request {self.request} of {case.label} was {was.standing} before, and is now {self.answer()}"

    def apply(self, case: Case) -> Case:
        """The request is answered."""
        part = case.part(Clearances)
        was = part.requests.get(self.request, Opinion(""))
        new = changed(was, standing=self.answer())
        return case.keep(changed(part, requests=put(part.requests, self.request, new)))


class ProsecutionClearanceGiven(AnswersProsecution, register="case"):
    """The prosecutor clears the case for filing (अभियोजन स्वीकृति). Not the Government's sanction."""

    remarks: Sealed | None = None

    def answer(self) -> Answer:
        """The case may be filed."""
        return "cleared"


class ProsecutionClearanceRefused(AnswersProsecution, register="case"):
    """The prosecutor does not clear the case: it goes back to the investigating officer with the defects found."""

    defects: tuple[
        Literal[
            "evidence insufficient", "sections do not fit", "document missing", "witness missing",
            "laboratory report awaited", "medical report awaited", "government sanction missing", "other",
        ],
        ...,
    ]  # fmt: skip
    remarks: Sealed | None = None

    def answer(self) -> Answer:
        """The case may not be filed so."""
        return "refused"
