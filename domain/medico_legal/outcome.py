"""What a medico-legal case comes to: it is linked to an FIR or a non-cognizable report, or closed without one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal
from uuid import UUID

from domain.common.course import Ends, ending, onward
from domain.common.days import written
from domain.common.hospital import Requests
from domain.common.matter import Matter
from domain.common.tie import Tie, Ties, TiesRecords
from domain.event import Sealed, changed
from domain.medico_legal.intimation import FollowsIntimation
from domain.medico_legal.medico_legal import Hurt, MedicoLegal

TO_CASE = Tie(
    "medico-legal case linked to case", "एमएलसी से अपराध", register="case", back="case from medico-legal case",
    column="case", record="case_record", shared=True,
)  # fmt: skip


class LinkedToCase(TiesRecords, FollowsIntimation, register="medico_legal"):
    """The hurt belongs to a case: an FIR, or a non-cognizable report, which is registered, or was before."""

    shows = frozenset({"case", "case_record"})
    kinds = (TO_CASE,)
    what = "the link to a case"

    case: str
    case_record: UUID | None = None
    sections: tuple[str, ...] = ()

    def refuse(self, matter: Matter) -> Iterator[str]:
        """It names the case, and one hurt belongs to one."""
        if not self.other_called:
            yield f"{matter.label} is linked to no case. Register the case first, and give its number."
        if was := self.tied(matter):
            yield (
                f"{matter.label} was linked to {was.called} on {written(was.done.at)}. "
                "If that is wrong, strike it by medico_legal.EntryCorrected first."
            )

    def apply(self, record: MedicoLegal) -> MedicoLegal:
        """The matter goes on as a case."""
        return changed(self.tying(record), stage=onward(record, "linked"))


class ClosedWithoutCase(Ends, FollowsIntimation, register="medico_legal"):
    """No offence is found behind the hurt: the medico-legal case is filed, by order and with reasons."""

    shows = frozenset({"ground"})
    what = "the closure"

    ground: Literal[
        "accident", "own doing", "illness", "no offence", "no information given", "inquest", "repeated", "other"
    ]
    reasons: Sealed

    def refuse(self, matter: Matter) -> Iterator[str]:
        """What belongs to a case is not filed, and what is filed is not filed again."""
        yield from super().refuse(matter)
        if was := matter.part(Ties).tied.get(TO_CASE.id):
            yield (
                f"{matter.label} cannot be closed without a case: it was linked to {was.called} on "
                f"{written(was.done.at)}. If that is wrong, strike it by medico_legal.EntryCorrected first."
            )

    def doubt(self, matter: Matter) -> Iterator[str]:
        """After every report that was asked for, and not against a grave hurt."""
        yield from super().doubt(matter)
        for number, request in matter.part(Requests).requests.items():
            if "received" not in request.steps:
                yield f"{matter.label} is closed, and nothing is received on request {number}"
        if (nature := matter.part(Hurt).nature) in {"grievous", "dangerous to life"}:
            yield f"{matter.label} is closed without a case, and the hurt is {nature}"

    def apply(self, record: MedicoLegal) -> MedicoLegal:
        """The matter is filed; it may still be linked to a case."""
        return ending(record, self.done(), "closed")
