"""Measure how long an entry takes from its commit until every view shows it, at a steady 500 entries a second.

Another process enters through the same table and the same NOTIFY as the store's one door; a runner follows as `project`
does. What is measured is from the entry's commit to the commit of the batch that has it in all views. The yardstick is
a round trip of a bare NOTIFY from one connection to another in the same run.
"""

from __future__ import annotations

import gc
import multiprocessing
import statistics
import threading
import time
from typing import Any

import psycopg
from filling import COLUMNS, copies, enter
from harness import database, options, report, server
from rebuild import views

from consumers import steps
from consumers.building import prepare
from consumers.embedded import Follower, connected, head
from schemas import catalogue

RATE = 500
TOGETHER = 5
"""Entries that share a commit, as callers who arrive together do."""


def enter_steadily(url: str, template: list[Any], versions: dict[int, int], seconds: float, sender: Any) -> None:  # noqa: ANN401
    """Enter at the rate; give when each commit was done, by its last position."""
    done, position = {}, max(versions)
    holes = ", ".join(["%s"] * 7)
    with psycopg.connect(url, autocommit=True) as owner, owner.cursor() as cursor:
        started, count = time.monotonic(), 0
        rows = copies(template, versions, position)
        while count < RATE * seconds:
            time.sleep(max(0.0, started + count / RATE - time.monotonic()))
            with owner.transaction():
                batch = [next(rows) for _ in range(TOGETHER)]
                cursor.executemany(f"INSERT INTO roznamcha.entries ({COLUMNS}) VALUES ({holes})".encode(), batch)
                cursor.execute("SELECT pg_notify('entries', '')")
            done[batch[-1][4]] = time.monotonic()
            count += TOGETHER
    sender.send(done)


def follow(url: str, stop: threading.Event, seen: list[tuple[int, float]]) -> None:
    """Follow as `project` does, and note when each batch was committed."""
    with connected(url) as connection:
        follower = Follower(connection, views(), catalogue())
        steps.WATCHERS.append(
            lambda step: seen.append((follower.runner.due, time.monotonic())) if step == "runner: committed" else None
        )
        follower.follow(stop)


def round_trip(url: str) -> float:
    """Milliseconds from a NOTIFY to its arrival at another connection; the 99th of 100."""
    taken = []
    with psycopg.connect(url, autocommit=True) as one, psycopg.connect(url, autocommit=True) as other:
        other.execute("LISTEN bench")
        for _ in range(300):
            started = time.monotonic()
            one.execute("NOTIFY bench")
            next(other.notifies(timeout=5, stop_after=1))
            taken.append((time.monotonic() - started) * 1_000)
    return statistics.quantiles(taken, n=100)[98]


def measured(url: str, seconds: float) -> list[float]:
    """Milliseconds from commit to every view, of each commit."""
    template = enter(url)
    with psycopg.connect(url, autocommit=True) as owner:
        versions = dict(owner.execute("SELECT notification_id, originator_version FROM roznamcha.entries").fetchall())
    with connected(url) as connection:
        prepare(connection, views())
        Follower(connection, views(), catalogue()).catch_up()
    stop, seen = threading.Event(), []  # type: ignore[var-annotated]
    runner = threading.Thread(target=follow, args=(url, stop, seen))
    receiver, sender = multiprocessing.Pipe(duplex=False)
    other = multiprocessing.get_context("fork").Process(
        target=enter_steadily, args=(url, template, versions, seconds, sender)
    )
    other.start()
    runner.start()
    done = receiver.recv()
    other.join()
    with connected(url) as connection:
        last = head(connection)
        while not seen or seen[-1][0] < last:
            time.sleep(0.05)
    stop.set()
    runner.join()
    seen.sort()
    found, at = [], 0
    for position, committed in sorted(done.items()):
        while seen[at][0] < position:
            at += 1
        found.append((seen[at][1] - committed) * 1_000)
    return found


def main() -> None:
    """Measure, and print the percentiles."""
    asked = options(__doc__ or "")
    gc.freeze()
    gc.set_threshold(50_000)
    with server() as url, database(url) as ours:
        found = measured(ours, asked.size or 20)
        trip = round_trip(ours)
    cuts = statistics.quantiles(found, n=100)
    medians = {"ours": cuts[98], "NOTIFY round trip": trip}
    more = {"p50": round(cuts[49], 1), "worst": round(max(found), 1), "commits": len(found), "entries a second": RATE}
    report("latency", "ms from commit to every view, p99", medians, as_json=asked.json, **more)


if __name__ == "__main__":
    main()
