"""Checking a book of rules before it is used: every flaw of every file, with its line and its reason."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

import domain
from domain.event import ACTS
from domain.law.book import shipped_texts
from domain.law.grammar import UNITS
from domain.law.lint import flaws
from domain.law.rule_form import PER
from domain.shape import columns
from tests.domain.law.kit import ZONE
from tests.domain.law.test_form import BAD, GOOD, HOURS

domain.load()
KNOWN = {name: {column.name: column.shape for column in columns(act)} for name, act in ACTS.items()}
GOOD_EXAMPLE = "last_day: 2026-03-04}"


def told(text: str, file: str = "bnss/a.yaml") -> list[str]:
    """What is wrong with one file."""
    return [str(each) for each in flaws({file: text}, KNOWN, ZONE)]


def test_the_book_that_ships_has_no_flaw() -> None:
    """Every act and column there is, every section in a table, every example, every word of Hindi."""
    texts = shipped_texts()
    assert len(texts) > 50
    assert flaws(texts, KNOWN, ZONE) == []


@pytest.mark.parametrize("case", BAD, ids=str)
def test_what_is_refused_is_told_once(case: str) -> None:
    """The same words as the refusal, and no second complaint about the same thing."""
    old, new, reason = BAD[case]
    text = GOOD.replace(old, new, 1)
    if case == "closed days by the hour":
        for before, after in HOURS:
            text = text.replace(before, after)
    (only,) = told(text, "bnss/bad.yaml")
    assert only.startswith(f"bnss/bad.yaml:{reason}")


def test_every_flaw_of_a_file_is_told() -> None:
    """A file is mended once, not once for each flaw."""
    text = (
        GOOD.replace("counting: days-first-excluded", "counting: roughly")
        .replace("per: record", "per: moon")
        .replace("duty: someone", "duties: many")
        .replace("class: C", "class: Z")
        .replace("read: primary", "read: once")
        .replace("{start: 2026-03-01, last_day: 2026-03-04}", "{last_day: 2026-03-04}", 1)
    )
    found = told(text)
    assert [line.removeprefix("bnss/a.yaml:").split("; ")[0] for line in found] == [
        "1: rule a-rule: duty is missing",
        "3: rule a-rule: unknown key 'duties'",
        "4: rule a-rule: class: 'Z' is none of A, B, C, D",
        f"5: rule a-rule: per: 'moon' is none of {', '.join(PER)}",
        f"10: rule a-rule: counting: 'roughly' is none of {', '.join(UNITS)}",
        "16: rule a-rule: read: 'once' is none of primary, secondary",
        "20: rule a-rule: examples: start is missing",
    ]


@pytest.mark.parametrize(
    ("old", "new", "told_so"),
    [
        ("[case.FIRPublished]", "[case.FIRPublish]", "8: rule a-rule: stops: there is no act case.FIRPublish;"),
        ("case.FIRRegistered", "case.FIRRegistered.heard_at", "6: rule a-rule: starts: case.FIRRegistered has no"),
        (
            "[case.FIRPublished]", "[{fact: case.FIRPublished, when: {colour: red}}]",
            "8: rule a-rule: stops: case.FIRPublished has no column colour",
        ),
        ('    quote: "q"\n', "", "13: rule a-rule: versions: quote is missing"),
        (", read: primary", "", "16: rule a-rule: source: read is missing"),
        ("hi: अ}", "hi: A}", "2: rule a-rule: title: the Hindi words are not in Devanagari"),
        ("hi: विलंब", "hi: late", "4: rule a-rule: consequence: the Hindi words are not in Devanagari"),
        ("repeats: first", "repeats: first\nalarm: [-3 days]", "8: rule a-rule: alarm: -3 days is as long as the"),
        (
            GOOD_EXAMPLE, "last_day: 2026-03-05}",
            "20: rule a-rule: examples: 2026-03-01: the last day is 2026-03-04, and the file says 2026-03-05",
        ),
        (
            GOOD_EXAMPLE, "last_day: 2026-03-04, lapses_from: 2026-03-04}",
            "20: rule a-rule: examples: 2026-03-01: it has lapsed from 2026-03-05 on, and the file says 2026-03-04",
        ),
        ("start: 2026-03-01", "start: 2020-03-01", "20: rule a-rule: examples: 2020-03-01: rule a-rule governs"),
        ("start: 2026-03-01", "start: soon", "20: rule a-rule: start: 'soon' is no day like 2024-07-01, and"),
        *(
            ("start: 2026-03-01", f"start: {odd}", f"20: rule a-rule: start: '{odd}' is no day like 2024-07-01, and no")
            for odd in ("2026-W09-7", "2026-02-30", "2026-03-01T10:00", "2026-03-01T24:00:00+05:30")
        ),
        (GOOD_EXAMPLE, "due_at: 2026-03-04T10:00}", "20: rule a-rule: due_at: '2026-03-04T10:00' is no day like"),
        (GOOD_EXAMPLE, "due_at: 2026-03-04}", "20: rule a-rule: examples: 2026-03-01: it ends 2026-03-04T23:59:59.9"),
        (
            GOOD_EXAMPLE, "last_day: 2026-03-04, lapses_from: 5 March}",
            "20: rule a-rule: lapses_from: '5 March' is no day like 2024-07-01",
        ),
        (
            GOOD_EXAMPLE, "attrs: {colour: red}, last_day: 2026-03-04}",
            "20: rule a-rule: examples: 2026-03-01: rule a-rule knows no attribute 'colour'",
        ),
        (
            "    limit: 3 days", "    applies: {offence.sections: {any-of: [BNS 64, BNS 640]}}\n    limit: 3 days",
            "17: rule a-rule: applies: no table of offences has BNS 640",
        ),
        ("case.FIRRegistered", "case.FIRRegistered.sections", "6: rule a-rule: starts: case.FIRRegistered.sections"),
        (
            "repeats: first", "repeats: first\nextends: [{fact: case.TimeExtended, adds: authority, noted: any-time}]",
            "8: rule a-rule: extends: case.TimeExtended.authority holds no such thing as a number",
        ),
        ("per: record", "per: examination", "5: rule a-rule: per: no start names any examination: none has the column"),
        (
            "repeats: first", "repeats: first\nsuspends: [{from: [case.BailGranted], until: [case.BailGranted]}]",
            "8: rule a-rule: suspends: case.BailGranted can't both begin a pause and end it",
        ),
        ('law: "BNSS 2023 s.1"', 'law: " "', "14: rule a-rule: versions: law is missing; nothing is assumed for it"),
        (
            "on: null, by: null", 'on: 2026-01-01, by: " "',
            "18: rule a-rule: reviewed: a review has a day and a name, or neither",
        ),
    ],
)  # fmt: skip
def test_what_only_the_whole_book_can_tell(old: str, new: str, told_so: str) -> None:
    """Acts nobody can enter, words that are missing, alarms that ring too early, examples that don't come out."""
    text = GOOD.replace("governed_by", "applies_by: start\ngoverned_by") if "applies" in new else GOOD
    (only,) = told(text.replace(old, new, 1))
    line, _, why = told_so.partition(":")
    shift = 1 if "applies" in new else 0
    assert only.startswith(f"bnss/a.yaml:{int(line) + shift}:{why}")


def test_a_policy_has_no_words_of_a_law() -> None:
    """What is no law is not quoted as one."""
    assert told(GOOD, "policy/a.yaml") == [
        "policy/a.yaml:15: rule a-rule: quote: a policy is no law and has no words of a law"
    ]
    assert told(GOOD.replace('    quote: "q"\n', ""), "policy/a.yaml") == []


def test_no_review_is_of_a_day_to_come() -> None:
    """Today's is one; tomorrow's is a slip, or a rule that calls itself reviewed before anybody has read it."""
    text = GOOD.replace("on: null, by: null", "on: 2026-03-02, by: A. Lawyer")
    today = date(2026, 3, 2)
    assert flaws({"bnss/a.yaml": text}, KNOWN, ZONE, today) == []
    assert flaws({"bnss/a.yaml": text}, None, ZONE, date.min) == []
    (only,) = flaws({"bnss/a.yaml": text}, KNOWN, ZONE, today - timedelta(days=1))
    assert str(only) == "bnss/a.yaml:18: rule a-rule: reviewed: 2026-03-02 is still to come"


def test_a_name_is_given_once() -> None:
    """The second file is told, and where the first is."""
    found = flaws({"bnss/a.yaml": GOOD, "bnss/b.yaml": GOOD}, KNOWN, ZONE)
    assert [str(each) for each in found] == ["bnss/b.yaml:1: rule a-rule: bnss/a.yaml has a rule of that name too"]


@pytest.mark.parametrize("file", ["bnss/a:b.yaml", "a: b/12:c:.yaml", ":.yaml"])
def test_a_file_may_have_a_colon_in_its_name(file: str) -> None:
    """It is told by its whole name."""
    found = flaws({file: GOOD.replace("class: C", "class: Z")}, KNOWN, ZONE)
    assert [str(each) for each in found] == [f"{file}:4: rule a-rule: class: 'Z' is none of A, B, C, D"]


@pytest.mark.parametrize("subject", ["{a: b}", "[{a: b}]", "[[a]]", "[1]", "[null]", "5", "null", "true", '""'])
@pytest.mark.parametrize("key", ["stops: [", "starts: [", "suspends: {from: End, until: "])
def test_a_subject_is_columns(key: str, subject: str) -> None:
    """Anything else would only be found out by the first log; told once, on its line."""
    trigger = f"{key}{{fact: Start, subject: {subject}}}{']' if '[' in key else '}'}\n"
    base = GOOD.replace("stops: [case.FIRPublished]\n", "").replace("starts: case.FIRRegistered\n", "")
    base = "".join(f"{each}: End\n" for each in ("stops", "starts") if not key.startswith(each)) + base
    (only,) = flaws({"a.yaml": trigger + base}, None, ZONE)
    assert str(only) == "a.yaml:1: rule a-rule: subject: a column of the fact, or a list of columns, is needed"


def test_a_foreign_book_may_name_what_it_likes() -> None:
    """Activities as they stand in a log; but its examples come out too."""
    text = GOOD.replace("case.FIRPublished", "Payment").replace("title: {en: A, hi: अ}\n", "")
    assert flaws({"a.yaml": text}, None, ZONE) == []
    (only,) = flaws({"a.yaml": text.replace("03-04}", "03-05}", 1)}, None, ZONE)
    assert "the file says 2026-03-05" in only.why
