"""What a log's first leaf says of the log before, and where each leaf is kept: what is altered of it is named."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from psycopg.types.json import Jsonb

from consumers.embedded import connected
from roznamcha.ledger.auditing import audit
from roznamcha.ledger.breaks import replaced
from roznamcha.ledger.kept import Ledger
from roznamcha.ledger.remembered import break_in
from roznamcha.ledger.stamping import ENTER
from schemas import catalogue
from tests.acts import act
from tests.consumers.feed import write_cases
from tests.ledger.copies import Court
from tests.ledger.keeping import BASE, Keeper
from tests.ledger.test_breaks_told import BREAK, restored  # noqa: F401 (a fixture)
from tests.roznamcha.test_store import store_on

OLD, NEW = f"{BASE}/2026", f"{BASE}/2027"
ALTERED = {
    "size": (1, "{previous,size}", "12", f"{OLD} ended at 12 leaves where {NEW} began, and has 14 now, or others"),
    "root": (1, "{previous,root}", '"x"', f"{OLD} ended at 14 leaves where {NEW} began, and has 14 now, or others"),
    "origin": (1, "{previous,origin}", '"tlog.example/other"', f"{NEW} does not say that it goes on from {OLD}"),
    "none": (1, "{previous}", "null", f"{NEW} does not say that it goes on from {OLD}"),
    "a number": (1, "{previous}", "7", f"{NEW} does not say that it goes on from {OLD}"),
    "kind": (1, "{kind}", '"another"', f"{NEW} says neither that it begins nor that there is a break"),
    "one before the first": (0, "{previous}", json.dumps({"origin": "tlog.example/x", "size": 1, "root": ""}),
                             f"{OLD} says that a log was before it, and it is the first there is"),
}  # fmt: skip
"""Which log's first leaf, what of it, by what, and what the audit says."""


@pytest.fixture
def kept(database: str, tmp_path: Path) -> Keeper:
    """Three cases and a stamp in one year's log, an entry in the next."""
    write_cases(database, 3)
    keeper, later = Keeper(database, tmp_path), datetime(2027, 1, 1, tzinfo=UTC)
    with connected(database) as connection:
        connection.execute(ENTER, (UUID(int=1), b"s" * 16, Jsonb({"authority": "tsa", "head": "", "token": ""})))
    keeper.keep()
    store = store_on(database, later)
    store.record(act("case.CopyGivenToInformant", "feed:0"))
    store.datastore.close()
    keeper.keep(later)
    return keeper


def wrong(url: str) -> list[str]:
    """What the audit says is wrong, but of tiles, heads and signatures: that is found too, and doesn't say where."""
    with connected(url) as connection:
        found = audit(Ledger(connection), catalogue()).wrong
    return [each for each in found if not each.startswith(("the tiles of", "the head of", "the first "))
            or each.startswith("the first leaf")]  # fmt: skip


def altered(keeper: Keeper, log: int, column: str, value: str, where: str) -> Any:
    """Alter one leaf as the database's ruler."""
    keeper.tamper(f"UPDATE roznamcha.leaves SET {column} = {value} WHERE log = {log} AND {where}")


@pytest.mark.parametrize("how", ALTERED)
def test_what_a_log_says_of_the_one_before(kept: Keeper, how: str) -> None:
    """By itself, whatever was made to fit it: tiles and heads can be made anew by whoever has the key."""
    assert wrong(kept.url) == []
    log, path, value, why = ALTERED[how]
    data = f"convert_to(jsonb_set(convert_from(leaf, 'UTF8')::jsonb, '{path}', '{value}')::text, 'UTF8')"
    altered(kept, log + 1, "leaf", data, "index = 0")
    assert [each for each in wrong(kept.url) if why in each], wrong(kept.url)


@pytest.mark.parametrize("data", ["x", "[]", "7", "{}", '{"kind": "discontinuity"}', '{"kind": "begin"}'])
def test_a_first_leaf_that_is_none(kept: Keeper, data: str) -> None:
    """It is named, and nothing breaks on it."""
    altered(kept, 2, "leaf", f"'{data}'", "index = 0")
    found = wrong(kept.url)
    assert f"leaf 0 of {NEW} is of no entry" in found, found
    assert len(found) == (1 if "disc" in data else 2), found


NO_HEADS = [
    7, "x", [], {}, {"origin": OLD, "size": -1, "root": ""}, {"origin": OLD, "size": 1.5, "root": ""},
    {"origin": 7, "size": 1, "root": None},
]  # fmt: skip


@pytest.mark.parametrize("kind", ["begin", "discontinuity"])
@pytest.mark.parametrize("told", NO_HEADS)
def test_a_first_leaf_that_tells_no_head(kept: Keeper, kind: str, told: Any) -> None:
    """Whatever stands where a head is to be told: it is named, and nothing breaks on it where a head is compared."""
    says = {"v": 1, "log": NEW, "kind": kind, "at": "t", "by": "b", "reason": "r", "previous": told, "held": told}
    altered(kept, 2, "leaf", f"'{json.dumps(says)}'", "index = 0")
    note = kept.memory.read()
    assert note is not None
    with connected(kept.url) as connection:
        ledger = Ledger(connection)
        found = audit(ledger, catalogue(), [note]).wrong
        assert replaced(ledger) == []
        break_in(ledger, [note])
    whys = ("the first leaf", "begins with a break", f"leaves where {NEW} began")
    assert any(why in each and NEW in each for each in found for why in whys), found


def test_what_a_break_says_is_still_here(restored: Court) -> None:  # noqa: F811 (as above)
    """Another head of it, or a larger one."""
    restored.run(*BREAK)
    url = restored.keeper.url
    assert wrong(url) == []
    for size in (5, 7):
        data = f"convert_to(replace(convert_from(leaf, 'UTF8'), '\"size\":6', '\"size\":{size}'), 'UTF8')"
        altered(restored.keeper, 2, "leaf", data, "index = 0")
        why = f"{OLD}-2 begins with a break that says another head of what was still here than is here"
        assert why in wrong(url)
        altered(restored.keeper, 2, "leaf", data.replace("6", "?").replace(str(size), "6").replace("?", str(size)),
                "index = 0")  # fmt: skip
    assert wrong(url) == []


PLACES = {
    "an entry": (1, "place = 77", "index = 3", f"leaf 3 of {OLD} is kept as number 77 of its record, not 2"),
    "the first leaf": (1, "place = 5", "index = 0", f"leaf 0 of {OLD} is kept as number 5 of a record, and is of none"),
    "a stamp": (1, "place = 5", "index = 13", f"leaf 13 of {OLD} is kept as number 5 of a record, and is of none"),
    "the first leaf as a record's": (1, f"place = 0, record_id = '{UUID(int=7)}'", "index = 0",
                                     f"leaf 0 of {OLD} is kept as one of the record {UUID(int=7)}, of which it is not"),
    "a stamp as a record's": (1, f"place = 0, record_id = '{UUID(int=7)}'", "index = 13",
                              f"leaf 13 of {OLD} is kept as one of the record {UUID(int=7)}, of which it is not"),
    "in the next log": (2, "place = 9", "index = 1", f"leaf 1 of {NEW} is kept as number 9 of its record, not 4"),
}  # fmt: skip


@pytest.mark.parametrize("how", PLACES)
def test_where_a_leaf_is_kept(kept: Keeper, how: str) -> None:
    """The columns beside a leaf are hashed by nobody, and a copy is made in their order."""
    log, what, where, why = PLACES[how]
    kept.tamper(f"UPDATE roznamcha.leaves SET {what} WHERE log = {log} AND {where}")
    assert wrong(kept.url) == [why]
