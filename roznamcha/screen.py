"""What a person sees: tables and lines on stdout, progress on stderr; with `--json` one document and nothing else."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from roznamcha.errors import Unanswered
from roznamcha.grid import blocks, drawn, fitted, folded, narrowed
from roznamcha.strict_json import CONTROL

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout and nothing else there.")]

CALLED = os.environ.get("ROZNAMCHA_CALLED") or "roznamcha"
"""How this program was called: who has only `./run` is told of `./run`."""
WIDTH = 140
"""Columns where nobody says how wide the screen is (COLUMNS does): a table in a file or a pipe is not cut to 80."""


class _Console(Console):
    """A console whose reader may have had enough (`| head`), which is no failure; or have no room left, which is."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError

    def print(self, *objects: Any, **options: Any) -> None:  # noqa: ANN401 (as rich has it)
        with answering():
            super().print(*objects, **options)


def _is_screen(stream: Any) -> bool:  # noqa: ANN401 (a stream, or None where it was closed before we came)
    return bool(stream and stream.isatty())


def _width(stream: Any) -> int | None:  # noqa: ANN401 (as above)
    """How wide an answer may be; None for a screen, which knows it."""
    if _is_screen(stream):
        return None
    said = os.environ.get("COLUMNS", "")
    return int(said) if re.fullmatch("[1-9][0-9]{0,4}", said) else WIDTH


out = _Console(highlight=False, soft_wrap=True, width=_width(sys.stdout))
err = Console(stderr=True, highlight=False, soft_wrap=True)


def open_streams() -> None:
    """Make the three streams what the program relies on: there, and in UTF-8 whatever the environment says.

    A stream that was closed before we came would give its number to the first file or socket that is opened.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123 (as long as we run)
        elif mode == "w" and hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def close_answer() -> None:
    """Let nothing more be written on stdout, and nothing that waits in its buffer: nobody can take it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def answering() -> Iterator[None]:
    """While the answer is written: when it can't be, that is told as such. Raises Unanswered."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        close_answer()
        message = f"the answer cannot be written: {error.strerror}; what was acknowledged before is kept"
        raise Unanswered(message) from None


def print_json(value: Any) -> None:  # noqa: ANN401 (any JSON)
    """One JSON document on stdout: all of it, or nothing."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    with answering():
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()


def clean(text: str) -> str:
    """A text as a terminal may have it: what was kept elsewhere may hold signs that move the cursor."""
    return CONTROL.sub("?", text).replace("\r", "?").replace("`roznamcha ", f"`{CALLED} ")


def say(*lines: str) -> None:
    """Plain lines on stdout; brackets in them are not markup."""
    for line in lines:
        out.print(Text(clean(line)))


def note(line: str) -> None:
    """A line for the person at the terminal, on stderr. Nobody is told when it can't be written."""
    with suppress(OSError):
        err.print(Text(clean(line)))


def table(title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A table on stdout; where the screen is too narrow for it, each row as a block below its first column."""
    cells = [["" if each is None else clean(str(each)) for each in row] for row in rows]
    widths = fitted(heads, cells, out.width)
    if widths is None and any(heads):
        say(title)
        for heading, lines in blocks(heads, cells, out.width):
            out.print(Text(heading, style="bold"))
            say(*lines)
        return
    if widths is None:
        widths = narrowed(cells, out.width)
        cells = [[folded(each, widths[n]) for n, each in enumerate(row)] for row in cells]
    if title:
        say(title)
    for line, of_heads in drawn(heads, cells, widths):
        out.print(Text(line, style="bold" if of_heads else ""))


def many(count: int, one: str, more: str = "") -> str:
    """A number with its noun: 1 entry, 2,000 entries."""
    return f"{count:,} {one if count == 1 else more or one + 's'}"


def lasting(seconds: float) -> str:
    """How long something has lasted, in the unit in which a person would tell it: 90 s, 5 minutes, 3 days."""
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= 2 * size:
            return many(int(seconds // size), unit)
    return f"{max(seconds, 0):,.0f} s"


def when(moment: datetime | None, zone: ZoneInfo) -> str:
    """A moment as an officer writes it, in the station's time zone."""
    if moment is None:
        return ""
    with suppress(OverflowError):  # the last hours of the calendar have no time here: shown as they were given
        moment = moment.astimezone(zone)
    return moment.strftime("%d.%m.%Y %H:%M")


class _Left(ProgressColumn):
    """How many are left, and how fast it goes."""

    def render(self, task: Task) -> Text:
        left = "" if task.remaining is None else f"{task.remaining:,.0f} left"
        return Text(left + (f", {task.speed:,.0f}/s" if left and task.speed else ""))


@contextmanager
def progress_bar(label: str, *, shown: bool = True, counted: bool = False) -> Iterator[Any]:
    """A progress bar on stderr, only where a person is watching. Yields a function (done, total).

    One that is `counted` says how many are left, and how many are done a second.
    """
    if not (shown and err.is_terminal):
        yield lambda _done, _total: None
        return
    words = TextColumn("{task.description}", markup=False)
    more = [_Left()] if counted else []
    bars = Progress(words, BarColumn(), TaskProgressColumn(), *more, TimeRemainingColumn(), console=err)
    with bars:
        task = bars.add_task(clean(label), total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)
