"""What a leaf commits to, column by column: RFC 9901 disclosures, each openable without the others.

A disclosure is `[salt, name, value]` as base64url text, and its digest the SHA-256 of that text. The salts of the open
columns are made of the entry's own salt (SHAKE128, sixteen bytes for each), so nothing need be kept; a sealed column
brings the digest that was entered with it. Columns that stand at their schema's default have none. Nothings fill the
number up, so that it tells little of the act: one disclosure with an empty name, whose value is how many more there
are, and these are SHAKE256 of its text, thirty-two bytes each. So whoever is shown that one sees what they all are.

A sequencer makes them for every entry, so they are made together. Base64 writes three bytes as four letters: what
begins at a multiple of three is coded by itself. So a text is its coded front, `["` and the salt, 24 bytes, and its
coded rest; and all fronts, and all digests, are coded at once.
"""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from hashlib import sha256, shake_128, shake_256
from json.encoder import encode_basestring as quoted
from operator import add
from struct import Struct
from typing import Any, NamedTuple

from consumers.columns import READERS, moment
from roznamcha.ledger.canonical import LARGEST, canonical, encode
from schemas import Schema

LEAST = 16
"""Digests of a leaf at least; more are filled up to the next power of two."""
DOUBLED, WIDER = 1_024, 64
"""Beyond so many a power of two would be more than any log takes of a leaf: the next multiple of 64 then."""
SALT, HASH = 16, 32
WEB = bytes.maketrans(b"+/", b"-_")
WIDE, FRONT, DIGEST = 24, 32, 43
"""Letters of a salt that is filled up to a multiple of three bytes; of a front; of a digest."""
Written = Callable[[Any], str]
"""Writes a kept value as JSON, the one way (RFC 8785)."""


class Disclosure(NamedTuple):
    """One column: its name, its digest, and the text that opens it; None for one that is sealed for `person`."""

    name: str
    digest: str
    text: str | None
    person: str = ""


class Told(NamedTuple):
    """What a leaf commits to: names and coded rests of what is open, the sealed, how many more the last one opens."""

    salt: bytes
    names: list[str]
    rests: list[bytes]
    sealed: list[Disclosure]
    more: int

    def digests(self) -> list[bytes]:
        """All digests, sorted, so that not even their order tells anything."""
        found = _digests(self._texts(), self.more)
        return sorted([*found, *(each.digest.encode() for each in self.sealed)] if self.sealed else found)

    def disclosures(self) -> list[Disclosure]:
        """Each digest with what opens it. All nothings have no name, and are opened by the text of the first."""
        texts = self._texts()
        names = self.names + [""] * self.more
        opening = texts + texts[-1:] * self.more
        made = zip(names, _digests(texts, self.more), opening, strict=True)
        return [*(Disclosure(name, digest.decode(), text.decode()) for name, digest, text in made), *self.sealed]

    def _texts(self) -> list[bytes]:
        count = len(self.rests)
        salts = _apart(SALT, count).unpack(shake_128(self.salt).digest(SALT * count))
        row = bytearray(b"  " + _coded(b"\0\0".join([*salts, b""])))
        row[::WIDE], row[1::WIDE] = b"[" * (count + 1), b'"' * (count + 1)
        fronts = _apart(FRONT, count).unpack(_coded(row[: count * WIDE]))
        return [*map(add, fronts, self.rests)]


def _coded(data: bytes | bytearray) -> bytes:
    """Base64 for the web, of a multiple of three bytes."""
    return b2a_base64(data, newline=False).translate(WEB)


def _digests(texts: Sequence[bytes], more: int) -> Sequence[bytes]:
    """The digests of these texts, and of so many nothings that the last of them opens."""
    found = [sha256(each).digest() for each in texts]
    if more:
        found += _apart(HASH, more).unpack(shake_256(texts[-1]).digest(HASH * more))
    return _apart(DIGEST, len(found), 1).unpack(_coded(b"\0".join([*found, b""])))


@cache
def _apart(size: int, count: int, between: int = 0) -> Struct:
    """What takes bytes apart in so many pieces of that size, with so many bytes behind each that don't count."""
    return Struct(f"{size}s{between}x" * count)


def b64(data: bytes) -> str:
    """Base64 for the web, without padding, as RFC 9901 has it."""
    return _coded(data).rstrip(b"=").decode()


def moment_text(micros: int) -> str:
    """A time as the ledger writes it: RFC 3339 in UTC, to the microsecond."""
    seconds, rest = divmod(micros, 1_000_000)
    return f"{_second(seconds)}.{rest:06}Z"


@lru_cache(10_000)
def _second(seconds: int) -> str:
    return moment(seconds * 1_000_000).isoformat()[:-6]


def rest_of(name: str, value: str) -> bytes:
    """The coded rest of a disclosure: what stands in it behind the salt. `value` is JSON."""
    return _rest(_named(name), value)


def _rest(named: str, value: str) -> bytes:
    return _coded(f"{named}{value}]".encode()).rstrip(b"=")


@cache
def _named(name: str) -> str:
    return f'",{canonical(name).decode()},'


@cache
def _nothings(more: int) -> bytes:
    """The rest of the disclosure that opens itself and so many more."""
    return rest_of("", str(more))


def told_of(salt: bytes, rests: Mapping[str, bytes]) -> Told:
    """What the ledger itself says, by name, filled up with nothings."""
    return filled_up(salt, [*rests], [*rests.values()], [])


def filled_up(salt: bytes, names: list[str], rests: list[bytes], sealed: list[Disclosure]) -> Told:
    """These with as many nothings as the next power of two asks for; beyond 1,024 the next multiple of 64."""
    count = len(names) + len(sealed)
    lacking = -count % WIDER if count > DOUBLED else max(LEAST, 1 << (count - 1).bit_length()) - count
    if not lacking:
        return Told(salt, names, rests, sealed, 0)
    return Told(salt, [*names, ""], [*rests, _nothings(lacking - 1)], sealed, lacking - 1)


class Column(NamedTuple):
    """How one column is disclosed."""

    name: str
    default: Any
    named: str
    written: Written
    seals: bool
    """Whether something sealed may be in it."""


class Columns:
    """How the columns of one schema are disclosed: worked out once, from the schema alone."""

    def __init__(self, schema: Schema) -> None:
        """Of the schema an entry was written with."""
        self.schema = schema
        self._named: dict[str, Any] = {}
        fields = [each for each in schema.inlined["fields"] if each["name"] != "meta"]
        self._learn(schema.inlined["fields"])
        self._columns = [self._column(each) for each in fields]
        fixed = {"schema": schema.inlined_digest, "name": schema.name, "version": schema.version}
        self._act = rest_of("meta.act", encode(fixed))

    def _column(self, field: Mapping[str, Any]) -> Column:
        name, avro = field["name"], field["type"]
        how, seals = self._how(avro), self._seals(avro)
        return Column(name, field.get("default", ...), _named(name), how, seals)

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

    def _seals(self, avro: Any) -> bool:  # noqa: ANN401 (Avro JSON)
        """Whether something sealed may be in a value of this type."""
        if isinstance(avro, list):
            return any(map(self._seals, avro))
        if isinstance(avro, str):
            return _short(avro) in self._named and self._seals(self._named[_short(avro)])
        if avro.get("name") == "Sealed":
            return True
        parts = (
            [one["type"] for one in avro.get("fields", ())] if avro["type"] == "record" else [avro.get("items", "null")]
        )
        return any(map(self._seals, parts))

    def _how(self, avro: Any) -> Written:  # noqa: ANN401 (Avro JSON)
        """How a kept value is written."""
        if isinstance(avro, list):
            inner = self._how(next(each for each in avro if each != "null"))
            return lambda value: "null" if value is None else inner(value)
        if isinstance(avro, str):
            named = self._named.get(_short(avro))
            return self._how(named) if named else _HOW.get(avro, encode)
        if avro["type"] == "array":
            each = self._how(avro["items"])
            return lambda value: f"[{','.join([each(one) for one in value])}]"
        if avro["type"] == "record" and avro["name"] == "Sealed":
            return _seal
        if avro["type"] == "record":
            return _object({one["name"]: self._how(one["type"]) for one in avro["fields"]})
        return _HOW.get(avro.get("is")) or self._how(avro["type"])

    def told(self, meta: Mapping[str, Any], record: Mapping[str, Any]) -> Told:
        """Every column that says something, the entry's own circumstances first."""
        names, rests = _circumstances(meta)
        names.append("meta.act")
        rests.append(self._act)
        sealed: list[Disclosure] = []
        for name, default, named, written, seals in self._columns:
            value = record[name]
            if value == default:
                continue
            if seals:
                if isinstance(value, dict) and "box" in value:
                    sealed.append(Disclosure(name, b64(value["digest"]), None, value["person"]))
                    continue
                sealed += _sealed_within(name, value)
            names.append(name)
            rests.append(_rest(named, written(value)))
        return filled_up(meta["salt"], names, rests, sealed)


def _short(name: str) -> str:
    """A name without its namespace: within one schema it is enough."""
    return name.rpartition(".")[2]


def _object(parts: Mapping[str, Written]) -> Written:
    """How a part is written: its columns in the order of their names."""
    told = [(name, f"{quoted(name)}:", parts[name]) for name in sorted(parts)]
    return lambda value: f"{{{','.join([named + written(value[name]) for name, named, written in told])}}}"


def _sealed_within(path: str, value: Any) -> Iterator[Disclosure]:  # noqa: ANN401 (a kept value)
    """The sealed columns inside a column, under the paths they were sealed with."""
    parts = enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else ()
    for name, each in parts:
        if isinstance(each, dict) and "box" in each:
            yield Disclosure(f"{path}.{name}", b64(each["digest"]), None, each["person"])
        else:
            yield from _sealed_within(f"{path}.{name}", each)


def _circumstances(meta: Mapping[str, Any]) -> tuple[list[str], list[bytes]]:
    """What every entry says besides its own columns: names, and coded rests."""
    actor = _actor(meta["actor_id"], meta["actor_rank"], meta["actor_role"], meta["actor_station"])
    cause = [
        f'"{name}":"{identity_text(kept)}",'
        for name in ("causation_id", "command_id", "correlation_id")
        if (kept := meta[name])
    ]
    names = ["meta.occurred_at", "meta.actor", "meta.station", "meta.cause"]
    rests = [
        _rest(OCCURRED, f'"{moment_text(meta["occurred_at"])}"'),
        actor,
        _station(meta["station"], meta["district"]),
        _rest(CAUSE, f'{{{"".join(cause)}"source":{quoted(meta["source"])}}}'),
    ]
    if meta["reported_at"] is not None:
        names.append("meta.reported_at")
        rests.append(rest_of("meta.reported_at", f'"{moment_text(meta["reported_at"])}"'))
    if meta["doubts"]:
        names.append("meta.doubts")
        rests.append(rest_of("meta.doubts", encode(meta["doubts"])))
    if meta["signature"] is not None:
        names.append("meta.signature")
        rests.append(rest_of("meta.signature", f'"{meta["signature"].hex()}"'))
    return names, rests


OCCURRED, CAUSE = _named("meta.occurred_at"), _named("meta.cause")


@lru_cache(10_000)
def _actor(who: str, rank: str, role: str, station: str) -> bytes:
    return rest_of("meta.actor", encode({"id": who, "rank": rank, "role": role, "station": station}))


@lru_cache(10_000)
def _station(station: str, district: str) -> bytes:
    return rest_of("meta.station", encode({"station": station, "district": district}))


def identity_text(kept: bytes) -> str:
    """A UUID as it is written."""
    text = kept.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _whole(value: int) -> str:
    """A number as every reader of JSON has it; as text where it is larger than that."""
    return str(value) if -LARGEST < value < LARGEST else f'"{value}"'


def _seal(value: Mapping[str, Any]) -> str:
    """What stands for a sealed value inside a column: whose it is, and the digest that opens elsewhere."""
    return encode({"sealed": value["person"], "digest": b64(value["digest"])})


def _hex(value: bytes) -> str:
    return f'"{value.hex()}"'


_HOW: dict[Any, Written] = {
    "instant": lambda value: f'"{moment_text(value)}"',
    "date": lambda value: f'"{READERS["date"](value).isoformat()}"',
    "boolean": lambda value: "true" if value else "false",
    "string": quoted,
    "bytes": _hex,
    "fixed": _hex,
    "int": str,
    "long": _whole,
}
