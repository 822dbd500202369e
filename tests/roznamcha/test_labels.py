"""Labels and scanning: what is printed is read by a scanner, and what is scanned is the article it stands on."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import segno
import zxingcpp

import domain
from roznamcha.errors import Refused, Usage
from roznamcha.labels import Label, code_of, page_of, read_code
from roznamcha.scanning import scanned
from tests.acts import sent
from tests.roznamcha.kit import Program

RECORD = UUID("01890000-0000-7000-8000-00000000000a")
CODE = code_of(RECORD, "PR/1/S1")
LABEL = Label(
    RECORD, "PR/1/S1", "CG-RPR-01/0012/2026", "a packet <b>&", "0.024", "kg", "K", "rack 4",
    datetime(2026, 7, 2, 3, 30, tzinfo=UTC), "Bus stand", "SI CG-1001", "malkhana register 7/2026",
)  # fmt: skip


def test_one_id_that_no_code_can_hold_costs_no_other_label() -> None:
    """It was taken before ids had a limit: it is printed in words, and the others with their codes."""
    page = page_of([replace(LABEL, property_id="P" * 3000), LABEL], ZoneInfo("Asia/Kolkata"))
    assert (page.count("<section>"), page.count("<svg")) == (2, 1)
    assert "P" * 3000 in page


def test_a_case_s_number_is_never_broken_and_nothing_runs_out_of_its_label() -> None:
    """It is what one calls a case up by; every column may be as narrow as its label, whatever stands in it."""
    page = page_of([LABEL], ZoneInfo("Asia/Kolkata"))
    assert "<dd class=whole>CG-RPR-01/0012/2026</dd>" in page
    assert "dd.whole { white-space: nowrap" in page
    columns = [line for line in page.splitlines() if "grid-template-columns" in line]
    assert len(columns) == 3
    assert all("minmax(0, 1fr)" in line for line in columns)


@pytest.mark.parametrize("property_id", ["PR/1", "PR/1/S1", "जप्ती/३", "a" * 200])
def test_a_scanner_reads_what_was_printed(property_id: str) -> None:
    """The picture, as dots on paper, read by another's program: record and article come back."""
    dots = [list(row) for row in segno.make(code_of(RECORD, property_id), error="m").matrix_iter(scale=4, border=4)]
    paper = memoryview(bytes(0 if dot else 255 for row in dots for dot in row)).cast("B", (len(dots), len(dots[0])))
    (read,) = zxingcpp.read_barcodes(paper)
    assert read_code(read.text) == (RECORD, property_id)


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("", "no code of a label"),
        ("PR/1", "no code of a label"),
        (CODE.replace("RZ1", "RZ2"), "no code of a label"),
        (CODE.rpartition("/PR/1")[0], "no code of a label"),
        (CODE + "x" * 300, "no code of a label"),
        (CODE.replace("PR/1", "PR/2"), "damaged"),
        (CODE.replace("000a/", "000b/"), "damaged"),
        ("RZ1/x/00000000/PR/1", "damaged"),
        (f"RZ1/x/{zlib.crc32(b'x/PR/1'):08x}/PR/1", "damaged"),
    ],
)
def test_a_code_that_was_read_wrongly_is_refused(code: str, why: str) -> None:
    """Nothing is entered of another article than the one in hand."""
    with pytest.raises(Refused, match=why):
        read_code(code)


def test_the_page_is_complete_and_says_what_the_register_has() -> None:
    """Every fact that a label must bear; text is text, and nothing is fetched."""
    page = page_of([LABEL], ZoneInfo("Asia/Kolkata"))
    for each in ("0012/2026", "PR/1/S1", "0.024 kg", "09:00", "Bus stand", "SI CG-1001", "7/2026", "rack 4", CODE):
        assert each in page, each
    assert "a packet &lt;b&gt;&amp;" in page
    assert page.count("<svg") == 1
    assert "src=" not in page
    assert "href=" not in page


def test_a_scan_fills_in_the_act() -> None:
    """An act on an article goes to its record; an audit's item names it and stays in the audit."""
    domain.load()
    act: dict[str, Any] = {"fields": {}}
    scanned("case.PropertyMoved", act, RECORD, "PR/1", lambda _: "CG-RPR-01/0012/2026")
    assert act == {"record": str(RECORD), "new": False, "fields": {"property_id": "PR/1"}}
    item: dict[str, Any] = {"record": "audit", "fields": {"place": "rack 4", "seal_state": "whole"}}
    scanned("malkhana_audit.ItemSighted", item, RECORD, "PR/1", lambda _: "CG-RPR-01/0012/2026")
    assert item["record"] == "audit"
    assert item["fields"]["matter"] == "CG-RPR-01/0012/2026"
    assert item["fields"]["article_record"] == str(RECORD)


@pytest.mark.parametrize(
    ("name", "column", "choices"),
    [
        ("malkhana_audit.ItemSighted", "seal_state", ("not looked at", "whole", "broken", "none")),
        ("case.PropertyReceivedByLaboratory", "seal_intact", ("true", "false")),
    ],
)
def test_a_scan_does_not_say_how_the_seal_was_found(name: str, column: str, choices: tuple[str, ...]) -> None:
    """Who scans is asked; where nobody can be, it must have been said; and what was said is not asked again."""
    domain.load()
    asked: list[tuple[str, tuple[str, ...]]] = []

    def ask(*question: Any) -> str:
        asked.append(question)
        return choices[-1]

    with pytest.raises(Usage, match=f"say --field '?{column}={choices[0]}'? or "):
        scanned(name, {"fields": {}}, RECORD, "PR/1", lambda _: "0012/2026")
    act: dict[str, Any] = {"fields": {}}
    scanned(name, act, RECORD, "PR/1", lambda _: "0012/2026", ask)
    assert (act["fields"][column], asked) == (choices[-1], [(column, choices)])
    said: dict[str, Any] = {"fields": {column: choices[0]}}
    scanned(name, said, RECORD, "PR/1", lambda _: "0012/2026", ask)
    assert (said["fields"][column], len(asked)) == (choices[0], 1)


@pytest.mark.parametrize(
    ("name", "act", "why"),
    [
        ("case.FIRRegistered", {"fields": {}}, "about no single article"),
        ("case.Nothing", {"fields": {}}, "about no single article"),
        ("case.PropertyMoved", {"record": "other", "fields": {}}, "another record than --record"),
        ("case.PropertyMoved", {"fields": {"property_id": "PR/2"}}, "another property_id than --field"),
    ],
)
def test_a_scan_and_a_word_by_hand_must_agree(name: str, act: dict[str, Any], why: str) -> None:
    """Which of the two is right nobody could say later."""
    domain.load()
    with pytest.raises(Usage, match=why):
        scanned(name, act, RECORD, "PR/1", lambda _: "0012/2026")


def test_labels_are_printed_and_scanned_by_the_program(tmp_path: Path, database: str) -> None:
    """From the register to paper and back: the scanned article moves, and the scanned item is seen by the audit."""
    program = Program(tmp_path, database)
    items = [{"id": "PR/1", "category": "other", "description": "a packet", "quantity": "5", "unit": "g", "seal": "K"}]
    opened = {"scope": "full", "occasion": "surprise", "keeper": "CG-2001"}
    items.append({**items[0], "id": "PR/2"})
    lines = [
        sent("case.FIRRegistered", "fir", sections=["BNS 303(2)"]),
        sent("case.PropertySeized", "fir", items=items, memo="SM/1"),
        sent(
            "case.PropertyDeposited", "fir", property_id="PR/1", depositor="CG-1001", keeper="CG-2001", place="rack 1"
        ),
        sent(
            "case.PropertyDeposited", "fir", property_id="PR/2", depositor="CG-1001", keeper="CG-2001", place="rack 1"
        ),
        sent("malkhana_audit.AuditOpened", "audit", **opened),
    ]
    (tmp_path / "acts.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in lines))
    assert program.json("import", "acts.jsonl")["rejected"] == 0
    label, _ = program.json("malkhana", "labels", "fir")["labels"]
    assert label["code"] in (tmp_path / "labels.html").read_text()
    who = ["--by", "CG-2001,HC,malkhana moharrir", "--station", "CG-RPR-01", "--scan", label["code"]]
    move = ["--field", "place=rack 9", "--field", "reason=space", "--field", "seal=K"]
    assert program.json("record", "case.PropertyMoved", *who, *move)["record"] == label["record_id"]
    sighted = ["malkhana_audit.ItemSighted", "--record", "audit", *who, "--field", "place=rack 9"]
    unsaid = program.run("record", *sighted, check=False)
    assert unsaid.returncode == 2
    assert "say --field 'seal_state=not looked at' or seal_state=whole or" in unsaid.stderr
    sighted += ["--field", "seal_state=whole"]
    assert program.json("record", *sighted)["status"] == "recorded"
    finished = program.json("malkhana", "audit", "finish", "audit")
    assert (finished["agreed"], finished["differences"], finished["whole"]) == (1, {"ItemNotFound": 1}, True)
    seen, missed = program.json("history", "audit")["entries"][-3:-1]
    assert (seen["fields"]["matter"], seen["fields"]["property_id"]) == ("CG-RPR-01/0001/2026", "PR/1")
    assert (missed["name"], missed["fields"]["property_id"]) == ("malkhana_audit.ItemNotFound", "PR/2")


def test_a_samples_label_bears_the_seizure_of_the_whole(tmp_path: Path, database: str) -> None:
    """Of a sample, and of a sample's sample: seized when, where and by whom, deposited as what; and drawn from what."""
    program = Program(tmp_path, database)
    whole = {"id": "PR/1", "category": "other", "description": "a packet", "quantity": "5", "unit": "g", "seal": "K"}
    keeper, day = {"id": "CG-2001", "rank": "HC", "role": "malkhana moharrir"}, "2026-07-0{}T09:00:00+05:30"
    deposit = {
        "depositor": "CG-1001",
        "keeper": "CG-2001",
        "keeper_rank": "HC",
        "place": "rack 1",
        "malkhana_serial": 7,
    }

    def split(of: str, at: str, left: str, grams: str) -> dict[str, Any]:
        drawn = [{"id": f"{of}/S1", "quantity": grams, "unit": "g", "seal": "M"}]
        fields: dict[str, Any] = {"samples": drawn, "remaining": left, "seal": "M", "reason": "analysis"}
        return sent("case.PropertySplit", "fir", property_id=of, at=at, **fields) | {"actor": keeper}

    lines = [
        sent("case.FIRRegistered", "fir", sections=["BNS 303(2)"]),
        sent("case.PropertySeized", "fir", items=[whole], memo="SM/1", place="Bus stand"),
        sent("case.PropertyDeposited", "fir", at=day.format(3), property_id="PR/1", malkhana_year=2026, **deposit),
        split("PR/1", day.format(4), "3", "2"),
        split("PR/1/S1", day.format(5), "1", "1"),
    ]
    (tmp_path / "acts.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in lines))
    assert program.json("import", "acts.jsonl")["rejected"] == 0
    found = {each["property_id"]: each for each in program.json("malkhana", "labels", "fir")["labels"]}
    seizure = ("2026-07-02T", "Bus stand", "SI CG-1001", "malkhana register 7/2026")
    for each in found.values():
        assert (each["seized_at"][:11], each["seized_where"], each["officer"], each["paper"]) == seizure
    told = {name: (each["drawn_from"], each["drawn_how"], each["drawn_where"]) for name, each in found.items()}
    assert told == {
        "PR/1": ("", "", ""),
        "PR/1/S1": ("PR/1", "sample", "rack 1"),
        "PR/1/S1/S1": ("PR/1/S1", "sample", "rack 1"),
    }
    assert (found["PR/1/S1"]["drawn_at"][:11], found["PR/1/S1"]["drawn_with"]) == ("2026-07-04T", "HC CG-2001")
    page = (tmp_path / "labels.html").read_text()
    assert page.count("नमूना · sample of") == 2
    assert page.count("Bus stand, ") == 0
    assert page.count("Bus stand</dd>") == 3
