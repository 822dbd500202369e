"""Reading a CSV that somebody else kept: numbered lines, each by itself, so that a bad one costs nobody else.

It may be compressed with gzip. Nothing is ever held of it but the line that is read. Every CSV that goes out is written
here as well, so that no cell of one is a formula to a spreadsheet, and what was written comes back as it was.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
import re
import stat
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from functools import cache
from pathlib import Path
from typing import IO, Any

from roznamcha.bounded import HEAD, must_be_text
from roznamcha.errors import Usage
from roznamcha.strict_json import MAX_DOCUMENT

OVER_LINES = 50
"""Over how many lines a quoted column of a CSV may run."""
CUT = (EOFError, zlib.error, gzip.BadGzipFile, OSError)
"""What is raised where a compressed file ends too early, or isn't what it says."""
SHORT = 100_000
"""Bytes of a line that is surely no longer than a column may be for the CSV reader."""
FORMULA = re.compile("'*[=+\\-@\t\r\n\uff0b\uff0d\uff1d\uff20]")
"""What makes a cell a formula where it begins so, also in full width, or looks as if an apostrophe guarded one.

OWASP, CSV Injection: = + - @, tab, carriage return, line feed, and the full-width forms of the first four.
"""
NUMBER = re.compile(r"-[0-9]+(?:\.[0-9]+)?")
"""What begins with a minus and is a number."""


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe stands before what would be one."""
    return f"'{cell}" if FORMULA.match(cell) and not NUMBER.fullmatch(cell) else cell


def unguarded(cell: str) -> str:
    """The cell as it was before `guarded`."""
    return cell[1:] if cell[:1] == "'" and FORMULA.match(cell) else cell


class Sheet:
    """A CSV that goes out: a line of columns, then a line for each row, every cell guarded."""

    def __init__(self, file: IO[str], columns: Iterable[str]) -> None:
        """Write to `file`, which leaves line ends as they are."""
        self._file = file
        self._lines = csv.writer(self, lineterminator="\r\n")
        self.row(columns)

    def write(self, line: str) -> None:
        """Take a line from Python's writer, which puts quotes round a carriage return only where lines end in one."""
        self._file.write(f"{line[:-2]}\n")

    def row(self, cells: Iterable[Any]) -> None:
        """One line, its cells in the order of the columns."""
        self._lines.writerow([guarded(each) if isinstance(each, str) else each for each in cells])


def sheet_of(columns: Sequence[str], rows: Iterable[Iterable[Any]]) -> str:
    """A whole CSV as text."""
    text = io.StringIO()
    sheet = Sheet(text, columns)
    for row in rows:
        sheet.row(row)
    return text.getvalue()


def rows_in(text: str) -> list[dict[str, str]]:
    """The lines of a CSV that was written here."""
    rows = csv.DictReader(io.StringIO(text))
    return [{key: unguarded(cell) if isinstance(cell, str) else cell for key, cell in row.items()} for row in rows]


def opened(path: Path, stack: ExitStack, *, text: bool = True) -> tuple[IO[bytes], IO[bytes], int]:
    """The file's content, the file itself (to tell how far we are), and its size. Raises Usage, also for no `text`."""
    try:
        # Not to wait for whoever might write into a pipe; a file on a disk doesn't mind.
        raw = stack.enter_context(os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb"))
        found = os.fstat(raw.fileno())
        if stat.S_ISFIFO(found.st_mode) or stat.S_ISSOCK(found.st_mode) or stat.S_ISCHR(found.st_mode):
            message = f"{path} is a pipe or a device, and may have to be read again: write it to a file first"
            raise Usage(message)
        total = found.st_size
        magic = raw.read(2)
        raw.seek(0)
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}"
        raise Usage(message) from None
    content = io.BufferedReader(gzip.GzipFile(fileobj=raw)) if magic == b"\x1f\x8b" else raw
    if text:
        with suppress(*CUT):  # an archive that is broken is told where it is read
            must_be_text(content.peek(HEAD)[:HEAD], path)
    return content, raw, total


def raw_lines(file: IO[bytes], cut: Callable[[str], object]) -> Iterator[tuple[int, bytes]]:
    """Numbered lines, never more than a document's size in memory. `cut` is told when the file ends in the middle."""
    number = 0
    try:
        while data := file.readline(MAX_DOCUMENT + 1):
            number += 1
            while len(data) > MAX_DOCUMENT and not data.endswith(b"\n"):
                rest = file.readline(MAX_DOCUMENT)
                if not rest or rest.endswith(b"\n"):
                    break
            yield number, data
    except CUT as error:
        cut(broken(error, f"line {number}"))


def broken(error: Exception, after: str) -> str:
    """What is wrong with a file of which no more can be read."""
    how = "the file ends in the middle" if isinstance(error, EOFError) else "the rest of the file can't be read"
    return f"{how}, after {after}: {error}"


@cache
def _form(delimiter: str) -> re.Pattern[bytes]:
    """A line of a CSV: whole, or with a last column that goes on in the next line (`open`).

    A quote opens a column only where the column begins; elsewhere it is a sign like others.
    """
    sign = re.escape(delimiter.encode())
    quoted, plain = rb'"(?:[^"]|"")*+', rb'(?!")(?:(?!%b)[^\r\n])*+' % sign
    column = rb'(?:%b"|%b)' % (quoted, plain)
    return re.compile(rb"(?:\xef\xbb\xbf)?(?:%b%b)*+(?:%b\r?\n?|(?P<open>%b))" % (column, sign, column, quoted))


def whole_lines(lines: Iterator[tuple[int, bytes]], delimiter: str = ",") -> Iterator[tuple[int, bytes]]:
    """Lines of a CSV, those put together whose quoted column runs over several.

    A quote that is never closed, or not at a column's end, costs its own line, not the ones after it.
    """
    form = _form(delimiter)
    anew: deque[tuple[int, bytes]] = deque()
    while line := anew.popleft() if anew else next(lines, None):
        number, data = line
        if b'"' not in data:
            yield line
            continue
        parts, size, found = [data], len(data), form.fullmatch(data)
        after: list[tuple[int, bytes]] = []
        while found and found["open"] is not None and len(after) < OVER_LINES and size <= MAX_DOCUMENT:
            if (more := anew.popleft() if anew else next(lines, None)) is None:
                break
            after.append(more)
            parts.append(more[1])
            size += len(more[1])
            found = form.fullmatch(b'"' + more[1])  # the column that was open goes on
        if found and found["open"] is None:
            yield number, b"".join(parts)
        else:
            yield line
            anew.extendleft(reversed(after))


def as_sent(data: bytes) -> str:
    """A line that can't be read, as text for whoever looks into it: no more than its first 10,000 bytes."""
    return data[:10_000].decode("utf-8", "replace").rstrip("\r\n")


def header_of(data: bytes, name: str, wanted: Sequence[str], hint: str, delimiter: str = ",") -> list[str]:
    """The columns of a CSV, from its first line. Raises Usage when a wanted one is missing or any stands twice."""
    try:
        header = next(csv.reader([data.decode("utf-8-sig")], delimiter=delimiter), None)
    except (UnicodeDecodeError, csv.Error):
        header = None
    if header is None or (missing := [column for column in wanted if column not in header]):
        lacks = f"lacks the column {missing[0]!r}" if header else "has no line of columns"
        message = f"{name} {lacks}; {hint}"
        raise Usage(message)
    if len(set(header)) < len(header):
        twice = next(column for column in header if header.count(column) > 1)
        known = twice in wanted  # what nobody asked for may be somebody's name: a file without columns
        which = f"has the column {twice!r} twice" if known else "has a column twice that is not asked for"
        message = f"{name} {which}: nobody could say which one is meant"
        raise Usage(message)
    return header


def row_of(data: bytes, header: Sequence[str], delimiter: str = ",") -> dict[str, str] | str:
    """A line's columns, or why they can't be read."""
    if len(data) > MAX_DOCUMENT:
        return f"this line has more than {MAX_DOCUMENT:,} bytes"
    try:
        text = data.decode("utf-8")
        plain = text.rstrip("\r\n")
        if '"' in plain or "\r" in plain or not plain or len(data) > SHORT:
            rows = list(csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter))
        else:
            rows = [plain.split(delimiter)]
    except UnicodeDecodeError as error:
        return f"this line is not UTF-8: byte {error.start + 1} cannot be read"
    except csv.Error as error:
        return f"this line is not CSV: {error}"
    if len(rows) > 1:
        return f"a carriage return stands in this line, and makes {len(rows)} lines of it"
    values = rows[0] if rows else []
    if len(values) != len(header):
        return f"this line has {len(values)} columns, the first line has {len(header)}"
    if "'" in text:
        values = [unguarded(each) for each in values]
    return dict(zip(header, values, strict=True))
