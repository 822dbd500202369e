"""The FIR as the citizen portal may have it: the form without what is sealed, without codes and without officers' ids.

Which columns go out is named here one by one: a column that is new stays in until somebody has looked at it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from domain.case.case import Case
from domain.case.registration import RegistersFIR
from domain.event import Event, struck
from roznamcha.plain import plain
from roznamcha.screen import when
from roznamcha.sealing import sealed_columns
from schemas import Catalogue

COLUMNS = (
    "sections", "mode", "information_received_at", "offence_from", "offence_to", "time_period", "gd_entry", "gd_at",
    "place", "direction", "distance_km", "beat", "other_station", "other_district", "property_of_interest",
    "total_value_paise", "action", "transferred_to", "dispatched_to_court_at",
)  # fmt: skip
"""What is public of the registration, in the order of the form (IIF-1)."""


def registration_in(found: Iterable[Event[Any]]) -> RegistersFIR | None:
    """The last entry that stands by which an FIR was registered in a record: the FIR's own, else the zero FIR's."""
    entries = list(found)
    gone = struck(entries)
    standing = [each for each in entries if isinstance(each, RegistersFIR) and each.meta.version not in gone]
    return standing[-1] if standing else None


def public_fir(case: Case, entry: RegistersFIR, catalogue: Catalogue) -> dict[str, Any]:
    """What may be published of an FIR, as JSON, with the words of each column in both languages."""
    words = {field["name"]: field["label"] for field in catalogue.latest[entry.name].fields}
    held = {name: getattr(entry, name) for name in COLUMNS}
    return {
        "fir": entry.called,
        "station": entry.meta.station,
        "district": entry.meta.district,
        "registered_at": plain(entry.meta.occurred_at),
        "sections_now": list(case.sections),
        "columns": [
            {"name": name, "label": words[name], "value": plain(value)}
            for name, value in held.items()
            if value not in (None, "", ())
        ],
        "sealed": [
            {"name": name, "label": words[name]}
            for name in sealed_columns(type(entry))
            if getattr(entry, name) not in (None, ())
        ],
    }


def page_of(entry: RegistersFIR, shown: dict[str, Any], zone: ZoneInfo) -> str:
    """The same as a page of HTML, complete in itself."""
    head = (
        ("प्रथम सूचना रिपोर्ट क्रमांक · FIR number", shown["fir"]),
        ("थाना · police station", shown["station"]),
        ("जिला · district", shown["district"]),
        ("पंजीयन · registered", when(entry.meta.occurred_at, zone)),
    )
    told = ((f"{each['label']['hi']} · {each['label']['en']}", each) for each in shown["columns"])
    rows = [*head, *((label, _said(getattr(entry, each["name"]), each["value"], zone)) for label, each in told)]
    if shown["sections_now"] != list(entry.sections):
        rows.append(("वर्तमान धाराएँ · sections now", ", ".join(shown["sections_now"])))
    lines = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>\n" for name, value in rows if value)
    kept = ", ".join(f"{each['label']['hi']} · {each['label']['en']}" for each in shown["sealed"])
    return (
        f"{HEAD}<dl>\n{lines}</dl>\n<p>गोपनीय, प्रकाशित नहीं · sealed, not published: {escape(kept)}</p></body></html>\n"
    )


def _said(value: Any, shown: Any, zone: ZoneInfo) -> str:  # noqa: ANN401 (a column's value, and as JSON)
    if hasattr(value, "astimezone"):
        return when(value, zone)
    return "; ".join(_each(shown)) if isinstance(shown, list) else str(shown)


def _each(rows: list[Any]) -> Iterator[str]:
    for row in rows:
        yield (
            ", ".join(str(each) for each in row.values() if each not in (None, ""))
            if isinstance(row, dict)
            else str(row)
        )


HEAD = """<!DOCTYPE html>
<html lang="hi"><head><meta charset="utf-8"><title>FIR · प्रथम सूचना रिपोर्ट</title><style>
@page { size: A4; margin: 15mm }
body { font: 11pt/1.4 "Noto Sans Devanagari", "Noto Sans", sans-serif; max-width: 50em }
dl { display: grid; grid-template-columns: 18em 1fr; gap: 1mm 4mm }
dd { margin: 0; font-weight: 600; overflow-wrap: anywhere }
</style></head><body>
"""
