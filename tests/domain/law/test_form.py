"""What a rule file must not leave unsaid: each spoilt file is refused with file, line, rule and reason."""

from __future__ import annotations

import pytest

from domain.law.book import load_book_from, read_rule
from domain.law.grammar import OPERATORS, UNITS
from domain.law.rule import BadRule
from domain.law.rule_form import PER

GOOD = """rule: a-rule
title: {en: A, hi: अ}
duty: someone
consequence: {class: C, says: {en: late, hi: विलंब}}
per: record
starts: case.FIRRegistered
repeats: first
stops: [case.FIRPublished]
governed_by: start
counting: days-first-excluded
closed_days: do-not-extend
versions:
  - from: "2024-07-01"
    law: "BNSS 2023 s.1"
    quote: "q"
    source: {title: t, where: w, read: primary}
    limit: 3 days
reviewed: {on: null, by: null}
examples:
  - {start: 2026-03-01, last_day: 2026-03-04}
  - {start: 2026-03-01, last_day: 2026-03-04}
  - {start: 2026-03-01, last_day: 2026-03-04}
"""
HOURS = ("counting: days-first-excluded", "counting: hours"), ("limit: 3 days", "limit: 3 hours")
OLDER = """  - from: "2020-01-01"
    to: "2024-06-30"
    law: "CrPC"
    source: {title: t, where: w}
    limit: 3 days
  - from: "2024-07-01"
"""
APPLIES = "say, if and only if a version has applies, by which sections: start or alterations"
LIKE = "60 days, 24 hours, 2 months or 1 year"
NAMES = ", ".join(
    f"offence.{each}"
    for each in (
        "above_one", "class90", "class90_display_max10", "death_or_life", "heinous", "imprisonment",
        "max_years", "min3_below7", "rape", "sections", "seven_or_more", "several",
        "summons_case", "two_month_list", "upto_seven", "upto_three",
    )
)  # fmt: skip
BAD = {
    "no rule": ("rule: a-rule\n", "", "1: rule: a name of small letters, digits and - is needed"),
    "a name in capitals": ("rule: a-rule", "rule: A Rule", "1: rule: a name of small letters, digits and - is needed"),
    "a list": (GOOD, "- a\n- b\n", "1: a rule file is a table that begins with `rule:` and a name"),
    "nothing": (GOOD, "", "1: a rule file is a table that begins with `rule:` and a name"),
    "no counting": ("counting: days-first-excluded\n", "", "1: rule a-rule: counting is missing"),
    "no closed days": ("closed_days: do-not-extend\n", "", "1: rule a-rule: closed_days is missing"),
    "no governing date": ("governed_by: start\n", "", "1: rule a-rule: governed_by is missing"),
    "no start": ("starts: case.FIRRegistered\n", "", "1: rule a-rule: starts is missing"),
    "an empty stop": ("[case.FIRPublished]", "[]", "8: rule a-rule: stops is missing"),
    "no title": ("title: {en: A, hi: अ}\n", "", "1: rule a-rule: title is missing"),
    "no duty": ("duty: someone\n", "", "1: rule a-rule: duty is missing"),
    "no consequence": (
        "consequence: {class: C, says: {en: late, hi: विलंब}}\n", "",
        "1: rule a-rule: consequence is missing",
    ),
    "no subject": ("per: record\n", "", "1: rule a-rule: per is missing"),
    "no word on repetition": ("repeats: first\n", "", "1: rule a-rule: repeats is missing"),
    "no review": ("reviewed: {on: null, by: null}\n", "", "1: rule a-rule: reviewed is missing"),
    "half a review": (
        "by: null", "by: A. Lawyer",
        "18: rule a-rule: reviewed: a review has a day and a name, or neither",
    ),
    "a review on no day": ("on: null", "on: soon", "18: rule a-rule: on: 'soon' is no day like 2024-07-01"),
    "one language": (", hi: अ", "", "2: rule a-rule: title: hi is missing"),
    "unknown counting": (
        "days-first-excluded", "roughly",
        f"10: rule a-rule: counting: 'roughly' is none of {', '.join(UNITS)}",
    ),
    "unknown closed days": (
        "do-not-extend", "perhaps", "11: rule a-rule: closed_days: 'perhaps' is none of do-not-extend, next-open-day",
    ),
    "unknown governing date": (
        "governed_by: start", "governed_by: whim", "9: rule a-rule: governed_by: 'whim' is none of proceeding, start",
    ),
    "unknown class": ("class: C", "class: Z", "4: rule a-rule: class: 'Z' is none of A, B, C, D"),
    "unknown subject": (
        "per: record", "per: moon",
        f"5: rule a-rule: per: 'moon' is none of {', '.join(PER)}",
    ),
    "an unknown key": ("duty: someone", "duty: someone\nduties: many", "4: rule a-rule: unknown key 'duties'"),
    "an unknown key of a version": ('quote: "q"', "words: q", "15: rule a-rule: versions: unknown key 'words'"),
    "an unknown key of a source": ("where: w", "there: w", "16: rule a-rule: source: unknown key 'there'"),
    "a key twice": ("duty: someone", "duty: someone\nduty: another", "4: the key 'duty' stands twice"),
    "a key twice in a version": ('quote: "q"', 'quote: "q"\n    quote: "r"', "16: the key 'quote' stands twice"),
    "a key that is no text": ("duty: someone", "duty: someone\n12: x", "4: the key 12 is not text; put it in quotes"),
    "a key that is true": ("duty: someone", "duty: someone\ntrue: x", "4: the key True is not text; put it in quotes"),
    "not YAML": ("duty: someone", "duty: [someone", "4: expected ',' or ']', but got ':'"),
    "no law": ('    law: "BNSS 2023 s.1"\n', "", "13: rule a-rule: versions: law is missing"),
    "an empty law": ('"BNSS 2023 s.1"', '""', "14: rule a-rule: versions: law is missing"),
    "no source": (
        "    source: {title: t, where: w, read: primary}\n", "",
        "13: rule a-rule: versions: source is missing",
    ),
    "a source nobody finds": ("where: w, ", "", "16: rule a-rule: source: where is missing"),
    "read somehow": ("read: primary", "read: once", "16: rule a-rule: read: 'once' is none of primary, secondary"),
    "no versions": (GOOD[GOOD.index("versions:"):GOOD.index("reviewed")], "versions: []\n",
                    "12: rule a-rule: versions is missing"),
    "a version without a day": ('from: "2024-07-01"', "from: ", "13: rule a-rule: versions: from is missing"),
    "a day that is none": ("2024-07-01", "2024-02-31", "13: rule a-rule: from: '2024-02-31' is no day like 2024-07-01"),
    "a day by its week": ("2024-07-01", "2024-W27-1", "13: rule a-rule: from: '2024-W27-1' is no day like 2024-07-01"),
    "a bare day": ('"2024-07-01"', '"20240701"', "13: rule a-rule: from: '20240701' is no day like 2024-07-01"),
    "backwards": (
        'law: "BNSS', 'to: "2024-06-30"\n    law: "BNSS',
        "14: rule a-rule: versions: it ends on 2024-06-30, before it begins on 2024-07-01",
    ),
    "an overlap": (
        '  - from: "2024-07-01"\n', OLDER.replace("2024-06-30", "2024-07-01"),
        "18: rule a-rule: versions: the one from 2020-01-01 and the one from 2024-07-01 overlap",
    ),
    "an open end before another": (
        '  - from: "2024-07-01"\n', OLDER.replace('    to: "2024-06-30"\n', ""),
        "17: rule a-rule: versions: the one from 2020-01-01 and the one from 2024-07-01 overlap",
    ),
    "a hole": (
        '  - from: "2024-07-01"\n', OLDER.replace("2024-06-30", "2024-06-29"),
        "18: rule a-rule: versions: none governs the days between 2024-06-29 and 2024-07-01",
    ),
    "the wrong order": (
        '  - from: "2024-07-01"\n', OLDER.replace("2020", "2025").replace("2024-06-30", "2026-06-30"),
        "18: rule a-rule: versions: the one from 2025-01-01 and the one from 2024-07-01 overlap",
    ),
    "no limit": ("    limit: 3 days\n", "", "13: rule a-rule: versions: limit is missing"),
    "a limit in words": (
        "limit: 3 days", "limit: three days",
        f"17: rule a-rule: limit: 'three days' is no length of time; write one like {LIKE}",
    ),
    "a limit of nothing": (
        "limit: 3 days", "limit: 0 days",
        f"17: rule a-rule: limit: '0 days' is no length of time; write one like {LIKE}",
    ),
    "a bare number": (
        "limit: 3 days", "limit: 3",
        "17: rule a-rule: limit: a limit is a length of time, or has exactly when, then and otherwise, or share and of",
    ),
    "hours counted as days": (
        "limit: 3 days", "limit: 72 hours", "17: rule a-rule: limit: 72 hours can't be counted as days-first-excluded",
    ),
    "half a choice": (
        "limit: 3 days", "limit: {when: {class90: true}, then: 3 days}",
        "17: rule a-rule: limit: a limit is a length of time, or has exactly when, then and otherwise, or share and of",
    ),
    "a choice of nothing": (
        "limit: 3 days", "limit: {when: {}, then: 3 days, otherwise: 4 days}",
        "17: rule a-rule: limit: a condition names attributes and what they must be",
    ),
    "an expression": (
        "limit: 3 days", "limit: {when: {x: {like: 3}}, then: 3 days, otherwise: 4 days}",
        f"17: rule a-rule: limit: x: there is no operator 'like'; there are {', '.join(OPERATORS)}",
    ),
    "a number that is none": (
        "limit: 3 days", "limit: {when: {x: {'>': many}}, then: 3 days, otherwise: 4 days}",
        "17: rule a-rule: limit: x: '>' needs a number",
    ),
    "a list that is none": (
        "limit: 3 days", "limit: {when: {x: {in: 3}}, then: 3 days, otherwise: 4 days}",
        "17: rule a-rule: limit: x: 'in' needs a list of values",
    ),
    "a list where one is meant": (
        "limit: 3 days", "limit: {when: {x: [3]}, then: 3 days, otherwise: 4 days}",
        "17: rule a-rule: limit: x: '=' needs one value",
    ),
    "a class nobody computes": (
        "limit: 3 days", "limit: {when: {offence.grave: true}, then: 3 days, otherwise: 4 days}",
        f"17: rule a-rule: limit: offence.grave is none of {NAMES}",
    ),
    **{
        f"a list of sections that is {sign}": (
            "limit: 3 days", f"limit: {{when: {{offence.sections: {sign}}}, then: 3 days, otherwise: 4 days}}",
            "17: rule a-rule: limit: offence.sections is a list; ask with any-of or none-of, like {any-of: [BNS 64]}",
        )
        for sign in ("BNS 64", "{not: BNS 64}", "{in: [BNS 64]}", "{not-in: [BNS 64]}", "{begins: BNS}")
    },
    "sections that apply by a bare value": (
        "limit: 3 days", "limit: 3 days\n    applies: {offence.sections: BNS 64}",
        "18: rule a-rule: applies: offence.sections is a list; ask with any-of or none-of, like {any-of: [BNS 64]}",
    ),
    **{
        f"a class that is {said}": (
            "limit: 3 days", f"limit: {{when: {{offence.class90: {said}}}, then: 4 days, otherwise: 3 days}}",
            f"17: rule a-rule: limit: offence.class90: {value!r} is neither true nor false; write true or false",
        )
        for said, value in (("yes", "yes"), ("maybe", "maybe"), ("1", 1), ("{not: yes}", "yes"), ("{in: [no]}", "no"))
    },
    "applies, and nobody knows when": (
        "limit: 3 days", "limit: 3 days\n    applies: {offence.rape: true}",
        f"1: rule a-rule: applies_by: {APPLIES}",
    ),
    "a greatest length of what is not lengthened": (
        "limit: 3 days", "limit: 3 days\n    at_most: 9 days",
        "12: rule a-rule: at_most: only where extends adds days to the limit",
    ),
    "a greatest length below the limit": (
        "limit: 3 days", "limit: 3 days\n    at_most: 3 days",
        "18: rule a-rule: at_most: 3 days is not longer than the limit",
    ),
    "a greatest length by the hour": (
        "limit: 3 days", "limit: 3 days\n    at_most: 99 hours",
        "18: rule a-rule: at_most: 99 hours is not longer than the limit",
    ),
    "an alarm after the end": (
        "repeats: first", "repeats: first\nalarm: [3 days]",
        "8: rule a-rule: alarm: '3 days' is no length of time; write one like -10 days",
    ),
    "an alarm by the month": (
        "repeats: first", "repeats: first\nalarm: [-1 month]", "8: rule a-rule: alarm: in hours or days",
    ),
    "hours out of days": (
        "repeats: first", "repeats: first\nexcludes: [{fact: case.AccusedProduced, hours: journey_hours}]",
        "8: rule a-rule: excludes: hours can't be left out of what is counted as days-first-excluded",
    ),
    "an exclusion of nothing": (
        "repeats: first", "repeats: first\nexcludes: [{fact: case.AccusedProduced}]",
        "8: rule a-rule: excludes: hours is missing",
    ),
    "an extension at any time?": (
        "repeats: first", "repeats: first\nextends: [{fact: case.X, adds: days}]",
        "8: rule a-rule: extends: noted is missing",
    ),
    "months added up without a name for them": (
        "repeats: first", "repeats: first\nextends: [{fact: case.X, adds: days, sums: true, noted: any-time}]",
        "8: rule a-rule: extends: sums is of what sets sets; days that are added are added up without it",
    ),
    "an extension of nothing": (
        "repeats: first", "repeats: first\nextends: [{fact: case.X, noted: any-time}]",
        "8: rule a-rule: extends: either sets (attributes) or adds (a column of days)",
    ),
    "a pause without an end": (
        "repeats: first", "repeats: first\nsuspends: [{from: case.X}]",
        "8: rule a-rule: suspends: until is missing",
    ),
    "a column of an exemption": (
        "repeats: first", "repeats: first\nexempts: [case.FIRPublished.url]",
        "8: rule a-rule: exempts: case.FIRPublished.url names a column; only a start or a stop may",
    ),
    "a column of what must be there as well": (
        "repeats: first", "repeats: first\nstarts_with: [case.FIRPublished.url]",
        "8: rule a-rule: starts_with: case.FIRPublished.url names a column; only a start or a stop may",
    ),
    "the offences of one fact": (
        "[case.FIRPublished]", "[{fact: case.FIRPublished, when: {offence.rape: true}}]",
        "8: rule a-rule: when: offence.rape is no column of a fact; offences belong under applies or limit",
    ),
    "a fact that is none": (
        "[case.FIRPublished]", "[12]",
        "8: rule a-rule: stops: a table with fact, at, when, subject is needed",
    ),
    "two examples": (
        "  - {start: 2026-03-01, last_day: 2026-03-04}\n", "",
        "19: rule a-rule: examples: at least three worked examples are needed",
    ),
    "an example of nothing": (
        ", last_day: 2026-03-04", "", "20: rule a-rule: examples: a last_day or a due_at must come out",
    ),
    "a share that is none": (
        "limit: 3 days", "limit: {share: 3/2, of: offence.max_years}",
        "17: rule a-rule: limit: '3/2' is no share; write one like 1/2, or 1/1 for the whole",
    ),
    "a share of something": (
        "limit: 3 days", "limit: {share: 1/2, of: offence.min_years}",
        "17: rule a-rule: limit: a share is one of offence.max_years, and counted as months",
    ),
    "a share counted in days": (
        "limit: 3 days", "limit: {share: 1/2, of: offence.max_years}",
        "17: rule a-rule: limit: a share is one of offence.max_years, and counted as months",
    ),
    "a look back from nowhere": (
        "repeats: first", "repeats: first\nlooks_back: true",
        "8: rule a-rule: looks_back: say true, or leave it out; and name the column of time in each start",
    ),
    "a look back by a word": (
        "repeats: first", "repeats: first\nlooks_back: often",
        "8: rule a-rule: looks_back: say true, or leave it out; and name the column of time in each start",
    ),
    "within what": (
        "limit: 3 days", "limit: 3 days\n    within: 9 days",
        "1: rule a-rule: within_from: say, if and only if a version has within, from which fact that runs",
    ),
    "within nothing": (
        "repeats: first", "repeats: first\nwithin_from: [case.AccusedArrested]",
        "8: rule a-rule: within_from: say, if and only if a version has within, from which fact that runs",
    ),
    "within hours": (
        "limit: 3 days", "limit: 3 days\n    within: 9 hours",
        "18: rule a-rule: within: 9 hours can't be counted as days-first-included",
    ),
    "closed days by the hour": (
        "closed_days: do-not-extend\nversions", "closed_days: next-open-day\nversions",
        "11: rule a-rule: closed_days: hours run through closed days; say do-not-extend",
    ),
}  # fmt: skip


def test_the_good_rule_is_loaded() -> None:
    """What the table below spoils is sound."""
    assert read_rule(GOOD, where="good.yaml").id == "a-rule"


@pytest.mark.parametrize("case", BAD, ids=str)
def test_a_bad_rule_is_refused_with_its_reason(case: str) -> None:
    """Silence, contradictions and what isn't in the grammar: the rule isn't loaded, and the place is told."""
    old, new, reason = BAD[case]
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    if case == "closed days by the hour":
        for before, after in HOURS:
            text = text.replace(before, after)
    with pytest.raises(BadRule) as refused:
        read_rule(text, where="bad.yaml")
    told = f"{reason}; nothing is assumed for it" if reason.endswith("is missing") else reason
    assert str(refused.value) == f"bad.yaml:{told}"


def test_two_rules_of_one_name_are_refused() -> None:
    """A name is given once."""
    with pytest.raises(BadRule, match="rule a-rule: two files have a rule of that name"):
        load_book_from({"one.yaml": GOOD, "two.yaml": GOOD})


@pytest.mark.parametrize(
    "text",
    [
        "rule: &a x\nb: *a",
        "!!python/object:os.system x",
        "a: !!set {x}",
        "\t",
        "rule: a\x00b",
        "[" * 3000,
        "? [a]\n: b",
        "note: !!bool foo",
    ],
    ids=["alias", "object", "set", "tab", "zero", "deep", "list as key", "tag"],
)
def test_a_strange_file_is_refused_and_nothing_breaks(text: str) -> None:
    """Whatever stands in a file of somebody else's, the answer is that it is no rule."""
    with pytest.raises(BadRule, match=r"^strange\.yaml:\d+: "):
        load_book_from({"strange.yaml": text})
