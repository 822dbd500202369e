"""The sample district: what a reader of the first page is told to try is there to be tried."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from domain.event import Event
from roznamcha.forms.book import NAMES, form_of
from roznamcha.forms.filling import fill
from roznamcha.sample import ENDS
from roznamcha.sample_audit import audits
from tests.domain.test_fold import history

CASES = 200
"""How many cases `./run` enters."""


@cache
def district() -> list[list[Event[Any]]]:
    """The entries of each case that were made by the evening on which the district is looked at."""
    return [found for number in range(CASES) if (found := history(number, ENDS))]


@pytest.mark.parametrize("name", NAMES)
def test_each_integrated_form_has_a_case_to_print(name: str) -> None:
    """All seven, with a sheet; several cases each, and not all of them."""
    form = form_of(name)
    have = [found for found in district() if any(entry.name in form.parts["main"].acts for entry in found)]
    assert 3 <= len(have) <= CASES
    assert all(fill(form, found) for found in have[:3])


def test_who_appeals_was_tried() -> None:
    """A case goes through court in its order, and no act of it there is doubted for that."""
    tried = [found for found in district() if any(entry.name == "case.AppealDecided" for entry in found)]
    for found in tried:
        names = [entry.name.partition(".")[2] for entry in found]
        course = ["ChargesheetAcknowledged", "CognizanceTaken", "ChargeFramed", "JudgmentPronounced", "SentencePassed"]
        places = [names.index(each) for each in (*course, "AppealFiled", "AppealDecided")]
        assert places == sorted(places)


def test_an_empty_malkhana_of_the_sample_is_not_audited() -> None:
    """An audit that looks for nothing could not be closed."""
    assert audits([], 1) == []
