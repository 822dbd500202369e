"""The legal clocks of every record. Whether one has lapsed depends on when it is asked, and isn't kept here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Any, NamedTuple
from uuid import UUID

from domain.event import EPOCH, Event
from domain.law.book import Book
from domain.law.clock import Clock, Fact, Reckoning, columns_of, evaluate
from projections.view import View, on


@dataclass
class Docket:
    """The facts of a record that matter to any rule; a correction is one of them.

    They are kept as JSON, and are facts as long as they are at hand.
    """

    record_id: UUID
    station: str = ""
    facts: list[Any] = field(default_factory=list)

    KEY = ("record_id",)


class Deadlines(View):
    """One row for each clock of each subject."""

    State = Docket
    indexes = (("station", "due_at"), ("due_at",))

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

        KEY = ("record_id", "rule", "subject", "opened_by")

    def __init__(self, book: Book, zone: tzinfo) -> None:
        """Reckon by `book`, days in `zone`."""
        super().__init__()
        self.book, self.zone = book, zone
        self._wanted: dict[type[Event[Any]], Wanted | None] = {}

    @on(Event)
    def entered(self, row: Docket, e: Event[Any]) -> None:
        """Keep what a rule waits for."""
        row.station = row.station or e.meta.station
        cls = type(e)
        if cls not in self._wanted:
            self._wanted[cls] = wanted_of(cls, self.book)
        wanted = self._wanted[cls]
        if wanted is not None:
            row.facts.append(Fact.of(e.name, wanted.traits, e.meta, columns_of(e, wanted.columns)))

    def reads(self, cls: type[Event[Any]]) -> frozenset[str]:
        """What any rule looks at."""
        wanted = wanted_of(cls, self.book)
        return frozenset(name.partition(".")[0] for name in wanted.columns) if wanted else frozenset()

    def reckon(self, docket: Docket, **asked: Any) -> Reckoning:  # noqa: ANN401 (as_of, known_at, closed)
        """The clocks of a record."""
        facts = [each if isinstance(each, Fact) else Fact.from_json(each) for each in docket.facts]
        return evaluate(self.book, facts, self.zone, **asked)

    def rows(self, state: Docket) -> Iterator[Row]:
        """Each clock of the record."""
        for clock in self.reckon(state).clocks:
            yield self._row(state, clock)

    def _row(self, state: Docket, clock: Clock) -> Row:
        return self.Row(
            record_id=state.record_id,
            rule=clock.rule.id,
            subject=clock.subject,
            opened_by=clock.opened_by,
            station=state.station,
            opened_at=clock.opened_at,
            due_at=clock.due_at,
            last_day=clock.last_day,
            met_at=clock.met_at,
            recorded_at=clock.recorded_at,
            ended_at=clock.ended_at,
            ended_as=clock.ended_as,
            extended=clock.extended,
            law=clock.version.law,
            duty=clock.rule.duty,
            consequence=clock.rule.consequence["class"],
            digest=clock.rule.digest,
        )


class Wanted(NamedTuple):
    """What the law sees of an act: its traits, and the columns that matter to any rule."""

    traits: frozenset[str]
    columns: tuple[str, ...]


def wanted_of(cls: type[Event[Any]], book: Book) -> Wanted | None:
    """What the law sees of an act; None when no rule waits for it or for one of its traits."""
    traits = traits_of(cls)
    met = [book.interests[name] for name in (cls.name, *traits) if name in book.interests]
    return Wanted(frozenset(traits), tuple(sorted(frozenset().union(*met)))) if met else None


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
