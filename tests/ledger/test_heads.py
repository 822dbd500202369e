"""Signed heads on Kafka: each once, in order, in the relay's own transaction."""

from __future__ import annotations

from pathlib import Path

import pytest

from consumers.clients import Broker
from consumers.embedded import connected
from consumers.topics import Topics
from roznamcha.errors import Broken
from roznamcha.ledger.heads import last_published
from roznamcha.ledger.kept import Ledger
from roznamcha.ledger.remembered import break_in
from roznamcha.ledger.verify import open_checkpoint
from tests.acts import act
from tests.broker.reading import read_topic
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
    told = attacked.run("ledger", "discontinuity", "--by", "CG-9", "--reason", "an old dump", more=known)
    assert told["previous"]["size"] == 7
    attacked.run("ledger", "run", "--once", more=known)
