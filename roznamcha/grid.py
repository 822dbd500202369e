"""How a table fits a screen: no number, date or time is broken; where that can't be, each row is a small block."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

FRAME, GAP = 1, 3
"""What the lines and blanks of a table take: once, and for each column."""
LONGEST = 40
"""Cells of the longest word that is kept whole: an id has 36. A digest or an address may be broken."""
TEXT = 24
"""Cells that a column of running text gets at the least."""
MOMENT = re.compile(r"(\d\d\.\d\d\.\d{4}) (\d\d:\d\d)")
GLUE = "\xa0"
"""Stands between a date and its time while lines are broken."""


def cells(text: str) -> int:
    """How many cells of a terminal a line takes (UAX 11 and the marks of Devanagari, as wcwidth has them)."""
    if text.isascii():
        return len(text)
    from wcwidth import wcswidth  # noqa: PLC0415 (its tables take as long as half of our start, and English needs none)

    return max(wcswidth(text), 0)


def padded(text: str, width: int) -> str:
    """A line with blanks behind it, up to this width."""
    return f"{text}{' ' * (width - cells(text))}"


def drawn(heads: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]) -> Iterator[tuple[str, bool]]:
    """The lines of a table with columns of these widths, and whether each belongs to its heads, which may be empty."""
    headed = any(heads)
    yield _rule("┏━┳┓" if headed else "┌─┬┐", widths), False
    if headed:
        yield from ((line, True) for line in _lines(heads, widths, "┃"))
        yield _rule("┡━╇┩", widths), False
    for row in rows:
        yield from ((line, False) for line in _lines(row, widths, "│"))
    yield _rule("└─┴┘", widths), False


def _rule(signs: str, widths: Sequence[int]) -> str:
    """A rule between rows: `signs` are its left end, its line, where a column ends, and its right end."""
    return f"{signs[0]}{signs[2].join(signs[1] * (each + 2) for each in widths)}{signs[3]}"


def _lines(row: Sequence[str], widths: Sequence[int], bar: str) -> Iterator[str]:
    """A row of cells, as many lines as its highest cell has."""
    told = [wrapped(each, wide) for each, wide in zip(row, widths, strict=True)]
    for n in range(max(map(len, told))):
        line = (padded(each[n] if n < len(each) else "", wide) for each, wide in zip(told, widths, strict=True))
        yield f"{bar} {f' {bar} '.join(line)} {bar}"


def folded(text: str, width: int) -> str:
    """A text none of whose words is wider than this: a wider one is cut, between letters and not within one."""
    return "\n".join(" ".join(_cut(word, width) for word in line.split(" ")) for line in text.splitlines())


def _cut(word: str, width: int) -> str:
    if cells(word) <= width:
        return word
    from wcwidth import iter_graphemes  # noqa: PLC0415 (as above)

    parts = [""]
    for letter in iter_graphemes(word):
        if parts[-1] and cells(parts[-1] + letter) > width:
            parts.append("")
        parts[-1] += letter
    return " ".join(parts)


def narrowed(rows: Sequence[Sequence[str]], width: int) -> list[int]:
    """How wide each column is at this width, where words may be cut: the widest columns give way first."""
    widths = [max(_whole(column), 1) for column in zip(*rows, strict=True)]
    while sum(widths) > width - FRAME - GAP * len(widths) and max(widths) > 1:
        widths[widths.index(max(widths))] -= 1
    return widths


def wrapped(text: str, width: int) -> list[str]:
    """A text in lines of this width, broken between words; a word that is wider has a line of its own."""
    lines = []
    for line in text.splitlines() or [""]:
        if cells(line) <= width:
            lines.append(line)
            continue
        begun = ""
        for word in MOMENT.sub(rf"\1{GLUE}\2", line).split(" "):
            longer = f"{begun} {word}" if begun else word
            if begun and cells(longer) > width:
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
    return max((cells(line) for text in column for line in text.splitlines()), default=0)


def _least(column: Sequence[str]) -> int:
    """The width below which a word would be broken, or a text stand a word to a line."""
    words = (word for text in column for word in re.split(r"[ \n]", MOMENT.sub(rf"\1{GLUE}\2", text)))
    longest = max((wide for wide in map(cells, words) if wide <= LONGEST), default=0)
    return max(longest, min(TEXT, _whole(column)) if _whole(column) > LONGEST else 0)


def blocks(heads: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> Iterator[tuple[str, list[str]]]:
    """Each row as a heading, its first column, and lines of `head  value`; what is empty is left out."""
    names = [" · ".join(filter(None, head.splitlines())) for head in heads]
    aside = max(map(cells, names[1:]), default=0)
    for row in rows:
        lines = []
        for name, value in zip(names[1:], row[1:], strict=False):
            for n, line in enumerate(wrapped(value, max(width - aside - 4, TEXT)) if value else ()):
                said = name if n == 0 else ""
                lines.append(f"  {said}{' ' * (aside - cells(said))}  {line}".rstrip())
        yield row[0] or "—", lines
