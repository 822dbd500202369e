"""The records of a register as they stand now, one line each."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from domain.deadline.sheet import Sheet
from domain.event import RECORDS
from projections.case_state import CaseState
from roznamcha.commands.reading import Language
from roznamcha.errors import Usage
from roznamcha.lists import SCREEN, chosen, show, unmatched
from roznamcha.office import open_office
from roznamcha.plain import plain
from roznamcha.screen import AsJson, note, print_json, when
from roznamcha.settings import settings
from roznamcha.views import open_board
from roznamcha.wording import Wording

app = typer.Typer()
HEADS = ("record", "register", "stage", "station", "investigator", "opened", "last entry", "entries", "doubted")


@app.command()
def records(  # noqa: PLR0913 (one for each way to ask)
    register: Annotated[str, typer.Option(help="Only this register's: case, inquest, complaint …")] = "",
    station: Annotated[str, typer.Option(help="Only those this station has now")] = "",
    stage: Annotated[str, typer.Option(help="Only those that have come this far, as `show` has it")] = "",
    investigator: Annotated[str, typer.Option(help="Only those this officer investigates")] = "",
    language: Language = "en",
    *,
    as_json: AsJson = False,
) -> None:
    """List the records of a register, station or officer: number, how far each has come, and its last entry."""
    words = Wording(language)
    asked = {"register": register, "station": station, "stage": stage, "investigator": investigator}
    with open_office(settings(), reading=True) as office, open_board(office, quiet=as_json) as board:
        kept = sorted(set(RECORDS) - {Sheet.register})
        if register and register not in kept:
            message = f"--register {register[:40]}: there are {', '.join(kept)}"
            raise Usage(message)
        count, rows = chosen(
            board.connection, CaseState, asked, ("register", "station", "opened_at", "number", "record_id"),
            most=None if as_json else SCREEN,
        )  # fmt: skip
        missed = "" if count else unmatched(board.connection, CaseState, asked)
        names = office.store.shelf.called({each.record_id for each in rows if not each.number})
        zone = office.settings.zone
    called = {each.record_id: each.number or names.get(each.record_id, "") for each in rows}
    if as_json:
        print_json({"records": [_document(each, called[each.record_id]) for each in rows], "total": count})
        return
    heads = [words.screen(each) for each in HEADS]
    lines = [
        (
            called[each.record_id] or each.record_id, words.register(each.register), words.stage(each.stage),
            each.station, each.investigator,
            when(each.opened_at, zone), when(each.last_occurred_at, zone), f"{each.entries:,}", each.doubted or "",
        )
        for each in rows
    ]  # fmt: skip
    narrower = "--register, --station, --stage, --investigator or --json"
    show(heads, lines, count, "record", narrower)
    if missed:
        note(missed)


def _document(row: CaseState.Row, called: str) -> dict[str, Any]:
    """A record as others script against it."""
    shown: dict[str, Any] = plain(row)
    return {"record": shown.pop("record_id"), "called": called, **shown}
