"""A whole audit, item by item: with whatever difference the auditor enters himself, it is finished and closed."""

from __future__ import annotations

import json
import shlex
from collections import Counter
from typing import Any

import pytest

from tests.acts import sent
from tests.roznamcha.kit import Program

FIR = "CG-RPR-01/0001/2026"
HEAD = {"at": "2026-07-03T09:00:00+05:30"}
KINDS: dict[str, dict[str, Any]] = {
    "ItemNotFound": {},
    "ItemUnrecorded": {"property_id": "PR/9", "place": "rack 1"},
    "PlaceMismatched": {"place": "rack 9", "register_place": "rack 1"},
    "QuantityMismatched": {"quantity": "0.4", "unit": "kg", "register_quantity": "500", "register_unit": "g"},
    "SealMismatched": {"seal": "X", "register_seal": "K"},
}


def enter(program: Program, *lines: dict[str, Any], rejected: int = 0) -> None:
    """These acts, in this order."""
    (program.folder / "acts.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in lines))
    assert program.json("import", "acts.jsonl")["rejected"] == rejected


def shelf() -> list[dict[str, Any]]:
    """Three articles of a case in the malkhana of CG-2001, and an audit for his relief."""
    items = [
        {"id": f"PR/{n}", "category": "other", "description": "d", "quantity": "500", "unit": "g", "seal": "K"}
        for n in (1, 2, 3)
    ]
    stored = {"depositor": "CG-1001", "keeper": "CG-2001", "place": "rack 1", "seal": "K"}
    return [
        sent("case.FIRRegistered", "fir", sections=["BNS 303(2)"]),
        sent("case.PropertySeized", "fir", items=items, memo="SM/1"),
        *(sent("case.PropertyDeposited", "fir", property_id=each["id"], **stored) for each in items),
        audited("AuditOpened", scope="full", occasion="change of keeper", keeper="CG-2001"),
    ]


def audited(name: str, property_id: str = "", **fields: Any) -> dict[str, Any]:
    """An act of the audit; with an article, of the case."""
    item = {"matter": FIR, "property_id": property_id} if property_id else {}
    return sent(f"malkhana_audit.{name}", "audit", **HEAD, **item | fields)


@pytest.mark.parametrize("kind", KINDS)
def test_an_audit_with_a_difference_entered_by_hand_comes_to_its_end(program: Program, kind: str) -> None:
    """The item is not missed and the difference counts once; then the charge passes and the audit is closed."""
    difference = audited(kind, **{"property_id": "PR/1", **KINDS[kind]})
    seen = [audited("ItemSighted", f"PR/{n}", place="rack 1") for n in (1, 2) if kind == "ItemUnrecorded" or n == 2]
    enter(program, *shelf(), *seen, difference)
    finished = program.json("malkhana", "audit", "finish", "audit")
    assert finished["not_taken"] == {}
    assert finished["differences"] == Counter([kind, "ItemNotFound"])
    assert (finished["agreed"], finished["entered"], finished["already"]) == (len(seen), 2, 1)
    again = program.json("malkhana", "audit", "finish", "audit")
    assert (again["differences"], again["entered"], again["already"]) == (finished["differences"], 0, 3)
    over = {"from_keeper": "CG-2001", "to_keeper": "CG-2002", "order": "SP/7"}
    enter(program, audited("KeeperChanged", **over), audited("AuditClosed", findings="one rack", reported_to="SP"))
    names = Counter(each["name"].partition(".")[2] for each in program.json("history", "audit")["entries"])
    counts = Counter([kind, "ItemNotFound"])
    assert {each: names[each] for each in counts} == counts
    assert (names["StockListReconciled"], names["AuditClosed"]) == (1, 1)
    assert program.json("show", "audit")["stage"] == "closed with differences"


def stock_list(program: Program, *lines: str) -> None:
    """A list of the shelf."""
    head = "matter,property_id,place,quantity,unit,seal"
    (program.folder / "list.csv").write_text("\n".join([head, *lines]) + "\n")


def test_a_list_that_agreed_is_not_finished_item_by_item(program: Program) -> None:
    """What agreed in it has no entry of its own: nobody may be charged with it as not found."""
    enter(program, *shelf())
    good = [f"{FIR},PR/{n},rack 1,500,g,K" for n in (1, 2)]
    stock_list(program, *good, f"{FIR},PR/3,rack 1,x,g,K")
    partial = program.json("malkhana", "audit", "import", "list.csv", "--audit", "audit", code=5)
    assert (partial["agreed"], partial["refused"], partial["whole"]) == (2, 1, False)
    refused = program.run("malkhana", "audit", "finish", "audit", check=False)
    assert (refused.returncode, "import the whole list again" in refused.stderr) == (1, True)
    stock_list(program, *good, f"{FIR},PR/3,rack 1,500,g,K")
    assert program.json("malkhana", "audit", "import", "list.csv", "--audit", "audit")["whole"]
    assert program.run("malkhana", "audit", "finish", "audit", check=False).returncode == 1
    names = [each["name"] for each in program.json("history", "audit")["entries"]]
    assert "malkhana_audit.ItemNotFound" not in names


def test_a_list_of_another_day_or_of_nothing_counts_no_shelf(program: Program) -> None:
    """Dated before the audit was opened, all of the shelf had moved since; without a line, nothing was looked for."""
    enter(program, *shelf())
    asked = ("malkhana", "audit", "import", "list.csv", "--audit", "audit")
    stock_list(program, f"{FIR},PR/1,rack 1,500,g,K")
    early = program.run(*asked, "--at", "2000-01-01T00:00:00Z", check=False)
    assert (early.returncode, "before AUDIT/0001/2026 was opened" in early.stderr) == (1, True)
    stock_list(program)
    empty = program.run(*asked, check=False)
    assert (empty.returncode, "has no line" in empty.stderr) == (1, True)
    assert len(program.json("history", "audit")["entries"]) == 1


def test_what_was_not_found_is_said_in_its_own_record_next(program: Program) -> None:
    """By a command for each, in the register it is of, until its record has it; the audit alone moves no article."""
    bag = {"id": "PR/1", "category": "other", "description": "a bag", "quantity": "1", "unit": "number", "seal": "K"}
    stored = {"depositor": "CG-1001", "keeper": "CG-2001", "place": "rack 1", "seal": "K"}
    find = "CG-RPR-01/UNCLAIMED/0001/2026"
    enter(
        program,
        sent("property_unclaimed.PropertyFoundUnclaimed", "find", items=[bag]),
        sent("property_unclaimed.PropertyDeposited", "find", property_id="PR/1", **stored),
        *shelf(),
        audited("ItemNotFound", "PR/1"),
        audited("ItemSighted", "PR/2", place="rack 1"),
    )
    dry = program.json("malkhana", "audit", "finish", "audit", "--dry-run")
    assert dry["missed"] == []
    finished = program.json("malkhana", "audit", "finish", "audit", "--by", "CG-7,Inspector,station officer")
    missed = {(each["matter"], each["property_id"]): each for each in finished["missed"]}
    assert {key: each["act"] for key, each in missed.items()} == {
        (FIR, "PR/1"): "case.PropertyMissing", (FIR, "PR/3"): "case.PropertyMissing",
        (find, "PR/1"): "property_unclaimed.PropertyMissing",
    }  # fmt: skip
    for each in ((FIR, "PR/3"), (find, "PR/1")):
        program.run(*shlex.split(missed[each]["command"])[1:])
    assert {each["state"] for each in program.json("malkhana", "list", "--state", "missing")["articles"]} == {"missing"}
    told = program.run("malkhana", "audit", "finish", "audit", "--by", "CG-7,Inspector,station officer").stdout
    assert [line.strip() for line in told.splitlines() if "PropertyMissing" in line] == [missed[FIR, "PR/1"]["command"]]
    last = program.json("history", find)["entries"][-1]
    assert (last["name"], last["actor"]["id"]) == ("property_unclaimed.PropertyMissing", "CG-7")
    names = [each["name"] for each in program.json("history", "audit")["entries"]]
    assert names.count("malkhana_audit.StockListReconciled") == 1


def test_an_audit_that_ends_names_what_was_not_found_and_is_reported_nowhere(program: Program) -> None:
    """With the command for it; what its own record reports missing, and what was struck, is named no more."""
    gone = [audited("ItemNotFound", f"PR/{n}") for n in (1, 2, 3)]
    slip = audited("EntryCorrected", version=4, kind="did not happen", reason="it lay behind the almirah")
    del slip["fields"]["entry"]
    counted = {"digest": "9f", "lines": 0, "in_register": 3, "agreed": 0, "differences": 3}
    enter(program, *shelf(), *gone, slip, audited("StockListReconciled", **counted))
    missing = ("--record", FIR, "--field", "property_id=PR/1", "--by", "CG-7,Inspector,station officer")
    program.run("record", "case.PropertyMissing", *missing, "--station", "CG-RPR-01")
    ended = ("record", "malkhana_audit.AuditClosed", "--record", "audit", "--by", "CG-7,SP,auditor")
    told = program.json(*ended, "--station", "CG-RPR-01", "--field", "findings=x", "--field", "reported_to=SP")[
        "doubts"
    ]
    (waiting,) = [each for each in told if "was not found" in each]
    assert f"PR/2 of {FIR} was not found, and that record shows it in the malkhana (rack 1)" in waiting
    assert f"record case.PropertyMissing --record {FIR} --field property_id=PR/2" in waiting
