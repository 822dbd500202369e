"""Custody histories of others: the published illustrations of CASE, their overlaps, and what comes of an exhibit."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest

import domain
from domain.case.case import Case
from domain.event import changed, decide, fold
from projections.custody import Custody
from projections.view import fold_record
from roznamcha.case_files import deeds_of
from roznamcha.errors import Refused
from roznamcha.importing import case_lines
from roznamcha.intake import read_act
from tests.acts import NOW
from tests.acts import sent as act_of
from tests.dsl import RECORD
from tests.roznamcha.kit import ROOT, Program

DATA = ROOT.parent / "shared" / "data"
SEIZED = {"@type": "case-investigation:InvestigativeAction", "@id": "kb:action-1"}


def rows_of(document: Any) -> tuple[list[Any], list[str]]:
    """Every link of the custody in a file, decided act by act as at the counter; and what was turned away."""
    domain.load()
    case, entries, away = Case.blank(RECORD), [], []
    for deed in deeds_of(document, "old:1", "EX-01"):
        away += deed.reasons
        for sent in deed.acts:
            event = read_act(sent, now=NOW).event
            meta = changed(event.meta, version=case.version + 1, record_id=RECORD, stream_id=RECORD)
            entry = changed(event, meta=meta)
            reasons = decide(entry, case).reasons
            away += reasons
            if not reasons:
                case = fold(case, [entry], entries.copy)
                entries.append(entry)
    return fold_record(Custody(), entries), away


@pytest.mark.parametrize(
    ("name", "derived", "overlapping"),
    [
        (
            "case_forensic_lifecycle",
            {"DFL-20140712-001C": "ACME-676553402357", "DFL-20140712-001D": "DFL-20140712-001B",
             "DFL-20140712-0022": "DFL-20140712-001C", "DFL-20140712-002D": "DFL-20140712-0021"},
            {"ACME-676553402357"},
        ),
        (
            "case_oresteia",
            {"AthensPD-2017220601-02": "ArgosPD-20170622-001A", "AthensPD-2017220601-02-03": "AthensPD-2017220601-02",
             "ArgosPD-20170622-001A-100": "AthensPD-2017220601-02-03"},
            {"AthensPD-2017220601-02-03"},
        ),
        (
            "case_partitions",
            {"20230816-001-001-01": "20230816-001-001", "20230816-001-001-01-P4": "20230816-001-001-01"},
            {"20230816-001-001-01"},
        ),
    ],
)  # fmt: skip
def test_the_published_illustrations(name: str, derived: dict[str, str], overlapping: set[str]) -> None:
    """Each later exhibit leads to the one it comes from; what was done at one time to one exhibit is shown."""
    file = DATA / f"{name}.json"
    if not file.exists():
        pytest.skip(f"{file.name} is not beside the checkout")
    rows, away = rows_of(json.loads(file.read_text()))
    assert away == []
    parents = {row.property_id: row.parent for row in rows}
    assert derived.items() <= parents.items()
    assert {row.property_id for row in rows if any(each["code"] == "overlaps" for each in row.breaks)} == overlapping


def file_of(*actions: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A small file of our own: a phone, and what these actions do to it."""
    exhibit = {
        "@id": "kb:record-1", "@type": "case-investigation:ProvenanceRecord",
        "case-investigation:exhibitNumber": "E/1", "uco-core:object": {"@id": "kb:phone"},
        "uco-core:description": "the phone of Somebody", **more,
    }  # fmt: skip
    return {"@graph": [{"@id": "kb:phone", "@type": "uco-observable:Device"}, exhibit, *actions]}


def action(**more: Any) -> dict[str, Any]:
    """The phone is seized."""
    usual = {
        "uco-action:startTime": {"@value": "2026-07-02T09:00:00Z"}, "uco-action:performer": {"@id": "kb:officer-77"},
        "uco-action:result": {"@id": "kb:record-1"},
    }  # fmt: skip
    return {key: value for key, value in {**SEIZED, **usual, **more}.items() if value is not None}


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (file_of(action(**{"uco-action:startTime": None})), "no time is given"),
        (file_of(action(**{"uco-action:startTime": {"@value": "2026-07-02T09:00:00"}})), "none with a zone"),
        (file_of(action(**{"uco-action:startTime": {"@value": "yesterday"}})), "no time is given, or none"),
        (file_of(action(**{"uco-action:performer": None})), "nobody is named who did it"),
        (file_of(action(), action(**{"@id": "kb:action-2"})), "no exhibit that is not in custody already"),
    ],
)
def test_an_action_that_cannot_be_read_is_refused_by_itself(document: Any, why: str) -> None:
    """With its reason; the others are taken."""
    assert any(why in each for each in rows_of(document)[1])


@pytest.mark.parametrize("document", [None, 7, "x", [], {}, {"@graph": 3}, {"@graph": [{"@id": 7, "@type": None}]}])
def test_what_is_no_history_holds_none(document: Any) -> None:
    """Any JSON may be given."""
    assert rows_of(document) == ([], [])


def test_an_action_that_stands_twice_is_put_together() -> None:
    """Where it is only named again it loses nothing; where two say different things, it is refused for that."""
    rows, away = rows_of(file_of(action(), SEIZED))
    assert ([row.property_id for row in rows], away) == (["E/1"], [])
    other = {**SEIZED, "uco-action:startTime": {"@value": "2026-07-09T09:00:00Z"}}
    assert rows_of(file_of(action(), other)) == ([], ["no time is given, or none with a zone"])


def test_actions_follow_one_another_by_the_instant_whatever_the_zone() -> None:
    """Nine o'clock in India is before five in Greenwich."""
    taken = {"uco-action:startTime": {"@value": "2026-07-02T09:00:00+05:30"}}
    given = {"@id": "kb:action-2", "uco-action:startTime": {"@value": "2026-07-02T05:00:00Z"},
             "uco-action:performer": {"@id": "kb:officer-78"}}  # fmt: skip
    rows, away = rows_of(file_of(action(**given), action(**taken)))
    assert ([row.holder for row in rows], away) == (["X-77", "X-78"], [])
    assert not any(row.breaks and row.breaks[0]["code"] == "out of order" for row in rows)


def test_a_file_that_is_cut_off_is_refused_whole() -> None:
    """Its compression ends in the middle."""
    whole = gzip.compress(json.dumps(file_of(action())).encode(), mtime=0)
    with pytest.raises(Refused, match="ends in the middle"):
        [*case_lines(gzip.GzipFile(fileobj=io.BytesIO(whole[:-20])), "x.jsonld.gz", record="old:1", station="EX-01")]


def test_no_name_is_taken_over() -> None:
    """A description may hold a name: an exhibit goes by its number and its kind."""
    ((row,), away) = rows_of(file_of(action()))
    assert (row.property_id, away) == ("E/1", [])
    assert "Somebody" not in json.dumps([*map(str, vars(row).values())])


def test_a_file_is_imported_once(tmp_path: Path, database: str) -> None:
    """By the program: into one record, shown by `custody`, and again nothing new."""
    program = Program(tmp_path, database)
    copied = {
        "@id": "kb:action-2", "uco-action:startTime": {"@value": "2026-07-03T09:00:00Z"},
        "uco-action:object": {"@id": "kb:phone"}, "uco-action:result": {"@id": "kb:record-2"},
    }  # fmt: skip
    image = {
        "@id": "kb:record-2", "@type": "case-investigation:ProvenanceRecord",
        "case-investigation:exhibitNumber": "E/2", "uco-core:object": {"@id": "kb:image"},
    }  # fmt: skip
    (tmp_path / "tool.jsonld").write_text(json.dumps(file_of(action(), action(**copied), image)))
    command = ["import", "tool.jsonld", "--format", "case", "--record", "tool:1", "--station", "EX-01"]
    first, second = program.json(*command), program.json(*command)
    assert (first["read"], first["recorded"], second["recorded"], second["already"]) == (2, 2, 0, 2)
    links = program.json("custody", "tool:1")["links"]
    assert [(each["property_id"], each["parent"]) for each in links][-1] == ("E/2", "E/1")


def test_a_sensitive_case_goes_out_only_when_that_is_said(program: Program) -> None:
    """Places and things may show who the victim is; what nothing says is sensitive goes out as it is."""
    item = {"id": "PR/1", "category": "other", "description": "a bag", "quantity": "1", "unit": "piece", "seal": "S"}
    lines = [
        line
        for record, section in (("a:1", "BNS 64(1)"), ("b:1", "BNS 303(2)"))
        for line in (
            act_of("case.FIRRegistered", record, sections=[section]),
            act_of("case.PropertySeized", record, at="2026-07-02T12:00:00+05:30", memo="SM/1", items=[item]),
        )
    ]
    later = {"at": "2026-07-03T12:00:00+05:30", "sections": ["BNS 303(2)"]}
    lines += [
        act_of("case.FIRRegistered", "c:1", sections=["BNS 64(1)"]),
        act_of("case.PropertySeized", "c:1", at="2026-07-02T12:00:00+05:30", memo="SM/1", items=[item]),
        act_of("case.SectionsAltered", "c:1", **later),
    ]
    (program.folder / "acts.jsonl").write_text("".join(json.dumps(each) + "\n" for each in lines))
    assert program.json("import", "acts.jsonl")["rejected"] == 0
    for record in ("a:1", "c:1"):
        refused = program.run("export", record, "-o", "out.jsonld", check=False)
        assert (refused.returncode, "is sensitive by BNS 64(1)" in refused.stderr) == (1, True)
    assert not (program.folder / "out.jsonld").exists()
    for asked in (["a:1", "--sensitive"], ["b:1"]):
        assert program.json("export", *asked, "-o", "out.jsonld")["links"] == 1


@pytest.mark.parametrize("text", ["12", "null", "[1, {}]", '{"@context": {}, "@graph": []}', '{"name": "x"}'])
def test_a_file_without_an_action_is_refused(text: str) -> None:
    """It is JSON, and tells of no custody."""
    with pytest.raises(Refused, match="no action of CASE/UCO"):
        list(case_lines(io.BytesIO(text.encode()), "file.jsonld", record="old:1", station="EX-01"))
