"""No name where a code belongs: every column for a person's code, in every act, and no message repeats a name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

import domain
from domain.case.property_seizure import PropertySeized
from domain.common.codes import OWNER, PERSON, PRESENT, coded
from domain.event import ACTS, Event, Sealed, decide
from domain.shape import Column, Shape, columns
from schemas import catalogue
from tests.domain.case.builders_fir import fir
from tests.domain.case.builders_property import MEMO, item
from tests.dsl import act, given

domain.load()
NAME = "Ramesh Kumar s/o Mohan, Ward 5"
CODED = sorted(name for name, cls in ACTS.items() if coded(cls))
NO_PERSON = re.compile(r"\b[Cc]ode of (the|that) (station|district)|by its code or name|^Code of the station or agency")


def fields(schema: Any, path: str) -> Iterator[tuple[str, dict[str, Any], list[str]]]:
    """Every text and sealed column of a schema: where, itself, and its siblings that have a form."""
    forms = [each["name"] for each in schema["fields"] if each.get("form")]
    for field in schema["fields"][(path.count(".") == 1) :]:
        kind = field["type"]
        while isinstance(kind, list) or (isinstance(kind, dict) and "items" in kind):
            kind = kind["items"] if isinstance(kind, dict) else kind[1]
        if isinstance(kind, dict) and "fields" in kind:
            yield from fields(kind, f"{path}.{field['name']}")
        elif kind in ("string", "roznamcha.Sealed"):
            yield f"{path}.{field['name']}", field, forms


@pytest.mark.parametrize("name", sorted(ACTS))
def test_every_column_for_a_person_s_code_is_one(name: str) -> None:
    """What the schema calls a code of a person has the form of one, and so has every column that owns a seal."""
    for path, field, forms in fields(json.loads(catalogue().latest[name].text), name):
        speaks = re.search(r"\b[Cc]odes?\b", field["doc"]) and not NO_PERSON.search(field["doc"])
        if speaks and "sealed" not in field:
            assert field.get("form"), f"{path}: {field['doc']}"
        owner = field.get("sealed", "")
        assert not owner.startswith("@") or owner[1:] in forms, path


def filled(shape: Shape, value: str) -> Any:
    """A value of a column with this text wherever a code belongs."""
    if shape.form:
        return value
    if shape.kind == "list" and shape.inner is not None:
        return (filled(shape.inner, value),)
    if shape.inner is not None:
        return filled(shape.inner, value)
    if shape.of is not None:
        needed = [each for each in shape.columns if each.required or speaks_of_persons(each.shape)]
        return shape.of(**{each.name: filled(each.shape, value) for each in needed})
    return act_value(shape)


def act_value(shape: Shape) -> Any:
    """A plain sample."""
    from tests.dsl import _value  # noqa: PLC0415 (the samples of the other tests)

    return _value(shape, "sample")


def speaks_of_persons(shape: Shape) -> bool:
    """Whether a code belongs somewhere in this column."""
    inner = [shape.inner] if shape.inner else []
    return shape.form is not None or any(map(speaks_of_persons, [*inner, *(each.shape for each in shape.columns)]))


def written(name: str, column: Column, value: str) -> Event[Any]:
    """The act with this text wherever a code belongs in one of its columns."""
    return act(name, **{column.name: filled(column.shape, value)})


@pytest.mark.parametrize("name", CODED)
def test_a_name_is_refused_in_every_column_for_a_code_and_never_repeated(name: str) -> None:
    """Whoever writes a name where a code belongs is told which column it was, and nothing else."""
    record = given(fir("A1")).record
    for column in columns(ACTS[name]):
        if speaks_of_persons(column.shape):
            for bad in (NAME, "Ramesh", "ramesh@example", "राम"):
                decision = decide(written(name, column, bad), record)
                assert any("by a code" in each and column.name in each for each in decision.reasons), column.name
                assert not any(bad in each for each in decision.reasons)


@pytest.mark.parametrize("name", CODED)
def test_a_code_is_taken_in_every_column_for_one(name: str) -> None:
    """A1, V12 and W2 are codes."""
    for column in columns(ACTS[name]):
        if speaks_of_persons(column.shape):
            for good in ("A1", "V12", "W2"):
                reasons = given(fir("A1")).record.refuse(written(name, column, good))
                assert not [each for each in reasons if f"in {column.name}" in each]


def test_an_officer_goes_by_the_id_of_the_personnel_system() -> None:
    """Where an officer may stand beside other persons, an id has a digit and no blank; a name is neither."""
    assert all(map(PRESENT.pattern.fullmatch, ("CG-1001", "1001", "A1", "HC/22", "CG.RPR:7")))
    assert not any(map(PRESENT.pattern.fullmatch, ("Ramesh", "Ramesh Kumar", "Ramesh 5", "", "5 Ramesh", "राम5")))
    assert OWNER.pattern.fullmatch("CASE")
    assert not PERSON.pattern.fullmatch("CASE")


def owned() -> Iterator[tuple[str, str, str]]:
    """(act, sealed column, the column of its owner) where the owner may be left out."""
    for name, cls in sorted(ACTS.items()):
        raw = {each["name"]: each for each in json.loads(catalogue().latest[name].text)["fields"]}
        may_be_left_out = {each.name for each in columns(cls) if each.default == ""}
        for field in raw.values():
            owner = field.get("sealed", "")[1:]
            if owner in may_be_left_out:
                yield name, field["name"], owner


@pytest.mark.parametrize(("name", "column", "owner"), list(owned()))
def test_nothing_is_sealed_for_nobody(name: str, column: str, owner: str) -> None:
    """A person's particulars are refused without the code under whose key they are sealed."""
    sealed = replace(act(name), **{column: Sealed(text="Someone"), owner: ""})
    record = given(fir("A1"), act(PropertySeized, **{**MEMO, "items": (item(id="a property id"),)})).record
    reasons = decide(sealed, record).reasons
    assert any("code" in each for each in reasons), reasons
