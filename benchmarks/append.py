"""Measure how many durable entries a second the store takes, act by act and in batches, beside a bare insert.

Ours is everything: deciding, sealing, numbering, encoding, the idempotency key, the commit, the acknowledgement. The
stock recorder and pgbench only insert a ready-made row of about the same size.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from uuid import uuid4

from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from harness import database, in_turn, options, report, server
from psycopg.conninfo import conninfo_to_dict

from roznamcha.postgres_programs import find_binaries
from roznamcha.recorder import Datastore
from roznamcha.sealing import Keyring
from roznamcha.store import Store
from schemas import catalogue
from tests.acts import act

BATCH = 500


def store_on(url: str) -> Store:
    """A store with a key of its own."""
    datastore = Datastore(url)
    return Store(datastore, catalogue(), Keyring(datastore, catalogue(), os.urandom(32)))


def one_by_one(url: str, size: int) -> float:
    """Entries a second, one caller, one act at a time."""
    store = store_on(url)
    record = str(uuid4())
    store.record(act("case.FIRRegistered", record))
    acts = [act("case.HearingHeld", record) for _ in range(size)]
    started = time.perf_counter()
    for each in acts:
        store.record(each)
    rate = size / (time.perf_counter() - started)
    store.datastore.close()
    return rate


def in_batches(url: str, size: int) -> float:
    """Entries a second, acts of many records sharing a commit as an import does."""
    store = store_on(url)
    units = [[act("case.FIRRegistered", str(uuid4()))] for _ in range(size)]
    started = time.perf_counter()
    for start in range(0, size, BATCH):
        store.record_units(units[start : start + BATCH])
    rate = size / (time.perf_counter() - started)
    store.datastore.close()
    return rate


def stock(url: str, size: int) -> float:
    """Rows a second of the stock recorder, one entry per transaction."""
    parts = conninfo_to_dict(url)
    datastore = PostgresDatastore(str(parts["dbname"]), str(parts["host"]), 5432, "postgres", "")
    recorder = PostgresApplicationRecorder(datastore, events_table_name=f"stock_{uuid4().hex[:8]}")
    recorder.create_table()
    state = os.urandom(400)
    started = time.perf_counter()
    for _ in range(size):
        recorder.insert_events([StoredEvent(uuid4(), 1, "case.HearingHeld", state)])
    rate = size / (time.perf_counter() - started)
    datastore.close()
    return rate


def pgbench(url: str, seconds: int = 3) -> float:
    """One-row inserts a second of pgbench with 16 clients."""
    parts = conninfo_to_dict(url)
    program = find_binaries() / "pgbench"
    found = str(program) if program.exists() else shutil.which("pgbench")
    if found is None:
        return float("nan")
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "insert.sql"
        script.write_text(
            "INSERT INTO bench_rows (id, version, topic, state) "
            "VALUES (gen_random_uuid(), 1, 'case.HearingHeld', decode(repeat('ab', 400), 'hex'));\n"
        )
        connect = ["-h", str(parts["host"]), "-U", "postgres", str(parts["dbname"])]
        ddl = (
            "CREATE TABLE IF NOT EXISTS bench_rows (id uuid, version bigint, topic text, state bytea, "
            "position bigserial, PRIMARY KEY (id, version))"
        )
        subprocess.run([str(find_binaries() / "psql"), "-qc", ddl, *connect], check=True)
        command = [found, "-n", "-c", "16", "-j", "2", "-T", str(seconds), "-f", str(script), *connect]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return float(re.search(r"tps = ([\d.]+)", told)[1])  # type: ignore[index]  # it always says


def main() -> None:
    """Take all in turn and print the ratios."""
    asked = options(__doc__ or "")
    size = asked.size or 1_000
    with server() as url, database(url) as ours:
        contenders = {
            "ours": lambda: one_by_one(ours, size),
            "ours, batches of 500": lambda: in_batches(ours, size * 3),
            "stock eventsourcing": lambda: stock(ours, size),
            "pgbench, 16 clients": lambda: pgbench(ours),
        }
        medians = in_turn(contenders, asked.rounds)
    if medians["pgbench, 16 clients"] != medians["pgbench, 16 clients"]:
        print("pgbench is not installed: not measured", file=sys.stderr)
        del medians["pgbench, 16 clients"]
    batches = medians.pop("ours, batches of 500")
    more = {"ours, batches of 500": round(batches, 1)}
    more |= {f"batches / {name}": round(batches / value, 2) for name, value in medians.items() if name != "ours"}
    report("append", "durable entries a second", medians, as_json=asked.json, **more)


if __name__ == "__main__":
    main()
