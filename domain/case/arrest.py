"""The accused: called by notice or arrested, told why, examined. One arrest memo (IIF-3) for each of them.

Everything here goes by the code of the arrest memo, A1 … A9, then B1 for the tenth; the name is sealed. What happens
before the Magistrate afterwards is in `remand.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from domain.case.case import Case, ConcernsAccused
from domain.case.fir import both, concerned, named, registration
from domain.common.codes import Code
from domain.common.days import written
from domain.common.matter import Part
from domain.event import Sealed, changed, put

How = Literal["at large", "arrested", "police custody", "judicial custody", "on bail", "released", "absconding"]
CUSTODY: tuple[How, ...] = ("arrested", "police custody", "judicial custody")


@dataclass(frozen=True)
class Standing:
    """How one accused stands: at large or in whose custody, since when, and what has been done with the arrest."""

    how: How = "at large"
    since: datetime | None = None
    arrested_at: datetime | None = None
    produced_at: datetime | None = None
    first_remand_at: datetime | None = None
    police_days: int = 0
    executive_days: int = 0
    claimed_at: datetime | None = None
    anticipatory: bool = False


@dataclass(frozen=True)
class Arrests(Part):
    """Each accused by code, and the notices of appearance by number with the entry that served them."""

    accused: Mapping[str, Standing] = field(default_factory=dict)
    notices: Mapping[str, int] = field(default_factory=dict)


def standing(case: Case, accused: str) -> Standing:
    """How this accused stands; at large when the record knows nothing of the kind."""
    return case.part(Arrests).accused.get(accused) or Standing()


def strangers(case: Case, codes: Iterable[str]) -> list[str]:
    """Those of `codes` whom neither the FIR nor any act about an accused has named so far."""
    known = {*named(case), *case.part(Arrests).accused}
    return [code for code in codes if code not in known]


class ActOnAccused(ConcernsAccused):
    """An act about one accused."""

    def refuse(self, case: Case) -> Iterator[str]:
        """The code must not be a victim's or an informant's."""
        yield from both([self.accused], concerned(case))

    def doubt(self, case: Case) -> Iterator[str]:
        """Somebody of whom this record has not heard so far."""
        if strangers(case, [self.accused]):
            yield f"{self.accused} is so far named neither in an FIR nor in an arrest memo of {case.label}"

    def now(self, case: Case, how: How | None = None, **changes: Any) -> Case:  # noqa: ANN401 (a standing's own fields)
        """The case with this accused so. `how` is since this act; without it custody stays as it is."""
        part = case.part(Arrests)
        new = changed(standing(case, self.accused), **changes)
        if how:
            new = changed(new, how=how, since=self.meta.occurred_at)
        return case.keep(changed(part, accused=put(part.accused, self.accused, new)))

    def apply(self, case: Case) -> Case:
        """The accused is known to the record; custody stays as it is."""
        return self.now(case)


class ActOnArrested(ActOnAccused):
    """An act that follows an arrest."""

    def doubt(self, case: Case) -> Iterator[str]:
        """There should be an arrest before it, and in that order."""
        arrested_at = standing(case, self.accused).arrested_at
        if arrested_at is None:
            yield f"no arrest of {self.accused} is entered in {case.label}"
        elif self.meta.occurred_at < arrested_at:
            yield f"this is dated before the arrest of {self.accused} on {written(arrested_at)}"


class NoticeOfAppearanceServed(ActOnAccused, register="case"):
    """Somebody under a reasonable complaint is called to appear instead of being arrested (BNSS s.35(3))."""

    notice: str
    accused_name: Sealed
    address: Sealed | None = None
    appear_at: datetime
    appear_before: str
    means: Literal["in person", "to a relative", "electronic", "affixed", "post"]
    sections: tuple[str, ...] = ()

    def refuse(self, case: Case) -> Iterator[str]:
        """A notice is served once."""
        yield from super().refuse(case)
        if self.notice in case.part(Arrests).notices:
            yield f"notice {self.notice} of {case.label} was already served. Give the new notice its own number."

    def doubt(self, case: Case) -> Iterator[str]:
        """A notice calls somebody who is free, to a time that is still to come."""
        yield from super().doubt(case)
        if (how := standing(case, self.accused).how) in CUSTODY:
            yield f"{self.accused} is called by notice {self.notice} while in custody ({how})"
        if self.appear_at < self.meta.occurred_at:
            yield f"notice {self.notice} calls {self.accused} to a time before it was served"

    def apply(self, case: Case) -> Case:
        """The accused is known, and the notice is served."""
        now = self.now(case)
        part = now.part(Arrests)
        return now.keep(changed(part, notices=put(part.notices, self.notice, self.meta.version)))


class DecisionNotToArrestSent(ActOnAccused, register="case"):
    """The officer has decided not to arrest this accused, and tells the Magistrate so (Arnesh Kumar, 2014)."""

    one_sided = "the judgment asks that it be sent; no act of the Magistrate on its receipt is in this register"

    magistrate: str
    reasons: Sealed | None = None


@dataclass(frozen=True, kw_only=True)
class MemoWitness:
    """Somebody who signed the arrest memo."""

    code: Code
    witness_name: Sealed


class AccusedArrested(ActOnAccused, register="case", opens=True):
    """One person is arrested, or surrenders in court: the arrest memo (IIF-3), a memo of its own for each accused."""

    shows = frozenset({"accused", "sections", "status"})

    manner: Literal["arrested", "arrested under warrant", "made over by a private person", "surrendered in court"]
    status: Literal[
        "arrested and forwarded", "bailed by police", "surrendered and bailed", "judicial custody", "police remand"
    ]
    place: str
    place_address: Sealed | None = None
    gd_entry: str
    gd_at: datetime | None = None
    accused_name: Sealed
    alias: Sealed | None = None
    birth: Sealed | None = None
    nationality: str = ""
    identity: Sealed | None = None
    relative_name: Sealed | None = None
    address: Sealed | None = None
    physical_features: Sealed | None = None
    injuries: Sealed | None = None
    gender: Literal["male", "female", "transgender", "not recorded"]
    age_years: int | None = None
    infirm: bool = False
    child: bool = False
    sections: tuple[str, ...] = ()
    court: str = ""
    warrant: str = ""
    fingerprinted: bool = False
    photographed: bool = False
    after_sunset: bool = False
    permission: str = ""
    permitted_by_rank: str = ""
    privately_arrested_at: datetime | None = None
    earlier_convictions: Literal["not recorded", "none", "some"] = "not recorded"
    witnesses: tuple[MemoWitness, ...] = ()

    def doubt(self, case: Case) -> Iterator[str]:
        """Real arrests come before the FIR, beside it and twice over: all are entered, and looked at again."""
        yield from self._beside_the_fir(case)
        was = standing(case, self.accused)
        if was.how in CUSTODY:
            since = written(was.since or self.meta.occurred_at)
            yield f"{self.accused} is arrested again while in custody ({was.how} since {since})"
        if was.anticipatory:
            yield f"{self.accused} is arrested although anticipatory bail was granted in {case.label}"
        if self.privately_arrested_at and self.privately_arrested_at > self.meta.occurred_at:
            yield f"the private arrest of {self.accused} is dated after the police received {self.accused}"
        surrendered = self.manner == "surrendered in court"
        if surrendered and not self.court:
            yield f"{self.accused} surrendered in court, and the court is not named"
        if not surrendered and not self.witnesses:
            yield f"no witness has signed the arrest memo of {self.accused}"
        if self.gender == "female" and self.after_sunset and not self.permission:
            yield f"{self.accused}, a woman, was arrested at night without a Magistrate's permission (BNSS s.43(5))"

    def _beside_the_fir(self, case: Case) -> Iterator[str]:
        fir = registration(case)
        if fir is None:
            yield f"the arrest of {self.accused} is entered before any FIR in this record"
            return
        if self.meta.occurred_at < fir.at:
            yield f"{self.accused} was arrested before {case.label} was registered on {written(fir.at)}"
        if strangers(case, [self.accused]):
            yield f"{self.accused} is arrested and the FIR of {case.label} does not name {self.accused}"

    def apply(self, case: Case) -> Case:
        """The accused is in custody, unless bailed at once; an earlier arrest's production counts no more."""
        how: dict[str, How] = {
            "judicial custody": "judicial custody",
            "police remand": "police custody",
            "bailed by police": "on bail",
            "surrendered and bailed": "on bail",
        }
        now = self.now(
            case,
            how.get(self.status, "arrested"),
            arrested_at=self.meta.occurred_at,
            produced_at=None,
            anticipatory=False,
        )
        return changed(now, station=case.station or self.meta.station)


class GroundsGiven(ActOnArrested, register="case"):
    """The arrested person is told for which offence, or on what other grounds, the arrest is made (BNSS s.47(1))."""

    how: Literal["in writing", "orally"]
    language: str
    receipt_taken: bool = False
    grounds: Sealed | None = None

    def doubt(self, case: Case) -> Iterator[str]:
        """In writing, and before production: at least two hours (Mihir Rajesh Shah, 2025 INSC 1288)."""
        yield from super().doubt(case)
        if self.how == "orally":
            yield f"the grounds were told to {self.accused}, not given in writing (Mihir Rajesh Shah, 2025 INSC 1288)"
        produced_at = standing(case, self.accused).produced_at
        if produced_at and self.meta.occurred_at > produced_at:
            yield f"the grounds were given to {self.accused} after production before the Magistrate"


class RelativeInformed(ActOnArrested, register="case"):
    """A relative or friend of the arrested person is told of the arrest and the place of custody (BNSS s.48(1))."""

    relative_name: Sealed
    relation: str
    means: Literal["in person", "telephone", "message", "through another police station", "post"]
    place_held: str
    designated_officer_told_at: datetime | None = None

    def doubt(self, case: Case) -> Iterator[str]:
        """The designated officer of the district is told too (BNSS s.37, s.48)."""
        yield from super().doubt(case)
        if self.designated_officer_told_at is None:
            yield f"the designated officer of the district was not told of the arrest of {self.accused}"


class AccusedExamined(ActOnArrested, register="case"):
    """A medical officer examines the arrested person soon after the arrest (BNSS s.53; s.52 in a case of rape)."""

    under: Literal["BNSS 51", "BNSS 52", "BNSS 53", "every 48 hours in custody"]
    hospital: str
    practitioner: str
    began_at: datetime
    ended_at: datetime
    report: str = ""
    findings: Sealed | None = None
    samples: tuple[str, ...] = ()
    copy_given: bool = False

    def doubt(self, case: Case) -> Iterator[str]:
        """An examination ends after it began."""
        yield from super().doubt(case)
        if self.ended_at < self.began_at:
            yield f"the examination of {self.accused} ends before it begins"
