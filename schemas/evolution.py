"""The schema check: nothing that was promised is broken, and every new column says what it is in both languages.

Avro's own rules are checked between every two versions of an act, both ways (FULL_TRANSITIVE). They miss what Avro
doesn't look at: docs, labels, the meaning of a number, a changed seal; those are our own rules here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from importlib import resources
from itertools import permutations
from typing import Any

from avro.compatibility import ReaderWriterCompatibilityChecker, SchemaCompatibilityType
from avro.errors import AvroException
from avro.schema import parse

from schemas import VIEW, Catalogue, Schema, golden

PRIMITIVE = {"string", "long", "int", "boolean", "bytes", "null"}
DEVANAGARI = re.compile("[\u0900-\u097f]")
FORMS = {"instant": "long", "date": "int", "decimal": "string", "uuid": "string"}


def check(catalogue: Catalogue, golden_text: str | None = None) -> list[str]:
    """Everything that is wrong, a line for each; empty when all is well."""
    found = list(_locked(catalogue))
    for schema in catalogue.schemas.values():
        found += _lint(schema)
    for name in catalogue.latest:
        for old, new in permutations(catalogue.versions(name), 2):
            found += _compatible(old, new)
    if golden_text is None:
        kept = resources.files("schemas") / golden.FILE
        golden_text = kept.read_text(encoding="utf-8") if kept.is_file() else ""
    return found + list(golden.findings(catalogue, golden_text))


def _locked(catalogue: Catalogue) -> Iterator[str]:
    """The lock file and the files agree."""
    lines = {(line.name, line.version): line for line in catalogue.locked}
    ids = [line.id for line in catalogue.locked]
    if len(ids) != len(set(ids)) or len(ids) != len(lines):
        yield "schemas.lock: an id or a schema stands there twice"
    for key in sorted(catalogue.schemas.keys() | lines.keys()):
        label = f"{key[0]}.{key[1]}"
        if key not in lines:
            yield f"{label}: not in schemas.lock; run `roznamcha schemas lock`"
        elif key not in catalogue.schemas:
            yield f"{label}: in schemas.lock, but its file is gone"
        elif lines[key].file != catalogue.schemas[key].file_digest:
            yield f"{label}: its file was edited; a released schema is never edited, write the next number"
        elif lines[key].inlined != catalogue.schemas[key].inlined_digest:
            yield f"{label}: a common record it uses was edited; write the common record's next number"
    for name in catalogue.latest:
        numbers = [each.version for each in catalogue.versions(name)]
        if sorted(numbers) != list(range(1, len(numbers) + 1)):
            yield f"{name}: its versions are {numbers}, they must count from 1 without a gap"


def _lint(schema: Schema) -> Iterator[str]:
    """Our own rules for one file."""
    label, raw = f"{schema.name}.{schema.version}", schema.raw
    register, _, act = schema.name.partition(".")
    if raw.get("namespace") != f"roznamcha.{register}" or raw.get("name") != act or raw.get("type") != "record":
        yield f"{label}: must be the record roznamcha.{register}.{act}"
    if not raw.get("doc"):
        yield f"{label}: has no doc"
    yield from _words(label, raw.get("title"), "title")
    fields = raw.get("fields") or [{}]
    first = ("record_id", "string") if register == VIEW else ("meta", "roznamcha.Meta")
    if (fields[0].get("name"), fields[0].get("type")) != first:
        yield f"{label}: its first field must be {first[0]} of type {first[1]}"
    for field in fields[1:]:
        yield from _lint_field(f"{label}: {field.get('name')}", field, fields)


def _lint_field(  # noqa: C901 (one rule after the other)
    label: str, field: Mapping[str, Any], siblings: list[Mapping[str, Any]]
) -> Iterator[str]:
    if not str(field.get("doc", "")).strip():
        yield f"{label}: has no doc"
    yield from _words(label, field.get("label"), "label")
    kind = field.get("type")
    if isinstance(kind, list):
        if kind[0] != "null" or len(kind) != 2 or field.get("default", ...) is not None:  # noqa: PLR2004 (["null", X])
            yield f'{label}: an optional column is ["null", X] with the default null'
        kind = kind[-1]
    while isinstance(kind, dict) and kind.get("type") == "array":
        kind = kind["items"]
    if isinstance(kind, dict) and kind.get("type") == "record":
        for each in kind["fields"]:
            yield from _lint_field(f"{label}.{each.get('name')}", each, kind["fields"])
    elif isinstance(kind, dict):
        if kind.get("is") not in FORMS or FORMS[kind["is"]] != kind.get("type") or "logicalType" in kind:
            yield f"{label}: a type in braces is one of our forms: {', '.join(FORMS)}"
    elif kind == "roznamcha.Sealed":
        yield from _lint_sealed(label, field, siblings)
    elif isinstance(kind, str) and kind not in PRIMITIVE and not kind.startswith("roznamcha."):
        yield f"{label}: {kind} is no type that is kept here"


def _lint_sealed(label: str, field: Mapping[str, Any], siblings: list[Mapping[str, Any]]) -> Iterator[str]:
    person = field.get("sealed", "")
    names = {each.get("name") for each in siblings}
    if not person:
        yield f"{label}: is sealed but doesn't say for whom: a code, or @ and the column that holds it"
    elif person.startswith("@") and person[1:] not in names:
        yield f"{label}: is sealed for {person}, but there is no such column beside it"


def _words(label: str, words: Any, what: str) -> Iterator[str]:  # noqa: ANN401 (any JSON)
    words = words if isinstance(words, dict) else {}
    if not str(words.get("en", "")).strip():
        yield f"{label}: has no English {what}"
    if not DEVANAGARI.search(str(words.get("hi", ""))):
        yield f"{label}: has no Hindi {what}"


def _compatible(writer: Schema, reader: Schema) -> Iterator[str]:
    """What `reader` could not read, or would read differently, of entries written with `writer`."""
    label = f"{reader.name}: version {reader.version} cannot read version {writer.version}"
    try:
        result = ReaderWriterCompatibilityChecker().get_compatibility(  # type: ignore[no-untyped-call]
            parse(json.dumps(reader.inlined)), parse(json.dumps(writer.inlined))
        )
    except AvroException as error:
        yield f"{label}: {error}"
        return
    if result.compatibility is not SchemaCompatibilityType.compatible:
        yield f"{label}: {'; '.join(sorted(map(str, result.messages)))} at {', '.join(sorted(result.locations))}"
    if reader.version > writer.version:
        yield from _same_meaning(reader.name, _flat(writer.raw), _flat(reader.raw), reader.version)


def _same_meaning(name: str, old: dict[str, Any], new: dict[str, Any], version: int) -> Iterator[str]:
    for path in old.keys() & new.keys():
        was, now = old[path], new[path]
        if _form(was) != _form(now):
            yield f"{name}.{version}: {path} changes its meaning from {_form(was)} to {_form(now)}"
        if was.get("sealed") != now.get("sealed"):
            yield f"{name}.{version}: {path} changes for whom it is sealed"
        if was.get("form") != now.get("form"):
            yield f"{name}.{version}: {path} changes what form of text it takes"
        if was.get("values") and not set(was["values"]) <= set(now.get("values", was["values"])):
            yield f"{name}.{version}: {path} loses a value that older entries may have"


def _flat(schema: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in schema.get("fields", ()):
        path = f"{prefix}{field['name']}"
        found[path] = field
        kind = field["type"][-1] if isinstance(field["type"], list) else field["type"]
        while isinstance(kind, dict) and kind.get("type") == "array":
            kind = kind["items"]
        if isinstance(kind, dict) and kind.get("type") == "record":
            found.update(_flat(kind, f"{path}."))
    return found


def _form(field: Mapping[str, Any]) -> str:
    kind = field["type"][-1] if isinstance(field["type"], list) else field["type"]
    return str(kind.get("is", kind.get("type"))) if isinstance(kind, dict) else str(kind)
