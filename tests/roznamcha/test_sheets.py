"""Lines of a CSV that somebody else kept: put together where a quoted column runs over several, and nowhere else."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roznamcha.sheets import row_of, whole_lines

HEAD = ["number", "words"]


def read(text: str, delimiter: str = ",") -> list[tuple[int, list[str] | None]]:
    """The number of each line with its columns; None where they can't be read."""
    numbered = enumerate(io.BytesIO(text.encode()), 1)
    rows = ((number, row_of(data, HEAD, delimiter)) for number, data in whole_lines(numbered, delimiter))
    return [(number, None if isinstance(row, str) else list(row.values())) for number, row in rows]


@given(st.lists(st.lists(st.text('a ",;\n', max_size=9), min_size=2, max_size=2)), st.sampled_from(",;§"))
def test_what_was_written_is_read(rows: list[list[str]], delimiter: str) -> None:
    """As Python's own writer quotes it: quotes, delimiters and ends of lines within a column."""
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter, lineterminator="\n").writerows(rows)
    assert [row for _, row in read(written.getvalue(), delimiter)] == rows


@pytest.mark.parametrize("odd", ['5" knife', 'a "1, b', '""" x'])
def test_a_quote_within_a_column_opens_none(odd: str) -> None:
    """However many lines lie between two of them, each is read by itself; at worst the odd one is no row."""
    lines = [f"{number},words" for number in range(1, 60)]
    lines[0], lines[39] = f"1,{odd}", '40,6" knife\n41,"two\nlines"'
    found = read("\n".join(lines) + "\n")
    assert [row[0] for _, row in found[1:] if row] == [str(each) for each in (*range(2, 42), *range(41, 60))]
    assert found[39:41] == [(40, ["40", '6" knife']), (41, ["41", "two\nlines"])]


@pytest.mark.parametrize("after", [3, 30, 70])
def test_a_quote_never_closed_costs_its_own_line(after: int) -> None:
    """Whether or not another column is quoted soon after it, or the file ends; one over two lines is still one."""
    text = '1,"never\n' + "2,sound\n" * after + '3,"a, b"\n4,"two\nlines"\n' + "5,sound\n" * after
    found = read(text)
    assert [number for number, row in found if row is None] == [1]
    assert len(found) == 3 + 2 * after
    assert read('1,"never\n2,"two\nlines"')[-1] == (2, ["2", "two\nlines"])
