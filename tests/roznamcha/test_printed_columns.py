"""Each column of a printed form, as far as one was read, has its box; what stands blank says why."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml

from domain.event import Event, changed
from domain.law.book import StrictLoader
from roznamcha.forms.book import NAMES, Box, flaws, form_of, read_form
from roznamcha.forms.printing import Pen
from tests.dsl import Given
from tests.roznamcha.filed import CNR, HIDDEN, LINES, PEN, acts_of, line
from tests.roznamcha.kit import ROOT
from tests.roznamcha.test_forms import GOOD, boxes, shown

PRINTED: Mapping[str, Any] = yaml.load(
    (Path(__file__).parent / "printed_columns.yaml").read_text(encoding="utf-8"),
    StrictLoader,  # noqa: S506 (it makes texts, numbers and tables alone)
)


def numbered(name: str) -> Iterator[tuple[str, Box]]:
    """Every box of a form, and every column of its tables, with the number under which it stands on the sheet."""
    number = ""
    for box in form_of(name).boxes:
        number = box.number or number
        for each in (box, *box.rows):
            yield number, each


@pytest.mark.parametrize("name", PRINTED)
def test_every_printed_column_has_its_box(name: str) -> None:
    """Under the number that it has on paper."""
    have = {(number, box.words["en"]) for number, box in numbered(name)}
    wanted = [(number, each) for number, columns in PRINTED[name]["columns"].items() for each in columns]
    assert [each for each in wanted if each not in have] == []


def test_only_of_the_last_form_no_column_was_found() -> None:
    """And its boxes are those of our own acts."""
    assert [each for each in NAMES if each not in PRINTED] == ["IIF-7"]
    assert [box.words["en"] for _, box in numbered("IIF-7") if box.blank == "unfed"] == []


@pytest.mark.parametrize("name", NAMES)
def test_what_stands_blank_says_why(name: str) -> None:
    """In the form's file and in the docs, beside its words."""
    page = (ROOT / "docs" / "forms.md").read_text(encoding="utf-8")
    told_of = page.partition(f"### {name}")[2].partition("\n### ")[0]
    blank = [((number, box.why), box.words["en"]) for number, box in numbered(name) if box.blank == "unfed"]
    groups = ((place, " · ".join(word for _, word in found)) for place, found in groupby(blank, key=itemgetter(0)))
    said = [f"{number} {words}: {why}".strip() for (number, why), words in groups]
    listed = told_of.partition("- Nothing feeds: ")[2].partition("\n")[0].removesuffix(".")
    assert listed.split("; ") == (said or [""])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("column: remarks}", "blank: unfed}"),
        ("column: remarks}", "column: remarks, why: because}"),
        ("blank: signed}", "blank: signed, why: because}"),
    ],
)
def test_a_box_without_its_reason_is_seen(old: str, new: str) -> None:
    """What nothing feeds says why, and nothing else does."""
    assert old in GOOD
    assert any("says why" in each for each in flaws(read_form(GOOD.replace(old, new, 1))))


@pytest.fixture(scope="module")
def case() -> Given:
    """The case, with bail, a disposal and the court's receipt, and an accused's sheet that leaves the dates out."""
    lines = json.loads(json.dumps(LINES))
    del lines[7]["fields"]["accused"][0]["arrested_on"]
    more = [
        line("BailGranted", "07-20T11:00", accused="A1", court="JMFC", kind="regular"),
        line("PropertyDisposed", "08-01T11:00", property_id="PR/1", order="O/1", manner="returned", place="थाना"),
        line(
            "ChargesheetAcknowledged", "08-22T11:00", by="COURT-1", number="CS/1", cnr=CNR, accused=["A1"], court="JMFC"
        ),
    ]
    return Given(tuple(stamped(*acts_of([*lines[:7], *more[:2], *lines[7:9], more[2], *lines[9:]]))))


def stamped(*acts: Event[Any]) -> Iterator[Event[Any]]:
    """Acts with their numbers, whether or not the register would take them in this order."""
    for number, each in enumerate(acts, 1):
        yield changed(each, meta=changed(each.meta, version=number, entry_id=UUID(int=number)))


def test_a_final_form_is_filled_from_what_other_entries_know(case: Given) -> None:
    """Arrest, bail, from whom an article came and what became of it, who investigates, and the court's receipt."""
    accused = dict(zip(*table("IIF-5", case.entries, ACCUSED), strict=True))
    assert (accused["Date of arrest"], accused["Date of release on bail"]) == ("03.07.2026 09:00", "20.07.2026 11:00")
    assert (accused["Sex"], accused["Previous convictions"]) == ("male", "")
    relied = "Properties / articles / documents recovered / seized during investigation and relied upon"
    article = dict(zip(*table("IIF-5", case.entries, relied), strict=True))
    assert (article["From whom / where recovered or seized"], article["Disposal"]) == ("कृष्ण कुमार", "returned")
    said = boxes("IIF-5", case.entries)
    assert (said["Received in court on"], said["Received by, No."], said["CNR"]) == ("22.08.2026 11:00", "COURT-1", CNR)


def test_what_the_form_itself_says_comes_first() -> None:
    """A date that the final form gives is not looked up elsewhere, and the other way round nothing is made up."""
    given_there = acts_of(LINES)
    accused = dict(zip(*table("IIF-5", list(stamped(*given_there)), ACCUSED), strict=True))
    assert (accused["Date of arrest"], accused["Date of release on bail"]) == ("03.07.2026", "")


def test_an_officer_is_named_by_the_master(case: Given) -> None:
    """The investigator, who was named by the FIR alone; who receives in court; who signs. Unknown ids give no name."""
    officers = {"CG-1001": {"name": "R. Sahu", "name_hi": "राजेश साहू"}, "COURT-1": {"name": "R. Pandey"}}
    pen = Pen(("en",), PEN.zone, officers=officers)
    without = [each for each in case.entries if each.name != "case.InvestigatorAssigned"]
    said = boxes("IIF-5", without, pen=pen)
    assert (said["Name of the I.O."], said["Rank"], said["Received by, name"]) == ("R. Sahu", "SI", "R. Pandey")
    assert boxes("IIF-1", without, pen=pen)["Directed (Name of I.O.)"] == "R. Sahu"
    both = Pen(("hi", "en"), PEN.zone, officers=officers)
    assert boxes("IIF-7", without, pen=both)["नाम"] == "राजेश साहू · R. Sahu"
    assert boxes("IIF-5", without)["Name of the I.O."] == ""


def test_whom_an_article_was_taken_from_is_known_from_the_arrest(case: Given) -> None:
    """His father's name, sex and age, by his code; and the arrest memo names the seizure memos of his search."""
    arrested = [changed(each, age_years=31) if each.name == "case.AccusedArrested" else each for each in case.entries]
    memo = boxes("IIF-4", arrested)
    assert (memo["Sex"], memo["Age"]) == ("male", "31")
    assert boxes("IIF-3", arrested)["Articles found on physical search"] == [
        ["SM/1", "03.07.2026 11:00", "अभियुक्त का घर"]
    ]


def test_a_victim_is_known_from_the_fir(case: Given) -> None:
    """On the crime details form: sealed there as elsewhere."""
    victim = dict(zip(*table("IIF-2", case.entries, "Particulars of the victims"), strict=True))
    assert (victim["Full Name"], victim["Sex"], victim["Injury"]) == (HIDDEN, "female", "खरोंच")


ACCUSED = "Particulars of accused persons charge-sheeted"


def table(name: str, entries: Any, words: str) -> tuple[list[str], list[str]]:
    """The heads and the first row of a table."""
    lines = shown(name, entries, Pen(("en",), PEN.zone))["sheets"][0]["lines"]
    found = next(each for each in lines if each["words"] == [words])
    return [each[0] for each in found["head"]], found["rows"][0]
