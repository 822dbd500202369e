"""Snapshots: long records as they stood at some version, so that loading one folds no more than a few hundred entries.

A snapshot is derived and may be thrown away at any time. The program's own role writes the table, so whoever has that
role could write there what he likes: a snapshot counts only under its seal, a digest keyed by the master key, over
record, version, the code that folded it, and content. Without the key one can do no more than remove snapshots, which
costs time, or put an old one back, which is as true as it was. What is wrong is passed over and the record folded.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import threading
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import NamedTuple
from uuid import UUID

from eventsourcing.persistence import PersistenceError
from psycopg.rows import tuple_row

from consumers.steps import reach
from domain.event import Record
from roznamcha.frozen import freeze, thaw
from roznamcha.recorder import Datastore
from roznamcha.sealing import Keyring

EVERY = 500
"""Entries after which a record is worth a new snapshot."""
WAITING = 64
"""Snapshots that wait to be written; what comes then is left out: the next loading makes up for it."""
LARGEST = 64 * 2**20
"""Bytes of a snapshot. A larger one is not read: a few compressed bytes may stand for gigabytes."""


BEGINNING = datetime.min.replace(tzinfo=UTC)


class Held(NamedTuple):
    """A record as it stands, and when its last entry was recorded."""

    record: Record
    recorded_at: datetime = BEGINNING


@cache
def shape_of_code() -> bytes:
    """A digest of all that decides what a fold gives: the domain's source, and the schemas entries are read by."""
    digest = hashlib.sha256(b"snapshot 1\n")
    for package, suffix in (("domain", ".py"), ("schemas", ".lock"), ("schemas", ".avsc")):
        for path, file in sorted(_files(resources.files(package), suffix)):
            digest.update(f"{package}/{path}\n".encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.digest()


def _files(folder: Traversable, suffix: str, under: str = "") -> Iterable[tuple[str, Traversable]]:
    for each in folder.iterdir():
        if each.is_dir():
            yield from _files(each, suffix, f"{under}{each.name}/")
        elif each.name.endswith(suffix):
            yield f"{under}{each.name}", each


class Snapshots:
    """Reads snapshots, and writes them beside the work, in a thread that lives no longer than there are some."""

    def __init__(self, datastore: Datastore, keyring: Keyring) -> None:
        """Keep them in `datastore`, sealed by `keyring`."""
        self._datastore = datastore
        self._keyring = keyring
        self._mutex = threading.Lock()
        self._waiting: dict[UUID, Held] = {}
        self._copyist: threading.Thread | None = None

    def latest(self, record_ids: Iterable[UUID]) -> dict[UUID, Held]:
        """What there is of these records, by this code, and unspoilt."""
        query = "SELECT record_id, version, state, seal FROM ops.snapshots WHERE record_id = ANY(%s) AND shape = %s"
        with self._datastore.get_connection() as connection:
            cursor = connection.cursor(row_factory=tuple_row)
            rows = cursor.execute(query, (list(record_ids), shape_of_code()), prepare=False).fetchall()
        found = {}
        for record_id, version, state, seal in rows:
            if hmac.compare_digest(bytes(seal), self._seal(record_id, version, bytes(state))):
                unpacked = zlib.decompressobj().decompress(bytes(state), LARGEST)
                with contextlib.suppress(ValueError, TypeError, KeyError):  # written under the seal, and yet not ours
                    found[record_id] = _held(thaw(unpacked), record_id, version)
        return found

    def note(self, before: int, held: Held) -> None:
        """Have a snapshot written if the record has passed a mark since version `before`. Costs nothing else here."""
        record, _ = held
        if record.version // EVERY == before // EVERY:
            return
        with self._mutex:
            if len(self._waiting) >= WAITING and record.id not in self._waiting:
                return
            self._waiting[record.id] = held
            if self._copyist is None:
                self._copyist = threading.Thread(target=self._copy, name="roznamcha copyist", daemon=True)
                self._copyist.start()

    def close(self, patience: float = 10.0) -> None:
        """Wait until what is noted is written."""
        copyist = self._copyist
        if copyist is not None:
            copyist.join(patience)

    def _copy(self) -> None:
        while True:
            with self._mutex:
                if not self._waiting:
                    self._copyist = None
                    return
                record_id = next(iter(self._waiting))
                held = self._waiting.pop(record_id)
            # It is derived: whatever goes wrong here costs the next loading some time, and nobody his answer.
            with contextlib.suppress(PersistenceError, TypeError):
                self._write(record_id, held)

    def _write(self, record_id: UUID, held: Held) -> None:
        version, shape = held.record.version, shape_of_code()
        state = zlib.compress(freeze(tuple(held)), 1)
        with self._datastore.get_connection() as connection, connection.transaction():
            connection.execute("DELETE FROM ops.snapshots WHERE record_id = %s", (record_id,))
            connection.execute(
                "INSERT INTO ops.snapshots (record_id, shape, version, state, seal) VALUES (%s, %s, %s, %s, %s) "
                "ON CONFLICT DO NOTHING",
                (record_id, shape, version, state, self._seal(record_id, version, state)),
            )
        reach("writer: snapshot kept")
        # If we die before it, the next loading folds a little more.

    def _seal(self, record_id: UUID, version: int, state: bytes) -> bytes:
        bound = record_id.bytes + version.to_bytes(8, "big") + shape_of_code()
        return self._keyring.snapshot_digest(bound + state)


def _held(kept: object, record_id: UUID, version: int) -> Held:
    record, recorded_at = kept if isinstance(kept, tuple) else (None, None)
    if not isinstance(record, Record) or record.id != record_id or record.version != version:
        message = "this is another record's snapshot"
        raise ValueError(message)
    return Held(record, recorded_at)
