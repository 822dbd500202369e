"""Ranking: who stands where by a scheme, why, what changed, and what would change it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from consumers.embedded import connected
from domain.event import ACTS
from domain.ranking.scheme import Scheme, awaited
from domain.ranking.score import Change, Given, Lever, Part, Standing, changes, levers, rounded, standings
from projections.ranking import Closed
from roznamcha.alone import alone
from roznamcha.closing import Month, close, closed, reopened
from roznamcha.commands.reading import KnownAt, moment_given
from roznamcha.errors import Refused, Usage
from roznamcha.office import Office, open_office
from roznamcha.plain import plain
from roznamcha.ranking import Counted, Period, counted, from_entries, from_views, read_figures
from roznamcha.schemes import scheme_called, shipped
from roznamcha.screen import AsJson, many, print_json, say, table
from roznamcha.settings import settings
from roznamcha.views import open_board

app = typer.Typer()
TEN = 10
"""So many records are named that would change a rank."""


class Level(StrEnum):
    """What is ranked."""

    STATION = "station"
    DISTRICT = "district"


@dataclass(frozen=True)
class Asked:
    """What is ranked by what, and how."""

    scheme: Scheme
    level: str
    period: Period
    given: Given


@dataclass(frozen=True)
class Explained:
    """One unit's standing, what changed since the month before, and which records hold it down."""

    standing: Standing
    changes: list[Change]
    levers: list[Lever]
    faults: Mapping[str, Mapping[str, int]]


@app.command()
def rank(  # noqa: PLR0913 (one for each choice)
    scheme: Annotated[str, typer.Option(help="A scheme that ships (heads, best-police-station), or a file")] = "heads",
    month: Annotated[str, typer.Option("--month", "--period", help="2026-10; default: the last that is over")] = "",
    level: Annotated[Level, typer.Option(help="What is ranked")] = Level.STATION,
    explain: Annotated[str, typer.Option(help="Show how this station's (or district's) score came about")] = "",
    figures: Annotated[Path | None, typer.Option(help="CSV of figures that are given: unit,indicator,figure")] = None,
    known_at: KnownAt = "",
    *,
    close_it: Annotated[
        bool, typer.Option("--close", help="Close the month, or close it again: it is kept and told as it is now")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Rank stations or districts for a month, by a scheme that is printed with the ranking."""
    if close_it and (known_at or explain):
        message = "a month is closed as it is now: --close goes with neither --known-at nor --explain"
        raise Usage(message)
    by = scheme_called(scheme)
    given = read_figures(figures, shipped()) if figures else {}
    with open_office(settings(), reading=True) as office, alone(office.url, "closing") if close_it else nullcontext():
        now = datetime.now(UTC)
        period = Period.of(month, now, office.settings.zone)
        asked = Asked(by, level.value, period, given)
        if close_it and not period.over:
            message = (
                f"{period.month} is not over: what was done on its last day may be written down on the day after it"
            )
            raise Refused([f"{message}; it can be closed when that is over"])
        now_counted, before = _counted(office, asked, known_at, now, quiet=as_json, both=bool(explain))
        found = standings(by, now_counted.tally, given)
        told = _closing(office, asked, found, now, close_it=close_it) if not known_at else Told()
        explained = _explained(asked, found, explain, now_counted, before) if explain else None
        called = _called(office, explained) if explained else {}
    if as_json:
        print_json({**shown(asked, found, explained, called), **told.shown()})
        return
    if explained:
        _show_one(asked, explained, called)
    else:
        _show(asked, found)
        say(*told.lines())


@dataclass(frozen=True)
class Told:
    """What was closed of a month, by unit, and of whom it would be otherwise now."""

    closed: Mapping[str, Closed] = field(default_factory=dict)
    differing: tuple[str, ...] = ()

    def shown(self) -> dict[str, Any]:
        """As `rank --json` has it: both values stay."""
        kept = ("closing", "closed_at", "score", "rank", "zone", "cases", "digest", "indicators", "earlier")
        closed = {unit: {name: plain(getattr(row, name)) for name in kept} for unit, row in self.closed.items()}
        return {"closed": closed, "reopened": list(self.differing)}

    def lines(self) -> list[str]:
        """In words."""
        if not self.closed:
            return []
        times = max(row.closing for row in self.closed.values())
        told = [f"closed {many(times, 'time')}: --json has every closing"]
        if self.differing:
            was = ", ".join(
                f"{unit} ({self.closed[unit].score if unit in self.closed else 'not in it'})" for unit in self.differing
            )
            told.append(f"reopened by entries since, closed as: {was}")
        return told


def _closing(office: Office, asked: Asked, found: list[Standing], now: datetime, *, close_it: bool) -> Told:
    """Close the month where that is asked for; what is closed of it, and what differs."""
    month = Month(asked.scheme, asked.level, asked.period.month)
    with connected(office.url) as connection:
        if close_it:
            close(connection, month, found, now)
        before = closed(connection, month)
    return Told(before, tuple(reopened(month, found, before)))


def _counted(  # noqa: PLR0913 (what is asked)
    office: Office, asked: Asked, known_at: str, now: datetime, *, quiet: bool, both: bool
) -> tuple[Counted, Counted]:
    """What was counted of the month, and, where both are asked for, of the month before."""
    zone, known = office.settings.zone, moment_given(known_at, office)
    periods = [asked.period, asked.period.before(now, zone)] if both else [asked.period]
    with open_board(office, quiet=quiet) as board:
        if known:
            rows = list(from_entries(office, known))
            found = [counted(rows, asked.level, each) for each in periods]
        else:
            found = [counted(from_views(board.connection, each, zone), asked.level, each) for each in periods]
    return found[0], found[-1]


def _explained(asked: Asked, found: list[Standing], unit: str, here: Counted, before: Counted) -> Explained:
    """How one unit stands. Raises Refused when nothing of it came up."""
    mine = next((each for each in found if each.unit == unit), None)
    if mine is None:
        raise Refused([f"nothing of {unit[:40]!r} came up in {asked.period.month}; without --explain all are listed"])
    then = next((each for each in standings(asked.scheme, before.tally, asked.given) if each.unit == unit), None)
    faults = here.failed.get(unit, {})
    weighed = {
        record: {name: many for name, many in each.items() if name in asked.scheme.weights}
        for record, each in faults.items()
    }
    weighed = {record: each for record, each in weighed.items() if each}
    heaviest = levers(asked.scheme, here.tally, unit, weighed, asked.given)
    return Explained(mine, changes(then, mine), heaviest[:TEN], weighed)


def _called(office: Office, explained: Explained) -> dict[str, str]:
    named = {UUID(each.record) for each in explained.levers} | {UUID(record) for record in explained.faults}
    return {str(record_id): name for record_id, name in office.store.shelf.called(named).items()}


# --- shown --------------------------------------------------------------------------------------------------------


def shown(
    asked: Asked, found: list[Standing], explained: Explained | None, called: Mapping[str, str]
) -> dict[str, Any]:
    """A ranking as `rank --json` prints it: the scheme with its weights, and every standing with its parts."""
    scheme = asked.scheme
    document: dict[str, Any] = {
        "level": asked.level,
        "period": asked.period.month,
        "counted_up_to": asked.period.last.isoformat(),
        "scheme": {
            "name": scheme.id, "title": dict(scheme.title), "since": scheme.since.isoformat(), "source": scheme.source,
            "digest": scheme.digest, "indicators": shipped().digest, "shrink": scheme.shrink,
            "minimum": scheme.minimum, "weights": {name: number(weight) for name, weight in scheme.weights.items()},
        },
        "awaited": waiting(scheme),
        "standings": [_standing(each) for each in found],
    }  # fmt: skip
    if explained:
        document["explain"] = {
            **_standing(explained.standing),
            "changes": [
                {"indicator": each.indicator, "before": number(each.before), "now": number(each.now)}
                for each in explained.changes
            ],
            "records": {called.get(record, record): dict(each) for record, each in explained.faults.items()},
            "would_change": [
                {
                    "record": called.get(each.record, each.record),
                    "score": number(each.score),
                    "gain": number(each.gain),
                    "rank": each.rank,
                }
                for each in explained.levers
            ],
        }
    return document


def number(value: Fraction | None, decimals: int = 6) -> float | int | None:
    """A fraction as JSON has it."""
    if value is None:
        return None
    near = rounded(value, decimals)
    return near.numerator if near.denominator == 1 else float(near)


def waiting(scheme: Scheme) -> list[str]:
    """The indicators of which nothing can be entered yet: they count when their register arrives."""
    indicators = shipped().indicators
    return [name for name in scheme.weights if awaited(indicators[name], ACTS)]


def _standing(standing: Standing) -> dict[str, Any]:
    return {
        "unit": standing.unit, "rank": standing.rank, "score": number(standing.shown), "zone": standing.zone,
        "cases": standing.cases, "missing": list(standing.missing), "parts": [_part(each) for each in standing.parts],
    }  # fmt: skip


def _part(part: Part) -> dict[str, Any]:
    return {
        "indicator": part.indicator, "good": part.count.good, "of": part.count.of, "mean": number(part.mean),
        "share": number(part.share), "weight": number(part.weight), "points": number(part.points),
    }  # fmt: skip


def _show(asked: Asked, found: list[Standing]) -> None:
    scheme, period = asked.scheme, asked.period
    rows = [
        (each.rank or "-", each.unit, _points(each.shown, scheme.decimals), each.zone, each.cases) for each in found
    ]
    table(
        f"{scheme.title['en']} · {scheme.title['hi']}: {period.month}",
        ("", asked.level, "score", "zone", "cases"),
        rows,
    )
    say(f"weights: {', '.join(f'{name} {number(weight)}' for name, weight in scheme.weights.items())}")
    say(f"source: {scheme.source}; digest {scheme.digest}")
    say(f"shares are shrunk by {scheme.shrink} cases toward the mean; a rank needs {scheme.minimum} cases")
    if not period.over:
        say(f"counted up to {period.last:%d.%m.%Y}; what was done in time may still be written down, so it may change")
    if period.first < scheme.since:
        say(f"the scheme counts from {scheme.since:%d.%m.%Y} on: {period.month} is ranked by it only to compare")
    if not found:
        given = [name for name in scheme.weights if shipped().indicators[name].kind == "given"]
        say("nothing came up" + (f": {', '.join(given)} are given in a file, with --figures" if given else ""))
    if waiting(scheme):
        say(f"not counted yet, for want of a register: {', '.join(waiting(scheme))}")


def _show_one(asked: Asked, explained: Explained, called: Mapping[str, str]) -> None:
    mine, decimals = explained.standing, asked.scheme.decimals
    titles = {name: each.title["en"] for name, each in shipped().indicators.items()}
    place = f"rank {mine.rank}" if mine.rank else "without a rank"
    rows = [
        (
            titles[part.indicator],
            f"{part.count.good} of {part.count.of}" if part.mean is not None else "given",
            _points(100 * part.share, 1),
            number(part.weight),
            _points(part.points, 2),
        )
        for part in mine.parts
    ]
    heads = ("counted", "good", "share %, shrunk", "weight", "points")
    table(f"{mine.unit} in {asked.period.month}: {_points(mine.shown, decimals)}, {place}, {mine.zone}", heads, rows)
    moved = [each for each in explained.changes if each.before != each.now]
    table(
        "points that changed since the month before",
        ("counted", "before", "now"),
        [(titles[each.indicator], _points(each.before, 2), _points(each.now, 2)) for each in moved],
    )
    table(
        "records that would change it most, had all in them been as it should be",
        ("record", "score then", "rank then", "because of"),
        [
            (
                called.get(each.record, each.record),
                _points(each.score, decimals),
                each.rank or "-",
                ", ".join(f"{name} {many}" for name, many in explained.faults[each.record].items()),
            )
            for each in explained.levers
        ],
    )


def _points(value: Fraction | None, decimals: int) -> str:
    return "" if value is None else f"{float(rounded(value, decimals)):.{decimals}f}"
