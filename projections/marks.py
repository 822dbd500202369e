"""What stations are ranked by: for each record, day and station, how often something came up and was as it should be.

A mark stands on the day on which its time was over, in the station that had the record then. Marks are sums of their
record alone: neither the order of records nor the number of workers changes them, and any month of any station is
added up when it is asked for. What is recorded too late never makes a mark better, and often one worse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, NamedTuple
from uuid import UUID

from domain.common.corrections import CorrectsEntry
from domain.common.matter import Entry, TakesOver
from domain.deadline.sheet import TellsOfClock
from domain.event import Event
from domain.ranking.scheme import EVERY, Indicator, Scales
from projections.struck import strike, struck
from projections.view import SAME, View, on

HELD = "held"
"""The indicator under which it is told which station has a record from that day on: nothing is counted by it."""
WRITTEN_WITHIN = timedelta(hours=24)
"""How long after its last moment what was done in time may be written down, and still counts as done in time."""


@dataclass
class Slate:
    """What is kept of a record: sums of what was entered, and the acts that any indicator names, as JSON.

    An entry that was struck was entered all the same: striking it heals no delay. The acts that are struck have never
    happened; but what was wrong when its time was over is not made good by striking it later.
    """

    record_id: UUID
    entered: dict[str, Any] = field(default_factory=dict)
    facts: list[Any] = field(default_factory=list)
    corrections: dict[str, Any] = field(default_factory=dict)
    corrected_at: dict[str, Any] = field(default_factory=dict)
    """When each correction was recorded."""

    KEY = ("record_id",)


class Fact(NamedTuple):
    """An act that an indicator names."""

    version: int
    name: str
    station: str
    district: str
    at: datetime
    recorded_at: datetime
    values: Mapping[str, Any]
    takes_over: bool = False
    """Whether the record came to another station by it."""


class Marks(View):
    """One row for each record, indicator, station and day."""

    version = 3
    State = Slate
    ignores = frozenset({TellsOfClock})
    indexes = (("indicator", "day"), ("day",))

    @dataclass
    class Row:
        """How often it came up, how often it was right, and the versions of the entries that were not."""

        record_id: UUID
        indicator: str
        station: str
        day: date
        district: str = ""
        good: int = 0
        of: int = 0
        failed: list[Any] = field(default_factory=list)

        KEY = ("record_id", "indicator", "station", "day")

    def __init__(self, scales: Scales, zone: tzinfo) -> None:
        """Count what these scales name, days in `zone`."""
        super().__init__()
        self.scales, self.zone = scales, zone
        self.basis = f"{scales.digest} {zone}"
        indicators = scales.indicators.values()
        self._entered = [each for each in indicators if each.kind == "entered"]
        self._told = [each for each in indicators if each.kind in _MARKED]
        self._named = scales.named

    @on(Entry)
    def entered(self, row: Slate, e: Entry) -> object:
        """Whether it was recorded soon enough; and keep what any indicator names, and who has the record first."""
        meta, changed = e.meta, False
        for each in self._entered if e.by_hand else ():
            if EVERY in each.acts or e.name in each.acts:
                key = f"{each.id}|{meta.station}|{_day(meta.occurred_at, self.zone)}"
                late = meta.recorded_at - meta.occurred_at > timedelta(hours=each.hours)
                sums = row.entered.setdefault(key, {"good": 0, "failed": [], "district": meta.district})
                sums["good"] += not late
                sums["failed"] += [meta.version] if late else []
                changed = True
        takes_over = isinstance(e, TakesOver)
        if not row.facts or takes_over or e.name in self._named:
            values = {name: getattr(e, name) for name in sorted(self._columns(e.name)) if hasattr(e, name)}
            times = {"at": meta.occurred_at.isoformat(), "recorded_at": meta.recorded_at.isoformat()}
            where = {"station": meta.station, "district": meta.district}
            fact = {"version": meta.version, "name": e.name, **where, **times, "values": values}
            row.facts.append(fact | {"takes_over": True} if takes_over else fact)
            changed = True
        return None if changed else SAME

    @on(CorrectsEntry)
    def corrected(self, row: Slate, e: CorrectsEntry) -> None:
        """What is struck has never happened."""
        row.corrections = strike(row.corrections, e)
        row.corrected_at = {**row.corrected_at, str(e.meta.version): e.meta.recorded_at.isoformat()}

    def reads(self, cls: type[Event[Any]]) -> frozenset[str] | None:
        """The columns by which acts belong together, and what a correction strikes."""
        return super().reads(cls) if issubclass(cls, CorrectsEntry) else self._columns(cls.name)

    def _columns(self, name: str) -> frozenset[str]:
        mine = [each for each in self._told if name in each.named]
        return frozenset[str]().union(*(each.columns for each in mine))

    def rows(self, state: Slate) -> Iterator[Row]:
        """The marks of the record."""
        found: dict[tuple[str, str, date], Marks.Row] = {}
        for key, sums in state.entered.items():
            indicator, station, day = key.rsplit("|", 2)
            at = (indicator, station, date.fromisoformat(day))
            of = sums["good"] + len(sums["failed"])
            found[at] = self.Row(state.record_id, *at, sums["district"], sums["good"], of, list(sums["failed"]))
        gone = struck(state.corrections)
        kept, taken = list[Fact](), list[tuple[Fact, datetime]]()
        for fact in map(_fact, state.facts):
            if by := gone.get(fact.version):
                taken.append((fact, datetime.fromisoformat(state.corrected_at[str(by)])))
            else:
                kept.append(fact)
        holders = Holders(kept)
        # Of a day, who has the record at its end: one row, so that it is the same in whatever order rows are read.
        last = {_day(since, self.zone): (holder, district) for since, holder, district in holders.steps}
        for held_on, (holder, district) in last.items():
            found[HELD, holder, held_on] = self.Row(state.record_id, HELD, holder, held_on, district)
        for each in self._told:
            for fact, due, done, many in _MARKED[each.kind](each, kept, taken):
                station, district = (done.station, done.district) if done else holders.at(due, fact)
                at = (each.id, station, _day(due, self.zone))
                row = found.setdefault(at, self.Row(state.record_id, *at, district))
                row.of += many
                row.good += many if done else 0
                row.failed += [] if done else [fact.version]
        yield from found.values()


class Holders:
    """Which station had a record when."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        """From the acts by which it came to each; the first one is where it began."""
        first = min(facts, key=lambda each: each.version, default=None)
        taken = sorted((each for each in facts if each.takes_over), key=lambda each: (each.at, each.version))
        begun = [first] if first is not None and first not in taken else []
        self.steps = [(each.at, each.station, each.district) for each in (*begun, *taken)]

    def at(self, moment: datetime, fact: Fact) -> tuple[str, str]:
        """The station and district at a moment: where the act was done, unless it was taken over since."""
        since = [step[1:] for step in self.steps[1:] if fact.at < step[0] <= moment]
        return since[-1] if since else (fact.station, fact.district)


def _day(moment: datetime, zone: tzinfo) -> date:
    try:
        return moment.astimezone(zone).date()
    except OverflowError:  # the last hours of the calendar
        return moment.date()


def _fact(kept: Mapping[str, Any]) -> Fact:
    at, recorded_at = (datetime.fromisoformat(kept[each]) for each in ("at", "recorded_at"))
    took = kept.get("takes_over", False)
    return Fact(kept["version"], kept["name"], kept["station"], kept["district"], at, recorded_at, kept["values"], took)


Marked = Iterator[tuple[Fact, datetime, Fact | None, int]]
"""What came up, when its time was over, the act by which it was right, if it was, and how often it counts."""
Taken = Sequence[tuple[Fact, datetime]]
"""Acts that were struck, each with the moment at which that was recorded."""


def _followed(indicator: Indicator, facts: Sequence[Fact], taken: Taken) -> Marked:
    """Each act that had to be followed by another; also one that was struck when its time was long over."""
    for fact, away in (*((each, None) for each in facts), *taken):
        if fact.name not in indicator.acts:
            continue
        due = _later(fact.at, indicator.hours)
        mine = [each for each in facts if fact.at <= each.at and _in_time(each, due) and _same(indicator, fact, each)]
        done = next((each for each in mine if each.name in indicator.by), None)
        lifted = away is not None and (done is not None or _soon(away, due))
        if not lifted and not any(each.name in indicator.unless for each in mine):
            yield fact, due, done, 1


def _share(indicator: Indicator, facts: Sequence[Fact], taken: Taken) -> Marked:
    """Each thing that is counted, and what lists say of many; good only where it was written down soon enough.

    What is struck takes nothing bad away, unless that was written down soon. Where a list counts for things that are
    good, their own acts don't count besides; and several lists count for no more than there is.
    """
    late = (each for each, away in taken if each.name not in indicator.good and not _soon(away, each.at))
    things, lists = dict[Any, Fact](), list[Fact]()
    for fact in (each for each in (*facts, *late) if each.name in indicator.acts):
        if fact.values.get(indicator.times, "") != "":
            lists.append(fact)
            continue
        named = indicator.once and all(fact.values.get(each) for each in indicator.once)
        key = tuple(fact.values[each] for each in indicator.once) if named else fact.version
        if key not in things or _good(indicator, things[key]):
            things[key] = fact
    counted = [each for each in lists if _good(indicator, each)]
    bad = [each for each in things.values() if not _good(indicator, each)]
    left = counted[-1].values.get(indicator.most) if counted and indicator.most else None
    left = None if left is None else max(int(left) - len(bad), 0)
    for fact in reversed(counted):
        many = int(fact.values[indicator.times])
        many, left = (many, None) if left is None else (min(many, left), left - min(many, left))
        yield fact, fact.at, fact, many
    yield from ((each, each.at, None, int(each.values[indicator.times])) for each in lists if each not in counted)
    yield from ((each, each.at, None, 1) for each in bad)
    if not counted:
        yield from ((each, each.at, each, 1) for each in things.values() if _good(indicator, each))


def _good(indicator: Indicator, fact: Fact) -> bool:
    column, wrong = indicator.unsound
    return fact.name in indicator.good and fact.values.get(column) != wrong and _in_time(fact, fact.at)


_MARKED: Mapping[str, Callable[[Indicator, Sequence[Fact], Taken], Marked]] = {"followed": _followed, "share": _share}


def _later(moment: datetime, hours: int) -> datetime:
    try:
        return moment + timedelta(hours=hours)
    except OverflowError:
        return moment


def _in_time(fact: Fact, due: datetime) -> bool:
    return fact.at <= due and _soon(fact.recorded_at, due)


def _soon(written: datetime, due: datetime) -> bool:
    return written - due <= WRITTEN_WITHIN


def _same(indicator: Indicator, one: Fact, other: Fact) -> bool:
    column = indicator.same
    return not column or column not in other.values or one.values.get(column) == other.values[column]


class Ended(NamedTuple):
    """A legal clock, as far as ranking looks at it: a row of the view of deadlines."""

    record_id: UUID
    rule: str
    station: str
    due_at: datetime
    met_at: datetime | None
    recorded_at: datetime | None
    ended_at: datetime | None
    ended_recorded_at: datetime | None


def clock_marks(clocks: Iterable[Ended], held: Mapping[UUID, Mapping[date, tuple[str, str]]], scales: Scales,
                zone: tzinfo) -> Iterator[Marks.Row]:  # fmt: skip
    """The marks of legal clocks, on their last day. `held`: from which day on each station had the record.

    A duty that was taken away, exempted by who may or overtaken by events, is not counted, unless that was done or
    written down only when the time was over.
    """
    by_rule: dict[str, list[str]] = {}
    for each in scales.indicators.values():
        for rule in each.rules:
            by_rule.setdefault(rule, []).append(each.id)
    for clock in clocks:
        if clock.ended_at and _both(clock.ended_at, clock.ended_recorded_at or clock.ended_at, clock.due_at):
            continue
        good = bool(clock.met_at) and _both(clock.met_at, clock.recorded_at or clock.met_at, clock.due_at)
        day = _day(clock.due_at, zone)
        steps = held.get(clock.record_id, {})
        since = max((each for each in steps if each <= day), default=None)
        station, district = steps[since] if since else (clock.station, "")
        for indicator in by_rule.get(clock.rule, ()):
            yield Marks.Row(clock.record_id, indicator, station, day, district, int(good), 1)


def _both(done: datetime | None, written: datetime | None, due: datetime) -> bool:
    return done is not None and written is not None and done <= due and _soon(written, due)
