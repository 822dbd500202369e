"""No name of a person comes out anywhere: logs, errors, other processes' view of us, files, database, answers."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest

import domain
from domain.event import ACTS
from domain.shape import Shape, columns
from roznamcha.postgres import open_embedded
from tests.acts import sent
from tests.roznamcha.kit import Program

MARK = "Zzyxqq"
"""Stands in every personal column of the case; no other text contains it."""


def marked(shape: Shape, sample: Any) -> Any:
    """A value whose personal parts are marked."""
    if shape.kind == "sealed":
        return f"{MARK} {MARK.lower()}"
    if shape.inner is not None:
        inner = sample[0] if isinstance(sample, list) and sample else sample
        if shape.kind == "list":
            return [marked(shape.inner, inner if inner is not None else _blank(shape.inner))]
        return marked(shape.inner, inner if inner is not None else _blank(shape.inner))
    if shape.of is not None:
        given = sample if isinstance(sample, dict) else _blank(shape)
        return {
            column.name: marked(column.shape, given.get(column.name))
            for column in shape.columns
            if column.required or _personal(column.shape)
        } | {name: value for name, value in given.items() if value is not None and not _personal_name(shape, name)}
    return sample


def _blank(shape: Shape) -> Any:
    from tests.acts import _value  # noqa: PLC0415 (the samples of the other tests)

    return _value(shape, "sample")


def _personal(shape: Shape) -> bool:
    inner = [shape.inner] if shape.inner else []
    return shape.kind == "sealed" or any(map(_personal, [*inner, *(column.shape for column in shape.columns)]))


def _personal_name(shape: Shape, name: str) -> bool:
    return any(column.name == name and _personal(column.shape) for column in shape.columns)


def marked_case() -> list[dict[str, Any]]:
    """An act of every kind, on one record, with every personal column marked."""
    domain.load()
    acts = []
    for name, cls in sorted(ACTS.items(), key=lambda each: (each[0] != "case.FIRRegistered", each[0])):
        document = sent(name, "marked:1")
        for column in columns(cls):
            if _personal(column.shape):
                document["fields"][column.name] = marked(column.shape, document["fields"].get(column.name))
        acts.append(document)
    return acts


def everything_but_keys(folder: Path) -> list[Path]:
    """Every file that the program left."""
    return [
        each
        for each in folder.rglob("*")
        if each.is_file() and each.name not in {"acts.jsonl", "one.json", "rejected.jsonl"}
    ]


def test_no_name_comes_out_of_a_whole_case(tmp_path: Path) -> None:
    """A case of every act, full of marked names, is imported, refused, shown, listed, verified; nothing shows the mark.

    The server's data files, its log, ours, every answer and every process's arguments are searched.
    """
    program = Program(tmp_path, "")
    lines = [json.dumps(each) for each in marked_case()]
    assert sum(line.count(MARK) for line in lines) > 80
    broken = [line[:-1] for line in lines[:3]]
    (tmp_path / "acts.jsonl").write_text("\n".join([*lines, *broken, *lines]) + "\n")
    (tmp_path / "one.json").write_text(json.dumps({"fields": marked_case()[0]["fields"]}))
    heard = []
    process = program.start("--verbose", "import", "acts.jsonl", "--rejects", "rejected.jsonl")
    while process.poll() is None:
        heard.append(
            subprocess.run(["/bin/ps", "axww", "-o", "args"], capture_output=True, text=True, check=True).stdout
        )
        time.sleep(0.05)
    out, err = process.communicate()
    heard += [out.decode(), err.decode()]
    assert process.returncode == 0
    for command in (
        ["show", "marked:1"], ["history", "marked:1"], ["custody", "marked:1"], ["deadlines", "marked:1", "--explain"],
        ["verify"], ["doctor"], ["parked", "list"], ["show", "marked:2"],
    ):  # fmt: skip
        for form in ([], ["--json"]):
            done = program.run("--verbose", *command, *form, check=False)
            heard += [done.stdout, done.stderr]
    one = json.dumps(marked_case()[0]["fields"])
    for name in ("case.FIRRegistered", "case.StatementRecorded", "case.NoSuchAct", "case.HearingHeld"):
        told_as = ["--record", "marked:1", "--by", "1,SI,IO", "--station", "S", "--json-fields", "-"]
        done = program.run("record", name, *told_as, check=False, stdin=one)
        heard += [done.stdout, done.stderr]
    told = "\n".join(heard)
    assert "case.FIRRegistered" in told
    assert MARK.lower() not in told.lower()
    for file in everything_but_keys(tmp_path / "data"):
        assert MARK.lower().encode() not in file.read_bytes().lower(), file


def test_the_marks_were_really_entered(tmp_path: Path) -> None:
    """The search above isn't in an empty house: the sealed columns open again with their keys."""
    program = Program(tmp_path, "")
    (tmp_path / "acts.jsonl").write_text("\n".join(json.dumps(each) for each in marked_case()) + "\n")
    told = program.json("import", "acts.jsonl")
    assert told["recorded"] > 40, told
    with open_embedded(tmp_path / "data") as embedded, psycopg.connect(embedded.url) as connection:
        row = connection.execute("SELECT count(*) FROM roznamcha.person_keys").fetchone()
    assert row is not None
    assert row[0] >= 3


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
