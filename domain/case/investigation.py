"""The investigation: who leads it, its diary day by day, under which sections, against whom, and who is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from domain.case.case import Case, ConcernsAccused
from domain.case.fir import Fir, FollowsFIR, Gender, both, concerned, ill_written, named
from domain.case.ranks import at_least_dysp
from domain.common.codes import Code
from domain.common.days import day, later, written
from domain.common.matter import Done, Part
from domain.event import Sealed, changed


@dataclass(frozen=True)
class Investigation(Part):
    """Who investigates, and how far the case diary has come."""

    investigator: str = ""
    assigned: Done | None = None
    volume: int = 0
    last_page: int = 0
    diary: Done | None = None


class InvestigatorAssigned(FollowsFIR, register="case"):
    """An officer is put in charge of the investigation."""

    shows = frozenset({"investigator"})

    what = "the assignment"

    investigator: str
    investigator_rank: str
    assigned_by: str = ""

    def doubt(self, case: Case) -> Iterator[str]:
        """One officer leads; in a case of the SC/ST (PoA) Act a DySP or above."""
        yield from super().doubt(case)
        part = case.part(Investigation)
        if part.assigned and part.investigator != self.investigator:
            yield f"{part.investigator} investigates {case.label}: a change is case.InvestigatorChanged"
        yield from below_dysp(case, self.investigator_rank)

    def apply(self, case: Case) -> Case:
        """The investigation has its officer, and begins unless it is further already."""
        part, done = case.part(Investigation), Done(self.meta.version, self.meta.occurred_at)
        begins = case.stage in {"registered", "zero FIR"}
        stage = "under investigation" if begins else case.stage
        return case.keep(changed(part, investigator=self.investigator, assigned=done), stage=stage)


def below_dysp(case: Case, rank: str) -> Iterator[str]:
    """The doubt when an officer below the rank of DySP investigates an atrocity."""
    atrocity = any(each.upper().startswith(("POA ", "SC/ST ")) for each in case.sections)
    if atrocity and not at_least_dysp(rank):
        yield f"{case.label} is under the SC/ST (PoA) Act: the investigator is a DySP or above (PoA Rules r.7)"


class InvestigatorChanged(FollowsFIR, register="case"):
    """The investigation passes from one officer to another, with the case diary."""

    shows = frozenset({"investigator"})

    what = "the change of investigator"

    from_officer: str
    investigator: str
    investigator_rank: str
    reason: str = ""
    ordered_by: str = ""
    order_number: str = ""
    diary_handed_over: bool = False

    def refuse(self, case: Case) -> Iterator[str]:
        """It passes to somebody else."""
        if self.from_officer == self.investigator:
            yield f"{self.investigator} cannot take {case.label} over from the same officer. Name the other one."

    def doubt(self, case: Case) -> Iterator[str]:
        """From the officer who had it, with the diary."""
        yield from super().doubt(case)
        part = case.part(Investigation)
        if part.assigned is None:
            yield f"nobody has entered who investigated {case.label} before"
        elif part.investigator != self.from_officer:
            yield f"{self.from_officer} gives {case.label} away, and {part.investigator} investigates it"
        if not self.diary_handed_over:
            yield f"the case diary of {case.label} was not handed over with it"
        yield from below_dysp(case, self.investigator_rank)

    def apply(self, case: Case) -> Case:
        """The other officer investigates."""
        part, done = case.part(Investigation), Done(self.meta.version, self.meta.occurred_at)
        return case.keep(changed(part, investigator=self.investigator, assigned=done))


class CaseDiaryWritten(FollowsFIR, register="case"):
    """The investigating officer enters the day's proceedings in the case diary, a paginated volume (BNSS s.192)."""

    what = "the case diary"

    diary_date: date
    volume: int = 1
    first_page: int
    last_page: int
    began_at: datetime | None = None
    closed_at: datetime | None = None
    places: str = ""
    contents: Sealed

    def refuse(self, case: Case) -> Iterator[str]:
        """Pages count from 1, and forwards."""
        if self.volume < 1 or self.first_page < 1 or self.last_page < self.first_page:
            yield (
                f"pages {self.first_page} to {self.last_page} of volume {self.volume} cannot be: "
                "a diary's volumes and pages count from 1. Give the first and the last page."
            )

    def doubt(self, case: Case) -> Iterator[str]:
        """Day by day, page after page, by the officer who investigates."""
        yield from super().doubt(case)
        part, on = case.part(Investigation), day(self.meta.occurred_at)
        if self.diary_date > on:
            yield f"the diary of {written(self.diary_date)} is written on {written(on)}, before that day"
        elif later(self.diary_date, 1) < on:
            yield f"the diary of {written(self.diary_date)} is written only on {written(on)} (day by day: BNSS s.192)"
        if self.began_at and self.closed_at and self.closed_at < self.began_at:
            yield f"the diary of {written(self.diary_date)} is closed before it is begun"
        if part.diary and self.volume == part.volume and self.first_page != part.last_page + 1:
            yield f"page {self.first_page} of the diary follows page {part.last_page} in volume {self.volume}"
        if part.assigned and self.meta.actor.id != part.investigator:
            yield f"the diary is written by {self.meta.actor.id}, and {part.investigator} investigates {case.label}"

    def apply(self, case: Case) -> Case:
        """The diary has come so far."""
        part, done = case.part(Investigation), Done(self.meta.version, self.meta.occurred_at)
        return case.keep(changed(part, volume=self.volume, last_page=self.last_page, diary=done))


class SectionsAltered(FollowsFIR, register="case"):
    """Sections of law are added or dropped: the whole list as it is from now on."""

    shows = frozenset({"sections"})

    what = "the change of sections"

    sections: tuple[str, ...]
    reason: str = ""
    ordered_by: str = ""
    court_told_at: datetime | None = None

    def refuse(self, case: Case) -> Iterator[str]:
        """A case isn't left without a section."""
        if not self.sections:
            yield f"{case.label} cannot be left without a section. Give the whole list as it is from now on."

    def doubt(self, case: Case) -> Iterator[str]:
        """Something changes, and readably."""
        yield from super().doubt(case)
        yield from ill_written(case.label, self.sections)
        if {*self.sections} == {*case.sections}:
            yield f"the sections of {case.label} are these already"

    def apply(self, case: Case) -> Case:
        """From now on these are the sections."""
        return changed(case, sections=self.sections)


class AccusedNamed(ConcernsAccused, FollowsFIR, register="case"):
    """A further person is named as an accused during the investigation, or an unknown one is now known."""

    shows = frozenset({"accused", "how"})

    what = "the naming of an accused"

    how: Literal["known", "suspected"]
    accused_name: Sealed
    alias: Sealed | None = None
    relative_name: Sealed | None = None
    address: Sealed | None = None
    physical_features: Sealed | None = None
    gender: Gender = "not recorded"
    age_years: int | None = None
    basis: Literal[
        "statement", "identification", "confession", "forensic", "recovered property", "recording", "phone records",
        "document", "other",
    ]  # fmt: skip

    def refuse(self, case: Case) -> Iterator[str]:
        """A code of their own, which is nobody else's."""
        yield from both([self.accused], concerned(case))
        was = named(case).get(self.accused)
        if was == "known":
            yield f"{self.accused} is a known accused of {case.label} already. Give this person the next free code."

    def apply(self, case: Case) -> Case:
        """The accused is named."""
        return case.keep(case.part(Fir).naming(self.accused, self.how))


class ProgressToldToVictim(FollowsFIR, register="case"):
    """The informant or the victim is told how the investigation goes, within 90 days (BNSS s.193(3)(ii))."""

    what = "the telling of progress"

    person: Code
    means: Literal["in person", "telephone", "message", "e-mail", "post", "portal"]
    progress: Sealed | None = None

    def doubt(self, case: Case) -> Iterator[str]:
        """It is the informant or a victim who is told."""
        yield from super().doubt(case)
        if self.person not in concerned(case):
            yield f"{self.person} is told of the progress and is neither informant nor victim of {case.label}"
