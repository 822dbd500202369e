"""Units of which one is a power of ten of another: grams of a kilogram add up exactly, bottles of a litre don't."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from domain.malkhana.article import measurable, measured

UNITS: Mapping[str, tuple[str, int]] = {
    "mg": ("gram", -3), "g": ("gram", 0), "kg": ("gram", 3),
    "ml": ("litre", -3), "l": ("litre", 0),
    "mm": ("metre", -3), "cm": ("metre", -2), "m": ("metre", 0), "km": ("metre", 3),
    "piece": ("number", 0), "pieces": ("number", 0),
}  # fmt: skip
"""What each measures, and its power of ten, by the prefixes of the International System of Units; and what is counted.

Capital letters are small ones here. Any other unit is its own, and so a litre, a gram, a metre and a number are one.
"""


def measure(quantity: Decimal, unit: str) -> tuple[str, Decimal]:
    """What a quantity measures, and how much of it: two are the same that have the same measure.

    What can't be measured is nothing.
    """
    what, power = _unit(unit)
    return what, measured(quantity).scaleb(power)


def in_unit(quantity: Decimal, unit: str, wanted: str) -> Decimal | None:
    """A quantity in another unit, exactly; None where the two measure different things.

    What can't be measured is given back as it is, for the register to refuse.
    """
    (here, power), (there, other) = _unit(unit), _unit(wanted)
    if here != there:
        return None
    return quantity.scaleb(power - other) if measurable(quantity) else quantity


def _unit(written: str) -> tuple[str, int]:
    plain = written.casefold().strip()
    return UNITS.get(plain, (plain, 0))
