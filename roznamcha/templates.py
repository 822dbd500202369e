"""Whether an act in a map can be entered at all: its name, its columns, and what stands in them without a place.

What is wrong there would be wrong in every line of the file, so it is told before the first one is read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

import domain
from domain.event import ACTS
from domain.shape import Shape, columns
from roznamcha.columns import read_value
from roznamcha.strict_json import Reasons


def check_act(name: str, fields: Mapping[str, Any], place: re.Pattern[str]) -> None:
    """Check one act of a map; `place` is how a text names a column. Raises ValueError with every reason."""
    domain.load()
    reasons = Reasons()
    if name not in ACTS:
        near = get_close_matches(str(name)[:100], ACTS, n=1)
        message = f"there is no act {name!r}; {f'did you mean {near[0]}?' if near else 'see `roznamcha acts`'}"
        raise ValueError(message)
    cls = ACTS[name]
    numbered = {cls.numbered.number, cls.numbered.year} if cls.numbered else set()
    _check(cls, fields, f"{name}: ", place, reasons, numbered)
    if reasons:
        raise ValueError(" · ".join(reasons))


def _check(  # noqa: PLR0913 (what is checked, where it stands, and how)
    cls: type, fields: Mapping[str, Any], path: str, place: re.Pattern[str], reasons: Reasons, given: set[str]
) -> None:
    if not isinstance(fields, Mapping):
        reasons.add("", f"{path}columns and what goes there are missing")
        return
    known = {column.name: column for column in columns(cls)}
    for key in fields.keys() - known.keys():
        near = get_close_matches(str(key)[:100], known, n=1)
        reasons.add("", f"{path}there is no column {key!r}{f'; did you mean {near[0]}?' if near else ''}")
    for key, column in known.items():
        if key in fields:
            _value(column.shape, fields[key], f"{path}{key}", place, reasons)
        elif column.required and key not in given:
            reasons.add("", f"{path}the column {key!r} is required and not filled")


def _value(shape: Shape, part: Any, path: str, place: re.Pattern[str], reasons: Reasons) -> None:  # noqa: ANN401
    if isinstance(part, str) and place.search(part):
        return  # what a line has there is for the door to read
    if shape.kind == "optional" and shape.inner is not None:
        _value(shape.inner, part, path, place, reasons)
    elif shape.inner is not None and isinstance(part, list):
        for number, each in enumerate(part):
            _value(shape.inner, each, f"{path}[{number}]", place, reasons)
    elif shape.of is not None and isinstance(part, Mapping):
        _check(shape.of, part, f"{path}.", place, reasons, set())
    else:
        read_value(shape, part, path, reasons, strict=False)
