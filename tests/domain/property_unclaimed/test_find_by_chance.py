"""Whatever is entered of a find, in whatever order: nothing stops the register, and its views agree with it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import domain
from domain.event import ACTS, Event, Meta, decide, fold
from domain.malkhana.article import Malkhana
from domain.property_unclaimed.unclaimed import STAGES, Unclaimed
from domain.shape import columns
from projections.case_state import CaseState
from projections.malkhana import Malkhana as Shelf
from roznamcha.agreeing import elsewhere, otherwise
from tests.domain.case.builders_chance import INSTANTS
from tests.domain.case.test_property_by_chance import ACTORS, value
from tests.domain.property_unclaimed.builders import REGISTER, found
from tests.domain.test_registers_by_chance import rows
from tests.dsl import RECORD

UNHURRIED = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def histories() -> st.SearchStrategy[list[Event[Any]]]:
    """Any sequence of the register's acts, at any times, by anybody."""
    domain.load()
    kinds = [cls for cls in ACTS.values() if cls.register == REGISTER]
    made = [st.builds(cls, **{each.name: value(each.shape, each.name) for each in columns(cls)}) for cls in kinds]
    dated = st.builds(
        lambda act, at, by: replace(act, meta=Meta(occurred_at=at, actor=by, station="CG-RPR-01")),
        st.one_of(made),
        INSTANTS,
        ACTORS,
    )
    return st.lists(dated, min_size=10, max_size=30)


@UNHURRIED
@given(histories())
def test_any_history_that_was_accepted_folds_and_the_views_agree(history: list[Event[Any]]) -> None:
    """The board's row and the shelf are the register's, also after corrections; no answer tells a name."""
    find, entries = Unclaimed.blank(RECORD), list[Event[Any]]()
    for act in (found(), *history):
        meta = replace(act.meta, version=find.version + 1, record_id=RECORD, stream_id=RECORD)
        entry = replace(act, meta=meta)
        answer = decide(entry, find)
        said = " ".join((*answer.reasons, *answer.doubts))
        assert "Someone" not in said
        assert "somebody" not in said
        if not answer.reasons:
            find = fold(find, [entry], entries.copy)
            entries.append(entry)
    assert find.stage in STAGES
    assert list(otherwise(find, rows(CaseState(), entries)[0])) == []
    shelf = {row.property_id: row for row in rows(Shelf(), entries)}
    assert list(elsewhere(find, shelf)) == []
    assert shelf.keys() == find.part(Malkhana).articles.keys()
