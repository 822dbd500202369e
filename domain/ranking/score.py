"""How a score comes out of counts. Fractions throughout: the same counts give the same score, to the last digit.

    share of a station, shrunk toward the mean      (good + shrink x mean) / (of + shrink)
    mean of an indicator                            good of all stations / of all stations
    points of an indicator                          weight x share
    score                                           100 x sum of points / sum of the weights that were counted anywhere

A station in which nothing came up has the mean: it is neither praised nor blamed. Something that came up and was not as
it should be lowers the station's own share and the mean with it, so no entry made too late can raise a score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

from domain.ranking.scheme import Scheme

HUNDRED = Fraction(100)


class Count(NamedTuple):
    """How often something came up, and how often it was as it should be."""

    good: int
    of: int

    def plus(self, other: Count) -> Count:
        """Both together: counts are sums, so their order is nothing."""
        return Count(self.good + other.good, self.of + other.of)


Tally = Mapping[str, Mapping[str, Count]]
"""Of each unit, by indicator."""
Given = Mapping[str, Mapping[str, Fraction]]
"""Figures that were given and not counted: of each unit, by indicator, 0 to 100."""


@dataclass(frozen=True)
class Part:
    """What one indicator gave to a score."""

    indicator: str
    count: Count
    mean: Fraction | None
    """None where the figure was given."""
    share: Fraction
    weight: Fraction
    points: Fraction


@dataclass(frozen=True)
class Standing:
    """A unit in the ranking. Without a rank: fewer things came up than the scheme asks for, or a figure is missing."""

    unit: str
    score: Fraction
    shown: Fraction
    zone: str
    parts: tuple[Part, ...]
    rank: int | None = None
    missing: tuple[str, ...] = ()

    @property
    def cases(self) -> int:
        """How many things came up."""
        return sum(part.count.of for part in self.parts)


def rounded(value: Fraction, decimals: int) -> Fraction:
    """To so many decimals, halves up, as one does on paper."""
    scale = 10**decimals
    return Fraction((value * scale + Fraction(1, 2)).__floor__(), scale)


def standings(scheme: Scheme, tally: Tally, given: Given | None = None) -> list[Standing]:
    """Every unit's standing: those with a rank first, by rank, then the others; units of one rank by name."""
    figures = given or {}
    means = _means(scheme, tally)
    units = sorted(unit for unit, has in (*tally.items(), *figures.items()) if has.keys() & scheme.weights.keys())
    found = [
        _standing(scheme, unit, tally.get(unit, {}), figures.get(unit, {}), means, figures)
        for unit in dict.fromkeys(units)
    ]
    ranked = [each for each in found if not each.missing and each.cases >= scheme.minimum and each.parts]
    placed = {each.unit: replace(each, rank=1 + sum(other.shown > each.shown for other in ranked)) for each in ranked}
    shown = [placed.get(each.unit, each) for each in found]
    return sorted(shown, key=lambda each: (each.rank is None, each.rank or 0, -each.shown, each.unit))


def _means(scheme: Scheme, tally: Tally) -> dict[str, Fraction]:
    """The mean of each indicator that came up anywhere."""
    found = {}
    for name in scheme.weights:
        whole = Count(0, 0)
        for counts in tally.values():
            whole = whole.plus(counts.get(name, Count(0, 0)))
        if whole.of:
            found[name] = Fraction(whole.good, whole.of)
    return found


def _standing(  # noqa: PLR0913 (what a score is made of)
    scheme: Scheme,
    unit: str,
    counts: Mapping[str, Count],
    mine: Mapping[str, Fraction],
    means: Mapping[str, Fraction],
    figures: Given,
) -> Standing:
    parts, missing = [], []
    for name, weight in scheme.weights.items():
        if name in means:
            count = counts.get(name, Count(0, 0))
            share = shrunk(count, means[name], scheme.shrink)
            parts.append(Part(name, count, means[name], share, weight, weight * share))
        elif name in mine:
            share = mine[name] / HUNDRED
            parts.append(Part(name, Count(0, 0), None, share, weight, weight * share))
        elif any(name in each for each in figures.values()):
            missing.append(name)
    weighed = sum((part.weight for part in parts), Fraction(0))
    score = HUNDRED * sum((part.points for part in parts), Fraction(0)) / weighed if weighed else Fraction(0)
    shown = rounded(score, scheme.decimals)
    zone = next(each.name for each in scheme.zones if shown >= each.at_least)
    return Standing(unit, score, shown, zone, tuple(parts), missing=tuple(missing))


def shrunk(count: Count, mean: Fraction, shrink: int) -> Fraction:
    """A share as if so many cases more had come up, of average quality: one case decides little in a small station."""
    whole = count.of + shrink
    return (count.good + shrink * mean) / whole if whole else mean


class Lever(NamedTuple):
    """A record, and what the score and the rank of its station would be if all in it had been as it should be."""

    record: str
    score: Fraction
    gain: Fraction
    rank: int | None


def levers(
    scheme: Scheme, tally: Tally, unit: str, failed: Mapping[str, Mapping[str, int]], given: Given | None = None
) -> list[Lever]:
    """Which records hold the score down most: all of them, the heaviest first. `failed`: by record and indicator."""
    now = next((each for each in standings(scheme, tally, given) if each.unit == unit), None)
    if now is None:
        return []
    found = []
    for record, faults in failed.items():
        mine = dict(tally.get(unit, {}))
        for name, many in faults.items():
            if name in mine:
                mine[name] = Count(mine[name].good + many, mine[name].of)
        then = next(each for each in standings(scheme, {**tally, unit: mine}, given) if each.unit == unit)
        found.append(Lever(record, then.shown, then.score - now.score, then.rank))
    return sorted(found, key=lambda each: (-each.gain, each.record))


class Change(NamedTuple):
    """What an indicator gave to a score in two months."""

    indicator: str
    before: Fraction | None
    now: Fraction | None


def changes(before: Standing | None, now: Standing | None) -> list[Change]:
    """The points of each indicator then and now, the greatest difference first."""
    then = {part.indicator: part.points for part in before.parts} if before else {}
    here = {part.indicator: part.points for part in now.parts} if now else {}
    found = [Change(name, then.get(name), here.get(name)) for name in {**here, **then}]
    zero = Fraction(0)
    return sorted(found, key=lambda each: (-abs((each.now or zero) - (each.before or zero)), each.indicator))


def together(tallies: Sequence[Tally]) -> dict[str, dict[str, Count]]:
    """Several tallies added up."""
    found: dict[str, dict[str, Count]] = {}
    for tally in tallies:
        for unit, counts in tally.items():
            mine = found.setdefault(unit, {})
            for name, count in counts.items():
                mine[name] = mine.get(name, Count(0, 0)).plus(count)
    return found
