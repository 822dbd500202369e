"""Building a view anew beside the old one: filled from the first entry on, compared, and swapped in one transaction.

Until the swap the old tables are read and kept up to date. If we die before it, the old ones are still in force and the
next rebuild begins again; if we die after it, the new ones are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import structlog
from psycopg import Connection

from consumers.building import is_built, note_built, prepare
from consumers.bulk import Builder, Progress, group_of
from consumers.checkpoints import MAIN, begin, forget, move, moved, positions
from consumers.compare import Difference, compare
from consumers.embedded import Follower, head
from consumers.outbox import tell_differences
from consumers.parking import honour_passes
from consumers.restored import note_seen
from consumers.slots import SLOTS
from consumers.steps import reach
from consumers.tables import tables_of
from consumers.writing import UNWRITABLE, leave_lot
from projections.view import View
from schemas import Catalogue

__all__ = ["Difference", "fill_first", "rebuild", "rebuild_all", "rebuild_outdated"]

NEW = "__new"
log = structlog.get_logger()
Approve = Callable[[View, Difference], bool]


def rebuild(  # noqa: PLR0913 (what is built, from what, by whom, and who is asked)
    connection: Connection[Any],
    view: View,
    catalogue: Catalogue,
    *,
    approve: Callable[[Difference], bool] = lambda _: True,
    progress: Progress = lambda _d, _t: None,
    workers: int = 1,
) -> Difference:
    """Build `view` anew and put it in force, if `approve` says so of the difference.

    `connection` is the caller's alone while it runs. Another rebuild of the same view is waited for.
    """
    told = rebuild_all(
        connection, [view], catalogue, approve=lambda _, found: approve(found), progress=progress, workers=workers
    )
    return told[view.name]


def rebuild_all(  # noqa: PLR0913 (as above)
    connection: Connection[Any],
    views: Sequence[View],
    catalogue: Catalogue,
    *,
    approve: Approve = lambda _v, _d: True,
    progress: Progress = lambda _d, _t: None,
    workers: int = 1,
) -> dict[str, Difference]:
    """The same for several views, from entries that are read once for all of them; give what differs by view."""
    with _alone(connection, views):
        _fill(connection, views, catalogue, progress, workers)
        return {view.name: _finish(connection, view, catalogue, approve) for view in views}


def rebuild_outdated(  # noqa: PLR0913 (as above)
    connection: Connection[Any],
    views: Sequence[View],
    catalogue: Catalogue,
    *,
    told: Callable[[View], None] = lambda _: None,
    progress: Progress = lambda _d, _t: None,
    workers: int = 1,
) -> dict[str, Difference]:
    """Make the tables of a fresh database, and build anew, together, what was built otherwise; give what differs."""
    outdated = prepare(connection, views)
    if not outdated:
        return {}
    with _alone(connection, outdated):
        outdated = [view for view in outdated if not is_built(connection, view)]  # another process may have been here
        for view in outdated:
            told(view)
        _fill(connection, outdated, catalogue, progress, workers)
        return {view.name: _finish(connection, view, catalogue, lambda _v, _d: True) for view in outdated}


def fill_first(  # noqa: PLR0913 (as above)
    connection: Connection[Any],
    views: Sequence[View],
    catalogue: Catalogue,
    *,
    progress: Progress = lambda _d, _t: None,
    workers: int = 1,
    least: int = 1,
) -> bool:
    """Fill views that have seen nothing yet, if `least` entries wait for them; say whether that was done.

    The tables are made beside the empty ones as for a rebuild. If a runner has begun with those meanwhile, they are
    thrown away: it goes on.
    """
    target = head(connection)
    if target < least or any(positions(connection).values()):
        return False
    with _alone(connection, views):
        if any(positions(connection).values()):
            return False
        if not _fill(connection, views, catalogue, progress, workers, dict.fromkeys(range(SLOTS), target)):
            return False
        first = _first_in_force(connection, views, catalogue, target)
        for view in views:
            _clear(connection, view)
        return first


def _first_in_force(connection: Connection[Any], views: Sequence[View], catalogue: Catalogue, target: int) -> bool:
    with connection.transaction():
        begin(connection, MAIN)
        if any(positions(connection, lock=True).values()) or not all(is_built(connection, view) for view in views):
            return False
        for view in views:
            honour_passes(connection, view, catalogue, NEW)
            tell_differences(connection, view, NEW)
            _swap(connection, view)
        limits = dict.fromkeys(range(SLOTS), target)
        moved(move(connection, MAIN, dict.fromkeys(limits, 0), limits), MAIN, limits)
        note_seen(connection)
        reach("rebuild: before swap")  # dies here: the empty tables are in force, and are filled from the beginning
    reach("rebuild: swapped")  # dies here: the new ones are in force; what is left to clear, the next rebuild clears
    return True


def _fill(  # noqa: PLR0913 (as above)
    connection: Connection[Any],
    views: Sequence[View],
    catalogue: Catalogue,
    progress: Progress,
    workers: int,
    limits: Mapping[int, int] | None = None,
) -> bool:
    """New tables beside the old, with all that the main group has folded so far; say whether they are filled."""
    _make(connection, views, indexed=False)
    try:
        Builder(connection, views, catalogue, NEW).build(limits or positions(connection), progress, workers)
    except UNWRITABLE as error:
        # Some row can't be written, and a bulk load can't say whose: the runner can, so it does all the work.
        log.warning("slow rebuild", views=[view.name for view in views], why=type(error).__name__)
        _make(connection, views, indexed=True)
        return False
    return True


def _make(connection: Connection[Any], views: Sequence[View], *, indexed: bool) -> None:
    for view in views:
        _clear(connection, view)  # what a rebuild that died has left behind
        for table in tables_of(view, NEW).all:
            table.create(connection, indexed=indexed)
    reach("rebuild: tables made")


def _finish(connection: Connection[Any], view: View, catalogue: Catalogue, approve: Approve) -> Difference:
    """Bring the new rows to where the old ones stand, compare, and swap."""
    follower = Follower(connection, [view], catalogue, group_of(view), NEW)
    with connection.transaction():
        # In one snapshot the old rows are those of the main group's checkpoints: nobody need be kept waiting for the
        # new ones to be brought to the same entries and compared.
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        follower.catch_up(limits=positions(connection))
        honour_passes(connection, view, catalogue, NEW)
        difference = compare(connection, view, NEW)
    reach("rebuild: caught up")  # dies here: the old tables are in force, and the new ones are made again
    if approve(view, difference):
        with connection.transaction():
            # With these rows locked nobody moves the old view on, so both can be brought to the same entry, slot by
            # slot. Never beyond: what the main group has not folded yet it will fold into the new rows after the swap.
            limits = positions(connection, lock=True)
            follower.catch_up(limits=limits)
            honour_passes(connection, view, catalogue, NEW)
            if limits != positions(connection, group_of(view)):
                message = f"the new rows of {view.name} do not stand where the old ones do"
                raise RuntimeError(message)
            tell_differences(connection, view, NEW)
            _swap(connection, view)
            reach("rebuild: before swap")  # dies here: the swap is undone, the old tables are in force
        reach("rebuild: swapped")  # dies here: the new ones are in force; the next rebuild clears what is left
    _clear(connection, view)
    reach("rebuild: tidied")
    return difference


def _swap(connection: Connection[Any], view: View) -> None:
    """The new tables take the old ones' names. What was parked is in the new ones, or parked anew."""
    for old, new in zip(tables_of(view).all, tables_of(view, NEW).all, strict=True):
        connection.execute(f"DROP TABLE IF EXISTS views.{old.name}".encode())
        connection.execute(f"ALTER TABLE views.{new.name} RENAME TO {old.name}".encode())
        connection.execute(f"ALTER INDEX views.{new.name}_pkey RENAME TO {old.name}_pkey".encode())
    leave_lot(connection, view.name)
    for lot in ("parked", "parked_entries"):
        connection.execute(f"UPDATE ops.{lot} SET view = %s WHERE view = %s".encode(), (view.name, view.name + NEW))
    note_built(connection, view)


def _clear(connection: Connection[Any], view: View) -> None:
    with connection.transaction():
        forget(connection, group_of(view))
        leave_lot(connection, view.name + NEW)
        for table in tables_of(view, NEW).all:
            connection.execute(f"DROP TABLE IF EXISTS views.{table.name}".encode())


@contextmanager
def _alone(connection: Connection[Any], views: Sequence[View]) -> Iterator[None]:
    """One rebuild of a view at a time. The server lets the locks go when we die."""
    names = sorted(view.name for view in views)  # always in the same order, so that two never wait in a ring
    for name in names:
        connection.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", (f"rebuild {name}",))
    try:
        yield
    finally:
        for name in names if not connection.closed else ():
            connection.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", (f"rebuild {name}",))
