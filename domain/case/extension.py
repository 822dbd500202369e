"""More time: a court, or an officer where the law allows it, lengthens what the law wants done within a period.

Rules of `domain/law` count by it. Leave for further investigation during the trial is in `further.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from domain.case.case import Case
from domain.case.codes import Code
from domain.case.fir import FollowsFIR
from domain.event import Sealed

Provision = Literal[
    "BNSS 187(9)", "BNSS 232", "BNSS 258", "NDPS 36A(4)", "UAPA 43D(2)", "JJ 14(2)", "Arnesh Kumar",
]  # fmt: skip

OF_A_PERSON = frozenset({"BNSS 187(9)", "NDPS 36A(4)", "UAPA 43D(2)", "JJ 14(2)", "Arnesh Kumar"})
"""The provisions by which time is given in respect of a person and not of the case."""

WITHOUT_LENGTH = frozenset({"BNSS 187(9)", "Arnesh Kumar"})
"""The provisions that let more time be given without saying how much."""

MOST_DAYS: Mapping[str, int] = {"BNSS 232": 180, "BNSS 258": 15, "NDPS 36A(4)": 185, "UAPA 43D(2)": 90}
"""What may be added at most: to one year (365 days) after 180, to 180 after 90, to 45 after 30; s.232: 180 days."""

MOST_MONTHS: Mapping[str, int] = {"JJ 14(2)": 2}


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
        """More than the provision allows, or in another unit than its own."""
        yield from super().doubt(case)
        most = MOST_DAYS.get(self.provision, 0)
        if self.days > most and self.provision not in WITHOUT_LENGTH:
            yield f"{self.days} days are added under {self.provision}, which allows {most or 'none'} at most"
        months = MOST_MONTHS.get(self.provision, 0)
        if self.months > months and self.provision not in WITHOUT_LENGTH:
            yield f"{self.months} months are added under {self.provision}, which allows {months or 'none'} at most"
