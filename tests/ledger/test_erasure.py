"""Erased by order: what was sealed of a person is unreadable in every copy there is, and every proof still holds.

The copies are real: the database, a dump of it by pg_dump, the topic of a real broker with its segments on the disk.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap
from eventsourcing.persistence import DatabaseError

from consumers import entries
from consumers.clients import Broker
from consumers.topics import Topics
from domain.common.corrections import ExecutesErasure
from domain.event import ACTS
from roznamcha.errors import Refused
from roznamcha.ledger import verify
from roznamcha.recorder import Datastore
from roznamcha.sealing import Keyring
from roznamcha.store import Store
from schemas import catalogue
from tests.acts import act
from tests.broker.reading import read_topic
from tests.fault.test_restore import dumped, loaded
from tests.ledger.copies import BY, VICTIM, WITNESS, Court, values
from tests.roznamcha.test_relay import relaying
from tests.roznamcha.test_store import store_on

ORDER = {"order": "O/1", "person": "W1"}
EXECUTED = {**ORDER, "second_officer": "CG-2002", "second_officer_rank": "Inspector"}
PATH = "witnesses.0.witness_name"


@contextmanager
def at_work(url: str) -> Iterator[Store]:
    """A store, as a process has one."""
    store = store_on(url)
    yield store
    store.close()
    store.datastore.close()


def erase(url: str, record: str) -> None:
    """By order, and two officers."""
    with at_work(url) as store:
        store.record(act("case.ErasureOrdered", record, **ORDER))
        store.record(act("case.ErasureExecuted", record, **EXECUTED))


def key_of(url: str, record: str, person: str = "W1") -> bytes:
    """The person's key itself, as who has the master key would take it out of the database."""
    query = "SELECT wrapped FROM roznamcha.person_keys WHERE record_id = %s AND person = %s"
    with psycopg.connect(url) as connection, at_work(url) as store:
        (wrapped,) = connection.execute(query, (record, person)).fetchone() or (b"",)
        return aes_key_unwrap(store.keyring._wrapping, bytes(wrapped))  # noqa: SLF001 (whoever has the key can)


def opened(url: str, record: str, master: bytes = b"k" * 32) -> set[str]:
    """Every text of the record that opens in a database, with that master key."""
    datastore = Datastore(url)
    keyring, found = Keyring(datastore, catalogue(), master), set()
    with psycopg.connect(url) as connection:
        query = "SELECT state FROM roznamcha.entries WHERE record_id = %s"
        for (state,) in connection.execute(query, (record,)).fetchall():
            for text in keyring.disclosures(entries.read(catalogue(), bytes(state), 0)).values():
                found.add(str(verify.opened(text)[1]))
    datastore.close()
    return found


def forms(secret: bytes) -> list[bytes]:
    """A secret as it may stand in a file: itself, and as bytes are written, whatever stands before it."""
    coded = [base64.b64encode(b"\0" * n + secret)[4 * (n > 0) + (n > 0) : -4] for n in range(3)]
    coded += [each.translate(bytes.maketrans(b"+/", b"-_")) for each in coded]
    plain = [secret, *coded]
    return [*plain, *(each.hex().encode() for each in plain)]


def found_in(data: bytes, *secrets: bytes) -> list[bytes]:
    """Which secrets stand in these bytes, however they are written."""
    return [each for each in secrets if any(form in data or form.upper() in data for form in forms(each))]


def segments(broker: Broker, topic: str) -> bytes:
    """Every segment of a topic on the broker's disk; empty where the broker is on another machine."""
    with broker.admin() as admin:
        told = json.dumps(admin.describe_log_dirs(), default=str)
    places = {each for each in _paths(json.loads(told)) if Path(each).is_dir()}
    files = [file for each in places for file in Path(each).glob(f"{topic}-*/*.log")]
    return b"".join(file.read_bytes() for file in sorted(files))


def _paths(told: object) -> Iterator[str]:
    if isinstance(told, str) and told.startswith("/"):
        yield told
    for each in told.values() if isinstance(told, dict) else told if isinstance(told, list) else ():
        yield from _paths(each)


def test_the_search_finds_what_is_there() -> None:
    """The means of the tests below: a secret is found by itself, in hexadecimal and in base64 at any place."""
    for front in (b"", b"x", b"xy", b"xyz"):
        for written in (bytes, bytes.hex, base64.b64encode, base64.urlsafe_b64encode):
            told = written(front + b"Zzyxwitness Marked" + b"z" * 4)
            data = told.encode() if isinstance(told, str) else told
            assert found_in(data, b"Zzyxwitness Marked"), (front, written)
    assert not found_in(b"nothing of the kind", b"Zzyxwitness Marked")


def test_no_copy_can_be_read_after_an_erasure(
    attacked: Court, restored_into: str, broker: Broker, topics: Topics, tmp_path: Path
) -> None:
    """Topic, segments, database and a dump: neither name nor key stands in them; proofs hold and say so.

    The name was readable before, and another's still is.
    """
    url, record = attacked.keeper.url, attacked.record
    secrets = (WITNESS.encode(), key_of(url, record))
    assert {WITNESS, VICTIM} <= opened(url, record)
    before = dumped(url)
    with relaying(url, broker, topics) as relay:
        relay.publish()
    erase(url, record)
    with relaying(url, broker, topics) as relay:
        relay.publish()
    messages = read_topic(broker, topics.entries)
    told = b"".join(part for each in messages for part in (each.key, each.value, *(v for _, v in each.headers)))
    assert len(messages) == 7
    assert b"PropertySeized" in told
    assert not found_in(told, *secrets)
    stored = segments(broker, topics.entries)
    assert b"PropertySeized" in stored or not stored
    assert not found_in(stored, *secrets)
    after = dumped(url)
    for dump in (before, after):
        assert "case.PropertySeized" in dump
        assert not found_in(dump.encode(), *secrets)
    assert opened(url, record) >= {VICTIM}
    assert WITNESS not in opened(url, record)
    loaded(restored_into, after.replace("CREATE SCHEMA public;", ""))
    assert WITNESS not in opened(restored_into, record)
    assert VICTIM in opened(restored_into, record)
    _, copy = attacked.copy("sealed", *BY)
    files = verify.unpack(copy)
    (erased,) = json.loads(files[verify.WITHHELD])
    assert (erased["reason"], erased["person"], erased["order"]) == ("erased by order", "W1", "O/1")
    assert WITNESS not in {value for _, value in values(files) if isinstance(value, str)}
    lines = {line: how for line, how, _ in verify.judge(copy, attacked.policy)}
    assert {line for line, how in lines.items() if how == "OK"} == {"INTACT", "LOGGED", "COMPLETE", "DISCLOSED"}
    assert attacked.run("ledger", "audit")["ok"]
    assert attacked.run("verify")["ok"]


def test_what_a_dump_from_before_holds(attacked: Court, restored_into: str) -> None:
    """The wrapped key, which nobody opens without the master key, and who has both does: so the page says.

    Once it is restored, `verify` tells that an erasure is entered whose key is there; carried out again, it is gone.
    """
    url, record = attacked.keeper.url, attacked.record
    before = dumped(url)
    erase(url, record)
    loaded(restored_into, before.replace("CREATE SCHEMA public;", ""))
    assert WITNESS in opened(restored_into, record), "the master key opens it"
    with pytest.raises(Exception, match="another master key"):
        opened(restored_into, record, b"o" * 32)
    erase(restored_into, record)
    assert WITNESS not in opened(restored_into, record)


def test_an_erasure_whose_key_is_there_is_told(attacked: Court) -> None:
    """Somebody puts a kept key back, or restores the table alone."""
    attacked.keeper.tamper("CREATE TABLE public.kept AS TABLE roznamcha.person_keys")
    erase(attacked.keeper.url, attacked.record)
    assert attacked.run("verify")["ok"]
    attacked.keeper.tamper("DELETE FROM roznamcha.person_keys; INSERT INTO roznamcha.person_keys TABLE public.kept")
    attacked.keeper.tamper("DELETE FROM roznamcha.keys_destroyed")
    told = attacked.run("verify", code=3)
    assert "the erasure of W1 in this record was entered, and what was sealed before still opens" in str(told)


def test_a_hold_beats_an_order_and_one_officer_is_too_few(attacked: Court) -> None:
    """Refused at the store's own door, and the key is where it was."""
    url, record = attacked.keeper.url, attacked.record
    with at_work(url) as store:
        with pytest.raises(Refused, match="no order O/1 for W1 stands"):
            store.record(act("case.ErasureExecuted", record, **EXECUTED))
        store.record(act("case.ErasureOrdered", record, **ORDER))
        for second, why in (("CG-1001", "by the same officer twice"), (" ", "second_officer: is empty")):
            with pytest.raises(Refused, match=why):
                store.record(act("case.ErasureExecuted", record, **{**EXECUTED, "second_officer": second}))
        store.record(act("case.LegalHoldPlaced", record, hold="H/1"))
        with pytest.raises(Refused, match="legal hold H/1 stands, and a hold beats an order"):
            store.record(act("case.ErasureExecuted", record, **EXECUTED))
        assert WITNESS in opened(url, record)
        store.record(act("case.LegalHoldLifted", record, hold="H/1"))
        store.record(act("case.ErasureExecuted", record, **EXECUTED))
    assert WITNESS not in opened(url, record)


def seized(record: str, memo: str, name: str = WITNESS) -> object:
    """A seizure before the same witness."""
    items = [
        {
            "id": f"PR/{memo[-1]}",
            "category": "drugs",
            "description": "ganja",
            "seal": "S",
            "quantity": "1",
            "unit": "kg",
        }
    ]
    witnesses = [{"code": "W1", "witness_name": name}]
    return act(
        "case.PropertySeized", record, at="2026-07-05T12:00:00+05:30", items=items, memo=memo, witnesses=witnesses
    )


def test_what_is_sealed_later_has_another_key(attacked: Court) -> None:
    """In the same batch, and by another process that still had the key: it opens, and what was before does not."""
    url, record = attacked.keeper.url, attacked.record
    with at_work(url) as other, at_work(url) as store:
        other.record(seized(record, "SM/2", "Early Marked"))  # so that it has the key at hand
        outcomes = store.record_units([
            [act("case.ErasureOrdered", record, **ORDER)], [act("case.ErasureExecuted", record, **EXECUTED)],
            [seized(record, "SM/3", "Later Marked")],
        ])  # fmt: skip
        assert [each[0].status for each in outcomes] == ["recorded"] * 3
        other.record(seized(record, "SM/4", "Last Marked"))
    found = opened(url, record)
    assert {"Later Marked", "Last Marked"} <= found
    assert not {WITNESS, "Early Marked"} & found
    assert attacked.run("verify")["ok"]


def test_nothing_but_an_erasure_destroys_a_key(attacked: Court) -> None:
    """The application's own role can neither remove a key nor have it removed, but with the act that says so."""
    erase(attacked.keeper.url, attacked.record)
    datastore = Datastore(attacked.keeper.url)
    version = len(attacked.run("history", attacked.record)["entries"])
    unentered = pytest.raises(DatabaseError, match="by an erasure that is entered with it")
    with unentered, datastore.get_connection() as connection:
        connection.execute("SELECT roznamcha.destroy_key(%s, 'V1', %s)", (UUID(attacked.record), version))
    for statement in ("DELETE FROM roznamcha.person_keys", "DELETE FROM roznamcha.keys_destroyed"):
        with pytest.raises(DatabaseError, match="permission denied"), datastore.get_connection() as connection:
            connection.execute(statement.encode())
    datastore.close()
    assert VICTIM in opened(attacked.keeper.url, attacked.record)


def test_a_process_that_only_reads_lets_go_of_the_key(attacked: Court, monkeypatch: pytest.MonkeyPatch) -> None:
    """It had read before the erasure, and never writes: after its minute the column is shut to it as well."""
    url, record = attacked.keeper.url, attacked.record
    with at_work(url) as reader:
        seizure = entries.read(catalogue(), reader.recorder.entries_of([UUID(record)])[1][2], 2)
        assert reader.keyring.open(seizure).witnesses[0].witness_name.text == WITNESS  # type: ignore[attr-defined]
        erase(url, record)
        monkeypatch.setattr("roznamcha.sealing.HELD", -1.0)
        assert reader.keyring.open(seizure).witnesses[0].witness_name.text is None  # type: ignore[attr-defined]
        assert not reader.keyring.disclosures(seizure)


def test_the_database_knows_every_act_of_erasure_by_its_name() -> None:
    """Its function asks for that name: an act that erases and is called otherwise would never be entered."""
    named = {name for name, kind in ACTS.items() if issubclass(kind, ExecutesErasure)}
    assert len(named) > 5
    assert {name.partition(".")[2] for name in named} == {"ErasureExecuted"}
