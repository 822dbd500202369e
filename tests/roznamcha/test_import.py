"""Files as people have them: odd characters, lines apart that belong together, one line that nothing can take."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.acts import sent
from tests.roznamcha.kit import ROOT, Program

FIR = "case.FIRRegistered"
LOG = "case_id,participant_id,activity,date,detail,agency,offence_category"
COOK = ROOT / "examples/cook_county/map.yaml"


@pytest.fixture
def program(tmp_path: Path, database: str) -> Program:
    """The program on an empty database."""
    return Program(tmp_path, database)


def fir(record: str = "", **fields: Any) -> dict[str, Any]:
    """A sound line, an FIR."""
    return sent(FIR, record, sections=["BNS 303(2)"], **fields)


def took_in(program: Program, *lines: str | dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Import lines of JSON; give the tally and the rejected lines."""
    file, rejects = program.folder / "acts.jsonl", program.folder / "rejects.jsonl"
    rejects.unlink(missing_ok=True)
    file.write_text("".join(f"{each if isinstance(each, str) else json.dumps(each)}\n" for each in lines))
    done = program.run("import", str(file), "--rejects", str(rejects), "--json", check=False)
    rejected = [json.loads(each) for each in rejects.read_text().splitlines()] if rejects.exists() else []
    return json.loads(done.stdout), rejected


def took_in_log(program: Program, *rows: str) -> tuple[dict[str, Any], str]:
    """Import rows of the felony log; give the tally and what was said of the rejected ones."""
    file, rejects = program.folder / "log.csv", program.folder / "rejects.jsonl"
    with file.open("w", newline="") as written:
        written.write("\n".join([LOG, *rows]) + "\n")
    arguments = ["import", str(file), "--map", str(COOK), "--rejects", str(rejects), "--json"]
    done = program.run(*arguments, check=False)
    return json.loads(done.stdout), rejects.read_text() if rejects.exists() else ""


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (fir() | {"record": ["x"]}, "record: must be text"),
        (fir(fir_number=3_000_000_000, year=2026), "fir_number: must lie between 1 and 99999"),
        (fir(fir_number=2, year=99_999_999_999), "year: must lie between 1900 and 2199"),
        (fir(fir_number=-1, year=2026), "fir_number: must lie between"),
        (fir("CG-RPR-01/0002/2026"), "form of a register's number"),
        (fir("CG-RPR-01/NCR/0002/2026"), "form of a register's number"),
        (fir("00000000-0000-0000-0000-000000000000"), "nothing but zeros"),
        (fir("old:4", contents="right \u202e left"), "control character"),
        (fir("old:5", contents="\x9b31m"), "control character"),
        (sent("case.HearingHeld", "nobody") | {"source": "\ud800"}, "no record is called"),
    ],
)
def test_one_bad_line_costs_nobody_else(program: Program, line: dict[str, Any], said: str) -> None:
    """The line is turned away with its reason, those around it go in, and the register goes on counting."""
    told, rejected = took_in(program, fir("old:1"), line, fir("old:2"))
    assert (told["recorded"], told["rejected"]) == (2, 1)
    assert rejected[0]["line"] == 2
    assert said in rejected[0]["reasons"][0]
    told, _ = took_in(program, fir("old:1"), line, fir("old:2"), fir("old:3"))
    assert (told["recorded"], told["already"], told["rejected"]) == (1, 2, 1)
    assert program.json("show", "old:3")["number"] == "0003/2026"


def test_a_record_may_be_called_by_its_own_number(program: Program) -> None:
    """A file that gives number and name alike is sound; the name is not kept twice."""
    told, _ = took_in(program, fir("CG-RPR-01/0007/2026", fir_number=7, year=2026), fir())
    assert told["recorded"] == 2
    assert program.json("show", "CG-RPR-01/0008/2026")["entries"] == 1
    assert program.count("names") == 2


def test_the_rejects_never_replace_the_file_that_is_read(program: Program) -> None:
    """A slip in --rejects must not cost the register."""
    file = program.folder / "acts.jsonl"
    file.write_text(f"{json.dumps(fir('old:1'))}\nrubbish\n")
    (program.folder / "link.jsonl").hardlink_to(file)
    for name in ("acts.jsonl", "link.jsonl"):
        done = program.run("import", str(file), "--rejects", str(program.folder / name), check=False)
        assert done.returncode == 2
        assert "name another one" in done.stderr
    assert file.read_text().endswith("rubbish\n")
    assert program.count("entries") == 0


def test_when_nothing_goes_in_the_import_has_failed(program: Program) -> None:
    """A script must notice that a whole file was turned away."""
    file = program.folder / "rubbish.jsonl"
    file.write_text("rubbish\n" * 3)
    done = program.run("import", str(file), check=False)
    assert done.returncode == 1
    assert "none of the 3 lines" in done.stderr


def test_a_columns_text_is_kept_whole(program: Program) -> None:
    """Separators of lines and paragraphs, inside a column, are text; a carriage return is no reason to lose a row."""
    told, said = took_in_log(
        program,
        "1,1,Received,2019-01-02,,CPD,half\u2028HALF",
        "2,2,Received,2019-01-02,,CPD,a\r3,3,Received,2019-01-02,,CPD,b",
        '4,4,Received,2019-01-02,,CPD,"quoted\rreturn"',
    )
    assert (told["read"], told["recorded"], told["rejected"]) == (3, 2, 1)
    assert "makes 2 lines of it" in said
    assert program.json("show", "cook-county:1")["sections"] == ["FOREIGN half\u2028HALF"]


def test_lines_of_one_case_may_lie_apart(program: Program) -> None:
    """The second person of a case is the second accused, wherever in the file his lines stand."""
    told, _ = took_in_log(
        program,
        "C1,P1,Received,2019-01-02,,CPD,Theft",
        "C2,P9,Received,2019-01-02,,CPD,Theft",
        "C1,P2,Received,2019-01-02,,CPD,Theft",
        "C1,P2,Arrest,2019-01-03,,CPD,Theft",
    )
    assert told["recorded"] == 4
    arrests = [each for each in program.json("history", "cook-county:C1")["entries"] if "Arrested" in each["name"]]
    assert [each["fields"]["accused"] for each in arrests] == ["A2"]


def test_a_line_of_no_case_is_turned_away(program: Program) -> None:
    """Lines without a case's key would all become one case."""
    told, said = took_in_log(program, ",P1,Received,2019-01-02,,CPD,Theft", "C2,P2,Received,2019-01-02,,CPD,Theft")
    assert (told["recorded"], told["rejected"]) == (1, 1)
    assert "case_id is empty" in said
