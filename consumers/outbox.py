"""What views have to tell other systems: the rows that changed, written down with them and numbered without gaps.

A view with a topic of its own tells nothing before that topic is opened: the relay does that, which then finds every
row there is. From then on whoever changes a row tells it in the same transaction, so that what is told and what is in
force can't differ. Numbers are given in each slot under a lock that is held until the rows are committed: none becomes
visible before a smaller one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from psycopg import Connection, Cursor

from consumers.checkpoints import MAIN, begin, positions
from consumers.columns import micros
from consumers.compare import columns_of
from consumers.slots import SLOTS, slot_of
from consumers.steps import reach
from consumers.tables import Table, Unwritable, tables_of
from projections.view import Key, View
from schemas import VIEW, SchemaError, catalogue
from schemas.codec import encode

CHANNEL = "outbox"
"""Where the relay listens."""
GONE = "gone"
"""The column that says so, in topics that keep every message."""
CHUNK = 2_000
"""Rows told in one statement."""
TELL = b"""
    WITH told AS (
        SELECT u.*, row_number() OVER (PARTITION BY slot ORDER BY place) AS n
        FROM unnest(%s::smallint[], %b::uuid[], %b::bytea[]) WITH ORDINALITY AS u(slot, record_id, value, place)
    ), moved AS (
        UPDATE ops.outbox_heads h SET seq = h.seq + t.many
        FROM (SELECT slot, count(*) AS many FROM told GROUP BY slot) t
        WHERE h.topic = %s AND h.slot = t.slot RETURNING h.topic, h.slot, h.seq - t.many AS before
    )
    INSERT INTO ops.outbox SELECT topic, slot, before + n, record_id, value FROM told JOIN moved USING (slot)
"""


def topics_of(view: View) -> list[str]:
    """The topics that a view's rows have, by their short names."""
    return [part.topic for part in view.published if part.topic]


def kind_of(part: type[View]) -> str:
    """The permanent name of the schema of a view's rows."""
    return f"{VIEW}.{part.__name__}"


def opened(connection: Connection[Any]) -> frozenset[str]:
    """The topics to which rows are told. To be asked while the checkpoints are locked: a topic is opened under it."""
    return answered(ask_opened(connection))


def ask_opened(connection: Connection[Any]) -> Cursor[Any]:
    """Send for the topics that are open; `answered` gives them."""
    return connection.execute("SELECT topic FROM ops.outbox_heads WHERE slot = 0")


def answered(cursor: Cursor[Any]) -> frozenset[str]:
    """What was asked for."""
    return frozenset(topic for (topic,) in cursor.fetchall())


def tell(cursor: Cursor[Any], part: type[View], rows: Iterable[Any], gone: Iterable[Key] = ()) -> None:
    """Tell the topic of `part`, which is open, that these rows changed and that those are gone."""
    told: list[tuple[UUID, bytes | None]] = [(row.record_id, row_bytes(part, row)) for row in rows]
    told += [(key[0], _removed(part, key)) for key in gone]
    if not told:
        return
    records = [record_id for record_id, _ in told]
    values = [value for _, value in told]
    cursor.execute(TELL, ([slot_of(each) for each in records], records, values, part.topic))
    cursor.execute("SELECT pg_notify(%s, '')", (CHANNEL,))


def open_topic(connection: Connection[Any], view: View, topic: str, progress: Callable[[], None] = lambda: None) -> int:
    """Tell every row there is to a topic of which nothing was published, and open it; give how many rows.

    The view must have been built. Its runner waits meanwhile, about as long as reading its rows takes; `progress` is
    called after each CHUNK of them.
    """
    both = zip(view.published, tables_of(view).published, strict=True)
    part, table = next((part, table) for part, table in both if part.topic == topic)
    with connection.transaction():
        begin(connection, MAIN)  # where there are no checkpoints yet, the first runner would not wait at them
        positions(connection, lock=True)
        connection.execute("DELETE FROM ops.outbox WHERE topic = %s", (topic,))
        connection.execute(
            "INSERT INTO ops.outbox_heads SELECT %s, s, 0 FROM generate_series(0, %s) s "
            "ON CONFLICT (topic, slot) DO UPDATE SET seq = 0",
            (topic, SLOTS - 1),
        )
        every = f"SELECT {', '.join(table.columns)} FROM views.{table.name}"
        told = _tell_all(connection, part, table, every, progress)
        reach("outbox: opened")  # dies here: nothing is open, and whoever begins next opens it
    return told


def tell_differences(connection: Connection[Any], view: View, suffix: str) -> None:
    """Tell how the rows that are put in force, whose tables end in `suffix`, differ from those they replace.

    To be called in the swap's transaction, while the checkpoints are locked.
    """
    now = opened(connection)
    both = zip(tables_of(view).published, tables_of(view, suffix).published, strict=True)
    for part, (old, new) in zip(view.published, both, strict=True):
        if part.topic in now:
            _tell_all(connection, part, new, _differing(connection, old, new))
            for keys in _chunks(connection, _gone(connection, old, new)):
                tell(connection.cursor(), part, (), keys)


def _differing(connection: Connection[Any], old: Table, new: Table) -> str:
    """The new rows that are not among the old ones: all, where the tables can't be compared."""
    before, after = columns_of(connection, old), columns_of(connection, new)
    query = f"SELECT {', '.join(new.columns)} FROM views.{new.name} n"
    if before != after:
        return query
    same = " AND ".join(f"o.{name} IS NOT DISTINCT FROM n.{name}" for name in after)
    return f"{query} WHERE NOT EXISTS (SELECT FROM views.{old.name} o WHERE {_match(new)} AND {same})"


def _gone(connection: Connection[Any], old: Table, new: Table) -> str:
    """The keys of the old rows to which no new one answers: none, where their keys can't be compared."""
    comparable = set(new.key) <= columns_of(connection, old).keys()
    among = f"NOT EXISTS (SELECT FROM views.{new.name} n WHERE {_match(new)})" if comparable else "false"
    return f"SELECT {', '.join(f'o.{name}' for name in new.key)} FROM views.{old.name} o WHERE {among}"


def _match(table: Table) -> str:
    return " AND ".join(f"o.{name} = n.{name}" for name in table.key)


def _tell_all(
    connection: Connection[Any],
    part: type[View],
    table: Table,
    query: str,
    progress: Callable[[], None] = lambda: None,
) -> int:
    told = 0
    for chunk in _chunks(connection, query):
        tell(connection.cursor(), part, [table.row(*values) for values in chunk])
        told += len(chunk)
        progress()
    return told


def _chunks(connection: Connection[Any], query: str) -> Iterator[list[Any]]:
    """What a query finds, some rows at a time: a table may be larger than our memory."""
    with connection.cursor("told", binary=True) as cursor:
        cursor.execute(query.encode())
        while chunk := cursor.fetchmany(CHUNK):
            yield chunk


# --- rows as bytes ------------------------------------------------------------------------------------------------


def _written(part: type[View], values: dict[str, Any]) -> bytes:
    """A row as its topic carries it. Raises Unwritable for one that doesn't fit its schema."""
    try:
        return encode(catalogue(), kind_of(part), {name: _plain(each) for name, each in values.items()})
    except SchemaError as error:
        raise Unwritable(str(error)) from None


def row_bytes(part: type[View], row: Any) -> bytes:  # noqa: ANN401 (the view's own row)
    """A row as its topic carries it. Raises Unwritable for one that doesn't fit its schema."""
    gone = {GONE: False} if GONE in _columns(kind_of(part)) else {}
    return _written(part, vars(row) | gone)


def _removed(part: type[View], key: Key) -> bytes | None:
    """That a row is gone: told where the topic keeps every message; where it keeps the last, the key is emptied."""
    columns = _columns(kind_of(part))
    if GONE not in columns:
        return None
    named = dict(zip(part.Row.KEY, key, strict=True))  # type: ignore[attr-defined]  # every row declares it
    return _written(part, {**columns, **named, GONE: True})


@cache
def _columns(kind: str) -> dict[str, Any]:
    """The columns of a row as they are told, with what stands in each where nothing is told."""
    return {each["name"]: each.get("default") for each in catalogue().latest[kind].raw["fields"]}


def _plain(value: Any) -> Any:  # noqa: ANN401 (what a row holds)
    if isinstance(value, datetime):
        return micros(value)
    return str(value) if isinstance(value, UUID) else value
