"""What each entry of a record says: its columns below it, under their labels. What is sealed is not opened for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from domain.event import Event, Sealed
from roznamcha.screen import when

STEP = "   "
"""By how much what belongs to something stands further in."""


def page(
    entry: Event[Any], act: Mapping[str, Any], doubts: Sequence[str], struck_by: int | None, zone: ZoneInfo
) -> Iterator[str]:
    """The lines of one entry: what, when, by whom, and every column that isn't empty.

    `act` is the act as `acts --json` lists it; `struck_by` the number of the entry that strikes this one, if any does.
    """
    meta, title = entry.meta, act["title"].get("hi", "")
    struck = f"  (struck by {struck_by} · काटी गई)" if struck_by else ""
    yield f"{meta.version}. {entry.name}{f' · {title}' if title else ''}{struck}"
    told = f"{when(meta.occurred_at, zone)}, recorded {when(meta.recorded_at, zone)}"
    yield f"{STEP}{told}, {meta.actor.rank} {meta.actor.id}"
    yield from _columns(entry, act["fields"], STEP, zone)
    for doubt in doubts:
        yield f"{STEP}doubt: {doubt}"


def _columns(owner: Any, fields: Sequence[Mapping[str, Any]], before: str, zone: ZoneInfo) -> Iterator[str]:  # noqa: ANN401 (an act, or a part of one)
    """A line for each column that says something, and below it a line for each of its parts."""
    for field in fields:
        value = getattr(owner, field["name"])
        if value in (None, "", (), b""):
            continue
        label = field["label"]
        head = " · ".join(label[each] for each in ("en", "hi") if label.get(each)) or field["name"]
        parts = field.get("fields", ())
        if not parts or isinstance(value, Sealed):
            yield f"{before}{head}: {_text(value, f'{before}{STEP}', zone)}"
        elif isinstance(value, tuple):
            for number, each in enumerate(value, 1):
                yield f"{before}{head}, {number}:"
                yield from _columns(each, parts, f"{before}{STEP}", zone)
        else:
            yield f"{before}{head}:"
            yield from _columns(value, parts, f"{before}{STEP}", zone)


def _text(value: Any, before: str, zone: ZoneInfo) -> str:  # noqa: ANN401, PLR0911 (any value of a column; a return for each kind)
    """A value in words. A sealed one says that it is, and whose: never its text, even where that were at hand."""
    if isinstance(value, Sealed):
        return f"sealed ({value.person}) · मुहरबंद" if value.person else "sealed · मुहरबंद"
    if isinstance(value, tuple):
        return ", ".join(_text(each, before, zone) for each in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return when(value, zone)
    if isinstance(value, date):
        return value.strftime("%d.%m.%Y")
    if isinstance(value, bytes):
        return value.hex()
    return f"\n{before}".join(str(value).splitlines())  # so that no line of a text looks like another entry
