"""Lists: what records there are, what a malkhana holds, and a list to count by that the audit takes back."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.acts import sent
from tests.roznamcha.kit import Program

ARTICLES = [
    {"id": "PR/1", "category": "other", "description": "=a knife", "quantity": "1", "unit": "pieces", "seal": "K"},
    {"id": "PR/2", "category": "liquor", "description": "bottles", "quantity": "4.5", "unit": "l"},
]


@pytest.fixture
def station(program: Program, tmp_path: Path) -> Program:
    """Two cases and an inquest; of one case an article is in the malkhana and one with an officer."""
    lines = [
        sent("case.FIRRegistered", "one", sections=["BNS 303(2)"]),
        sent("case.InvestigatorAssigned", "one", investigator="CG-1777"),
        sent("case.PropertySeized", "one", items=ARTICLES, memo="SM/1"),
        sent("case.PropertyDeposited", "one", property_id="PR/1", depositor="CG-1001", keeper="CG-2001", place="r 1"),
        sent("case.FIRRegistered", "two", sections=["BNS 303(2)"]),
        sent("inquest.DeathReported", "three"),
        sent("malkhana_audit.AuditOpened", "audit", at="2026-07-03T09:00:00+05:30",
             scope="full", occasion="periodic", keeper="CG-2001"),
    ]  # fmt: skip
    (tmp_path / "acts.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in lines))
    assert program.json("import", "acts.jsonl")["rejected"] == 0
    return program


def test_records_are_listed_by_what_stands_in_them(station: Program) -> None:
    """Of a register, a station, an officer; each under its number, and the count is of all that were asked for."""
    told = station.json("records")
    assert (told["total"], len(told["records"])) == (4, 4)
    cases = station.json("records", "--register", "case", "--station", "CG-RPR-01")["records"]
    assert [each["called"] for each in cases] == ["CG-RPR-01/0001/2026", "CG-RPR-01/0002/2026"]
    (mine,) = station.json("records", "--investigator", "CG-1777")["records"]
    assert (mine["called"], mine["articles"], mine["record"]) == (
        "CG-RPR-01/0001/2026", 2, station.json("show", "one")["record"],
    )  # fmt: skip
    assert station.json("records", "--stage", mine["stage"], "--register", "inquest")["total"] == 0
    text = station.run("records", "--register", "case").stdout
    assert "CG-RPR-01/0002/2026" in text
    assert text.endswith("2 records\n")
    assert station.run("records", "--station", "nowhere").stdout == "0 records\n"
    refused = station.run("records", "--register", "cases", check=False)
    assert (refused.returncode, "there are case, " in refused.stderr) == (2, True)


def test_a_malkhana_is_listed_and_counted_by_the_list(station: Program, tmp_path: Path) -> None:
    """What lies there, with whom, since when; the file goes to the shelf, and the audit finds no difference in it."""
    told = station.json("malkhana", "list", "--station", "CG-RPR-01")
    assert [(each["matter"], each["property_id"], each["state"]) for each in told["articles"]] == [
        ("CG-RPR-01/0001/2026", "PR/2", "seized"), ("CG-RPR-01/0001/2026", "PR/1", "deposited"),
    ]  # fmt: skip
    assert station.json("malkhana", "list", "--category", "liquor", "--state", "deposited")["total"] == 0
    assert "knife" in station.run("malkhana", "list", "--holder", "CG-2001").stdout
    for wrong in (["--state", "asleep"], ["--category", "knives"]):
        refused = station.run("malkhana", "list", *wrong, check=False)
        assert (refused.returncode, "is none of" in refused.stderr) == (2, True)
    station.run("malkhana", "list", "--state", "deposited", "-o", "shelf.csv")
    with (tmp_path / "shelf.csv").open(newline="") as file:
        assert [each["description"] for each in csv.DictReader(file)] == ["'=a knife"]
    counted = station.json("malkhana", "audit", "import", "shelf.csv", "--audit", "audit")
    assert (counted["lines"], counted["agreed"], counted["differences"], counted["refused"]) == (1, 1, {}, 0)


def test_a_case_that_came_from_another_station_is_listed_by_its_present_number(
    program: Program, tmp_path: Path
) -> None:
    """The station it came to registers it under a number of its own: by that the shelf knows it, not by the first."""
    begun = [
        sent("case.ZeroFIRRegistered", "one", sections=["BNS 303(2)"]),
        sent("case.PropertySeized", "one", items=ARTICLES[:1], memo="SM/1"),
        sent("case.PropertyDeposited", "one", property_id="PR/1", depositor="CG-1001", keeper="CG-2001", place="r 1"),
        sent("case.FIRTransferred", "one", to_station="CG-RPR-01"),
    ]
    moved = [
        sent("case.FIRReceivedByStation", "one", from_station="CG-DRG-02"),
        sent("case.FIRRegistered", "one", sections=["BNS 303(2)"]),
    ]
    called = []
    for acts, station in ((begun, "CG-DRG-02"), (moved, "CG-RPR-01")):
        lines = [each | {"station": station} for each in acts]
        (tmp_path / "acts.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in lines))
        assert program.json("import", "acts.jsonl")["rejected"] == 0
        (article,) = program.json("malkhana", "list", "--station", "CG-DRG-02")["articles"]
        called.append(article["matter"])
    assert called == ["CG-DRG-02/ZERO/0001/2026", "CG-RPR-01/0001/2026"]
    program.run("malkhana", "list", "-o", "shelf.csv")
    with (tmp_path / "shelf.csv").open(newline="") as file:
        assert [each["matter"] for each in csv.DictReader(file)] == ["CG-RPR-01/0001/2026"]
    text = program.run("malkhana", "list").stdout
    assert "CG-RPR-01/0001/2026" in text
    assert "CG-DRG-02" not in text


@pytest.mark.parametrize("arguments", [["records"], ["malkhana", "list"]])
def test_of_an_empty_store_the_lists_are_empty(program: Program, arguments: list[str]) -> None:
    """And no failure."""
    assert program.json(*arguments)["total"] == 0
    assert program.run(*arguments).stdout.startswith("0 ")
