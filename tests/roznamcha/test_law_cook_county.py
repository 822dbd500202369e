"""The law lab on a real log: days of custody of an Indian statute, as a stress run, on cases of Cook County."""

from __future__ import annotations

import csv
import gzip
from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import Any

import pytest

from domain.law.lint import flaws
from tests.domain.law.kit import ZONE
from tests.domain.law.test_commands import ask
from tests.roznamcha.kit import ROOT
from tests.roznamcha.test_cook_county import LOG

KEYS = ("opened", "met", "late", "open", "lapsed", "before_start", "refused")
RULES = ROOT / "examples" / "cook_county" / "rules"
FIRST = date(1978, 12, 18)
AS_OF = date(2019, 12, 2)


def plainly(days: int) -> dict[str, Counter[str]]:
    """The same counts by agency, from the lines alone: no clock, no rule book, no zone, and no as-of but a date."""
    lines: defaultdict[tuple[str, str], list[tuple[date, int, str, str]]] = defaultdict(list)
    with gzip.open(LOG, "rt") as file:
        for number, row in enumerate(csv.DictReader(file)):
            day = date.fromisoformat(row["date"])
            if row["activity"] in {"Arrest", "Charging event"} and day <= AS_OF:
                key = row["case_id"], row["participant_id"]
                lines[key].append((day, number, row["activity"], row["agency"]))
    told: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for mine in lines.values():
        mine.sort()
        starts = [each for each in mine if each[2] == "Arrest"]
        stops = [each for each in mine if each[2] != "Arrest"]
        for each in stops:
            told[each[3]]["before_start"] += not starts or each < starts[0]
        for start in starts:
            stop = next((each for each in stops if each > start), None)
            last, counts = start[0] + timedelta(days=days - 1), told[start[3]]
            if start[0] < FIRST:
                counts["refused"] += 1
                continue
            counts["opened"] += 1
            counts["open" if stop is None else "met" if stop[0] <= last else "late"] += 1
            counts["lapsed"] += stop is None and last < AS_OF
    return told


def test_its_rules_have_no_flaw() -> None:
    """They are read as any other rule book, wherever the log is."""
    texts = {each.name: each.read_text() for each in sorted(RULES.glob("*.yaml"))}
    assert sorted(texts) == ["custody-60.yaml", "custody-90.yaml"]
    assert flaws(texts, None, ZONE) == []
    assert all("Indian terms on American data" in text for text in texts.values())


@pytest.mark.skipif(not LOG.exists(), reason="the real log is not beside this checkout")
def test_the_real_log_comes_out_as_plainly_counted() -> None:
    """Sixty and ninety days for each person, by agency: every figure is that of a count without any of our code."""
    options = ("--time", "date", "--zone", "America/Chicago", "--as-of", AS_OF.isoformat(), "--by", "agency")
    found: dict[str, Any] = ask("check", "--log", str(LOG), "--rules", str(RULES), *options)
    for days in (60, 90):
        rule, expected = found[f"custody-{days}"], plainly(days)
        by = rule["by"]["agency"]
        assert len(by) > 150
        assert {agency: {key: each[key] for key in KEYS} for agency, each in by.items()} == {
            agency: {key: counts[key] for key in KEYS} for agency, counts in expected.items() if any(counts.values())
        }
        assert sum(counts["opened"] for counts in expected.values()) == rule["opened"] > 30_000
        assert (rule["log"]["read"], rule["log"]["rejected"]) == (147_425, 0)
