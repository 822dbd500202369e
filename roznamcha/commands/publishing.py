"""The FIR for the citizen portal: written without what is sealed, and not at all where the case is sensitive."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from domain.case.case import Case
from domain.case.publication import unpublishable
from domain.event import RECORDS, fold
from roznamcha.commands.reading import RecordName, history_of
from roznamcha.errors import Refused
from roznamcha.office import open_office
from roznamcha.publishable import page_of, public_fir, registration_in
from roznamcha.screen import AsJson, many, print_json, say
from roznamcha.settings import settings
from roznamcha.whole import write_whole

app = typer.Typer()


@app.command()
def publish(
    record: RecordName,
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write: .json, anything else is HTML")],
    *,
    judged: Annotated[
        bool, typer.Option("--judged", help="An officer found no offence sensitive that the tables can't judge")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write the FIR as the citizen portal may have it. It enters nothing: record case.FIRPublished afterwards."""
    with open_office(settings(), reading=True) as office:
        record_id, found = history_of(office, record)
        zone, catalogue = office.settings.zone, office.catalogue
    case, entry = fold(RECORDS[found[0].register].blank(record_id), found), registration_in(found)
    if entry is None or not isinstance(case, Case):
        raise Refused([f"no FIR is registered in {record[:60]}, and there is none to publish"])
    if reasons := list(unpublishable(case, judged=judged)):
        raise Refused(reasons)
    shown = public_fir(case, entry, catalogue)
    text = json.dumps(shown, ensure_ascii=False, indent=2) if output.suffix == ".json" else page_of(entry, shown, zone)
    write_whole(output, text.encode(), public=True)
    if as_json:
        print_json({"file": str(output), "record": str(record_id), **shown})
    else:
        say(f"{shown['fir']} in {output}: {many(len(shown['sealed']), 'column')} with sealed parts left out")
