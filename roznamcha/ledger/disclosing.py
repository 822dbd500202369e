"""What a leaf commits to, column by column: RFC 9901 disclosures, each openable without the others.

A disclosure is `[salt, name, value]` as base64url text, and its digest the SHA-256 of that text. The salt of an open
column is made of the entry's own salt and the column's name (keyed BLAKE2b), so nothing need be kept; a sealed column
brings the digest that was entered with it. Columns that stand at their schema's default have none. Nothings (with an
empty name) fill the number up, so that it tells little of the act.
"""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from hashlib import blake2b, sha256
from typing import Any, NamedTuple
from uuid import UUID

from consumers.columns import READERS, moment
from roznamcha.ledger.canonical import LARGEST, canonical, encode
from schemas import Schema

LEAST = 16
"""Digests of a leaf at least; more are filled up to the next power of two."""
SALT = 16
WEB = bytes.maketrans(b"+/", b"-_")
Shown = Callable[[Any], Any]


class Disclosure(NamedTuple):
    """One column: its name, its digest, and the text that opens it; None for one that is sealed for `person`."""

    name: str
    digest: str
    text: str | None
    person: str = ""


def b64(data: bytes) -> str:
    """Base64 for the web, without padding, as RFC 9901 has it."""
    return _web(data).decode()


def _web(data: bytes) -> bytes:
    return b2a_base64(data, newline=False).translate(WEB).rstrip(b"=")


def moment_text(micros: int) -> str:
    """A time as the ledger writes it: RFC 3339 in UTC, to the microsecond."""
    return moment(micros).isoformat(timespec="microseconds").replace("+00:00", "Z")


def open_disclosure(salt: bytes, name: str, value: Any) -> Disclosure:  # noqa: ANN401 (JSON)
    """The disclosure of a value that is open, under a salt made of `salt` and its name."""
    return _disclosure(name, blake2b(name.encode(), key=salt, digest_size=SALT), encode(value).encode())


def _disclosure(name: str, salt: blake2b, value: bytes) -> Disclosure:
    text = _web(b'["%s",%s,%s]' % (_web(salt.digest()), _quoted(name), value))
    return Disclosure(name, _web(sha256(text).digest()).decode(), text.decode())


@cache
def _quoted(name: str) -> bytes:
    return canonical(name)


def filled_up(salt: bytes, found: list[Disclosure]) -> list[Disclosure]:
    """The same with as many nothings as the next power of two asks for."""
    wanted = max(LEAST, 1 << (len(found) - 1).bit_length())
    more = (_nothing(salt, n) for n in range(wanted - len(found)))
    return [*found, *more]


def _nothing(salt: bytes, n: int) -> Disclosure:
    return _disclosure("", blake2b(b"nothing %d" % n, key=salt, digest_size=SALT), b"null")


class Columns:
    """How the columns of one schema are disclosed: worked out once, from the schema alone."""

    def __init__(self, schema: Schema) -> None:
        """Of the schema an entry was written with."""
        self.schema = schema
        self._named: dict[str, Any] = {}
        fields = [each for each in schema.inlined["fields"] if each["name"] != "meta"]
        self._learn(schema.inlined["fields"])
        self._shown = [(each["name"], each.get("default", ...), self._how(each["type"])) for each in fields]
        self._fixed = {"schema": schema.inlined_digest, "name": schema.name, "version": schema.version}

    def _learn(self, node: Any) -> None:  # noqa: ANN401 (Avro JSON)
        """Note what is defined at its first mention."""
        if isinstance(node, list):
            for each in node:
                self._learn(each)
        elif isinstance(node, dict):
            if "name" in node and node["type"] in ("record", "fixed"):
                self._named[_short(node["name"])] = node
            for key in ("type", "items", "fields"):
                self._learn(node.get(key))

    def _how(self, avro: Any) -> Shown:  # noqa: ANN401 (Avro JSON)
        """How a kept value is shown."""
        if isinstance(avro, list):
            inner = self._how(next(each for each in avro if each != "null"))
            return lambda value: None if value is None else inner(value)
        if isinstance(avro, str):
            named = self._named.get(_short(avro))
            return self._how(named) if named else _HOW.get(avro, _same)
        if avro["type"] == "array":
            each = self._how(avro["items"])
            return lambda value: [each(one) for one in value]
        if avro["type"] == "record" and avro["name"] == "Sealed":
            return _seal
        if avro["type"] == "record":
            parts = [(one["name"], self._how(one["type"])) for one in avro["fields"]]
            return lambda value: {name: how(value[name]) for name, how in parts}
        return _HOW.get(avro.get("is"), self._how(avro["type"]))

    def disclosed(self, meta: Mapping[str, Any], record: Mapping[str, Any]) -> list[Disclosure]:
        """Every column that says something, the entry's own circumstances first."""
        salt: bytes = meta["salt"]
        told = [("meta.act", self._fixed), *_circumstances(meta)]
        found = [open_disclosure(salt, name, value) for name, value in told]
        for name, default, how in self._shown:
            value = record[name]
            if value == default:
                continue
            if isinstance(value, dict) and "box" in value:
                found.append(Disclosure(name, b64(value["digest"]), None, value["person"]))
                continue
            found.append(open_disclosure(salt, name, how(value)))
            found += _sealed_within(name, value)
        return found


def _short(name: str) -> str:
    """A name without its namespace: within one schema it is enough."""
    return name.rpartition(".")[2]


def _sealed_within(path: str, value: Any) -> Iterator[Disclosure]:  # noqa: ANN401 (a kept value)
    """The sealed columns inside a column, under the paths they were sealed with."""
    parts = enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else ()
    for name, each in parts:
        if isinstance(each, dict) and "box" in each:
            yield Disclosure(f"{path}.{name}", b64(each["digest"]), None, each["person"])
        else:
            yield from _sealed_within(f"{path}.{name}", each)


def _circumstances(meta: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What every entry says besides its own columns."""
    actor = {each: meta[f"actor_{each}"] for each in ("id", "rank", "role", "station")}
    cause = {
        name: str(UUID(bytes=kept)) for name in ("command_id", "correlation_id", "causation_id") if (kept := meta[name])
    }
    yield "meta.occurred_at", moment_text(meta["occurred_at"])
    yield "meta.actor", actor
    yield "meta.station", {"station": meta["station"], "district": meta["district"]}
    yield "meta.cause", {**cause, "source": meta["source"]}
    if meta["reported_at"] is not None:
        yield "meta.reported_at", moment_text(meta["reported_at"])
    if meta["doubts"]:
        yield "meta.doubts", meta["doubts"]
    if meta["signature"] is not None:
        yield "meta.signature", meta["signature"].hex()


def _whole(value: int) -> int | str:
    """A number as every reader of JSON has it; as text where it is larger than that."""
    return value if -LARGEST < value < LARGEST else str(value)


def _same(value: Any) -> Any:  # noqa: ANN401 (text, numbers)
    return value


def _seal(value: Mapping[str, Any]) -> dict[str, str]:
    """What stands for a sealed value inside a column: whose it is, and the digest that opens elsewhere."""
    return {"sealed": value["person"], "digest": b64(value["digest"])}


_HOW: dict[Any, Shown] = {
    "instant": moment_text,
    "date": lambda value: READERS["date"](value).isoformat(),
    "decimal": _same,
    "uuid": _same,
    "bytes": bytes.hex,
    "fixed": bytes.hex,
    "long": _whole,
}
