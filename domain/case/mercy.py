"""A petition for mercy of who is sentenced to death: the President's order, and to whom it is communicated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from domain.case.case import Case, ConcernsAccused


class MercyOrderReceived(ConcernsAccused, register="case"):
    """The Central Government receives the order of the President on a petition for mercy (BNSS s.472(6))."""

    outcome: Literal["granted", "rejected"]
    order_number: str = ""


class MercyOrderCommunicated(ConcernsAccused, register="case"):
    """The Central Government tells the State's Home Department and the jail of the order (BNSS s.472(6))."""

    one_sided = "the section asks that it be communicated; no act of Home Department or jail on it is in this register"

    home_department: bool
    jail: bool
    order_number: str = ""

    def doubt(self, case: Case) -> Iterator[str]:
        """Both are told."""
        if not (self.home_department and self.jail):
            yield f"the order on {self.accused} goes to the Home Department and to the jail (BNSS s.472(6))"
