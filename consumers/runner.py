"""The runner: takes entries in batches, folds them into all views, and commits rows and checkpoint together.

Exactly once: the checkpoint moves in the rows' own transaction, by compare-and-set, so that of two runners on one group
one commits and the other starts again from what was committed. Never skipped: an entry a view can't take parks its
record for that view, with the record's later entries in order behind it; every other record goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from psycopg import Connection, Cursor

from consumers import entries
from consumers.slots import SLOTS
from consumers.tables import Table
from domain.event import Event
from projections.view import DROP, Handler, Key, View, row_key
from schemas import Catalogue, SchemaError

log = structlog.get_logger()


class Kept(NamedTuple):
    """One entry as the log gives it."""

    position: int
    slot: int
    record_id: UUID
    name: str
    state: bytes


class Fenced(Exception):
    """Another runner moved the checkpoint: read it again and go on from there."""


class Read(NamedTuple):
    """A decoded entry, or why it can't be decoded."""

    kept: Kept
    event: Event[Any] | None
    why: str = ""


Work = tuple[Read, list[tuple[Key, Handler]]]
"""An entry, and what it does to which rows."""


@dataclass
class Parked:
    """A record that a view could not take further, and the entries that wait."""

    record_id: UUID
    position: int
    name: str
    why: str


@dataclass
class Fold:
    """What a batch does to one view."""

    rows: dict[Key, Any] = field(default_factory=dict)
    gone: set[Key] = field(default_factory=set)
    published: dict[Key, Any] = field(default_factory=dict)
    """What a view with a state published before."""
    derived: dict[Key, Any] = field(default_factory=dict)
    """What it publishes now."""
    waiting: list[tuple[UUID, int]] = field(default_factory=list)


class Runner:
    """Feeds a group of views over one connection."""

    def __init__(
        self,
        connection: Connection[Any],
        views: Sequence[View],
        catalogue: Catalogue,
        group: str = "main",
        suffix: str = "",
    ) -> None:
        """Feed `views`, whose checkpoints are `group`'s and whose tables end in `suffix`."""
        self.connection, self.views, self.catalogue, self.group = connection, list(views), catalogue, group
        self.suffix = suffix
        self.tables = {view.name: tables_of(view, suffix) for view in views}
        self.positions: dict[int, int] = {}
        self.parked: dict[str, set[UUID]] = {}

    def load(self) -> None:
        """Read how far the group has come and what is parked; make the checkpoints if there are none."""
        with self.connection.transaction():
            self.connection.execute(
                "INSERT INTO ops.checkpoints SELECT %s, s, 0 FROM generate_series(0, %s) s ON CONFLICT DO NOTHING",
                (self.group, SLOTS - 1),
            )
            query = "SELECT slot, position FROM ops.checkpoints WHERE view_group = %s"
            self.positions = dict(self.connection.execute(query, (self.group,)).fetchall())
            self.parked = {view.name: set() for view in self.views}
            for name, record_id in self.connection.execute("SELECT view, record_id FROM ops.parked").fetchall():
                if name.endswith(self.suffix) and (view := name.removesuffix(self.suffix)) in self.parked:
                    self.parked[view].add(record_id)

    @property
    def reached(self) -> int:
        """Up to here every slot is done."""
        return min(self.positions.values(), default=0)

    def take(self, batch: Sequence[Kept], through: int | None = None) -> int:
        """Fold a batch into all views and commit; give how many entries were new.

        `through` says that the log has nothing else up to that position, whatever the slot. A position missing below it
        was burnt by a rolled-back insert and can't be filled later, because an insert holds the log's lock until it
        has committed. Raises Fenced when another runner was first; nothing is changed then.
        """
        fresh = [each for each in batch if each.position > self.positions[each.slot]]
        reads = [self._read(each) for each in fresh]
        reached = {each.slot: each.position for each in fresh}
        if through is not None:
            reached |= dict.fromkeys(range(SLOTS), max(through, max(reached.values(), default=0)))
        moved = {slot: position for slot, position in reached.items() if position > self.positions[slot]}
        if not moved:
            return 0
        try:
            with self.connection.transaction():
                cursor = self.connection.cursor(binary=True)
                self._move_checkpoint(cursor, moved)
                newly = {view.name: self._feed(cursor, view, reads) for view in self.views} if reads else {}
        except BaseException:
            self.positions = {}  # whatever was in memory may not be what is in the tables
            raise
        self.positions |= moved
        for view, parked in newly.items():
            self.parked[view] |= parked
        return len(fresh)

    def _read(self, kept: Kept) -> Read:
        """Decode an entry once for all views."""
        try:
            return Read(kept, entries.read(self.catalogue, kept.state, kept.position))
        except SchemaError as error:
            return Read(kept, None, str(error))

    def _move_checkpoint(self, cursor: Cursor[Any], moved: Mapping[int, int]) -> None:
        slots = sorted(moved)
        cursor.execute(
            "UPDATE ops.checkpoints c SET position = m.new FROM unnest(%s::smallint[], %s::bigint[], %s::bigint[]) "
            "AS m(slot, old, new) WHERE c.view_group = %s AND c.slot = m.slot AND c.position = m.old",
            (slots, [self.positions[slot] for slot in slots], [moved[slot] for slot in slots], self.group),
        )
        if cursor.rowcount != len(slots):
            raise Fenced(self.group)

    def _feed(self, cursor: Cursor[Any], view: View, reads: Sequence[Read]) -> set[UUID]:
        """Fold a batch into one view and write what changed; give the records parked by it."""
        held, published = self.tables[view.name]
        parked: dict[UUID, Parked] = {}
        while True:
            # Parking is rare, so a batch that meets it is folded again without the record, rather than
            # copying every row.
            fold = Fold()
            stopped = fold_batch(
                view, reads, self.parked[view.name], parked, fold, lambda keys: held.fetch(cursor, keys)
            )
            if stopped is None:
                break
            parked[stopped.record_id] = stopped
            log.warning("parked", view=view.name, record=str(stopped.record_id), position=stopped.position)
        held.upsert(cursor, [row for key, row in fold.rows.items() if key not in fold.gone])
        held.delete(cursor, sorted(fold.gone, key=str))
        if view.State is not None:
            changed = [row for key, row in fold.derived.items() if fold.published.get(key) != row]
            published.upsert(cursor, changed)
            published.delete(cursor, [key for key in fold.published if key not in fold.derived])
        self._park(cursor, view, parked.values(), fold.waiting)
        return set(parked)

    def _park(
        self, cursor: Cursor[Any], view: View, parked: Iterable[Parked], waiting: Sequence[tuple[UUID, int]]
    ) -> None:
        for each in parked:
            # The entry it stopped at is the first that waits.
            waiting = [(each.record_id, each.position), *waiting]
            cursor.execute(
                "INSERT INTO ops.parked VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
                (view.name + self.suffix, each.record_id, each.position, each.name, each.why),
            )
        if waiting:
            cursor.execute(
                "INSERT INTO ops.parked_entries SELECT %s, * FROM unnest(%s::uuid[], %s::bigint[]) "
                "ON CONFLICT DO NOTHING",
                (view.name + self.suffix, [record for record, _ in waiting], [position for _, position in waiting]),
            )


def tables_of(view: View, suffix: str = "") -> tuple[Table, Table]:
    """The table a view folds in, and the table it publishes; the same one unless the view has a state."""
    published = Table(f"{view.name}{suffix}", view.Row, view.indexes)
    if view.State is None:
        return published, published
    return Table(f"{view.name}__state{suffix}", view.State), published


def fold_batch(  # noqa: PLR0913 (what a batch, a view and a parking lot are)
    view: View,
    reads: Iterable[Read],
    lot: set[UUID],
    parked: Mapping[UUID, Parked],
    fold: Fold,
    fetch: Any,  # noqa: ANN401 (keys to rows)
) -> Parked | None:
    """Fold entries into a view's rows; give the record that must be parked, if one stops the fold."""
    work = _sorted_out(view, reads, lot, parked, fold)
    if isinstance(work, Parked):
        return work
    if not view.append_only:
        fold.rows = fetch({key for _, touched in work for key, _ in touched})
        if view.State is not None:
            fold.published = {row_key(row): row for state in fold.rows.values() for row in view.rows(state)}
    for read, touched in work:
        try:
            for key, handler in touched:
                row = fold.rows.get(key)
                if row is None or key in fold.gone:
                    row = view.empty(key)
                    fold.gone.discard(key)
                fold.rows[key] = row
                if handler(view, row, read.event) is DROP:
                    fold.gone.add(key)
        except Exception as error:  # noqa: BLE001 (as above)
            return _stop(read, error)
    return None if view.State is None else _derive(view, work, fold)


def _sorted_out(
    view: View, reads: Iterable[Read], lot: set[UUID], parked: Mapping[UUID, Parked], fold: Fold
) -> list[Work] | Parked:
    """The entries this view has to fold, with the rows they touch; those of parked records are put behind them."""
    work: list[Work] = []
    for read in reads:
        record_id, position = read.kept.record_id, read.kept.position
        here = parked.get(record_id)
        touched: list[tuple[Key, Handler]] = []
        try:
            if read.event is not None:
                touched = list(view.touched(read.event))
        except Exception as error:  # noqa: BLE001 (whatever a view does, the others go on)
            return _stop(read, error)
        if record_id in lot or (here and position >= here.position):
            if touched or read.event is None:
                fold.waiting.append((record_id, position))
        elif read.event is None:
            return Parked(record_id, position, read.kept.name, read.why)
        elif touched:
            work.append((read, touched))
    return work


def _derive(view: View, work: Sequence[tuple[Read, Any]], fold: Fold) -> Parked | None:
    """What the changed states publish; a state that can't be published parks its record at its first entry here."""
    for key, state in fold.rows.items():
        try:
            fold.derived.update({row_key(row): row for row in view.rows(state)})
        except Exception as error:  # noqa: BLE001 (as above)
            return _stop(next(read for read, touched in work if any(each == key for each, _ in touched)), error)
    return None


def _stop(read: Read, error: Exception) -> Parked:
    """A record parked by an error: its kind and place, never its words, which may quote the entry."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}" if trace else "?"
    return Parked(read.kept.record_id, read.kept.position, read.kept.name, f"{type(error).__name__} in {where}")
