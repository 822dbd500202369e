"""Fills a form from a record's entries: what stands in each box, and which entry it comes from. Nothing is made up.

A struck entry feeds no box. A box that no entry feeds stays empty, and so does one whose column was left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from operator import attrgetter
from typing import Any

from domain.event import Event, Sealed, struck
from domain.shape import Column, Shape, columns, once
from roznamcha.forms.book import MAIN, Box, Form, Part, places_of

Entry = Event[Any]


class Choice(str):
    """A value that is one of a column's choices, and no text that somebody wrote."""

    __slots__ = ()


@dataclass(frozen=True)
class Filled:
    """A box with what stands in it: a value, or the rows of a table."""

    box: Box
    value: Any = None
    rows: tuple[tuple[Any, ...], ...] = ()


@dataclass(frozen=True)
class Sheet:
    """One sheet: the entries behind it by the part they play, and its boxes in the form's order."""

    form: Form
    main: Entry
    entries: Mapping[str, tuple[Entry, ...]]
    boxes: tuple[Filled, ...]

    @property
    def sources(self) -> list[Entry]:
        """The entries it is made from, in the order of the record."""
        return sorted({each.meta.version: each for each in chain(*self.entries.values())}.values(), key=_place)

    @property
    def entered(self) -> list[tuple[Part, Entry]]:
        """The entries that this form enters, in the order of the record; those of other forms are only repeated."""
        parts = ((self.form.parts[name], found) for name, found in self.entries.items())
        mine = ((part, each) for part, found in parts if not part.repeats for each in found)
        return sorted(mine, key=lambda each: _place(each[1]))


def fill(form: Form, entries: Iterable[Entry], only: str = "") -> list[Sheet]:
    """The sheets of a form: one for each entry it is about, or for those whose key is `only`."""
    found = list(entries)
    gone = struck(found)
    standing = [each for each in found if each.meta.version not in gone]
    main = form.parts[MAIN]
    about = _taken(main, standing)
    if only:
        about = [each for each in about if main.key and str(getattr(each, main.key)) == only]
    return [_sheet(form, each, standing) for each in about]


def stricken(form: Form, entries: Iterable[Entry]) -> list[tuple[Entry, int]]:
    """The struck entries that would have fed the form, and the version of what struck each."""
    found, acts = list(entries), {act for part in form.parts.values() for act in part.acts}
    gone = struck(found)
    return [(each, gone[each.meta.version]) for each in found if each.meta.version in gone and each.name in acts]


def sealed_in(sheets: Iterable[Sheet]) -> set[bytes]:
    """The digests of the sealed values that stand in some box."""
    values = (each for sheet in sheets for box in sheet.boxes for each in (box.value, *chain(*box.rows)))
    return {each.digest for each in values if isinstance(each, Sealed)}


def _place(entry: Entry) -> int:
    return entry.meta.version


def _taken(part: Part, standing: Sequence[Entry]) -> list[Entry]:
    mine = [each for each in standing if each.name in part.acts]
    if part.take == "last":
        return mine[-1:]
    if part.take == "latest":
        return sorted({getattr(each, part.key): each for each in mine}.values(), key=_place)
    return mine


def _sheet(form: Form, main: Entry, standing: Sequence[Entry]) -> Sheet:
    about = form.parts[MAIN]
    entries = {
        part.name: (main,) if part is about else tuple(_beside(part, main, standing, about))
        for part in form.parts.values()
    }
    filling = _Filling(entries, set())
    boxes = tuple(map(filling.filled, form.boxes))
    for name, part in form.parts.items():
        if part.many and part.repeats:  # what is only looked into is a source where something was found
            entries[name] = tuple(each for each in entries[name] if each.meta.version in filling.looked)
    return Sheet(form, main, entries, boxes)


def _beside(part: Part, main: Entry, standing: Sequence[Entry], about: Part) -> list[Entry]:
    """The entries of another part of the sheet that is about `main`."""
    mine = [each for each in _taken(part, standing) if _fits(part, main, each)]
    if part.take == "after":
        mine = [each for each in mine if _between(main, each, _next(main, standing, about))]
    return mine if part.many else mine[-1:]


def _fits(part: Part, main: Entry, entry: Entry) -> bool:
    return all(getattr(entry, column) in set(_at(main, path)) for column, path in (part.by or {}).items())


def _at(owner: Any, path: str) -> Iterator[Any]:  # noqa: ANN401 (an act, or a part of one)
    """The values at a path: of a column, or of a column of each row of a table."""
    first, _, rest = path.partition(".")
    value = getattr(owner, first)
    if rest:
        yield from (value for row in value for value in _at(row, rest))
    else:
        yield value


def _next(main: Entry, standing: Sequence[Entry], about: Part) -> Entry | None:
    """The next entry about the same, by when it happened: what follows it belongs to that one's sheet."""
    key, since = getattr(main, about.key), _moment(main)
    same = (each for each in standing if each.name in about.acts and getattr(each, about.key) == key)
    return min((each for each in same if _moment(each) > since), key=_moment, default=None)


def _moment(entry: Entry) -> tuple[Any, int]:
    return entry.meta.occurred_at, entry.meta.version


def _between(main: Entry, entry: Entry, after: Entry | None) -> bool:
    at = entry.meta.occurred_at
    return at >= main.meta.occurred_at and (after is None or at < after.meta.occurred_at)


@dataclass(frozen=True)
class _Filling:
    """The entries of one sheet by part, and in which of them something was looked up."""

    entries: Mapping[str, tuple[Entry, ...]]
    looked: set[int]

    def filled(self, box: Box) -> Filled:
        """A box with what stands in it."""
        found = self.entries[box.of]
        if not box.rows:
            return Filled(box, self.shown(box, found[-1] if found else None))
        owners = found if not box.column else getattr(found[-1], box.column, ()) if found else ()
        return Filled(box, rows=tuple(tuple(self.shown(each, row) for each in box.rows) for row in owners))

    def shown(self, box: Box, owner: Any) -> Any:  # noqa: ANN401 (an entry, or a row of a table in one, or nothing)
        """What stands in a box, or where nothing does, what is shown there otherwise."""
        value, other = self.cell(box, owner) if owner is not None else None, box.otherwise
        if value is not None or other is None:
            return value
        if other.look:
            return self.shown(other, owner)
        entries = self.entries[other.of]
        value = self.shown(other, entries[-1] if entries else None)
        if value is not None:
            self.looked.add(entries[-1].meta.version)
        return value

    def cell(self, box: Box, owner: Any) -> Any:  # noqa: ANN401 (an entry, or a row of a table in one)
        """What stands in a box that `owner` feeds."""
        if box.blank:
            return None
        if box.look:
            return self.looked_up(box, getattr(owner, box.matches, None))
        if box.meta:
            return attrgetter(box.meta)(owner.meta)
        value = getattr(owner, box.column, None)
        column = _columns(type(owner)).get(box.column)
        if column is None:
            return value or None
        return None if unsaid(value, column) else chosen(value, column.shape)

    def looked_up(self, box: Box, key: Any) -> Any:  # noqa: ANN401
        """What the first place says that knows something: of the last entry there that stands."""
        plain = replace(box, look=(), otherwise=None)
        for look in box.look:
            part, listed, where = places_of(look)
            for entry in reversed(self.entries[part]):
                for row in getattr(entry, listed) if listed else (entry,):
                    value = (
                        self.cell(plain, entry if box.meta or box.outer else row)
                        if getattr(row, where) == key
                        else None
                    )
                    if value is not None:
                        self.looked.add(entry.meta.version)
                        return value
        return None


def values_of(form: Form, entry: Entry) -> Iterator[tuple[Box, Any]]:
    """The boxes that an entry's own columns feed, with what stands in each: of a table, its rows by column."""
    filling = _Filling({}, set())
    for box in form.boxes_of(entry.name):
        if box.rows:
            mine = [each for each in box.rows if each.own]
            rows = getattr(entry, box.column, ())
            yield box, [{each.column: filling.cell(each, row) for each in mine} for row in rows]
        else:
            yield box, filling.cell(box, entry)


@once
def _columns(cls: type) -> dict[str, Column]:
    return {each.name: each for each in columns(cls)}


def chosen(value: Any, shape: Shape) -> Any:  # noqa: ANN401
    """A value with each choice in it marked as one."""
    if shape.inner is not None:
        return (
            tuple(chosen(each, shape.inner) for each in value) if shape.kind == "list" else chosen(value, shape.inner)
        )
    return Choice(value) if shape.kind == "choice" else value


def unsaid(value: Any, column: Column) -> bool:  # noqa: ANN401
    """Whether the register can't tell a column from one that was left out: a form says nothing then."""
    if value in (None, "", ()) or value == "not recorded":
        return True
    left_out = not column.required and value == column.default
    return left_out and (value is False or value == "none" or (value == 0 and not isinstance(value, bool)))
