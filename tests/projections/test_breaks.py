"""Each break of the chain: a history that has it, told once at its link, and a near miss that has not."""

from __future__ import annotations

from decimal import Decimal

import pytest

from projections.breaks import BREAKS
from projections.custody import Custody
from projections.view import fold_record
from tests.domain.case.builders_fir import fir
from tests.domain.case.builders_property import (
    deposited,
    received,
    seized,
    sent,
)
from tests.dsl import _stamped, given
from tests.projections.break_cases import CASES
from tests.projections.custody_acts import OPENED, Acts, split

ONCE: dict[str, tuple[Acts, Acts]] = {
    "used elsewhere": (
        (fir(), seized(), deposited(), OPENED, split(remaining=Decimal(0), consumed=Decimal(480))),
        (fir(), seized(), deposited(), sent(), received(), split(remaining=Decimal(0), consumed=Decimal(480))),
    ),
}  # fmt: skip
"""The same, of what today's rules refuse: it stands in stores from the time before."""
EVERY = CASES | ONCE


def broken(acts: Acts) -> list[str]:
    """The codes of all breaks of all links of a history in which every act was accepted, one for each link."""
    return told(given(*acts).entries)


def told(entries: Acts) -> list[str]:
    """The codes of all breaks of all links of these entries."""
    return [each["code"] for row in fold_record(Custody(), entries) for each in row.breaks]


def stored(case: str, which: int) -> Acts:
    """The history with the break, or the near miss, as it stands in the store."""
    acts = EVERY[case][which]
    return tuple(_stamped(each, n) for n, each in enumerate(acts, 1)) if case in ONCE else given(*acts).entries


@pytest.mark.parametrize("case", EVERY, ids=str)
def test_each_break_is_told_once(case: str) -> None:
    """The history has this break, at one link (two, where two are at two places), and no other."""
    code = case.partition(",")[0]
    assert told(stored(case, 0)) == [code] * (2 if code == "two places" else 1)


@pytest.mark.parametrize("case", EVERY, ids=str)
def test_a_near_miss_is_no_break(case: str) -> None:
    """The rules don't cry wolf."""
    assert told(stored(case, 1)) == []


@pytest.mark.parametrize("case", ONCE, ids=str)
def test_what_stands_from_before_is_refused_today(case: str) -> None:
    """Else it belongs among the others."""
    with pytest.raises(AssertionError, match="could not be given"):
        given(*ONCE[case][0])


def test_every_break_has_its_case() -> None:
    """None is named for nothing; the patterns are those of the courts, each in two languages."""
    assert {each.partition(",")[0] for each in EVERY} == BREAKS.keys()
    assert {pattern for pattern, _, _ in BREAKS.values()} == {0, *range(1, 19)}
    assert all(hindi and not hindi.isascii() for _, _, hindi in BREAKS.values())
