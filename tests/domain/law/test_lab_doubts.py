"""What isn't known of a case in a log, and would decide how long a clock runs, is told and counted, never silent."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.domain.law.bench import HEAD, RULE, checked, log, rules
from tests.domain.law.test_commands import run

GRAVE = RULE.replace("3 days", "{when: {offence.class90: true}, then: 9 days, otherwise: 3 days}")


@pytest.mark.parametrize(
    ("sections", "last", "doubt"),
    [
        ("BNS 103(1)", "2026-03-10", None),
        ("BNS 303(2)", "2026-03-04", None),
        ("BNS 999", "2026-03-04", "offence.class90 not known: no table of offences has BNS 999"),
        ("BNS 303(2);Arms Act 25", "2026-03-04", "offence.class90 not known: no table of offences has Arms Act 25"),
        ("BNS 103(1);Arms Act 25", "2026-03-10", None),
        ("BNS 109(1)", "2026-03-04", "offence.class90 not known: BNS 109(1) may be of either class"),
        ("", "2026-03-04", "offence.class90 not known: no section is given"),
    ],
)
def test_a_class_that_is_not_known_is_told_and_counted(
    tmp_path: Path, sections: str, last: str, doubt: str | None
) -> None:
    """The shorter limit is counted, and never in silence; where another section decides, there is no doubt."""
    kept = tmp_path / "cases.jsonl"
    lines = [f"1,Start,2026-03-01,{sections}"]
    found = checked(tmp_path, lines, "--cases", str(kept), rule=GRAVE, head=f"{HEAD},sections")
    told = json.loads(kept.read_text())
    assert (told["last_day"], told.get("doubt")) == (last, doubt)
    assert found["doubted"] == int(doubt is not None)
    assert found["doubts"] == ([{"clocks": 1, "why": doubt}] if doubt else [])


def test_whether_a_rule_applies_may_be_in_doubt_too(tmp_path: Path) -> None:
    """It is taken to apply, as the law's clocks do, and said; an empty column is as little known as a section."""
    rule = RULE.replace("limit: 3 days", "applies: {offence.upto_seven: true}, limit: 3 days")
    rule = rule.replace("governed_by", "applies_by: start\ngoverned_by")
    found = checked(tmp_path, ["1,Start,2026-03-01,BNS 999"], rule=rule, head=f"{HEAD},sections")
    assert (found["opened"], found["doubted"]) == (1, 1)
    rule = RULE.replace("3 days", "{when: {kind: grave}, then: 9 days, otherwise: 3 days}")
    lines = ["1,Start,2026-03-01,", "2,Start,2026-03-01,grave", "3,Start,2026-03-01,petty"]
    found = checked(tmp_path, lines, rule=rule, head=f"{HEAD},kind")
    assert found["doubts"] == [{"clocks": 1, "why": "kind not known"}]
    done = run("check", "--log", str(log(tmp_path, lines, f"{HEAD},kind")), "--rules", str(rules(tmp_path, rule)))
    assert "kind not known" in done
