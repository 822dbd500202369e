"""Shelf against register: each difference has its name, each near miss has none."""

from __future__ import annotations

import time
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from domain.malkhana_audit.reconcile import Seen, Shelved, reconcile

BAG = Shelved("0012/2026", "PR/1", whereabouts="Rack 4", quantity=Decimal("0.500"), unit="kg", seal="K")
LINE = Seen("0012/2026", "PR/1", "Rack 4", Decimal("0.5"), "kg", "K")


def found(register: list[Shelved], seen: list[Seen], **how: Any) -> list[str]:
    """The names of what differs."""
    return [name for name, _ in reconcile(register, seen, **how).differences]


@pytest.mark.parametrize(
    ("register", "seen", "differs"),
    [
        ([BAG], [LINE], []),
        ([BAG], [replace(LINE, place=" rack  4")], []),
        ([BAG], [replace(LINE, place="rack 5")], ["PlaceMismatched"]),
        ([BAG], [replace(LINE, quantity=Decimal(500), unit="g")], []),
        ([BAG], [replace(LINE, quantity=Decimal("500.1"), unit="g")], ["QuantityMismatched"]),
        ([BAG], [replace(LINE, quantity=Decimal("0.5"), unit="l")], ["QuantityMismatched"]),
        ([replace(BAG, unit=" KG")], [replace(LINE, quantity=Decimal(500), unit="G")], []),
        ([replace(BAG, quantity=Decimal(1), unit="km")], [replace(LINE, quantity=Decimal(1000), unit="m")], []),
        ([replace(BAG, unit="L")], [replace(LINE, quantity=Decimal(500), unit="ml")], []),
        ([replace(BAG, unit="litre")], [replace(LINE, quantity=Decimal("0.5"), unit="l")], []),
        ([replace(BAG, unit="piece")], [replace(LINE, unit="number")], []),
        ([replace(BAG, unit="km")], [replace(LINE, unit="m")], ["QuantityMismatched"]),
        ([BAG], [replace(LINE, quantity=None, seal=None)], []),
        ([BAG], [replace(LINE, seal="")], ["SealMismatched"]),
        ([BAG], [replace(LINE, place="rack 5", quantity=Decimal(1))], ["PlaceMismatched", "QuantityMismatched"]),
        ([BAG], [], ["ItemNotFound"]),
        ([replace(BAG, deposited=False, whereabouts="in court: CJM")], [], []),
        ([replace(BAG, deposited=False, whereabouts="in court: CJM")], [LINE], ["PlaceMismatched"]),
        ([], [LINE], ["ItemUnrecorded"]),
        ([BAG], [LINE, replace(LINE, property_id="PR/2")], ["ItemUnrecorded"]),
        ([], [], []),
    ],
)  # fmt: skip
def test_each_difference_has_its_name(register: list[Shelved], seen: list[Seen], differs: list[str]) -> None:
    """What the list says and the register has is compared; what it leaves open is not."""
    assert found(register, seen) == differs


def test_a_sample_misses_nothing() -> None:
    """What a sample leaves out was not looked for."""
    other = replace(BAG, property_id="PR/2")
    assert found([BAG, other], [LINE], whole=False) == []
    assert found([BAG, other], [LINE]) == ["ItemNotFound"]


def test_a_difference_says_both_sides() -> None:
    """What the register has stands beside what was seen."""
    ((_, columns),) = reconcile([BAG], [replace(LINE, quantity=Decimal(400), unit="g")]).differences
    assert columns == {
        "matter": "0012/2026", "property_id": "PR/1", "place": "Rack 4", "quantity": Decimal(400), "unit": "g",
        "register_quantity": Decimal("0.500"), "register_unit": "kg",
    }  # fmt: skip


def test_each_item_is_looked_at_once() -> None:
    """Ten times as many items take about ten times as long, not a hundred: and all agree."""

    def spent(items: int) -> float:
        register = [replace(BAG, property_id=f"PR/{n}") for n in range(items)]
        seen = [replace(LINE, property_id=f"PR/{n}") for n in range(items)]
        begun = time.process_time()
        assert reconcile(register, seen).agreed == items
        return time.process_time() - begun

    assert spent(20_000) < 40 * max(spent(2_000), 0.001)
