"""The law lab where one line makes several starts, or several lines one: each is counted once."""

from __future__ import annotations

import json
from pathlib import Path

from tests.domain.law.bench import EACH, HEAD, RULE, checked, rules, six


def test_one_line_that_two_starts_name_is_one(tmp_path: Path) -> None:
    """Whether its clock runs or is refused; and a start behind what bars it, by the order of the file, opens none."""
    rule = RULE.replace("[Start]", "[Start, {fact: Start, when: {who: A}}]\nstarts_unless_after: [Bar]")
    lines = ["1,Start,2026-03-01,A", "2,Start,1999-03-01,A", "3,Start,2026-03-01,A", "3,Bar,2026-03-01,",
             "4,Bar,2026-03-01,", "4,Start,2026-03-01,A"]  # fmt: skip
    found = checked(tmp_path, lines, rule=rule, head=f"{HEAD},who")
    assert (six(found), found["starts"], found["passed_over"]) == ((2, 0, 0, 2, 0, 1), 4, 1)


def test_a_start_moved_to_what_must_be_there_as_well_is_still_that_start(tmp_path: Path) -> None:
    """It counts from there, under its own line and value; of two that are moved to one line the second opens none."""
    rule = RULE.replace("governed_by", "starts_with: [Also]\ngoverned_by")
    lines = ["1,Start,2026-03-01,A", "1,Start,2026-03-02,A", "1,Also,2026-03-03,B", "1,Stop,2026-03-06,",
             "2,Start,1999-03-01,A", "2,Start,1999-03-01,A", "2,Also,1999-03-02,B"]  # fmt: skip
    more = ("--by", "agency", "--cases", str(tmp_path / "cases.jsonl"))
    found = checked(tmp_path, lines, *more, rule=rule, head=f"{HEAD},agency")
    assert (six(found), found["starts"], found["passed_over"]) == ((1, 1, 0, 0, 0, 2), 4, 1)
    assert six(found["by"]["agency"]["A"]) == six(found)
    told = [json.loads(line) for line in (tmp_path / "cases.jsonl").read_text().splitlines()]
    assert [(each["outcome"], each["start_line"], each["start"]) for each in told] == [
        ("met", 2, "2026-03-03"), ("passed over", 3, "2026-03-03"),
        ("refused", 6, "1999-03-02"), ("refused", 7, "1999-03-02"),
    ]  # fmt: skip


def test_a_line_that_opens_a_clock_for_anybody_is_not_passed_over(tmp_path: Path) -> None:
    """One that names nobody starts for everybody; where it is barred for one, or not his first, it counts there."""
    rule = EACH.replace("governed_by", "starts_unless_after: [{fact: Bar, subject: who}]\ngoverned_by", 1)
    lines = ["1,Bar,2026-03-01,A", "1,Start,2026-03-02,A", "1,Start,2026-03-02,B", "1,Start,2026-03-03,"]
    found = checked(tmp_path, lines, rule=rule, head=f"{HEAD},who")
    assert (found["opened"], found["starts"], found["passed_over"]) == (2, 3, 1)
    first = checked(
        tmp_path, lines, rule=EACH.replace("governed_by", "repeats: first\ngoverned_by", 1), head=f"{HEAD},who"
    )
    assert (first["opened"], first["starts"], first["passed_over"]) == (2, 3, 1)


def test_two_clocks_of_one_line_are_compared_each_by_itself(tmp_path: Path) -> None:
    """By the moments they count from; where those differ, by the line."""
    lines, head = ["1,Start,2026-03-05,2026-03-01", "1,Stop,2026-03-07,"], f"{HEAD},since"
    twice = RULE.replace("[Start]", "[Start, {fact: Start, at: since}]")
    other = rules(tmp_path, RULE.replace("[Start]", "{fact: Start, at: since}"), name="other")
    for more, moved in ((RULE, {"met → late": 1}), (twice, {"met → no clock": 1})):
        found = checked(tmp_path, lines, "--compare", str(other), rule=more, head=head)
        assert found["compared"]["moves"] == moved
    assert (
        checked(tmp_path, lines, "--compare", str(rules(tmp_path, twice)), rule=twice, head=head)["compared"]["moves"]
        == {}
    )
