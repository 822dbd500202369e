"""How long coroutines wait: one timer for all of a loop that are as patient as each other, where one each costs more.

Who waits with the same patience stands in line by the time he came, so the first of a line is the first to give up.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from roznamcha.slips import Awaited

LONG = 8_192
"""A line so long is looked through for those who have their answer. Fewer wait at a desk."""


class Standing(NamedTuple):
    """Who waits, and until when, by the loop's clock."""

    until: float
    slip: Awaited


class _Lines(threading.local):
    """The lines of the loop that runs in this thread, by patience, and those with a timer."""

    def __init__(self) -> None:
        self.loop: asyncio.AbstractEventLoop | None = None
        self.lines: dict[float, deque[Standing]] = {}
        self.timed: set[float] = set()


class Patience:
    """Ends the waiting of coroutines whose answer takes too long."""

    def __init__(self, expire: Callable[[Awaited], None]) -> None:
        """`expire` is called in the slip's loop, once for each that still has no answer when its time is over."""
        self._expire = expire
        self._here = _Lines()

    def watch(self, slip: Awaited, seconds: float) -> None:
        """See that a slip of the running loop waits for so many seconds at most."""
        here, loop = self._here, slip.loop
        if here.loop is not loop:  # the timers of the one before went with it
            here.loop, here.lines, here.timed = loop, {}, set()
        line = here.lines.get(seconds)
        if line is None:
            line = here.lines[seconds] = deque()
        while line and line[0].slip.future.done():
            line.popleft()
        if len(line) >= LONG:  # the first of them waits long, and those behind him have gone
            line = here.lines[seconds] = deque(each for each in line if not each.slip.future.done())
        line.append(Standing(loop.time() + seconds, slip))
        if seconds not in here.timed:
            here.timed.add(seconds)
            loop.call_later(seconds, self._look, seconds)

    def _look(self, seconds: float) -> None:
        here = self._here
        line, loop = here.lines[seconds], here.loop
        assert loop is not None  # noqa: S101 (its timer calls)
        while line and (line[0].slip.future.done() or line[0].until <= loop.time()):
            slip = line.popleft().slip
            if not slip.future.done():
                self._expire(slip)
        if line:
            loop.call_at(line[0].until, self._look, seconds)
        else:
            here.timed.discard(seconds)
            del here.lines[seconds]
