"""An entry of a register: what was done, by whom, when, whether it may be entered, and what it changes.

In a paper register an act and its entry have the same columns, so the intent and the fact are one class here.
A subclass declared with `register="case"` becomes a frozen, keyword-only dataclass and claims the permanent name
`case.ClassName`. That name is stored for ever; the Python path may change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar, Generic, Self, TypeVar
from uuid import UUID

from domain.frozen import Frozen

NIL = UUID(int=0)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who did the act: the officer's id in the personnel system, rank and role as they were then, and station."""

    id: str = ""
    rank: str = ""
    role: str = ""
    station: str = ""


@dataclass(frozen=True, kw_only=True)
class Meta:
    """What every entry carries besides its own fields.

    All times are aware and in UTC. `occurred_at` is the act, `recorded_at` the moment this engine appended it,
    `reported_at` the date on a paper where one exists. `stream_id` is what versions count along; `record_id` is the
    case, and what slot and Kafka key are made of. `position` is the place in the store's log; it isn't in the bytes.
    """

    entry_id: UUID = NIL
    record_id: UUID = NIL
    stream_id: UUID = NIL
    version: int = 0
    occurred_at: datetime = EPOCH
    recorded_at: datetime = EPOCH
    reported_at: datetime | None = None
    actor: Actor = Actor()
    station: str = ""
    district: str = ""
    command_id: UUID = NIL
    correlation_id: UUID | None = None
    causation_id: UUID | None = None
    source: str = ""
    salt: bytes = b""
    doubts: tuple[str, ...] = ()
    signature: bytes | None = None
    position: int = 0


@dataclass(frozen=True)
class Sealed:
    """Personal data of one person: readable only with that person's key in that record.

    What is stored is `person`, `digest` (SHA-256 of the RFC 9901 disclosure) and `box` (the disclosure under
    AES-256-GCM). `text` exists only between the door and the store: rules and views never see it.
    """

    person: str = ""
    digest: bytes = b""
    box: bytes = b""
    text: str | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class Record:
    """What a register keeps of one matter: a frozen value, folded from its entries."""

    register: ClassVar[str] = ""

    id: UUID = NIL
    version: int = 0

    def __init_subclass__(cls, *, register: str = "") -> None:
        super().__init_subclass__()
        if register:
            cls.register = register
            _claim(RECORDS, register, cls)

    @classmethod
    def blank(cls, record_id: UUID) -> Self:
        """A record in which nothing is entered yet."""
        return cls(id=record_id)

    def refuse(self, act: Event[Any]) -> Iterator[str]:
        """Reasons that hold for every act of this register; the act has its own besides."""
        if self.version == 0 and not act.opens:
            yield f"nothing is entered in this record yet, so it cannot begin with {act.name}"

    def doubt(self, act: Event[Any]) -> Iterator[str]:
        """Reasons to look twice that hold for every act of this register; the act has its own besides."""
        yield from ()

    def after(self, entry: Event[Any]) -> Self:
        """The record with one more entry in it, for an entry that strikes none: `fold` takes any."""
        after: Self = entry.apply(self)
        return changed(after, version=entry.meta.version)


R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Numbered:
    """A series that restarts each calendar year in each station, and the columns that hold its number and year.

    A number sent as 0 is allocated: the next free one. One that was supplied is checked to be unique. A `daily` series
    restarts each day: its column `year` holds the day, which is counted as a number of eight digits (20260702).
    """

    series: str
    number: str
    year: str
    daily: bool = False

    def span(self, act: Event[Any]) -> int:
        """The year, or the day, in which this act's number counts."""
        held: Any = getattr(act, self.year)
        span: int = held.year * 10000 + held.month * 100 + held.day if self.daily else held
        return span

    def written(self, span: int) -> str:
        """The year or the day of a number as it is written: `2026`, `2026-07-02`."""
        return f"{span // 10000:04d}-{span // 100 % 100:02d}-{span % 100:02d}" if self.daily else str(span)

    def name(self, station: str, number: int, year: int) -> str:
        """How the record is called by it: `CG-RPR-01/0012/2026` for an FIR, `CG-RPR-01/ZERO/0003/2026` for others.

        A day's by one of its numbers: `CG-RPR-01/GD/2026-07-02/0014`.
        """
        if self.daily:
            return f"{station}/{self.series}/{self.written(year)}/{number:04d}"
        series = "" if self.series == "FIR" else f"{self.series}/"
        return f"{station}/{series}{number:04d}/{year}"


class Event(Frozen, Generic[R]):
    """One act and its entry. See the module's docstring for how a subclass is declared.

    A trait is a subclass without `register=`: it may have fields, and views and rules may react to it.
    """

    name: ClassVar[str] = ""
    register: ClassVar[str] = ""
    opens: ClassVar[bool] = False
    """Whether a record may begin with this act."""
    by_hand: ClassVar[bool] = True
    """Whether an officer enters it; what the engine tells by itself is entered by nobody."""
    numbered: ClassVar[Numbered | None] = None
    """For an act that gives its record a number."""

    meta: Meta = Meta()

    def __init_subclass__(cls, *, register: str = "", opens: bool = False) -> None:
        cls.name = f"{register}.{cls.__name__}" if register else ""
        cls.register = register
        cls.opens = opens
        super().__init_subclass__()
        if register:
            _claim(ACTS, cls.name, cls)

    def refuse(self, record: R) -> Iterator[str]:
        """Every reason why this cannot have happened so, each a sentence: what the register shows, and what to do."""
        yield from ()

    def doubt(self, record: R) -> Iterator[str]:
        """Every reason to look twice. The act is recorded all the same, with these words inside the entry."""
        yield from ()

    def apply(self, record: R) -> R:
        """The record after this entry. Pure, and never refuses: what is recorded has happened."""
        return record

    @property
    def strikes(self) -> int:
        """The version of the earlier entry of this record that it strikes; 0 for nearly every act."""
        return 0

    @property
    def own_record(self) -> str:
        """The key of the record it belongs to, in a register that keeps one for each day; empty in any other."""
        return ""

    def attempt(self, reasons: tuple[str, ...]) -> Event[R] | None:
        """The fact that remains when this act is refused, for acts whose attempt is itself worth a line."""
        return None


ACTS: dict[str, type[Event[Any]]] = {}
"""Every act that may be entered, by its permanent name. Filled by the classes as their chapters are loaded."""

RECORDS: dict[str, type[Record]] = {}
"""The kind of record of each register."""

_T = TypeVar("_T")


def _claim(claimed: dict[str, type[_T]], name: str, cls: type[_T]) -> None:
    """A stored name is a promise: two classes may not give it."""
    holder = claimed.setdefault(name, cls)
    if holder is not cls:
        message = f"{name} is claimed by {holder.__module__} and again by {cls.__module__}"
        raise TypeError(message)


@dataclass(frozen=True)
class Decision:
    """What the register answers to an act: refused for these reasons, or entered with these doubts."""

    reasons: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def decide(act: Event[R], record: R) -> Decision:
    """Whether `act` may be entered in `record` as it stands. Gives every reason, not the first."""
    reasons = tuple(record.refuse(act)) or tuple(act.refuse(record))
    return Decision(reasons=reasons) if reasons else Decision(doubts=(*act.doubt(record), *record.doubt(act)))


def fold(record: R, entries: Iterable[Event[R]], earlier: Callable[[], Iterable[Event[R]]] | None = None) -> R:
    """The record as it stands after `entries`, in their order.

    A struck entry has never happened. So when one of `entries` strikes another, which is rare, the record is folded
    anew from all entries that stand, and no act need ask. For that `earlier` gives the entries that `record` was folded
    from; a blank record needs none. Raises ValueError when they are needed and not given.
    """
    new = list(entries)
    if any(each.strikes for each in new):
        if record.version:
            new = [*_all(record, earlier), *new]
            record = type(record).blank(record.id)
        gone = struck(new)
        for entry in new:
            record = changed(record, version=entry.meta.version) if entry.meta.version in gone else record.after(entry)
        return record
    for entry in new:
        record = record.after(entry)
    return record


def struck(entries: Iterable[Event[Any]]) -> dict[int, int]:
    """Which versions are struck, each by which. A correction that is struck itself strikes nothing."""
    found: dict[int, int] = {}
    for each in sorted(entries, key=lambda each: each.meta.version, reverse=True):
        if each.strikes and each.meta.version not in found:
            found.setdefault(each.strikes, each.meta.version)
    return found


def _all(record: Record, earlier: Callable[[], Iterable[Event[R]]] | None) -> list[Event[R]]:
    """The entries that a record was folded from, all of them."""
    found = list(earlier()) if earlier else []
    if [each.meta.version for each in found] != list(range(1, record.version + 1)):
        message = f"an entry is struck in a record of {record.version} entries, and these are not all at hand"
        raise ValueError(message)
    return found


def changed(value: _T, **changes: Any) -> _T:  # noqa: ANN401 (the value's own columns)
    """A copy of a frozen dataclass with some columns changed: `dataclasses.replace` without the constructor.

    It is what the register does most, and the constructor of a frozen dataclass costs ten times as much. Names must be
    columns of the value: this is not checked here but by the type checker's reading of the callers.
    """
    copy: _T = object.__new__(type(value))
    copy.__dict__.update(value.__dict__)
    copy.__dict__.update(changes)
    return copy


def put(mapping: Mapping[str, _T], key: str, value: _T) -> dict[str, _T]:
    """A copy of `mapping` with one value changed: records are never changed in place."""
    return {**mapping, key: value}
