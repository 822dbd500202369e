"""What the processes do that the tests of faults kill: each job is small, and is finished by being done again."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from consumers import embedded, parking
from consumers.building import prepare
from consumers.embedded import Follower, connected
from consumers.rebuild import rebuild
from projections.view import View
from roznamcha import snapshots
from roznamcha.intake import Act, read_act
from roznamcha.ledger.ending import break_off, rotate
from roznamcha.ledger.sequencer import Sequencer
from roznamcha.recorder import Datastore
from roznamcha.sealing import Keyring
from roznamcha.store import Store
from roznamcha.units import Outcome
from schemas import catalogue
from tests.acts import NOW, sent
from tests.consumers.feed import all_views
from tests.consumers.holding import hold_rows
from tests.consumers.marks import Diary, Lines, told
from tests.fault.attaching import attach
from tests.fault.posting import follow_topic, relay, subscribe, subscribe_stumbling, tell_rows
from tests.fault.ticking import tick
from tests.ledger.keeping import Keeper

MASTER = b"k" * 32
AWKWARD = 7
"""Every so manieth position holds what the view of the careful job can't have written."""
views = cache(all_views)


class Journal:
    """What a writer knows to be acknowledged, on the disk before it goes on."""

    def __init__(self, path: str) -> None:
        """Append to `path`."""
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def note(self, kind: str, lines: Sequence[Any]) -> None:
        """Write one line, whole, and wait for the disk."""
        os.write(self._file, (json.dumps([kind, lines]) + "\n").encode())
        os.fsync(self._file)


def store_on(url: str, now: datetime = NOW) -> Store:
    """A store with the key of these tests, whose clock stands still."""
    datastore = Datastore(url)
    return Store(datastore, catalogue(), Keyring(datastore, catalogue(), MASTER), lambda: now)


def batches(seed: int, size: int) -> Iterator[list[list[Act]]]:
    """What a writer of this seed sends, always the same, command ids too: registrations, acts on them, two refused."""
    for batch in range(size):
        case, station = f"fault:{seed}:{batch}", f"CG-FLT-{seed % 3:02}"
        wanted: list[tuple[str, str, dict[str, Any]]] = [
            ("case.FIRRegistered", case, {"informant_name": "Namuna"}),
            ("case.HearingHeld", case, {}),
            ("case.PropertyMoved", case, {"property_id": "PR/9"}),
            ("case.HearingHeld", f"nobody:{seed}:{batch}", {}),
            ("case.FIRRegistered", f"{case}:b", {}),
            ("case.HearingHeld", f"fault:{seed}:0", {}),
        ]
        yield [
            [
                read_act(
                    sent(name, record, **fields)
                    | {"station": station, "command_id": str(uuid5(NAMESPACE_OID, f"{seed}/{batch}/{n}"))},
                    now=NOW,
                )
            ]
            for n, (name, record, fields) in enumerate(wanted)
        ]


def line_of(each: Act, outcome: Outcome) -> list[Any]:
    """An acknowledgement as it is journalled."""
    meta = each.event.meta
    return [
        str(meta.command_id), outcome.status, outcome.position, str(outcome.entry_id), str(outcome.record_id),
        outcome.version,
    ]  # fmt: skip


def write(order: Mapping[str, Any]) -> None:
    """Enter batches, one after the other, and journal what was acknowledged."""
    store, journal = store_on(order["url"]), Journal(order["journal"])
    for units in batches(order["seed"], order.get("size", 3)):
        journal.note("sent", [str(unit[0].event.meta.command_id) for unit in units])
        outcomes = store.record_units(units)
        journal.note("told", [line_of(unit[0], each[0]) for unit, each in zip(units, outcomes, strict=True)])


def write_much(order: Mapping[str, Any]) -> None:
    """The same, with a copy of each record that has grown by two entries, as of a long one by hundreds."""
    snapshots.EVERY = 2
    store, journal = store_on(order["url"]), Journal(order["journal"])
    for units in batches(order["seed"], order.get("size", 3)):
        journal.note("sent", [str(unit[0].event.meta.command_id) for unit in units])
        outcomes = store.record_units(units)
        journal.note("told", [line_of(unit[0], each[0]) for unit, each in zip(units, outcomes, strict=True)])
        store.shelf.snapshots.close()


def write_together(order: Mapping[str, Any]) -> None:
    """Enter acts one by one from several threads over one store, as callers do that arrive together."""
    store, journal = store_on(order["url"]), Journal(order["journal"])

    def caller(mine: int) -> None:
        for units in list(batches(order["seed"] * 10 + mine, order.get("size", 3))):
            for unit in units:
                journal.note("sent", [str(unit[0].event.meta.command_id)])
                (outcome,) = store.record_units([unit])[0]
                journal.note("told", [line_of(unit[0], outcome)])

    threads = [threading.Thread(target=caller, args=(n,)) for n in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()


def follow(order: Mapping[str, Any]) -> None:
    """Fold what is there into every view that ships, in small batches."""
    with connected(order["url"]) as connection:
        prepare(connection, views())
        Follower(connection, views(), catalogue()).catch_up(batch=order.get("batch", 5))


def keep_following(order: Mapping[str, Any]) -> None:
    """Follow the store as `project` does, until the file `until` is there."""
    stop = threading.Event()

    def watch() -> None:
        while not Path(order["until"]).exists():
            time.sleep(0.05)
        stop.set()

    threading.Thread(target=watch, daemon=True).start()
    embedded.keep_following(order["url"], views(), catalogue(), stop, net=0.2)


def build(order: Mapping[str, Any]) -> None:
    """Build views anew."""
    follow(order)
    with connected(order["url"]) as connection:
        for view in views()[:: order.get("step", 1)]:
            rebuild(connection, view, catalogue())


def awkward(connection: Any) -> View:
    """A view that can't have every so manieth entry written."""
    row = connection.execute("SELECT coalesce(max(notification_id), 0) FROM roznamcha.entries").fetchone()
    return told(Diary(), unwritable=set(range(AWKWARD, row[0] + 1, AWKWARD)))  # type: ignore[no-any-return]


def follow_carefully(order: Mapping[str, Any]) -> None:
    """Fold into views of which one can't have some rows written, so that these records are parked."""
    with connected(order["url"]) as connection:
        chosen = [awkward(connection), Lines()]
        prepare(connection, chosen)
        Follower(connection, chosen, catalogue()).catch_up(batch=5)


def replay(order: Mapping[str, Any]) -> None:
    """Park what can't be written, mend the view, and let every record go on."""
    follow_carefully(order)
    with connected(order["url"]) as connection:
        for lot in parking.parked(connection):
            parking.replay(connection, Diary(), catalogue(), lot.record_id)


def keep_ledger(order: Mapping[str, Any]) -> None:
    """Give every entry its leaf and sign, a few at a time."""
    keeper = Keeper(order["url"], Path(order["journal"]).parent / "ledger")
    with keeper.sequencing() as sequencer:
        while sequencer.add(limit=5):
            sequencer.sign()
        sequencer.sign()


def break_ledger(order: Mapping[str, Any]) -> None:
    """Take the ledger back behind what was signed, enter the break, and go on."""
    keeper = Keeper(order["url"], Path(order["journal"]).parent / "ledger")
    with keeper.sequencing() as sequencer:
        new = sequencer.add(limit=5)
        sequencer.sign()
    if new:
        restore = keeper.copied()
        keep_ledger(order)
        restore()
        with connected(keeper.url) as connection:
            sequencer = Sequencer(connection, catalogue(), keeper.keys, keeper.memory, lambda: NOW)
            break_off(sequencer, "CG-9001", "restored")
    keep_ledger(order)


def rotate_key(order: Mapping[str, Any]) -> None:
    """Add some, and replace the key, twice; then keep what is left."""
    keeper = Keeper(order["url"], Path(order["journal"]).parent / "ledger")
    for _ in range(2):
        with keeper.sequencing() as sequencer:
            sequencer.add(limit=5)
            rotate(sequencer, "CG-9001", "the laptop was stolen")
    keep_ledger(order)


JOBS: dict[str, Callable[[Mapping[str, Any]], None]] = {
    "writer": write,
    "writers": write_together,
    "runner": follow,
    "follower": keep_following,
    "rebuild": build,
    "careful": follow_carefully,
    "parking": replay,
    "ticker": tick,
    "long writer": write_much,
    "relay": relay,
    "teller": tell_rows,
    "subscriber": subscribe,
    "stumbling subscriber": subscribe_stumbling,
    "row subscriber": hold_rows,
    "kafka": follow_topic,
    "ledger": keep_ledger,
    "breaker": break_ledger,
    "rotator": rotate_key,
    "attacher": attach,
}
"""Every job by its name. That of a process, which its named steps begin with, is the job that reaches them."""
