"""The decoders written for each schema read what the general one reads, and refuse what it refuses."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import fastavro
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import schemas
from schemas import Schema, SchemaError, catalogue
from schemas.codec import HEADER, decode
from schemas.decoding import NOT_PLAIN, NotPlain, decoder_of, length, number

GOLDEN = (Path(schemas.__file__).parent / "golden.jsonl").read_text(encoding="utf-8").splitlines()
LONGS = st.integers(-(2**63), 2**63 - 1) | st.sampled_from([0, -1, 63, 64, -64, -65, 2**31, 2**62, -(2**62), 2**63 - 1])
QUIET = settings(max_examples=15, deadline=None, database=None, suppress_health_check=list(HealthCheck))


def values(avro: Any, named: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Anything that fits an Avro type."""
    if isinstance(avro, list):
        return st.one_of(*(values(each, named) for each in avro))
    if isinstance(avro, str) and avro in named:
        return values(named[avro], named)
    kind = avro["type"] if isinstance(avro, dict) else avro
    if kind in {"record", "fixed"}:
        named[f"{avro.get('namespace', 'roznamcha')}.{avro['name']}"] = avro
    if kind == "record":
        return st.fixed_dictionaries({each["name"]: values(each["type"], named) for each in avro["fields"]})
    if kind == "array":
        return st.lists(values(avro["items"], named), max_size=3)
    if kind == "fixed":
        return st.binary(min_size=avro["size"], max_size=avro["size"])
    texts = st.text(max_size=5) | st.text(min_size=60, max_size=70)
    simple = {"null": st.none(), "string": texts, "bytes": st.binary(max_size=80), "boolean": st.booleans(),
              "long": LONGS, "int": st.integers(-(2**31), 2**31 - 1)}  # fmt: skip
    return simple[kind]


def written(schema: Schema, record: Any) -> bytes:
    """A body by the general encoder."""
    buffer = io.BytesIO()
    fastavro.schemaless_writer(buffer, schema.parsed, record)
    return buffer.getvalue()


def general(schema: Schema, data: bytes) -> Any:
    """What the general decoder makes of a whole entry, or that it refuses."""
    head = HEADER.pack(0, catalogue().id_of(schema))
    try:
        return decode(catalogue(), head + data)[1]
    except SchemaError:
        return SchemaError


@pytest.mark.parametrize("name", sorted(catalogue().latest))
def test_every_schema_has_a_decoder_that_agrees_with_the_general_one(name: str) -> None:
    """On whatever fits the schema, and on the same bytes spoilt, cut and lengthened."""
    schema = catalogue().latest[name]
    own = decoder_of(schema)

    @QUIET
    @given(record=values(schema.inlined, {}), dice=st.randoms(use_true_random=False))
    def agree(record: Any, dice: Any) -> None:
        data = written(schema, record)
        try:
            assert own(data, 0) == record
        except NotPlain:  # only a number of all 64 bits is left to the other one
            assert any(byte > 127 for byte in data)
        for spoilt in spoil(data, dice):
            try:
                found = own(spoilt, 0)
            except NOT_PLAIN:
                continue  # the general one is asked
            assert found == general(schema, spoilt)

    agree()


def test_an_array_that_ends_in_more_than_one_byte() -> None:
    """A count of nothing ends an array however long it is written: what follows is no other count."""
    schema = catalogue().latest["case.EntryCorrected"]
    line = next(json.loads(each) for each in GOLDEN if json.loads(each)["name"] == schema.name)
    body = bytes.fromhex(line["hex"])[HEADER.size :]
    record = decoder_of(schema)(body, 0)
    data = written(schema, {**record, "meta": {**record["meta"], "doubts": [], "signature": None}})
    tail = written(schema, {**record, "meta": {**record["meta"], "doubts": ["x"], "signature": None}})
    at = next(n for n, (one, other) in enumerate(zip(data, tail, strict=False)) if one != other)
    assert data[at] == 0
    for end in (b"\x80\x00", b"\x80\x80\x00"):
        for rest in (data[at + 1 :], b"\x00" + data[at + 1 :]):
            spoilt = data[:at] + end + rest
            with pytest.raises(NotPlain):
                decoder_of(schema)(spoilt, 0)
    assert general(schema, data[:at] + b"\x80\x00" + data[at + 1 :]) == decoder_of(schema)(data, 0)


def spoil(data: bytes, dice: Any) -> list[bytes]:
    """The same bytes with something wrong in them."""
    at = dice.randrange(len(data))
    changed = bytearray(data)
    changed[at] = dice.choice([0, 1, 2, 3, 127, 128, 129, 254, 255, dice.randrange(256)])
    more = dice.randbytes(dice.randint(1, 12))
    return [bytes(changed), data[:at], data + b"\x00", data[:at] + more + data[at:], data[:at] + data[at + 1 :], more]


@pytest.mark.parametrize("line", GOLDEN, ids=lambda line: line[10:50])
def test_golden_records_are_read_alike(line: str) -> None:
    """Every specimen ever kept."""
    kept = json.loads(line)
    schema = catalogue().schemas[kept["name"], kept["version"]]
    body = bytes.fromhex(kept["hex"])[HEADER.size :]
    assert decoder_of(schema)(body, 0) == fastavro.schemaless_reader(io.BytesIO(body), schema.parsed, None)


@settings(deadline=None, database=None)
@given(value=LONGS)
@example(value=2**62 - 1)
@example(value=-(2**62))
def test_a_number_of_63_bits_is_read_and_a_longer_one_left(value: int) -> None:
    """The general decoder's word on the longest ones is taken."""
    buffer = io.BytesIO()
    fastavro.schemaless_writer(buffer, {"type": "long"}, value)
    if -(2**62) <= value < 2**62:
        assert number(buffer.getvalue(), 0) == (value, len(buffer.getvalue()))
    else:
        with pytest.raises(NotPlain):
            number(buffer.getvalue(), 0)


@pytest.mark.parametrize(
    "data", [b"\x01", b"\x7f", b"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", b"\xfe\xff\x7f", b"\x04a"]
)
def test_a_length_below_zero_or_beyond_the_end_is_left(data: bytes) -> None:
    """However huge: no memory is asked for."""
    with pytest.raises(NotPlain):
        length(data, 0)


def own(avro: Any, data: bytes, **options: Any) -> Any:
    """What a decoder of a record with one column `x` of this type reads."""
    record = {"type": "record", "name": "T", "fields": [{"name": "x", "type": avro}]}
    return decoder_of(Schema("case.T", 1, json.dumps(record), {}), **options)(data, 0)["x"]


@pytest.mark.parametrize(
    ("avro", "data"),
    [
        ("boolean", b"\x02"),
        (["null", "string"], b"\x04"),
        (["null", "string"], b"\x01"),
        ("string", b"\x02\xff"),
        ("string", b"\x04a"),
        ("string", b"\x02ab"),
        ({"type": "array", "items": "string"}, b"\x01\x04\x02a\x00"),
        ({"type": "array", "items": "string"}, b"\x02\x02a"),
        ("string", b""),
    ],
    ids=["flag 2", "branch 2", "branch -1", "no UTF-8", "cut", "too long", "block with its size", "no end", "nothing"],
)
def test_what_is_not_plain_is_left_to_the_general_decoder(avro: Any, data: bytes) -> None:
    """It never guesses."""
    with pytest.raises(NOT_PLAIN):
        own(avro, data)


@pytest.mark.parametrize("avro", ["double", {"type": "map", "values": "string"}, ["string", "long"]])
def test_a_schema_without_words_is_left_to_the_general_decoder(avro: Any) -> None:
    """Such a type stands in no schema today."""
    with pytest.raises(NotPlain):
        own(avro, b"")


def test_values_are_made_and_stepped_over_by_their_paths() -> None:
    """What is made is made of each value there is, what is stepped over is replaced, and null stays null."""
    part = {
        "type": "record",
        "name": "P",
        "fields": [{"name": "a", "type": ["null", "long"]}, {"name": "b", "type": "bytes"}],
    }
    avro = {"type": "array", "items": part}
    data = b"\x04" + b"\x02\x06" + b"\x04xy" + b"\x00" + b"\x00" + b"\x00"
    assert own(avro, data) == [{"a": 3, "b": b"xy"}, {"a": None, "b": b""}]
    made: Any = {"x": tuple, "x[].a": str}
    assert own(avro, data, made=made, stepped={"x[].b": ...}) == ({"a": "3", "b": ...}, {"a": None, "b": ...})
