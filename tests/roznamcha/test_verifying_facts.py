"""What was told of a clock is worked out again, and whatever was not to be told so is found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from consumers import entries
from consumers.embedded import read_log
from domain.event import changed
from roznamcha.verifying import verify
from roznamcha.verifying_facts import wrong_facts
from schemas import catalogue
from tests.consumers.watch import Watch, at, watching


@pytest.fixture
def watch(database: str) -> Iterator[Watch]:
    """A watch that begins on the morning of 2 July 2026."""
    with watching(database) as made:
        yield made


def test_verify_follows_what_was_told(watch: Watch) -> None:
    """Entries and facts together: versions, bytes, commands and rows."""
    watch.fir("a")
    watch.enter("FIRPublished", "a", "2026-07-03 20:00")
    watch.tick("2026-07-04 09:00")
    report = verify(watch.connection, [watch.view], catalogue())
    assert report.ok, report.first_bad


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"due_at": at("2026-07-03 10:00")}, "do not lead to this deadline.Lapsed of fir-web"),
        ({"law": "BNSS 2023 s.999"}, "do not lead to this"),
        ({"counted": 2}, "do not lead to this"),
        ({"fell_due_at": at("2026-07-03 08:00")}, "do not lead to this"),
        ({"number": 2}, "ids of this deadline fact do not follow"),
        ({"subject": "A1"}, "ids of this deadline fact do not follow"),
        ({"noticed_at": at("2026-07-03 08:00")}, "has no place on its sheet"),
    ],
)
def test_verify_finds_a_fact_that_was_not_to_be_told_so(
    watch: Watch, database: str, change: dict[str, Any], said: str
) -> None:
    """Whoever rules the database changes a lapse: end, law, basis, number, whom it concerns, or when it was noticed."""
    record = watch.fir("a")
    watch.tick("2026-07-04 09:00")
    lapsed = watch.facts(record)[-1]
    state = entries.write(catalogue(), changed(lapsed, **change))
    with psycopg.connect(database) as owner:
        owner.execute("SET session_replication_role = replica")
        query = "UPDATE roznamcha.entries SET state = %s WHERE notification_id = %s"
        owner.execute(query, (state, lapsed.meta.position))
    report = verify(watch.connection, [watch.view], catalogue())
    assert report.first_bad is not None
    assert said in report.first_bad["why"]
    assert report.first_bad["position"] == lapsed.meta.position


def test_a_fact_counted_by_another_text_of_the_rule_is_not_judged_by_today_s(watch: Watch) -> None:
    """Its digest says so; that it stands on its sheet once is all that can be said here."""
    record = watch.fir("a")
    watch.tick("2026-07-04 09:00")
    found = read_log(watch.connection, 0)
    history = [entries.read(catalogue(), each.state, each.position) for each in found]
    assert list(wrong_facts(watch.view, record, history)) == []
    other = [
        changed(each, digest="0" * 64, law="older") if each.name == "deadline.Lapsed" else each for each in history
    ]
    assert list(wrong_facts(watch.view, record, other)) == []
    twice = [*history, history[-1]]
    assert "no place on its sheet" in next(wrong_facts(watch.view, record, twice))[1]
