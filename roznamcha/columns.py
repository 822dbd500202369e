"""A column's value as it is sent, in JSON, CSV or on a form, becomes one the register knows, or a reason why not.

No reason repeats what was sent.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any
from uuid import UUID

from domain.event import Sealed
from domain.shape import INSTANT, Column, Shape, columns, once
from roznamcha.strict_json import CONTROL, Reasons, kind_of, read_json, shown

MAX_TEXT = 200_000
"""Characters in one column."""
MAX_ITEMS = 2_000
"""Rows in one repeated part of an act."""
MOST_UNKNOWN = 20
"""Of how many unknown keys of one object a sender is told."""
WHOLE = 2**63
LIKE = 0.5
"""How much a key must look like the name of a column that is missing, of which less is asked than of any other."""
YEARS = range(1900, 2200)
"""In which something of a case can have happened."""
NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
"""What a column's name looks like: a key that doesn't may be a person's, moved there from another column."""


def few(unknown: Collection[Any], path: str, reasons: Reasons) -> Iterator[Any]:
    """The first of many unknown keys: who sends thousands is told of some, and that there are more."""
    yield from sorted(unknown, key=str)[:MOST_UNKNOWN]
    if len(unknown) > MOST_UNKNOWN:
        reasons.add(path.rstrip("."), f"and {len(unknown) - MOST_UNKNOWN:,} more keys that nobody knows")


def read_columns(cls: type, given: Mapping[str, Any], path: str, reasons: Reasons, *, strict: bool) -> dict[str, Any]:
    """The columns of an act, or of a part of one; what is wrong with them is added to the reasons."""
    known = _known(cls)
    if unknown := given.keys() - known.keys():
        missing = [name for name, column in known.items() if column.required and given.get(name) is None]
        for key in few(unknown, path, reasons):
            near = _meant(key, missing, known) if isinstance(key, str) else ""
            hint = f"; did you mean {near}?" if near else ""
            called = shown(key) if near or (isinstance(key, str) and NAME.fullmatch(key)) else "(a key that is no name)"
            reasons.add(f"{path}{called}", f"no such field of {getattr(cls, 'name', '') or cls.__name__}{hint}")
    values = {}
    for name, column in known.items():
        sent = given.get(name)
        if sent is None:
            if name in given and column.shape.kind == "optional":
                continue
            if column.required:
                reasons.add(f"{path}{name}", "missing")
            elif name in given:
                reasons.add(f"{path}{name}", "must not be null; leave it out instead")
        elif sent != "" or column.default != "" or column.required:  # else it is empty, which is as if left out
            values[name] = read_value(column.shape, sent, f"{path}{name}", reasons, strict=strict)
    return values


@once
def _known(cls: type) -> dict[str, Column]:
    """The columns of a class by their names."""
    return {column.name: column for column in columns(cls)}


def _meant(key: str, missing: Collection[str], known: Collection[str]) -> str:
    """The column for which a key was meant that is none's name: a missing one, if it looks like one of these at all."""
    near = get_close_matches(key[:100], missing, n=1) or get_close_matches(key[:100], known, n=1)
    if not near and NAME.fullmatch(key):
        words = {each for each in key.split("_") if len(each) > 2}  # noqa: PLR2004 (no "at", "of" or "by")
        near = [each for each in missing if words & set(each.split("_"))]
        near = near or get_close_matches(key, missing, n=1, cutoff=LIKE)
    return near[0] if near else ""


def read_value(shape: Shape, sent: Any, where: str, reasons: Reasons, *, strict: bool) -> Any:  # noqa: ANN401, PLR0911
    """A value of this shape; `strict=False` also takes numbers and flags written as text."""
    if shape.inner is not None and shape.kind == "optional":
        return read_value(shape.inner, sent, where, reasons, strict=strict)
    if not strict and isinstance(sent, str):
        sent = _loosened(shape, sent)
    if shape.inner is not None:
        return _list(shape.inner, sent, where, reasons, strict=strict)
    if shape.of is not None:
        if not isinstance(sent, dict):
            reasons.add(where, f"must be an object, this is {kind_of(sent)}")
            return None
        before = len(reasons)
        values = read_columns(shape.of, sent, f"{where}.", reasons, strict=strict)
        return shape.of(**values) if len(reasons) == before else None
    if shape.kind == "sealed":
        text = read_text(sent, where, reasons)
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
    return tuple(read_value(inner, each, f"{where}[{n}]", reasons, strict=strict) for n, each in enumerate(sent))


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


def read_text(sent: Any, where: str, reasons: Reasons) -> str:  # noqa: ANN401
    """A text that can be kept."""
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


def read_instant(sent: Any, where: str, reasons: Reasons) -> datetime | None:  # noqa: ANN401
    """A moment as RFC 3339 has it, with its zone; in UTC."""
    if not isinstance(sent, str) or not INSTANT.fullmatch(sent):
        zoneless = isinstance(sent, str) and re.fullmatch(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?", sent)
        fault = "has no zone; add +05:30 or Z" if zoneless else "must be a time as RFC 3339 has it"
        reasons.add(where, f"{fault}, like 2026-07-02T10:30:00+05:30")
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
        found = Decimal(str(sent).replace("_", "?"))  # as Python writes a thousand, and nobody else
    except InvalidOperation:
        reasons.add(where, "is no decimal number, like 10.5")
        return Decimal(0)
    if not found.is_finite() or abs(found.adjusted()) > 30 or math.isinf(float(found)):  # noqa: PLR2004
        reasons.add(where, "is a number that cannot be kept")
        return Decimal(0)
    return found


def _uuid(sent: Any, where: str, reasons: Reasons) -> UUID | None:  # noqa: ANN401
    return read_id({where: sent}, where, reasons)


def _bytes(sent: Any, where: str, reasons: Reasons) -> bytes:  # noqa: ANN401
    try:
        return bytes.fromhex(sent)
    except (ValueError, TypeError):
        reasons.add(where, "must be hexadecimal digits")
        return b""


def read_id(sent: Mapping[str, Any], key: str, reasons: Reasons) -> UUID | None:
    """The UUID under this key, if there is one."""
    value = sent.get(key)
    if value is None:
        return None
    try:
        return UUID(value)
    except (ValueError, TypeError, AttributeError):
        reasons.add(key, "must be a UUID")
        return None


READERS = {
    "text": read_text, "whole": _whole, "flag": _flag, "instant": read_instant, "date": _date, "decimal": _decimal,
    "id": _uuid, "bytes": _bytes,
}  # fmt: skip
