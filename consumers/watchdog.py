"""A watchdog over a loop: when it has not come round for too long, the process ends, and its keeper starts another.

A call into a client that never comes back can't be broken off from outside. The process can: what was under way falls
back with its transaction.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any, Self

import structlog

LIMIT = 120.0
"""Seconds in which a loop must come round: longer than any batch, and than a broker or a database is waited for."""
AWAY = 4
"""The exit code of a process whose service is away."""
log = structlog.get_logger()


class Watchdog:
    """Watches from a thread of its own for as long as its block lasts."""

    def __init__(self, called: str, limit: float = LIMIT, end: Callable[[int], Any] = os._exit) -> None:
        """`called` is what is said to hang, `end` how the process ends."""
        self.called, self.limit, self.end = called, limit, end
        self._came, self._over = threading.Event(), threading.Event()

    def round(self) -> None:
        """Say that the loop has come round."""
        self._came.set()

    def __enter__(self) -> Self:
        """Begin to watch."""
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Watch no more."""
        self._over.set()

    def _watch(self) -> None:
        """Looks are counted and not seconds, so that a process that was suspended is not taken for one that hangs."""
        every, idle = self.limit / 20, 0
        while not self._over.wait(every):
            idle = 0 if self._came.is_set() else idle + 1
            self._came.clear()
            if idle * every >= self.limit:
                log.error("no progress: the process ends", called=self.called, seconds=self.limit)
                self.end(AWAY)
                return
