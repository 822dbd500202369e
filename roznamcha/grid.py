"""How a table fits a screen: no number, date or time is broken; where that can't be, each row is a small block."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rich.cells import cell_len

FRAME, GAP = 1, 3
"""What the lines and blanks of a table take: once, and for each column."""
LONGEST = 40
"""Cells of the longest word that is kept whole: an id has 36. A digest or an address may be broken."""
TEXT = 24
"""Cells that a column of running text gets at the least."""
MOMENT = re.compile(r"(\d\d\.\d\d\.\d{4}) (\d\d:\d\d)")
GLUE = "\xa0"
"""Stands between a date and its time while lines are broken."""


def wrapped(text: str, width: int) -> list[str]:
    """A text in lines of this width, broken between words; a word that is wider has a line of its own."""
    lines = []
    for line in text.splitlines() or [""]:
        if cell_len(line) <= width:
            lines.append(line)
            continue
        begun = ""
        for word in MOMENT.sub(rf"\1{GLUE}\2", line).split(" "):
            longer = f"{begun} {word}" if begun else word
            if begun and cell_len(longer) > width:
                lines.append(begun)
                longer = word
            begun = longer
        lines.append(begun)
    return [line.replace(GLUE, " ") for line in lines]


def fitted(heads: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[int] | None:
    """How wide each column is, so that the table has this width at the most; None where something would be broken."""
    columns = [[head, *(row[n] for row in rows if n < len(row))] for n, head in enumerate(heads)]
    room = width - FRAME - GAP * len(columns)
    widths = [max(min(_whole(column), room), 1) for column in columns]
    least = [min(_least(column), wide) for column, wide in zip(columns, widths, strict=True)]
    if sum(least) > room or any(_least(column) > room for column in columns):
        return None
    while sum(widths) > room:
        widest = max((n for n, wide in enumerate(widths) if wide > least[n]), key=widths.__getitem__)
        widths[widest] -= 1
    return widths


def _whole(column: Sequence[str]) -> int:
    """The width at which nothing of a column is wrapped."""
    return max((cell_len(line) for text in column for line in text.splitlines()), default=0)


def _least(column: Sequence[str]) -> int:
    """The width below which a word would be broken, or a text stand a word to a line."""
    words = (word for text in column for word in re.split(r"[ \n]", MOMENT.sub(rf"\1{GLUE}\2", text)))
    longest = max((wide for wide in map(cell_len, words) if wide <= LONGEST), default=0)
    return max(longest, min(TEXT, _whole(column)) if _whole(column) > LONGEST else 0)


def blocks(heads: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> Iterator[tuple[str, list[str]]]:
    """Each row as a heading, its first column, and lines of `head  value`; what is empty is left out."""
    names = [" · ".join(filter(None, head.splitlines())) for head in heads]
    aside = max(map(cell_len, names[1:]), default=0)
    for row in rows:
        lines = []
        for name, value in zip(names[1:], row[1:], strict=False):
            for n, line in enumerate(wrapped(value, max(width - aside - 4, TEXT)) if value else ()):
                said = name if n == 0 else ""
                lines.append(f"  {said}{' ' * (aside - cell_len(said))}  {line}".rstrip())
        yield row[0] or "—", lines
