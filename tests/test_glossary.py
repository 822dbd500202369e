"""The glossary has every word that the acts, the registers and the views are named by, and points at files that are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import domain
from domain.event import ACTS, RECORDS
from tests.consumers.feed import all_views

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
PLAIN = frozenset(
    """
    accepted acknowledged altered application applied ascertained assigned attached broken by cancelled
    certified changed claimed closed communicated completed concluded condoned continued corrected decided
    decision declared deemed delayed deposited details disposed distributed ended examined executed filed for
    forwarded found framed from given granted handed held identified in informed issued lifted linked made
    merged missing move moved name named not note numbered of on order ordered over permitted photographed
    placed prepared produced prolonged pronounced published recalled received refused rejected released reopened
    reported request requested resealed returned seized sent served signed sought status submitted supplied
    taken to told uploaded visited with withheld without written
    """.split()  # noqa: SIM905 (a list to read, not to index)
)
"""What an act's name says besides: what was done to the thing it is about, in everyday English."""


def rows(text: str) -> list[list[str]]:
    """The cells of every line of every table, without heads and rules."""
    lines = [line.strip().strip("|").split("|") for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line] for line in lines if line[0].strip() != "word" and "---" not in line[0]]


def words(text: str) -> set[str]:
    """The words of the glossary's first column."""
    return {word for row in rows(text) for word in re.findall(r"[a-z]+", row[0].casefold())}


def unexplained(text: str, names: list[str]) -> list[str]:
    """The words of these names that neither the glossary has nor everyday English."""
    known = words(text)
    said = {
        word.casefold()
        for name in names
        for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name.partition(".")[2])
    }
    return sorted(word for word in said - PLAIN if not any(_same(word, each) for each in known))


def _same(word: str, known: str) -> bool:
    """Whether one is the other, or all of it and an ending: `Remanded` is explained by `remand`."""
    short, long = sorted((word, known), key=len)
    return word == known or (len(short) > 3 and long.startswith(short))


def test_every_word_of_an_act_s_name_is_explained() -> None:
    """Who reads the name of an act finds its words in the glossary, or knows them from everyday English."""
    domain.load()
    assert unexplained(TEXT, sorted(ACTS)) == []


@pytest.mark.parametrize(
    ("term", "word"),
    [
        ("remand", "remanded"),
        ("zero FIR", "zero"),
        ("laboratory, FSL", "laboratory"),
        ("forwarding note", "forwarding"),
    ],
)
def test_a_word_taken_out_is_missed(term: str, word: str) -> None:
    """Without its line, the word is found to be missing: the test above isn't empty."""
    domain.load()
    assert f"| {term} |" in TEXT
    assert unexplained(TEXT.replace(f"| {term} |", "| word |"), sorted(ACTS)) == [word]


def test_no_everyday_word_is_listed_for_nothing() -> None:
    """The list of everyday words is as long as it must be."""
    domain.load()
    said = {word.casefold() for name in ACTS for word in re.findall(r"[A-Z][a-z]*", name)}
    assert sorted(PLAIN - said) == []


def test_every_register_and_every_view_is_there() -> None:
    """Registers have their line, views their place in the last paragraph."""
    domain.load()
    assert {word for name in RECORDS for word in name.split("_")} <= words(TEXT)
    assert [view.name for view in all_views() if f"`{view.name}`" not in TEXT] == []


def unexplained_prefixes(text: str) -> list[str]:
    """What stands before a running number in this house and has no line of its own; an FIR's has nothing before it."""
    listed = {each for row in rows(text) for each in re.findall("in a number: `CG-RPR-01/([A-Z]+)/", row[2])}
    return sorted({cls.numbered.series for cls in ACTS.values() if cls.numbered} - {"FIR"} - listed)


def test_every_prefix_of_a_number_is_explained() -> None:
    """Who reads `SHK/0003/2026` finds what that is; without its line it is missed."""
    domain.load()
    assert unexplained_prefixes(TEXT) == []
    assert unexplained_prefixes(TEXT.replace("01/SHK/", "01/SHIK/")) == ["SHK"]


def test_every_line_is_whole_and_leads_somewhere() -> None:
    """Word, Hindi in its script, meaning, source, and a file that is in this checkout; no word twice."""
    found = rows(TEXT)
    assert len(found) > 80
    assert len({row[0] for row in found}) == len(found)
    for row in found:
        assert len(row) == 5, row
        assert all(row), row
        assert re.search("[\u0900-\u097f]", row[1]), row
        assert (ROOT / row[4].strip("`")).is_file(), row
