"""Offences and their punishments, section by section, and the classes that deadlines depend on, computed from them.

The tables in `offences/` are the First Schedule to the BNSS and the punishing sections of the special Acts; each row
says where it was read. A section that isn't in them is told as unknown and never taken for a minor offence.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, partial
from importlib import resources
from typing import Any

from domain.law.grammar import Condition, all_hold, neat

TEN, SEVEN, THREE, TWO, ONE, NONE = 10.0, 7.0, 3.0, 2.0, 1.0, 0.0
ACTS = {"BNS": "BNS", "POCSO": "POCSO", "NDPS": "NDPS", "UAPA": "UAPA", "POA": "PoA", "IPC": "IPC"}
"""The tables, and how each Act is written before its sections."""

TWO_MONTHS = tuple(f"BNS {n}" for n in (64, 65, 66, 67, 68, 70, 71)) + tuple(f"POCSO {n}" for n in (4, 6, 8, 10))
"""The offences whose investigation ends within two months (BNSS s.193(2)). BNS 69 is not among them."""
RAPE = tuple(f"BNS {n}" for n in range(64, 72))
"""The sections of the BNS from rape to repeat offenders, as the national dashboards count them."""
GENERAL = {"BNS": 48, "IPC": 108}
"""The last section of an Act's chapters on definitions, exceptions and what abetment is."""
FIRST = " [first entry]"
SECTION = re.compile(r"([A-Za-z/()]+) +([0-9]+[A-Za-z]*) *((?:\([0-9A-Za-z]+\) *)*)(.*)")

NDPS_NOTE = (
    "NDPS s.36A(4) reads 180 days for ninety (ss.19, 24, 27A, commercial quantity): rule ndps-180 counts that",
    "एनडीपीएस धारा 36क(4) के अनुसार धारा 19, 24, 27क और वाणिज्यिक मात्रा में नब्बे के स्थान पर 180 दिन: नियम ndps-180 उसे गिनता है",
)
"""Told beside a clock of 60 or 90 days under the NDPS Act: the section may not say how large the quantity was."""


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
    source: str
    note: str

    @property
    def top(self) -> float | None:
        """The longest imprisonment; life and death are beyond every number of years."""
        return 99.0 if self.life or self.death else self.max_years

    @property
    def class90(self) -> bool | None:
        """Death, life, or a minimum of ten years (BNSS s.187(3)(i), as Rakesh Kumar Paul read the older words)."""
        if self.life or self.death:
            return True
        return None if self.min_years is None else self.min_years >= TEN

    @property
    def heinous(self) -> bool | None:
        """Whether the least punishment is seven years or more (JJ Act s.2(33)).

        Where life is printed without a shortest term, the tables don't tell whether a shorter one may be given.
        """
        if self.min_years is None or self.min_years:
            return None if self.min_years is None else self.min_years >= SEVEN
        if not (self.life or self.death) or self.max_years is not None:
            return False
        return True if self.death else None

    def at_least(self, years: float) -> bool | None:
        """Whether it may be punished with so many years."""
        if self.top is None:
            return True if self.min_years is not None and self.min_years >= years else None
        return self.top >= years

    def above(self, years: float) -> bool | None:
        """Whether it may be punished with more than so many years."""
        if self.top is None:
            return True if self.min_years is not None and self.min_years > years else None
        return self.top > years


@dataclass(frozen=True)
class Classes:
    """What a list of sections comes to; the gravest decides. None means: not known.

    `unknown` are the sections that no table has; `divided` those whose class the facts of the case or another offence
    decide, because their printed entries differ (attempt to murder with or without hurt) or refer to it (abetment).
    """

    class90: bool | None = None
    """Death, life, or a minimum of ten years."""
    class90_display_max10: bool | None = None
    """The other reading, for display only: a maximum of ten years or more."""
    min3_below7: bool | None = None
    """Punishable for three years or more but less than seven (BNSS s.173(3))."""
    seven_or_more: bool | None = None
    """Punishable for seven years or more (BNSS s.176(3))."""
    upto_seven: bool | None = None
    """Punishable with at most seven years, by every printed entry of every section (Arnesh Kumar)."""
    summons_case: bool | None = None
    """No printed entry of a section has death, life or more than two years (BNSS s.2(1)(x) and (z))."""
    heinous: bool | None = None
    """The least punishment of some section is seven years or more (JJ Act s.2(33))."""
    upto_three: bool | None = None
    """No printed entry of a section has more than three years (BNSS s.514(2))."""
    above_one: bool | None = None
    """Some entry has more than one year."""
    imprisonment: bool | None = None
    """Some entry has imprisonment, and not a fine only."""
    death_or_life: bool | None = None
    """Death or life is among the punishments (BNSS s.479(1))."""
    several: bool | None = None
    """More than one offence is listed (BNSS s.479(2)); what defines, excepts or joins in is none."""
    max_years: float | None = None
    """The longest term of the gravest section, in years. None where there is none, or entries of a section differ."""
    two_month_list: bool = False
    rape: bool = False
    unknown: tuple[str, ...] = ()
    divided: tuple[str, ...] = ()
    sections: frozenset[str] = frozenset()
    """Every section with the sections and the Act it lies in: `BNS 64(1)`, `BNS 64`, `BNS`."""
    notes: tuple[tuple[str, str], ...] = ()
    """What a special Act may change, in English and Hindi."""

    def meet(self, conditions: tuple[Condition, ...]) -> bool | None:
        """Whether all of a rule's conditions are met, None where it can't be told: worked out once for each list."""
        answers: dict[int, Any] = self.__dict__.setdefault("_answers", {})
        if id(conditions) not in answers:  # kept with the conditions, so that no others have their number
            answers[id(conditions)] = conditions, all_hold(conditions, self.attributes)
        held: bool | None = answers[id(conditions)][1]
        return held

    @cached_property
    def attributes(self) -> Mapping[str, object]:
        """Under the names that rules use; the sections in the spelling that conditions compare."""
        return {
            "offence.class90": self.class90,
            "offence.class90_display_max10": self.class90_display_max10,
            "offence.min3_below7": self.min3_below7,
            "offence.seven_or_more": self.seven_or_more,
            "offence.upto_seven": self.upto_seven,
            "offence.summons_case": self.summons_case,
            "offence.heinous": self.heinous,
            "offence.upto_three": self.upto_three,
            "offence.above_one": self.above_one,
            "offence.imprisonment": self.imprisonment,
            "offence.death_or_life": self.death_or_life,
            "offence.several": self.several,
            "offence.max_years": self.max_years,
            "offence.two_month_list": self.two_month_list,
            "offence.rape": self.rape,
            "offence.sections": frozenset(map(neat, self.sections)),
        }


class Offences:
    """All tables, by Act and section."""

    def __init__(self, entries: Iterable[Offence]) -> None:
        """Index `entries`; a section may have several."""
        self._found: dict[str, list[Offence]] = {}
        self._parts: dict[str, list[Offence]] = {}
        for each in entries:
            name = f"{each.act} {each.section}"
            self._found.setdefault(name, []).append(each)
            for outer in within(name)[1:-1]:
                self._parts.setdefault(outer, []).append(each)
        self._known: dict[tuple[str, ...], Classes] = {}

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of every entry of every table."""
        rows = sorted(repr(each) for found in self._found.values() for each in found)
        return hashlib.sha256("\n".join(rows).encode()).hexdigest()

    def __len__(self) -> int:
        """How many different sections there are."""
        return len(self._found)

    def entries(self, act: str) -> list[Offence]:
        """Every printed entry of an Act."""
        return [each for found in self._found.values() for each in found if each.act == act]

    def of(self, section: str) -> list[Offence]:
        """The entries of a section: all its parts where only `BNS 303` is given, none where no table has it.

        A further printed entry (attempt to murder where hurt is caused) is named as the table names it,
        `BNS 109(1) [second entry]`, and the first one `BNS 109(1) [first entry]`. A clause the tables don't divide
        into is found in the part that has it.
        """
        inside = within(section)
        whole = inside[0] if inside else ""
        exact = self._found.get(whole, [])
        if exact and "[" in whole:
            return exact
        if whole.endswith(FIRST):
            return self._found.get(whole.removesuffix(FIRST), [])
        if found := [*exact, *self._parts.get(whole, [])]:
            return found
        return next((self._found[each] + self._parts.get(each, []) for each in inside[1:-1] if each in self._found), [])

    def strange(self, sections: Iterable[str]) -> list[str]:
        """Act and number of those sections that an Act with a table should have and hasn't.

        Its first sections, which define and except and punish nothing, are in no table (common intention, BNS 3(5)).
        """
        found = []
        for section in sections:
            inside = within(section)
            if inside and not general(section) and not self.of(section):
                found.append(inside[-2])
        return found

    def classes(self, sections: Iterable[str]) -> Classes:
        """The classes of a case under these sections."""
        key = tuple(sections)
        known = self._known.get(key)
        if known is None:
            if len(self._known) > 10_000:  # noqa: PLR2004 (a bound, so that foreign texts can't fill memory)
                self._known.clear()
            known = self._known[key] = self._computed(key)
        return known

    def _computed(self, sections: tuple[str, ...]) -> Classes:
        found = {section: self.of(section) for section in sections}
        own = [section for section in found if not general(section)]

        def of_each(asked: Callable[[Offence], bool | None]) -> list[bool | None]:
            return [_divided(entries, asked) for entries in found.values()]

        each = of_each(lambda offence: offence.class90)
        most, seven, three = (of_each(partial(Offence.at_least, years=years)) for years in (TEN, SEVEN, THREE))
        above = {
            years: _gravest([_gravest([entry.above(years) for entry in entries]) for entries in found.values()])
            for years in (SEVEN, THREE, TWO, ONE, NONE)
        }
        names = frozenset(name for section in sections for name in within(section))
        class90, seven_or_more = _gravest(each), _gravest(seven)
        below = None if seven_or_more is None else not seven_or_more
        return Classes(
            class90=class90,
            class90_display_max10=True if class90 else _gravest(most),
            min3_below7=below and _gravest(three),
            seven_or_more=seven_or_more,
            upto_seven=_negated(above[SEVEN]),
            summons_case=_negated(above[TWO]),
            heinous=_gravest(of_each(lambda offence: offence.heinous)),
            upto_three=_negated(above[THREE]),
            above_one=above[ONE],
            imprisonment=above[NONE],
            death_or_life=_gravest(of_each(lambda offence: offence.life or offence.death)),
            several=len(own) > 1 if own else None,
            max_years=_longest([{entry.max_years for entry in found[section]} for section in own]),
            two_month_list=not names.isdisjoint(TWO_MONTHS),
            rape=not names.isdisjoint(RAPE),
            unknown=tuple(section for section, entries in found.items() if not entries),
            divided=tuple(section for section, one in zip(found, each, strict=True) if one is None and found[section]),
            sections=names,
            notes=(NDPS_NOTE,) if "NDPS" in names else (),
        )


def within(section: str) -> tuple[str, ...]:
    """A section and what it lies in, from the inside out: `BNS 64(2)`, `BNS 64`, `BNS`. Empty for no section at all."""
    match = SECTION.fullmatch(section.strip())
    if match is None or match[1].upper() not in ACTS:
        return ()
    act, base = ACTS[match[1].upper()], match[2].upper()
    parts, further = re.findall(r"\([^)]*\)", match[3]), match[4].strip()
    names = [f"{act} {base}{''.join(parts[:count])}" for count in range(len(parts), -1, -1)]
    return (*([f"{names[0]} {further}"] if further else []), *names, act)


def general(section: str) -> bool:
    """Whether a section is of the first chapters of its Act, which define, except and join in, and punish nothing."""
    *_, base, act = within(section) or ("", "")
    number = re.search("[0-9]+", base)
    return number is not None and int(number[0]) <= GENERAL.get(act, 0)


def _longest(terms: list[set[float | None]]) -> float | None:
    """The longest of the terms of all sections, where each section has one."""
    sure = [each for found in terms for each in found if len(found) == 1 and each is not None]
    return max(sure) if sure and len(sure) == len(terms) else None


def _divided(entries: list[Offence], asked: Callable[[Offence], bool | None]) -> bool | None:
    """What all entries of a section answer alike; None where they differ, or there are none."""
    answers = {asked(each) for each in entries}
    return answers.pop() if len(answers) == 1 else None


def _negated(answer: bool | None) -> bool | None:  # noqa: FBT001 (an answer)
    return None if answer is None else not answer


def _gravest(answers: list[bool | None]) -> bool | None:
    """True if one is; None if one isn't known, or there is none; else False."""
    if True in answers:
        return True
    return None if None in answers or not answers else False


def read_offences(tables: Mapping[str, str]) -> Offences:
    """Offences from the texts of the tables, by the Act's name in capitals (`BNS`, `POA`)."""
    return Offences(
        Offence(
            act=ACTS[act],
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
            source=row["source"],
            note=row["note"],
        )
        for act, text in sorted(tables.items())
        for row in csv.DictReader(io.StringIO(text))
    )


@cache
def packaged() -> Offences:
    """The tables that ship with this release."""
    folder = resources.files("domain.law") / "offences"
    return read_offences({act: (folder / f"{act.lower()}.csv").read_text(encoding="utf-8") for act in ACTS})


def classes(sections: Iterable[str]) -> Classes:
    """The classes of a case under these sections, by the packaged tables."""
    return packaged().classes(sections)
