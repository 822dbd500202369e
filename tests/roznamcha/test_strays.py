"""Messages that are nobody's, and topics that are not there: seen, told as what they are, laid aside by a person."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer

from consumers import letters
from consumers.clients import Broker
from consumers.embedded import connected
from consumers.topics import Topics
from roznamcha import broker_ends, broker_health
from roznamcha.commands import keeping
from roznamcha.errors import Broken, Refused, Unavailable, Usage
from roznamcha.published import look, noted
from roznamcha.reconciling import Reconciliation
from schemas import catalogue
from tests.broker.copies import create, remove, write
from tests.broker.reading import read_topic
from tests.consumers.feed import write_cases
from tests.roznamcha.test_relay import relaying


def test_the_doctor_sees_a_strangers_message_at_an_end_as_the_relay_does(
    database: str, broker: Broker, topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both name topic, partition and offset, and say that it is no entry."""
    monkeypatch.setattr(broker_ends, "PAUSE", 0.0)
    write_cases(database, 2)
    with connected(database) as connection, relaying(database, broker, topics) as relay:
        relay.publish()

        def position() -> tuple[bool | None, str]:
            told = {part: (good, says) for part, good, says in broker_health.look_at(broker, topics, connection)}
            return told["position"]

        good, says = position()
        assert (good, "they are this store's" in says) == (True, True)
        last = read_topic(broker, topics.entries)[-1]
        write(broker, topics.entries, [last._replace(key=None, value=b"hello", headers=[])])
        good, says = position()
        assert good is False
        assert says.startswith(f"partition {last.partition} of {topics.entries} ends with a message at offset ")
        assert "that is no entry" in says
        with pytest.raises(Broken) as refused:
            relay.begin()
        assert str(refused.value) == says


def test_topics_that_lost_everything_are_not_called_well(database: str, broker: Broker, topics: Topics) -> None:
    """Deleted and made again while no relay was at work: the store has a note of how far was published."""
    write_cases(database, 2)
    with connected(database) as connection, relaying(database, broker, topics) as relay:
        relay.publish()
        relay.close()
        last = noted(connection, topics.prefix)
        shorts = tuple(each.short for each in topics.all)
        remove(broker, topics, shorts)
        create(broker, topics, shorts)
        told = {part: (good, says) for part, good, says in broker_health.look_at(broker, topics, connection)}
        assert told["position"][0] is False
        assert f"entries up to {last:,} were published, and Kafka holds them up to 0" in told["position"][1]
        report = Reconciliation(connection, broker, topics, catalogue(), "entries").run()
        assert [(each.where, each.kind, each.position) for each in report.differences] == [
            ("relay.position", "missing", last)
        ]
        relay.publish()
        assert Reconciliation(connection, broker, topics, catalogue(), "entries").run().ok


def test_dead_letters_are_acknowledged_by_a_person(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who and why are kept beside each; then it is listed and counted no more, found again or not."""
    monkeypatch.setenv("ROZNAMCHA_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("ROZNAMCHA_DATABASE_URL", database)
    found = [letters.Letter(3, 7, letters.UNKNOWN), letters.Letter(3, 9, letters.UNKNOWN)]

    def told(**options: Any) -> list[dict[str, Any]]:
        capsys.readouterr()
        keeping.parked_letters(limit=100, as_json=True, **options)
        listed: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
        return listed

    with connected(database) as connection:
        for topic in ("gone", "here"):
            letters.keep(connection, "views", topic, f"id-of-{topic}", found)
        every = [each["number"] for each in told(every=False)]
        assert len(every) == 4
        who: Any = {"by": "CG-9001,SP,administrator", "reason": "the topic was deleted", "as_json": True}
        for wrong, error in (
            ({"by": "CG-9001"}, Usage), ({"reason": " "}, Usage), ({"numbers": [every[-1], 999]}, Refused),
            ({"numbers": None}, Usage),
        ):  # fmt: skip
            with pytest.raises(error):
                keeping.parked_acknowledge(**{"numbers": every[:1], "topic": "", **who, **wrong})
        assert len(told(every=False)) == 4
        keeping.parked_acknowledge(numbers=None, topic="gone", **who)
        keeping.parked_acknowledge(numbers=[every[0], every[2]], topic="", **who | {"reason": "again"})
        letters.keep(connection, "views", "gone", "id-of-gone", found)
        assert [each["number"] for each in told(every=False)] == every[3:]
        first = told(every=True)[0]
        assert (first["acknowledged_by"], first["acknowledged_why"]) == (who["by"], who["reason"])
        known = look(connection, "roznamcha")
        assert (known.letters, known.acknowledged, letters.count(connection)) == (4, 3, 1)
        says = {part: words for part, _, words in known.says(known.looked_at, None, 1)}  # type: ignore[arg-type]
        assert says["dead letters"] == "1: see `parked letters`"


def test_without_topics_verify_tells_what_it_has_proved(
    database: str, broker: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Store and views were checked all the same; then, with exit code 4, that the topics could not be compared."""
    told = {"DATA": tmp_path / "data", "DATABASE_URL": database, "KAFKA": broker.bootstrap, "TOPICS": "nobody"}
    for name, value in told.items():
        monkeypatch.setenv(f"ROZNAMCHA_{name}", str(value))
    with pytest.raises(Unavailable, match=r"topics could not be compared: the topic nobody\.entries\.v1 is not there"):
        keeping.verify(record="", published_within=None, as_json=False)
    assert capsys.readouterr().out.startswith("0 entries of 0 records verified")
    with pytest.raises(typer.Exit) as ended:
        keeping.verify(record="", published_within=None, as_json=True)
    shown = json.loads(capsys.readouterr().out)
    assert (ended.value.exit_code, shown["ok"], shown["kafka"]) == (4, True, None)
    assert "nobody.entries.v1 is not there" in shown["kafka_away"]


def test_with_a_position_that_is_none_verify_tells_what_it_has_proved(
    database: str,
    broker: Broker,
    topics: Topics,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The same, with exit code 3: what lies on Kafka is broken, and store and views are not."""
    told = {"DATA": tmp_path / "data", "DATABASE_URL": database, "KAFKA": broker.bootstrap, "TOPICS": topics.prefix}
    for name, value in told.items():
        monkeypatch.setenv(f"ROZNAMCHA_{name}", str(value))
    producer = broker.producer()
    producer.send(topics.position, b"{}", key=b"0", partition=0).get(10)
    producer.close()
    with pytest.raises(Broken, match=r"topics could not be compared: .* is no position"):
        keeping.verify(record="", published_within=None, as_json=False)
    assert capsys.readouterr().out.startswith("0 entries of 0 records verified")
