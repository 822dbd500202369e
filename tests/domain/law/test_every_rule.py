"""Each rule of the book at work: its start opens a clock, its stop ends it, and nobody else's does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest

from domain.law.clock import Clock, Fact, Reckoning, evaluate
from domain.law.grammar import Condition
from domain.law.rule import Rule, Trigger
from tests.domain.law.kit import BOOK, ZONE, at

RULES = [rule for rule in BOOK.rules.values() if not rule.looks_back]
"""Those that look back are ended by their own starts: `test_forms.py`."""
LATER = timedelta(minutes=1)
NUMBERS = count(1)
CLASSES = {
    "offence.summons_case": "BNS 115(2)",
    "offence.upto_seven": "BNS 303(2)",
    "offence.seven_or_more": "BNS 103(1)",
    "offence.min3_below7": "BNS 303(2)",
    "offence.heinous": "BNS 103(1)",
}
"""A section of each class that a rule asks for."""


OTHERS = {
    "def-bail": "UAPA 13(1)",
    "pc-15": "UAPA 13(1)",
    "forensic-7": "BNS 303(2)",
    "jj-3m": "BNS 303(2)",
    "disch-60-warrant": "BNS 115(2)",
}
"""A section to which a rule doesn't apply, where murder is none."""
ACTS = {"POCSO": "POCSO 8", "NDPS": "NDPS 20(b)(ii)(B)", "UAPA": "UAPA 13(1)", "PoA": "PoA 3(1)"}
"""A section of each Act that a rule asks for as a whole."""
GIVES_SECTIONS = {"case.InformationReceived", "case.FIRRegistered", "case.ZeroFIRRegistered", "case.SectionsAltered"}


def sections(rule: Rule) -> list[str]:
    """Sections to which the newest version applies."""
    for each in rule.versions[-1].applies:
        if each.attribute in CLASSES and each.operator == "=":
            return [CLASSES[each.attribute]]
        if each.operator == "any-of":
            return [ACTS.get(each.value[0], each.value[0])]
    return ["BNS 318(4)"]


def fitting(condition: Condition) -> Any:
    """A value that meets a condition."""
    if condition.operator in {"not", "not-in"}:
        return "something else"
    if condition.operator == "any-of":
        return [condition.value[0]]
    if condition.operator == "<":
        return condition.value - 1
    return condition.value[0] if condition.operator == "in" else condition.value


def made(rule: Rule, trigger: Trigger, when: datetime, whose: str = "V1", **more: Any) -> Fact:
    """A fact for which a trigger waits, about somebody."""
    values: dict[str, Any] = {each.attribute: fitting(each) for each in trigger.when}
    values |= {name: whose if "." not in name else [whose] for name in trigger.subject}
    values |= {"sections": sections(rule)} if trigger.fact in GIVES_SECTIONS else {}
    values |= {trigger.at: when.isoformat()} if trigger.at else {}
    return Fact(trigger.fact, f"e{next(NUMBERS):06d}", when, when, frozenset(), values | more)


def began(rule: Rule, start: datetime) -> Fact:
    """The FIR that began the proceeding, before everything else; by the older Code where only that governs."""
    when = at("2024-06-01") if rule.folder == "crpc" else start - timedelta(days=2)
    return Fact("case.FIRRegistered", "e000000", when, when, frozenset(), {"sections": sections(rule)})


def before(rule: Rule, trigger: Trigger, start: datetime) -> list[Fact]:
    """What must be there for a start to open a clock: the FIR, unless it starts or bars it; what it needs besides."""
    barred = "case.FIRRegistered" in {each.fact for each in rule.starts_unless_after}
    others = [made(rule, each, start - timedelta(hours=1)) for each in rule.starts_with]
    return others if barred or trigger.fact in GIVES_SECTIONS else [began(rule, start), *others]


def cases(key: str) -> Iterator[Any]:
    """Every rule with each of its starts and each of its facts under a key."""
    for rule in RULES:
        for start in rule.starts:
            for each in getattr(rule, key):
                names = f"{start.fact.removeprefix('case.')}-{each.fact.removeprefix('case.')}"
                yield pytest.param(rule, start, each, id=f"{rule.id}-{names}")


def mine(rule: Rule, found: Reckoning) -> list[Clock]:
    """The clocks of a rule."""
    return [each for each in found if each.rule.id == rule.id]


def reckoned(rule: Rule, trigger: Trigger, *others: Fact, start: datetime) -> Clock:
    """The clock of a start and whatever else happened."""
    (clock,) = mine(rule, evaluate(BOOK, [*before(rule, trigger, start), made(rule, trigger, start), *others], ZONE))
    return clock


START = at("2026-07-02 10:00")


@pytest.mark.parametrize(("rule", "start", "stop"), list(cases("stops")))
def test_a_stop_ends_the_clock_in_time_or_late(rule: Rule, start: Trigger, stop: Trigger) -> None:
    """A minute after the start in time, a minute after the end late; somebody else's stop is none."""
    clock = reckoned(rule, start, start=START)
    assert clock.opened_at == START
    assert clock.state(START) == "open"
    assert clock.state(clock.lapses_from) == "lapsed"
    assert reckoned(rule, start, made(rule, stop, START + LATER), start=START).state(None) == "met"
    assert reckoned(rule, start, made(rule, stop, clock.due_at), start=START).state(None) == "met"
    late = reckoned(rule, start, made(rule, stop, clock.lapses_from), start=START)
    assert late.state(None) == "met late"
    if stop.subject and clock.subject:
        other = reckoned(rule, start, made(rule, stop, START + LATER, "V9"), start=START)
        assert other.state(None) == "open"


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.early_stop == "counts"], ids=lambda rule: rule.id)
def test_what_was_done_before_counts_where_the_rule_says_so(rule: Rule) -> None:
    """A minute before the start."""
    done = made(rule, rule.stops[0], START - LATER)
    assert reckoned(rule, rule.starts[0], done, start=START).state(None) == "met"


@pytest.mark.parametrize(("rule", "start", "change"), list(cases("extends")))
def test_an_extension_lengthens_the_clock(rule: Rule, start: Trigger, change: Trigger) -> None:
    """By what it says, in time; not when it was noted after the end."""
    amount = {change.adds: 7} if change.adds else dict.fromkeys(change.sets.values(), 2)
    if "difficulty" in amount:
        amount = {"difficulty": "geography"}  # type: ignore[dict-item]
    clock = reckoned(rule, start, start=START)
    longer = reckoned(rule, start, made(rule, change, START + LATER, **amount), start=START)
    assert longer.state(None) == "extended"
    if change.adds:
        assert longer.last_day - clock.last_day == timedelta(days=7)
    assert longer.due_at > clock.due_at
    late = reckoned(rule, start, made(rule, change, clock.lapses_from, **amount), start=START)
    assert (late.due_at, late.state(None)) == (clock.due_at, "open")


@pytest.mark.parametrize(("rule", "start", "end"), [*cases("exempts"), *cases("overtakes")])
def test_what_ends_a_duty_ends_the_clock(rule: Rule, start: Trigger, end: Trigger) -> None:
    """Exempted or overtaken, and never after the lapse."""
    clock = reckoned(rule, start, start=START)
    ended = reckoned(rule, start, made(rule, end, START + LATER), start=START).state(None)
    assert ended == ("exempted" if end in rule.exempts else "overtaken")
    late = reckoned(rule, start, made(rule, end, clock.lapses_from), start=START)
    assert late.state(clock.lapses_from) == "lapsed"


@pytest.mark.parametrize(("rule", "start", "also"), list(cases("starts_with")))
def test_a_clock_begins_with_the_later_of_two(rule: Rule, start: Trigger, also: Trigger) -> None:
    """Without the other there is none; when the other comes later, it is the start."""
    facts = [began(rule, START), made(rule, start, START)]
    assert mine(rule, evaluate(BOOK, facts, ZONE)) == []
    later = START + timedelta(days=3)
    (clock,) = mine(rule, evaluate(BOOK, [*facts, made(rule, also, later)], ZONE))
    assert clock.opened_at == later
    (clock,) = mine(rule, evaluate(BOOK, [*facts, made(rule, also, START - LATER)], ZONE))
    assert clock.opened_at == START
    if clock.subject and also.subject:
        assert mine(rule, evaluate(BOOK, [*facts, made(rule, also, later, "V9")], ZONE)) == []


@pytest.mark.parametrize(("rule", "start", "bar"), list(cases("starts_unless_after")))
def test_what_comes_too_late_starts_nothing(rule: Rule, start: Trigger, bar: Trigger) -> None:
    """After the bar there is no clock, and before it there is."""
    facts = [*before(rule, start, START), made(rule, start, START)]
    assert mine(rule, evaluate(BOOK, [*facts, made(rule, bar, START - LATER)], ZONE)) == []
    assert len(mine(rule, evaluate(BOOK, [*facts, made(rule, bar, START + LATER)], ZONE))) == 1


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.versions[-1].applies], ids=lambda rule: rule.id)
def test_a_rule_for_some_offences_leaves_the_others_alone(rule: Rule) -> None:
    """A case whose sections are known and are none of them opens no clock."""
    other = OTHERS.get(rule.id, "BNS 103(1)")
    for start in rule.starts:
        facts = [*before(rule, start, START), made(rule, start, START)]
        changed = [replace(each, values={**each.values, "sections": [other]}) for each in facts]
        assert mine(rule, evaluate(BOOK, changed, ZONE)) == []
        assert len(mine(rule, evaluate(BOOK, facts, ZONE))) == 1


def test_drugs_found_before_the_fir_are_counted_from_the_finding() -> None:
    """Search and seizure first, the FIR with its sections an hour later: the clocks run from what was done first."""
    search = Fact("case.SearchRecorded", "s", START, START, frozenset(), {"search": "S1", "under": "NDPS 42"})
    seizure = Fact("case.PropertySeized", "p", START, START, frozenset(), {"memo": "M/1", "items.id": ["PR/1"]})
    later = START + timedelta(hours=1)
    registered = Fact("case.FIRRegistered", "f", later, later, frozenset(), {"sections": ["NDPS 20(b)(ii)(B)"]})
    theft = Fact("case.FIRRegistered", "f", later, later, frozenset(), {"sections": ["BNS 303(2)"]})
    drugs = {"ndps-42", "ndps-57", "ndps-52a"}
    found = {each.rule.id: each for each in evaluate(BOOK, [search, seizure, registered], ZONE)}
    assert found.keys() >= drugs
    assert {found[name].opened_at for name in drugs} == {START}
    assert not drugs & {each.rule.id for each in evaluate(BOOK, [search, seizure, theft], ZONE)}
