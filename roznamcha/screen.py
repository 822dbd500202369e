"""What a person sees: tables and lines on stdout, progress on stderr; with `--json` one document and nothing else."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout and nothing else there.")]

WIDTH = 140
"""Columns where nobody says how wide the screen is: a table in a file or a pipe is not cut to 80."""


class _Console(Console):
    """A console whose reader may have had enough (`| head`): that is no failure."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


out = _Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else WIDTH)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def print_json(value: Any) -> None:  # noqa: ANN401 (any JSON)
    """One JSON document on stdout."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def say(*lines: str) -> None:
    """Plain lines on stdout; brackets in them are not markup."""
    for line in lines:
        out.print(Text(line))


def note(line: str) -> None:
    """A line for the person at the terminal, on stderr."""
    err.print(Text(line))


def table(title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A table on stdout."""
    drawn = Table(title=Text(title), title_justify="left", header_style="bold", show_header=any(heads))
    for head in heads:
        drawn.add_column(Text(head), overflow="fold")
    for row in rows:
        drawn.add_row(*(Text("" if each is None else str(each)) for each in row))
    out.print(drawn)


def when(moment: datetime | None, zone: ZoneInfo) -> str:
    """A moment as an officer writes it, in the station's time zone."""
    return "" if moment is None else moment.astimezone(zone).strftime("%d.%m.%Y %H:%M")


@contextmanager
def progress_bar(label: str, *, shown: bool = True) -> Iterator[Any]:
    """A progress bar on stderr, only where a person is watching. Yields a function (done, total)."""
    if not (shown and err.is_terminal):
        yield lambda _done, _total: None
        return
    bars = Progress(TextColumn(label), BarColumn(), TaskProgressColumn(), TimeRemainingColumn(), console=err)
    with bars:
        task = bars.add_task(label, total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)
