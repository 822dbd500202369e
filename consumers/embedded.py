"""Following the store's own log: no broker, the same runner and the same views."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
import structlog
from psycopg import Connection

from consumers.checkpoints import MAIN, Fenced
from consumers.folding import Kept
from consumers.restored import agree
from consumers.runner import Runner
from consumers.slots import SLOTS
from projections.view import View
from schemas import Catalogue

BATCH = 2_000
"""Entries folded and committed together when catching up."""
PATIENCE = 60.0
"""Seconds for which a follower tries to reach a database that is away."""
WAITING = 5
"""Seconds for which a follower waits for a lock before it looks who holds it."""
STANDING = 15
"""Seconds without a word to the server after which one who holds the checkpoints is ended. A batch takes far fewer."""
ROLE = "roznamcha_app"
T = TypeVar("T")
log = structlog.get_logger()
PAGE = b"""
    SELECT notification_id, slot, record_id, topic, state FROM roznamcha.entries
    WHERE notification_id > %s AND slot = ANY(%s) ORDER BY notification_id LIMIT %s
"""


@contextmanager
def connected(url: str, called: str = "roznamcha") -> Iterator[Connection[Any]]:
    """A connection under the application's role. By what it is `called` others see who is at work."""
    options = f"-c role={ROLE} -c timezone=UTC"
    with psycopg.connect(url, autocommit=True, options=options, application_name=called) as connection:
        yield connection


@contextmanager
def never_held_up(url: str, called: str = "roznamcha") -> Iterator[Connection[Any]]:
    """A connection for whoever follows. Who waits on it for a lock too long gets LockNotAvailable.

    Whoever stood still with the checkpoints in hand has been ended by then: one who was suspended in the midst of a
    transaction would hold up all others for as long.
    """
    with connected(url, called) as connection:
        connection.execute(f"SET lock_timeout = '{WAITING}s'".encode())
        try:
            yield connection
        except psycopg.errors.LockNotAvailable:
            with connected(url, called) as other:
                (ended,) = other.execute("SELECT ops.end_standing(%s)", (STANDING,)).fetchone() or (0,)
            log.warning("held up", ended=ended)
            raise


def unhindered(connection: Connection[Any], work: Callable[[], T], told: Callable[[], None] = lambda: None) -> T:
    """Do what waits for the checkpoints, and again whenever someone stood still with them in hand: he is ended.

    Who holds them and works is waited for as long as it takes, and `told` is called now and then. What `work` does must
    fall back as a whole.
    """
    connection.execute(f"SET lock_timeout = '{WAITING}s'".encode())
    try:
        while True:
            try:
                return work()
            except psycopg.errors.LockNotAvailable:
                (ended,) = connection.execute("SELECT ops.end_standing(%s)", (STANDING,)).fetchone() or (0,)
                log.warning("held up", ended=ended)
                told()
    finally:
        if not connection.closed:
            connection.execute("RESET lock_timeout")


def read_log(
    connection: Connection[Any], after: int, limit: int = BATCH, slots: Sequence[int] = range(SLOTS)
) -> list[Kept]:
    """Entries after a position, in the log's order; of some slots or of all."""
    with connection.cursor(binary=True) as cursor:
        return [Kept(*row) for row in cursor.execute(PAGE, (after, list(slots), limit))]


def head(connection: Connection[Any]) -> int:
    """The position of the last entry; 0 when there is none."""
    row = connection.execute("SELECT max(notification_id) FROM roznamcha.entries").fetchone()
    return (row[0] if row else None) or 0


class Follower:
    """Keeps a group of views up to date with the log."""

    def __init__(
        self,
        connection: Connection[Any],
        views: Sequence[View],
        catalogue: Catalogue,
        group: str = MAIN,
        suffix: str = "",
    ) -> None:
        """Follow over `connection`, which this follower has to itself."""
        self.connection = connection
        self.runner = Runner(connection, views, catalogue, group, suffix)

    def catch_up(
        self,
        *,
        until: int | None = None,
        limits: Mapping[int, int] | None = None,
        batch: int = BATCH,
        progress: Callable[[int, int], None] = lambda _d, _t: None,
    ) -> int:
        """Fold all entries up to `until`, or to the log's head as of now; give how many were new.

        With `limits` exactly up to each slot's limit. Two followers of one group may run at once: each batch is one's
        or the other's.
        """
        if limits is None:
            limits = dict.fromkeys(range(SLOTS), head(self.connection) if until is None else until)
        done, target = 0, max(limits.values(), default=0)
        self.runner.load()
        agree(self.connection, self.runner.group)
        after = self.runner.reached
        while after < target:
            page = [each for each in read_log(self.connection, after, batch) if each.position <= target]
            through = page[-1].position if page else target
            try:
                done += self.runner.take(
                    [each for each in page if each.position <= limits[each.slot]],
                    {slot: min(through, limit) for slot, limit in limits.items()},
                )
                after = through
            except Fenced:
                # The other one has moved on, or has died before it could: either way what is committed tells.
                self.runner.load()
                after = self.runner.reached
            progress(after, target)
        return done

    def follow(self, stop: threading.Event, *, net: float = 1.0) -> None:
        """Follow until told to stop: woken by the store's NOTIFY, and every `net` seconds in case one was lost."""
        self.connection.execute("LISTEN entries")
        while not stop.is_set():
            # What is entered while this catches up is told as soon as we listen again: psycopg keeps it.
            self.catch_up()
            for _ in self.connection.notifies(timeout=net, stop_after=1):
                break
        self.connection.execute("UNLISTEN entries")


def keep_following(  # noqa: PLR0913 (what to follow, how, and by which name)
    url: str,
    views: Sequence[View],
    catalogue: Catalogue,
    stop: threading.Event,
    *,
    net: float = 1.0,
    called: str = "roznamcha",
) -> None:
    """Follow until told to stop, over a new connection whenever one is cut.

    What was under way fell back with its checkpoint, or was committed with it: the next connection reads which. Raises
    what the database said when it stays away for PATIENCE seconds.
    """
    away: float | None = None
    while not stop.is_set():
        try:
            with never_held_up(url, called) as connection:
                follower = Follower(connection, views, catalogue)
                follower.catch_up()
                away = None
                follower.follow(stop, net=net)
        except psycopg.errors.LockNotAvailable:
            continue  # somebody works for long, or stood still: what is under way falls back, and is done again
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            away = away or time.monotonic()
            if time.monotonic() - away > PATIENCE:
                raise
            log.warning("connection lost", why=type(error).__name__)
            stop.wait(net)
