"""Writing schema files from the acts themselves: a draft for a new act, and the lock file that gives it its id.

A draft repeats what the class says and takes the words for a column from another act that has the same column; what is
nobody's yet stays empty, and the schema check refuses an empty label.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from domain.event import Event
from domain.shape import Column, Shape, columns
from schemas import LOCK, Catalogue, Locked, SchemaError, golden, read_lock

AVRO = {
    "text": "string",
    "choice": "string",
    "whole": "long",
    "flag": "boolean",
    "bytes": "bytes",
    "sealed": "roznamcha.Sealed",
    "instant": {"type": "long", "is": "instant"},
    "date": {"type": "int", "is": "date"},
    "decimal": {"type": "string", "is": "decimal"},
    "id": {"type": "string", "is": "uuid"},
}


def draft(cls: type[Event[Any]], catalogue: Catalogue, version: int = 1) -> str:
    """The schema file of an act, with the words it already had or that its columns have elsewhere."""
    words = _words(catalogue)
    current = catalogue.schemas.get((cls.name, version)) or catalogue.latest.get(cls.name)
    known = {**words, **{field["name"]: field for field in walk(current.raw)}} if current else words
    own = [_field(column, known, cls.register, set()) for column in columns(cls)]
    head = {
        "type": "record",
        "name": cls.__name__,
        "namespace": f"roznamcha.{cls.register}",
        "doc": " ".join((cls.__doc__ or "").split()),
        "title": current.raw.get("title", {"en": "", "hi": ""}) if current else {"en": "", "hi": ""},
        "uses": ["Meta.1", "Sealed.1"] if '"roznamcha.Sealed"' in json.dumps(own) else ["Meta.1"],
    }
    meta = {"name": "meta", "type": "roznamcha.Meta", "doc": "What every entry carries."}
    return _pretty({**head, "fields": [meta, *own]})


def _field(column: Column, known: Mapping[str, Any], register: str, named: set[str]) -> dict[str, Any]:
    was = known.get(column.name, {})
    field: dict[str, Any] = {"name": column.name, "type": _type(column.shape, known, register, named)}
    if not column.required:
        field["default"] = _plain(column.default)
    field["doc"] = was.get("doc", "")
    field["label"] = was.get("label", {"en": column.name.replace("_", " ").capitalize(), "hi": ""})
    shape = column.shape
    while shape.inner is not None:
        shape = shape.inner
    if shape.kind == "sealed":
        field["sealed"] = was.get("sealed", "")
    if shape.form:
        field["form"] = shape.form.name
    if shape.kind == "choice":
        field["values"] = list(shape.choices)
        spoken = {each: word for each, word in was.get("values_hi", {}).items() if each in shape.choices}
        field |= {"values_hi": spoken} if spoken else {}
    return field


def _type(shape: Shape, known: Mapping[str, Any], register: str, named: set[str]) -> Any:  # noqa: ANN401 (Avro JSON)
    if shape.kind == "optional" and shape.inner is not None:
        return ["null", _type(shape.inner, known, register, named)]
    if shape.kind == "list" and shape.inner is not None:
        return {"type": "array", "items": _type(shape.inner, known, register, named)}
    if shape.kind == "record" and shape.of is not None:
        name = f"roznamcha.{register}.{shape.of.__name__}"
        if name in named:
            return name
        named.add(name)
        inner = [_field(column, known, register, named) for column in shape.columns]
        return {"type": "record", "name": shape.of.__name__, "fields": inner}
    return AVRO[shape.kind]


def _plain(default: Any) -> Any:  # noqa: ANN401 (a default may be of any column's type)
    if isinstance(default, tuple):
        return [_plain(each) for each in default]
    if default is None or isinstance(default, str | int | bool | list):
        return default
    return str(default)


def walk(schema: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every field of a schema, those of nested records too."""
    for field in schema.get("fields", ()):
        yield field
        for part in field["type"] if isinstance(field["type"], list) else [field["type"]]:
            item = part
            while isinstance(item, dict) and "items" in item:
                item = item["items"]
            if isinstance(item, dict):
                yield from walk(item)


def _words(catalogue: Catalogue) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for schema in catalogue.schemas.values():
        for field in walk(schema.raw):
            if field.get("doc") and field.get("label", {}).get("hi"):
                found.setdefault(field["name"], field)
    return found


def _pretty(schema: Mapping[str, Any], indent: str = "") -> str:
    """JSON with a line for each field, so that a reader sees an act's columns as in a register."""
    lines = []
    for key, value in schema.items():
        if key == "fields":
            rows = ",\n".join(f"{indent}    {_row(field, indent + '    ')}" for field in value)
            lines.append(f'{indent}  "fields": [\n{rows}\n{indent}  ]')
        else:
            lines.append(f"{indent}  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}")
    return "{\n" + ",\n".join(lines) + f"\n{indent}}}" + ("\n" if not indent else "")


def _row(field: Mapping[str, Any], indent: str) -> str:
    parts = []
    for key, value in field.items():
        kind = value
        wrap = "{}"
        if isinstance(kind, list) and len(kind) == 2:  # noqa: PLR2004 (["null", X])
            kind, wrap = kind[1], '["null", {}]'
        if isinstance(kind, dict) and "items" in kind:
            kind, wrap = kind["items"], wrap.replace("{}", '{{"type": "array", "items": {}}}')
            wrap = wrap.replace("{{", "{").replace("}}", "}") if "{{" in wrap else wrap
        if key == "type" and isinstance(kind, dict) and "fields" in kind:
            text = wrap[: wrap.rindex("{}")] + _pretty(kind, indent).rstrip("\n") + wrap[wrap.rindex("{}") + 2 :]
        else:
            text = json.dumps(value, ensure_ascii=False)
        parts.append(f"{json.dumps(key)}: {text}")
    return "{" + ", ".join(parts) + "}"


def lock(folder: Path) -> list[Locked]:
    """Bring `schemas.lock` up to date: new files get the next id; a released line never changes.

    Raises SchemaError, and writes nothing, when a released file was edited or is gone.
    """
    path = folder / LOCK
    lines = {(line.name, line.version): line for line in read_lock(path.read_text())} if path.is_file() else {}
    found = Catalogue(folder).schemas
    for key, line in lines.items():
        if line.released != "-" and (key not in found or found[key].file_digest != line.file):
            message = f"{line.name}.{line.version} was released in {line.released}: it may not be edited or removed"
            raise SchemaError(message)
    kept = {key: line for key, line in lines.items() if key in found}
    free = max((line.id for line in lines.values()), default=0)
    for key, schema in sorted(found.items()):
        if key in kept and kept[key].released != "-":
            continue
        if key not in kept:
            free += 1
        number = kept[key].id if key in kept else free
        kept[key] = Locked(number, *key, schema.file_digest, schema.inlined_digest, "-")
    ordered = sorted(kept.values(), key=lambda line: line.id)
    head = "# id, act, version, SHA-256 of the file, SHA-256 of it with its commons inlined, first release\n"
    path.write_text(head + "".join(f"{line}\n" for line in ordered))
    golden.write(folder)
    return ordered
