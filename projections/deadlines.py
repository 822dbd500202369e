"""The legal clocks of every record. Whether one has lapsed depends on when it is asked, and isn't kept here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime, tzinfo
from typing import Any, NamedTuple
from uuid import UUID

from domain.deadline.owed import Reading, is_told, key_of, next_at, owed
from domain.deadline.sheet import NOTHING, ClockKey, Sheet, TellsOfClock, Told, sheet_of, told_after
from domain.event import EPOCH, Event, changed
from domain.law.book import Book
from domain.law.clock import Clock, Fact, Reckoning, columns_of, evaluate
from projections.view import SAME, Index, View, on

CLOCK = ("record_id", "rule", "subject", "opened_by")
"""What tells one clock from all others."""


@dataclass
class Docket:
    """The facts of a record that matter to any rule (a correction is one of them), and what was told of its clocks.

    Both are kept as JSON, and are objects as long as they are at hand. `counted` is the version of the last of these
    facts and `recorded_at` when it was recorded; `told_version` and `told_at` are the same of the last deadline fact,
    whose version counts in the record's deadline stream.
    """

    record_id: UUID
    station: str = ""
    facts: list[Any] = field(default_factory=list)
    told: dict[str, Any] = field(default_factory=dict)
    counted: int = 0
    told_version: int = 0
    recorded_at: datetime = EPOCH
    told_at: datetime = EPOCH
    district: str = ""

    KEY = ("record_id",)


class Deadlines(View):
    """One row for each clock of each subject; and for a vanished clock of which that is still to be told."""

    version = 3
    State = Docket
    indexes = (("station", "due_at"), ("due_at",), Index(("next_at", *CLOCK), "next_at IS NOT NULL"))

    @dataclass
    class Row:
        """A clock as it was reckoned from the facts entered so far."""

        record_id: UUID
        rule: str
        subject: str
        opened_by: str
        station: str = ""
        opened_at: datetime = EPOCH
        due_at: datetime = EPOCH
        last_day: date | None = None
        met_at: datetime | None = None
        recorded_at: datetime | None = None
        ended_at: datetime | None = None
        ended_as: str = ""
        extended: bool = False
        law: str = ""
        duty: str = ""
        consequence: str = ""
        digest: str = ""
        next_at: datetime | None = None
        """When something is next to be told of it; None when nothing is."""
        ended_recorded_at: datetime | None = None
        """When the entry was recorded that took the duty away."""

        KEY = CLOCK

    def __init__(self, book: Book, zone: tzinfo) -> None:
        """Reckon by `book`, days in `zone`."""
        super().__init__()
        self.book, self.zone = book, zone
        texts = (str(zone), book.basis, *(rule.digest for rule in book.rules.values()))
        self.basis = hashlib.sha256(" ".join(texts).encode()).hexdigest()[:16]
        self._wanted: dict[type[Event[Any]], Wanted | None] = {}

    @on(Event)
    def entered(self, row: Docket, e: Event[Any]) -> object:
        """Keep what a rule waits for, and what has been told. What no rule waits for changes nothing."""
        cls, known = type(e), row.station
        if isinstance(e, TellsOfClock):
            key = e.key
            row.told[str(key)] = told_after({key: _told(row.told[str(key)])} if str(key) in row.told else {}, e)[key]
            row.told_version, row.told_at = e.meta.version, e.meta.recorded_at
            return None
        row.station, row.district = known or e.meta.station, row.district or e.meta.district
        if cls not in self._wanted:
            self._wanted[cls] = wanted_of(cls, self.book)
        wanted = self._wanted[cls]
        if wanted is None:
            return SAME if known else None
        row.facts.append(Fact.of(e.name, wanted.traits, e.meta, columns_of(e, wanted.columns)))
        row.counted, row.recorded_at = e.meta.version, e.meta.recorded_at
        return None

    def reads(self, cls: type[Event[Any]]) -> frozenset[str] | None:
        """What any rule looks at, and all that was told."""
        if issubclass(cls, TellsOfClock):
            return None
        wanted = wanted_of(cls, self.book)
        return frozenset(name.partition(".")[0] for name in wanted.columns) if wanted else frozenset()

    def owed(self, docket: Docket, now: datetime) -> list[TellsOfClock]:
        """What is to be told of a record's clocks by `now`, and hasn't been."""
        clocks = self.reckon(docket).clocks
        reading = Reading(clocks, self.book, str(self.zone), docket.counted, docket.recorded_at)
        return owed(sheet_on(docket), reading, now)

    def reckon(self, docket: Docket, **asked: Any) -> Reckoning:  # noqa: ANN401 (as_of, known_at, closed, only)
        """The clocks of a record."""
        facts = [each if isinstance(each, Fact) else Fact.from_json(each) for each in docket.facts]
        return evaluate(self.book, facts, self.zone, **asked)

    def rows_now(self, state: Docket) -> Iterator[Row]:
        """The rows of a record, of which only those clocks are reckoned anew that a new entry may have changed."""
        state.facts[:] = [each if isinstance(each, Fact) else Fact.from_json(each) for each in state.facts]
        for key, kept in state.told.items():
            if not isinstance(kept, Told):
                state.told[key] = Told.from_json(kept)
        before: Drawn | None = vars(state).get("drawn")
        anew = None if before is None or before.station != state.station else self._concerned(state, before)
        drawn = Drawn(state.station, len(state.facts), dict(state.told), {})
        if before is not None and anew is not None:
            for rule, clocks in before.rules.items():
                if rule not in anew:
                    drawn.rules[rule] = [_still(each, state.recorded_at) for each in clocks]
        told = told_of(state)
        for clock in self.reckon(state, only=anew).clocks:
            mine = told.get(key_of(clock), NOTHING) if told else NOTHING
            row = self._row(state, clock, mine)
            drawn.rules.setdefault(clock.rule.id, []).append((row, not is_told(clock, mine)))
        vars(state)["drawn"] = drawn
        rows = [row for clocks in drawn.rules.values() for row, _ in clocks]
        running = {ClockKey(row.rule, row.subject, row.opened_by) for row in rows} if told else ()
        yield from rows
        yield from self._withdrawn(state, {key: was for key, was in told.items() if key not in running})

    def _concerned(self, state: Docket, before: Drawn) -> set[str]:
        """The rules whose clocks may be others than before: by facts that came since, or by what was told of them."""
        found: set[str] = set()
        for fact in state.facts[before.facts :]:
            for name in (fact.name, *fact.also):
                found |= self.book.concerned.get(name, frozenset())
        changed_since = (key for key, told in state.told.items() if before.told.get(key) is not told)
        return found | {ClockKey.of(key).rule for key in changed_since}

    def rows(self, state: Docket) -> Iterator[Row]:
        """Each clock of the record."""
        told = told_of(state)
        for clock in self.reckon(state).clocks:
            yield self._row(state, clock, told.pop(key_of(clock), NOTHING) if told else NOTHING)
        yield from self._withdrawn(state, told)

    def _withdrawn(self, state: Docket, told: Mapping[ClockKey, Told]) -> Iterator[Row]:
        """What was told of clocks that run no longer."""
        for key, was in told.items():
            if was.opened_at is not None and key.rule in self.book.rules:
                yield self._vanished(state, key, was)

    def _vanished(self, state: Docket, key: ClockKey, told: Told) -> Row:
        """A clock that was told to run and that no entry starts any more: it is to be withdrawn."""
        row = self.Row(state.record_id, *key, station=state.station, law=told.law, ended_as="withdrawn")
        row.opened_at, row.due_at, row.last_day = told.opened_at or EPOCH, told.due_at, told.last_day
        row.ended_at = row.next_at = state.recorded_at
        return row

    def _row(self, state: Docket, clock: Clock, told: Told) -> Row:
        course = clock.course
        rule, start, met, ended = course.rule, course.start, course.met_by, course.ended_by
        return self.Row(
            record_id=state.record_id,
            rule=rule.id,
            subject=clock.subject,
            opened_by=start.fact.entry_id,
            station=state.station,
            opened_at=clock.opened_at,
            due_at=clock.due_at,
            last_day=clock.last_day,
            met_at=clock.met_at,
            recorded_at=met.recorded_at if met else None,
            ended_at=clock.ended_at,
            ended_as=clock.ended_as,
            extended=clock.extended_at is not None,
            law=clock.version.law,
            duty=rule.duty,
            consequence=rule.consequence["class"],
            digest=rule.digest,
            next_at=next_at(clock, told, state.recorded_at),
            ended_recorded_at=ended.recorded_at if ended else None,
        )


class Drawn(NamedTuple):
    """What was drawn of a record, from how many facts, and what had been told; each row with whether more is owed."""

    station: str
    facts: int
    told: dict[str, Told]
    rules: dict[str, list[tuple[Deadlines.Row, bool]]]


def _still(drawn: tuple[Deadlines.Row, bool], recorded_at: datetime) -> tuple[Deadlines.Row, bool]:
    """The row of a clock that is as it was. What is owed of it is due since the last fact was recorded."""
    row, owing = drawn
    return (changed(row, next_at=recorded_at), owing) if owing and row.next_at != recorded_at else drawn


def told_of(docket: Docket) -> dict[ClockKey, Told]:
    """What was told of a record's clocks."""
    return {ClockKey.of(key): _told(kept) for key, kept in docket.told.items()}


def _told(kept: Told | list[Any]) -> Told:
    return kept if isinstance(kept, Told) else Told.from_json(kept)


def sheet_on(docket: Docket) -> Sheet:
    """The deadline sheet of a record."""
    return sheet_of(docket.record_id, docket.told_version, told_of(docket))


class Wanted(NamedTuple):
    """What the law sees of an act: its traits, and the columns that matter to any rule."""

    traits: frozenset[str]
    columns: tuple[str, ...]


def wanted_of(cls: type[Event[Any]], book: Book) -> Wanted | None:
    """What the law sees of an act; None when no rule waits for it or for one of its traits."""
    traits = traits_of(cls)
    met = [book.interests[name] for name in (cls.name, *traits) if name in book.interests]
    own = {each.name for each in fields(cls)} | {name for name in dir(cls) if name[0] != "_"}
    wanted = {name for name in frozenset().union(*met) if name.partition(".")[0] in own}
    return Wanted(frozenset(traits), tuple(sorted(wanted))) if met else None


def fact_of(entry: Event[Any], book: Book) -> Fact | None:
    """What the law sees of an entry; None when no rule waits for it."""
    wanted = wanted_of(type(entry), book)
    return None if wanted is None else Fact.of(entry.name, wanted.traits, entry.meta, columns_of(entry, wanted.columns))


def traits_of(cls: type[Event[Any]]) -> tuple[str, ...]:
    """The names of the traits an act has."""
    return tuple(
        each.__name__ for each in cls.__mro__ if issubclass(each, Event) and not each.name and each is not Event
    )


def reckon_entries(
    entries: Iterable[Event[Any]],
    book: Book,
    zone: tzinfo,
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
) -> Reckoning:
    """The clocks of one record straight from its entries: as of a moment, as known at a moment, or both."""
    facts = [fact for fact in (fact_of(entry, book) for entry in entries) if fact is not None]
    return evaluate(book, facts, zone, as_of=as_of, known_at=known_at)
