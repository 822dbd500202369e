"""A filled form as it is printed: the words of each box in one language or both, its value as an officer writes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from domain.common.days import BNSS_BEGAN, day
from domain.event import Meta, Sealed
from roznamcha.forms.book import Box, Form, Words, hindi
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
    officers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The masters' rows by their codes."""

    def place(self, what: str, meta: Meta) -> str:
        """The station or district of an entry: its name and its code; of a station without a district, the master's."""
        station = self.stations.get(meta.station, {})
        code = meta.station if what == "station" else meta.district or station.get("district", "")
        row = station if what == "station" else self.districts.get(code, {})
        english = row.get("name", "")
        name = self.said({"en": english, "hi": row.get("name_hi") or english})
        return f"{name} ({code})" if name else code

    def officer(self, who: str) -> str:
        """An officer's name by the master, nothing where it has none: an entry knows who acted by the id alone."""
        row = self.officers.get(who, {})
        english = row.get("name", "")
        return self.said({"en": english, "hi": row.get("name_hi") or english})

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
        if box.show == "officer":
            return self.officer(str(value))
        if isinstance(value, tuple):
            return sections(value) if box.show == "sections" else ", ".join(self.text(box, each) for each in value)
        if isinstance(value, datetime):
            return self.weekday(value) if box.show == "weekday" else when(value, self.zone)
        if isinstance(value, date):
            return value.strftime("%d.%m.%Y")
        if isinstance(value, bool):
            return self.said(SAID["yes" if value else "no"])
        if isinstance(value, Choice):
            return self.said({"en": str(value), "hi": hindi(value, box.column)})
        return NUMBERS.get(box.show, _plain)(value)

    def weekday(self, moment: datetime) -> str:
        """The day of the week, by the station's clock."""
        number = moment.astimezone(self.zone).weekday()
        return self.said({language: names[number] for language, names in DAYS.items()})


def _plain(value: Any) -> str:  # noqa: ANN401
    return f"{value:f}" if isinstance(value, Decimal) else value.hex() if isinstance(value, bytes) else str(value)


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
        "notes": [*pen.words(form.source), *copy_of(copy, pen)],
        "sheets": [
            {
                "under": pen.words(_under(form, each)),
                "number": f"{pen.said(SAID['continued'])} {number}/{len(sheets)}" if len(sheets) > 1 else "",
                "lines": [_line(box, each, pen) for box in each.boxes if not _of_other_act(box, each)],
                "made from": {
                    "words": pen.words(SAID["made from"]),
                    "entries": [source_of(e, pen) for e in each.sources],
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


def copy_of(copy: Copy, pen: Pen) -> list[str]:
    """For whom a paper is, and as of when."""
    shut = copy.audience == ""
    told = pen.words(SAID["shut"]) if shut else [f"{pen.said(SAID['copy'])}: {pen.said(SAID[COPIES[copy.audience]])}"]
    moments = (("as of", copy.as_of), ("known at", copy.known_at))
    return [*told, *(f"{pen.said(SAID[what])}: {when(moment, pen.zone)}" for what, moment in moments if moment)]


def source_of(entry: Entry, pen: Pen) -> str:
    """An entry from which something was printed: its number, act, hour, place and id."""
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
