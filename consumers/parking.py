"""The parking lot: records a view could not take, kept in order until the cause is mended.

Replaying folds a record's waiting entries in one transaction. Passing one over is a decision of a named person, entered
in the record itself as EntryPassedOver of its register; from then on a replay or a rebuild that meets that entry and
still can't take it goes on without it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import Connection, Rollback

from consumers import entries
from consumers.building import is_built
from consumers.checkpoints import positions
from consumers.folding import Fold, Kept, Parked, read_entry
from consumers.outbox import opened
from consumers.runner import Outdated
from consumers.steps import reach
from consumers.writing import feed_carefully, leave_lot
from domain.common.corrections import PassesEntryOver
from domain.event import ACTS
from projections.view import View
from schemas import Catalogue, SchemaError


@dataclass(frozen=True)
class Lot:
    """A parked record: where it stopped, why, and how many entries wait."""

    view: str
    record_id: UUID
    position: int
    name: str
    why: str
    waiting: int


def parked(connection: Connection[Any]) -> list[Lot]:
    """Every parked record, in the order of the entries they stopped at."""
    query = """
        SELECT p.view, p.record_id, p.position, p.name, p.why,
               (SELECT count(*) FROM ops.parked_entries e WHERE e.view = p.view AND e.record_id = p.record_id)
        FROM ops.parked p WHERE p.view NOT LIKE '%\\_\\_new' ORDER BY p.position, p.view
    """
    return [Lot(*row) for row in connection.execute(query).fetchall()]


def waiting(connection: Connection[Any], view: str, record_id: UUID) -> list[Kept]:
    """The entries of a parked record that wait, in order."""
    query = """
        SELECT e.notification_id, e.slot, e.record_id, e.topic, e.state
        FROM ops.parked_entries p JOIN roznamcha.entries e ON e.notification_id = p.position
        WHERE p.view = %s AND p.record_id = %s ORDER BY e.notification_id
    """
    with connection.cursor(binary=True) as cursor:
        return [Kept(*row) for row in cursor.execute(query.encode(), (view, record_id))]


def passed_over(connection: Connection[Any], catalogue: Catalogue, view: View, record_id: UUID) -> set[int]:
    """The positions of a record's entries that a named person has passed over for this view."""
    query = "SELECT state FROM roznamcha.entries WHERE record_id = %s AND topic = ANY(%s)"
    passing = [name for name, cls in ACTS.items() if issubclass(cls, PassesEntryOver)]
    found = set()
    for (state,) in connection.execute(query, (record_id, passing)).fetchall():
        try:
            entry: Any = entries.read(catalogue, bytes(state))
        except SchemaError:
            continue  # a decision that can't be read decides nothing
        if entry.view in view.names:
            found.add(entry.position)
    return found


def replay(
    connection: Connection[Any], view: View, catalogue: Catalogue, record_id: UUID, *, passing: int = 0
) -> Parked | None:
    """Fold a parked record's waiting entries; give where it stops again, or None when it left the lot.

    One transaction, under the checkpoints' lock so that no runner adds to the lot meanwhile. `passing` is the position
    of an entry that is passed over, besides those for which that is entered already. Raises Outdated.
    """
    with connection.transaction():
        positions(connection, lock=True)
        if not is_built(connection, view):
            message = f"the view {view.name} was built by another release or with other settings: build it anew first"
            raise Outdated(message)
        stop = fold_waiting(connection, view, catalogue, record_id, passing={passing})
        reach("parking: replayed")  # if we die here, the record waits as it did
        return stop


def fold_waiting(  # noqa: PLR0913 (a record, a view, its lot, and what is let go)
    connection: Connection[Any],
    view: View,
    catalogue: Catalogue,
    record_id: UUID,
    suffix: str = "",
    *,
    passing: Collection[int] = (),
) -> Parked | None:
    """Fold what waits of a record into the tables that end in `suffix`, within the caller's transaction."""
    lot = view.name + suffix
    reads = [read_entry(catalogue, each) for each in waiting(connection, lot, record_id)]
    passed = passed_over(connection, catalogue, view, record_id).union(passing)
    left_out: set[int] = set()
    now = frozenset() if suffix else opened(connection)  # what is only being built is told when it is put in force
    while True:
        with connection.transaction() as attempt:
            leave_lot(connection, lot, record_id)
            stop = feed_carefully(connection, Fold(view, left_out=left_out, opened=now), reads, suffix).get(record_id)
            if stop is None or stop.position not in passed:
                return stop
            left_out.add(stop.position)
            raise Rollback(attempt)


def honour_passes(connection: Connection[Any], view: View, catalogue: Catalogue, suffix: str) -> None:
    """Let go on, in the tables that end in `suffix`, what stopped at an entry that was passed over for this view."""
    query = "SELECT record_id, position FROM ops.parked WHERE view = %s"
    for record_id, position in connection.execute(query, (view.name + suffix,)).fetchall():
        if position in passed_over(connection, catalogue, view, record_id):
            fold_waiting(connection, view, catalogue, record_id, suffix)
