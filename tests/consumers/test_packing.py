"""Arrays packed by hand: PostgreSQL reads of them what psycopg's own would tell it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import pytest

from consumers.embedded import connected
from consumers.packing import GIVES_UP, KINDS, array

EAST = timezone(timedelta(hours=5, minutes=30))
VALUES: dict[str, list[Any]] = {
    "uuid": [UUID(int=0), UUID(int=2**128 - 1), uuid4()],
    "text": ["", "a", "थाना", "'\"\\{},NULL\n", "x" * 4_095, "x" * 4_096, "x" * 70_000],
    "bigint": [0, 1, -1, 2**63 - 1, -(2**63)],
    "integer": [0, 1, -1, 2**31 - 1, -(2**31)],
    "smallint": [0, 1, -1, 2**15 - 1, -(2**15)],
    "boolean": [True, False],
    "timestamptz": [
        datetime(2000, 1, 1, tzinfo=UTC),
        datetime(1, 1, 2, tzinfo=UTC),
        datetime(9999, 12, 30, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(2026, 7, 1, 0, 0, 0, 1, tzinfo=EAST),
    ],
    "date": [date(2000, 1, 1), date.min, date.max, date(1999, 12, 31)],
    "bytea": [b"", b"\0\xff", bytes(300)],
    "jsonb": [{}, [], {"a": [1, None, True, 'थाना "\\']}, "text", 0, False],
}


@pytest.mark.parametrize("kind", KINDS)
def test_an_array_says_what_psycopgs_own_says(database: str, kind: str) -> None:
    """Every type, with a null among its values and without, with one value, and with none."""
    values = VALUES[kind]
    with connected(database) as connection, connection.cursor(binary=True) as cursor:
        for given in (values, [values[0], None, *values], [None], values[:1], []):
            found = cursor.execute(f"SELECT unnest(%b::{kind}[])".encode(), (array(kind, given),)).fetchall()
            assert [value for (value,) in found] == given


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("uuid", "no id"), ("text", 7), ("text", b"bytes"), ("text", "half \ud800"), ("bigint", 2**63), ("bigint", "7"),
        ("boolean", "yes"), ("timestamptz", datetime(2026, 7, 1)), ("timestamptz", date(2026, 7, 1)),
        ("date", "2026-07-01"), ("bytea", "text"), ("jsonb", float("nan")), ("jsonb", object()),
    ],
)  # fmt: skip
def test_what_is_not_of_its_type_is_left_to_psycopg(kind: str, value: Any) -> None:
    """Nothing is guessed: psycopg writes it, or says what is wrong with it."""
    with pytest.raises(GIVES_UP):
        array(kind, [*VALUES[kind], value])
