"""Tries a rule book on what was kept of a log, and tells what came of it; beside another book, or another counting."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from domain.law.lab import Counts, Lab, Move, Trial, elapses, moves
from domain.law.rule import Rule
from roznamcha.lab.kept import Kept

EVERY = 500
"""After how many cases the bar moves."""


def none_yet() -> defaultdict[str, Counts]:
    """Counts, by whatever they are counted."""
    return defaultdict(Counts)


@dataclass
class Checked:
    """What came of a log by one book, or by two: counts by rule, and by rule and value; and what another would move."""

    lab: Lab
    other: Lab | None
    counts: defaultdict[str, Counts] = field(default_factory=none_yet)
    by: defaultdict[str, defaultdict[str, Counts]] = field(default_factory=lambda: defaultdict(none_yet))
    others: defaultdict[str, Counts] = field(default_factory=none_yet)
    moved: defaultdict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    """By rule, the clocks that end otherwise; all of them, or only the first."""
    shifted: defaultdict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    """And those that end alike, with another last day."""
    kinds: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    @property
    def rules(self) -> dict[str, Rule]:
        """Every rule of either book."""
        found = dict(self.lab.book.rules)
        for name, rule in (self.other.book.rules if self.other else {}).items():
            found.setdefault(name, rule)
        return found

    def move(self, case: str, move: Move, most: int | None) -> None:
        """Count a clock that would end otherwise, and keep it while there are fewer than `most`."""
        rule, (before, after) = move.either.rule, move.outcomes
        self.kinds[rule][move.words] += 1
        kept = (self.shifted if before == after else self.moved)[rule]
        if most is None or len(kept) < most:
            kept.append(move_json(case, move, self.lab.zone))


def check(  # noqa: PLR0913 (each is a part of the question)
    kept: Kept,
    lab: Lab,
    other: Lab | None,
    tell: Callable[[dict[str, Any]], None] | None = None,
    *,
    most: int | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Checked:
    """Try every case. `tell` is given each start and stop and what became of it, as JSON; `most` moves are kept."""
    found, days = Checked(lab, other), other is not None and not lab.elapsed
    for number, (case, lines) in enumerate(kept.each(), 1):
        mine = list(lab.trials(lines))
        for trial in mine:
            found.counts[trial.rule].add(trial)
            if kept.by:
                found.by[trial.rule][trial.under].add(trial)
            if tell:
                tell(trial_json(case, trial, lab.zone))
        if other is not None:
            theirs = list(other.trials(lines))
            for trial in theirs:
                found.others[trial.rule].add(trial)
            for move in moves(mine, theirs, days=days):
                found.move(case, move, most)
        if not number % EVERY:
            progress(number, len(kept.cases))
    return found


def trial_json(case: str, trial: Trial, zone: tzinfo) -> dict[str, Any]:
    """What became of a start or a stop: moments by the clock of the zone, days alone as days."""
    start, stop = trial.start, trial.stop
    shown = {
        "case": case,
        "rule": trial.rule,
        "outcome": trial.outcome,
        "subject": trial.subject or None,
        "start": moment_json(trial.opened_at, zone, day=trial.days[0]),
        "start_line": start.number if start else None,
        "last_day": trial.last_day.isoformat() if trial.last_day else None,
        "due_at": moment_json(trial.due_at, zone),
        "stop": moment_json(trial.stopped_at, zone, day=trial.days[1]),
        "stop_line": stop.number if stop else None,
    }
    told = {"why": trial.why, "doubt": trial.doubt, "by": trial.under}
    return shown | {key: value for key, value in told.items() if value}


def moment_json(moment: datetime | None, zone: tzinfo, *, day: bool = False) -> str | None:
    """A moment by the clock of the zone, or only its day; as it is where the zone has no such time."""
    if moment is None:
        return None
    with suppress(OverflowError, ValueError):  # the calendar's last hours have no time in some zones
        moment = moment.astimezone(zone)
    return moment.date().isoformat() if day else moment.isoformat()


def move_json(case: str, move: Move, zone: tzinfo) -> dict[str, Any]:
    """A clock that would end otherwise: what both have in common, and how each lets it end."""
    whole = trial_json(case, move.either, zone)
    shown: dict[str, Any] = {key: whole[key] for key in ("case", "subject", "start", "start_line")}
    for name, trial in (("before", move.before), ("after", move.after)):
        one = trial_json(case, trial, zone) if trial else None
        shown[name] = one and {key: one[key] for key in ("outcome", "last_day", "stop")}
    return shown


def document(found: Checked, log: dict[str, Any], by: str) -> dict[str, Any]:
    """`law check --json`: each rule with its counts, by what and of which log it was counted."""
    return {name: _rule(found, rule, log, by) for name, rule in sorted(found.rules.items())}


def _rule(found: Checked, rule: Rule, log: dict[str, Any], by: str) -> dict[str, Any]:
    name, lab, other = rule.id, found.lab, found.other
    mine = found.counts[name]
    counted = "elapsed" if lab.elapsed and elapses(rule) else "calendar"
    shown: dict[str, Any] = {
        **mine.shown(),
        "why_refused": [{"starts": count, "why": why} for why, count in mine.why.most_common()],
        "doubts": [{"clocks": count, "why": why} for why, count in mine.doubts.most_common()],
        "counted": counted,
        "comparison_only": counted == "elapsed",
        "reviewed": rule.is_reviewed,
        "digest": rule.digest,
    }
    if by:
        values = sorted(found.by[name].items(), key=lambda each: (-each[1].shown()["opened"], each[0]))
        shown["by"] = {by: {value: each.shown() for value, each in values}}
    if other is not None and lab.elapsed:
        shown["calendar"] = found.others[name].shown()
        shown["moved"] = dict(found.kinds[name].most_common())
    elif other is not None:
        books = {"rules": lab.book, "compare": other.book}
        shown["compared"] = {
            "stands_in": [key for key, book in books.items() if name in book.rules],
            "with": found.others[name].shown(),
            "moved": sum(found.kinds[name].values()),
            "moves": dict(found.kinds[name].most_common()),
            "cases": [*found.moved[name], *found.shifted[name]],
        }
    return shown | {"log": log}


def rows(found: Checked, by: str) -> Iterator[tuple[str, ...]]:
    """The table for a person: a row for each rule, and below it one for each value it is counted by."""
    for name, rule in sorted(found.rules.items()):
        yield _row(name, found.counts[name], "reviewed" if rule.is_reviewed else "not reviewed")
        if by:
            values = sorted(found.by[name].items(), key=lambda each: (-each[1].shown()["opened"], each[0]))
            for value, each in values:
                yield _row(f"  {value or '(none)'}", each, "")


HEADS = (
    "rule", "opened", "met", "late", "open", "of it past due", "ended otherwise", "before start", "refused", "state",
)  # fmt: skip


def _row(name: str, each: Counts, state: str) -> tuple[str, ...]:
    shown = each.shown()
    ended = shown["exempted"] + shown["overtaken"]
    figures = [shown[key] for key in ("opened", "met", "late", "open", "lapsed")]
    figures += [ended, shown["before_start"], shown["refused"]]
    return (name, *(f"{figure:,}" for figure in figures), state)
