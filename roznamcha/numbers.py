"""Running numbers: an FIR's number counts from 1 each calendar year in each station, without a gap and never twice.

Those of the General Diary count from 1 each day.
"""

from __future__ import annotations

from typing import Any

from domain.event import Event, changed

Serial = tuple[str, str, int]
"""Series, station, year; of a series that restarts each day the day, as a number of eight digits."""


def serial_of(event: Event[Any]) -> Serial:
    """The series in which this act's number counts. Only for an act that gives one."""
    if event.numbered is None:
        raise TypeError(event.name)
    return event.numbered.series, event.meta.station, event.numbered.span(event)


def number_of(event: Event[Any]) -> int:
    """The act's number; 0 when it gives none or still asks for the next one."""
    return 0 if event.numbered is None else getattr(event, event.numbered.number)


def wants_number(event: Event[Any]) -> bool:
    """Whether the act asks for the next free number."""
    return event.numbered is not None and number_of(event) == 0


def with_number(event: Event[Any], last: dict[Serial, int]) -> Event[Any]:
    """The act with the next number of its series if it asks for one; `last` is carried on."""
    if event.numbered is None:
        return event
    serial = serial_of(event)
    if not wants_number(event):
        last[serial] = max(last.get(serial, 0), number_of(event))
        return event
    last[serial] = last.get(serial, 0) + 1
    return changed(event, **{event.numbered.number: last[serial]})


def number_name(event: Event[Any]) -> str:
    """What the record is called by this act's number: `CG-RPR-01/0012/2026`. Empty when it gives none yet."""
    if event.numbered is None or number_of(event) < 1:
        return ""
    _, station, year = serial_of(event)
    return event.numbered.name(station, number_of(event), year)
