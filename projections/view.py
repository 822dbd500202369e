"""How a view is written: what one of its rows holds, and what each act changes in it. It fits on one screen.

    class Malkhana(View):
        class Row: record_id, property_id, place …; KEY = ("record_id", "property_id")

        @on(MovesProperty)
        def moved(self, row, e): row.place = e.place_after

A handler is called with the row the act touches, made empty when it isn't there yet, and changes it. The row's key is
taken from the act's columns of the same names (`record_id`, `position` and `version` from its meta); an act that
touches several rows names their keys with `keys=`. A handler that returns `DROP` removes the row.

A view that must see a whole record to publish its rows declares a `State`, one for each record, which handlers fold,
and `rows(state)`, which derives what is published. Both are pure: the same entries give the same rows, always.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from typing import Any, ClassVar, Final

from domain.event import ACTS, Event

DROP: Final = object()
"""What a handler returns to have its row removed."""

Key = tuple[Any, ...]
Keys = Callable[[Any], Iterable[Key]]
Handler = Callable[[Any, Any, Any], object]
META = ("record_id", "position", "version")


class Reaction:
    """A method that reacts to an act or a trait."""

    def __init__(self, to: type[Event[Any]], keys: Keys | None, handler: Handler) -> None:
        """React to `to` with `handler`, on the rows that `keys` names."""
        self.to, self.keys, self.handler = to, keys, handler


def on(*acts: type[Event[Any]], keys: Keys | None = None) -> Callable[[Any], Any]:
    """Mark a method of a view as the reaction to these acts or traits."""

    def mark(method: Any) -> Any:  # noqa: ANN401 (a method or its reactions)
        before = method if isinstance(method, list) else []
        handler = before[0].handler if before else method
        return [*before, *(Reaction(act, keys, handler) for act in acts)]

    return mark


class View:
    """A read model. Subclasses declare `Row` (and perhaps `State`), their reactions, and what they ignore."""

    version: ClassVar[int] = 1
    """Raised when the rows would come out differently: the view is then built anew."""
    name: ClassVar[str] = ""
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = ()
    ignores: ClassVar[frozenset[str]] = frozenset()
    """The acts, or whole chapters by module, this view has deliberately nothing to do with: a new act must be met or
    named here."""
    reactions: ClassVar[tuple[Reaction, ...]] = ()
    append_only: ClassVar[bool] = False
    """Whether rows are only added, so that none need be read first."""
    Row: ClassVar[type]
    State: ClassVar[type | None] = None

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.name = re.sub(r"(?<=.)([A-Z])", r"_\1", cls.__name__).lower()
        # A view that is read off another one's state inherits its reactions.
        values = [value for parent in reversed(cls.__mro__) for value in vars(parent).values()]
        found = [each for value in values if isinstance(value, list) for each in value]
        cls.reactions = tuple(each for each in found if isinstance(each, Reaction))

    def __init__(self) -> None:
        """Nothing is remembered between entries but the rows."""
        self._met: dict[type, tuple[Reaction, ...]] = {}
        self.folded: type = self.State or self.Row
        self.key_names: tuple[str, ...] = self.folded.KEY  # type: ignore[attr-defined]  # every row declares it

    def rows(self, state: Any) -> Iterable[Any]:  # noqa: ANN401 (the view's own State)
        """What is published of a state. Only for views that have one."""
        raise TypeError(state)

    def reactions_to(self, cls: type[Event[Any]]) -> tuple[Reaction, ...]:
        """The reactions to an act, in the order of the class."""
        met = self._met.get(cls)
        if met is None:
            met = self._met[cls] = tuple(each for each in self.reactions if issubclass(cls, each.to))
        return met

    def touched(self, event: Event[Any]) -> Iterator[tuple[Key, Handler]]:
        """The rows an entry touches, and what is done to each."""
        for reaction in self.reactions_to(type(event)):
            for key in reaction.keys(event) if reaction.keys else (self.key_of(event),):
                yield key, reaction.handler

    def key_of(self, event: Event[Any]) -> Key:
        """The key of the one row an entry touches."""
        meta = event.meta
        return tuple(getattr(meta if name in META else event, name) for name in self.key_names)

    def empty(self, key: Key) -> Any:  # noqa: ANN401 (the view's own row)
        """A row in which nothing stands yet but its key."""
        return self.folded(**dict(zip(self.key_names, key, strict=True)))

    def forgotten(self) -> list[str]:
        """The acts this view neither reacts to nor ignores by name."""
        return sorted(
            name
            for name, cls in ACTS.items()
            if not self.reactions_to(cls) and not self.ignores & {name, cls.__module__}
        )


def fold_record(view: View, entries: Iterable[Event[Any]]) -> list[Any]:
    """The rows a view publishes of one record, folded in the plainest way: what `verify` compares with."""
    kept: dict[Key, Any] = {}
    for entry in entries:
        for key, handler in view.touched(entry):
            row = kept.get(key) or view.empty(key)
            if handler(view, row, entry) is DROP:
                kept.pop(key, None)
            else:
                kept[key] = row
    if view.State is None:
        return list(kept.values())
    return [row for state in kept.values() for row in view.rows(state)]


def row_key(row: Any) -> Key:  # noqa: ANN401 (any view's row)
    """A row's key."""
    return tuple(getattr(row, name) for name in row.KEY)


def row_values(row: Any) -> Key:  # noqa: ANN401 (any view's row)
    """A row's columns, in their order."""
    return tuple(getattr(row, each.name) for each in fields(row))
