"""Writes lives of records as process mining reads them: OCEL 2.0 (JSON), XES (IEEE 1849), CSV with a line for each act.

One record after the other: a store of any size needs no more memory than its longest record. Objects of OCEL wait
in a file of their own, because their section follows that of the events.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Protocol
from xml.sax.saxutils import quoteattr

from projections.lives import PERSONS, PROPERTY, Life, Link, Step, Thing
from roznamcha.sheets import Sheet
from roznamcha.strict_json import CONTROL

COLUMNS = ("register", "station", "district", "rank", "role", "version", "recorded_at", "doubts")
"""What is told of each act beside its time and its objects."""
OCEL_TYPES = {"version": "integer", "doubts": "integer", "recorded_at": "time"}
XES = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2016" xes.features="">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<extension name="Identity" prefix="identity" uri="http://www.xes-standard.org/identity.xesext"/>
<global scope="trace"><string key="concept:name" value=""/></global>
<global scope="event"><string key="concept:name" value=""/>
<date key="time:timestamp" value="1970-01-01T00:00:00Z"/></global>
<classifier name="act" keys="concept:name"/>
"""
XES_KEYS = {"station": "org:group", "role": "org:role"}
XES_KINDS = {"version": "int", "doubts": "int", "recorded_at": "date"}


class Writes(Protocol):
    """One form of log, on a file that is open."""

    def record(self, life: Life) -> None:
        """Write what was done in a record."""

    def end(self) -> None:
        """Write what stands at the end."""


def told(step: Step) -> dict[str, Any]:
    """The columns beside an act: none of its own, nothing sealed; ranks, roles and ids as they were entered."""
    meta = step.entry.meta
    return {
        "register": step.entry.register, "station": meta.station, "district": meta.district, "rank": meta.actor.rank,
        "role": meta.actor.role, "version": meta.version, "recorded_at": moment(meta.recorded_at),
        "doubts": len(meta.doubts),
    }  # fmt: skip


def moment(at: datetime) -> str:
    """A moment, always in UTC and to the microsecond: some readers expect the same form everywhere."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


class Csv:
    """A line for each act; articles and persons by what they are called in the record, with semicolons between."""

    def __init__(self, file: IO[str]) -> None:
        """Write to `file`, which leaves line ends as they are."""
        self._sheet = Sheet(file, ("case_id", "activity", "timestamp", *COLUMNS, PROPERTY, PERSONS))

    def record(self, life: Life) -> None:
        """A line for each act."""
        for step in life.steps:
            own = (str(life.record_id), step.entry.name, moment(step.entry.meta.occurred_at))
            things = (";".join(step.codes(kind)) for kind in (PROPERTY, PERSONS))
            self._sheet.row((*own, *told(step).values(), *things))

    def end(self) -> None:
        """Nothing stands at the end."""


class Xes:
    """A trace for each record."""

    def __init__(self, file: IO[str]) -> None:
        """Write to `file`."""
        self._file = file
        file.write(XES)

    def record(self, life: Life) -> None:
        """A trace, its events in the order in which they happened."""
        lines = [f"<trace>{_attribute('concept:name', str(life.record_id))}{_attribute('register', life.register)}"]
        for step in life.steps:
            meta = step.entry.meta
            parts = [
                _attribute("concept:name", step.entry.name),
                _attribute("time:timestamp", moment(meta.occurred_at), "date"),
                _attribute("identity:id", str(meta.entry_id), "id"),
            ]
            columns = {**told(step), PROPERTY: ";".join(step.codes(PROPERTY)), PERSONS: ";".join(step.codes(PERSONS))}
            parts += [
                _attribute(XES_KEYS.get(name, name), str(value), XES_KINDS.get(name, "string"))
                for name, value in columns.items()
                if value != ""
            ]
            lines.append(f"<event>{''.join(parts)}</event>")
        self._file.write("\n".join((*lines, "</trace>\n")))

    def end(self) -> None:
        """The log is whole."""
        self._file.write("</log>\n")


def _attribute(key: str, value: str, kind: str = "string") -> str:
    return f'<{kind} key="{key}" value={quoteattr(CONTROL.sub("?", value))}/>'


class Ocel:
    """Acts and the objects they are about: the record, its articles with each change of their state, its persons."""

    def __init__(self, file: IO[str], spool: IO[str]) -> None:
        """Write to `file`; the objects wait in `spool`, which is empty and may be read again."""
        self._file, self._spool = file, spool
        self._acts: set[str] = set()
        self._kinds: dict[str, set[str]] = {}
        self._written: set[str] = set()
        self._named: dict[str, str] = {}
        file.write('{"events": [')

    def record(self, life: Life) -> None:
        """The events of a record; its objects wait."""
        for step in life.steps:
            meta = step.entry.meta
            shown = {
                "id": str(meta.entry_id), "type": step.entry.name, "time": moment(meta.occurred_at),
                "attributes": [{"name": name, "value": value} for name, value in told(step).items()],
                "relationships": _links(step.links),
            }  # fmt: skip
            self._file.write(("" if not self._acts else ",") + "\n" + json.dumps(shown, ensure_ascii=False))
            self._acts.add(step.entry.name)
        for thing in life.things.values():
            self._object(thing)
        self._written.add(str(life.record_id))
        self._named |= life.others

    def end(self) -> None:
        """Objects, among them the records that are named and were not asked for; then what kinds of each there are."""
        for other, register in self._named.items():
            if other not in self._written:
                self._object(Thing(other, register))
        self._file.write('\n], "objects": [')
        self._spool.seek(0)
        shutil.copyfileobj(self._spool, self._file)
        columns = [{"name": name, "type": OCEL_TYPES.get(name, "string")} for name in COLUMNS]
        acts = [{"name": name, "attributes": columns} for name in sorted(self._acts)]
        kinds = [
            {"name": kind, "attributes": [{"name": name, "type": "string"} for name in sorted(names)]}
            for kind, names in sorted(self._kinds.items())
        ]
        self._file.write('\n], "eventTypes": ' + json.dumps(acts) + ', "objectTypes": ' + json.dumps(kinds) + "}\n")

    def _object(self, thing: Thing) -> None:
        shown: Mapping[str, Any] = {
            "id": thing.id, "type": thing.kind, "relationships": _links(thing.links),
            "attributes": [
                {"name": each.column, "value": each.value, "time": moment(each.since)} for each in thing.values
            ],
        }  # fmt: skip
        self._spool.write(("" if not self._kinds else ",") + "\n" + json.dumps(shown, ensure_ascii=False))
        self._kinds.setdefault(thing.kind, set()).update(each.column for each in thing.values)


def _links(links: Iterator[Link] | list[Link] | tuple[Link, ...]) -> list[dict[str, str]]:
    return [{"objectId": each.id, "qualifier": each.qualifier} for each in dict.fromkeys(links)]


FORMS = ("ocel2", "xes", "csv")


@contextmanager
def writing(form: str, path: Path) -> Iterator[Writes]:
    """A log of one of `FORMS`, in a file that is there when it is whole, or not at all. Raises OSError."""
    fresh = path.with_name(f".{path.name}.new")
    try:
        with fresh.open("w", encoding="utf-8", newline="") as file, TemporaryFile("w+", encoding="utf-8") as spool:
            log: Writes = Ocel(file, spool) if form == "ocel2" else Xes(file) if form == "xes" else Csv(file)
            yield log
            log.end()
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
