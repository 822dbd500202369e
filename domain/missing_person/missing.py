"""The missing person's record as it stands: its number, who searches, and whether the person was traced."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from domain.common.matter import Done, Matter, Part
from domain.event import EPOCH, changed

CHILD = 18
"""“A person who has not completed eighteen years of age” (JJ Act 2015 s.2(12))."""


@dataclass(frozen=True, kw_only=True)
class MissingPerson(Matter, register="missing_person"):
    """The search for one person: `registered_at` is when the report was numbered."""

    unnumbered: ClassVar[str] = "the unnumbered record of a missing person"
    unbegun: ClassVar[str] = "nobody is reported missing"
    stages: ClassVar[tuple[str, ...]] = (
        "", "registered", "with anti-trafficking unit", "not traced", "search renewed", "traced",
    )  # fmt: skip

    searcher: str = ""
    """Id of the officer who searches."""

    @property
    def officer(self) -> str:
        """Who searches."""
        return self.searcher


@dataclass(frozen=True)
class Search(Part):
    """What the register keeps of the search: for whom, and each step that was taken."""

    person: str = ""
    child: bool = False
    published: Done | None = None
    leads: tuple[str, ...] = ()
    transferred: Done | None = None
    taken_over: Done | None = None
    given_up: Done | None = None
    traced: Done | None = None
    stands_since: datetime = EPOCH
    """When the act happened by which it stands as it does."""


def standing(record: MissingPerson, stage: str, at: datetime) -> MissingPerson:
    """The record at this stage since `at`, unless something later brought it to another.

    A search that was given up is taken up again, so that the later stage of two is the one that happened later.
    """
    part, rank = record.part(Search), MissingPerson.stages.index
    if (at, rank(stage)) < (part.stands_since, rank(record.stage)):
        return record
    return record.keep(changed(part, stands_since=at), stage=stage)
