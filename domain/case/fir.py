"""The first information of a case: who told it, who suffered, who is accused, and how far the register has taken it.

Persons go by codes: the informant is I1 (or V1, if the victim informs), victims V1 …, accused A1 … A9, B1 … The acts
are in `information.py` (before an FIR, or instead of one), `registration.py` (IIF-1) and `publication.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Literal

from domain.case.case import Case, CaseEntry
from domain.common.codes import Code
from domain.common.days import day, written
from domain.common.matter import Done, Part
from domain.event import Sealed, changed, put
from domain.law.offences import packaged

SECTION = re.compile(r"[A-Z].* [0-9].*|FOREIGN .+")
"""Act, blank, section: `BNS 303(2)`, `NDPS 20(b)(ii)(B)`; another law's begins with FOREIGN."""

EARLY = frozenset({"", "information", "enquiry", "non-cognizable", "zero FIR", "transferred"})
"""Stages before an FIR is registered where it will stay. An entry made late does not take a case back to them."""

Mode = Literal["oral", "written", "electronic"]
How = Literal["known", "suspected", "unknown"]
Gender = Literal["male", "female", "transgender", "not recorded"]


@dataclass(frozen=True)
class Fir(Part):
    """What the register keeps of the first information: who is named in it by code, and how far it has come."""

    accused: Mapping[str, How] = field(default_factory=dict)
    victims: tuple[str, ...] = ()
    informants: tuple[str, ...] = ()
    informant: str = ""
    mode: Mode | None = None
    information: Done | None = None
    signed: Done | None = None
    refused: Done | None = None
    ordered: Done | None = None
    concluded: Done | None = None
    outcome: str = ""
    non_cognizable: Done | None = None
    zero: Done | None = None
    for_station: str = ""
    registered: Done | None = None
    published: Done | None = None
    withheld: Done | None = None
    reported: Done | None = None
    sections: tuple[str, ...] = ()
    """The sections under which it was registered, as a zero FIR too, whatever became of them since."""
    elsewhere: bool = False
    """Whether the case came here with the FIR of another station."""

    @property
    def registered_at(self) -> datetime | None:
        """When the FIR, or without it the zero FIR, was registered."""
        done = self.registered or self.zero
        return done.at if done else None

    def naming(self, code: str, how: How) -> Fir:
        """The part with this accused named by one more entry."""
        return changed(self, accused=put(self.accused, code, how))


def registration(case: Case) -> Done | None:
    """The first registration: the zero FIR's if there was one, else the FIR's."""
    part = case.part(Fir)
    return part.zero or part.registered


def without_fir(case: Case) -> bool:
    """Whether there is no FIR: none registered here, and none that came with the case from another station."""
    return registration(case) is None and not case.part(Fir).elsewhere


def named(case: Case) -> Mapping[str, How]:
    """The accused named so far, by code, and how well each is known."""
    return case.part(Fir).accused


def concerned(case: Case) -> set[str]:
    """The informants' and the victims' codes."""
    part = case.part(Fir)
    return {*part.victims, *part.informants}


def both(accused: Iterable[str], others: Iterable[str]) -> Iterator[str]:
    """A reason for each code that would mean an accused and somebody else at once: a code opens one person's names."""
    for code in sorted({*accused} & {*others}):
        yield f"{code} is the code of an informant or a victim. Give the accused a code of their own (A1 …)."


def ill_written(called: str, sections: tuple[str, ...]) -> Iterator[str]:
    """Doubts about a list of sections; only Act and number are repeated, for anything may stand in it."""
    if not sections:
        yield f"no section of law is given for {called}"
    for place, each in enumerate(sections, 1):
        if not SECTION.fullmatch(each):
            yield f"section no. {place} of {called} is not written as Act and number (BNS 303(2), POCSO 6)"
    for each in packaged().strange(sections):
        yield f"no table of offences has {each} ({called}): what depends on its punishment takes it for unknown"


@dataclass(frozen=True, kw_only=True)
class Victim:
    """Somebody against whom the offence was done, by code."""

    code: Code
    victim_name: Sealed | None = None
    relative_name: Sealed | None = None
    address: Sealed | None = None
    phone: Sealed | None = None
    gender: Gender
    age_years: int | None = None


@dataclass(frozen=True, kw_only=True)
class NamedAccused:
    """Somebody accused: known by name, suspected, or unknown and only described. No entry at all is normal, too."""

    code: Code
    how: How
    accused_name: Sealed | None = None
    alias: Sealed | None = None
    relative_name: Sealed | None = None
    address: Sealed | None = None
    physical_features: Sealed | None = None
    gender: Gender = "not recorded"
    age_years: int | None = None


@dataclass(frozen=True, kw_only=True)
class PropertyOfInterest:
    """Property that was stolen or is otherwise of interest, as the informant describes it."""

    category: str
    description: str
    value_paise: int | None = None


class TellsOfOffence(CaseEntry):
    """An act in which the police hear of an offence from somebody: who informs, who suffered it, who is accused."""

    shows = frozenset(
        {
            "accused",
            "direction",
            "fir_number",
            "for_station",
            "informant",
            "investigator",
            "mode",
            "ncr_number",
            "sections",
            "victims",
            "year",
            "zero_number",
        }
    )

    mode: Mode
    sections: tuple[str, ...]
    informant: Code = "I1"
    informant_name: Sealed | None = None
    informant_relative: Sealed | None = None
    informant_birth: Sealed | None = None
    informant_nationality: str = ""
    informant_identity: Sealed | None = None
    informant_phone: Sealed | None = None
    informant_address: Sealed | None = None
    informant_occupation: Sealed | None = None
    informing_officer: str = ""
    victims: tuple[Victim, ...] = ()
    accused: tuple[NamedAccused, ...] = ()

    @property
    def called(self) -> str:
        """The number this act gives the case, as it is written; empty when it gives none."""
        return ""

    def refuse(self, case: Case) -> Iterator[str]:
        """Each person has one code and each code is one person's; a number counts from 1."""
        victims, accused = [each.code for each in self.victims], [each.code for each in self.accused]
        for codes, who in (victims, "victims"), (accused, "accused"):
            for code in sorted({each for each in codes if codes.count(each) > 1}):
                yield f"{code} stands twice among the {who}. Give each person a code of their own."
        yield from both(accused, {self.informant, *victims, *concerned(case)})
        yield from both(named(case), {self.informant, *victims})
        if self.numbered and getattr(self, self.numbered.number) < 1:
            yield "a case's number counts from 1 each year. Leave it out to be given the next free one."

    def doubt(self, case: Case) -> Iterator[str]:
        """The number's year is the calendar year in India; the sections and the informant should be known."""
        on = day(self.meta.occurred_at)
        if self.numbered and getattr(self, self.numbered.year) != on.year:
            yield f"{self.called} bears another year than {written(on)}, the day of the act"
        yield from ill_written(self.called or case.label, self.sections)
        if self.informant_name is None and not self.informing_officer:
            yield f"{self.called or case.label} does not say who gave the information"

    def persons(self, case: Case) -> Fir:
        """The chapter's part with the persons of this act in it."""
        part = changed(case.part(Fir), mode=self.mode, informant=self.informant)
        for each in self.accused:
            part = part.naming(each.code, each.how)
        informants = dict.fromkeys((*part.informants, self.informant))
        victims = dict.fromkeys((*part.victims, *(each.code for each in self.victims)))
        return changed(part, informants=(*informants,), victims=(*victims,))


class FollowsFIR(CaseEntry):
    """An act that comes after an FIR, or a zero FIR, is registered."""

    what: ClassVar[str] = "this"
    """What a doubt or a refusal calls the act."""

    def doubt(self, case: Case) -> Iterator[str]:
        """There should be an FIR before it, and in that order."""
        was = registration(case)
        if without_fir(case):
            yield f"{self.what} is entered before any FIR is registered in this record"
        elif was and self.meta.occurred_at < was.at:
            yield f"{self.what} is dated before {case.label} was registered on {written(was.at)}"


class NeedsFIR(FollowsFIR):
    """An act upon the FIR itself: without one it means nothing."""

    def refuse(self, case: Case) -> Iterator[str]:
        """There must be an FIR."""
        if without_fir(case):
            yield f"{self.what} cannot be entered: no FIR is registered here. Record case.FIRRegistered first."
