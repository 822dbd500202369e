"""The command that follows: from the store's own log or from Kafka, alone or with others, until it is stopped."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from consumers.clients import Broker
from consumers.topics import Topics
from roznamcha.postgres import Embedded
from tests.broker.copies import create, remove, write
from tests.broker.reading import read_topic
from tests.consumers.feed import write_cases
from tests.consumers.posted import folded, publish
from tests.fault.kit import fresh
from tests.fault.test_order import until
from tests.fault.test_restore import a_file
from tests.roznamcha.kit import Program


@dataclass(frozen=True)
class OnKafka(Program):
    """The program where a broker is named."""

    kafka: str = ""
    topics: str = ""

    @property
    def environment(self) -> dict[str, str]:
        """With the broker, and the prefix of this test."""
        return super().environment | {"ROZNAMCHA_KAFKA": self.kafka, "ROZNAMCHA_TOPICS": self.topics}


@pytest.fixture
def on_kafka(program: Program, broker: Broker, topics: Topics) -> OnKafka:
    """The program on a database, a data folder and topics of its own."""
    return OnKafka(program.folder, program.url, broker.bootstrap, topics.prefix)


@contextmanager
def at_work(program: Program, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that follows; told to stop with its block, and then it must end well."""
    process = program.start("project", *arguments)
    try:
        assert process.stderr is not None
        said = b""
        while b"following" not in said:
            said = process.stderr.readline()
            assert said, process.stderr.read()
        yield process
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
        assert process.returncode == 0, said
    finally:
        process.kill()
        process.communicate()


def test_two_that_follow_kafka(on_kafka: OnKafka, broker: Broker, topics: Topics) -> None:
    """Where a broker is named it is followed, and not the log; both end when told to; verify names what is no entry."""
    on_kafka.run("import", str(a_file(on_kafka.folder, "some", 10)))
    with at_work(on_kafka), at_work(on_kafka):
        assert folded(on_kafka.url) == 0
        publish(on_kafka.url, broker, topics)
        assert until(lambda: folded(on_kafka.url) == 20, 90)
        write(broker, topics.entries, [read_topic(broker, topics.entries)[0]._replace(headers=[])])
        assert until(lambda: any(each["sent"] for each in on_kafka.json("parked", "letters")), 90)
    (letter,) = on_kafka.json("parked", "letters")
    assert letter.keys() >= {"topic", "slot", "offset", "position", "why", "sent", "found_at"}
    assert (letter["topic"], letter["position"], letter["sent"]) == (topics.entries, None, True)
    assert "1 dead letter of Kafka" in on_kafka.run("parked", "list").stdout
    assert "headers" in on_kafka.run("parked", "letters").stdout
    assert on_kafka.json("parked", "list") == []
    told = json.loads(on_kafka.run("verify", "--json", check=False).stdout)
    assert (told["bad"], told["first_bad"]["why"]) == (
        1, f"Kafka, topic: extra: partition {letter['slot']}, offset {letter['offset']}",
    )  # fmt: skip


def test_the_log_is_followed_when_asked(on_kafka: OnKafka) -> None:
    """Also where a broker is named."""
    on_kafka.run("import", str(a_file(on_kafka.folder, "some", 4)))
    with at_work(on_kafka, "--source", "embedded"):
        assert until(lambda: folded(on_kafka.url) == 8, 90)


def test_the_topic_of_another_store_is_not_followed(
    on_kafka: OnKafka, server: Embedded, broker: Broker, topics: Topics
) -> None:
    """With a wrong store each of its entries would be a dead letter: it ends as broken, before the first."""
    write_cases(on_kafka.url, 2)
    publish(on_kafka.url, broker, topics)
    with fresh(server.url) as url:
        wrong = OnKafka(on_kafka.folder, url, on_kafka.kafka, on_kafka.topics)
        refused = wrong.run("project", check=False)
        assert (refused.returncode, "which the store doesn't hold" in refused.stderr) == (3, True), refused.stderr
        assert wrong.count("ops.dead_letters") == 0


def test_what_is_not_there_is_said_in_a_line(
    on_kafka: OnKafka, program: Program, broker: Broker, topics: Topics
) -> None:
    """No broker named, a broker that is away, a topic that is not there, a source nobody knows."""
    refused = program.run("project", "--source", "kafka", check=False)
    assert (refused.returncode, "no broker is named" in refused.stderr) == (2, True)
    away = OnKafka(program.folder, program.url, "127.0.0.1:9", topics.prefix).run("project", check=False)
    assert (away.returncode, "127.0.0.1:9" in away.stderr) == (4, True)
    remove(broker, topics, ("entries",))
    missing = on_kafka.run("project", check=False)
    assert (missing.returncode, "run `roznamcha topics apply`" in missing.stderr) == (4, True)
    create(broker, topics, ("entries",))
    assert program.run("project", "--source", "elsewhere", check=False).returncode == 2
