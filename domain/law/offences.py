"""Offences and their punishments, section by section, and the classes that deadlines depend on, computed from them.

The tables are those of the First Schedule to the BNSS and of the special Acts. A section that isn't in them is told as
unknown and never taken for a minor offence.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

TWO_MONTHS = {
    "BNS": frozenset({"64", "65", "66", "67", "68", "70", "71"}),
    "POCSO": frozenset({"4", "6", "8", "10"}),
}
"""The offences whose investigation ends within two months (BNSS s.193(2)). BNS 69 is not among them."""
TWO_MONTHS_CRPC = {"IPC": frozenset({"376", "376A", "376AB", "376B", "376C", "376D", "376DA", "376DB", "376E"})}
"""The older list (CrPC s.173(1A)); it has no section of the POCSO Act."""
RAPE = {
    "BNS": frozenset({"64", "65", "66", "70", "71"}),
    "IPC": frozenset({"376", "376A", "376AB", "376D", "376DA", "376DB", "376E"}),
}
"""Rape, for the examination of the victim (BNSS s.184, CrPC s.164A). BNS 67 to 69 punish what isn't rape."""
SECTION = re.compile(r"([A-Z]+) (\d+[A-Z]*)((?:\([0-9A-Za-z]+\))*)(.*)")


@dataclass(frozen=True)
class Offence:
    """One printed entry. Years are of imprisonment; None where the entry depends on another offence or prints none."""

    act: str
    section: str
    title: str
    min_years: float | None
    max_years: float | None
    life: bool
    death: bool
    cognizable: str
    bailable: str
    triable_by: str
    confidence: str
    note: str


@dataclass(frozen=True)
class Classes:
    """What a list of sections comes to; the gravest decides. None means: not known, because a section isn't in the tables."""

    class90: bool | None = None
    """Death, life, or a minimum of ten years (BNSS s.187(3)(i), read as Rakesh Kumar Paul reads it)."""
    max10: bool | None = None
    """The other reading, for display only: a maximum of ten years or more."""
    band3to7: bool | None = None
    """Punishable for three years or more but less than seven (BNSS s.173(3))."""
    seven_or_more: bool | None = None
    two_months: bool = False
    two_months_crpc: bool = False
    rape: bool = False
    unknown: tuple[str, ...] = ()


class Offences:
    """All tables, by Act and section."""

    def __init__(self, entries: Iterable[Offence]) -> None:
        """Index `entries`; a section may have several."""
        self._found: dict[tuple[str, str], list[Offence]] = {}
        for each in entries:
            self._found.setdefault((each.act, each.section), []).append(each)
        self._known: dict[tuple[str, ...], Classes] = {}

    def __len__(self) -> int:
        """How many sections there are."""
        return len(self._found)

    def of(self, section: str) -> list[Offence]:
        """The entries of a section: `BNS 303(2)` exactly, or all parts of it when only `BNS 303` is given.

        A further printed entry of a section (attempt to murder where hurt is caused) is named as the table names it:
        `BNS 109(1) [second entry]`.
        """
        match = SECTION.fullmatch(section.strip())
        if match is None:
            return []
        act, base, part, further = match.groups()
        exact = self._found.get((act, f"{base}{part}{further}")) or self._found.get((act, base + part))
        if exact:
            return exact
        inside = [
            each
            for (of, name), entries in self._found.items()
            if of == act and (name.startswith(f"{base}{part}(") if part else name.startswith(f"{base}("))
            for each in entries
        ]
        return inside or self._found.get((act, base), [])

    def classes(self, sections: Iterable[str]) -> Classes:
        """The classes of a case under these sections."""
        key = tuple(sections)
        if key not in self._known:
            if len(self._known) > 10_000:  # noqa: PLR2004 (a bound, so that foreign section texts can't fill memory)
                self._known.clear()
            self._known[key] = self._computed(key)
        return self._known[key]

    def _computed(self, sections: tuple[str, ...]) -> Classes:
        found = {section: self.of(section) for section in sections}
        unknown = tuple(section for section, entries in found.items() if not entries)
        entries = [each for some in found.values() for each in some]
        grave = any(each.death or each.life or (each.min_years or 0) >= 10 for each in entries)  # noqa: PLR2004
        top = max((_top(each) for each in entries), default=0.0)
        complete = bool(entries) and not unknown
        return Classes(
            class90=True if grave else (False if complete else None),
            max10=True if grave or top >= 10 else (False if complete else None),  # noqa: PLR2004
            band3to7=(3 <= top < 7) if complete else None,  # noqa: PLR2004
            seven_or_more=True if top >= 7 else (False if complete else None),  # noqa: PLR2004
            two_months=_listed(sections, TWO_MONTHS),
            two_months_crpc=_listed(sections, TWO_MONTHS_CRPC),
            rape=_listed(sections, RAPE),
            unknown=unknown,
        )


def _top(offence: Offence) -> float:
    return 99.0 if offence.death or offence.life else offence.max_years or offence.min_years or 0.0


def _listed(sections: Iterable[str], listed: Mapping[str, frozenset[str]]) -> bool:
    matches = (SECTION.fullmatch(section.strip()) for section in sections)
    return any(match and match[2] in listed.get(match[1], ()) for match in matches)


def read_offences(tables: Mapping[str, str]) -> Offences:
    """Offences from the texts of the tables (`bns.csv` holds Act BNS)."""
    found = []
    for name, text in sorted(tables.items()):
        act = name.removesuffix(".csv").upper()
        for row in csv.DictReader(io.StringIO(text)):
            found.append(
                Offence(
                    act=act,
                    section=row["section"],
                    title=row["title"],
                    min_years=float(row["min_years"]) if row["min_years"] else None,
                    max_years=float(row["max_years"]) if row["max_years"] else None,
                    life=row["life"] == "true",
                    death=row["death"] == "true",
                    cognizable=row["cognizable"],
                    bailable=row["bailable"],
                    triable_by=row["triable_by"],
                    confidence=row["confidence"],
                    note=row["note"],
                )
            )
    return Offences(found)
