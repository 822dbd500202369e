"""Reads the values in a rule's conditions as a careful colleague would: each must be one that its column can have.

A value nobody can enter (`outcome: acepted`) is a condition that is never met, or always, and nothing else would tell.
What a column can have is the act's own schema.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from domain.law.book import read_yaml
from domain.law.form import Flaw, Marked
from domain.law.grammar import IN_COMMON, ORDERED, Condition, NotGrammar, conditions_of, neat, plain
from domain.law.rule import BadRule
from domain.law.rule_form import ACT, TRIGGER_KEYS
from domain.shape import Shape

Columns = Mapping[str, Mapping[str, Shape]]
"""Every act and trait by name, with its columns and what may stand in each."""


class Asked(NamedTuple):
    """A table of conditions, the key under which it stands, and the acts and columns that each attribute may be."""

    key: str
    when: Marked
    where: tuple[tuple[str, Mapping[str, str]], ...]


def odd_values(texts: Mapping[str, str], acts: Columns) -> list[Flaw]:
    """Every value in a condition that its column can't have, in these rule files by name; what is no YAML is left."""
    found = []
    for file, text in sorted(texts.items()):
        try:
            table = read_yaml(text, file)
        except BadRule:
            continue
        if isinstance(table, Marked):
            for asked in (*_of_facts(table), *_of_limits(table)):
                found += [
                    Flaw(file, line, f"rule {table.get('rule')}: {asked.key}: {why}") for line, why in _odd(asked, acts)
                ]
    return found


def _listed(given: object) -> list[Any]:
    return given if isinstance(given, list) else [given]


def _named(given: object) -> str:
    """The act that is named, by itself, with its column of time, or in a table."""
    named = str(given.get("fact")) if isinstance(given, Marked) else str(given)
    found = ACT.fullmatch(named)
    return found[1] if found else named


def _of_facts(table: Marked) -> Iterator[Asked]:
    """The conditions that a fact must meet."""
    for key in TRIGGER_KEYS:
        given = _listed(table.get(key, []))
        if key == "suspends":
            pauses = [each for each in given if isinstance(each, Marked)]
            given = [one for each in pauses for part in ("from", "until") for one in _listed(each.get(part, []))]
        for each in given:
            if isinstance(each, Marked) and isinstance(each.get("when"), Marked):
                yield Asked(f"{key}: when", each["when"], ((_named(each), {}),))


def _of_limits(table: Marked) -> Iterator[Asked]:
    """The conditions on which a limit depends: on columns of what starts the clock, or lengthens it."""
    where: list[tuple[str, Mapping[str, str]]] = [(_named(each), {}) for each in _listed(table.get("starts", []))]
    more = [each for each in _listed(table.get("extends", [])) if isinstance(each, Marked)]
    where += [(_named(each), each["sets"]) for each in more if isinstance(each.get("sets"), Marked)]
    for version in _listed(table.get("versions", [])):
        limits = [version.get("limit")] if isinstance(version, Marked) else []
        while limits:
            limit = limits.pop()
            if isinstance(limit, Marked) and isinstance(limit.get("when"), Marked):
                yield Asked("limit: when", limit["when"], tuple(where))
                limits += [limit.get("then"), limit.get("otherwise")]


def _odd(asked: Asked, acts: Columns) -> Iterator[tuple[int, str]]:
    for attribute, wanted in asked.when.items():
        shapes = [
            shape
            for fact, sets in asked.where
            if (shape := _shape(acts.get(fact, {}), sets.get(attribute, attribute))) is not None
        ]
        try:
            conditions = conditions_of({attribute: wanted})
        except NotGrammar:
            continue
        for each in conditions:
            reasons = [_reason(each, shape) for shape in shapes]
            if reasons and all(reasons):
                yield asked.when.lines[attribute], reasons[0]


def _shape(columns: Mapping[str, Shape], name: str) -> Shape | None:
    """What may stand in a column, or in a column of its parts (`accused.how`); None where there is no such column."""
    first, _, inner = name.partition(".")
    shape = columns.get(first)
    if shape is None or not inner:
        return shape
    rows = shape.inner or shape
    found = next((each.shape for each in rows.columns if each.name == inner), None)
    return None if found is None else Shape("list", inner=found)


def _reason(each: Condition, shape: Shape) -> str:
    """Why a condition on such a column is never met, or always; empty where it isn't."""
    values = each.value if isinstance(each.value, tuple) else (each.value,)
    if shape.kind == "list":
        if each.operator not in IN_COMMON:
            return f"{each.attribute} is a list: ask with any-of or none-of"
        shape = shape.inner or shape
    if shape.kind == "optional" and shape.inner is not None:
        shape = shape.inner
    if shape.kind == "flag":
        odd = [value for value in values if not isinstance(value, bool)]
        return f"{each.attribute}: {_words(odd)} is neither true nor false" if odd else ""
    if shape.kind != "choice":
        return ""
    if each.operator in ORDERED:
        return f"{each.attribute}: {each.operator!r} compares numbers, and it is one of {', '.join(shape.choices)}"
    odd = [value for value in values if not _may_be(each.operator, value, shape.choices)]
    return f"{each.attribute}: {_words(odd)} is none of {', '.join(shape.choices)}" if odd else ""


def _may_be(sign: str, value: object, choices: tuple[str, ...]) -> bool:
    """Whether one of the words of a column would be taken for this value."""
    if sign == "begins":
        return any(choice.startswith(str(value)) for choice in choices)
    spelled = neat if sign in IN_COMMON else plain
    return spelled(str(value)) in {spelled(choice) for choice in choices}


def _words(values: list[Any]) -> str:
    return ", ".join(map(repr, values))
