"""Entries as bytes: whatever may stand in an act's columns comes back as it was, for every act there is."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import domain
from consumers import columns as kept_columns
from consumers import entries
from consumers.folding import Kept, read_entry
from domain.event import ACTS, Actor, Event, Meta, Sealed, changed
from domain.shape import Shape, columns
from schemas import SchemaError, catalogue
from schemas.codec import HEADER
from tests.dsl import act

domain.load()

CENTURY = 36_525 * 86_400_000_000
INSTANTS = st.integers(-19 * CENTURY, 80 * CENTURY).map(kept_columns.moment)
LONGS = st.integers(-(2**63), 2**63 - 1)
SIMPLE: dict[str, st.SearchStrategy[Any]] = {
    "text": st.text(max_size=20),
    "whole": LONGS,
    "flag": st.booleans(),
    "instant": INSTANTS,
    "date": st.dates(),
    "decimal": st.decimals(allow_nan=False, allow_infinity=False),
    "id": st.uuids(),
    "bytes": st.binary(max_size=20),
    "sealed": st.builds(Sealed, st.text(max_size=5), st.binary(min_size=32, max_size=32), st.binary(max_size=40)),
}


def values(shape: Shape) -> st.SearchStrategy[Any]:
    """Anything that may stand in a column of this shape."""
    if shape.kind == "choice":
        return st.sampled_from(shape.choices)
    if shape.inner is not None:
        inner = values(shape.inner)
        return st.none() | inner if shape.kind == "optional" else st.lists(inner, max_size=2).map(tuple)
    if shape.of is not None:
        return st.builds(shape.of, **{each.name: values(each.shape) for each in shape.columns})
    return SIMPLE[shape.kind]


METAS = st.builds(
    Meta,
    entry_id=st.uuids(),
    record_id=st.uuids(),
    stream_id=st.uuids(),
    version=st.integers(1, 2**63 - 1),
    occurred_at=INSTANTS,
    recorded_at=INSTANTS,
    reported_at=st.none() | INSTANTS,
    actor=st.builds(Actor, id=st.text(), rank=st.text(), role=st.text(), station=st.text(min_size=1)),
    station=st.text(min_size=1),
    district=st.text(),
    command_id=st.uuids(),
    correlation_id=st.none() | st.uuids(),
    causation_id=st.none() | st.uuids(),
    source=st.text(),
    salt=st.binary(min_size=16, max_size=16),
    doubts=st.lists(st.text(), max_size=3).map(tuple),
    signature=st.none() | st.binary(),
    position=st.integers(0, 2**63 - 1),
)


@pytest.mark.parametrize("name", sorted(ACTS))
def test_every_act_comes_back_as_it_was(name: str) -> None:
    """Read what was written: equal in every column, of the same types, and the same bytes when written again."""
    cls = ACTS[name]

    @settings(max_examples=5, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(meta=METAS, content=st.fixed_dictionaries({each.name: values(each.shape) for each in columns(cls)}))
    def comes_back(meta: Meta, content: dict[str, Any]) -> None:
        entry = cls(meta=meta, **content)
        kept = entries.write(catalogue(), entry)
        found = entries.read(catalogue(), kept, meta.position)
        assert found == entry
        assert repr(found) == repr(entry)
        assert entries.write(catalogue(), found) == kept

    comes_back()


def hearing(stream: int = 1) -> Event[Any]:
    """An entry of record 1, perhaps in a stream of its own."""
    meta = Meta(record_id=UUID(int=1), stream_id=UUID(int=stream), station="S", salt=b"s" * 16)
    return changed(act("case.HearingHeld"), meta=meta)


def test_an_entry_of_the_record_itself_names_its_stream_once() -> None:
    """The stream is not written when it is the record, and comes back all the same."""
    same, other = (entries.write(catalogue(), hearing(stream)) for stream in (1, 2))
    assert len(other) == len(same) + 16
    assert entries.read(catalogue(), same).meta.stream_id == UUID(int=1)
    assert entries.read(catalogue(), other).meta.stream_id == UUID(int=2)


def test_what_is_read_has_the_domains_types() -> None:
    """An aware time, a date, an exact number: never what the encoding happens to keep."""
    assert kept_columns.moment(-1) == datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    assert kept_columns.micros(datetime(2026, 7, 2, 3, 30, tzinfo=UTC)) == 1_782_963_000_000_000
    assert kept_columns.READERS["date"](-1) == date(1969, 12, 31)
    assert str(kept_columns.READERS["decimal"]("1.50")) == "1.50"
    assert Decimal("1.50") == kept_columns.READERS["decimal"]("1.5")


def test_an_act_this_release_does_not_know_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its schema is there, its class is gone: the entry can't be read, and its record waits."""
    kept = entries.write(catalogue(), hearing())
    monkeypatch.delitem(ACTS, "case.HearingHeld")
    with pytest.raises(entries.UnknownAct, match=r"this release knows no act case\.HearingHeld"):
        entries.read(catalogue(), kept)
    read = read_entry(catalogue(), Kept(1, 0, UUID(int=0), "case.HearingHeld", kept))
    assert (read.event, read.why) == (None, "this release knows no act case.HearingHeld")


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda _: b"",
        lambda kept: kept[:4],
        lambda kept: b"\x01" + kept[1:],
        lambda kept: HEADER.pack(0, 2**31 - 1) + kept[5:],
        lambda kept: kept[:-1],
        lambda kept: kept + b"\x00",
    ],
    ids=["nothing", "cut header", "no magic", "unknown schema", "cut body", "a byte too many"],
)
def test_spoilt_bytes_are_noticed(spoilt: Any) -> None:
    """Bytes that are cut, too long, or of an unknown schema are one clear error, never half an entry."""
    with pytest.raises(SchemaError):
        entries.read(catalogue(), spoilt(entries.write(catalogue(), hearing())))


def test_old_versions_and_odd_bytes_go_to_the_general_decoder() -> None:
    """A block of an array that carries its size is no bytes of ours, and is read all the same."""
    entry = changed(hearing(), meta=changed(hearing().meta, actor=Actor(station="S"), doubts=("twice",)))
    kept = entries.write(catalogue(), entry)
    odd = kept.replace(b"\x02\x0atwice\x00", b"\x01\x0c\x0atwice\x00")
    assert odd != kept
    assert entries.read(catalogue(), odd) == entries.read(catalogue(), kept) == entry


@pytest.mark.parametrize("name", sorted(ACTS))
def test_views_see_the_same_entry_without_what_they_never_read(name: str) -> None:
    """Everything else is equal; what was stepped over raises for whoever looks into it."""
    meta = Meta(
        record_id=UUID(int=1),
        stream_id=UUID(int=1),
        station="S",
        actor=Actor(station="S"),
        salt=b"s" * 16,
        signature=b"x",
    )
    sealed = {"sealed": Sealed("V1", b"d" * 32, b"box"), "text": "t", "whole": 7, "flag": True, "bytes": b"b"}
    entry: Any = changed(specimen(ACTS[name], sealed), meta=meta)
    kept = entries.write(catalogue(), entry)
    full, seen = entries.read(catalogue(), kept), entries.Reader(catalogue(), lambda _: None).read(kept)
    assert full == entry == entries.read_plainly(catalogue(), kept)
    with pytest.raises(LookupError, match="stepped over"):
        bool(seen.meta.salt)
    for each in columns(ACTS[name]):
        mine, its = getattr(seen, each.name), getattr(full, each.name)
        if "sealed" in repr(each.shape):
            assert (mine is None) == (its is None)
        else:
            assert mine == its


def specimen(cls: Any, simple: dict[str, Any]) -> Any:
    """An instance of a class with something in every column."""
    return object_of(cls, {each.name: of_shape(each.shape, simple) for each in columns(cls)})


def of_shape(shape: Shape, simple: dict[str, Any]) -> Any:
    """Something of this shape."""
    if shape.inner is not None:
        inner = of_shape(shape.inner, simple)
        return inner if shape.kind == "optional" else (inner, inner)
    if shape.of is not None:
        return specimen(shape.of, simple)
    more = {"instant": kept_columns.moment(5), "date": date(2026, 7, 2), "decimal": Decimal("1.5"), "id": UUID(int=3)}
    return shape.choices[0] if shape.kind == "choice" else (simple | more)[shape.kind]


def object_of(cls: Any, content: dict[str, Any]) -> Any:
    """Made by its constructor."""
    return cls(**content)
