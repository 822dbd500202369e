"""A filled form, or a record's paper, as a page of HTML: complete in itself, every text of it escaped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

FEW = 5
"""Columns of a table; with more, each row is printed as a card."""
MOST, MANY = 9, 3
"""Of more than three rows a table of up to nine columns is made all the same."""


def page_of(shown: Mapping[str, Any]) -> str:
    """The form as a page of HTML, complete in itself; every text of it is escaped."""
    language = shown["languages"][0]
    notes = "".join(f"<p class=note>{escape(each)}</p>" for each in shown["notes"])
    code = f"<p>{escape(shown['code'])}</p>" if shown["code"] else ""
    names = f"{code}<h1>{_said(shown['title'])}</h1><p>{escape(shown['called'])}</p>"
    head = f"<header>{names}{notes}</header>"
    sheets = "".join(map(_sheet, shown["sheets"]))
    struck = _list(shown["struck"])
    title = escape(f"{shown['code'] or shown['title'][0]} {shown['called']}")
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
        few = len(line["head"]) <= (MOST if len(line["rows"]) > MANY else FEW)
        told = list(_cells(line))
        rows = _listed(line, told) if few else "".join(_card(line["head"], each) for each in told)
        if line.get("wide"):
            return f"<tr class=list><td colspan=3>{words}{rows}</td></tr>"
        return f"<tr class=list><th>{number}</th><td colspan=2>{words}{rows}</td></tr>"
    if "signed" in line:
        return f"<tr class=signed><th>{number}</th><td>{words}</td><td class=line></td></tr>"
    value = _cut(line["value"], cut=bool(line.get("cut")))
    return f"<tr><th>{number}</th><td>{words}</td><td class=value>{value}</td></tr>"


def _cut(text: str, *, cut: bool) -> str:
    """A text, with a line through it where its entry was struck."""
    return f"<s>{escape(text)}</s>" if cut and text else escape(text)


def _cells(line: Mapping[str, Any]) -> Iterator[list[str]]:
    """The rows of a table as HTML; `cut` says of each row which of its cells are struck."""
    for n, row in enumerate(line["rows"]):
        struck = line["cut"][n] if "cut" in line else ()
        yield [_cut(each, cut=column in struck) for column, each in enumerate(row)]


def _listed(line: Mapping[str, Any], told: Iterable[Sequence[str]]) -> str:
    heads = "".join(f"<th>{_said(each)}</th>" for each in line["head"])
    rows = "".join(f"<tr>{''.join(f'<td>{each}</td>' for each in row)}</tr>" for row in told)
    wide = "".join(f'<col style="width: {100 * each // sum(line["widths"])}%">' for each in line.get("widths", ()))
    return f"<table class=rows>{wide}<thead><tr>{heads}</tr></thead>{rows}</table>"


def _card(head: Sequence[Sequence[str]], row: Sequence[str]) -> str:
    """A row of many columns: names and values in a grid, as no word may run into the next column."""
    told = (f"<div><span>{_said(name)}</span><b>{value}</b></div>" for name, value in zip(head, row, strict=True))
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
.form > tbody > tr.list { break-inside: auto }
.value { font-weight: 600; white-space: pre-wrap; overflow-wrap: anywhere }
.signed .line { height: 12mm }
.rows { margin-top: 1mm; table-layout: fixed; font-size: 8pt }
.rows th, .rows td { border: 0.2mm solid #aaa; padding: 0.5mm 1mm; text-align: left; vertical-align: top;
                     overflow-wrap: anywhere; white-space: pre-wrap }
.rows th { font-weight: 400; color: #333 }
.rows tr { break-inside: avoid }
.rows td { font-weight: 600 }
.card { display: grid; grid-template-columns: repeat(3, 1fr); margin-top: 1mm; font-size: 8pt; break-inside: avoid;
        border: 0.2mm solid #aaa }
.card div { border: 0.1mm solid #ccc; padding: 0.5mm 1mm; overflow-wrap: anywhere }
.card span { display: block; color: #333 }
.card b { font-weight: 600 }
"""
