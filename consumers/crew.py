"""Work shared out among processes: each has a share and a connection of its own, and says how far it is.

They are forked, which costs a few milliseconds, where views would take a second to be put together anew. Where forking
isn't safe (macOS) one process does all shares, one after the other.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection as Pipe
from multiprocessing.connection import wait
from typing import Any

import psycopg
from psycopg import Connection

from consumers.folding import place_of
from consumers.tables import Unwritable
from consumers.writing import UNWRITABLE

CAN_FORK = sys.platform == "linux"
Job = Callable[[Connection[Any], Any, Callable[[int], None]], None]
"""Does one share over a connection, and tells how much of it is done."""


class Orphaned(Exception):
    """Who started this worker is gone: there is nobody to put in force what it makes."""


class WorkerLost(Exception):
    """A worker was killed, or failed: what it did is undone, and what was in force still is."""


def share_out(connection: Connection[Any], job: Job, shares: Sequence[Any], told: Callable[[int], None]) -> None:
    """Do each share in a process of its own, or here if there is but one; `told` hears how much all have done.

    Raises Unwritable when a row can't be written, WorkerLost when a worker is gone.
    """
    if len(shares) == 1 or not CAN_FORK:
        before = 0
        with no_rings():
            for share in shares:
                here = [0]
                job(connection, share, lambda done, b=before, h=here: _note(h, done, b, told))  # type: ignore[misc]
                before += here[0]
        return
    workers = [_start(connection, job, share) for share in shares]
    try:
        _listen([pipe for _, pipe in workers], told)
    finally:
        for process, pipe in workers:
            pipe.close()
            process.kill()  # those who are done are gone already
            process.join()


@contextlib.contextmanager
def no_rings() -> Iterator[None]:
    """What is done within makes no rings, and isn't looked through for any: that would cost a sixth of a rebuild."""
    looked = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if looked:
            gc.enable()


def _note(here: list[int], done: int, before: int, told: Callable[[int], None]) -> None:
    here[0] = done
    told(before + done)


def _start(connection: Connection[Any], job: Job, share: Any) -> tuple[Any, Pipe]:  # noqa: ANN401 (a job's own)
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    info = connection.info
    url = psycopg.conninfo.make_conninfo(info.dsn, password=info.password or None)
    process = context.Process(target=_work, args=(url, job, share, theirs), daemon=True)
    with warnings.catch_warnings():
        # A progress bar has a thread. The child touches nothing of it: neither its lock nor its streams.
        warnings.simplefilter("ignore", DeprecationWarning)
        process.start()
    theirs.close()
    return process, ours


def _work(url: str, job: Job, share: Any, pipe: Pipe) -> None:  # noqa: ANN401 (a job's own)
    """What a worker does. It says at last that it is done, or by the kind and place of the error why not."""
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__  # not the progress bar's
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who started us, and it ends us
    gc.freeze()
    gc.disable()  # this process folds pages and ends; looking through them for rings costs a fifth of the work
    parent = os.getppid()

    def tell(done: int) -> None:
        if os.getppid() != parent:
            raise Orphaned
        pipe.send(("at", done))

    try:
        with psycopg.connect(url, autocommit=True) as connection:
            job(connection, share, tell)
        pipe.send(("done", 0))
    except UNWRITABLE as error:
        pipe.send(("unwritable", type(error).__name__))
    except Exception as error:  # noqa: BLE001 (it is told, by kind and place, to who started us)
        with contextlib.suppress(OSError):
            pipe.send(("failed", place_of(error)))


def _listen(pipes: list[Pipe], told: Callable[[int], None]) -> None:
    """Hear the workers until all are done, or one of them fails or falls silent for ever."""
    done = dict.fromkeys(pipes, 0)
    at_work = list(pipes)
    while at_work:
        for pipe in at_work if wait(at_work) else ():
            if not pipe.poll():
                continue
            try:
                kind, what = pipe.recv()
            except EOFError:
                kind, what = "failed", "it was killed"
            if kind == "at":
                done[pipe] = what
                told(sum(done.values()))
            elif kind == "done":
                at_work = [each for each in at_work if each is not pipe]
            elif kind == "unwritable":
                raise Unwritable(what)
            else:
                message = f"a worker of the rebuild is lost ({what}): what was in force still is; run it again"
                raise WorkerLost(message)
