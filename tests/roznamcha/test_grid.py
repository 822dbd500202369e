"""Tables on narrow screens: numbers, dates and times stay whole, and a row that does not fit is a block."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import termios
from pathlib import Path

import pytest
from rich.console import Console

from roznamcha import screen
from roznamcha.grid import cells
from tests.acts import sent
from tests.roznamcha.kit import Program

HEADS = ("record", "stage", "opened", "last entry", "what", "")
TOLD = "handed to CG-NMN-01/MARG/0012/2026 at 03.03.2026 10:37, with all that belongs to it and lay there"
ROW = ("CG-NMN-01/0001/2026", "cognizance taken", "02.03.2026 08:32", "28.11.2026 06:17", TOLD, "seen")
WHOLE = re.compile(r"CG-NMN-01/(MARG/)?\d{4}/2026|\d\d\.\d\d\.2026 \d\d:\d\d")


def printed(
    monkeypatch: pytest.MonkeyPatch, width: int, *rows: tuple[object, ...], heads: tuple[str, ...] = HEADS
) -> str:
    """What a table is on a screen of this width."""
    written = io.StringIO()
    monkeypatch.setattr(screen, "out", Console(file=written, width=width, soft_wrap=True, highlight=False))
    screen.table("records", heads, rows)
    return written.getvalue()


@pytest.mark.parametrize("width", [*range(40, 260, 7), 80])
def test_no_number_date_or_time_is_broken(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    """At no width; and nothing is wider than the screen."""
    text = printed(monkeypatch, width, ROW)
    assert len(WHOLE.findall(text)) == 5, text
    assert max(map(cells, text.splitlines())) <= width, text


def test_what_does_not_fit_is_a_block(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its first column stands above the others, each with its head; what is empty is left out."""
    text = printed(monkeypatch, 80, ROW, ("", "", "02.03.2026 08:32", None, "3 \n4", ""))
    assert text.splitlines() == [
        "records",
        "CG-NMN-01/0001/2026",
        "  stage       cognizance taken",
        "  opened      02.03.2026 08:32",
        "  last entry  28.11.2026 06:17",
        "  what        handed to CG-NMN-01/MARG/0012/2026 at 03.03.2026 10:37, with all",
        "              that belongs to it and lay there",
        "              seen",
        "—",
        "  opened      02.03.2026 08:32",
        "  what        3",
        "              4",
    ]


def test_what_fits_is_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """A running text gives way first, and only as far as it can be read."""
    assert printed(monkeypatch, 80, ROW[:3], heads=HEADS[:3]).splitlines()[-2] == (
        "│ CG-NMN-01/0001/2026 │ cognizance taken │ 02.03.2026 08:32 │"
    )
    narrow = printed(monkeypatch, 80, (ROW[0], ROW[4]), heads=("record", "what"))
    assert "│ CG-NMN-01/0001/2026 │ " in narrow
    assert max(map(cells, narrow.splitlines())) <= 80
    assert "┃" not in printed(monkeypatch, 45, (ROW[0], ROW[4]), heads=("record", "what"))


def test_a_table_without_heads_stays_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """There would be nothing to say before its values."""
    assert "│" in printed(monkeypatch, 40, ROW[:3], heads=("", "", ""))


@pytest.mark.parametrize(("columns", "table"), [("80", False), ("", True), ("200", True), ("wide", True), ("0", True)])
def test_a_pipe_is_as_wide_as_it_is_said(program: Program, tmp_path: Path, columns: str, *, table: bool) -> None:
    """By COLUMNS; where that says nothing, a table is not cut to 80."""
    (tmp_path / "acts.jsonl").write_text(json.dumps(sent("case.FIRRegistered", "one")) + "\n")
    program.run("import", "acts.jsonl")
    told = subprocess.run(
        program.command("records"), env=program.environment | {"COLUMNS": columns}, cwd=program.folder,
        capture_output=True, text=True, check=True, encoding="utf-8",
    ).stdout  # fmt: skip
    assert ("┃" in told) is table
    assert ("\nCG-RPR-01/0001/2026\n  register" in told) is not table


def test_a_screen_of_80_breaks_no_number(program: Program, tmp_path: Path) -> None:
    """A real terminal, which knows its own width."""
    (tmp_path / "acts.jsonl").write_text(json.dumps(sent("case.FIRRegistered", "one")) + "\n")
    program.run("import", "acts.jsonl")
    here, there = os.openpty()
    termios.tcsetwinsize(there, (24, 80))
    done = subprocess.Popen(program.command("records"), env=program.environment, cwd=program.folder, stdout=there)
    assert done.wait(60) == 0
    os.close(there)
    text = os.read(here, 65_536).decode()
    os.close(here)
    assert "CG-RPR-01/0001/2026" in text
    assert "┃" not in text
