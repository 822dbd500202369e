"""Reports that others write for a matter, and that reach the officer: a hospital's, a laboratory's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from domain.common.matter import Done, Entry, Matter, Part
from domain.event import changed, put


@dataclass(frozen=True)
class Reports(Part):
    """The reports of the matter that were received, and that were attached, as `MLR 12/2026`."""

    received: Mapping[str, Done] = field(default_factory=dict)
    attached: Mapping[str, Done] = field(default_factory=dict)


class ReceivesReport(Entry):
    """An act by which a report reaches the investigating officer."""

    kind: ClassVar[str] = ""
    """MLR, PMR or FSL."""

    @property
    def report(self) -> str:
        """The report's number."""
        return ""

    def doubt(self, matter: Matter) -> Iterator[str]:
        """The same report twice."""
        yield from super().doubt(matter)
        if matter.part(Reports).received.get(f"{self.kind} {self.report}"):
            yield f"{self.kind} {self.report} of {matter.label} was already received"

    def apply(self, matter: Matter) -> Matter:
        """The report is with the investigating officer, to be attached."""
        matter = super().apply(matter)
        part, done = matter.part(Reports), Done(self.meta.version, self.meta.occurred_at)
        return matter.keep(changed(part, received=put(part.received, f"{self.kind} {self.report}", done)))
