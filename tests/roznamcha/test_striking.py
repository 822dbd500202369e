"""A strike through the store: the record at hand is the one that its entries, read anew, come to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from domain.case.arrest import standing
from domain.common.corrections import Corrections
from roznamcha.commands.reading import all_clocks
from roznamcha.office import open_office
from roznamcha.settings import Settings
from roznamcha.store import Store
from roznamcha.views import open_board
from tests.acts import act
from tests.roznamcha.test_store import COPY, FIR, store_on

ARREST = "case.AccusedArrested"


def held(store: Store, name: str) -> Any:
    """The record as the store has it at hand."""
    record_id = store.find(name)
    assert record_id is not None
    store.shelf.fetch({record_id})
    found = store.shelf.get(record_id)
    assert found is not None
    return found.record


def test_a_struck_arrest_was_never_made(database: str) -> None:
    """Struck in the midst of a batch: the next arrest is the first, here and read anew."""
    store = store_on(database)
    store.record(act(FIR, "a"))
    first = store.record(act(ARREST, "a", accused="A1"))
    second = store.record(act(ARREST, "a", accused="A1"))
    assert any("again while in custody" in each for each in second.doubts)
    other = store_on(database)
    told = store.record_units(
        [
            [act(COPY, "a")],
            [act("case.EntryCorrected", "a", entry=str(first.entry_id), version=first.version)],
            [
                act("case.EntryCorrected", "a", entry=str(second.entry_id), version=second.version),
                act(ARREST, "a", accused="A1"),
            ],
            [act(COPY, "a")],
        ]
    )
    assert [each.status for unit in told for each in unit] == ["recorded"] * 5
    assert not any("again" in each for each in told[2][1].doubts)
    assert held(store, "a") == held(other, "a")
    assert held(store, "a").part(Corrections).struck.keys() == {first.version, second.version}
    assert standing(held(store, "a"), "A1").how == "arrested"
    other.datastore.close()
    store.datastore.close()


def test_a_struck_fir_leaves_a_record_without_a_number(database: str) -> None:
    """The number stays given, and the record has none any more."""
    store = store_on(database)
    fir = store.record(act(FIR, "a"))
    store.record(act("case.EntryCorrected", "a", entry=str(fir.entry_id), version=1))
    assert (held(store, "a").number, held(store, "a").stage) == ("", "")
    assert store.find(fir.called) == fir.record_id
    store.datastore.close()


def test_clocks_of_a_day_are_those_of_the_records_known_then(database: str, tmp_path: Path) -> None:
    """A struck FIR starts no clock today; asked of the day before the strike, over all records, it still does."""
    first, later = datetime(2026, 7, 20, 6, 30, tzinfo=UTC), datetime(2026, 8, 20, 6, 30, tzinfo=UTC)
    with open_office(Settings(data=tmp_path, database_url=database)) as office:
        office.store.now = lambda: first
        fir = office.store.record(act(FIR, "a"))
        office.store.now = lambda: later
        office.store.record(act("case.EntryCorrected", "a", entry=str(fir.entry_id), version=1))
        with open_board(office, quiet=True) as board:
            station = fir.called.partition("/")[0]
            assert all_clocks(office, board) == []
            assert all_clocks(office, board, as_of=first, known_at=later) == []
            for where in ("", station):
                then = all_clocks(office, board, where, known_at=later - timedelta(days=1))
                assert "fir-web" in {clock.rule.id for _, clock in then}
            assert all_clocks(office, board, "CG-XXX-99", known_at=first) == []
            assert all_clocks(office, board, known_at=first - timedelta(days=1)) == []
