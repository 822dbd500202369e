"""Folding in memory: one stumbling record is put aside, whatever else the batch holds."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from consumers.folding import Fold, Kept, Read, fold_all
from projections.view import Key, View
from tests.consumers.marks import Diary, Lines, Pages, Shared, read, told


def folded(view: View, *reads: Read, **options: Any) -> tuple[Fold, dict[Key, Any]]:
    """A fold over empty tables."""
    return fold_all(Fold(view, **options), reads, lambda _: {})


def stops(fold: Fold) -> dict[int, int]:
    """Which record stopped at which entry."""
    return {record_id.int: each.position for record_id, each in fold.parked.items()}


def behind(fold: Fold) -> list[tuple[int, int]]:
    """What waits, the entry each record stopped at included."""
    return [(record_id.int, position) for record_id, position in fold.waiting]


def test_a_record_stops_at_the_entry_it_stumbles_over() -> None:
    """What came before in the same batch counts, what comes later waits in order, other records go on."""
    reads = [read(1, 1), read(2, 2), read(3, 1), read(4, 1), read(5, 2), read(6, 1)]
    fold, _ = folded(told(Diary(), poison={3}), *reads)
    assert (stops(fold), behind(fold)) == ({1: 3}, [(1, 3), (1, 4), (1, 6)])
    assert {row.record_id.int: row.positions for row in fold.written()} == {1: [1], 2: [2, 5]}


def test_the_reason_names_kind_and_place_and_never_the_words() -> None:
    """An error may quote an entry: its words are not kept."""
    fold, _ = folded(told(Diary(), poison={1}), read(1, 1))
    (stop,) = fold.parked.values()
    assert stop.why.startswith("ValueError in entered:")
    assert "poison" not in stop.why


def test_many_stumbling_records_are_put_aside_together() -> None:
    """The batch is not folded once more for each of them."""
    view = told(Diary(), poison=frozenset(range(1, 201)))
    asked = []
    reads = [read(position, position) for position in range(1, 401)]
    fold, _ = fold_all(Fold(view), reads, lambda keys: asked.append(len(keys)) or {})  # type: ignore[func-returns-value]
    assert len(stops(fold)) == len(fold.written()) == 200
    assert asked == [400, 200]


def test_a_record_that_met_a_half_changed_row_is_not_blamed() -> None:
    """Two records share a row; only the one that left it half-changed is parked."""
    one, two = _two_of_one_slot()
    fold, _ = folded(told(Shared(), poison={1}), read(1, one), read(3, two), read(5, one), read(7, two))
    assert (stops(fold), behind(fold)) == ({one: 1}, [(one, 1), (one, 5)])
    (row,) = fold.written()
    assert row.positions == [3, 7]


def _two_of_one_slot() -> tuple[int, int]:
    seen: dict[int, int] = {}
    for number in range(1, 100):
        slot = read(1, number).kept.slot
        if slot in seen:
            return seen[slot], number
        seen[slot] = number
    raise AssertionError


def test_a_removed_row_begins_anew() -> None:
    """DROP removes the row; the next entry makes an empty one; a row that is gone at the end is deleted."""
    fold, _ = folded(Shared(), *(read(n * 2, 1) for n in range(1, 13)))
    (row,) = fold.written()
    assert (row.entries, fold.gone) == (2, set())
    fold, _ = folded(Shared(), *(read(n * 2, 1) for n in range(1, 11)))
    assert (fold.written(), len(fold.gone)) == ([], 1)


def test_what_changed_nothing_is_not_written() -> None:
    """SAME: the row was there and is as it was."""
    known = {(UUID(int=1),): Pages.State(UUID(int=1), [1, 2])}
    passed = read(3, 1, "case.EntryPassedOver", view="x", position=1, entry=UUID(int=1))
    fold, derived = fold_all(Fold(Pages()), [passed], lambda _: dict(known))
    assert (fold.written(), derived) == ([], {Pages.Row: {}})
    fold, _ = folded(Pages(), passed)
    assert [row.positions for row in fold.written()] == [[]]


def test_a_state_that_cannot_be_published_parks_its_record() -> None:
    """It stops at the first entry of the batch that touched it; other records are published."""
    fold, derived = folded(told(Pages(), poison={3}), read(1, 1), read(2, 2), read(3, 1), read(4, 2))
    assert (stops(fold), behind(fold)) == ({1: 1}, [(1, 1), (1, 3)])
    assert {key[0].int: row.positions for key, row in derived[Pages.Row].items()} == {2: [2, 4]}


def test_an_entry_that_cannot_be_read_stops_its_record_for_every_view() -> None:
    """Even for a view that may have nothing to do with it: nobody can know."""
    unread = Read(Kept(2, 0, UUID(int=1), "case.HearingHeld", b""), None, "cut")
    for view in (Diary(), Pages(), Lines(), Shared()):
        fold, _ = folded(view, read(1, 1), unread, read(3, 1), read(4, 2))
        assert (stops(fold), behind(fold)) == ({1: 2}, [(1, 2), (1, 3)])


@pytest.mark.parametrize("view", [Diary(), Pages(), Lines()], ids=lambda each: each.name)
def test_what_is_parked_already_waits_behind(view: View) -> None:
    """Not one of its entries is folded, and none is lost."""
    fold, derived = folded(view, read(1, 1), read(2, 2), read(3, 1), lot={UUID(int=1)})
    assert (stops(fold), behind(fold)) == ({}, [(1, 1), (1, 3)])
    assert {row.record_id.int for row in [*derived.get(view.Row, {}).values(), *fold.written()]} == {2}


def test_what_is_left_out_is_as_if_it_were_not_there() -> None:
    """A passed-over entry is neither folded nor parked."""
    fold, _ = folded(told(Diary(), poison={2}), read(1, 1), read(2, 1), read(3, 1), left_out={2})
    assert (stops(fold), behind(fold)) == ({}, [])
    assert [row.positions for row in fold.written()] == [[1, 3]]
