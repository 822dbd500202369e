"""Rows of a view that are asked for by what stands in their columns, in an order, and how many there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any
from uuid import UUID

from psycopg import Connection, sql
from psycopg.rows import class_row, scalar_row, tuple_row

from projections.view import View
from roznamcha.near import near
from roznamcha.screen import many, say, table
from roznamcha.store import Store

SCREEN = 500
"""Lines on a screen: more belong into JSON or a file."""


def numbers_of(connection: Connection[Any], records: Iterable[UUID]) -> dict[UUID, str]:
    """The numbers that these records have now; a record without one is not among them."""
    query = b"SELECT record_id, number FROM views.case_state WHERE record_id = ANY(%s) AND number <> ''"
    return dict(connection.cursor(row_factory=tuple_row).execute(query, (list(records),)))


class Matters:
    """What records are called now, by whatever number or key of theirs somebody writes.

    A case that came from another station may stand in an old list, or on a label, under the number it had there.
    """

    def __init__(self, store: Store, station: str, numbers: Mapping[UUID, str]) -> None:
        """Of these records, each as it is called now; a number that is written without a station is of this one."""
        self._station, self._now = station, frozenset(numbers.values())
        self._names = {name: numbers[record_id] for name, record_id in store.shelf.names_of(numbers).items()}
        self._names |= {str(record_id): number for record_id, number in numbers.items()}

    def __call__(self, written: str) -> str:
        """The record's number of today; what is written where none of the records was ever called so."""
        ways = (written, f"{self._station}/{written}")
        now = next((each for each in ways if each in self._now), None)
        return now or next((self._names[each] for each in ways if each in self._names), written)


def show(heads: Sequence[str], lines: Sequence[Sequence[Any]], count: int, noun: str, narrower: str) -> None:
    """A list for a person: its lines, how many there are besides, and how to ask for fewer."""
    if lines:
        table(f"{noun}s", heads, lines)
    if count > len(lines):
        say(f"… and {count - len(lines):,} more: use {narrower}")
    say(many(count, noun))


def unmatched(connection: Connection[Any], view: type[View], asked: Mapping[str, str]) -> str:
    """Which word of those asked for stands in no row of the view, and what may have been meant; else nothing."""
    for name, value in asked.items():
        query = sql.SQL("SELECT DISTINCT {} FROM {}").format(sql.Identifier(name), sql.Identifier("views", view.name))
        known = [str(each) for each in connection.cursor(row_factory=scalar_row).execute(query)] if value else []
        if value and value not in known:
            return f"nothing has the {name} {value[:60]!r}{near(value, known)}"
    return ""


def chosen(
    connection: Connection[Any],
    view: type[View],
    asked: Mapping[str, str | AbstractSet[str]],
    order: Sequence[str],
    *,
    most: int | None = None,
) -> tuple[int, list[Any]]:
    """How many rows there are, and those of the view in this order, `most` of them.

    `asked` names columns with the value they must have, or with a set of which they may have none; what is empty asks
    nothing.
    """
    conditions = [
        sql.SQL("{} = {}").format(sql.Identifier(name), value)
        if isinstance(value, str)
        else sql.SQL("{} <> ALL({})").format(sql.Identifier(name), sorted(value))
        for name, value in asked.items()
        if value
    ]
    where = sql.SQL(" AND ").join([sql.SQL("true"), *conditions])
    table = sql.Identifier("views", view.name)
    count = connection.cursor(row_factory=scalar_row).execute(
        sql.SQL("SELECT count(*) FROM {} WHERE {}").format(table, where)
    )
    made: Any = view.Row
    rows = connection.cursor(row_factory=class_row(made)).execute(
        sql.SQL("SELECT * FROM {} WHERE {} ORDER BY {} LIMIT {}").format(
            table, where, sql.SQL(", ").join(map(sql.Identifier, order)), most
        )
    )
    return int(count.fetchone() or 0), list(rows)
