"""The law lab: any rule book tried on the lines of any event log, case by case, by the clocks of `clock.py` alone.

A rule of such a book names activities as they stand in the log. Each start opens a clock, and the first stop at or
after it closes it. A line's moment tells when it happened; of lines of one moment, as in a log that knows only days,
the earlier line came first. A log tells of nothing but what it holds: nothing in it is entered late.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, tzinfo
from typing import NamedTuple

from domain.law.book import Book
from domain.law.clock import Clock, Opening, Refusal, opened
from domain.law.counting import CLOCKED, Counting, counting_of, day_of
from domain.law.course import Course
from domain.law.docket import EARLIEST_FIRST, Docket, Seen
from domain.law.fact import Fact
from domain.law.rule import Rule

OUTCOMES: Mapping[str, str] = {
    "met": "met", "entered late": "met", "met late": "late", "lapsed": "lapsed", "open": "open", "extended": "open",
    "exempted": "exempted", "overtaken": "overtaken",
}  # fmt: skip
"""What becomes of a clock, by its state."""
CLOCKS = ("met", "late", "open", "lapsed", "exempted", "overtaken")
"""What a clock that was opened comes to."""

OWN = ""
NO_DAYS = frozenset[str]()


@dataclass(frozen=True, slots=True)
class LogLine(Fact):
    """One line of a log: its number, which of its times are days alone, and the value it is counted under."""

    number: int = 0
    days: frozenset[str] = NO_DAYS
    """The columns of time that give a day without a time; OWN is the line's own."""
    under: str = ""

    def day_alone(self, rule: Rule, at: datetime) -> bool:
        """Whether a rule takes this moment of the line from a day alone."""
        if not self.days:
            return False
        asked = {trigger.at for trigger in rule.triggers() if trigger.fact == self.name} or {OWN}
        found = {column if self.moment(column) else OWN for column in asked} & self.days
        return any((self.moment(column) or self.occurred_at) == at for column in found)


class Trial(NamedTuple):
    """What became of one start or stop of a log, by one rule.

    `stop` is the line that ended it, in whatever way. `outcome` is one of CLOCKS; or `refused` (no clock can be
    counted, and `why`), `passed over` (a start that opens none), `before start` or `without start` (a stop before any
    start; of a case, or subject, that never has one).
    """

    rule: str
    outcome: str
    start: LogLine | None
    stop: LogLine | None = None
    subject: str = ""
    opened_at: datetime | None = None
    last_day: date | None = None
    due_at: datetime | None = None
    stopped_at: datetime | None = None
    why: str = ""
    doubt: str = ""
    """What its length, or that it runs at all, hangs on and isn't known; the limit for “otherwise” is counted then."""
    days: tuple[bool, bool] = (False, False)
    """Whether `opened_at` and `stopped_at` are days alone."""

    @property
    def under(self) -> str:
        """The value it is counted under: that of the line that started it."""
        line = self.start or self.stop
        return line.under if line else ""

    @property
    def opens(self) -> bool:
        """Whether it is a clock, or would be one if it could be counted."""
        return self.outcome in CLOCKS or self.outcome == "refused"


class Lab(NamedTuple):
    """What a log is tried with: the rules, the zone in which days are counted, the moment asked about, and the way.

    `elapsed` counts a limit in days as so many times 24 hours. That is no way of the law: it is there to show the
    difference to counting by the calendar. What counts hours or months is counted as ever.
    """

    book: Book
    zone: tzinfo
    as_of: datetime
    elapsed: bool = False

    def counting(self, rule: Rule) -> Counting:
        """How a rule counts here; closed days are those of the book."""
        if self.elapsed and elapses(rule):
            return counting_of("hours", self.zone)
        heeded = self.book.closed and rule.closed_days == "next-open-day"
        return Counting(rule.counting, self.zone, self.book.closed) if heeded else counting_of(rule.counting, self.zone)

    def trials(self, lines: Sequence[LogLine]) -> Iterator[Trial]:
        """What becomes of each start and stop of one case, whose lines are in the order of the file."""
        docket = Docket(self.book, in_days(lines, self.zone), self.as_of, None, in_order=True)
        for rule in self.book.rules.values():
            if docket.named.keys().isdisjoint(names_of(rule)):
                continue
            barred: list[Seen] = []
            starts = docket.starts(rule, barred)
            used: set[str] = set()
            opening: set[str] = set()
            passed: dict[str, Trial] = {}  # by line: one may start for several, and then opens a clock for some
            for subject, mine in starts.items():
                for trial in self._of(Opening(rule, subject, self.counting(rule), docket), mine, used):
                    if trial.opens:
                        opening.add(_key(trial)[-1])
                        yield trial
                    else:
                        passed.setdefault(_key(trial)[-1], trial)
            for each in barred:
                passed.setdefault(each.start.entry_id, _unopened(rule, "passed over", each))
            yield from (trial for line, trial in passed.items() if line not in opening)
            yield from _too_early(rule, docket, starts, used)

    def _of(self, of: Opening, starts: list[Seen], used: set[str]) -> Iterator[Trial]:
        """What becomes of the starts of one rule for one subject; `used` is told the stops that closed a clock."""
        refused: list[Refusal] = []
        left: dict[str, dict[str, Seen]] = {}  # by the line they are counted from: several may be moved to one
        for each in starts:
            left.setdefault(each.fact.entry_id, {})[each.start.entry_id] = each
        for clock in opened(of, starts, refused):
            used.add(clock.met_by)
            left[clock.opened_by].pop(clock.course.start.start.entry_id, None)
            yield self._trial(clock)
        for refusal in refused:
            if moved := left[refusal.entry_id]:  # two starts of a rule may name one line
                yield _unopened(of.rule, "refused", moved.pop(next(iter(moved))), of.subject, refusal.why)
        for start in (each for moved in left.values() for each in moved.values()):
            yield _unopened(of.rule, "passed over", start, of.subject)

    def _trial(self, clock: Clock) -> Trial:
        course, rule = clock.course, clock.rule
        ended = course.met_by or course.ended_by
        start, stop = _line(course.start.start), _line(ended) if ended else None
        stopped_at = clock.met_at or clock.ended_at
        days = _from_day(rule, course.start), bool(stop and stopped_at and stop.day_alone(rule, stopped_at))
        steps = ((_line(fact), at) for _, at, fact, _ in course.steps)  # a pause, an extension
        if rule.counting in CLOCKED and (any(days) or any(line.day_alone(rule, at) for line, at in steps)):
            why = f"rule {rule.id} counts hours: the log gives a day without its time"
            return Trial(rule.id, "refused", start, stop, clock.subject, clock.opened_at, why=why, days=days)
        outcome = OUTCOMES[clock.state(self.as_of)]
        times = (clock.opened_at, clock.last_day, clock.due_at, stopped_at)
        return Trial(rule.id, outcome, start, stop, clock.subject, *times, doubt=doubt_of(course), days=days)


def doubt_of(course: Course) -> str:
    """What isn't known of a case and would decide how long its clock runs, or whether it does; nothing for most."""
    asked = [each.attribute for each, held in course.path if held is None]
    asked += [each.attribute for each in course.version.applies if each.holds(course.known) is None]
    if not asked:
        return ""
    why, classes = [], course.classes
    if any(each.startswith("offence.") for each in asked):
        why = [f"no table of offences has {each}" for each in classes.unknown]
        why += [f"{each} may be of either class" for each in classes.divided]
        why = why or ["no section is given"]
    return f"{', '.join(dict.fromkeys(asked))} not known{': ' if why else ''}{'; '.join(why)}"


def elapses(rule: Rule) -> bool:
    """Whether counting by elapsed hours makes sense for a rule: it counts days, and nothing adds days to them."""
    return rule.counting.startswith("days") and not any(each.adds for each in rule.extends)


def names_of(rule: Rule) -> frozenset[str]:
    """The activities that start or stop a rule's clocks."""
    return rule.start_names | {each.fact for each in rule.stops}


def in_days(lines: Sequence[LogLine], zone: tzinfo) -> Sequence[LogLine]:
    """Lines that give a day alone, set behind the lines of that day that stand before them in the file.

    Where all lines of a case have their times, or none has, nothing is to be done: a day alone is its first instant.
    """
    if len({OWN in each.days for each in lines}) < 2:  # noqa: PLR2004 (some have times and some have none)
        return lines
    latest: dict[date, datetime] = {}
    found = []
    for line in lines:
        day = day_of(line.occurred_at, zone)
        at = max(line.occurred_at, latest.get(day, line.occurred_at))
        latest[day] = at
        found.append(replace(line, occurred_at=at, recorded_at=at) if OWN in line.days else line)
    return found


def _line(fact: Fact) -> LogLine:
    assert isinstance(fact, LogLine)  # noqa: S101 (a lab is given nothing else)
    return fact


def _unopened(rule: Rule, outcome: str, start: Seen, subject: str = "", why: str = "") -> Trial:
    """A start that opens no clock."""
    days = _from_day(rule, start), False
    return Trial(rule.id, outcome, _line(start.start), None, subject, start.at, why=why, days=days)


def _from_day(rule: Rule, seen: Seen) -> bool:
    """Whether what counts from a moment counts from a day alone."""
    return _line(seen.fact).day_alone(rule, seen.at)


def _too_early(rule: Rule, docket: Docket, starts: Mapping[str, list[Seen]], used: set[str]) -> Iterator[Trial]:
    """The stops before which nothing had started, for whom they concern. One that closed a clock is none of them."""
    firsts = {subject: min(each, key=EARLIEST_FIRST) for subject, each in starts.items() if each}
    first = min(firsts.values(), key=EARLIEST_FIRST, default=None)
    told: set[str] = set(used)
    for trigger in rule.stops:
        for stop in docket.matching(trigger):
            if stop.fact.entry_id in told:
                continue
            told.add(stop.fact.entry_id)
            codes = stop.fact.codes(trigger.subject) if trigger.subject else None
            if codes is None:
                mine = [first] if first else []  # where it follows the stop, all do
            else:
                mine = [firsts[subject] for subject in ("", *codes) if subject in firsts]
            if all(docket.follows(each, stop) for each in mine):
                outcome = "before start" if mine else "without start"
                line = _line(stop.fact)
                yield Trial(
                    rule.id, outcome, None, line, stopped_at=stop.at, days=(False, line.day_alone(rule, stop.at))
                )


@dataclass
class Counts:
    """How many of each outcome, why clocks were refused, and which are in doubt."""

    outcomes: Counter[str] = field(default_factory=Counter)
    why: Counter[str] = field(default_factory=Counter)
    doubts: Counter[str] = field(default_factory=Counter)

    def add(self, trial: Trial) -> None:
        """Count one."""
        self.outcomes[trial.outcome] += 1
        if trial.why:
            self.why[trial.why.partition(": ")[2] or trial.why] += 1
        if trial.doubt:
            self.doubts[trial.doubt] += 1

    def shown(self) -> dict[str, int]:
        """As `law check --json` promises them; the keys behind `refused` say what those before hold together.

        `open` are all that nothing stopped; `lapsed` of them are past due. `before_start` are all stops before which
        nothing had started; in the cases of `without_start` of them nothing ever did. `starts` are `opened`,
        `refused` and `passed_over`, the lines that open none; `opened` are `met`, `late`, `open`, `exempted` and
        `overtaken`; of `doubted` among them something isn't known that decides how long they run, or whether.
        """
        of = self.outcomes
        clocks = sum(of[each] for each in CLOCKS)
        return {
            "opened": clocks,
            "met": of["met"],
            "late": of["late"],
            "open": of["open"] + of["lapsed"],
            "before_start": of["before start"] + of["without start"],
            "refused": of["refused"],
            "lapsed": of["lapsed"],
            "exempted": of["exempted"],
            "overtaken": of["overtaken"],
            "without_start": of["without start"],
            "starts": clocks + of["refused"] + of["passed over"],
            "passed_over": of["passed over"],
            "doubted": self.doubts.total(),
        }


class Move(NamedTuple):
    """A clock that another rule book, or another way of counting, would let end otherwise; None where it has none."""

    before: Trial | None
    after: Trial | None

    @property
    def either(self) -> Trial:
        """What can be told of both: rule, subject, start."""
        found = self.before or self.after
        assert found is not None  # noqa: S101 (a move is of a clock)
        return found

    @property
    def outcomes(self) -> tuple[str, str]:
        """From which outcome to which."""
        before, after = (each.outcome if each else "no clock" for each in self)
        return before, after

    @property
    def words(self) -> str:
        """The same in words: `met → late`, or `met, with another last day`."""
        before, after = self.outcomes
        return f"{before}, with another last day" if before == after else f"{before} → {after}"


def moves(before: Iterable[Trial], after: Iterable[Trial], *, days: bool = True) -> Iterator[Move]:
    """The clocks of one case whose outcome (or, with `days`, last day) isn't the same, in the order of `before`."""
    mine = [each for each in before if each.opens]
    other = {(_key(each), each.opened_at): each for each in after if each.opens}
    found = [other.pop((_key(each), each.opened_at), None) for each in mine]
    left: dict[tuple[str, str, str], list[Trial]] = {}  # of the same line, counted from another of its times
    for (key, _), each in other.items():
        left.setdefault(key, []).append(each)
    for one, same in zip(mine, found, strict=True):
        rest = left.get(_key(one))
        moved = same or (rest.pop(0) if rest else None)
        if moved is None or moved.outcome != one.outcome or (days and moved.last_day != one.last_day):
            yield Move(one, moved)
    for each in (each for same_line in left.values() for each in same_line):
        yield Move(None, each)


def _key(trial: Trial) -> tuple[str, str, str]:
    return trial.rule, trial.subject, trial.start.entry_id if trial.start else ""
