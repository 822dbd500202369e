"""The rule book: every worked example comes out, no hole in time, and nothing unsaid is loaded."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import yaml

from domain.law.book import load_book, read_rule
from domain.law.clock import due
from domain.law.rule import BadRule, Rule, UnknownLaw

ZONE = ZoneInfo("Asia/Kolkata")
BOOK = load_book()
EXAMPLES = [(rule, n) for rule in BOOK.rules.values() for n in range(len(rule.examples))]
FIRST_DOZEN = {
    "fir-web", "efir-sign", "prelim", "prod-24", "def-bail", "inv-2m", "sanction-120", "search-48", "rape-med-24",
    "rape-med-rep-7", "progress-90", "copies-14",
}  # fmt: skip


def test_the_first_dozen_rules_ship() -> None:
    """Twelve rules, each under its name."""
    assert set(BOOK.rules) == FIRST_DOZEN


@pytest.mark.parametrize(("rule", "number"), EXAMPLES, ids=lambda part: part.id if isinstance(part, Rule) else str(part))
def test_each_worked_example_comes_out(rule: Rule, number: int) -> None:
    """What a lawyer wrote beside the rule is what the program counts."""
    example = rule.examples[number]
    start = datetime.fromisoformat(example["start"])
    governed = date.fromisoformat(example["governed"]) if "governed" in example else start.date()
    counted = due(rule, start, example.get("attrs", {}), governed, ZONE).counted
    if "due_at" in example:
        assert counted.due_at == datetime.fromisoformat(example["due_at"])
        return
    assert counted.last_day is not None
    assert counted.last_day.isoformat() == example["last_day"]
    assert counted.lapses_from.astimezone(ZONE).date().isoformat() == example["lapses_from"]
    assert counted.due_at < counted.lapses_from


@pytest.mark.parametrize("rule", BOOK.rules.values(), ids=lambda rule: rule.id)
def test_a_rule_governs_every_day_from_its_first_version_on(rule: Rule) -> None:
    """No hole and no overlap in time; a day before the first version is refused by the rule's name."""
    first = rule.versions[0].since
    for each in rule.versions:
        assert rule.version_on(each.since) is each
        if each.until is not None:
            assert rule.version_on(each.until) is each
            assert rule.version_on(each.until + timedelta(days=1)) is not each
    assert rule.versions[-1].until is None
    with pytest.raises(UnknownLaw, match=rule.id):
        rule.version_on(first - timedelta(days=1))


@pytest.mark.parametrize("rule", BOOK.rules.values(), ids=lambda rule: rule.id)
def test_a_rule_says_where_it_was_read_and_who_reviewed_it(rule: Rule) -> None:
    """Each version has law, quote and source; none claims a review that nobody made; both languages are there."""
    for each in rule.versions:
        assert each.law
        assert each.quote
        assert each.source["title"]
        assert each.source["where"]
    assert not rule.is_reviewed
    for words in (rule.title, rule.consequence["says"]):
        assert words["en"]
        assert any("\u0900" <= letter <= "\u097f" for letter in words["hi"])


GOOD = """
rule: a-rule
title: {en: A, hi: अ}
duty: someone
consequence: {class: C, says: {en: late, hi: विलंब}}
per: record
starts: case.FIRRegistered
stops: [case.FIRPublished]
governed_by: start
counting: days-first-excluded
closed_days: do-not-extend
repeats: first
versions:
  - {from: "2024-07-01", law: "BNSS 2023 s.1", quote: "q", source: {title: t, where: w}, limit: 3 days}
reviewed: {on: null, by: null}
examples:
  - {start: "2026-03-01T12:00:00+05:30", last_day: "2026-03-04"}
  - {start: "2026-03-01T12:00:00+05:30", last_day: "2026-03-04"}
  - {start: "2026-03-01T12:00:00+05:30", last_day: "2026-03-04"}
"""
VERSION = '  - {from: "2024-07-01", law: "BNSS 2023 s.1", quote: "q", source: {title: t, where: w}, limit: 3 days}'
BAD = {
    "no name": ("rule: a-rule", "rules: a-rule", "begins with `rule:`"),
    "a name in capitals": ("rule: a-rule", "rule: A Rule", "begins with `rule:`"),
    "no counting": ("counting: days-first-excluded\n", "", "counting is missing"),
    "no closed days": ("closed_days: do-not-extend\n", "", "closed_days is missing"),
    "no governing date": ("governed_by: start\n", "", "governed_by is missing"),
    "no duty": ("duty: someone\n", "", "duty is missing"),
    "no start": ("starts: case.FIRRegistered\n", "", "starts is missing"),
    "no review": ("reviewed: {on: null, by: null}\n", "", "reviewed is missing"),
    "unknown counting": ("days-first-excluded", "roughly", "'roughly' is none of"),
    "unknown closed days": ("do-not-extend", "perhaps", "'perhaps' is none of"),
    "unknown governing date": ("governed_by: start", "governed_by: whim", "'whim' is none of"),
    "unknown class": ("class: C", "class: Z", "'Z' is none of"),
    "unknown per": ("per: record", "per: moon", "'moon' is none of"),
    "unknown key": ("duty: someone", "duty: someone\nduties: many", "unknown key 'duties'"),
    "a key twice": ("duty: someone", "duty: someone\nduty: another", "line 5: the key 'duty' stands twice"),
    "a key that is no text": ("duty: someone", "duty: someone\n12: x", "the key 12 is not text"),
    "no law": ('law: "BNSS 2023 s.1", ', "", "has no law"),
    "no source": ("source: {title: t, where: w}, ", "", "no source with title and where"),
    "no versions": (VERSION, "  []", "at least one"),
    "a limit in words": ("limit: 3 days", "limit: three days", "is no span"),
    "hours counted as days": ("limit: 3 days", "limit: 72 hours", "can't be counted as days-first-excluded"),
    "half a choice": ("limit: 3 days", "limit: {when: {class90: true}, then: 3 days}", "when / then / otherwise"),
    "an expression": ("limit: 3 days", "limit: {when: {x: {like: 3}}, then: 3 days, otherwise: 4 days}", "operator 'like'"),
    "an overlap": (VERSION, VERSION + "\n" + VERSION, "overlap"),
    "a hole": (
        VERSION,
        VERSION.replace("limit: 3", 'to: "2024-12-31", limit: 3') + "\n" + VERSION.replace("2024-07-01", "2025-06-01"),
        "no version governs the time between 2024-12-31 and 2025-06-01",
    ),
    "a day that is not": ("2024-07-01", "2024-02-31", "ValueError"),
    "a suspension": ("duty: someone", "duty: someone\nsuspends: [case.X]", "not counted yet"),
    "two examples": ('  - {start: "2026-03-01T12:00:00+05:30", last_day: "2026-03-04"}\n', "", "three worked examples"),
    "not YAML": ("duty: someone", "duty: [someone", "line"),
    "a list": (GOOD, "- a\n- b\n", "begins with `rule:`"),
}


def test_the_good_rule_is_loaded() -> None:
    """What the table below spoils is sound."""
    assert read_rule(GOOD, where="good.yaml").id == "a-rule"


@pytest.mark.parametrize("case", BAD, ids=str)
def test_a_bad_rule_is_refused_with_its_reason(case: str) -> None:
    """Silence, contradictions and what isn't in the grammar: the rule isn't loaded, and the file is named."""
    old, new, reason = BAD[case]
    assert old in GOOD
    with pytest.raises(BadRule) as refused:
        read_rule(GOOD.replace(old, new, 1), where="bad.yaml")
    assert str(refused.value).startswith("bad.yaml")
    assert reason in str(refused.value)


def test_yaml_has_no_surprises() -> None:
    """A section stays a section: 187.10, NO and 24:00 are text, a date is text."""
    text = "a: 187.10\nb: NO\nc: 24:00\nd: 2024-07-01\non: x\ne: 7\nf: true\ng: null\n"
    from domain.law.book import StrictLoader

    loaded = yaml.load(text, Loader=StrictLoader)
    assert loaded == {"a": "187.10", "b": "NO", "c": "24:00", "d": "2024-07-01", "on": "x", "e": 7, "f": True, "g": None}
