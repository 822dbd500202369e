"""What holds of every rule and record: weeks move nothing, more time is never less, later days undo no lapse."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.law.clock import Clock, Fact, evaluate
from domain.law.counting import day_of
from domain.law.grammar import Span
from tests.domain.law.kit import BOOK, ZONE, at, clocks, fact, fir, only
from tests.domain.law.test_forever import BEGIN, HOURS, records

EXTENSIONS = sorted({trigger.fact for rule in BOOK.rules.values() for trigger in rule.extends})
PROVISIONS = ["BNSS 232", "BNSS 258", "BNSS 330(1)", "NDPS 36A(4)", "UAPA 43D(2)", "JJ 14(2)", "Arnesh Kumar"]
MORE = st.fixed_dictionaries(
    {
        "provision": st.sampled_from(PROVISIONS),
        "days": st.integers(0, 90),
        "months": st.integers(0, 2),
        "accused": st.just(["A1", "A2"]),
        "extends": st.sampled_from(["O/1", "O/2"]),
        "order_number": st.just("O/9"),
        "extended_by_days": st.integers(0, 60),
        "difficulty": st.sampled_from(["connectivity", "geography"]),
    }
)


YEARS = (Span(1, "year"),)
"""A greatest length by the calendar: a leap year has a day more."""


def key(clock: Clock) -> tuple[str, str, str]:
    """What a clock is, whatever came of it."""
    return (clock.rule.id, clock.subject, clock.opened_by)


def moved(each: Fact, by: timedelta) -> Fact:
    """The same act, so much later, with the times in its columns."""
    values: dict[str, Any] = dict(each.values)
    if "information_received_at" in values:
        values["information_received_at"] = (datetime.fromisoformat(values["information_received_at"]) + by).isoformat()
    return replace(each, occurred_at=each.occurred_at + by, recorded_at=each.recorded_at + by, values=values)


def counted(clock: Clock) -> object:
    """How long a clock is: in days where days are counted, in time where hours are."""
    if clock.course.term.counted is None:
        return clock.due_at - clock.opened_at
    return (clock.last_day - day_of(clock.opened_at, ZONE)).days


@settings(max_examples=60, deadline=None)
@given(records(), st.integers(1, 300))
def test_whole_weeks_change_no_count(facts: list[Fact], weeks: int) -> None:
    """The same life some weeks later has the same clocks, of the same length, with the same ends; months apart."""
    later = [moved(each, timedelta(weeks=weeks)) for each in facts]
    was, now = evaluate(BOOK, facts, ZONE), evaluate(BOOK, later, ZONE)
    assert {key(each) for each in was} == {key(each) for each in now}
    after = {key(each): each for each in now}
    for clock in was:
        if clock.rule.counting != "months" and clock.version.at_most not in YEARS:
            assert counted(clock) == counted(after[key(clock)])
            assert clock.state(None) == after[key(clock)].state(None)


@settings(max_examples=120, deadline=None)
@given(records(), st.sampled_from(EXTENSIONS), HOURS, MORE)
def test_more_time_is_never_less(facts: list[Fact], name: str, passed: timedelta, values: dict[str, Any]) -> None:
    """An extension, whatever it says and whenever it comes, ends no clock earlier and takes none away."""
    given_at = BEGIN + passed
    extension = Fact(name, "more", given_at, given_at, frozenset(), values)
    was, now = evaluate(BOOK, facts, ZONE), evaluate(BOOK, [*facts, extension], ZONE)
    after = {key(each): each for each in now}
    assert {key(each) for each in was} <= after.keys()
    for clock in was:
        assert after[key(clock)].due_at >= clock.due_at


def test_a_smaller_difficulty_noted_later_takes_no_hours_back() -> None:
    """Seventy-two hours for geography stay seventy-two, when connectivity is noted as well."""
    first = fact("PublicationDelayed", "2026-07-02 10:00", difficulty="geography")
    second = fact("PublicationDelayed", "2026-07-02 11:00", difficulty="connectivity")
    for order in ([first, second], [second, first]):
        assert only("fir-web", clocks(fir("2026-07-02 09:00"), *order)).due_at == at("2026-07-05 09:00")


STEADY = {rule.id for rule in BOOK.rules.values() if not rule.excludes and not any(each.at for each in rule.triggers())}
"""Rules in which no later entry tells hours that are not counted, or an earlier time than its own."""


@settings(max_examples=100, deadline=None)
@given(records(), HOURS, HOURS)
def test_a_later_day_undoes_no_lapse(facts: list[Fact], one: timedelta, other: timedelta) -> None:
    """What had lapsed, or was done, as of a day has lapsed, or was done, as of every later day."""
    early, late = sorted((BEGIN + one, BEGIN + other))
    after = {key(each): each for each in evaluate(BOOK, facts, ZONE, as_of=late)}
    for clock in evaluate(BOOK, facts, ZONE, as_of=early):
        if clock.rule.id not in STEADY or not clock.subject:
            continue
        state, then = clock.state(early), after[key(clock)].state(late)
        if state == "lapsed":
            assert then in {"lapsed", "met late"}
        elif state not in {"open", "extended"} and not (state == "overtaken" and clock.rule.suspends):
            assert then == state  # one that stands still after a release runs on after a new remand


def test_nearly_every_rule_is_steady() -> None:
    """The test above is about the book, not about a corner of it."""
    assert len(STEADY) > len(BOOK.rules) * 0.8
