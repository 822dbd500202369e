"""Sorting the post of a partition: what is new, what was known already, what is no entry, and what lacks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from consumers.carried import Carried, Undeliverable, carried
from consumers.dak import Letter, Place
from consumers.folding import Kept
from schemas import Catalogue


class Missing(Exception):
    """A partition lacks an entry. Nothing behind it is taken until it is there: see `reconcile`."""

    def __init__(self, topic: str, message: Any, seen: int, previous: int) -> None:  # noqa: ANN401
        """Of this message, which follows one that was never seen."""
        self.partition, self.offset, self.seen, self.previous = message.partition, message.offset, seen, previous
        super().__init__(
            f"partition {message.partition} of {topic}: the message at offset {message.offset} follows the entry at "
            f"position {previous}, and the last one that came is at {seen}"
        )


class Sorted(NamedTuple):
    """What was read, sorted out: new entries, strangers' messages, where each partition is then, and what lacks."""

    fresh: list[tuple[Any, Kept]]
    strangers: list[Letter]
    places: dict[int, Place]
    missing: dict[int, Missing]


def sort_out(
    catalogue: Catalogue,
    topic: str,
    found: Mapping[int, list[Any]],
    at: Mapping[int, Place],
    following: Callable[[int], int | None],
) -> Sorted:
    """What of these messages is new, by partition, and where each partition is when they are taken.

    `at` is where they were; `following` tells the offset that is read next, beyond the marks of transactions.
    """
    work = Sorted([], [], {}, {})
    for partition, messages in found.items():
        seen = at[partition].position
        place = Place(following(partition) or messages[-1].offset + 1, seen)
        for message in messages:
            try:
                each: Carried = carried(catalogue, message)
            except Undeliverable as error:
                # No entry, so nothing is lacking without it; had it been one, the next would say so.
                work.strangers.append(Letter(message, None, str(error)))
                continue
            if each.previous > seen:
                lacks = work.missing[partition] = Missing(topic, message, seen, each.previous)
                place = Place(message.offset, seen, str(lacks))
                break
            if each.kept.position > seen:
                seen = each.kept.position
                work.fresh.append((message, each.kept))
        work.places[partition] = place._replace(position=seen)
    return work
