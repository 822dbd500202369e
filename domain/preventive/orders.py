"""Orders of an Executive Magistrate for the public's sake: urgent ones, and on a nuisance (BNSS ss.152, 157, 163).

Each goes by its number; the record is that of one order.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from domain.common.matter import Entry, Matter
from domain.common.periods import FURTHER_INQUIRY, FURTHER_ORDER
from domain.event import Sealed, changed
from domain.preventive.preventive import Preventive


class OnOrder(Entry):
    """An act upon one order, by its number."""

    order_number: str


class BeginsOrder(OnOrder):
    """The act with which an order, or what is done against it, comes into the register."""

    def apply(self, record: Preventive) -> Preventive:
        """The record is this station's."""
        return changed(record, station=record.station or self.meta.station)


class UrgentOrderMade(BeginsOrder, register="preventive", opens=True):
    """A Magistrate directs somebody, or the public, to abstain from an act in an urgent case (BNSS s.163(1))."""

    shows = frozenset({"order_number"})

    section: Literal["BNSS 163", "CrPC 144"] = "BNSS 163"
    magistrate: str
    area: str
    directs: Sealed
    ex_parte: bool = False


class UrgentOrderProlonged(OnOrder, register="preventive"):
    """The State Government notifies that the order stays in force longer (BNSS s.163(4) proviso)."""

    notification: str
    months: int

    def refuse(self, matter: Matter) -> Iterator[str]:
        """By a month at least."""
        if self.months < 1:
            yield f"order {self.order_number} is prolonged by no month. Give how many."

    def doubt(self, matter: Matter) -> Iterator[str]:
        """By six months at most."""
        if self.months > FURTHER_ORDER.count:
            yield f"order {self.order_number} is prolonged by more than six months (BNSS s.163(4) proviso)"


class UrgentOrderEnded(OnOrder, register="preventive"):
    """The order is rescinded or altered, or nobody is bound by it any more (BNSS s.163(5))."""

    how: Literal["rescinded", "altered", "no longer in force"]


class NuisanceCauseShown(BeginsOrder, register="preventive", opens=True):
    """Who is ordered to remove a nuisance appears and shows cause; the Magistrate takes evidence (BNSS s.157(1))."""

    shows = frozenset({"order_number"})

    magistrate: str


class NuisanceTimeExtended(OnOrder, register="preventive"):
    """The Magistrate gives the proceedings more time, for reasons in writing (BNSS s.157(3) proviso)."""

    days: int
    reasons: Sealed | None = None

    def refuse(self, matter: Matter) -> Iterator[str]:
        """By a day at least."""
        if self.days < 1:
            yield f"the proceedings on order {self.order_number} are extended by no day. Give how many."

    def doubt(self, matter: Matter) -> Iterator[str]:
        """With reasons, and to one hundred and twenty days at most."""
        if self.days > FURTHER_INQUIRY.count:
            yield f"the proceedings on order {self.order_number} get more than 120 days in all (BNSS s.157(3) proviso)"
        if self.reasons is None:
            yield f"the proceedings on order {self.order_number} are extended, and no reasons are entered"


class NuisanceConcluded(OnOrder, register="preventive"):
    """The order is made absolute, as it is or modified, or no further proceedings are taken (BNSS s.157(2), (3))."""

    outcome: Literal["absolute", "absolute with modification", "no further proceedings"]
