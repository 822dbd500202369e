"""What the program says, and where: an answer that can't be written, odd names and bytes, one document always."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from roznamcha.screen import clean, lasting, many
from tests.acts import sent
from tests.roznamcha.kit import Program

FIR = "case.FIRRegistered"
HOW = f"`roznamcha acts --name {FIR}` shows the columns"
BY = ("--by", "CG-1,SI,IO", "--station", "CG-RPR-01", "--at", "2026-07-02T09:00:00+05:30")


def shell(program: Program, script: str, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the program inside a line of shell, where `"$@"` is its command line."""
    return subprocess.run(
        ["bash", "-c", script, "bash", *program.command(*arguments)], env=program.environment | more,
        cwd=program.folder, capture_output=True, text=True, check=False, input=json.dumps(sent(FIR)["fields"]),
    )  # fmt: skip


@pytest.mark.parametrize("as_json", [(), ("--json",)], ids=["words", "json"])
def test_an_answer_that_cannot_be_written_is_told_as_that(program: Program, as_json: tuple[str, ...]) -> None:
    """A full disk behind stdout: one line on stderr, exit 4, no trace; what was entered stays entered."""
    done = shell(program, '"$@" > /dev/full', "record", FIR, *BY, "--json-fields", "-", *as_json)
    assert done.returncode == 4, done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "the answer cannot be written" in done.stderr
    assert program.count("entries") == 1
    done = shell(program, '"$@" > /dev/full', "show", "nobody", *as_json)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1


def test_a_closed_stdout_is_no_failure(program: Program) -> None:
    """Who closes it wants no answer; the first socket that is opened doesn't take its place."""
    done = shell(program, '"$@" >&-', "record", FIR, *BY, "--json-fields", "-", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert program.count("entries") == 1


def test_every_import_prints_one_document(program: Program) -> None:
    """Also when nothing went in, and when the file ends in the middle."""
    (program.folder / "rubbish.jsonl").write_text("rubbish\n" * 2)
    whole = "".join(f"{json.dumps(sent(FIR, f'old:{n}'))}\n" for n in range(300)).encode()
    (program.folder / "cut.jsonl.gz").write_bytes(gzip.compress(whole, mtime=0)[:-300])
    for name, said in ("rubbish.jsonl", "none of the 2 lines"), ("cut.jsonl.gz", "ends in the middle"):
        done = program.run("import", name, "--json", check=False)
        told = json.loads(done.stdout)
        assert done.returncode == 1
        assert said in told["message"]
        assert sum(each["lines"] for each in told["reasons"]) == told["rejected"]


def test_text_is_utf8_whatever_the_environment_says(program: Program) -> None:
    """A document is whole or not there; Hindi comes through where the locale has none."""
    done = shell(program, '"$@"', "acts", "--json", PYTHONIOENCODING="latin-1", LC_ALL="C")
    assert done.returncode == 0, done.stderr
    assert any(each["title"]["hi"] for each in json.loads(done.stdout))


@pytest.mark.parametrize("name", ["{0}.jsonl", "[red]x.jsonl", "\x1b[31mx.jsonl", "bad\udcff.jsonl"])
def test_a_files_name_is_no_command_to_the_screen(program: Program, name: str) -> None:
    """Braces, markup, escapes and bytes that are no text in a file's name: the lines go in."""
    (program.folder / name).write_text(json.dumps(sent(FIR)) + "\nrubbish\n")
    done = shell(program, '"$@" 2>&1', "import", name)
    assert done.returncode == 5, done.stdout
    assert "\x1b[31m" not in done.stdout
    assert program.count("entries") == 1


def test_the_bar_of_progress_takes_any_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is drawn only where somebody watches, so it is asked here directly."""
    from rich.console import Console  # noqa: PLC0415 (a screen that is none)

    from roznamcha import screen  # noqa: PLC0415

    with Path(os.devnull).open("w") as nowhere:
        monkeypatch.setattr(screen, "err", Console(file=nowhere, force_terminal=True))
        with screen.progress_bar("importing {0} [/x] \x1b[31m") as progress:
            progress(1, 2)


def test_what_moves_the_cursor_is_not_shown() -> None:
    """In lines, notes and tables alike."""
    assert clean("a\x1b[31mb\rc\u202e") == "a?[31mb?c?"
    assert (many(1, "entry", "entries"), many(2_000, "line")) == ("1 entry", "2,000 lines")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["show", "\udcff"], 2, "is not UTF-8"),
        (["deadlines", "--station", "\udcff"], 2, "is not UTF-8"),
        (["--database-url", "host=\udcff", "verify"], 2, "is not UTF-8"),
        (["--data", "elsewhere"], 2, "demo enters and shows a sample district"),
        (["record", FIR, "--by", "CG-1", "--station", "S"], 2, "actor.rank (--by ID,RANK,ROLE"),
        (["record", FIR, "--station", "S"], 2, "who did it is missing: --by ID,RANK,ROLE, like"),
        (["record", FIR, *BY[:2]], 2, "station (--station): missing"),
        (["record", FIR, "--station", "S"], 2, "contents: missing"),
        (["record", FIR, *BY], 1, f"contents: missing; {HOW}"),
        (["record", FIR, *BY, "--json-fields", '{"sections": ["BNS 1"], "mood": "x"}'], 1, "did you mean mode?"),
        (["record", FIR.partition(".")[2], "--station", "S"], 2, HOW),
        (["show", "CG-RPR-01/7/2026"], 1, "written with four digits, CG-RPR-01/0007/2026"),
        (["show", "7/2026"], 1, "its whole number like CG-RPR-01/0012/2026"),
        (["parked", "show", "history", "CG-RPR-01/07/2026"], 1, "four digits, CG-RPR-01/0007/2026"),
        (["acts", "--name", "case"], 2, "case is a register, and no act: --register case lists its acts"),
        (["acts", "--name", "seized"], 2, "did you mean case.PropertySeized"),
        (["record", FIR, *BY[:4], "--at", "2026-08-01"], 1, "occurred_at (--at): has no zone; add +05:30 or Z, like"),
        (["record", FIR, *BY, "--reported-at", "2026-02-30"], 1, "reported_at (--reported-at):"),
        (["record", FIR, *BY, "--json-fields", "f.json"], 2, "--json-fields - < FILE"),
    ],
)
def test_wrong_input_is_told_in_the_words_of_the_command_line(
    program: Program, arguments: list[str], code: int, said: str
) -> None:
    """One line, with the option that is meant; never `please report it`."""
    program.run("record", FIR, *BY, "--json-fields", "-", stdin=json.dumps(sent(FIR)["fields"]))
    done = program.run(*arguments, check=False)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("fields", "shown"),
    [({"blue": 1}, True), ({"victims": [{}]}, True), ({"mode": "x"}, False), ({}, False)],
    ids=["unknown", "missing in a row", "a wrong value", "nothing wrong"],
)
def test_where_columns_are_shown_is_told_to_whom_misses_one(
    program: Program, fields: dict[str, Any], *, shown: bool
) -> None:
    """And to nobody else, and once."""
    given = json.dumps(sent(FIR)["fields"] | fields)
    done = program.run("record", FIR, *BY[:2], *BY[4:], "--json-fields", "-", stdin=given, check=False)
    assert done.stderr.count(HOW) == int(shown), done.stderr
    assert "station (--station): missing" in done.stderr


def test_a_date_on_a_paper_may_be_a_date(program: Program) -> None:
    """It is the noon of that day; and the last day of the calendar can be asked for."""
    fields = json.dumps(sent(FIR)["fields"])
    program.run("record", FIR, *BY, "--reported-at", "2026-07-01", "--json-fields", "-", stdin=fields)
    history = program.json("history", "CG-RPR-01/0001/2026")
    assert history["entries"][0]["reported_at"] == "2026-07-01T06:30:00Z"
    program.run("deadlines", "CG-RPR-01/0001/2026", "--known-at", "9999-12-31T23:59:59Z")


def test_what_to_type_begins_with_what_was_typed(program: Program) -> None:
    """Who has only `./run` is told of `./run`."""
    told = shell(program, '"$@"', "law", "list", ROZNAMCHA_CALLED="./run")
    assert "`./run law show RULE`" in told.stdout
    told = shell(program, '"$@"', "record", "--help", ROZNAMCHA_CALLED="./run")
    assert "Usage: ./run record" in told.stdout
    assert "`roznamcha " not in told.stdout


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-3, "0 s"), (0.4, "0 s"), (119, "119 s"), (120, "2 minutes"), (7_300, "2 hours"), (3 * 86_400, "3 days")],
)
def test_how_long_something_lasted_is_told_as_a_person_would(seconds: float, words: str) -> None:
    """Never in thousands of seconds, nor below nothing where clocks differ."""
    assert lasting(seconds) == words
