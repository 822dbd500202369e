"""A record's life as process mining sees it: what was done, in the order in which it happened, and to which objects.

Objects are the record itself, its articles and its persons, a person by the code that has a meaning in that record
alone. No column in which somebody writes freely is in it, and no officer's id.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from domain.common.codes import PERSON, coded
from domain.common.matter import Matter
from domain.common.tie import TiesRecords
from domain.deadline.sheet import TellsOfClock
from domain.event import RECORDS, Event, Record, struck
from domain.malkhana.article import Article, Malkhana
from domain.malkhana.custody import ConcernsProperty

PROPERTY, PERSONS = "property", "person"


class Link(NamedTuple):
    """An object, and what it is to that which names it."""

    id: str
    qualifier: str


class Value(NamedTuple):
    """A value that a column of an object has from a moment on."""

    column: str
    value: str
    since: datetime


@dataclass
class Thing:
    """An object of a kind: a register for a record, `property`, `person`."""

    id: str
    kind: str
    values: list[Value] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)

    def value(self, column: str, value: str, since: datetime) -> None:
        """Note a value that isn't the column's last one."""
        if next((each.value for each in reversed(self.values) if each.column == column), None) != value:
            self.values.append(Value(column, value, since))


class Step(NamedTuple):
    """An entry that stands, and the objects it is about."""

    entry: Event[Any]
    links: tuple[Link, ...]

    def codes(self, kind: str) -> list[str]:
        """The articles, or the persons, by what they are called in the record."""
        begins = f"{self.entry.meta.record_id}/{kind}/"
        return list(dict.fromkeys(each.id.removeprefix(begins) for each in self.links if each.id.startswith(begins)))


@dataclass
class Life:
    """What is written of a record. `others` are the records that it names, by id, and their registers."""

    record_id: UUID
    register: str
    steps: list[Step] = field(default_factory=list)
    things: dict[str, Thing] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)

    def thing(self, kind: str, called: str) -> Thing:
        """An article or a person of this record."""
        found = Thing(f"{self.record_id}/{kind}/{called}", kind, links=[Link(str(self.record_id), "of")])
        return self.things.setdefault(found.id, found)


def life_of(history: Iterable[Event[Any]]) -> Life | None:
    """The life of a record, from its entries in their order; None where nothing of it stands.

    What is struck has never happened, and what is told of a legal clock is no act of anybody.
    """
    told = [each for each in history if not isinstance(each, TellsOfClock)]
    gone = struck(told)
    entries = [each for each in told if each.meta.version not in gone]
    if not entries:
        return None
    record_id, register = entries[0].meta.record_id, entries[0].register
    life = Life(record_id, register, things={str(record_id): Thing(str(record_id), register)})
    record: Record = RECORDS[register].blank(record_id)
    for entry in entries:
        before, record = _articles(record), record.after(entry)
        links = [Link(str(record_id), "of")]
        links += _of_property(life, entry, before, _articles(record))
        links += _of_persons(life, entry)
        links += _of_others(life, entry)
        life.steps.append(Step(entry, tuple(dict.fromkeys(links))))
    life.steps.sort(key=lambda each: (each.entry.meta.occurred_at, each.entry.meta.version))
    return life


def _articles(record: Record) -> dict[str, Article]:
    return dict(record.part(Malkhana).articles) if isinstance(record, Matter) else {}


def _of_property(
    life: Life, entry: Event[Any], before: dict[str, Article], after: dict[str, Article]
) -> Iterator[Link]:
    """The article that an act concerns, and those that come into custody by it."""
    at = entry.meta.occurred_at
    if isinstance(entry, ConcernsProperty) and entry.property_id in after:
        yield Link(life.thing(PROPERTY, entry.property_id).id, "property")
    for called, article in after.items():
        if before.get(called) is article:
            continue
        thing = life.thing(PROPERTY, called)
        if called not in before:
            yield Link(thing.id, "new")
            if article.parent:
                thing.links.append(Link(life.thing(PROPERTY, article.parent).id, "from"))
        thing.value("category", article.category, at)
        thing.value("state", article.state, at)


def _of_persons(life: Life, entry: Event[Any]) -> Iterator[Link]:
    for path, _, read in coded(type(entry)):
        for code in read(entry):
            if PERSON.pattern.fullmatch(code):
                yield Link(life.thing(PERSONS, code).id, path)


def _of_others(life: Life, entry: Event[Any]) -> Iterator[Link]:
    if isinstance(entry, TiesRecords) and entry.other_called and entry.other_id:
        other, tie = str(entry.other_id), entry.tie
        life.others[other] = tie.register
        life.things[str(life.record_id)].links.append(Link(other, tie.id))
        yield Link(other, tie.id)
