"""A sentry keeps one post manned: starts its process, and starts it again when it dies, unless that can't help.

Each process is one of this same program, in a process group of its own, at the other end of a lifeline.
"""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from typing import IO, Any

from roznamcha import lifeline
from roznamcha.errors import Broken, Usage
from roznamcha.lines import Lines
from roznamcha.posts import SIGN, Post

FIRST, MOST = 0.5, 30.0
"""Seconds until a process that died is started again: at first, and at most. Each time it is twice as long."""
HEALTHY = 60.0
"""Seconds after which a process that ran is taken for well: what happened before is forgotten."""
TRIES = 3
"""How often in a row a process may end as refused or broken until it is left so. Wrong usage never mends itself."""
LONGEST = 64 * 1024
"""Bytes of a line; a longer one is carried in parts."""
HERE = "from roznamcha.cli import main; main()"
Ended = Callable[["Sentry", int, int], None]
"""Hears that the n-th process of a sentry has ended, and with which code; called in a thread of its own."""


class Sentry:
    """One post, and the process at it. All but the hearing of lines and ends happens in one thread."""

    def __init__(
        self, post: Post, options: Sequence[str], grace: float, lines: Lines, *, before: Sequence[str] = ()
    ) -> None:
        """Keep `post` with these `options` of its command, and those that stand `before` it."""
        self.post, self.options, self.before, self.grace, self.lines = post, options, before, grace, lines
        self.process: subprocess.Popen[bytes] | None = None
        self.starts = 0
        self.given_up: int | None = None
        """The exit code for which the post was given up."""
        self.due: float | None = None
        """When to start again, by the monotonic clock; None while a process runs, or none shall."""
        self.sign = ""
        self.seen = False
        """Whether the process is at its post."""
        self.heard = False
        """Whether it said so itself, where its post has no connection to be seen by."""
        self._since = 0.0
        self._deaths = self._faults = 0
        self._last = ""

    @property
    def command(self) -> list[str]:
        """The command line: this very program, found without looking into the folder where we stand."""
        return [sys.executable, "-P", "-c", HERE, *self.before, self.post.name, *self.post.options, *self.options]

    def start(self, ended: Ended) -> None:
        """Start the process."""
        self.starts += 1
        self.due, self.seen, self.heard, self.sign, self._last = None, False, False, secrets.token_hex(4), ""
        self._since = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 (this program)
            self.command,
            stdin=subprocess.PIPE,  # the lifeline: nothing is ever written to it
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,  # Ctrl-C at a terminal is for us alone; and whoever it starts can be ended with it
            env={**os.environ, lifeline.LINE: str(self.grace), SIGN: self.sign},
        )
        self.lines.tell("started", self.post.name, pid=self.process.pid)
        assert self.process.stdout is not None  # noqa: S101 (piped)
        listening = threading.Thread(target=self._listen, args=(self.process.stdout,), daemon=True)
        listening.start()
        threading.Thread(target=self._wait, args=(self.process, self.starts, listening, ended), daemon=True).start()

    def _listen(self, said: IO[bytes]) -> None:
        with said:
            while line := said.readline(LONGEST):
                self._last = self.lines.carry(self.post.name, line) or self._last
                self.heard |= bool(self.post.says) and self.post.says.encode() in line

    def _wait(self, process: subprocess.Popen[bytes], number: int, listening: threading.Thread, ended: Ended) -> None:
        code = process.wait()
        # Whoever it has started and not ended goes with it, before another one comes. Its number is not given again
        # while one of its group lives, and not within this moment.
        _signal_group(process.pid, signal.SIGKILL)
        listening.join(5)
        if process.stdin is not None:
            process.stdin.close()
        ended(self, number, code)

    def ended(self, code: int) -> None:
        """Decide what becomes of the post, now that its process has ended unasked."""
        now = time.monotonic()
        self.process, self.seen = None, False
        if now - self._since >= HEALTHY:
            self._deaths = self._faults = 0
        self._deaths += 1
        self._faults += 0 < code <= Broken.exit_code
        if code == Usage.exit_code or self._faults >= TRIES:
            self.given_up = code
            words = "ended, and is not started again: what it said last must be mended first, then start `up` anew"
            self.lines.tell(words, self.post.name, "error", code=code, times=self._faults, said=self._last)
            return
        wait = min(MOST, FIRST * 2 ** min(self._deaths - 1, 10))
        self.due = now + wait
        why = {"said": self._last} if code > 0 and self._last else {}  # who was killed had no last word
        words = "ended, and is started again"
        self.lines.tell(words, self.post.name, "warning", **how_ended(code), seconds=wait, **why)

    def end(self) -> None:
        """Tell the process to end, and start none any more."""
        self.due = None
        if self.process is not None:
            with suppress(ProcessLookupError):
                self.process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Kill the process and whoever it has started. May be called from a signal's handler."""
        process = self.process
        if process is not None:
            _signal_group(process.pid, signal.SIGKILL)

    def look(self, names: Collection[str]) -> None:
        """See whether it is at its post, by the names of all who are connected to the store."""
        there = self.heard if self.post.says else f"{self.post.called} of {self.sign}" in names
        self.seen = self.process is not None and there

    @property
    def state(self) -> str:
        """Where it stands, in words."""
        if self.given_up is not None:
            return f"given up, exit code {self.given_up}"
        if self.process is None:
            return "ended, waits to be started again" if self.due is not None else "ended"
        return "at its post" if self.seen else "started, not yet at its post"


def how_ended(code: int) -> dict[str, Any]:
    """A process's end: by which signal, or with which exit code."""
    return {"signal": signal.Signals(-code).name} if code < 0 else {"code": code}


def _signal_group(group: int, number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):  # nobody left; macOS says it of the dead who aren't buried
        os.killpg(group, number)
