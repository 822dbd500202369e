"""Somebody is arrested to prevent a cognizable offence, and let go within twenty-four hours (BNSS s.170)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from domain.common.codes import Code
from domain.common.course import onward
from domain.common.days import written
from domain.common.matter import Entry, Matter
from domain.event import Sealed
from domain.preventive.preventive import Persons, Preventive, noting


class ConcernsDetained(Entry):
    """An act about somebody who is detained; it may come before any action is proposed."""

    person: Code

    def since(self, matter: Matter) -> datetime | None:
        """Since when this person is detained."""
        held = matter.part(Persons).held(self.person)
        return held.at if held else None


class Detains(ConcernsDetained):
    """An act by which somebody is detained from then on."""

    def refuse(self, matter: Matter) -> Iterator[str]:
        """Who is detained is not detained again."""
        if since := self.since(matter):
            yield (
                f"{self.person} of {matter.label} is detained since {written(since)}. Record preventive.PersonReleased "
                "first."
            )

    def apply(self, record: Preventive) -> Preventive:
        """The person is detained."""
        noted = noting(record, "detained", self.person, self.done())
        kept = noted.part(Persons)
        return noted.keep(kept, station=record.station or self.meta.station, stage=onward(record, "detained"))


class PersonDetained(Detains, register="preventive", opens=True):
    """A person is arrested without a warrant to prevent a cognizable offence; the twenty-four hours run from here."""

    shows = frozenset({"person"})

    person_name: Sealed | None = None
    person_relative: Sealed | None = None
    person_address: Sealed | None = None
    section: Literal["BNSS 170", "CrPC 151"] = "BNSS 170"
    place: str
    design: Sealed
    gd_entry: str = ""
    grounds_told: bool = False
    relative_informed: bool = False

    def doubt(self, matter: Matter) -> Iterator[str]:
        """One of those against whom action is proposed; told why, the family told, the diary."""
        named = matter.part(Persons).named
        if named and self.person not in named:
            yield f"{self.person} is detained, and {matter.label} names no such person"
        if not self.grounds_told:
            yield f"{self.person} is detained, and not entered as told why"
        if not self.relative_informed:
            yield f"{self.person} is detained, and no relative is entered as told"
        if not self.gd_entry:
            yield f"the detention of {self.person} names no General Diary entry"


class PersonHeldForDirection(Detains, register="preventive", opens=True):
    """Who resists or disregards a lawful direction of a police officer is held or removed (BNSS s.172(2))."""

    shows = frozenset({"person"})

    person_name: Sealed | None = None
    person_address: Sealed | None = None
    place: str
    direction: Sealed
    petty: bool = True
    gd_entry: str = ""

    def doubt(self, matter: Matter) -> Iterator[str]:
        """With an entry of the diary; who is not let go is taken before a Magistrate."""
        if not self.gd_entry:
            yield f"the detention of {self.person} names no General Diary entry"


class DetentionAuthorised(ConcernsDetained, register="preventive"):
    """Further detention is required or authorised under another provision of the Sanhita or another law (s.170(2))."""

    authority: str
    provision: Literal["pending inquiry", "arrest in a case", "other provision", "other law"]
    order_number: str = ""
    until: datetime | None = None

    def doubt(self, matter: Matter) -> Iterator[str]:
        """Of somebody who is detained, with an order."""
        if self.since(matter) is None:
            yield f"the detention of {self.person} is authorised, and {matter.label} shows none"
        if not self.order_number:
            yield f"the detention of {self.person} is authorised without the number of an order"


class PersonReleased(ConcernsDetained, register="preventive"):
    """The detained person is let go, or goes into the custody of another case or court."""

    how: Literal[
        "let go", "bond before Magistrate", "order of court", "arrested in a case", "to jail by order", "escaped"
    ]
    in_health: bool = True
    gd_entry: str = ""

    def refuse(self, matter: Matter) -> Iterator[str]:
        """Only who is detained is released."""
        if self.since(matter) is None:
            yield f"{self.person} is not detained in {matter.label}. Record preventive.PersonDetained first."

    def doubt(self, matter: Matter) -> Iterator[str]:
        """After the detention."""
        since = self.since(matter)
        if since and self.meta.occurred_at < since:
            yield f"{self.person} is released before the detention of {written(since)}"
        if not self.in_health:
            yield f"{self.person} is released and not in good health"

    def apply(self, record: Preventive) -> Preventive:
        """The person is free, or somebody else's prisoner."""
        return noting(record, "released", self.person, self.done())
