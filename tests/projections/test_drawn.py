"""Clocks of a record that stays at hand: those that nothing new concerns aren't reckoned again, and are the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consumers.packing import written
from domain.deadline.sheet import stream_of
from domain.event import Event, changed
from domain.law.book import load_book
from projections import deadlines
from projections.deadlines import Deadlines, Docket
from tests.stories.story import lived, stories

VIEW = Deadlines(load_book(), ZoneInfo("Asia/Kolkata"))
LIVES = [strand for story in stories() for strand in lived(story).strands.values()]


def fold(docket: Docket, entries: Any) -> None:
    """Fold entries into what the view keeps."""
    for entry in entries:
        for _, handler in VIEW.touched(entry):
            handler(VIEW, docket, entry)


def fresh(docket: Docket) -> Docket:
    """The same as it comes from its table: nothing is drawn yet, and everything is JSON."""
    return Docket(**{name: getattr(docket, name) for name in Docket.__dataclass_fields__})


def by_key(rows: Any) -> dict[Any, Deadlines.Row]:
    """Rows by their keys, each there once."""
    found = list(rows)
    kept = {tuple(getattr(row, name) for name in row.KEY): row for row in found}
    assert len(kept) == len(found)
    return kept


def told(docket: Docket, now: Any) -> Iterator[Event[Any]]:
    """What is owed of the record's clocks by now, as entries."""
    for n, fact in enumerate(VIEW.owed(docket, now), 1):
        place = {"version": docket.told_version + n, "position": 10_000 + docket.told_version + n}
        ids = {"record_id": docket.record_id, "stream_id": stream_of(docket.record_id)}
        yield changed(fact, meta=changed(fact.meta, recorded_at=now, **ids, **place))


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_what_is_drawn_bit_by_bit_is_what_is_drawn_at_once(data: st.DataObject) -> None:
    """Whole lives in pieces of any size and in any order of the entries, with the engine's own facts told between."""
    life = data.draw(st.sampled_from(LIVES))
    entries = list(life.entries)
    if data.draw(st.booleans()):
        entries = data.draw(st.permutations(entries))
    docket = VIEW.empty((life.record.id,))
    while entries:
        size = data.draw(st.integers(1, max(1, len(entries) // 2)))
        piece, entries = entries[:size], entries[size:]
        fold(docket, piece)
        if data.draw(st.booleans()):
            now = max(each.meta.recorded_at for each in piece) + timedelta(days=data.draw(st.integers(0, 100)))
            fold(docket, list(told(docket, now)))
        assert by_key(VIEW.rows_now(docket)) == by_key(VIEW.rows(fresh(docket)))
        assert written(docket.facts) == written(fresh(docket).facts)


def test_only_what_a_new_entry_concerns_is_reckoned(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the longest life most rules are asked once, when the record begins, and few by each entry after it."""
    asked: list[int] = []
    real = deadlines.evaluate

    def counted(*given: Any, only: Any = None, **more: Any) -> Any:
        asked.append(len(VIEW.book.rules if only is None else only))
        return real(*given, only=only, **more)

    monkeypatch.setattr(deadlines, "evaluate", counted)
    life = max(LIVES, key=lambda each: len(each.entries))
    docket = VIEW.empty((life.record.id,))
    for entry in life.entries:
        fold(docket, [entry])
        list(VIEW.rows_now(docket))
    assert asked[0] == len(VIEW.book.rules)
    assert sum(asked[1:]) < len(asked) * len(VIEW.book.rules) / 4
