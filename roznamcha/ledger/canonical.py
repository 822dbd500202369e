"""JSON with one way to write it (RFC 8785), as far as the ledger has any: text, whole numbers, lists and objects."""

from __future__ import annotations

import json
from typing import Any

LARGEST = 2**53
"""Whole numbers beyond it are not the same to every reader of JSON (RFC 7493)."""

encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode


def canonical(value: Any) -> bytes:  # noqa: ANN401 (JSON)
    """The bytes. Raises TypeError for what has no such form here: fractions, large numbers, keys beyond ASCII."""
    if not isinstance(value, str):
        _look(value)
    return encode(value).encode()


def _look(value: Any) -> None:  # noqa: ANN401
    if isinstance(value, str) or value is None or isinstance(value, bool):
        return
    if isinstance(value, int) and -LARGEST < value < LARGEST:
        return
    if isinstance(value, list | tuple):
        for each in value:
            _look(each)
        return
    # Python sorts keys by code points, RFC 8785 by UTF-16: in ASCII they agree.
    if isinstance(value, dict) and all(isinstance(key, str) and key.isascii() for key in value):
        for each in value.values():
            _look(each)
        return
    message = f"{type(value).__name__} has no one form in JSON"
    raise TypeError(message)
