"""A real log becomes cases: every line is recorded, with doubts or without, or rejected with reasons; twice is once."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pytest

from roznamcha.errors import Refused
from roznamcha.mapping import Group, accused_code, load_map
from tests.roznamcha.kit import ROOT, Program

MAP = ROOT / "examples" / "cook_county" / "map.yaml"
LOG = ROOT.parent / "shared" / "data" / "cook_county_2019_events.csv.gz"
LINES = [
    "case_id,participant_id,activity,date,detail,agency,offence_category",
    "100000000001,1,Arrest,2018-11-12,,CHICAGO PD,Narcotics",
    "100000000001,1,Received,2019-01-05,,CHICAGO PD,Narcotics",
    "100000000001,2,Received,2019-01-06,,CHICAGO PD,Narcotics",
    "100000000001,1,Felony review,2019-01-05,Approved,CHICAGO PD,Narcotics",
    "100000000001,2,Charging event,2019-06-06,Indictment,CHICAGO PD,Narcotics",
    "100000000001,2,Sentence,2019-06-07,Prison,CHICAGO PD,Narcotics",
    "100000000001,2,Disposition,2019-06-08,Finding Guilty,CHICAGO PD,Narcotics",
    "100000000001,1,Disposition,2019-06-08,Mistrial Declared,CHICAGO PD,Narcotics",
    "100000000001,1,Arraignment,2109-06-20,,CHICAGO PD,Narcotics",
    "100000000001,1,Received,2019-02-30,,CHICAGO PD,Narcotics",
    "100000000002,3,Sentence,2019-02-01,Jail,,Narcotics",
    "too,few,columns",
    "100000000003,4,Received,2019-03-01,,CICERO PD,Burglary",
]


def test_every_line_is_accounted_for_and_twice_is_once(program: Program, tmp_path: Path) -> None:
    """Dirty lines as the real log has them, each with its fate."""
    file = tmp_path / "log.csv"
    file.write_text("\n".join(LINES) + "\n")
    told = program.json("import", str(file), "--map", str(MAP), "--rejects", str(tmp_path / "rejects.jsonl"), code=5)
    assert told["read"] == len(LINES) - 1 == told["recorded"] + told["rejected"]
    reasons = (tmp_path / "rejects.jsonl").read_text()
    assert told["rejected"] == 5
    for said in ("no rule for a line with activity 'Disposition', detail 'Mistrial Declared'", "is in the future",
                 "no day of the calendar", "no record is called", "has 3 columns"):  # fmt: skip
        assert said in reasons
    assert told["doubted"] >= 3
    shown = program.json("show", "cook-county:100000000001")
    assert shown["doubts"]
    again = program.json("import", str(file), "--map", str(MAP), "--rejects", str(tmp_path / "rejects.jsonl"), code=5)
    assert (again["recorded"], again["already"], again["rejected"]) == (0, told["recorded"], told["rejected"])
    assert program.json("verify")["ok"] is True


def test_a_csv_is_read_as_csv(program: Program, tmp_path: Path) -> None:
    """A byte order mark, CRLF, a column over two lines, and a quote nobody closed, which costs its own line only."""
    lines = [LINES[0], '100000000001,1,Received,2019-01-05,,"CHICAGO\nPD",Narcotics', '1,"never closed,x,2019-01-01,,,']
    more = [f"1000000001{n:02d},1,Received,2019-01-05,,CHICAGO PD,Narcotics" for n in range(60)]
    file = tmp_path / "log.csv"
    file.write_bytes(b"\xef\xbb\xbf" + "\r\n".join([*lines, *more]).encode())
    told = program.json("import", str(file), "--map", str(MAP), code=5)
    assert (told["read"], told["recorded"], told["rejected"]) == (62, 61, 1)


def test_a_column_named_twice_is_refused(program: Program, tmp_path: Path) -> None:
    """Nothing is entered when nobody could say which column is meant."""
    file = tmp_path / "log.csv"
    file.write_text(f"{LINES[0]},date\n{LINES[1]},2019-01-01\n")
    done = program.run("import", str(file), "--map", str(MAP), check=False)
    assert (done.returncode, program.count("entries")) == (2, 0)
    assert "has the column 'date' twice" in done.stderr


@pytest.mark.skipif(not LOG.exists(), reason="the real log is not beside this checkout")
def test_the_real_log_begins_well(program: Program, tmp_path: Path) -> None:
    """The first 3,000 lines of the real log: all accounted for, twice is once, everything verifies."""
    with gzip.open(LOG, "rt") as whole:
        head = [next(whole) for _ in range(3_001)]
    file = tmp_path / "log.csv"
    file.write_text("".join(head))
    told = program.json("import", str(file), "--map", str(MAP))
    assert told["read"] == 3_000 == told["recorded"] + told["already"] + told["rejected"]
    assert told["recorded"] > 2_900
    assert program.json("import", str(file), "--map", str(MAP))["recorded"] == 0
    assert program.json("verify")["ok"] is True
    assert program.json("deadlines", f"cook-county:{head[1].split(',')[0]}")


@pytest.mark.skipif(not LOG.exists(), reason="the real log is not beside this checkout")
def test_the_map_knows_nearly_every_line_of_the_real_log() -> None:
    """Of 147,425 lines five have no rule: what they mean is nothing a case register has a line for."""
    mapping, unknown = load_map(MAP), 0
    with gzip.open(LOG, "rt") as whole:
        for row in csv.DictReader(whole):
            try:
                list(mapping.acts(row, Group()))
            except Refused:
                unknown += 1
    assert unknown == 5


def test_accused_are_coded_as_on_the_arrest_memo() -> None:
    """A1 to A9, B1 for the tenth, and so on (IIF-3)."""
    assert [accused_code(n) for n in (1, 9, 10, 18, 19)] == ["A1", "A9", "B1", "B9", "C1"]
