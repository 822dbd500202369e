"""Measure how many entries a second all views are built from, in bulk and live, beside the stock tracking recorder.

Ours: every entry decoded once, folded into all views, rows and checkpoint committed together; a rebuild with keys and
indexes, by one and by two processes, and live in batches of 500. The yardstick only notes the position of one event per
transaction, as eventsourcing's tracking recorder does, and writes no view. `--size` is the number of entries: 100000,
1000000, 10000000. The entries are a sample district copied many times over (filling.py).
"""

from __future__ import annotations

import gc
import resource
import time
from uuid import uuid4
from zoneinfo import ZoneInfo

from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresTrackingRecorder
from filling import fill
from harness import database, in_turn, options, report, server
from psycopg.conninfo import conninfo_to_dict

from consumers.building import prepare
from consumers.embedded import Follower, connected
from consumers.rebuild import fill_first
from domain.law.book import load_book
from projections.articles import Articles
from projections.case_state import CaseState
from projections.deadlines import Deadlines
from projections.hand_offs import HandOffs
from projections.history import History
from projections.ties import Ties
from projections.view import View
from schemas import catalogue

LIVE = 20_000
"""Entries that are followed live in a round."""
BATCH = 500


def views() -> list[View]:
    """Every view that ships."""
    return [CaseState(), History(), Articles(), HandOffs(), Ties(), Deadlines(load_book(), ZoneInfo("Asia/Kolkata"))]


def _empty(url: str) -> None:
    with connected(url) as connection:
        for table in ("checkpoints", "built", "parked", "parked_entries"):
            connection.execute(f"DELETE FROM ops.{table}".encode())
        prepare(connection, views())


def build(url: str, entries: int, workers: int) -> float:
    """Entries a second, from empty tables to the head, keys and indexes included."""
    _empty(url)
    with connected(url) as connection:
        started = time.perf_counter()
        assert fill_first(connection, views(), catalogue(), workers=workers)  # noqa: S101 (else nothing was measured)
        return entries / (time.perf_counter() - started)


def live(url: str, batch: int) -> float:
    """Entries a second in batches, into tables that begin empty."""
    _empty(url)
    with connected(url) as connection:
        follower = Follower(connection, views(), catalogue())
        started = time.perf_counter()
        done = follower.catch_up(until=LIVE, batch=batch)
        return done / (time.perf_counter() - started)


def stock(url: str, size: int) -> float:
    """Events a second that the stock tracking recorder notes, one per transaction."""
    parts = conninfo_to_dict(url)
    datastore = PostgresDatastore(str(parts["dbname"]), str(parts["host"]), 5432, "postgres", "")
    recorder = PostgresTrackingRecorder(datastore, tracking_table_name=f"stock_{uuid4().hex[:8]}")
    recorder.create_table()
    started = time.perf_counter()
    for position in range(1, size + 1):
        recorder.insert_tracking(Tracking("bench", position))
    rate = size / (time.perf_counter() - started)
    datastore.close()
    return rate


def main() -> None:
    """Take all in turn and print the ratios."""
    asked = options(__doc__ or "")
    with server() as url, database(url) as ours:
        entries = fill(ours, asked.size or 100_000)
        gc.freeze()
        gc.disable()
        contenders = {
            "ours": lambda: build(ours, entries, 2),
            "ours, one process": lambda: build(ours, entries, 1),
            "ours, live": lambda: live(ours, BATCH),
            "stock eventsourcing tracking": lambda: stock(ours, 1_500),
        }
        medians = in_turn(contenders, asked.rounds)
    one, slow = medians.pop("ours, one process"), medians.pop("ours, live")
    yardstick = medians["stock eventsourcing tracking"]
    worst = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    more = {
        "entries": entries,
        "views": sum(len(view.published) for view in views()),
        "ours, one process": round(one, 1),
        "ours, live, batches of 500": round(slow, 1),
        "ours, live / stock eventsourcing tracking, live": round(slow / yardstick, 2),
        "peak memory of the worst process, MB": worst // 1024,
    }
    report("rebuild", "entries a second, all views", medians, as_json=asked.json, **more)


if __name__ == "__main__":
    main()
