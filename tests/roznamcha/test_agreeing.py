"""Verification finds a view that is wrong in itself, not only one that was fed wrongly."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from projections.case_state import CaseState, Told
from roznamcha.verifying import verify
from schemas import catalogue
from tests.consumers.feed import following, write_cases


def _rows(self: CaseState, state: Told) -> Iterator[Any]:
    for row in CaseState.rows(self, state):
        row.stage = "registered, or so"
        yield row


@pytest.mark.parametrize(("rows", "bad"), [(CaseState.rows, 0), (_rows, 2)])
def test_a_view_that_is_wrong_in_itself_is_found(database: str, rows: object, bad: int) -> None:
    """Folded a second time it comes out the same; beside the register's own fold it doesn't."""
    write_cases(database, 2)
    view = type("CaseState", (CaseState,), {"rows": rows})()
    with following(database, [view]) as follower:
        follower.catch_up()
        report = verify(follower.connection, [view], catalogue())
    assert report.bad == bad
    assert (report.first_bad or {}).get("why") == (
        "the view case_state says otherwise than the register: stage" if bad else None
    )
