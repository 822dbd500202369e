"""JSON, strictly: one document, UTF-8, no key twice, no number that isn't one; and reasons told all at once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from roznamcha.errors import Refused

MAX_DOCUMENT = 4 * 1024 * 1024
"""Bytes of one act as JSON. More is a document, which an entry points to and doesn't contain."""
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Characters that can't be kept: control characters, those that turn the direction of what follows (UAX 9), and halves
of a surrogate pair. The joiners of Indian scripts and the marks of direction of Urdu are kept."""


class Reasons(list[str]):
    """The reasons collected on the way, so that all of them are told at once."""

    def add(self, where: str, what: str) -> None:
        """Note that `where` is wrong, and how."""
        self.append(f"{where}: {what}" if where else what)


def located(reasons: Iterable[str], places: Mapping[str, str], what: str) -> list[str]:
    """Reasons in which the part that is wrong is also named as its sender knows it: an option, a column of a file."""
    told = []
    for each in reasons:
        where, colon, why = each.partition(": ")
        known = places.get(where) or places.get(where.partition("[")[0]) if colon else None
        told.append(f"{where} ({what}{known}): {why}" if known else each)
    return told


def read_json(data: bytes) -> Any:  # noqa: ANN401 (any JSON)
    """One JSON document, strictly: UTF-8, no duplicate key, no NaN, nothing after it. Raises Refused."""
    if len(data) > MAX_DOCUMENT:
        raise Refused([f"this act has {len(data):,} bytes; at most {MAX_DOCUMENT:,} are taken"])
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused([f"this is not UTF-8: byte {error.start + 1} cannot be read"]) from None
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise Refused([f"this is not JSON: {error.msg} at line {error.lineno}, column {error.colno}"]) from None
    except RecursionError:
        raise Refused(["this JSON is nested too deeply to be an act"]) from None
    except ValueError as error:
        if isinstance(error, Refused):
            raise
        raise Refused(["this JSON holds a number with too many digits"]) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise Refused([f"the key {shown(twice)} stands twice in one object"])
    return found


def _no_constant(name: str) -> Any:  # noqa: ANN401
    raise Refused([f"{name} is not a number that can be entered"])


def kind_of(sent: Any) -> str:  # noqa: ANN401 (any JSON)
    """What kind of JSON it is, in words."""
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "null"}
    return names.get(type(sent), "a number")


def shown(key: Any) -> str:  # noqa: ANN401
    """A key as it may be repeated in an error: short, and without control characters."""
    text = CONTROL.sub("?", str(key))
    return repr(text if len(text) <= 40 else text[:37] + "...")  # noqa: PLR2004
