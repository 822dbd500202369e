"""What the tests of the desk share: stores, records, callers in threads and in a loop."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import psycopg

from roznamcha.intake import Act
from roznamcha.recorder import Datastore
from roznamcha.sealing import Keyring
from roznamcha.store import Store
from schemas import catalogue
from tests.acts import NOW, act

FIR, HEARING = "case.FIRRegistered", "case.HearingHeld"


def store_on(url: str, now: datetime = NOW) -> Store:
    """A store whose clock stands still."""
    datastore = Datastore(url)
    return Store(datastore, catalogue(), Keyring(datastore, catalogue(), b"k" * 32), lambda: now)


def shut(store: Store) -> None:
    """Close the desk and the connections behind it."""
    store.close()
    store.datastore.close()


def hearing(record: str, **fields: Any) -> Act:
    """An act of its own command id."""
    return act(HEARING, record, command_id=str(uuid4()), **fields)


def records(store: Store, count: int) -> list[str]:
    """Ids of new records with their FIR."""
    outcomes = store.record_units([[act(FIR, f"desk:{uuid4()}")] for _ in range(count)])
    return [str(each[0].record_id) for each in outcomes]


def at_once(works: list[Callable[[], object]]) -> list[object]:
    """Do all of it in threads of their own; what each gave, or the error it raised."""
    told: list[object] = [None] * len(works)
    line_up = threading.Barrier(len(works))

    def run(number: int) -> None:
        line_up.wait()
        try:
            told[number] = works[number]()
        except Exception as error:  # noqa: BLE001 (it is what the test looks at)
            told[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(works))]
    for each in threads:
        each.start()
    for each in threads:
        each.join(120)
    assert not any(each.is_alive() for each in threads), "somebody was never answered"
    return told


def versions(url: str) -> dict[str, list[int]]:
    """The versions of each record, in the order of the log."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT originator_id, originator_version FROM roznamcha.entries ORDER BY notification_id"
        ).fetchall()
    found: dict[str, list[int]] = {}
    for record, version in rows:
        found.setdefault(str(record), []).append(version)
    return found


def counted(url: str, table: str) -> int:
    """How many rows a table of the store has."""
    with psycopg.connect(url) as connection:
        row = connection.execute(f"SELECT count(*) FROM roznamcha.{table}".encode()).fetchone()
    return row[0] if row else 0
