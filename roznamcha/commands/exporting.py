"""Writing records in the forms that other programs read: custody as CASE/UCO JSON-LD, what was done as an event log."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from consumers import entries
from consumers.embedded import connected, head
from domain.case.case import Case
from domain.case.publication import sensitive_of
from domain.event import RECORDS, Event, fold
from projections.custody import chain_of
from projections.links import follow
from projections.lives import life_of
from roznamcha.case_export import case_of
from roznamcha.commands.reading import AsOf, KnownAt, history_of, known, moment_given
from roznamcha.errors import Refused, Usage
from roznamcha.office import Office, open_office
from roznamcha.process_log import FORMS, writing
from roznamcha.publishable import registration_in
from roznamcha.screen import AsJson, many, print_json, progress_bar, say
from roznamcha.settings import settings
from roznamcha.verifying import histories
from roznamcha.whole import write_whole

app = typer.Typer()
EVERY = 100
"""After how many records the bar moves."""
HELP = "case: the chain of custody as CASE/UCO JSON-LD; what was done, as an event log: ocel2 (JSON), xes, csv"


@dataclass(frozen=True)
class Selection:
    """Which records are written, and by when what had happened and was recorded."""

    record: UUID | None
    register: str
    station: str
    as_of: datetime | None
    known_at: datetime | None

    def of(self, found: list[Event[Any]]) -> list[Event[Any]]:
        """The entries of a record that are asked for."""
        if self.register not in {"", found[0].register}:
            return []
        if self.station and all(each.meta.station != self.station for each in found):
            return []
        return known(found, self.as_of, self.known_at)


@app.command()
def export(  # noqa: PLR0913 (one for each choice)
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write")],
    record: Annotated[
        str, typer.Argument(help="The record: its id or number; a log may have all, if none is named")
    ] = "",
    form: Annotated[str, typer.Option("--format", help=HELP)] = "case",
    register: Annotated[str, typer.Option(help="A log of this register's records only")] = "",
    station: Annotated[str, typer.Option(help="A log of the records in which this station has made an entry")] = "",
    as_of: AsOf = "",
    known_at: KnownAt = "",
    *,
    sensitive: Annotated[
        bool, typer.Option("--sensitive", help="Write a sensitive case's chain, with its places and descriptions")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write records for other programs, nothing sealed: a chain of custody with its breaks, or a log of the acts."""
    if form not in {"case", *FORMS}:
        message = f"--format {form[:40]}: there are case, {', '.join(FORMS)}"
        raise Usage(message)
    if form == "case" and (not record or register or station):
        message = "--format case is the chain of custody of one record: name it, without --register and --station"
        raise Usage(message)
    if record and (register or station):
        message = "name one record, or --register and --station, and not both"
        raise Usage(message)
    with open_office(settings(), reading=True) as office:
        if register and register not in RECORDS:
            message = f"--register {register[:40]}: there are {', '.join(sorted(RECORDS))}"
            raise Usage(message)
        record_id, found = history_of(office, record) if record else (None, [])
        chosen = Selection(record_id, register, station, moment_given(as_of, office), moment_given(known_at, office))
        try:
            if form == "case":
                shown = _case(office, output, chosen, found, sensitive=sensitive)
            else:
                shown = _log(office, form, output, chosen, quiet=as_json)
        except OSError as error:
            message = f"{output} cannot be written: {error.strerror}"
            raise Usage(message) from None
    if as_json:
        print_json({"file": str(output), **shown})
    else:
        counted = (many(shown[key], key.removesuffix("s")) for key in ("records", "events", "links") if key in shown)
        say(f"{', '.join(counted)} in {output}")


def _case(
    office: Office, output: Path, chosen: Selection, found: list[Event[Any]], *, sensitive: bool
) -> dict[str, Any]:
    """Write a chain of custody. Raises Refused where there is none, and of a sensitive case that was not asked for."""
    record_id = found[0].meta.record_id
    called = office.store.shelf.called([record_id]).get(record_id, str(record_id))
    record = fold(RECORDS[found[0].register].blank(record_id), found)
    first = registration_in(found)  # what it was registered under counts, too: the victim is the same
    sections = dict.fromkeys(
        [*(first.sections if first else ()), *(record.sections if isinstance(record, Case) else ())]
    )
    if not sensitive and (by := sensitive_of(sections)):
        told = "a chain of custody tells places and things that may show who the victim is"
        way = "Say --sensitive if it goes to somebody who may know."
        raise Refused([f"{called} is sensitive by {', '.join(by)}, and {told}. {way}"])
    chain = chain_of(record_id, chosen.of(found))
    links, _ = follow(chain)
    if not links:
        raise Refused([f"no article is in custody in {called}, and there is no chain to write"])
    write_whole(output, json.dumps(case_of(chain, called, links), ensure_ascii=False, indent=1).encode())
    return {"record": str(record_id), "links": len(links)}


def _log(office: Office, form: str, output: Path, chosen: Selection, *, quiet: bool) -> dict[str, Any]:
    """Write an event log, one record after the other. Raises Refused where nothing is to be written."""
    records = events = 0
    with (
        connected(office.url, "roznamcha export") as connection,
        connection.transaction(),
        progress_bar(f"writing {output.name}", shown=not quiet) as bar,
        writing(form, output) as log,
    ):
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        read, total = 0, head(connection)
        for number, history in enumerate(histories(connection, chosen.record), 1):
            read += len(history)
            told = chosen.of([entries.read(office.catalogue, each.state, each.position) for each in history])
            if life := life_of(told):
                log.record(life)
                records, events = records + 1, events + len(life.steps)
            if not number % EVERY:
                bar(read, total)
        bar(read, read)
        if not records:
            raise Refused(["no entry is among what was asked for, and there is no log to write"])
    return {"records": records, "events": events}
