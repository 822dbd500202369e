"""Lines of a CSV that somebody else kept: put together where a quoted column runs over several, and nowhere else."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roznamcha.exchange.messages import as_csv
from roznamcha.exchange.rows import answers_in
from roznamcha.exchange.systems import system_called
from roznamcha.ledger.bundle import table
from roznamcha.sheets import FORMULA, guarded, row_of, rows_in, sheet_of, unguarded, whole_lines
from tests.roznamcha.kit import ROOT

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


DANGEROUS = tuple("=+-@\t\r\n\uff0b\uff0d\uff1d\uff20")
"""OWASP's list, CSV Injection: with what a cell begins that a spreadsheet takes for a formula."""
CELLS = st.text("'=+-@\t\uff1d 12.a\"", max_size=6)


@given(CELLS)
def test_no_cell_is_a_formula_and_each_comes_back(cell: str) -> None:
    """An apostrophe before what would be one, and before what looks guarded; a number stays one."""
    written = guarded(cell)
    number = written.removeprefix("-").replace(".", "", 1).isdigit()
    assert not written.startswith(DANGEROUS) or (number and written[0] == "-")
    assert unguarded(written) == cell
    assert guarded(guarded(cell)) == guarded(cell) or FORMULA.match(cell)


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2)))
def test_what_goes_out_is_read_as_it_was(rows: list[list[str]]) -> None:
    """By our own readers: line by line, and a whole table."""
    text = sheet_of(HEAD, rows)
    assert [row for _, row in read(text)][1:] == rows
    assert [list(each.values()) for each in rows_in(text)] == [each for each in rows if any(each)] or any(
        not any(each) for each in rows
    )


@pytest.mark.parametrize("sign", DANGEROUS)
def test_a_request_goes_out_guarded_and_its_answer_finds_it(sign: str) -> None:
    """A note whose number would be a formula: neither the laboratory's desk nor its answer is led astray."""
    system, note = system_called("e-fsl"), f"{sign}HYPERLINK(1)"
    out = as_csv(system, [dict.fromkeys(system.columns) | {"note": note, "properties": [f"{sign}1", "PR/2"]}])
    cells = next(csv.DictReader(io.StringIO(out.decode(), newline="")))
    assert (cells["note"], cells["properties"]) == (f"'{note}", f"'{sign}1,PR/2")
    back = sheet_of(system.answers, [[{"message_id": "m1", "note": note}.get(each, "") for each in system.answers]])
    (answer,) = answers_in(io.BytesIO(back.encode()), "answers.csv", "csv", system, pytest.fail)
    assert answer.row["note"] == note


def test_the_tables_of_a_copy_are_guarded() -> None:
    """Text and only text: a number below nothing, a list and a flag stay what they are."""
    made = table([{"place": "=1+1", "number": -5, "seals": ["=x"], "odd": True}]).decode()
    assert made == 'place,number,seals,odd\n\'=1+1,-5,"[""=x""]",True\n'
    assert rows_in(made)[0]["place"] == "=1+1"


def test_every_csv_is_written_and_read_in_one_place() -> None:
    """No other file of the program has a writer of its own, or a reader that would keep the apostrophes."""
    files = [each for each in (ROOT / "roznamcha").rglob("*.py") if each.name != "sheets.py"]
    strays = [each.name for each in files for line in each.read_text().splitlines() if "csv.writer" in line
              or "csv.DictWriter" in line or "csv.DictReader" in line or "csv.reader" in line]  # fmt: skip
    assert strays == []
