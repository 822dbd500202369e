"""A frozen dataclass whose methods stand here once, for the hundreds of acts.

`dataclass(frozen=True)` writes and compiles six methods for each class it is given, which every start of the program
would wait for. These do the same for all, and the constructor is quicker than a written one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, FrozenInstanceError, dataclass, field, fields
from typing import TYPE_CHECKING, Any, NoReturn, dataclass_transform


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field,))
class Frozen:
    """A subclass is a keyword-only dataclass that is never changed; it needs no decorator."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        dataclass(kw_only=True, init=False, eq=False, repr=False)(cls)

    def __init__(self, **columns: Any) -> None:  # noqa: ANN401 (its own columns)
        """Make one of its columns. Raises TypeError that names those it lacks, or doesn't have."""
        form = _forms.get(type(self)) or _form(type(self))
        held = self.__dict__
        held.update(form.empty)
        held.update(columns)
        for name, make in form.made:
            if name not in columns:
                held[name] = make()
        if len(held) != len(form.empty) or not form.required <= columns.keys():
            raise TypeError(form.misused(columns))

    if not TYPE_CHECKING:  # where types are checked, the decorator above says it

        def __setattr__(self, name: str, value: object) -> NoReturn:
            message = f"cannot assign to field {name!r}"
            raise FrozenInstanceError(message)

        def __delattr__(self, name: str) -> NoReturn:
            message = f"cannot delete field {name!r}"
            raise FrozenInstanceError(message)

    def __eq__(self, other: object) -> bool:
        return self.__dict__ == other.__dict__ if other.__class__ is self.__class__ else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self.__dict__[name] for name in _names(type(self))))

    def __repr__(self) -> str:
        columns = ", ".join(f"{name}={self.__dict__[name]!r}" for name in _names(type(self)))
        return f"{type(self).__qualname__}({columns})"


@dataclass(frozen=True)
class _Form:
    """What one is made from: each column with what stands in it where nothing is said, and those that must be."""

    kind: str
    empty: Mapping[str, Any]
    required: frozenset[str]
    made: tuple[tuple[str, Callable[[], Any]], ...]

    def misused(self, columns: Mapping[str, Any]) -> str:
        """What is wrong with these columns."""
        unknown = ", ".join(sorted(columns.keys() - self.empty.keys()))
        missing = ", ".join(sorted(self.required - columns.keys()))
        told = [f"has no column {unknown}" if unknown else "", f"lacks {missing}" if missing else ""]
        return f"{self.kind} {' and '.join(filter(None, told))}"


_forms: dict[type, _Form] = {}


def _form(cls: type) -> _Form:
    columns = fields(cls)
    form = _forms[cls] = _Form(
        kind=cls.__name__,
        empty={each.name: each.default for each in columns},
        required=frozenset(
            each.name for each in columns if each.default is MISSING and each.default_factory is MISSING
        ),
        made=tuple((each.name, each.default_factory) for each in columns if each.default_factory is not MISSING),
    )
    return form


def _names(cls: type) -> tuple[str, ...]:
    return tuple((_forms.get(cls) or _form(cls)).empty)
