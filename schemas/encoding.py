"""Writing an entry fast: straight-line Python made from its schema, which gives exactly the bytes fastavro gives.

It knows values of exactly the type a column has. At anything else (a text of many pages, a whole number where a flag
stands, a missing column) it stops, and fastavro is asked, who writes it or refuses it: so there is one rule for what
fits a schema, and it is fastavro's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Write = Callable[[Any], bytes]

SHORT = 1 << 12
"""Below this a length or a number is looked up."""


class OddValueError(TypeError):
    """A value that isn't of exactly its column's type: fastavro decides about it."""


def _sevens(rest: int) -> bytes:
    """Seven bits a byte, the lowest first; the highest bit says that more follow."""
    out = bytearray()
    while rest > 0x7F:  # noqa: PLR2004 (seven bits)
        out.append(rest & 0x7F | 0x80)
        rest >>= 7
    out.append(rest)
    return bytes(out)


SMALL = tuple(_sevens(number << 1) for number in range(SHORT))
FLAGS = {False: b"\0", True: b"\1"}
END = b"\0"
GOES_ON = tuple(bytes((pair & 0x7F | 0x80, pair >> 7 | 0x80)) for pair in range(1 << 14))
LAST = tuple(_sevens(pair) for pair in range(1 << 14))
"""Two bytes of a long number at a time: those after which more follow, and the last ones."""


def whole(value: Any, low: int = -(2**63), high: int = 2**63) -> bytes:  # noqa: ANN401
    """A whole number, which times are as well: those lie between 2^42 and 2^56 and take two bytes at a time."""
    if value.__class__ is not int or not low <= value < high:
        raise OddValueError
    if 0 <= value < SHORT:
        return SMALL[value]
    rest = value << 1 if value >= 0 else ~(value << 1)  # zigzag: a small negative number is short as well
    if 1 << 42 <= rest < 1 << 56:
        first, second, third = rest & 0x3FFF, rest >> 14 & 0x3FFF, rest >> 28 & 0x3FFF
        return GOES_ON[first] + GOES_ON[second] + GOES_ON[third] + LAST[rest >> 42]
    return _sevens(rest)


def small(value: Any) -> bytes:  # noqa: ANN401
    """An Avro int."""
    return whole(value, -(2**31), 2**31)


def text(value: Any) -> bytes:  # noqa: ANN401
    """A text with its length."""
    encoded: bytes = value.encode()
    return SMALL[len(encoded)] + encoded


def binary(value: Any) -> bytes:  # noqa: ANN401
    """Bytes with their length."""
    if value.__class__ is not bytes:
        raise OddValueError
    return SMALL[len(value)] + value


def fixed(value: Any, size: int) -> bytes:  # noqa: ANN401
    """Bytes of a fixed number."""
    if value.__class__ is not bytes or len(value) != size:
        raise OddValueError
    return bytes(value)


def several(value: Any, write: Write) -> bytes:  # noqa: ANN401
    """A list, in one block."""
    if value.__class__ is not list:
        raise OddValueError
    if not value:
        return END
    return b"".join((SMALL[len(value)], *map(write, value), END))


def encoder(schema: Mapping[str, Any]) -> Write:
    """A function from a record's values to its Avro body.

    It raises an exception of some kind for whatever isn't of exactly the schema's types; that is no verdict.
    """
    names: dict[str, Any] = {
        "SMALL": SMALL, "FLAGS": FLAGS, "whole": whole, "small": small, "text": text, "binary": binary,
        "fixed": fixed, "several": several, "OddValueError": OddValueError,
    }  # fmt: skip
    made = _Made(names)
    write: Write = names[made.record(schema, "")]
    return write


class _Made:
    """Functions made so far, by name, and the named types seen on the way."""

    def __init__(self, names: dict[str, Any]) -> None:
        self._names = names
        self._types: dict[str, Any] = {}

    def record(self, schema: Mapping[str, Any], space: str) -> str:
        """Make the function that writes a record; give its name."""
        space = schema.get("namespace", space)
        key = f"{space}.{schema['name']}"
        self._types[key] = ("record", name := f"write_{len(self._names)}")
        self._names[name] = None
        pieces, taken = [], []
        for n, field in enumerate(schema["fields"]):
            taken.append(f"    v{n} = record[{field['name']!r}]")
            pieces += self._pieces(field["type"], f"v{n}", space)
        lines = [
            f"def {name}(record):",
            f"    if record.__class__ is not dict or len(record) != {len(taken)}:",
            "        raise OddValueError",
            *taken,
            f"    return b''.join(({', '.join(pieces)},))",
        ]
        exec("\n".join(lines), self._names)  # noqa: S102 (made from our own schema's field names, quoted)
        return name

    def _pieces(self, avro: Any, value: str, space: str) -> list[str]:  # noqa: ANN401 (Avro JSON)
        """Expressions whose bytes, one after another, are the value's."""
        if avro == "string":
            return [f"SMALL[len(s := {value}.encode())]", "s"]
        if avro == "boolean":
            return [f"FLAGS[{value}]"]
        if isinstance(avro, list):
            return [self._either(avro, value, space)]
        return [self._call(avro, value, space)]

    def _either(self, avro: Sequence[Any], value: str, space: str) -> str:
        if len(avro) != 2 or avro[0] != "null" or avro[1] == "boolean":  # noqa: PLR2004 (nothing or a value)
            message = f"a choice of {avro} is no shape of ours"
            raise TypeError(message)
        return f"(b'\\0' if {value} is None else b'\\2' + {self._call(avro[1], value, space)})"

    def _call(self, avro: Any, value: str, space: str) -> str:  # noqa: ANN401 (Avro JSON)
        """One expression that calls what writes a value of this type."""
        simple = {"string": "text", "long": "whole", "int": "small", "bytes": "binary"}
        kind = avro["type"] if isinstance(avro, dict) else avro
        if kind in simple:
            return f"{simple[kind]}({value})"
        if kind == "boolean":
            return f"FLAGS[{value}]"
        if kind == "array":
            inner = self._call(avro["items"], "x", space)
            return f"several({value}, lambda x: {inner})"
        if kind == "record":
            return f"{self.record(avro, space)}({value})"
        if kind == "fixed":
            self._types[f"{avro.get('namespace', space)}.{avro['name']}"] = ("fixed", avro["size"])
            return f"fixed({value}, {avro['size']})"
        what, known = self._types[kind if "." in kind else f"{space}.{kind}"]
        return f"{known}({value})" if what == "record" else f"fixed({value}, {known})"
