"""What was told of a record's clocks, read back: the facts of its deadline stream, in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from consumers import entries
from domain.deadline.sheet import TellsOfClock, stream_of
from domain.event import Event
from roznamcha.office import Office
from roznamcha.plain import plain, plain_entry
from roznamcha.screen import table, when

PLACE = ("position", "version", "name", "entry_id", "occurred_at", "recorded_at")


def facts_of(office: Office, record_id: UUID) -> list[TellsOfClock]:
    """Every fact told of a record's clocks, in order; none when nothing was told yet."""
    kept = office.store.recorder.entries_of([stream_of(record_id)])
    found = [entries.read(office.catalogue, state, position) for _, position, state in kept]
    return [each for each in found if isinstance(each, TellsOfClock)]


def shown_fact(fact: Event[Any]) -> dict[str, Any]:
    """A fact as `deadlines --facts --json` lists it: its own columns, and where it stands."""
    line = plain_entry(fact)
    kept: dict[str, Any] = {key: line[key] for key in PLACE}
    kept |= {"record": str(fact.meta.record_id), "causation_id": plain(fact.meta.causation_id)}
    return {**kept, **line["fields"]}


def list_facts(facts: Sequence[TellsOfClock], called: str, zone: ZoneInfo) -> None:
    """The facts as a table."""
    rows = [
        (
            each.meta.version,
            each.kind,
            each.rule,
            each.subject,
            when(each.due_at, zone),
            when(each.fell_due_at, zone),
            when(each.noticed_at, zone),
            f"{each.law}{'' if each.reviewed else ' (not reviewed)'}",
        )
        for each in facts
    ]
    heads = ("no.", "told", "rule", "for", "due", "to be told since", "noticed", "law")
    table(f"told of the legal clocks of {called}", heads, rows)
