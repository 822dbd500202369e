"""The runner: takes entries in batches, folds them into all views, and commits rows and checkpoint together.

Exactly once: the checkpoint moves in the rows' own transaction, by compare-and-set, so that of two runners on one group
one commits and the other starts again from what was committed. Never skipped: an entry a view can't take parks its
record for that view, with the record's later entries in order behind it; every other record goes on.

That a record's versions follow each other isn't asked here, where it would cost a look-up for every entry: the store's
one door sees to it, and `verify` asks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection, Cursor

from consumers.checkpoints import MAIN, Fenced, begin, move, moved, positions
from consumers.folding import Fold, Kept, Parked, Read, Work, read_entry
from consumers.memory import Held, Memory
from consumers.outbox import answered, ask_opened, topics_of
from consumers.steps import reach
from consumers.tables import Table, shape_of, tables_of
from consumers.writing import UNWRITABLE, feed, feed_carefully, write
from projections.view import Key, View
from schemas import Catalogue

Beside = Callable[[Connection[Any], Sequence[Read]], None]
"""What a source writes in the batch's own transaction, given what was read. It may be done twice, and counts once."""
__all__ = ["Beside", "Fenced", "Kept", "Outdated", "Parked", "Read", "Runner", "Table", "tables_of"]


class InHand(NamedTuple):
    """A fold, what it has to do, what is remembered of its rows, and the answers under way for all others."""

    fold: Fold
    work: Work
    known: dict[Key, Held]
    rows: Cursor[Any] | None
    published: list[Cursor[Any] | None]


class Outdated(Exception):
    """A view was built anew by another release or with other settings: this one must not write into its rows."""


class Runner:
    """Feeds a group of views over one connection."""

    def __init__(
        self,
        connection: Connection[Any],
        views: Sequence[View],
        catalogue: Catalogue,
        group: str = MAIN,
        suffix: str = "",
    ) -> None:
        """Feed `views`, whose checkpoints are `group`'s and whose tables end in `suffix`."""
        self.connection, self.views, self.catalogue, self.group = connection, list(views), catalogue, group
        self.suffix = suffix
        self.built = {view.name + suffix: (view.version, shape_of(view)) for view in views}
        self.positions: dict[int, int] = {}
        self.memories = {view.name: Memory() for view in views if view.by_record}
        self._swaps: dict[str, str] = {}
        self._topics = [] if suffix else [topic for view in views for topic in topics_of(view)]
        self._opened: frozenset[str] = frozenset()
        self.due = 0
        """Up to here every slot is done when the batch under way is committed."""

    def forget(self) -> None:
        """Remember no rows: somebody else may have changed them."""
        for memory in self.memories.values():
            memory.forget()

    def load(self) -> None:
        """Read how far the group has come; make the checkpoints if there are none."""
        with self.connection.transaction():
            begin(self.connection, self.group)
            found = positions(self.connection, self.group)
        if found != self.positions:  # another runner has been here
            self.forget()
        self.positions = found

    @property
    def reached(self) -> int:
        """Up to here every slot is done."""
        return min(self.positions.values(), default=0)

    def take(
        self, batch: Sequence[Kept], through: Mapping[int, int] | None = None, beside: Beside | None = None
    ) -> int:
        """Fold a batch into all views and commit; give how many entries were new.

        `through` says up to which position the source has nothing else for a slot. A position missing below it was
        burnt by a rolled-back insert and can't be filled later, because an insert holds the log's lock until it has
        committed. `beside` is committed with the batch or not at all, also when nothing in it is new. Raises Fenced
        when another runner was first, and Outdated; nothing is changed then.
        """
        fresh = [each for each in batch if each.position > self.positions[each.slot]]
        new = dict(through or {})
        for each in fresh:
            new[each.slot] = max(each.position, new.get(each.slot, 0))
        new = {slot: position for slot, position in new.items() if position > self.positions[slot]}
        if not new:
            if beside is not None:
                with self.connection.transaction():
                    beside(self.connection, [])
            return 0
        self.due = min((self.positions | new).values())
        reads = [read_entry(self.catalogue, each) for each in fresh]
        try:
            try:
                with self.connection.pipeline(), self.connection.transaction():
                    self._feed_all(reads, self._advance(new, fresh))
                    if beside is not None:
                        beside(self.connection, reads)
                    reach("runner: rows written")  # dies here: rows and checkpoint fall back together
            except UNWRITABLE:
                self.forget()
                with self.connection.transaction():
                    lots = self._advance(new, fresh)
                    for view in self.views:
                        fold = Fold(view, lots[view.name], opened=self._opened)
                        feed_carefully(self.connection, fold, reads, self.suffix)
                        reach("runner: written carefully")
                    if beside is not None:
                        beside(self.connection, reads)
        except BaseException:
            self.positions = {}  # whether it was committed isn't known: `load` reads it
            self.forget()
            raise
        reach("runner: committed")
        self.positions |= new
        return len(fresh)

    def _advance(self, new: Mapping[int, int], fresh: Collection[Kept]) -> dict[str, set[UUID]]:
        """Move the checkpoints, or raise; give which of these entries' records are parked, by view.

        What is parked is asked under the checkpoints' lock: a replay holds it too, and may have emptied the lot a
        moment ago. Out of a list read earlier, entries would be put behind a record that no longer waits.
        """
        seen = {each.slot: (each.position, each.state) for each in sorted(fresh)}
        hit = move(self.connection, self.group, self.positions, new, seen)
        lot = self.connection.execute(
            "SELECT view, record_id FROM ops.parked WHERE view = ANY(%s) AND record_id = ANY(%b::uuid[])",
            (list(self.built), list({each.record_id for each in fresh})),
        )
        built = self.connection.execute(
            "SELECT view, xmin::text, version, shape FROM ops.built WHERE view = ANY(%s)", (list(self.built),)
        )
        tells = None if not self._topics else ask_opened(self.connection)
        moved(hit, self.group, new)
        reach("runner: checkpoint moved")  # dies here: it falls back, and the same entries are taken again
        self._opened = frozenset() if tells is None else answered(tells)
        found: dict[str, set[UUID]] = {view.name: set() for view in self.views}
        for name, record_id in lot.fetchall():
            found[name.removesuffix(self.suffix)].add(record_id)
        for name, swap, *known in built.fetchall():
            if self._swaps.setdefault(name, swap) != swap:  # a rebuild has put other rows in force
                self._swaps[name] = swap
                self.forget()
            if tuple(known) != self.built[name]:
                message = f"the view {name} was built anew by another release or with other settings: start again"
                raise Outdated(message)
        return found

    def _feed_all(self, reads: Sequence[Read], lots: Mapping[str, set[UUID]]) -> None:
        """Fold a batch into every view. All questions are under way before the first answer is waited for."""
        plans = [self._plan(view, reads, lots[view.name]) for view in self.views] if reads else []
        for fold, work, known, rows, asked in plans:
            held, public = tables_of(fold.view, self.suffix)
            public = public if fold.view.State is not None else ()
            fold.rows = held.answer(rows) | {key: each.row for key, each in known.items()}
            fold.run(work)
            derived = fold.derive() if fold.view.State is not None else {}
            memory = self.memories.get(fold.view.name)
            if fold.stopped:
                if memory is not None:
                    memory.forget()  # it may hold a row that is half-changed
                feed(self.connection, fold.again(), reads, self.suffix)
                continue
            before = [table.answer(each) for table, each in zip(public, asked, strict=True)]
            for each in known.values():
                for rows_before, mine in zip(before, each.published, strict=True):
                    rows_before.update(mine)
            write(self.connection, fold, derived, before, self.suffix)
            if memory is not None:
                memory.keep(fold, public, before, derived)

    def _plan(self, view: View, reads: Iterable[Read], lot: set[UUID]) -> InHand:
        fold = Fold(view, lot, opened=self._opened)
        work = fold.sort_out(reads)
        keys = {key for _, touched in work for key, _ in touched}
        memory = self.memories.get(view.name)
        known = memory.recall(keys) if memory is not None else {}
        unknown = [key for key in keys if key not in known]
        held, public = tables_of(view, self.suffix)
        rows = None if view.append_only else held.ask(self._cursor(), unknown)
        records = [key[0] for key in unknown]
        asked = [table.ask_records(self._cursor(), records) for table in public if view.State is not None]
        return InHand(fold, work, known, rows, asked)

    def _cursor(self) -> Cursor[Any]:
        return self.connection.cursor(binary=True)
