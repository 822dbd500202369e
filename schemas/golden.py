"""One specimen entry of every schema version, kept for ever: today's program must still read it as it was."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fastavro
from fastavro.read import SchemaResolutionError

from schemas import Catalogue, Schema
from schemas.codec import HEADER, MAGIC

FILE = "golden.jsonl"


def specimen(avro: Any, depth: int = 0, named: dict[str, Any] | None = None, path: str = "") -> Any:  # noqa: ANN401
    """A value that fits an Avro type, different for each field, the same every time."""
    named = {} if named is None else named
    if isinstance(avro, str) and avro in named:
        avro = named[avro]
    kind = avro["type"] if isinstance(avro, dict) else avro
    if isinstance(avro, list):
        return specimen(next(each for each in avro if each != "null"), depth, named, path)
    if isinstance(kind, dict | list):
        return specimen(kind, depth, named, path)
    if isinstance(avro, dict) and "name" in avro and kind in {"record", "fixed"}:
        for name in (avro["name"], f"{avro.get('namespace', 'roznamcha')}.{avro['name']}", f"roznamcha.{avro['name']}"):
            named.setdefault(name, avro)
    if kind == "record":
        return {each["name"]: specimen(each["type"], depth + 1, named, each["name"]) for each in avro["fields"]}
    if kind == "array":
        return [specimen(avro["items"], depth + 1, named, path)]
    if kind == "fixed":
        return bytes(range(avro["size"]))
    form = avro.get("is") if isinstance(avro, dict) else None
    forms = {"decimal": "12.50", "uuid": "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b", "date": 20_636}
    plain = {"string": path, "bytes": path.encode(), "long": 1_782_962_400_000_000, "int": 7, "boolean": True}
    return forms.get(form or "", plain.get(kind))


def lines(catalogue: Catalogue) -> Iterator[str]:
    """A specimen line for every schema in the lock file."""
    for locked in catalogue.locked:
        schema = catalogue.schemas[locked.name, locked.version]
        record = specimen(schema.inlined)
        buffer = io.BytesIO(HEADER.pack(MAGIC, locked.id))
        buffer.seek(0, io.SEEK_END)
        fastavro.schemaless_writer(buffer, schema.parsed, record)
        shown = {
            "name": schema.name,
            "version": schema.version,
            "hex": buffer.getvalue().hex(),
            "record": plain(record),
        }
        yield json.dumps(shown, ensure_ascii=False)


def plain(value: Any) -> Any:  # noqa: ANN401
    """A record as JSON, bytes as hexadecimal."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list) else value


def write(folder: Path) -> None:
    """Write the specimens of every schema in `folder`; those of released versions stay as they are."""
    path = folder / FILE
    catalogue = Catalogue(folder)
    released = {(line.name, line.version) for line in catalogue.locked if line.released != "-"}
    old = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    kept = [line for line in old if _key(line) in released]
    known = {_key(line) for line in kept}
    fresh = [line for line in lines(catalogue) if _key(line) not in known]
    path.write_text("".join(f"{line}\n" for line in sorted([*kept, *fresh])), encoding="utf-8")


def _key(line: str) -> tuple[str, int]:
    loaded: dict[str, Any] = json.loads(line)
    return loaded["name"], loaded["version"]


def findings(catalogue: Catalogue, text: str) -> Iterator[str]:
    """What is wrong with the specimens: one is missing, or is no longer read as it was."""
    seen = set()
    for line in text.splitlines():
        kept = json.loads(line)
        key = kept["name"], kept["version"]
        schema = catalogue.schemas.get(key)
        if schema is None:
            yield f"{key[0]}.{key[1]}: there is a golden record, but no schema any more"
            continue
        seen.add(key)
        yield from _differs(schema, catalogue.latest[schema.name], bytes.fromhex(kept["hex"]), kept["record"])
    for key in sorted(catalogue.schemas.keys() - seen):
        yield f"{key[0]}.{key[1]}: there is no golden record of it; run `roznamcha schemas lock`"


def _differs(writer: Schema, newest: Schema, data: bytes, record: dict[str, Any]) -> Iterator[str]:
    try:
        read: Any = fastavro.schemaless_reader(io.BytesIO(data[HEADER.size :]), writer.parsed, None)
        newer: Any = fastavro.schemaless_reader(io.BytesIO(data[HEADER.size :]), writer.parsed, newest.parsed)
    except (ValueError, EOFError, TypeError, IndexError, OverflowError, SchemaResolutionError) as error:
        yield f"{writer.name}.{writer.version}: its golden record can no longer be read: {error}"
        return
    if plain(read) != record:
        yield f"{writer.name}.{writer.version}: its golden record reads differently than it was written"
    common = {key for key in record if key in newer}
    if any(plain(newer[key]) != record[key] for key in common - {"meta"}):
        yield f"{writer.name}.{writer.version}: version {newest.version} reads its golden record differently"
