"""What a run of entries does to one view, worked out in memory before anything is written.

A view that stumbles over an entry parks that record and no other. Rows are changed in place, so a fold that met such an
entry is thrown away and made again without it, rather than copying every row beforehand: stumbling is rare.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from consumers import entries
from domain.event import Event
from projections.view import DROP, SAME, Handler, Key, View, row_key
from schemas import Catalogue, SchemaError


class Kept(NamedTuple):
    """One entry as the log gives it."""

    position: int
    slot: int
    record_id: UUID
    name: str
    state: bytes


class Read(NamedTuple):
    """A decoded entry, or why it can't be decoded."""

    kept: Kept
    event: Event[Any] | None
    why: str = ""


class Parked(NamedTuple):
    """A record that a view could not take further: where it stopped, and why."""

    record_id: UUID
    position: int
    name: str
    why: str


Derived = dict[type, dict[Key, Any]]
"""What is published, by the kind of row: one for each table."""
Work = list[tuple[Read, list[tuple[Key, Handler]]]]
"""Entries, and what each does to which rows."""


def read_entry(catalogue: Catalogue, kept: Kept) -> Read:
    """Decode an entry once for all views."""
    try:
        return Read(kept, entries.read(catalogue, kept.state, kept.position))
    except SchemaError as error:
        return Read(kept, None, str(error))


class Fold:
    """A fold of one view. `rows` are those it works on; a live fold is given them, a rebuild begins with none."""

    def __init__(
        self,
        view: View,
        lot: Collection[UUID] = (),
        parked: Mapping[UUID, Parked] | None = None,
        left_out: Collection[int] = (),
        opened: frozenset[str] = frozenset(),
    ) -> None:
        """Put the entries of `lot`, and of `parked` from where each stopped, behind; leave out these positions.

        `opened` are the topics to which rows that change are told.
        """
        self.view, self.lot, self.parked, self.left_out = view, lot, dict(parked or {}), left_out
        self.opened = opened
        self.rows: dict[Key, Any] = {}
        self.changed: dict[Key, Read] = {}
        """Rows to be written, each with the first entry that touched it."""
        self.gone: set[Key] = set()
        self.waiting: list[tuple[UUID, int]] = []
        """Entries of parked records: the one each stopped at, and those behind it."""
        self.stopped: dict[UUID, Parked] = {}
        """Records this fold stumbled over: if there are any it must be made again without them."""
        self._unknown: set[Key] = set()

    def sort_out(self, reads: Iterable[Read]) -> Work:
        """The entries this view has to fold, with the rows they touch; those of parked records are put behind them."""
        work: Work = []
        for read in reads:
            record_id, position = read.kept.record_id, read.kept.position
            if position in self.left_out:
                continue
            touched: list[tuple[Key, Handler]] = []
            stumbled: Exception | None = None
            if read.event is not None:
                try:
                    touched = list(self.view.touched(read.event))
                except Exception as error:  # noqa: BLE001 (whatever a view does, the others go on)
                    stumbled = error
            concerns = bool(touched or stumbled) or read.event is None
            here = self.parked.get(record_id) if self.parked else None
            if (self.lot and record_id in self.lot) or (here is not None and position >= here.position):
                if concerns:
                    self.waiting.append((record_id, position))
            elif stumbled is not None or read.event is None:
                self._stop(read, stumbled)
            elif touched:
                work.append((read, touched))
        return work

    def run(self, work: Work) -> None:
        """Fold entries into the rows."""
        for read, touched in work:
            if self.stopped:
                keys = {key for key, _ in touched}
                if read.kept.record_id in self.stopped or not self._unknown.isdisjoint(keys):
                    # It may have met a row that a stumbling entry left half-changed: the next fold will tell.
                    self._unknown |= keys
                    continue
            try:
                for key, handler in touched:
                    self._apply(read, key, handler)
            except Exception as error:  # noqa: BLE001 (as above)
                self._stop(read, error)
                self._unknown.update(key for key, _ in touched)

    def _apply(self, read: Read, key: Key, handler: Handler) -> None:
        row = self.rows.get(key)
        if row is None or (self.gone and key in self.gone):
            row = self.rows[key] = self.view.empty(key)
            self.gone.discard(key)
            self.changed.setdefault(key, read)
        done = handler(self.view, row, read.event)
        if done is SAME:
            return
        self.changed.setdefault(key, read)
        if done is DROP:
            self.gone.add(key)

    def derive(self) -> Derived:
        """What the changed states publish. One that can't be published parks its record at the first entry of it."""
        derived: Derived = {part.Row: {} for part in self.view.published}
        for key, read in self.changed.items():
            if (self.gone and key in self.gone) or (self._unknown and key in self._unknown):
                continue
            try:
                for row in self.view.rows_now(self.rows[key]):
                    derived[type(row)][row_key(row)] = row
            except Exception as error:  # noqa: BLE001 (as above)
                self._stop(read, error)
        return derived

    def written(self) -> list[Any]:
        """The rows that changed and are still there."""
        return [self.rows[key] for key in self.changed if not self.gone or key not in self.gone]

    def again(self) -> Fold:
        """The same fold, to be made without the records this one stumbled over."""
        parked = dict(self.parked)
        for record_id, stop in self.stopped.items():
            before = parked.get(record_id)
            parked[record_id] = stop if before is None or stop.position < before.position else before
        return Fold(self.view, self.lot, parked, self.left_out, self.opened)

    def _stop(self, read: Read, error: Exception | None) -> None:
        why = read.why if error is None else place_of(error)
        self.stopped.setdefault(
            read.kept.record_id, Parked(read.kept.record_id, read.kept.position, read.kept.name, why)
        )


def fold_all(fold: Fold, reads: Sequence[Read], fetch: Callable[[set[Key]], dict[Key, Any]]) -> tuple[Fold, Derived]:
    """Fold entries until nothing stumbles any more; give the fold and what a view with a state publishes of it."""
    while True:
        work = fold.sort_out(reads)
        if not fold.view.append_only:
            fold.rows = fetch({key for _, touched in work for key, _ in touched})
        fold.run(work)
        derived = fold.derive() if fold.view.State is not None else {}
        if not fold.stopped:
            return fold, derived
        fold = fold.again()


def place_of(error: Exception) -> str:
    """An error's kind and place, never its words, which may quote the entry."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}" if trace else "?"
    return f"{type(error).__name__} in {where}"
