"""The fast writer: exactly the bytes fastavro gives, for every schema, and exactly what it refuses."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import fastavro
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import schemas
from schemas import SchemaError, catalogue
from schemas.codec import HEADER, encode
from schemas.encoding import SHORT, encoder, whole

GOLDEN = (Path(schemas.__file__).parent / "golden.jsonl").read_text(encoding="utf-8").splitlines()
TEXTS = st.text(max_size=8) | st.sampled_from(["", "अ" * 40, "x" * (SHORT - 1), "x" * SHORT])
LONGS = st.integers(-(2**63), 2**63 - 1) | st.integers(1_500_000_000_000_000, 2_000_000_000_000_000)
SIMPLE: dict[str, st.SearchStrategy[Any]] = {
    "string": TEXTS, "long": LONGS, "int": st.integers(-(2**31), 2**31 - 1), "boolean": st.booleans(),
    "bytes": st.binary(max_size=70), "null": st.none(),
}  # fmt: skip
ODD = st.sampled_from(
    [None, True, 1, -1, 1.5, 2**63, -(2**63) - 1, 2**31, b"x", bytearray(16), "\ud800", "x", [], ["x"], ("x",), {}, [1]]
)


def body(schema: Any, record: Any) -> bytes:
    """What fastavro writes."""
    buffer = io.BytesIO()
    fastavro.schemaless_writer(buffer, schema.parsed, record, strict_allow_default=True)
    return buffer.getvalue()


def values(avro: Any, named: dict[str, Any], space: str = "") -> st.SearchStrategy[Any]:
    """Whatever fits an Avro type."""
    if isinstance(avro, list):
        return st.one_of([values(each, named, space) for each in avro])
    kind = avro["type"] if isinstance(avro, dict) else avro
    if kind in SIMPLE:
        return SIMPLE[kind]
    if kind == "array":
        return st.lists(values(avro["items"], named, space), max_size=3)
    if kind in {"record", "fixed"}:
        space = avro.get("namespace", space)
        named[f"{space}.{avro['name']}"] = avro
        if kind == "fixed":
            return st.binary(min_size=avro["size"], max_size=avro["size"])
        return st.fixed_dictionaries({each["name"]: values(each["type"], named, space) for each in avro["fields"]})
    return values(named[kind if "." in kind else f"{space}.{kind}"], named, space)


@pytest.mark.parametrize("line", GOLDEN, ids=lambda line: str(json.loads(line)["name"]))
def test_every_golden_record_is_written_as_it_is_kept(line: str) -> None:
    """Today's writer gives yesterday's bytes."""
    kept = json.loads(line)
    schema, data = catalogue().schemas[kept["name"], kept["version"]], bytes.fromhex(kept["hex"])
    record = fastavro.schemaless_reader(io.BytesIO(data[HEADER.size :]), schema.parsed, None)
    assert schema.write(record) == data[HEADER.size :]


@pytest.mark.parametrize("name", sorted(catalogue().latest))
def test_whatever_fits_is_written_as_fastavro_does(name: str) -> None:
    """Numbers of every length, texts in any script, nothing, empty lists, parts within parts."""
    schema = catalogue().latest[name]

    @settings(max_examples=6, deadline=None)
    @given(record=values(schema.inlined, {}))
    def alike(record: Any) -> None:
        assert encode(catalogue(), name, record)[HEADER.size :] == body(schema, record)

    alike()


@settings(max_examples=400, deadline=None)
@given(chosen=st.sampled_from(sorted(catalogue().latest)), odd=ODD, data=st.data())
def test_what_is_not_of_its_columns_type_is_fastavros_to_judge(chosen: str, odd: Any, data: st.DataObject) -> None:
    """One odd value, a column too many or one that is missing: the same bytes, or refused by both."""
    schema = catalogue().latest[chosen]
    record = data.draw(values(schema.inlined, {}))
    owner = record.get("meta", record) if data.draw(st.booleans()) else record
    field = data.draw(st.sampled_from([*owner, "unheard of"]))
    if data.draw(st.booleans()):
        owner[field] = odd
    else:
        owner.pop(field, None)
    try:
        meant: bytes | None = body(schema, record)
    except (ValueError, TypeError, AttributeError, OverflowError, KeyError):
        meant = None
    try:
        written: bytes | None = encode(catalogue(), chosen, record)[HEADER.size :]
    except SchemaError:
        written = None
    assert written == meant


PART = {"type": "record", "name": "Part", "fields": [{"name": "a", "type": "string"}, {"name": "b", "type": "long"}]}
ID = {"type": "fixed", "name": "Id", "size": 2}
SHAPES: list[Any] = [
    "string", "long", "int", "boolean", "bytes", ID, PART, ["null", "string"], ["null", "long"], ["null", "int"],
    ["null", "bytes"], ["null", ID], ["null", PART], {"type": "array", "items": "string"},
    {"type": "array", "items": PART}, ["null", {"type": "array", "items": "long"}],
]  # fmt: skip
ODDITIES: list[Any] = [
    None, True, False, 0, 1, -1, 1.0, 1.5, 2**31, -(2**31) - 1, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1,
    "", "x", "\ud800", b"", b"xy", b"xyz", bytearray(2), memoryview(b"xy"),
    [], ["x"], [1], [None], ("x",), ("string", "x"), {}, {"a": "x"},
    {"a": "x", "b": 1}, {"a": "x", "b": True}, {"a": "x", "b": 1, "c": 1}, [{"a": "x", "b": 1}], range(2),
]  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_every_odd_value_in_every_shape(shape: Any) -> None:
    """What the fast writer writes is what fastavro writes; what fastavro refuses it does not write."""
    raw = {"type": "record", "name": "R", "fields": [{"name": "v", "type": shape}]}
    parsed, write = fastavro.parse_schema(json.loads(json.dumps(raw))), encoder(raw)
    for odd in ODDITIES:
        buffer = io.BytesIO()
        try:
            fastavro.schemaless_writer(buffer, parsed, {"v": odd}, strict_allow_default=True)
            meant: bytes | None = buffer.getvalue()
        except (ValueError, TypeError, AttributeError, OverflowError, KeyError):
            meant = None
        try:
            written: bytes | None = write({"v": odd})
        except (ValueError, TypeError, AttributeError, IndexError, KeyError):
            continue  # no verdict: fastavro is asked
        assert written == meant, odd


@given(LONGS | st.sampled_from([sign * 2**power + step for sign in (1, -1) for power in range(63) for step in (0, -1)]))
def test_every_length_of_number(number: int) -> None:
    """One to ten bytes, both signs."""
    schema = fastavro.parse_schema({"type": "long"})
    buffer = io.BytesIO()
    fastavro.schemaless_writer(buffer, schema, number)
    assert whole(number) == buffer.getvalue()


def test_a_shape_that_is_not_ours_is_told_when_the_writer_is_made() -> None:
    """A choice among three is in no schema of ours: nobody writes it by chance."""
    with pytest.raises(TypeError, match="no shape of ours"):
        encoder({"type": "record", "name": "R", "fields": [{"name": "a", "type": ["null", "string", "long"]}]})
