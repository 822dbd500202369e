"""A ranking recomputed by somebody who trusts nobody: plain loops over entries, decimals, no code of the ranking's own.

Only what was entered and the rule book's clocks are taken from the program. Scores come out as decimals of 28 digits.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from domain.event import struck

FOLDER = Path(__file__).resolve().parents[3] / "domain" / "ranking"
DAY = timedelta(hours=24)
RECEIVED = (
    "case.CaseReceived",
    "case.FIRReceivedByStation",
    "inquest.InquestReceivedByStation",
    "missing_person.SearchTakenOver",
)


def counts(  # noqa: C901 (as a clerk would write it: one loop in another)
    histories: list[list[Any]], clocks: list[list[Any]], zone: Any, month: str
) -> dict[str, dict[str, list[int]]]:
    """Of each station, by indicator: [good, of] in a month."""
    wanted = yaml.safe_load((FOLDER / "indicators.yaml").read_text(encoding="utf-8"))
    found: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))

    def count(station: str, name: str, when: Any, good: bool) -> None:
        if when.astimezone(zone).strftime("%Y-%m") == month:
            found[station][name][0] += good
            found[station][name][1] += 1

    for entries, running in zip(histories, clocks, strict=True):
        gone = struck(entries)
        stand = [each for each in entries if each.meta.version not in gone]
        for name, about in wanted.items():
            if about["counts"] == "entered":
                for each in entries:
                    late = each.meta.recorded_at - each.meta.occurred_at
                    count(each.meta.station, name, each.meta.occurred_at, late <= timedelta(hours=about["hours"]))
            elif about["counts"] == "followed":
                for each in [one for one in entries if one.name in about["acts"]]:
                    end = each.meta.occurred_at + timedelta(hours=about["hours"])
                    by = [one for one in entries if one.meta.version == gone.get(each.meta.version)]
                    column = about.get("same", "")
                    mine = [
                        one for one in stand
                        if each.meta.occurred_at <= one.meta.occurred_at <= end and one.meta.recorded_at <= end + DAY
                        and (not column or getattr(one, column, None) == getattr(each, column))
                    ]  # fmt: skip
                    answers = [one for one in mine if one.name in about["by"]]
                    lifted = by and (answers or by[0].meta.recorded_at <= end + DAY)
                    if lifted or any(one.name in about.get("unless", ()) for one in mine):
                        continue
                    count(answers[0].meta.station if answers else holder(stand, each, end), name, end, bool(answers))
            elif about["counts"] == "clocks":
                for clock in running:
                    if clock.rule.id not in about["rules"]:
                        continue
                    end = clock.due_at
                    if clock.ended_at and clock.ended_at <= end and clock.course.ended_by.recorded_at <= end + DAY:
                        continue
                    good = bool(clock.met_at) and clock.met_at <= end and clock.recorded_at <= end + DAY
                    count(last_station(stand, end, zone), name, end, good)
    return found


def holder(stand: list[Any], act: Any, end: Any) -> str:
    """The station that had the record when the time was over."""
    here = act.meta.station
    for each in sorted(stand, key=lambda one: one.meta.occurred_at):
        if each.name in RECEIVED and act.meta.occurred_at < each.meta.occurred_at <= end:
            here = each.meta.station
    return str(here)


def last_station(stand: list[Any], end: Any, zone: Any) -> str:
    """The station that had the record on the day on which the time was over."""
    here = stand[0].meta.station
    for each in sorted(stand, key=lambda one: one.meta.occurred_at):
        if each.name in RECEIVED and each.meta.occurred_at.astimezone(zone).date() <= end.astimezone(zone).date():
            here = each.meta.station
    return str(here)


def scores(found: dict[str, dict[str, list[int]]], scheme: str) -> dict[str, Decimal]:
    """The score of each station."""
    about = yaml.safe_load((FOLDER / "schemes" / f"{scheme}.yaml").read_text(encoding="utf-8"))
    shrink, points = Decimal(about["shrink"]), {}
    for station, mine in found.items():
        total = weights = Decimal(0)
        for name, weight in about["weights"].items():
            good = sum(each[name][0] for each in found.values() if name in each)
            of = sum(each[name][1] for each in found.values() if name in each)
            if of:
                here = mine.get(name, [0, 0])
                total += Decimal(weight) * (here[0] + shrink * Decimal(good) / Decimal(of)) / (here[1] + shrink)
                weights += Decimal(weight)
        points[station] = 100 * total / weights
    return points
