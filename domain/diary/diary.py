"""A day of the General Diary (रोज़नामचा): its entries are numbered from 1 in the order in which they are made.

Nothing in it is rubbed out: a wrong entry is struck and keeps its number, and there is no act by which one is erased.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar, Literal
from uuid import UUID

from domain.common.corrections import Corrections, CorrectsEntry, PassesEntryOver, RecordsAccess
from domain.common.course import Course, onward
from domain.common.days import day, written
from domain.common.document import AttachesDocuments
from domain.common.matter import Done, Entry, Matter, Part
from domain.common.tie import Tie, TiesRecords
from domain.event import Numbered, Sealed, changed


@dataclass(frozen=True, kw_only=True)
class Day(Matter, register="diary"):
    """One day of one station's General Diary: `registered_at` is when its first entry was made."""

    unnumbered: ClassVar[str] = "the day of the General Diary"
    unbegun: ClassVar[str] = "no entry is made"
    stages: ClassVar[tuple[str, ...]] = ("", "open", "closed")

    day: date | None = None


@dataclass(frozen=True)
class Page(Part):
    """What the register keeps of the day: the serials that were used, each with its time, and when it was closed."""

    serials: Mapping[int, Done] = field(default_factory=dict)

    @property
    def last(self) -> int:
        """The highest serial of the day."""
        return max(self.serials, default=0)


NO_RECORD = "no record"
"""What an entry is about that tells of no record: the opening of the day, arms given out, a patrol."""


def telling_of(tie: str, hi: str, register: str) -> Tie:
    """The tie by which an entry of the diary names the record that it is about."""
    return Tie(tie, hi, register, column="number", record="number_record", choice="about", words=(register,))


class OfDay(Entry):
    """An act in one day of the diary."""

    day: date

    @property
    def own_record(self) -> str:
        """The day of this station: `CG-RPR-01/GD/2026-07-02`."""
        return f"{self.meta.station}/{self.called}"

    @property
    def called(self) -> str:
        """As the day is written: `GD/2026-07-02`."""
        return f"GD/{self.day.isoformat()}"

    def refuse(self, matter: Day) -> Iterator[str]:
        """A record is one day's."""
        if matter.day and matter.day != self.day:
            yield f"this record is {matter.label}, and the act is of {written(self.day)}. Leave the record out."

    def doubt(self, matter: Day) -> Iterator[str]:
        """It is made on its day; a day that is closed has no more of them."""
        on = day(self.meta.occurred_at)
        if on != self.day:
            yield f"this is made on {written(on)}, and stands in the diary of {written(self.day)}"
        ended = matter.part(Course).ended
        if ended and ended.at < self.meta.occurred_at:
            yield f"{matter.label} was closed on {written(ended.at)}, and this comes after it"
        elif ended:
            yield f"{matter.label} was closed without this, which is dated before it was"


class EntryMade(TiesRecords, OfDay, register="diary", opens=True):
    """An entry of the General Diary, under the next serial of the day; the first one opens the day."""

    shows = frozenset({"serial", "day"})
    numbered = Numbered("GD", "serial", "day", daily=True)
    kinds = (
        telling_of("diary: of case", "रोज़नामचा: अपराध", "case"),
        telling_of("diary: of inquest", "रोज़नामचा: मर्ग", "inquest"),
        telling_of("diary: of complaint", "रोज़नामचा: शिकायत", "complaint"),
        telling_of("diary: of missing person", "रोज़नामचा: गुम इंसान", "missing_person"),
        telling_of("diary: of medico-legal case", "रोज़नामचा: एमएलसी", "medico_legal"),
        telling_of("diary: of preventive action", "रोज़नामचा: प्रतिबंधात्मक", "preventive"),
        telling_of("diary: of unclaimed property", "रोज़नामचा: लावारिस संपत्ति", "property_unclaimed"),
        telling_of("diary: of malkhana audit", "रोज़नामचा: मालखाना परीक्षण", "malkhana_audit"),
    )

    serial: int
    kind: Literal[
        "opening", "departure", "return", "information", "registration", "arrest", "prisoner", "property", "duty",
        "arms", "visit of officer", "patrol", "message", "closing", "other",
    ]  # fmt: skip
    event_at: datetime | None = None
    gist: Sealed
    about: Literal[
        "no record", "case", "inquest", "complaint", "missing_person", "medico_legal", "preventive",
        "property_unclaimed", "malkhana_audit",
    ] = "no record"  # fmt: skip
    number: str = ""
    number_record: UUID | None = None
    made_by: str = ""

    @property
    def other_called(self) -> str:
        """The number of the record that it is about; empty when it is about none."""
        return "" if self.about == NO_RECORD else super().other_called

    def refuse(self, matter: Day) -> Iterator[str]:
        """A serial counts from 1, and is used once in a day; a number is one of a register."""
        yield from super().refuse(matter)
        if self.number and self.about == NO_RECORD:
            yield f"this entry names {self.number} and not of which register that is. Say in `about`: case, inquest …"
        if self.serial < 1:
            yield "a serial of the diary counts from 1 each day. Leave it out to be given the next one."
        if was := matter.part(Page).serials.get(self.serial):
            yield (
                f"serial {self.serial} of {matter.label} is used, by the entry of {written(was.at)}. Leave it out to "
                "be given the next one; a wrong entry is struck by diary.EntryCorrected."
            )

    def doubt(self, matter: Day) -> Iterator[str]:
        """Both hours in their order: what it tells of, and when it is written; and the serials follow the hours."""
        yield from super().doubt(matter)
        if self.event_at and self.event_at > self.meta.occurred_at:
            yield f"serial {self.serial} of {self.called} tells of something that came after it was written"
        earlier = [done for serial, done in matter.part(Page).serials.items() if serial < self.serial]
        if any(done.at > self.meta.occurred_at for done in earlier):
            yield f"serial {self.serial} of {self.called} is written before an entry with a lower serial"

    def apply(self, record: Day) -> Day:
        """The day has one more entry."""
        part = record.part(Page)
        begun = changed(record.part(Course), begun=record.part(Course).begun or self.done())
        kept = self.tying(record).keep(changed(part, serials={**part.serials, self.serial: self.done()}))
        return kept.keep(
            begun,
            day=self.day,
            number=self.called,
            station=record.station or self.meta.station,
            stage=onward(record, "open"),
            registered_at=record.registered_at or self.meta.occurred_at,
        )


class DayClosed(OfDay, register="diary"):
    """The day is closed: with how many entries, and what the station has in its hands overnight."""

    shows = frozenset({"day"})

    last_serial: int
    in_custody: int = 0
    officers_present: int | None = None
    remarks: Sealed | None = None

    def refuse(self, matter: Day) -> Iterator[str]:
        """It is closed once."""
        yield from super().refuse(matter)
        if ended := matter.part(Course).ended:
            yield f"{matter.label} is closed since {written(ended.at)}."

    def doubt(self, matter: Day) -> Iterator[str]:
        """With as many entries as it has, and after the last of them."""
        yield from super().doubt(matter)
        part = matter.part(Page)
        struck = len(matter.part(Corrections).struck)  # a struck entry keeps its serial, which may be the last one
        if not part.last <= self.last_serial <= part.last + struck:
            yield f"{matter.label} is closed at serial {self.last_serial}, and its last one is {part.last}"
        if any(done.at > self.meta.occurred_at for done in part.serials.values()):
            yield f"{matter.label} is closed before its last entry"

    def apply(self, record: Day) -> Day:
        """The day is over."""
        return record.keep(changed(record.part(Course), ended=self.done()), stage=onward(record, "closed"))


class EntryCorrected(CorrectsEntry, register="diary"):
    """An earlier entry is struck and initialled as wrong, with the reason; it keeps its serial. Nothing is erased."""


class AccessRecorded(RecordsAccess, register="diary"):
    """A named officer has read sealed columns of this record. Looking is an act like any other, and has its reason."""


class EntryPassedOver(PassesEntryOver, register="diary"):
    """A named person lets one view go on without one entry it cannot take. The entry itself stays as it is."""


class DocumentsAttached(AttachesDocuments, register="diary"):
    """Papers or recordings are hung on an entry, by digest, size and media type; the files are never replaced."""
