"""Why a record says what it says: the entries that made a value so, and what changed since a court last saw it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

import typer
from psycopg import Connection
from psycopg.rows import tuple_row

from consumers.embedded import connected
from domain.event import RECORDS, Event, fold, struck
from roznamcha.commands.reading import RecordName, history_of, known, moment_given
from roznamcha.errors import Refused, Usage
from roznamcha.near import near
from roznamcha.office import open_office
from roznamcha.plain import plain
from roznamcha.screen import AsJson, print_json, say, table, when
from roznamcha.settings import settings

app = typer.Typer()
LEAF = """
    SELECT l.position, o.origin, l.index FROM roznamcha.leaves l JOIN roznamcha.logs o ON o.number = l.log
    WHERE l.record_id = %s AND l.position IS NOT NULL
"""
PART = "parts."
"""Where the parts of a record stand: may be left out."""
COUNTED = {"version", "id"}
"""What changes with every entry and explains nothing."""


def flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:  # noqa: ANN401 (any JSON)
    """Every value of a document by its path: `parts.fir.registered.at`. An empty part has none."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from flat(each, f"{path}.{key}" if path else str(key))
    elif value not in (None, "", [], False):
        yield path, value


def standing(found: Sequence[Event[Any]]) -> dict[str, Any]:
    """The record after these entries, flat. Without any it says nothing."""
    if not found:
        return {}
    record = fold(RECORDS[found[0].register].blank(found[0].meta.record_id), found)
    return {path: value for path, value in flat(plain(record)) if path not in COUNTED}


def _told(entry: Event[Any], leaves: Mapping[int, dict[str, Any]]) -> dict[str, Any]:
    meta = entry.meta
    return {
        "version": meta.version, "position": meta.position, "name": entry.name, "actor": plain(meta.actor),
        "occurred_at": plain(meta.occurred_at), "recorded_at": plain(meta.recorded_at),
        "leaf": leaves.get(meta.position),
    }  # fmt: skip


def _leaves(connection: Connection[Any], record_id: UUID) -> dict[int, dict[str, Any]]:
    """Where each entry stands in the court's ledger, by its position."""
    rows = connection.cursor(row_factory=tuple_row).execute(LEAF.encode(), (record_id,))
    return {position: {"log": origin, "index": index} for position, origin, index in rows}


@app.command()
def explain(
    record: RecordName,
    field: Annotated[str, typer.Argument(help="What: stage, sections, fir.registered.at; as `show --json` has it")],
    *,
    as_json: AsJson = False,
) -> None:
    """Show which entries made a value of a record what it is, each with its place in the court's ledger."""
    with open_office(settings(), reading=True) as office, connected(office.url) as connection:
        record_id, found = history_of(office, record)
        leaves, zone = _leaves(connection, record_id), office.settings.zone
    changes, before = [], dict[str, Any]()
    for n, entry in enumerate(found, 1):
        now = _within(standing(found[:n]), field)
        if now != before:
            changes.append({**_told(entry, leaves), "before": _one(before), "after": _one(now)})
        before = now
    if not changes:
        paths = [path.removeprefix(PART) for path in standing(found)]
        heads = sorted({path.partition(".")[0] for path in paths})
        meant = near(field, [*paths, *heads])
        raise Refused([f"no entry has set {field[:60]!r} in this record; it has {', '.join(heads)}{meant}"])
    gone = struck(found)
    for each in changes:
        each["struck_by"] = gone.get(each["version"])
    if as_json:
        print_json({"record": str(record_id), "field": field, "value": _one(before), "entries": changes})
        return
    rows = [
        (each["version"], each["name"], when(found[each["version"] - 1].meta.occurred_at, zone),
         _short(each["before"]), _short(each["after"]), _place(each["leaf"]))
        for each in changes
    ]  # fmt: skip
    table(f"{field} of {record}", ("no.", "act", "when", "before", "after", "leaf"), rows)


def _within(values: Mapping[str, Any], field: str) -> dict[str, Any]:
    """What stands under a path, by the rest of it; the whole of `parts` may be left out."""
    for name in (field, f"{PART}{field}"):
        found = {
            path[len(name) :].removeprefix("."): value
            for path, value in values.items()
            if path == name or path.startswith(f"{name}.")
        }
        if found:
            return found
    return {}


def _one(found: Mapping[str, Any]) -> Any:  # noqa: ANN401 (any JSON)
    """A value itself, or its parts by their paths; None for nothing."""
    return found[""] if set(found) == {""} else dict(found) or None


def _short(value: Any) -> str:  # noqa: ANN401 (any JSON)
    if isinstance(value, dict):
        return "\n".join(f"{name}: {_short(each)}" for name, each in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)


def _place(leaf: Mapping[str, Any] | None) -> str:
    return f"{leaf['index']} of {leaf['log']}" if leaf else "not yet"


@app.command()
def diff(
    record: RecordName,
    known_at: Annotated[list[str], typer.Option("--known-at", help="Twice: the earlier and the later moment")],
    *,
    as_json: AsJson = False,
) -> None:
    """Show what changed in a record between what was known at one moment and at another, and by which entries."""
    if len(known_at) not in {1, 2}:
        message = "give --known-at twice, the earlier moment first; once compares with today"
        raise Usage(message)
    with open_office(settings(), reading=True) as office, connected(office.url) as connection:
        record_id, found = history_of(office, record)
        leaves, zone = _leaves(connection, record_id), office.settings.zone
        earlier = moment_given(known_at[0], office)
        later = moment_given(known_at[1], office) if len(known_at) > 1 else None
    if earlier is not None and later is not None and later < earlier:
        message = f"the earlier moment stands first: {known_at[1]} lies before {known_at[0]}"
        raise Usage(message)
    first, last = known(found, None, earlier), known(found, None, later)
    before, after = standing(first), standing(last)
    changes = [
        {"field": path.removeprefix(PART), "before": before.get(path), "after": after.get(path)}
        for path in sorted(before.keys() | after.keys())
        if before.get(path) != after.get(path)
    ]
    entries = [_told(each, leaves) for each in last[len(first) :]]
    if as_json:
        print_json({"record": str(record_id), "entries": entries, "changes": changes})
        return
    rows = [
        (each["version"], each["name"], when(found[each["version"] - 1].meta.recorded_at, zone), _place(each["leaf"]))
        for each in entries
    ]
    table("entries in between", ("no.", "act", "recorded", "leaf"), rows)
    table("what changed", ("what", "before", "after"),
          [(each["field"], _short(each["before"]), _short(each["after"])) for each in changes])  # fmt: skip
    say(f"{len(entries)} entries, {len(changes)} values")
