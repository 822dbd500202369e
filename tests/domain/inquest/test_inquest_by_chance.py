"""Whatever is entered of a death, in whatever order: nothing stops the register, and its views agree with it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import domain
from domain.common.corrections import Corrections
from domain.common.matter import Entry
from domain.common.tie import Ties
from domain.event import ACTS, Event, Meta, decide, fold
from domain.inquest.death import STAGES, Death
from domain.inquest.inquest import Inquest
from domain.inquest.outcome import TO_CASE
from domain.shape import Shape, columns
from projections.case_state import CaseState
from projections.ties import Ties as TiesView
from projections.view import View
from roznamcha.agreeing import otherwise
from tests.domain.case.builders_chance import ACTORS, INSTANTS, SIMPLE
from tests.domain.inquest.builders import reported
from tests.dsl import RECORD

WORDS: dict[str, st.SearchStrategy[Any]] = {
    "deceased": st.sampled_from(["D1", "D2"]), "person": st.sampled_from(["D1", "somebody"]),
    "informant": st.sampled_from(["I1", "D1"]), "code": st.sampled_from(["W1", "W2", "D1"]),
    "year": st.sampled_from([2026, 2027]), "marg_number": st.integers(0, 3), "version": st.integers(1, 6),
    "reason": st.just("why"), "fir": st.sampled_from(["0012/2026", "0013/2026", ""]),
}  # fmt: skip
UNHURRIED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def value(shape: Shape, name: str) -> st.SearchStrategy[Any]:
    """Anything that may stand in a column."""
    if shape.kind == "choice":
        return st.sampled_from(shape.choices)
    if shape.inner is not None:
        inner = value(shape.inner, name)
        return st.none() | inner if shape.kind == "optional" else st.lists(inner, max_size=2).map(tuple)
    if shape.of is not None:
        return st.builds(shape.of, **{each.name: value(each.shape, each.name) for each in shape.columns})
    return WORDS.get(name, st.sampled_from(["", "1"]) if shape.kind == "text" else SIMPLE[shape.kind])


def histories() -> st.SearchStrategy[list[Event[Any]]]:
    """Any sequence of the register's acts, at any times, by anybody."""
    domain.load()
    kinds = [cls for cls in ACTS.values() if cls.register == "inquest"]
    made = [st.builds(cls, **{each.name: value(each.shape, each.name) for each in columns(cls)}) for cls in kinds]
    dated = st.builds(
        lambda act, at, by: replace(act, meta=Meta(occurred_at=at, actor=by, station="CG-RPR-01")),
        st.one_of(made),
        INSTANTS,
        ACTORS,
    )
    return st.lists(dated, min_size=10, max_size=30)


def accepted(history: list[Event[Any]]) -> tuple[Inquest, list[Event[Any]]]:
    """What the register takes of a history, and the inquest after it."""
    inquest, entries = Inquest.blank(RECORD), list[Event[Any]]()
    for act in (reported(), *history):
        meta = replace(act.meta, version=inquest.version + 1, record_id=RECORD, stream_id=RECORD)
        entry = replace(act, meta=meta)
        answer = decide(entry, inquest)
        assert all((*answer.reasons, *answer.doubts))
        if not answer.reasons:
            inquest = fold(inquest, [entry], entries.copy)
            entries.append(entry)
    return inquest, entries


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


@UNHURRIED
@given(histories())
def test_any_history_that_was_accepted_folds_and_the_board_agrees(history: list[Event[Any]]) -> None:
    """One death to a record; converted or closed only once; and the board's row is the register's."""
    inquest, entries = accepted(history)
    assert inquest.version == len(entries)
    assert inquest.stage in STAGES
    stands = [each for each in entries if each.meta.version not in inquest.part(Corrections).struck]
    for name in ("inquest.ConvertedToFIR", "inquest.InquestClosed", "inquest.BodyDisposed", "inquest.BodyIdentified"):
        if not inquest.part(Corrections).struck:
            assert sum(each.name == name for each in stands) <= 1, name
    assert list(otherwise(inquest, rows(CaseState(), entries)[0])) == []


@UNHURRIED
@given(histories())
def test_the_ties_shown_are_those_that_stand(history: list[Event[Any]]) -> None:
    """The view has the conversion exactly when the inquest has one."""
    inquest, entries = accepted(history)
    tied = inquest.part(Ties).tied.get(TO_CASE.id)
    assert [row.called for row in rows(TiesView(), entries)] == ([tied.called] if tied else [])


@UNHURRIED
@given(histories(), st.randoms(use_true_random=False))
def test_the_order_of_entering_does_not_matter_to_how_far_it_came(history: list[Event[Any]], dice: Any) -> None:
    """Entered in another order, the same acts that are not refused bring an inquest to the same stage."""
    steps = [each for each in history if isinstance(each, Entry) and not each.strikes and not each.opens]
    numbered = [
        replace(each, meta=replace(each.meta, version=n)) for n, each in enumerate((reported(), *steps), start=1)
    ]
    mixed = [numbered[0], *dice.sample(numbered[1:], len(numbered) - 1)]
    one, other = (fold(Inquest.blank(RECORD), each) for each in (numbered, mixed))
    assert one.stage == other.stage
    assert one.part(Death).begun == other.part(Death).begun


@UNHURRIED
@given(histories())
def test_no_answer_tells_what_is_sealed(history: list[Event[Any]]) -> None:
    """Neither a reason nor a doubt holds a sealed text, or what was written in place of a code."""
    inquest = Inquest.blank(RECORD)
    for act in (reported(), *history):
        entry = replace(act, meta=replace(act.meta, version=inquest.version + 1))
        answer = decide(entry, inquest)
        said = " ".join((*answer.reasons, *answer.doubts))
        assert "Someone" not in said
        assert "somebody" not in said.replace("somebody who knew", "")
        inquest = inquest if answer.reasons else inquest.after(entry)
