"""Who is said to have committed a non-cognizable offence and gives no name, or a false one, may be arrested for it.

Only that the name may be found out: then the person goes on a bond, and otherwise to the Magistrate (BNSS s.39).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from domain.case.case import Case, CaseEntry
from domain.case.fir import Fir
from domain.common.codes import Code


class PersonArrestedForName(CaseEntry, register="case"):
    """A person who gives no name and residence, or false ones, is arrested to find them out (BNSS s.39(1))."""

    person: Code
    place: str
    gd_entry: str = ""

    def doubt(self, case: Case) -> Iterator[str]:
        """In a case that is noted as non-cognizable, with an entry of the diary."""
        if case.part(Fir).non_cognizable is None:
            yield f"{self.person} is arrested for a name, and {case.label} is not noted as non-cognizable (BNSS s.39)"
        if not self.gd_entry:
            yield f"the arrest of {self.person} names no General Diary entry"


class NameAscertained(CaseEntry, register="case"):
    """Name and residence are found out, and the person is released on a bond or bail bond (BNSS s.39(2))."""

    person: Code
    surety_resident: bool = True

    def doubt(self, case: Case) -> Iterator[str]:
        """The bond of who isn't resident in India is secured by sureties who are."""
        if not self.surety_resident:
            yield f"the bond of {self.person} has no surety resident in India (BNSS s.39(2) proviso)"


class PersonForwardedForName(CaseEntry, register="case"):
    """Without a name, a bond or sureties the person is forwarded to the nearest Magistrate (BNSS s.39(3))."""

    one_sided = "the person is forwarded to the Magistrate; no act of the Magistrate on it is in this register"

    person: Code
    magistrate: str
    reached_at: datetime | None = None

    def doubt(self, case: Case) -> Iterator[str]:
        """The person leaves before arriving."""
        if self.reached_at and self.reached_at < self.meta.occurred_at:
            yield f"{self.person} reached the Magistrate before being forwarded"
