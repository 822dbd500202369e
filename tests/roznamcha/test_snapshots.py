"""Snapshots: a long record loads from where it was last copied, to the same as from its beginning, or not at all."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consumers import entries
from domain.event import RECORDS, Sealed, fold
from roznamcha import snapshots
from roznamcha.frozen import freeze, thaw
from roznamcha.snapshots import Held
from roznamcha.store import Store
from schemas import catalogue
from tests.roznamcha.desks import hearing, records, shut, store_on
from tests.stories.story import lived, stories

LIVES = [strand for story in stories() for strand in lived(story).strands.values()]
EVERY = 20


@settings(max_examples=150, deadline=None)
@given(chosen=st.sampled_from(LIVES), cut=st.floats(0, 1))
def test_a_copy_and_the_rest_give_the_whole(chosen: Any, cut: float) -> None:
    """Whole lives of cases and inquests, cut anywhere: what was frozen, read back and folded on is the same."""
    history = chosen.entries
    at = round(cut * len(history))
    blank = RECORDS[chosen.record.register].blank(chosen.record.id)
    whole, begun = fold(blank, history), fold(blank, history[:at])
    copy = thaw(freeze(begun))
    assert copy == begun
    rest = fold(copy, history[at:], lambda: history[:at])
    assert rest == whole
    assert freeze(rest) == freeze(whole)  # columns that don't count for equality as well


def test_personal_data_is_not_frozen() -> None:
    """No snapshot could ever hold a name, not even a sealed one."""
    with pytest.raises(TypeError, match="personal data"):
        freeze((1, Sealed("A1", text="a name")))


@pytest.mark.parametrize(
    "text", [b'["record","os:system","true"]', b'["kind","builtins:object"]', b'["x",1]', b"[", b"[]"]
)
def test_nothing_but_the_domains_own_is_thawed(text: bytes) -> None:
    """A text that names anything else makes nothing."""
    with pytest.raises((KeyError, ValueError, TypeError)):
        thaw(text)


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> Callable[[Store, str], tuple[Held, int]]:
    """A record as a store has it that never saw it before, and how many entries were folded for that."""

    def load(store: Store, record: str) -> tuple[Held, int]:
        folded: list[int] = []
        real = store.recorder.entries_after

        def counted(floors: Mapping[UUID, int]) -> list[tuple[UUID, int, bytes]]:
            found = real(floors)
            folded.append(len(found))
            return found

        monkeypatch.setattr(store.recorder, "entries_after", counted)
        store.shelf.clear()
        store.shelf.fetch({UUID(record)})
        held = store.shelf.get(UUID(record))
        assert held is not None
        return held, sum(folded)

    return load


@pytest.fixture
def long(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Store, str]]:
    """A store and a record of 111 entries, copied at its hundredth."""
    monkeypatch.setattr(snapshots, "EVERY", EVERY)
    store = store_on(database)
    (record,) = records(store, 1)
    for _ in range(22):
        store.record_units([[hearing(record)] for _ in range(5)])
    store.shelf.snapshots.close()
    yield store, record
    shut(store)


def whole(store: Store, record: str) -> Held:
    """The record folded from its first entry."""
    history = [entries.read(catalogue(), state) for _, _, state in store.recorder.entries_of([UUID(record)])]
    return Held(fold(RECORDS["case"].blank(UUID(record)), history), history[-1].meta.recorded_at)


def test_a_long_record_loads_from_its_last_copy(long: Any, database: str, loaded: Any) -> None:
    """Of 111 entries no more are folded than came after the copy, and the record is the same."""
    store, record = long
    held, folded = loaded(store, record)
    assert held == whole(store, record)
    assert folded == 11
    other = store_on(database)
    assert loaded(other, record)[1] == 11
    assert other.record(hearing(record)).version == 112
    shut(other)


def test_ten_thousand_entries_load_like_a_few_hundred(database: str, loaded: Any) -> None:
    """With nothing set: what is folded is what came after the last copy, however much came before."""
    store = store_on(database)
    (record,) = records(store, 1)
    folded, entered = [], 1
    for size in (750, 10_250):
        store.record_units([[hearing(record)] for _ in range(size - entered)])
        store.shelf.snapshots.close()  # what is to be copied is copied
        entered = size
        held, many = loaded(store, record)
        assert held == whole(store, record)
        assert held.record.version == size
        folded.append(many)
    assert folded == [250, 250]
    shut(store)


@pytest.mark.parametrize(
    "change",
    [
        "SET state = state || '\\x00'",
        "SET version = version - 1",
        "SET seal = decode(repeat('00', 32), 'hex')",
        "SET shape = decode(repeat('00', 32), 'hex')",
        "SET record_id = '00000000-0000-7000-8000-000000000001'",
        "SET (state, seal) = (SELECT o.state, o.seal FROM ops.snapshots o WHERE o.record_id <> s.record_id)",
    ],
)
def test_a_spoilt_copy_is_passed_over(long: Any, database: str, loaded: Any, change: str) -> None:
    """Whoever may write the table, as the program's own role may, can make loading slow and nothing else."""
    store, record = long
    (second,) = records(store, 1)
    store.record_units([[hearing(second)] for _ in range(EVERY)])
    store.shelf.snapshots.close()
    with psycopg.connect(database) as connection:
        connection.execute("SET ROLE roznamcha_app")
        connection.execute(f"UPDATE ops.snapshots s {change} WHERE record_id = '{record}'".encode())
    held, folded = loaded(store, record)
    assert held == whole(store, record)
    assert folded == 111


def test_other_code_reads_no_old_copy(long: Any, loaded: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the domain is changed, what it folded before counts for nothing; its copies are replaced by new ones."""
    store, record = long
    monkeypatch.setattr(snapshots, "shape_of_code", lambda: b"another")
    assert loaded(store, record)[1] == 111
    store.shelf.snapshots.close()
    assert loaded(store, record)[1] == 0


def test_under_another_key_no_copy_counts(long: Any, database: str, loaded: Any) -> None:
    """The seal is keyed: a store of another master key believes nothing."""
    store, record = long
    store.keyring._snapshots = hmac.new(b"x" * 32, None, "sha256")  # noqa: SLF001 (another master key)
    assert loaded(store, record)[1] == 111
