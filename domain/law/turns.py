"""Whose turn it is: the facts that may change a clock, kind by kind, taken in the order in which they happened.

None is looked at before its turn: most clocks end with the first. A kind of which nothing counts any more rests, so
that a clock that nothing stops doesn't walk through all that came after it has lapsed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from heapq import heapify, heappop, heappush
from operator import itemgetter
from typing import Any

from domain.law.fact import Fact

Event = tuple[datetime, int, int, Fact, Any]
"""What may change a clock: when, the rank of its kind, its fact's place in the record, the fact, and by what."""

SOONEST, IN_ORDER = itemgetter(0, 1, 2), itemgetter(0, 2, 1)


class Queue:
    """The facts of one kind in their order, from a place on, and what each of them is to a clock."""

    def __init__(self, found: Sequence[Any], begin: int, event: Callable[[Any], Event], without: Fact | None) -> None:
        """From `begin` on, `without` the start itself."""
        self.found, self.begin, self.event, self.without = found, begin, event, without

    def next(self) -> Event | None:
        """The next one; None when there is none."""
        while self.begin < len(self.found):
            event = self.event(self.found[self.begin])
            self.begin += 1
            if event[3] is not self.without:
                return event
        return None


class Turns(Iterator[Event]):
    """All facts that may change one clock, each in its turn; with `in_order` of one moment the earlier entry first."""

    def __init__(self, queues: Iterable[Queue], *, in_order: bool) -> None:
        """Of one queue for each kind; of one moment the kind of the lower rank comes first."""
        self.key = IN_ORDER if in_order else SOONEST
        self.queues = list(queues)
        self.heap: list[tuple[Any, int, Event]] = []
        self.taken: int | None = None
        self.resting: list[int] = []
        self.alone = self.queues[0] if len(self.queues) == 1 else None
        """The one kind there is: nothing need be compared."""
        if self.alone is not None:
            return
        for number, queue in enumerate(self.queues):
            if event := queue.next():
                self.heap.append((self.key(event), number, event))
        heapify(self.heap)

    def __next__(self) -> Event:
        """The next fact in its turn."""
        if self.alone is not None:
            event = None if self.resting else self.alone.next()
            if event is None:
                raise StopIteration
            self.taken = 0
            return event
        if self.taken is not None:
            self._line_up(self.taken)
        if not self.heap:
            raise StopIteration
        _, self.taken, event = heappop(self.heap)
        return event

    def rest(self) -> None:
        """Of the kind that was taken last nothing counts any more, unless it is woken."""
        if self.taken is not None:
            self.resting.append(self.taken)
            self.taken = None

    def pass_over(self, to: Callable[[int], int]) -> None:
        """Of the kind that was taken last the next one that counts is at the place to which `to` leads."""
        if self.taken is not None:
            queue = self.queues[self.taken]
            queue.begin = to(queue.begin)

    def wake(self, event: Event) -> None:
        """What comes after `event` counts again; what came before it had no effect when it was its turn."""
        now = self.key(event)
        for number in self.resting:
            queue = self.queues[number]
            queue.begin = bisect_right(queue.found, now, queue.begin, key=lambda each: self.key(queue.event(each)))
            self._line_up(number)
        self.resting.clear()

    def _line_up(self, number: int) -> None:
        if event := self.queues[number].next():
            heappush(self.heap, (self.key(event), number, event))
