"""Measure how many durable entries a second the store takes from 1, 16 and 64 callers, beside others' bare inserts.

Ours is everything: deciding, sealing, encoding, the idempotency key, the commit, the acknowledgement, for an exhibit's
way to the laboratory and back (ten to fifteen columns an act); in one process, and spread over two, each with records
of its own, as stations have them. The stock recorder in four processes, which is its best,
and pgbench with 16 clients only insert a ready-made row of about the same size, one per transaction.
"""

from __future__ import annotations

import gc
import statistics
import sys
from collections.abc import Callable
from typing import Any

from callers import Load, coroutines, fronts, made_ready, threads
from harness import database, in_turn, options, report, server
from yardsticks import dear, pgbench, stock, stock_processes

Run = Callable[[], float]
ONE, MANY, MORE = "ours, 1 caller", "ours, 16 callers", "ours, 64 callers"
SPREAD = {16: "ours, 16 callers in two processes", 64: "ours, 64 callers in two processes"}
STOCK_ONE, STOCK, PGBENCH = "stock eventsourcing, 1 process", "stock eventsourcing, 4 processes", "pgbench, 16 clients"


def ours(load: Load, told: dict[str, list[str]], name: str, size: int, callers: int, how: Any) -> Run:  # noqa: ANN401, PLR0913
    """A contender: so many callers at once. Its latencies are kept in `told`."""

    def run() -> float:
        personal = "personal" in name
        lists = load.statements(size, callers) if personal else load.acts(size, callers)
        gc.collect()
        gc.freeze()  # the acts that wait to be sent are the callers' own, and no work of the store's
        rate = load.run(lists, how)
        told.setdefault(name, []).append(load.latency)
        return rate

    return run


def spread(url: str, told: dict[str, list[str]], size: int, callers: int) -> Run:
    """A contender: so many callers at once in two processes. Its latencies are kept in `told`."""

    def run() -> float:
        rate, latency = fronts(url, size, callers)
        told.setdefault(SPREAD[callers], []).append(latency)
        return rate

    return run


def measured(url: str, size: int, rounds: int, delay: float) -> tuple[dict[str, float], dict[str, list[str]]]:
    """All contenders in turn, when a commit costs `delay` seconds more than this disk's."""
    told: dict[str, list[str]] = {}
    few = size // 8 if delay else size // 4
    with database(url) as at:
        load = made_ready(at)
        dear(at, "roznamcha.entries", delay)
        more = {} if delay else {
            "ours, 16 threads": ours(load, told, "ours, 16 threads", size, 16, threads),
            "ours, 64 threads": ours(load, told, "ours, 64 threads", size, 64, threads),
            "ours, 64 callers, a personal column": ours(load, told, "64 personal", size, 64, coroutines),
        }  # fmt: skip
        contenders = {
            ONE: ours(load, told, ONE, few, 1, threads),
            STOCK_ONE: lambda: stock(at, few, delay),
            MANY: ours(load, told, MANY, size // 2 if delay else size, 16, coroutines),
            MORE: ours(load, told, MORE, size * 2, 64, coroutines),
            SPREAD[16]: spread(at, told, size // 2 if delay else size, 16),
            SPREAD[64]: spread(at, told, size * 2, 64),
            STOCK: lambda: stock_processes(at, few, delay),
            PGBENCH: lambda: pgbench(at, delay=delay),
            **more,
        }
        medians = in_turn(contenders, rounds)
        load.store.close()
        load.store.datastore.close()
    if medians[PGBENCH] != medians[PGBENCH]:
        print("pgbench is not installed: not measured", file=sys.stderr)
        del medians[PGBENCH]
    return medians, told


def ratios(medians: dict[str, float]) -> dict[str, float]:
    """Ours over each yardstick, by the number of callers that ours has."""
    found = {
        "stock eventsourcing, 1 caller": medians[ONE] / medians[STOCK_ONE],
        "stock eventsourcing, 16 callers": medians[MANY] / medians[STOCK],
        "stock eventsourcing, 64 callers": medians[MORE] / medians[STOCK],
        "stock eventsourcing, 16 callers in two processes": medians[SPREAD[16]] / medians[STOCK],
        "stock eventsourcing, 64 callers in two processes": medians[SPREAD[64]] / medians[STOCK],
    }
    if PGBENCH in medians:
        found["pgbench, 64 callers"] = medians[MORE] / medians[PGBENCH]
        found["pgbench, 64 callers in two processes"] = medians[SPREAD[64]] / medians[PGBENCH]
    return {name: round(ratio, 2) for name, ratio in found.items()}


def main() -> None:
    """Take all in turn, at this disk's commit and at one that costs 2 ms more, and print the ratios."""
    asked = options(__doc__ or "")
    gc.set_threshold(50_000, 20, 50)  # as a process does that only writes
    size = asked.size or 4_000
    with server() as url:
        medians, told = measured(url, size, asked.rounds, 0.0)
        slow, slow_told = measured(url, size, asked.rounds, 0.002)
    best = {"ours": medians[MORE], **{name: value for name, value in medians.items() if name != MORE}}
    report(
        "append", "durable entries a second; ours: 64 callers", best, as_json=asked.json,
        ratios=ratios(medians),
        latency={name: statistics.median_low(sorted(each)) for name, each in told.items()},
        a_commit_costs_2_ms_more={
            "ratios": ratios(slow),
            "entries a second": {name: round(value, 1) for name, value in slow.items()},
            "latency": {name: statistics.median_low(sorted(each)) for name, each in slow_told.items()},
        },
    )  # fmt: skip


if __name__ == "__main__":
    main()
