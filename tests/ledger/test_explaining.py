"""Why a record says what it says, and what changed since a court last saw it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.acts import NOW, act
from tests.ledger.copies import Court
from tests.ledger.keeping import Keeper
from tests.roznamcha.test_store import store_on

DAYS = 3


@pytest.fixture
def case(database: str, tmp_path: Path) -> Court:
    """A case whose sections were altered, and the alteration struck, a day apart each."""
    keys = tmp_path / "data" / "keys"
    keys.mkdir(parents=True)
    (keys / "master.key").write_text((b"k" * 32).hex())
    acts = [
        act("case.FIRRegistered", "why:1", sections=["BNS 303(2)"]),
        act("case.SectionsAltered", "why:1", sections=["BNS 305"], reason="a dwelling"),
    ]
    record, last = "", ""
    for day in range(DAYS):
        if day == len(acts):
            acts.append(act("case.EntryCorrected", "why:1", version=2, entry=last, reason="of another case"))
        store = store_on(database, NOW + timedelta(days=day))
        outcome = store.record(acts[day])
        record, last = str(outcome.record_id), str(outcome.entry_id)
        store.datastore.close()
    return Court(Keeper(database, tmp_path), record)


def test_the_entries_that_made_a_value_so(case: Court) -> None:
    """Each change with its entry, what stood before, and where it is in the ledger once it is."""
    told = case.run("explain", case.record, "sections")
    assert [(each["name"], each["before"], each["after"]) for each in told["entries"]] == [
        ("case.FIRRegistered", None, ["BNS 303(2)"]),
        ("case.SectionsAltered", ["BNS 303(2)"], ["BNS 305"]),
        ("case.EntryCorrected", ["BNS 305"], ["BNS 303(2)"]),
    ]
    assert [each["struck_by"] for each in told["entries"]] == [None, 3, None]
    assert {each["leaf"] for each in told["entries"]} == {None}
    case.run("ledger", "key", "new", "--name", "tlog.example/cg")
    case.run("ledger", "run", "--once")
    again = case.run("explain", case.record, "fir.registered")
    assert again["value"]["version"] == 1
    assert again["entries"][0]["leaf"]["index"] == 1
    assert "it has" in case.run("explain", case.record, "nothing.there", code=1)


def test_what_changed_since_a_court_last_saw_it(case: Court) -> None:
    """By what was recorded between two moments; in what order they are given is not guessed."""
    moments = [(NOW + timedelta(days=day, hours=1)).isoformat() for day in range(DAYS)]
    told = case.run("diff", case.record, "--known-at", moments[0], "--known-at", moments[1])
    assert [each["name"] for each in told["entries"]] == ["case.SectionsAltered"]
    assert {"field": "sections", "before": ["BNS 303(2)"], "after": ["BNS 305"]} in told["changes"]
    whole = case.run("diff", case.record, "--known-at", moments[0])
    assert [each["version"] for each in whole["entries"]] == [2, 3]
    assert not any(each["field"] == "sections" for each in whole["changes"])
    assert case.run("diff", case.record, "--known-at", moments[2])["changes"] == []
    assert "stands first" in case.run("diff", case.record, "--known-at", moments[1], "--known-at", moments[0], code=2)
