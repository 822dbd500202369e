"""Reads a log, CSV or XES, into what the rules need of it. Every line is kept, asked for by no rule, or turned away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any, NoReturn
from zoneinfo import ZoneInfo

from domain.law.lab import NO_DAYS, OWN
from roznamcha.errors import Refused, Usage
from roznamcha.lab import xes
from roznamcha.lab.kept import MOST, Kept
from roznamcha.lab.times import LAST, Read, instant, micros, reader
from roznamcha.rejects import Rejects
from roznamcha.sheets import CUT, as_sent, header_of, opened, raw_lines, row_of, whole_lines
from roznamcha.strict_json import CONTROL

CASE, ACTIVITY, TIME = "case_id", "activity", "timestamp"
SHOWN = 10
"""Of how many rejected lines a person is told one by one."""
REASONS_COUNTED = 100
"""How many different reasons are counted, each by itself."""
NO_TIMES: Mapping[str, Sequence[str]] = {}
OWN_ALONE = frozenset({OWN})
EVERY = 5_000
"""After how many lines the bar moves."""
EMPTY = 1_000_000
"""How many empty lines may follow one another: compressed, a file of nothing else is as good as endless."""


@dataclass(frozen=True)
class Form:
    """How a log is written: the names of its three columns, empty for those its kind has, and the form of its times."""

    case: str = ""
    activity: str = ""
    time: str = ""
    delimiter: str = ","
    time_format: str = ""

    def named(self, *, as_xes: bool) -> tuple[str, str, str]:
        """The columns of case, activity and time."""
        usual = (xes.CASE, xes.ACTIVITY, xes.TIME) if as_xes else (CASE, ACTIVITY, TIME)
        case, activity, time = (
            given or other for given, other in zip((self.case, self.activity, self.time), usual, strict=True)
        )
        return case, activity, time


@dataclass
class Taken:
    """What became of a log's lines (of XES: its events)."""

    unit: str = "line"
    read: int = 0
    kept: int = 0
    rejected: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    first: list[tuple[int, str]] = field(default_factory=list)
    zoneless: int = 0
    """Times without a zone, days alone among them."""
    days_alone: int = 0
    later: int = 0
    """Times after the moment that was asked about: the clocks know nothing of them."""
    latest: int | None = None
    """The last time of the log, in microseconds since 1970."""

    @property
    def last(self) -> datetime:
        """The last moment of which the log tells."""
        return instant(self.latest or 0)

    def reject(self, number: int, row: Any, reason: str, rejects: Rejects) -> None:  # noqa: ANN401 (any JSON)
        """Turn a line away."""
        self.rejected += 1
        known = reason in self.reasons or len(self.reasons) < REASONS_COUNTED
        self.reasons[reason if known else "other reasons"] += 1
        if len(self.first) < SHOWN:
            self.first.append((number, reason))
        rejects.add(number, row, [reason])


def take(  # noqa: PLR0913 (each is a choice of the user's)
    path: Path,
    form: Form,
    kept: Kept,
    zone: ZoneInfo,
    *,
    times: Mapping[str, Sequence[str]] = NO_TIMES,
    until: datetime | None = None,
    rejects: Path | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Taken:
    """Read a log into `kept`.

    `times` are the columns that hold times of their own, by activity; `until` is the moment that is asked about.

    Raises Usage when the file can't be read, is cut, is empty or lacks a column; Refused when no line of it is sound.
    """
    with ExitStack() as stack:
        file, raw, total = opened(path, stack, text=False)  # XES has an encoding of its own
        name = CONTROL.sub("?", path.name)
        turned_away = Rejects(rejects, path, stack)
        as_xes = _is_xes(file, name)
        columns = form.named(as_xes=as_xes)
        rows = xes.events(file, name) if as_xes else _rows(file, name, columns, form, kept)
        taken = Taken("event" if as_xes else "line")
        taking = _Taking(taken, kept, columns, reader(zone, form.time_format), times, turned_away)
        taking.until = LAST if until is None else micros(until)
        for number, row, sent in rows:
            taking.take(number, row, sent)
            if not taken.read % EVERY:
                progress(raw.tell(), total)
        progress(total, total)
        turned_away.begin()
    taken.kept = kept.lines
    if not taken.read:
        message = f"{name} holds no {taken.unit}: there is nothing to check"
        raise Usage(message)
    if taken.rejected == taken.read:
        raise Refused([f"none of the {taken.read:,} {taken.unit}s of {name} can be read: {taken.unit} "
                       f"{number:,}: {reason}" for number, reason in taken.first[:1]])  # fmt: skip
    return taken


class _Taking:
    """Taking one line after the other."""

    until = LAST

    def __init__(  # noqa: PLR0913, PLR0917, RUF100 (what a line is taken with)
        self,
        taken: Taken,
        kept: Kept,
        columns: tuple[str, str, str],
        read: Callable[[str], Read | str],
        times: Mapping[str, Sequence[str]],
        rejects: Rejects,
    ) -> None:
        self.taken, self.kept, self.read, self.times, self.rejects = taken, kept, read, times, rejects
        self.case, self.activity, self.time = columns

    def take(self, number: int, row: dict[str, str] | str, sent: object) -> None:
        taken = self.taken
        taken.read += 1
        if isinstance(row, str):
            taken.reject(number, sent, row, self.rejects)
            return
        case, activity, text = row.get(self.case, ""), row.get(self.activity, ""), row.get(self.time, "")
        if not (case.strip() and activity.strip() and text):
            empty = self.case if not case.strip() else self.activity if not activity.strip() else self.time
            taken.reject(number, row, f"the column {empty} is empty", self.rejects)
            return
        found = self.read(text)
        if isinstance(found, str):
            taken.reject(number, row, f"the column {self.time} {found}", self.rejects)
            return
        at, zoned, day_alone = found
        days = OWN_ALONE if day_alone else NO_DAYS
        moments: dict[str, str] = {}
        for column in self.times.get(activity, ()):
            if value := row.get(column, ""):
                other = self.read(value)
                if isinstance(other, str):
                    taken.reject(number, row, f"the column {column} {other}", self.rejects)
                    return
                moments[column] = instant(other.at).isoformat()
                days = days | {column} if other.day_alone else days
        row |= moments
        taken.zoneless += not zoned
        taken.days_alone += day_alone
        taken.later += at > self.until
        if taken.latest is None or at > taken.latest:
            taken.latest = at
        self.kept.add(case, number, activity, at, row, days)


def _is_xes(file: IO[bytes], name: str) -> bool:
    """Whether the file is XML, by how it begins or what it is called."""
    peek: Any = file
    try:
        begins = bytes(peek.peek(64)).lstrip(b"\xef\xbb\xbf \t\r\n")
    except CUT as error:
        message = f"{name} can't be read: {error}"
        raise Usage(message) from None
    return begins[:1] == b"<" or name.lower().endswith((".xes", ".xes.gz"))


def _rows(
    file: IO[bytes], name: str, columns: tuple[str, str, str], form: Form, kept: Kept
) -> Iterator[tuple[int, dict[str, str] | str, str]]:
    """The lines of a CSV behind its first, each as a row, or why it is none and as it came. An empty one is none."""

    def cut(why: str) -> NoReturn:
        message = f"{name}: {why}"
        raise Usage(message)

    lines = whole_lines(raw_lines(file, cut), form.delimiter)
    first = next(lines, (0, b""))[1]
    if not first.strip():
        message = f"{name} is empty: its first line names the columns"
        raise Usage(message)
    hint = "name its columns with --case, --activity, --time and --by"
    header = header_of(first, name, (*columns, kept.by) if kept.by else columns, hint, form.delimiter)
    kept.header = frozenset(header)
    empty = 0
    for number, data in lines:
        if not data.strip():
            empty += 1
            if empty > EMPTY:
                cut(f"it has more than {EMPTY:,} empty lines, one after the other")
            continue
        empty = 0
        if number >= MOST:
            cut(f"it has more than {MOST:,} lines")
        row = row_of(data, header, form.delimiter)
        yield number, row, as_sent(data) if isinstance(row, str) else ""
