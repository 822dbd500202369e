"""More hands for the sequencer: processes that read entries and make their leaves ready, which asks for nothing else.

What comes out is the same to the byte, however many there are: one sequencer orders, chains and writes. They work
ahead of it, each over a connection of its own, by stretches of positions that are all there. They are forked, as those
of a rebuild are; where forking isn't safe, or when one is lost, the sequencer does all by itself.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import marshal
import multiprocessing
import os
import signal
import threading
import warnings
from collections import deque
from multiprocessing.connection import Connection as Pipe
from queue import SimpleQueue
from typing import Any, NamedTuple

import psycopg
import structlog

from consumers.crew import CAN_FORK
from consumers.embedded import connected
from roznamcha.ledger.leaf import Entries
from schemas import Catalogue, SchemaError

AHEAD = 3
"""Stretches that each hand is asked for before the first of them is taken."""
WAIT = 5.0
"""Seconds for what a hand that was ended had laid down to be drawn, at most."""
ROOM = 1 << 20
"""Bytes of a pipe: a hand lays down what it has made, and goes on."""
STRETCH = b"""
    SELECT notification_id, state FROM roznamcha.entries WHERE notification_id > %s AND notification_id <= %s
    ORDER BY notification_id
"""
CALLED = "roznamcha ledger hand"
"""As others see its connection."""
Placed = tuple[int, bytes, int, bytes, bytes]
"""An entry's position, and its leaf made ready: record, time of recording, front and back."""
log = structlog.get_logger()


class Hand(NamedTuple):
    """One process, what it is asked through, what it answers through, and what was drawn from there and not taken."""

    process: Any
    asking: Pipe
    answers: Pipe
    drawn: SimpleQueue[bytes | None]

    def draw(self) -> None:
        """Draw what it answers as it comes, so that it need not wait for room; None when there will be no more."""
        with contextlib.suppress(EOFError, OSError):
            while True:
                self.drawn.put(self.answers.recv_bytes())
        self.drawn.put(None)


class Hands:
    """So many processes, or none. They are asked for one stretch after the other, and answer in that order."""

    def __init__(self, catalogue: Catalogue, count: int = 0, url: str = "") -> None:
        """Begin them, before this process has threads. They read the store at `url`."""
        self.at_work: list[Hand] = []
        self._waited: deque[tuple[Hand, int]] = deque()
        self._asked = 0
        for _ in range(count if CAN_FORK else 0):
            self.at_work.append(_start(catalogue, url))
        self._drawing = [
            threading.Thread(target=each.draw, name="roznamcha hand", daemon=True) for each in self.at_work
        ]
        for drawing in self._drawing:  # when all are forked
            drawing.start()

    @property
    def asked(self) -> int:
        """How many stretches are asked for and not taken."""
        return len(self._waited)

    @property
    def free(self) -> bool:
        """Whether more may be asked for."""
        return self.asked < AHEAD * len(self.at_work)

    @property
    def reach(self) -> int | None:
        """The position up to which was asked; None where nothing is."""
        return self._waited[-1][1] if self._waited else None

    def ask(self, after: int, upto: int) -> None:
        """Ask for the entries behind one position, up to another, all of which are committed."""
        hand = self.at_work[self._asked % len(self.at_work)]
        self._asked += 1
        try:
            hand.asking.send((after, upto))
        except OSError as error:
            self.lost(error)
        else:
            self._waited.append((hand, upto))

    def taken(self) -> list[Placed] | None:
        """The stretch that was asked for first; None where it can't be had from a hand, and then none is at work."""
        hand, _ = self._waited.popleft()
        data = hand.drawn.get()
        if data is None:
            self.lost(EOFError())
            return None
        found: list[Placed] | None = marshal.loads(data)  # noqa: S302 (of a process that we have forked)
        if found is None:
            self.close()  # it can't be read: whoever works by himself says what is wrong with it
        return found

    def forget(self) -> None:
        """Nobody wants what was asked for: the next answer is to the next question."""
        while self._waited and self.taken() is not None:
            pass

    def lost(self, error: Exception) -> None:
        """Go on without any."""
        log.warning("a hand of the sequencer is lost: it goes on by itself", why=type(error).__name__)
        self.close()

    def close(self) -> None:
        """End them."""
        self._waited.clear()
        for each in self.at_work:
            each.asking.close()
            each.process.kill()  # it holds nothing but what it was asked for
            each.process.join()
        for drawing in self._drawing:  # to the end of what they had laid down
            drawing.join(WAIT)
        for each in self.at_work:
            each.answers.close()
        self.at_work = []


def _start(catalogue: Catalogue, url: str) -> Hand:
    context = multiprocessing.get_context("fork")
    asked, asking = context.Pipe(duplex=False)
    answers, answering = context.Pipe(duplex=False)
    with contextlib.suppress(OSError):  # fewer bytes than that are a wait, and no more
        fcntl.fcntl(answering.fileno(), fcntl.F_SETPIPE_SZ, ROOM)
    process = context.Process(target=_work, args=(catalogue, url, asked, answering, os.getpid()), daemon=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # as for a rebuild: the child touches nothing of a thread
        process.start()
    asked.close()
    answering.close()
    return Hand(process, asking, answers, SimpleQueue())


def _work(catalogue: Catalogue, url: str, asked: Pipe, answering: Pipe, parent: int) -> None:
    """What a hand does, until whom it works for is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who started us, and it ends us
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    gc.freeze()
    entries = Entries(catalogue)
    connection = None
    with contextlib.suppress(EOFError, OSError, psycopg.Error), contextlib.ExitStack() as stack:
        while os.getppid() == parent:
            if not asked.poll(1):
                continue
            after, upto = asked.recv()
            if connection is None:
                connection = stack.enter_context(connected(url, CALLED))
            with connection.cursor(binary=True) as cursor:
                rows = cursor.execute(STRETCH, (after, upto)).fetchall()
            try:
                made = [(position, *entries.ready(state)) for position, state in rows]
            except SchemaError:
                answering.send_bytes(marshal.dumps(None))
            else:
                answering.send_bytes(marshal.dumps(made))
