"""More time: a court, or an officer where the law allows it, lengthens what the law wants done within a period.

Rules of `domain/law` count by it. Leave for further investigation during the trial is in `further.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from domain.case.case import Case
from domain.case.fir import FollowsFIR
from domain.common.codes import Code
from domain.common.matter import Part
from domain.common.periods import MOST_ADDED
from domain.event import Sealed, changed

Provision = Literal[
    "BNSS 187(9)", "BNSS 232", "BNSS 258", "NDPS 36A(4)", "UAPA 43D(2)", "BNSS 330(1)", "JJ 14(2)", "Arnesh Kumar",
]  # fmt: skip

OF_A_PERSON = frozenset({"BNSS 187(9)", "NDPS 36A(4)", "UAPA 43D(2)", "JJ 14(2)", "Arnesh Kumar"})
"""The provisions by which time is given in respect of a person and not of the case."""

WITHOUT_LENGTH = frozenset({"BNSS 187(9)", "BNSS 330(1)", "Arnesh Kumar"})
"""The provisions that let more time be given without saying how much."""


@dataclass(frozen=True)
class MoreTime(Part):
    """The days and months given so far: by provision, and by accused where it is given to a person (else empty)."""

    given: Mapping[tuple[str, str], tuple[int, int]] = field(default_factory=dict)


class TimeExtended(FollowsFIR, register="case"):
    """A court, or an officer whom the law allows it, gives more time for what was to be done within a period."""

    what = "more time"

    provision: Provision
    authority: str
    order_number: str = ""
    accused: tuple[Code, ...] = ()
    days: int = 0
    months: int = 0
    reasons: Sealed | None = None

    def refuse(self, case: Case) -> Iterator[str]:
        """Time is given, not taken, and to a person where the law counts it for each."""
        if self.days < 0 or self.months < 0:
            yield f"more time in {case.label} cannot be less than none. Give the days or months that are added."
        if not (self.days or self.months) and self.provision not in WITHOUT_LENGTH:
            yield f"more time under {self.provision} in {case.label} has no length. Give the days or months added."
        if not self.accused and self.provision in OF_A_PERSON:
            yield f"more time under {self.provision} in {case.label} is given for nobody. Name the accused by code."

    def doubt(self, case: Case) -> Iterator[str]:
        """More than the provision allows, with what was given before, or in another unit than its own."""
        yield from super().doubt(case)
        if self.provision in WITHOUT_LENGTH:
            return
        most, known = MOST_ADDED.get(self.provision), case.part(MoreTime).given
        for place, (given, unit) in enumerate(((self.days, "day"), (self.months, "month"))):
            allowed = most.count if most is not None and most.unit == unit else 0
            sums = {each: given + known.get((self.provision, each), (0, 0))[place] for each in self._given_to()}
            whom = max(sums, key=sums.__getitem__)
            if given and sums[whom] > allowed:
                added = f"{given} {unit}s are added under {self.provision}"
                if sums[whom] > given:
                    added += f", with those before {sums[whom]} in all{whom and f' for {whom}'}"
                yield f"{added}, which allows {allowed or 'none'} at most"

    def apply(self, case: Case) -> Case:
        """What is given is remembered, because the law limits the sum."""
        given = dict(case.part(MoreTime).given)
        for each in self._given_to():
            days, months = given.get((self.provision, each), (0, 0))
            given[self.provision, each] = (days + self.days, months + self.months)
        return case.keep(changed(case.part(MoreTime), given=given))

    def _given_to(self) -> tuple[str, ...]:
        """For whom it counts: each accused by code, or the case (empty)."""
        return tuple(dict.fromkeys(self.accused)) if self.provision in OF_A_PERSON and self.accused else ("",)
