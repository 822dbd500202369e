"""The shape of an act: its columns, what may stand in each, and which may be left empty.

Every door (the command line, the import, a form) and the schema check read an act's columns here, so that the class is
written once and nothing repeats it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import wraps
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from domain.event import Sealed

T = TypeVar("T")
INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)")
"""How a moment is written: RFC 3339, with its zone. Seconds may be left out."""

SIMPLE: dict[Any, str] = {
    str: "text",
    int: "whole",
    bool: "flag",
    datetime: "instant",
    date: "date",
    Decimal: "decimal",
    UUID: "id",
    bytes: "bytes",
    Sealed: "sealed",
}


@dataclass(frozen=True)
class Form:
    """How a text must be written: `Annotated[str, Form(…)]`. `words` say it to whom wrote it otherwise."""

    name: str
    pattern: re.Pattern[str]
    words: str


@dataclass(frozen=True)
class Shape:
    """What may stand in a column.

    `kind` is one of the values of `SIMPLE`, or `choice` (one of `choices`), `optional` (`inner` or nothing),
    `list` (any number of `inner`), `record` (an instance of `of`, with `columns`). A text may have a `form`.
    """

    kind: str
    inner: Shape | None = None
    choices: tuple[str, ...] = ()
    of: type | None = None
    columns: tuple[Column, ...] = ()
    form: Form | None = None

    @property
    def plain(self) -> bool:
        """Whether the stored value is the domain's value, so that nothing need be converted."""
        if self.inner is not None:
            return self.kind == "optional" and self.inner.plain
        return self.kind in {"text", "whole", "flag", "bytes", "choice"}


@dataclass(frozen=True)
class Column:
    """One named field of an act or of a part of an act."""

    name: str
    shape: Shape
    required: bool
    default: Any = None


def once(work: Callable[[type], T]) -> Callable[[type], T]:
    """Work something out once for each class, and remember it."""
    known: dict[type, T] = {}

    @wraps(work)
    def remembered(cls: type) -> T:
        if cls not in known:
            known[cls] = work(cls)
        return known[cls]

    return remembered


@once
def columns(cls: type) -> tuple[Column, ...]:
    """The columns of a dataclass in their order, without an entry's `meta`.

    Raises TypeError for a type that isn't kept in a register.
    """
    hints = get_type_hints(cls, include_extras=True)
    found = []
    for each in fields(cls):
        if each.name == "meta":
            continue
        required = each.default is MISSING and each.default_factory is MISSING
        default = each.default_factory() if each.default_factory is not MISSING else each.default
        shape = shape_of(hints[each.name], f"{cls.__name__}.{each.name}")
        found.append(Column(each.name, shape, required, None if required else default))
    return tuple(found)


def shape_of(annotation: Any, where: str = "") -> Shape:  # noqa: ANN401 (an annotation may be anything)
    """The shape an annotation stands for."""
    if annotation in SIMPLE:
        return Shape(SIMPLE[annotation])
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return Shape(SIMPLE[inner[0]], form=next(each for each in inner if isinstance(each, Form)))
    if origin is Literal:
        return Shape("choice", choices=inner)
    if origin in {Union, UnionType} and len(inner) == 2 and inner[1] is NoneType:  # noqa: PLR2004 (X | None)
        return Shape("optional", inner=shape_of(inner[0], where))
    if origin is tuple and len(inner) == 2 and inner[1] is ...:  # noqa: PLR2004 (tuple[X, ...])
        return Shape("list", inner=shape_of(inner[0], where))
    if isinstance(annotation, type) and is_dataclass(annotation):
        return Shape("record", of=annotation, columns=columns(annotation))
    message = f"{where}: {annotation} has no place in a register's column"
    raise TypeError(message)
