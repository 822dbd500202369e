"""What is told of a clock because of an entry: it runs, it runs longer, it has ended, or a word is taken back.

These facts are told right behind the entry from which they follow.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal
from uuid import UUID

from domain.deadline.sheet import NOTHING, Sheet, TellsOfClock, Told
from domain.event import changed


class Opened(TellsOfClock, register="deadline", opens=True):
    """A legal clock runs: by which rule and law, for whom, since when, until when, and what follows if it lapses."""

    def mark(self, told: Told) -> Told:
        """It runs, and nothing else has been told of it yet."""
        return Told(self.opened_at, self.due_at, self.last_day, self.law)


class Extended(TellsOfClock, register="deadline"):
    """A clock runs longer than was told: by an order, by hours that are not counted, by graver sections."""

    extended_by: UUID
    was_due_at: datetime

    def mark(self, told: Told) -> Told:
        """It has another end."""
        return changed(told, due_at=self.due_at, last_day=self.last_day, law=self.law)


class EndsClock(TellsOfClock):
    """A fact after which the clock stands still."""

    def cause(self) -> UUID:
        """The entry that ended it."""
        raise NotImplementedError

    def refuse(self, sheet: Sheet) -> Iterator[str]:
        """A clock ends once; another end is told after the first was withdrawn."""
        yield from super().refuse(sheet)
        told = sheet.told.get(self.key, NOTHING)
        if told.end:
            yield f"{self.rule} was told to have ended ({told.end}): that is withdrawn before {self.name} is told"

    def mark(self, told: Told) -> Told:
        """It has ended so."""
        return changed(told, end=self.kind, end_by=str(self.cause()))


class FulfilsDuty(EndsClock):
    """The duty was done: when, by which entry, and when that was recorded."""

    met_at: datetime
    met_by: UUID
    entered_at: datetime

    def cause(self) -> UUID:
        """The entry of the act that was due."""
        return self.met_by


class Met(FulfilsDuty, register="deadline"):
    """The duty was done in time, and written down in time."""


class MetLate(FulfilsDuty, register="deadline"):
    """The duty was done after its time. A lapse that was told stands."""


class EnteredLate(FulfilsDuty, register="deadline"):
    """The duty was done in time, but written down only when its time was over: not a lapse, but a late entry."""


class EndsUnfulfilled(EndsClock):
    """The clock ended without its duty having been done, and in time: when, and by which entry."""

    ended_at: datetime
    ended_by: UUID

    def cause(self) -> UUID:
        """The entry after which it ended."""
        return self.ended_by


class Exempted(EndsUnfulfilled, register="deadline"):
    """Somebody who may has taken the duty away before its time was over."""


class Overtaken(EndsUnfulfilled, register="deadline"):
    """Events have made the duty pointless before its time was over: a release, a transfer, other sections."""


class Withdrawn(TellsOfClock, register="deadline"):
    """A word is taken back: an entry made later, or struck, shows that it was not so. The word stays where it stands.

    With an opening everything is withdrawn that was told of the clock since.
    """

    withdraws: Literal["Opened", "Lapsed", "Met", "MetLate", "EnteredLate", "Exempted", "Overtaken"]
    fact: UUID

    def mark(self, told: Told) -> Told:
        """As if it had not been told."""
        if self.withdraws == "Opened":
            return NOTHING
        if self.withdraws == "Lapsed":
            return changed(told, lapsed_at=None)
        return changed(told, end="", end_by="")
