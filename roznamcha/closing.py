"""Closing a month: the ranking as it is now is kept, told to its topic, and compared with from then on.

A late entry reopens a closed month: the ranking then differs from what was closed. It may be closed again; the earlier
values stay beside the new ones.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection

from consumers.building import note_built
from consumers.checkpoints import MAIN, begin, positions
from consumers.columns import micros
from consumers.outbox import opened, tell
from consumers.tables import tables_of
from domain.event import EPOCH
from domain.ranking.scheme import Scheme
from domain.ranking.score import Part, Standing, rounded
from projections.ranking import Closed, Ranking
from roznamcha.schemes import shipped

NAMESPACE = UUID("5a0f4d0e-6a55-5f0b-9f0e-7a1f0b5c2d11")
"""Under which the key of a unit's month is made (UUID version 5)."""
DIGITS = 6


def key_of(scheme: str, level: str, unit: str, period: str) -> UUID:
    """The key of a unit's month: the same for ever."""
    return uuid.uuid5(NAMESPACE, f"{scheme}\n{level}\n{unit}\n{period}")


class Month(NamedTuple):
    """What is closed: a month of one level, ranked by a scheme."""

    scheme: Scheme
    level: str
    period: str


def closed(connection: Connection[Any], month: Month) -> dict[str, Closed]:
    """What was closed of a month, by unit; nothing when it never was."""
    (table,) = tables_of(Ranking()).published
    if not _is_there(connection):
        return {}
    query = (
        f"SELECT {', '.join(table.columns)} FROM views.{table.name} WHERE scheme = %s AND level = %s AND period = %s"
    )
    asked = (month.scheme.id, month.level, month.period)
    rows = (Closed(*values) for values in connection.execute(query.encode(), asked))
    return {row.unit: row for row in rows}


def close(connection: Connection[Any], month: Month, found: Sequence[Standing], now: datetime) -> list[Closed]:
    """Close a month, or close it again: keep and tell what differs from before, in one transaction; give that."""
    view = Ranking()
    (table,) = tables_of(view).published
    with connection.transaction():
        begin(connection, MAIN)
        positions(connection, lock=True)  # under which topics are opened: what is told then is all there is
        if not _is_there(connection):
            table.create(connection)
            note_built(connection, view)
        before = closed(connection, month)
        rows = [_row(month, each, before.get(each.unit), now) for each in found]
        rows = [row for row in rows if differs(row, before.get(row.unit))]
        with connection.cursor() as cursor:
            table.upsert(cursor, rows)
            if view.topic in opened(connection):
                tell(cursor, Ranking, rows)
    return rows


def differs(row: Closed, before: Closed | None) -> bool:
    """Whether a standing is another one than was closed: a score, a rank, a count, or the scheme itself."""
    columns = ("score", "rank", "zone", "cases", "digest", "indicators", "parts")
    return before is None or any(getattr(row, each) != getattr(before, each) for each in columns)


def reopened(month: Month, found: Sequence[Standing], before: Mapping[str, Closed]) -> list[str]:
    """The units of a closed month that would be closed otherwise now."""
    rows = (_row(month, each, before.get(each.unit), EPOCH) for each in found) if before else ()
    return sorted(row.unit for row in rows if differs(row, before.get(row.unit)))


def _row(month: Month, standing: Standing, before: Closed | None, now: datetime) -> Closed:
    scheme = month.scheme
    return Closed(
        record_id=key_of(scheme.id, month.level, standing.unit, month.period),
        scheme=scheme.id,
        level=month.level,
        unit=standing.unit,
        period=month.period,
        digest=scheme.digest,
        indicators=shipped().digest,
        closing=before.closing + 1 if before else 1,
        closed_at=now,
        score=decimal(standing.score),
        rank=standing.rank,
        zone=standing.zone,
        cases=standing.cases,
        parts=[_part(each) for each in standing.parts],
        earlier=[*before.earlier, _earlier(before)] if before else [],
    )


def _part(part: Part) -> dict[str, Any]:
    return {
        "indicator": part.indicator, "good": part.count.good, "of": part.count.of,
        "share": decimal(part.share), "weight": decimal(part.weight), "points": decimal(part.points),
    }  # fmt: skip


def _earlier(row: Closed) -> dict[str, Any]:
    return {
        "closing": row.closing, "closed_at": micros(row.closed_at), "digest": row.digest, "score": row.score,
        "rank": row.rank,
    }  # fmt: skip


def decimal(value: Fraction) -> str:
    """A fraction as a decimal number of six places."""
    scaled = (rounded(value, DIGITS) * 10**DIGITS).numerator
    return f"{scaled // 10**DIGITS}.{scaled % 10**DIGITS:0{DIGITS}d}"


def _is_there(connection: Connection[Any]) -> bool:
    row = connection.execute("SELECT to_regclass('views.ranking') IS NOT NULL").fetchone()
    return bool(row and row[0])
