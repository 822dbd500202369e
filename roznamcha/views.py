"""The views of this release, put together once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from consumers.embedded import Follower, connected, prepare
from consumers.rebuild import rebuild
from consumers.restored import Ahead
from projections.case_state import CaseState
from projections.custody import Custody
from projections.deadlines import Deadlines
from projections.history import History
from projections.malkhana import Malkhana
from projections.view import View
from roznamcha.errors import Broken, Usage
from roznamcha.office import Office
from roznamcha.screen import note, progress_bar


def all_views(office: Office) -> list[View]:
    """Every view, ready to be fed."""
    return [CaseState(), History(), Custody(), Malkhana(), Deadlines(office.book, office.settings.zone)]


@dataclass(frozen=True)
class Board:
    """The views of an office, up to date as of when they were opened."""

    connection: Connection[Any]
    views: list[View]
    follower: Follower

    def view(self, name: str) -> View:
        """The view of that name. Raises Usage."""
        for each in self.views:
            if each.name == name:
                return each
        message = f"there is no view {name!r}; there are {', '.join(each.name for each in self.views)}"
        raise Usage(message)


@contextmanager
def open_board(
    office: Office, *, catch_up: bool = True, quiet: bool = False, distrust: bool = False
) -> Iterator[Board]:
    """The views with every entry folded that was acknowledged before now; outdated ones are built anew first.

    Raises Broken when they have seen what the store doesn't hold, because it was restored; `distrust` opens them as
    they stand, to be checked.
    """
    views = all_views(office)
    with connected(office.url) as connection:
        follower = Follower(connection, views, office.catalogue)
        try:
            for view in prepare(connection, views):
                note(f"the view {view.name} has changed since it was built: building it anew") if not quiet else None
                rebuild(connection, view, office.catalogue)
            if catch_up:
                with progress_bar("catching up", shown=not quiet) as progress:
                    follower.catch_up(progress=progress)
            else:
                follower.runner.load()
        except Ahead as error:
            if not distrust:
                raise Broken(str(error)) from None
        yield Board(connection, views, follower)
