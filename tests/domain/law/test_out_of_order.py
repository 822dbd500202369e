"""Facts out of order, impossible and odd: each has an answer that is written down, and none breaks anything."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from domain.event import Meta
from domain.law.book import load_book_from
from domain.law.clock import Fact, columns_of, evaluate
from tests.domain.law.kit import ARREST, BOOK, ZONE, at, clocks, fact, fir, of, only


def test_a_stop_before_its_start_stops_nothing() -> None:
    """Unless the rule says that an early act counts."""
    found = clocks(fir("2026-07-02 09:00", "BNS 303(2)"), fact("ProgressToldToVictim", "2026-07-01", person="V1"))
    assert only("progress-90", found).met_at is None


def test_a_stop_of_the_same_moment_stops() -> None:
    """An import may know the day alone."""
    found = clocks(fact("FIRPublished", "2026-07-02"), fir("2026-07-02", "BNS 303(2)"))
    assert only("fir-web", found).state(None) == "met"


def test_twenty_starts_and_stops_are_no_matter() -> None:
    """The first start of the record counts, and the first stop after it."""
    starts = [fir(f"2026-07-{day:02d} 09:00", "BNS 303(2)") for day in range(20, 0, -1)]
    stops = [fact("FIRPublished", f"2026-07-{day:02d} 08:00") for day in range(20, 0, -1)]
    clock = only("fir-web", clocks(*starts, *stops))
    assert (clock.opened_at, clock.met_at) == (at("2026-07-01 09:00"), at("2026-07-02 08:00"))
    arrests = [fact("AccusedArrested", f"2026-07-{day:02d} 09:00", accused="A1", **ARREST) for day in range(1, 21)]
    assert len(of("prod-24", clocks(*arrests))) == 20


@pytest.mark.parametrize("year", [1, 9999])
def test_impossible_years_break_nothing(year: int) -> None:
    """A slip of the pen in a year is told by the act; here it only must not hurt."""
    when = datetime(year, 12 if year > 1 else 1, 31 if year > 1 else 1, tzinfo=UTC)
    acts = ("FIRRegistered", "AccusedArrested", "AccusedProduced", "AccusedRemanded", "BailGranted", "SectionsAltered")
    values = {
        "accused": "A1",
        "sections": ["BNS 64"],
        "journey_hours": "9999",
        "victims.code": ["V1"],
        "kind": "regular",
    }
    facts = [Fact(f"case.{act}", f"x{n}", when, when, frozenset(), values) for n, act in enumerate(acts)]
    for zone in (ZONE, UTC, ZoneInfo("America/Los_Angeles"), ZoneInfo("Pacific/Auckland")):
        found = evaluate(BOOK, [*facts, fir("2026-01-01", "BNS 64")], zone)
        for clock in found:
            assert clock.explain
            assert clock.alarms
            assert clock.state(when)


def test_nonsense_in_columns_breaks_nothing() -> None:
    """Wrong types, lists in lists, empty texts: a clock or none, never an error."""
    odd: list[object] = [None, "", [], [None], [[]], {}, 0, -1, True, "x" * 1000, ["BNS 64", 7], 1.5]
    acts = {trigger.fact for rule in BOOK.rules.values() for trigger in rule.triggers()}
    columns = {column for wanted in BOOK.interests.values() for column in wanted}
    facts = [
        Fact(name, f"{name}{n}", at("2026-07-02"), at("2026-07-03"), frozenset(), dict.fromkeys(columns, value))
        for n, value in enumerate(odd)
        for name in sorted(acts)
    ]
    for clock in evaluate(BOOK, facts, ZONE):
        assert clock.explain


def test_a_fact_survives_json() -> None:
    """As a view keeps it and reads it again."""
    one = fact("AccusedProduced", "2026-07-02 09:00", accused="A1", journey_hours="3.5")
    kept = one.to_json()
    assert Fact.from_json(kept) == one
    assert kept[0] == "case.AccusedProduced"


def test_only_wanted_columns_are_taken_from_an_act() -> None:
    """And a nested one by its path; a sealed name is never touched."""

    class Victim:
        code = "V1"

        @property
        def victim_name(self) -> str:
            """Nobody may read it."""
            raise AssertionError

    class Act:
        victims = (Victim(), Victim())
        sections = ("BNS 64",)
        received = at("2026-07-02")
        empty = None

    wanted = ["victims.code", "sections", "received", "empty", "missing"]
    values = columns_of(Act(), wanted)
    assert values == {"victims.code": ["V1", "V1"], "sections": ["BNS 64"], "received": "2026-07-01T18:30:00+00:00"}
    meta = Meta(entry_id=UUID(int=7), occurred_at=at("2026-07-02"), recorded_at=at("2026-07-03"))
    found = Fact.of("case.FIRRegistered", ["TellsOfOffence"], meta, values)
    assert (found.entry_id, found.also) == (str(UUID(int=7)), {"TellsOfOffence"})


def test_a_trait_starts_a_clock() -> None:
    """Rules react to traits, so that tomorrow's act is counted by today's rule."""
    text = """
rule: any
per: accused
starts: ConcernsAccused
stops: [case.Done]
repeats: first
governed_by: start
counting: months
closed_days: do-not-extend
versions: [{from: "2000-01-01", law: "Act s.1", limit: 1 month}]
"""
    book = load_book_from({"any.yaml": text})
    one = Fact("case.New", "1", at("2026-01-31"), at("2026-01-31"), frozenset({"ConcernsAccused"}), {"accused": "A1"})
    assert only("any", evaluate(book, [one], ZONE)).last_day == date(2026, 2, 28)


@pytest.mark.parametrize("received", ["", "yesterday", "2026-07-02T08:00:00", None, 7])
def test_a_time_that_is_none_gives_way_to_the_acts_own(received: object) -> None:
    """A column without a time, or with one of no zone, is no start."""
    clock = only("rape-med-24", clocks(fir("2026-07-02 12:00", "BNS 64(1)", information_received_at=received)))
    assert clock.opened_at == at("2026-07-02 12:00")


def test_the_entry_that_starts_a_clock_does_not_stop_it() -> None:
    """A visit every month: each visit starts a clock, and the next one, at the same time even, stops it."""
    text = """
rule: visits
starts: case.Visited
stops: [case.Visited]
repeats: each
governed_by: start
counting: months
closed_days: do-not-extend
versions: [{from: "2000-01-01", law: "Act s.1", limit: 1 month}]
"""
    book = load_book_from({"visits.yaml": text})
    first, second, third = (
        Fact("case.Visited", str(n), at(day), at(day))
        for n, day in enumerate(["2026-01-31", "2026-02-28", "2026-04-01"])
    )
    assert [each.state(None) for each in evaluate(book, [first], ZONE)] == ["open"]
    assert [each.state(None) for each in evaluate(book, [first, second, third], ZONE)] == ["met", "met late", "open"]
    twin = Fact("case.Visited", "9", at("2026-01-31"), at("2026-01-31"))
    assert [each.state(None) for each in evaluate(book, [first, twin], ZONE)] == ["met"]
