"""Acts made by chance, from a few words that are likely to meet: for histories nobody would think of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

import domain
from domain.event import ACTS, Actor, Event, Meta, Sealed
from domain.shape import Shape, columns

CODES = st.sampled_from(["A1", "A1", "A2", "B1", "somebody"])
CNRS = st.sampled_from(["CGRP010012342026", "CGRP010012342026", "CGRP010099992026", "", "12"])
NUMBERS = st.sampled_from(["1", "1", "2", ""])
SECTIONS = st.sampled_from(["BNS 64(1)", "BNS 303(2)", "UAPA 16", "IPC 379", "what"])
WORDS = {
    "accused": CODES, "accused_present": CODES, "code": CODES, "person": CODES, "persons": CODES, "cnr": CNRS,
    "appeal_cnr": CNRS, "sections": SECTIONS,
}  # fmt: skip
"""What may stand in a text column; in any other, a number that may have been used before."""

INSTANTS = st.one_of(
    st.integers(0, 300 * 24).map(lambda hours: datetime(2026, 6, 1, tzinfo=UTC) + timedelta(hours=hours)),
    st.sampled_from([datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]),
)
SIMPLE: dict[str, st.SearchStrategy[Any]] = {
    "whole": st.sampled_from([-1, 0, 1, 2, 3, 5, 14, 90, 10**12]),
    "flag": st.booleans(),
    "instant": INSTANTS,
    "date": st.one_of(st.dates(), st.sampled_from([date.min, date.max])),
    "decimal": st.sampled_from([Decimal(-1), Decimal(0), Decimal("1.5"), Decimal("NaN"), Decimal("Infinity")]),
    "id": st.integers(1, 9).map(lambda number: UUID(int=number)),
    "bytes": st.binary(max_size=2),
    "sealed": st.just(Sealed(text="Someone")),
}
ACTORS = st.sampled_from([Actor(id="CG-1", rank="SI"), Actor(id="1", rank="HC"), Actor()])


def _value(shape: Shape, name: str) -> st.SearchStrategy[Any]:
    if shape.kind == "choice":
        return st.sampled_from(shape.choices)
    if shape.inner is not None:
        inner = _value(shape.inner, name)
        return st.none() | inner if shape.kind == "optional" else st.lists(inner, max_size=2).map(tuple)
    if shape.of is not None:
        return st.builds(shape.of, **{column.name: _value(column.shape, column.name) for column in shape.columns})
    return WORDS.get(name, NUMBERS) if shape.kind == "text" else SIMPLE[shape.kind]


def acts(modules: Sequence[str]) -> st.SearchStrategy[Event[Any]]:
    """Any act of these chapters, with any fields."""
    domain.load()
    kinds = [cls for cls in ACTS.values() if cls.__module__.rpartition(".")[2] in modules]
    assert kinds, modules
    made = [st.builds(cls, **{each.name: _value(each.shape, each.name) for each in columns(cls)}) for cls in kinds]
    return st.one_of(*made)


def histories(*modules: str, shortest: int = 10, longest: int = 30) -> st.SearchStrategy[list[Event[Any]]]:
    """Any sequence of acts of these chapters, at any times, by anybody."""
    dated = st.builds(
        lambda act, at, by: replace(act, meta=Meta(occurred_at=at, actor=by, station="CG-RPR-01")),
        acts(modules),
        INSTANTS,
        ACTORS,
    )
    return st.lists(dated, min_size=shortest, max_size=longest).map(
        lambda made: [replace(act, meta=replace(act.meta, version=n)) for n, act in enumerate(made, start=1)]
    )
