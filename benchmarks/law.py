"""Measure how fast a rule book is tried on half a million events, beside a plain pandas computation of the same rule.

Both read the same CSV, cases mixed as in a real log, and must come to the same counts. Beside them, what the clocks
alone cost, with all facts in memory: by the one rule, and by the whole book that ships on a case of its own acts.
"""

from __future__ import annotations

import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from zoneinfo import ZoneInfo

from harness import in_turn, options, report

from domain.law.book import load_book, load_book_from
from domain.law.clock import Fact, evaluate
from domain.law.lab import Lab
from roznamcha.lab.checking import check
from roznamcha.lab.kept import Kept
from roznamcha.lab.reading import Form, take
from roznamcha.lab.rules import Asked

EVENTS = 500_000
ZONE = ZoneInfo("Asia/Kolkata")
BOOK = load_book_from({"bench/charge-60.yaml": """\
rule: charge-60
starts: Arrest
stops: Charge
governed_by: start
counting: days-first-excluded
closed_days: do-not-extend
versions:
  - {from: "2000-01-01", law: "sixty days, for a benchmark", limit: 60 days}
"""})  # fmt: skip
COUNTS = ("opened", "met", "late", "open", "lapsed", "before_start")
LIFE = ("Received", "Arrest", "Review", "Charge", "Hearing")
SAMPLE = 2_000
"""Cases that are counted with all facts in memory."""


def written(path: Path, size: int) -> None:
    """A log of so many events in the order of time: stops before starts, several of both, cases that never end."""
    chance, lines = random.Random(26), []  # noqa: S311 (the same log each time)
    for case in range(size // len(LIFE)):
        at = datetime(2024, 1, 1) + timedelta(seconds=chance.randrange(500 * 86_400))  # noqa: DTZ001 (as logs have it)
        for activity in LIFE if chance.random() < 0.8 else chance.choices(LIFE, k=len(LIFE)):  # noqa: PLR2004 (a fifth)
            lines.append(f"{at.isoformat(sep=' ')},case-{case:06d},{activity},station {case % 190}")
            at += timedelta(seconds=chance.randrange(45 * 86_400))
    lines.sort()
    with path.open("w", encoding="utf-8") as file:
        file.write("timestamp,case_id,activity,station\n")
        file.writelines(f"{line}\n" for line in lines)


def ours(path: Path) -> dict[str, int]:
    """The counts by `law check`."""
    asked = Asked((BOOK,))
    kept = Kept(asked.activities, asked.columns)
    taken = take(path, Form(), kept, ZONE)
    return check(kept, Lab(BOOK, ZONE, taken.last), None).counts["charge-60"].shown()


def plainly(path: Path) -> dict[str, int]:
    """The same rule, as one would write it in pandas."""
    import pandas  # noqa: PLC0415, ICN001 (nobody but this yardstick needs it)

    log = pandas.read_csv(path, parse_dates=["timestamp"]).sort_values(["case_id", "timestamp"], kind="stable")
    start, stop = log["activity"].eq("Arrest"), log["activity"].eq("Charge")
    log["stopped"] = log["timestamp"].where(stop).groupby(log["case_id"]).bfill()
    begun = start.groupby(log["case_id"]).cumsum()
    clocks = log[start]
    last = clocks["timestamp"].dt.normalize() + pandas.Timedelta(days=60)
    met = clocks["stopped"].dt.normalize() <= last
    still = clocks["stopped"].isna()
    past = log["timestamp"].max().normalize() > last
    figures = (start, met, ~met & ~still, still, still & past, stop & begun.eq(0))
    return dict(zip(COUNTS, (int(each.sum()) for each in figures), strict=True))


def timed(count: Callable[[Path], dict[str, int]], path: Path, size: int, seen: list[dict[str, int]]) -> float:
    """Events in a second; what came out is kept."""
    began = time.perf_counter()
    found = count(path)
    seconds = time.perf_counter() - began
    seen.append({key: found[key] for key in COUNTS})
    return size / seconds


def clocks_a_second(names: tuple[str, ...], whole: bool, rounds: int) -> float:  # noqa: FBT001 (which book)
    """Clocks in a second by the clocks' own code: the facts of each case are there, its rules counted anew."""
    book, begin, rates = load_book() if whole else BOOK, datetime(2026, 1, 1, tzinfo=UTC), []
    columns = {"sections": ["BNS 64"], "accused": "A1"}
    cases = [
        [
            Fact(name, f"{case}:{place}", at := begin + timedelta(days=case % 300 + 9 * place), at, values=columns)
            for place, name in enumerate(names)
        ]
        for case in range(SAMPLE)
    ]
    for _ in range(rounds):
        began = time.perf_counter()
        clocks = sum(len(evaluate(book, facts, ZONE)) for facts in cases)
        rates.append(clocks / (time.perf_counter() - began))
    return statistics.median(rates)


def main() -> None:
    """Take the rounds in turn, hold the counts against one another, and report."""
    asked = options(__doc__ or "")
    size = (asked.size or EVENTS) // len(LIFE) * len(LIFE)
    seen: list[dict[str, int]] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.csv"
        writer = get_context("spawn").Process(target=written, args=(path, size))  # its memory isn't what is measured
        writer.start()
        writer.join()
        timed(ours, path, size, seen)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        medians = in_turn(
            {
                "ours": lambda: timed(ours, path, size, seen),
                "plain pandas": lambda: timed(plainly, path, size, seen),
            },
            asked.rounds,
        )
    if any(each != seen[0] for each in seen):
        sys.exit(f"the counts differ: {seen}")
    acts = tuple(
        f"case.{name}" for name in ("FIRRegistered", "AccusedArrested", "AccusedRemanded", "ChargesheetAcknowledged")
    )
    report(
        "law", "events/s", medians, as_json=asked.json, events=size, counts=seen[0], memory_mb=peak,
        clocks_a_second={
            "one rule": round(clocks_a_second(LIFE, whole=False, rounds=asked.rounds)),
            f"{len(load_book().rules)} rules": round(clocks_a_second(acts, whole=True, rounds=asked.rounds)),
        },
    )  # fmt: skip


if __name__ == "__main__":
    main()
