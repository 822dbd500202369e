"""Scores: the published ones come out exactly, small stations are shrunk, and what is late never helps."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ranking.scheme import Scheme, Zone
from domain.ranking.score import Count, changes, levers, rounded, shrunk, standings, together
from roznamcha.schemes import shipped

HEADS = shipped().schemes["heads"]
SURVEY = shipped().schemes["best-police-station"]
NAMES = ("timely-entry", "fir-published", "itsso")
COUNTS = st.builds(lambda good, bad: Count(good, good + bad), st.integers(0, 40), st.integers(0, 40))
TALLIES = st.dictionaries(st.sampled_from("ABCD"), st.dictionaries(st.sampled_from(NAMES), COUNTS), min_size=1)


def score(tally: dict[str, dict[str, Count]], unit: str) -> Fraction:
    """One unit's score by the heads of review."""
    return next(each.score for each in standings(HEADS, tally) if each.unit == unit)


@pytest.mark.parametrize(
    ("performance", "infrastructure", "exact", "published"),
    [(13, 84, Fraction(272, 10), 27), (6, 71, Fraction(19), 19)],
    ids=["Market, Bidar", "Yeragera"],
)
def test_the_published_scores_come_out(performance: int, infrastructure: int, exact: Fraction, published: int) -> None:
    """80 per cent performance, 20 per cent infrastructure and feedback: 27 and 19, as the newspapers have them."""
    figures = {"PS": {"performance": Fraction(performance), "infrastructure": Fraction(infrastructure)}}
    (found,) = standings(SURVEY, {}, figures)
    assert (found.score, found.shown, found.rank) == (exact, published, 1)


def test_a_unit_without_one_of_the_figures_has_no_rank() -> None:
    """What was given for others and not for this one is told as missing."""
    both = {"performance": Fraction(50), "infrastructure": Fraction(50)}
    found = {each.unit: each for each in standings(SURVEY, {}, {"A": both, "B": {"performance": Fraction(99)}})}
    assert (found["A"].rank, found["B"].rank, found["B"].missing) == (1, None, ("infrastructure",))


def test_a_small_station_is_shrunk_toward_the_mean() -> None:
    """One failure of one doesn't make it the worst: 0 of 1 beside a mean of 0.9 is 9 of 11."""
    assert shrunk(Count(0, 1), Fraction(9, 10), 10) == Fraction(9, 11)
    assert shrunk(Count(0, 0), Fraction(9, 10), 10) == Fraction(9, 10)
    assert shrunk(Count(3, 4), Fraction(9, 10), 0) == Fraction(3, 4)
    small, large = score({"A": {"itsso": Count(0, 1)}, "B": {"itsso": Count(10, 100)}}, "A"), Fraction(10)
    assert 0 < small < large


def test_equal_scores_share_a_rank_and_too_few_cases_have_none() -> None:
    """Two firsts, then a third; a station in which less came up than the scheme asks for is listed below."""
    good, bad = Count(20, 20), Count(5, 20)
    tally = {"A": {"itsso": good}, "B": {"itsso": good}, "C": {"itsso": bad}, "D": {"itsso": Count(9, 9)}}
    assert [(each.unit, each.rank) for each in standings(HEADS, tally)] == [("A", 1), ("B", 1), ("C", 3), ("D", None)]


@pytest.mark.parametrize(("value", "shown"), [("27.2", 27), ("26.5", 27), ("26.4999", 26), ("0", 0)])
def test_halves_go_up(value: str, shown: int) -> None:
    """As on paper, and never to the even neighbour."""
    assert rounded(Fraction(value), 0) == shown


def test_zones_have_no_gap() -> None:
    """A published scheme left 60 to 65 without a colour; here every score has one."""
    zones = (Zone("green", Fraction(75)), Zone("blue", Fraction(65)), Zone("red", Fraction(0)))
    assert HEADS.zones == zones
    found = {}
    for good in range(101):
        tally = {"A": {name: Count(good, 100) for name in NAMES}}
        found[good] = standings(HEADS, tally)[0].zone
    assert (found[75], found[74], found[65], found[64], found[60], found[0]) == (
        "green", "blue", "blue", "red", "red", "red",
    )  # fmt: skip


@given(TALLIES, st.sampled_from("ABCD"), st.sampled_from(NAMES), st.integers(1, 50))
def test_what_is_late_never_raises_a_score(tally: dict[str, dict[str, Count]], unit: str, name: str, late: int) -> None:
    """However many things come up that were not as they should be, where nothing or much was counted before."""
    if not tally.get(unit):
        return  # of which nothing came up before: it had no score
    mine = tally[unit].get(name, Count(0, 0))
    after = {**tally, unit: {**tally[unit], name: Count(mine.good, mine.of + late)}}
    assert score(after, unit) <= score(tally, unit)
    if mine.good and HEADS.weights[name]:
        assert score(after, unit) < score(tally, unit)


@given(st.lists(TALLIES, max_size=6), st.randoms())
def test_counts_are_sums(tallies: list[dict[str, dict[str, Count]]], chance: object) -> None:
    """In whatever order they are added up."""
    shuffled = list(tallies)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert together(tallies) == together(shuffled)


def test_the_records_that_would_change_a_score_most_come_first() -> None:
    """By what the score would gain; the rank then is told too. What doesn't weigh is no lever."""
    tally = {"A": {"itsso": Count(10, 14), "fir-published": Count(9, 10)}, "B": {"itsso": Count(13, 14)}}
    failed = {"r1": {"fir-published": 1}, "r2": {"itsso": 3}, "r3": {"itsso": 1}}
    found = levers(HEADS, tally, "A", failed)
    assert [each.record for each in found] == ["r2", "r1", "r3"]
    assert found[0].gain > found[1].gain > found[2].gain > 0
    assert (standings(HEADS, tally)[0].unit, found[0].rank) == ("B", 1)


def test_what_changed_since_is_told_by_points() -> None:
    """The greatest difference first; what came up in one of both months only has no number in the other."""
    before = standings(HEADS, {"A": {"itsso": Count(1, 2), "marg": Count(1, 1)}})[0]
    now = standings(HEADS, {"A": {"itsso": Count(2, 2)}})[0]
    assert [(each.indicator, each.before, each.now) for each in changes(before, now)] == [
        ("marg", 5, None), ("itsso", 3, 6),
    ]  # fmt: skip


def test_a_scheme_is_dated_and_its_weights_are_printed_as_they_stand() -> None:
    """Each says since when and whose weights they are."""
    schemes: dict[str, Scheme] = dict(shipped().schemes)
    assert {name: sum(each.weights.values()) for name, each in schemes.items()} == dict.fromkeys(schemes, 100)
    assert "not a State's" in HEADS.source
