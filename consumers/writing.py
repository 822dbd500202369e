"""Writing down what a fold has changed: the rows, what is published of them, and what must wait."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import psycopg
import structlog
from psycopg import Connection

from consumers.folding import Derived, Fold, Parked, Read, fold_all, place_of
from consumers.outbox import tell
from consumers.tables import tables_of
from projections.view import Key

log = structlog.get_logger()

UNWRITABLE = (psycopg.DataError, psycopg.IntegrityError)
"""A row that its table refuses. A database that is away, full or wrongly made is no entry's fault."""


def feed(connection: Connection[Any], fold: Fold, reads: Sequence[Read], suffix: str = "") -> Fold:
    """Fold entries into one view and write what changed; give the fold as it was made in the end."""
    held, published = tables_of(fold.view, suffix)

    def fetch(keys: set[Key]) -> dict[Key, Any]:
        return held.fetch(connection.cursor(binary=True), keys)

    fold, derived = fold_all(fold, reads, fetch)
    records = [key[0] for key in fold.changed] if fold.view.State is not None else ()
    before = [table.answer(table.ask_records(connection.cursor(binary=True), records)) for table in published]
    write(connection, fold, derived, before, suffix)
    return fold


def feed_carefully(
    connection: Connection[Any], fold: Fold, reads: Sequence[Read], suffix: str = ""
) -> dict[UUID, Parked]:
    """As `feed`; when some row can't be written, entry by entry, to see whose it is. Give what was parked by it."""
    try:
        with connection.transaction():
            return feed(connection, fold, reads, suffix).parked
    except UNWRITABLE:
        stopped: dict[UUID, Parked] = {}
    for read in reads:
        kept = read.kept
        try:
            with connection.transaction():
                one = Fold(fold.view, {*fold.lot, *stopped}, left_out=fold.left_out, opened=fold.opened)
                stopped |= feed(connection, one, [read], suffix).parked
        except UNWRITABLE as error:
            stopped[kept.record_id] = Parked(kept.record_id, kept.position, kept.name, place_of(error))
            park(connection, fold.view.name + suffix, [stopped[kept.record_id]], [(kept.record_id, kept.position)])
    return stopped


def write(
    connection: Connection[Any], fold: Fold, derived: Derived, before: Sequence[dict[Key, Any]], suffix: str
) -> None:
    """Write a fold's rows, the difference between what is published `before` and now, and what is parked.

    Of views with a topic of their own, the difference is told as well, if the topic is open.
    """
    cursor = connection.cursor()
    held, published = tables_of(fold.view, suffix)
    held.upsert(cursor, fold.written())
    held.delete(cursor, sorted(fold.gone, key=str))
    if fold.view.State is not None:
        # What was published is read and not derived again: deriving is dearer, and a row that some other release left
        # behind is mended this way.
        for part, table, old in zip(fold.view.published, published, before, strict=True):
            new = derived.get(table.row, {})
            rows = [row for key, row in new.items() if (was := old.get(key)) is not row and was != row]
            gone = [key for key in old if key not in new and key[:1] in fold.changed]
            table.upsert(cursor, rows)
            table.delete(cursor, gone)
            if part.topic in fold.opened:
                tell(cursor, part, rows, gone)
    park(connection, fold.view.name + suffix, fold.parked.values(), fold.waiting)


def park(connection: Connection[Any], view: str, parked: Iterable[Parked], waiting: Sequence[tuple[UUID, int]]) -> None:
    """Put records in the lot, and what waits of them: the entry each stopped at, and those behind it."""
    for each in parked:
        log.warning("parked", view=view, record=str(each.record_id), position=each.position)
        connection.execute(
            "INSERT INTO ops.parked VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            (view, each.record_id, each.position, each.name, each.why),
        )
    if waiting:
        connection.execute(
            "INSERT INTO ops.parked_entries SELECT %s, * FROM unnest(%b::uuid[], %s::bigint[]) ON CONFLICT DO NOTHING",
            (view, [record for record, _ in waiting], [position for _, position in waiting]),
        )


def leave_lot(connection: Connection[Any], view: str, record_id: UUID | None = None) -> None:
    """Take one record out of a view's lot, or all."""
    for lot in ("parked", "parked_entries"):
        connection.execute(
            f"DELETE FROM ops.{lot} WHERE view = %s AND (record_id = %s OR %s::uuid IS NULL)".encode(),
            (view, record_id, record_id),
        )
