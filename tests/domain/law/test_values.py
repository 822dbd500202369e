"""Values in conditions: what nobody can enter is a condition that is never met, and is told with its line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

import domain
from domain.event import ACTS
from domain.law.book import load_book_from, read_rule, shipped_texts
from domain.law.due import due
from domain.law.grammar import conditions_of
from domain.law.lint import flaws
from domain.law.offences import classes
from domain.law.rule import BadQuestion, BadRule
from domain.law.values import odd_values
from domain.shape import columns
from tests.domain.law.kit import ZONE
from tests.domain.law.test_form import GOOD

domain.load()
SHAPES = {name: {each.name: each.shape for each in columns(act)} for name, act in ACTS.items()}


def told(text: str) -> list[str]:
    """What is wrong with one file."""
    return [str(each) for each in flaws({"bnss/a.yaml": text}, SHAPES, ZONE)]


def odd(text: str) -> list[str]:
    """What is wrong with the values of one file, and with nothing else."""
    return [str(each) for each in odd_values({"bnss/a.yaml": text}, SHAPES)]


def test_every_value_of_the_book_can_be_entered() -> None:
    """In every condition on a fact, and on which a limit depends."""
    assert flaws(shipped_texts(), SHAPES, ZONE) == []


@pytest.mark.parametrize(
    ("act", "when", "why"),
    [
        ("TimeExtended", "{provision: NDPS 36A}", "provision: 'NDPS 36A' is none of BNSS 187(9), BNSS 232, BNSS 258, "),
        ("FinalReportDecided", "{outcome: acepted}", "outcome: 'acepted' is none of accepted, "),
        ("BailGranted", "{kind: {not: anticipatorry}}", "kind: 'anticipatorry' is none of "),
        ("BailGranted", "{kind: {not-in: [anticipatory, regulr]}}", "kind: 'regulr' is none of "),
        ("BailGranted", "{kind: {'<': 3}}", "kind: '<' compares numbers, and it is one of "),
        ("BailGranted", "{kind: {begins: x}}", "kind: 'x' is none of "),
        ("AccusedArrested", "{child: yes}", "child: 'yes' is neither true nor false"),
        ("AccusedArrested", "{child: 1}", "child: 1 is neither true nor false"),
        ("FIRRegistered", "{accused.how: {any-of: [known, suspcted]}}", "accused.how: 'suspcted' is none of known, "),
        ("FIRRegistered", "{accused.how: known}", "accused.how is a list: ask with any-of or none-of"),
        ("FIRRegistered", "{sections: {in: [BNS 64]}}", "sections is a list: ask with any-of or none-of"),
    ],
)
def test_a_value_nobody_can_enter_is_told(act: str, when: str, why: str) -> None:
    """Wherever a fact is named, with the line of the condition and the words there are."""
    stop = GOOD.replace("stops: [case.FIRPublished]", f"stops:\n  - fact: case.{act}\n    when: {when}")
    (only,) = told(stop)
    assert only.startswith(f"bnss/a.yaml:10: rule a-rule: stops: when: {why}")
    pause = f"repeats: first\nsuspends:\n  - from: [{{fact: case.{act}, when: {when}}}]\n    until: case.{act}"
    (only,) = told(GOOD.replace("repeats: first", pause))
    assert only.startswith(f"bnss/a.yaml:9: rule a-rule: suspends: when: {why}")


def test_a_value_of_a_limit_is_one_of_the_act_that_gives_it() -> None:
    """By the columns of the start, or of what lengthens the clock."""
    extends = "extends: [{fact: case.PublicationDelayed, sets: {trouble: difficulty}, noted: any-time}]\nversions:"
    for name, value, wrong in (("trouble", "geografy", 1), ("trouble", "geography", 0), ("mode", "oral", 0)):
        choice = f"limit: {{when: {{{name}: {value}}}, then: 4 days, otherwise: 3 days}}"
        found = odd(GOOD.replace("limit: 3 days", choice).replace("versions:", extends))
        assert len(found) == wrong
        assert all(
            "a-rule: limit: when: trouble: 'geografy' is none of connectivity, geography" in each for each in found
        )


def test_what_another_reader_refuses_is_left_to_it() -> None:
    """No YAML, no table, no act, no column, no condition."""
    texts = ("a: [", "- 1", "rule: a\nstops: {fact: case.Nothing, when: {x: 1}}", "starts: {fact: 3, when: {}}",
             "starts: [{fact: case.FIRRegistered, when: {mode: {like: x}}}]\nversions: [3, {limit: 3}]")  # fmt: skip
    assert [odd(each) for each in texts] == [[]] * len(texts)


FOREIGN = """
rule: f
starts: a
stops: b
governed_by: start
counting: days-first-excluded
closed_days: do-not-extend
versions: [{from: "2000-01-01", law: L, limit: {when: {offence.class90: yes}, then: 9 days, otherwise: 6 days}}]
"""


def test_a_foreign_book_answers_yes_or_no_by_true_or_false() -> None:
    """`yes` is text and no answer: it would give the shorter limit in silence."""
    with pytest.raises(BadRule, match=r"f\.yaml:8: rule f: limit: offence\.class90: 'yes' is neither true nor false"):
        load_book_from({"f.yaml": FOREIGN})
    assert load_book_from({"f.yaml": FOREIGN.replace("yes", "true")})["f"].versions


def test_a_value_that_is_none_is_offered_once() -> None:
    """Where a rule names nothing but `none`, that is all there is to give."""
    rule = load_book_from({"f.yaml": FOREIGN.replace("offence.class90: yes", "trouble: none")})["f"]
    with pytest.raises(BadQuestion, match=r"'much' is nothing that rule f names; give none$"):
        due(rule, date(2026, 1, 1), {"trouble": "much"}, None, ZONE)


TWICE = (
    FOREIGN[: FOREIGN.index("versions")]
    + """versions:
  - {from: "2000-01-01", to: "2019-12-31", law: L, limit: {when: {trouble: much}, then: 9 days, otherwise: 6 days}}
  - {from: "2020-01-01", law: L, limit: 6 days}
"""
)


def test_an_attribute_that_changed_nothing_is_named() -> None:
    """Of another version than the one that governs, or overruled by the date that was given."""
    rule, known = load_book_from({"f.yaml": TWICE})["f"], {"trouble": "much", "proceeding_began": "2010-01-01"}
    for day, governed, unused in (
        (date(2026, 1, 1), date(2026, 1, 1), "proceeding_began, trouble"),
        (date(2010, 1, 1), date(2010, 1, 1), "proceeding_began"),
        (date(2010, 1, 1), None, "proceeding_began"),
    ):
        lines = [each.en for each in due(rule, day, known, governed, ZONE).explain if "not used" in each.en]
        assert lines == ([f"not used by this rule: {unused}"] if unused else [])


@pytest.mark.parametrize(
    ("wanted", "met", "unmet"),
    [
        ({"in": [7]}, [7, 7.0, Decimal("7.00"), "7", "7.0"], [70, 70.0, 0.7, "70", True, "seven"]),
        ({"in": [70]}, [70, 70.0], [7, 7.0, "7.0"]),
        ({"in": ["7.5", "SP"]}, [7.5, "S.P."], [75, 0.75]),
        ("70", [70, 70.0, "70"], [7.0, 0.7]),
        (7, [7, 7.0, "7"], [70, "70", True]),
        ({"any-of": [7]}, [[7.0, 3], 7.0, "7"], [[70], 0.7]),
        (True, [True], [False, 1, 1.0]),
    ],
    ids=str,
)
def test_numbers_are_compared_as_numbers(wanted: object, met: list[object], unmet: list[object]) -> None:
    """Seven years are 7 and 7.0 in the tables, and neither is seventy; a dot is left out of text alone."""
    (condition,) = conditions_of({"x": wanted})
    assert [each for each in met if not condition.holds({"x": each})] == []
    assert [each for each in unmet if condition.holds({"x": each})] == []
    if isinstance(wanted, dict) and "in" in wanted:
        (negated,) = conditions_of({"x": {"not-in": wanted["in"]}})
        assert [negated.holds({"x": each}) for each in (*met, *unmet)] == [False] * len(met) + [True] * len(unmet)


def test_a_term_of_seven_years_is_seven() -> None:
    """Cheating may be punished with so many by the tables: 7.0, which was read as seventy."""
    cheating = classes(["BNS 318(4)"]).attributes
    assert cheating["offence.max_years"] == 7
    for wanted, held in ((7, True), (70, False)):
        (condition,) = conditions_of({"offence.max_years": {"in": [wanted]}})
        assert condition.holds(cheating) is held


@pytest.mark.parametrize(
    ("does", "why"),
    [
        ("sets: {}", "extends: either sets \\(attributes\\) or adds \\(a column of days\\)"),
        ("adds: null", "extends: either sets \\(attributes\\) or adds \\(a column of days\\)"),
        ("adds: ''", "extends: either sets \\(attributes\\) or adds \\(a column of days\\)"),
        ("sets: {}, adds: days", "extends: either sets \\(attributes\\) or adds \\(a column of days\\)"),
        ("sets: {trouble: ''}", "sets: attributes, each with the column that gives it"),
        ("sets: {trouble: difficulty}", "extends: no limit depends on trouble, which it sets"),
    ],
)
def test_an_extension_does_something(does: str, why: str) -> None:
    """One that sets or adds nothing, or what no limit asks for, would lengthen nothing in silence."""
    extends = f"repeats: first\nextends: [{{fact: case.PublicationDelayed, noted: any-time, {does}}}]"
    with pytest.raises(BadRule, match=f"a.yaml:8: rule a-rule: {why}"):
        read_rule(GOOD.replace("repeats: first", extends), where="a.yaml", folder="bnss")
