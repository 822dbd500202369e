"""Forms that come back: the JSON or CSV that `giving.py` writes, as another system has changed it, become acts again.

A sheet, or a line of CSV, is a line of the import: it is entered whole, or turned away with every reason, and the
others go in. What a form only repeats of other forms is not entered by it.
"""

from __future__ import annotations

import hashlib
import json
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import IO, Any
from uuid import UUID

from roznamcha.columns import few
from roznamcha.errors import Refused
from roznamcha.forms.book import MAIN, NAMES, Form, form_of
from roznamcha.forms.giving import HEAD
from roznamcha.importing import Line, commanded
from roznamcha.intake import Act, read_act
from roznamcha.sheets import CUT, as_sent, broken, header_of, raw_lines, row_of, whole_lines
from roznamcha.strict_json import MAX_DOCUMENT, Reasons, kind_of, located, read_json, shown

MOST = 200
"""Acts that one sheet may hold."""
DOCUMENT = {"form", "version", "title", "source", "record", "copy", "as_of", "known_at", "sheets", "struck"}
SHEET = {"acts", "repeated"}
ACT = {"name", "entry", "occurred_at", "reported_at", "actor", "station", "district", "boxes"}
BOX = {"box", "label", "column", "value"}
Known = Callable[[UUID], set[UUID]]
"""The ids of the entries of a record of this register; none where it has no such record."""


def form_lines(file: IO[bytes], name: str, *, record: str, known: Known) -> Iterator[Line]:
    """Each sheet of a form's JSON, or each line of its CSV, as a line of the import. `record` names another record.

    Raises Refused, with nothing entered, for what is no JSON or no form; Usage for a CSV whose columns are no form's.
    """
    if name.lower().removesuffix(".gz").endswith(".csv"):
        yield from _csv_lines(file, name, record)
        return
    try:
        given = read_json(file.read(MAX_DOCUMENT + 1).removeprefix(BOM_UTF8))
    except CUT as error:
        raise Refused([broken(error, "its beginning")]) from None
    documents = given if isinstance(given, list) else [given]
    sheets = [(each, sheet) for each in documents for sheet in _sheets(each)]
    for number, (document, sheet) in enumerate(sheets, 1):
        form = form_of(document["form"])
        reasons = Reasons()
        of, made_here = _record(document, record, known, reasons)
        sent = _acts(form, sheet, of, made_here, reasons)
        acts = [] if reasons else list(_read(form, sent, f"{name}:{number}", reasons))
        yield Line(number, sheet, [] if reasons else acts, tuple(reasons))


def _sheets(document: Any) -> list[Any]:  # noqa: ANN401 (any JSON)
    """The sheets of a form. Raises Refused where it is none, or one that this release does not know."""
    reasons = Reasons()
    if not isinstance(document, dict):
        raise Refused([f"a form is a JSON object, this is {kind_of(document)}"])
    for key in few(document.keys() - DOCUMENT, "", reasons):
        reasons.add("", f"a form has no {shown(key)}")
    name: Any = document.get("form")
    sheets: Any = document.get("sheets")
    if name not in NAMES:
        reasons.add("form", f"must be one of {', '.join(NAMES)}")
    elif document.get("version") != form_of(name).version:
        reasons.add("version", f"this release reads {name} in version {form_of(name).version}")
    if not isinstance(sheets, list) or not sheets:
        reasons.add("sheets", "must be a list of sheets")
    if reasons:
        raise Refused(reasons)
    return list(sheets)


def _record(document: Mapping[str, Any], record: str, known: Known, reasons: Reasons) -> tuple[str, set[UUID]]:
    """What the record is called, and which entries this register itself made the form from."""
    told = document.get("record")
    told = told if isinstance(told, dict) else {}
    of = record or told.get("called")
    if not isinstance(of, str) or not of:
        reasons.add("record.called", "the form does not say which record it belongs to: name one with --record")
    try:
        return str(of), known(UUID(str(told.get("id"))))
    except ValueError:
        return str(of), set()


def _acts(form: Form, sheet: Any, of: str, made_here: set[UUID], reasons: Reasons) -> list[dict[str, Any]]:  # noqa: ANN401
    """The acts of a sheet as JSON objects for the door."""
    acts = sheet.get("acts") if isinstance(sheet, dict) else None
    if not isinstance(sheet, dict) or not isinstance(acts, list) or not 0 < len(acts) <= MOST:
        reasons.add("acts", f"a sheet is an object with one to {MOST} acts")
        return []
    for key in few(sheet.keys() - SHEET, "", reasons):
        reasons.add("", f"a sheet has no {shown(key)}")
    found = [act for each in acts if (act := _act(form, each, of, made_here, reasons)) is not None]
    mains = [each for each in found if form.entered()[each["name"]] == MAIN]
    if not reasons and len(mains) != 1:
        reasons.add("acts", f"a sheet of {form.name} is about one act of its own, this has {len(mains)}")
    for each in () if reasons else found:
        implied = form.parts[form.entered()[each["name"]]].implied
        each["fields"] |= {column: mains[0]["fields"].get(of_main) for column, of_main in implied.items()}
    return found


def _act(form: Form, given: Any, of: str, made_here: set[UUID], reasons: Reasons) -> dict[str, Any] | None:  # noqa: ANN401
    """One act of a sheet, its boxes put into columns."""
    name = given.get("name") if isinstance(given, dict) else None
    if not isinstance(given, dict) or not isinstance(name, str) or name not in form.entered():
        reasons.add("name", f"{form.name} enters {', '.join(form.entered())}, and this is none of them")
        return None
    for key in few(given.keys() - ACT, "", reasons):
        reasons.add("", f"an act of a form has no {shown(key)}")
    entry = given.get("entry")
    if isinstance(entry, dict) and str(entry.get("id")) in map(str, made_here):
        told = f"entry {entry.get('version')!r} is in this register, and the form was made from it"
        reasons.add("", f"{told}: what is wrong in it is struck by case.EntryCorrected, and entered anew")
    head = {key: given[key] for key in ("name", "occurred_at", "reported_at", "actor", "station") if key in given}
    if given.get("district"):
        head["district"] = given["district"]
    if isinstance(given.get("actor"), dict):
        head["actor"] = {key: value for key, value in given["actor"].items() if value != ""}
    return head | {"record": of, "fields": _fields(form, name, given.get("boxes"), reasons)}


def _fields(form: Form, name: str, boxes: Any, reasons: Reasons) -> dict[str, Any]:  # noqa: ANN401
    """The columns of an act from its boxes; those of a table that two boxes show are put together."""
    known = {(box.number, box.column): box for box in form.boxes_of(name)}
    fields: dict[str, Any] = {}
    if not isinstance(boxes, list):
        reasons.add("boxes", f"must be a list, this is {kind_of(boxes)}")
        return fields
    seen = set[tuple[str, str]]()
    for each in boxes:
        place = (each.get("box"), each.get("column")) if isinstance(each, dict) else (None, None)
        written = all(isinstance(part, str) for part in place)
        if not isinstance(each, dict) or not written or place not in known or each.keys() - BOX:
            number, column = (shown(part) for part in place)
            reasons.add("boxes", f"{form.name} has no box {number} for the column {column} of {name}")
            continue
        if place in seen:
            reasons.add(f"{place[1]}", "this box stands twice on one sheet")
        seen.add(place)
        value = each.get("value")
        if withheld(value):
            reasons.add(f"{place[1]}", "is withheld in this copy: a form is entered from a copy in which it is open")
        elif known[place].rows and place[1] in fields:
            fields[place[1]] = _together(fields[place[1]], value, place[1], reasons)
        elif value is not None:
            fields[place[1]] = _without_gaps(value)
    return fields


def withheld(value: Any) -> bool:  # noqa: ANN401 (any JSON)
    """Whether something in a value is sealed in the copy that was given."""
    if isinstance(value, dict):
        return "sealed" in value or any(map(withheld, value.values()))
    return isinstance(value, list) and any(map(withheld, value))


def _without_gaps(value: Any) -> Any:  # noqa: ANN401 (any JSON)
    """A table without the columns of its rows that say nothing."""
    if not isinstance(value, list):
        return value
    return [{k: v for k, v in row.items() if v is not None} if isinstance(row, dict) else row for row in value]


def _together(first: Any, second: Any, column: str, reasons: Reasons) -> Any:  # noqa: ANN401 (any JSON)
    """The rows of one table from two boxes. Each must tell of the same rows."""
    rows = _without_gaps(second)
    both = isinstance(first, list) and isinstance(rows, list) and len(first) == len(rows)
    if not both or not all(isinstance(each, dict) for each in (*first, *rows)):
        reasons.add(column, "two boxes show this table, and their rows are not the same")
        return first
    for one, other in zip(first, rows, strict=True):
        if any(one[key] != other[key] for key in one.keys() & other.keys()):
            reasons.add(column, "two boxes show this table, and say different things of one row")
    return [one | other for one, other in zip(first, rows, strict=True)]


def _read(form: Form, sent: list[dict[str, Any]], source: str, reasons: Reasons) -> Iterator[Act]:
    """The acts that have passed the door; the reasons of those that have not name their boxes."""
    digest = hashlib.sha256(json.dumps([form.name, sent], sort_keys=True).encode()).digest()
    for part, each in enumerate(sent):
        try:
            act = read_act(each, now=datetime.now(UTC), source=source)
        except Refused as refused:
            places = {box.column: box.number or box.words["en"] for box in form.boxes_of(each["name"])}
            reasons.extend(located(refused.reasons, places, "box "))
        else:
            yield commanded(act, digest, 0, part)


def _csv_lines(file: IO[bytes], name: str, record: str) -> Iterator[Line]:
    """Each line of a CSV of forms: one act."""
    entered = {act: form_of(each) for each in NAMES for act in form_of(each).entered()}
    cut, number = list[str](), 0
    lines = whole_lines(raw_lines(file, cut.append))
    hint = f"a CSV of forms begins with {', '.join(HEAD)}"
    header = header_of(next(lines, (0, b""))[1], name, HEAD, hint)
    for number, data in lines:
        row = row_of(data, header)
        if isinstance(row, str):
            yield Line(number, as_sent(data), reasons=(row,))
            continue
        reasons = Reasons()
        act = _of_row(row, record, entered, f"{name}:{number}", reasons)
        yield Line(number, row, [] if reasons or act is None else [act], tuple(reasons))
    if cut:
        yield Line(number + 1, "", reasons=tuple(cut))


def _of_row(
    row: Mapping[str, str], record: str, entered: Mapping[str, Form], source: str, reasons: Reasons
) -> Act | None:
    """The act in a line of a CSV of forms."""
    if row["act"] not in entered:
        reasons.add("act", f"no form enters {shown(row['act'])}; they enter {', '.join(entered)}")
        return None
    head = {key: row[key] for key in ("record", "occurred_at", "reported_at", "station", "district") if row[key]}
    actor = {key.removeprefix("actor_"): row[key] for key in HEAD if key.startswith("actor_") and row[key]}
    cells = {key: value for key, value in row.items() if key not in HEAD and value}
    for key in [each for each, value in cells.items() if _is_withheld(value)]:
        reasons.add(key, "is withheld in this copy: a form is entered from a copy in which it is open")
    sent = {**head, "name": row["act"], "actor": actor, "fields": cells} | ({"record": record} if record else {})
    digest = hashlib.sha256(json.dumps(sent, sort_keys=True).encode()).digest()
    try:
        return commanded(read_act(sent, now=datetime.now(UTC), source=source, strict=False), digest, 0, 0)
    except Refused as refused:
        reasons.extend(refused.reasons)
        return None


def _is_withheld(cell: str) -> bool:
    """Whether a cell holds the mark of what is sealed, by itself or in a table."""
    if cell[:1] not in {"{", "["}:
        return False
    try:
        return withheld(json.loads(cell))
    except ValueError:
        return False
