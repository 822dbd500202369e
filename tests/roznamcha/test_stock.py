"""A physical stock list: differences become facts, bad lines are refused one by one, twice is the same as once."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from roznamcha.errors import Usage
from roznamcha.stock import read_list
from tests.acts import sent
from tests.roznamcha.kit import Program

HEAD = "matter,property_id,place,quantity,unit"
GOOD = "0001/2026,PR/1,rack 1,500,g"
OPENED: dict[str, Any] = {"scope": "full", "occasion": "periodic", "keeper": "CG-2001"}
BROKEN: list[tuple[bytes, str]] = [
    (b",PR/1,rack 1,500,g", "the column matter is empty"),
    (b"0001/2026, ,rack 1,500,g", "the column property_id is empty: a thing without a label needs a description"),
    (b"0001/2026,PR/1,,500,g", "the column place is empty"),
    (b"0001/2026,PR/2,rack 1,five,g", "the column quantity is no number"),
    (b"0001/2026,PR/2,rack 1,-5,g", "the column quantity is no number"),
    (b"0001/2026,PR/2,rack 1,NaN,g", "the column quantity is no number"),
    (b"0001/2026,PR/2,rack 1,1e9,g", "the column quantity is no number"),
    (b"0001/2026,PR/2,rack 1,99999999999999999999,g", "the column quantity is no number"),
    (b"0001/2026,PR/2,rack 1,500", "this line has 4 columns, the first line has 5"),
    (b"0001/2026,PR/2,rack 1,500,g,g", "this line has 6 columns"),
    (b'0001/2026,PR/2,"rack 1,500,g', "not CSV"),
    (b"0001/2026,PR/2,rack \xff,500,g", "not UTF-8: byte 21"),
    (b"0001/2026,PR/2,rack \x07,500,g", "holds a control character"),
    (b"0001/2026,PR/2," + b"r" * 501 + b",500,g", "has 501 characters"),
    (GOOD.encode(), "stands already in line 2"),
]


@pytest.mark.parametrize(("line", "why"), BROKEN, ids=[why for _, why in BROKEN])
def test_a_bad_line_is_refused_and_the_rest_is_read(tmp_path: Path, line: bytes, why: str) -> None:
    """By its number, with its reason, and as it was sent."""
    file, rejects = tmp_path / "list.csv", tmp_path / "rejects"
    last = b"0001/2026,PR/9,rack 1,1,g"
    file.write_bytes(b"\n".join([HEAD.encode(), GOOD.encode(), line, last]) + b"\n")
    seen, taken = read_list(file, rejects=rejects)
    assert [each.property_id for each in seen][:1] == ["PR/1"]
    assert (taken.lines, taken.refused) == (3, 1) or "not CSV" in why
    rejected = [json.loads(each) for each in rejects.read_text().splitlines()]
    assert rejected[0]["line"] == 3
    assert why in rejected[0]["reasons"][0]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"", "is empty"),
        (b"\n0001/2026,PR/1,rack 1\n", "has no line of columns"),
        (b"matter,property_id\n0001/2026,PR/1\n", "lacks the column 'place'"),
        (b"matter,property_id,place,place\n", "has the column 'place' twice"),
    ],
)
def test_a_file_without_columns_is_no_list(tmp_path: Path, text: bytes, why: str) -> None:
    """It is refused whole, before anything is compared."""
    (tmp_path / "list.csv").write_bytes(text)
    with pytest.raises(Usage, match=why):
        read_list(tmp_path / "list.csv")


def test_a_list_that_was_cut_off_is_said_to_be(tmp_path: Path) -> None:
    """What is missing at its end can't be told from what is not found."""
    whole = gzip.compress("\n".join([HEAD, *(f"0001/2026,PR/{n},rack {n},{n},g" for n in range(900))]).encode())
    (tmp_path / "list.csv.gz").write_bytes(whole[: len(whole) // 2])
    seen, taken = read_list(tmp_path / "list.csv.gz")
    assert taken.cut
    assert 0 < len(seen) < 900


def test_differences_become_facts_once(tmp_path: Path, database: str) -> None:
    """A list with a bad line names what differs; corrected, it names what is missing as well; again, nothing new."""
    program = Program(tmp_path, database)
    items = [
        {"id": f"PR/{n}", "category": "other", "description": "d", "quantity": "500", "unit": "g"} for n in range(1, 5)
    ]
    lines = [
        sent("case.FIRRegistered", "fir", sections=["BNS 303(2)"]),
        sent("case.PropertySeized", "fir", items=items, memo="SM/1"),
        *(
            sent(
                "case.PropertyDeposited",
                "fir",
                property_id=f"PR/{n}",
                depositor="CG-1001",
                keeper="CG-2001",
                place="rack 1",
            )
            for n in range(1, 5)
        ),
        sent("malkhana_audit.AuditOpened", "audit", at="2026-07-03T09:00:00+05:30", **OPENED),
    ]
    (tmp_path / "acts.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in lines))
    assert program.json("import", "acts.jsonl")["rejected"] == 0
    bad = [
        GOOD,
        "0001/2026,PR/2,rack 7,500,g",
        "0001/2026,PR/3,rack 1,0.5,kg",
        "0001/2026,PR/4,rack 1,x,g",
        "0009/2026,PR/1,r,,",
    ]
    (tmp_path / "list.csv").write_text("\n".join([HEAD, *bad]) + "\n")
    first = program.json("malkhana", "audit", "import", "list.csv", "--audit", "audit", code=5)
    assert first["differences"] == {"ItemUnrecorded": 1, "PlaceMismatched": 1}
    assert (first["lines"], first["refused"], first["agreed"], first["entered"], first["whole"]) == (5, 1, 2, 3, False)
    (tmp_path / "list.csv").write_text("\n".join([HEAD, *bad[:3]]) + "\n")
    second = program.json("malkhana", "audit", "import", "list.csv", "--audit", "CG-RPR-01/AUDIT/0001/2026")
    assert second["differences"] == {"ItemNotFound": 1, "PlaceMismatched": 1}
    assert (second["entered"], second["already"], second["whole"]) == (2, 1, True)
    third = program.json("malkhana", "audit", "import", "list.csv", "--audit", "audit")
    assert (third["entered"], third["already"]) == (0, 3)
    names = [each["name"] for each in program.json("history", "audit")["entries"]]
    assert names.count("malkhana_audit.StockListReconciled") == 2
