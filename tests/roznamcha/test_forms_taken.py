"""Forms that come back from other systems: entered once, by the usual door, sheet by sheet, never from a shut copy."""

from __future__ import annotations

import copy as copying
import gzip
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from roznamcha.errors import Refused, Usage
from roznamcha.forms.book import NAMES, form_of
from roznamcha.forms.filling import fill
from roznamcha.forms.giving import csv_of, document_of
from roznamcha.forms.html import page_of
from roznamcha.forms.printing import Copy
from roznamcha.forms.taking import form_lines
from roznamcha.office import Office
from roznamcha.typeset import typeset
from tests.dsl import given
from tests.roznamcha.filed import (
    COPY,
    FIR,
    HIDDEN,
    LINES,
    OTHERS,
    acts_of,
    as_csv,
    enter,
    filed,
    line,
    office_of,
    open_up,
    printed,
    sent,
    take,
)

__all__ = ["filed"]

HEAD = "act,record,occurred_at,reported_at,actor_id,actor_rank,actor_role,station,district"
NOBODY: Any = lambda _: set()  # noqa: E731 (a register that has no such record)


@pytest.fixture
def elsewhere(tmp_path: Path, server: Any) -> Iterator[Office]:
    """An office of another register, in which nothing stands."""
    import psycopg  # noqa: PLC0415 (a second database for these tests alone)

    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE elsewhere")
    with office_of(tmp_path / "there", psycopg.conninfo.make_conninfo(server.url, dbname="elsewhere")) as office:
        yield office
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("DROP DATABASE elsewhere WITH (FORCE)")


def test_a_case_goes_through_forms_into_another_register(filed: Office, elsewhere: Office, tmp_path: Path) -> None:
    """All seven forms, and the acts that no form enters, give the same pages there; a second time, nothing."""
    text = json.dumps([sent(filed, name) for name in NAMES])
    tally, away = take(elsewhere, tmp_path, text)
    assert (tally.read, tally.recorded, tally.entries, away) == (7, 7, 11, [])
    enter(elsewhere, [each for each in LINES if each["name"] in OTHERS])
    for name in NAMES:
        here, there = printed(filed, name), printed(elsewhere, name)
        for each in (here, there):  # the other acts were entered last there: what made a sheet is listed in that order
            for sheet in each["sheets"]:
                sheet["made from"]["entries"].sort()
        if name == "IIF-2":  # an FIR's victims stand in no box of a form, so that nobody who takes one has them
            assert (victim_of(here), victim_of(there)) == ([HIDDEN, "महिला · female"], ["", ""])
        assert page_of(here) == page_of(there), name
        made = filed.store.now()
        assert typeset("form", here, made=made) == typeset("form", there, made=made), name
    tally, away = take(elsewhere, tmp_path, text)
    assert (tally.recorded, tally.already, away) == (0, 7, [])


def victim_of(shown: dict[str, Any]) -> list[str]:
    """Name and sex of the victim on the crime details form, taken from the page."""
    (line,) = (each for each in shown["sheets"][0]["lines"] if "Particulars of the victims" in each["words"])
    at = [n for n, head in enumerate(line["head"]) if head[-1] in {"Full Name", "Sex"}]
    said = [line["rows"][0][n] for n in at]
    for n in at:
        line["rows"][0][n] = ""
    return said


def test_a_form_does_not_come_back_into_the_register_it_was_made_from(filed: Office, tmp_path: Path) -> None:
    """It would be a second arrest: an entry that is wrong is struck, and entered anew."""
    tally, away = take(filed, tmp_path, json.dumps([sent(filed, "IIF-3"), sent(filed, "IIF-4")]))
    assert (tally.read, tally.rejected, tally.entries) == (2, 2, 0)
    assert "is in this register, and the form was made from it" in away[0]["reasons"][0]
    assert filed.store.find(FIR) is not None


def test_what_another_system_changed_comes_in_and_a_bad_sheet_alone_stays_out(
    elsewhere: Office, tmp_path: Path
) -> None:
    """The rest is entered, in the register's own columns, sealed where it is personal."""
    entries = given(*acts_of(LINES)).entries
    made = [document_of(form_of(name), fill(form_of(name), entries), [], COPY) for name in ("IIF-1", "IIF-2", "IIF-4")]
    box_of(made[0], "place")["value"] = "बदला हुआ स्थान"
    box_of(made[1], "inspected_from")["value"] = "yesterday"
    for each in made:
        open_up(each)
    tally, away = take(elsewhere, tmp_path, json.dumps(made))
    assert (tally.read, tally.recorded, tally.rejected) == (3, 2, 1)
    assert away[0]["line"] == 2
    assert "inspected_from (box Date and Time of panchanama): must be a time" in away[0]["reasons"][0]
    shown = printed(elsewhere, "IIF-1", "court")
    assert "बदला हुआ स्थान" in json.dumps(shown, ensure_ascii=False)
    assert HIDDEN not in json.dumps(shown, ensure_ascii=False)


def test_a_case_goes_as_csv(filed: Office, elsewhere: Office, tmp_path: Path) -> None:
    """Line by line, an act to each; a line that can't be read alone stays out."""
    for number, name in enumerate(NAMES):
        tally, away = take(elsewhere, tmp_path, as_csv(filed, name), f"forms-{number}.csv")
        assert (tally.rejected, away) == (0, []), name
    enter(elsewhere, [each for each in LINES if each["name"] in OTHERS])
    for name in ("IIF-1", "IIF-3", "IIF-4", "IIF-7"):
        assert [each["lines"] for each in printed(elsewhere, name)["sheets"]] == [
            each["lines"] for each in printed(filed, name)["sheets"]
        ], name


@pytest.fixture(scope="module")
def sheet() -> dict[str, Any]:
    """A form as another system has it, with every box open."""
    entries = given(*acts_of(LINES)).entries
    form = form_of("IIF-4")
    return open_up(document_of(form, fill(form, entries), [], COPY))


def box_of(document: dict[str, Any], column: str) -> dict[str, Any]:
    """A box of the first act of a form."""
    return next(each for each in document["sheets"][0]["acts"][0]["boxes"] if each["column"] == column)


def taken(document: Any, name: str = "forms.json") -> list[str]:
    """Why the sheets of a file are turned away."""
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    lines = form_lines(io.BytesIO(data), name, record="", known=NOBODY)
    return [reason for each in lines for reason in each.reasons]


def test_a_whole_sheet_is_taken(sheet: dict[str, Any]) -> None:
    """So that what is refused below is refused for what is broken in it."""
    assert taken(sheet) == []


def _set(path: str, value: Any) -> Any:
    def change(document: dict[str, Any]) -> None:
        *way, last = path.split(".")
        found: Any = document
        for part in way:
            found = found[int(part) if part.isdigit() else part]
        found[int(last) if last.isdigit() else last] = value

    return change


def _box(column: str, value: Any) -> Any:
    return lambda document: box_of(document, column).update(value=value)


def _again(document: dict[str, Any]) -> None:
    boxes = document["sheets"][0]["acts"][0]["boxes"]
    boxes.append(copying.deepcopy(boxes[0]))


def _other_rows(document: dict[str, Any]) -> None:
    two = [each for each in document["sheets"][0]["acts"][0]["boxes"] if each["column"] == "items"]
    two[1]["value"][0]["id"] = "PR/9"


def _fewer_rows(document: dict[str, Any]) -> None:
    two = [each for each in document["sheets"][0]["acts"][0]["boxes"] if each["column"] == "items"]
    two[1]["value"].pop()


ACT = "sheets.0.acts.0"


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (_set("record", {}), "does not say which record"),
        (_set("record", None), "does not say which record"),
        (_set("sheets.0.acts", []), "with one to 200 acts"),
        (_set("sheets.0", "x"), "with one to 200 acts"),
        (_set("sheets.0.more", 1), "a sheet has no 'more'"),
        (_set(f"{ACT}.name", "case.AccusedArrested"), "IIF-4 enters case.PropertySeized"),
        (_set(ACT, 7), "IIF-4 enters case.PropertySeized"),
        (_set(f"{ACT}.fields", {}), "an act of a form has no 'fields'"),
        (_set(f"{ACT}.boxes", {}), "boxes: must be a list"),
        (_set(f"{ACT}.boxes.0", 3), "has no box 'None'"),
        (_set(f"{ACT}.boxes.0.box", "99"), "IIF-4 has no box '99'"),
        (_set(f"{ACT}.boxes.0.box", ["1"]), "IIF-4 has no box"),
        (_set(f"{ACT}.boxes.0.column", {"a": 1}), "IIF-4 has no box"),
        (_set(f"{ACT}.name", ["case.PropertySeized"]), "IIF-4 enters case.PropertySeized"),
        (_set(f"{ACT}.boxes.0.column", "colour"), "for the column 'colour'"),
        (_set(f"{ACT}.boxes.0.from", "x"), "has no box"),
        (_again, "stands twice on one sheet"),
        (_set(f"{ACT}.occurred_at", "2026-07-03T11:00:00"), "has no zone"),
        (_set(f"{ACT}.occurred_at", "2099-07-03T11:00:00Z"), "in the future"),
        (_set(f"{ACT}.actor", None), "who did it"),
        (_set(f"{ACT}.station", ""), "station: missing"),
        (_box("memo", None), "memo (box Seizure memo no.): missing"),
        (_box("memo", ["x"]), "must be text"),
        (_box("kind", "borrowed"), "kind (box 3): must be one of"),
        (_box("items", "x"), "two boxes show this table"),
        (_box("items", [{"id": "PR/1"}]), "two boxes show this table"),
        (_other_rows, "say different things of one row"),
        (_fewer_rows, "their rows are not the same"),
        (_box("from_whom", {"sealed": "A1"}), "is withheld in this copy"),
        (_box("witnesses", [{"code": "W1", "witness_name": {"sealed": "W1"}}]), "is withheld in this copy"),
        (_box("witnesses", [{"name": "x"}]), "witnesses[0].'name' (box 6): no such field"),
        (_box("circumstances", "a\u202eb"), "control character"),
        (_box("copy_given", "yes"), "must be true or false"),
    ],
)  # fmt: skip
def test_a_broken_sheet_is_told_by_its_boxes(sheet: dict[str, Any], broken: Any, said: str) -> None:
    """Each with its reason; a sheet that is whole beside it is taken."""
    damaged = copying.deepcopy(sheet)
    broken(damaged)
    found = taken([damaged, sheet])
    assert any(said in each for each in found), found
    lines = [*form_lines(io.BytesIO(json.dumps([damaged, sheet]).encode()), "x.json", record="", known=NOBODY)]
    assert [bool(each.reasons) for each in lines] == [True, False]
    assert [len(each.acts) for each in lines] == [0, 1]


def test_no_reason_repeats_what_is_personal(sheet: dict[str, Any]) -> None:
    """A reason is read by many."""
    damaged = copying.deepcopy(sheet)
    _box("from_whom", "रुक्मिणी\u202e")(damaged)
    damaged["sheets"][0]["acts"][0]["रुक्मिणी देवी"] = 1
    assert taken(damaged)
    assert HIDDEN not in str([each for each in taken(damaged) if "from_whom" in each])


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (b"", "this is not JSON"), (b"{", "this is not JSON"), (b"\xff{}", "not UTF-8"),
        (b'{"form": 1, "form": 2}', "twice"),
        ([7], "a form is a JSON object"), ({}, "form: must be one of IIF-1"), ({"form": ["IIF-1"]}, "must be one of"),
        ({"form": "IIF-9", "sheets": [1]}, "must be one of"),
        ({"form": "IIF-1", "version": 2, "sheets": [1]}, "in version 1"),
        ({"form": "IIF-1", "version": 1}, "sheets: must be a list"),
        ({"form": "IIF-1", "version": 1, "sheets": []}, "must be a list"),
        ({"form": "IIF-1", "version": 1, "sheets": [1], "colour": 1}, "a form has no 'colour'"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_form_is_refused_whole(document: Any, said: str) -> None:
    """Nothing of it is entered, and not the forms that stand before it in the file either."""
    with pytest.raises(Refused, match=said):
        taken(document)


def row(**cells: str) -> str:
    """A line of CSV, an appeal decided unless said otherwise."""
    usual = {
        "act": "case.AppealDecided", "record": FIR, "occurred_at": "2026-11-20T12:00:00+05:30", "reported_at": "",
        "actor_id": "CG-1", "actor_rank": "SI", "actor_role": "reader", "station": "CG-RPR-01", "district": "",
        "appeal": "CRA/1", "court": "Sessions", "result": "dismissed", "remarks": "",
    }  # fmt: skip
    return ",".join({**usual, **cells}.values())


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (row(act="case.HearingHeld"), "no form enters 'case.HearingHeld'"),
        (row(act=""), "no form enters"),
        (row(occurred_at="20.11.2026"), "must be a time"),
        (row(station=""), "station: missing"),
        (row(actor_id=""), "actor.id: missing"),
        (row(appeal=""), "appeal: missing"),
        (row(result="lost"), "result: must be one of"),
        (row(remarks='"{""sealed"": ""CASE""}"'), "is withheld in this copy"),
        (row(remarks='"[{""x"": {""sealed"": ""CASE""}}]"'), "is withheld in this copy"),
        (row() + ",x", "has 14 columns"),
        ('"a', "not CSV"),
    ],
)
def test_a_broken_line_of_csv_is_refused_and_the_rest_taken(broken: str, said: str) -> None:
    """By its number and reasons."""
    text = "\n".join([f"{HEAD},appeal,court,result,remarks", broken, row()])
    lines = [*form_lines(io.BytesIO(text.encode()), "forms.csv", record="", known=NOBODY)]
    assert any(said in each for each in lines[0].reasons), lines[0].reasons
    assert [len(each.acts) for each in lines] == [0, 1]


def test_a_csv_of_something_else_and_one_cut_off_are_told() -> None:
    """Without the columns of forms nothing is read; of a file that ends too early, what was read is taken."""
    with pytest.raises(Usage, match="a CSV of forms begins with act"):
        taken(b"case_id,activity\n1,2\n", "log.csv")
    whole = gzip.compress("\n".join([f"{HEAD},appeal,court,result,remarks", *[row()] * 400]).encode(), mtime=0)
    lines = [*form_lines(gzip.GzipFile(fileobj=io.BytesIO(whole[:-20])), "forms.csv.gz", record="", known=NOBODY)]
    assert "ends in the middle" in lines[-1].reasons[0]
    with pytest.raises(Refused, match="ends in the middle"):
        [*form_lines(gzip.GzipFile(fileobj=io.BytesIO(whole[:-20])), "forms.json", record="", known=NOBODY)]


def test_a_csv_merges_the_tables_that_two_boxes_show() -> None:
    """In one cell, and each row with all its columns."""
    form = form_of("IIF-4")
    text = csv_of(form, fill(form, given(*acts_of(LINES)).entries), COPY)
    assert '""id"": ""PR/2"", ""category"": ""digital device""' in text
    assert '""device_hash"": ""ab12""' in text


def test_a_box_that_would_be_a_formula_goes_guarded_and_comes_as_it_was() -> None:
    """A place that begins as a formula does is text to a spreadsheet, and the same place again to a register."""
    form, evil = form_of("IIF-7"), "=HYPERLINK(1)"
    acts = [
        *acts_of([LINES[0], LINES[12], line("AppealDecided", "11-20T12:00", **LINES[13]["fields"] | {"court": evil})])
    ]
    text = csv_of(form, fill(form, given(*acts).entries), Copy(FIR, "", "sealed"))
    assert f",'{evil}," in text
    lines = [*form_lines(io.BytesIO(text.encode()), "forms.csv", record="", known=NOBODY)]
    assert [act.event.court for each in lines for act in each.acts if act.event.name.endswith("Decided")] == [evil]


def test_an_act_of_a_form_needs_a_record_that_is_there(elsewhere: Office, tmp_path: Path) -> None:
    """An appeal in a case that this register has not is refused: only the register gives numbers."""
    entries = given(*acts_of([LINES[0], line("AppealFiled", "10-20T12:00", **LINES[12]["fields"]), LINES[13]])).entries
    form = form_of("IIF-7")
    made = open_up(document_of(form, fill(form, entries), [], COPY))
    tally, away = take(elsewhere, tmp_path, json.dumps(made))
    assert (tally.entries, tally.rejected) == (0, 1)
    assert "no record is called" in away[0]["reasons"][0]
