"""A record on the screen in Hindi: what has no Hindi word says so, and each line of a table is as wide as the next."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from wcwidth import wcswidth

from domain.event import RECORDS, fold
from roznamcha import screen
from roznamcha.errors import Usage
from roznamcha.plain import plain
from roznamcha.sample import ENDS
from roznamcha.wording import Wording
from tests.acts import sent
from tests.domain.test_fold import history
from tests.dsl import RECORD
from tests.roznamcha.kit import Program

HINDI, BOTH, ENGLISH = (Wording(each) for each in ("hi", "both", "en"))


def keys_of(value: Any) -> Iterator[str]:
    """What stands before the values of a document, at every depth."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield key
            yield from keys_of(each)
    elif isinstance(value, list):
        for each in value:
            yield from keys_of(each)


def test_each_word_has_its_source() -> None:
    """Chapter and stage from the list, a column from the schema's label, a choice and an act from theirs."""
    assert [HINDI.chapter("arrests"), HINDI.stage("closed"), HINDI.register("inquest")] == [
        "गिरफ़्तारियाँ",
        "समाप्त",
        "मर्ग",
    ]
    assert (HINDI.key("apparent_cause"), HINDI.value("snakebite"), HINDI.value("राम")) == (
        "मृत्यु का प्रत्यक्ष कारण",
        "सर्पदंश",
        "राम",
    )
    assert HINDI.act("inquest.InquestHeld") == "मृत्यु समीक्षा (पंचनामा)"
    assert (BOTH.stage("closed"), ENGLISH.stage("closed"), HINDI.value(value=True)) == (
        "समाप्त · closed",
        "closed",
        "हाँ",
    )


def test_what_has_no_hindi_word_says_so() -> None:
    """A name of the register's own; what somebody has entered stays as it is."""
    assert (HINDI.key("colour_of_sky"), HINDI.chapter("sky"), HINDI.stage("flying")) == (
        "colour_of_sky [en]", "sky [en]", "flying [en]",
    )  # fmt: skip
    assert (BOTH.key("colour_of_sky"), ENGLISH.key("colour_of_sky")) == ("colour_of_sky", "colour_of_sky")
    assert [HINDI.key(each) for each in ("A1", "PR/1", "CG-RPR-01/0007/2026")] == ["A1", "PR/1", "CG-RPR-01/0007/2026"]
    with pytest.raises(Usage, match="hi, en, both"):
        Wording("ta")


def test_the_sample_cases_are_told_in_hindi_alone() -> None:
    """Whatever stands in one of them: no chapter, column or stage of it is left in English."""
    left = set()
    for number in range(60):
        if found := history(number, ENDS):
            document = plain(fold(RECORDS["case"].blank(RECORD), found))
            told = [HINDI.stage(document["stage"]), *map(HINDI.chapter, document["parts"])]
            left |= {
                each for each in (*told, *map(HINDI.key, keys_of(list(document["parts"].values())))) if "[en]" in each
            }
    assert left == set()


def drawn(monkeypatch: pytest.MonkeyPatch, width: int, heads: tuple[str, ...], *rows: tuple[object, ...]) -> list[str]:
    """The lines of a table on a screen of this width."""
    written = io.StringIO()
    monkeypatch.setattr(screen, "out", Console(file=written, width=width, soft_wrap=True, highlight=False))
    screen.table("अभिलेख", heads, rows)
    return written.getvalue().splitlines()[1:]


@pytest.mark.parametrize("heads", [("", ""), ("स्थिति", "अंतिम प्रविष्टि")])
@pytest.mark.parametrize("width", [200, 60])
def test_a_table_of_devanagari_is_even(monkeypatch: pytest.MonkeyPatch, heads: tuple[str, ...], width: int) -> None:
    """Each vowel sign takes the cells that a terminal gives it, so that no line of a table is longer than another."""
    rows = [("थाना", "शव परीक्षण रिपोर्ट प्राप्त"), ("क्षति का कारण", "श्री"), ("plain", "गिरफ़्तारियाँ " * 9), ("", None)]
    lines = drawn(monkeypatch, width, heads, *rows)
    assert {wcswidth(each) for each in lines} == {wcswidth(lines[0])}
    assert wcswidth(lines[0]) <= width
    assert all("गिरफ़्तारियाँ" in each or "गिरफ़" not in each for each in lines), "no word is cut"


def test_a_word_wider_than_the_screen_is_cut_between_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are no heads under which it could be a block."""
    lines = drawn(monkeypatch, 30, ("", ""), ("थाना", "क्षत्रियश्रेष्ठ" * 6))
    assert {wcswidth(each) for each in lines} == {wcswidth(lines[0])}
    assert wcswidth(lines[0]) <= 30
    assert "".join(each.split("│")[2].strip() for each in lines[1:-1]) == "क्षत्रियश्रेष्ठ" * 6


def test_the_program_shows_a_record_in_hindi(tmp_path: Path, database: str) -> None:
    """`show` and `records`; JSON is the same in every language; a language that is none is told."""
    program = Program(tmp_path, database)
    acts = [
        sent("inquest.DeathReported", "legacy:1", at="2026-07-02T09:00:00+05:30", apparent_cause="unknown"),
        sent("inquest.InquestHeld", "legacy:1", at="2026-07-02T10:00:00+05:30", apparent_cause="snakebite"),
    ]
    (tmp_path / "acts.jsonl").write_text("\n".join(map(json.dumps, acts)))
    program.run("import", "acts.jsonl")
    number = program.json("records")["records"][0]["called"]
    shown = program.run("show", number, "--language", "hi").stdout
    assert [each for each in ("पंजीबद्ध", "प्रविष्टियाँ", "सर्पदंश", "मृत्यु समीक्षा") if each not in shown] == []
    assert [each for each in ("snakebite", "inquest.InquestHeld", "entries", "[en]") if each in shown] == []
    assert "snakebite" in program.run("show", number).stdout
    listed = program.run("records", "--language", "hi").stdout
    assert ("मर्ग" in listed, "inquest" in listed, "मृत्यु समीक्षा की गई" in listed) == (True, False, True)
    assert program.json("show", number, "--language", "hi") == program.json("show", number)
    assert program.run("records", "--language", "ta", check=False).returncode == 2
