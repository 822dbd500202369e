"""What every sample record is made of: its dice, the officers of its station, and the list of what was done."""

# ruff: noqa: PLR2004 (the numbers here are chances and hours of invented cases)

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from roznamcha.sample import BEGINS, DISTRICT, ENDS, INVENTED, KINDS, NAMESPACE, STATIONS, Planned


class Life:
    """One case of the sample and its dice: the same for the same number and seed, however many cases there are."""

    register = "case"

    def __init__(self, number: int, seed: int) -> None:
        """Throw the dice of case `number`."""
        self.number = self.order = number
        self.key = f"sample:{number:05d}"
        self.dice = random.Random(f"{seed}:{number}" if self.register == "case" else f"{seed}:{self.register}:{number}")  # noqa: S311 (invented cases, no secret)
        self.kind = self.dice.choices(KINDS, [kind.weight for kind in KINDS])[0]
        station = "CG-NMN-05" if self.kind.sensitive and self.dice.random() < 0.6 else self.dice.choice(list(STATIONS))
        self.station = station
        span = (ENDS - BEGINS) / timedelta(minutes=1)
        self.begins = BEGINS + timedelta(minutes=int(self.dice.random() * span))
        self.officer = {"id": f"{station}-IO{self.dice.randint(1, 3)}", "rank": "SI", "role": "investigating officer"}
        self.keeper = {"id": f"{station}-HM1", "rank": "HC", "role": "malkhana moharrir"}
        self.done: list[tuple[datetime, timedelta, dict[str, Any]]] = []
        self.seal = ""
        self.in_court: tuple[str, datetime] | None = None
        """The number that the court gave the case, and when it took it up."""

    def entered(self) -> Iterator[Planned]:
        """The acts in the order in which they happened, each entered after the one before it."""
        last = BEGINS
        for number, (at, delay, act) in enumerate(sorted(self.done, key=lambda each: each[0])):
            last = max(at + delay, last)
            yield Planned(last, self.order, number, act)

    def do(self, at: datetime, name: str, by: dict[str, str] | None = None, **fields: Any) -> None:  # noqa: ANN401 (any act's columns)
        """One act; most are entered within hours, a few only after days."""
        slow = self.dice.random() < 0.01
        delay = self.days(2, 12) if slow else timedelta(minutes=self.dice.randint(5, 300))
        whose = str(self.number) if self.register == "case" else self.key
        command = uuid.uuid5(NAMESPACE, f"{whose}:{len(self.done)}:{name}")
        act = {
            "name": f"{self.register}.{name}",
            "record": self.key,
            "command_id": str(command),
            "occurred_at": at.isoformat(),
            "actor": by or self.officer,
            "station": self.station,
            "district": DISTRICT,
            "fields": fields,
        }
        self.done.append((at, delay, act))

    def acts(self) -> list[Planned]:
        """Its life, as far as it has come."""
        return list(self.entered())

    def days(self, least: int, most: int) -> timedelta:
        """A time between so many days and so many."""
        return timedelta(minutes=self.dice.randint(least * 1440, most * 1440))

    def name(self) -> str:
        """An invented name."""
        return f"{self.dice.choice(INVENTED)} {self.dice.randint(100, 999)}"
