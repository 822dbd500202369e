"""An inquest goes to the station in whose area the death was (a zero marg), which receives it under its own number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from domain.common.course import GivesNumber
from domain.common.days import written
from domain.common.handoff import ClosesHandOff, HandOff, HandsOff
from domain.common.matter import Done, Matter, Part, TakesOver
from domain.event import Numbered, changed
from domain.inquest.death import FollowsDeath
from domain.inquest.inquest import Inquest

TRANSFER = HandOff(
    "inquest to station", "मर्ग दूसरे थाने को", owner="station_officer", chaser="station_officer", addressee="to_station"
)


@dataclass(frozen=True)
class Moved(Part):
    """Where the inquest was sent, and whether it arrived."""

    sent: Done | None = None
    sent_to: str = ""
    received: Done | None = None


class InquestTransferred(HandsOff, FollowsDeath, register="inquest"):
    """The inquest with its papers is sent to the station in whose area the death was, or the body was found."""

    hand_off = TRANSFER
    what = "the transfer"

    to_station: str
    to_district: str = ""
    reason: Literal["death in its area", "body found in its area", "order", "other"]
    order_number: str = ""

    def refuse(self, matter: Matter) -> Iterator[str]:
        """It goes somewhere else."""
        yield from super().refuse(matter)
        if self.to_station == (matter.station or self.meta.station):
            yield f"{matter.label} cannot be transferred to {self.to_station}: it is there. Name the other station."

    def doubt(self, matter: Matter) -> Iterator[str]:
        """What is on its way already cannot well be sent again."""
        yield from super().doubt(matter)
        part = matter.part(Moved)
        if part.sent and part.received is None:
            yield f"{matter.label} was sent to {part.sent_to} on {written(part.sent.at)}, and nobody has received it"

    def apply(self, inquest: Inquest) -> Inquest:
        """It is on its way."""
        return inquest.keep(Moved(sent=self.done(), sent_to=self.to_station))


class InquestReceivedByStation(GivesNumber, ClosesHandOff, TakesOver, FollowsDeath, register="inquest"):
    """The station of the area receives the inquest, and gives it a number of its own register."""

    answers = (TRANSFER,)
    numbered = Numbered("MARG", "marg_number", "year")
    shows = frozenset({"marg_number", "year", "inquirer"})
    what = "the receipt"

    marg_number: int
    from_station: str
    gd_entry: str = ""
    inquirer: str = ""
    inquirer_rank: str = ""

    def refuse(self, matter: Matter) -> Iterator[str]:
        """It comes from somewhere else."""
        yield from super().refuse(matter)
        if self.from_station == self.meta.station:
            yield f"{self.from_station} cannot receive {matter.label} from itself. Name the station that sent it."

    def doubt(self, matter: Matter) -> Iterator[str]:
        """It was sent, to this station, before it came, and came once."""
        yield from super().doubt(matter)
        part = matter.part(Moved)
        if part.received:
            yield f"{matter.label} was already received on {written(part.received.at)}"
        if part.sent is None:
            yield f"nobody has entered that {matter.label} was sent by {self.from_station}"
            return
        if part.sent_to != self.meta.station:
            yield f"{matter.label} was sent to {part.sent_to} and is received by {self.meta.station}"
        if self.meta.occurred_at < part.sent.at:
            yield f"{matter.label} is received before it was sent on {written(part.sent.at)}"

    def apply(self, inquest: Inquest) -> Inquest:
        """It is the station's, under its number, as far as it had come."""
        part = changed(inquest.part(Moved), received=self.done())
        return inquest.keep(
            part,
            number=self.called,
            station=self.meta.station or inquest.station,
            inquirer=self.inquirer or inquest.inquirer,
        )
