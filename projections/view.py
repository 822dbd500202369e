"""How a view is written: what one of its rows holds, and what each act changes in it. It fits on one screen.

    class Malkhana(View):
        class Row: record_id, property_id, place …; KEY = ("record_id", "property_id")

        @on(MovesProperty)
        def moved(self, row, e): row.place = e.place_after

A handler is called with the row the act touches, made empty when it isn't there yet, and changes it. The row's key is
taken from the act's columns of the same names (`record_id`, `position` and `version` from its meta); an act that
touches several rows names their keys with `keys=`. A handler that returns `DROP` removes the row, one that returns
`SAME` says that it changed nothing. When several handlers meet an act, that of the most specific class comes first.

A view that must see a whole record to publish its rows declares a `State`, one for each record, which handlers fold,
and `rows(state)`, which derives what is published. Both are pure: the same entries give the same rows, always. Where
several tables are read off one state, a view names them as its `parts`: the state is folded once, `rows` gives all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Final

from domain.common.corrections import PassesEntryOver
from domain.event import ACTS, Event

DROP: Final = object()
"""What a handler returns to have its row removed."""
SAME: Final = object()
"""What a handler returns when the row is as it was, so that it need not be written."""

Key = tuple[Any, ...]
Keys = Callable[[Any], Iterable[Key]]
Handler = Callable[[Any, Any, Any], object]
META = ("record_id", "position", "version")


class Reaction:
    """A method that reacts to an act or a trait."""

    def __init__(
        self, to: type[Event[Any]], keys: Keys | None, handler: Handler, reads: Iterable[str] | None = None
    ) -> None:
        """React to `to` with `handler`, on the rows that `keys` names."""
        self.to, self.keys, self.handler = to, keys, handler
        if reads is None and not (
            fields(to)[1:] or {name for name in set(dir(to)) - set(dir(Event)) if name[0] != "_"}
        ):
            reads = ()
        self.reads = None if reads is None else frozenset(reads)


def on(*acts: type[Event[Any]], keys: Keys | None = None, reads: Iterable[str] | None = None) -> Callable[[Any], Any]:
    """Mark a method of a view as the reaction to these acts or traits.

    `keys` gives the keys of the rows an entry touches, where its own columns don't; they must follow from the entry
    alone, because they are asked for before anything is folded. `reads` names the columns it looks at besides the
    meta: a rebuild steps over the others. By default these are all of them, or none where the class has none.
    """

    def mark(method: Any) -> Any:  # noqa: ANN401 (a method or its reactions)
        before = method if isinstance(method, list) else []
        handler = before[0].handler if before else method
        return [*before, *(Reaction(act, keys, handler, reads) for act in acts)]

    return mark


@dataclass(frozen=True)
class Index:
    """An index of a published table; with `where`, a condition in SQL, only of the rows that meet it."""

    columns: tuple[str, ...]
    where: str = ""


class View:
    """A read model. Subclasses declare `Row` (and perhaps `State`), their reactions, and what they ignore."""

    version: ClassVar[int] = 1
    """Raised when the rows would come out differently: the view is then built anew."""
    name: ClassVar[str] = ""
    topic: ClassVar[str] = ""
    """The topic in which its rows are told to other systems, by its short name, if it has one: see schemas/view/."""
    indexes: ClassVar[tuple[tuple[str, ...] | Index, ...]] = ()
    parts: ClassVar[tuple[type[View], ...]] = ()
    """The views whose tables are read off this one's state, if they are several. They have its `State`."""
    ignores: ClassVar[frozenset[type[Event[Any]]]] = frozenset()
    """The acts, or traits of acts, this view has deliberately nothing to do with unless it reacts to them: a new act
    must be met, or be of a kind named here."""
    reactions: ClassVar[tuple[Reaction, ...]] = ()
    append_only: ClassVar[bool] = False
    """Whether rows are only added, so that none need be read first."""
    basis: str = ""
    """What the rows rest on besides the entries, as a digest (a rule book, a time zone): another one, another view."""
    Row: ClassVar[type]
    State: ClassVar[type | None] = None

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.name = re.sub(r"(?<=.)([A-Z])", r"_\1", cls.__name__).lower()
        # A view that is read off another one's state inherits its reactions; a method of the same name replaces them.
        methods: dict[str, Any] = {}
        for parent in reversed(cls.__mro__):
            methods |= vars(parent)
        found = [each for value in methods.values() if isinstance(value, list) for each in value]
        cls.reactions = tuple(each for each in found if isinstance(each, Reaction))
        if cls.topic and cls.State is None:  # nobody knows what of its rows has changed
            message = f"{cls.__name__}: only a view with a State has a topic"
            raise TypeError(message)
        if cls.State is not None:
            _check_state(cls, cls.State)
        elif cls.parts:
            message = f"{cls.__name__}: only a view with a State has parts"
            raise TypeError(message)

    def __init__(self) -> None:
        """Nothing is remembered between entries but the rows."""
        self._met: dict[type, tuple[tuple[Keys, Handler], ...]] = {}
        self._handlers: dict[type, tuple[Handler, ...]] = {}
        self.folded: type = self.State or self.Row
        self.key_names: tuple[str, ...] = self.folded.KEY  # type: ignore[attr-defined]  # every row declares it
        self._first = tuple(each.name for each in fields(self.folded))[: len(self.key_names)] == self.key_names
        plain = all(each.keys is None for each in self.reactions)
        self.by_record = plain and self.key_names == META[:1]
        """Whether all entries of a record, and no other ones, make up one row."""
        self.by_entry = plain and self.append_only and self.key_names == META[1:2]
        """Whether each entry makes up a row of its own."""

    def rows(self, state: Any) -> Iterable[Any]:  # noqa: ANN401 (the view's own State)
        """What is published of a state, of all parts. Only for views that have one."""
        raise TypeError(state)

    def rows_now(self, state: Any) -> Iterable[Any]:  # noqa: ANN401 (the view's own State)
        """The same, of a state that stays at hand: a view may keep beside it what it has drawn before."""
        return self.rows(state)

    @property
    def published(self) -> tuple[type[View], ...]:
        """The views whose rows are published: the parts, or this one."""
        return self.parts or (type(self),)

    @property
    def names(self) -> frozenset[str]:
        """What it may be called by: its own name, or that of any part."""
        return frozenset({self.name, *(each.name for each in self.parts)})

    def reactions_to(self, cls: type[Event[Any]]) -> tuple[Reaction, ...]:
        """The reactions to an act: the most specific class first, then in the order they are written."""
        met = [each for each in self.reactions if issubclass(cls, each.to)]
        return tuple(sorted(met, key=lambda each: cls.__mro__.index(each.to)))

    def touched(self, event: Event[Any]) -> Iterator[tuple[Key, Handler]]:
        """The rows an entry touches, and what is done to each."""
        cls = type(event)
        met = self._met.get(cls)
        if met is None:
            met = tuple((each.keys or self._only, each.handler) for each in self.reactions_to(cls))
            self._met[cls] = met
        for keys, handler in met:
            for key in keys(event):
                yield key, handler

    def handlers(self, cls: type[Event[Any]]) -> tuple[Handler, ...]:
        """What is done for an act, where the row it touches is not in question."""
        met = self._handlers.get(cls)
        if met is None:
            met = self._handlers[cls] = tuple(each.handler for each in self.reactions_to(cls))
        return met

    def reads(self, cls: type[Event[Any]]) -> frozenset[str] | None:
        """The columns of an act that this view looks at, besides its meta; None when it may be any of them."""
        found: frozenset[str] = frozenset()
        for each in self.reactions_to(cls):
            if each.reads is None:
                return None
            found |= each.reads
        return found

    def _only(self, event: Event[Any]) -> tuple[Key]:
        return (self.key_of(event),)

    def key_of(self, event: Event[Any]) -> Key:
        """The key of the one row an entry touches."""
        meta = event.meta
        return tuple([getattr(meta if name in META else event, name) for name in self.key_names])

    def empty(self, key: Key) -> Any:  # noqa: ANN401 (the view's own row)
        """A row in which nothing stands yet but its key."""
        return self.folded(*key) if self._first else self.folded(**dict(zip(self.key_names, key, strict=True)))

    def forgotten(self) -> list[str]:
        """The acts this view neither reacts to nor ignores by kind."""
        return sorted(
            name
            for name, cls in ACTS.items()
            if not self.reactions_to(cls) and not issubclass(cls, tuple(self.ignores))
        )


def _check_state(cls: type[View], state: type) -> None:
    """A state is one for each record, and every row read off it belongs to that record."""
    rows = [getattr(part, "Row", state) for part in cls.parts or (cls,)]
    if any(getattr(kind, "KEY", ())[:1] != META[:1] for kind in (state, *rows)) or len(state.KEY) != 1:  # type: ignore[attr-defined]
        message = f"{cls.__name__}: a State is one for each record, and its rows' key begins with record_id"
        raise TypeError(message)
    if any(part.State is not state for part in cls.parts):
        message = f"{cls.__name__}: its parts are read off its own State"
        raise TypeError(message)


def fold_record(view: View, entries: Iterable[Event[Any]]) -> list[Any]:
    """The rows a view publishes of one record, folded in the plainest way: what `verify` compares with.

    An entry the view can't take is left out if a named person has passed it over for this view; else it raises.
    """
    history = list(entries)
    passed = {each.position for each in history if isinstance(each, PassesEntryOver) and each.view in view.names}
    left_out: set[int] = set()
    while True:
        here = 0
        kept: dict[Key, Any] = {}
        try:
            for entry in history:
                here = entry.meta.position
                if here not in left_out:
                    _fold_entry(view, kept, entry)
            here = 0  # the rows of the whole record are at fault now, and no single entry
            return list(kept.values()) if view.State is None else [r for s in kept.values() for r in view.rows(s)]
        except Exception:
            more = passed if here == 0 else passed & {here}
            if more <= left_out:
                raise
            left_out |= more


def _fold_entry(view: View, kept: dict[Key, Any], entry: Event[Any]) -> None:
    for key, handler in view.touched(entry):
        row = kept.pop(key) if key in kept else view.empty(key)
        if handler(view, row, entry) is not DROP:
            kept[key] = row


def row_key(row: Any) -> Key:  # noqa: ANN401 (any view's row)
    """A row's key."""
    return tuple([getattr(row, name) for name in row.KEY])
