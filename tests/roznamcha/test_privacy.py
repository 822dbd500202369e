"""No name of a person comes out anywhere: logs, errors, other processes' view of us, files, database, answers."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path

import psycopg
import pytest

from roznamcha.postgres import open_embedded
from tests.roznamcha.kit import Program
from tests.roznamcha.marked import MARK, PERSONAL, every_act, names_for_codes, valid_case


def everything_but_keys(folder: Path) -> list[Path]:
    """Every file that the program left."""
    return [
        each
        for each in folder.rglob("*")
        if each.is_file() and each.name not in {"acts.jsonl", "one.json", "rejected.jsonl"}
    ]


def test_no_name_comes_out_of_a_whole_case(tmp_path: Path) -> None:
    """Every act, full of marked names, is imported, refused, shown, listed, verified; nothing shows the mark.

    The server's data files, its log, ours, every answer and every process's arguments are searched.
    """
    program = Program(tmp_path, "")
    acts = [*valid_case(), *names_for_codes(), *every_act()]
    lines = [json.dumps(each) for each in acts]
    assert sum(line.count(MARK) for line in lines) > 150
    broken = [line[:-1] for line in lines[:3]]
    (tmp_path / "acts.jsonl").write_text("\n".join([*lines, *broken, *lines]) + "\n")
    (tmp_path / "one.json").write_text(json.dumps({"fields": every_act()[0]["fields"]}))
    heard = []
    process = program.start("--verbose", "import", "acts.jsonl", "--rejects", "rejected.jsonl")
    while process.poll() is None:
        heard.append(
            subprocess.run(["/bin/ps", "axww", "-o", "args"], capture_output=True, text=True, check=True).stdout
        )
        time.sleep(0.05)
    out, err = process.communicate()
    heard += [out.decode(), err.decode()]
    assert process.returncode == 5
    for command in (
        ["show", "marked:1"], ["history", "marked:1"], ["custody", "marked:1"], ["deadlines", "marked:1", "--explain"],
        ["handoffs", "--all"], ["verify"], ["doctor"], ["parked", "list"], ["show", "marked:2"],
    ):  # fmt: skip
        for form in ([], ["--json"]):
            done = program.run("--verbose", *command, *form, check=False)
            heard += [done.stdout, done.stderr]
    one = json.dumps(every_act()[0]["fields"])
    for name in ("case.FIRRegistered", "case.StatementRecorded", "case.NoSuchAct", "case.HearingHeld"):
        told_as = ["--record", "marked:1", "--by", "1,SI,IO", "--station", "S", "--json-fields", "-"]
        done = program.run("record", name, *told_as, check=False, stdin=one)
        heard += [done.stdout, done.stderr]
    (tmp_path / f"{MARK}.pdf").write_text(MARK * 1000)
    visit = (
        "record",
        "case.SceneVisited",
        "--record",
        "marked:1",
        "--by",
        "1,SI,IO",
        "--station",
        "S",
        "--field",
        "place=x",
    )
    for command in ([*visit, "--document", f"{MARK}.pdf"], ["document", "list", "marked:1"], ["document", "check"]):
        done = program.run("--verbose", *command)
        heard += [done.stdout, done.stderr]
    told = "\n".join(heard)
    assert "sealed for CASE" in told
    assert "case.FIRRegistered" in told
    assert MARK.lower() not in told.lower()
    for file in everything_but_keys(tmp_path / "data"):
        assert MARK.lower().encode() not in file.read_bytes().lower(), file


def test_the_marks_were_really_entered(tmp_path: Path) -> None:
    """The house searched above is not empty: each act with a personal column is in it, and no name for a code."""
    program = Program(tmp_path, "")
    lines = [json.dumps(each) for each in valid_case()]
    uncoded = [json.dumps(each) for each in names_for_codes()]
    (tmp_path / "acts.jsonl").write_text("\n".join([*lines, *uncoded]) + "\n")
    told = program.json("import", "acts.jsonl", "--rejects", "rejected.jsonl", code=5)
    rejected = [json.loads(line) for line in (tmp_path / "rejected.jsonl").read_text().splitlines()]
    assert [each["line"] for each in rejected] == list(range(len(lines) + 1, len(lines) + len(uncoded) + 1))
    assert all("code" in reason for each in rejected for reason in each["reasons"]), rejected
    assert told["recorded"] == len(lines)
    with open_embedded(tmp_path / "data") as embedded, psycopg.connect(embedded.url) as connection:
        entered = {name for (name,) in connection.execute("SELECT DISTINCT topic FROM roznamcha.entries")}
        row = connection.execute("SELECT count(*) FROM roznamcha.person_keys").fetchone()
    assert PERSONAL - entered == set()
    assert len(PERSONAL) > 30
    assert row is not None
    assert row[0] >= 8


@pytest.mark.parametrize("level", ["notice", "error"])
def test_a_failing_statement_leaves_no_values_in_the_server_log(tmp_path: Path, level: str) -> None:
    """The server is told not to write statements or parameters into its log, even when one fails."""
    with open_embedded(tmp_path) as embedded, psycopg.connect(embedded.url, autocommit=True) as connection:
        connection.execute(f"SET client_min_messages = {level}".encode())
        with pytest.raises(psycopg.Error):
            connection.execute("SELECT %s::int", (MARK,))
        with pytest.raises(psycopg.Error):
            connection.execute(f"SELECT '{MARK}'::date".encode())
    assert MARK not in (tmp_path / "postgres.log").read_text()
