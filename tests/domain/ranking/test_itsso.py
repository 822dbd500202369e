"""Compliance, disposal and pendency: three definitions, three numbers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from domain.ranking.itsso import Figures, Watched, figures

NOW = datetime(2026, 10, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def case(registered: int, ended: int | None = None) -> Watched:
    """Registered and ended so many days ago; its two months are 61 days."""
    begun = NOW - registered * DAY
    return Watched("PS", begun, begun + 61 * DAY, None if ended is None else NOW - ended * DAY)


def test_the_three_figures_are_three_numbers() -> None:
    """Of six cases one is in time, one late, one early, one open and over, one open and not, one not registered yet."""
    cases = [case(100, 50), case(100, 10), case(30, 5), case(100), case(30), case(-5)]
    (found,) = figures(cases, NOW).values()
    assert (found.registered, found.over, found.in_time, found.late, found.early, found.open_over) == (5, 3, 1, 1, 1, 1)
    shares = [found.compliance, found.disposal, found.pendency]
    assert [str(each) for each in shares] == ["1/3", "3/5", "1/5"]


@pytest.mark.parametrize(
    ("ended", "column"), [(None, "open_over"), (-1, "open_over"), (0, "late"), (39, "in_time"), (38, "late")]
)
def test_a_case_is_counted_as_it_stood_on_the_day(ended: int | None, column: str) -> None:
    """What ended later had not ended by then; on its last day it was in time."""
    found = figures([case(100, ended)], NOW)["PS"]
    assert {name for name in ("in_time", "late", "open_over") if getattr(found, name)} == {column}


def test_the_two_published_figures_come_out() -> None:
    """As the Ministry's answer in Parliament and a State's newspapers have them, to the decimal."""
    assert round(float(Figures(registered=164_449, over=164_449, in_time=54_161).compliance or 0) * 100, 1) == 32.9
    assert round(float(Figures(registered=75_881, in_time=74_070).disposal or 0) * 100, 1) == 97.6


def test_nothing_has_no_share() -> None:
    """A station without a case has no figures, and one whose cases are all new has no compliance."""
    assert figures([], NOW) == {}
    assert figures([case(10)], NOW)["PS"].compliance is None
