"""What the entries of an audit say of its items: what was seen of each, and which differences are entered already."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from domain.event import Event, changed, struck
from domain.malkhana_audit.items import (
    ConcernsItem,
    ItemNotFound,
    ItemSighted,
    ItemUnrecorded,
    QuantityMismatched,
    SealMismatched,
)
from domain.malkhana_audit.reconcile import Difference, Seen
from domain.shape import columns

BROKEN = "SealNotWhole"
"""How the difference of an item is called that was seen under a broken seal: it has no act of its own."""


@dataclass(frozen=True)
class Looked:
    """What was seen, an item a line, and what was said to differ: what is not found is said, and was not seen."""

    seen: tuple[Seen, ...] = ()
    said: tuple[Difference, ...] = ()


def looked_at(entries: Sequence[Event[Any]], called: Callable[[str], str] = str) -> Looked:
    """What the entries that stand say, each item as it was seen last, its matter as it is `called`."""
    seen: dict[tuple[str, ...], Seen] = {}
    said: list[Difference] = []
    for each in _standing(entries):
        named = called(each.matter) if each.matter else "", each.property_id
        if not isinstance(each, ItemNotFound):
            key = named if each.property_id else (*named, each.key)
            seen[key] = _seen(each, seen.get(key, Seen(*named)))
        if each.differs:
            told = {column.name: getattr(each, column.name) for column in columns(type(each))}
            said.append((BROKEN if isinstance(each, ItemSighted) else type(each).__name__, told | {"matter": named[0]}))
    return Looked(tuple(seen.values()), tuple(said))


def _standing(entries: Sequence[Event[Any]]) -> Iterator[ConcernsItem]:
    gone = struck(entries)
    for each in entries:
        if isinstance(each, ConcernsItem) and each.meta.version not in gone:
            yield each


def _seen(act: ConcernsItem, was: Seen) -> Seen:
    """The item after this act: a difference says one thing of it, and leaves the rest as it was seen before."""
    if isinstance(act, ItemSighted):
        seal = "" if act.seal_state == "none" else act.seal or None
        return changed(was, place=act.place, quantity=act.quantity, unit=act.unit, seal=seal)
    was = changed(was, place=act.place or was.place)
    if isinstance(act, QuantityMismatched):
        return changed(was, quantity=act.quantity, unit=act.unit)
    if isinstance(act, SealMismatched):
        return changed(was, seal=act.seal)
    if isinstance(act, ItemUnrecorded):
        return changed(was, description=act.description, alike=act.alike, quantity=act.quantity, unit=act.unit)
    return was
