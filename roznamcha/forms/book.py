"""Reads the forms from their files, and tells what in them fits no act: a box must lead to a column that is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

import yaml

import domain
from domain.event import ACTS, Actor, Event, Meta
from domain.law.book import StrictLoader
from domain.shape import Column, Shape, columns
from roznamcha.drafting import walk
from roznamcha.errors import Broken
from schemas import catalogue

FOLDER = resources.files("roznamcha") / "forms"
NAMES = tuple(f"IIF-{number}" for number in range(1, 8))
APART = "in columns"
"""Under which key of the words those stand that mean another thing in some column."""
MAIN = "main"
"""The part of a form that it is about: each of its entries that stands makes a sheet."""
TAKES = ("each", "last", "latest", "after")
"""Which entries of a part are meant: each; the last; the last of each key; the last before the key's next sheet."""
SHOWS = ("", "sections", "rupees", "weekday", "four digits", "officer")
SAME = ("weekday", "officer")
"""How a box shows again what another box has: a day of the week for a moment, a name for an officer's id."""
BLANKS = ("", "unfed", "signed")
"""Why a box is printed empty: no column of this register feeds it, or somebody signs there by hand."""
BOX = {"box", "en", "hi", "column", "meta", "of", "show", "blank", "why", "rows", "look", "is", "outer", "otherwise"}
PART = {"acts", "key", "take", "by", "many", "repeats"}
FORM = {"form", "version", "title", "under", "source", "parts", "boxes"}
Words = Mapping[str, str]


@dataclass(frozen=True)
class Part:
    """Entries that a form draws upon. `repeats` names what other form enters them: they are shown, never entered."""

    name: str
    acts: tuple[str, ...]
    take: str = "each"
    key: str = ""
    by: Mapping[str, str] | None = None
    many: bool = False
    repeats: str = ""

    @property
    def implied(self) -> dict[str, str]:
        """Its columns that hold what a column of the sheet's main act holds: no box says them again."""
        return {column: of_main for column, of_main in (self.by or {}).items() if "." not in of_main}


@dataclass(frozen=True)
class Box:
    """One box: its number and words, and the column (or part of the head) of which part feeds it; `rows` of a table."""

    number: str
    words: Words
    of: str = MAIN
    column: str = ""
    meta: str = ""
    show: str = ""
    blank: str = ""
    rows: tuple[Box, ...] = ()
    look: tuple[str, ...] = ()
    """Where a column of a table looks its value up, the first place first: `part:column` or `part.table:column`."""
    matches: str = ""
    """The column of its own row that says which entry, or row, is meant there."""
    outer: bool = False
    """Whether what is looked up is a column of the entry in whose table the row was found, and not of the row."""
    otherwise: Box | None = None
    """What is shown where this says nothing."""
    why: str = ""
    """Of a box that nothing feeds: why."""

    @property
    def own(self) -> bool:
        """Whether it is fed by a column, so that it can be entered from a form."""
        return bool(self.column) and not self.look and self.show not in SAME


@dataclass(frozen=True)
class Form:
    """One form as its file has it."""

    name: str
    version: int
    title: Words
    under: Mapping[str, Words]
    source: Words
    parts: Mapping[str, Part]
    boxes: tuple[Box, ...]

    def entered(self) -> dict[str, str]:
        """The part of each act that a sheet of this form enters."""
        return {act: part.name for part in self.parts.values() if not part.repeats for act in part.acts}

    def boxes_of(self, act: str) -> tuple[Box, ...]:
        """The boxes that this act's own columns feed, each column of a sheet's repeated part by itself."""
        part = self.entered()[act]
        mine = (each for each in self.boxes if each.of == part)
        flat = (box for each in mine for box in (each.rows if each.rows and not each.column else (each,)))
        known = {column.name for column in columns(ACTS[act])}
        return tuple(each for each in flat if each.own and each.column in known)


@cache
def form_of(name: str) -> Form:
    """A form by its name. Raises Broken when its file is not what it must be."""
    domain.load()
    text = (FOLDER / f"{name.lower()}.yaml").read_text(encoding="utf-8")
    form = read_form(text)
    if found := list(flaws(form)):
        message = f"the form {name} is not whole: {'; '.join(found)}"
        raise Broken(message)
    return form


@cache
def choices() -> Words:
    """The Hindi words of the acts' choices: of the list, and of an act's own schema (`values_hi` of a column)."""
    fields = (field for schema in catalogue().latest.values() for field in walk(schema.raw))
    own = {choice: word for field in fields for choice, word in field.get("values_hi", {}).items()}
    return own | {name: word for name, word in _words().items() if isinstance(word, str)}


def hindi(choice: str, column: str = "") -> str:
    """A choice in Hindi, as it is meant in this column; itself where it has no Hindi word (a section, an algorithm)."""
    apart: Mapping[str, Words] = _words()[APART]
    return apart.get(column, {}).get(choice) or choices().get(choice, choice)


@cache
def _words() -> Mapping[str, Any]:
    found: dict[str, Any] = yaml.load((FOLDER / "words.yaml").read_text(encoding="utf-8"), StrictLoader)  # noqa: S506
    return found


def read_form(text: str) -> Form:
    """A form from the text of its file. Raises Broken for what is no form at all."""
    try:
        read: dict[str, Any] = yaml.load(text, StrictLoader)  # noqa: S506 (it makes texts, numbers and tables alone)
        _only(read, FORM, "the form")
        parts = {name: _part(name, given) for name, given in read["parts"].items()}
        boxes = tuple(_box(each) for each in read["boxes"])
        source = {language: read["source"][language] for language in ("en", "hi")}
        return Form(read["form"], read["version"], read["title"], read.get("under", {}), source, parts, boxes)
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        message = f"this is no form: {type(error).__name__} {str(error)[:200]}"
        raise Broken(message) from None


def _only(given: Mapping[str, Any], known: set[str], where: str) -> None:
    if unknown := sorted(given.keys() - known):
        message = f"{where} says {unknown[0]!r}, which means nothing"
        raise Broken(message)


def _part(name: str, given: Mapping[str, Any]) -> Part:
    _only(given, PART, f"the part {name}")
    more = {key: given[key] for key in ("take", "key", "by", "many", "repeats") if key in given}
    return Part(name, tuple(given["acts"]), **more)


def _box(given: Mapping[str, Any]) -> Box:
    _only(given, BOX, f"the box {given.get('en')!r}")
    more = {key: given[key] for key in ("of", "column", "meta", "show", "blank", "why", "outer") if key in given}
    if "otherwise" in given:
        more["otherwise"] = _box({"en": given["en"], "hi": given["hi"], **given["otherwise"]})
    rows = tuple(_box(each) for each in given.get("rows", ()))
    words = {"en": given["en"], "hi": given["hi"]}
    look = tuple(given.get("look", ()))
    return Box(given.get("box", ""), words, rows=rows, look=look, matches=given.get("is", ""), **more)


def flaws(form: Form) -> Iterator[str]:
    """Everything in a form that fits no act: each box leads to what is there, and what must be entered has a box."""
    for part in form.parts.values():
        for act in part.acts:
            if act not in ACTS:
                yield f"part {part.name}: there is no act {act}"
        if part.take not in TAKES:
            yield f"part {part.name}: {part.take!r} says not which entries are meant"
    if MAIN not in form.parts:
        yield "no part says what the form is about"
        return
    for box in form.boxes:
        yield from _flaws_of(form, box, None)
    for act in form.entered():
        if act in ACTS:
            yield from _unfed(form, act)
            places = [(each.number, each.column) for each in form.boxes_of(act)]
            for number, column in sorted({each for each in places if places.count(each) > 1}):
                yield f"{act}: box {number!r} has the column {column} twice"


def _flaws_of(form: Form, box: Box, row: Shape | None) -> Iterator[str]:
    """What is wrong with a box, or with a column of a table whose rows have this shape."""
    if box.otherwise:
        yield from _flaws_of(form, box.otherwise, row)
    said = f"box {box.number or box.words['en']!r}"
    if box.of not in form.parts:
        yield f"{said}: there is no part {box.of!r}"
    elif box.show not in SHOWS or box.blank not in BLANKS or (box.blank and (box.column or box.meta)):
        yield f"{said}: it is shown, or left blank, in a way that nobody knows"
    elif (box.blank == "unfed") != bool(box.why):
        yield f"{said}: what nothing feeds says why, and nothing else does"
    elif box.meta and not _in_meta(box.meta):
        yield f"{said}: an entry's head has no {box.meta}"
    elif box.look:
        for look in box.look:
            yield from _flaws_of_look(form, box, look, said)
    elif box.column and not box.meta:
        yield from _flaws_of_column(form, box, row, said)
    else:
        for each in box.rows:
            yield from _flaws_of(form, replace(each, of=box.of), None)


def _flaws_of_look(form: Form, box: Box, look: str, said: str) -> Iterator[str]:
    shape = _looked(form, look, outer=box.outer)
    if shape is None:
        yield f"{said}: there is no {look!r} to look into"
    elif not box.meta:
        yield from _flaws_of_column(form, box, shape, said)


def _flaws_of_column(form: Form, box: Box, row: Shape | None, said: str) -> Iterator[str]:
    found = _column(form, box, row)
    if found is None:
        yield f"{said}: there is no column {box.column!r}"
    elif _choices_of(found.shape) - choices().keys() - {"not recorded"}:
        yield f"{said}: a choice of {box.column!r} has no Hindi word"
    else:
        for each in box.rows:
            yield from _flaws_of(form, each, _record(found.shape))


def places_of(look: str) -> tuple[str, str, str]:
    """Of a place to look into its part, the table in it (if any), and the column that must say the same."""
    part, _, where = look.partition(":")
    name, _, listed = part.partition(".")
    return name, listed, where


def _looked(form: Form, look: str, *, outer: bool = False) -> Shape | None:
    """The shape of what a column looks into: an act, or a row of a table in one, with the column that decides.

    `outer` asks for the shape of the act in whose table it is.
    """
    part, listed, where = places_of(look)
    for act in form.parts[part].acts if part in form.parts else ():
        whole = Shape("record", of=ACTS[act], columns=columns(ACTS[act]))
        tables = [_record(each.shape) for each in whole.columns if each.name == listed]
        found = whole if not listed else tables[0] if tables else None
        if found and any(each.name == where for each in found.columns):
            return whole if outer else found
    return None


def _record(shape: Shape) -> Shape | None:
    while shape.inner is not None:
        shape = shape.inner
    return shape if shape.of is not None else None


def _column(form: Form, box: Box, shape: Shape | None) -> Column | None:
    """The column that feeds a box; a registration's number as it is written is no column, and shown all the same."""
    acts = [ACTS[act] for act in form.parts[box.of].acts if act in ACTS]
    if box.column == "called" and form.parts[box.of].repeats:
        return Column("called", Shape("text"), required=False)
    known = shape.columns if shape is not None else tuple(each for act in acts for each in columns(act))
    return next((each for each in known if each.name == box.column), None)


def _choices_of(shape: Shape) -> set[str]:
    return set(shape.choices) | (_choices_of(shape.inner) if shape.inner else set())


def _in_meta(path: str) -> bool:
    first, _, rest = path.partition(".")
    known = vars(Meta()).keys()
    return first in known and (not rest or (first == "actor" and rest in vars(Actor())))


def _unfed(form: Form, act: str) -> Iterator[str]:
    """Columns that an act needs, and that no box has: a form without them could not be entered again."""
    cls: type[Event[Any]] = ACTS[act]
    numbered = {cls.numbered.number, cls.numbered.year} if cls.numbered else set()
    boxes, implied = form.boxes_of(act), {*numbered, *form.parts[form.entered()[act]].implied}
    for column in columns(cls):
        mine = [each for each in boxes if each.column == column.name]
        if not mine and column.required and column.name not in implied:
            yield f"{act}: no box has the column {column.name}, which must be entered"
        inner = _record(column.shape) if mine else None
        shown = {row.column for each in mine for row in each.rows if row.own}
        for below in inner.columns if inner else ():
            if below.required and below.name not in shown:
                yield f"{act}: no column of the table {column.name} has {below.name}, which must be entered"
