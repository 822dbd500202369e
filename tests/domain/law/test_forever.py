"""The same question gets the same answer for ever: in any order of entry, on any machine, after any later entry."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.law.clock import Fact, Reckoning, evaluate
from domain.law.counting import CLOCKED
from tests.domain.law.kit import BOOK, ZONE

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
ACTS = sorted({trigger.fact for rule in BOOK.rules.values() for trigger in rule.triggers()} | {"case.EntryCorrected"})
RULES = list(BOOK.rules.values())
OFFENCES = [
    "BNS 64(1)", "BNS 303(2)", "BNS 103(1)", "BNS 109(1)", "BNS 115(2)", "POCSO 8", "NDPS 20(b)(ii)(C)", "UAPA 13(1)",
    "PoA 3(1)", "FOREIGN x",
]  # fmt: skip
SECTIONS = st.lists(st.sampled_from(OFFENCES), max_size=3)
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "accused": st.sampled_from(["A1", "A2"]),
        "person": st.sampled_from(["V1", "V2", "A1"]),
        "request": st.sampled_from(["M/1", "M/2"]),
        "search": st.sampled_from(["S1", "S2"]),
        "victims.code": st.lists(st.sampled_from(["V1", "V2"]), max_size=2, unique=True),
        "sections": SECTIONS,
        "mode": st.sampled_from(["oral", "electronic"]),
        "manner": st.sampled_from(["arrested", "surrendered in court"]),
        "kind": st.sampled_from(["regular", "anticipatory"]),
        "purpose": st.sampled_from(["remand", "after chargesheet", "first production", "evidence", "charge"]),
        "magistrate": st.sampled_from(["judicial", "executive"]),
        "procedure": st.sampled_from(["sessions case", "warrant case"]),
        "child": st.booleans(),
        "under": st.sampled_from(["BNSS 185", "NDPS 42", "NDPS 42(2)", "NDPS 57", "BNSS 52"]),
        "provision": st.sampled_from(["BNSS 232", "NDPS 36A(4)", "UAPA 43D(2)", "JJ 14(2)", "BNSS 187(9)"]),
        "days": st.sampled_from([0, 30, 90]),
        "months": st.sampled_from([0, 1, 2]),
        "order_number": st.sampled_from(["O/1", "O/2"]),
        "extends": st.sampled_from(["", "O/1"]),
        "during_trial": st.just(value=True),
        "extended_by_days": st.sampled_from([0, 30]),
        "property_id": st.sampled_from(["PR/1", "PR/2"]),
        "items.id": st.lists(st.sampled_from(["PR/1", "PR/2"]), max_size=2, unique=True),
        "memo": st.sampled_from(["M/1", "M/2"]),
        "document": st.sampled_from(["M/1", "S1"]),
        "fsl_number": st.just("F/1"),
        "appeal": st.just("AP/1"),
        "filed_by": st.sampled_from(["accused", "State"]),
        "against": st.just("sentence"),
        "sent_to": st.sampled_from(["Child Welfare Committee", "Special Court"]),
        "accused.how": st.just(["known"]),
        "accused.code": st.lists(st.sampled_from(["A1", "A2"]), max_size=2, unique=True),
        "accused_present": st.lists(st.sampled_from(["A1", "A2"]), max_size=2, unique=True),
        "results.code": st.lists(st.sampled_from(["A1", "A2"]), max_size=2, unique=True),
        "witnesses_examined": st.just(["V1"]),
        "reduced_to_writing": st.just(value=True),
        "difficulty": st.sampled_from(["connectivity", "geography"]),
        "decided_by_rank": st.sampled_from(["SP", "SI"]),
        "journey_hours": st.sampled_from(["0", "2.5", "-1", "x"]),
        "information_received_at": st.just((BEGIN - timedelta(hours=3)).isoformat()),
        "entry": st.integers(0, 15).map(lambda number: f"e{number:02d}"),
    },
)
HOURS = st.integers(0, 24 * 120).map(lambda hours: timedelta(hours=hours))


@st.composite
def records(draw: st.DrawFn) -> list[Fact]:
    """The facts of a record: any acts at any times, most of one rule; some entered late, struck, or of one moment."""
    facts = []
    concerned = sorted({trigger.fact for trigger in draw(st.sampled_from(RULES)).triggers()})
    acts = st.sampled_from(concerned) | st.sampled_from(concerned) | st.sampled_from(ACTS)
    for number in range(draw(st.integers(1, 14))):
        occurred = BEGIN + draw(HOURS)
        recorded = occurred + draw(st.sampled_from([timedelta(), timedelta(minutes=5), timedelta(days=40)]))
        name = draw(acts)
        facts.append(Fact(name, f"e{number:02d}", occurred, recorded, frozenset(), draw(VALUES)))
    return facts


def answer(facts: list[Fact], zone: ZoneInfo = ZONE, **asked: datetime) -> list[object]:
    """Everything an evaluation says, to the last line of its explanations."""
    found: Reckoning = evaluate(BOOK, facts, zone, **asked)
    moments = [BEGIN + timedelta(days=days) for days in (0, 1, 3, 30, 61, 200)]
    return [
        (each.rule.id, each.subject, each.opened_by, each.due_at, each.last_day, each.explain, each.state(None),
         [each.state(moment) for moment in moments])
        for each in found
    ] + list(found.refused)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(records(), st.integers())
def test_the_order_of_entry_does_not_matter(facts: list[Fact], seed: int) -> None:
    """The same facts with the same times give the same clocks, however they came."""
    shuffled = list(facts)
    Random(seed).shuffle(shuffled)
    assert answer(shuffled) == answer(facts)
    assert evaluate(BOOK, shuffled, ZONE) == evaluate(BOOK, facts, ZONE)
    assert answer([Fact.from_json(each.to_json()) for each in facts]) == answer(facts)


@settings(max_examples=60, deadline=None)
@given(records(), records(), HOURS)
def test_later_entries_change_no_earlier_knowledge(facts: list[Fact], more: list[Fact], known: timedelta) -> None:
    """What was known on a day is what it was, whatever is entered, struck or corrected afterwards."""
    known_at = BEGIN + known
    later = [
        Fact(each.name, f"late{n}", each.occurred_at, known_at + timedelta(microseconds=1 + n), each.also, each.values)
        for n, each in enumerate(more)
    ]
    before = answer(facts, known_at=known_at)
    assert answer([*facts, *later], known_at=known_at) == before
    assert answer([*later, *facts], known_at=known_at, as_of=known_at) == answer(
        facts, known_at=known_at, as_of=known_at
    )


@settings(max_examples=40, deadline=None)
@given(records(), HOURS)
def test_as_of_leaves_out_exactly_what_had_not_happened(facts: list[Fact], passed: timedelta) -> None:
    """The same as if the later facts did not exist; corrections count, for they tell what is true."""
    as_of = BEGIN + passed
    corrections = [each for each in facts if each.name.endswith("EntryCorrected")]
    happened = [each for each in facts if each.occurred_at <= as_of and each not in corrections]
    assert answer([*happened, *corrections]) == answer(facts, as_of=as_of)


@settings(max_examples=40, deadline=None)
@given(records())
def test_a_clock_is_in_one_state_and_never_leaves_an_end(facts: list[Fact]) -> None:
    """Time goes on: open or extended, then perhaps lapsed, then an end; and an end in time is never a lapse before."""
    order = {"open": 0, "extended": 0, "lapsed": 1}
    for clock in evaluate(BOOK, facts, ZONE):
        moments = sorted(
            {BEGIN + timedelta(days=days) for days in range(0, 240, 3)} | {clock.due_at, clock.lapses_from}
        )
        ranks = [order.get(clock.state(moment), 2) for moment in moments]
        assert ranks == sorted(ranks)
        if clock.state(None) in {"met", "exempted", "overtaken", "entered late"}:
            assert 1 not in ranks
        assert clock.lapses_from > clock.due_at >= min(clock.opened_at, clock.due_at)


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Europe/Berlin", "America/Los_Angeles", "UTC"])
@settings(max_examples=10, deadline=None)
@given(facts=records())
def test_a_zone_moves_days_and_no_hours(zone: str, facts: list[Fact]) -> None:
    """Rules that count hours give the same instants everywhere; those that count days end with a day of the zone."""
    there = ZoneInfo(zone)
    here = {
        (each.rule.id, each.subject, each.opened_by): each.due_at
        for each in evaluate(BOOK, facts, ZONE)
        if each.rule.counting in CLOCKED
    }
    for clock in evaluate(BOOK, facts, there):
        if clock.rule.counting in CLOCKED:
            assert here[clock.rule.id, clock.subject, clock.opened_by] == clock.due_at
        else:
            assert clock.lapses_from.astimezone(there).time().isoformat() == "00:00:00"


def test_the_zone_of_the_machine_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing asks the machine where it stands."""
    import time  # noqa: PLC0415

    fact = Fact("case.FIRRegistered", "e1", BEGIN, BEGIN, frozenset(), {"sections": ["BNS 64"]})
    before = answer([fact])
    for zone in ("Pacific/Auckland", "America/Los_Angeles"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        assert answer([fact]) == before
    monkeypatch.undo()
    time.tzset()
