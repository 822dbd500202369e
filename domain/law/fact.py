"""One entry of a record as the law sees it: what kind of act, when it was done, when it was written down, who it names.

Rules know facts by name or by trait and read few of their columns, so a view keeps facts instead of entries.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol, Self
from uuid import UUID


class Times(Protocol):
    """What a fact needs of an entry's meta: its id and the two times, both aware."""

    @property
    def entry_id(self) -> UUID | str:
        """The entry."""

    @property
    def occurred_at(self) -> datetime:
        """When the act was done."""

    @property
    def recorded_at(self) -> datetime:
        """When this engine appended it."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One entry: its permanent name, its id, the two times (aware), the traits it answers to, and columns as JSON."""

    name: str
    entry_id: str
    occurred_at: datetime
    recorded_at: datetime
    also: frozenset[str] = frozenset()
    values: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, name: str, traits: Iterable[str], meta: Times, values: Mapping[str, Any]) -> Self:
        """A fact from an entry's name, its class's traits, its meta, and the columns that matter (`columns_of`)."""
        return cls(name, str(meta.entry_id), meta.occurred_at, meta.recorded_at, frozenset(traits), values)

    @property
    def order(self) -> tuple[datetime, datetime, str]:
        """Where it stands among the facts of its record, whatever the order in which they came."""
        return (self.occurred_at, self.recorded_at, self.entry_id)

    def codes(self, columns: Sequence[str]) -> tuple[str, ...] | None:
        """Whom or what the first of `columns` that is filled names. None when it has none of these columns."""
        found: tuple[str, ...] | None = None
        for column in columns:
            value = self.values.get(column)
            if value is None:
                continue
            if isinstance(value, str):
                found = (value,) if value else ()
            else:
                found = tuple(map(str, value)) if isinstance(value, list | tuple) else (str(value),)
            if found:
                return found
        return found

    def moment(self, column: str) -> datetime | None:
        """The time that stands in a column; None when none does, or none that has a time zone."""
        value = self.values.get(column)
        try:
            found = datetime.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            return None
        return found if found is not None and found.tzinfo is not None else None

    def to_json(self) -> list[Any]:
        """As a view keeps it."""
        times = (self.occurred_at.isoformat(), self.recorded_at.isoformat())
        return [self.name, self.entry_id, *times, sorted(self.also), dict(self.values)]

    @classmethod
    def from_json(cls, kept: Sequence[Any]) -> Self:
        """A fact as a view kept it."""
        name, entry_id, occurred, recorded, also, values = kept
        times = (datetime.fromisoformat(occurred), datetime.fromisoformat(recorded))
        return cls(name, entry_id, *times, frozenset(also), values)


def columns_of(act: object, wanted: Iterable[str]) -> dict[str, Any]:
    """The wanted columns of an act as JSON, and nothing else; `victims.code` is the list of its victims' codes."""
    found: dict[str, Any] = {}
    for column in wanted:
        name, _, inner = column.partition(".")
        value = getattr(act, name, None)
        if inner:
            value = None if value is None else [getattr(each, inner, None) for each in value]
        if value is not None:
            found[column] = _plain(value)
    return found


def _plain(value: object) -> Any:  # noqa: ANN401 (any JSON)
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal | UUID) else value
