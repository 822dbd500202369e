"""Units of which one is a power of ten of another: grams of a kilogram add up exactly, bottles of a litre don't."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

METRIC: Mapping[str, tuple[str, int]] = {
    "mg": ("gram", -3), "g": ("gram", 0), "kg": ("gram", 3), "ml": ("litre", -3), "l": ("litre", 0),
    "mm": ("metre", -3), "cm": ("metre", -2), "m": ("metre", 0), "km": ("metre", 3),
}  # fmt: skip
"""What each measures, and its power of ten, by the prefixes of the International System of Units."""


def in_unit(quantity: Decimal, unit: str, wanted: str) -> Decimal | None:
    """A quantity in another unit, exactly; None where the two measure different things, or one is no metric unit."""
    if unit == wanted:
        return quantity
    here, there = METRIC.get(unit), METRIC.get(wanted)
    if here is None or there is None or here[0] != there[0]:
        return None
    return quantity.scaleb(here[1] - there[1]) if quantity.is_finite() else quantity
