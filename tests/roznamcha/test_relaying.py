"""The command that relays, and what of the facts and of people is in the topics when a station uses it."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from uuid import UUID

import pytest
import typer

from consumers.carried import carried
from consumers.clients import Broker
from consumers.embedded import connected, read_log
from consumers.topics import Topics
from roznamcha.commands.relaying import relay_with
from roznamcha.office import open_office
from roznamcha.settings import Settings
from schemas import catalogue
from tests.acts import sent
from tests.broker.reading import read_topic
from tests.consumers.feed import write_cases
from tests.consumers.subscribing import until
from tests.roznamcha.kit import Program
from tests.roznamcha.test_relay import agrees, relaying


def entered(program: Program, count: int) -> None:
    """Enter some cases as a station does, with the program's own keys."""
    lines = (f"{json.dumps(sent('case.FIRRegistered', f'old:{n}'))}\n" for n in range(count))
    (program.folder / "acts.jsonl").write_text("".join(lines))
    program.run("import", "acts.jsonl")


def test_facts_of_clocks_are_in_their_own_topic_too(program: Program, broker: Broker, topics: Topics) -> None:
    """The same bytes, in order, in the same transaction; and nothing else is there."""
    entered(program, 3)
    program.run("tick", "--once")
    with relaying(program.url, broker, topics) as relay:
        relay.publish()
    agrees(program.url, broker, topics)
    with connected(program.url) as connection:
        facts = [each for each in read_log(connection, 0, 10_000) if each.name.startswith("deadline.")]
    assert facts
    found = [carried(catalogue(), each) for each in read_topic(broker, topics.deadlines)]
    assert sorted(each.kept for each in found) == facts
    assert sum(each.previous == 0 for each in found) == len({each.kept.slot for each in found})


def test_headers_hold_no_personal_data(database: str, broker: Broker, topics: Topics) -> None:
    """What every tool shows is ids, codes, times and numbers."""
    write_cases(database, 2)
    with relaying(database, broker, topics) as relay:
        relay.publish()
    known = {"ce_specversion", "ce_type", "ce_subject", "content-type", "position", "previous", "version", "ce_id",
             "ce_source", "ce_time", "traceparent"}  # fmt: skip
    for each in read_topic(broker, topics.entries):
        headers = dict(each.headers)
        assert headers.keys() == known
        UUID(headers["ce_id"].decode())
        assert headers["ce_source"].startswith(b"/roznamcha/")
        assert headers["ce_subject"] == each.key


def test_the_command_publishes_and_tells(program: Program, broker: Broker, topics: Topics) -> None:
    """`relay --once` says how much; again it is nothing; without a broker it is a wrong call, away is exit 4."""
    entered(program, 3)
    at = ("--kafka", broker.bootstrap, "--topics", topics.prefix)
    assert json.loads(program.run(*at, "relay", "--once", "--json").stdout) == {
        "published": 3, "position": 3, "topic": topics.entries,
    }  # fmt: skip
    assert program.json(*at, "relay", "--once")["published"] == 0
    assert program.run("relay", check=False).returncode == 2
    away = program.run("--kafka", "127.0.0.1:1", *at[2:], "relay", "--once", check=False)
    assert (away.returncode, "127.0.0.1:1" in away.stderr) == (4, True)
    assert "Traceback" not in away.stderr


def test_stopped_while_it_waits_a_relay_leaves_the_other_one_alone(
    program: Program, broker: Broker, topics: Topics
) -> None:
    """It has published nothing, and says so; whoever was at work goes on."""
    entered(program, 2)
    at = ("--kafka", broker.bootstrap, "--topics", topics.prefix)
    with relaying(program.url, broker, topics) as relay:
        assert relay.alone()
        relay.publish(until=1)
        waits = program.start(*at, "relay", "--json")
        assert waits.stderr is not None
        assert b"waiting until it has ended" in waits.stderr.readline()
        waits.terminate()
        told, _ = waits.communicate(timeout=30)
        assert (waits.returncode, json.loads(told)["published"]) == (0, 0)
        refused = program.run(*at, "relay", "--once", check=False)
        assert (refused.returncode, "another relay is at work" in refused.stderr) == (1, True)
        assert "waiting until" not in refused.stderr  # which it isn't
        assert relay.publish() == 1


def test_stopped_before_it_is_done_once_does_not_end_well(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A script that goes on must know: 130, and still a document of how far it came."""
    stop = threading.Event()
    stop.set()
    here = Settings(tmp_path, database_url=database, kafka="127.0.0.1:1")
    with open_office(here) as office, pytest.raises(typer.Exit) as ended:
        relay_with(office, stop, once=True, as_json=True)
    assert (ended.value.exit_code, json.loads(capsys.readouterr().out)["published"]) == (130, 0)


def test_stopped_a_relay_says_how_far_it_came(program: Program, broker: Broker, topics: Topics) -> None:
    """After following, as after once."""
    entered(program, 2)
    works = program.start("--kafka", broker.bootstrap, "--topics", topics.prefix, "relay", "--json")
    with connected(program.url) as connection:
        look = "SELECT position FROM ops.relayed"
        until(lambda: connection.execute(look).fetchone() == (2,), 30)
    works.terminate()
    told, _ = works.communicate(timeout=30)
    assert json.loads(told) == {"published": 2, "position": 2, "topic": topics.entries}
