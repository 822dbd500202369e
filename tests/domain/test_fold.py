"""Folding: any part of a history and then the rest gives what the whole gives."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.case.case import Case
from domain.event import Event, changed, decide, fold
from roznamcha.intake import read_act
from roznamcha.sample_case import SampleCase

ALWAYS = datetime(9999, 1, 1, tzinfo=UTC)


def history(case: int, until: datetime = ALWAYS) -> list[Event[Any]]:
    """The accepted entries of a sample case, as far as they were entered by then."""
    record, entries = Case.blank(UUID(int=1)), []
    for planned in SampleCase(case, 1861).acts():
        if planned.recorded_at > until:
            continue
        act = read_act(planned.act, now=planned.recorded_at).event
        if act.numbered is not None:
            act = changed(act, **{act.numbered.number: 1})
        entry = changed(act, meta=changed(act.meta, version=record.version + 1, recorded_at=planned.recorded_at))
        if not decide(entry, record).reasons:
            record = record.after(entry)
            entries.append(entry)
    return entries


@settings(max_examples=40, deadline=None)
@given(case=st.integers(0, 5_000), cut=st.integers(0, 60))
def test_a_prefix_and_the_rest_give_the_whole(case: int, cut: int) -> None:
    """A record read half today and half tomorrow is the record read at once."""
    entries = history(case)
    blank = Case.blank(UUID(int=1))
    assert fold(fold(blank, entries[:cut]), entries[cut:]) == fold(blank, entries)
    assert fold(blank, entries).version == len(entries)
    assert len(entries) >= 4
