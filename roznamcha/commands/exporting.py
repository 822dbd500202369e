"""Writing records in the forms that other programs read: custody as CASE/UCO JSON-LD."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from projections.links import follow
from roznamcha.case_export import case_of
from roznamcha.commands.custody import chain_of
from roznamcha.commands.reading import AsOf, KnownAt, RecordName, history_of, known, moment_given
from roznamcha.errors import Refused, Usage
from roznamcha.office import open_office
from roznamcha.screen import AsJson, many, print_json, say
from roznamcha.settings import settings

app = typer.Typer()


@app.command()
def export(  # noqa: PLR0913 (one for each choice)
    record: RecordName,
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write")],
    form: Annotated[str, typer.Option("--format", help="case: the chain of custody as CASE/UCO JSON-LD")] = "case",
    as_of: AsOf = "",
    known_at: KnownAt = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Write a record for other programs: its chain of custody, with every break, and without a name."""
    if form != "case":
        message = f"--format {form}: there is case"
        raise Usage(message)
    with open_office(settings(), reading=True) as office:
        record_id, found = history_of(office, record)
        found = known(found, moment_given(as_of, office), moment_given(known_at, office))
        called = office.store.shelf.called([record_id]).get(record_id, str(record_id))
    chain = chain_of(record_id, found)
    links, _ = follow(chain)
    if not links:
        raise Refused([f"no article is in custody in {called}, and there is no chain to write"])
    try:
        output.write_text(json.dumps(case_of(chain, called, links), ensure_ascii=False, indent=1), encoding="utf-8")
    except OSError as error:
        message = f"{output} cannot be written: {error.strerror}"
        raise Usage(message) from None
    if as_json:
        print_json({"file": str(output), "record": str(record_id), "links": len(links)})
    else:
        say(f"{many(len(links), 'link')} in {output}")
