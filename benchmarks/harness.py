"""What the benchmarks share: rounds in turn, medians, ratios beside a yardstick of the same run, one JSON shape."""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import psycopg

from roznamcha.migrate import migrate
from roznamcha.postgres import open_embedded
from roznamcha.recorder import Datastore
from roznamcha.sealing import Keyring
from roznamcha.store import Store
from schemas import catalogue

NUMBERS = count(1)


def options(question: str, **more: str) -> argparse.Namespace:
    """The options every benchmark has, and numbers of its own: what each is for."""
    parser = argparse.ArgumentParser(description=question)
    parser.add_argument("--json", action="store_true", help="print one JSON document on stdout")
    parser.add_argument("--rounds", type=int, default=3, help="rounds taken in turn; the median counts")
    parser.add_argument("--size", type=int, default=0, help="how much work a round is; 0 for the benchmark's own")
    for name, told in more.items():
        parser.add_argument(f"--{name}", type=int, default=0, help=told)
    return parser.parse_args()


@contextmanager
def server() -> Iterator[str]:
    """A private PostgreSQL in a temporary folder; yields its URL."""
    with tempfile.TemporaryDirectory() as folder, open_embedded(Path(folder)) as embedded:
        yield embedded.url


def store_on(url: str, key: bytes = b"") -> Store:
    """A store with a key of its own, or this one."""
    datastore = Datastore(url)
    return Store(datastore, catalogue(), Keyring(datastore, catalogue(), key or os.urandom(32)))


@contextmanager
def database(url: str, *, migrated: bool = True) -> Iterator[str]:
    """A new database on `url`'s server."""
    name = f"bench_{next(NUMBERS)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    made = psycopg.conninfo.make_conninfo(url, dbname=name)
    if migrated:
        migrate(made)
    yield made
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def in_turn(contenders: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """The median of each contender, all taken in turn, so that a machine that slows down slows all."""
    seen: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(rounds):
        for name, contender in contenders.items():
            seen[name].append(contender())
            print(f"  round {number + 1} {name}: {seen[name][-1]:,.0f}", file=sys.stderr)
    return {name: statistics.median(each) for name, each in seen.items()}


def report(
    name: str, unit: str, medians: dict[str, float], *, as_json: bool, ours: str = "ours", **more: object
) -> None:
    """Print the figures: ours, each yardstick, and the ratio."""
    yardsticks = {key: value for key, value in medians.items() if key != ours}
    shown = {
        "name": name,
        "unit": unit,
        "ours": round(medians[ours], 1),
        "yardsticks": {key: round(value, 1) for key, value in yardsticks.items()},
        "ratios": {key: round(medians[ours] / value, 2) for key, value in yardsticks.items()},
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        "date": datetime.now(UTC).date().isoformat(),
        **more,
    }
    if as_json:
        print(json.dumps(shown, ensure_ascii=False, indent=2))
        return
    print(f"{name} ({unit}), {shown['machine']}, {shown['date']}")
    print(f"  ours: {shown['ours']:,}")
    for key, value in shown["yardsticks"].items():
        ratio = f"   ours is {shown['ratios'][key]} times that" if key in shown["ratios"] else ""
        print(f"  {key}: {value:,}{ratio}")
    for key, value in more.items():
        print(f"  {key}: {value}")
