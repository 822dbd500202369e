"""A month is closed, reopened by late entries and closed again: both values stay, and both are told to the topic."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest

from consumers.building import prepare
from consumers.embedded import connected
from consumers.outbox import open_topic
from domain.ranking.score import Count, Standing, standings
from projections.ranking import Ranking
from roznamcha.alone import alone
from roznamcha.closing import Month, close, closed, decimal, key_of, reopened
from roznamcha.schemes import shipped
from schemas import catalogue
from schemas.codec import decode
from tests.consumers.feed import all_views, write_cases
from tests.fault.test_order import until
from tests.roznamcha.kit import Program

HEADS = shipped().schemes["heads"]
JULY = Month(HEADS, "station", "2026-07")
FIRST, LATER = datetime(2026, 8, 5, tzinfo=UTC), datetime(2026, 9, 5, tzinfo=UTC)


def ranked(good: int, of: int) -> list[Standing]:
    """The standing of two stations, one of which never changes."""
    return standings(HEADS, {"A": {"itsso": Count(good, of)}, "B": {"itsso": Count(30, 60)}})


def outbox(connection: Any) -> list[dict[str, Any]]:
    """What waits for the relay in the topic of rankings."""
    rows = connection.execute("SELECT value FROM ops.outbox WHERE topic = 'ranking' ORDER BY slot, seq").fetchall()
    return [decode(catalogue(), bytes(value))[1] for (value,) in rows]


def test_a_late_entry_reopens_a_month_and_both_values_stay(database: str) -> None:
    """What was closed first is beside what is closed now; who didn't change is not closed again."""
    with connected(database) as connection:
        prepare(connection, all_views())
        assert closed(connection, JULY) == {}
        assert [row.unit for row in close(connection, JULY, ranked(40, 40), FIRST)] == ["A", "B"]
        was = closed(connection, JULY)
        assert reopened(JULY, ranked(40, 40), was) == []
        assert close(connection, JULY, ranked(40, 40), LATER) == []
        assert reopened(JULY, ranked(40, 50), was) == ["A", "B"]
        close(connection, JULY, ranked(40, 50), LATER)
        now = closed(connection, JULY)["A"]
        assert (now.closing, now.closed_at, float(now.score) < float(was["A"].score)) == (2, LATER, True)
        (earlier,) = now.earlier
        assert (earlier["closing"], earlier["score"], earlier["rank"]) == (1, was["A"].score, 1)
        assert closed(connection, Month(HEADS, "district", "2026-07")) == {}


def test_what_is_closed_is_told_to_its_topic_with_it(database: str) -> None:
    """All that was closed before the topic was opened, and each closing after that, under one key for ever."""
    with connected(database) as connection:
        prepare(connection, all_views())
        close(connection, JULY, ranked(40, 40), FIRST)
        assert outbox(connection) == []
        assert open_topic(connection, Ranking(), "ranking") == 2
        close(connection, JULY, ranked(40, 50), LATER)
        told = [row for row in outbox(connection) if row["unit"] == "A"]
        kept = closed(connection, JULY)["A"]
    assert [(row["closing"], row["record_id"]) for row in told] == [(1, str(kept.record_id)), (2, str(kept.record_id))]
    assert (told[1]["score"], told[1]["rank"], told[1]["earlier"]) == (kept.score, kept.rank, kept.earlier)
    assert told[1]["parts"] == kept.parts
    assert sum(float(part["points"]) for part in told[1]["parts"]) > 0


def test_a_key_is_of_its_month_alone() -> None:
    """Another scheme, level, unit or month is another key; the same is the same for ever."""
    keys = {key_of(*each) for each in [("a", "b", "c", "d"), ("x", "b", "c", "d"), ("a", "b", "d", "c")]}
    assert len(keys) == 3
    assert str(key_of("heads", "station", "CG-RPR-01", "2026-07")) == "846147e2-c71d-5b83-ba2d-7e8bf4ee4ded"


@pytest.mark.parametrize(("good", "of", "text"), [(1, 3, "0.333333"), (2, 3, "0.666667"), (1, 1, "1.000000")])
def test_scores_are_told_as_decimal_numbers(good: int, of: int, text: str) -> None:
    """Six places, halves up."""
    assert decimal(Fraction(good, of)) == text


def test_only_a_month_that_is_over_is_closed(program: Program) -> None:
    """The current one is refused; and nothing is closed as it was known on another day."""
    assert program.run("rank", "--close", "--known-at", "2026-07-01", check=False).returncode == 2


WAITING = """
    SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def test_two_that_close_at_once_count_one_after_the_other(program: Program) -> None:
    """Whoever waits for another's closing has not counted yet: what was entered meanwhile is in it."""
    program.with_key()
    write_cases(program.url, 3)
    asked = ("rank", "--month", "2026-07", "--close", "--json")
    with connected(program.url) as connection, alone(program.url, "closing"):
        waits = program.start(*asked)
        assert until(lambda: connection.execute(WAITING).fetchone()[0] == 1, 60)
        write_cases(program.url, 3, first=3)
    told, words = waits.communicate(timeout=120)
    assert waits.returncode == 0, words
    ((station, kept),) = json.loads(told)["closed"].items()
    (now,) = program.json("rank", "--month", "2026-07")["standings"]
    assert (station, kept["closing"], kept["cases"]) == (now["unit"], 1, now["cases"])
    first, second = program.start(*asked), program.start(*asked)
    for each in (first, second):
        _, words = each.communicate(timeout=120)
        assert each.returncode == 0, words
    again = program.json("rank", "--month", "2026-07")
    assert (again["closed"][station]["closing"], again["reopened"]) == (1, [])
