"""Signed heads on Kafka: each once, in order, in the relay's own transaction."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from consumers.clients import Broker
from consumers.embedded import connected
from consumers.topics import Topics
from roznamcha.commands.sequencing import kept_on_kafka
from roznamcha.errors import Broken
from roznamcha.ledger.heads import last_published
from roznamcha.ledger.kept import Ledger
from roznamcha.ledger.notes import Signer, body_of, note_of
from roznamcha.ledger.remembered import break_in
from roznamcha.ledger.verify import open_checkpoint
from roznamcha.settings import settings
from tests.acts import act
from tests.broker.copies import create
from tests.broker.nodes import Cluster, NoBroker, new_prefix, running
from tests.broker.reading import read_topic
from tests.broker.shared import REQUIRED
from tests.consumers.feed import write_cases
from tests.consumers.subscribing import stopping, watching
from tests.ledger.copies import Court
from tests.ledger.keeping import Keeper
from tests.roznamcha.test_store import store_on
from tests.roznamcha.told import publish, relaying


def test_each_signed_head_is_published_once(database: str, broker: Broker, topics: Topics, tmp_path: Path) -> None:
    """As it was signed, under the log's name; also when the relay dies on the way, and never after a restore."""
    keeper = Keeper(database, tmp_path)
    notes = []
    for n in range(3):
        write_cases(database, 1, first=n)
        notes.append(keeper.keep())
        if n == 1:
            dying = watching(stopping("relay: sent", 2))
            with dying, relaying(database, broker, topics) as relay, pytest.raises(InterruptedError):
                relay.publish()
        publish(database, broker, topics)
    found = read_topic(broker, topics["checkpoints"].name, 1)
    assert [each.value for each in found] == notes
    assert [each.key for each in found] == [b"tlog.example/cg/2026"] * 3
    assert [dict(each.headers)["previous"] for each in found] == [b"0", b"1", b"2"]
    assert open_checkpoint(found[-1].value).size == 13
    keeper.tamper(
        "DELETE FROM roznamcha.checkpoints WHERE number = 3", "DELETE FROM roznamcha.leaves WHERE index > 8",
        "DELETE FROM roznamcha.tiles", "UPDATE roznamcha.logs SET size = 9",
    )  # fmt: skip
    note = last_published(broker, topics["checkpoints"].name)
    assert note == notes[-1]
    with connected(database) as connection:
        found_break = break_in(Ledger(connection), [note])
    assert found_break is not None
    assert found_break.lost == (9, 12)
    with relaying(database, broker, topics) as relay, pytest.raises(Broken, match="Kafka has 3 checkpoints"):
        relay.publish()


def test_whoever_signs_compares_the_last_head_on_kafka(attacked: Court, broker: Broker, topics: Topics) -> None:
    """Database and memory restored together know no better; the topic does, to every command that would sign."""
    memory, url = attacked.keeper.folder / "data" / "ledger" / "checkpoint", attacked.keeper.url
    tables = ("entries", "leaves", "tiles", "logs", "checkpoints")
    attacked.keeper.tamper(*(f"CREATE TABLE public.kept_{each} AS TABLE roznamcha.{each}" for each in tables))
    before = memory.read_bytes()
    store = store_on(url)
    store.record(act("case.CopyGivenToInformant", attacked.record))
    store.datastore.close()
    attacked.run("ledger", "run", "--once")
    publish(url, broker, topics)
    attacked.keeper.tamper(
        *(f"DELETE FROM roznamcha.{each}" for each in reversed(tables)),
        *(f"INSERT INTO roznamcha.{each} OVERRIDING SYSTEM VALUE TABLE public.kept_{each}" for each in tables),
    )
    memory.write_bytes(before)
    known = {"ROZNAMCHA_KAFKA": broker.bootstrap, "ROZNAMCHA_TOPICS": topics.prefix.removesuffix(".")}
    to = str(attacked.keeper.folder / "x")
    opens = ("--by", "CG-9001,SI,court officer", "--reason", "asked for")
    for asked in (
        ("bundle", attacked.record, "--for", "public", "-o", f"{to}.zip"),
        ("copy", attacked.record, "-o", f"{to}.pdf", *opens),
        ("ledger", "run", "--once"),
    ):
        assert "were signed and are not here" in str(attacked.run(*asked, code=3, more=known)), asked
    assert attacked.run("ledger", "audit", code=3, more=known)["wrong"]
    assert memory.read_bytes() == before
    shown = attacked.run("ledger", "checkpoint", "--published", code=3, more=known)
    assert (shown["size"], shown["goes_on"], shown["topic"]) == (7, False, topics["checkpoints"].name)
    assert "leaves 6 to 6 of tlog.example/cg/2026 were signed and are not here" in shown["why"]
    told = attacked.run("ledger", "discontinuity", "--by", "CG-9", "--reason", "an old dump", more=known)
    assert told["previous"]["size"] == 7
    attacked.run("ledger", "run", "--once", more=known)


def test_the_last_published_head_beside_the_store(attacked: Court, broker: Broker, topics: Topics) -> None:
    """None yet; the store's own; one that was signed by nobody of ours: each is told."""
    known = {"ROZNAMCHA_KAFKA": broker.bootstrap, "ROZNAMCHA_TOPICS": topics.prefix.removesuffix(".")}
    asked = ("ledger", "checkpoint", "--published")
    assert "no checkpoint stands on" in attacked.run(*asked, code=1, more=known)
    publish(attacked.keeper.url, broker, topics)
    shown = attacked.run(*asked, more=known)
    assert (shown["goes_on"], shown["why"], shown["size"]) == (True, "", 6)
    assert shown["note"] == attacked.run("ledger", "checkpoint")["note"]
    assert "leave --log" in attacked.run(*asked, "--log", "2026", code=2, more=known)
    signer = Signer("tlog.example/cg/2026", b"x" * 32)
    body = body_of(signer.name, 6, b"l" * 32)
    with broker.producer() as producer:
        producer.send(topics["checkpoints"].name, note_of(body, signer.sign(body)), partition=0).get(30)
    assert "is no head of this ledger" in attacked.run(*asked, code=3, more=known)


@contextmanager
def away(how: str) -> Iterator[str]:
    """The address of a broker that isn't there: nobody listens, or who does hangs up, or says nothing."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        if how == "nobody listens":
            yield address
            return
        taken.listen()
        taken.settimeout(0.1)
        ended = threading.Event()

        def hang_up() -> None:
            held = []
            while not ended.is_set():
                with suppress(TimeoutError):
                    held.append(taken.accept()[0])
                    if how == "hangs up":
                        held.pop().close()
            for each in held:
                each.close()

        answering = threading.Thread(target=hang_up)
        answering.start()
        yield address
        ended.set()
        answering.join()


@pytest.mark.parametrize("how", ["nobody listens", "hangs up", "says nothing"])
def test_a_broker_that_is_away_stops_nobody_who_signs(
    attacked: Court, how: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is told that nothing was compared, and the ledger goes on; who asks for the published head gets an error."""
    store = store_on(attacked.keeper.url)
    store.record(act("case.HearingHeld", attacked.record))
    store.datastore.close()
    with away(how) as address:
        known, before = {"ROZNAMCHA_KAFKA": address}, time.monotonic()
        office = SimpleNamespace(settings=replace(settings(), kafka=address))
        assert kept_on_kafka(office) == []  # type: ignore[arg-type]  # of which it asks the settings alone
        assert "the last checkpoint on Kafka is not compared" in capsys.readouterr().err
        assert attacked.run("ledger", "run", "--once", more=known)["signed"] == 1
        told = attacked.run("ledger", "checkpoint", "--published", code=4, more=known)
        assert address in told
        assert time.monotonic() - before < 120, "each look is given up in seconds"
    assert "no broker is named" in attacked.run("ledger", "checkpoint", "--published", code=2)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Cluster]:
    """A broker of the test's own, which it may kill."""
    if os.environ.get("ROZNAMCHA_KAFKA"):
        pytest.skip("a broker that is named is not ours to kill")
    try:
        with running(tmp_path / "broker") as made:
            yield made
    except NoBroker as error:
        if os.environ.get(REQUIRED):
            pytest.fail(f"no real broker, and {REQUIRED} is set: {error}")
        pytest.skip(f"no real broker: {error}")


def test_a_broker_that_goes_away(attacked: Court, own: Cluster) -> None:
    """What stood on it can't be had: who signs goes on, who asks for the published head is told that nobody answers."""
    topics = Topics(new_prefix().removesuffix("."))
    create(own.broker, topics, tuple(each.short for each in topics.all))
    publish(attacked.keeper.url, own.broker, topics)
    known = {"ROZNAMCHA_KAFKA": own.bootstrap, "ROZNAMCHA_TOPICS": topics.prefix.removesuffix(".")}
    asked = ("ledger", "checkpoint", "--published")
    assert attacked.run(*asked, more=known)["goes_on"]
    for node in own.nodes:
        node.kill()
    store = store_on(attacked.keeper.url)
    store.record(act("case.HearingHeld", attacked.record))
    store.datastore.close()
    assert own.bootstrap in attacked.run(*asked, code=4, more=known)
    assert attacked.run("ledger", "run", "--once", more=known)["signed"] == 1
