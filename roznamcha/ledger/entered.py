"""The entries of a copy in words: what is disclosed of each leaf, named as the schema it was written with names it.

Everything comes from the copy alone. The program adds the words: titles and labels of the very schema whose digest the
entry names, so that a column that was renamed since reads as it read then. A schema it lacks is said to be lacking.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from roznamcha.ledger.verify import WITHHELD, Bundle, leaf_hash, open_proof, opened, web
from roznamcha.screen import when
from schemas import Catalogue, Schema

Words = dict[str, str]
"""The same in Hindi (`hi`) and in English (`en`)."""
YES, NO = "हाँ · yes", "नहीं · no"
COPY: Words = {"hi": "प्रति बंद की गई", "en": "Copy closed"}
OWN: Words = {"hi": "न्यायालय-बही का अपना कथन", "en": "Statement of the ledger itself"}


@dataclass(frozen=True)
class Entered:
    """One leaf of a copy: what is shown of it, by column, and how much is withheld for which reason."""

    place: int
    index: int
    log: str
    hash: bytes
    told: dict[str, Any]
    shown: dict[str, Any]
    sealed: dict[str, str]
    """What was sealed and is opened in this copy, by its digest."""
    withheld: dict[str, int]
    schema: Schema | None

    @property
    def act(self) -> dict[str, Any]:
        """The act's name, and the schema it was written with; empty where a copy doesn't show it."""
        found: dict[str, Any] = self.shown.get("meta.act", {})
        return found

    @property
    def name(self) -> str:
        """The act's permanent name; for what the ledger says of itself its kind."""
        return str(self.act.get("name") or f"ledger.{self.told['kind']}")

    @cached_property
    def title(self) -> Words:
        """What the act is called, in the words of its schema."""
        if not self.act:
            return COPY if self.told["kind"] == "copy" else OWN
        title: Words = (self.schema.raw.get("title") if self.schema else None) or {"hi": "", "en": self.name}
        return title

    def columns(self, zone: ZoneInfo) -> Iterator[tuple[Words, str]]:
        """Label and value of each column that the act itself has, in the order of its form."""
        fields = (
            self.schema.fields if self.schema else [{"name": name, "type": "string"} for name in sorted(self.shown)]
        )
        for field in fields:
            name = field["name"]
            if name in self.shown and not name.startswith(("meta.", "copy.")):
                yield label_of(field), self.said(self.shown[name], field["type"], zone)

    def said(self, value: Any, kind: Any, zone: ZoneInfo) -> str:  # noqa: ANN401 (JSON, and an Avro type)
        """A value as a person reads it: times in `zone`, the rows of a part one under the other."""
        kind = _inner(kind)
        if isinstance(value, bool):
            return YES if value else NO
        if isinstance(value, list):
            items = kind.get("items", "string") if isinstance(kind, dict) else "string"
            parts = [self.said(each, items, zone) for each in value]
            return ("\n" if any(isinstance(each, dict) for each in value) else "; ").join(parts)
        if isinstance(value, dict):
            if {*value} == {"sealed", "digest"}:
                return self.sealed.get(value["digest"], f"[रोका गया · withheld: {value['sealed']}]")
            return "; ".join(self._parts(value, kind, zone))
        if isinstance(kind, dict) and kind.get("is") == "instant":
            return _moment(value, zone)
        return "" if value is None else str(value)

    def _parts(self, value: Mapping[str, Any], kind: Any, zone: ZoneInfo) -> Iterator[str]:  # noqa: ANN401
        fields = kind.get("fields", []) if isinstance(kind, dict) else []
        known = {each["name"]: each for each in fields}
        for name in [*known, *(each for each in value if each not in known)]:
            field = known.get(name, {"name": name, "type": "string"})
            if name in value and value[name] not in (None, "", []) and value[name] != field.get("default", ...):
                label = label_of(field)
                called = " / ".join(filter(None, (label["hi"], label["en"])))
                yield f"{called}: {self.said(value[name], field['type'], zone)}"


def label_of(field: Mapping[str, Any]) -> Words:
    """A column's label in both languages; its bare name where the schema has none."""
    found: Words = field.get("label") or {}
    return {"hi": found.get("hi", ""), "en": found.get("en") or str(field["name"])}


def _inner(kind: Any) -> Any:  # noqa: ANN401 (an Avro type)
    return next((each for each in kind if each != "null"), "null") if isinstance(kind, list) else kind


def _moment(value: Any, zone: ZoneInfo) -> str:  # noqa: ANN401 (JSON)
    try:
        return when(datetime.fromisoformat(str(value)), zone)
    except ValueError:
        return str(value)


def entered(bundle: Bundle, catalogue: Catalogue) -> list[Entered]:
    """Every leaf of a copy that was judged before: nothing is checked here again."""
    withheld: dict[int, Counter[str]] = {}
    for each in json.loads(bundle.files[WITHHELD]):
        withheld.setdefault(each["leaf"], Counter())[_why(each)] += 1
    schemas: dict[str, Schema | None] = {}
    return [
        _entered(bundle, place, withheld.get(place, Counter()), catalogue, schemas)
        for place in range(len(bundle.leaves))
    ]


def _why(each: Mapping[str, Any]) -> str:
    person, order = each.get("person", ""), each.get("order", "")
    return str(each["reason"]) + (f" ({person})" if person else "") + (f", {order}" if order else "")


def _entered(
    bundle: Bundle, place: int, withheld: Counter[str], catalogue: Catalogue, schemas: dict[str, Schema | None]
) -> Entered:
    leaf = bundle.leaves[place]
    index, _, _ = open_proof(bundle.files[f"proofs/{place:06}.tlog-proof"])
    lines = bundle.lines(f"disclosures/{place:06}.txt")
    values = {web(hashlib.sha256(line.encode()).digest()): opened(line) for line in lines}
    shown = {name: value for name, value in values.values() if name}
    act = shown.get("meta.act", {})
    digest = act.get("schema", "")
    if digest not in schemas:
        schemas[digest] = _schema_of(catalogue, act.get("name", ""), digest)
    return Entered(
        place, index, bundle.told[place]["log"], leaf_hash(leaf), bundle.told[place], shown,
        {digest: str(value) for digest, (_, value) in values.items()}, dict(sorted(withheld.items())),
        schemas[digest],
    )  # fmt: skip


def _schema_of(catalogue: Catalogue, name: str, digest: str) -> Schema | None:
    """The schema with this very digest; None where this release has none."""
    return next((each for each in catalogue.versions(name) if each.inlined_digest == digest), None)
