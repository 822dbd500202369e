"""One sample audit of a station's malkhana: some of what the register shows there is looked for on the shelf."""

# ruff: noqa: PLR2004 (the numbers here are chances and hours of invented audits)

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from roznamcha.sample import ENDS, STATIONS, Planned
from roznamcha.sample_life import Life

MOVES = frozenset({"PropertyDeposited", "PropertySentToLaboratory", "PropertyReturnedFromLaboratory"})
LOOKED_FOR = 12
"""So many articles are looked for in one audit."""
Stored = tuple[str, str, str]
"""Of an article the case's number, its own id, and its place."""


class SampleAudit(Life):
    """What is looked for in one audit, and found."""

    register = "malkhana_audit"

    def __init__(self, number: int, seed: int, stored: list[Stored]) -> None:
        """Throw the dice of audit `number`, of the station that comes at that place, when these lie there."""
        super().__init__(number, seed)
        self.key, self.stored = f"sample:audit:{number:05d}", stored
        self.station = list(STATIONS)[number]
        self.officer = {"id": f"{self.station}-SHO", "rank": "Inspector", "role": "station officer"}
        self.begins = audited(number)

    def acts(self) -> list[Planned]:
        """The audit, from its opening to its end."""
        at, keeper = self.begins, f"{self.station}-HM1"
        opened: dict[str, Any] = {
            "occasion": "surprise",
            "keeper": keeper,
            "keeper_rank": "HC",
            "diary_locked_in": True,
        }
        self.do(at, "AuditOpened", scope="sample", gd_entry=f"GD/A{self.number}", **opened)
        differences = 0
        for matter, article, place in self.dice.sample(self.stored, min(LOOKED_FOR, len(self.stored))):
            at += timedelta(minutes=self.dice.randint(3, 12))
            found: dict[str, Any] = {"matter": matter, "property_id": article}
            chance = self.dice.random()
            if chance < 0.06:
                self.do(at, "PlaceMismatched", place="almirah 7, rack 1", register_place=place, **found)
            elif chance < 0.09:
                self.do(at, "ItemNotFound", place=place, **found)
            else:
                self.do(at, "ItemSighted", place=place, **found)
            differences += chance < 0.09
        told: dict[str, Any] = (
            {"findings": "what differs is looked for", "reported_to": "CG-NMN-SDOP"} if differences else {}
        )
        self.do(at + timedelta(minutes=30), "AuditClosed", **told)
        return list(self.entered())


def audits(acts: Iterable[Planned], seed: int) -> list[Planned]:
    """An audit of each station where something lies by the acts of the sample, which come in the order of entering."""
    entered = [each for each in acts if each.recorded_at <= ENDS]
    numbers = _numbers(entered)
    found = []
    for number, station in enumerate(STATIONS):
        places: dict[tuple[str, str], str] = {}
        for act in (each.act for each in entered if each.recorded_at <= audited(number)):
            name = act["name"].partition(".")[2]
            if act["station"] == station and act["record"] in numbers and name in MOVES:
                key = numbers[act["record"]], act["fields"]["property_id"]
                places.pop(key, None)
                if name == "PropertyDeposited":
                    places[key] = act["fields"]["place"]
        stored = [(*key, place) for key, place in sorted(places.items())]
        if stored:
            found += SampleAudit(number, seed, stored).acts()
    return found


def audited(number: int) -> datetime:
    """When the malkhana of a station is audited: in the last days of the sample, one station a day."""
    return ENDS - timedelta(days=9 - number, hours=9)


def _numbers(acts: Iterable[Planned]) -> dict[str, str]:
    """The number that each case is given: the register counts them in the order of entering, in each station."""
    last: Counter[str] = Counter()
    numbers = {}
    for act in (each.act for each in acts):
        if act["name"] == "case.FIRRegistered":
            last[act["station"]] += 1
            numbers[act["record"]] = f"{act['station']}/{last[act['station']]:04d}/2026"
    return numbers
