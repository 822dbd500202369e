"""The lifeline of a process that `up` started: when `up` is gone, however it went, the line is cut and it ends.

It is the process's own standard input, a pipe whose other end nobody but `up` holds: the kernel closes it with `up`,
on every system.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import suppress

LINE = "ROZNAMCHA_LIFELINE"
"""Says that there is one, and how many seconds a process has to end in good order when it is cut."""
AWAY = 4


def hold() -> None:
    """Watch the line from now on, where there is one. If `up` died before this, it is found cut at once."""
    grace = os.environ.pop(LINE, "")
    if grace:
        threading.Thread(target=_watch, args=(float(grace),), name="lifeline", daemon=True).start()


def _watch(grace: float) -> None:
    with suppress(OSError):
        while os.read(0, 1):  # nobody writes: it comes back when the line is cut
            pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(grace)
    # It hangs, or is in the middle of something long: what is under way falls back with its transaction.
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)  # and whoever it has started
    os._exit(AWAY)
