"""An audit knows a case that came from another station by the number it had there, too."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.acts import sent
from tests.roznamcha.kit import Program

ZERO, FIR = "CG-DRG-02/ZERO/0001/2026", "CG-RPR-01/0001/2026"
AT = {"at": "2026-07-03T09:00:00+05:30"}
STORED = {"depositor": "CG-1001", "keeper": "CG-2001", "place": "rack 1", "seal": "K"}


def audited(name: str, matter: str = "", property_id: str = "", **fields: Any) -> dict[str, Any]:
    """An act of the audit; with an article, of this matter."""
    item = {"matter": matter, "property_id": property_id} if matter else {}
    return sent(f"malkhana_audit.{name}", "audit", **AT, **item | fields)


@pytest.fixture
def station(program: Program) -> Program:
    """Three articles that were seized under a zero FIR lie where it was sent, in an audit for the keeper's relief."""
    ids = ("PR/1", "PR/2", "PR/3")
    items = [
        {"id": each, "category": "other", "description": "d", "quantity": "1", "unit": "number", "seal": "K"}
        for each in ids
    ]
    there = [
        sent("case.ZeroFIRRegistered", "one", sections=["BNS 303(2)"]),
        sent("case.PropertySeized", "one", items=items, memo="SM/1"),
        sent("case.FIRTransferred", "one", to_station="CG-RPR-01"),
    ]
    here = [
        sent("case.FIRReceivedByStation", "one", from_station="CG-DRG-02"),
        sent("case.FIRRegistered", "one", sections=["BNS 303(2)"]),
        *(
            sent("case.PropertyDeposited", "one", property_id=each, malkhana_serial=n, malkhana_year=2026, **STORED)
            for n, each in enumerate(ids, 1)
        ),
        audited("AuditOpened", scope="full", occasion="change of keeper", keeper="CG-2001"),
    ]
    enter(program, *(each | {"station": "CG-DRG-02"} for each in there), *here)
    return program


def enter(program: Program, *lines: dict[str, Any]) -> None:
    """These acts, in this order."""
    (program.folder / "acts.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in lines))
    assert program.json("import", "acts.jsonl")["reasons"] == []


@pytest.mark.parametrize("written", [ZERO, FIR, "0001/2026", "one"])
def test_a_list_may_name_a_case_by_any_number_it_ever_had(station: Program, written: str) -> None:
    """By the zero FIR, today's, today's without the station, the old register's key; twice is twice by any of them."""
    lines = [f"{written},PR/1,rack 1", f"{FIR},PR/2,rack 1", f"{written},PR/3,rack 1", f"{FIR},PR/3,rack 1"]
    (station.folder / "list.csv").write_text("\n".join(["matter,property_id,place", *lines]) + "\n")
    run = station.run("malkhana", "audit", "import", "list.csv", "--audit", "audit", "--json", check=False)
    taken = json.loads(run.stdout)
    assert (taken["agreed"], taken["differences"], taken["refused"]) == (3, {}, 1)


def test_what_was_entered_under_the_old_number_counts_for_the_case_it_is(station: Program) -> None:
    """Seen, seen in another place, not found: nothing more is said of it, and what was not found stays where it is."""
    enter(
        station,
        audited("ItemSighted", ZERO, "PR/1", place="rack 1", seal="K"),
        audited("PlaceMismatched", ZERO, "PR/2", place="rack 9", register_place="rack 1"),
        audited("ItemNotFound", ZERO, "PR/3"),
    )
    finished = station.json("malkhana", "audit", "finish", "audit")
    assert (finished["agreed"], finished["differences"]) == (1, {"ItemNotFound": 1, "PlaceMismatched": 1})
    assert (finished["entered"], finished["already"]) == (1, 2)
    assert [(each["matter"], each["property_id"]) for each in finished["missed"]] == [(FIR, "PR/3")]
    enter(station, audited("KeeperChanged", from_keeper="CG-2001", to_keeper="CG-2002", order="SP/7"))
    keep = ("--without", f"{ZERO} PR/2")
    passed = station.json("malkhana", "hand-over", "audit", "--by", "CG-2001,HC,malkhana moharrir", *keep)
    assert {each["property_id"]: each["status"] for each in passed["articles"]} == {
        "PR/1": "recorded", "PR/2": "left", "PR/3": "left",
    }  # fmt: skip
