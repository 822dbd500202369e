"""The law lab: any rule book on any log, by the same clocks, the same days, and beside a plain count of the same."""

from __future__ import annotations

import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from roznamcha.errors import Usage
from tests.domain.law.bench import EACH, HEAD, RULE, checked, log, rules, six
from tests.domain.law.test_commands import ask, run

HOURS = RULE.replace("days-first-excluded", "hours").replace("3 days", "24 hours")
BERLIN = ZoneInfo("Europe/Berlin")


def test_a_start_opens_and_the_first_stop_at_or_after_it_closes(tmp_path: Path) -> None:
    """In time, late, open, past due; a stop before any start or without one; a start that no version governs."""
    lines = [
        "met,Start,2026-03-01", "met,Stop,2026-03-04", "met,Stop,2026-03-09",
        "late,Start,2026-03-01", "late,Stop,2026-03-05",
        "open,Start,2026-03-08", "lapsed,Start,2026-03-01",
        "early,Stop,2026-03-01", "early,Start,2026-03-02", "early,Stop,2026-03-03",
        "never,Stop,2026-03-01",
        "old,Start,1999-12-31", "old,Stop,2026-03-01", "none,Other,2026-03-10",
    ]  # fmt: skip
    found = checked(tmp_path, lines)
    assert six(found) == (5, 2, 1, 2, 2, 1)
    assert (found["lapsed"], found["without_start"], found["starts"], found["passed_over"]) == (1, 1, 6, 0)
    assert found["why_refused"] == [{"starts": 1, "why": "its first version is from 2000-01-01"}]
    assert found["log"]["as_of"] == "2026-03-10T00:00:00+05:30"
    assert (found["log"]["read"], found["log"]["kept"], found["log"]["cases"]) == (14, 13, 7)
    assert found["reviewed"] is False


@pytest.mark.parametrize(
    ("lines", "counts"),
    [
        (["1,Start,2026-03-01", "1,Stop,2026-03-01"], (1, 1, 0, 0, 0, 0)),
        (["1,Stop,2026-03-01", "1,Start,2026-03-01"], (1, 0, 0, 1, 1, 0)),
        (["1,Start,2026-03-01", "1,Start,2026-03-01", "1,Stop,2026-03-01"], (2, 2, 0, 0, 0, 0)),
        (["1,Start,2026-03-01", "1,Stop,2026-03-01", "1,Start,2026-03-01"], (2, 1, 0, 1, 0, 0)),
        (["1,Start,2026-03-01", "1,Start,2026-03-04", "1,Stop,2026-03-06"], (2, 1, 1, 0, 0, 0)),
        (["1,Start,2026-03-01T10:00", "1,Stop,2026-03-01T09:00"], (1, 0, 0, 1, 1, 0)),
        (["1,Stop,2026-03-01T10:00", "1,Start,2026-03-01T09:00"], (1, 1, 0, 0, 0, 0)),
        (["1,Start,2026-03-01T10:00", "1,Stop,2026-03-01"], (1, 1, 0, 0, 0, 0)),
        (["1,Stop,2026-03-01", "1,Start,2026-03-01T10:00"], (1, 0, 0, 1, 1, 0)),
        (["1,Stop,2026-03-01T10:00", "1,Start,2026-03-01"], (1, 0, 0, 1, 1, 0)),
    ],
)
def test_on_one_day_the_file_tells_what_came_first(tmp_path: Path, lines: list[str], counts: tuple[int, ...]) -> None:
    """Times do where there are times; between days alone, and moments alike, the order of the lines."""
    assert six(checked(tmp_path, lines, "--as-of", "2026-03-01" if "06" not in lines[-1] else "2026-03-09")) == counts


def test_cases_may_be_mixed(tmp_path: Path) -> None:
    """Lines of one case anywhere in the file, in any order of time."""
    lines = [f"{case},Stop,2026-03-{4 + case % 2:02d}T08:00" for case in range(20)]
    lines += [f"{case},Start,2026-03-01T09:00" for case in reversed(range(20))]
    assert six(checked(tmp_path, lines)) == (20, 10, 10, 0, 0, 0)


def test_for_each_accused_a_clock(tmp_path: Path) -> None:
    """A stop that names nobody is for all; one of somebody else stops nothing, and is before any start of his."""
    lines = ["1,Start,2026-03-01,A", "1,Start,2026-03-01,B", "1,Stop,2026-03-02,C", "1,Stop,2026-03-02,A"]
    rule = EACH.replace("[Stop]", "{fact: Stop, subject: who}")
    found = checked(tmp_path, lines, rule=rule, head=f"{HEAD},who")
    assert (six(found), found["without_start"]) == ((2, 1, 0, 1, 1, 0), 1)
    assert six(checked(tmp_path, [*lines, "1,Stop,2026-03-03,"], rule=rule, head=f"{HEAD},who")) == (2, 2, 0, 0, 1, 0)


def test_a_stop_that_counts_early_is_none_before_a_start(tmp_path: Path) -> None:
    """Where the rule says that an act done before the start counts, it closes the clock and is counted nowhere else."""
    lines = ["1,Stop,2026-03-01", "1,Start,2026-03-02"]
    rule = RULE.replace("governed_by", "early_stop: counts\ngoverned_by")
    assert six(checked(tmp_path, lines, rule=rule)) == (1, 1, 0, 0, 0, 0)
    assert six(checked(tmp_path, lines)) == (1, 0, 0, 1, 1, 0)


def test_what_ends_a_clock_otherwise_is_counted(tmp_path: Path) -> None:
    """Exempted, overtaken, or held and never going on again: neither met nor open; the ending line is told."""
    rule = RULE.replace("governed_by", "exempts: [Spared]\novertakes: [Closed]\ngoverned_by")
    lines = ["1,Start,2026-03-01", "1,Spared,2026-03-02", "2,Start,2026-03-01", "2,Closed,2026-03-03",
             "3,Start,2026-03-01", "3,Closed,2026-03-09"]  # fmt: skip
    found = checked(tmp_path, lines, "--cases", str(tmp_path / "cases.jsonl"), rule=rule)
    assert (found["opened"], found["exempted"], found["overtaken"], found["lapsed"]) == (3, 1, 1, 1)
    told = [json.loads(line) for line in (tmp_path / "cases.jsonl").read_text().splitlines()]
    assert [(each["outcome"], each["stop_line"]) for each in told] == [
        ("exempted", 3),
        ("overtaken", 5),
        ("lapsed", None),
    ]


@pytest.mark.parametrize(
    ("ends", "outcome"),
    [
        (("Stop", "Spared"), "met"),
        (("Spared", "Stop"), "exempted"),
        (("Closed", "Stop"), "overtaken"),
        (("Stop", "Closed"), "met"),
        (("Closed", "Spared"), "overtaken"),
    ],
)
def test_of_two_ends_on_one_day_the_first_in_the_file_counts(tmp_path: Path, ends: list[str], outcome: str) -> None:
    """Whatever kind of end it is."""
    rule = RULE.replace("governed_by", "exempts: [Spared]\novertakes: [Closed]\ngoverned_by")
    found = checked(tmp_path, ["1,Start,2026-03-01", *(f"1,{each},2026-03-03" for each in ends)], rule=rule)
    assert found[outcome] == found["opened"] == 1


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ("[Start]", "{fact: Start, when: {kind: grave}}", "kind"),
        ("[Start]", "{fact: Start, at: since}", "since"),
        ("limit: 3 days", "limit: {when: {kind: grave}, then: 9 days, otherwise: 3 days}", "kind"),
        ("limit: 3 days", "limit: {when: {offence.class90: true}, then: 9 days, otherwise: 3 days}", "sections"),
        ("versions:\n  - {", "applies_by: start\nversions:\n  - {applies: {offence.class90: true}, ", "sections"),
        ("governed_by", "per: victim\ngoverned_by", "person or victims.code"),
    ],
)
def test_a_column_that_the_log_lacks_is_told(tmp_path: Path, old: str, new: str, column: str) -> None:
    """Else the rule would say something else than its author means; but nobody needs columns of what never happens."""
    rule = RULE.replace(old, new)
    with pytest.raises(Usage, match=f"rule a-rule: 'Start' is asked for {column}, and the log has no such column"):
        checked(tmp_path, ["1,Start,2026-03-01"], rule=rule)
    assert six(checked(tmp_path, ["1,Other,2026-03-01"], rule=rule)) == (0, 0, 0, 0, 0, 0)


def test_hours_need_times(tmp_path: Path) -> None:
    """Hours run by the clock; of a day without its time nobody can count them."""
    lines = ["1,Start,2026-03-01T10:00", "1,Stop,2026-03-02T10:00", "2,Start,2026-03-01T10:00",
             "2,Stop,2026-03-02T10:00:01", "3,Start,2026-03-01", "3,Stop,2026-03-02T10:00"]  # fmt: skip
    found = checked(tmp_path, lines, rule=HOURS)
    assert six(found) == (2, 1, 1, 0, 0, 1)
    assert found["why_refused"] == [{"starts": 1, "why": "the log gives a day without its time"}]


@pytest.mark.parametrize(
    ("on", "counts"), [("2026-03-03", (0, 0, 0, 0, 0, 1)), ("2026-03-03T08:00", (1, 1, 0, 0, 0, 0))]
)
def test_a_pause_of_hours_needs_times_too(tmp_path: Path, on: str, counts: tuple[int, ...]) -> None:
    """Whatever a clock of hours went through: a day without its time leaves them uncounted."""
    rule = HOURS.replace("governed_by", "suspends: [{from: [Off], until: [On]}]\ngoverned_by")
    lines = ["1,Start,2026-03-01T10:00", "1,Off,2026-03-01T12:00", f"1,On,{on}", "1,Stop,2026-03-03T09:00"]
    assert six(checked(tmp_path, lines, rule=rule)) == counts


def test_a_day_alone_is_one_of_its_own_column(tmp_path: Path) -> None:
    """In a column of time it says nothing of the line's own time; where the rule counts from it, hours can't be."""
    hours = HOURS.replace("[Stop]", "[Stop, {fact: Start, at: since}]")
    lines = ["1,Start,2026-03-01T10:00,2026-02-01", "1,Stop,2026-03-02T09:00,"]
    found = checked(tmp_path, lines, rule=hours, head=f"{HEAD},since")
    assert six(found) == (1, 1, 0, 0, 1, 0)
    assert (found["log"]["without_zone"], found["log"]["days_alone"]) == (2, 0)
    told = ("--cases", str(tmp_path / "cases.jsonl"))
    found = checked(
        tmp_path, lines, *told, rule=HOURS.replace("[Start]", "{fact: Start, at: since}"), head=f"{HEAD},since"
    )
    assert (six(found), found["why_refused"][0]["why"]) == ((0, 0, 0, 0, 0, 1), "the log gives a day without its time")
    assert json.loads((tmp_path / "cases.jsonl").read_text())["start"] == "2026-02-01"
    days = RULE.replace("[Stop]", "[Stop, {fact: Start, at: since}]")
    lines = ["1,Stop,2026-03-01T12:00,", "1,Start,2026-03-01T09:00,2026-02-01"]
    assert six(checked(tmp_path, lines, rule=days, head=f"{HEAD},since")) == (1, 1, 0, 0, 1, 0)


def test_columns_decide_where_the_rule_says_so(tmp_path: Path) -> None:
    """`when`, a limit by a column of the start, and a time that stands in a column of its own."""
    rule = (
        RULE.replace("[Start]", "{fact: Start, at: since, when: {kind: {not: minor}}}")
        .replace("limit: 3 days", "limit: {when: {kind: grave}, then: 9 days, otherwise: 3 days}")
    )  # fmt: skip
    lines = ["1,Start,2026-04-01,grave,2026-03-01", "1,Stop,2026-03-10,,", "2,Start,2026-03-01,minor,",
             "3,Start,2026-03-01,,", "3,Stop,2026-03-05,,"]  # fmt: skip
    assert six(checked(tmp_path, lines, rule=rule, head=f"{HEAD},kind,since")) == (2, 1, 1, 0, 0, 0)


def test_a_column_of_time_is_read_where_a_rule_asks_for_it(tmp_path: Path) -> None:
    """Of other activities it may hold anything; where it is asked for and is no time, the line is rejected."""
    rule = RULE.replace("[Stop]", "[Stop, {fact: Other, at: since}]")
    lines = ["1,Start,2026-03-01T10:00,n/a", "1,Other,2026-03-09,2026-03-02", "1,Other,2026-03-09,n/a"]
    found = checked(tmp_path, lines, rule=rule, head=f"{HEAD},since")
    assert (six(found), found["log"]["rejected"]) == ((1, 1, 0, 0, 0, 0), 1)
    assert found["log"]["first_rejected"][0]["line"] == 4


@pytest.mark.parametrize(("sections", "met"), [("BNS 303; BNS 103(1)", 1), ("BNS 103(1)", 1), ("BNS 303(2);", 0)])
def test_offences_are_known_by_the_sections(tmp_path: Path, sections: str, met: int) -> None:
    """Of a cell with several, each counts; the gravest decides."""
    rule = RULE.replace("limit: 3 days", "limit: {when: {offence.class90: true}, then: 9 days, otherwise: 3 days}")
    lines = [f"1,Start,2026-03-01,{sections}", "1,Stop,2026-03-09,"]
    assert checked(tmp_path, lines, rule=rule, head=f"{HEAD},sections")["met"] == met


def test_a_zone_decides_the_day(tmp_path: Path) -> None:
    """Times with a zone are converted, times without one are read in it."""
    lines = ["1,Start,2026-03-01T20:00Z", "1,Stop,2026-03-04T20:00+00:00", "2,Start,2026-03-02 01:30",
             "2,Stop,2026-03-05 01:30"]  # fmt: skip
    assert six(checked(tmp_path, lines, "--zone", "Asia/Kolkata")) == (2, 2, 0, 0, 0, 0)
    found = checked(
        tmp_path, [*lines[:2], "3,Start,2026-03-01T23:30Z", "3,Stop,2026-03-05T22:59Z"], "--zone", "Europe/Berlin"
    )
    assert (six(found), found["log"]["zone"], found["log"]["without_zone"]) == ((2, 2, 0, 0, 0, 0), "Europe/Berlin", 0)


def test_as_of_decides_what_is_past_due(tmp_path: Path) -> None:
    """And of what comes later nothing is known then. A day alone is looked at in its last instant."""
    lines = ["1,Start,2026-03-01", "1,Stop,2026-03-03", "2,Start,2026-03-05"]
    for day, counts, lapsed, later in (
        ("2026-03-02", (1, 0, 0, 1, 0, 0), 0, 2),
        ("2026-03-03", (1, 1, 0, 0, 0, 0), 0, 1),
        ("2026-03-08", (2, 1, 0, 1, 0, 0), 0, 0),
        ("2026-03-09", (2, 1, 0, 1, 0, 0), 1, 0),
    ):
        found = checked(tmp_path, lines, "--as-of", day)
        assert (six(found), found["lapsed"], found["log"]["after_as_of"]) == (counts, lapsed, later)


@pytest.mark.parametrize(
    ("start", "stop", "calendar", "elapsed"),
    [
        ("2026-10-23", "2026-10-26", "met", "late"),  # the day of 25 hours makes it 73 hours
        ("2026-03-27", "2026-03-30", "met", "met"),  # the day of 23 hours makes it 71
        ("2026-03-27T10:00", "2026-03-30T23:00", "met", "late"),
        ("2026-03-27T10:00", "2026-03-30T11:00", "met", "met"),  # 72 hours, by a clock that was put forward
        ("2026-10-23T10:00", "2026-10-26T09:30", "met", "late"),
        ("2026-03-26T10:00", "2026-03-30T00:00", "late", "late"),
    ],
)
def test_elapsed_hours_are_not_days(tmp_path: Path, start: str, stop: str, calendar: str, elapsed: str) -> None:
    """Over a change of the clocks hours find violations that are none; they stand beside the calendar, never as law."""
    lines, zone = [f"1,Start,{start}", f"1,Stop,{stop}"], ("--zone", "Europe/Berlin")
    found = checked(tmp_path, lines, *zone)
    assert (found[calendar], found["comparison_only"]) == (1, False)
    found = checked(tmp_path, lines, *zone, "--count", "elapsed")
    assert (found[elapsed], found["calendar"][calendar], found["comparison_only"]) == (1, 1, True)
    assert found["moved"] == ({} if calendar == elapsed else {f"{elapsed} → {calendar}": 1})
    arguments = ("check", "--log", str(tmp_path / "log.csv"), "--rules", str(tmp_path / "rules"), *zone)
    assert "never law" in run(*arguments, "--count", "elapsed")
    assert "never law" not in run(*arguments)


def test_counts_by_a_column(tmp_path: Path) -> None:
    """A clock counts for the value of the line that started it, a stop without a start for its own."""
    lines = ["1,Start,2026-03-01,A", "1,Stop,2026-03-02,B", "2,Start,2026-03-01,B", "3,Stop,2026-03-02,A",
             "4,Start,2026-03-01,"]  # fmt: skip
    found = checked(tmp_path, lines, "--by", "agency", head=f"{HEAD},agency")
    assert {value: six(each) for value, each in found["by"]["agency"].items()} == {
        "A": (1, 1, 0, 0, 1, 0), "B": (1, 0, 0, 1, 0, 0), "": (1, 0, 0, 1, 0, 0),
    }  # fmt: skip


def test_a_changed_rule_is_told_by_the_cases_it_moves(tmp_path: Path) -> None:
    """Another limit moves the late one and every last day; what only one book has is no clock in the other."""
    lines = ["1,Start,2026-03-01", "1,Stop,2026-03-05", "2,Start,2026-03-01", "2,Stop,2026-03-03"]
    other = rules(tmp_path, RULE.replace("3 days", "4 days"), RULE.replace("a-rule", "b-rule"), name="other")
    where = ("--log", str(log(tmp_path, lines)), "--rules", str(rules(tmp_path, RULE)), "--compare", str(other))
    found = ask("check", *where)
    first, second = (found[name]["compared"] for name in ("a-rule", "b-rule"))
    assert (first["moved"], first["moves"]) == (2, {"late → met": 1, "met, with another last day": 1})
    assert first["cases"][0] == {
        "case": "1", "subject": None, "start": "2026-03-01", "start_line": 2,
        "before": {"outcome": "late", "last_day": "2026-03-04", "stop": "2026-03-05"},
        "after": {"outcome": "met", "last_day": "2026-03-05", "stop": "2026-03-05"},
    }  # fmt: skip
    assert (first["with"]["met"], found["a-rule"]["met"]) == (2, 1)
    assert (second["stands_in"], second["moved"], second["cases"][0]["before"]) == (["compare"], 2, None)
    told = run("check", *where)
    assert "late → met" in told
    assert "would move no clock" in run("check", *where[:-1], str(tmp_path / "rules"))


def test_each_start_and_stop_can_be_had(tmp_path: Path) -> None:
    """One line for each, with the numbers of the lines it stands on."""
    lines = ["1,Start,2026-03-01", "1,Stop,2026-03-05", "2,Stop,2026-03-01", "3,Start,1990-01-01"]
    checked(tmp_path, lines, "--cases", str(tmp_path / "cases.jsonl"))
    told = [json.loads(line) for line in (tmp_path / "cases.jsonl").read_text().splitlines()]
    assert [(each["case"], each["outcome"]) for each in told] == [
        ("1", "late"), ("2", "without start"), ("3", "refused")
    ]  # fmt: skip
    assert {key: told[0][key] for key in ("start", "last_day", "due_at", "stop", "start_line", "stop_line")} == {
        "start": "2026-03-01", "last_day": "2026-03-04", "due_at": "2026-03-04T23:59:59.999999+05:30",
        "stop": "2026-03-05", "start_line": 2, "stop_line": 3,
    }  # fmt: skip
    assert (tmp_path / "cases.jsonl").stat().st_mode & 0o777 == 0o600


def test_a_name_that_the_log_lacks_is_told(tmp_path: Path) -> None:
    """A slip in a name would else look like a log in which nobody ever did it."""
    found = checked(tmp_path, ["1,Start,2026-03-01", "1,Stop,2026-03-02"], rule=RULE.replace("[Stop]", "[Stopp]"))
    assert found["log"]["notes"] == ["rule a-rule: no line of the log is 'Stopp'; is it 'Stop'?"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("counting: days-first-excluded\n", "", "rules/rule0.yaml:1: rule a-rule: counting is missing"),
        ("stops: [Stop]", "stops: [Stop]\nstops: [Stop]", "rules/rule0.yaml:4: the key 'stops' stands twice"),
        ("closed_days", "closed_dayz", "rules/rule0.yaml:6: rule a-rule: unknown key 'closed_dayz'"),
        ("limit: 3 days", "limit: soon", "rules/rule0.yaml:8: rule a-rule: limit: 'soon' is no length of time"),
        ("governed_by: start", "governed_by: moon", "rules/rule0.yaml:4: rule a-rule: governed_by: 'moon' is none of"),
        ("rule: a-rule", "rule: A rule", "rules/rule0.yaml:1: rule: a name of small letters"),
        ("limit: 3 days", "limit: 3 days, applies: {kind: grave}", "applies: kind is none of offence.above_one"),
        ("versions:", "versions: [", "rules/rule0.yaml:8: "),
    ],
)  # fmt: skip
def test_a_bad_rule_book_is_refused(tmp_path: Path, old: str, new: str, told: str) -> None:
    """By file, line and reason, before a line of the log is read."""
    with pytest.raises(Usage) as refused:
        checked(tmp_path, ["1,Start,2026-03-01"], rule=RULE.replace(old, new))
    assert told in str(refused.value)
