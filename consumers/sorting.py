"""Sorting the post of a partition: what is new, what is known already, what is no entry, and what stops it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from consumers.carried import Carried, Undeliverable
from consumers.dak import Place, Untaken
from consumers.folding import Kept


class Stopped(Exception):
    """A partition stands still: no message from this one on is taken. See `reconcile`."""

    def __init__(self, topic: str, message: Any, seen: int, why: str) -> None:  # noqa: ANN401 (kafka-python's record)
        """At this message, which does not follow the entry at `seen`, the last one taken."""
        self.partition, self.offset, self.seen = message.partition, message.offset, seen
        super().__init__(f"partition {message.partition} of {topic}: the message at offset {message.offset} {why}")


class Missing(Stopped):
    """A partition lacks an entry. Nothing behind it is taken until it is there."""


class Parted(Stopped):
    """A partition holds other entries than those that were taken: the store was restored, or somebody else wrote."""


class Spoilt(Stopped):
    """A partition holds a message that can't be read: whether it is an entry, and which, nobody can tell."""


class Sorted(NamedTuple):
    """What was read, sorted out: new entries, strangers' messages, where each partition is then, and what stops it."""

    fresh: list[tuple[Any, Kept]]
    strangers: list[Untaken]
    places: dict[int, Place]
    stopped: dict[int, Stopped]


def sort_out(  # noqa: PLR0913 (what came, where, and how it is read)
    read: Callable[[Any], Carried],
    topic: str,
    found: Mapping[int, list[Any]],
    at: Mapping[int, Place],
    following: Callable[[int], int | None],
    *,
    compacted: bool = False,
) -> Sorted:
    """What of these messages is new, by partition, and where each partition is when they are taken.

    `read` takes one apart, or raises Undeliverable. `at` is where they were; `following` tells the offset that is read
    next, beyond the marks of transactions. Where a topic is `compacted`, older ones may lack.
    """
    work = Sorted([], [], {}, {})
    for partition, messages in found.items():
        place = at[partition]
        beyond, stopped = following(partition) or messages[-1].offset + 1, ""
        for message in messages:
            try:
                each = read(message)
            except Undeliverable as error:
                # No entry, so nothing is lacking without it; had it been one, the next would say so.
                work.strangers.append(Untaken(message, None, str(error)))
                continue
            beyond_gap = compacted and each.previous > place.position
            stop = None if beyond_gap else _stops(topic, message, each, place)
            if stop is not None:
                work.stopped[partition], beyond, stopped = stop, message.offset, str(stop)
                break
            if each.kept.position > place.position:
                place = place._replace(position=each.kept.position, previous=each.previous, digest=_digest(each))
                work.fresh.append((message, each.kept))
        work.places[partition] = place._replace(next=beyond, stopped=stopped)
    return work


def _stops(topic: str, message: Any, each: Carried, last: Place) -> Stopped | None:  # noqa: ANN401 (as above)
    """Why an entry is neither the next one nor known already; None when it is one of them.

    A position alone tells nothing: a store that was restored gives it a second time, to another entry.
    """
    here, seen = each.kept.position, last.position
    if each.previous > seen:
        why = f"follows the entry at position {each.previous}, and the last one that came is at {seen}"
        return Missing(topic, message, seen, why)
    if here > seen != each.previous:
        why = f"is new, and follows the entry at position {each.previous} and not the one at {seen} that came last"
    elif last.digest is None:  # nothing was taken yet
        return None
    elif here == seen and (each.previous, _digest(each)) != (last.previous, last.digest):
        why = f"is another entry than the one that came from position {here}"
    elif (last.previous or 0) < here < seen:
        why = f"lies at position {here}, between {last.previous} and {seen}, where nothing lay when {seen} came"
    else:
        return None
    return Parted(topic, message, seen, f"{why}: the store was restored, or somebody else wrote here")


def _digest(each: Carried) -> bytes:
    return sha256(each.kept.state).digest()
