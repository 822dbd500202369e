"""The writing desk's waiting line: acts that arrive together are decided, written and committed together.

A commit costs the same for one entry as for a hundred. So callers hand in a slip and wait; one of them leads: he takes
what is in the line, and goes on taking and deciding while the batch before his is being written; then his own is
written, and another one leads. Who finds the desk free leads at once and waits for nobody. A coroutine cannot lead, and
has a clerk do it.

Nothing is answered before it is durable. Whoever waits is always answered: with his outcome, or with an error.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import deque

from eventsourcing.persistence import InterfaceError, OperationalError

from roznamcha.deciding import Deciding
from roznamcha.errors import Conflict, Unavailable
from roznamcha.settling import Settling
from roznamcha.slips import Slip, Waiting, tell
from roznamcha.units import Turn

BATCH = 128
"""Units that share a commit. More wins little, and makes those who came first wait for those who came last."""
FEW = 16
"""Units that are worth a commit of their own while others are still to be decided."""
LINE = 4_096
"""Units that may wait. One more is refused, so that a desk which cannot keep up says so instead of growing."""
CONTENTION = 30.0
"""Seconds for which a unit that meets other writers is decided anew before its caller is told so."""
PATIENCE = (0.1, 0.5, 2.0, 5.0)
"""Seconds between tries when the database went away; commands are idempotent, so trying again is safe."""
PAUSE = 0.001
"""Seconds for which those who were just answered are waited for, at most, and at most a quarter of a commit."""
CLERKS = 2
"""One writes while the other decides."""
AWAY = (OperationalError, InterfaceError)


class Desk:
    """The line and who leads it. Threads and coroutines may share one."""

    def __init__(self, deciding: Deciding, settling: Settling) -> None:
        """Decide and settle by these."""
        self._deciding = deciding
        self._settling = settling
        self._mutex = threading.Lock()
        self._news = threading.Condition(self._mutex)  # for the leader: somebody came, or the batch before is written
        self._bell = threading.Condition(self._mutex)  # for the clerks
        self._line: deque[Slip] = deque()
        self._waiting = 0
        self._led = self._idle = False
        self._writing: Turn | None = None
        self._redo: list[Slip] | None = None  # what was not written of the batch before, for its leader to take first
        self._back, self._pause_until, self._not_before, self._faults = 0, 0.0, 0.0, 0
        self._calls = 0
        self._clerks: list[threading.Thread] = []
        self._closed = False

    # --- for callers --------------------------------------------------------------------------------------------------

    def hand_in(self, slip: Slip) -> None:
        """Put a slip in the line; a clerk leads if nobody does. Raises Unavailable when the line is full or closed."""
        with self._mutex:
            if not self._admit(slip):
                self._appoint()

    def enter(self, slip: Waiting, patience: float) -> None:
        """Put a slip in the line and stay until it is done, leading if need be.

        Raises Unavailable when the line is full or closed. After `patience` seconds the slip is withdrawn.
        """
        with self._mutex:
            lead = not self._admit(slip)
            self._led = True
        until = time.monotonic() + patience
        try:
            while lead or not slip.done:
                if lead:
                    self._lead()
                elif not slip.wait(until - time.monotonic()):
                    self.withdraw(slip)
                lead, slip.leads = slip.leads, False
        except BaseException:  # interrupted while he waited: he must not be made the leader
            self.withdraw(slip)
            raise

    def withdraw(self, slip: Slip) -> None:
        """Take a slip out of the line whose caller waits no longer, and tell him whether it was still there."""
        with self._mutex:
            slip.gone = True
            waited = slip in self._line
            if waited:
                self._line.remove(slip)
                self._waiting -= len(slip.units)
            if slip.leads:
                slip.leads = False
                self._pass_on()
            if slip.done:
                return
        what = "nothing was entered" if waited else "it is not known whether it was entered"
        slip.fail(Unavailable(f"the desk took too long: {what}; send it again under the same command id"))

    def close(self) -> None:
        """Let nobody in any more, answer who waits, and wait for what is being written."""
        with self._mutex:
            self._closed = True
            left = self._emptied("the desk is closed: nothing was entered")
            self._news.notify_all()
            self._bell.notify_all()
            until = time.monotonic() + CONTENTION  # a database that never answers keeps nobody from leaving
            while (self._writing is not None or self._led) and time.monotonic() < until:
                self._news.wait(1.0)
        tell(left)
        for clerk in self._clerks:
            if clerk is not threading.current_thread():
                clerk.join(5.0)

    def _admit(self, slip: Slip) -> bool:
        """Put a slip in the line; whether somebody leads it already."""
        size = len(slip.units)
        if self._closed:
            message = "the desk is closed: nothing was entered"
            raise Unavailable(message)
        if self._waiting and self._waiting + size > LINE:
            message = f"the desk is full ({self._waiting} acts are waiting): nothing was entered, try again"
            raise Unavailable(message)
        self._line.append(slip)
        self._waiting += size
        self._back -= 1
        if self._idle:
            self._idle = False
            self._news.notify_all()
        return self._led

    # --- leading ------------------------------------------------------------------------------------------------------

    def _appoint(self) -> None:
        """Make the first in the line the leader, or call a clerk. Under the mutex, when nobody leads."""
        self._led = True
        first = self._line[0]
        if isinstance(first, Waiting) and first.can_lead:
            first.leads = True
            first.call()
            return
        self._calls += 1
        self._clerks = [clerk for clerk in self._clerks if clerk.is_alive()]
        if len(self._clerks) < CLERKS and not self._closed:
            clerk = threading.Thread(target=self._clerk, name="roznamcha clerk", daemon=True)
            self._clerks.append(clerk)
            clerk.start()
        self._bell.notify()

    def _pass_on(self) -> None:
        """Let another lead, if anybody waits. Under the mutex."""
        self._led = False
        if self._line:
            self._appoint()
        else:
            self._news.notify_all()

    def _clerk(self) -> None:
        while True:
            with self._mutex:
                while not self._calls and not self._closed:
                    self._bell.wait()
                if not self._calls:
                    return
                self._calls -= 1
            self._lead()

    def _lead(self) -> None:
        """Take, decide and write one batch."""
        batch: list[Slip] = []
        try:
            turn = self._gather(batch)
        except BaseException as error:
            with self._mutex:
                told = self._spoilt(batch, error)
                self._put_first([*(self._redo or ()), *(slip for slip in batch if not slip.done)])
                self._redo = None
                self._pass_on()
            tell(told)
            if not isinstance(error, Exception):
                raise
            return
        if turn is not None:
            self._write(turn, batch)

    def _gather(self, batch: list[Slip]) -> Turn | None:
        """Decide what is in the line and what comes, until the batch before is written; then it is our turn to write.

        Gives None when there is nothing to do. Another one leads as soon as this returns.
        """
        turn: Turn | None = None
        while True:
            with self._mutex:
                if self._redo is not None:  # what we decided upon was not all written: begin again, after that
                    self._put_first([*self._redo, *batch])
                    batch.clear()
                    self._redo = turn = None
                fresh = self._next(batch)
                if not fresh and (not batch or self._ready(batch)):
                    self._writing = turn or self._writing
                    self._pass_on()
                    return turn
                batch += fresh
                if fresh and turn is None:
                    turn = Turn(self._writing, again=fresh[0].again)
                pause = self._not_before - time.monotonic()
            if fresh and turn is not None:
                if pause > 0:
                    time.sleep(pause)
                self._deciding.decide([unit for slip in fresh for unit in slip.turn], turn)

    def _next(self, batch: list[Slip]) -> list[Slip]:
        """Take from the line what may still join this batch, half of those who are about at a time. Under the mutex.

        So one half is decided while the other is written.
        """
        fresh: list[Slip] = []
        full = BATCH if self._writing is not None else self._half(batch)
        room = min(full - sum(len(slip.units) for slip in batch), FEW if self._writing is not None else full)
        first = batch[0] if batch else None
        while self._line:
            slip = self._line[0]
            if first is not None and (len(slip.units) > room or slip.again != first.again or slip.alone or first.alone):
                break
            first = first or slip
            self._line.popleft()
            self._waiting -= len(slip.units)
            room -= len(slip.units)
            fresh.append(slip)
        return fresh

    def _half(self, batch: list[Slip]) -> int:
        """Half of those who are about: waiting, decided, or just answered."""
        return max(FEW // 2, min(BATCH, (self._waiting + len(batch) + max(0, self._back)) // 2))

    def _ready(self, batch: list[Slip]) -> bool:
        """Whether this batch is to be written now; else this waits until there is news. Under the mutex."""
        if self._writing is not None:
            self._idle = True
            self._news.wait()
            return False
        pause = self._pause_until - time.monotonic()
        if self._back <= 0 or pause <= 0 or len(batch) >= self._half(batch) or self._closed:
            return True
        self._idle = True
        self._news.wait(pause)  # those who were just answered may be on their way back
        return False

    def _put_first(self, slips: list[Slip]) -> None:
        """Put slips back in front of the line. Under the mutex."""
        self._line.extendleft(reversed(slips))
        self._waiting += sum(len(slip.units) for slip in slips)

    def _emptied(self, message: str) -> list[Slip]:
        """Take all out of the line, with this error. Under the mutex."""
        left = list(self._line)
        self._line.clear()
        self._waiting = 0
        for slip in left:
            slip.fail(Unavailable(message))
        return left

    # --- writing ------------------------------------------------------------------------------------------------------

    def _write(self, turn: Turn, batch: list[Slip]) -> None:
        """Write a batch and answer it; what was not written is decided again."""
        started = time.monotonic()
        error: BaseException | None = None
        try:
            self._settling.settle(turn)
        except BaseException as caught:  # noqa: BLE001 (whatever it is, those who wait are answered first)
            error = caught
        with self._mutex:
            told = self._sorted_out(batch) if error is None else self._spoilt(batch, error)
            undone = [slip for slip in batch if not slip.done]
            now = time.monotonic()
            self._back = len(told)
            self._pause_until = now + min(PAUSE, (now - started) / 4)
            self._writing = None
            if self._led and (undone or turn.spoiled or error is not None):
                self._redo = undone
            else:
                self._put_first(undone)
            if not self._led:
                self._pass_on()
            self._news.notify_all()
        tell(told)
        if error is not None and not isinstance(error, Exception):
            raise error

    def _sorted_out(self, batch: list[Slip]) -> list[Slip]:
        """The slips of a written batch that are done. Who met other writers for too long is told so."""
        self._faults = 0
        now = time.monotonic()
        for slip in batch:
            slip.tries += 1
            slip.done = not slip.left
            if slip.done:
                continue
            slip.until = slip.until or now + CONTENTION
            if slip.tries > len(slip.units) and now > slip.until:
                message = "this record is being written by others faster than it can be decided: try again"
                slip.give_up(slip.left, Conflict(message))
            elif slip.tries > 2 and not slip.singly:  # noqa: PLR2004 (the second try is free) two writers in step would meet for ever
                self._not_before = now + secrets.randbelow(min(2**slip.tries, 64)) / 1_000
        return [slip for slip in batch if slip.done]

    def _spoilt(self, batch: list[Slip], error: BaseException) -> list[Slip]:
        """What an error means for a batch; gives those who are told of it. The others are decided again."""
        self._deciding.forget()  # if the connection died at the commit nobody knows: the command ids tell
        if isinstance(error, AWAY):
            self._faults += 1
            if self._faults <= len(PATIENCE):
                self._not_before = time.monotonic() + PATIENCE[self._faults - 1]
                return []
            self._faults = 0
            message = f"the database is away ({type(error).__name__}): nothing more was acknowledged"
            for slip in batch:
                slip.fail(Unavailable(message))
            return [*batch, *self._emptied(message)]
        if not isinstance(error, Exception):  # this thread is being stopped: another one takes over
            return []
        if len(batch) > 1:  # one of them can't be written: each is tried alone, so that no neighbour pays for it
            for slip in batch:
                slip.alone = True
            return []
        for slip in batch:
            units = slip.turn
            slip.alone = slip.singly = True  # so that none of its units pays for another one either
            if len(units) == 1:
                slip.give_up(units, error)
        return [slip for slip in batch if slip.done]
