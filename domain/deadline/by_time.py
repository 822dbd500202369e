"""What is told of a clock because time has passed: its end comes near, or it is over."""

from __future__ import annotations

from collections.abc import Iterator

from domain.deadline.sheet import NOTHING, Sheet, TellsOfClock, Told
from domain.event import changed


class ToldByTime(TellsOfClock):
    """Nothing but time makes it so."""

    def refuse(self, sheet: Sheet) -> Iterator[str]:
        """Time is told of a clock that runs, and not before it has come."""
        yield from super().refuse(sheet)
        told = sheet.told.get(self.key, NOTHING)
        if told.end or told.lapsed_at:
            yield f"{self.rule} does not run any more ({told.end or 'lapsed'}): {self.name} cannot be told of it"
        if self.noticed_at < self.fell_due_at:
            yield f"{self.name} of {self.rule} falls due only at {self.fell_due_at.isoformat()}"


class Approaching(ToldByTime, register="deadline"):
    """The end of a clock comes near: an alarm that its rule sets has come. `fell_due_at` is the alarm's moment."""

    def mark(self, told: Told) -> Told:
        """The alarm was given."""
        return changed(told, alarmed_at=self.fell_due_at)


class Lapsed(ToldByTime, register="deadline"):
    """The time is over, and no entry shows that the duty was done. `fell_due_at` is the first instant that is late."""

    def mark(self, told: Told) -> Told:
        """It was told to have lapsed, and at which end."""
        return changed(told, lapsed_at=self.due_at)
