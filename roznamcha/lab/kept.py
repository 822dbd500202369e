"""What is kept of a log while it is read: of each case the lines that a rule asks for, in 24 bytes a line.

Besides, each case and each different set of values costs once: at five lines a case some 50 bytes a line in all, where
one of the columns differs on every line some 270.

The lines of a case may lie anywhere in a log, so none of its cases is complete before the end of the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from struct import Struct
from typing import Any

from domain.law.lab import LogLine
from roznamcha.lab.times import instant

PACKED = Struct("<qIIII")
"""A line: when, its number, its activity, its values, and which of its times are days alone."""
MOST = 2**32
MOST_NAMES, LONGEST = 1_000, 200
"""How many names, and how long ones, are remembered of activities that no rule asks for."""
SECTIONS = "sections"
"""The column of the sections of law: the only one whose cell is a list, parted by semicolons."""
NO_TRAITS = frozenset[str]()


class Kept:
    """Lines by case. Activities and values are kept once each, however many lines have them."""

    def __init__(self, activities: Iterable[str], columns: Iterable[str], by: str = "") -> None:
        """Keep the lines of these activities, and of each line these columns; `by` is what it is counted under."""
        self.activities = list(dict.fromkeys(activities))
        self.places = {name: place for place, name in enumerate(self.activities)}
        self.columns, self.by = tuple(dict.fromkeys(columns)), by
        self.seen: set[str] = set()
        """The activities that the log has; of those that no rule asks for only so many."""
        self.header: frozenset[str] | None = None
        """The columns of the log, where it says them."""
        self.cases: dict[str, bytearray] = {}
        self.lines = 0
        self._values: dict[tuple[str, ...], int] = {}
        self._days: dict[frozenset[str], int] = {}

    def add(  # noqa: PLR0913, PLR0917, RUF100 (what a line is)
        self, case: str, number: int, activity: str, at: int, row: Mapping[str, str], days: frozenset[str]
    ) -> None:
        """Keep a line, if a rule asks for its activity; `days` are its times that are days alone."""
        place = self.places.get(activity)
        if place is not None or (len(self.seen) < MOST_NAMES and len(activity) < LONGEST):
            self.seen.add(activity)
        if place is None:
            return
        values = tuple([row.get(column, "") for column in self.columns])
        which = self._values.setdefault(values, len(self._values)), self._days.setdefault(days, len(self._days))
        packed = PACKED.pack(at, number, place, *which)
        lines = self.cases.get(case)
        if lines is None:
            self.cases[case] = bytearray(packed)
        else:
            lines += packed
        self.lines += 1

    @property
    def has(self) -> frozenset[str]:
        """The columns that the log has: those it says, or else those in which anything stands."""
        if self.header is not None:
            return self.header
        return frozenset(name for each in self._values for name, value in zip(self.columns, each, strict=True) if value)

    def each(self) -> Iterator[tuple[str, list[LogLine]]]:
        """Each case with its lines in the order of the file; the cases in the order of their first lines."""
        values, days, names = list(self._values), list(self._days), self.columns
        under = names.index(self.by) if self.by else -1
        for case, packed in self.cases.items():
            lines = []
            for at, number, place, which, alone in PACKED.iter_unpack(packed):
                moment, given = instant(at), values[which]
                columns: dict[str, Any] = {name: value for name, value in zip(names, given, strict=True) if value}
                if ";" in (sections := columns.get(SECTIONS, "")):
                    columns[SECTIONS] = [each.strip() for each in sections.split(";") if each.strip()]
                lines.append(
                    LogLine(self.activities[place], f"{number:010d}", moment, moment, NO_TRAITS, columns, number,
                            days[alone], given[under] if self.by else "")
                )  # fmt: skip
            yield case, lines
