"""Two writings of one schema are told from two schemas: a registry gives schemas back in a writing of its own."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest

from schemas import catalogue
from schemas.sameness import same

ROW: dict[str, Any] = {
    "type": "record", "name": "Row", "namespace": "roznamcha.case", "doc": "A row.",
    "fields": [
        {"name": "inner", "type": {"type": "record", "name": "roznamcha.Inner", "fields": []}},
        {"name": "again", "type": ["null", "roznamcha.Inner"], "default": None},
        {"name": "times", "type": {"type": "array", "items": {"type": "long", "is": "instant"}}, "label": {"en": "T"}},
        {"name": "next", "type": ["null", "roznamcha.case.Row"], "default": None},
    ],
}  # fmt: skip


def changed(*path: str | int, to: Any) -> dict[str, Any]:
    """The row with something else in one place."""
    copy = json.loads(json.dumps(ROW))
    place = copy
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return copy


@pytest.mark.parametrize(
    "other",
    [
        dict(reversed(ROW.items())),
        {**{k: v for k, v in ROW.items() if k != "namespace"}, "name": "roznamcha.case.Row"},
        changed("fields", 3, "type", 1, to="Row"),
        changed("fields", 0, "type", to={"type": "record", "namespace": "roznamcha", "name": "Inner", "fields": []}),
        changed("fields", 1, "type", 0, to={"type": "null"}),
    ],
    ids=["order of keys", "full name", "short name", "namespace apart", "a plain type in braces"],
)
def test_another_writing_is_the_same(other: dict[str, Any]) -> None:
    """Order, namespaces and braces say nothing."""
    assert same(json.dumps(ROW), json.dumps(other))


@pytest.mark.parametrize(
    "other",
    [
        changed("doc", to="Another."),
        changed("fields", 1, "default", to="x"),
        changed("fields", 2, "label", "en", to="U"),
        changed("fields", 2, "type", "items", to="long"),
        changed("fields", 3, "type", 1, to="roznamcha.deadline.Row"),
        changed("fields", 1, "type", to=["roznamcha.Inner", "null"]),
        changed("fields", to=[*ROW["fields"]][::-1]),
        "Row",
        None,
        [[[]]],
    ],
    ids=[
        "doc",
        "default",
        "label",
        "form",
        "namespace",
        "order of a union",
        "order of columns",
        "name",
        "none",
        "lists",
    ],
)
def test_another_schema_is_not(other: Any) -> None:
    """Whatever a reader, a clerk or a check relies on counts."""
    assert not same(json.dumps(ROW), json.dumps(other))


def test_no_two_of_ours_are_the_same() -> None:
    """So an id stands for one schema alone, and each is itself."""
    whole = [schema.complete for schema in catalogue().schemas.values()]
    assert all(same(each, each) for each in whole)
    assert not any(same(one, other) for one, other in pairwise(whole))
    assert not same("{", "{")
