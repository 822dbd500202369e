"""Whatever a station enters, in whatever order: from the arrest to the last appeal nothing stops the register."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings

from domain.case.case import Case
from domain.event import Event, decide
from tests.domain.case.builders_accused import arrested
from tests.domain.case.builders_chance import histories
from tests.dsl import RECORD

CHAPTERS = (
    "information", "registration", "arrest", "remand", "prosecution", "sanction", "final_form", "chargesheet", "court",
    "judgment", "corrections",
)  # fmt: skip
UNHURRIED = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@UNHURRIED
@given(histories(*CHAPTERS))
def test_any_history_that_was_accepted_folds(history: list[Event[Any]]) -> None:
    """Of any acts in any order, those that are accepted fold into a case."""
    case, version = Case.blank(RECORD), 0
    for act in (arrested("A1"), *history):
        entry = replace(act, meta=replace(act.meta, version=version + 1))
        if not decide(entry, case).reasons:
            case, version = case.after(entry), version + 1
    assert case.version == version >= 1


@UNHURRIED
@given(histories(*CHAPTERS))
def test_what_is_recorded_has_happened(history: list[Event[Any]]) -> None:
    """Even entries that today's rules would refuse fold, and every act gets an answer on any case."""
    case = Case.blank(RECORD)
    for entry in history:
        answer = decide(entry, case)
        assert all(answer.reasons)
        assert all(answer.doubts)
        case = case.after(entry)
    assert case.version == len(history)
