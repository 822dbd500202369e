"""A case of very many lines: the law lab takes twice as long for twice as many, not four times."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from time import process_time

from domain.law.book import load_book_from
from domain.law.lab import Lab, LogLine
from tests.domain.law.bench import RULE
from tests.domain.law.kit import ZONE

PAIRS = 4_000
SECONDS = 5
"""Of the processor: more than ten times what it takes, and an eighth of it where each start looks at every line."""
STARTS, STOPS = "{fact: Start, subject: %s}", "{fact: Stop, subject: %s%s}"
RULES = {
    "plain": (STARTS % "[]", STOPS % ("[]", "")),
    "asked": (STARTS % "[]", STOPS % ("[]", ", when: {x: 1}")),
    "timed": (STARTS % "[]", STOPS % ("[]", ", at: told")),
    "named": (STARTS % "who", STOPS % ("who", "")),
    "never": (STARTS % "[]", STOPS % ("[]", ", when: {x: 2}")),
}


def test_a_case_may_have_very_many_lines() -> None:
    """Starts and stops in turn; for everybody or for each, by conditions, by a column of time."""
    book = load_book_from({
        f"{name}.yaml": RULE.replace("a-rule", name).replace("[Start]", starts).replace("[Stop]", stops)
        for name, (starts, stops) in RULES.items()
    })  # fmt: skip
    lines = []
    for number in range(2 * PAIRS):
        at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=30 * number)
        values = {"x": 1, "who": f"A{number // 2}", "told": at.isoformat()}
        lines.append(LogLine("Stop" if number % 2 else "Start", f"{number:05d}", at, at, values=values, number=number))
    began = process_time()
    found = Counter((each.rule, each.outcome) for each in Lab(book, ZONE, lines[-1].occurred_at).trials(lines))
    assert process_time() - began < SECONDS
    assert found == {(name, "open" if name == "never" else "met"): PAIRS for name in RULES}
