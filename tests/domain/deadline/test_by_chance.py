"""Whatever is entered, in whatever order, and whenever somebody asks: nothing is told twice, and nothing stays owed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.deadline.sheet import Told
from domain.law.clock import Fact
from tests.domain.deadline.kit import Desk, entry_id
from tests.domain.law.test_forever import BEGIN, records


def recorded(facts: list[Fact]) -> list[Fact]:
    """Facts in the order in which they are recorded, those they strike by the ids of the desk."""
    ordered = sorted(facts, key=lambda each: each.recorded_at)
    places = {each.entry_id: entry_id(place) for place, each in enumerate(ordered)}
    return [
        replace(each, values={**each.values, "entry": places.get(str(each.values["entry"]), "")})
        if "entry" in each.values else each
        for each in ordered
    ]  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(records(), st.lists(st.integers(0, 24 * 200), min_size=1, max_size=6))
def test_once_told_nothing_is_owed_until_more_is_entered_or_time_passes(facts: list[Fact], hours: list[int]) -> None:
    """After each telling nothing is owed at that moment, and every clock's next moment lies ahead."""
    desk = Desk()
    asked = sorted(hours)
    for number, each in enumerate(recorded(facts)):
        desk.enter(each)
        now = max(each.recorded_at, BEGIN + timedelta(hours=asked[number % len(asked)]))
        desk.tell(now)
        assert desk.owed(now) == []
        assert all(moment is None or moment > now for moment in desk.next_at().values())
    ids = [each.meta.entry_id for each in desk.facts]
    assert len(ids) == len(set(ids))


@settings(max_examples=60, deadline=None)
@given(records())
def test_in_the_end_the_sheet_says_what_the_entries_say(facts: list[Fact]) -> None:
    """Told entry by entry or all at once, what stands on the sheet is the same."""
    ordered = recorded(facts)
    end = ordered[-1].recorded_at + timedelta(days=1000)
    live, late = Desk(), Desk()
    for each in ordered:
        live.enter(each)
        late.enter(each)
        live.tell(live.recorded_at)
    live.tell(end)
    late.tell(end)
    assert standing(live) == standing(late)


def standing(desk: Desk) -> dict[str, Told]:
    """What stands of each clock that is told to run; how often and which alarms depends on who looked when."""
    return {
        str(key): replace(told, times={}, alarmed_at=None)
        for key, told in desk.sheet.told.items()
        if told.opened_at is not None
    }
