"""Any log, by the law lab and as one would count it with pencil and paper."""

from __future__ import annotations

import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.law.bench import RULE, checked

BERLIN = ZoneInfo("Europe/Berlin")
STEP = timedelta(minutes=30)
BEGIN = datetime(2026, 3, 25, tzinfo=BERLIN)  # the clocks are put forward on the 29th
NAMES = ("Start", "Stop", "Spared", "Closed", "Also")
STEPS = st.integers(0, 480) | st.sampled_from((0, 48, 192, 193))
EVENT = st.tuples(st.integers(0, 2), st.sampled_from(NAMES), STEPS)
LOG = st.lists(EVENT, min_size=1, max_size=5) | st.lists(EVENT, min_size=15, max_size=40)
RULE_OF_ENDS = RULE.replace("governed_by", "exempts: [Spared]\novertakes: [Closed]\ngoverned_by")
WITH = RULE_OF_ENDS.replace("governed_by", "starts_with: [Also]\ngoverned_by")
ENDS = {"Spared": "exempted", "Closed": "overtaken"}
COUNTS = ("opened", "met", "late", "open", "lapsed", "exempted", "overtaken", "before_start", "refused", "passed_over")


def plainly(events: list[tuple[int, str, datetime]], *, elapsed: bool, also: bool) -> dict[str, int]:
    """The same, counted as one would with pencil and paper: no clock, no rule book, no zone but Berlin's."""
    told = Counter(dict.fromkeys(COUNTS, 0))

    def late(start: datetime, then: datetime) -> bool:
        if elapsed:
            return then - start > timedelta(hours=72)
        return (then.astimezone(BERLIN).date() - start.astimezone(BERLIN).date()).days > 3

    last = max(at for _, _, at in events)
    for case in {case for case, _, _ in events}:
        mine = sorted((at, place, what) for place, (of, what, at) in enumerate(events) if of == case)
        starts = [each for each in mine if each[2] == "Start"]
        if also:  # all count from the first `Also` that came after them, and of those only the first one counts
            there = next((each for each in mine if each[2] == "Also"), None)
            kept = sorted({max(each, there) for each in starts}) if there else []
            told["passed_over"] += len(starts) - len(kept)
            starts = kept
        stops = [each for each in mine if each[2] == "Stop"]
        told["before_start"] += sum(all(stop < start for start in starts) for stop in stops)
        for start in starts:
            told["opened"] += 1
            end = "open"
            for at, _, what in (each for each in mine if each > start):
                overdue = late(start[0], at)
                if what == "Stop":
                    end = "late" if overdue else "met"
                elif what in ENDS and not overdue:
                    end = ENDS[what]
                if end != "open":
                    break
            told[end] += 1
            told["lapsed"] += end == "open" and late(start[0], last)
    return dict(told)


@settings(deadline=None)
@given(LOG, st.booleans(), st.booleans(), st.booleans())
def test_any_log_comes_out_as_plainly_counted(
    drawn: list[tuple[int, str, int]], alone: bool, elapsed: bool, also: bool
) -> None:
    """Whatever the log: mixed, out of order, starts and stops alike, days alone, a change of the clocks within."""
    events = [(case, what, (BEGIN.astimezone(UTC) + STEP * steps)) for case, what, steps in drawn]
    lines = [f"{case},{what},{at.isoformat()}" for case, what, at in events]
    if alone:
        days = [at.astimezone(BERLIN).replace(hour=0, minute=0) for _, _, at in events]
        events = [(case, what, day.astimezone(UTC)) for (case, what, _), day in zip(events, days, strict=True)]
        lines = [f"{case},{what},{day.date()}" for (case, what, _), day in zip(events, days, strict=True)]
    with tempfile.TemporaryDirectory() as folder:
        way = ("--count", "elapsed") if elapsed else ()
        found = checked(Path(folder), lines, "--zone", "Europe/Berlin", *way, rule=WITH if also else RULE_OF_ENDS)
    expected = plainly(events, elapsed=elapsed, also=also)
    assert {key: found[key] for key in expected} == expected
    if elapsed:
        assert {key: found["calendar"][key] for key in expected} == plainly(events, elapsed=False, also=also)
