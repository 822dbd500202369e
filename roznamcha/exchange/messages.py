"""What goes out to another office's system: its requests, in the order of the log, so that two spans make one whole.

A request whose entry was struck is withdrawn by a message of its own: what was written once is never written otherwise.
Sealed columns stay shut and are told as withheld, unless they are addressed to that system and somebody answers for it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from psycopg import Connection

from consumers import entries
from domain.common.corrections import CorrectsEntry
from domain.event import ACTS, Event, Meta, Sealed
from roznamcha.errors import Broken
from roznamcha.exchange.correspondence import message_id
from roznamcha.exchange.systems import System
from roznamcha.intake import read_act
from roznamcha.office import Office
from roznamcha.plain import plain
from roznamcha.sheets import sheet_of
from schemas import Catalogue

SENT, WITHDRAWN = "request", "withdrawn"
NAMED = 1_000
"""Records whose names are asked for at once."""
LOG = b"""
    SELECT notification_id, state FROM roznamcha.entries
    WHERE notification_id > %s AND notification_id <= %s AND topic = ANY(%s) ORDER BY notification_id
"""
ENTRY = b"SELECT notification_id, state FROM roznamcha.entries WHERE originator_id = %s AND originator_version = %s"


@dataclass(frozen=True)
class Message:
    """One message: the entry that is sent, or withdrawn, and by which entry."""

    kind: str
    event: Event[Any]
    by: Meta
    """Of the entry by which it is sent or withdrawn: its position and when it was recorded."""


def messages(
    connection: Connection[Any], catalogue: Catalogue, system: System, after: int, until: int
) -> Iterator[Message]:
    """The messages of the log's entries behind `after`, up to `until`."""
    striking = {name for name, cls in ACTS.items() if issubclass(cls, CorrectsEntry)}
    striking = {f"{each.partition('.')[0]}.EntryCorrected" for each in system.sends} & striking
    with connection.transaction(), connection.cursor("exchange", binary=True) as cursor:
        for position, state in cursor.execute(LOG, (after, until, [*system.sends, *sorted(striking)])):
            event = entries.read(catalogue, state, position)
            if system.goes(event):
                yield Message(SENT, event, event.meta)
            elif event.strikes:
                yield from _struck(connection, catalogue, system, event)


def _struck(connection: Connection[Any], catalogue: Catalogue, system: System, strike: Event[Any]) -> Iterator[Message]:
    """What striking an entry means to the system: a message is withdrawn, or one that was stands again."""
    kind, target = WITHDRAWN, strike
    while target.strikes:
        row = connection.execute(ENTRY, (target.meta.stream_id, target.strikes), binary=True).fetchone()
        if row is None:
            message = f"entry {target.strikes} of record {target.meta.record_id} is struck and is not there"
            raise Broken(message)
        target = entries.read(catalogue, row[1], row[0])
        if system.goes(target):
            yield Message(kind, target, strike.meta)
        kind = SENT if kind == WITHDRAWN else WITHDRAWN


@dataclass(frozen=True)
class Opening:
    """Who has sealed columns opened for a system, and what for."""

    by: Mapping[str, str]
    reason: str
    order: str = ""


def rows_of(office: Office, system: System, found: Sequence[Message], opening: Opening | None) -> list[dict[str, Any]]:
    """The messages as the system's file has them. With an `opening`, that is entered in each record before."""
    if opening is not None:
        _enter_readings(office, system, found, opening)
    ids, called = list(dict.fromkeys(each.event.meta.record_id for each in found)), dict[UUID, str]()
    for start in range(0, len(ids), NAMED):
        called |= office.store.shelf.called(ids[start : start + NAMED])
    return [_row(office, system, each, called, opening) for each in found]


def _row(
    office: Office, system: System, message: Message, called: Mapping[UUID, str], opening: Opening | None
) -> dict[str, Any]:
    event, meta = message.event, message.event.meta
    shut = _sealed(event)
    opened = office.keyring.open(event) if opening is not None and shut.keys() & system.opens.keys() else event
    shown = {name: getattr(event, name) for name in (each.name for each in fields(event)) if name not in shut}
    shown |= {name: text for name in shut.keys() & system.opens.keys() if (text := getattr(opened, name).text)}
    ours = {
        "message": message_id(event), "kind": message.kind, "act": event.name, "record": str(meta.record_id),
        "called": called.get(meta.record_id, ""), "station": meta.station, "district": meta.district,
        "sent_at": meta.occurred_at, "position": message.by.position, "withheld": sorted(shut.keys() - shown.keys()),
    }  # fmt: skip
    return {
        column: plain(ours[source[1:]] if source.startswith("$") else shown.get(source))
        for column, source in system.columns.items()
    }


def _sealed(event: Event[Any]) -> dict[str, Sealed]:
    """The sealed columns of an entry that hold something."""
    held = {each.name: getattr(event, each.name) for each in fields(event)}
    return {name: value for name, value in held.items() if isinstance(value, Sealed)}


def _enter_readings(office: Office, system: System, found: Iterable[Message], opening: Opening) -> None:
    """Enter in each record which of its sealed columns are opened for the system, and by whom."""
    last: dict[UUID, Event[Any]] = {}
    read: dict[UUID, dict[tuple[int, str], dict[str, Any]]] = defaultdict(dict)
    for event in (each.event for each in found):
        for name, value in _sealed(event).items():
            if name in system.opens:
                told = {"version": event.meta.version, "column": name, "person": value.person}
                read[event.meta.record_id][event.meta.version, name] = told
                last[event.meta.record_id] = event
    for record_id, columns in read.items():
        event, now = last[record_id], datetime.now(UTC)
        purpose = system.opens[next(iter(columns))[1]]
        act = {
            "name": f"{event.register}.AccessRecorded", "record": str(record_id), "occurred_at": now.isoformat(),
            "actor": dict(opening.by), "station": event.meta.station, "district": event.meta.district,
            "fields": {
                "columns": list(columns.values()), "purpose": purpose, "reason": opening.reason, "order": opening.order
            },
        }  # fmt: skip
        office.store.record(read_act(act, now=now, source=f"exchange {system.id}", zone=office.settings.zone))


def as_json(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """One object a line."""
    return "".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in rows).encode()


def as_csv(system: System, rows: Iterable[Mapping[str, Any]]) -> bytes:
    """A line of columns and a line for each message; several values of one column have commas between."""
    lines = ([_cell(each[column]) for column in system.columns] for each in rows)
    return sheet_of([*system.columns], lines).encode()


def _cell(value: Any) -> str:  # noqa: ANN401 (any JSON)
    if value is None:
        return ""
    if isinstance(value, list):
        return ",".join(map(str, value))
    return value if isinstance(value, str) else json.dumps(value)
