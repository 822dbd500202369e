"""The label on a parcel: what it is, whose case, since when, under which seal, and a code that a scanner reads.

A code holds a record, an article and a checksum, and nothing of a person; what it stands for the register says.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import segno
from psycopg import Connection

from roznamcha.errors import Refused
from roznamcha.opening import identity
from roznamcha.screen import when

MARK = "RZ1"
"""With which every code begins, and of which form the rest is."""
LONGEST = 300
"""Characters of a code."""
DEEPEST = 100
"""Samples of samples through which the article that was seized is looked for."""


@dataclass(frozen=True)
class Label:
    """One label. Times are aware; `paper` is the malkhana serial, `officer` who seized it.

    Of a sample, a copy or a part these are of the whole article that was seized; `drawn_from` is what it came from,
    `drawn_how` in which way, when, where, and with whom it was then.
    """

    record_id: UUID
    property_id: str
    matter: str
    description: str
    quantity: str
    unit: str
    seal: str
    place: str
    seized_at: datetime | None
    seized_where: str
    officer: str
    paper: str
    drawn_from: str = ""
    drawn_how: str = ""
    drawn_at: datetime | None = None
    drawn_where: str = ""
    drawn_with: str = ""

    @property
    def code(self) -> str:
        """What the scanner reads."""
        return code_of(self.record_id, self.property_id)


def code_of(record_id: UUID, property_id: str) -> str:
    """The code of an article: `RZ1/<record>/<checksum>/<article>`."""
    return f"{MARK}/{record_id.hex}/{_check(record_id.hex, property_id)}/{property_id}"


def read_code(text: str) -> tuple[UUID, str]:
    """The record and the article of a code. Raises Refused for what is none, or was read or copied wrongly."""
    mark, _, rest = text.strip()[: LONGEST + 1].partition("/")
    record, _, rest = rest.partition("/")
    check, _, property_id = rest.partition("/")
    if mark != MARK or len(text.strip()) > LONGEST or not property_id.strip():
        raise Refused([f"--scan: this is no code of a label; one begins with {MARK}/"])
    found = identity(record)
    if check != _check(record, property_id) or found is None:
        raise Refused(["--scan: this code is damaged: its checksum does not fit. Scan the label again."])
    return found, property_id


def _check(record: str, property_id: str) -> str:
    return f"{zlib.crc32(f'{record}/{property_id}'.encode()):08x}"


def labels_of(
    connection: Connection[Any], *, record_id: UUID | None = None, property_id: str = "", station: str = ""
) -> Iterator[Label]:
    """The labels of what is in custody: of one record or station, of one article, or of everything."""
    query = """
        WITH RECURSIVE wanted AS (
            SELECT * FROM views.malkhana m
            WHERE m.state NOT IN ('disposed', 'used up') AND (%(record)s::uuid IS NULL OR m.record_id = %(record)s)
                AND %(article)s IN ('', m.property_id) AND %(station)s IN ('', m.station)
        ), line AS (
            SELECT record_id, property_id, property_id AS ancestor, 0 AS far FROM wanted
            UNION
            SELECT line.record_id, line.property_id, f.parent, far + 1
            FROM line JOIN views.custody f
                ON f.record_id = line.record_id AND f.property_id = line.ancestor AND f.number = 1
            WHERE f.parent <> '' AND far < %(deepest)s
        )
        SELECT m.record_id, m.property_id, coalesce(c.number, ''), m.description, m.quantity, m.unit, m.seal, m.place,
               f.occurred_at, coalesce(f.place, ''), coalesce(ltrim(f.holder_rank || ' ' || f.holder), ''),
               coalesce(d.paper, ''), coalesce(o.parent, ''), coalesce(o.purpose, ''), o.occurred_at,
               coalesce(o.place, ''), coalesce(ltrim(o.holder_rank || ' ' || o.holder), '')
        FROM wanted m LEFT JOIN views.case_state c USING (record_id)
        LEFT JOIN LATERAL (
            SELECT f.* FROM line JOIN views.custody f
                ON f.record_id = m.record_id AND f.property_id = line.ancestor AND f.number = 1
            WHERE line.record_id = m.record_id AND line.property_id = m.property_id
            ORDER BY line.far DESC LIMIT 1
        ) f ON true
        LEFT JOIN views.custody o
            ON o.record_id = m.record_id AND o.property_id = m.property_id AND o.number = 1 AND o.parent <> ''
        LEFT JOIN LATERAL (
            SELECT d.paper FROM line JOIN views.custody d
                ON d.record_id = m.record_id AND d.property_id = line.ancestor AND d.act LIKE '%%.PropertyDeposited'
            WHERE line.record_id = m.record_id AND line.property_id = m.property_id
            ORDER BY line.far, d.number DESC LIMIT 1
        ) d ON true
        ORDER BY c.number, m.property_id
    """
    asked = {"record": record_id, "article": property_id, "station": station, "deepest": DEEPEST}
    for row in connection.execute(query, asked):
        yield Label(*row)


def page_of(labels: Iterable[Label], zone: ZoneInfo) -> str:
    """A page of HTML to print: complete in itself, nothing is fetched from elsewhere."""
    return f"{HEAD}{''.join(_label(each, zone) for each in labels)}</body></html>\n"


def _label(label: Label, zone: ZoneInfo) -> str:
    # What was named before ids had a limit is printed without a code, and costs no other label.
    fits = len(label.code) <= LONGEST
    picture = (
        segno.make(label.code, error="m", micro=False).svg_inline(scale=2, border=4, omitsize=True) if fits else ""
    )
    lines: tuple[tuple[str, str], ...] = (
        ("प्रकरण · case", label.matter or str(label.record_id)),
        ("वस्तु · article", label.property_id),
        ("विवरण · what", label.description),
        ("मात्रा · quantity", f"{label.quantity} {label.unit}"),
        ("मुहर · seal", label.seal or "—"),
        ("जप्ती · seized", f"{when(label.seized_at, zone)}, {label.seized_where}"),
        ("अधिकारी · by", label.officer),
        ("मालखाना · register", f"{label.paper or '—'}, {label.place}"),
    )
    if label.drawn_from:
        how = HOW.get(label.drawn_how, label.drawn_how)
        drawn = f"{label.drawn_from}, {when(label.drawn_at, zone)}, {label.drawn_where}, {label.drawn_with}"
        lines = (*lines[:2], (f"{how} · {label.drawn_how} of", drawn), *lines[2:])
    rows = "".join(f"<dt>{name}</dt><dd{WHOLE.get(name, '')}>{escape(value)}</dd>" for name, value in lines)
    return f"<section>{picture}<dl>{rows}</dl><p>{escape(label.code)}</p></section>\n"


WHOLE = {"प्रकरण · case": " class=whole"}
"""What is never broken between two lines: a case is called up by its number."""
HOW = {"sample": "नमूना", "copy": "प्रति", "extract": "उद्धरण", "part": "भाग"}
"""How an article comes from another, in Hindi."""
HEAD = """<!DOCTYPE html>
<html lang="hi"><head><meta charset="utf-8"><title>Labels · लेबल</title><style>
@page { size: A4; margin: 10mm }
body { margin: 0; font: 8.5pt/1.25 "Noto Sans Devanagari", "Noto Sans", sans-serif; display: grid;
       grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 4mm; align-items: start }
section { border: 0.3mm solid #000; padding: 2mm; display: grid; grid-template-columns: 30mm minmax(0, 1fr); gap: 2mm;
          break-inside: avoid; align-items: start; overflow: hidden }
svg { width: 30mm; height: 30mm }
dl { margin: 0; display: grid; grid-template-columns: 19mm minmax(0, 1fr); gap: 0 1mm; align-content: start }
dt { color: #333; font-size: 7pt; padding-top: 0.4mm }
dd { margin: 0; font-weight: 600; overflow-wrap: anywhere }
dd.whole { white-space: nowrap; letter-spacing: -0.1pt }
p { grid-column: 1 / 3; margin: 0; font: 6pt monospace; overflow-wrap: anywhere }
</style></head><body>
"""
