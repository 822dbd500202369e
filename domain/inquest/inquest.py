"""The inquest (मर्ग) as it stands: its number, how far it has come, who died, and what became of the body."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from domain.common.matter import Matter


@dataclass(frozen=True, kw_only=True)
class Inquest(Matter, register="inquest"):
    """The inquest into one death: `registered_at` is when it was numbered."""

    unnumbered: ClassVar[str] = "the unnumbered inquest"
    unbegun: ClassVar[str] = "no death is reported"
    stages: ClassVar[tuple[str, ...]] = (
        "", "registered", "inquest held", "report forwarded", "closed", "converted",
    )  # fmt: skip

    inquirer: str = ""
    """Id of the officer who inquires."""

    @property
    def officer(self) -> str:
        """Who inquires."""
        return self.inquirer
