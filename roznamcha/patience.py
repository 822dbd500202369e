"""How long coroutines wait: one timer for all of a loop that are as patient as each other, where one each costs more.

Who waits with the same patience stands in line by the time he came, so the first of a line is the first to give up.
"""

from __future__ import annotations

import asyncio
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


class Line:
    """Those of one loop who are as patient as each other."""

    def __init__(self) -> None:
        """Nobody waits yet."""
        self.waiting: deque[Standing] = deque()
        self.timed = False
        self.long = LONG

    def join(self, each: Standing) -> None:
        """Stand behind the others, of whom those in front who have their answer have gone."""
        while self.waiting and self.waiting[0].slip.future.done():
            self.waiting.popleft()
        if len(self.waiting) >= self.long:  # the first of them waits long, and of those behind him many have gone
            self.waiting = deque(other for other in self.waiting if not other.slip.future.done())
            self.long = max(LONG, 2 * len(self.waiting))
        self.waiting.append(each)


class Patience:
    """Ends the waiting of coroutines whose answer takes too long."""

    def __init__(self, expire: Callable[[Awaited], None]) -> None:
        """`expire` is called in the slip's loop, once for each that still has no answer when its time is over."""
        self._expire = expire
        self._lines: dict[asyncio.AbstractEventLoop, dict[float, Line]] = {}

    def watch(self, slip: Awaited, seconds: float) -> None:
        """See that a slip of the running loop waits for so many seconds at most."""
        loop = slip.loop
        lines = self._lines.get(loop)
        if lines is None:
            for other in list(self._lines):
                if other.is_closed():  # its timers went with it, and nobody waits there
                    self._lines.pop(other, None)
            lines = self._lines.setdefault(loop, {})
        line = lines.get(seconds)
        if line is None:
            line = lines[seconds] = Line()
        line.join(Standing(loop.time() + seconds, slip))
        if not line.timed:
            line.timed = True
            loop.call_later(seconds, self._look, loop, lines, seconds)

    def _look(self, loop: asyncio.AbstractEventLoop, lines: dict[float, Line], seconds: float) -> None:
        line = lines[seconds]
        try:
            while line.waiting and (line.waiting[0].slip.future.done() or line.waiting[0].until <= loop.time()):
                slip = line.waiting.popleft().slip
                if not slip.future.done():
                    self._expire(slip)
        finally:  # whatever became of one, the others are looked at
            if line.waiting:
                loop.call_at(line.waiting[0].until, self._look, loop, lines, seconds)
            else:
                del lines[seconds]
