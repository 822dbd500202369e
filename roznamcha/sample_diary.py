"""One sample day of a station's General Diary: opened, written, closed."""

from __future__ import annotations

from datetime import timedelta

from roznamcha.sample import Planned
from roznamcha.sample_life import Life

EVERY = 20
"""Cases to one day of a diary that the sample has."""
KINDS = ("departure", "return", "duty", "information", "patrol", "message")


class SampleDiary(Life):
    """What is written on one sample day."""

    register = "diary"

    def __init__(self, number: int, seed: int) -> None:
        """Throw the dice of day `number`."""
        super().__init__(number, seed)
        self.key = f"sample:gd:{number:05d}"
        self.begins = self.begins.replace(hour=6, minute=0)

    def acts(self) -> list[Planned]:
        """The day, from its opening to its closing."""
        at, day = self.begins, self.begins.date().isoformat()
        last = self.dice.randint(5, 12)
        for serial in range(1, last + 1):
            kind = "opening" if serial == 1 else self.dice.choice(KINDS)
            self.do(at, "EntryMade", serial=serial, day=day, kind=kind, gist="as it was")
            at += timedelta(minutes=self.dice.randint(20, 80))
        closed = self.begins.replace(hour=23, minute=50)
        self.do(closed, "DayClosed", day=day, last_serial=last, in_custody=self.dice.randint(0, 3))
        return list(self.entered())
