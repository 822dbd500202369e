"""A strike through the store: the record at hand is the one that its entries, read anew, come to."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from consumers import entries
from domain.case.arrest import standing
from domain.common.corrections import Corrections
from roznamcha.commands.reading import all_clocks
from roznamcha.errors import Refused
from roznamcha.intake import Act, read_act
from roznamcha.office import open_office
from roznamcha.settings import Settings
from roznamcha.store import Store
from roznamcha.views import open_board
from tests.acts import NOW, act, sent
from tests.roznamcha.kit import Program
from tests.roznamcha.test_store import COPY, FIR, store_on

ARREST = "case.AccusedArrested"
STRIKE = "case.EntryCorrected"
BY = ("--by", "CG-1001,SI,officer", "--station", "CG-RPR-01")


def striking(version: int, record: str = "a", **fields: Any) -> dict[str, Any]:
    """A correction as it is sent that names its entry by its number alone."""
    whole = sent(STRIKE, record, version=version, reason="twice", kind="entered twice")
    return whole | {"fields": {key: each for key, each in whole["fields"].items() if key != "entry"} | fields}


def numbered(version: int, **fields: Any) -> Act:
    """The same, having passed the door."""
    return read_act(striking(version, **fields), now=NOW)


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


def test_the_number_of_an_entry_is_enough_to_strike_it(database: str) -> None:
    """Its id is filled in from the store, also where it was entered in the same batch, or in the same unit."""
    store = store_on(database)
    store.record(act(FIR, "a"))
    told = store.record_units(
        [[act(ARREST, "a", accused="A1")], [numbered(2)], [act(ARREST, "a", accused="A2"), numbered(4)]]
    )
    assert [each.status for unit in told for each in unit] == ["recorded"] * 4
    assert held(store, "a").part(Corrections).struck == {2: 3, 4: 5}
    first = store.find("a")
    assert first is not None
    read = [entries.read(store.catalogue, state) for _, _, state in store.recorder.entries_of([first])]
    for strike, struck in ((read[2], read[1]), (read[4], read[3])):
        assert strike.entry == struck.meta.entry_id  # type: ignore[attr-defined]
    store.datastore.close()


@pytest.mark.parametrize(
    ("version", "fields", "why"),
    [
        (9, {}, "entry 9 cannot be struck: .* has entries 1 to 2. Give the version of the entry as its history shows"),
        (0, {}, "entry 0 cannot be struck"),
        (1, {"entry": "00000000-0000-7000-8000-000000000007"}, "entry 1 of this record has another id than the one"),
        (1, {"entry": str(UUID(int=0))}, "entry: an id of nothing but zeros is no entry's; leave it out"),
    ],
)
def test_a_strike_at_nothing_is_refused(database: str, version: int, fields: dict[str, Any], why: str) -> None:
    """A number that no entry has, and a number with an id that is not its own."""
    store = store_on(database)
    store.record_units([[act(FIR, "a"), act(ARREST, "a", accused="A1")]])
    with pytest.raises(Refused, match=why):
        store.record(numbered(version, **fields))
    store.datastore.close()


def test_by_hand_and_from_a_file_the_number_is_enough(program: Program) -> None:
    """In `record` and in `import` alike, and `acts` says that the id may be left out."""
    lines = [sent(FIR, "a"), sent(ARREST, "a", accused="A1"), striking(2), sent(ARREST, "a", accused="A1")]
    (program.folder / "acts.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in lines))
    assert program.json("import", "acts.jsonl")["reasons"] == []
    columns = ("--field", "version=4", "--field", "kind=did not happen", "--field", "reason=a slip")
    program.run("record", STRIKE, "--record", "a", *BY, *columns)
    listed = program.json("history", "a")["entries"]
    assert [each["struck_by"] for each in listed] == [None, 3, None, 5, None]
    assert listed[4]["fields"]["entry"] == listed[3]["entry_id"]
    (told,) = program.json("acts", "--name", STRIKE)
    assert {each["name"]: each["required"] for each in told["fields"]} == {
        "entry": False, "version": True, "kind": True, "reason": True, "replaced_by": False,
    }  # fmt: skip
    assert program.json("verify")["ok"] is True
