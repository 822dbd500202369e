"""Measure how many entries a second go from Kafka into all views, beside the store's own log in the same run.

Ours: one process that follows the topic as `project --source kafka` does, from empty tables to the end, joining the
group included. The yardstick does the same from the store's log, in batches of as many; two processes share the topic.
Then 500 entries a second are entered for 20 s while a relay and a follower run in processes of their own: from the
commit of each in the store until it is in every view. `--size` is the number of entries.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import statistics
import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg
from brokers import empty_topics, kafka
from filling import enter, fill
from harness import database, in_turn, options, report, server
from latency import RATE, enter_steadily
from rebuild import views

from consumers import steps
from consumers.building import prepare
from consumers.clients import Broker
from consumers.embedded import Follower, connected
from consumers.kafka import BATCH, KafkaFollower
from consumers.topics import Topics
from roznamcha.relay import Relay
from schemas import catalogue

FRESH = multiprocessing.get_context("fork")
SECONDS = 20


def empty(url: str) -> None:
    """Tables in which nothing stands."""
    with connected(url) as connection:
        for table in ("checkpoints", "built", "parked", "parked_entries", "offsets"):
            connection.execute(f"DELETE FROM ops.{table}".encode())
        prepare(connection, views())


def from_log(url: str) -> None:
    """Follow the store's own log to its end."""
    with connected(url) as connection:
        Follower(connection, views(), catalogue()).catch_up(batch=BATCH)


def from_topic(url: str, broker: Broker, topics: Topics) -> None:
    """Follow the topic to its end, alone or with others."""
    with connected(url) as connection:
        follower = KafkaFollower(connection, views(), catalogue(), broker, topics)
        follower.catch_up(patience=600)
        follower.close()


def timed(url: str, entries: int, work: Callable[..., None], *how: Any, processes: int = 1) -> float:  # noqa: ANN401
    """Entries a second, by so many processes at once."""
    empty(url)
    workers = [FRESH.Process(target=work, args=(url, *how)) for _ in range(processes)]
    started = time.perf_counter()
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    rate = entries / (time.perf_counter() - started)
    with psycopg.connect(url) as connection:
        (rows,) = connection.execute("SELECT count(*) FROM views.history").fetchone() or (0,)
    if rows != entries or any(each.exitcode for each in workers):
        message = f"{rows} of {entries} entries were folded: nothing was measured"
        raise RuntimeError(message)
    return rate


def relaying(url: str, broker: Broker, topics: Topics, stop: Any) -> None:  # noqa: ANN401 (an event)
    """Publish as `relay` does."""
    with connected(url) as connection:
        Relay(connection, broker, topics, catalogue()).follow(stop)


def following(url: str, broker: Broker, topics: Topics, stop: Any, sender: Any) -> None:  # noqa: ANN401
    """Follow as `project` does; tell in the end how far each slot was after each commit, and when."""
    seen: list[tuple[dict[int, int], float]] = []
    with connected(url) as connection:
        follower = KafkaFollower(connection, views(), catalogue(), broker, topics)
        note = "kafka: committed"
        steps.WATCHERS.append(
            lambda step: seen.append((dict(follower.runner.positions), time.monotonic())) if step == note else None
        )
        follower.follow(stop)
        follower.close()
    sender.send(seen)


def end_to_end(url: str, broker: Broker, topics: Topics) -> list[float]:
    """Milliseconds from commit to every view through Kafka, of the last entry of each commit."""
    template = enter(url)
    with psycopg.connect(url, autocommit=True) as owner:
        versions = dict(owner.execute("SELECT notification_id, originator_version FROM roznamcha.entries").fetchall())
    with connected(url) as connection:
        prepare(connection, views())
        Relay(connection, broker, topics, catalogue()).publish()
    from_topic(url, broker, topics)
    stop = FRESH.Event()
    results, sender = FRESH.Pipe(duplex=False)
    others = [
        FRESH.Process(target=relaying, args=(url, broker, topics, stop)),
        FRESH.Process(target=following, args=(url, broker, topics, stop, sender)),
    ]
    for each in others:
        each.start()
    time.sleep(5)  # both are at their posts
    entered, mine = FRESH.Pipe(duplex=False)
    threading.Thread(target=enter_steadily, args=(url, template, versions, SECONDS, mine)).start()
    done = entered.recv()
    time.sleep(5)  # the last ones arrive
    stop.set()
    seen = results.recv()
    for each in others:
        each.join()
    with psycopg.connect(url) as connection:
        query = "SELECT notification_id, slot FROM roznamcha.entries WHERE notification_id = ANY(%s)"
        slots = dict(connection.execute(query, (list(done),)).fetchall())
    return [
        (next(at for positions, at in seen if positions[slots[position]] >= position) - committed) * 1_000
        for position, committed in done.items()
    ]


def main() -> None:
    """Take all in turn, print the ratios and the percentiles."""
    asked = options(__doc__ or "")
    with server() as url, kafka() as broker:
        with database(url) as store, empty_topics(broker) as topics:
            entries = fill(store, asked.size or 50_000)
            with connected(store) as connection:
                relay = Relay(connection, broker, topics, catalogue())
                relay.publish()
                relay.close()
            gc.freeze()
            gc.disable()
            contenders = {
                "ours": lambda: timed(store, entries, from_topic, broker, topics),
                "the store's own log": lambda: timed(store, entries, from_log),
                "ours, two processes": lambda: timed(store, entries, from_topic, broker, topics, processes=2),
            }
            medians = in_turn(contenders, asked.rounds)
        with database(url) as store, empty_topics(broker) as topics:
            cuts = statistics.quantiles(end_to_end(store, broker, topics), n=100)
    two = medians.pop("ours, two processes")
    more = {
        "entries": entries,
        "ours, two processes": round(two, 1),
        "ours, two processes / the store's own log": round(two / medians["the store's own log"], 2),
        f"commit to every view at {RATE} entries/s, ms": {"p50": round(cuts[49], 1), "p99": round(cuts[98], 1)},
        "load average": round(os.getloadavg()[0], 1),
    }
    report("consume", "entries a second, all views", medians, as_json=asked.json, **more)


if __name__ == "__main__":
    main()
