"""What the trial heard of a chain of custody: who was examined of those through whose hands it went, on what paper."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from domain.case.case import Case
from domain.case.court import InCourt
from domain.common.codes import CodeOrOfficer
from domain.malkhana.article import standing


class CustodyWitnessExamined(InCourt, register="case"):
    """An officer, or somebody of the laboratory, is examined in court on articles that went through their hands."""

    witness: CodeOrOfficer
    role: Literal["seizing officer", "malkhana keeper", "carrier", "laboratory", "other"]
    property_ids: tuple[str, ...] = ()
    register_produced: bool = False
    road_certificate_produced: bool = False

    def doubt(self, case: Case) -> Iterator[str]:
        """On articles that are known; the register is produced by its keeper."""
        yield from super().doubt(case)
        for each in self.property_ids:
            if standing(case, each) is None:
                yield f"{self.witness} is examined on {each}, and {case.label} has no such article"
        if self.register_produced and self.role not in {"malkhana keeper", "other"}:
            yield f"the malkhana register is produced by {self.witness}, who is not said to be its keeper"

    def concerns(self, property_id: str) -> bool:
        """Whether it is about this article; one that names none is about all."""
        return not self.property_ids or property_id in self.property_ids
