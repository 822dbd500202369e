"""Naming what differs in a record: which entry is missing, doubled, altered, extra or out of its order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import pairwise
from typing import Any, Self
from uuid import UUID

from roznamcha.sides import Line

LISTED = 1_000
"""Differences that are listed. Of more it is only said how many there are."""
TRIES = 300_000
"""Digests worked out at most to find what a subscriber did otherwise: a second or so for a record."""


@dataclass(frozen=True)
class Difference:
    """One thing that is not as the store has it. What isn't known is None."""

    where: str
    """`topic`, `subscriber`, `relay.position`, or `row`: what the topic of a view's rows comes to."""
    kind: str
    """`missing`, `doubled`, `altered`, `extra`, or `misplaced`: there, and not in its order."""
    record: UUID | None = None
    position: int | None = None
    version: int | None = None
    partition: int | None = None
    offset: int | None = None
    row: str | None = None
    """Of a row what its key has besides the record."""

    @classmethod
    def of(cls, where: str, kind: str, line: Line, offset: int | None = None) -> Self:
        """What is the matter with an entry, or with the message at an offset."""
        at = line.offset if offset is None else offset
        return cls(where, kind, line.record, line.position, line.version, line.partition, at)

    def shown(self) -> dict[str, Any]:
        """As in JSON."""
        return {**self.__dict__, "record": self.record and str(self.record)}

    def __str__(self) -> str:
        """One line."""
        about = ("record", "version", "position", "partition", "offset", "row")
        known = [f"{name} {getattr(self, name)}" for name in about if getattr(self, name) is not None]
        return f"{self.where}: {self.kind}: {', '.join(known)}"


@dataclass
class Differences:
    """What a comparison found, as far as it is listed."""

    differences: list[Difference] = field(default_factory=list, kw_only=True)
    unlisted: int = field(default=0, kw_only=True)

    @property
    def ok(self) -> bool:
        """Whether nothing differs. What waits to be published is no difference."""
        return not self.differences and not self.unlisted

    def note(self, difference: Difference) -> None:
        """One more."""
        if len(self.differences) < LISTED:
            self.differences.append(difference)
        else:
            self.unlisted += 1

    def listed(self) -> Iterator[str]:
        """Each in a line, and how many more there are."""
        yield from map(str, self.differences)
        if self.unlisted:
            yield f"and {self.unlisted:,} more differences"

    def differing(self) -> dict[str, Any]:
        """The same for scripts."""
        return {"differences": [each.shown() for each in self.differences], "unlisted": self.unlisted}


def compare(store: Sequence[Line], topic: Sequence[Line]) -> Iterator[Difference]:
    """What a topic has otherwise of one record: `store` in the log's order, `topic` as the messages lie."""
    right = {line.position: line for line in store}
    found: dict[int, list[Line]] = {}
    for line in topic:
        found.setdefault(line.position, []).append(line)
    clean = True
    for line in store:
        if line.position not in found:
            clean = False
            yield Difference.of("topic", "missing", line)
    for position, lines in found.items():
        for nth, line in enumerate(lines):
            kind = (
                "extra" if position not in right
                else "altered" if line.whole != right[position].whole
                else "doubled" if nth
                else ""
            )  # fmt: skip
            if kind:
                clean = False
                version = right.get(position, line).version  # the message's own may be what is altered
                yield replace(Difference.of("topic", kind, line), version=version)
    for before, line in pairwise(topic):
        if clean and line.position < before.position:
            yield Difference.of("topic", "misplaced", line)


def of_subscriber(
    record: UUID, due: Sequence[Line], entries: int, digest: bytes, *, behind: bool = False
) -> list[Difference]:
    """What a subscriber has otherwise of one record, found by trying what would lead to its count and digest.

    Tried are: a run of entries left out, a run taken twice, two neighbours changed; with `behind`, of any beginning of
    what is due. Where none leads there, the record is named and no entry.
    """
    trial = _Trial([line.value for line in due], digest)
    with suppress(_Enough):
        for end in range(len(due), -1, -1) if behind else [len(due)]:
            for kind, find in (("missing", trial.left_out), ("doubled", trial.doubled), ("misplaced", trial.changed)):
                if found := find(end, entries):
                    return [Difference.of("subscriber", kind, due[nth]) for nth in found]
    kind = "altered" if entries == len(due) or behind else "missing" if entries < len(due) else "extra"
    return [Difference("subscriber", kind, record)]


class _Enough(Exception):
    """Nothing was found in as many tries as there are."""


class _Trial:
    """Tries which of the entries that are due, handled how, give a digest."""

    def __init__(self, values: Sequence[bytes], digest: bytes) -> None:
        self.values, self.digest, self.left = values, digest, TRIES
        self.before = [bytes(32)]
        for value in values:
            self.before.append(sha256(self.before[-1] + value).digest())

    def _leads_there(self, known: int, rest: Sequence[bytes]) -> bool:
        """Whether the first `known` entries and then these do."""
        self.left -= 1 + len(rest)
        if self.left < 0:
            raise _Enough
        found = self.before[known]
        for value in rest:
            found = sha256(found + value).digest()
        return found == self.digest

    def left_out(self, end: int, entries: int) -> range | None:
        """A run that is not there; the last one first: who stands still lacks these."""
        run, values = end - entries, self.values
        for first in range(entries, -1, -1) if run > 0 else ():
            if self._leads_there(first, values[first + run : end]):
                return range(first, first + run)
        return None

    def doubled(self, end: int, entries: int) -> range | None:
        """A run that came again, at once or at any later place."""
        run, values = entries - end, self.values
        for gap in range(max(0, end - run) + 1) if run > 0 else ():
            for first in range(end - run - gap, -1, -1):
                known = first + run + gap
                if self._leads_there(known, [*values[first : first + run], *values[known:end]]):
                    return range(first, first + run)
        return None

    def changed(self, end: int, entries: int) -> range | None:
        """Two neighbours in each other's place."""
        values = self.values
        for first in range(end - 2, -1, -1) if end == entries else ():
            if self._leads_there(first, [values[first + 1], values[first], *values[first + 2 : end]]):
                return range(first, first + 2)
        return None
