"""What the write path is measured against: rows that are ready, written by others' programs."""

from __future__ import annotations

import multiprocessing
import os
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from uuid import uuid4

import psycopg
from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg.conninfo import conninfo_to_dict

from roznamcha.postgres_programs import find_binaries

DELAY = """
CREATE OR REPLACE FUNCTION public.dear() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_sleep({seconds}); RETURN NULL; END $$;
CREATE OR REPLACE TRIGGER dear AFTER INSERT ON {table} FOR EACH STATEMENT EXECUTE FUNCTION public.dear();
"""


def dear(url: str, table: str, seconds: float) -> None:
    """Make every insert into a table take so much longer, inside its transaction: a slow disk's commit."""
    if seconds:
        with psycopg.connect(url) as connection:
            connection.execute(DELAY.format(seconds=seconds, table=table).encode())


def recorder_on(url: str, table: str) -> tuple[PostgresDatastore, PostgresApplicationRecorder]:
    """The stock recorder on a table of its own."""
    parts = conninfo_to_dict(url)
    datastore = PostgresDatastore(str(parts["dbname"]), str(parts["host"]), 5432, "postgres", "")
    return datastore, PostgresApplicationRecorder(datastore, events_table_name=table)


def stock(url: str, size: int, seconds: float = 0.0) -> float:
    """Rows a second of the stock recorder, one entry per transaction, one caller."""
    table = f"stock_{uuid4().hex[:8]}"
    datastore, recorder = recorder_on(url, table)
    recorder.create_table()
    dear(url, f"public.{table}", seconds)
    state = os.urandom(400)
    started = time.perf_counter()
    for _ in range(size):
        recorder.insert_events([StoredEvent(uuid4(), 1, "case.HearingHeld", state)])
    rate = size / (time.perf_counter() - started)
    datastore.close()
    return rate


def _worker(url: str, table: str, size: int, ready: object, begin: object) -> None:
    datastore, recorder = recorder_on(url, table)
    state = os.urandom(400)
    recorder.insert_events([StoredEvent(uuid4(), 1, "case.HearingHeld", state)])
    ready.release()  # type: ignore[attr-defined]  # a semaphore
    begin.wait()  # type: ignore[attr-defined]  # an event
    for _ in range(size):
        recorder.insert_events([StoredEvent(uuid4(), 1, "case.HearingHeld", state)])
    datastore.close()


def stock_processes(url: str, size: int, seconds: float = 0.0, processes: int = 4) -> float:
    """Rows a second of the stock recorder in four processes, which is its best: one entry per transaction each."""
    table = f"stock_{uuid4().hex[:8]}"
    datastore, recorder = recorder_on(url, table)
    recorder.create_table()
    datastore.close()
    dear(url, f"public.{table}", seconds)
    fresh = multiprocessing.get_context("spawn")
    ready, begin = fresh.Semaphore(0), fresh.Event()
    workers = [
        fresh.Process(target=_worker, args=(url, table, size // processes, ready, begin)) for _ in range(processes)
    ]
    for each in workers:
        each.start()
    for _ in workers:
        ready.acquire()
    started = time.perf_counter()
    begin.set()
    for each in workers:
        each.join()
    seconds_taken = time.perf_counter() - started
    with psycopg.connect(url) as connection:
        row = connection.execute(f"SELECT count(*) FROM public.{table}".encode()).fetchone()
    written = (row[0] if row else 0) - processes
    if written != size // processes * processes:
        message = f"the stock recorder wrote {written} of {size} rows"
        raise RuntimeError(message)
    return written / seconds_taken


def pgbench(url: str, seconds: int = 3, delay: float = 0.0) -> float:
    """One-row inserts a second of pgbench with 16 clients; nothing when it is not installed."""
    parts = conninfo_to_dict(url)
    program = find_binaries() / "pgbench"
    found = str(program) if program.exists() else shutil.which("pgbench")
    if found is None:
        return float("nan")
    with psycopg.connect(url) as connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS public.bench_rows (id uuid, version bigint, topic text, state bytea, "
            "position bigserial, PRIMARY KEY (id, version))"
        )
    dear(url, "public.bench_rows", delay)
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "insert.sql"
        script.write_text(
            "INSERT INTO bench_rows (id, version, topic, state) "
            "VALUES (gen_random_uuid(), 1, 'case.HearingHeld', decode(repeat('ab', 400), 'hex'));\n"
        )
        connect = ["-h", str(parts["host"]), "-U", "postgres", str(parts["dbname"])]
        command = [found, "-n", "-c", "16", "-j", "2", "-T", str(seconds), "-f", str(script), *connect]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return float(re.search(r"tps = ([\d.]+)", told)[1])  # type: ignore[index]  # it always says
