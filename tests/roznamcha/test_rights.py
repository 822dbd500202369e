"""Rights given as the data have them, on a broker that asks everybody who he is, and what they allow and forbid."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from kafka.admin import ScramMechanism, UserScramCredentialUpsertion

from consumers.clients import Away, Broker, KafkaError, TopicPartition
from consumers.embedded import connected
from consumers.probing import why_not
from consumers.slots import SLOTS
from consumers.topics import Topics
from roznamcha.broker import reaching
from roznamcha.errors import Unavailable
from roznamcha.relay import Relay
from roznamcha.rights import Right, give, granted, services_of, take_away, wanted
from roznamcha.topic_plan import apply, plan
from schemas import catalogue
from tests.broker.nodes import NoBroker, also, prepared, started
from tests.broker.tls import certified
from tests.consumers.feed import write_cases
from tests.consumers.posted import folded
from tests.consumers.subscribing import own, subscriber
from tests.roznamcha.test_relaying import entered
from tests.roznamcha.test_topics import AtBroker, skip_or_fail

__all__ = ["own"]
PEOPLE = ("admin", "relay", "project", "court")
SERVICES = {"relay": "User:relay", "project": "User:project", "subscriber": "User:court"}
NAMED = [part for service, principal in SERVICES.items() for part in ("--principal", f"{service}={principal}")]
LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule required"
SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule required"
PASSWORD = "न्याय-17"  # noqa: S105 (of a broker that lives for some seconds)
GUARDED = [
    "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "super.users=User:ANONYMOUS;User:admin",  # the node speaks to itself as nobody
    "listener.security.protocol.map=CLIENTS:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
    "sasl.enabled.mechanisms=PLAIN",
    "sasl.mechanism.inter.broker.protocol=PLAIN",
    f"listener.name.clients.plain.sasl.jaas.config={LOGIN} username=admin password=admin "
    + " ".join(f"user_{name}={name}" for name in PEOPLE) + ";",
]  # fmt: skip


def options(name: str) -> dict[str, str]:
    """How one of them proves who he is."""
    return {
        "security_protocol": "SASL_PLAINTEXT", "sasl_mechanism": "PLAIN", "sasl_plain_username": name,
        "sasl_plain_password": name,
    }  # fmt: skip


class Guarded(NamedTuple):
    """A broker with an authorizer: its address, that of its other door, over TLS, and the authority behind that."""

    address: str
    tls: str
    authority: Path


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """That broker, with both doors open."""
    folder = tmp_path_factory.mktemp("guarded")
    trusted, shown = certified(folder / "tls")
    over = [
        "listener.name.tls.ssl.keystore.type=PEM", f"listener.name.tls.ssl.keystore.location={shown}",
        "listener.name.tls.sasl.enabled.mechanisms=SCRAM-SHA-512",
        f"listener.name.tls.scram-sha-512.sasl.jaas.config={SCRAM};",
    ]  # fmt: skip
    try:
        made = prepared(folder / "nodes", more=[*GUARDED, *over])
        tls = also(made, "SASL_SSL")
        with started(made) as cluster:
            yield Guarded(cluster.bootstrap, tls, trusted)
    except NoBroker as error:
        skip_or_fail(error)


@pytest.fixture(scope="module")
def guarded(doors: Guarded) -> str:
    """The address of that broker."""
    return doors.address


def as_(name: str, address: str) -> Broker:
    """The broker as one of them comes to it."""
    return Broker(address, options(name))


def station(folder: Path, address: str, prefix: str, name: str = "admin") -> AtBroker:
    """The program, with its secret in a file."""
    secret = folder / "options.json"
    secret.write_text(json.dumps(options(name)))
    return AtBroker(folder, "", address, prefix, str(secret))


def wait_until(holds: Callable[[], bool]) -> None:
    """Ask again until it holds: the node that is asked hears of a change a moment later."""
    until = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < until


def test_who_does_not_say_who_he_is_is_told_so(guarded: str) -> None:
    """By a real broker: nothing said, in another way, with a wrong password."""
    for wrong, words in (
        ({}, "wants to know who we are (PLAIN)"),
        (options("relay") | {"sasl_mechanism": "SCRAM-SHA-256"}, "takes PLAIN as proof"),
        (options("relay") | {"sasl_plain_password": "x"}, "are name and password right?"),
    ):
        with (
            pytest.raises(Away, match=re.escape(words)),
            Broker(guarded, {"bootstrap_timeout_ms": 500, **wrong}).admin(),
        ):
            pass
    assert "speaks no TLS" in why_not(guarded, {"security_protocol": "SSL"})


def test_rights_are_given_once_and_a_lost_one_is_planned_again(guarded: str, tmp_path: Path) -> None:
    """Applied, seen, nothing left to do; one taken away by hand is the one thing that is planned, and given again."""
    program, ours = station(tmp_path, guarded, "first"), Topics("first")
    needs = wanted(ours, SERVICES)
    assert len(program.json("topics", "plan", *NAMED)["rights"]) == len(needs) == 14
    made = program.json("topics", "apply", *NAMED)
    assert sum(line.startswith("right given: ") for line in made["made"]) == len(needs)
    assert made["done"]
    lost = Right("User:relay", "write", "topic", "first.", "prefixed")
    with as_("admin", guarded).admin() as admin:
        assert needs <= (granted(admin) or set())
        take_away(admin, [lost])
        wait_until(lambda: lost not in (granted(admin) or ()))
    assert program.json("topics", "plan", *NAMED)["rights"] == [lost._asdict()]
    assert "right missing: User:relay may write the topic first.*" in program.run("topics", "plan", *NAMED).stdout
    assert program.json("topics", "apply", *NAMED)["made"] == [f"right given: {lost}"]


def test_a_right_too_many_is_told_and_taken_away_only_when_asked(guarded: str, tmp_path: Path) -> None:
    """Of the principals that were named; another's is told and never touched, and so is what lies elsewhere."""
    program, ours = station(tmp_path, guarded, "second"), Topics("second")
    stray = Right("User:court", "write", "topic", ours.entries, "literal")
    other = Right("User:other", "delete", "topic", "second.", "prefixed")
    elsewhere = Right("User:court", "write", "topic", "second-test.entries.v1", "literal")
    with as_("admin", guarded).admin() as admin:
        give(admin, [stray, other, elsewhere])
        wait_until(lambda: {stray, other, elsewhere} <= (granted(admin) or set()))
        planned = program.json("topics", "apply", *NAMED)
        assert planned["extra"] == [stray._asdict(), other._asdict()]
        assert planned["done"]
        revoked = program.json("topics", "apply", "--revoke", *NAMED)
        assert (revoked["made"], revoked["extra"]) == ([f"right taken away: {stray}"], [other._asdict()])
        assert {other, elsewhere} <= (granted(admin) or set())


@pytest.fixture(scope="module")
def ours(guarded: str) -> Topics:
    """Topics with the rights of the data, and no others."""
    made = Topics("raipur")
    assert apply(as_("admin", guarded), made, services=SERVICES).done
    return made


def publish(broker: Broker, transactional_id: str | None, *topics: str) -> None:
    """Send a message to each topic, in one transaction where an id is given."""
    producer = broker.producer(transactional_id, max_block_ms=10_000)
    try:
        if transactional_id:
            producer.init_transactions()
            producer.begin_transaction()
        for each in topics:
            producer.send(each, b"value", key=b"key", partition=0).get(10)
        if transactional_id:
            producer.commit_transaction()
    finally:
        producer.close(timeout=1)


def read(broker: Broker, topic: str, group: str | None = None) -> list[Any]:
    """What is in a topic; in a group also where it stands is kept."""
    consumer = broker.consumer(group)
    try:
        places = [TopicPartition(topic, slot) for slot in range(SLOTS)]
        consumer.assign(places)
        ends, found = consumer.end_offsets(places), []
        while any(consumer.position(each) < ends[each] for each in places):
            found += [each for batch in consumer.poll(500).values() for each in batch]
        if group:
            consumer.commit()
        return found
    finally:
        consumer.close()


def test_each_service_can_do_its_work(guarded: str, ours: Topics, database: str) -> None:
    """The relay publishes and begins again; the project reads in its group and writes dead letters; others read."""
    write_cases(database, 5)
    for entries in (20, 0):
        with connected(database) as connection:
            relay = Relay(connection, as_("relay", guarded), ours, catalogue())
            assert relay.publish() == entries
            relay.close()
    for name, group in (("project", ours.group("main")), ("court", "a group of its own")):
        assert len(read(as_(name, guarded), ours.entries, group)) == 20
    publish(as_("project", guarded), None, ours.dead)


def test_nobody_else_can_write(guarded: str, ours: Topics) -> None:
    """Neither the project nor a downstream system writes an entry, or takes the relay's id."""
    for name in ("project", "court"):
        with pytest.raises(KafkaError, match="Authorization"):
            publish(as_(name, guarded), None, ours.entries)
        with pytest.raises(KafkaError, match="Authorization"):
            publish(as_(name, guarded), ours.relay_id, ours.entries)
    with pytest.raises(KafkaError, match="Authorization"):
        publish(as_("court", guarded), None, ours.dead)


def test_who_may_not_apply_is_told_so(guarded: str, tmp_path: Path) -> None:
    """Without the right to make topics nothing is made, and the broker's reason is the message; exit code 4."""
    done = station(tmp_path, guarded, "third", "court").run("topics", "apply", check=False)
    assert done.returncode == 4
    assert "does not make third." in done.stderr
    assert len(plan(as_("admin", guarded), Topics("third"), services=services_of([])).missing) == len(Topics().all)


# --- over TLS --------------------------------------------------------------------------------------------------------


@pytest.fixture
def secret(doors: Guarded) -> dict[str, str]:
    """How the administrator comes in by the other door: who the broker is is proved, and by SCRAM who he is."""
    with as_("admin", doors.address).admin() as admin:
        wanted = [UserScramCredentialUpsertion("admin", ScramMechanism.SCRAM_SHA_512, PASSWORD, 4096)]
        assert admin.alter_user_scram_credentials(wanted) == {"admin": None}
    return {
        "security_protocol": "SASL_SSL", "sasl_mechanism": "SCRAM-SHA-512", "sasl_plain_username": "admin",
        "sasl_plain_password": PASSWORD, "ssl_cafile": str(doors.authority),
    }  # fmt: skip


def test_everything_goes_over_tls_too(
    doors: Guarded, secret: dict[str, str], database: str, own: str, tmp_path: Path
) -> None:
    """By the settings: topics, relay, follower and doctor; and the kit of another system."""
    (tmp_path / "options.json").write_text(json.dumps(secret))
    program = AtBroker(tmp_path, database, doors.tls, "tls", str(tmp_path / "options.json"))
    assert apply(Broker(doors.tls, secret), Topics("tls")).done
    entered(program, 4)
    assert program.json("relay", "--once")["published"] == 4
    follows = program.start("project", "--source", "kafka")
    try:
        wait_until(lambda: folded(database) == 4)
    finally:
        follows.terminate()
        follows.communicate(timeout=30)
    document = program.json("doctor")
    told = {each["part"]: each for each in document["parts"]}
    assert told["position"]["ok"] is told["broker"]["ok"] is True
    assert PASSWORD not in json.dumps(document, ensure_ascii=False)
    assert subscriber(own, Broker(doors.tls, secret), Topics("tls")).catch_up() == 4


def test_what_is_wrong_with_tls_is_told(doors: Guarded, secret: dict[str, str], tmp_path: Path) -> None:
    """Another authority, another name, no certificate, a wrong password, none: one line with what to set, exit 4."""
    other, _ = certified(tmp_path / "other")
    (tmp_path / "garbage.pem").write_text("hello")
    port = doors.tls.rpartition(":")[2]
    cases: list[tuple[str, dict[str, str], str]] = [
        (doors.tls, {"ssl_cafile": str(other)}, "shows a certificate that isn't taken: unable to get local issuer"),
        (f"localhost:{port}", {}, "isn't taken: Hostname mismatch, certificate is not valid for 'localhost'"),
        (doors.tls, {"ssl_cafile": str(tmp_path / "garbage.pem")}, "ssl_cafile names holds no certificate"),
        (doors.tls, {"sasl_plain_password": "x"}, "doesn't take our proof of who we are (SCRAM-SHA-512)"),
        (doors.tls, {"security_protocol": "SSL"}, "wants to know who we are (SCRAM-SHA-512): say SASL_SSL"),
    ]
    for address, wrong, words in cases:
        broker = Broker(address, {"bootstrap_timeout_ms": 200, **secret, **wrong})
        with pytest.raises(Unavailable, match=re.escape(words)), reaching(broker), broker.admin():
            pass
    (tmp_path / "options.json").write_text(json.dumps(secret | {"sasl_plain_password": "mistyped"}))
    done = AtBroker(tmp_path, "", doors.tls, "tls", str(tmp_path / "options.json")).run("topics", "plan", check=False)
    assert (done.returncode, done.stderr.count("\n")) == (4, 1)
    assert "are name and password right?" in done.stderr
    assert "mistyped" not in done.stderr
