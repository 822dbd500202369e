"""What an audit's own entries say: every item that was looked at counts, and what was said is not said again."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from domain.event import Event
from domain.malkhana_audit.looked import looked_at
from domain.malkhana_audit.reconcile import Reconciled, Seen, Shelved, reconcile
from tests.dsl import act

FIR = "CG-RPR-01/0012/2026"
BAG = Shelved(FIR, "PR/1", whereabouts="rack 4", quantity=Decimal(500), unit="g", seal="K")
KINDS: dict[str, dict[str, Any]] = {
    "ItemNotFound": {},
    "PlaceMismatched": {"place": "rack 9", "register_place": "rack 4"},
    "QuantityMismatched": {"quantity": Decimal("0.4"), "unit": "kg", "register_quantity": Decimal(500)},
    "SealMismatched": {"seal": "", "register_seal": "K"},
}


def entries(*acts: tuple[str, dict[str, Any]]) -> list[Event[Any]]:
    """Entries of an audit about PR/1, in this order."""
    made = [act(f"malkhana_audit.{name}", **{"matter": FIR, "property_id": "PR/1", **how}) for name, how in acts]
    return [replace(each, meta=replace(each.meta, version=n)) for n, each in enumerate(made, 2)]


def compared(found: list[Event[Any]], *register: Shelved) -> Reconciled:
    """What comes of a full audit with these entries, finished."""
    looked = looked_at(found)
    return reconcile(register or [BAG], looked.seen, said=looked.said, own=True)


def names(differences: Any) -> list[str]:
    """Of what kind they are."""
    return [name for name, _ in differences]


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_said_of_an_item_is_not_said_again(kind: str) -> None:
    """Nor is the item missed, or counted as one that agrees; beside it, what nobody looked at is not found."""
    found = compared(entries((kind, KINDS[kind])), BAG, replace(BAG, property_id="PR/2"))
    assert names(found.said) == [kind]
    assert [(name, columns["property_id"]) for name, columns in found.differences] == [("ItemNotFound", "PR/2")]
    assert (found.agreed, found.in_register) == (0, 2)


def test_a_quantity_without_a_unit_is_in_that_of_the_register() -> None:
    """It is the same difference, whether the auditor wrote the unit or not."""
    short = {"quantity": Decimal(400), "register_quantity": Decimal(500)}
    assert names(compared(entries(("QuantityMismatched", short))).differences) == []


def test_a_difference_says_one_thing_and_leaves_the_rest_as_it_was_seen() -> None:
    """Another place under the seal that was seen first; what the comparison finds besides is entered."""
    found = entries(("ItemSighted", {"place": "rack 4", "seal": "X"}), ("PlaceMismatched", KINDS["PlaceMismatched"]))
    assert looked_at(found).seen == (Seen(FIR, "PR/1", "rack 9", seal="X"),)
    assert (names(compared(found).differences), names(compared(found).said)) == (
        ["SealMismatched"],
        ["PlaceMismatched"],
    )
    elsewhere = [*found, *entries(("ItemSighted", {"place": "rack 7", "seal": "K"}))]
    assert names(compared(elsewhere).differences) == ["PlaceMismatched"]


def test_what_the_auditor_says_differs_does_not_agree() -> None:
    """Though nothing that he wrote of it is otherwise in the register."""
    found = compared(entries(("PlaceMismatched", {"place": "", "register_place": "rack 4"})))
    assert (found.agreed, names(found.differences), names(found.said)) == (0, [], ["PlaceMismatched"])


def test_of_a_list_the_audit_has_said_what_it_has_said() -> None:
    """A difference of the list that was entered by hand is not entered twice, and no other is put to the list."""
    looked = looked_at(
        entries(("ItemNotFound", {}), ("PlaceMismatched", KINDS["PlaceMismatched"] | {"property_id": "9"}))
    )
    found = reconcile([BAG], [], said=looked.said)
    assert (names(found.differences), names(found.said)) == ([], ["ItemNotFound"])


def test_a_struck_entry_saw_and_said_nothing() -> None:
    """It never was."""
    found = entries(("PlaceMismatched", KINDS["PlaceMismatched"]))
    strike = act("malkhana_audit.EntryCorrected", version=2, reason="another bag")
    looked = looked_at([*found, replace(strike, meta=replace(strike.meta, version=3))])
    assert (looked.seen, looked.said) == ((), ())


def test_a_matter_is_called_as_the_register_calls_it() -> None:
    """Written with its station or without, it is one item."""
    found = entries(
        ("ItemSighted", {"matter": "0012/2026", "place": "rack 4"}), ("SealMismatched", KINDS["SealMismatched"])
    )
    looked = looked_at(found, lambda written: written if written == FIR else f"CG-RPR-01/{written}")
    assert looked.seen == (Seen(FIR, "PR/1", "rack 4", seal=""),)
    assert looked.said[0][1]["matter"] == FIR


def test_an_entry_that_measures_nothing_stops_no_audit() -> None:
    """One that was taken before such quantities were refused: it says that the quantity differs, once."""
    for odd in ("sNaN", "9E+999999", "-1"):
        found = entries(("QuantityMismatched", {"quantity": Decimal(odd), "register_quantity": Decimal(500)}))
        assert names(compared(found).differences) == []


def test_a_broken_seal_does_not_agree() -> None:
    """Though it is the seal of the register: it is said by what was seen, and no other act is entered for it."""
    found = compared(entries(("ItemSighted", {"place": "rack 4", "seal": "K", "seal_state": "broken"})))
    assert (found.agreed, names(found.differences), names(found.said)) == (0, [], ["SealNotWhole"])


def test_an_item_that_bears_no_seal_differs_from_one_that_should() -> None:
    """None is looked for and not there; where nobody looked at the seal, nothing is said of it."""
    assert names(compared(entries(("ItemSighted", {"place": "rack 4", "seal_state": "none"}))).differences) == [
        "SealMismatched"
    ]
    assert compared(entries(("ItemSighted", {"place": "rack 4"}))).differences == ()
