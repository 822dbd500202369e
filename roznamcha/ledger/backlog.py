"""The backlog before a copy: entries that get their leaves before the last one of its record, and how it goes on.

A copy that opens seals enters its own reading at the end of the log, so it waits for every entry that waits there.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from roznamcha.errors import Unavailable
from roznamcha.ledger.kept import Ledger

LEAFLESS = """
    SELECT max(e.notification_id) FROM roznamcha.entries e WHERE e.record_id = %s
    AND NOT EXISTS (SELECT FROM roznamcha.leaves l WHERE l.position = e.notification_id)
"""
BEFORE = "SELECT count(*) FROM roznamcha.entries WHERE notification_id > %s AND notification_id <= %s"
LOOK = 1.0
"""Seconds from one look at how many there are to the next."""


class Backlog:
    """What a record waits for."""

    def __init__(
        self, ledger: Ledger, record_id: UUID, told: Callable[[int, int], None] = lambda _done, _all: None
    ) -> None:
        """`told` is told how many entries have got their leaf since the waiting began, of how many."""
        self.ledger, self.record_id, self.told = ledger, record_id, told
        self._all = self._looked = 0.0

    def last(self) -> int:
        """The position of the record's last entry without a leaf; 0 where each has one."""
        return self.ledger.rows(LEAFLESS, self.record_id)[0][0] or 0

    def before(self) -> int:
        """How many entries there are without a leaf up to that one, with it."""
        found: int = self.ledger.rows(BEFORE, self.ledger.reached(), self.last())[0][0]
        return found

    def look(self, *_: Any) -> None:  # noqa: ANN401 (whatever whoever works it off counts)
        """Tell how it stands, once a second at most."""
        if time.monotonic() < self._looked + LOOK:
            return
        waiting = self.before()
        self._looked, self._all = time.monotonic(), max(self._all, waiting)
        self.told(int(self._all) - waiting, int(self._all))

    def wait(self, keep: Callable[[], Any], patience: float) -> None:
        """Until each entry of the record has its leaf; `keep` is called meanwhile, and works where nobody else does.

        However long it is, as long as it goes on. Raises Unavailable where no leaf is added for `patience` seconds.
        """
        reached, until = self.ledger.reached(), time.monotonic() + patience
        while time.monotonic() < until:
            self.look()
            keep()
            if not self.last():
                return
            if (now := self.ledger.reached()) != reached:
                reached, until = now, time.monotonic() + patience
            time.sleep(0.1)
        waiting = self.before()
        message = (
            f"the copy was not closed: {waiting:,} entries up to the last one of this record have no leaf, and none "
            f"was added for {patience:,.0f} seconds. See that a sequencer is at work (`roznamcha ledger status`; "
            "`roznamcha ledger run` is one), then ask for the copy again: nothing of this one stands in the ledger "
            "but the reading, where it was entered"
        )
        raise Unavailable(message)
