"""Broken files of answers: each bad line is refused by its number, and the rest is taken in, whatever the system."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from roznamcha.errors import Usage
from roznamcha.exchange.answers import Rehearsal, Taking
from roznamcha.exchange.correspondence import read_message_id
from roznamcha.exchange.rows import LARGEST
from roznamcha.exchange.systems import shipped
from roznamcha.importing import Tally, take_in
from roznamcha.store import Store
from tests.roznamcha.exchanging import CASE, CNR, JULY, REQUESTS, SYSTEMS, as_csv, as_lines, asked, day, enter, refused

FIRST: dict[str, dict[str, str]] = {
    "e-chargesheet": {"status": "REGISTERED", "cnr": CNR},
    "e-fsl": {"status": "ACCEPTED", "fsl_number": "FSL/1"},
    "e-prosecution": {"status": "CLEARED", "officer": "ADPO-1"},
    "medleapr": {"status": "REGISTERED", "portal_number": "P/1"},
}
"""A sound answer of each system."""
Rows = list[dict[str, str]]


def sound(system: str, record: str, count: int, /, **told: str) -> dict[str, str]:
    """A sound answer in a record."""
    request = shipped()[system].names["request"]
    ours = {"record": record, request: REQUESTS[system]}
    return {"message_id": f"M{count}", "at": day(10)} | ours | FIRST[system] | told


def columns(system: str) -> list[str]:
    """The columns of its answers."""
    return list(shipped()[system].answers)


def rehearsed(store: Store, folder: Path, system: str, data: bytes, form: str) -> tuple[Tally, dict[int, list[str]]]:
    """What a file would come to, and the refused lines."""
    file, rejects = folder / f"answers.{form}", folder / "rejects.jsonl"
    file.write_bytes(data)
    rejects.unlink(missing_ok=True)
    taking = Taking(store, shipped()[system], form)
    tally = take_in(Rehearsal(taking), file, read=taking.lines, rejects=rejects)
    tally.cut = tally.cut or taking.cut
    return tally, refused(rejects)


def line(rows: Rows) -> bytes:
    """An object a line."""
    return as_lines(*rows)


def array(rows: Rows) -> bytes:
    """One array, over several lines."""
    return json.dumps(rows, indent=1).encode()


BLANKS = bytes(Random(1).choices(b" \t\n", k=60_000))
"""What no compression makes much smaller, and no line is made of."""
JSON: dict[str, tuple[Callable[[Rows], bytes], str, str]] = {
    "a BOM": (lambda rows: b"\xef\xbb\xbf" + line(rows), "", ""),
    "CRLF": (lambda rows: line(rows).replace(b"\n", b"\r\n"), "", ""),
    "no last line end": (lambda rows: line(rows).rstrip(), "", ""),
    "empty lines": (lambda rows: b"\n\n" + line(rows).replace(b"\n", b"\n\n"), "", ""),
    "compressed": (lambda rows: gzip.compress(line(rows)), "", ""),
    "an array": (array, "", ""),
    "an array with a BOM, compressed": (lambda rows: gzip.compress(b"\xef\xbb\xbf" + array(rows)), "", ""),
    "a byte that is not UTF-8": (lambda rows: line(rows) + b'{"message_id": "\xff"}\n', "not UTF-8", ""),
    "UTF-16": (lambda rows: line(rows) + '{"message_id": "M9"}'.encode("utf-16-le") + b"\n", "not", ""),
    "NaN": (lambda rows: line(rows) + b'{"message_id": NaN}\n', "NaN is not a number", ""),
    "a key twice": (lambda rows: line(rows) + b'{"status": "A", "status": "B"}\n', "stands twice", ""),
    "no object": (lambda rows: line(rows) + b'["M9"]\n', "this is a list", ""),
    "half an object": (lambda rows: line(rows) + b'{"message_id": "M9", "sta\n', "not JSON", ""),
    "an unknown key": (lambda rows: line([*rows, {"message_id": "M9", "fsl": "1"}]), "unknown key 'fsl'", ""),
    "a key that is a name": (lambda rows: line([*rows, {"Ram Singh": "1"}]), "(a key that is no name)", ""),
    "a text for an object": (lambda rows: line(rows) + b"17\n", "this is a number", ""),
    "nested too deeply": (lambda rows: line(rows) + b"[" * 100_000 + b"\n", "nested too deeply", ""),
    "an array with one bad element": (
        lambda rows: array(rows)[:-1] + b', {"status": "A", "status": "B"}, 7]', "stands twice", "",
    ),
    "an array with a byte that is not UTF-8": (
        lambda rows: array(rows)[:-1] + b', {"message_id": "\xff"}]', "not UTF-8", "",
    ),
    "an array cut off": (lambda rows: array(rows)[:-1] + b', {"message_id": "M', "", "after 2 of its elements"),
    "an array without its end": (lambda rows: array(rows)[:-1], "", "after 2 of its elements"),
    "more behind the array": (lambda rows: array(rows) + b"[]", "", "something stands behind"),
    "compression cut off": (lambda rows: gzip.compress(line(rows) + BLANKS)[:-20], "", "ends in the middle"),
}  # fmt: skip
"""What is done to a file of two sound answers; what is said of a line that is refused; what is said of its end."""


def test_broken_json_costs_its_own_line(database: str, tmp_path: Path) -> None:
    """For each system: two sound answers go in, whatever stands beside them."""
    store = enter(database, JULY, *asked())
    for system in SYSTEMS:
        rows = [sound(system, CASE, 1), sound(system, "old:2", 2)]
        for case, (broken, reason, cut) in JSON.items():
            tally, rejected = rehearsed(store, tmp_path, system, broken(rows), "json")
            assert tally.recorded == 2, (system, case, rejected)
            assert cut in tally.cut, (system, case, tally.cut)
            assert bool(tally.cut) == bool(cut), (system, case, tally.cut)
            if not cut:
                assert bool(reason) == bool(rejected), (system, case, rejected)
                assert reason in str(rejected), (system, case, rejected)
    store.datastore.close()


def changed(text: bytes, message_id: bytes) -> bytes:
    """The first line of a CSV under another id."""
    return text.splitlines()[1].replace(b"M1", message_id) + b"\n"


CSV: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "a BOM": (lambda text: b"\xef\xbb\xbf" + text, ""),
    "CRLF": (lambda text: text.replace(b"\n", b"\r\n"), ""),
    "no last line end": (bytes.rstrip, ""),
    "empty lines": (lambda text: text.replace(b"\n", b"\n\n"), ""),
    "compressed": (gzip.compress, ""),
    "a byte that is not UTF-8": (lambda text: text + changed(text, b"\xff"), "not UTF-8"),
    "a column short": (lambda text: text + b"M9,x\n", "this line has 2 columns"),
    "a column more": (lambda text: text + text.splitlines()[1] + b",x\n", "columns, the first line has"),
    "the columns again": (lambda text: text + text.splitlines()[0] + b"\n", "'status' is none of"),
    "a quote never closed": (lambda text: text + b'"M9,x\n', "not CSV"),
    "a carriage return within": (lambda text: text + changed(text, b"M\r9"), "carriage return"),
    "a giant field": (lambda text: text + changed(text, b"M" * 300_000), "field larger"),
    "a long id": (lambda text: text + changed(text, b"M" * 201), "no id of at most 200"),
    "a control character": (lambda text: text + changed(text, b"M\x07"), "no id of at most"),
}  # fmt: skip


def test_broken_csv_costs_its_own_line(database: str, tmp_path: Path) -> None:
    """The same of CSV."""
    store = enter(database, JULY, *asked())
    for system in SYSTEMS:
        text = as_csv(columns(system), sound(system, CASE, 1), sound(system, "old:2", 2))
        for case, (broken, reason) in CSV.items():
            tally, rejected = rehearsed(store, tmp_path, system, broken(text), "csv")
            assert (tally.recorded, len(rejected)) == (2, int(bool(reason))), (system, case, rejected)
            assert reason in str(rejected), (system, case, rejected)
            assert all(each > 3 for each in rejected), (system, case, rejected)
    store.datastore.close()


def test_a_file_that_is_none_is_refused_whole(database: str, tmp_path: Path) -> None:
    """Empty, without a column, with one twice or unknown, or too large: nothing can be told of its lines."""
    store = enter(database, JULY, *asked())
    for system in SYSTEMS:
        known = columns(system)
        for form, data, why in (
            ("json", b"", "is empty"),
            ("json", b"\xef\xbb\xbf \n\n", "is empty"),
            ("csv", b"", "is empty"),
            ("csv", gzip.compress(b""), "is empty"),
            ("csv", as_csv(known[1:]), f"lacks the column '{known[0]}'"),
            ("csv", as_csv([*known, known[0]]), f"has the column '{known[0]}' twice"),
            ("csv", as_csv([*known, "Ram Singh"]), f"the column {len(known) + 1} of answers.csv is none that is known"),
            ("csv", as_csv(known).decode().encode("utf-16"), "save it as UTF-8"),
            ("json", (b" " * 1_000_000 + b"\n") * (LARGEST // 1_000_000 + 1), "send them in several files"),
        ):
            with pytest.raises(Usage, match=why.replace("(", "\\(")) as told:
                rehearsed(store, tmp_path, system, data, form)
            assert "Ram Singh" not in str(told.value)
        for form, data in (("csv", as_csv(known)), ("json", b"[]"), ("json", b" [ ]\n")):
            tally, rejected = rehearsed(store, tmp_path, system, data, form)
            assert (tally.read, tally.cut, rejected) == (0, "", {}), (system, form, data)
    store.datastore.close()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "/1",
        "00000000-0000-7000-8000-000000000007",
        "x/1",
        "00000000-0000-7000-8000-000000000007/-1",
        "00000000-0000-7000-8000-000000000007/²",
        "00000000-0000-7000-8000-000000000007/12345678901",
    ],
)
def test_what_is_no_id_of_ours_is_none(text: str) -> None:
    """An id of a message is a record and a number."""
    assert read_message_id(text) is None
