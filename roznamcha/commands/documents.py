"""Documents of a record: which hang on its entries, one of them taken out, and whether the stored files are whole."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from consumers.embedded import connected
from domain.event import ACTS, Event
from roznamcha.commands.reading import RecordName, history_of
from roznamcha.documents.cabinet import Cabinet
from roznamcha.documents.checking import check_documents
from roznamcha.documents.reading import Held, absent, asked_for, columns_of, held_in, readable, write_new
from roznamcha.errors import Broken, Refused, Usage
from roznamcha.intake import actor_in, read_act
from roznamcha.office import Office, open_office
from roznamcha.screen import AsJson, many, print_json, progress_bar, say, table
from roznamcha.settings import settings

app = typer.Typer(
    help="Documents that hang on entries: list them, take one out, check the files.", no_args_is_help=True
)


@app.command("list")
def list_documents(record: RecordName, *, as_json: AsJson = False) -> None:
    """List the documents of a record. Of sealed ones: that they are there, whose they are, and no more."""
    here = settings()
    with open_office(here, reading=True) as office:
        _, found = history_of(office, record)
        cabinet = Cabinet(here.documents_place)
        shown = [each.shown(cabinet) for each in held_in(found)]
    if as_json:
        print_json(shown)
        return
    heads = ("entry", "act", "file", "type", "size", "name", "")
    rows = [
        (
            each["entry"], each["act"], each["file"][:16], each["media_type"], each["size"] or "",
            each["name"] or f"sealed for {each['sealed']}", _state(each),
        )
        for each in shown
    ]  # fmt: skip
    table(many(len(rows), "document"), heads, rows)


def _state(shown: dict[str, Any]) -> str:
    struck = f"struck by entry {shown['struck_by']}" if shown["struck_by"] else ""
    return ", ".join(filter(None, ("" if shown["there"] else "THE FILE IS NOT THERE", struck)))


@app.command("get")
def get_document(  # noqa: PLR0913 (what a reading is entered with)
    record: RecordName,
    digest: Annotated[str, typer.Argument(help="Digest of the stored file, or how it begins: `document list` has it")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write; never one that is there already")],
    by: Annotated[str, typer.Option(help="Who reads a sealed document: id,rank,role")] = "",
    reason: Annotated[str, typer.Option(help="What it is read for")] = "",
    order: Annotated[str, typer.Option(help="Number of the order, if there is one")] = "",
    purpose: Annotated[str, typer.Option(help="As the column purpose of AccessRecorded has it")] = "investigation",
    *,
    as_json: AsJson = False,
) -> None:
    """Write a document into a file, once its digest is verified. That a sealed one is read is entered first."""
    here = settings()
    absent(output)
    with open_office(here, reading=True) as office:
        record_id, found = history_of(office, record)
        fitting = asked_for(found, digest)
        cabinet = Cabinet(here.documents_place)
        chosen, what = next(
            ((each, what) for each in fitting if (what := readable(office.keyring, each)) is not None), (None, None)
        )
        if chosen is None or what is None:
            whose = fitting[0].document.person
            raise Refused([f"the key of {whose} in this record is gone, and with it what is in this document"])
        if flaw := cabinet.flaw(what.document.file, what.document.size, whole=False):
            message = f"the stored file {what.document.file.hex()[:16]}… {flaw}: restore it from a copy"
            raise Broken(message)
        if what.document.sealed:
            _enter_reading(office, found, chosen, (by, reason, order, purpose))
            # If we die here, the reading is entered and nobody has read: better so than the other way round.
        size = write_new(output, what.pieces(cabinet))
    if as_json:
        print_json(
            {
                "file": str(output), "record": str(record_id), "stored": what.document.file.hex(), "bytes": size,
                "sha256": what.digest.hex(), "media_type": what.document.media_type, "name": what.name,
            }
        )  # fmt: skip
    else:
        say(f"{output}: {what.document.media_type}, {size:,} bytes, SHA-256 {what.digest.hex()}, called {what.name}")


def _enter_reading(office: Office, found: list[Event[Any]], held: Held, given: tuple[str, str, str, str]) -> None:
    """Enter that a sealed document is read, by whom and what for. Raises Usage where nobody answers for it."""
    by, reason, order, purpose = given
    who, register = actor_in(by), found[0].register
    name = f"{register}.AccessRecorded"
    if name not in ACTS:
        raise Refused([f"the register {register} has no act for the reading of sealed columns"])
    if not (who.get("id") and reason.strip()):
        message = "this document is sealed: say who reads it (--by ID,RANK,ROLE) and what for (--reason)"
        raise Usage(message)
    now, last = datetime.now(UTC), found[-1].meta
    act = {
        "name": name, "record": str(last.record_id), "occurred_at": now.isoformat(), "actor": who,
        "station": last.station, "district": last.district,
        "fields": {"columns": columns_of(held), "purpose": purpose, "reason": reason, "order": order},
    }  # fmt: skip
    office.store.record(read_act(act, now=now, source="document", zone=office.settings.zone))


@app.command("check")
def check(
    record: Annotated[str, typer.Argument(help="One record; default: everything")] = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Read every stored file and compare it with what its entry says; name files that no entry has. Mends nothing."""
    here = settings()
    with open_office(here, reading=True) as office, connected(office.url, "roznamcha document") as connection:
        record_id = history_of(office, record)[0] if record else None
        cabinet = Cabinet(here.documents_place)
        with progress_bar("checking documents", shown=not as_json) as progress:
            checked = check_documents(connection, office.catalogue, cabinet, record_id, progress=progress)
    if as_json:
        print_json(checked.shown())
    for each in checked.bad if not as_json else ():
        say(f"{each} (record {each.record}, entry {each.version})")
    if not as_json and not checked.bad:
        say("every file that an entry has is what it was", checked.says())
    if checked.bad and as_json:
        raise typer.Exit(Broken.exit_code)
    if checked.bad:
        message = f"{many(len(checked.bad), 'file')} of {checked.files:,} not as entered"
        raise Broken(message)
