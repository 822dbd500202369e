"""The leaf, made once more from the words of `docs/ledger.md` alone: one column after the other, and slowly.

The program makes many disclosures at once and writes JSON by templates. This one does neither, so that both can be
compared; and what has once been signed must come out of either for ever.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from roznamcha.ledger.canonical import canonical
from schemas import Schema
from schemas.codec import as_written

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def web(data: bytes) -> str:
    """Base64 for the web, without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def digest(text: str) -> str:
    """The digest of a disclosure."""
    return web(hashlib.sha256(text.encode()).digest())


def time_text(micros: int) -> str:
    """A time in UTC."""
    return (EPOCH + timedelta(microseconds=micros)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def disclosure(salt: bytes, place: int, name: str, value: Any) -> str:
    """The text that opens a column; its salt is the one for its place."""
    own = hashlib.shake_128(salt).digest(16 * (place + 1))[-16:]
    return web(canonical([web(own), name, value]))


def shown(avro: Any, value: Any, named: dict[str, Any]) -> Any:  # noqa: PLR0911 (a kind to a line)
    """A kept value as JSON has it."""
    if isinstance(avro, list):
        return None if value is None else shown(next(each for each in avro if each != "null"), value, named)
    if isinstance(avro, str):
        avro = named.get(avro, {"type": avro})
    kind = avro["type"]
    if kind == "record" and avro["name"] == "Sealed":
        return {"sealed": value["person"], "digest": web(value["digest"])}
    if kind == "record":
        return {each["name"]: shown(each["type"], value[each["name"]], named) for each in avro["fields"]}
    if kind == "array":
        return [shown(avro["items"], each, named) for each in value]
    if isinstance(kind, list | dict):
        return shown(kind, value, named)
    if avro.get("is") == "instant":
        return time_text(value)
    if avro.get("is") == "date":
        return (date(1970, 1, 1) + timedelta(days=value)).isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return str(value) if isinstance(value, int) and abs(value) >= 2**53 else value


def seals(path: str, value: Any) -> Iterator[str]:
    """The digests of what is sealed inside a column."""
    if isinstance(value, dict) and "box" in value:
        yield web(value["digest"])
    elif isinstance(value, dict | list):
        for name, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from seals(f"{path}.{name}", each)


def named_in(schema: Schema) -> dict[str, Any]:
    """What a schema defines, by its full name."""
    found: dict[str, Any] = {}

    def look(node: Any) -> None:
        if isinstance(node, dict):
            if node.get("type") in ("record", "fixed"):
                found[f"{node.get('namespace', 'roznamcha')}.{node['name']}"] = node
            for each in node.values():
                look(each)
        elif isinstance(node, list):
            for each in node:
                look(each)

    look(schema.inlined)
    return found


def circumstances(meta: dict[str, Any]) -> dict[str, Any]:
    """What every entry says besides its own columns."""
    ids = ("command_id", "correlation_id", "causation_id")
    told: dict[str, Any] = {
        "meta.occurred_at": time_text(meta["occurred_at"]),
        "meta.actor": {each: meta[f"actor_{each}"] for each in ("id", "rank", "role", "station")},
        "meta.station": {"station": meta["station"], "district": meta["district"]},
        "meta.cause": {each: str(UUID(bytes=meta[each])) for each in ids if meta[each]} | {"source": meta["source"]},
    }
    if meta["reported_at"] is not None:
        told["meta.reported_at"] = time_text(meta["reported_at"])
    if meta["doubts"]:
        told["meta.doubts"] = meta["doubts"]
    if meta["signature"] is not None:
        told["meta.signature"] = meta["signature"].hex()
    return told


def leaf(catalogue: Any, state: bytes, origin: str, position: int, place: int, before: bytes | None) -> bytes:
    """The leaf of an entry."""
    schema, record = as_written(catalogue, state)
    meta, named = record["meta"], named_in(schema)
    told = circumstances(meta)
    told["meta.act"] = {"schema": schema.inlined_digest, "name": schema.name, "version": schema.version}
    digests = []
    for field in schema.inlined["fields"]:
        name, value = field["name"], record[field["name"]]
        if name == "meta" or value == field.get("default", ...):
            continue
        digests += seals(name, value)
        if not (isinstance(value, dict) and "box" in value):
            told[name] = shown(field["type"], value, named)
    opening = [disclosure(meta["salt"], n, name, value) for n, (name, value) in enumerate(told.items())]
    digests += map(digest, opening)
    wanted = 16
    while wanted < len(digests):
        wanted = wanted * 2 if wanted < 1_024 else wanted + 64
    if more := wanted - len(digests):
        nothing = disclosure(meta["salt"], len(opening), "", more - 1)
        blocks = hashlib.shake_256(nothing.encode()).digest(32 * (more - 1))
        digests += [digest(nothing), *(web(blocks[32 * n : 32 * n + 32]) for n in range(more - 1))]
    return canonical(
        {
            "v": 1, "log": origin, "position": position, "entry": str(UUID(bytes=meta["entry_id"])),
            "kind": schema.name.split(".")[0], "record": str(UUID(bytes=meta["record_id"])),
            "version": meta["version"], "place": place, "prev": before and web(before),
            "at": time_text(meta["recorded_at"]), "state": web(hashlib.sha256(state).digest()),
            "_sd": sorted(digests), "_sd_alg": "sha-256",
        }
    )  # fmt: skip
