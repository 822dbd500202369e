"""The running legal clocks of every record. Whether one has lapsed is a question of the moment it is asked, not kept here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Any
from uuid import UUID

from domain.case.corrections import CorrectsEntry
from domain.event import EPOCH, Event
from domain.law.book import Book
from domain.law.clock import Clock, Fact, Reckoning, evaluate
from projections.struck import strike
from projections.view import View, on


@dataclass
class Docket:
    """The facts of a record that matter to any rule, and which entries are struck."""

    record_id: UUID
    station: str = ""
    facts: list[Any] = field(default_factory=list)
    struck: dict[str, Any] = field(default_factory=dict)

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

    @on(Event)
    def entered(self, row: Docket, e: Event[Any]) -> None:
        """Keep what a rule waits for."""
        row.station = row.station or e.meta.station
        if isinstance(e, CorrectsEntry):
            row.struck = strike(row.struck, e)
        fact = fact_of(e, self.book)
        if fact is not None:
            row.facts.append([e.meta.version, fact.to_json()])

    def reckon(self, docket: Docket, **asked: Any) -> Reckoning:  # noqa: ANN401 (as_of, known_at, closed)
        """The clocks of a record, by the facts that still stand."""
        facts = [Fact.from_json(kept) for version, kept in docket.facts if str(version) not in docket.struck]
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


def fact_of(entry: Event[Any], book: Book) -> Fact | None:
    """What the law sees of an entry; None when no rule waits for it or for one of its traits."""
    traits = _traits(type(entry))
    wanted = set[str]()
    met = False
    for name in (entry.name, *traits):
        if name in book.interests:
            met = True
            wanted |= book.interests[name]
    if not met:
        return None
    values = {name: _plain(getattr(entry, name)) for name in sorted(wanted) if hasattr(entry, name)}
    meta = entry.meta
    return Fact(entry.name, str(meta.entry_id), meta.occurred_at, meta.recorded_at, frozenset(traits), values)


def _traits(cls: type[Event[Any]]) -> tuple[str, ...]:
    return tuple(each.__name__ for each in cls.__mro__ if issubclass(each, Event) and not each.name and each is not Event)


def _plain(value: Any) -> Any:  # noqa: ANN401 (a column's value)
    if value is None or isinstance(value, str | int | bool):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Iterable):
        return [_plain(each) for each in value]
    return str(value)


def reckon_entries(
    entries: Iterable[Event[Any]], book: Book, zone: tzinfo, *, as_of: datetime | None = None, known_at: datetime | None = None
) -> Reckoning:
    """The clocks of one record straight from its entries: as of a moment, as known at a moment, or both.

    A correction counts only when it was itself known then.
    """
    view, docket = Deadlines(book, zone), Docket(UUID(int=0))
    for entry in entries:
        if known_at is None or entry.meta.recorded_at <= known_at:
            for _, handler in view.touched(entry):
                handler(view, docket, entry)
    return view.reckon(docket, as_of=as_of, known_at=known_at)
