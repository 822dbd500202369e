"""The tables in which views are kept: made from the row's declaration, read by exact keys, written in one statement."""

from __future__ import annotations

import hashlib
import types
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from functools import cache, cached_property
from operator import attrgetter
from typing import Any, NamedTuple, get_args, get_type_hints
from uuid import UUID

import psycopg
from psycopg import Connection, Cursor
from psycopg.types.json import Jsonb

from consumers.packing import GIVES_UP, array, uuids, written
from projections.view import Index, Key, View

SQL_TYPES: dict[Any, str] = {
    UUID: "uuid", str: "text", int: "bigint", bool: "boolean", datetime: "timestamptz", date: "date",
    Decimal: "numeric", bytes: "bytea",
}  # fmt: skip
UNADAPTED = (TypeError, ValueError, AttributeError, OverflowError, RecursionError, psycopg.ProgrammingError)
"""What psycopg and json raise for a value they can't write down."""


class Unwritable(psycopg.DataError):
    """A value that its column can't hold, noticed before it was sent."""


class Table:
    """The table of one kind of row."""

    def __init__(self, name: str, row: type, indexes: Sequence[tuple[str, ...] | Index] = ()) -> None:
        """Keep rows of class `row` in `views.name`."""
        self.name, self.row = name, row
        self.indexes = [each if isinstance(each, Index) else Index(each) for each in indexes]
        hints = get_type_hints(row)
        self.columns = [each.name for each in fields(row)]
        self.types, self.nullable = [], []
        for column in self.columns:
            hint, optional = hints[column], False
            if isinstance(hint, types.UnionType):
                hint, optional = get_args(hint)[0], True
            self.types.append(SQL_TYPES.get(hint, "jsonb"))
            self.nullable.append(optional)
        self.key: tuple[str, ...] = row.KEY  # type: ignore[attr-defined]  # every row declares it

    @property
    def shape(self) -> str:
        """A digest of the declaration: when it changes the view must be built anew."""
        indexes = [(each.columns, each.where) for each in self.indexes]
        text = f"{list(zip(self.columns, self.types, self.nullable, strict=True))} {self.key} {indexes}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    # --- making ------------------------------------------------------------------------------------------------

    def create(self, connection: Connection[Any], *, indexed: bool = True) -> None:
        """Make the table, empty; what lay under that name goes. `indexed=False` for one that is filled first."""
        columns = ", ".join(
            f"{name} {kind}{'' if optional else ' NOT NULL'}"
            for name, kind, optional in zip(self.columns, self.types, self.nullable, strict=True)
        )
        connection.execute(f"DROP TABLE IF EXISTS views.{self.name}".encode())
        connection.execute(f"CREATE TABLE views.{self.name} ({columns}) WITH (fillfactor = 80)".encode())
        if indexed:
            self.index(connection)

    def index(self, connection: Connection[Any]) -> None:
        """Give the table its key and its indexes."""
        key = f"ALTER TABLE views.{self.name} ADD CONSTRAINT {self.name}_pkey PRIMARY KEY ({', '.join(self.key)})"
        connection.execute(key.encode())
        for index in self.indexes:
            where = f" WHERE {index.where}" if index.where else ""
            connection.execute(f"CREATE INDEX ON views.{self.name} ({', '.join(index.columns)}){where}".encode())

    # --- reading -----------------------------------------------------------------------------------------------

    @cached_property
    def _fetch(self) -> bytes:
        columns = ", ".join(f"t.{name}" for name in self.columns)
        if len(self.key) == 1:
            return f"SELECT {columns} FROM views.{self.name} t WHERE t.{self.key[0]} = ANY({self._keys})".encode()
        # A plain join with unnest makes the planner read whole tables; this walks the primary key for each row.
        return (
            f"SELECT {columns} FROM unnest({self._keys}) AS k({', '.join(self.key)}) "
            f"CROSS JOIN LATERAL (SELECT * FROM views.{self.name} t WHERE {self._match} OFFSET 0) t"
        ).encode()

    def ask(self, cursor: Cursor[Any], keys: Collection[Key]) -> Cursor[Any] | None:
        """Send for the rows of these keys; `answer` gives them. Several questions may be under way in a pipeline."""
        return cursor.execute(self._fetch, self._key_arrays(keys)) if keys else None

    def ask_records(self, cursor: Cursor[Any], records: Collection[UUID]) -> Cursor[Any] | None:
        """Send for all rows of these records."""
        query = f"SELECT {', '.join(self.columns)} FROM views.{self.name} WHERE record_id = ANY(%b::uuid[])"
        return cursor.execute(query.encode(), (uuids(records),)) if records else None

    def answer(self, cursor: Cursor[Any] | None) -> dict[Key, Any]:
        """The rows that were sent for, as far as they are there."""
        rows = map(self._made, cursor.fetchall() if cursor else ())
        return {tuple([getattr(row, name) for name in self.key]): row for row in rows}

    def fetch(self, cursor: Cursor[Any], keys: Iterable[Key]) -> dict[Key, Any]:
        """The rows of these keys that are there."""
        return self.answer(self.ask(cursor, list(keys)))

    def of_records(self, cursor: Cursor[Any], records: Sequence[UUID]) -> list[Any]:
        """All rows of these records."""
        return list(self.answer(self.ask_records(cursor, records)).values())

    def _made(self, values: Sequence[Any]) -> Any:  # noqa: ANN401 (a row)
        return self.row(*values)

    # --- writing -----------------------------------------------------------------------------------------------

    @cached_property
    def _upsert(self) -> bytes:
        # Binary parameters: as text every value of an array would be searched for quotes and backslashes.
        arrays = ", ".join(f"%b::{kind}[]" for kind in self.types)
        changed = ", ".join(f"{name} = excluded.{name}" for name in self.columns if name not in self.key)
        action = f"DO UPDATE SET {changed}" if changed else "DO NOTHING"
        names = ", ".join(self.columns)
        return (
            f"INSERT INTO views.{self.name} ({names}) SELECT * FROM unnest({arrays}) "
            f"ON CONFLICT ({', '.join(self.key)}) {action}"
        ).encode()

    def upsert(self, cursor: Cursor[Any], rows: Sequence[Any]) -> None:
        """Write rows, each key once, in one statement."""
        if not rows:
            return
        columns = [list(map(attrgetter(name), rows)) for name in self.columns]
        try:
            cursor.execute(self._upsert, list(map(_array, self.types, columns)))
        except UNADAPTED as error:
            if isinstance(error, psycopg.ProgrammingError) and error.sqlstate:
                raise  # the server's: the statement is wrong, not the row
            raise Unwritable(type(error).__name__) from None  # the words may quote the row

    def delete(self, cursor: Cursor[Any], keys: Collection[Key]) -> None:
        """Remove the rows of these keys."""
        if not keys:
            return
        query = (
            f"DELETE FROM views.{self.name} WHERE ctid = ANY (ARRAY("
            f"SELECT t.ctid FROM unnest({self._keys}) AS k({', '.join(self.key)}) "
            f"CROSS JOIN LATERAL (SELECT t.ctid FROM views.{self.name} t WHERE {self._match} OFFSET 0) t))"
        )
        cursor.execute(query.encode(), self._key_arrays(keys))

    def copy(self, cursor: Cursor[Any], rows: Iterable[Any]) -> None:
        """Write rows into a table that has none of them: the fastest way in."""
        query = f"COPY views.{self.name} ({', '.join(self.columns)}) FROM STDIN (FORMAT BINARY)".encode()
        with cursor.copy(query) as copying:
            copying.set_types(self.types)
            for values in map(self._values, rows):
                copying.write_row(values)

    @cached_property
    def _values(self) -> Callable[[Any], Sequence[Any]]:
        """The values of a row as COPY wants them."""
        jsons = [number for number, kind in enumerate(self.types) if kind == "jsonb"]
        values = attrgetter(*self.columns, self.columns[0])  # of several names it gives a tuple, of one it wouldn't

        def told(row: Any) -> Sequence[Any]:  # noqa: ANN401 (a row)
            found = list(values(row)[:-1])
            for number in jsons:
                found[number] = _json(found[number])
            return found

        return told if jsons else lambda row: values(row)[:-1]

    # --- keys --------------------------------------------------------------------------------------------------

    @cached_property
    def _keys(self) -> str:
        return ", ".join(f"%b::{kind}[]" for kind in self._key_types)

    @cached_property
    def _key_types(self) -> list[str]:
        return [self.types[self.columns.index(name)] for name in self.key]

    def _key_arrays(self, keys: Collection[Key]) -> list[Any]:
        return list(map(_array, self._key_types, zip(*keys, strict=True)))

    @cached_property
    def _match(self) -> str:
        return " AND ".join(f"t.{name} = k.{name}" for name in self.key)


class Tables(NamedTuple):
    """The table a view folds in, and those it publishes; without a state it is one and the same."""

    held: Table
    published: tuple[Table, ...]

    @property
    def all(self) -> tuple[Table, ...]:
        """Each table once."""
        return tuple(dict.fromkeys((self.held, *self.published)))


def tables_of(view: View, suffix: str = "") -> Tables:
    """The tables of a view, or those that are built beside them, whose names end in `suffix`."""
    published = tuple(_table(f"{part.name}{suffix}", part.Row, part.indexes) for part in view.published)
    if view.State is None:
        return Tables(published[0], published)
    return Tables(_table(f"{view.name}__state{suffix}", view.State), published)


@cache
def _table(name: str, row: type, indexes: tuple[tuple[str, ...] | Index, ...] = ()) -> Table:
    return Table(name, row, indexes)


def shape_of(view: View) -> str:
    """What a view's tables look like and what its rows rest on besides the entries, as a digest."""
    parts = [table.shape for table in tables_of(view).all]
    parts += [f"{part.name} {part.version}" for part in view.parts]
    return "+".join([*parts, view.basis] if view.basis else parts)


def _array(kind: str, values: Sequence[Any]) -> Any:  # noqa: ANN401 (what psycopg takes)
    """A column as an array; as psycopg's own where it isn't plain."""
    try:
        return array(kind, values)
    except GIVES_UP:
        return list(map(_json, values)) if kind == "jsonb" else list(values)


def _json(value: Any) -> Jsonb | None:  # noqa: ANN401 (any JSON)
    return None if value is None else Jsonb(value, written)
