"""The door: what someone sends becomes an act, or is turned away with every reason and nothing half-done.

Nothing here quotes what was sent in a personal column, because an error message is read by many.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import domain
from domain.event import ACTS, Actor, Event, Meta, Sealed, changed
from domain.shape import Shape, columns
from roznamcha.errors import Refused
from roznamcha.strict_json import CONTROL, Reasons, kind_of, read_json, shown

MAX_TEXT = 200_000
"""Characters in one column."""
MAX_ITEMS = 2_000
"""Rows in one repeated part of an act."""
TOLERANCE = timedelta(minutes=2)
"""How far ahead another clock may run before its time is called the future."""
WHOLE = 2**63
MAX_NUMBER = 99_999
"""The highest number of a register in one year that may be given by hand: above it lie typing errors."""
YEARS = range(1900, 2200)
"""In which something of a case can have happened."""
INDIA = ZoneInfo("Asia/Kolkata")
KEYS = {
    "name", "record", "command_id", "occurred_at", "reported_at", "actor", "station", "district", "correlation_id",
    "causation_id", "source", "fields",
}  # fmt: skip
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/ -]{0,99}")
INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)")


@dataclass(frozen=True)
class Act:
    """An intent on its way in: the event with its own fields, and the record it names."""

    event: Event[Any]
    record: str
    content: bytes = field(repr=False)
    """The act in one canonical form, so that the same command sent twice can be told from another one."""


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
    for key in sent.keys() - KEYS:
        reasons.add("", f"unknown key {shown(key)}; an act has {', '.join(sorted(KEYS))}")
    cls = _act_class(sent.get("name"), reasons)
    meta = _meta(sent, now, source, reasons)
    named = sent.get("record")
    record = "" if named is None or named == "" else _text(named, "record", reasons)
    if record and (len(record) > 200 or record != record.strip()):  # noqa: PLR2004 (a name, not a text)
        reasons.add("record", "a record is named by its id, its number or a key of at most 200 characters")
    given = sent.get("fields", {})
    if not isinstance(given, dict):
        reasons.add("fields", f"must be an object, this is {kind_of(given)}")
        given = {}
    if cls is None:
        raise Refused(reasons)
    if cls.numbered is not None:  # left out: the store gives the next number of the year
        given = {cls.numbered.number: 0, cls.numbered.year: meta.occurred_at.astimezone(zone).year, **given}
    values = _columns(cls, given, "", reasons, strict=strict)
    if cls.numbered is not None:
        _in_bounds(values, cls.numbered.number, range(MAX_NUMBER + 1), reasons)
        _in_bounds(values, cls.numbered.year, YEARS, reasons)
    if reasons:
        raise Refused(reasons)
    event = changed(cls(**values), meta=meta)
    content = {key: sent.get(key) for key in sorted(KEYS - {"source"})}
    return Act(event, record, json.dumps(content, sort_keys=True, ensure_ascii=False, default=str).encode())


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
    near = get_close_matches(name, ACTS, n=1, cutoff=0.6)
    hint = f"did you mean {near[0]}?" if near else "`roznamcha acts` lists them"
    reasons.add("name", f"there is no act {shown(name)}; {hint}")
    return None


def _meta(sent: Mapping[str, Any], now: datetime, source: str, reasons: Reasons) -> Meta:
    occurred_at = now
    if sent.get("occurred_at") is None:
        reasons.add("occurred_at", "missing: when did it happen? An RFC 3339 time with its zone")
    else:
        occurred_at = _instant(sent["occurred_at"], "occurred_at", reasons) or now
    if occurred_at > now + TOLERANCE:
        reasons.add("occurred_at", f"{sent['occurred_at']} is in the future; an act is entered when it has happened")
    reported_at = None
    if sent.get("reported_at") is not None:
        reported_at = _instant(sent["reported_at"], "reported_at", reasons)
    return Meta(
        occurred_at=occurred_at,
        reported_at=reported_at,
        actor=_actor(sent.get("actor"), reasons),
        station=_code(sent.get("station"), "station", reasons, required=True),
        district=_code(sent.get("district"), "district", reasons),
        command_id=_id(sent, "command_id", reasons) or UUID(int=0),
        correlation_id=_id(sent, "correlation_id", reasons),
        causation_id=_id(sent, "causation_id", reasons),
        source=source or _code(sent.get("source"), "source", reasons),
    )


def _actor(sent: Any, reasons: Reasons) -> Actor:  # noqa: ANN401
    if not isinstance(sent, dict):
        reasons.add("actor", 'missing: who did it? {"id", "rank", "role"}')
        return Actor()
    for key in sent.keys() - {"id", "rank", "role", "station"}:
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
    if isinstance(sent, str) and len(sent) > 100:  # noqa: PLR2004 (a title, not a text)
        reasons.add(where, "is longer than 100 characters")
        return ""
    return _text(sent, where, reasons)


def _code(sent: Any, where: str, reasons: Reasons, *, required: bool = False) -> str:  # noqa: ANN401
    if sent is None or sent == "":
        if required:
            reasons.add(where, "missing")
        return ""
    if not isinstance(sent, str) or not CODE.fullmatch(sent):
        reasons.add(where, "must be a code of at most 100 letters, digits and . _ : / -")
        return ""
    return sent


def _id(sent: Mapping[str, Any], key: str, reasons: Reasons) -> UUID | None:
    value = sent.get(key)
    if value is None:
        return None
    try:
        return UUID(value)
    except (ValueError, TypeError, AttributeError):
        reasons.add(key, "must be a UUID")
        return None


def _columns(cls: type, given: Mapping[str, Any], path: str, reasons: Reasons, *, strict: bool) -> dict[str, Any]:
    known = {column.name: column for column in columns(cls)}
    for key in given.keys() - known.keys():
        near = get_close_matches(key, known, n=1) if isinstance(key, str) else []
        hint = f"; did you mean {near[0]}?" if near else ""
        reasons.add(f"{path}{shown(key)}", f"no such field of {getattr(cls, 'name', '') or cls.__name__}{hint}")
    values = {}
    for name, column in known.items():
        if given.get(name) == "" and column.default == "" and not column.required:
            continue  # an empty column is one that was left out
        if given.get(name) is None:
            if column.required and not (given.get(name, ...) is None and column.shape.kind == "optional"):
                reasons.add(f"{path}{name}", "missing")
            elif name in given and column.shape.kind != "optional":
                reasons.add(f"{path}{name}", "must not be null; leave it out instead")
            continue
        values[name] = _value(column.shape, given[name], f"{path}{name}", reasons, strict=strict)
    return values


def _value(shape: Shape, sent: Any, where: str, reasons: Reasons, *, strict: bool) -> Any:  # noqa: ANN401, PLR0911
    if shape.inner is not None and shape.kind == "optional":
        return _value(shape.inner, sent, where, reasons, strict=strict)
    if not strict and isinstance(sent, str):
        sent = _loosened(shape, sent)
    if shape.inner is not None:
        return _list(shape.inner, sent, where, reasons, strict=strict)
    if shape.of is not None:
        if not isinstance(sent, dict):
            reasons.add(where, f"must be an object, this is {kind_of(sent)}")
            return None
        before = len(reasons)
        values = _columns(shape.of, sent, f"{where}.", reasons, strict=strict)
        return shape.of(**values) if len(reasons) == before else None
    if shape.kind == "sealed":
        text = _text(sent, where, reasons)
        return Sealed(text=text)
    if shape.kind == "choice":
        if sent not in shape.choices:
            reasons.add(where, f"must be one of: {', '.join(shape.choices)}")
        return sent
    return READERS[shape.kind](sent, where, reasons)


def _list(inner: Shape, sent: Any, where: str, reasons: Reasons, *, strict: bool) -> tuple[Any, ...]:  # noqa: ANN401
    if not isinstance(sent, list):
        reasons.add(where, f"must be a list, this is {kind_of(sent)}")
        return ()
    if len(sent) > MAX_ITEMS:
        reasons.add(where, f"has {len(sent):,} rows; at most {MAX_ITEMS:,} are taken")
        return ()
    return tuple(_value(inner, each, f"{where}[{n}]", reasons, strict=strict) for n, each in enumerate(sent))


def _loosened(shape: Shape, sent: str) -> Any:  # noqa: ANN401
    """A number or a flag that was written as text, as CSV and forms do."""
    if shape.kind == "whole" and re.fullmatch(r"[+-]?\d{1,19}", sent.strip()):
        return int(sent)
    if shape.kind == "flag" and sent.strip().lower() in {"true", "yes", "1", "false", "no", "0"}:
        return sent.strip().lower() in {"true", "yes", "1"}
    if shape.kind in {"list", "record"} and sent.lstrip()[:1] in {"[", "{"}:
        return read_json(sent.encode("utf-8", "surrogatepass"))
    if shape.kind == "list":
        return [each.strip() for each in sent.split(",") if each.strip()]
    return sent


def _text(sent: Any, where: str, reasons: Reasons) -> str:  # noqa: ANN401
    if not isinstance(sent, str):
        reasons.add(where, f"must be text, this is {kind_of(sent)}")
    elif not sent.strip():
        reasons.add(where, "is empty")
    elif len(sent) > MAX_TEXT:
        reasons.add(where, f"has {len(sent):,} characters; at most {MAX_TEXT:,} are taken")
    elif CONTROL.search(sent):
        reasons.add(where, "holds a control character that cannot be kept")
    else:
        return sent
    return ""


def _whole(sent: Any, where: str, reasons: Reasons) -> int:  # noqa: ANN401
    if isinstance(sent, bool) or not isinstance(sent, int):
        reasons.add(where, f"must be a whole number, this is {kind_of(sent)}")
    elif not -WHOLE <= sent < WHOLE:
        reasons.add(where, "is a number too large to be kept")
    else:
        return sent
    return 0


def _flag(sent: Any, where: str, reasons: Reasons) -> bool:  # noqa: ANN401
    if not isinstance(sent, bool):
        reasons.add(where, f"must be true or false, this is {kind_of(sent)}")
    return bool(sent)


def _instant(sent: Any, where: str, reasons: Reasons) -> datetime | None:  # noqa: ANN401
    if not isinstance(sent, str) or not INSTANT.fullmatch(sent):
        zoneless = isinstance(sent, str) and re.fullmatch(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?", sent)
        reasons.add(where, "has no zone; add +05:30 or Z" if zoneless else "must be a time as RFC 3339 has it")
        return None
    try:
        found = datetime.fromisoformat(sent.upper().replace(" ", "T")).astimezone(UTC)
    except (ValueError, OverflowError):
        reasons.add(where, "is no day of the calendar or no hour of the clock")
        return None
    if found.year not in YEARS:
        reasons.add(where, f"is in the year {found.year}, in which nothing of a case can have happened")
        return None
    return found


def _date(sent: Any, where: str, reasons: Reasons) -> date | None:  # noqa: ANN401
    try:
        if isinstance(sent, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", sent):
            return date.fromisoformat(sent)
    except ValueError:
        pass
    reasons.add(where, "must be a day of the calendar, like 2026-07-02")
    return None


def _decimal(sent: Any, where: str, reasons: Reasons) -> Decimal:  # noqa: ANN401
    if isinstance(sent, bool) or not isinstance(sent, str | int | float):
        reasons.add(where, f"must be a decimal number as text, this is {kind_of(sent)}")
        return Decimal(0)
    try:
        found = Decimal(str(sent))
    except InvalidOperation:
        reasons.add(where, "is no decimal number")
        return Decimal(0)
    if not found.is_finite() or abs(found.adjusted()) > 30 or math.isinf(float(found)):  # noqa: PLR2004
        reasons.add(where, "is a number that cannot be kept")
        return Decimal(0)
    return found


def _uuid(sent: Any, where: str, reasons: Reasons) -> UUID | None:  # noqa: ANN401
    return _id({where: sent}, where, reasons)


def _bytes(sent: Any, where: str, reasons: Reasons) -> bytes:  # noqa: ANN401
    try:
        return bytes.fromhex(sent)
    except (ValueError, TypeError):
        reasons.add(where, "must be hexadecimal digits")
        return b""


READERS = {
    "text": _text, "whole": _whole, "flag": _flag, "instant": _instant, "date": _date, "decimal": _decimal,
    "id": _uuid, "bytes": _bytes,
}  # fmt: skip
