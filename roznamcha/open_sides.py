"""Reads hand-overs from the view, as they are now or as they were on a day, and the clocks that wait for their end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from consumers.tables import tables_of
from domain.common.handoff import HandOff
from domain.law.clock import Clock
from projections.awaited import awaiting, stops_of
from projections.deadlines import Docket
from projections.hand_offs import ANSWERED, OPEN, UNSENT, HandOffs, Papers, hand_offs, kinds
from roznamcha.views import Board

PAGE = 1_000
"""Records at a time."""


@dataclass(frozen=True)
class Asked:
    """Of which record, or of all; with what had happened by `as_of` and was recorded by `known_at`; `at` is the day."""

    record_id: UUID | None
    as_of: datetime | None
    known_at: datetime | None
    at: datetime


@dataclass(frozen=True)
class Waiting:
    """A hand-over, its kind, and the clocks that its acknowledgement would stop, the first due first."""

    row: HandOffs.Row
    kind: HandOff
    clocks: Sequence[Clock] = ()


def hand_offs_asked(board: Board, asked: Asked, *, closed: bool) -> list[HandOffs.Row]:
    """The hand-overs that are asked for, the oldest first; without those that are `closed`, unless they are wanted.

    A case that another station took in under a record of its own, which names this one, is acknowledged there.
    """
    if asked.as_of is None and asked.known_at is None:
        rows = list(_rows_now(board, asked.record_id, closed=closed))
        elsewhere = _answers_now(board, {each.record_id for each in rows if _may_be_elsewhere(each)})
    else:
        rows = [row for papers in _papers(board, asked, closed=closed) for row in _then(papers, asked)]
        others = rows
        if asked.record_id is not None and any(map(_may_be_elsewhere, rows)):
            others = [row for papers in _naming(board, asked.record_id) for row in _then(papers, asked)]
        elsewhere = {each.other: each for each in others if each.other is not None}
    found = [_answered(each, elsewhere) for each in rows]
    return sorted((each for each in found if closed or each.state in {OPEN, UNSENT}), key=_oldest_first)


def with_clocks(board: Board, rows: Iterable[HandOffs.Row], asked: Asked) -> Iterator[Waiting]:
    """Each hand-over with the clocks that wait for it, reckoned from what the view of the clocks keeps."""
    view: Any = board.view("deadlines")
    stops, found, cursor = stops_of(view.book), list(rows), board.connection.cursor()
    waiting = [each.record_id for each in found if each.state == OPEN and stops[each.hand_off]]
    ids = list(dict.fromkeys(waiting))
    clocks: dict[UUID, tuple[Clock, ...]] = {}
    for start in range(0, len(ids), PAGE):
        dockets: list[Docket] = tables_of(view).held.of_records(cursor, ids[start : start + PAGE])
        moments = {"as_of": asked.as_of, "known_at": asked.known_at}
        clocks |= {docket.record_id: view.reckon(docket, **moments).clocks for docket in dockets}
    for row in found:
        mine = awaiting(row, clocks.get(row.record_id, ()), stops, asked.at) if row.state == OPEN else []
        yield Waiting(row, kinds()[row.hand_off], mine)


def _rows_now(board: Board, record_id: UUID | None, *, closed: bool) -> Iterator[HandOffs.Row]:
    """The rows of the view."""
    conditions = [] if record_id is None else ["record_id = %(record)s"]
    conditions += [] if closed else ["state IN (%(open)s, %(unsent)s)"]
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    with board.connection.cursor(row_factory=class_row(HandOffs.Row)) as cursor:
        query = f"SELECT * FROM views.hand_offs {where}"
        yield from cursor.execute(query.encode(), {"record": record_id, "open": OPEN, "unsent": UNSENT})


def _answers_now(board: Board, records: set[UUID]) -> dict[UUID, HandOffs.Row]:
    """Which of these records another record names as the one that sent it."""
    with board.connection.cursor(row_factory=class_row(HandOffs.Row)) as cursor:
        query = b"SELECT * FROM views.hand_offs WHERE other = ANY(%s) ORDER BY closed_at DESC"
        return {each.other: each for each in cursor.execute(query, (list(records),)) if each.other is not None}


NOT_CLOSED_THEN = """
    SELECT record_id FROM views.hand_offs WHERE (
        sent_at IS NULL OR closed_at IS NULL OR closed_at > %(as_of)s::timestamptz
        OR closed_recorded_at > %(known_at)s::timestamptz OR sent_recorded_at > %(known_at)s::timestamptz
    )
    UNION SELECT record_id FROM views.hand_offs__state WHERE corrections <> '{}'
    ORDER BY record_id
"""
"""Records in which a hand-over may have been open then: unless both sides had happened by then, and were known, it may.

Whatever else was not known then (a second sending, a second acknowledgement) opened and closed nothing.
"""


def _papers(board: Board, asked: Asked, *, closed: bool) -> Iterator[Papers]:
    """What the view keeps of the record that is asked for, or of all that may matter, page by page."""
    held, cursor = tables_of(board.view("hand_offs")).held, board.connection.cursor()
    if asked.record_id is not None:
        ids = [asked.record_id]
    else:
        query = f"SELECT record_id FROM views.{held.name} ORDER BY record_id" if closed else NOT_CLOSED_THEN
        moments = {"as_of": asked.as_of, "known_at": asked.known_at}
        ids = [each for (each,) in cursor.execute(query.encode(), moments).fetchall()]
    for start in range(0, len(ids), PAGE):
        yield from held.of_records(cursor, ids[start : start + PAGE])


def _naming(board: Board, record_id: UUID) -> Iterator[Papers]:
    """What the view keeps of records that name this one anywhere in their papers, struck or not."""
    held, cursor = tables_of(board.view("hand_offs")).held, board.connection.cursor()
    query = f"SELECT record_id FROM views.{held.name} WHERE slips::text LIKE %s"
    ids = [each for (each,) in cursor.execute(query.encode(), (f"%{record_id}%",)).fetchall()]
    yield from held.of_records(cursor, ids)


def _then(papers: Papers, asked: Asked) -> Iterator[HandOffs.Row]:
    return hand_offs(papers, asked.as_of, asked.known_at)


def _may_be_elsewhere(row: HandOffs.Row) -> bool:
    return row.state == OPEN and bool(kinds()[row.hand_off].other)


def _answered(row: HandOffs.Row, elsewhere: dict[UUID, HandOffs.Row]) -> HandOffs.Row:
    """The hand-over as acknowledged in another record, if it is; one dated before the sending acknowledges nothing."""
    answer = elsewhere.get(row.record_id) if _may_be_elsewhere(row) else None
    if answer is None or answer.closed_at is None or row.sent_at is None:
        return row
    if answer.closed_at < row.sent_at:
        return replace(row, before=answer.closed_at)
    end: dict[str, Any] = {"closed_at": answer.closed_at, "closed_by": answer.closed_by, "other": answer.record_id}
    return replace(row, state=ANSWERED, **end)


def _oldest_first(row: HandOffs.Row) -> tuple[Any, ...]:
    return (row.sent_at or row.closed_at, str(row.record_id), row.hand_off, row.subject)
