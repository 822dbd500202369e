"""Measure how fast a list of 25,000 items on the shelf is compared with the register, one in a hundred of them wrong.

Ours is the command as a keeper runs it, its start included: the list read and checked, the register read, every item
compared, each difference entered and committed. The yardstick copies the ready-made list into a table of the same
PostgreSQL and lets it join list and register; it checks no line and enters nothing.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from harness import database, in_turn, options, report, server, store_on

from roznamcha.intake import Act, read_act

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = "from roznamcha.cli import main; main()"
STATION, AT = "CG-RPR-01", "2026-07-02T09:00:00+05:30"
IN_ONE = 100
"""Articles of a case."""
WRONG = 100
"""One item in so many is in another place than the register has it."""


def act(name: str, record: str, **fields: object) -> Act:
    """An act of the station."""
    actor = {"id": "CG-1001", "rank": "SI", "role": "station officer"}
    sent = {"name": name, "record": record, "occurred_at": AT, "actor": actor, "station": STATION, "fields": fields}
    return read_act(sent, now=datetime.now(UTC))


def filled(url: str, folder: Path, items: int) -> list[tuple[str, str, str]]:
    """A register with so many articles in the malkhana; gives number, article and place of each."""
    key = os.urandom(32)
    (folder / "keys").mkdir(mode=0o700)
    (folder / "keys" / "master.key").touch(mode=0o600)
    (folder / "keys" / "master.key").write_text(key.hex())
    store, acts, shelf = store_on(url, key), list[Act](), []
    for case in range(1, items // IN_ONE + 1):
        key, number = f"stock:{case}", f"{STATION}/{case:04d}/2026"
        informed = {"information_received_at": AT, "contents": "as told", "mode": "oral", "informant_name": "X"}
        acts.append(act("case.FIRRegistered", key, sections=["BNS 303(2)"], **informed))
        row = {"category": "other", "description": "a packet", "quantity": "500", "unit": "g"}
        listed = [{"id": f"PR/{n}", **row} for n in range(1, IN_ONE + 1)]
        acts.append(act("case.PropertySeized", key, items=listed, memo="SM/1", kind="recovered", place="Namuna"))
        for n in range(1, IN_ONE + 1):
            lies = {"malkhana_serial": case * IN_ONE + n, "malkhana_year": 2026, "place": f"rack {n}"}
            who = {"depositor": "CG-1001", "keeper": "CG-2001"}
            acts.append(act("case.PropertyDeposited", key, property_id=f"PR/{n}", **lies, **who))
            shelf.append((number, f"PR/{n}", f"rack {n}"))
    for first in range(0, len(acts), 2_000):
        outcomes = store.record_units([[each] for each in acts[first : first + 2_000]])
        assert all(each[0].status == "recorded" for each in outcomes), outcomes[0]  # noqa: S101 (of our own making)
    opened = {"scope": "full", "occasion": "periodic", "keeper": "CG-2001"}
    for n in range(20):  # a round compares in an audit of its own
        store.record(act("malkhana_audit.AuditOpened", f"audit:{n}", **opened))
    store.datastore.close()
    return shelf


def main() -> None:
    """Compare by the command and by the database in turn."""
    asked = options(__doc__ or "")
    items = max(asked.size or 25_000, IN_ONE)
    with tempfile.TemporaryDirectory() as folder, server() as url, database(url) as ours:
        shelf = filled(ours, Path(folder), items)
        lines = [
            (matter, article, "rack 0" if n % WRONG == 0 else place, "0.5", "kg")
            for n, (matter, article, place) in enumerate(shelf)
        ]
        with (Path(folder) / "list.csv").open("w", newline="") as file:
            csv.writer(file).writerows([("matter", "property_id", "place", "quantity", "unit"), *lines])
        environment = {**os.environ, "ROZNAMCHA_DATA": folder, "ROZNAMCHA_DATABASE_URL": ours, "PYTHONPATH": str(ROOT)}
        told: dict[str, Any] = {}
        rounds = iter(range(20))

        def compared(*more: str) -> float:
            command = ["malkhana", "audit", "import", "list.csv", "--audit", f"audit:{next(rounds)}", "--json", *more]
            begun = time.perf_counter()
            done = subprocess.run(
                [sys.executable, "-c", PROGRAM, *command], env=environment, cwd=folder, capture_output=True, text=True,
                check=False,
            )  # fmt: skip
            told.update(json.loads(done.stdout))
            assert "error" not in told, told  # noqa: S101 (nothing was compared)
            return len(lines) / (time.perf_counter() - begun)

        def joined() -> float:
            begun = time.perf_counter()
            with psycopg.connect(ours) as connection, connection.cursor() as cursor:
                cursor.execute("CREATE TEMP TABLE list (matter text, property_id text, place text, q text, u text)")
                with cursor.copy("COPY list FROM STDIN") as copy:
                    for line in lines:
                        copy.write_row(line)
                cursor.execute(
                    "SELECT count(*) FROM list l FULL JOIN (SELECT c.number, m.* FROM views.malkhana m "
                    "JOIN views.case_state c USING (record_id)) m ON l.matter = m.number AND "
                    "l.property_id = m.property_id WHERE l.place IS DISTINCT FROM m.place"
                )
                row = cursor.fetchone()
            assert row, "no answer"  # noqa: S101
            assert row[0] == told["differences"]["PlaceMismatched"], row  # noqa: S101
            return len(lines) / (time.perf_counter() - begun)

        compared("--dry-run")  # the views are built
        medians = in_turn({"ours": compared, "PostgreSQL's own join": joined}, asked.rounds)
    report(
        "stock", "items a second", medians, as_json=asked.json, items=len(lines),
        seconds=round(len(lines) / medians["ours"], 2), differences=told["differences"], entered=told["entered"],
    )  # fmt: skip


if __name__ == "__main__":
    main()
