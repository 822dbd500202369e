"""The masters: what lists there are, from where and from when; what stands in one; and a State's own list taken in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from roznamcha.masters import Master, bring_in, in_force, master_called
from roznamcha.screen import AsJson, many, print_json, say, table
from roznamcha.settings import settings

masters = typer.Typer(
    help="Lists of States, districts, stations, courts, ranks, offences …, each with its source and date.",
    no_args_is_help=True,
)
Name = Annotated[str, typer.Argument(help="states, districts, stations, courts, laboratories, offences, ranks …")]
SHOWN = 200
"""So many lines are shown on a screen."""


@masters.command("list")
def list_masters(*, as_json: AsJson = False) -> None:
    """List every master: how many lines, where it was read, when, and whether it is invented."""
    found = in_force(settings().data)
    if as_json:
        print_json([_about(each) for each in found.values()])
        return
    rows = [
        (each.name, f"{each.title['en']} · {each.title['hi']}", len(each.rows), _origin(each), each.date, each.source)
        for each in found.values()
    ]
    table("masters", ("name", "what", "lines", "", "date", "source"), rows)


@masters.command("show")
def show(
    name: Name,
    search: Annotated[str, typer.Option(help="Only lines that hold this text, in small or capital letters")] = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Show the lines of a master, with its source and date."""
    master = master_called(name, settings().data)
    wanted = search.casefold()
    rows = [row for row in master.rows if any(wanted in text.casefold() for text in row.values())]
    if as_json:
        print_json({**_about(master), "rows": rows})
        return
    table(f"{master.title['en']} · {master.title['hi']}", master.columns, [tuple(row.values()) for row in rows[:SHOWN]])
    if len(rows) > SHOWN:
        say(f"… and {len(rows) - SHOWN:,} more: use --search or --json")
    say(f"{_origin(master)}source: {master.source}; {master.date}{f'; {master.note}' if master.note else ''}")


@masters.command("import")
def take_in(  # noqa: PLR0913 (one for each choice)
    name: Name,
    file: Annotated[Path, typer.Argument(help="CSV with the master's columns, in their order")],
    source: Annotated[str, typer.Option(help="Where the list was read, by title and place")],
    date: Annotated[str, typer.Option(help="When it was read or issued, as 2026-10-31")],
    *,
    invented: Annotated[bool, typer.Option("--invented", help="Nothing in it is real")] = False,
    as_json: AsJson = False,
) -> None:
    """Take in a list of one's own: all of it, or nothing with every fault told. Earlier ones are kept."""
    master = bring_in(name, file, source, date, settings().data, invented=invented)
    if as_json:
        print_json(_about(master))
    else:
        say(f"{name}: {many(len(master.rows), 'line')} in force, of {master.date}, from {master.source}")


def _about(master: Master) -> dict[str, Any]:
    return {
        "name": master.name, "title": dict(master.title), "columns": list(master.columns), "lines": len(master.rows),
        "source": master.source, "date": master.date, "note": master.note, "invented": master.invented,
        "imported": master.imported, "sha256": master.digest,
    }  # fmt: skip


def _origin(master: Master) -> str:
    return "invented; " if master.invented else "imported; " if master.imported else ""
