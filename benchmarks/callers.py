"""Callers who all want something entered at once: each waits for his outcome, then sends his next act."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import psycopg

from roznamcha.intake import Act
from roznamcha.recorder import Datastore
from roznamcha.sealing import Keyring
from roznamcha.store import Store
from schemas import catalogue
from tests.acts import ACTOR, act

RECORDS = 1_000
FRONTS = 2
"""Processes that write at once where callers are spread over several, each with records of its own."""
PATIENCE = 600.0
LABORATORY = "FSL Raipur"
WAY: tuple[tuple[str, dict[str, Any]], ...] = (
    ("case.PropertySentToLaboratory", {"laboratory": LABORATORY, "road_certificate": "RC/17", "carrier": "CG-2001",
     "carrier_rank": "HC", "carrier_belt_no": "77", "forwarding_note": "FN/3", "route": "by road", "seal": "S",
     "condition": "sealed", "parcels": 1, "seal_count": 3, "specimen_seal_sent": True}),
    ("case.PropertyReceivedByLaboratory", {"laboratory": LABORATORY, "receipt": "FSL/9", "received_by": "SO-4",
     "received_by_rank": "scientific officer", "seal": "S", "condition": "sealed", "seal_count": 3}),
    ("case.PropertyReturnedFromLaboratory", {"laboratory": LABORATORY, "letter": "FSL/L/9", "carrier": "CG-2001",
     "carrier_rank": "HC", "carrier_belt_no": "77", "seal": "F", "condition": "sealed", "seal_count": 3}),
    ("case.PropertyDeposited", {"malkhana_serial": 12, "malkhana_year": 2026, "place": "room 1, rack 4",
     "depositor": "CG-2001", "depositor_rank": "HC", "keeper": "CG-1001", "keeper_rank": "HC", "gd_entry": "GD/5",
     "specimen_seal_deposited": True, "seal": "F", "condition": "sealed"}),
)  # fmt: skip
"""An exhibit's way to the laboratory and back, over and over: ten to fifteen columns an act."""
ITEM = {"id": "PR/1", "category": "other", "description": "a bottle", "quantity": "1", "unit": "piece", "seal": "S"}


@dataclass
class Load:
    """A store on a database of its own, with records that have an exhibit in the malkhana."""

    url: str
    store: Store
    records: list[str]
    steps: list[int]
    seen: list[float] = field(default_factory=list)
    """How long each act of the last run took, in seconds."""

    def acts(self, count: int, callers: int) -> list[list[Act]]:
        """New acts, so many for each caller. No two callers share a record."""
        return [
            [self._next(caller + turn % (RECORDS // callers) * callers) for turn in range(count // callers)]
            for caller in range(callers)
        ]

    def statements(self, count: int, callers: int) -> list[list[Act]]:
        """As many acts with one personal column, each of a person who is there already."""
        return [
            [
                act("case.StatementRecorded", self.records[caller + turn % (RECORDS // callers) * callers],
                    command_id=str(uuid4()), person="W1", contents="He saw a man run away.")
                for turn in range(count // callers)
            ]
            for caller in range(callers)
        ]  # fmt: skip

    def _next(self, record: int) -> Act:
        name, fields = WAY[self.steps[record] % len(WAY)]
        self.steps[record] += 1
        return act(name, self.records[record], command_id=str(uuid4()), property_id="PR/1", **fields)

    def run(
        self, lists: Sequence[Sequence[Act]], how: Callable[[Store, Sequence[Sequence[Act]], list[float]], None]
    ) -> float:
        """Acts a second when these lists are entered at once. Raises when not every one became an entry."""
        before, self.seen = self.count(), []
        started = time.perf_counter()
        how(self.store, lists, self.seen)
        seconds = time.perf_counter() - started
        sent = sum(map(len, lists))
        if self.count() - before != sent or len(self.seen) != sent:
            message = f"{sent} acts were sent, {self.count() - before} entries are there"
            raise RuntimeError(message)
        return sent / seconds

    def count(self) -> int:
        """How many entries there are."""
        with psycopg.connect(self.url) as connection:
            row = connection.execute("SELECT count(*) FROM roznamcha.entries").fetchone()
        return row[0] if row else 0

    @property
    def latency(self) -> str:
        """The median and the 99th percentile of the last run."""
        cuts = statistics.quantiles(self.seen, n=100)
        return f"p50 {cuts[49] * 1e3:.1f} ms, p99 {cuts[98] * 1e3:.1f} ms"


def made_ready(url: str, key: bytes = b"") -> Load:
    """Records with a seized exhibit that lies in the malkhana, its statements' witness known."""
    datastore = Datastore(url)
    store = Store(datastore, catalogue(), Keyring(datastore, catalogue(), key or os.urandom(32)))
    opened = store.record_units([[act("case.FIRRegistered", f"bench:{uuid4()}")] for _ in range(RECORDS)])
    records = [str(outcomes[0].record_id) for outcomes in opened]
    for name, fields in (
        ("case.PropertySeized", {"items": [ITEM], "memo": "M/1"}),
        (WAY[-1][0], {"property_id": "PR/1", **WAY[-1][1], "seal": "S", "depositor": ACTOR["id"], "keeper": "CG-3"}),
        ("case.StatementRecorded", {"person": "W1", "contents": "He was at home."}),
    ):
        told = store.record_units([[act(name, record, **fields)] for record in records])
        if any(outcomes[0].status != "recorded" for outcomes in told):
            raise RuntimeError(told[0][0].reasons)
    return Load(url, store, records, [0] * RECORDS)


def coroutines(store: Store, lists: Sequence[Sequence[Act]], seen: list[float]) -> None:
    """Each caller is a coroutine, as behind an HTTP front."""

    async def caller(acts: Sequence[Act]) -> None:
        for each in acts:
            started = time.perf_counter()
            await store.record_async(each)
            seen.append(time.perf_counter() - started)

    async def all_of_them() -> None:
        await asyncio.gather(*map(caller, lists))

    asyncio.run(all_of_them())


def threads(store: Store, lists: Sequence[Sequence[Act]], seen: list[float]) -> None:
    """Each caller is a thread."""

    def caller(acts: Sequence[Act]) -> None:
        for each in acts:
            started = time.perf_counter()
            store.record(each)
            seen.append(time.perf_counter() - started)

    running = [threading.Thread(target=caller, args=(acts,)) for acts in lists]
    for each in running:
        each.start()
    for each in running:
        each.join()


def _front(url: str, key: bytes, size: int, callers: int, ready: Any, begin: Any, told: Any) -> None:  # noqa: ANN401, PLR0913 (what processes share)
    gc.set_threshold(50_000, 20, 50)
    load = made_ready(url, key)
    lists = load.acts(size, callers)
    gc.collect()
    gc.freeze()
    ready.release()
    begin.wait()
    seen: list[float] = []
    coroutines(load.store, lists, seen)
    told.put(seen)
    load.store.close()
    load.store.datastore.close()


def fronts(url: str, size: int, callers: int) -> tuple[float, str]:
    """Acts a second of so many callers spread over FRONTS processes, none sharing a record; and their latency.

    Raises when not every act became an entry.
    """
    fresh = multiprocessing.get_context("spawn")
    ready, begin, told, key = fresh.Semaphore(0), fresh.Event(), fresh.Queue(), os.urandom(32)
    each, load = (url, key, size // FRONTS, callers // FRONTS, ready, begin, told), Load(url, None, [], [])  # type: ignore[arg-type]  # it only counts
    workers = [fresh.Process(target=_front, args=each, daemon=True) for _ in range(FRONTS)]
    for worker in workers:
        worker.start()
    for _ in workers:
        if not ready.acquire(timeout=PATIENCE):
            message = "a process that was to write did not begin"
            raise RuntimeError(message)
    before, started = load.count(), time.perf_counter()
    begin.set()
    seen = [taken for _ in workers for taken in told.get(timeout=PATIENCE)]
    rate = len(seen) / (time.perf_counter() - started)
    for worker in workers:
        worker.join()
    if load.count() - before != len(seen):
        message = f"{len(seen)} acts were sent, {load.count() - before} entries are there"
        raise RuntimeError(message)
    load.seen = seen
    return rate, load.latency
