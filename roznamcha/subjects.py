"""Under which names the schemas stand in a registry: a subject for each kind of message in each topic that carries it.

A subject is the topic, a hyphen, and the record's full name (Confluent's TopicRecordNameStrategy): a topic with many
kinds of messages has one line of versions for each kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from consumers.topics import Topics
from schemas import Catalogue, Schema
from schemas.sameness import same

LEVEL = "FULL_TRANSITIVE"
"""Every version can be read by every other."""


class Line(NamedTuple):
    """A version of a schema under one subject, with the id it has everywhere."""

    subject: str
    version: int
    id: int
    schema: Schema

    def __str__(self) -> str:
        """As it is named in messages."""
        return f"{self.subject} version {self.version}"


class SchemaBook:
    """Schemas as a registry knows them."""

    def __init__(self, lines: Iterable[Line]) -> None:
        """With these lines, of which those of one subject come in the order of their versions."""
        self.subjects: dict[str, list[Line]] = {}
        self.by_id: dict[int, list[Line]] = {}
        """The lines of each schema: one for each topic that carries it."""
        for line in lines:
            self.subjects.setdefault(line.subject, []).append(line)
            self.by_id.setdefault(line.id, []).append(line)
        self.by_guid = {lines[0].schema.guid: lines for lines in self.by_id.values()}

    @property
    def lines(self) -> list[Line]:
        """Every line, in the order of the ids."""
        return [line for lines in self.by_id.values() for line in lines]

    def find(self, subject: str, posted: str) -> Line | None:
        """The version of a subject that says the same as `posted`; KeyError for an unknown subject."""
        return next((line for line in self.subjects[subject] if same(line.schema.complete, posted)), None)


def schema_book(catalogue: Catalogue, topics: Topics) -> SchemaBook:
    """All locked schemas, for the topics under the prefix in force."""
    return SchemaBook(_lines(catalogue, topics))


def _lines(catalogue: Catalogue, topics: Topics) -> Iterator[Line]:
    for locked in sorted(catalogue.locked, key=lambda each: each.id):
        schema = catalogue.by_id(locked.id)
        for topic in topics.all:
            if topic.carries(locked.name):
                yield Line(f"{topic.name}-{schema.full_name}", locked.version, locked.id, schema)
