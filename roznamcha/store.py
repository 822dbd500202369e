"""The store: acts come in, each is decided against its record as it stands, and what is allowed is entered.

An act is acknowledged only when it is durable. The same command sent twice is entered once and answered alike. Acts on
one record that belong together are a unit: all are entered or none. Who waits with whom for a commit is in `desk.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from uuid import UUID

from domain.law.counting import written_day
from roznamcha.deciding import Deciding
from roznamcha.desk import Desk
from roznamcha.documents.proven import Proven
from roznamcha.errors import Refused
from roznamcha.intake import Act
from roznamcha.opening import identity
from roznamcha.patience import Patience
from roznamcha.recorder import Datastore, EntryRecorder
from roznamcha.sealing import Keyring
from roznamcha.settling import Settling
from roznamcha.shelf import Shelf
from roznamcha.slips import Awaited, Entrusted, Waiting
from roznamcha.snapshots import Snapshots
from roznamcha.units import Outcome, unit_of
from schemas import Catalogue

PATIENCE = 60.0
"""Seconds for which a caller waits in the line, and for his commit, before he is told that it takes too long."""
ALL_DAY = 86_400.0
"""Seconds for which one who brings many waits: a register is taken in whole, however long the line is."""


class Store:
    """Entries in, records out. Threads and coroutines may share one; several processes may each have one."""

    def __init__(
        self, datastore: Datastore, catalogue: Catalogue, keyring: Keyring, now: Callable[[], datetime] | None = None
    ) -> None:
        """Write to `datastore`; `now` gives the time of recording."""
        self.datastore = datastore
        self.recorder = EntryRecorder(datastore)
        self.catalogue = catalogue
        self.keyring = keyring
        self.shelf = Shelf(self.recorder, catalogue, Snapshots(datastore, keyring))
        self.proven = Proven()
        self.now = now or (lambda: datetime.now(UTC))
        clock = lambda: self.now()  # noqa: E731, PLW0108 (whatever clock it has then)
        deciding = Deciding(self.recorder, catalogue, keyring, self.shelf, clock, self.proven)
        self._patience = Patience(self._expire)
        self._desk = Desk(deciding, Settling(self.recorder, keyring, self.shelf))

    def record(self, act: Act, *, patience: float = PATIENCE) -> Outcome:
        """Enter one act. Raises Refused with every reason, Conflict when other writers keep coming first.

        Raises Unavailable when the line is full, when the database stays away, or after `patience` seconds. The message
        says whether it may have been entered; it is safe to send it again under the same command id.
        """
        slip = Waiting([unit_of([act])])
        self._desk.enter(slip, patience)
        return _recorded(slip.result())

    async def record_async(self, act: Act, *, patience: float = PATIENCE) -> Outcome:
        """Enter one act from a coroutine: the same as `record`, and the loop goes on meanwhile.

        A task that is cancelled takes its act out of the line; if it was under way already, it may be entered.
        """
        slip = Awaited([unit_of([act])])
        self._desk.hand_in(slip)
        self._patience.watch(slip, patience)
        try:
            return _recorded(await slip.future)
        except asyncio.CancelledError:
            self._desk.withdraw(slip)
            raise

    def _expire(self, slip: Awaited) -> None:
        self._desk.withdraw(slip)
        slip.settle()

    def record_units(self, units: Sequence[Sequence[Act]], *, again: bool = False) -> list[list[Outcome]]:
        """Enter units of acts in as few transactions as can be, and give each act's outcome, in order.

        A command that was refused before is refused alike, unless `again` asks for a new decision. A refused or
        conflicting unit never touches the others. Raises Conflict for what still meets other writers at the end,
        Unavailable when the database stays away; both are safe to send again under the same command ids.
        """
        slip = Waiting([unit_of(acts) for acts in units if acts], again=again)
        self._desk.enter(slip, ALL_DAY)
        outcomes = iter(slip.result())
        return [next(outcomes) if acts else [] for acts in units]

    def hand_in(
        self, units: Sequence[Sequence[Act]], *, again: bool = False
    ) -> Callable[[], list[list[Outcome] | Exception]]:
        """As `record_units`, but goes on at once: what is given back waits for the outcomes when it is called.

        What is handed in first is decided first. A unit that can't be written has its error for an outcome.
        """
        slip = Entrusted([unit_of(acts) for acts in units], again=again)
        if units:
            self._desk.hand_in(slip)

        def outcomes() -> list[list[Outcome] | Exception]:
            while not slip.done:
                slip.wait(ALL_DAY)
            return slip.results()

        return outcomes

    def find(self, reference: str) -> UUID | None:
        """The record called so: by its id, its number, or the key of a legacy register."""
        return identity(reference) or self.shelf.named([reference]).get(reference) or self._day(reference)

    def _day(self, reference: str) -> UUID | None:
        """The day of a diary that came in under a key of its own, by what the register calls it."""
        station, _, on = reference.rpartition("/GD/")
        try:
            day = written_day(on)
        except ValueError:
            return None
        return next(iter(self.shelf.days(station, day, day).get(day, ())), None)

    def close(self) -> None:
        """Let nobody in any more, answer who waits, finish what is begun. The datastore is its owner's to close."""
        self._desk.close()
        self.shelf.snapshots.close()


def _recorded(outcomes: list[list[Outcome]]) -> Outcome:
    outcome = outcomes[0][0]
    if outcome.status == "refused":
        raise Refused(list(outcome.reasons))
    return outcome
