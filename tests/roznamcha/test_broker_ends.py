"""What the doctor sees at the topics' ends: rows and signed heads that lack, are emptied, or are behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from psycopg import Connection

from consumers.clients import Broker, TopicPartition
from consumers.embedded import connected
from consumers.slots import SLOTS
from consumers.topics import Topics
from roznamcha import broker_ends
from roznamcha.broker_ends import LOOKED_AT, told_by_ends
from roznamcha.broker_health import look_at
from roznamcha.relayed import Position
from roznamcha.topic_plan import plan
from tests.broker.copies import create, remove, write
from tests.broker.reading import read_topic
from tests.consumers.feed import following, write_cases
from tests.ledger.keeping import Keeper
from tests.roznamcha.told import publish, views

Told = dict[str, tuple[bool | None, str]]


def told(connection: Connection[Any], broker: Broker, topics: Topics) -> Told:
    """Each part, and what is said of it."""
    ids = plan(broker, topics).ids
    return {part: (good, words) for part, good, words in told_by_ends(broker, topics, connection, ids)}


@pytest.fixture
def ends(
    database: str, broker: Broker, topics: Topics, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Connection[Any], Broker, Topics]]:
    """Entries, rows and one signed head, all published."""
    monkeypatch.setattr(broker_ends, "PAUSE", 0.0)
    write_cases(database, 3)
    Keeper(database, tmp_path).keep()
    with following(database, views()) as follower:
        follower.catch_up()
    publish(database, broker, topics)
    with connected(database) as connection:
        yield connection, broker, topics


def test_what_is_behind_and_what_a_stranger_wrote_is_told(
    ends: tuple[Connection[Any], Broker, Topics], database: str, tmp_path: Path
) -> None:
    """Well and in figures; then rows and a head that wait; then a message behind the last row, and behind the head."""
    _, broker, topics = ends
    found = told(*ends)
    assert {part: good for part, (good, _) in found.items()} == {"position": True, "rows": True, "checkpoints": True}
    assert "case-state: 3 published" in found["rows"][1]
    assert "wait" not in found["rows"][1]
    assert found["checkpoints"][1] == "Kafka holds 1 signed head of the ledger"
    write_cases(database, 1, first=3)
    Keeper(database, tmp_path).keep()
    with following(database, views()) as follower:
        follower.catch_up()
    found = told(*ends)
    assert {good for good, _ in found.values()} == {True}
    assert "case-state: 3 published, 1 wait" in found["rows"][1]
    assert "; 1 signed head waits, the oldest for " in found["checkpoints"][1]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(broker_ends, "GRACE", -1.0)
        assert told(*ends)["unpublished"][0] is False
    for short, part in (("case-state", "rows"), ("checkpoints", "checkpoints")):
        last = read_topic(broker, topics[short].name, topics[short].partitions)[-1]
        write(broker, topics[short].name, [last._replace(headers=[])])
        good, words = told(*ends)[part]
        assert (good, "that is no entry" in words, topics[short].name in words) == (False, True, True)


def test_what_was_deleted_or_made_anew_is_told(ends: tuple[Connection[Any], Broker, Topics]) -> None:
    """Messages deleted at a topic's beginning, though its end is right; and topics made again, empty."""
    _, broker, topics = ends
    for short in ("deadlines", "custody", "entries"):
        part = "rows" if short == "custody" else "position"
        name = topics[short].name
        there = read_topic(broker, name)
        if not there:
            continue
        with broker.admin() as admin:
            admin.delete_records({TopicPartition(name, there[0].partition): there[0].offset + 1})
        good, words = told(*ends)[part]
        expected = (
            f"what lay before offset {there[0].offset + 1} in partition {there[0].partition} of {name} was deleted"
        )
        assert (good, words.partition(":")[0]) == (False, expected)
    again = ("case-state", "custody", "checkpoints")
    remove(broker, topics, again)
    create(broker, topics, again)
    found = told(*ends)
    for part, short in (("rows", "custody"), ("checkpoints", "checkpoints")):
        good, words = found[part]
        assert (good, words.startswith(f"{topics[short].name} was made anew")) == (False, True)


def test_a_broker_that_is_away_is_asked_nothing_of_them(topics: Topics) -> None:
    """Each part is there, and said not to be asked."""
    parts = {part: good for part, good, _ in look_at(Broker("127.0.0.1:1"), topics, None)}
    assert parts == {"broker": False, "topics": None, "position": None, "rows": None, "checkpoints": None}


class Emptied:
    """Ends of topics in which there never was a message, as they say."""

    def spans(self, _topic: str, partitions: range) -> dict[int, tuple[int, int]]:
        """Nothing, from the beginning to the end."""
        return dict.fromkeys(partitions, (0, 0))

    def __call__(self, _topic: str, _partitions: range) -> dict[int, Any]:
        """No last message either."""
        return {}


def test_a_compacted_topic_that_is_empty_is_not_called_well(database: str) -> None:
    """Though it may have lost its last message, which said that a row is gone: some offset it would have had."""
    with connected(database) as connection:
        look = broker_ends.Look(Emptied(), Topics(), connection, {"case-state": "id"})  # type: ignore[arg-type]
        at = Position(rows={"case-state": {7: 3}}, ids={"case-state": "id"})
        assert dict(look.wrong(at))["rows"].startswith("partition 7 of roznamcha.case-state.v1 is empty")
        assert dict(look.wrong(Position())) == {}


def test_every_topic_that_a_relay_writes_is_looked_at() -> None:
    """A new topic of rows is among them by itself."""
    assert {each.short for each in Topics().all} - set(LOOKED_AT) == {"entries.dlq"}
    assert SLOTS == 60
