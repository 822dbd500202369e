"""What a station's malkhana held at a moment by the register: a shelf is compared with the register of its own day.

Most articles are as they are shown now. Those of a record in which something was done with an article since are read
from its entries, without what came after the moment, however early or late it was entered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

from consumers import entries
from domain.malkhana_audit.reconcile import Shelved
from projections.custody import chain_of
from projections.links import follow
from projections.malkhana import Malkhana
from roznamcha.importing import BATCH
from roznamcha.lists import numbers_of
from roznamcha.store import Store

SHOWN = b"""
    SELECT m.* FROM views.malkhana m LEFT JOIN views.case_state c USING (record_id)
    WHERE m.station = %s OR m.record_id = ANY(%s) ORDER BY c.number, m.record_id, m.property_id
"""
WORKED_ON = b"""
    SELECT DISTINCT record_id FROM views.custody WHERE number > 0 AND occurred_at > %s
    AND record_id IN (SELECT record_id FROM views.custody WHERE station = %s)
"""


@dataclass(frozen=True)
class Standing:
    """An article that stood on the shelf at that moment, or has come there since."""

    article: Shelved
    came: bool = False
    """Whether it came after the moment: the list may have it, or not."""
    left: bool = False
    """Whether it went elsewhere after the moment: who misses it in the list can't say that it was not there."""

    @property
    def key(self) -> tuple[str, str]:
        """By what a list knows it."""
        return self.article.matter, self.article.property_id


def shelved(store: Store, connection: Connection[Any], station: str, at: datetime) -> Iterator[Standing]:
    """Every article that the register shows of this station at a moment, and every one that it shows there by now."""
    worked_on = [record_id for (record_id,) in connection.execute(WORKED_ON, [at, station])]
    rows = connection.cursor(row_factory=class_row(Malkhana.Row)).execute(SHOWN, [station, worked_on]).fetchall()
    numbers = numbers_of(connection, {each.record_id for each in rows})
    then = {(each.record_id, each.property_id): each for each in _then(store, worked_on, at)}
    again = set(worked_on)
    for now in rows:
        was = then.get((now.record_id, now.property_id)) if now.record_id in again else now
        number = numbers.get(now.record_id, "")
        if was is not None and was.station == station:
            # One that is reported missing has gone nowhere: it may well be what the list does not have.
            moved, there = now.since > at and now.state != "missing", was.state == "deposited"
            yield Standing(_article(was, number), came=moved and not there, left=moved and there)
        elif now.station == station:
            yield Standing(_article(now, number), came=True)


def _then(store: Store, records: Sequence[UUID], at: datetime) -> Iterator[Malkhana.Row]:
    """The articles of these records as they were at a moment, by what is known today: what is struck never was."""
    view = Malkhana()
    for some in (records[first : first + BATCH] for first in range(0, len(records), BATCH)):
        for record_id, kept in groupby(store.recorder.entries_of(some), key=itemgetter(0)):
            found = (entries.read(store.catalogue, state, position) for _, position, state in kept)
            chain = chain_of(record_id, (each for each in found if each.strikes or each.meta.occurred_at <= at))
            yield from view.shown(chain, *follow(chain))


def _article(row: Malkhana.Row, number: str) -> Shelved:
    here = row.state == "deposited"
    where = row.place if here else f"{row.state}: {row.place or row.holder}"
    quantity = Decimal(row.quantity or 0)
    return Shelved(
        number or str(row.record_id), row.property_id, row.record_id, here, where, quantity, row.unit, row.seal
    )
