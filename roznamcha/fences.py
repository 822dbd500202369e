"""The fences round the register: whether what must not be changed still can't be, short of owning the database.

A fence is no proof: who owns the database can take it down, change a line, and put it up again. What is found here is
that it is down now.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from psycopg import Connection
from psycopg.rows import tuple_row

from roznamcha.errors import Unavailable

KEPT = (
    "entries",
    "commands",
    "names",
    "refusals",
    "leaves",
    "ledger_acts",
    "ledger_withdrawn",
    "checkpoints",
    "cosignatures",
    "keys_destroyed",
)
"""Tables that only ever grow."""
FORBIDDEN = ("UPDATE", "DELETE", "TRUNCATE")
RIGHTS = """
    SELECT t.name, r.what FROM unnest(%s::text[]) AS t(name), unnest(%s::text[]) AS r(what)
    WHERE has_table_privilege('roznamcha.' || t.name, r.what) ORDER BY t.name, r.what
"""
GUARDS = """
    SELECT t.name, g.tgname, g.tgenabled::text FROM unnest(%s::text[]) AS t(name)
    LEFT JOIN pg_trigger g ON g.tgrelid = to_regclass('roznamcha.' || t.name) AND g.tgname = t.name || '_never_change'
    ORDER BY t.name
"""
ENABLED = {"O", "A"}
APART = timedelta(minutes=2)
"""How far this machine's clock and the database's may lie apart before nothing is entered."""


def open_fences(connection: Connection[Any]) -> Iterator[str]:
    """What stands open, a sentence each: a guard that is gone or switched off, a right the application must not have.

    Asked under the application's role, since it is that role's rights that matter.
    """
    for name, guard, enabled in connection.execute(GUARDS, (list(KEPT),)).fetchall():
        if guard is None:
            yield f"the trigger that refuses a change of roznamcha.{name} is gone: restore it from the migrations"
        elif enabled not in ENABLED:
            yield f"the trigger {guard} is switched off: ALTER TABLE roznamcha.{name} ENABLE TRIGGER {guard}"
    rights = [*KEPT, "person_keys"]
    for name, right in connection.execute(RIGHTS, (rights, list(FORBIDDEN))).fetchall():
        yield f"the application's role may {right} roznamcha.{name}: revoke it"


def clock_of(connection: Connection[Any]) -> datetime:
    """What the database's clock says: the one that all processes share."""
    row = connection.cursor(row_factory=tuple_row).execute("SELECT clock_timestamp()").fetchone()
    return row[0] if row else datetime.max.replace(tzinfo=UTC)


def same_time(here: datetime, there: datetime) -> None:
    """Raise Unavailable when this machine's clock and the database's lie too far apart.

    A time of recording can't be mended later, and none that follows in the record may be older.
    """
    if abs(here - there) > APART:
        message = (
            f"this machine's clock says {here.isoformat(timespec='seconds')}, the database's "
            f"{there.astimezone(here.tzinfo).isoformat(timespec='seconds')}: set the wrong one before you go on"
        )
        raise Unavailable(message)
