"""One worker's share of a rebuild: the entries of some slots, record by record, folded and copied into empty tables.

A record's entries come together, so a row is worked on, finished and written, and nothing of it need be kept. Memory
doesn't grow with the log. The server sorts; beyond its own memory it sorts on disk.

All of a share is one transaction: a worker that dies leaves nothing behind.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from psycopg import Connection

from consumers import entries
from consumers.folding import Derived, Fold, Kept, Read, fold_all, place_of, read_entry
from consumers.steps import reach
from consumers.tables import Table, tables_of
from consumers.writing import park
from domain.event import Event
from projections.view import DROP, Handler, Key, View
from schemas import Catalogue, SchemaError

log = structlog.get_logger()

PAGE = 5_000
"""Entries fetched at a time."""
CHUNK = 10_000
"""About how many entries are folded before their rows are copied."""
LOG = b"""
    SELECT notification_id, slot, uuid_send(record_id), topic, state FROM roznamcha.entries
    WHERE notification_id <= %s AND slot = ANY(%s) ORDER BY record_id, notification_id
"""
SORTING = (b"SET LOCAL work_mem = '64MB'", b"SET LOCAL cursor_tuple_fraction = 1")
RECORD_ID = itemgetter(2)


class History(NamedTuple):
    """A record's entries as they are kept and as they were read; None when one of them can't be read."""

    record_id: UUID
    rows: list[tuple[int, int, bytes, str, bytes]]
    events: list[Event[Any]] | None

    @property
    def kept(self) -> list[Kept]:
        """The entries as the log gives them."""
        return [Kept(position, slot, self.record_id, name, state) for position, slot, _, name, state in self.rows]

    def reads(self, catalogue: Catalogue, *, whole: bool = False) -> list[Read]:
        """The entries as they were read, or read again with all their columns."""
        if whole or self.events is None:
            return [read_entry(catalogue, each) for each in self.kept]
        return [Read(kept, event) for kept, event in zip(self.kept, self.events, strict=True)]


Told = Callable[[int], None]
"""Told how many entries are done."""


class Share:
    """Fills the tables of some views, whose names end in `suffix`, with the entries of some slots."""

    def __init__(self, connection: Connection[Any], views: Sequence[View], catalogue: Catalogue, suffix: str) -> None:
        """Write over `connection`, which this share has to itself."""
        self.connection, self.suffix = connection, suffix
        self.folders = [_folder(view, catalogue) for view in views]
        self.reader = entries.Reader(catalogue, lambda cls: _wanted(views, cls))

    def fill(self, limits: Mapping[int, int], told: Told) -> None:
        """Fold every entry of these slots, up to each one's limit."""
        done = 0
        with self.connection.transaction():
            for chunk in self._chunks(limits):
                for folder in self.folders:
                    folder.take(chunk)
                    self._copy(folder)
                done += sum(len(each.rows) for each in chunk)
                told(done)
                reach("rebuild: part copied")  # dies here: its share is undone, and the rebuild is given up
            for folder in self.folders:
                folder.finish()
                self._copy(folder)

    def _chunks(self, limits: Mapping[int, int]) -> Iterator[list[History]]:
        """The entries record by record, some whole records at a time."""
        for statement in SORTING:
            self.connection.execute(statement)
        with self.connection.cursor("share", binary=True) as cursor:
            cursor.itersize = PAGE
            cursor.execute(LOG, (max(limits.values(), default=0), list(limits)))
            chunk: list[History] = []
            size = 0
            for record, rows in groupby(cursor, key=RECORD_ID):
                kept = [each for each in rows if each[0] <= limits[each[1]]]
                chunk.append(self._read(UUID(bytes=record), kept))
                size += len(kept)
                if size >= CHUNK:
                    yield chunk
                    chunk, size = [], 0
            yield chunk

    def _read(self, record_id: UUID, rows: list[tuple[int, int, bytes, str, bytes]]) -> History:
        read = self.reader.read
        try:
            return History(record_id, rows, [read(state, position) for position, _, _, _, state in rows])
        except SchemaError:
            return History(record_id, rows, None)

    def _copy(self, folder: _Folder) -> None:
        """Write what a folder has made so far."""
        view = folder.view
        held, published = tables_of(view, self.suffix)
        cursor = self.connection.cursor()
        for table, rows in [(held, folder.held), *_published(published, folder.derived)]:
            if rows:
                table.copy(cursor, rows)
        park(self.connection, view.name + self.suffix, [p for f in folder.stumbled for p in f.parked.values()],
             [w for f in folder.stumbled for w in f.waiting])  # fmt: skip
        folder.held, folder.derived, folder.stumbled = [], {}, []


def _published(tables: Sequence[Table], derived: Mapping[type, list[Any]]) -> list[tuple[Table, list[Any]]]:
    return [(table, derived.get(table.row, [])) for table in tables] if derived else []


class _Folder:
    """Folds whole records into one view.

    What can't be folded, perhaps because a column was stepped over that is wanted after all, is read whole and done
    again by `Fold`, which parks what really stumbles.
    """

    def __init__(self, view: View, catalogue: Catalogue) -> None:
        self.view, self.catalogue = view, catalogue
        self.held: list[Any] = []
        self.derived: dict[type, list[Any]] = {}
        self.stumbled: list[Fold] = []
        self.met: dict[type, tuple[Handler, ...]] = {}

    def take(self, chunk: list[History]) -> None:
        """Fold some whole records."""
        for history in chunk:
            try:
                if history.events is not None:
                    self.fold(history.events)
                    continue
            except Exception as error:  # noqa: BLE001 (whatever a view does, the others go on)
                log.debug("folded again", view=self.view.name, why=place_of(error))
            self._carefully(history.reads(self.catalogue, whole=True))

    def fold(self, events: list[Event[Any]]) -> None:
        """Fold a record and keep what came of it, or raise and keep nothing."""
        raise NotImplementedError

    def finish(self) -> None:
        """All records were given."""

    def _carefully(self, reads: Sequence[Read]) -> None:
        fold, derived = fold_all(Fold(self.view), reads, lambda _: {})
        self._keep(fold, derived)

    def _keep(self, fold: Fold, derived: Derived) -> None:
        self.held += fold.written()
        for kind, rows in derived.items():
            self.derived.setdefault(kind, []).extend(rows.values())
        if fold.parked:
            self.stumbled.append(fold)


class _ByRecord(_Folder):
    """For views of one row, or one state, for each record."""

    def fold(self, events: list[Event[Any]]) -> None:
        view, handlers, met = self.view, self.view.handlers, self.met
        row: Any = None
        for event in events:
            cls = type(event)
            found = met.get(cls)
            if found is None:
                found = met[cls] = handlers(cls)
            for handler in found:
                if row is None:
                    row = view.empty((event.meta.record_id,))
                if handler(view, row, event) is DROP:
                    row = None
        if row is None:
            return
        if view.State is not None:
            rows = list(view.rows(row))
            for each in rows:
                self.derived.setdefault(type(each), []).append(each)
        self.held.append(row)


class _ByEntry(_Folder):
    """For views of one row for each entry."""

    def fold(self, events: list[Event[Any]]) -> None:
        view, handlers = self.view, self.view.handlers
        made = []
        for event in events:
            row: Any = None
            for handler in handlers(type(event)):
                if row is None:
                    row = view.empty((event.meta.position,))
                if handler(view, row, event) is DROP:
                    row = None
            if row is not None:
                made.append(row)
        self.held += made


class _Mixed(_Folder):
    """For views whose rows are made up of several records: they are few (the law of views), and kept to the end."""

    def __init__(self, view: View, catalogue: Catalogue) -> None:
        super().__init__(view, catalogue)
        self.rows: dict[Key, Any] = {}

    def take(self, chunk: list[History]) -> None:
        for whole in (False, True):
            reads = [read for history in chunk for read in history.reads(self.catalogue, whole=whole)]
            fold, _ = fold_all(Fold(self.view), reads, self._fetch)
            if not fold.parked:
                break
        for key in fold.gone:
            self.rows.pop(key, None)
        self.rows.update((key, fold.rows[key]) for key in fold.changed if key not in fold.gone)
        if fold.parked:
            self.stumbled.append(fold)

    def _fetch(self, keys: set[Key]) -> dict[Key, Any]:
        """Copies, because a fold that stumbles leaves them half-changed."""
        return {key: copy.deepcopy(self.rows[key]) for key in keys if key in self.rows}

    def finish(self) -> None:
        self.held = list(self.rows.values())


def _folder(view: View, catalogue: Catalogue) -> _Folder:
    kind = _ByRecord if view.by_record else _ByEntry if view.by_entry else _Mixed
    return kind(view, catalogue)


def _wanted(views: Sequence[View], cls: type[Event[Any]]) -> frozenset[str] | None:
    """The columns of an act that any of these views reads."""
    each = [view.reads(cls) for view in views]
    return None if None in each else frozenset().union(*(found for found in each if found))
