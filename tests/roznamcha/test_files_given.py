"""Files that are given to a command: what can't be read is told in a line, with one exit code for all commands."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from roznamcha.errors import ended
from tests.acts import sent
from tests.roznamcha.kit import ROOT, Program

ACT = json.dumps(sent("case.FIRRegistered", "old:1", sections=["BNS 303(2)"])) + "\n"
STOCK = "matter,property_id,place\n0001/2026,PR/1,rack 1\n"
MAP = (ROOT / "examples" / "cook_county" / "map.yaml").read_text(encoding="utf-8")
GIVEN: dict[str, tuple[str, list[str]]] = {
    "import": (ACT, ["import", "{file}"]),
    "import --map": ("case_id,participant_id\n", ["import", "{file}", "--map", "map.yaml"]),
    "--map of import": (MAP, ["import", "log.csv", "--map", "{file}"]),
    "case": ("{}\n", ["import", "{file}", "--format", "case", "--record", "x:1", "--station", "CG-RPR-01"]),
    "form": ("{}\n", ["import", "{file}", "--format", "form"]),
    "exchange": ("[]\n", ["exchange", "in", "e-fsl", "{file}"]),
    "exchange as CSV": ("message_id\n", ["exchange", "in", "e-fsl", "{file}", "--format", "csv"]),
    "--map of exchange": ("system: e-fsl\n", ["exchange", "in", "e-fsl", "answers.json", "--map", "{file}"]),
    "audit": (STOCK, ["malkhana", "audit", "import", "{file}", "--audit", "audit"]),
    "figures": ("unit,indicator,figure\nPS,performance,50\n", ["rank", "--month", "2026-07", "--figures", "{file}"]),
    "masters": (
        "code,name,state,census_2011\n1,Namuna,22,1\n",
        ["masters", "import", "districts", "{file}", "--source", "a gazette", "--date", "2026-01-01"],
    ),
    "report": ("", ["report", "{file}", "-o", "report.pdf"]),
    "certificate": ("", ["certificate", "{file}", "-o", "certificate.pdf"]),
}
"""What a good file of each command holds (or one whose content is the only fault), and how it is given."""
NOTHING = "report", "certificate"
"""Commands whose file is no text."""


def a_loop(path: Path, _: str) -> None:
    """A link to itself: a file that is there and can't be opened, by root either."""
    path.symlink_to(path)


UNREADABLE: dict[str, tuple[Callable[[Path, str], object], str]] = {
    "missing": (lambda path, _: path, "cannot be read: No such file"),
    "a folder": (lambda path, _: path.mkdir(), "cannot be read: Is a directory"),
    "not to be opened": (a_loop, "cannot be read: Too many levels"),
    "empty": (lambda path, _: path.write_bytes(b""), "is empty"),
    "without an end": (lambda path, _: path.symlink_to("/dev/zero"), "pipe or a device|has more than"),
    "a device of nothing": (lambda path, _: path.symlink_to("/dev/null"), "pipe or a device|is empty"),
}
NO_TEXT: dict[str, tuple[Callable[[Path, str], object], str]] = {
    "binary": (lambda path, _: path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8), "is no text"),
    "UTF-16": (lambda path, text: path.write_bytes(text.encode("utf-16")), "save it as UTF-8"),
    "UTF-16 without a mark": (lambda path, text: path.write_bytes(text.encode("utf-16-le")), "save it as UTF-8"),
}


def begun(program: Program) -> None:
    """An open audit, and files whose contents don't matter here."""
    (program.folder / "map.yaml").write_text(MAP)
    (program.folder / "log.csv").write_text("case_id\n")
    (program.folder / "answers.json").write_text("[]\n")
    opened = sent("malkhana_audit.AuditOpened", "audit", scope="sample", occasion="periodic", keeper="CG-2001")
    (program.folder / "acts.jsonl").write_text(json.dumps(opened) + "\n")
    assert program.json("import", "acts.jsonl")["recorded"] == 1


@pytest.mark.parametrize("command", GIVEN)
def test_what_cannot_be_read_is_wrong_use_of_every_command(program: Program, command: str) -> None:
    """One line, exit code 2, nothing entered; also where an earlier try has left its rejected lines."""
    begun(program)
    text, arguments = GIVEN[command]
    kinds = UNREADABLE if command in NOTHING else UNREADABLE | NO_TEXT
    for number, (kind, (make, why)) in enumerate(kinds.items()):
        file = program.folder / f"{number}.txt"
        make(file, text)
        (program.folder / f"{file.name}.rejects.jsonl").write_text("")
        done = program.run(*(each.format(file=file.name) for each in arguments), check=False)
        assert done.returncode == 2, (kind, done.stderr)
        assert any(each in done.stderr for each in why.split("|")), (kind, done.stderr)
        assert len(done.stderr.strip().splitlines()) == 1, (kind, done.stderr)
    assert program.count("entries") == 1


@pytest.mark.parametrize("command", [each for each in GIVEN if each not in NOTHING])
def test_a_byte_order_mark_and_other_line_ends_change_nothing(program: Program, command: str) -> None:
    """As a spreadsheet of another system saves it: the answer is that of the plain file."""
    begun(program)
    text, arguments = GIVEN[command]
    answers = []
    for name, data in {
        "plain": text.encode(),
        "marked": text.encode("utf-8-sig"),
        "ended": text.replace("\n", "\r\n").encode(),
    }.items():
        (program.folder / name).write_bytes(data)
        done = program.run(*(each.format(file=name) for each in arguments), check=False)
        answers.append((done.returncode, done.stderr.replace(name, "FILE")))
        assert "JSON" not in done.stderr
    assert answers[0] == answers[1] == answers[2]


@pytest.mark.parametrize(("refused", "total", "code"), [(0, 0, 0), (0, 3, 0), (1, 3, 5), (3, 3, 1)])
def test_none_some_and_all_refused_are_three_exit_codes(refused: int, total: int, code: int) -> None:
    """Who sees 1 knows that nothing is new, and who sees 5 that something is."""
    assert ended(refused, total) == code


def test_some_lines_refused_is_an_exit_code_of_its_own(program: Program) -> None:
    """Of acts, and of a stock list; in words and as JSON; of a list no line of which can be read nothing is entered."""
    begun(program)
    for arguments, good in ((["import"], ACT.strip()), (["malkhana", "audit", "import", "--audit", "audit"], STOCK)):
        file = program.folder / "given"
        for text, code in ((f"{good}\nrubbish\n", 5), (f"{good}\n", 0)):
            file.write_text(text)
            for more in (["--json"], []):
                done = program.run(*arguments, "given", *more, check=False)
                assert done.returncode == code, (arguments, text, done.stdout + done.stderr)
                assert not more or "error" not in json.loads(done.stdout)
    before = program.count("entries")
    file.write_text("matter,property_id,place\nrubbish\n")
    done = program.run("malkhana", "audit", "import", "given", "--audit", "audit", check=False)
    assert (done.returncode, "none of the 1 lines" in done.stderr) == (1, True)
    assert program.count("entries") == before
