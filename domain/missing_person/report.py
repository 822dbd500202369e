"""Somebody is reported missing: what the person is known by is written down and published; a child is an FIR at once.

The missing person goes by the code M1, who reports by I1; names and descriptions are sealed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from domain.common.codes import Code
from domain.common.course import BeginsByInformation, Follows
from domain.common.matter import Matter
from domain.common.tie import BecomesCase, JoinsPapers, Tie, Ties, papers
from domain.event import Numbered, Sealed, changed
from domain.missing_person.missing import CHILD, MissingPerson, Search, standing

TO_CASE = Tie(
    "missing person became case", "गुम इंसान से अपराध", register="case", back="case from missing person", column="fir",
    record="fir_record", shared=True,
)  # fmt: skip


class PersonReportedMissing(BeginsByInformation, register="missing_person", opens=True):
    """Somebody is reported missing: who, since when, and how to know the person. A child is an FIR at once."""

    shows = frozenset({"missing_number", "year", "person", "age_years", "searcher"})
    numbered = Numbered("GUM", "missing_number", "year")

    missing_number: int
    person: Code = "M1"
    person_name: Sealed | None = None
    person_relative: Sealed | None = None
    person_address: Sealed | None = None
    gender: Literal["male", "female", "transgender", "not recorded"]
    age_years: int | None = None
    last_seen_at: datetime
    last_seen_place: str
    features: Sealed
    height_cm: int | None = None
    clothing: str = ""
    languages: tuple[str, ...] = ()
    state_of_mind: Literal["sound", "unsound", "ill", "not known"] = "not known"
    photograph: bool = False
    circumstances: Sealed | None = None
    risk: Literal["trafficking suspected", "abduction suspected", "danger to life", "left of own will", "not known"] = (
        "not known"
    )
    searcher: str = ""
    searcher_rank: str = ""

    @property
    def others(self) -> tuple[str, ...]:
        """Who is missing."""
        return (self.person,)

    @property
    def child(self) -> bool:
        """Whether the person is known to be below eighteen."""
        return self.age_years is not None and self.age_years < CHILD

    def doubt(self, matter: Matter) -> Iterator[str]:
        """Seen before being missed; an age, and a photograph."""
        yield from super().doubt(matter)
        if self.last_seen_at > self.information_received_at:
            yield f"{self.called} says that the person was seen after being reported missing"
        if self.age_years is None:
            yield f"{self.called} gives no age: whether it is a child decides whether an FIR is registered at once"
        if not self.photograph:
            yield f"{self.called} has no photograph"

    def apply(self, record: MissingPerson) -> MissingPerson:
        """The search has its number."""
        begun = self.beginning(record.keep(changed(record.part(Search), person=self.person, child=self.child)))
        begun = changed(begun, stage=record.stage, searcher=self.searcher or record.searcher)
        return standing(begun, "registered", self.meta.occurred_at)


class FollowsReport(Follows):
    """An act in a search that is begun; it is about the missing person, by code."""

    person: Code = "M1"

    def doubt(self, matter: Matter) -> Iterator[str]:
        """It is the one of this record."""
        yield from super().doubt(matter)
        known = matter.part(Search).person
        if known and known != self.person:
            yield f"{self.what} is about {self.person}, and the missing person of {matter.label} is {known}"


class ConvertedToFIR(BecomesCase, FollowsReport, register="missing_person"):
    """An FIR is registered of it, of a missing child at once; the search goes on, and each record names the other."""

    shows = frozenset({"fir", "fir_record"})
    kinds = (TO_CASE,)
    what = "the conversion"

    ground: Literal["missing child", "abduction", "trafficking", "person found dead", "order of court", "other"]

    def doubt(self, matter: Matter) -> Iterator[str]:
        """A child's as one."""
        yield from super().doubt(matter)
        if self.ground == "missing child" and not matter.part(Search).child:
            yield f"{matter.label} is converted as a missing child's, and is not said to be one's"

    def apply(self, record: MissingPerson) -> MissingPerson:
        """The case is known; the search stands as it did."""
        return self.tying(record)


class DetailsPublished(FollowsReport, register="missing_person"):
    """Photograph and description go out: to the portal of missing children, to other stations, to the press."""

    what = "the publication"

    where: Literal["national portal", "other stations", "press", "television", "railway police", "website", "posters"]
    portal_number: str = ""
    photograph: bool = True

    def doubt(self, matter: Matter) -> Iterator[str]:
        """The portal gives a number; a description without a photograph finds few."""
        yield from super().doubt(matter)
        if self.where == "national portal" and not self.portal_number:
            yield "the portal's number is not given"
        if not self.photograph:
            yield "the description is published without a photograph"

    def apply(self, record: MissingPerson) -> MissingPerson:
        """It is published, since the first time."""
        part = record.part(Search)
        return record.keep(changed(part, published=part.published or self.done()))


class PapersJoined(JoinsPapers, Follows, register="missing_person"):
    """The papers of a complaint join the search, which came from it; each record names the other."""

    kinds = (
        papers(
            "missing person from complaint", "शिकायत से", "complaint", "complaint became missing person", "complaint"
        ),
    )
    what = "the joining of papers"

    whose: Literal["complaint"]


def case_of(matter: Matter) -> str:
    """The FIR of the search, as it was named; empty when there is none."""
    tied = matter.part(Ties).tied.get(TO_CASE.id)
    return tied.called if tied else ""
