"""A filled form as it is printed: the words of each box in one language or both, its value as an officer writes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from html import escape
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from domain.common.days import BNSS_BEGAN, day
from domain.event import Meta, Sealed
from roznamcha.forms.book import Box, Form, Words, choices
from roznamcha.forms.filling import Choice, Entry, Filled, Sheet
from roznamcha.screen import when

LANGUAGES: Mapping[str, tuple[str, ...]] = {"hi": ("hi",), "en": ("en",), "both": ("hi", "en")}
"""What `--language` takes, and which words are printed for it, in this order."""
DAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "hi": ("सोमवार", "मंगलवार", "बुधवार", "गुरुवार", "शुक्रवार", "शनिवार", "रविवार"),
}
SAID: Mapping[str, Words] = {
    "yes": {"en": "Yes", "hi": "हाँ"},
    "no": {"en": "No", "hi": "नहीं"},
    "sealed": {"en": "sealed", "hi": "गोपनीय"},
    "made from": {"en": "Made from these entries of the record", "hi": "अभिलेख की इन प्रविष्टियों से बना"},
    "struck": {"en": "Struck, and not shown", "hi": "काटी गई प्रविष्टियाँ, नहीं दिखाई गईं"},
    "copy": {"en": "Copy for", "hi": "प्रति किसके लिए"},
    "shut": {"en": "Nothing sealed is opened in this copy", "hi": "इस प्रति में कोई गोपनीय खाना नहीं खोला गया"},
    "court": {"en": "the court", "hi": "न्यायालय"},
    "accused": {"en": "the accused", "hi": "अभियुक्त"},
    "sealed cover": {"en": "the sealed cover", "hi": "मुहरबंद लिफ़ाफ़ा"},
    "as of": {"en": "As of", "hi": "की स्थिति में"},
    "known at": {"en": "As known at", "hi": "तक ज्ञात"},
    "entry": {"en": "entry", "hi": "प्रविष्टि"},
    "by": {"en": "by", "hi": "द्वारा"},
    "position": {"en": "position", "hi": "क्रम"},
    "continued": {"en": "sheet", "hi": "पत्रक"},
}
FEW = 5
"""Columns of a table; with more, each row is printed as a card."""
PLACES = ("station", "district")
"""What of an entry stands with its name and its code."""
COPIES = {"": "shut", "court": "court", "accused": "accused", "sealed": "sealed cover"}


@dataclass(frozen=True)
class Copy:
    """Of what a form is printed, for whom, and as of when."""

    called: str
    record: str
    audience: str = ""
    as_of: datetime | None = None
    known_at: datetime | None = None


@dataclass(frozen=True)
class Pen:
    """In which languages and by which clock a form is written."""

    languages: tuple[str, ...]
    zone: ZoneInfo
    stations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    districts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The masters' rows by their codes."""

    def place(self, what: str, meta: Meta) -> str:
        """The station or district of an entry: its name and its code; of a station without a district, the master's."""
        station = self.stations.get(meta.station, {})
        code = meta.station if what == "station" else meta.district or station.get("district", "")
        row = station if what == "station" else self.districts.get(code, {})
        english = row.get("name", "")
        name = self.said({"en": english, "hi": row.get("name_hi") or english})
        return f"{name} ({code})" if name else code

    def words(self, words: Words) -> list[str]:
        """Words in the languages asked for, one after the other, each once."""
        return list(dict.fromkeys(words[each] for each in self.languages))

    def said(self, words: Words) -> str:
        """The same in one line."""
        return " · ".join(self.words(words))

    def text(self, box: Box, value: Any) -> str:  # noqa: ANN401, PLR0911 (a value of any column; one return for each kind)
        """What stands in a box, as it is printed; nothing where nothing stands."""
        if value is None:
            return ""
        if isinstance(value, Sealed):
            return value.text if value.text is not None else f"[{self.said(SAID['sealed'])} {value.person}]"
        if isinstance(value, tuple):
            return sections(value) if box.show == "sections" else ", ".join(self.text(box, each) for each in value)
        if isinstance(value, datetime):
            return self.weekday(value) if box.show == "weekday" else when(value, self.zone)
        if isinstance(value, date):
            return value.strftime("%d.%m.%Y")
        if isinstance(value, bool):
            return self.said(SAID["yes" if value else "no"])
        if isinstance(value, Choice):
            return self.said({"en": str(value), "hi": choices().get(value, str(value))})
        return NUMBERS.get(box.show, _plain)(value)

    def weekday(self, moment: datetime) -> str:
        """The day of the week, by the station's clock."""
        number = moment.astimezone(self.zone).weekday()
        return self.said({language: names[number] for language, names in DAYS.items()})


def _plain(value: Any) -> str:  # noqa: ANN401
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def rupees(paise: int) -> str:
    """A sum in rupees, grouped as in India: 1,23,45,678.50."""
    sign, whole, rest = "-" if paise < 0 else "", *divmod(abs(paise), 100)
    digits = str(whole)
    head, tail = digits[:-3], digits[-3:]
    pairs = [head[max(0, end - 2) : end] for end in range(len(head), 0, -2)][::-1]
    return f"{sign}{','.join([*pairs, tail])}.{rest:02d}"


NUMBERS: Mapping[str, Callable[[Any], str]] = {"rupees": rupees, "four digits": lambda number: f"{number:04d}"}


def sections(given: Sequence[str]) -> str:
    """Sections under their Acts: `BNS 303(2), 305; POCSO 6`. What is not written so is repeated as it is."""
    split = [each.partition(" ") for each in given]
    acts = groupby(split, key=lambda each: each[0] if each[2] else "")
    told = ((act, [rest or whole for whole, _, rest in found]) for act, found in acts)
    return "; ".join(f"{act} {', '.join(found)}".strip() for act, found in told)


def told(
    form: Form, sheets: Sequence[Sheet], struck: Iterable[tuple[Entry, int]], copy: Copy, pen: Pen
) -> dict[str, Any]:
    """A form as lines of text: what the page of HTML and the PDF are both made of."""
    numbered, gone = enumerate(sheets, 1), list(struck)
    return {
        "languages": list(pen.languages),
        "code": form.name,
        "title": pen.words(form.title),
        "called": copy.called or copy.record,
        "notes": [*pen.words(form.source), *_copy(copy, pen)],
        "sheets": [
            {
                "under": pen.words(_under(form, each)),
                "number": f"{pen.said(SAID['continued'])} {number}/{len(sheets)}" if len(sheets) > 1 else "",
                "lines": [_line(box, each, pen) for box in each.boxes if not _of_other_act(box, each)],
                "made from": {
                    "words": pen.words(SAID["made from"]),
                    "entries": [_source(e, pen) for e in each.sources],
                },
            }
            for number, each in numbered
        ],
        "struck": {
            "words": pen.words(SAID["struck"]) if gone else [],
            "entries": [
                f"{pen.said(SAID['entry'])} {each.meta.version} {each.name} ({pen.said(SAID['by'])} {by})"
                for each, by in gone
            ],
        },
    }


def _of_other_act(filled: Filled, sheet: Sheet) -> bool:
    """Whether a box is there for another act than the sheet's own: a zero FIR's number has no box on an FIR."""
    box = filled.box
    known = sheet.form.parts[box.of].acts
    mine = sheet.entries[box.of]
    return bool(box.column) and len(known) > 1 and bool(mine) and not hasattr(mine[-1], box.column)


def _under(form: Form, sheet: Sheet) -> Words:
    """Under which section: that of the Code in force when the case was registered."""
    first = next(iter(sheet.entries.get("fir", ())), sheet.main)
    return form.under.get("bnss" if day(first.meta.occurred_at) >= BNSS_BEGAN else "crpc", {"en": "", "hi": ""})


def _copy(copy: Copy, pen: Pen) -> list[str]:
    shut = copy.audience == ""
    told = pen.words(SAID["shut"]) if shut else [f"{pen.said(SAID['copy'])}: {pen.said(SAID[COPIES[copy.audience]])}"]
    moments = (("as of", copy.as_of), ("known at", copy.known_at))
    return [*told, *(f"{pen.said(SAID[what])}: {when(moment, pen.zone)}" for what, moment in moments if moment)]


def _source(entry: Entry, pen: Pen) -> str:
    meta = entry.meta
    where = f"{pen.said(SAID['position'])} {meta.position}"
    at = when(meta.occurred_at, pen.zone)
    return f"{pen.said(SAID['entry'])} {meta.version} · {entry.name} · {at} · {where} · {meta.entry_id}"


def _line(filled: Filled, sheet: Sheet, pen: Pen) -> dict[str, Any]:
    box = filled.box
    line: dict[str, Any] = {"number": box.number, "words": pen.words(box.words)}
    if box.rows:
        rows = [[pen.text(each, value) for each, value in zip(box.rows, row, strict=True)] for row in filled.rows]
        empty = [""] * len(box.rows)
        return line | {"head": [pen.words(each.words) for each in box.rows], "rows": rows or [empty]}
    if box.blank == "signed":
        return line | {"signed": True}
    if not (box.column or box.meta or box.blank):
        return line | {"group": True}
    if box.meta in PLACES and (entries := sheet.entries[box.of]):
        return line | {"value": pen.place(box.meta, entries[-1].meta)}
    return line | {"value": pen.text(box, filled.value)}


def page_of(shown: Mapping[str, Any]) -> str:
    """The form as a page of HTML, complete in itself; every text of it is escaped."""
    language = shown["languages"][0]
    notes = "".join(f"<p class=note>{escape(each)}</p>" for each in shown["notes"])
    names = f"<p>{escape(shown['code'])}</p><h1>{_said(shown['title'])}</h1><p>{escape(shown['called'])}</p>"
    head = f"<header>{names}{notes}</header>"
    sheets = "".join(map(_sheet, shown["sheets"]))
    struck = _list(shown["struck"])
    title = escape(f"{shown['code']} {shown['called']}")
    start = f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
    return f"{start}<style>{STYLE}</style></head><body>\n{head}\n{sheets}{struck}</body></html>\n"


def _said(words: Iterable[str]) -> str:
    return "<br>".join(map(escape, words))


def _sheet(sheet: Mapping[str, Any]) -> str:
    lines = "\n".join(map(_row, sheet["lines"]))
    head = _said([*sheet["under"], sheet["number"]] if sheet["number"] else sheet["under"])
    table = f"<table class=form>\n{lines}\n</table>"
    return f"<section><p class=under>{head}</p>\n{table}{_list(sheet['made from'])}</section>\n"


def _row(line: Mapping[str, Any]) -> str:
    number, words = escape(line["number"]), _said(line["words"])
    if "group" in line:
        return f"<tr class=group><th>{number}</th><td colspan=2>{words}</td></tr>"
    if "rows" in line:
        rows = _listed(line) if len(line["head"]) <= FEW else "".join(_card(line["head"], row) for row in line["rows"])
        return f"<tr><th>{number}</th><td colspan=2>{words}{rows}</td></tr>"
    if "signed" in line:
        return f"<tr class=signed><th>{number}</th><td>{words}</td><td class=line></td></tr>"
    return f"<tr><th>{number}</th><td>{words}</td><td class=value>{escape(line['value'])}</td></tr>"


def _listed(line: Mapping[str, Any]) -> str:
    heads = "".join(f"<th>{_said(each)}</th>" for each in line["head"])
    rows = "".join(f"<tr>{''.join(f'<td>{escape(each)}</td>' for each in row)}</tr>" for row in line["rows"])
    return f"<table class=rows><tr>{heads}</tr>{rows}</table>"


def _card(head: Sequence[Sequence[str]], row: Sequence[str]) -> str:
    """A row of many columns: names and values in a grid, as no word may run into the next column."""
    told = (
        f"<div><span>{_said(name)}</span><b>{escape(value)}</b></div>" for name, value in zip(head, row, strict=True)
    )
    return f"<div class=card>{''.join(told)}</div>"


def _list(told: Mapping[str, Any]) -> str:
    if not told["entries"]:
        return ""
    return f"<p class=made>{_said(told['words'])}:<br>{_said(told['entries'])}</p>"


STYLE = """
@page { size: A4; margin: 14mm }
body { font: 9.5pt/1.4 "Noto Sans", "Noto Sans Devanagari", sans-serif; max-width: 60em; margin: 0 auto }
header, .under { text-align: center }
h1 { font-size: 13pt; margin: 1mm 0 }
header p { margin: 0; font-weight: 600 }
header .note, .made { font-size: 7.5pt; font-weight: 400; color: #333; overflow-wrap: anywhere }
section + section { break-before: page }
table { border-collapse: collapse; width: 100% }
.form > tbody > tr > * { border: 0.2mm solid #888; padding: 0.8mm 1.5mm; vertical-align: top; text-align: left }
.form > tbody > tr { break-inside: avoid }
.form > tbody > tr > th { width: 3.5em; font-weight: 600 }
.form > tbody > tr > td:nth-child(2):not([colspan]) { width: 40%; color: #222 }
.group td { font-weight: 600 }
.value { font-weight: 600; white-space: pre-wrap; overflow-wrap: anywhere }
.signed .line { height: 12mm }
.rows { margin-top: 1mm; table-layout: fixed; font-size: 8pt }
.rows th, .rows td { border: 0.2mm solid #aaa; padding: 0.5mm 1mm; text-align: left; vertical-align: top;
                     overflow-wrap: anywhere }
.rows th { font-weight: 400; color: #333 }
.rows td { font-weight: 600 }
.card { display: grid; grid-template-columns: repeat(3, 1fr); margin-top: 1mm; font-size: 8pt; break-inside: avoid;
        border: 0.2mm solid #aaa }
.card div { border: 0.1mm solid #ccc; padding: 0.5mm 1mm; overflow-wrap: anywhere }
.card span { display: block; color: #333 }
.card b { font-weight: 600 }
"""
