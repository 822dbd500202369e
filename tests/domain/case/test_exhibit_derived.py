"""A copy, an extract or a part of an exhibit is an exhibit of its own, and leads to where it comes from."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from domain.malkhana.derived import DerivedItem
from tests.domain.case.builders_property import KEEPER, OTHER, article, in_malkhana, item, on, received, sent, then

COPY = DerivedItem(
    id="PR/1/C1", how="copy", category="electrical or electronic", description="image", device_hash="ab", seal="C"
)
WORK: dict[str, Any] = {"property_id": "PR/1", "place": "malkhana", "reason": "analysis", "by": KEEPER}
DERIVED = "case.ExhibitDerived"


def test_a_copy_is_with_who_made_it_and_the_source_is_unchanged() -> None:
    """Nothing is taken from the source; in a laboratory the copy is the laboratory's."""
    before = in_malkhana(item(seal=""), seal="")
    after = before.when(DERIVED, items=(COPY,), **WORK).entered()
    made = article(after, "PR/1/C1")
    assert (made.parent, made.holder, made.state, made.seal) == ("PR/1", KEEPER.id, "issued", "C")
    assert (made.quantity, made.unit) == (Decimal(1), "number")
    assert article(after) == article(before.record)
    there = then(in_malkhana(), sent(), received()).when(DERIVED, items=(COPY,), **{**WORK, "by": OTHER}).entered()
    assert (article(there, "PR/1/C1").state, article(there, "PR/1/C1").holder) == ("at laboratory", "FSL Raipur")


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"items": ()}, "nothing is derived"),
        ({"items": (COPY, COPY)}, "needs an id that no other"),
        (
            {"items": (DerivedItem(id="PR/1", how="part", category="other", description="x"),)},
            "needs an id that no other",
        ),
        ({"items": (DerivedItem(id=" ", how="part", category="other", description="x"),)}, "needs an id that no other"),
        ({"items": (COPY,), "also_from": ("PR/9",)}, "has no PR/9"),
        ({"items": (COPY,), "property_id": "PR/9"}, "cannot have an exhibit derived from it"),
    ],
)
def test_each_has_an_id_of_its_own_and_a_known_source(given: dict[str, Any], why: str) -> None:
    """What cannot be told apart, or comes from nowhere, is refused."""
    in_malkhana().when(DERIVED, **{**WORK, **given}).refused(why)


def test_who_works_on_what_he_does_not_hold_is_doubted() -> None:
    """So is a copy without its hash."""
    plain = DerivedItem(id="PR/1/C1", how="copy", category="other", description="image")
    in_malkhana().when(DERIVED, items=(plain,), **{**WORK, "by": OTHER}).doubted(
        "is with CG-2001, and CG-4001 works on it", "is a copy of PR/1 without a hash"
    )


def test_a_sealed_exhibit_is_opened_before_it_is_worked_on() -> None:
    """With leave of the court; so is any other from which something comes. In a laboratory nobody asks for it."""
    sealed = in_malkhana(item(), item(2))
    opened = then(sealed, on("SealBroken", seal="K", reason="analysis", permission="O/2"))
    told = "PR/{} is worked on while the register shows the seal 'K' whole: it is opened without leave of the court"
    sealed.when(DERIVED, items=(COPY,), **WORK).doubted(told.format(1), "Record case.SealBroken first")
    opened.when(DERIVED, items=(COPY,), **WORK).entered()
    opened.when(DERIVED, items=(COPY,), also_from=("PR/2",), **WORK).doubted(told.format(2))
    then(sealed, sent(), received()).when(DERIVED, items=(COPY,), **WORK).entered()
