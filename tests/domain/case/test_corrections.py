"""Striking, holding, erasing, reading, passing over: what is done about entries, and what is not."""

from __future__ import annotations

from uuid import UUID

import pytest

from domain.case.arrest import Arrests
from domain.case.corrections import (
    AccessRecorded,
    EntryCorrected,
    EntryPassedOver,
    ErasureExecuted,
    ErasureOrdered,
    LegalHoldLifted,
    LegalHoldPlaced,
)
from domain.common.corrections import ColumnRead, Corrections, CorrectsEntry
from tests.domain.case.builders_accused import acknowledged, arrested, fir, struck, submitted
from tests.dsl import OFFICER, act, given

BASE = (fir("A1"), arrested())
ORDERED = act(ErasureOrdered, order="JJB/9", person="A1")
EXECUTE = {"order": "JJB/9", "person": "A1", "second_officer": "CG-2002"}
HOLD = act(LegalHoldPlaced, hold="H/1")


def test_an_entry_is_struck_and_stays() -> None:
    """The entry is struck, by this one; the others stand."""
    case = given(*BASE).when(EntryCorrected, entry=UUID(int=2), version=2, reason="entered twice").entered()
    assert case.part(Corrections).struck == {2: 3}
    assert issubclass(EntryCorrected, CorrectsEntry)


@pytest.mark.parametrize("version", [0, -1, 3])
def test_only_an_entry_that_is_there_is_struck(version: int) -> None:
    """Two entries are in the record: there is no third, and none before the first."""
    given(*BASE).when(EntryCorrected, version=version).refused("0012/2026 has entries 1 to 2")


def test_an_entry_is_struck_once() -> None:
    """What is struck cannot be struck again."""
    given(*BASE, struck(BASE[1], 2)).when(EntryCorrected, version=2).refused(
        "entry 2 of 0012/2026 is struck already, by entry 3"
    )


def test_striking_a_correction_restores_the_entry() -> None:
    """When the correction itself was wrong and is struck, the entry stands again, and may be struck anew."""
    restored = given(*BASE, struck(BASE[1], 2), struck(BASE[1], 3))
    assert restored.record.part(Corrections).struck == {3: 4}
    assert "A1" in restored.record.part(Arrests).accused
    restored.when(EntryCorrected, version=2).entered()


def test_nothing_is_struck_without_a_reason() -> None:
    """A correction says why."""
    given(*BASE).when(EntryCorrected, version=2, reason="  ").refused("without a reason")


def test_erasure_needs_an_order() -> None:
    """Without an order for this person, or with one that was struck, nothing is erased."""
    given(*BASE).when(ErasureExecuted, **EXECUTE).refused(
        "no order JJB/9 for A1 stands. Record case.ErasureOrdered first."
    )
    given(*BASE, ORDERED).when(ErasureExecuted, **{**EXECUTE, "person": "V1"}).refused("no order JJB/9 for V1 stands")
    given(*BASE, ORDERED, struck(ORDERED, 3)).when(ErasureExecuted, **EXECUTE).refused("no order JJB/9 for A1 stands")


def test_erasure_is_executed_by_two_officers() -> None:
    """One officer alone, or the same one twice, cannot erase."""
    given(*BASE, ORDERED).when(ErasureExecuted, **{**EXECUTE, "second_officer": " "}).refused("by one officer alone")
    given(*BASE, ORDERED).when(ErasureExecuted, **{**EXECUTE, "second_officer": OFFICER.id}).refused(
        "by the same officer twice"
    )
    case = given(*BASE, ORDERED).when(ErasureExecuted, **EXECUTE).entered()
    assert case.part(Corrections).erasures["JJB/9", "A1"].executed


def test_an_order_is_carried_out_once() -> None:
    """What is erased cannot be erased again, and its order not entered again, not even after it was struck."""
    done = given(*BASE, ORDERED, act(ErasureExecuted, **EXECUTE))
    done.when(ErasureExecuted, **EXECUTE).refused("order JJB/9 was carried out already")
    done.when(ErasureOrdered, order="JJB/9", person="A1").refused("already entered in 0012/2026")
    given(*done.entries, struck(ORDERED, 3)).when(ErasureExecuted, **EXECUTE).refused("was carried out already")


def test_an_order_is_entered_once() -> None:
    """The same order for the same person is entered once, unless it was struck; for another person it is another."""
    again = {"order": "JJB/9", "person": "A1"}
    given(*BASE, ORDERED).when(ErasureOrdered, **again).refused("order JJB/9 to erase A1 is already entered")
    given(*BASE, ORDERED, struck(ORDERED, 3)).when(ErasureOrdered, **again).entered()
    given(*BASE, ORDERED).when(ErasureOrdered, order="JJB/9", person="A2").entered()


def test_a_legal_hold_beats_an_order_of_erasure() -> None:
    """While a hold stands nothing of the persons it covers is erased; once lifted, the order may be carried out."""
    given(*BASE, ORDERED, HOLD).when(ErasureExecuted, **EXECUTE).refused("legal hold H/1 stands")
    lifted = act(LegalHoldLifted, hold="H/1")
    given(*BASE, ORDERED, HOLD, lifted).when(ErasureExecuted, **EXECUTE).entered()
    for_another = act(LegalHoldPlaced, hold="H/2", persons=("V1",))
    given(*BASE, ORDERED, for_another).when(ErasureExecuted, **EXECUTE).entered()


def test_an_order_against_a_hold_is_doubted() -> None:
    """An order of erasure is entered while a hold stands, with the doubt that it must wait."""
    given(*BASE, HOLD).when(ErasureOrdered, order="JJB/9", person="A1").doubted("must wait until it is lifted")


def test_erasing_while_a_court_has_the_case_is_doubted() -> None:
    """A court that has the case before it may still need what would be erased."""
    in_court = (*BASE, submitted(), acknowledged())
    given(*in_court).when(ErasureOrdered, order="JJB/9", person="A1").doubted("a court may still need")
    given(*in_court, ORDERED).when(ErasureExecuted, **EXECUTE).doubted("a court still has it")


def test_a_hold_is_placed_once_and_lifted_once() -> None:
    """A hold's number is used once; what was never placed, or is lifted, cannot be lifted."""
    given(*BASE, HOLD).when(LegalHoldPlaced, hold="H/1").refused("legal hold H/1 was already placed")
    given(*BASE).when(LegalHoldLifted, hold="H/1").refused("none of that number was placed on 0012/2026")
    case = given(*BASE, HOLD).when(LegalHoldLifted, hold="H/1").entered()
    assert case.part(Corrections).holding("A1") == ()
    given(*BASE, HOLD, act(LegalHoldLifted, hold="H/1")).when(LegalHoldLifted, hold="H/1").refused("is lifted already")


def test_a_hold_after_the_erasure_is_doubted() -> None:
    """A hold on what was erased already protects nothing; on somebody else it does."""
    erased = (*BASE, ORDERED, act(ErasureExecuted, **EXECUTE))
    given(*erased).when(LegalHoldPlaced, hold="H/1").doubted("were already erased under order JJB/9")
    given(*erased).when(LegalHoldPlaced, hold="H/1", persons=("V1",)).entered()


def read(version: int = 2, person: str = "A1") -> tuple[ColumnRead, ...]:
    """One sealed column that was read."""
    return (ColumnRead(version=version, column="accused_name", person=person),)


def test_reading_a_sealed_column_is_an_entry() -> None:
    """Who reads sealed columns says which, and why."""
    given(*BASE).when(AccessRecorded, columns=read(), reason="copy ordered by the court").entered()
    given(*BASE).when(AccessRecorded, columns=()).refused("nothing was read in 0012/2026")
    given(*BASE).when(AccessRecorded, columns=read(), reason="").refused("not read without a reason")
    given(*BASE).when(AccessRecorded, columns=read(version=9)).refused("entry 9 cannot have been read")


def test_reading_what_was_erased_is_doubted() -> None:
    """What was erased by order can no longer be read."""
    erased = (*BASE, ORDERED, act(ErasureExecuted, **EXECUTE))
    given(*erased).when(AccessRecorded, columns=read()).doubted("the sealed columns of A1 in 0012/2026 were erased")
    given(*erased).when(AccessRecorded, columns=read(person="V1")).entered()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"position": 0}, "positions count from 1"),
        ({"authorised_by": " "}, "by nobody: name the person"),
        ({"reason": ""}, "without a reason"),
    ],
)
def test_somebody_answers_for_passing_over(fields: dict[str, object], words: str) -> None:
    """An entry is passed over by a named person, with a reason."""
    given(*BASE).when(EntryPassedOver, **{"view": "custody", "position": 7, **fields}).refused(words)


def test_an_entry_is_passed_over_once_for_each_view() -> None:
    """Passing over holds for one entry and one view."""
    passed = act(EntryPassedOver, view="custody", position=7)
    case = given(*BASE).when(EntryPassedOver, view="custody", position=7).entered()
    assert case.part(Corrections).passed == {("custody", 7)}
    given(*BASE, passed).when(EntryPassedOver, view="custody", position=7).refused("again: 0012/2026 shows that it was")
    given(*BASE, passed).when(EntryPassedOver, view="portal", position=7).entered()
    given(*BASE).when(EntryPassedOver, view="custody", position=1).entered()
