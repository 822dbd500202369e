"""What entries say, on the screen: their columns by their labels, and of what is sealed that it is."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import domain
from domain.event import ACTS, Sealed
from roznamcha.commands.contracts import described
from roznamcha.pages import page
from schemas import catalogue
from tests.acts import act, sent
from tests.roznamcha.kit import Program

SAID = "Namuna 12 saw a blue door"
VISIT = {"place": "weekly market\n9. case.Nothing", "videographed": True}


@pytest.fixture
def case(program: Program, tmp_path: Path) -> Program:
    """An FIR, a visit that is struck a day later, and a seizure of two articles."""
    items = [
        {"id": f"PR/{n}", "category": "other", "description": f"knife {n}", "quantity": "1.5", "unit": "kg"}
        for n in (1, 2)
    ]
    lines = [
        sent("case.FIRRegistered", "one", sections=["BNS 303(2)", "BNS 3(5)"], contents=SAID, informant_name=SAID,
             victims=[{"code": "V1", "victim_name": SAID, "gender": "female"}],
             information_received_at="2026-07-02T08:30:00+05:30"),
        sent("case.SceneVisited", "one", at="2026-07-03T09:00:00+05:30", **VISIT),
        sent("case.PropertySeized", "one", at="2026-07-04T09:00:00+05:30", items=items, memo="SM/1"),
    ]  # fmt: skip
    (tmp_path / "acts.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in lines))
    assert program.json("import", "acts.jsonl")["reasons"] == []
    entry = program.json("history", "one")["entries"][1]["entry_id"]
    strike = sent("case.EntryCorrected", "one", at="2026-07-05T09:00:00+05:30", entry=entry, version=2, reason="twice")
    (tmp_path / "strike.jsonl").write_text(json.dumps(strike) + "\n")
    assert program.json("import", "strike.jsonl")["reasons"] == []
    return program


def test_each_entry_says_what_stands_in_it(case: Program) -> None:
    """Its columns under both labels, parts one by one; empty ones are left out, a struck entry is marked."""
    lines = case.run("history", "one", "--fields").stdout.splitlines()
    assert "   Sections · अधिनियम एवं धाराएँ: BNS 303(2), BNS 3(5)" in lines
    assert "   Information received at · थाने पर सूचना प्राप्ति का दिनांक व समय: 02.07.2026 08:30" in lines
    assert [each for each in lines if "knife" in each] == [
        f"      Description · वस्तु का विवरण: knife {number}" for number in (1, 2)
    ]
    assert "   Articles seized · जप्त वस्तुएँ, 2:" in lines
    assert not [each for each in lines if "GD entry" in each or each.endswith((": ", ": None"))]
    heads = [each for each in lines if each[:1].isdigit()]
    assert [each.partition(" ")[0] for each in heads] == ["1.", "2.", "3.", "4."]
    assert [each for each in heads if "struck by 4" in each] == [heads[1]]
    assert heads[0].startswith("1. case.FIRRegistered · प्रथम सूचना रिपोर्ट")


def test_a_line_of_a_text_does_not_look_like_another_entry(case: Program) -> None:
    """Its second line stands further in than the column it belongs to."""
    assert "      9. case.Nothing" in case.run("history", "one", "--fields").stdout.splitlines()


def test_what_is_sealed_is_shown_as_sealed(case: Program) -> None:
    """Whose it is, in parts of an act too, and nothing of what it says."""
    text = case.run("history", "one", "--fields").stdout
    assert "Name of the victim · पीड़ित का नाम: sealed (V1) · मुहरबंद" in text
    assert "Contents of the FIR · प्रथम सूचना तथ्य: sealed (CASE) · मुहरबंद" in text
    assert not any(word in text for word in SAID.split() if len(word) > 1)


def test_a_sealed_text_at_hand_is_not_told_either() -> None:
    """Were an entry opened before it comes here, its text stays where it is."""
    domain.load()
    event = act("case.FIRRegistered", contents=SAID).event
    opened = replace(event, informant_name=Sealed("I1", b"1", b"2", SAID))  # type: ignore[call-arg]
    lines = list(page(opened, described(ACTS[event.name], catalogue()), (), None, ZoneInfo("Asia/Kolkata")))
    assert any("sealed (I1)" in each for each in lines)
    assert not any("blue" in each for each in lines)


@pytest.mark.parametrize(
    ("option", "day", "seen"),
    [("--as-of", "2026-07-03", 2), ("--as-of", "2026-07-04", 3), ("--known-at", "2026-07-01", 0),
     ("--known-at", f"{datetime.now(UTC).year + 1}-01-01", 4)],
)  # fmt: skip
def test_entries_are_read_as_of_a_day_and_as_known_on_one(case: Program, option: str, day: str, seen: int) -> None:
    """What came later is not among them, and strikes nothing yet."""
    text = case.run("history", "one", "--fields", option, day).stdout
    assert len([each for each in text.splitlines() if each[:1].isdigit()]) == seen
    assert ("struck by" in text) == (seen == 4)
    assert len(case.json("history", "one", option, day)["entries"]) == seen
