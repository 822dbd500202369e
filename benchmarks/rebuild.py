"""Measure how many entries a second all views are built from, beside the stock tracking recorder's one at a time.

Ours: every entry decoded once, folded into all five views, rows and checkpoint committed together. The yardstick only
notes the position of one event per transaction, as eventsourcing's tracking recorder does.
"""

from __future__ import annotations

import time
from uuid import uuid4
from zoneinfo import ZoneInfo

from append import store_on
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresTrackingRecorder
from harness import database, in_turn, options, report, server
from psycopg.conninfo import conninfo_to_dict

from consumers.embedded import Follower, connected, prepare
from domain.law.book import load_book
from projections.articles import Articles
from projections.case_state import CaseState
from projections.deadlines import Deadlines
from projections.history import History
from projections.view import View
from roznamcha.intake import read_act
from roznamcha.sample_case import planned
from schemas import catalogue


def views() -> list[View]:
    """Every view that ships."""
    return [CaseState(), History(), Articles(), Deadlines(load_book(), ZoneInfo("Asia/Kolkata"))]


def fill(url: str, cases: int) -> int:
    """Enter a sample district; give the number of entries."""
    store = store_on(url)
    acts = planned(cases)
    units = [[read_act(each.act, now=each.recorded_at, source="bench")] for each in acts]
    done = 0
    for start in range(0, len(units), 500):
        done += sum(each[0].status == "recorded" for each in store.record_units(units[start : start + 500]))
    store.datastore.close()
    return done


def follow(url: str, batch: int) -> float:
    """Entries a second, from empty tables to the head, in batches of `batch`."""
    with connected(url) as connection:
        for table in ("checkpoints", "built", "parked", "parked_entries"):
            connection.execute(f"DELETE FROM ops.{table}".encode())
        prepare(connection, views())
        follower = Follower(connection, views(), catalogue())
        started = time.perf_counter()
        done = follower.catch_up(batch=batch)
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
    cases = asked.size or 600
    with server() as url, database(url) as ours:
        entries = fill(ours, cases)
        contenders = {
            "ours": lambda: follow(ours, 2_000),
            "ours, batches of 50": lambda: follow(ours, 50),
            "stock eventsourcing tracking": lambda: stock(ours, 1_500),
        }
        medians = in_turn(contenders, asked.rounds)
    small = medians.pop("ours, batches of 50")
    more = {"entries": entries, "views": len(views()), "ours, batches of 50": round(small, 1)}
    report("rebuild", "entries a second, five views", medians, as_json=asked.json, **more)


if __name__ == "__main__":
    main()
