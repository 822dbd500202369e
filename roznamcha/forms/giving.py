"""A filled form for other systems: as JSON, by sheet and act, or as CSV, an act to a line. `taking.py` reads both.

What another form enters is repeated apart from what this one enters, so that nothing is entered twice.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from domain.event import Sealed
from roznamcha.forms.book import MAIN, Box, Form, places_of
from roznamcha.forms.filling import Entry, Filled, Sheet, values_of
from roznamcha.forms.printing import Copy
from roznamcha.plain import plain
from roznamcha.sheets import sheet_of

HEAD = ("act", "record", "occurred_at", "reported_at", "actor_id", "actor_rank", "actor_role", "station", "district")
"""The columns of a CSV of forms before those of the acts."""


def document_of(form: Form, sheets: Sequence[Sheet], struck: Iterable[tuple[Entry, int]], copy: Copy) -> dict[str, Any]:
    """A form as JSON. Times are RFC 3339 in UTC; a sealed value that is not opened says only whose it is."""
    return {
        "form": form.name,
        "version": form.version,
        "title": dict(form.title),
        "source": dict(form.source),
        "record": {"id": copy.record, "called": copy.called},
        "copy": copy.audience,
        "as_of": plain(copy.as_of),
        "known_at": plain(copy.known_at),
        "sheets": [
            {
                "acts": [_act(form, entry) for _, entry in sheet.entered],
                "repeated": list(_repeated(sheet)),
            }
            for sheet in sheets
        ],
        "struck": [{"version": each.meta.version, "name": each.name, "by": by} for each, by in struck],
    }


def _act(form: Form, entry: Entry) -> dict[str, Any]:
    meta = entry.meta
    return {
        "name": entry.name,
        "entry": {"id": str(meta.entry_id), "version": meta.version, "position": meta.position},
        "occurred_at": plain(meta.occurred_at),
        "reported_at": plain(meta.reported_at),
        "actor": plain(meta.actor),
        "station": meta.station,
        "district": meta.district,
        "boxes": [
            {"box": box.number, "label": dict(box.words), "column": box.column, "value": told(value)}
            for box, value in values_of(form, entry)
        ],
    }


def told(value: Any) -> Any:  # noqa: ANN401 (what stands in a box)
    """A value as JSON: of what is sealed and not opened only whose it is."""
    if isinstance(value, Sealed):
        return value.text if value.text is not None else {"sealed": value.person}
    if isinstance(value, list | tuple):
        return [told(each) for each in value]
    if isinstance(value, Mapping):
        return {key: told(each) for key, each in value.items()}
    return plain(value)


def _repeated(sheet: Sheet) -> Iterator[dict[str, Any]]:
    """What the sheet shows of other forms' entries, and what it works out itself."""
    for filled in sheet.boxes:
        box, part = filled.box, sheet.form.parts[filled.box.of]
        if part.repeats and (box.column or box.meta):
            yield _said(filled) | {"from": part.repeats, "value": told(filled.value)}
        elif box.look:
            yield _said(filled) | {"from": _others(box, sheet), "value": told(filled.value)}
        for number, row in enumerate(filled.rows):
            for each, value in zip(box.rows, row, strict=True):
                if each.look:
                    label = {"label": dict(each.words), "row": number}
                    yield _said(filled) | label | {"from": _others(each, sheet), "value": told(value)}


def _others(box: Box, sheet: Sheet) -> str:
    """The forms into whose entries a box looks."""
    return ", ".join(dict.fromkeys(sheet.form.parts[places_of(look)[0]].repeats for look in box.look))


def _said(filled: Filled) -> dict[str, Any]:
    return {"box": filled.box.number, "label": dict(filled.box.words)}


def csv_of(form: Form, sheets: Sequence[Sheet], copy: Copy) -> str:
    """A form as CSV: a line for each act of each sheet; a table in a cell is JSON."""
    rows = [_row(form, entry, copy) for sheet in sheets for _, entry in sheet.entered]
    names = dict.fromkeys(box.column for act in form.entered() for box in form.boxes_of(act))
    implied = (column for part in form.parts.values() if part.name != MAIN for column in part.implied)
    columns = dict.fromkeys((*HEAD, *names, *implied))
    return sheet_of([*columns], ([row.get(column, "") for column in columns] for row in rows))


def _row(form: Form, entry: Entry, copy: Copy) -> dict[str, str]:
    meta, act = entry.meta, _act(form, entry)
    head = (entry.name, copy.called or copy.record, act["occurred_at"], act["reported_at"] or "")
    who = (meta.actor.id, meta.actor.rank, meta.actor.role, meta.station, meta.district)
    implied = {column: getattr(entry, column) for column in form.parts[form.entered()[entry.name]].implied}
    cells = {box.column: told(value) for box, value in values_of(form, entry)} | implied
    merged = _merged(form, entry)
    return dict(zip(HEAD, (*head, *who), strict=True)) | {
        column: _cell(merged.get(column, value)) for column, value in cells.items()
    }


def _merged(form: Form, entry: Entry) -> dict[str, list[dict[str, Any]]]:
    """The tables of an act, those that two boxes show put together."""
    found: dict[str, list[dict[str, Any]]] = {}
    for box, value in values_of(form, entry):
        if box.rows:
            rows = [{key: said for key, said in told(each).items() if said is not None} for each in value]
            found[box.column] = [old | new for old, new in zip(found.get(box.column, rows), rows, strict=True)]
    return found


def _cell(value: Any) -> str:  # noqa: ANN401 (JSON)
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
