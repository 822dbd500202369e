"""The law lab at the command line: any rule book on any event log, without a store, a database or a broker."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from domain.law.book import Book
from domain.law.lab import Lab, elapses
from roznamcha.closed_days import closed_days
from roznamcha.errors import Usage
from roznamcha.lab.checking import HEADS, Checked, check, document, moment_json, rows
from roznamcha.lab.kept import Kept
from roznamcha.lab.reading import Form, Taken, take
from roznamcha.lab.rules import Asked, book_in
from roznamcha.lab.times import as_of as moment_of
from roznamcha.rejects import Aside
from roznamcha.screen import AsJson, many, note, print_json, progress_bar, say, table, when
from roznamcha.settings import settings

MOVED = 20
"""How many moved clocks a person is shown."""
NO_LAW = "counted by elapsed hours: for comparison only, and never law. The law's days are days of the calendar"


class Cases(Aside):
    """What became of each start and stop, a line for each."""

    option = "--cases"


def law_check(  # noqa: PLR0913 (each is a choice of the user's)
    log: Annotated[Path, typer.Option(help="The event log: CSV or XES, may be gzipped")],
    rules: Annotated[Path, typer.Option(help="A folder of rule files; rules name activities as they stand in the log")],
    compare: Annotated[Path | None, typer.Option(help="Another folder of rules: which cases it would move")] = None,
    by: Annotated[str, typer.Option(help="A column: the counts for each of its values too")] = "",
    as_of: Annotated[str, typer.Option(help="What is open is looked at then; default: the log's last time")] = "",
    zone: Annotated[str, typer.Option(help="Where days begin, and times without a zone are read")] = "",
    count: Annotated[str, typer.Option(help="calendar; or elapsed: by 24 hours, to see the difference")] = "calendar",
    case: Annotated[str, typer.Option(help="The column of cases; default: case_id, in XES case:concept:name")] = "",
    activity: Annotated[str, typer.Option(help="The column of activities; default: activity, concept:name")] = "",
    time: Annotated[str, typer.Option(help="The column of times; default: timestamp, time:timestamp")] = "",
    time_format: Annotated[str, typer.Option(help="How times are written: %d/%m/%Y %H:%M; default: ISO 8601")] = "",
    delimiter: Annotated[str, typer.Option(help="What stands between the columns of a CSV; tab is a word")] = ",",
    cases: Annotated[Path | None, typer.Option(help="Write what became of each start and stop, as JSON Lines")] = None,
    rejects: Annotated[Path | None, typer.Option(help="Write the lines that couldn't be read, as JSON Lines")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Try a rule book on an event log: how many clocks it opens, and how they end. Nothing is entered anywhere."""
    where = _zone(zone)
    if count not in {"calendar", "elapsed"} or (count == "elapsed" and compare):
        message = f"--count {count}: say calendar or elapsed" + ("; and elapsed without --compare" if compare else "")
        raise Usage(message)
    delimiter = "\t" if delimiter == "tab" else delimiter
    if len(delimiter) != 1 or delimiter in '"\r\n':
        message = f"--delimiter {delimiter!r}: one sign that stands between columns, or the word tab"
        raise Usage(message)
    if cases and rejects and cases.resolve() == rejects.resolve():
        message = "--cases and --rejects name one file: give each its own"
        raise Usage(message)
    closed = closed_days(settings())
    books = [replace(book_in(folder, where), closed=closed) for folder in (rules, compare) if folder is not None]
    until = moment_of(as_of, where) if as_of else None
    asked, form = Asked(tuple(books)), Form(case, activity, time, delimiter, time_format)
    kept = Kept(asked.activities, [*asked.columns, *([by] if by else [])], by)
    with ExitStack() as stack:
        aside = Cases(cases, log, stack)
        with progress_bar(f"reading {log.name}", shown=not as_json) as bar:
            taken = take(log, form, kept, where, times=asked.times, until=until, rejects=rejects, progress=bar)
        missing = asked.missing(kept.seen, kept.has)
        if by and by not in kept.has:
            missing.append(f"--by {by!r}: no {taken.unit} that a rule asks for has such a column")
        if missing and kept.header is not None:
            raise Usage(" · ".join(missing))
        lab, other = _labs(books, where, until or taken.last, count)
        with progress_bar("counting", shown=not as_json) as bar:
            tell, most = aside.write if cases else None, None if as_json else MOVED
            found = check(kept, lab, other, tell, most=most, progress=bar)
        aside.begin()
    doubts = [*asked.doubts(kept.seen), *missing]
    if as_json:
        about = _about(log, taken, kept, lab.as_of, where, doubts)
        print_json(document(found, about, by))
        return
    _tell(found, taken, kept, by, log.name, given=bool(as_of))
    for line in doubts:
        note(f"note: {line}")


def _zone(name: str) -> ZoneInfo:
    if not name:
        return settings().zone
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        message = f"--zone {name!r} is no time zone: use a name like Asia/Kolkata"
        raise Usage(message) from None


def _labs(books: list[Book], zone: ZoneInfo, as_of: datetime, count: str) -> tuple[Lab, Lab | None]:
    """What the log is tried with, and what that is compared with: another book, or the same one by the calendar."""
    first = Lab(books[0], zone, as_of, elapsed=count == "elapsed")
    if first.elapsed:
        return first, Lab(books[0], zone, as_of)
    return first, Lab(books[1], zone, as_of) if len(books) > 1 else None


def _about(  # noqa: PLR0913, PLR0917, RUF100 (each is told)
    log: Path, taken: Taken, kept: Kept, as_of: datetime, zone: ZoneInfo, doubts: list[str]
) -> dict[str, Any]:
    """What a log is, and how it was read: the same beside every rule."""
    return {
        "name": log.name,
        "unit": taken.unit,
        "read": taken.read,
        "kept": taken.kept,
        "cases": len(kept.cases),
        "rejected": taken.rejected,
        "reasons": [{"lines": lines, "reason": reason} for reason, lines in taken.reasons.most_common()],
        "first_rejected": [{"line": number, "reason": reason} for number, reason in taken.first],
        "zone": str(zone),
        "without_zone": taken.zoneless,
        "days_alone": taken.days_alone,
        "as_of": moment_json(as_of, zone),
        "after_as_of": taken.later,
        "notes": doubts,
    }


def _tell(found: Checked, taken: Taken, kept: Kept, by: str, log: str, *, given: bool) -> None:  # noqa: PLR0913
    """The answer for a person."""
    lab, unit = found.lab, taken.unit
    say(
        f"{log}: {many(taken.read, unit)} read, {taken.rejected:,} rejected; the rules ask for {taken.kept:,}, of "
        f"{many(len(kept.cases), 'case')}",
        f"days are counted in {lab.zone}; {taken.zoneless:,} times without a zone are read in it, {taken.days_alone:,} "
        f"of them days alone",
        f"what is open is looked at as of {when(lab.as_of, ZoneInfo(str(lab.zone)))}"
        + (f"; {many(taken.later, unit)} of later times not at all" if given else ", the last time of the log"),
    )
    title = "the clocks, counted by elapsed hours" if lab.elapsed else "the clocks"
    table(title, HEADS, rows(found, by))
    why = [
        (name, f"{each:,}", reason) for name, mine in found.counts.items() for reason, each in mine.why.most_common()
    ]
    if why:
        table("why clocks can't be counted", ("rule", "starts", "why"), why)
    doubts = [
        (name, f"{each:,}", why) for name, mine in found.counts.items() for why, each in mine.doubts.most_common(MOVED)
    ]
    if doubts:
        table("clocks in doubt: the limit for “otherwise” is counted", ("rule", "clocks", "what isn't known"), doubts)
    if lab.elapsed:
        say(NO_LAW)
        still = [name for name, rule in found.rules.items() if not elapses(rule)]
        if still:
            say(f"counted by the calendar or the clock as ever, for they don't count days alone: {', '.join(still)}")
    if found.other is not None:
        _tell_moves(found)
    for number, reason in taken.first:
        note(f"{unit} {number:,}: {reason}")
    if taken.rejected > len(taken.first):
        note(f"and {taken.rejected - len(taken.first):,} more {unit}s; --rejects FILE takes all of them")


def _tell_moves(found: Checked) -> None:
    """Which clocks would end otherwise, and the first of them one by one."""
    against = "the calendar" if found.lab.elapsed else "the other rules"
    kinds = [
        (name, kind, f"{many:,}") for name, each in sorted(found.kinds.items()) for kind, many in each.most_common()
    ]
    if not kinds:
        say(f"{against} would move no clock")
        return
    table(f"how {against} would let them end", ("rule", "from → to", "clocks"), kinds)
    of_all = sum(sum(each.values()) for each in found.kinds.values())
    listed = [(name, each) for kept in (found.moved, found.shifted) for name in sorted(kept) for each in kept[name]]
    heads = ("case", "rule", "subject", "start", "last day", "outcome", "then: last day", "outcome")
    table("the first of them" if of_all > MOVED else "each of them", heads, [
        (each["case"], name, each["subject"], each["start"], *_end(each["before"]), *_end(each["after"]))
        for name, each in listed[:MOVED]
    ])  # fmt: skip
    if of_all > MOVED:
        say(f"and {of_all - MOVED:,} more; --json has every one")


def _end(shown: dict[str, Any] | None) -> tuple[str, str]:
    return (shown["last_day"] or "", shown["outcome"]) if shown else ("", "no clock")
