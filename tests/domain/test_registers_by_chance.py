"""Whatever is entered in a register, in whatever order: nothing stops it, and its views agree with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import domain
from domain.common.corrections import Corrections
from domain.common.course import Course
from domain.common.matter import Entry, Matter
from domain.common.tie import Ties
from domain.event import ACTS, RECORDS, Event, Meta, decide, fold
from domain.shape import Shape, columns
from projections.case_state import CaseState
from projections.ties import Ties as TiesView
from projections.view import View
from roznamcha.agreeing import otherwise
from tests.domain.case.builders_chance import ACTORS, INSTANTS, SIMPLE
from tests.domain.complaint.builders import received
from tests.domain.diary.builders import entry as diary_entry
from tests.domain.inquest.builders import reported
from tests.domain.medico_legal.builders import intimated
from tests.domain.missing_person.builders import missing
from tests.domain.preventive.builders import proposed
from tests.dsl import RECORD

BEGUN: dict[str, Callable[[], Event[Any]]] = {
    "complaint": received, "diary": diary_entry, "inquest": reported, "medico_legal": intimated,
    "missing_person": missing, "preventive": proposed,
}  # fmt: skip
"""With what a record of each register begins here."""
ONCE = {
    "complaint": ("ComplaintConverted", "ComplaintDisposed"),
    "diary": ("DayClosed",),
    "inquest": ("ConvertedToFIR", "InquestClosed", "BodyDisposed", "BodyIdentified"),
    "medico_legal": ("HospitalIntimated", "PoliceNumbered", "LinkedToCase", "ClosedWithoutCase"),
    "missing_person": ("PersonTraced",),
    "preventive": ("ActionProposed", "ProceedingsDropped"),
}
"""What can be entered only once in a record, unless it is struck."""
WORDS: dict[str, st.SearchStrategy[Any]] = {
    "deceased": st.sampled_from(["D1", "D2"]), "person": st.sampled_from(["D1", "I1", "somebody"]),
    "informant": st.sampled_from(["I1", "D1"]), "code": st.sampled_from(["W1", "W2", "D1"]),
    "day": st.sampled_from([date(2026, 7, 2), date(2026, 7, 3)]), "year": st.sampled_from([2026, 2027]),
    "version": st.integers(1, 6), "reason": st.just("why"),
    "case": st.sampled_from(["0012/2026", ""]), "fir": st.sampled_from(["0012/2026", "0013/2026", ""]),
    "number": st.sampled_from(["0012/2026", "SHK/0013/2026", ""]),
}  # fmt: skip
UNHURRIED = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
REGISTERS = pytest.mark.parametrize("register", sorted(BEGUN))


def value(shape: Shape, name: str) -> st.SearchStrategy[Any]:
    """Anything that may stand in a column."""
    if shape.kind == "choice":
        return st.sampled_from(shape.choices)
    if shape.inner is not None:
        inner = value(shape.inner, name)
        return st.none() | inner if shape.kind == "optional" else st.lists(inner, max_size=2).map(tuple)
    if shape.of is not None:
        return st.builds(shape.of, **{each.name: value(each.shape, each.name) for each in shape.columns})
    if shape.kind == "whole" and name.endswith("_number"):
        return st.integers(0, 3)
    return WORDS.get(name, st.sampled_from(["", "1"]) if shape.kind == "text" else SIMPLE[shape.kind])


def histories(register: str) -> st.SearchStrategy[list[Event[Any]]]:
    """Any sequence of the register's acts, at any times, by anybody."""
    domain.load()
    kinds = [cls for cls in ACTS.values() if cls.register == register]
    made = [st.builds(cls, **{each.name: value(each.shape, each.name) for each in columns(cls)}) for cls in kinds]
    dated = st.builds(
        lambda act, at, by: replace(act, meta=Meta(occurred_at=at, actor=by, station="CG-RPR-01")),
        st.one_of(made),
        INSTANTS,
        ACTORS,
    )
    return st.lists(dated, min_size=10, max_size=30)


def blank(register: str) -> Any:
    """A record in which nothing is entered."""
    domain.load()
    return RECORDS[register].blank(RECORD)


def accepted(register: str, history: list[Event[Any]]) -> tuple[Matter, list[Event[Any]]]:
    """What the register takes of a history, and the record after it; no answer tells what is sealed."""
    record, entries = blank(register), list[Event[Any]]()
    for act in (BEGUN[register](), *history):
        meta = replace(act.meta, version=record.version + 1, record_id=RECORD, stream_id=RECORD)
        entry = replace(act, meta=meta)
        answer = decide(entry, record)
        assert all((*answer.reasons, *answer.doubts))
        said = " ".join((*answer.reasons, *answer.doubts))
        assert "Someone" not in said
        assert "somebody" not in said.replace("somebody who knew", "")
        if not answer.reasons:
            record = fold(record, [entry], entries.copy)
            entries.append(entry)
    return record, entries


def rows(view: View, entries: list[Event[Any]]) -> list[Any]:
    """What a view publishes, its state kept as JSON between entries as the tables keep it."""
    state = view.empty((RECORD,))
    for entry in entries:
        for _, handler in view.touched(entry):
            handler(view, state, entry)
        for name in ("slips", "corrections", "districts"):
            if hasattr(state, name):
                setattr(state, name, json.loads(json.dumps(getattr(state, name))))
    return list(view.rows(state))


@REGISTERS
@UNHURRIED
@given(data=st.data())
def test_any_history_that_was_accepted_folds_and_the_views_agree(register: str, data: st.DataObject) -> None:
    """What can be once is once; the board's row is the register's, and so are the ties."""
    record, entries = accepted(register, data.draw(histories(register)))
    assert record.version == len(entries)
    assert record.stage in record.stages
    if not record.part(Corrections).struck:
        for name in ONCE[register]:
            assert sum(each.name == f"{register}.{name}" for each in entries) <= 1, name
    assert list(otherwise(record, rows(CaseState(), entries)[0])) == []
    shown = {row.tie: row.called for row in sorted(rows(TiesView(), entries), key=lambda row: row.version)}
    assert shown == {kind: each.called for kind, each in record.part(Ties).tied.items()}


@REGISTERS
@UNHURRIED
@given(data=st.data(), dice=st.randoms(use_true_random=False))
def test_the_order_of_entering_does_not_matter_to_how_far_it_came(
    register: str, data: st.DataObject, dice: Any
) -> None:
    """Entered in another order, the same acts that are not refused bring a record to the same stage."""
    history = data.draw(histories(register))
    steps = [each for each in history if isinstance(each, Entry) and not each.strikes and not each.opens]
    acts = [BEGUN[register](), *steps]
    numbered = [replace(each, meta=replace(each.meta, version=n)) for n, each in enumerate(acts, start=1)]
    mixed = [numbered[0], *dice.sample(numbered[1:], len(numbered) - 1)]
    one, other = (fold(blank(register), each) for each in (numbered, mixed))
    assert one.stage == other.stage
    assert one.part(Course).begun == other.part(Course).begun
