"""How a person is called in a record: by a code, so that no open column, rule or message holds a name.

A column of these types is checked in every act before anything else is, and what was given is never repeated: somebody
may have written a name there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Annotated, Any

from domain.event import Event
from domain.shape import Form, Shape, columns, once

PERSON = Form("person", re.compile(r"[A-Z][0-9]{1,3}"), "a code (A1, V1, W2 …)")
OWNER = Form("owner", re.compile(r"[A-Z][0-9]{1,3}|CASE"), "a code (A1, V1, W2 …; CASE for what is nobody's own)")
PRESENT = Form(
    "person or officer",
    re.compile(r"[A-Z][0-9]{1,3}|(?=[^0-9]*[0-9])[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}"),
    "a code (A1, V1, W2 …), or an officer by the id of the personnel system",
)

Code = Annotated[str, PERSON]
"""A person of this record. Empty only where the column may be left out."""
Owner = Annotated[str, OWNER]
"""Under whose key columns are sealed: a person's, or the case's own."""
CodeOrOfficer = Annotated[str, PRESENT]
"""A person of this record by code, or an officer by id."""

Read = Callable[[Any], list[Any]]
Coded = tuple[str, Form, Read]


def uncoded(act: Event[Any], called: str) -> Iterator[str]:
    """A reason for each column of an act that must hold a code and holds something else."""
    for path, form, read in coded(type(act)):
        if not all(form.pattern.fullmatch(each) for each in read(act)):
            yield f"a person of {called} is entered by {form.words} and not otherwise. Give the code in {path}."


def unreadable(called: str, code: str, column: str) -> Iterator[str]:
    """The reason when somebody's particulars are given without the code under which they are sealed."""
    if not PERSON.pattern.fullmatch(code):
        yield f"a person of {called} is entered by {PERSON.words} and not otherwise. Give the code in {column}."


@once
def coded(cls: type) -> tuple[Coded, ...]:
    """The columns of an act, or of a part of one, that hold codes: path, form, and how their values are read."""
    found: list[Coded] = []
    for column in columns(cls):
        optional = column.default == ""
        for path, form, read in _in(column.shape, column.name, partial(_column, column.name)):
            found.append((path, form, partial(_given, read) if optional else read))
    return tuple(found)


def _in(shape: Shape, path: str, read: Read) -> Iterator[Coded]:
    """The coded columns at `path` and below it, given how the values there are read."""
    if shape.form:
        yield path, shape.form, read
    elif shape.kind == "list" and shape.inner is not None:
        yield from _in(shape.inner, path, lambda owner: [each for row in read(owner) for each in row])
    elif shape.kind == "optional" and shape.inner is not None:
        yield from _in(shape.inner, path, lambda owner: [each for each in read(owner) if each is not None])
    elif shape.of is not None:
        for below, form, values in coded(shape.of):
            yield f"{path}.{below}", form, partial(_below, read, values)


def _column(name: str, owner: Any) -> list[Any]:  # noqa: ANN401 (an act, or a part of one)
    return [getattr(owner, name)]


def _given(read: Read, owner: Any) -> list[Any]:  # noqa: ANN401
    return [each for each in read(owner) if each]


def _below(read: Read, values: Read, owner: Any) -> list[Any]:  # noqa: ANN401
    return [each for part in read(owner) for each in values(part)]
