"""Sealed columns: opened by their person's key alone, bound to their place, gone when the key is gone."""

from __future__ import annotations

import base64
import hashlib
import json
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap

from consumers import entries
from domain.event import ACTS, Event, Sealed
from roznamcha.errors import Broken
from roznamcha.master_key import load_master_key
from roznamcha.sealing import Keyring, without_text
from roznamcha.store import Store
from schemas import catalogue
from tests.acts import act
from tests.roznamcha.test_store import store_on

NAME = "Zzyx Qqworth"


def entered(store: Store, **fields: str) -> Event[Sealed]:  # type: ignore[type-var]
    """An FIR with a named informant, as it is kept."""
    outcome = store.record(act("case.FIRRegistered", **({"informant_name": NAME} | fields)))
    return entries.read(catalogue(), store.recorder.entries_of([outcome.record_id])[0][2])


def test_a_sealed_column_is_unreadable_in_the_store_and_opens_with_its_key(database: str) -> None:
    """The stored bytes don't hold the name; the keyring gives it back."""
    store = store_on(database)
    entry = entered(store)
    with psycopg.connect(database) as connection:
        kept = connection.execute("SELECT state FROM roznamcha.entries").fetchall()
    assert all(NAME.encode() not in bytes(state) for (state,) in kept)
    assert entry.informant_name.text is None  # type: ignore[attr-defined]
    assert store.keyring.open(entry).informant_name.text == NAME  # type: ignore[attr-defined]
    store.datastore.close()


def test_the_digest_is_that_of_an_rfc_9901_disclosure(database: str) -> None:
    """Anyone who is given the disclosure can recompute the digest with SHA-256 alone."""
    store = store_on(database)
    entry = entered(store)
    value, meta = entry.informant_name, entry.meta  # type: ignore[attr-defined]
    with psycopg.connect(database) as connection:
        row = connection.execute(
            "SELECT wrapped FROM roznamcha.person_keys WHERE record_id = %s AND person = %s",
            (meta.record_id, value.person),
        ).fetchone()
    assert row is not None
    key = aes_key_unwrap(store.keyring._wrapping, row[0])  # noqa: SLF001 (what an auditor with the key would do)
    bound = meta.entry_id.bytes + b"informant_name"
    disclosure = AESGCM(key).decrypt(value.box[:12], value.box[12:], bound)
    assert hashlib.sha256(disclosure).digest() == value.digest
    salt, name, text = json.loads(base64.urlsafe_b64decode(disclosure + b"=" * (-len(disclosure) % 4)))
    assert (name, text) == ("informant_name", NAME)
    assert len(base64.urlsafe_b64decode(salt + "==")) == 16
    store.datastore.close()


def test_the_same_name_twice_looks_different(database: str) -> None:
    """Neither digest nor box tells that two entries name the same person."""
    store = store_on(database)
    one, two = entered(store), entered(store)
    assert one.informant_name.digest != two.informant_name.digest  # type: ignore[attr-defined]
    assert one.informant_name.box != two.informant_name.box  # type: ignore[attr-defined]
    store.datastore.close()


def test_a_destroyed_key_seals_for_ever(database: str) -> None:
    """After the person's key is gone nothing opens the box, and the entry is still read."""
    store = store_on(database)
    entry = entered(store)
    with psycopg.connect(database) as connection:
        connection.execute("DELETE FROM roznamcha.person_keys WHERE record_id = %s", (entry.meta.record_id,))
    store.keyring.forget()
    assert store.keyring.open(entry).informant_name.text is None  # type: ignore[attr-defined]
    store.datastore.close()


def test_a_box_moved_or_changed_is_noticed(database: str) -> None:
    """A box opens only in its own entry and column, and only unchanged."""
    store = store_on(database)
    entry = entered(store)
    value = entry.informant_name  # type: ignore[attr-defined]
    flipped = replace(value, box=value.box[:-1] + bytes([value.box[-1] ^ 1]))
    elsewhere = replace(entry, meta=replace(entry.meta, entry_id=uuid4()))
    for bad in (replace(entry, informant_name=flipped), elsewhere):  # type: ignore[call-arg]
        with pytest.raises(Broken, match="does not open"):
            store.keyring.open(bad)
    store.datastore.close()


def test_two_processes_that_draw_a_key_for_one_person_use_the_same(database: str) -> None:
    """The first key stored holds; whoever lost the race seals with the winner's."""
    one, two = store_on(database), store_on(database)
    record_id = UUID(int=7)
    event = act("case.FIRRegistered", informant_name=NAME).event
    event = replace(event, meta=replace(event.meta, record_id=record_id, entry_id=uuid4()))
    one.keyring.ready([(record_id, event)])
    two.keyring.ready([(record_id, event)])
    sealed = one.keyring.seal(event)
    assert two.keyring.open(sealed).informant_name.text == NAME  # type: ignore[attr-defined]  # an FIR
    for each in (one, two):
        each.datastore.close()


def test_the_master_key_is_made_once_and_kept_to_its_owner(tmp_path: Path) -> None:
    """A second call reads the same key; nobody else may read the file; a spoilt file stops the program."""
    path = tmp_path / "keys" / "master.key"
    key = load_master_key(path)
    assert load_master_key(path) == key
    assert len(key) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_text("not a key")
    with pytest.raises(Broken, match="64 hexadecimal digits"):
        load_master_key(path)


def test_another_master_key_stops_the_program(database: str) -> None:
    """Keys wrapped by a lost master key are not taken for destroyed ones."""
    store = store_on(database)
    entry = entered(store)
    other = Keyring(store.datastore, catalogue(), b"other" * 8)
    with pytest.raises(Broken, match="another master key"):
        other.open(entry)
    store.datastore.close()


def test_what_decides_is_told_that_something_is_sealed_and_not_what() -> None:
    """Before rules are asked the texts are taken out, in lists and in their rows too; the act itself keeps them."""
    victim = {"code": "V1", "gender": "female", "victim_name": "Sita"}
    told = act("case.FIRRegistered", contents="Sita tells", victims=[victim])
    seen = without_text(told.event)
    assert "Sita" in told.event.contents.text  # type: ignore[attr-defined]
    assert seen.contents == Sealed()  # type: ignore[attr-defined]
    assert seen.contents.text is None  # type: ignore[attr-defined]
    assert seen.victims[0].victim_name.text is None  # type: ignore[attr-defined]
    assert (seen.victims[0].code, seen.victims[0].address) == ("V1", None)  # type: ignore[attr-defined]


def watching(seen: list[str | None], step: Callable[..., Any]) -> Callable[..., Any]:
    """A step of deciding that also notes what it could have read."""

    def watched(self: Any, record: Any) -> Any:
        seen.append(self.contents.text)
        return step(self, record)

    return watched


def test_no_rule_of_the_store_sees_a_text(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither refusals, doubts nor the record are made of what is sealed."""
    seen: list[str | None] = []
    kind = ACTS["case.FIRRegistered"]
    for step in ("refuse", "doubt", "apply"):
        monkeypatch.setattr(kind, step, watching(seen, getattr(kind, step)))
    store = store_on(database)
    store.record(act("case.FIRRegistered", contents="Sita tells"))
    store.datastore.close()
    assert seen == [None, None, None]
