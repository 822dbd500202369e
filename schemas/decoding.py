"""A straight-line decoder for each schema: Python written from the schema, which reads the same bytes as fastavro.

A general decoder looks at the schema for every field of every entry. One that was written for a schema knows what comes
next, and can hand each value to whoever makes the caller's own object of it. It takes only what is plain: short numbers
in their shortest form, the branches and lengths that an encoder writes. At anything else it gives up, and fastavro
decides, so that what is refused and what is read is the same by either way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from schemas import Schema

Make = Callable[[Any], Any]
Decoder = Callable[[bytes, int], Any]
"""Reads a body from a place in the bytes up to their end."""

NOT_PLAIN = (ValueError, IndexError, TypeError, OverflowError)
"""What a decoder raises when it gives up."""
PLAIN = 0x81
"""The bits of a first byte that are set when a length is negative, or longer than one byte."""
MORE = 0x8080808080808080
"""The bits of eight bytes that say: there is more."""
LONGEST = 63
"""A number of 64 bits has nine groups of seven, and one bit more: past these the compiled decoder is asked."""


class NotPlain(ValueError):
    """These bytes, or this schema, are for the general decoder."""


def number(data: bytes, at: int) -> tuple[int, int]:
    """The zigzag number at a place, and the place behind it. Raises NotPlain for one of more than 63 bits."""
    eight = int.from_bytes(data[at : at + 8], "little")
    if eight & MORE == MORE >> 8:  # eight bytes, as the times of our days have: all groups at once
        eight = (eight & 0x7F007F007F007F00) >> 1 | (eight & 0x007F007F007F007F)
        eight = (eight & 0x3FFF00003FFF0000) >> 2 | (eight & 0x00003FFF00003FFF)
        eight = (eight & 0x0FFFFFFF00000000) >> 4 | (eight & 0x000000000FFFFFFF)
        return (eight >> 1) ^ -(eight & 1), at + 8
    found = shift = 0
    while (byte := data[at]) > 127:  # noqa: PLR2004 (the bit that says: there is more)
        found |= (byte & 127) << shift
        shift += 7
        at += 1
        if shift >= LONGEST:
            raise NotPlain
    found |= byte << shift
    return (found >> 1) ^ -(found & 1), at + 1


def length(data: bytes, at: int) -> tuple[int, int]:
    """The length at a place, and the place behind it. Raises NotPlain for one beyond the end, or below zero."""
    found, behind = number(data, at)
    if not 0 <= found <= len(data) - behind:
        raise NotPlain
    return found, behind


class Run(NamedTuple):
    """Texts that stand one behind the other and are mostly the same: what is made of them is remembered."""

    columns: tuple[str, ...]
    make: Callable[..., Any]


MOST_RUNS = 10_000
"""How many different ones are remembered."""


def remembered(run: Run) -> tuple[dict[bytes, Any], Callable[[bytes], Any]]:
    """What is known of a run by its bytes, and how more becomes known."""
    known: dict[bytes, Any] = {}

    def learn(raw: bytes) -> Any:  # noqa: ANN401 (what the run makes)
        at, texts = 0, []
        for _ in run.columns:
            size, at = length(raw, at)
            texts.append(raw[at : at + size].decode())
            at += size
        if len(known) >= MOST_RUNS:
            known.clear()
        found = known[raw] = run.make(*texts)
        return found

    return known, learn


def decoder_of(
    schema: Schema,
    made: Mapping[str, Make] | None = None,
    stepped: Mapping[str, object] | None = None,
    runs: Mapping[str, Run] | None = None,
    first: str = "",
) -> Decoder:
    """A decoder of bodies written under `schema`. Raises NotPlain for a schema it has no words for.

    `made` names by their paths (`meta.entry_id`, `items[].seal`) the values that are given to a function, which makes
    of them what is kept; null is never given to one. `stepped` are paths of values nobody wants: they are stepped
    over, and what stands in the mapping is kept in their place. Text is read even there, so that bytes which can't be
    read are refused by every decoder.
    `runs` are texts that are made into one value, which stands in the place of the first of them. With `first`, which
    names the schema's first field, that field alone is read, and what follows it isn't looked at.
    """
    writer = _Writer(made or {}, stepped or {}, runs or {})
    if first:
        (begins,) = (each for each in schema.inlined["fields"][:1] if each["name"] == first)
        value = writer.value(begins["type"], first)
    else:
        value = writer.value(schema.inlined, "")
    end = [] if first else ["    if p != len(d):", "        raise NotPlain"]
    lines = ["def decode(d, p):", *writer.lines, *end, f"    return {value}"]
    exec(compile("\n".join(lines), f"<{schema.name}.{schema.version}>", "exec"), writer.names)  # noqa: S102 (from our schema)
    decoder: Decoder = writer.names["decode"]
    return decoder


class _Writer:
    """Writes the lines that read one value after the other."""

    def __init__(self, made: Mapping[str, Make], stepped: Mapping[str, object], runs: Mapping[str, Run]) -> None:
        self.made, self.stepped, self.runs = made, stepped, runs
        self.lines: list[str] = []
        self.names: dict[str, Any] = {"NotPlain": NotPlain, "number": number, "length": length}
        self._named: dict[str, Any] = {}
        self._depth, self._count = 1, 0
        self._over = False

    def value(self, avro: Any, path: str) -> str:  # noqa: ANN401 (any Avro type)
        """Write the lines that read a value of this type; give the words for what is kept of it."""
        if isinstance(avro, list):
            return self._union(avro, path)
        if isinstance(avro, str):
            avro = self._named.get(avro, {"type": avro})
        kind = avro["type"]
        if isinstance(kind, dict | list):
            return self.value(kind, path)
        if kind in {"record", "fixed"}:
            self._named[f"{avro.get('namespace', 'roznamcha')}.{avro['name']}"] = avro
        outside, self._over = self._over, self._over or path in self.stepped
        found: str = getattr(self, f"_{kind}", self._unknown)(avro, path)
        over, self._over = self._over, outside
        if over:
            return "None" if outside else self._name(self.stepped[path])
        return f"{self._name(self.made[path])}({found})" if path in self.made else found

    def _unknown(self, avro: Any, path: str) -> str:  # noqa: ANN401
        message = f"{path}: {avro} is for the general decoder"
        raise NotPlain(message)

    def _record(self, avro: Any, path: str) -> str:  # noqa: ANN401
        inside = f"{path}." if path else ""
        parts, told = [], set()
        for each in avro["fields"]:
            run = self.runs.get(inside + each["name"])
            if run is not None and not self._over:
                parts.append((each["name"], self._run(run)))
                told = set(run.columns)
            elif each["name"] not in told:
                parts.append((each["name"], self._kept(self.value(each["type"], inside + each["name"]))))
        return f"{{{', '.join(f'{name!r}: {part}' for name, part in parts)}}}"

    def _run(self, run: Run) -> str:
        name, (known, learn) = self._new(), remembered(run)
        self._line("s = p")
        for _ in run.columns:
            self._line("n = d[p]", "p += 1", f"if n & {PLAIN}:", "    n, p = length(d, p - 1)", "else:", "    n >>= 1")
            self._line("p += n")
        self._line("s = d[s:p]", f"{name} = {self._name(known.get)}(s)", f"if {name} is None:")
        self._line(f"    {name} = {self._name(learn)}(s)")
        return name

    def _kept(self, words: str) -> str:
        """A name for these words: they must be said here, before the next value is read."""
        if words.isidentifier():
            return words
        name = self._new()
        self._line(f"{name} = {words}")
        return name

    def _union(self, avro: list[Any], path: str) -> str:
        others = [each for each in avro if each != "null"]
        if len(avro) != 2 or len(others) != 1:  # noqa: PLR2004 (null and one other)
            return self._unknown(avro, path)
        null, other = 2 * avro.index("null"), 2 * avro.index(others[0])
        name = self._new()
        self._line("n = d[p]", "p += 1", f"if n == {other}:")
        self._depth += 1
        self._line(f"{name} = {self.value(others[0], path)}")
        self._depth -= 1
        self._line(f"elif n == {null}:", f"    {name} = None", "else:", "    raise NotPlain")
        return name

    def _array(self, avro: Any, path: str) -> str:  # noqa: ANN401
        name, left = self._new(), self._new()
        self._line(f"{name} = []", f"{left} = d[p]", "p += 1", f"while {left}:")
        self._depth += 1
        self._line(f"if {left} & {PLAIN}:", f"    {left}, p = length(d, p - 1)", f"    if not {left}:")
        self._line("        raise NotPlain", "else:", f"    {left} >>= 1")  # the end, written in more than one byte
        self._line(f"for _ in range({left}):")
        self._depth += 1
        item = self.value(avro["items"], f"{path}[]")
        self._line(f"{name}.append({item})" if not self._over else "pass")
        self._depth -= 1
        self._line(f"{left} = d[p]", "p += 1")
        self._depth -= 1
        return name

    def _string(self, _: Any, __: str) -> str:  # noqa: ANN401
        name = self._bytes(_, __)
        self._line(f"{name} = {name}.decode()")
        return name

    def _bytes(self, _: Any, __: str) -> str:  # noqa: ANN401
        name = self._new()
        self._line("n = d[p]", "p += 1", f"if n & {PLAIN}:", "    n, p = length(d, p - 1)", "else:", "    n >>= 1")
        self._line(f"{name} = d[p : p + n]", "p += n")
        return name

    def _fixed(self, avro: Any, _: str) -> str:  # noqa: ANN401
        name = self._new()
        self._line(f"{name} = d[p : p + {avro['size']}]", f"p += {avro['size']}")
        return name

    def _long(self, _: Any, __: str) -> str:  # noqa: ANN401
        name = self._new()
        self._line(f"{name} = d[p]", "p += 1", f"if {name} > 127:", f"    {name}, p = number(d, p - 1)")
        self._line("else:", f"    {name} = ({name} >> 1) ^ -({name} & 1)")
        return name

    _int = _long

    def _boolean(self, _: Any, __: str) -> str:  # noqa: ANN401
        name = self._new()
        self._line(f"{name} = d[p]", "p += 1", f"if {name} > 1:", "    raise NotPlain", f"{name} = {name} == 1")
        return name

    def _line(self, *lines: str) -> None:
        self.lines += [f"{'    ' * self._depth}{each}" for each in lines]

    def _new(self) -> str:
        self._count += 1
        return f"v{self._count}"

    def _name(self, value: object) -> str:
        name = f"k{len(self.names)}"
        self.names[name] = value
        return name
