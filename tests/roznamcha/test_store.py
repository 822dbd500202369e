"""The writing desk: entered once, numbered without a gap, decided against the record as it stands, nothing lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from consumers import entries
from roznamcha.errors import Refused
from roznamcha.intake import read_act
from roznamcha.recorder import Datastore, Line
from roznamcha.sealing import Keyring
from roznamcha.store import Store
from roznamcha.units import Outcome
from schemas import catalogue
from tests.acts import NOW, act, sent

FIR, COPY = "case.FIRRegistered", "case.HearingHeld"


def store_on(url: str, now: datetime = NOW) -> Store:
    """A store whose clock stands still."""
    datastore = Datastore(url)
    return Store(datastore, catalogue(), Keyring(datastore, catalogue(), b"k" * 32), lambda: now)


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    """An empty store."""
    made = store_on(database)
    yield made
    made.datastore.close()


def ids() -> str:
    """A command id nobody has used."""
    return str(uuid4())


def test_the_same_command_is_entered_once_and_answered_alike(store: Store) -> None:
    """A command sent again after a lost answer gets the first answer."""
    sent = act(FIR, "old:1", command_id=ids())
    first, again = store.record(sent), store.record(sent)
    assert first.status == "recorded"
    assert again == replace(first, status="already")


def test_the_same_command_in_one_batch_is_entered_once(store: Store) -> None:
    """Twins inside a batch are one."""
    sent = act(FIR, "old:1", command_id=ids())
    first, twin = (outcomes[0] for outcomes in store.record_units([[sent], [sent]]))
    assert (first.status, twin.status) == ("recorded", "already")
    assert first.entry_id == twin.entry_id


def test_a_command_id_means_one_act(store: Store) -> None:
    """Another act under a used command id is refused, and says so."""
    command = ids()
    store.record(act(FIR, "old:1", command_id=command))
    with pytest.raises(Refused, match="was used for another act"):
        store.record(act(FIR, "old:2", command_id=command))


def test_a_refused_command_stays_refused(store: Store) -> None:
    """What was refused under its command id is refused alike later, unless a new decision is asked for."""
    early = act(COPY, "CG-RPR-01/0001/2026", command_id=ids())
    with pytest.raises(Refused, match="no record is called"):
        store.record(early)
    store.record(act(FIR))
    with pytest.raises(Refused, match="no record is called"):
        store.record(early)
    assert store.record_units([[early]], again=True)[0][0].status == "recorded"


def test_fir_numbers_count_from_one_without_a_gap(store: Store) -> None:
    """A refused registration burns no number; each station and each year count for themselves."""
    assert [store.record(act(FIR, f"old:{n}")).called for n in range(2)] == [
        "CG-RPR-01/0001/2026",
        "CG-RPR-01/0002/2026",
    ]
    with pytest.raises(Refused):
        store.record(act(FIR, "old:0"))
    units = [[act(FIR, f"new:{n}")] for n in range(3)] + [[act(FIR, "older", at="2025-12-31T23:59:00+05:30")]]
    called = [outcomes[0].called for outcomes in store.record_units(units)]
    assert called == [*(f"CG-RPR-01/000{n}/2026" for n in (3, 4, 5)), "CG-RPR-01/0001/2025"]


def test_a_supplied_number_is_taken_once(store: Store) -> None:
    """A number from a legacy register is kept, and no other record gets it; the next one counts on from it."""
    assert store.record(act(FIR, "old:1", fir_number=41, year=2026)).called == "CG-RPR-01/0041/2026"
    with pytest.raises(Refused, match="CG-RPR-01/0041/2026 is already the number of another record"):
        store.record(act(FIR, "old:2", fir_number=41, year=2026))
    both = store.record_units([[act(FIR, "a", fir_number=50, year=2026)], [act(FIR, "b", fir_number=50, year=2026)]])
    assert [outcomes[0].status for outcomes in both] == ["recorded", "refused"]
    assert store.record(act(FIR, "old:3")).called == "CG-RPR-01/0051/2026"


def test_a_record_is_found_by_id_number_and_legacy_key(store: Store) -> None:
    """All three names lead to the same record."""
    outcome = store.record(act(FIR, "register-19:7"))
    for name in (str(outcome.record_id), outcome.called, "register-19:7"):
        assert store.find(name) == outcome.record_id
        assert store.record(act(COPY, name)).record_id == outcome.record_id


def test_a_unit_is_entered_whole_or_not_at_all(store: Store) -> None:
    """If the second act of a line is refused, the first isn't entered either; the next line is."""
    units = [[act(FIR, "a"), act(FIR, "a")], [act(FIR, "b"), act(COPY, "b")]]
    bad, good = store.record_units(units)
    assert [each.status for each in bad] == ["refused", "refused"]
    assert [each.status for each in good] == ["recorded", "recorded"]
    assert store.find("a") is None


def test_an_impossible_custody_move_is_refused_and_recorded(store: Store) -> None:
    """The attempt is a fact of its own, and the same command doesn't record it twice."""
    store.record(act(FIR, "a"))
    sent = act("case.PropertyMoved", "a", command_id=ids(), property_id="PR/9")
    for _ in range(2):
        with pytest.raises(Refused, match="PR/9 cannot"):
            store.record(sent)
    record_id = store.find("a")
    assert record_id is not None
    history = [entries.read(catalogue(), state) for _, _, state in store.recorder.entries_of([record_id])]
    assert [entry.name for entry in history] == [FIR, "case.CustodyMoveRefused"]
    assert history[1].attempted == "case.PropertyMoved"  # type: ignore[attr-defined]


def test_a_correction_must_name_its_entry_by_id_and_version_alike(store: Store) -> None:
    """A slip in one of the two must not strike another line."""
    first = store.record(act(FIR, "a"))
    second = store.record(act(COPY, "a"))
    wrong = act("case.EntryCorrected", "a", entry=str(first.entry_id), version=second.version)
    with pytest.raises(Refused, match="entry 2 of this record has another id"):
        store.record(wrong)
    right = act("case.EntryCorrected", "a", entry=str(second.entry_id), version=second.version)
    assert store.record(right).status == "recorded"


def test_two_stores_decide_against_what_the_other_entered(database: str) -> None:
    """A record held in memory is not believed when another process has written to it."""
    one, two = store_on(database), store_on(database)
    record = str(one.record(act(FIR, "a")).record_id)
    two.record(act(COPY, record))
    assert [one.record(act(COPY, record)).version, two.record(act(COPY, record)).version] == [3, 4]
    with pytest.raises(Refused, match="R1"):
        one.record(act("case.ProsecutionClearanceGiven", record, request="R1"))
    two.record(act("case.ProsecutionOpinionSought", record, request="R1"))
    assert one.record(act("case.ProsecutionClearanceGiven", record, request="R1")).status == "recorded"
    for each in (one, two):
        each.datastore.close()


def test_many_writers_at_once_lose_and_double_nothing(database: str) -> None:
    """Four stores write to the same records and number the same station: versions and numbers have no gap."""
    first = store_on(database)
    shared = [str(first.record(act(FIR, f"shared:{n}")).record_id) for n in range(3)]
    outcomes: list[Outcome] = []

    def work(number: int) -> None:
        mine = store_on(database)
        for n in range(15):
            outcomes.append(mine.record(act(COPY, shared[n % 3], command_id=ids())))
            outcomes.append(mine.record(act(FIR, f"own:{number}:{n}", command_id=ids())))
        mine.datastore.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len({(each.record_id, each.version) for each in outcomes}) == len(outcomes) == 120
    assert sorted(each.called for each in outcomes if each.called) == [f"CG-RPR-01/{n:04d}/2026" for n in range(4, 64)]
    first.datastore.close()


def test_nobody_enters_past_a_missing_version(store: Store) -> None:
    """Version 3 on a record of one entry would leave a hole for good: the store's door doesn't take it."""
    outcome = store.record(act(FIR, "a"))
    stream = outcome.record_id
    state = store.recorder.entries_of([stream])[0][2]
    for version in (1, 3):
        line = Line(stream, version, FIR, state, stream, uuid4(), b"d")
        assert store.recorder.append([line]) == {}
    good = Line(stream, 2, FIR, state, stream, uuid4(), b"d")
    gap = [replace(good, version=3, command_id=uuid4()), replace(good, version=5, command_id=uuid4())]
    assert store.recorder.append([good]).keys() == {(stream, 2)}
    assert store.recorder.append(gap) == {}


def test_the_future_is_refused_and_a_clock_set_back_is_not_believed(database: str) -> None:
    """An act of tomorrow isn't entered; after the clock was set back, entries are still recorded in order."""
    store = store_on(database)
    with pytest.raises(Refused, match="is in the future"):
        store.record(act(FIR, "a", at="2026-11-24T06:33:00Z"))
    record = str(store.record(act(FIR, "a")).record_id)
    back = store_on(database, NOW - timedelta(days=30))
    back.record(act(COPY, record))
    history = [entries.read(catalogue(), state) for _, _, state in store.recorder.entries_of([UUID(record)])]
    assert history[1].meta.recorded_at == history[0].meta.recorded_at == NOW
    for each in (store, back):
        each.datastore.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE roznamcha.entries SET topic = 'x'",
        "DELETE FROM roznamcha.entries",
        "TRUNCATE roznamcha.entries",
        "INSERT INTO roznamcha.entries SELECT * FROM roznamcha.entries",
        "DELETE FROM roznamcha.commands",
        "UPDATE roznamcha.names SET number = 1",
        "DELETE FROM roznamcha.refusals",
        "ALTER TABLE roznamcha.entries DISABLE TRIGGER ALL",
        "CREATE TABLE roznamcha.mine (a int)",
    ],
)
def test_the_application_may_only_read_and_append(store: Store, statement: str) -> None:
    """The role the program works under can't change or remove an entry, nor go past the door."""
    store.record(act(FIR, "a"))
    with store.datastore.pool.connection() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement.encode())


@pytest.mark.parametrize("table", ["entries", "commands", "names"])
def test_even_the_owner_is_told_that_entries_never_change(store: Store, database: str, table: str) -> None:
    """A trigger stands in the way of a careless owner; it is a fence, not a proof."""
    store.record(act(FIR, "a"))
    with psycopg.connect(database) as connection, pytest.raises(psycopg.Error, match="an entry is never changed"):
        connection.execute(f"DELETE FROM roznamcha.{table}".encode())


def test_a_number_by_hand_that_leaves_a_gap_is_doubted(store: Store) -> None:
    """The first one takes a register over where it stands; after that a leap may be a slip of the pen."""
    for sent_first in act(FIR, "a", fir_number=41, year=2026), act(FIR, "b"):
        assert not any("gap" in each for each in store.record(sent_first).doubts)
    leap = store.record(act(FIR, "c", fir_number=7777, year=2026))
    assert any("number 7777 of CG-RPR-01 in 2026 was given by hand and leaves a gap after 42" in each
               for each in leap.doubts)  # fmt: skip
    assert not any("gap" in each for each in store.record(act(FIR, "d", fir_number=7778, year=2026)).doubts)


def test_a_station_nobody_has_seen_is_doubted_once(store: Store) -> None:
    """A slip in its code would begin a second series of numbers. The first station of all is as it is."""

    def told(station: str) -> list[str]:
        sent_by = read_act(sent(FIR) | {"station": station}, now=NOW)
        return [each for each in store.record(sent_by).doubts if "register" in each]

    assert told("CG-RPR-01") == told("CG-RPR-01") == []
    assert told("CG-RPR-O1") == [
        "nothing of CG-RPR-O1 was ever numbered in this register: is the station's code right?"
    ]
    assert told("CG-RPR-O1") == []
    assert told("cg-rpr-01") == ["cg-rpr-01 is written CG-RPR-01 in this register: one station has one code"]
    with pytest.raises(Refused, match="no blank at its end"):
        read_act(sent(FIR) | {"station": "CG-RPR-01 "}, now=NOW)


def test_an_act_is_the_same_command_in_every_release() -> None:
    """Its digest is kept: written down in another way, a command sent again after an upgrade were a new one."""
    given = {
        "new": False, "source": "tablet", "station": "CG-RPR-01", "record": "R/1", "name": "case.StatementRecorded",
        "occurred_at": "2026-07-02T09:00:00+05:30", "actor": {"role": "writer", "rank": "SI", "id": "CG-1001"},
        "fields": {"person": "W1", "capacity": "witness", "contents": 'ग़लत "said"'},
    }  # fmt: skip
    assert read_act(given, now=NOW).content.decode() == (
        '{"actor": {"id": "CG-1001", "rank": "SI", "role": "writer"}, "causation_id": null, "command_id": null, '
        '"correlation_id": null, "district": null, "fields": {"capacity": "witness", "contents": "ग़लत \\"said\\"", '
        '"person": "W1"}, "name": "case.StatementRecorded", '
        '"occurred_at": "2026-07-02T09:00:00+05:30", "record": "R/1", "reported_at": null, "station": "CG-RPR-01"}'
    )
