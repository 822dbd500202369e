"""The first information: received, signed, registered as an FIR (IIF-1), as a zero FIR, or noted as non-cognizable.

Persons go by codes: the informant is I1 (or V1, if it is the victim who informs), victims V1 …, accused A1 … A9, B1 ….
What follows from the registration is in `enquiry.py`, `publication.py` and `transfer.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, Literal

from domain.case.case import Case, CaseEntry, Part
from domain.case.corrections import stands
from domain.case.days import BNSS_BEGAN, day, later, written
from domain.event import Numbered, Sealed, put

CODE = re.compile(r"[A-Z][0-9]{1,3}")
SECTION = re.compile(r"[A-Z][A-Za-z/()]* [0-9]+[A-Z]{0,3}(\([0-9A-Za-z]+\))*|FOREIGN .+")
"""A section as registers write it: the Act, a blank, the section: `BNS 303(2)`, `POCSO 6`, `NDPS 20(b)(ii)(B)`."""

SIGN_DAYS = 3
"""BNSS s.173(1)(ii): electronic information is taken on record on being signed within three days."""

EARLY = frozenset({"", "information", "enquiry", "non-cognizable", "zero FIR"})
"""Stages before an FIR is registered where it will stay. An entry made late does not take a case back to them."""

Mode = Literal["oral", "written", "electronic"]
How = Literal["known", "suspected", "unknown"]
Gender = Literal["male", "female", "transgender", "not recorded"]


@dataclass(frozen=True)
class Done:
    """An act that was done once: the version of its entry, and when it was done."""

    version: int
    at: datetime


@dataclass(frozen=True)
class Named:
    """How well an accused is known, and the version of the entry that says so."""

    how: How
    version: int


@dataclass(frozen=True)
class Fir(Part):
    """What the register keeps of the first information: who is named in it by code, and how far it has come.

    An entry that was struck is still here: `held` and `named` leave it out.
    """

    accused: Mapping[str, Named] = field(default_factory=dict)
    victims: Mapping[str, int] = field(default_factory=dict)
    informant: str = ""
    mode: Mode | None = None
    information: Done | None = None
    signed: Done | None = None
    registered: Done | None = None
    zero: Done | None = None
    non_cognizable: Done | None = None
    ordered: Done | None = None
    concluded: Done | None = None
    closed_by_enquiry: bool = False
    transferred: Done | None = None
    transferred_to: str = ""
    received: Done | None = None
    published: Done | None = None
    withheld: Done | None = None
    reported: Done | None = None

    @property
    def registered_at(self) -> datetime | None:
        """When the FIR (or, before it, the zero FIR) was registered."""
        done = self.registered or self.zero
        return done.at if done else None
