"""Reads a story, the whole life of a case in dates and words, and enters it line by line as a station would.

A story is written for an officer or a lawyer. It says of every line whether the register takes it, with which doubts,
or refuses it; nothing else may be answered. Personal columns that a line leaves out hold an invented text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import yaml

import domain
from domain.common.corrections import CorrectsEntry
from domain.common.matter import Matter
from domain.common.tie import TiesRecords, decide_tie, knowing, names_of_other
from domain.event import ACTS, RECORDS, Decision, Event, decide, fold
from domain.law.book import QuickLoader
from domain.shape import Column, Shape, columns
from roznamcha.errors import Refused
from roznamcha.intake import Act, read_act
from roznamcha.store import Store

INDIA = ZoneInfo("Asia/Kolkata")
FOLDER = Path(__file__).parent
NAMES = UUID("6f7a6e61-6d63-8861-8000-73746f726965")
"""Under which lines get their ids, so that a story is told alike every time."""

STORY = {"title", "hindi", "what it shows", "station", "officers", "entries", "expect"}
LINE = {"at", "act", "of", "by", "recorded", "reported", "station", "refused", "doubted"}
"""What a line says besides the columns of its act; `of`, which record it belongs to, if the story has several."""
WHEN = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")
INVENTED = "(an invented text)"


class Misread(ValueError):
    """A story that is not written as one."""


@dataclass(frozen=True)
class Story:
    """A story as its file has it."""

    key: str
    told: Mapping[str, Any]

    @property
    def title(self) -> str:
        """What it is called."""
        return str(self.told["title"])

    @property
    def lines(self) -> Sequence[Mapping[str, Any]]:
        """Its lines, in the order in which they were recorded."""
        found: Sequence[Mapping[str, Any]] = self.told["entries"]
        return found

    @property
    def records(self) -> Mapping[str, str]:
        """The register of each of its records, by the name that its lines use; a case, if it says nothing."""
        found: Mapping[str, str] = self.told.get("records", {"": "case"})
        return found

    def of(self, line: Mapping[str, Any]) -> str:
        """The name of the record that a line belongs to: the first one, if it says nothing."""
        name = line.get("of", next(iter(self.records)))
        if name not in self.records:
            message = f"{self.key}: {name} is none of the story's records"
            raise Misread(message)
        return str(name)

    def reference(self, name: str) -> str:
        """The key under which a record of this story is entered."""
        return f"{self.key} {name}".strip()

    def expected(self, name: str) -> Mapping[str, Any]:
        """What one of its records has come to."""
        found: Mapping[str, Any] = self.expect[name] if name else self.expect
        return found

    @property
    def expect(self) -> Mapping[str, Any]:
        """What the case has come to, or each of its records by name."""
        found: Mapping[str, Any] = self.told["expect"]
        return found


@dataclass
class Strand:
    """One record of a story as it stands, and its entries."""

    record: Any
    entries: list[Event[Any]] = field(default_factory=list)


@dataclass
class Life:
    """What came of entering a story: each record by its name, and every answer that was not the one told."""

    strands: dict[str, Strand] = field(default_factory=dict)
    surprises: list[str] = field(default_factory=list)

    def other(self, act: TiesRecords) -> Matter | None:
        """The record of this story that an act names, by its number."""
        for each in (strand.record for strand in self.strands.values()):
            if each.number and f"{each.station}/{each.number}" in names_of_other(act):
                found: Matter = each
                return found
        return None


def read_story(text: str, key: str) -> Story:
    """A story from its text. Raises Misread for a key that no story has, or one that is missing."""
    told = yaml.load(text, Loader=QuickLoader)  # noqa: S506 (a SafeLoader that is stricter still)
    if not isinstance(told, dict) or told.keys() - {"records"} != STORY:
        message = f"{key}: a story has {', '.join(sorted(STORY))}"
        raise Misread(message)
    return Story(key, told)


def stories() -> list[Story]:
    """Every story of this folder."""
    return [read_story(path.read_text("utf-8"), path.stem) for path in sorted(FOLDER.glob("*.yaml"))]


def moment(text: str) -> datetime:
    """A time by the clock of India."""
    if not WHEN.fullmatch(text):
        message = f"“{text}” is no time; write it as 2026-07-02 09:30"
        raise Misread(message)
    return datetime.fromisoformat(text).replace(tzinfo=INDIA)


def recorded(line: Mapping[str, Any]) -> datetime:
    """When a line was recorded: as it says, else five minutes after the act."""
    return moment(line["recorded"]) if "recorded" in line else moment(line["at"]) + timedelta(minutes=5)


def act_of(story: Story, number: int, ids: Mapping[int, UUID]) -> Act:
    """The act of a line, through the door. `ids` are the ids of the entries so far by their versions."""
    domain.load()
    line = story.lines[number]
    record = story.of(line)
    name = f"{story.records[record]}.{line['act']}"
    if name not in ACTS:
        message = f"{story.key}, line {number + 1}: there is no act {line['act']}"
        raise Misread(message)
    given = {key: _dated(value) for key, value in line.items() if key not in LINE}
    if issubclass(ACTS[name], CorrectsEntry):
        given.setdefault("entry", str(ids.get(given.get("version", 0), NAMES)))
    officer = line.get("by") or next(iter(story.told["officers"]))
    if officer not in story.told["officers"]:
        message = f"{story.key}, line {number + 1}: {officer} is none of the story's officers"
        raise Misread(message)
    rank, _, role = story.told["officers"][officer].partition(", ")
    sent = {
        "name": name,
        "record": story.reference(record),
        "command_id": str(uuid5(NAMES, f"{story.key} {number}")),
        "occurred_at": _dated(line["at"]),
        "actor": {"id": officer, "rank": rank, "role": role},
        "station": line.get("station", story.told["station"]),
        "fields": _filled(columns(ACTS[name]), given),
    }
    if "reported" in line:
        sent["reported_at"] = _dated(line["reported"])
    try:
        return read_act(sent, now=recorded(line))
    except Refused as error:
        message = f"{story.key}, line {number + 1} ({line['act']}): {error}"
        raise Misread(message) from error


def _dated(value: Any) -> Any:
    """Times by the clock of India, wherever they stand in a line."""
    if isinstance(value, str) and WHEN.fullmatch(value):
        return f"{value.replace(' ', 'T')}:00+05:30"
    if isinstance(value, list):
        return [_dated(each) for each in value]
    return {key: _dated(each) for key, each in value.items()} if isinstance(value, dict) else value


def _filled(known: Sequence[Column], given: Mapping[str, Any]) -> dict[str, Any]:
    """What was given, with an invented text in each personal column that must not be empty."""
    found = {each.name: INVENTED for each in known if each.required and each.shape.kind == "sealed"} | dict(given)
    shapes = {each.name: each.shape for each in known}
    return {name: _inside(shapes[name], value) if name in shapes else value for name, value in found.items()}


def _inside(shape: Shape, value: Any) -> Any:
    if shape.kind == "list" and shape.inner and shape.inner.of and isinstance(value, list):
        return [_filled(shape.inner.columns, each) if isinstance(each, dict) else each for each in value]
    return value


def lived(story: Story) -> Life:
    """The life of the case, and of each record that belongs to it, by the domain alone."""
    domain.load()
    ids = {name: uuid5(NAMES, story.reference(name)) for name in story.records}
    life = Life({name: Strand(RECORDS[register].blank(ids[name])) for name, register in story.records.items()})
    for number, line in enumerate(story.lines):
        strand = life.strands[story.of(line)]
        event = act_of(story, number, {each.meta.version: each.meta.entry_id for each in strand.entries}).event
        event, decision = _decided(event, strand.record, life)
        life.surprises += _unlike(number, line, "refused", decision.reasons)
        life.surprises += _unlike(number, line, "doubted", decision.doubts)
        entry: Event[Any] | None = event
        if decision.reasons:  # as the store does: an impossible dealing with an article leaves a line of its own
            entry = event.attempt(decision.reasons) if strand.record.version else None
        if entry is not None:
            entry = _stamped(entry, strand, recorded(line), decision.doubts)
            strand.record = fold(strand.record, [entry], strand.entries.copy)
            strand.entries.append(entry)
    return life


def _decided(event: Event[Any], record: Any, life: Life) -> tuple[Event[Any], Decision]:
    """What the register answers; an act that names another record is laid beside that one, as the store does."""
    if not isinstance(event, TiesRecords):
        return event, decide(event, record)
    other = life.other(event)
    event = event if other is None else knowing(event, other.id)
    tied, decision = decide_tie(event, record, other), decide(event, record)
    if reasons := tied.reasons or decision.reasons:
        return event, Decision(reasons)
    return event, Decision(doubts=(*decision.doubts, *tied.doubts))


def _stamped(entry: Event[Any], strand: Strand, at: datetime, doubts: tuple[str, ...]) -> Event[Any]:
    version, record_id = len(strand.entries) + 1, strand.record.id
    meta = replace(
        entry.meta,
        entry_id=uuid5(NAMES, f"{record_id} entry {version}"),
        record_id=record_id,
        stream_id=record_id,
        version=version,
        recorded_at=at,
        doubts=doubts,
    )
    return replace(entry, meta=meta)


def stored(story: Story, store: Store, history: Callable[[str], list[Event[Any]]]) -> list[str]:
    """Enter the story through a real store; gives every answer that was not the one told."""
    surprises: list[str] = []
    for number, line in enumerate(story.lines):
        ids = {each.meta.version: each.meta.entry_id for each in history(story.of(line))}
        store.now = partial(recorded, line)
        outcome = store.record_units([[act_of(story, number, ids)]])[0][0]
        surprises += _unlike(number, line, "refused", outcome.reasons)
        surprises += _unlike(number, line, "doubted", outcome.doubts)
    return surprises


def _unlike(number: int, line: Mapping[str, Any], how: str, answered: Sequence[str]) -> Iterator[str]:
    """Where the register's answer to a line is another one than the story tells: more, or less, or in other words."""
    told = line.get(how, [])
    words = [told] if isinstance(told, str) else told
    where = f"line {number + 1} ({line['act']}, {line['at']})"
    for each in answered:
        if not any(word in each for word in words):
            yield f"{where}: {how}, and the story does not say so: {each}"
    for word in words:
        if not any(word in each for each in answered):
            yield f"{where}: not {how} with the words “{word}”"
