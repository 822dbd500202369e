"""Figures for Prometheus: well-named, told in words, and there only where they are known."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from consumers.clients import Broker
from consumers.topics import Topics
from roznamcha.health import Health
from roznamcha.lines import Lines
from roznamcha.metrics import Measured, PostCollector, exposition, registry
from roznamcha.posts import POSTS
from roznamcha.published import Compared, Published
from roznamcha.relay import TakenOver
from roznamcha.sentry import Sentry
from tests.roznamcha.kit import Program
from tests.roznamcha.test_relay import relaying
from tests.roznamcha.test_relaying import entered

AT = datetime(2026, 7, 2, 12, tzinfo=UTC)
KNOWN = Published(
    position=7, entries=7, behind=2, oldest=8, rows=5, looked_at=AT, taken_over=3, letters=4, unsent=1,
    compared={"entries": Compared(5, AT), "deadlines": Compared(0, AT)},
)  # fmt: skip


def families(text: str) -> dict[str, Any]:
    """What Prometheus' own parser makes of it."""
    return {each.name: each for each in text_string_to_metric_families(text)}


def test_every_figure_is_named_and_told_as_prometheus_has_it() -> None:
    """One name for each, with a unit, no capitals; counters end in _total and nothing else does; all have HELP."""
    whole = Health(at=AT, parked={"history": 1}, parked_seconds=3.0, published=KNOWN, unpublished_seconds=9.0)
    made = CollectorRegistry()
    made.register(PostCollector([Sentry(each, [], 1.0, Lines(io.StringIO(), readable=False)) for each in POSTS]))
    text = exposition(whole) + generate_latest(made).decode()
    found = families(text)
    names = re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE)
    assert len(names) == len({name for name, _ in names}) == len(found)
    for name, kind in names:
        assert re.fullmatch(r"roznamcha_[a-z_]+", name)
        assert kind in {"gauge", "counter"}
        assert name.endswith("_total") is (kind == "counter"), name
        assert not re.search(r"_(ms|minutes|hours|millis)", name)
    for each in found.values():
        assert each.documentation[:1].isupper(), each.name
        assert each.samples, each.name
    value = {sample.name: sample.value for each in found.values() for sample in each.samples if not sample.labels}
    assert value["roznamcha_relay_position"] == 7
    assert value["roznamcha_relay_behind_entries"] == 2
    assert value["roznamcha_outbox_rows"] == 5
    assert value["roznamcha_relay_behind_seconds"] == 9
    assert value["roznamcha_relay_fenced_total"] == 3
    assert value["roznamcha_dead_letters_total"] == 4
    assert value["roznamcha_relay_looked_timestamp_seconds"] == AT.timestamp()
    differ = found["roznamcha_reconcile_differences"].samples
    assert {each.labels["topic"]: each.value for each in differ} == {"entries": 5, "deadlines": 0}


def test_what_is_not_known_is_not_given() -> None:
    """No broker: nothing of Kafka. No store: that alone. Never compared: no zero that looks like an answer."""
    assert not [name for name in families(exposition(Health(at=AT))) if "relay_" in name or "reconcile" in name]
    away = families(generate_latest(registry(lambda: None)).decode())
    assert {name: each.samples[0].value for name, each in away.items()} == {"roznamcha_store_up": 0}
    fresh = families(exposition(Health(at=AT, published=Published())))
    assert fresh["roznamcha_reconcile_differences"].samples == []
    assert "roznamcha_relay_looked_timestamp_seconds" not in fresh


def test_a_measurement_is_good_for_a_multiple_of_what_it_took(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """So measuring takes a twentieth of the time at most, however often one asks; without the store there is none."""
    now = 100.0

    def clock() -> float:
        nonlocal now
        now += 1.0  # each look at the clock is a second later: a measurement takes one
        return now

    monkeypatch.setattr("roznamcha.metrics.time.monotonic", clock)
    measure = Measured(database, None)
    first = measure()
    assert first is not None
    assert measure() is first
    now += 20
    second = measure()
    assert second is not None
    assert second is not first
    now += 30
    measure.url = "host=/nowhere user=x dbname=y"
    assert measure() is None
    measure.url = database
    assert measure() is not None


def test_the_figures_follow_the_relay(program: Program, broker: Broker, topics: Topics) -> None:
    """How far, how much is left and for how long; how often it was fenced; and a comparison with what it found."""
    at = ("--kafka", broker.bootstrap, "--topics", topics.prefix)
    entered(program, 3)
    before = families(program.run(*at, "metrics").stdout)
    assert before["roznamcha_relay_behind_entries"].samples[0].value == 3
    assert 0 < before["roznamcha_relay_behind_seconds"].samples[0].value < 100
    program.run(*at, "relay", "--once")
    with relaying(program.url, broker, topics) as first, relaying(program.url, broker, topics) as second:
        first.publish()
        second.publish()
        enter_more(program, 1)
        with pytest.raises(TakenOver):
            first.publish()
        second.publish()
    program.run(*at, "reconcile")
    after = families(program.run(*at, "metrics").stdout)
    value = {name: each.samples[0].value for name, each in after.items() if each.samples}
    assert value["roznamcha_relay_position"] == value["roznamcha_head_position"] == 4
    assert (value["roznamcha_relay_behind_entries"], value["roznamcha_relay_behind_seconds"]) == (0, 0)
    assert value["roznamcha_relay_fenced"] == 1
    assert value["roznamcha_reconcile_differences"] == 0
    age = datetime.now(UTC).timestamp() - value["roznamcha_reconcile_last_run_timestamp_seconds"]
    assert 0 <= age < 100


def enter_more(program: Program, count: int) -> None:
    """Enter more cases, under names of their own."""
    text = (program.folder / "acts.jsonl").read_text(encoding="utf-8").splitlines()
    lines = [each.replace("old:", f"more:{n}:") for n, each in enumerate(text[:count])]
    (program.folder / "more.jsonl").write_text("\n".join(lines) + "\n")
    program.run("import", "more.jsonl")


# --- the doctor ------------------------------------------------------------------------------------------------------


def parts(program: Program, *options: str) -> tuple[int, dict[str, tuple[bool | None, str]]]:
    """Exit code, and each part with whether it is well and what is said of it."""
    done = program.run(*options, "doctor", "--json", check=False)
    return done.returncode, {each["part"]: (each["ok"], each["says"]) for each in json.loads(done.stdout)["parts"]}


def test_without_a_broker_nothing_of_kafka_is_called_well(program: Program) -> None:
    """One line says that nothing was asked, and why; on the screen it has no tick."""
    entered(program, 1)
    code, found = parts(program)
    assert code == 0
    assert found["broker"][0] is None
    assert "no broker is named" in found["broker"][1]
    assert not found.keys() & {"topics", "position", "relay", "reconcile"}
    assert re.search(r"broker\s*│ not asked", program.run("doctor").stdout)


def test_what_is_away_is_not_asked(program: Program, broker: Broker) -> None:
    """A broker that is away: what lies on it is unknown, and said so. A store that is: the broker is asked still."""
    entered(program, 1)
    code, found = parts(program, "--kafka", "127.0.0.1:1")
    assert (code, found["broker"][0]) == (4, False)
    assert "127.0.0.1:1" in found["broker"][1]
    assert [found[part] for part in ("topics", "position")] == [(None, "not asked: the broker is away")] * 2
    code, found = parts(program, "--kafka", broker.bootstrap, "--topics", "nobody")
    assert (code, found["broker"][0], found["topics"][0], found["position"][0]) == (4, True, False, None)
    assert "`topics apply`" in found["topics"][1]
    first = found["relay"][1].partition("no relay comes on: ")[2]
    assert re.match(
        r"nobody\.\S+ is missing, and \d+ more; `topics apply` makes topics, and then `up` or `relay`", first
    )
    away = ("--database-url", "host=/nowhere user=x dbname=y", "--kafka", broker.bootstrap)
    code, found = parts(program, *away)
    assert (code, found["database"][0], found["views"][0], found["broker"][0]) == (4, False, None, True)


def test_the_doctor_looks_at_all_of_kafka(program: Program, broker: Broker, topics: Topics) -> None:
    """Reached, topics, position, lag, letters, comparison: well, unknown or not, each with what to do."""
    at = ("--kafka", broker.bootstrap, "--topics", topics.prefix)
    entered(program, 2)
    program.run("deadlines")
    code, found = parts(program, *at)
    assert code == 4
    assert found["broker"][0] is True
    assert "kafka-python 3.0.12" in found["broker"][1]
    assert "speaks as Kafka 4." in found["broker"][1]
    assert found["relay"][0] is False
    assert "2 entries are not published" in found["relay"][1]
    assert "`up` or `relay`" in found["relay"][1]
    assert found["reconcile"][0] is None
    program.run(*at, "relay", "--once")
    program.run(*at, "reconcile")
    code, found = parts(program, *at)
    assert (code, [part for part, (good, _) in found.items() if good is not True]) == (0, [])
    assert "2 entries, up to 2, and they are this store's" in found["position"][1]
    # Somebody writes into the topic: the comparison finds it, and the doctor knows of it without asking.
    producer = broker.producer()
    producer.send(topics.entries, b"x", key=b"y", partition=0).get(10)
    producer.close()
    assert program.run(*at, "reconcile", check=False).returncode == 3
    code, found = parts(program, *at)
    assert (code, found["reconcile"][0]) == (3, False)
    assert "1 difference," in found["reconcile"][1]


def test_a_topic_of_another_store_is_told(program: Program, broker: Broker, topics: Topics, database: str) -> None:
    """What lies on Kafka is not this store's: broken, with the way back."""
    at = ("--kafka", broker.bootstrap, "--topics", topics.prefix)
    entered(program, 3)
    program.run(*at, "relay", "--once")
    with psycopg.connect(program.url, autocommit=True) as owner:
        owner.execute("ALTER TABLE roznamcha.entries DISABLE TRIGGER USER")
        owner.execute("DELETE FROM roznamcha.entries WHERE notification_id = 3")
        owner.execute("ALTER TABLE roznamcha.entries ENABLE TRIGGER USER")
    code, found = parts(program, *at)
    assert (code, found["position"][0]) == (3, False)
    assert "topics apply --anew" in found["position"][1]


def test_dead_letters_are_told_and_those_that_lie_about_are_not_well() -> None:
    """Sent on they are history; unsent while nobody is at work they wait for somebody."""
    for looked, well in ((AT, True), (AT - timedelta(hours=1), False)):
        known = Published(looked_at=looked, letters=4, unsent=1)
        said = {part: (good, words) for part, good, words in known.says(AT, None, 1)}
        assert said["dead letters"] == (well, "4, 1 of them not yet sent on: see `parked letters`")


def test_rows_that_wait_are_told_even_when_every_entry_is_published() -> None:
    """A relay that publishes entries and no rows is not done; where nobody is at work it is not well."""
    for relays, well in ((1, True), (0, False)):
        said = {part: (good, words) for part, good, words in Published(rows=3, looked_at=AT).says(AT, None, relays)}
        good, words = said["relay"]
        assert (good, words.startswith("0 entries and 3 rows of views are not published")) == (well, True)
