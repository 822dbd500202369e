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


@dataclass(frozen=True)
class Label:
    """One label. Times are aware; `paper` is the malkhana serial, `officer` who seized it."""

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
        SELECT m.record_id, m.property_id, coalesce(c.number, ''), m.description, m.quantity, m.unit, m.seal, m.place,
               f.occurred_at, coalesce(f.place, ''), coalesce(f.holder_rank || ' ' || f.holder, ''),
               coalesce(d.paper, '')
        FROM views.malkhana m LEFT JOIN views.case_state c USING (record_id)
        LEFT JOIN views.custody f
            ON f.record_id = m.record_id AND f.property_id = m.property_id AND f.number = 1
        LEFT JOIN LATERAL (
            SELECT paper FROM views.custody d
            WHERE d.record_id = m.record_id AND d.property_id = m.property_id AND d.act LIKE '%%.PropertyDeposited'
            ORDER BY d.number DESC LIMIT 1
        ) d ON true
        WHERE m.state NOT IN ('disposed', 'used up') AND (%(record)s::uuid IS NULL OR m.record_id = %(record)s)
            AND %(article)s IN ('', m.property_id) AND %(station)s IN ('', m.station)
        ORDER BY c.number, m.property_id
    """
    asked = {"record": record_id, "article": property_id, "station": station}
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
    lines = (
        ("प्रकरण · case", label.matter or str(label.record_id)),
        ("वस्तु · article", label.property_id),
        ("विवरण · what", label.description),
        ("मात्रा · quantity", f"{label.quantity} {label.unit}"),
        ("मुहर · seal", label.seal or "—"),
        ("जप्ती · seized", f"{when(label.seized_at, zone)}, {label.seized_where}"),
        ("अधिकारी · by", label.officer),
        ("मालखाना · register", f"{label.paper or '—'}, {label.place}"),
    )
    rows = "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in lines)
    return f"<section>{picture}<dl>{rows}</dl><p>{escape(label.code)}</p></section>\n"


HEAD = """<!DOCTYPE html>
<html lang="hi"><head><meta charset="utf-8"><title>Labels · लेबल</title><style>
@page { size: A4; margin: 10mm }
body { margin: 0; font: 8.5pt/1.25 "Noto Sans Devanagari", "Noto Sans", sans-serif; display: grid;
       grid-template-columns: 1fr 1fr; gap: 4mm }
section { border: 0.3mm solid #000; padding: 2mm; display: grid; grid-template-columns: 32mm 1fr; gap: 2mm;
          break-inside: avoid }
svg { width: 32mm; height: 32mm }
dl { margin: 0; display: grid; grid-template-columns: auto 1fr; gap: 0 1.5mm; align-content: start }
dt { color: #333; white-space: nowrap }
dd { margin: 0; font-weight: 600; overflow-wrap: anywhere }
p { grid-column: 1 / 3; margin: 0; font: 6pt monospace; overflow-wrap: anywhere }
</style></head><body>
"""
