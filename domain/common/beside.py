"""Acts that look at other records as they stand, and doubt themselves by what they see there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain.common.matter import Entry
from domain.event import Record


@dataclass(frozen=True)
class Named:
    """Another record as an act knows it: by what it is called there, and by its id where that was entered."""

    called: str
    record: UUID | None = None


class LooksBeside(Entry):
    """An act whose doubts rest on other records too. They are looked up where it is entered, and only then."""

    def beside(self, matter: Any) -> Iterable[Named]:  # noqa: ANN401 (a register's own)
        """The records that it looks at."""
        raise NotImplementedError(matter)

    def doubt_beside(self, matter: Any, found: Mapping[Named, Record]) -> Iterator[str]:  # noqa: ANN401
        """Doubts by those of these records that there are."""
        raise NotImplementedError(matter, found)
