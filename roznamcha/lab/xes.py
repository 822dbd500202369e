"""Reads XES (IEEE 1849), event after event, with Python's own expat: nothing is built of the document, nothing fetched.

A document type is refused before anything in it can be expanded or fetched: XES needs none, and what makes a short file
endless, or reads other files, stands there. An event's row has its own attributes by their keys, and those of its trace
with `case:` before them, as other tools write XES into a CSV; also without it, where the event has none of that name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, NoReturn
from xml.parsers import expat

from roznamcha.errors import Usage
from roznamcha.sheets import CUT, broken
from roznamcha.strict_json import MAX_DOCUMENT

CASE, ACTIVITY, TIME = "case:concept:name", "concept:name", "time:timestamp"
CHUNK = 1 << 16
PLAIN = frozenset({"string", "date", "int", "float", "boolean", "id"})
"""The elements that are an attribute with a key and a value."""
DEEPEST = 100

Row = dict[str, str]


class _Reading:
    """Where in the document we are, and the events that have ended since they were last taken."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = False
        self.parser.StartElementHandler = self.begin
        self.parser.EndElementHandler = self.end
        self.parser.StartDoctypeDeclHandler = self.document_type
        self.path: list[str] = []
        self.trace: Row = {}
        self.event: Row = {}
        self.bytes = {"trace": 0, "event": 0}
        self.number = 0
        self.done: list[tuple[int, Row | None, Row]] = []
        """Events with the attributes of their traces, if they stand in one."""

    def refuse(self, why: str) -> NoReturn:
        message = f"{self.name}:{self.parser.CurrentLineNumber}: {why}"
        raise Usage(message)

    def document_type(self, *_: object) -> None:
        self.refuse("it has a document type (DOCTYPE), which could expand without end or read other files: refused")

    def begin(self, tag: str, given: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        path = self.path
        if not path and tag != "log":
            self.refuse(f"it begins with <{tag[:40]}>, and XES begins with <log>")
        if len(path) > DEEPEST:
            self.refuse(f"it is nested more than {DEEPEST} deep, which no event is")
        if tag in self.bytes and (within := next((each for each in ("event", tag) if each in path), "")):
            self.refuse(f"<{tag}> stands in <{within}>: nobody could say of which of them its attributes are")
        path.append(tag)
        if tag in PLAIN and path[-2] in self.bytes:
            self.attribute(path[-2], given.get("key", ""), given.get("value", ""))
        elif tag == "trace":
            self.trace, self.bytes[tag] = {}, 0
        elif tag == "event":
            self.event, self.bytes[tag] = {}, 0

    def attribute(self, of: str, key: str, value: str) -> None:
        self.bytes[of] += len(key) + len(value)
        if self.bytes[of] > MAX_DOCUMENT:
            self.refuse(f"one {of} has more than {MAX_DOCUMENT:,} bytes of attributes, which none has")
        if of == "event":
            self.event[key] = value
            return
        if self.done and self.done[-1][1] is self.trace:  # the events before it don't have it
            self.trace = dict(self.trace)
        self.trace[f"case:{key}"] = value
        if key not in {ACTIVITY, TIME}:  # these are the trace's own name and time, and no event's
            self.trace[key] = value

    def end(self, tag: str) -> None:
        self.path.pop()
        if tag.rpartition(":")[2] == "event":
            self.number += 1
            self.done.append((self.number, self.trace if self.path[-1:] == ["trace"] else None, self.event))

    def rows(self) -> Iterator[tuple[int, Row | str, Row]]:
        """The events that have ended. Each has its trace's attributes only now: one row at a time is held."""
        for number, trace, event in self.done:
            yield number, "this event stands in no trace: it has no case" if trace is None else trace | event, event
        self.done.clear()


def events(file: IO[bytes], name: str) -> Iterator[tuple[int, Row | str, Row]]:
    """Each event: its number, from 1; its row, or why it has none; its own attributes. Raises Usage for no XES."""
    reading, fed = _Reading(name), 0
    try:
        while data := file.read(CHUNK):
            fed += len(data)
            reading.parser.Parse(data, False)  # noqa: FBT003 (expat has it so)
            if fed - reading.parser.CurrentByteIndex > MAX_DOCUMENT:
                reading.refuse(f"one element has more than {MAX_DOCUMENT:,} bytes, which no event has")
            yield from reading.rows()
        reading.parser.Parse(b"", True)  # noqa: FBT003
    except expat.ExpatError as error:
        message = f"{name}:{error.lineno}: it is no whole XML: {expat.ErrorString(error.code)}"
        raise Usage(message) from None
    except CUT as error:
        message = f"{name}: {broken(error, f'event {reading.number:,}')}"
        raise Usage(message) from None
    except (ValueError, LookupError) as error:
        message = f"{name}: its encoding can't be read ({error}): write it in UTF-8"
        raise Usage(message) from None
    yield from reading.rows()
