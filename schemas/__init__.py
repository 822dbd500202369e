"""The public contract: how every entry is written down, a numbered and immutable file for each act.

A file `case/FIRRegistered.1.avsc` is an Avro record whose first field is `meta`. It names the common records it uses
(`"uses": ["Meta.1"]`), which are inlined when it is loaded. `schemas.lock` gives each file its id for ever, with the
SHA-256 of the file and of its inlined form.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any
from uuid import UUID

import fastavro

from schemas.encoding import encoder

LOCK = "schemas.lock"
NEXT = 1_000
"""Ids beyond the last one that releases to come may have given out; what is farther is no id."""
COMMON = "common"
VIEW = "view"
"""The folder of rows that views publish: they are derived, and are no acts."""


class SchemaError(ValueError):
    """A schema, the lock file or an encoded entry isn't what it must be. The message says which and why."""


class NewerSchema(SchemaError):
    """An entry was written by a newer release: its schema's id is one of the next that will be given out."""


@dataclass(frozen=True)
class Locked:
    """One line of the lock file. `released` is the first release that carried it, or `-`."""

    id: int
    name: str
    version: int
    file: str
    inlined: str
    released: str

    def __str__(self) -> str:
        """The line as it stands in the file."""
        return f"{self.id} {self.name} {self.version} {self.file} {self.inlined} {self.released}"


@dataclass(frozen=True)
class Schema:
    """One numbered schema: `name` is the act's permanent name, `text` the file as it stands."""

    name: str
    version: int
    text: str
    commons: Mapping[str, str]

    @cached_property
    def raw(self) -> dict[str, Any]:
        """The file's own JSON, common records still by name."""
        loaded: dict[str, Any] = json.loads(self.text)
        return loaded

    @cached_property
    def inlined(self) -> dict[str, Any]:
        """The schema complete in itself: what foreign readers and registries are given."""
        pending: dict[str, Any] = {}
        for use in self.raw.get("uses", ()):
            if use not in self.commons:
                message = f"{self.name}.{self.version}: uses {use}, which is not in {COMMON}/"
                raise SchemaError(message)
            record = json.loads(self.commons[use])
            pending[f"{record['namespace']}.{record['name']}"] = record
        body = {key: value for key, value in self.raw.items() if key != "uses"}
        inlined: dict[str, Any] = _inline(body, pending)
        return inlined

    @cached_property
    def parsed(self) -> Any:  # noqa: ANN401 (fastavro's own type)
        """The schema prepared for fastavro; an unprepared one halves the speed."""
        return fastavro.parse_schema(json.loads(json.dumps(self.inlined)))

    @cached_property
    def write(self) -> Callable[[Any], bytes]:
        """Writes a record's Avro body, fast; any exception means that fastavro must be asked (see `encoding.py`)."""
        return encoder(self.inlined)

    @property
    def file_digest(self) -> str:
        """SHA-256 of the file: Avro's canonical form would ignore docs and defaults."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @cached_property
    def complete(self) -> str:
        """The inlined schema as compact JSON, the form in which it is handed out: its SHA-256 stands in the lock."""
        return json.dumps(self.inlined, separators=(",", ":"))

    @property
    def full_name(self) -> str:
        """The record's name as Avro and registries know it."""
        return f"{self.raw['namespace']}.{self.raw['name']}"

    @property
    def inlined_digest(self) -> str:
        """SHA-256 of the inlined schema as compact JSON."""
        return hashlib.sha256(self.complete.encode()).hexdigest()

    @property
    def guid(self) -> UUID:
        """The id by which newer Confluent clients name a schema in a header: made of its digest (UUIDv8, RFC 9562)."""
        number = int(self.inlined_digest[:32], 16)
        return UUID(int=number & ~(0xF << 76 | 0b11 << 62) | 8 << 76 | 0b10 << 62)

    @property
    def fields(self) -> list[dict[str, Any]]:
        """The act's own fields, without `meta`."""
        return [field for field in self.raw["fields"] if field["name"] != "meta"]


def _inline(node: Any, pending: dict[str, Any]) -> Any:  # noqa: ANN401 (any JSON)
    """Replace the first mention of each pending record by its definition, in the order Avro reads a schema."""
    if isinstance(node, str):
        if node in pending:
            definition = pending.pop(node)
            return _inline(definition, pending)
        return node
    if isinstance(node, list):
        return [_inline(each, pending) for each in node]
    if isinstance(node, dict):
        reads = {"type", "items", "fields"}
        return {key: _inline(value, pending) if key in reads else value for key, value in node.items()}
    return node


class Catalogue:
    """All schemas, by name and version, and by the id that stands in front of every stored entry."""

    def __init__(self, folder: Traversable) -> None:
        """Read `folder`. Raises SchemaError for a file that isn't JSON or is misnamed."""
        commons, self.schemas = {}, {}
        for register in sorted(folder.iterdir(), key=lambda each: each.name):
            if not register.is_dir():
                continue
            for file in sorted(register.iterdir(), key=lambda each: each.name):
                if not file.name.endswith(".avsc"):
                    continue
                stem, _, number = file.name.removesuffix(".avsc").rpartition(".")
                text = file.read_text(encoding="utf-8")
                if register.name == COMMON:
                    commons[f"{stem}.{number}"] = text
                    continue
                schema = Schema(f"{register.name}.{stem}", int(number), text, commons)
                self.schemas[schema.name, schema.version] = schema
        lock = folder / LOCK
        self.locked = tuple(read_lock(lock.read_text(encoding="utf-8"))) if lock.is_file() else ()
        self.commons: Mapping[str, str] = commons
        self.latest: dict[str, Schema] = {name: each for (name, _), each in sorted(self.schemas.items())}
        self._ids = {(line.name, line.version): line.id for line in self.locked}
        self.readers: dict[Any, Any] = {}
        """Whoever reads entries of these schemas keeps here what it has worked out for them."""
        self._guids: dict[UUID, int] = {}
        self._by_id = {line.id: (line.name, line.version) for line in self.locked}

    def id_of(self, schema: Schema) -> int:
        """The id in the lock file. Raises SchemaError when it has none: an unlocked schema writes nothing."""
        try:
            return self._ids[schema.name, schema.version]
        except KeyError:
            message = f"{schema.name}.{schema.version} is not in {LOCK}. Run `roznamcha schemas lock`."
            raise SchemaError(message) from None

    def by_id(self, schema_id: int) -> Schema:
        """The schema an entry was written with. Raises SchemaError for an id nobody gave out."""
        try:
            return self.schemas[self._by_id[schema_id]]
        except KeyError:
            next_ones = 0 < schema_id - max(self._by_id, default=0) <= NEXT
            why = ": this entry was written by a newer release" if next_ones else ", and is none of the next ones"
            message = f"schema id {schema_id} is not in {LOCK}{why}"
            raise (NewerSchema if next_ones else SchemaError)(message) from None

    def id_by_guid(self, guid: UUID) -> int:
        """The id of the schema of this GUID. Raises SchemaError for one nobody gave out."""
        if not self._guids:
            self._guids.update(
                {schema.guid: self._ids[key] for key, schema in self.schemas.items() if key in self._ids}
            )
        try:
            return self._guids[guid]
        except KeyError:
            message = f"no schema in {LOCK} has the GUID {guid}"
            raise SchemaError(message) from None

    def versions(self, name: str) -> list[Schema]:
        """All versions of an act's schema, oldest first."""
        return [each for (owner, _), each in sorted(self.schemas.items()) if owner == name]


def read_lock(text: str) -> Iterator[Locked]:
    """The lines of a lock file. Raises SchemaError for a line that can't be read."""
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            identity, name, version, file, inlined, released = line.split()
            yield Locked(int(identity), name, int(version), file, inlined, released)
        except ValueError:
            message = f"{LOCK} line {number} cannot be read: {line!r}"
            raise SchemaError(message) from None


@cache
def catalogue() -> Catalogue:
    """The schemas that ship with this release."""
    return Catalogue(resources.files(__name__))
