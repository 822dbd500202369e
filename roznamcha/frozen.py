"""A folded record as text and back: JSON in which every value that JSON doesn't have stands in a list with its kind.

Reading makes values, and instances of the domain's own dataclasses by name, and nothing else: no constructor runs, and
no name of anything else is followed. What can't be written is told by TypeError; personal data is among it, in the
clear or sealed: no record holds any.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

import domain
from domain.event import EPOCH, Sealed
from domain.shape import once

MICROSECOND = timedelta(microseconds=1)


def freeze(value: Any) -> bytes:  # noqa: ANN401 (whatever a record holds)
    """The value as text. Raises TypeError for what has no form here."""
    return json.dumps(_out(value), ensure_ascii=False, separators=(",", ":")).encode()


def thaw(data: bytes) -> Any:  # noqa: ANN401
    """The value in a text that `freeze` wrote. Raises ValueError, TypeError or KeyError for any other text."""
    return _in(json.loads(data))


@cache
def kinds() -> dict[str, type]:
    """The domain's dataclasses, by where they are defined."""
    domain.load()
    return {
        _name(each): each
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] == "domain"
        for each in vars(module).values()
        if isinstance(each, type) and is_dataclass(each) and each.__module__ == name
    }


def _name(cls: type) -> str:
    return f"{cls.__module__}:{cls.__qualname__}"


@once
def _columns(cls: type) -> tuple[str, ...]:
    return tuple(each.name for each in fields(cls))


def _out(value: Any) -> Any:  # noqa: ANN401, PLR0911 (one line for each kind)
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, tuple):
        return ["tuple", *map(_out, value)]
    if isinstance(value, Mapping):
        return ["map", *([_out(key), _out(each)] for key, each in value.items())]
    if isinstance(value, datetime):
        return ["instant", (value - EPOCH) // MICROSECOND]
    if isinstance(value, Sealed):
        message = "personal data has no place in a folded record"
        raise TypeError(message)
    if isinstance(value, type):
        return ["kind", _known(value)]
    if is_dataclass(value):
        return ["record", _known(type(value)), *(_out(getattr(value, name)) for name in _columns(type(value)))]
    for cls, (kind, write, _) in SIMPLE.items():
        if isinstance(value, cls):
            return [kind, write(value)]
    message = f"{type(value).__name__} has no place in a folded record"
    raise TypeError(message)


def _known(cls: type) -> str:
    name = _name(cls)
    if kinds().get(name) is not cls:
        message = f"{name} is no part of a record"
        raise TypeError(message)
    return name


def _in(value: Any) -> Any:  # noqa: ANN401, PLR0911
    if not isinstance(value, list):
        return value
    kind, *rest = value
    if kind == "tuple":
        return tuple(map(_in, rest))
    if kind == "map":
        return {_in(key): _in(each) for key, each in rest}
    if kind == "instant":
        return EPOCH + timedelta(microseconds=rest[0])
    if kind == "kind":
        return kinds()[rest[0]]
    if kind == "record":
        cls = kinds()[rest[0]]
        made: Any = object.__new__(cls)
        made.__dict__.update(zip(_columns(cls), map(_in, rest[1:]), strict=True))
        return made
    return READ[kind](rest[0])


SIMPLE: dict[type, tuple[str, Any, Any]] = {
    frozenset: ("set", lambda value: sorted((_out(each) for each in value), key=json.dumps),
                lambda kept: frozenset(map(_in, kept))),
    date: ("date", date.isoformat, date.fromisoformat),
    Decimal: ("decimal", str, Decimal),
    UUID: ("id", str, UUID),
    bytes: ("bytes", bytes.hex, bytes.fromhex),
}  # fmt: skip
READ = {kind: read for kind, _, read in SIMPLE.values()}
