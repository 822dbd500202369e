"""Measure what timers cost among five million open clocks: the sweep of the next thousand, and arming and cancelling.

Ours is the view's own table: a clock's next moment is a column with a partial index, so arming and cancelling are the
batch's upsert, of a thousand clocks here. Beside it: the same question asked without the index; one timer to a
transaction; and the same upserts without that index, with a narrow table of timers kept beside them.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from harness import database, in_turn, options, report, server
from psycopg import Connection

from consumers.building import prepare
from consumers.embedded import connected
from consumers.tables import Table, tables_of
from consumers.ticker import PAGE, due_page
from domain.law.book import load_book
from projections.deadlines import Deadlines

OPEN = 5_000_000
DAYS = 90
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
SPREAD = timedelta(days=DAYS)
BATCH = 1_000
INDEX = (
    "CREATE INDEX due_next ON views.deadlines (next_at, record_id, rule, subject, opened_by) WHERE next_at IS NOT NULL"
)
ARM = """
    INSERT INTO views.timers
    SELECT * FROM unnest(%b::uuid[], %b::text[], %b::text[], %b::text[], %b::timestamptz[])
"""
CANCEL = """
    DELETE FROM views.timers t USING unnest(%b::uuid[], %b::text[], %b::text[], %b::text[]) AS u(a, b, c, d)
    WHERE (t.record_id, t.rule, t.subject, t.opened_by) = (u.a, u.b, u.c, u.d)
"""
FRESH = count(2**70)
"""Numbers of clocks that are armed anew."""


def row(number: int, next_at: datetime) -> Deadlines.Row:
    """An open clock. Its record's id lies anywhere among the others."""
    record = UUID(int=(number * 0x9E3779B97F4A7C15F39CC0605CEDC835) % 2**128)
    moments = {"opened_at": BEGIN, "due_at": next_at, "last_day": next_at.date(), "next_at": next_at}
    law = {"law": "BNSS 2023 s.193(3)(ii)", "duty": "investigating_officer", "consequence": "C", "digest": "d" * 64}
    return Deadlines.Row(record, "progress-90", "", str(UUID(int=number)), "CG-RPR-01", **moments, **law)  # type: ignore[arg-type]


def rows(size: int) -> Iterator[Deadlines.Row]:
    """So many open clocks, the next moments of which are spread over ninety days."""
    step = SPREAD / size
    return (row(number, BEGIN + number * step) for number in range(size))


def fill(connection: Connection[Any], view: Deadlines, size: int) -> None:
    """Fill the view's table as a rebuild does, by COPY, and index it; and the narrow table beside it."""
    table = tables_of(view).published[0]
    table.create(connection, indexed=False)
    started = time.perf_counter()
    table.copy(connection.cursor(), rows(size))
    table.index(connection)
    connection.execute(
        "CREATE TABLE views.timers (record_id uuid, rule text, subject text, opened_by text, at timestamptz)"
    )
    connection.execute(
        "INSERT INTO views.timers SELECT record_id, rule, subject, opened_by, next_at FROM views.deadlines"
    )
    connection.execute("ALTER TABLE views.timers ADD PRIMARY KEY (record_id, rule, subject, opened_by)")
    connection.execute("CREATE INDEX timers_at ON views.timers (at, record_id, rule, subject, opened_by)")
    connection.execute("VACUUM ANALYZE views.deadlines")
    connection.execute("VACUUM ANALYZE views.timers")
    print(f"  filled with {size:,} open clocks in {time.perf_counter() - started:,.0f} s", flush=True)


def milliseconds(work: Callable[[], object], times: int) -> float:
    """The median time of a piece of work."""
    seen = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        seen.append((time.perf_counter() - started) * 1_000)
    return statistics.median(seen)


def sweep(connection: Connection[Any], view: Deadlines) -> None:
    """Read the next thousand that are due."""
    if len(due_page(connection, view, BEGIN + SPREAD / 2, None)) != PAGE:
        message = "fewer are due than a page holds: make it larger with --size"
        raise SystemExit(message)


def scan(url: str, view: Deadlines) -> float:
    """The same, by reading every clock; on a connection of its own, which keeps no plan from before."""
    with connected(url) as connection:
        for way in ("indexscan", "indexonlyscan", "bitmapscan"):
            connection.execute(f"SET enable_{way} = off".encode())
        return milliseconds(lambda: sweep(connection, view), 1)


def batches(size: int) -> Iterator[list[Deadlines.Row]]:
    """New clocks, a thousand at a time."""
    for _ in range(max(1, size // BATCH)):
        yield [row(next(FRESH), BEGIN + SPREAD) for _ in range(BATCH)]


def in_the_row(connection: Connection[Any], table: Table, size: int) -> float:
    """Pairs a second: clocks are written armed, and written again met, a batch to a transaction as the runner does."""
    made = list(batches(size))
    started = time.perf_counter()
    for armed in made:
        with connection.transaction():
            table.upsert(connection.cursor(), armed)
        with connection.transaction():
            table.upsert(connection.cursor(), met(armed))
    return len(made) * BATCH / (time.perf_counter() - started)


def beside_the_row(connection: Connection[Any], table: Table, size: int) -> float:
    """The same with a narrow table of timers, whose rows are inserted and deleted in the same transactions."""
    made = list(batches(size))
    connection.execute("DROP INDEX views.due_next")
    started = time.perf_counter()
    for armed in made:
        keys = [[getattr(each, name) for each in armed] for name in ("record_id", "rule", "subject", "opened_by")]
        with connection.transaction():
            table.upsert(connection.cursor(), armed)
            connection.execute(ARM, [*keys, [each.next_at for each in armed]])
        with connection.transaction():
            table.upsert(connection.cursor(), met(armed))
            connection.execute(CANCEL, keys)
    rate = len(made) * BATCH / (time.perf_counter() - started)
    connection.execute(INDEX)
    return rate


def one_by_one(connection: Connection[Any], size: int) -> float:
    """Pairs a second: one timer inserted and deleted, each in a transaction of its own, and no clock written."""
    ids = [row(next(FRESH), BEGIN).record_id for _ in range(max(200, size // 20))]
    started = time.perf_counter()
    for each in ids:
        connection.execute("INSERT INTO views.timers VALUES (%s, 'r', '', 'o', %s)", (each, BEGIN + SPREAD))
        connection.execute("DELETE FROM views.timers WHERE record_id = %s AND rule = 'r' AND subject = ''", (each,))
    return len(ids) / (time.perf_counter() - started)


def met(armed: Sequence[Deadlines.Row]) -> list[Deadlines.Row]:
    """The same clocks when the duty is done: nothing more is to be told of them."""
    return [replace(each, next_at=None, met_at=BEGIN + SPREAD / 2) for each in armed]


def main() -> None:
    """Fill the table, take all in turn and print the ratios."""
    asked = options(__doc__ or "")
    with server() as url, database(url) as ours, connected(ours) as connection:
        view = Deadlines(load_book(), ZoneInfo("Asia/Kolkata"))
        prepare(connection, [view])
        table = tables_of(view).published[0]
        fill(connection, view, asked.size or OPEN)
        connection.execute(
            "ALTER INDEX views.deadlines_next_at_record_id_rule_subject_opened_by_idx RENAME TO due_next"
        )
        pairs = min(20_000, asked.size or 20_000)
        contenders = {
            "ours": lambda: in_the_row(connection, table, pairs),
            "a narrow table beside": lambda: beside_the_row(connection, table, pairs),
            "one to a transaction": lambda: one_by_one(connection, pairs),
            "sweep, ms": lambda: milliseconds(lambda: sweep(connection, view), 15),
            "sweep by reading all, ms": lambda: scan(ours, view),
            "sweep with nothing due, ms": lambda: milliseconds(
                lambda: due_page(connection, view, BEGIN - SPREAD, None), 15
            ),
        }
        medians = in_turn(contenders, asked.rounds)
    sweeps = {name: round(medians.pop(name), 2) for name in list(medians) if name.startswith("sweep")}
    more: dict[str, object] = {"open clocks": asked.size or OPEN, **sweeps}
    more["reading all / sweep"] = round(sweeps["sweep by reading all, ms"] / sweeps["sweep, ms"], 1)
    report("deadlines", "timers armed and cancelled a second", medians, as_json=asked.json, **more)


if __name__ == "__main__":
    main()
