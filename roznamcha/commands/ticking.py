"""Ticking: what is due of any legal clock is told, right behind each entry and as the hours pass."""

from __future__ import annotations

import signal
import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

import typer

from consumers.ticker import ClockAhead, Ticker, believed
from projections.deadlines import Deadlines
from roznamcha.commands.reading import moment_given
from roznamcha.errors import Usage
from roznamcha.health import TICKER
from roznamcha.noting import SheetDesk
from roznamcha.office import Office, open_office
from roznamcha.plain import plain
from roznamcha.posts import signed
from roznamcha.screen import AsJson, note, print_json, say
from roznamcha.settings import settings
from roznamcha.views import Board, open_board

app = typer.Typer()


def ticker_on(office: Office, board: Board, now: Callable[[], datetime] | None = None) -> Ticker:
    """A ticker of an office; `now` gives the time of recording."""
    view = board.view(Deadlines.name)
    if not isinstance(view, Deadlines):
        raise TypeError(view.name)
    return Ticker(board.follower, view, SheetDesk(office.store, now).tell)


@app.command()
def tick(
    once: Annotated[bool, typer.Option("--once", help="Tell what is due now, and stop")] = False,  # noqa: FBT002
    now: Annotated[str, typer.Option("--now", help="Tell what was due by this moment of the past, and stop")] = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Tell what is due of the legal clocks: opened, approaching, lapsed, met …; each fact is entered once."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with open_office(settings()) as office, open_board(office, quiet=as_json, called=signed(TICKER)) as board:
        ticker = ticker_on(office, board)
        told: Counter[str] = Counter()
        if once or now:
            given = moment_given(now, office) or datetime.now(UTC)
            try:
                told = ticker.tick(believed(board.connection, given))
            except ClockAhead as ahead:
                message = f"nothing is told of the future: {ahead}"
                raise Usage(message) from None
        else:
            note("telling what is due; Ctrl-C stops")
            given, told = datetime.now(UTC), ticker.follow(stop, lambda: datetime.now(UTC))
        row = board.connection.execute("SELECT min(next_at) FROM views.deadlines WHERE next_at IS NOT NULL").fetchone()
    document = {"now": plain(given), "told": dict(sorted(told.items())), "next_at": plain(row[0] if row else None)}
    if as_json:
        print_json(document)
    elif told:
        say(", ".join(f"{count:,} {kind}" for kind, count in sorted(told.items())))
    else:
        say("nothing is to be told")
