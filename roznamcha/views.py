"""The views of this release, put together once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from consumers.crew import WorkerLost
from consumers.embedded import Follower, connected, unhindered
from consumers.rebuild import fill_first, rebuild_outdated
from consumers.restored import Ahead
from projections.articles import Articles
from projections.case_state import CaseState
from projections.deadlines import Deadlines
from projections.hand_offs import HandOffs
from projections.history import History
from projections.marks import Marks
from projections.ties import Ties
from projections.view import View
from roznamcha.errors import Broken, Unavailable, Usage
from roznamcha.office import Office
from roznamcha.schemes import shipped
from roznamcha.screen import note, progress_bar

WORTH_A_REBUILD = 5_000
"""From so many entries on, views that are empty are filled as by a rebuild."""
WORKERS = max(1, min(8, os.cpu_count() or 1))
"""Processes that a rebuild is shared out to, where nobody says."""


def all_views(office: Office) -> list[View]:
    """Every view, ready to be fed."""
    deadlines = Deadlines(office.book, office.settings.zone)
    return [CaseState(), History(), Articles(), HandOffs(), Ties(), deadlines, Marks(shipped(), office.settings.zone)]


@dataclass(frozen=True)
class Board:
    """The views of an office, up to date as of when they were opened."""

    connection: Connection[Any]
    views: list[View]
    follower: Follower

    def view(self, name: str) -> View:
        """The view of that name, or the one that publishes the table of that name. Raises Usage."""
        for each in self.views:
            if name in each.names:
                return each
        names = (part.name for each in self.views for part in each.published)
        message = f"there is no view {name!r}; there are {', '.join(names)}"
        raise Usage(message)


@contextmanager
def workers_told() -> Iterator[None]:
    """Say it in a line when a worker of a rebuild is lost."""
    try:
        yield
    except WorkerLost as error:
        raise Unavailable(str(error)) from None


def _tell(view: View) -> None:
    note(f"the view {view.name} has changed since it was built: building it anew")


@contextmanager
def open_board(
    office: Office,
    *,
    catch_up: bool = True,
    quiet: bool = False,
    distrust: bool = False,
    called: str = "roznamcha",
) -> Iterator[Board]:
    """The views with every entry folded that was acknowledged before now; outdated ones are built anew first.

    Raises Broken when they have seen what the store doesn't hold, because it was restored; `distrust` opens them as
    they stand, to be checked.
    """
    views = all_views(office)
    with connected(office.url, called) as connection:
        follower = Follower(connection, views, office.catalogue)
        try:
            with progress_bar("building the views", shown=not quiet) as progress, workers_told():
                told: Callable[[View], None] = _tell if not quiet else lambda _: None
                build: Any = {"progress": progress, "workers": WORKERS}
                rebuild_outdated(connection, views, office.catalogue, told=told, **build)
                if catch_up:
                    fill_first(connection, views, office.catalogue, least=WORTH_A_REBUILD, **build)
            if catch_up:
                with progress_bar("catching up", shown=not quiet) as progress:
                    unhindered(connection, lambda: follower.catch_up(progress=progress))
            else:
                follower.runner.load()
        except Ahead as error:
            if not distrust:
                raise Broken(str(error)) from None
        yield Board(connection, views, follower)
