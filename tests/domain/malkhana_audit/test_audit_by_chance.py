"""Whatever is entered of an audit, in whatever order: nothing stops the register, and the board agrees with it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import domain
from domain.common.corrections import Corrections
from domain.event import ACTS, Event, Meta, decide, fold
from domain.malkhana_audit.audit import STAGES, Audit, Stocktaking
from domain.shape import columns
from projections.case_state import CaseState
from roznamcha.agreeing import otherwise
from tests.domain.case.builders_chance import INSTANTS
from tests.domain.case.test_property_by_chance import ACTORS, value
from tests.domain.malkhana_audit.test_audit import opened
from tests.domain.test_registers_by_chance import rows
from tests.dsl import RECORD

UNHURRIED = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def histories() -> st.SearchStrategy[list[Event[Any]]]:
    """Any sequence of the register's acts, at any times, by anybody."""
    domain.load()
    kinds = [cls for cls in ACTS.values() if cls.register == "malkhana_audit"]
    made = [st.builds(cls, **{each.name: value(each.shape, each.name) for each in columns(cls)}) for cls in kinds]
    dated = st.builds(
        lambda act, at, by: replace(act, meta=Meta(occurred_at=at, actor=by, station="CG-RPR-01")),
        st.one_of(made),
        INSTANTS,
        ACTORS,
    )
    return st.lists(dated, min_size=10, max_size=30)


@UNHURRIED
@given(histories(), st.sampled_from(["full", "sample"]), st.sampled_from(["periodic", "change of keeper"]))
def test_any_history_that_was_accepted_folds_and_the_board_agrees(
    history: list[Event[Any]], scope: str, occasion: str
) -> None:
    """Nothing is entered after the end; a closed full audit has compared everything; stages and counts are the same."""
    begun = opened(scope="full" if occasion == "change of keeper" else scope, occasion=occasion)
    audit, entries = Audit.blank(RECORD), list[Event[Any]]()
    for act in (begun, *history):
        entry = replace(act, meta=replace(act.meta, version=audit.version + 1, record_id=RECORD, stream_id=RECORD))
        answer = decide(entry, audit)
        assert all((*answer.reasons, *answer.doubts))
        if not answer.reasons:
            audit = fold(audit, [entry], entries.copy)
            entries.append(entry)
    part = audit.part(Stocktaking)
    assert audit.stage in STAGES
    if not audit.part(Corrections).struck:
        assert not part.closed or part.scope == "sample" or part.counted
        assert not part.changed or part.counted
        assert not part.closed or part.seen or part.lists
    assert list(otherwise(audit, rows(CaseState(), entries)[0])) == []
