"""A record whose leaves lie in the logs of three years: one copy, under three keys."""

from __future__ import annotations

import json

import pytest

from consumers.embedded import connected
from roznamcha.ledger.auditing import audit
from roznamcha.ledger.entered import entered
from roznamcha.ledger.kept import Ledger
from roznamcha.ledger.keys import Keys
from roznamcha.ledger.remembered import Memory
from roznamcha.ledger.sequencer import Sequencer
from roznamcha.ledger.verify import Bundle, Files, judge, read_policy
from schemas import catalogue
from tests.acts import NOW, act
from tests.ledger.copies import BY, Court, packed
from tests.ledger.keeping import BASE
from tests.roznamcha.test_store import store_on

YEARS = (2026, 2027, 2028)
ENTERED = {
    2027: ("case.PropertySeized", {"items": [{"id": "PR/9", "category": "other", "description": "a knife",
                                             "quantity": "1", "unit": "piece", "seal": "S"}], "memo": "SM/9"}),
    2028: ("case.AccusedArrested", {"accused": "A9", "accused_name": "Somebody"}),
}  # fmt: skip


@pytest.fixture
def copy(attacked: Court) -> tuple[Court, Files]:
    """The case goes on for two more years, in each of which something is entered; and its copy for the court."""
    data = attacked.keeper.folder / "data"
    for year, (name, fields) in ENTERED.items():
        then = NOW.replace(year=year)
        store = store_on(attacked.keeper.url, then)
        assert store.record(act(name, attacked.record, **fields)).status == "recorded"
        store.datastore.close()
        with connected(attacked.keeper.url) as connection:
            keys, memory = Keys(data / "keys" / "ledger"), Memory(data / "ledger" / "checkpoint")
            sequencer = Sequencer(connection, catalogue(), keys, memory, lambda then=then: then)  # type: ignore[misc]
            sequencer.begin()
            sequencer.catch_up()
    attacked.copies["court"] = attacked.copy("court", *BY)[1]
    return attacked, attacked.files("court")


def test_three_logs_in_one_copy(copy: tuple[Court, Files]) -> None:
    """Every line holds; each log's beginning and head are there, and what was signed in each leads to its head."""
    case, files = copy
    lines = {line: (how, says) for line, how, says in judge(case.copies["court"], case.policy)}
    assert [line for line, (how, _) in lines.items() if how == "FAILED"] == [], lines
    assert all(lines[each][0] == "OK" for each in ("INTACT", "LOGGED", "COMPLETE", "DISCLOSED")), lines
    bundle = Bundle(files, case.policy)
    logs = [f"{BASE}/{year}" for year in YEARS]
    assert list(dict.fromkeys(each["log"] for each in bundle.told)) == logs
    assert {*bundle.begun()} == {*logs}
    assert sum(name.startswith("anchors/") and name.endswith("/checkpoint") for name in files) == len(YEARS)
    assert sum(name.startswith("beginnings/") and name.endswith(".json") for name in files) == len(YEARS)
    assert [each.index for each in entered(bundle, catalogue())][-1] > 0
    with connected(case.keeper.url) as connection:
        found = audit(Ledger(connection), catalogue())
    assert found.ok, found.wrong


@pytest.mark.parametrize("year", YEARS)
def test_each_years_key_is_asked_for(copy: tuple[Court, Files], year: int) -> None:
    """A policy that lacks the key of one of them says so of that log."""
    case, _ = copy
    lines = [line for line in case.policy_text.splitlines() if f"{BASE}/{year}+" not in line]
    policy = read_policy("\n".join([*lines, ""]))
    says = {line: (how, says) for line, how, says in judge(case.copies["court"], policy)}["LOGGED"]
    assert (says[0], f"{BASE}/{year}" in says[1]) == ("FAILED", True), says


def test_a_log_in_between_is_missed(copy: tuple[Court, Files]) -> None:
    """Whoever leaves out what was entered in the middle year, or that log's beginning, is named."""
    case, files = copy
    leaves = {name: json.loads(data) for name, data in files.items() if name.startswith(("leaves/", "beginnings/"))
              and name.endswith(".json")}  # fmt: skip
    of_middle = [name.rpartition(".")[0] for name, told in leaves.items() if told["log"] == f"{BASE}/2027"]
    (beginning,) = (name for name in of_middle if name.startswith("beginnings/"))
    (leaf,) = (name.rpartition("/")[2] for name in of_middle if name != beginning)
    for part, says in ((leaf, f"leaf {int(leaf)} of this record is missing"), (beginning, f"{BASE}/2027 is missing")):
        without = {name: data for name, data in files.items() if part not in name}
        found = {line: (how, told) for line, how, told in judge(packed(without), case.policy)}["COMPLETE"]
        assert (found[0], says in found[1]) == ("FAILED", True), found
