"""Whatever a station enters, in whatever order: from the first information on, nothing stops the register."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import domain
from domain.case.case import Case
from domain.case.fir import concerned, named, registration
from domain.common.corrections import Corrections
from domain.event import ACTS, Event, Meta, decide
from domain.shape import Shape, columns
from tests.domain.case.builders_chance import ACTORS, INSTANTS, SIMPLE
from tests.domain.case.builders_fir import fir
from tests.dsl import RECORD

CHAPTERS = {
    "information", "registration", "publication", "transfer", "investigation", "scene", "search", "further",
}  # fmt: skip
STATIONS = st.sampled_from(["CG-RPR-01", "CG-RPR-02"])
PERSONS = st.sampled_from(["A1", "A2", "V1", "V2"])
SECTIONS = st.sampled_from(["BNS 64(1)", "BNS 303(2)", "POA 3(1)", "POCSO 6", "theft"])
WORDS: dict[str, st.SearchStrategy[Any]] = {
    "informant": st.sampled_from(["I1", "V1"]),
    "person": st.sampled_from(["I1", "V1", "W1", "A1", "somebody"]),
    "code": PERSONS, "accused": PERSONS, "occupant": PERSONS, "sections": SECTIONS,
    "to_station": st.just("CG-RPR-02"), "from_station": st.just("CG-RPR-01"), "for_station": STATIONS,
    "other": st.just("0001/2026"),
    "search": st.sampled_from(["S1", "S2"]), "year": st.sampled_from([2026, 2027]), "digest": st.just(bytes(32)),
    "fir_number": st.integers(1, 3), "zero_number": st.integers(1, 3), "ncr_number": st.integers(1, 3),
    "version": st.integers(1, 3), "reason": st.just("why"),
    "first_page": st.integers(0, 3), "last_page": st.integers(2, 5),
}  # fmt: skip
"""What may stand in a column of this name; in any other text, a word that may have been used before."""
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
    plain = st.sampled_from(["", "1", "DySP"]) if shape.kind == "text" else SIMPLE[shape.kind]
    return WORDS.get(name, plain)


def histories() -> st.SearchStrategy[list[Event[Any]]]:
    """Any sequence of acts of these chapters, at any times, by anybody, at two stations."""
    domain.load()
    kinds = [
        cls for name, cls in ACTS.items()
        if name.startswith("case.") and cls.__module__.rpartition(".")[2] in CHAPTERS
    ]  # fmt: skip
    kinds.append(ACTS["case.EntryCorrected"])
    made = [st.builds(cls, **{each.name: value(each.shape, each.name) for each in columns(cls)}) for cls in kinds]
    dated = st.builds(
        lambda act, at, by, station: replace(act, meta=Meta(occurred_at=at, actor=by, station=station)),
        st.one_of(made),
        INSTANTS,
        ACTORS,
        STATIONS,
    )
    return st.lists(dated, min_size=10, max_size=30)


@UNHURRIED
@given(histories())
def test_any_history_that_was_accepted_folds(history: list[Event[Any]]) -> None:
    """Of any acts in any order those that are accepted fold, and the case keeps one person to a code."""
    case, version = Case.blank(RECORD), 0
    for act in (fir(), *history):
        entry = replace(act, meta=replace(act.meta, version=version + 1))
        answer = decide(entry, case)
        assert all(answer.reasons)
        assert all(answer.doubts)
        if not answer.reasons:
            case, version = case.after(entry), version + 1
            assert registration(case) is None or case.registered_at
            assert case.part(Corrections).struck or not {*named(case)} & concerned(case)
    assert case.version == version


@UNHURRIED
@given(histories())
def test_what_is_recorded_has_happened(history: list[Event[Any]]) -> None:
    """Even entries that today's rules would refuse fold."""
    case = Case.blank(RECORD)
    for version, act in enumerate(history, start=1):
        case = case.after(replace(act, meta=replace(act.meta, version=version)))
    assert case.version == len(history)


@UNHURRIED
@given(histories())
def test_no_answer_tells_what_is_sealed(history: list[Event[Any]]) -> None:
    """Neither a reason nor a doubt holds a sealed text, or what was written in place of a code."""
    case = Case.blank(RECORD)
    for version, act in enumerate(history, start=1):
        entry = replace(act, meta=replace(act.meta, version=version))
        answer = decide(entry, case)
        said = " ".join((*answer.reasons, *answer.doubts))
        assert "Someone" not in said
        assert "somebody" not in said
        case = case.after(entry)
