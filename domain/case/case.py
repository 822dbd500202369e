"""The case file as it stands: its number, its station, its sections, and how far it has come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from domain.common.codes import Code
from domain.common.matter import Entry, Matter
from domain.event import Event

RUNNING = frozenset(
    {
        "chargesheet submitted", "chargesheeted", "cognizance taken", "committed", "charge framed", "judgment",
        "sentenced", "appeal",
    }
)  # fmt: skip
"""Stages in which a court still has, or may yet have, the case before it."""


@dataclass(frozen=True, kw_only=True)
class Case(Matter, register="case"):
    """An FIR case (also zero FIR, e-FIR, NCR): its number is that of the FIR, when it is registered."""

    unnumbered: ClassVar[str] = "the unnumbered case"

    sections: tuple[str, ...] = ()

    def doubt(self, act: Event[Any]) -> Iterator[str]:
        """A case is one station's until it is on its way to another: what a third enters may be a slip in a code."""
        here, takes = act.meta.station, act.numbered or hasattr(act, "from_station")
        if self.station and here and here != self.station and not takes and self.stage != "transferred":
            yield f"{here} enters this in a case of {self.station}, and no transfer is entered"

    @property
    def before_court(self) -> bool:
        """By its stage."""
        return self.stage in RUNNING


class CaseEntry(Entry):
    """An entry of the case register."""


class ConcernsAccused(CaseEntry):
    """An act that concerns one accused, by the code of the arrest memo: A1 to A9, then B1."""

    accused: Code
