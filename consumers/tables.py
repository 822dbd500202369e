"""The tables in which views are kept: made from the row's declaration, read by exact keys, written in one statement."""

from __future__ import annotations

import hashlib
import json
import types
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, get_args, get_type_hints
from uuid import UUID

from psycopg import Connection, Cursor

SQL_TYPES: dict[Any, str] = {
    UUID: "uuid", str: "text", int: "bigint", bool: "boolean", datetime: "timestamptz", date: "date",
    Decimal: "numeric", bytes: "bytea",
}  # fmt: skip
Key = tuple[Any, ...]


class Table:
    """The table of one kind of row."""

    def __init__(self, name: str, row: type, indexes: Sequence[Sequence[str]] = ()) -> None:
        """Keep rows of class `row` in `views.name`."""
        self.name, self.row, self.indexes = name, row, indexes
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
        text = f"{list(zip(self.columns, self.types, self.nullable, strict=True))} {self.key} {self.indexes}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def renamed(self, name: str) -> Table:
        """The same table under another name."""
        return Table(name, self.row, self.indexes)

    def create(self, connection: Connection[Any]) -> None:
        """Make the table, empty; what lay under that name goes."""
        columns = ", ".join(
            f"{name} {kind}{'' if optional else ' NOT NULL'}"
            for name, kind, optional in zip(self.columns, self.types, self.nullable, strict=True)
        )
        connection.execute(f"DROP TABLE IF EXISTS views.{self.name}".encode())
        ddl = f"CREATE TABLE views.{self.name} ({columns}, PRIMARY KEY ({', '.join(self.key)})) WITH (fillfactor = 80)"
        connection.execute(ddl.encode())
        for index in self.indexes:
            connection.execute(f"CREATE INDEX ON views.{self.name} ({', '.join(index)})".encode())

    @cached_property
    def _fetch(self) -> bytes:
        columns = ", ".join(f"t.{name}" for name in self.columns)
        if len(self.key) == 1:
            return f"SELECT {columns} FROM views.{self.name} t WHERE t.{self.key[0]} = ANY(%s)".encode()
        # A plain join with unnest makes the planner read whole tables; this walks the primary key for each row.
        arrays = ", ".join(f"%s::{self._type(name)}[]" for name in self.key)
        match = " AND ".join(f"t.{name} = k.{name}" for name in self.key)
        return (
            f"SELECT {columns} FROM unnest({arrays}) AS k({', '.join(self.key)}) "
            f"CROSS JOIN LATERAL (SELECT * FROM views.{self.name} t WHERE {match} OFFSET 0) t"
        ).encode()

    def fetch(self, cursor: Cursor[Any], keys: Iterable[Key]) -> dict[Key, Any]:
        """The rows of these keys that are there."""
        wanted = list(keys)
        if not wanted:
            return {}
        cursor.execute(self._fetch, [list(column) for column in zip(*wanted, strict=True)])
        return {self._key_of(row): row for row in map(self._made, cursor)}

    def _made(self, values: Sequence[Any]) -> Any:  # noqa: ANN401 (a row)
        return self.row(**dict(zip(self.columns, values, strict=True)))

    def _key_of(self, row: Any) -> Key:  # noqa: ANN401
        return tuple(getattr(row, name) for name in self.key)

    @cached_property
    def _upsert(self) -> bytes:
        arrays = ", ".join(f"%s::{'text' if kind == 'jsonb' else kind}[]" for kind in self.types)
        chosen = ", ".join(
            f"u.{name}::jsonb" if kind == "jsonb" else f"u.{name}"
            for name, kind in zip(self.columns, self.types, strict=True)
        )
        changed = ", ".join(f"{name} = excluded.{name}" for name in self.columns if name not in self.key)
        action = f"DO UPDATE SET {changed}" if changed else "DO NOTHING"
        names = ", ".join(self.columns)
        return (
            f"INSERT INTO views.{self.name} ({names}) SELECT {chosen} FROM unnest({arrays}) AS u({names}) "
            f"ON CONFLICT ({', '.join(self.key)}) {action}"
        ).encode()

    def upsert(self, cursor: Cursor[Any], rows: Sequence[Any]) -> None:
        """Write rows, each key once, in one statement."""
        if not rows:
            return
        arrays: list[list[Any]] = []
        for name, kind in zip(self.columns, self.types, strict=True):
            values = [getattr(row, name) for row in rows]
            arrays.append([_json(value) for value in values] if kind == "jsonb" else values)
        cursor.execute(self._upsert, arrays)

    def delete(self, cursor: Cursor[Any], keys: Sequence[Key]) -> None:
        """Remove the rows of these keys."""
        if not keys:
            return
        arrays = ", ".join(f"%s::{self._type(name)}[]" for name in self.key)
        match = " AND ".join(f"t.{name} = k.{name}" for name in self.key)
        query = f"DELETE FROM views.{self.name} t USING unnest({arrays}) AS k({', '.join(self.key)}) WHERE {match}"
        cursor.execute(query.encode(), [list(column) for column in zip(*keys, strict=True)])

    def of_records(self, cursor: Cursor[Any], records: Sequence[UUID]) -> list[Any]:
        """All rows of these records."""
        columns = ", ".join(self.columns)
        cursor.execute(f"SELECT {columns} FROM views.{self.name} WHERE record_id = ANY(%s)".encode(), (list(records),))
        return [self._made(values) for values in cursor]

    def _type(self, name: str) -> str:
        return self.types[self.columns.index(name)]


def _json(value: Any) -> str | None:  # noqa: ANN401 (any JSON)
    return None if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)
