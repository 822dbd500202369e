"""What store, topic and subscriber have otherwise is named, entry by entry; what is only late is no difference."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg
import pytest

from consumers.clients import Broker
from consumers.embedded import connected
from consumers.folding import Kept
from consumers.slots import slot_of
from consumers.topics import Topics
from roznamcha import reconciling
from roznamcha.reconciled import Counts, Reconciled
from roznamcha.reconciling import Reconciliation
from roznamcha.relay import Relay
from roznamcha.relayed import Position
from roznamcha.sides import Line, TopicSide
from schemas import catalogue
from tests.broker.copies import Change, copied, position, write
from tests.broker.nodes import free_ports
from tests.broker.reading import read_topic
from tests.consumers.feed import write_cases
from tests.consumers.subscribing import publish
from tests.roznamcha.kit import Program
from tests.roznamcha.test_relaying import entered


@pytest.fixture
def station(program: Program) -> Program:
    """The program with the key under which the tests enter."""
    return program.with_key()


def compared(url: str, broker: Broker, topics: Topics, short: str = "entries", **more: Any) -> Reconciled:
    """Store and topic, compared."""
    with connected(url) as connection:
        return Reconciliation(connection, broker, topics, catalogue(), short, **more).run()


def brief(report: Reconciled) -> list[tuple[str, str, int | None]]:
    """Where, what and at which position."""
    return [(each.where, each.kind, each.position) for each in report.differences]


def at(command: Program, broker: Broker, topics: Topics, *arguments: str) -> tuple[int, Any]:
    """Exit code and document of `reconcile --json`."""
    at = ("--kafka", broker.bootstrap, "--topics", topics.prefix)
    done = command.run(*at, "reconcile", *arguments, "--json", check=False)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


# --- store and topic -------------------------------------------------------------------------------------------------


def test_all_is_there(station: Program, broker: Broker, topics: Topics) -> None:
    """The same entries of the same records. What is not yet published is told as that, with its age: no difference."""
    write_cases(station.url, 6)
    log = publish(station.url, broker, topics)
    write_cases(station.url, 1, first=6)
    code, told = at(station, broker, topics, "--published-within", "0")
    assert code == 4  # because it was asked for
    age = told["store"].pop("oldest_unpublished_seconds")
    assert isinstance(age, float)
    assert told == {
        "ok": True,
        "published_to": log[-1].position,
        "store": {"entries": 24, "records": 6, "unpublished": 4, "in_all": 28},
        "topic": {"name": topics.entries, "entries": 24, "records": 6},
        "subscriber": None,
        "differences": [],
        "unlisted": 0,
    }


def test_where_nothing_is_published_it_says_so(database: str, broker: Broker, topics: Topics) -> None:
    """What the store has, that none of it was compared, and a way to fail on it; of one record its own figures."""
    (first, *_) = write_cases(database, 3)
    report = compared(database, broker, topics)
    assert (report.ok, report.store.more["unpublished"], report.store.more["in_all"]) == (True, 12, 12)
    said = " ".join(report.says())
    assert "nothing is published, and so nothing was compared" in said
    assert "not yet published: 12 of the store's 12 entries, the oldest for" in said
    assert "0 of 0" not in said
    assert (report.late(None), report.late(1e9)) == ("", "")
    assert "12 of the store's 12 entries" in report.late(0)
    publish(database, broker, topics)
    report = compared(database, broker, topics, record=first)
    assert (report.late(0), report.store.more["in_all"]) == ("", 4)
    write_cases(database, 1, first=3)
    report = compared(database, broker, topics, record=first)
    assert (report.late(0), report.store.more["in_all"], report.store.more["unpublished"]) == ("", 4, 0)


def test_an_entry_that_does_not_say_how_old_it_is_has_waited_too_long() -> None:
    """Where its bytes can't be read."""
    more = {"unpublished": 1, "in_all": 1, "oldest_unpublished_seconds": None}
    assert Reconciled("t", store=Counts(more=more)).late(3600)
    assert not Reconciled("t", store=Counts(more=more)).late(None)


def test_what_is_published_meanwhile_is_no_difference(database: str, broker: Broker, topics: Topics) -> None:
    """Compared again and again while a relay publishes: late, and never missing or extra."""
    write_cases(database, 25)
    relay = threading.Thread(target=publish, args=(database, broker, topics, 1))
    relay.start()
    reports = []
    while relay.is_alive():
        reports.append(compared(database, broker, topics))
    relay.join()
    for report in reports:
        assert report.ok, report.differences
        assert report.store.entries + report.store.more["unpublished"] == 100
        assert report.topic.entries == report.store.entries
    assert len(reports) > 1
    assert compared(database, broker, topics).topic.entries == 100


def test_a_partition_is_given_time_to_show_what_was_published(database: str, broker: Broker, topics: Topics) -> None:
    """The position may be seen before the entries it speaks of: they are waited for, and not called missing."""
    (record,) = write_cases(database, 1)
    with connected(database) as connection:
        relay = Relay(connection, broker, topics, catalogue())
        relay.publish(until=2)
        side = TopicSide(broker, topics.entries, catalogue())
        found = []
        for line in side.lines({slot_of(record): 4}):
            found.append(line)
            if len(found) == 2:
                relay.publish()
        relay.close()
    assert [each.position for each in found if isinstance(each, Line)] == [1, 2, 3, 4]


def altered(log: list[Kept]) -> dict[str, tuple[Change, str]]:
    """How a copy may differ at the fifth entry, and what must be said."""
    here = log[5].position

    def only(change: Callable[[Any], list[Any]]) -> Change:
        return lambda each: change(each) if position(each) == here else [each]

    def header(each: Any, name: str, value: bytes) -> list[Any]:
        return [each._replace(headers=[(key, value if key == name else old) for key, old in each.headers])]

    return {
        "removed": (only(lambda _: []), "missing"),
        "doubled": (only(lambda each: [each, each]), "doubled"),
        "another value": (only(lambda each: [each._replace(value=each.value[:-1] + b"\xff")]), "altered"),
        "another time": (only(lambda each: header(each, "ce_time", b"2026-01-01T00:00:00.000000Z")), "altered"),
        "another previous": (only(lambda each: header(each, "previous", b"0")), "altered"),
        "another version": (only(lambda each: header(each, "version", b"9" * 5_000)), "altered"),
        "another act": (only(lambda each: header(each, "ce_type", b"roznamcha.case.FIRRegistered")), "altered"),
    }


@pytest.mark.parametrize(
    "what",
    ["removed", "doubled", "another value", "another time", "another previous", "another act", "another version"],
)
def test_what_a_copy_has_otherwise_is_named(database: str, broker: Broker, topics: Topics, what: str) -> None:
    """One entry in a copy of the topic that differs: where, which record, position, version and offset; exit 3."""
    write_cases(database, 4)
    log = publish(database, broker, topics)
    change, kind = altered(log)[what]
    with copied(broker, topics, change) as copy:
        (found,) = compared(database, broker, copy).differences
        lies = [each.offset for each in read_topic(broker, copy.entries) if position(each) == log[5].position]
    assert (found.where, found.kind, found.record, found.position) == (
        "topic", kind, log[5].record_id, log[5].position,
    )  # fmt: skip
    assert found.version == 2
    assert found.offset == (lies[-1] if lies else None)


def test_three_at_once_are_each_named(station: Program, broker: Broker, topics: Topics) -> None:
    """One removed, one doubled, one altered, in three records: three differences, exit 3, whatever is taken at once."""
    write_cases(station.url, 6)
    log = publish(station.url, broker, topics)
    gone, twice, other = (log[n].position for n in (3, 9, 14))

    def change(each: Any) -> list[Any]:
        if position(each) == other:
            return [each._replace(value=each.value + b"\0")]
        return [] if position(each) == gone else [each] * (1 + (position(each) == twice))

    with copied(broker, topics, change) as copy:
        code, told = at(station, broker, topics, "--copy", copy.prefix)
        lines = station.run(
            "--kafka", broker.bootstrap, "--topics", topics.prefix, "reconcile", "--copy", copy.prefix, check=False
        ).stdout.splitlines()
        one = at(station, broker, topics, "--copy", copy.prefix, "--record", str(log[9].record_id))
    assert station.count("ops.compared") == 0  # what a copy has otherwise is not noted of our own
    assert code == 3
    assert {(each["where"], each["kind"], each["position"]) for each in told["differences"]} == {
        ("topic", "missing", gone), ("topic", "doubled", twice), ("topic", "altered", other),
    }  # fmt: skip
    assert all(each["record"] and each["version"] and each["partition"] is not None for each in told["differences"])
    assert sum(line.startswith("topic: ") for line in lines) == 3
    assert [(each["kind"], each["position"]) for each in one[1]["differences"]] == [("doubled", twice)]


def test_what_is_taken_at_once_changes_nothing(
    database: str, broker: Broker, topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few partitions at a time, as with very many entries, give the same."""
    write_cases(database, 5)
    log = publish(database, broker, topics)
    monkeypatch.setattr(reconciling, "AT_ONCE", 7)
    assert compared(database, broker, topics).ok
    with copied(broker, topics, lambda each: [] if position(each) == log[7].position else [each]) as copy:
        report = compared(database, broker, copy)
    assert brief(report) == [("topic", "missing", log[7].position)]
    assert (report.store.entries, report.topic.entries) == (20, 19)


def test_one_record_is_compared_alone(database: str, broker: Broker, topics: Topics) -> None:
    """Its neighbours in the partition, whatever is the matter with them, are left aside."""
    write_cases(database, 40)
    log = publish(database, broker, topics)
    by_slot: dict[int, list[UUID]] = {}
    for each in log[::4]:
        by_slot.setdefault(each.slot, []).append(each.record_id)
    chosen, neighbour = max(by_slot.values(), key=len)[:2]
    with copied(broker, topics, lambda each: [] if each.key == str(neighbour).encode() else [each]) as copy:
        report = compared(database, broker, copy, record=chosen)
        assert report.ok, report.differences
        assert (report.store.entries, report.topic.entries, report.topic.records) == (4, 4, 1)
        assert len(compared(database, broker, copy, record=neighbour).differences) == 4


def test_the_last_entries_of_a_partition_are_missed_too(database: str, broker: Broker, topics: Topics) -> None:
    """Nothing follows them that would name them: the store does."""
    write_cases(database, 3)
    log = publish(database, broker, topics)
    record = log[0].record_id
    with copied(broker, topics, lambda each: [] if each.key == str(record).encode() else [each]) as copy:
        report = compared(database, broker, copy)
    assert brief(report) == [("topic", "missing", each.position) for each in log if each.record_id == record]


def test_what_is_out_of_its_order_is_named(database: str, broker: Broker, topics: Topics) -> None:
    """The same messages, two of a record in each other's place."""
    write_cases(database, 2)
    log = publish(database, broker, topics)
    held: list[Any] = []

    def change(each: Any) -> list[Any]:
        if position(each) == log[0].position:
            held.append(each)
            return []
        return [each, held.pop()] if held and each.key == held[0].key else [each]

    with copied(broker, topics, change) as copy:
        report = compared(database, broker, copy)
    assert brief(report) == [("topic", "misplaced", log[0].position)]


def test_strangers_are_named(database: str, broker: Broker, topics: Topics) -> None:
    """A message that is no entry, and one that claims a position nobody gave."""
    write_cases(database, 2)
    log = publish(database, broker, topics)
    messages = read_topic(broker, topics.entries)
    one = messages[0]
    invented = one._replace(headers=[(k, b"999999" if k == "position" else v) for k, v in one.headers])
    write(broker, topics.entries, [one._replace(key=b"x"), invented])
    found = compared(database, broker, topics).differences
    assert [(each.kind, each.position, each.record) for each in found] == [
        ("extra", None, None), ("extra", 999_999, next(e.record_id for e in log if e.slot == one.partition)),
    ]  # fmt: skip
    assert None not in [each.offset for each in found]


def test_a_stranger_is_named_behind_much_that_was_published_meanwhile(
    database: str, broker: Broker, topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many entries come after the position was read: whoever lies beyond the last of them is seen."""
    write_cases(database, 1)
    publish(database, broker, topics)
    write_cases(database, 5, first=1)
    read = vars(Reconciliation)["_published"]

    def then_more(self: Reconciliation) -> Position:
        at = read(self)
        publish(database, broker, topics)
        one = read_topic(broker, topics.entries)[0]
        headers = [(k, b"999999" if k == "position" else v) for k, v in one.headers]
        write(broker, topics.entries, [one._replace(headers=headers)])
        return at

    monkeypatch.setattr(reconciling, "LISTED", 2)
    monkeypatch.setattr(Reconciliation, "_published", then_more)
    assert ("topic", "extra", 999_999) in brief(compared(database, broker, topics))


def test_a_store_that_was_restored_is_named(database: str, broker: Broker, topics: Topics) -> None:
    """Kafka has more than the store, and the position says so too."""
    write_cases(database, 2)
    log = publish(database, broker, topics)
    with psycopg.connect(database, autocommit=True) as owner:
        owner.execute("ALTER TABLE roznamcha.entries DISABLE TRIGGER USER")
        owner.execute("DELETE FROM roznamcha.entries WHERE notification_id = %s", (log[-1].position,))
    found = compared(database, broker, topics).differences
    assert [each.kind for each in found if each.where == "topic"] == ["extra"]
    assert {each.kind for each in found if each.where == "relay.position"} == {"extra", "altered"}


def test_the_topic_of_facts_is_compared_as_well(program: Program, broker: Broker, topics: Topics) -> None:
    """What was told of clocks, against those entries of the store alone; and `verify` looks at both topics."""
    entered(program, 3)
    program.run("tick", "--once")
    log = publish(program.url, broker, topics)
    facts = [each for each in log if each.name.startswith("deadline.")]
    code, told = at(program, broker, topics, "--topic", "deadlines")
    assert (code, told["topic"]["entries"], told["store"]["entries"]) == (0, len(facts), len(facts))
    record = facts[0].record_id
    code, told = at(program, broker, topics, "--topic", "deadlines", "--record", str(record))
    assert (code, told["topic"]["entries"]) == (0, len([each for each in facts if each.record_id == record]))
    kafka = ("--kafka", broker.bootstrap, "--topics", topics.prefix)
    found = program.json(*kafka, "verify")
    assert found["ok"]
    assert {short: each["topic"]["entries"] for short, each in found["kafka"].items()} == {
        "entries": len(log), "deadlines": len(facts),
    }  # fmt: skip
    assert program.json("verify")["kafka"] is None
    write(broker, topics.entries, [each for each in read_topic(broker, topics.entries) if position(each) == 2])
    done = program.run(*kafka, "verify", "--json", check=False)
    bad = json.loads(done.stdout)
    assert (done.returncode, bad["ok"], bad["first_bad"]["position"]) == (3, False, log[1].position)
    assert bad["first_bad"]["why"].startswith("Kafka, topic: doubled")


def test_who_is_away_is_told(station: Program, broker: Broker) -> None:
    """No broker named is a wrong call; one that is away, or without the topics, is exit 4."""
    write_cases(station.url, 1)
    (port,) = free_ports(1)
    assert station.run("reconcile", check=False).returncode == 2
    away = station.run("--kafka", f"127.0.0.1:{port}", "reconcile", check=False)
    assert (away.returncode, str(port) in away.stderr) == (4, True)
    bare = station.run("--kafka", broker.bootstrap, "--topics", "nobody", "reconcile", check=False)
    assert (bare.returncode, "topics apply" in bare.stderr) == (4, True)
    assert station.run("--kafka", broker.bootstrap, "reconcile", "--topic", "nobody", check=False).returncode == 2
