"""The periods of law that acts themselves count: each once, with its law, and with the rule that says the same.

Clocks run by the rule book (`domain/law`), which a lawyer corrects. An act reads no file; so what it refuses or doubts
is counted by the numbers here, and a test holds each against its rule. Correct the rule first: the test then names the
line. The days are those of the calendar in India, as in `days.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from domain.common.days import day, later


@dataclass(frozen=True)
class Period:
    """So many hours or days, by which law, and the rule of the book that counts the same (empty: it has none).

    What `adds` to the rule's own period is the longest that it may become, less that.
    """

    count: int
    unit: Literal["hour", "day", "month"]
    law: str
    rule: str = ""
    adds: bool = False

    def __str__(self) -> str:
        """As it is read: `120 days`."""
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"

    @property
    def span(self) -> timedelta:
        """As a length of time; days and hours only."""
        return timedelta(hours=self.count) if self.unit == "hour" else timedelta(days=self.count)

    def last(self, start: datetime) -> date:
        """The last of so many days, the day of the start not counted (General Clauses Act s.9)."""
        return later(day(start), self.count)


SIGNATURE = Period(3, "day", "BNSS s.173(1)(ii)", "efir-sign")
"""Electronic information is taken on record on being signed within it."""
SANCTION = Period(120, "day", "BNSS s.218(1)", "sanction-120")
"""For the Government to decide, from the date of the receipt, which is not counted itself (second proviso)."""
DEFAULT_BAIL = Period(60, "day", "BNSS s.187(3)(ii)", "def-bail")
"""The shorter of the two periods, the day of the first remand counted with them."""
POLICE_CUSTODY = Period(15, "day", "BNSS s.187(2)", "pc-15")
"""In the whole or in parts."""
UAPA_POLICE_CUSTODY = Period(30, "day", "UAPA s.43D(2)(a)")
"""Reads thirty for fifteen."""
EXECUTIVE_CUSTODY = Period(7, "day", "BNSS s.187(6)", "exec-remand")
"""What an Executive Magistrate may order in the aggregate."""
PROCLAMATION = Period(30, "day", "BNSS s.84(1)")
"""Not less than so many days from the publishing of the proclamation."""
DRUGS_TO_LABORATORY = Period(72, "hour", "NDPS Standing Order 1/88")
DNA_TO_LABORATORY = Period(48, "hour", "Kattavellai, 2025 INSC 845")
UNKNOWN_BODY = Period(72, "hour", "practice with unidentified bodies")
"""For so long the body of an unknown person is kept, so that somebody may come who knows it. No statute was read."""
DISPOSAL = Period(2, "month", "BNSS s.498(4)")
"""What a judgment orders for property is not carried out within it."""
CLAIM = Period(6, "month", "BNSS s.503(2)", "prop-claim-6m")
"""For who has a claim to property that is proclaimed, from the date of the proclamation."""
MOST_ADDED = {
    "BNSS 232": Period(180, "day", "BNSS s.232"),
    "BNSS 258": Period(15, "day", "BNSS s.258(1): from thirty days to forty-five"),
    "NDPS 36A(4)": Period(185, "day", "NDPS s.36A(4): from 180 days to one year (of 365 days)"),
    "UAPA 43D(2)": Period(90, "day", "UAPA s.43D(2): from ninety days to 180"),
    "JJ 14(2)": Period(2, "month", "JJ s.14(2)"),
}
"""What may be added at most, in all, under each provision that lets time be added and says how much."""
OVERNIGHT = Period(24, "hour", "no law: courts ask why an article stayed longer with the officer who seized it")
FURTHER_ORDER = Period(6, "month", "BNSS s.163(4) proviso", "order-163", adds=True)
"""By which the State may prolong an urgent order at most."""
FURTHER_INQUIRY = Period(30, "day", "BNSS s.157(3) proviso", "nuisance-157", adds=True)
"""From ninety days to one hundred and twenty, for the proceedings on an order to remove a nuisance."""
