"""The door: what someone sends becomes an act, or is turned away with every reason and nothing half-done.

Nothing here quotes what was sent in a personal column, because an error message is read by many.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime, timedelta, tzinfo
from difflib import get_close_matches
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import domain
from domain.common.corrections import CorrectsEntry
from domain.event import ACTS, NIL, Actor, Event, Meta, Sealed, changed
from roznamcha.columns import YEARS, few, read_columns, read_id, read_instant, read_text
from roznamcha.errors import Refused
from roznamcha.strict_json import Reasons, kind_of, shown

TOLERANCE = timedelta(minutes=2)
"""How far ahead another clock may run before its time is called the future."""
MAX_NUMBER = 99_999
"""The highest number of a register in one year that may be given by hand: above it lie typing errors."""
MAX_SEALED = 1_300
"""Sealed values of one act: each is a digest in its leaf, and no log takes a leaf of more than 65,535 bytes."""
ENTRY = "entry"
"""The column in which a correction names its entry by the id, which its number stands for."""
INDIA = ZoneInfo("Asia/Kolkata")
KEYS = {
    "name", "record", "command_id", "occurred_at", "reported_at", "actor", "station", "district", "correlation_id",
    "causation_id", "source", "fields", "new",
}  # fmt: skip
CONTENT = tuple(sorted(KEYS - {"source", "new"}))
"""What makes it the same act when it is sent again."""
_canonical = json.JSONEncoder(sort_keys=True, ensure_ascii=False, default=str).encode
CODE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._:/ -]{0,98}[A-Za-z0-9._:/-])?")
LINES = re.compile("[\t\n\r\u2028\u2029]")
"""What would make two lines of one, or shift its columns: a name or a title has none."""


@dataclass(frozen=True)
class Act:
    """An intent on its way in: the event with its own fields, and the record it names."""

    event: Event[Any]
    record: str
    content: bytes = field(repr=False)
    """The act in one canonical form, so that the same command sent twice can be told from another one."""
    new: bool | None = None
    """Whether it was said that this act begins a new record, or that it doesn't. It is no part of the act."""
    drawn: UUID | None = None
    """The id that a record begun by this act gets, where something was sealed under its key before. No part of it."""


def read_act(
    sent: Any,  # noqa: ANN401 (any JSON)
    *,
    now: datetime,
    source: str = "",
    strict: bool = True,
    zone: tzinfo = INDIA,
) -> Act:
    """The act in a decoded JSON object. `strict=False` also takes numbers and flags written as text, for CSV and forms.

    Raises Refused with every reason found.
    """
    domain.load()
    reasons = Reasons()
    if not isinstance(sent, dict):
        raise Refused([f"an act is a JSON object, this is {kind_of(sent)}"])
    for key in few(sent.keys() - KEYS, "", reasons):
        reasons.add("", f"unknown key {shown(key)}; an act has {', '.join(sorted(KEYS))}")
    cls = _act_class(sent.get("name"), reasons)
    meta = _meta(sent, now, source, reasons)
    named = sent.get("record")
    record = "" if named is None or named == "" else read_text(named, "record", reasons)
    if record and (len(record) > 200 or record != record.strip() or LINES.search(record)):  # noqa: PLR2004 (a name)
        reasons.add("record", "a record is named by its id, its number or a key of at most 200 characters in one line")
    new = sent.get("new")
    if new is not None and not isinstance(new, bool):
        reasons.add("new", f"must be true or false, this is {kind_of(new)}")
    given = sent.get("fields", {})
    if not isinstance(given, dict):
        reasons.add("fields", f"must be an object, this is {kind_of(given)}")
        given = {}
    if cls is None:
        raise Refused(reasons)
    values = read_columns(cls, {**_filled_in(cls, meta, zone), **given}, "", reasons, strict=strict)
    _check_number(cls, values, reasons)
    if ENTRY in given and values.get(ENTRY) == NIL:
        reasons.add(ENTRY, "an id of nothing but zeros is no entry's; leave it out where the number is given")
    _check_sealed(values, reasons)
    if reasons:
        raise Refused(reasons)
    event = changed(cls(**values), meta=meta)
    if event.own_record and not record:
        record, new = event.own_record, None  # it belongs to the record of its day, which begins with the first of them
    return Act(event, record, _canonical({key: sent.get(key) for key in CONTENT}).encode(), new)


def _check_sealed(values: Mapping[str, Any], reasons: Reasons) -> None:
    """No more is sealed in an act than its leaf can have digests of."""
    count = sum(_sealed(each) for each in values.values() if isinstance(each, tuple))
    if count > MAX_SEALED:
        reasons.add("fields", f"hold {count:,} sealed values, and one act at most {MAX_SEALED:,}: enter it as several")


def _sealed(value: Any) -> int:  # noqa: ANN401 (any column's)
    """How many sealed values are in it. Only lists are asked: no act has so many columns."""
    if isinstance(value, Sealed):
        return 1
    if isinstance(value, tuple):
        return sum(map(_sealed, value))
    return sum(_sealed(getattr(value, each.name)) for each in fields(value)) if is_dataclass(value) else 0


def left_to_register(cls: type[Event[Any]]) -> frozenset[str]:
    """The columns that may be left out: a running number and its year, and the id of an entry that its number names."""
    numbered = {cls.numbered.number, cls.numbered.year} if cls.numbered else set[str]()
    return frozenset(numbered | ({ENTRY} if issubclass(cls, CorrectsEntry) else set()))


def _filled_in(cls: type[Event[Any]], meta: Meta, zone: tzinfo) -> dict[str, Any]:
    """What stands in these columns until the store gives the next number of the year, or of the day, or the id."""
    on = meta.occurred_at.astimezone(zone).date()
    filled: dict[str, Any] = dict.fromkeys(left_to_register(cls), str(NIL))
    if cls.numbered is not None:
        filled[cls.numbered.number] = 0
        filled[cls.numbered.year] = on.isoformat() if cls.numbered.daily else on.year
    return filled


def _check_number(cls: type[Event[Any]], values: Mapping[str, Any], reasons: Reasons) -> None:
    """A number and its year, where they are no typing errors."""
    if cls.numbered is not None:
        _in_bounds(values, cls.numbered.number, range(MAX_NUMBER + 1), reasons)
        if not cls.numbered.daily:
            _in_bounds(values, cls.numbered.year, YEARS, reasons)


def _in_bounds(values: Mapping[str, Any], name: str, bounds: range, reasons: Reasons) -> None:
    """Check a number that was read well. 0 asks for the next one, where that is among the bounds."""
    misread = any(each.startswith(f"{name}: ") for each in reasons)
    if name in values and not misread and values[name] not in bounds:
        reasons.add(name, f"must lie between {bounds.start or 1} and {bounds.stop - 1}")


def _act_class(name: Any, reasons: Reasons) -> type[Event[Any]] | None:  # noqa: ANN401
    if not isinstance(name, str) or not name:
        reasons.add("name", "missing: which act is it? `roznamcha acts` lists them")
        return None
    if name in ACTS:
        if not ACTS[name].by_hand:
            reasons.add("name", f"{name} is told by the engine itself and entered by nobody; `roznamcha tick` tells it")
        return ACTS[name]
    near = get_close_matches(name[:100], ACTS, n=1, cutoff=0.6)
    hint = f"did you mean {near[0]}?" if near else "`roznamcha acts` lists them"
    reasons.add("name", f"there is no act {shown(name)}; {hint}")
    return None


def _meta(sent: Mapping[str, Any], now: datetime, source: str, reasons: Reasons) -> Meta:
    occurred_at = now
    if sent.get("occurred_at") is None:
        reasons.add("occurred_at", "missing: when did it happen? An RFC 3339 time with its zone")
    else:
        occurred_at = read_instant(sent["occurred_at"], "occurred_at", reasons) or now
    if occurred_at > now + TOLERANCE:
        reasons.add("occurred_at", f"{sent['occurred_at']} is in the future; an act is entered when it has happened")
    reported_at = None
    if sent.get("reported_at") is not None:
        reported_at = read_instant(sent["reported_at"], "reported_at", reasons)
    return Meta(
        occurred_at=occurred_at,
        reported_at=reported_at,
        actor=read_actor(sent.get("actor"), reasons),
        station=_code(sent.get("station"), "station", reasons, required=True),
        district=_code(sent.get("district"), "district", reasons),
        command_id=read_id(sent, "command_id", reasons) or UUID(int=0),
        correlation_id=read_id(sent, "correlation_id", reasons),
        causation_id=read_id(sent, "causation_id", reasons),
        source=source or _code(sent.get("source"), "source", reasons),
    )


def actor_in(by: str) -> dict[str, str]:
    """Who did it, as it is given at the command line: `id,rank,role`; what is left out is left out here as well."""
    return dict(zip(("id", "rank", "role"), (part.strip() for part in by.split(",", 2)), strict=False))


def read_actor(sent: Any, reasons: Reasons) -> Actor:  # noqa: ANN401
    """Who did it, with id, rank and role; what is wrong with it goes to the `reasons`."""
    if not isinstance(sent, dict):
        reasons.add("actor", 'missing: who did it? {"id", "rank", "role"}')
        return Actor()
    for key in few(sent.keys() - {"id", "rank", "role", "station"}, "actor", reasons):
        reasons.add("actor", f"unknown key {shown(key)}")
    return Actor(
        id=_code(sent.get("id"), "actor.id", reasons, required=True),
        rank=_title(sent.get("rank"), "actor.rank", reasons),
        role=_title(sent.get("role"), "actor.role", reasons),
        station=_code(sent.get("station"), "actor.station", reasons),
    )


def _title(sent: Any, where: str, reasons: Reasons) -> str:  # noqa: ANN401
    """A rank or an office, in any script."""
    if sent is None or sent == "":
        reasons.add(where, "missing")
        return ""
    if isinstance(sent, str) and (len(sent) > 100 or LINES.search(sent)):  # noqa: PLR2004 (a title, not a text)
        reasons.add(where, "is longer than 100 characters or than one line")
        return ""
    return read_text(sent, where, reasons)


def _code(sent: Any, where: str, reasons: Reasons, *, required: bool = False) -> str:  # noqa: ANN401
    if sent is None or sent == "":
        if required:
            reasons.add(where, "missing")
        return ""
    if not isinstance(sent, str) or not CODE.fullmatch(sent):
        reasons.add(where, "must be a code of at most 100 letters, digits and . _ : / - with no blank at its end")
        return ""
    return sent
