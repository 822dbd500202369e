"""A case leaves its station and is received by another; it is merged with a case, or split from one.

Each is a two-sided act: what one side sends, the other must enter as received. Until then nobody answers for the case.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal
from uuid import UUID

from domain.case.case import Case
from domain.case.fir import EARLY, Fir, FollowsFIR, NeedsFIR, named
from domain.common.codes import Code
from domain.common.days import written
from domain.common.handoff import ClosesHandOff, HandOff, HandsOff
from domain.common.matter import Done, Part, TakesOver
from domain.common.tie import Tie, TiesRecords
from domain.event import changed

AT_STATION = EARLY | {"registered", "under investigation"}
"""Stages in which a case is the station's alone, so that it can be on its way to another."""

TRANSFER = HandOff(
    "case to station", "प्रकरण दूसरे थाने को", owner="station_officer",
    chaser="station_officer", addressee="to_station", other="from_record",
)  # fmt: skip


@dataclass(frozen=True)
class Jurisdiction(Part):
    """Where the case was sent and whether it arrived there; whether it goes on under another number."""

    sent: Done | None = None
    sent_to: str = ""
    stage_before: str = ""
    received: Done | None = None
    merged: Done | None = None


def on_its_way(case: Case) -> Done | None:
    """When the case was sent, if nobody has received it since."""
    part = case.part(Jurisdiction)
    return None if part.received else part.sent


class LeavesStation(HandsOff, FollowsFIR):
    """An act by which a case is sent to another station."""

    shows = frozenset({"to_station"})
    hand_off = TRANSFER

    what = "the transfer"

    to_station: str
    to_district: str = ""
    order_number: str = ""
    ordered_by: str = ""
    ordered_by_rank: str = ""
    reason: str = ""

    def refuse(self, case: Case) -> Iterator[str]:
        """It goes somewhere else."""
        yield from super().refuse(case)
        if self.to_station == (case.station or self.meta.station):
            yield f"{case.label} cannot be transferred to {self.to_station}: it is there. Name the other station."

    def doubt(self, case: Case) -> Iterator[str]:
        """What is on its way already cannot well be sent again."""
        yield from super().doubt(case)
        if sent := on_its_way(case):
            to = case.part(Jurisdiction).sent_to
            yield f"{case.label} was sent to {to} on {written(sent.at)}, and nobody has entered its receipt"

    def apply(self, case: Case) -> Case:
        """The case is on its way; once it is before a court it stays there."""
        part = case.part(Jurisdiction)
        before = part.stage_before if case.stage == "transferred" else case.stage
        sent = Done(self.meta.version, self.meta.occurred_at)
        new = changed(part, sent=sent, sent_to=self.to_station, stage_before=before, received=None)
        return case.keep(new, stage="transferred" if case.stage in AT_STATION else case.stage)


class EntersStation(ClosesHandOff, TakesOver):
    """An act by which another station receives a case; the receiving station enters it."""

    shows = frozenset({"sections"})
    answers = (TRANSFER,)

    begins: ClassVar[str] = "under investigation"
    """The stage of a case whose record begins here."""

    from_station: str
    from_number: str = ""
    from_record: UUID | None = None
    gd_entry: str = ""

    def refuse(self, case: Case) -> Iterator[str]:
        """It comes from somewhere else."""
        if self.from_station == self.meta.station:
            yield f"{self.from_station} cannot receive {case.label} from itself. Name the station that sent it."

    def doubt(self, case: Case) -> Iterator[str]:
        """It was sent, to this station, before it came, and came once."""
        part = case.part(Jurisdiction)
        sent, received = part.sent, part.received
        if received:
            yield f"{case.label} was already received on {written(received.at)}"
        if sent is None:
            if case.version:
                yield f"nobody has entered that {case.label} was sent by {self.from_station}"
            elif not self.from_number:
                yield f"{self.from_station} sent a case, and its number there is not given"
            return
        if part.sent_to != self.meta.station:
            yield f"{case.label} was sent to {part.sent_to} and is received by {self.meta.station}"
        if self.meta.occurred_at < sent.at:
            yield f"{case.label} is received before it was sent on {written(sent.at)}"

    def apply(self, case: Case) -> Case:
        """The case is this station's, as far as it had come."""
        part = case.part(Jurisdiction)
        stage = part.stage_before if case.stage == "transferred" else case.stage
        new = changed(part, received=Done(self.meta.version, self.meta.occurred_at))
        case = case.keep(changed(case.part(Fir), elsewhere=True))
        return case.keep(new, station=self.meta.station or case.station, stage=stage or self.begins)


class FIRTransferred(LeavesStation, NeedsFIR, register="case"):
    """An FIR, as a rule a zero FIR, is sent to the station in whose area the offence was done (BNSS s.173(1))."""

    means: Literal["electronic", "messenger", "post"]

    def doubt(self, case: Case) -> Iterator[str]:
        """A zero FIR goes to the station for which it was registered."""
        yield from super().doubt(case)
        part = case.part(Fir)
        if part.zero and part.for_station != self.to_station:
            yield f"{case.label} was registered for {part.for_station} and is sent to {self.to_station}"


class FIRReceivedByStation(EntersStation, register="case", opens=True):
    """The station of the area receives the FIR of another; it registers it under a number of its own."""

    begins = "zero FIR"

    sections: tuple[str, ...] = ()

    def apply(self, case: Case) -> Case:
        """The case is this station's, and waits for its own number."""
        return changed(super().apply(case), sections=case.sections or self.sections)


class CaseTransferred(LeavesStation, register="case"):
    """The investigation is taken from the station and given to another station or agency, by order."""

    agency: Literal["police station", "crime branch", "CID", "CBI", "NIA", "other State", "other"]
    diary_handed_over: bool = False

    def doubt(self, case: Case) -> Iterator[str]:
        """By an order, and with the case diary."""
        yield from super().doubt(case)
        if not self.order_number:
            yield f"{case.label} is transferred without the number of an order"
        if not self.diary_handed_over:
            yield f"{case.label} is transferred without its case diary"


class CaseReceived(EntersStation, register="case", opens=True):
    """The station or agency that takes the investigation over has the case and its papers."""

    diary_received: bool = False
    sections: tuple[str, ...] = ()

    def doubt(self, case: Case) -> Iterator[str]:
        """The case diary comes with it."""
        yield from super().doubt(case)
        if not self.diary_received:
            yield f"{case.label} is received without its case diary"

    def apply(self, case: Case) -> Case:
        """The case is this station's, as far as it had come."""
        return changed(super().apply(case), sections=case.sections or self.sections)


MERGED = Tie("merged with", "में विलीन / से विलीन", register="case")
SPLIT = Tie("split", "पृथक किया गया", register="case")


class JoinsCases(TiesRecords, FollowsFIR):
    """An act that ties this record to another case; the other record has the same act, from its side."""

    shows = frozenset({"accused", "direction"})
    one_sided = "the other record has the same act, from its side"

    other: str
    other_record: UUID | None = None
    direction: Literal["to the other", "from the other"]
    order_number: str = ""
    ordered_by: str = ""
    reason: str = ""

    def refuse(self, case: Case) -> Iterator[str]:
        """The other case is another one."""
        own = {case.number, f"{case.station}/{case.number}"} if case.number else set()
        if self.other in own or self.other_record == case.id:
            yield f"{case.label} is the case itself. Name the other case by its number."

    def doubt(self, case: Case) -> Iterator[str]:
        """By an order; and what was merged into another goes on there."""
        yield from super().doubt(case)
        if not self.order_number:
            yield f"{self.what} of {case.label} has no number of an order"
        if merged := case.part(Jurisdiction).merged:
            yield f"{case.label} was merged into another case on {written(merged.at)}"


class CaseMerged(JoinsCases, register="case"):
    """Two cases of one matter go on as one: this one into the other, or the other into this one."""

    kinds = (MERGED,)
    what = "the merger"

    def apply(self, case: Case) -> Case:
        """The case that went into the other ends here."""
        if self.direction == "from the other":
            return case
        part = changed(case.part(Jurisdiction), merged=Done(self.meta.version, self.meta.occurred_at))
        return case.keep(part, stage="merged")


class CaseSplit(JoinsCases, register="case", opens=True):
    """Part of a case goes on as a case of its own, for instance against absconders; the new record begins with this."""

    kinds = (SPLIT,)
    what = "the split"

    accused: tuple[Code, ...] = ()

    def refuse(self, case: Case) -> Iterator[str]:
        """Nothing can be split from a record in which there is nothing."""
        yield from super().refuse(case)
        if not case.version and self.direction == "to the other":
            yield "nothing is entered here that could be split. Record case.FIRRegistered first."

    def doubt(self, case: Case) -> Iterator[str]:
        """Whoever goes with the split was named before it; a new record has no FIR of its own."""
        if case.version:
            yield from super().doubt(case)
        elif not self.order_number:
            yield f"a case is split from {self.other} without the number of an order"
        strangers = sorted({*self.accused} - {*named(case)})
        if strangers and self.direction == "to the other":
            yield f"accused go with the split whom {case.label} does not name: {', '.join(strangers)}"

    def apply(self, case: Case) -> Case:
        """A new record begins under investigation."""
        part = case.part(Fir)
        part = changed(part, elsewhere=part.elsewhere or self.direction == "from the other")
        station = case.station or self.meta.station
        return case.keep(part, station=station, stage=case.stage or "under investigation")
