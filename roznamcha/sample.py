"""A sample district: invented cases that are the same every time, shaped by the volumes a real State publishes.

Shape: in Chhattisgarh about 183 FIRs a day were registered under the new laws and about half of the cases were
charge-sheeted ten months later (review of 21 April 2025); liquor, drugs, vehicles and jewellery fill real malkhanas.
Every name is made of a word that is nobody's name and a number.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

INDIA = ZoneInfo("Asia/Kolkata")
BEGINS = datetime(2026, 3, 2, 8, 0, tzinfo=INDIA)
ENDS = datetime(2026, 9, 30, 20, 0, tzinfo=INDIA)
"""The district is looked at on this evening, wherever and whenever the demo runs."""
DISTRICT = "CG-NMN"
STATIONS = {
    "CG-NMN-01": ("Namuna Kotwali", "नमूना कोतवाली"),
    "CG-NMN-02": ("Namuna Bazar", "नमूना बाज़ार"),
    "CG-NMN-03": ("Namuna Ghat", "नमूना घाट"),
    "CG-NMN-04": ("Namuna Pahar", "नमूना पहाड़"),
    "CG-NMN-05": ("Namuna Mahila", "नमूना महिला थाना"),
}
COURT = "CJM Namuna"
LABORATORY = "FSL Namuna"
HOSPITAL = "District Hospital Namuna"
NAMESPACE = uuid.UUID("a7c0f7c4-6d2b-5f0e-8a52-3f5b3f0f9d21")
INVENTED = ("Namuna", "Udaharan", "Kalpana", "Drishtant", "Aadarsh", "Pratirup", "Baangi", "Misaal")
"""Words for sample, example, imagination …: no family is called so."""


@dataclass(frozen=True)
class Kind:
    """A kind of case: its sections, how often, what is seized, and which systems it passes through."""

    sections: tuple[str, ...]
    weight: int
    article: tuple[str, str, str, str] | None = None
    laboratory: bool = False
    victim: str = ""
    sensitive: str = ""
    chargesheet: float = 0.6
    medical: bool = False


KINDS = (
    Kind(("BNS 303(2)",), 26, ("vehicle", "motorcycle", "1", "piece"), chargesheet=0.4),
    Kind(("BNS 305",), 10, ("jewellery or precious metal", "gold chain", "18.50", "g"), chargesheet=0.4),
    Kind(
        ("BNS 115(2)", "BNS 351(2)"),
        18,
        ("clothing or weapon of offence", "bamboo stick", "1", "piece"),
        victim="male",
        medical=True,
    ),
    Kind(("BNS 318(4)",), 10, ("digital device", "mobile telephone", "1", "piece"), laboratory=True, chargesheet=0.3),
    Kind(("BNS 281", "BNS 106(1)"), 10, ("vehicle", "pick-up van", "1", "piece"), victim="male", medical=True),
    Kind(
        ("BNS 64(1)",),
        6,
        ("biological or medical sample", "sealed swab", "2", "piece"),
        laboratory=True,
        victim="female",
        sensitive="sexual offence",
        chargesheet=0.8,
        medical=True,
    ),
    Kind(
        ("BNS 65(1)", "POCSO 6"),
        6,
        ("biological or medical sample", "sealed swab", "2", "piece"),
        laboratory=True,
        victim="child",
        sensitive="POCSO",
        chargesheet=0.8,
        medical=True,
    ),
    Kind(("NDPS 20(b)(ii)(B)",), 6, ("drugs", "ganja", "4.250", "kg"), laboratory=True, chargesheet=0.8),
    Kind(
        ("BNS 103(1)",),
        4,
        ("clothing or weapon of offence", "axe", "1", "piece"),
        laboratory=True,
        victim="male",
        chargesheet=0.9,
        medical=True,
    ),
    Kind(("BNS 316(5)",), 2, ("document or valuable security", "cash book", "1", "piece"), chargesheet=0.5),
)


@dataclass(frozen=True, order=True)
class Planned:
    """An act of the sample, in the order in which it is entered."""

    recorded_at: datetime
    case: int
    number: int
    act: dict[str, Any] = field(compare=False)
