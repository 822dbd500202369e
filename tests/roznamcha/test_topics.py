"""Topics planned and applied: a real broker is compared with the data, made so, and told where it can't be."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from consumers.clients import Broker, ConfigResource, ConfigResourceType
from consumers.embedded import connected
from consumers.topics import Topics
from roznamcha.errors import Unavailable, Usage
from roznamcha.postgres import Embedded
from roznamcha.relay import Relay
from roznamcha.rights import services_of
from roznamcha.topic_plan import apply, clear, plan, spread
from schemas import catalogue
from tests.broker.nodes import NoBroker, free_ports, new_prefix, running
from tests.broker.reading import read_topic
from tests.consumers.subscribing import until
from tests.fault.kit import fresh as fresh_database
from tests.roznamcha.kit import Program
from tests.roznamcha.test_relaying import entered


@dataclass(frozen=True)
class AtBroker(Program):
    """The program with a broker and a prefix."""

    bootstrap: str = ""
    prefix: str = ""
    options: str = ""

    @property
    def environment(self) -> dict[str, str]:
        """The environment of every run."""
        told = {"KAFKA": self.bootstrap, "TOPICS": self.prefix, "KAFKA_OPTIONS": self.options}
        return super().environment | {f"ROZNAMCHA_{name}": value for name, value in told.items()}


@pytest.fixture
def fresh(broker: Broker) -> Iterator[Topics]:
    """A prefix under which nothing is yet; what the test makes there is gone afterwards."""
    made = Topics(new_prefix().removesuffix("."))
    yield made
    with broker.admin() as admin:
        if there := [name for name in admin.list_topics() if name.startswith(f"{made.prefix}.")]:
            admin.delete_topics(there)


@pytest.fixture
def station(broker: Broker, database: str, fresh: Topics, tmp_path: Path) -> AtBroker:
    """The program under that prefix."""
    return AtBroker(tmp_path, database, broker.bootstrap, fresh.prefix)


def altered(broker: Broker, topics: Topics, topic: str, **settings: str) -> None:
    """Settings of a topic, changed by hand; when that can be seen: a node answers before it has heard of it."""
    with broker.admin() as admin:
        named = {name.replace("_", "."): value for name, value in settings.items()}
        done = admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, named)])
    assert done["topic"][topic] == "OK"
    until(lambda: named.items() <= {each.what: each.now for each in plan(broker, topics).settings}.items())


def test_what_is_missing_is_made_and_a_second_time_nothing_is(broker: Broker, station: AtBroker, fresh: Topics) -> None:
    """Plan names each topic, apply makes each and says so; then plan has nothing to say and apply does nothing.

    To have something to say is no failure, unless it is asked for as a check.
    """
    names = [each.name for each in fresh.all]
    assert (station.json("topics", "plan")["missing"], station.json("topics", "plan")["done"]) == (names, False)
    first, second = station.json("topics", "apply"), station.json("topics", "apply")
    assert first["made"] == [f"made: {name}" for name in names]
    assert (first["done"], second["done"], second["made"]) == (True, True, [])
    assert "everything under" in station.run("topics", "plan", "--check").stdout
    altered(broker, fresh, fresh.entries, retention_ms="86400000")
    checked = station.run("topics", "plan", "--check", check=False)
    assert (checked.returncode, "retention.ms is 86400000" in checked.stdout, checked.stderr) == (3, True, "")


def test_the_broker_has_what_the_data_say(broker: Broker, fresh: Topics) -> None:
    """Partitions, copies and every setting, as the broker itself tells them."""
    apply(broker, fresh)
    with broker.admin() as admin:
        nodes = len(admin.describe_cluster()["brokers"])
        there = {each["name"]: each["partitions"] for each in admin.describe_topics([each.name for each in fresh.all])}
        for each in fresh.all:
            asked = [ConfigResource(ConfigResourceType.TOPIC, each.name)]
            told = admin.describe_configs(asked, config_filter="all")["topic"][each.name]
            assert len(there[each.name]) == each.partitions
            assert {len(one["replica_nodes"]) for one in there[each.name]} == {min(3, nodes)}
            settings = each.settings(min(3, nodes))
            assert {name: told[name]["value"] for name in settings} == settings


def test_a_setting_changed_by_hand_is_seen_and_set_right(broker: Broker, station: AtBroker, fresh: Topics) -> None:
    """Entries that would expire, a topic of entries that would be compacted: told with both values, and set back."""
    apply(broker, fresh)
    altered(broker, fresh, fresh.entries, retention_ms="86400000", cleanup_policy="compact")
    seen = station.json("topics", "plan")
    assert {(each["what"], each["now"], each["wanted"]) for each in seen["settings"]} == {
        ("retention.ms", "86400000", "-1"),
        ("cleanup.policy", "compact", "delete"),
    }
    assert f"{fresh.entries}: retention.ms is -1 now, and was 86400000" in station.run("topics", "apply").stdout
    assert plan(broker, fresh).done


def test_the_number_of_partitions_is_never_changed(broker: Broker, station: AtBroker, fresh: Topics) -> None:
    """A topic of another number is broken, whatever else could be made is made, and its messages are not touched."""
    with broker.admin() as admin:
        admin.create_topics({fresh.entries: {"num_partitions": 12}}, wait_for_metadata=True)
    producer = broker.producer()
    producer.send(fresh.entries, b"value", key=b"key", partition=11).get(10)
    producer.close()
    planned, done = station.run("topics", "plan", check=False), station.run("topics", "apply", check=False)
    assert planned.returncode == done.returncode == 3
    assert "has 12 partitions, not 60" in planned.stderr
    told = station.run("topics", "plan", "--json", check=False)
    assert told.returncode == 3
    document = json.loads(told.stdout)
    assert [(each["topic"], each["now"]) for each in document["partitions"]] == [(fresh.entries, "12")]
    assert (document["missing"], document["settings"]) == ([], [])
    assert [each.value for each in read_topic(broker, fresh.entries, 12)] == [b"value"]


def test_topics_of_others_are_left_alone(broker: Broker, station: AtBroker, fresh: Topics) -> None:
    """One under our prefix that we don't know is told and kept, also when ours are made anew; so is our neighbour's."""
    stranger, neighbour = f"{fresh.prefix}.weather.v1", f"{fresh.prefix}-test.entries.v1"
    with broker.admin() as admin:
        admin.create_topics({name: {"num_partitions": 1} for name in (stranger, neighbour)}, wait_for_metadata=True)
        assert station.json("topics", "apply")["strangers"] == [stranger]
        station.run("topics", "apply", "--anew", "--yes")
        assert {stranger, neighbour} <= set(admin.list_topics())
        admin.delete_topics([neighbour])


def test_made_anew_the_topics_are_empty(broker: Broker, station: AtBroker, fresh: Topics) -> None:
    """Every topic is deleted and made again, also one with another number of partitions; others' ids are not reused."""
    with broker.admin() as admin:
        admin.create_topics({fresh.dead: {"num_partitions": 3}}, wait_for_metadata=True)
    apply(broker, fresh)
    producer = broker.producer()
    producer.send(fresh.position, b"old", key=b"0", partition=0).get(10)
    producer.close()
    made = station.json("topics", "apply", "--anew", "--yes")
    assert len(made["made"]) == 2 * len(fresh.all)
    assert made["done"]
    assert read_topic(broker, fresh.position, 1) == []
    clear(broker, fresh)
    assert len(plan(broker, fresh).missing) == len(fresh.all)


def test_nothing_is_made_anew_beside_a_relay(broker: Broker, station: AtBroker, fresh: Topics) -> None:
    """It would go on from where it stands, and all would read as published. Afterwards nothing is noted of it."""
    apply(broker, fresh)
    entered(station, 4)
    with connected(station.url) as connection:
        relay = Relay(connection, broker, fresh, catalogue())
        assert relay.alone()
        relay.publish()
        refused = station.run("topics", "apply", "--anew", "--yes", check=False)
        assert (refused.returncode, "a relay is at work" in refused.stderr) == (1, True)
        assert len(read_topic(broker, fresh.entries)) == 4
        relay.close()
    assert station.count("ops.relayed") == 1
    station.run("topics", "apply", "--anew", "--yes")
    assert (station.count("ops.relayed"), read_topic(broker, fresh.entries)) == (0, [])


def test_an_empty_store_makes_nothing_anew_of_what_another_one_published(
    broker: Broker, station: AtBroker, fresh: Topics, tmp_path: Path, server: Embedded
) -> None:
    """The wrong folder of data was named: nobody could publish again from there what would be deleted."""
    apply(broker, fresh)
    entered(station, 2)
    station.run("relay", "--once")
    with fresh_database(server.url) as url:
        wrong = AtBroker(tmp_path / "wrong", url, broker.bootstrap, fresh.prefix)
        wrong.folder.mkdir()
        refused = wrong.run("topics", "apply", "--anew", "--yes", check=False)
    assert (refused.returncode, "up to position 2" in refused.stderr) == (2, True)
    assert len(read_topic(broker, fresh.entries)) == 2


@pytest.mark.parametrize("protocol", ["ssl", "sasl_ssl"])
def test_a_mistyped_protocol_is_not_taken_for_none(station: AtBroker, fresh: Topics, protocol: str) -> None:
    """The library would speak in the clear, password and all."""
    path = station.folder / "options.json"
    path.write_text(json.dumps({"security_protocol": protocol}))
    refused = station.run("--kafka-options", str(path), "topics", "plan", check=False)
    assert (refused.returncode, "none of PLAINTEXT" in refused.stderr) == (2, True)


def test_options_given_in_place_of_their_path_are_not_shown(station: AtBroker, fresh: Topics) -> None:
    """They hold a password."""
    for command in (("topics", "plan"), ("doctor",)):
        refused = station.run("--kafka-options", '{"sasl_plain_password": "geheim"}', *command, check=False)
        assert refused.returncode == 2
        assert "geheim" not in refused.stdout + refused.stderr


@pytest.mark.parametrize(("typed", "code"), [("{prefix}", 0), ("yes", 2), ("", 2)])
def test_making_anew_is_confirmed_by_typing_the_prefix(
    broker: Broker, station: AtBroker, fresh: Topics, typed: str, code: int
) -> None:
    """At a terminal the prefix must be typed; anything else deletes nothing."""
    apply(broker, fresh)
    with broker.admin() as admin:
        before = {each["topic_id"] for each in admin.describe_topics([each.name for each in fresh.all])}
        master, slave = pty.openpty()
        process = subprocess.Popen(
            station.command("topics", "apply", "--anew"), env=station.environment, cwd=station.folder, stdin=slave,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        os.write(master, f"{typed.format(prefix=fresh.prefix)}\n".encode())
        told = process.communicate(timeout=120)[1]
        os.close(slave)
        os.close(master)
        assert process.returncode == code, told
        after = {each["topic_id"] for each in admin.describe_topics([each.name for each in fresh.all])}
    assert (after & before == set()) is (code == 0)
    assert f"Type {fresh.prefix} to go on" in told


def test_making_anew_is_refused_where_nobody_can_be_asked(broker: Broker, station: AtBroker, fresh: Topics) -> None:
    """Without a terminal and without --yes nothing is deleted."""
    apply(broker, fresh)
    refused = station.run("topics", "apply", "--anew", check=False)
    assert (refused.returncode, "--yes" in refused.stderr) == (2, True)
    assert plan(broker, fresh).done


def test_a_broker_without_rights_says_so_in_a_line(station: AtBroker) -> None:
    """It is no error: the topics are made all the same."""
    done = station.run("topics", "apply", "--principal", "relay=User:relay")
    assert "no authorizer" in done.stderr
    assert station.json("topics", "plan", "--principal", "relay=User:relay")["guarded"] is False
    assert station.json("topics", "plan")["guarded"] is None


@pytest.mark.parametrize("given", ["relay", "relay=relay", "=User:x", "nobody=User:x", "relay=User:"])
def test_a_principal_is_named_with_its_service(given: str) -> None:
    """A service nobody knows, or a principal without its kind, is wrong usage."""
    with pytest.raises(Usage, match="relay, project, subscriber"):
        services_of([given])


def test_a_broker_that_is_away_is_told_at_once(tmp_path: Path) -> None:
    """Exit code 4, with the address; without any address, wrong usage."""
    (port,) = free_ports(1)
    away = AtBroker(tmp_path, "", f"127.0.0.1:{port}", "x").run("topics", "plan", check=False)
    assert (away.returncode, f"127.0.0.1:{port}" in away.stderr) == (4, True)
    assert AtBroker(tmp_path, "", "", "x").run("topics", "plan", check=False).returncode == 2


def test_more_copies_than_nodes_are_as_many_as_there_are(broker: Broker, station: AtBroker, fresh: Topics) -> None:
    """It is said, and each node keeps one."""
    with broker.admin() as admin:
        nodes = len(admin.describe_cluster()["brokers"])
    done = station.run("topics", "apply", "--copies", str(nodes + 4))
    assert f"{nodes + 4} copies were asked for" in done.stderr
    assert plan(broker, fresh, copies=nodes + 4).copies == nodes
    assert plan(broker, fresh, copies=nodes + 4).done


def test_what_the_broker_refuses_is_told_with_its_words(broker: Broker) -> None:
    """A prefix no broker takes makes nothing."""
    with pytest.raises(Unavailable, match="the broker does not make"):
        apply(broker, Topics("a prefix"))


def test_further_copies_are_spread_evenly() -> None:
    """Whoever keeps a partition keeps it; the others take turns, and nobody has one twice."""
    made = [spread([1], [1, 2, 3], partition, 2) for partition in range(60)]
    assert Counter(second for _, second in made) == {2: 30, 3: 30}
    assert all(sorted(spread([2], [1, 2, 3], partition, 3)) == [1, 2, 3] for partition in range(60))
    assert spread([3, 1], [1, 3], 7, 2) == [3, 1]


def test_further_copies_are_made_when_nodes_have_come(tmp_path: Path) -> None:
    """Topics of one copy get three, spread over the nodes, with what is in them; two must then have each message."""
    ours = Topics("few")
    try:
        with running(tmp_path / "nodes", 3) as cluster:
            assert apply(cluster.broker, ours, copies=1).done
            producer = cluster.broker.producer()
            for partition in range(60):
                producer.send(ours.entries, b"%d" % partition, partition=partition)
            producer.flush()
            producer.close()
            seen = plan(cluster.broker, ours)
            assert {(each.now, each.wanted) for each in seen.few} == {("1", "3")}
            said: list[str] = []
            assert apply(cluster.broker, ours, told=said.append).done
            assert f"{ours.entries}: 3 copies, not 1" in said
            assert f"{ours.entries}: min.insync.replicas is 2 now, and was 1" in said
            with cluster.broker.admin() as admin:
                every = [one for each in admin.describe_topics([ours.entries]) for one in each["partitions"]]
            assert {tuple(sorted(one["isr_nodes"])) for one in every} == {(1, 2, 3)}
            assert sorted(int(each.value) for each in read_topic(cluster.broker, ours.entries)) == [*range(60)]
            cluster.nodes[-1].kill()
            program = AtBroker(tmp_path, "", cluster.bootstrap, "few")
            for _ in range(5):  # whichever node is asked first
                assert program.json("topics", "plan")["done"], "no less is asked for while a node is away"
    except NoBroker as error:
        skip_or_fail(error)


def skip_or_fail(error: NoBroker) -> Any:
    """Skipped where there can be no broker, unless that is not allowed."""
    if os.environ.get("ROZNAMCHA_REQUIRE_KAFKA"):
        pytest.fail(f"no real broker: {error}")
    pytest.skip(f"no real broker: {error}")
