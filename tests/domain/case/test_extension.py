"""More time is given by name of the provision: to whom, how much, and no more than it allows."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.case.extension import OF_A_PERSON, WITHOUT_LENGTH, TimeExtended
from domain.common.periods import MOST_ADDED
from domain.law.book import load_book
from domain.law.due import due
from tests.domain.case.builders_fir import fir, told
from tests.dsl import act, given

ZONE = ZoneInfo("Asia/Kolkata")

COMMITTAL: dict[str, Any] = {"provision": "BNSS 232", "days": 60}
DRUGS: dict[str, Any] = {"provision": "NDPS 36A(4)", "days": 90, "accused": ("A1",)}


def test_more_time_is_given() -> None:
    """By days in respect of the case, or of an accused."""
    given(fir("A1")).when(TimeExtended, **COMMITTAL).entered()
    given(fir("A1")).when(TimeExtended, **DRUGS).entered()
    given(fir("A1")).when(TimeExtended, provision="JJ 14(2)", months=2, accused=("A1",)).entered()


def test_more_time_is_more() -> None:
    """It can't be less than none, and where the law counts it, it has a length."""
    given(fir()).when(TimeExtended, **{**COMMITTAL, "days": -1}).refused("cannot be less than none")
    given(fir()).when(TimeExtended, **{**COMMITTAL, "days": 0}).refused("has no length")
    given(fir("A1")).when(TimeExtended, provision="Arnesh Kumar", accused=("A1",)).entered()


@pytest.mark.parametrize("provision", sorted(OF_A_PERSON))
def test_where_the_law_counts_for_each_somebody_is_named(provision: str) -> None:
    """Custody runs for each accused."""
    asked = {"provision": provision, "days": 1}
    given(fir("A1")).when(TimeExtended, **asked).refused("is given for nobody")
    given(fir("A1")).when(TimeExtended, **asked, accused=("Ram",)).refused("by a code")


@pytest.mark.parametrize(
    ("provision", "most"), sorted((name, each.count) for name, each in MOST_ADDED.items() if each.unit == "day")
)
def test_more_than_the_law_allows_is_doubted(provision: str, most: int) -> None:
    """Entered all the same: the order says what it says."""
    who = ("A1",) if provision in OF_A_PERSON else ()
    given(fir("A1")).when(TimeExtended, provision=provision, days=most, accused=who).entered()
    given(fir("A1")).when(TimeExtended, provision=provision, days=most + 1, accused=who).doubted(f"{most} at most")


def test_the_other_unit_is_doubted() -> None:
    """The Board gives months, and nobody else does."""
    given(fir("A1")).when(TimeExtended, provision="JJ 14(2)", days=5, accused=("A1",)).doubted("allows none")
    given(fir("A1")).when(TimeExtended, provision="JJ 14(2)", months=3, accused=("A1",)).doubted("2 at most")
    given(fir()).when(TimeExtended, provision="BNSS 258", months=1).doubted("allows none")
    assert "BNSS 187(9)" in WITHOUT_LENGTH


def test_it_follows_an_fir() -> None:
    """Before one there is nothing to extend."""
    given(told()).when(TimeExtended, **COMMITTAL).doubted("before any FIR")


def test_the_sum_is_doubted_and_not_each_alone() -> None:
    """Ninety days twice are beyond the Act, though either order alone is within it; another accused has his own."""
    first = act(TimeExtended, provision="UAPA 43D(2)", days=90, accused=("A1",))
    again = {"provision": "UAPA 43D(2)", "days": 90}
    given(fir("A1"), first).when(TimeExtended, **again, accused=("A2", "A1")).doubted("180 in all for A1")
    given(fir("A1"), first).when(TimeExtended, **again, accused=("A2",)).entered()
    given(fir("A1"), first).when(TimeExtended, **{**again, "provision": "NDPS 36A(4)"}, accused=("A1",)).entered()
    months = {"provision": "JJ 14(2)", "accused": ("A1",)}
    given(fir("A1"), act(TimeExtended, months=1, **months)).when(TimeExtended, months=2, **months).doubted("3 in all")
    given(fir(), act(TimeExtended, **COMMITTAL)).when(TimeExtended, **{**COMMITTAL, "days": 121}).doubted("181 in all")


CAPPED = {"BNSS 232": "commit-90", "BNSS 258": "judg-30", "NDPS 36A(4)": "ndps-180", "UAPA 43D(2)": "uapa-180"}


@pytest.mark.parametrize("provision", sorted(CAPPED))
def test_what_may_be_added_is_what_the_rule_counts(provision: str) -> None:
    """The greatest length stands in the rule's file; an act doubts what goes beyond it."""
    rule = load_book()[CAPPED[provision]]
    start, most = date(2026, 1, 1), {"extended_by_days": MOST_ADDED[provision].count}
    longest = due(rule, start, most, None, ZONE).last_day
    assert longest - due(rule, start, {}, None, ZONE).last_day == timedelta(days=MOST_ADDED[provision].count)
    assert due(rule, start, {"extended_by_days": 9999}, None, ZONE).last_day == longest
