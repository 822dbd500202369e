"""A slip in the waiting line: what one caller has handed in, and how he is told what became of it."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterable, Sequence

from roznamcha.units import Outcome, Unit


class Slip:
    """Units of one caller that are decided in their order; done when each is answered, or when there is an error."""

    def __init__(self, units: Sequence[Unit], *, again: bool = False) -> None:
        """Wait with these units; `again` asks for new decisions of what was refused before."""
        self.units = list(units)
        self.again = again
        self.error: BaseException | None = None
        self.done = not self.units
        self.leads = False
        """Whether its caller is to lead the next batch."""
        self.alone = False
        """Whether it spoilt a batch, and must be decided by itself."""
        self.singly = False
        """Whether its units spoilt each other's, and are decided one by one."""
        self.gone = False
        """Whether its caller waits no longer."""
        self.tries = 0
        self.until = 0.0
        """When it has met other writers for too long."""

    @property
    def left(self) -> list[Unit]:
        """The units that have no answer yet."""
        return [unit for unit in self.units if not unit.outcomes and unit.error is None]

    @property
    def turn(self) -> list[Unit]:
        """The units whose turn it is: all that are left, or one after the other."""
        return self.left[:1] if self.singly else self.left

    def result(self) -> list[list[Outcome]]:
        """Each unit's outcomes, in order. Raises what went wrong."""
        for error in (self.error, *(unit.error for unit in self.units)):
            if error is not None:
                raise error
        return [unit.outcomes for unit in self.units]

    def results(self) -> list[list[Outcome] | Exception]:
        """Each unit's outcomes, or why it has none. Raises what concerns them all."""
        if self.error is not None:
            raise self.error
        return [unit.error or unit.outcomes for unit in self.units]

    def give_up(self, units: Sequence[Unit], error: Exception) -> None:
        """Answer these units with an error."""
        for unit in units:
            unit.error = error
        self.done = not self.left

    def fail(self, error: BaseException) -> None:
        """End it with an error."""
        self.error, self.done = error, True


class Waiting(Slip):
    """A slip whose caller is a thread that stands and waits."""

    can_lead = True

    def __init__(self, units: Sequence[Unit], *, again: bool = False) -> None:
        """Wait with these units."""
        super().__init__(units, again=again)
        self._bell = threading.Lock()
        self._bell.acquire()

    def call(self) -> None:
        """Wake the caller. Called twice it wakes him once more, and he looks what there is."""
        with contextlib.suppress(RuntimeError):  # he was called and hasn't looked yet
            self._bell.release()

    def wait(self, seconds: float) -> bool:
        """Stand until called; False when that took too long."""
        return self._bell.acquire(timeout=max(0.0, seconds))


class Entrusted(Waiting):
    """A slip whose caller does something else meanwhile, and asks for the answer later."""

    can_lead = False


class Awaited(Slip):
    """A slip of a coroutine: its loop is woken once for all of a batch's slips."""

    def __init__(self, units: Sequence[Unit], *, again: bool = False) -> None:
        """Wait with these units. Called inside the running loop."""
        super().__init__(units, again=again)
        self.loop = asyncio.get_running_loop()
        self.future: asyncio.Future[list[list[Outcome]]] = self.loop.create_future()

    def settle(self) -> None:
        """Give the coroutine its answer, in its own loop."""
        if self.future.done():
            return
        try:
            self.future.set_result(self.result())
        except Exception as error:  # noqa: BLE001 (whatever it is, it is the answer)
            self.future.set_exception(error)


def tell(slips: Iterable[Slip]) -> None:
    """Wake all who wait for these slips."""
    loops: dict[asyncio.AbstractEventLoop, list[Awaited]] = {}
    for slip in slips:
        if isinstance(slip, Waiting):
            slip.call()
        elif isinstance(slip, Awaited):
            loops.setdefault(slip.loop, []).append(slip)
    for loop, theirs in loops.items():
        try:
            loop.call_soon_threadsafe(_settle, theirs)
        except RuntimeError:  # the loop is closed: nobody is there to be told
            continue


def _settle(slips: list[Awaited]) -> None:
    for slip in slips:
        slip.settle()
