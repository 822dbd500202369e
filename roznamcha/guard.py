"""The guard: all posts that the settings ask for, manned by one command until it is told to stop.

One thread decides; others only hear: that a process has ended, and who is seen at work from the store. Told to stop it
tells every process, gives them time, and then kills what is left; told again it kills at once.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue

import psycopg
from psycopg.conninfo import make_conninfo

from consumers.embedded import connected
from roznamcha.errors import Unavailable
from roznamcha.health import UP, WITHOUT
from roznamcha.lines import Lines
from roznamcha.sentry import Sentry, how_ended

SOON, LATER = 0.25, 5.0
"""Seconds between two looks at who is connected to the store: while somebody is missing, and when all are there."""
ROUND = 1.0
"""Seconds in which the deciding thread comes round at least once."""
HANGS = 30.0
"""Seconds without a round, or without a look, after which it is believed no longer."""
INTERRUPTED = 130
STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Guard:
    """The sentries of all posts."""

    def __init__(self, sentries: Sequence[Sentry], url: str, lines: Lines, grace: float) -> None:
        """Who is at work is seen in the store at `url`."""
        self.sentries, self.url, self.lines, self.grace = sentries, url, lines, grace
        self.stopping = ""
        """The signal by which we were told to stop."""
        self._again = False
        self._inbox: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._over = threading.Event()
        self._ready = False
        self._round = self._looked = time.monotonic()

    # --- for as long as it runs ----------------------------------------------------------------------------------

    def run(self) -> int:
        """Man the posts until told to stop, or until all had to be given up; give the exit code."""
        for number in STOPPING:
            if signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
                signal.signal(number, self._told)
        try:
            for each in self.sentries:
                each.start(self._ended)
            threading.Thread(target=self._call_roll, name="roll call", daemon=True).start()
            while not self.stopping and any(each.given_up is None for each in self.sentries):
                self._hear(self._patience())
                for each in self.sentries:
                    if each.due is not None and each.due <= time.monotonic() and not self.stopping:
                        each.start(self._ended)
            return self._stop()
        finally:
            self._over.set()
            for each in self.sentries:
                each.kill()  # whatever went wrong here, nobody is left behind

    def _told(self, number: int, _frame: object) -> None:
        """A signal. It comes in between anything, also while a line can't be written because nobody reads it."""
        if self.stopping:
            self._again = True
            for each in self.sentries:
                each.kill()
        self.stopping = self.stopping or signal.Signals(number).name
        self._inbox.put(lambda: None)

    def _hear(self, seconds: float) -> None:
        with suppress(Empty):
            self._inbox.get(timeout=max(0.0, min(seconds, ROUND)))()
        self._round = time.monotonic()

    def _patience(self) -> float:
        dues = [each.due for each in self.sentries if each.due is not None]
        return min(dues) - time.monotonic() if dues else ROUND

    def _ended(self, sentry: Sentry, number: int, code: int) -> None:
        self._inbox.put(lambda: self._take_note(sentry, number, code))

    def _take_note(self, sentry: Sentry, number: int, code: int) -> None:
        if number != sentry.starts:
            return
        if self.stopping:
            sentry.process, sentry.seen = None, False
            self.lines.tell("ended", sentry.post.name, **how_ended(code))
            return
        sentry.ended(code)
        self._ready = False

    def _stop(self) -> int:
        """Tell everybody to stop, wait, and kill what is left; give the exit code."""
        if self.stopping:
            self.lines.tell("stopping", signal=self.stopping, grace_seconds=self.grace)
        for each in self.sentries:
            each.end()
        until = time.monotonic() + self.grace
        late: list[Sentry] = []
        while any(each.process is not None for each in self.sentries):
            self._hear(until - time.monotonic())
            if time.monotonic() > until and not late and not self._again:
                late = [each for each in self.sentries if each.process is not None]
                for each in late:
                    self.lines.tell("did not end in time: killed", each.post.name, "warning")
                    each.kill()
        self.lines.tell("everybody has ended")
        if self._again:
            return INTERRUPTED
        return next((each.given_up for each in self.sentries if each.given_up), Unavailable.exit_code if late else 0)

    # --- who is at his post --------------------------------------------------------------------------------------

    def _call_roll(self) -> None:
        """See who is connected to the store, for as long as we run: the store knows it, and no process says it."""
        url = make_conninfo(self.url, connect_timeout=5)
        while not self._over.wait(SOON):
            with suppress(psycopg.Error), connected(url, UP) as connection:
                while not self._over.is_set():
                    self._looked_at(connection)
                    self._over.wait(LATER if self._ready else SOON)
            self._inbox.put(lambda: self._seen(frozenset()))  # nobody is seen at work on a store that is away

    def _looked_at(self, connection: psycopg.Connection[tuple[str]]) -> None:
        """See who is there; and be seen ourselves, by a name that tells what was given up, for as long as we live."""
        lost = ", ".join(each.post.name for each in self.sentries if each.given_up is not None)
        if lost:
            connection.execute("SELECT set_config('application_name', %s, false)", (WITHOUT + lost,))
        query = "SELECT application_name FROM pg_stat_activity WHERE datname = current_database()"
        names = frozenset(row[0] for row in connection.execute(query))
        self._inbox.put(lambda: self._seen(names))

    def _seen(self, names: frozenset[str]) -> None:
        self._looked = time.monotonic()
        for each in self.sentries:
            each.look(names)
        before, self._ready = self._ready, all(each.seen for each in self.sentries)
        if self._ready and not before and not self.stopping:
            self.lines.tell("all at their posts", posts=[each.post.name for each in self.sentries])

    @property
    def alive(self) -> bool:
        """Whether the deciding thread still comes round."""
        return time.monotonic() - self._round < HANGS

    @property
    def ready(self) -> bool:
        """Whether everybody was seen at his post, a short while ago."""
        return self._ready and not self.stopping and time.monotonic() - self._looked < HANGS
