"""Verifying what is sealed: each box opens with its person's key and fits its digest, and no key is gone unordered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import is_dataclass
from typing import Any

from domain.common.corrections import ExecutesErasure
from domain.event import Event, Sealed
from roznamcha.errors import Broken
from roznamcha.sealing import sealed_columns

Unseal = Callable[[Event[Any]], Event[Any]]


class Seals:
    """The sealed columns of one record, entry by entry."""

    def __init__(self, unseal: Unseal | None) -> None:
        """Open them with `unseal`; None looks at none."""
        self._unseal = unseal
        self._shut: dict[str, int] = {}
        self._open: dict[str, int] = {}
        self._erased: set[str] = set()
        self._kept: list[tuple[str, int]] = []

    def flaw(self, event: Event[Any]) -> str:
        """What is wrong with an entry's seals; empty when nothing is. Boxes that stay shut are remembered."""
        if self._unseal is None:
            return ""
        if isinstance(event, ExecutesErasure):
            self._erased.add(event.person)
            if event.person in self._open:
                self._kept.append((event.person, event.meta.position))
        try:
            opened = self._unseal(event)
        except Broken as broken:
            return str(broken)
        for person, shut in _seals(opened):
            (self._shut if shut else self._open).setdefault(person, event.meta.position)
        return ""

    def wrong(self) -> Iterator[tuple[str, int]]:
        """What is wrong with the keys of this record's persons, and the entry at which it shows."""
        for person, position in self.gone():
            yield f"the key of {person} in this record is gone, and no erasure of it was entered", position
        for person, position in self._kept:
            yield (
                f"the erasure of {person} in this record was entered, and what was sealed before still opens",
                position,
            )

    def gone(self) -> Iterator[tuple[str, int]]:
        """The persons whose key is gone although no erasure of it was entered, each with the first entry it sealed."""
        for person, position in self._shut.items():
            if person not in self._erased:
                yield person, position


def _seals(value: Any) -> Iterator[tuple[str, bool]]:  # noqa: ANN401 (an act, a part of one, or a column)
    """The persons of sealed values, and whether no key opened theirs."""
    if isinstance(value, Sealed):
        yield value.person, value.text is None
    elif isinstance(value, tuple):
        for each in value:
            yield from _seals(each)
    elif is_dataclass(value) and not isinstance(value, type):
        for name in sealed_columns(type(value)):
            yield from _seals(getattr(value, name))
