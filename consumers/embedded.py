"""Following the store's own log: no broker, the same runner and the same views."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import Connection

from consumers.runner import Fenced, Kept, Runner, tables_of
from projections.view import View
from schemas import Catalogue

BATCH = 2_000
"""Entries folded and committed together when catching up."""
ROLE = "roznamcha_app"
PAGE = b"""
    SELECT notification_id, slot, record_id, topic, state FROM roznamcha.entries
    WHERE notification_id > %s ORDER BY notification_id LIMIT %s
"""


@contextmanager
def connected(url: str) -> Iterator[Connection[Any]]:
    """A connection under the application's role."""
    with psycopg.connect(url, autocommit=True, options=f"-c role={ROLE} -c timezone=UTC") as connection:
        yield connection


def read_log(connection: Connection[Any], after: int, limit: int = BATCH) -> list[Kept]:
    """Entries after a position, in the log's order."""
    with connection.cursor(binary=True) as cursor:
        return [Kept(*row) for row in cursor.execute(PAGE, (after, limit))]


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
        group: str = "main",
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

        With `limits` nothing beyond a slot's limit is folded: only for the last call of a group, since what is left out
        is passed by. Two followers of one group may run at once: each batch is one's or the other's.
        """
        done, target = 0, head(self.connection) if until is None else until
        self.runner.load()
        after = self.runner.reached
        while after < target:
            page = [each for each in read_log(self.connection, after, batch) if each.position <= target]
            through = page[-1].position if page else target
            if limits is not None:
                page = [each for each in page if each.position <= limits[each.slot]]
            try:
                done += self.runner.take(page, through=through)
                after = through
            except Fenced:
                self.runner.load()
                after = self.runner.reached
            progress(after, target)
        return done

    def follow(self, stop: threading.Event, *, net: float = 1.0) -> None:
        """Follow until told to stop: woken by the store's NOTIFY, and every `net` seconds in case one was lost."""
        with psycopg.connect(self.connection.info.dsn, autocommit=True) as ears:
            ears.execute("LISTEN entries")
            while not stop.is_set():
                self.catch_up()
                for _ in ears.notifies(timeout=net, stop_after=1):
                    break


def prepare(connection: Connection[Any], views: Sequence[View]) -> list[View]:
    """Make the tables of views that have none yet, if no entry has been folded; give the views that must be rebuilt.

    A view must be rebuilt when its version or the shape of its rows isn't what its tables were built with, or when it
    is new beside views that have already come some way.
    """
    with connection.transaction():
        connection.execute("LOCK TABLE ops.built IN SHARE ROW EXCLUSIVE MODE")
        built = {row[0]: row[1:] for row in connection.execute("SELECT view, version, shape FROM ops.built").fetchall()}
        row = connection.execute("SELECT max(position) FROM ops.checkpoints WHERE view_group = 'main'").fetchone()
        begun = bool(row and row[0])
        outdated = []
        for view in views:
            if built.get(view.name) == (view.version, shape_of(view)):
                continue
            if begun:
                outdated.append(view)
                continue
            for table in set(tables_of(view)):
                table.create(connection)
            note_built(connection, view)
    return outdated


def shape_of(view: View) -> str:
    """What a view's tables look like, as a digest."""
    return "+".join(table.shape for table in dict.fromkeys(tables_of(view)))


def note_built(connection: Connection[Any], view: View) -> None:
    """Note with which version a view's tables were built."""
    connection.execute(
        "INSERT INTO ops.built VALUES (%s, %s, %s) ON CONFLICT (view) DO UPDATE SET version = excluded.version, "
        "shape = excluded.shape",
        (view.name, view.version, shape_of(view)),
    )
