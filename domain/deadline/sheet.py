"""The deadline sheet of a record: what has been told of each of its legal clocks. What stands on it isn't told again.

A fact is told of one clock: by one rule, for one subject, opened by one entry. Its id follows from that, from its kind
and from its number among its kind, so that whoever tells it, and how often, tells one and the same fact.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar, NamedTuple, Self
from uuid import UUID, uuid5

from domain.event import EPOCH, NIL, Event, Record, changed, put

NO_DAY = EPOCH.date()


class ClockKey(NamedTuple):
    """Which clock of a record: its rule, its subject, and the entry that opened it."""

    rule: str
    subject: str
    opened_by: str

    def __str__(self) -> str:
        """As a view keeps it, and as ids are made of it."""
        return "|".join(self)

    @classmethod
    def of(cls, kept: str) -> Self:
        """A key as a view kept it. A subject may hold any letter, so it is read from both ends."""
        rule, _, rest = kept.partition("|")
        subject, _, opened_by = rest.rpartition("|")
        return cls(rule, subject, opened_by)


def stream_of(record_id: UUID) -> UUID:
    """The stream of a record's deadline facts: another one than the case's, so that its versions stay its own."""
    return uuid5(record_id, "deadlines")


def identity(record_id: UUID, key: ClockKey, kind: str, number: int) -> UUID:
    """The id of a fact, and of the command that tells it."""
    return uuid5(stream_of(record_id), f"{key}|{kind}|{number}")


@dataclass(frozen=True)
class Told:
    """What has been told of one clock, as far as it stands. `times` counts also what was withdrawn."""

    opened_at: datetime | None = None
    """None when it was never opened, or when its opening was withdrawn."""
    due_at: datetime = EPOCH
    last_day: date = NO_DAY
    law: str = ""
    alarmed_at: datetime | None = None
    """The last alarm that was told: the moment for which it was set."""
    lapsed_at: datetime | None = None
    """The end that was told to have lapsed."""
    end: str = ""
    """The kind of fact that ended it: Met, MetLate, EnteredLate, Exempted, Overtaken."""
    end_by: str = ""
    times: Mapping[str, int] = field(default_factory=dict)

    def number_of(self, kind: str) -> int:
        """How often this kind was told."""
        return self.times.get(kind, 0)

    def to_json(self) -> list[Any]:
        """As a view keeps it."""
        moments = (self.opened_at, self.due_at, self.last_day, self.alarmed_at, self.lapsed_at)
        return [*(each and each.isoformat() for each in moments), self.law, self.end, self.end_by, dict(self.times)]

    @classmethod
    def from_json(cls, kept: Sequence[Any]) -> Self:
        """As a view kept it."""
        *moments, law, end, end_by, times = kept
        opened, due, day, alarmed, lapsed = (each and datetime.fromisoformat(each) for each in moments)
        return cls(opened, due, day.date(), law, alarmed, lapsed, end, end_by, times)


NOTHING = Told()


@dataclass(frozen=True, kw_only=True)
class Sheet(Record, register="deadline"):
    """The deadline sheet of one record. Its id is the record's, its versions are those of its own stream."""

    told: Mapping[ClockKey, Told] = field(default_factory=dict)


class TellsOfClock(Event[Sheet]):
    """Something is told of a clock. The engine tells it and nobody else; it holds codes, moments and law, no person.

    `due_at` is the last instant in time, `last_day` its day in `zone`. `digest` is of the rule's text, `basis` of what
    all rules are counted by, `counted` the version of the last entry of the record that was taken into account: with
    these the fact can be worked out again. `fell_due_at` is since when it was to be told, `noticed_at` the moment as of
    which it was noticed; they lie apart when nobody was there to notice.
    """

    by_hand: ClassVar[bool] = False

    rule: str
    subject: str
    opened_by: UUID
    opened_at: datetime
    due_at: datetime
    last_day: date
    zone: str
    law: str
    digest: str
    basis: str
    reviewed: bool
    policy: bool
    duty: str
    consequence: str
    number: int
    counted: int
    fell_due_at: datetime
    noticed_at: datetime

    @property
    def key(self) -> ClockKey:
        """Which clock it tells of."""
        return ClockKey(self.rule, self.subject, str(self.opened_by))

    @property
    def kind(self) -> str:
        """What it tells: `Lapsed`."""
        return type(self).__name__

    def mark(self, told: Told) -> Told:
        """What stands of the clock after this; each kind has its own. How often what was told is counted elsewhere."""
        return told

    def refuse(self, sheet: Sheet) -> Iterator[str]:
        """Each fact is told once, and of a clock that is open to be told of."""
        told = sheet.told.get(self.key, NOTHING)
        before = told.number_of(self.kind)
        if self.number != before + 1:
            yield f"{self.name} of {self.rule} was told {before} times: number {self.number} is not the next"
        if (told.opened_at is None) != self.opens:
            how = "already" if self.opens else "never"
            yield f"{self.rule} was {how} told to run: {self.name} cannot be told of it"

    def apply(self, sheet: Sheet) -> Sheet:
        """The sheet with this on it."""
        return changed(sheet, told=told_after(sheet.told, self))


def told_after(told: Mapping[ClockKey, Told], fact: TellsOfClock) -> dict[ClockKey, Told]:
    """What has been told of a record's clocks after one more fact."""
    before = told.get(fact.key, NOTHING)
    times = put(before.times, fact.kind, max(fact.number, before.number_of(fact.kind)))
    return {**told, fact.key: changed(fact.mark(before), times=times)}


def sheet_of(record_id: UUID, version: int, told: Mapping[ClockKey, Told]) -> Sheet:
    """A sheet as a view keeps it."""
    return Sheet(id=record_id or NIL, version=version, told=told)
