"""A record of any register as a paper: a day of the General Diary as its page, any other entry by entry.

It has the same lines as a filled form, so both are set by the same page. No printed form of these registers was read:
the words are those of the schemas. What was struck stays legible, with a line through it and who struck it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from domain.common.corrections import PassesEntryOver, RecordsAccess
from domain.diary.diary import EntryMade
from domain.event import Event, Sealed, struck
from domain.shape import Column, Shape, columns
from roznamcha.forms.book import Box
from roznamcha.forms.filling import chosen, unsaid
from roznamcha.forms.printing import SAID, Copy, Pen, copy_of, source_of
from roznamcha.screen import when

Words = Mapping[str, str]
Entry = Event[Any]
Describe = Callable[[type[Entry]], Mapping[str, Any]]
"""An act as `acts --json` lists it: its title, and its columns with their labels."""
REGISTERS: Mapping[str, Words] = {
    "case": {"en": "Case", "hi": "अपराध प्रकरण"},
    "inquest": {"en": "Inquest (unnatural death)", "hi": "मर्ग"},
    "missing_person": {"en": "Missing person", "hi": "गुम इंसान"},
    "medico_legal": {"en": "Medico-legal case", "hi": "एमएलसी"},
    "complaint": {"en": "Complaint", "hi": "शिकायत"},
    "preventive": {"en": "Preventive action", "hi": "प्रतिबंधात्मक कार्रवाई"},
    "diary": {"en": "General Diary", "hi": "रोज़नामचा"},
    "property_unclaimed": {"en": "Unclaimed property", "hi": "लावारिस संपत्ति"},
    "malkhana_audit": {"en": "Malkhana audit", "hi": "मालखाना परीक्षण"},
}
"""What each register is called."""
TOLD: Mapping[str, Words] = {
    "ours": {
        "en": "No printed form of this register was read; the words are this register's own",
        "hi": "इस पंजी का कोई मुद्रित प्रपत्र नहीं देखा गया; शब्द इसी पंजी के हैं",
    },
    "district": {"en": "District", "hi": "जिला"},
    "station": {"en": "P.S.", "hi": "थाना"},
    "number": {"en": "No.", "hi": "क्रमांक"},
    "ties": {"en": "Records that belong to it", "hi": "संबद्ध अभिलेख"},
    "tie": {"en": "Tie", "hi": "संबंध"},
    "called": {"en": "Record", "hi": "अभिलेख"},
    "recorded": {"en": "recorded", "hi": "दर्ज"},
    "told of it": {"en": "event", "hi": "घटना"},
    "doubt": {"en": "Doubt", "hi": "शंका"},
    "struck by": {"en": "struck by", "hi": "काटी गई, द्वारा"},
    "serial": {"en": "Serial", "hi": "सान्हा क्र."},
    "time": {"en": "Time", "hi": "समय"},
    "kind": {"en": "Kind", "hi": "प्रकार"},
    "gist": {"en": "Entry", "hi": "सान्हा"},
    "by": {"en": "By", "hi": "लेखक"},
    "page": {"en": "Entries of the day", "hi": "दिवस की प्रविष्टियाँ"},
    "none": {"en": "No diary of this day was entered", "hi": "इस दिन का कोई रोज़नामचा दर्ज नहीं है"},
    "left out": {
        "en": "Not printed: entries of who read it, or let a view pass one; history lists them",
        "hi": "मुद्रित नहीं: किसने पढ़ा अथवा किस दृश्य ने आगे बढ़ाया, ये प्रविष्टियाँ; इतिहास में हैं",
    },
    "signature": {"en": "Signature of the officer in charge of the station", "hi": "थाना प्रभारी के हस्ताक्षर"},
}
WIDE = (13, 17, 20, 75, 25)
"""How wide the columns of a page of the diary are, as parts of the whole."""
PLAIN = Box("", {"en": "", "hi": ""})
SHOWN = {"sections": "sections"}


@dataclass(frozen=True)
class Sheaf:
    """One record to print: its entries in their order, what it is called, and what belongs to it."""

    called: str
    entries: Sequence[Entry]
    ties: Sequence[Mapping[str, Any]] = ()


def printed(entries: Iterable[Entry]) -> list[Entry]:
    """The entries that a paper shows: all but those of who read it, and of what a view passed over."""
    return [each for each in entries if not isinstance(each, RecordsAccess | PassesEntryOver)]


def paper_of(sheaves: Sequence[Sheaf], copy: Copy, pen: Pen, describe: Describe) -> dict[str, Any]:
    """A paper of one record, or of several days of a diary, as lines of text. A day without entries says so."""
    register = next(each.entries[0].register for each in sheaves if each.entries)
    many = f"{pen.said(SAID['continued'])} "
    return {
        "languages": list(pen.languages),
        "code": "",
        "title": pen.words(REGISTERS[register]),
        "called": copy.called,
        "notes": [*pen.words(TOLD["ours"]), *copy_of(copy, pen)],
        "sheets": [
            _sheet(each, pen, describe) | {"number": f"{many}{n}/{len(sheaves)}" if len(sheaves) > 1 else ""}
            for n, each in enumerate(sheaves, 1)
        ],
        "struck": {"words": [], "entries": []},
    }


def _sheet(sheaf: Sheaf, pen: Pen, describe: Describe) -> dict[str, Any]:
    if not sheaf.entries:
        lines = [{"number": "", "words": [sheaf.called, *pen.words(TOLD["none"])], "group": True}]
        return {"under": [], "lines": lines, "made from": {"words": [], "entries": []}}
    shown, gone = printed(sheaf.entries), struck(sheaf.entries)
    lines = list(_head(sheaf, pen))
    page = [each for each in shown if isinstance(each, EntryMade)]
    if page:
        lines.append(_page(page, gone, pen))
    for each in shown:
        if not isinstance(each, EntryMade):
            lines += _entry(each, gone.get(each.meta.version, 0), pen, describe)
    lines.append({"number": "", "words": pen.words(TOLD["signature"]), "signed": True})
    left = len(sheaf.entries) - len(shown)
    more = [f"{pen.said(TOLD['left out'])} ({left})"] if left else []
    made = {"words": pen.words(SAID["made from"]), "entries": [*(source_of(each, pen) for each in shown), *more]}
    return {"under": [], "lines": lines, "made from": made}


def _head(sheaf: Sheaf, pen: Pen) -> Iterator[dict[str, Any]]:
    first = sheaf.entries[0].meta
    for what in ("district", "station"):
        yield {"number": "", "words": pen.words(TOLD[what]), "value": pen.place(what, first)}
    yield {"number": "", "words": pen.words(TOLD["number"]), "value": sheaf.called}
    if sheaf.ties:
        rows = [[pen.said(each["tie"]), each["called"] or each["record"] or ""] for each in sheaf.ties]
        heads = [pen.words(TOLD["tie"]), pen.words(TOLD["called"])]
        yield {"number": "", "words": pen.words(TOLD["ties"]), "head": heads, "rows": rows}


def _page(page: Sequence[EntryMade], gone: Mapping[int, int], pen: Pen) -> dict[str, Any]:
    """The day as its page has it: serial, both hours, kind, what happened, and who wrote it."""
    ordered = sorted(page, key=lambda each: (each.serial, each.meta.version))
    rows = [_row(each, gone.get(each.meta.version, 0), pen) for each in ordered]
    cut = [[2, 3] if each.meta.version in gone else [] for each in ordered]
    heads = [pen.words(TOLD[each]) for each in ("serial", "time", "kind", "gist", "by")]
    words = pen.words(TOLD["page"])
    return {"number": "", "words": words, "head": heads, "rows": rows, "cut": cut, "widths": list(WIDE), "wide": True}


def _row(entry: EntryMade, by: int, pen: Pen) -> list[str]:
    meta, time = entry.meta, when(entry.meta.occurred_at, pen.zone)
    if entry.event_at:
        time += f"\n({pen.said(TOLD['told of it'])}: {when(entry.event_at, pen.zone)})"
    shown = {each.name: pen.text(_box(each.name), value) for each, value in _values(entry)}
    gist = [shown.get("gist", ""), f"{shown.get('about', '')} {entry.number}".strip() if entry.number else ""]
    doubts = [f"{pen.said(TOLD['doubt'])}: {each}" for each in meta.doubts]
    mark = [f"[{pen.said(TOLD['struck by'])} {by}]"] if by else []
    who = "\n".join(filter(None, (f"{meta.actor.rank} {meta.actor.id}", entry.made_by, *mark)))
    return [str(entry.serial), time, shown.get("kind", ""), "\n".join(filter(None, (*gist, *doubts))), who]


def _entry(entry: Entry, by: int, pen: Pen, describe: Describe) -> Iterator[dict[str, Any]]:
    """An entry: its title, when, by whom, then a line for each column that says something."""
    act, meta = describe(type(entry)), entry.meta
    title = pen.words({"en": act["title"].get("en") or entry.name, "hi": act["title"].get("hi") or entry.name})
    told = f"{when(meta.occurred_at, pen.zone)} · {pen.said(TOLD['recorded'])} {when(meta.recorded_at, pen.zone)}"
    who = f"{meta.actor.rank} {meta.actor.id}".strip()
    cut = [f"[{pen.said(TOLD['struck by'])} {by}]"] if by else []
    yield {"number": str(meta.version), "words": [*title, f"{told} · {who}", *cut], "group": True}
    labels = {each["name"]: each for each in act["fields"]}
    for column, value in _values(entry):
        yield _line(column, value, labels.get(column.name, {}), pen, cut=bool(by))
    for doubt in meta.doubts:
        yield {"number": "", "words": pen.words(TOLD["doubt"]), "value": doubt}


def _values(owner: Any) -> Iterator[tuple[Column, Any]]:  # noqa: ANN401 (an act, or a part of one)
    """The columns of an act, or of a part of one, that say something."""
    for column in columns(type(owner)):
        value = getattr(owner, column.name)
        if not unsaid(value, column):
            yield column, chosen(value, column.shape)


def _line(column: Column, value: Any, field: Mapping[str, Any], pen: Pen, *, cut: bool) -> dict[str, Any]:  # noqa: ANN401
    label = label_of(field, column.name)
    line: dict[str, Any] = {"number": "", "words": pen.words(label)}
    inner = _part(column.shape)
    if inner is None or isinstance(value, Sealed):
        return line | {"value": pen.text(_box(column.name), value), "cut": cut}
    rows = list(value) if isinstance(value, tuple) else [value]
    said = [{each.name: content for each, content in _values(row)} for row in rows]
    names = [each for each in inner.columns if any(each.name in row for row in said)]
    labels = {each["name"]: each for each in field.get("fields", ())}
    heads = [pen.words(label_of(labels.get(each.name, {}), each.name)) for each in names]
    cells = [[_cell(each, row.get(each.name), pen) for each in names] for row in said]
    return line | {"head": heads, "rows": cells, "cut": [list(range(len(heads))) if cut else []] * len(cells)}


def _cell(column: Column, value: Any, pen: Pen) -> str:  # noqa: ANN401
    """What stands in one column of a row; of a table inside it the values alone."""
    if value is not None and _part(column.shape) is not None and not isinstance(value, Sealed):
        rows = value if isinstance(value, tuple) else (value,)
        return "\n".join("; ".join(_cell(each, content, pen) for each, content in _values(row)) for row in rows)
    return pen.text(_box(column.name), value)


def _box(name: str) -> Box:
    show = "rupees" if name.endswith("_paise") else SHOWN.get(name, "")
    return replace(PLAIN, column=name, show=show)


def label_of(field: Mapping[str, Any], name: str) -> Words:
    """The words of a column in both languages; where one is missing the other, else the column's own name."""
    label = field.get("label", {})
    english = (label.get("en") or name.replace("_", " ")).replace("(paise)", "(Rs)")
    return {"en": english, "hi": (label.get("hi") or english).replace("(पैसे)", "(रु)")}


def _part(shape: Shape) -> Shape | None:
    """The shape of a part's rows, where a column has such."""
    while shape.inner is not None:
        shape = shape.inner
    return shape if shape.of is not None else None
