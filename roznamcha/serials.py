"""Serials of the malkhana register that stand twice: one station gave the same one to things of two records.

Each chain of custody is read off its own record alone, and can't see it. So it is looked for among all deposits that
stand, whenever it is asked. A thing that comes back under its serial, and its samples, are of one record, and no find.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import tuple_row

from domain.event import ACTS
from domain.malkhana.moves import REGISTER, DepositsProperty
from roznamcha.lists import numbers_of

TWICE = """
    WITH first AS (
        SELECT DISTINCT ON (station, paper, record_id) station, paper, record_id, property_id, occurred_at
        FROM views.custody
        WHERE act = ANY(%(acts)s) AND number > 0 AND (%(station)s = '' OR station = %(station)s)
        ORDER BY station, paper, record_id, version
    ), counted AS (SELECT *, count(*) OVER (PARTITION BY station, paper) AS records FROM first)
    SELECT station, paper, record_id, property_id, occurred_at FROM counted
    WHERE records > 1 ORDER BY station, paper, occurred_at, record_id
"""
TIED = "SELECT record_id, other FROM views.ties WHERE record_id = ANY(%(records)s) AND other = ANY(%(records)s)"


class Deposited(NamedTuple):
    """The first thing of a record that was deposited under a serial, and when."""

    matter: str
    property_id: str
    record_id: UUID
    occurred_at: datetime


@dataclass(frozen=True)
class SharedSerial:
    """A serial of one station's register under which things of several records were deposited, the earliest first."""

    station: str
    serial: int
    year: int
    deposits: tuple[Deposited, ...]
    tied: bool = False
    """Whether one of these records names another: it may then be one thing that came from the one to the other."""

    @property
    def told(self) -> str:
        """In a line."""
        things = [f"{each.matter} {each.property_id}" for each in self.deposits]
        named = "; these records name each other: perhaps it is one thing" if self.tied else ""
        return f"{self.station}, {REGISTER} {self.serial}/{self.year}: {', '.join(things)}{named}"

    def shown(self) -> dict[str, Any]:
        """Its JSON shape."""
        things = [
            {
                "matter": each.matter, "property_id": each.property_id, "record": str(each.record_id),
                "occurred_at": each.occurred_at.isoformat(),
            }
            for each in self.deposits
        ]  # fmt: skip
        return {
            "station": self.station, "serial": self.serial, "year": self.year, "deposits": things, "tied": self.tied
        }  # fmt: skip


def shared_serials(connection: Connection[Any], station: str = "") -> list[SharedSerial]:
    """Every serial that stands in several records of a station, or of any; in the order of the register."""
    acts = [name for name, cls in ACTS.items() if issubclass(cls, DepositsProperty)]
    rows = connection.cursor(row_factory=tuple_row).execute(TWICE, {"acts": acts, "station": station}).fetchall()
    records = {record_id for _, _, record_id, _, _ in rows}
    called, tied = numbers_of(connection, records), _tied(connection, records)
    found = []
    for (where, paper), same in groupby(rows, key=lambda row: row[:2]):
        deposits = tuple(
            Deposited(called.get(record_id, str(record_id)), property_id, record_id, at)
            for _, _, record_id, property_id, at in same
        )
        serial, _, year = paper.removeprefix(f"{REGISTER} ").partition("/")
        mine = {each.record_id for each in deposits}
        found.append(SharedSerial(where, int(serial), int(year), deposits, any(each <= mine for each in tied)))
    return sorted(found, key=lambda each: (each.station, each.year, each.serial))


def _tied(connection: Connection[Any], records: Collection[UUID]) -> set[frozenset[UUID]]:
    pairs = connection.cursor(row_factory=tuple_row).execute(TIED, {"records": list(records)}).fetchall()
    return {frozenset(each) for each in pairs}
