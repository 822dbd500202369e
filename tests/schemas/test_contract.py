"""The public contract: class and schema say the same, bytes come back as they went, nothing promised is broken."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import domain
import schemas
from consumers import entries
from domain.event import ACTS, Actor, Event, Meta, Sealed
from domain.shape import Shape, columns
from projections.case_state import CaseState
from projections.custody import Custody
from projections.ranking import Ranking
from projections.view import View
from roznamcha.drafting import draft, lock
from schemas import VIEW, Catalogue, SchemaError, catalogue
from schemas.codec import decode
from schemas.evolution import check

domain.load()
FOLDER = Path(schemas.__file__).parent
ACT = "case.CopyGivenToInformant"


def bare(schema: Any) -> Any:
    """A schema without the words for its columns, which only the file has; the act's own doc stays."""
    if isinstance(schema, list):
        return [bare(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    words = {"label", "sealed", "title"} | ({"doc"} if "fields" not in schema else set())
    return {key: bare(value) for key, value in schema.items() if key not in words}


@pytest.mark.parametrize("name", sorted(ACTS))
def test_class_and_schema_say_the_same(name: str) -> None:
    """What the class says is what the schema file says: names, order, types, defaults, values and doc line."""
    schema = catalogue().latest[name]
    assert bare(json.loads(schema.text)) == bare(json.loads(draft(ACTS[name], catalogue(), schema.version)))


def test_the_contract_has_nothing_to_complain_of() -> None:
    """Lock, lint, compatibility and golden records."""
    assert check(catalogue()) == []


def test_every_act_has_one_schema_and_every_schema_an_act() -> None:
    """No act without a contract, no contract without an act."""
    assert {name for name in catalogue().latest if not name.startswith(f"{VIEW}.")} == set(ACTS)


def test_every_row_that_is_published_has_one_schema_with_its_columns() -> None:
    """A view with a topic of its own, and a schema of a row: neither without the other, column for column."""
    published: dict[str, type[View]] = {f"{VIEW}.{part.__name__}": part for part in (CaseState, Custody, Ranking)}
    assert {name for name in catalogue().latest if name.startswith(f"{VIEW}.")} == set(published)
    for name, part in published.items():
        assert part.topic
        columns = [each["name"] for each in catalogue().latest[name].raw["fields"] if each["name"] != "gone"]
        assert columns == [each.name for each in dataclasses.fields(part.Row)]


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31)).map(lambda each: each.replace(tzinfo=UTC))
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": TEXT,
    "whole": st.integers(-(2**63), 2**63 - 1),
    "flag": st.booleans(),
    "instant": MOMENTS,
    "date": st.dates(date(1900, 1, 1), date(2199, 12, 31)),
    "decimal": st.decimals(allow_nan=False, allow_infinity=False, places=3),
    "id": st.uuids(),
    "bytes": st.binary(max_size=12),
    "sealed": st.builds(Sealed, TEXT, st.binary(min_size=32, max_size=32), st.binary(max_size=40)),
}


def values(shape: Shape) -> st.SearchStrategy[Any]:
    """Any value a column may hold."""
    if shape.kind == "optional" and shape.inner is not None:
        return st.none() | values(shape.inner)
    if shape.inner is not None:
        return st.lists(values(shape.inner), max_size=2).map(tuple)
    if shape.of is not None:
        return st.builds(shape.of, **{each.name: values(each.shape) for each in shape.columns})
    return st.sampled_from(shape.choices) if shape.choices else VALUES[shape.kind]


METAS = st.builds(
    Meta,
    entry_id=st.uuids(),
    record_id=st.uuids(),
    stream_id=st.uuids(),
    version=st.integers(1, 2**40),
    occurred_at=MOMENTS,
    recorded_at=MOMENTS,
    reported_at=st.none() | MOMENTS,
    actor=st.builds(Actor, id=TEXT, rank=TEXT, role=TEXT, station=st.just("S1")),
    station=st.just("S1") | st.just("S2"),
    district=TEXT,
    command_id=st.uuids(),
    correlation_id=st.none() | st.uuids(),
    causation_id=st.none() | st.uuids(),
    source=TEXT,
    salt=st.binary(min_size=16, max_size=16),
    doubts=st.lists(TEXT, max_size=2).map(tuple),
    signature=st.none() | st.binary(max_size=8),
    position=st.just(0),
)


@pytest.mark.parametrize("name", sorted(ACTS))
def test_any_entry_comes_back_as_it_went(name: str) -> None:
    """Class to bytes to class, for every act and whatever its columns hold."""
    cls = ACTS[name]

    @settings(max_examples=4, deadline=None)
    @given(meta=METAS, fields=st.fixed_dictionaries({each.name: values(each.shape) for each in columns(cls)}))
    def there_and_back(meta: Meta, fields: dict[str, Any]) -> None:
        event: Event[Any] = cls(meta=meta, **fields)
        data = entries.write(catalogue(), event)
        assert data[0] == 0
        assert catalogue().by_id(int.from_bytes(data[1:5], "big")).name == name
        assert entries.read(catalogue(), data) == event

    there_and_back()


def sample() -> bytes:
    """An entry's bytes."""
    return entries.write(catalogue(), ACTS[ACT](meta=Meta(salt=bytes(16)), means="in person", person="I1"))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda _: b"", "do not begin as an entry must"),
        (lambda data: data[:4], "do not begin as an entry must"),
        (lambda data: b"\x01" + data[1:], "do not begin as an entry must"),
        (lambda data: b"\x00\x7f\xff\xff\xff" + data[5:], "is not in schemas.lock"),
        (lambda data: data[:-3], "cannot be decoded"),
        (lambda data: data + b"x", "bytes too many"),
    ],
)
def test_spoilt_bytes_are_refused(spoil: Callable[[bytes], bytes], said: str) -> None:
    """Cut, lengthened, foreign or unknown bytes are told as such; nothing is guessed."""
    with pytest.raises(SchemaError, match=said):
        decode(catalogue(), spoil(sample()))


def test_a_value_of_the_wrong_type_is_not_written_and_not_quoted() -> None:
    """The error names the act and not the value, which may be a person's."""
    bad = ACTS[ACT](meta=Meta(salt=bytes(16)), means="in person", person=12)
    with pytest.raises(SchemaError) as refused:
        entries.write(catalogue(), bad)
    assert str(refused.value).startswith(f"{ACT} does not fit its schema")
    assert "12" not in str(refused.value)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the schemas in which everything is released."""
    folder = tmp_path / "schemas"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    path = folder / "schemas.lock"
    path.write_text("".join(line.replace(" -\n", " 0.1.0\n") for line in path.read_text().splitlines(keepends=True)))
    return folder


def complaints(folder: Path) -> list[str]:
    """What the check says of a folder."""
    return check(Catalogue(folder), (folder / "golden.jsonl").read_text())


def second(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """A second version of an act's schema, changed."""
    file = folder / "case" / "CopyGivenToInformant.1.avsc"
    schema = json.loads(file.read_text())
    change(schema)
    (folder / "case" / "CopyGivenToInformant.2.avsc").write_text(json.dumps(schema))


def field(schema: dict[str, Any], name: str) -> dict[str, Any]:
    """One of a schema's fields."""
    found: dict[str, Any] = next(each for each in schema["fields"] if each["name"] == name)
    return found


def added(schema: dict[str, Any], **more: Any) -> None:
    """Add a field with all its words."""
    words = {"doc": "More.", "label": {"en": "More", "hi": "अधिक"}}
    schema["fields"].append({"name": "more", "type": "string", **words, **more})


def test_a_sound_second_version_passes(copy: Path) -> None:
    """A field added with a default is readable both ways."""
    second(copy, lambda schema: added(schema, default=""))
    lock(copy)
    assert complaints(copy) == []
    assert Catalogue(copy).latest[ACT].version == 2


DECIMAL = {"type": "string", "is": "decimal"}
LOGICAL = {"type": "long", "logicalType": "timestamp-millis"}


def sealed_for_nobody(schema: dict[str, Any]) -> None:
    """A personal column that doesn't say whose."""
    added(schema, default=None, type=["null", "roznamcha.Sealed"])
    schema["uses"] = ["Meta.1", "Sealed.1"]


BREAKS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "a field without default": (added, "cannot read version 1"),
    "a field removed": (lambda s: s["fields"].remove(field(s, "means")), "cannot read version 2"),
    "a type changed": (lambda s: field(s, "means").update(type="long"), "cannot read version 1"),
    "a value lost": (lambda s: field(s, "means").update(values=["post"]), "loses a value"),
    "a meaning changed": (lambda s: field(s, "person").update(type=DECIMAL), "changes its meaning"),
    "no doc": (lambda s: field(s, "means").update(doc=""), "has no doc"),
    "no Hindi": (lambda s: field(s, "means").update(label={"en": "Means", "hi": "Means"}), "has no Hindi label"),
    "no title": (lambda s: s.pop("title"), "has no English title"),
    "another namespace": (lambda s: s.update(namespace="elsewhere"), "must be the record"),
    "no meta": (lambda s: s["fields"].pop(0), "must be meta"),
    "a logical type": (lambda s: added(s, default=0, type=LOGICAL), "one of our forms"),
    "a seal for nobody": (sealed_for_nobody, "doesn't say for whom"),
}


@pytest.mark.parametrize("case", BREAKS)
def test_each_broken_promise_is_found(copy: Path, case: str) -> None:
    """What Avro's rules miss is found by ours; what they find is told."""
    change, said = BREAKS[case]
    second(copy, lambda schema: change(schema) and None)
    lock(copy)
    assert any(said in each for each in complaints(copy)), complaints(copy)


def test_a_released_file_may_not_be_edited(copy: Path) -> None:
    """Neither the lock nor the check lets it pass, and the lock file stays as it was."""
    file = copy / "case" / "CopyGivenToInformant.1.avsc"
    file.write_text(file.read_text().replace("Informant", "informant", 1))
    before = (copy / "schemas.lock").read_text()
    with pytest.raises(SchemaError, match=r"was released in 0\.1\.0"):
        lock(copy)
    assert (copy / "schemas.lock").read_text() == before
    assert any("its file was edited" in each for each in complaints(copy))


def test_a_common_record_may_not_be_edited(copy: Path) -> None:
    """Meta is inlined in every schema: changing it changes all."""
    file = copy / "common" / "Meta.1.avsc"
    file.write_text(file.read_text().replace('"default": [], ', ""))
    assert any("a common record it uses was edited" in each for each in complaints(copy))


def test_a_golden_record_that_reads_differently_is_found(copy: Path) -> None:
    """Today's program must read yesterday's entries as they were."""
    file = copy / "golden.jsonl"
    file.write_text(file.read_text().replace('"means": "means"', '"means": "other"', 1))
    assert any("reads differently" in each for each in complaints(copy))


def test_decimals_and_ids_keep_their_exact_form() -> None:
    """1.50 stays 1.50, and an id is sixteen bytes."""
    event = ACTS["case.PropertyMoved"](
        meta=Meta(entry_id=UUID(int=5), salt=bytes(16)),
        property_id="PR/1",
        place="p",
        reason="r",
        quantity=Decimal("1.50"),
    )
    back = entries.read(catalogue(), entries.write(catalogue(), event))
    assert str(back.quantity) == "1.50"  # type: ignore[attr-defined]
    assert back.meta.entry_id == UUID(int=5)
