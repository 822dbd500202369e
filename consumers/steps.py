"""Named steps at which a process may die. Each says in its place what is lost then: nothing that was acknowledged.

A step costs a look at an empty list. The tests of faults put a watcher there that kills the process, and find every
step by its name in the source, so that a new one is tested from the day it is written.
"""

from __future__ import annotations

from collections.abc import Callable

WATCHERS: list[Callable[[str], None]] = []
"""Who wants to know: empty but in a test of faults."""


def reach(step: str) -> None:
    """Say that a step is reached: `runner: rows written`."""
    for watcher in WATCHERS:
        watcher(step)
