"""More hands for the sequencer: processes that make leaves ready, which needs the stored bytes and nothing else.

What comes out is the same to the byte, however many there are: one sequencer orders, chains and writes. They are
forked, as those of a rebuild are; where forking isn't safe, or when one is lost, the sequencer does all by itself.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import warnings
from collections.abc import Sequence
from multiprocessing.connection import Connection as Pipe
from typing import Any

import structlog

from consumers.crew import CAN_FORK
from roznamcha.ledger.leaf import Entries, Ready
from schemas import Catalogue, SchemaError

FEW = 128
"""Entries that are made ready here, whatever hands there are: handing them over would take as long."""
log = structlog.get_logger()


class Hands:
    """So many processes, or none. They are asked for one page at a time."""

    def __init__(self, catalogue: Catalogue, count: int = 0) -> None:
        """Begin them, before this process has threads."""
        self.entries = Entries(catalogue)
        self.at_work: list[tuple[Any, Pipe]] = []
        self._asked: Asked | None = None
        for _ in range(count if CAN_FORK else 0):
            self.at_work.append(_start(catalogue))

    def ask(self, states: Sequence[bytes]) -> Asked:
        """Begin to make these ready."""
        if self._asked is not None:
            self._asked.taken()  # nobody wants it any more, but it is on its way
        if len(states) < FEW or not self.at_work:
            return Asked(self, states, [])
        size, pipes = -(-len(states) // len(self.at_work)), []
        try:
            for n, (_, pipe) in enumerate(self.at_work):
                pipe.send(states[n * size : (n + 1) * size])
                pipes.append(pipe)
        except OSError as error:
            self.lost(error)
            pipes = []
        self._asked = Asked(self, states, pipes)
        return self._asked

    def heard(self, asked: Asked) -> None:
        """What was asked for is being taken."""
        if self._asked is asked:
            self._asked = None

    def lost(self, error: Exception) -> None:
        """Go on without any."""
        log.warning("a hand of the sequencer is lost: it goes on by itself", why=type(error).__name__)
        self.close()

    def close(self) -> None:
        """End them."""
        for process, pipe in self.at_work:
            pipe.close()
            process.kill()  # it holds nothing but what it was asked for
            process.join()
        self.at_work = []


class Asked:
    """What was asked of the hands, until it is taken."""

    def __init__(self, hands: Hands, states: Sequence[bytes], pipes: list[Pipe]) -> None:
        """Of these pipes, in the order of `states`; without any it is made when it is taken."""
        self._hands, self._states, self._pipes = hands, states, pipes

    def taken(self) -> list[Ready] | None:
        """All of them, in order; None where one can't be read."""
        found: list[tuple[Any, ...]] = []
        self._hands.heard(self)
        try:
            for pipe in self._pipes:
                said = pipe.recv()
                if said is None:
                    self._hands.close()  # the others may still be about to answer
                    return None
                found += said
        except (EOFError, OSError) as error:
            self._hands.lost(error)
            self._pipes = []
        if self._pipes:
            return [*map(Ready._make, found)]
        try:
            return [*map(self._hands.entries.ready, self._states)]
        except SchemaError:
            return None


def _start(catalogue: Catalogue) -> tuple[Any, Pipe]:
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(catalogue, theirs, os.getpid()), daemon=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # as for a rebuild: the child touches nothing of a thread
        process.start()
    theirs.close()
    return process, ours


def _work(catalogue: Catalogue, pipe: Pipe, parent: int) -> None:
    """What a hand does, until whom it works for is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who started us, and it ends us
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    gc.freeze()
    entries = Entries(catalogue)
    while os.getppid() == parent:
        if not pipe.poll(1):
            continue
        try:
            states = pipe.recv()
            try:
                pipe.send([tuple(entries.ready(each)) for each in states])
            except SchemaError:
                pipe.send(None)
        except (EOFError, OSError):
            return
