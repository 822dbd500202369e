"""Values as plain JSON: what every `--json` prints. A sealed value shows that it is there and whose, nothing more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.event import Event, Sealed


def plain(value: Any) -> Any:  # noqa: ANN401, PLR0911 (any value of a record; one return for each kind)
    """`value` as JSON can hold it. Times are RFC 3339 in UTC, decimals are text."""
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Sealed):
        return value.text if value.text is not None else {"sealed": value.person, "digest": value.digest.hex()}
    if isinstance(value, Mapping):
        return {_key(key): plain(each) for key, each in value.items()}
    if isinstance(value, tuple | list | set | frozenset):
        return [plain(each) for each in (sorted(value) if isinstance(value, set | frozenset) else value)]
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value) if each.name != "meta"}
    return str(value)


def _key(key: Any) -> str:  # noqa: ANN401 (a chapter's part is known by its class)
    if isinstance(key, type):
        return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in key.__name__).lstrip("_")
    return ".".join(map(str, key)) if isinstance(key, tuple) else str(key)


def plain_entry(entry: Event[Any]) -> dict[str, Any]:
    """An entry as `history --json` shows it: who, when, recorded when, what, doubts."""
    meta = entry.meta
    return {
        "position": meta.position,
        "version": meta.version,
        "name": entry.name,
        "entry_id": str(meta.entry_id),
        "occurred_at": plain(meta.occurred_at),
        "recorded_at": plain(meta.recorded_at),
        "reported_at": plain(meta.reported_at),
        "actor": plain(meta.actor),
        "station": meta.station,
        "district": meta.district,
        "command_id": str(meta.command_id),
        "source": meta.source,
        "doubts": list(meta.doubts),
        "fields": plain(entry),
    }
