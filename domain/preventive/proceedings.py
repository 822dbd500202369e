"""An istgasha asks the Executive Magistrate for security: show cause, the inquiry, its end (BNSS ss.126 to 129, 135).

Persons go by the codes R1, R2 …; names and what is feared are sealed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal

from domain.common.course import Begins, Ends, Follows, ending, onward
from domain.common.days import day, written
from domain.common.handoff import ClosesHandOff, HandOff, HandsOff
from domain.common.matter import Matter
from domain.common.tie import JoinsPapers, papers
from domain.event import Numbered, Sealed, changed
from domain.preventive.preventive import ConcernsProposed, Persons, Preventive, ProposedPerson, noting

ISTGASHA = HandOff(
    "istgasha to Magistrate", "इस्तगासा मजिस्ट्रेट को", owner="court", chaser="station_officer", addressee="magistrate"
)


class ActionProposed(HandsOff, Begins, register="preventive", opens=True):
    """The station lays an istgasha before the Executive Magistrate: who should be bound over, and why."""

    hand_off = ISTGASHA
    shows = frozenset({"istgasha_number", "year", "section", "persons"})
    numbered = Numbered("IST", "istgasha_number", "year")

    istgasha_number: int
    section: Literal["BNSS 126", "BNSS 127", "BNSS 128", "BNSS 129", "CrPC 107", "CrPC 108", "CrPC 109", "CrPC 110"]
    magistrate: str
    persons: tuple[ProposedPerson, ...]
    ground: Sealed
    feared: Literal["breach of the peace", "sedition or hatred", "hiding to commit an offence", "habitual offences"]
    place: str = ""
    earlier_cases: int = 0

    def refuse(self, matter: Matter) -> Iterator[str]:
        """Against somebody, and each code is one person's."""
        yield from super().refuse(matter)
        codes = [each.code for each in self.persons]
        if not codes:
            yield f"{self.called} is against nobody. Name the persons by code (R1, R2 …)."
        for code in sorted({each for each in codes if codes.count(each) > 1}):
            yield f"{code} stands twice in {self.called}. Give each person a code of their own."

    def doubt(self, matter: Matter) -> Iterator[str]:
        """Habits show in earlier cases; who was detained for it is named in it."""
        yield from super().doubt(matter)
        if self.section in {"BNSS 129", "CrPC 110"} and not self.earlier_cases:
            yield f"{self.called} speaks of habit and names no earlier case"
        for code in sorted({*matter.part(Persons).detained} - {each.code for each in self.persons}):
            yield f"{code} was detained here, and {self.called} does not name {code}"

    def apply(self, record: Preventive) -> Preventive:
        """The action has its number, and its persons."""
        codes = tuple(each.code for each in self.persons)
        part = changed(record.part(Persons), named=codes, section=self.section)
        return changed(self.beginning(record.keep(part)), proposer=self.meta.actor.id or record.proposer)


class ShowCauseIssued(ClosesHandOff, ConcernsProposed, register="preventive"):
    """The Magistrate orders a person in writing to show cause why security should not be given."""

    answers = (ISTGASHA,)
    shows = frozenset({"person"})
    one_sided = "the person answers before the Magistrate: the bond or the inquiry shows it"
    what = "the order to show cause"

    magistrate: str
    order_number: str
    hearing_on: date | None = None
    amount_paise: int | None = None

    def doubt(self, matter: Matter) -> Iterator[str]:
        """To one of those who are named; and for a day to come."""
        yield from super().doubt(matter)
        if self.person not in matter.part(Persons).named:
            yield f"{self.person} is to show cause, and {matter.label} names no such person"
        if self.hearing_on and self.hearing_on < day(self.meta.occurred_at):
            yield f"the hearing of {written(self.hearing_on)} is before the order"

    def apply(self, record: Preventive) -> Preventive:
        """The person is to answer."""
        noted = noting(record, "noticed", self.person, self.done())
        return changed(noted, stage=onward(record, "show cause"))


class InquiryBegun(ConcernsProposed, register="preventive"):
    """The Magistrate begins to inquire into the truth of it; the six months of BNSS s.135(6) run from this day."""

    shows = frozenset({"person"})
    what = "the beginning of the inquiry"

    magistrate: str
    present: bool = True

    def doubt(self, matter: Matter) -> Iterator[str]:
        """After the order to show cause, and once."""
        yield from super().doubt(matter)
        part = matter.part(Persons)
        if self.person not in part.noticed:
            yield f"an inquiry is begun, and {self.person} is not entered as ordered to show cause"
        if was := part.inquired.get(self.person):
            yield f"the inquiry against {self.person} began already on {written(was.at)}"

    def apply(self, record: Preventive) -> Preventive:
        """They inquire, since the first time."""
        was = record.part(Persons).inquired.get(self.person)
        noted = noting(record, "inquired", self.person, was or self.done())
        return changed(noted, stage=onward(record, "inquiry"))


class InquiryContinued(ConcernsProposed, register="preventive"):
    """For special reasons in writing the Magistrate directs that the proceedings go on beyond six months (s.135(6))."""

    what = "the direction that the inquiry goes on"

    magistrate: str
    order_number: str
    reasons: Sealed

    def doubt(self, matter: Matter) -> Iterator[str]:
        """Of an inquiry that was begun."""
        yield from super().doubt(matter)
        if self.person not in matter.part(Persons).inquired:
            yield f"the inquiry against {self.person} is to go on, and none is begun"


class InquiryConcluded(ConcernsProposed, register="preventive"):
    """The inquiry against a person has ended: a bond is ordered, or the person is let go."""

    shows = frozenset({"person"})
    what = "the end of the inquiry"

    outcome: Literal["bond ordered", "let go", "person discharged"]
    order_number: str = ""

    def refuse(self, matter: Matter) -> Iterator[str]:
        """It ends once."""
        if was := matter.part(Persons).concluded.get(self.person):
            yield (
                f"the inquiry against {self.person} ended on {written(was.at)}. "
                "If that is wrong, strike it by preventive.EntryCorrected first."
            )

    def doubt(self, matter: Matter) -> Iterator[str]:
        """It was begun, and in that order."""
        yield from super().doubt(matter)
        begun = matter.part(Persons).inquired.get(self.person)
        if begun is None:
            yield f"the inquiry against {self.person} has ended, and none is begun"
        elif self.meta.occurred_at < begun.at:
            yield f"the inquiry against {self.person} ended before it began on {written(begun.at)}"

    def apply(self, record: Preventive) -> Preventive:
        """The inquiry against the person is over."""
        noted = noting(record, "concluded", self.person, self.done())
        return changed(noted, stage=onward(record, "concluded"))


class ProceedingsDropped(Ends, ClosesHandOff, register="preventive"):
    """The Magistrate drops the proceedings, or they stand terminated because the time has passed."""

    overtakes = (ISTGASHA,)
    shows = frozenset({"ground"})
    what = "the end of the proceedings"

    ground: Literal["no longer feared", "settled", "terminated by time", "person died", "order of court", "other"]
    reasons: Sealed | None = None

    def doubt(self, matter: Matter) -> Iterator[str]:
        """Nobody is held in proceedings that are over."""
        yield from super().doubt(matter)
        part = matter.part(Persons)
        for person in sorted(part.detained):
            if part.held(person):
                yield f"{matter.label} is dropped, and {person} is still entered as detained"

    def apply(self, record: Preventive) -> Preventive:
        """The proceedings are over."""
        return ending(record, self.done(), "dropped")


class PapersJoined(JoinsPapers, Follows, register="preventive"):
    """The papers of a complaint join the action, which came from it; each record names the other."""

    kinds = (
        papers(
            "preventive action from complaint", "शिकायत से", "complaint", "complaint became preventive action",
            "complaint",
        ),
    )  # fmt: skip
    what = "the joining of papers"

    whose: Literal["complaint"]
