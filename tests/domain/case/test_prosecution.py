"""The prosecutor's clearance: asked, given, refused."""

from __future__ import annotations

import pytest

from domain.case.prosecution import (
    ProsecutionClearanceGiven,
    ProsecutionClearanceRefused,
    ProsecutionOpinionSought,
    opinions,
)
from tests.domain.case.builders_accused import fir, struck
from tests.dsl import act, given

SOUGHT = act(ProsecutionOpinionSought, request="P/1", subject="draft chargesheet")
CLEARED = act(ProsecutionClearanceGiven, request="P/1")


def test_an_opinion_is_sought() -> None:
    """The request is open until the office answers."""
    case = given(fir()).when(ProsecutionOpinionSought, request="P/1", subject="draft chargesheet").entered()
    assert opinions(case)["P/1"].standing == "sought"


def test_a_request_number_is_used_once() -> None:
    """The same request is not sent twice, unless the first entry was struck."""
    given(fir(), SOUGHT).when(ProsecutionOpinionSought, request="P/1").refused(
        "request P/1 was already sent in 0012/2026"
    )
    given(fir(), SOUGHT, struck(SOUGHT, 2)).when(ProsecutionOpinionSought, request="P/1").entered()


@pytest.mark.parametrize(
    ("kind", "standing"), [(ProsecutionClearanceGiven, "cleared"), (ProsecutionClearanceRefused, "refused")]
)
def test_the_office_answers_what_was_asked(kind: type, standing: str) -> None:
    """The office clears the case or refuses to; what nobody asked cannot be answered, nor a request that was struck."""
    case = given(fir(), SOUGHT).when(kind, request="P/1").entered()
    assert opinions(case)["P/1"].standing == standing
    given(fir()).when(kind, request="P/1").refused("no opinion was sought under it in 0012/2026")
    given(fir(), SOUGHT, struck(SOUGHT, 2)).when(kind, request="P/1").refused("case.ProsecutionOpinionSought first")


def test_the_same_answer_is_not_entered_twice() -> None:
    """A second clearance on one request is refused."""
    given(fir(), SOUGHT, CLEARED).when(ProsecutionClearanceGiven, request="P/1").refused("already answered: cleared")


def test_a_changed_answer_is_doubted() -> None:
    """An office may change its answer, and the record asks why."""
    case = (
        given(fir(), SOUGHT, CLEARED)
        .when(ProsecutionClearanceRefused, request="P/1")
        .doubted("was cleared before, and is now refused")
    )
    assert opinions(case)["P/1"].standing == "refused"


def test_a_struck_answer_leaves_the_request_open() -> None:
    """When the answer was entered by mistake and struck, the request waits for an answer again."""
    case = given(fir(), SOUGHT, CLEARED, struck(CLEARED, 3))
    assert opinions(case.record)["P/1"].standing == "sought"
    case.when(ProsecutionClearanceRefused, request="P/1").entered()
