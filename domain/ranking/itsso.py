"""Three figures of the investigation of sexual offences that are often taken for one another, each by its definition.

They are reckoned from one clock for each case, the two months of BNSS s.193(2), as of a day:

    compliance    investigated within its two months / registered so long ago that the two months are over
    disposal      investigated, in time or late / registered
    pendency      not investigated though the two months are over / registered

Compliance is as the Ministry of Home Affairs told it in Parliament (54,161 of 1,64,449: 32.9 per cent), disposal as a
State's newspapers have it (74,070 of 75,881: 97.6 per cent). Of pendency no formula was found: this is ours.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import NamedTuple


class Watched(NamedTuple):
    """A case under the two months: since when, until when, and when its investigation ended, if it did."""

    unit: str
    registered_at: datetime
    due_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class Figures:
    """What was counted of a unit as of a day. Shares are None where there is nothing to share."""

    registered: int = 0
    over: int = 0
    """Registered so long ago that their two months are over."""
    in_time: int = 0
    """Of those, investigated within them."""
    early: int = 0
    """Investigated although the two months are not over yet."""
    late: int = 0
    open_over: int = 0
    """Not investigated, and the two months are over."""

    @property
    def disposed(self) -> int:
        """Investigated, in time or not."""
        return self.in_time + self.early + self.late

    @property
    def compliance(self) -> Fraction | None:
        """Investigated within its two months, of those whose two months are over."""
        return Fraction(self.in_time, self.over) if self.over else None

    @property
    def disposal(self) -> Fraction | None:
        """Investigated at all, of all that were registered."""
        return Fraction(self.disposed, self.registered) if self.registered else None

    @property
    def pendency(self) -> Fraction | None:
        """Open beyond two months, of all that were registered."""
        return Fraction(self.open_over, self.registered) if self.registered else None


def figures(cases: Iterable[Watched], as_of: datetime) -> dict[str, Figures]:
    """The figures of each unit as of a moment: what was registered, or ended, later is not known by then."""
    counts: dict[str, dict[str, int]] = {}
    for case in cases:
        if case.registered_at > as_of:
            continue
        mine = counts.setdefault(case.unit, dict.fromkeys(Figures.__dataclass_fields__, 0))
        for column in _columns(case, as_of):
            mine[column] += 1
    return {unit: Figures(**mine) for unit, mine in sorted(counts.items())}


def _columns(case: Watched, as_of: datetime) -> list[str]:
    """Which counts a case is one of."""
    ended = case.ended_at if case.ended_at is not None and case.ended_at <= as_of else None
    over = case.due_at < as_of
    found = ["registered", *(["over"] if over else [])]
    if ended is None:
        return [*found, *(["open_over"] if over else [])]
    if ended > case.due_at:
        return [*found, "late"]
    return [*found, "in_time" if over else "early"]
