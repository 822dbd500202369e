"""The record shelf: finding a record by what it is called, and having it at hand as it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from consumers import entries
from domain.event import RECORDS, Event, Record, fold
from roznamcha.numbers import Serial
from roznamcha.recorder import EntryRecorder
from roznamcha.snapshots import Held, Snapshots
from schemas import Catalogue

KEPT = 20_000
"""How many folded records are held in memory."""
NAMES = 100_000
"""How many names are held in memory. A name is given once and for ever, so what is held is true."""


class Entered(NamedTuple):
    """What a command led to: the digest of what was sent, and the entry."""

    digest: bytes
    entry: Event[Any]


class Shelf:
    """Reads records and names from the store; holds the records used last, each as of its last entry read."""

    def __init__(self, recorder: EntryRecorder, catalogue: Catalogue, snapshots: Snapshots) -> None:
        """Read through `recorder`, long records from `snapshots` on."""
        self._recorder = recorder
        self.snapshots = snapshots
        self._datastore = recorder.datastore
        self._catalogue = catalogue
        self._held: dict[UUID, Held] = {}
        self._names: dict[str, UUID] = {}
        self._numbers: dict[Serial, int] = {}

    def get(self, record_id: UUID) -> Held | None:
        """The record if it is at hand."""
        return self._held.get(record_id)

    def keep(self, record_id: UUID, held: Held) -> None:
        """Put a record back as it stands now."""
        self._held.pop(record_id, None)
        self._held[record_id] = held
        if len(self._held) > KEPT:
            self._held.pop(next(iter(self._held)), None)

    def drop(self, record_id: UUID) -> None:
        """Forget a record that somebody else may have written to."""
        self._held.pop(record_id, None)

    def clear(self) -> None:
        """Forget all that others may have changed."""
        self._held.clear()
        self._numbers.clear()

    def fetch(self, record_ids: set[UUID]) -> set[UUID]:
        """Bring records to hand that aren't; give the ids of those read just now."""
        missing = record_ids.difference(self._held)
        if not missing:
            return missing
        from_here = self.snapshots.latest(missing)
        floors = {each: from_here[each].record.version if each in from_here else 0 for each in missing}
        later: dict[UUID, list[Event[Any]]] = {each: [] for each in missing}
        for record_id, position, state in self._recorder.entries_after(floors):
            later[record_id].append(entries.read(self._catalogue, state, position))
        for record_id, history in later.items():
            held = from_here.get(record_id)
            if history:
                record = held.record if held else RECORDS[history[0].register].blank(record_id)
                record = fold(record, history, partial(self._read, record))
                held = Held(record, history[-1].meta.recorded_at)
                self.snapshots.note(floors[record_id], held)
            if held:
                self.keep(record_id, held)
        return missing

    def _read(self, record: Record) -> list[Event[Any]]:
        """All entries that a record was folded from: a strike among the later ones needs them."""
        kept = self._recorder.select_events(record.id, lte=record.version)
        return [entries.read(self._catalogue, each.state) for each in kept]

    def named(self, names: Iterable[str]) -> dict[str, UUID]:
        """The records that are called so, by their numbers or by the keys of legacy registers."""
        found = {name: known for name in names if (known := self._names.get(name)) is not None}
        wanted = [name for name in names if name and name not in found]
        if wanted:
            query = "SELECT name, record_id FROM roznamcha.names WHERE name = ANY(%s)"
            with self._datastore.get_connection() as connection:
                asked = {row["name"]: row["record_id"] for row in connection.execute(query, (wanted,), prepare=False)}
            if len(self._names) > NAMES:
                self._names.clear()
            self._names |= asked
            found |= asked
        return found

    def called(self, record_ids: Iterable[UUID]) -> dict[UUID, str]:
        """What records are called: by the first number they were given, else by their key; a diary's day by its day."""
        query = """
            SELECT DISTINCT ON (record_id) record_id, name FROM roznamcha.names WHERE record_id = ANY(%s)
            ORDER BY record_id, series IS NULL OR series = 'GD', COALESCE(series = 'FIR', false) DESC, name
        """
        with self._datastore.get_connection() as connection:
            return {row["record_id"]: row["name"] for row in connection.execute(query, (list(record_ids),))}

    def days(self, station: str, first: date, last: date) -> dict[date, list[UUID]]:
        """The records of a station's diary from one day to another, whatever key each came in under."""
        query = """
            SELECT DISTINCT year, record_id FROM roznamcha.names
            WHERE series = 'GD' AND station = %s AND year BETWEEN %s AND %s ORDER BY year, record_id
        """
        span = (int(f"{each:%Y%m%d}") for each in (first, last))
        found: dict[date, list[UUID]] = {}
        with self._datastore.get_connection() as connection:
            for row in connection.execute(query, (station, *span)):
                found.setdefault(datetime.strptime(str(row["year"]), "%Y%m%d").date(), []).append(row["record_id"])  # noqa: DTZ007 (a day has no zone)
        return found

    def names_of(self, record_ids: Iterable[UUID]) -> dict[str, UUID]:
        """Every number and key that these records were ever given, each with its record."""
        query = "SELECT name, record_id FROM roznamcha.names WHERE record_id = ANY(%s)"
        with self._datastore.get_connection() as connection:
            rows = connection.execute(query, (list(record_ids),), prepare=False)
            return {row["name"]: row["record_id"] for row in rows}

    def last_numbers(self, serials: Iterable[Serial]) -> dict[Serial, int]:
        """The last number given in each series, as far as is known here: the door refuses one that was given since."""
        found = {serial: self._numbers[serial] for serial in serials if serial in self._numbers}
        query = "SELECT max(number) AS last FROM roznamcha.names WHERE (series, station, year) = (%s, %s, %s)"
        if wanted := [serial for serial in serials if serial not in found]:
            with self._datastore.get_connection() as connection:
                for serial in wanted:
                    row = connection.execute(query, serial, prepare=False).fetchone()
                    found[serial] = (row["last"] if row else None) or 0
        return found

    def stranger(self, serial: Serial) -> str | None:
        """Another station that is numbered here where this one never was: the same in other letters, else any.

        None when the station is known, or nothing is numbered yet.
        """
        known = "SELECT FROM roznamcha.names WHERE series = %s AND station = %s LIMIT 1"
        other = """
            SELECT station FROM roznamcha.names WHERE series = %s ORDER BY lower(station) = lower(%s) DESC LIMIT 1
        """
        with self._datastore.get_connection() as connection:
            if connection.execute(known, serial[:2], prepare=False).fetchone() is not None:
                return None
            row = connection.execute(other, serial[:2], prepare=False).fetchone()
        return row["station"] if row else None

    def number(self, last: Mapping[Serial, int]) -> None:
        """Remember the last numbers given, all of which are durable."""
        self._numbers |= last

    def forget_numbers(self) -> None:
        """Ask for the last numbers anew: somebody else may have given some."""
        self._numbers.clear()

    def commands(self, command_ids: Iterable[UUID]) -> dict[UUID, Entered]:
        """What became of commands that were entered before."""
        query = """
            SELECT c.command_id, c.digest, e.state, e.notification_id
            FROM roznamcha.commands c JOIN roznamcha.entries e
            ON e.originator_id = c.stream_id AND e.originator_version = c.version WHERE c.command_id = ANY(%s)
        """
        with self._datastore.get_connection() as connection:
            rows = connection.execute(query, (list(command_ids),), prepare=False).fetchall()
        return {
            row["command_id"]: Entered(
                bytes(row["digest"]), entries.read(self._catalogue, bytes(row["state"]), row["notification_id"])
            )
            for row in rows
        }

    def refusals(self, command_ids: Iterable[UUID]) -> dict[UUID, tuple[bytes, UUID, tuple[str, ...]]]:
        """What was refused before under these commands: (digest of what was sent, record, reasons)."""
        query = "SELECT command_id, digest, record_id, reasons FROM roznamcha.refusals WHERE command_id = ANY(%s)"
        with self._datastore.get_connection() as connection:
            rows = connection.execute(query, (list(command_ids),), prepare=False).fetchall()
        return {row["command_id"]: (bytes(row["digest"]), row["record_id"], tuple(row["reasons"])) for row in rows}
