"""Entering acts: one by hand, or a whole register from a file."""

from __future__ import annotations

import gc
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time
from functools import partial
from pathlib import Path
from typing import IO, Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import typer

import domain
from consumers import entries
from domain.event import ACTS
from domain.shape import columns
from roznamcha.errors import Refused, Usage, ended
from roznamcha.forms.taking import form_lines
from roznamcha.importing import Line, Tally, case_lines, take_in
from roznamcha.intake import Act, actor_in, read_act
from roznamcha.labels import read_code
from roznamcha.mapping import load_map
from roznamcha.office import Office, open_office
from roznamcha.rejects import rejects_of
from roznamcha.scanning import scanned
from roznamcha.screen import AsJson, many, note, print_json, progress_bar, say, table
from roznamcha.sealing import sealed_columns
from roznamcha.settings import Settings, settings
from roznamcha.strict_json import MAX_DOCUMENT, located, read_json
from roznamcha.units import Outcome

app = typer.Typer()

WHO = '--by ID,RANK,ROLE, like CG-1001,SI,"station officer"'
OPTIONS = {
    "actor": WHO, "actor.id": WHO, "actor.rank": WHO, "actor.role": WHO, "occurred_at": "--at",
    "reported_at": "--reported-at", "station": "--station", "district": "--district", "command_id": "--command-id",
    "record": "--record",
}  # fmt: skip
"""What a part of an act is called at the counter."""


@app.command()
def record(  # noqa: PLR0913 (one for each part of an act)
    name: Annotated[str, typer.Argument(help="The act, as the command acts lists it: case.FIRRegistered")],
    record: Annotated[str, typer.Option(help="The record: its id, its number, or a legacy key")] = "",  # noqa: A002, RUF100
    field: Annotated[list[str] | None, typer.Option(help="A column: name=value. Not for personal data")] = None,
    json_fields: Annotated[str, typer.Option(help="Columns as a JSON object; - reads it from stdin")] = "",
    at: Annotated[str, typer.Option(help="When it happened, RFC 3339 with zone; default: now")] = "",
    by: Annotated[str, typer.Option(help="Who did it: id,rank,role")] = "",
    station: Annotated[str, typer.Option(help="Code of the station whose register this is")] = "",
    district: Annotated[str, typer.Option(help="Code of the district")] = "",
    reported_at: Annotated[str, typer.Option(help="The date on the paper: a date, for its noon, or RFC 3339")] = "",
    command_id: Annotated[str, typer.Option(help="A UUID; the same one again enters nothing twice")] = "",
    new: Annotated[bool, typer.Option("--new", help="The act begins a new record, which --record may name")] = False,  # noqa: FBT002
    scan: Annotated[str, typer.Option(help="The code on an article's label, as a scanner reads it")] = "",
    document: Annotated[
        list[Path] | None, typer.Option(help="A file that hangs on this entry; may be given repeatedly")
    ] = None,
    document_of: Annotated[
        str, typer.Option(help="The documents are sealed for this person (code); default: CASE")
    ] = "",
    document_open: Annotated[bool, typer.Option("--document-open", help="Not sealed: in every copy")] = False,  # noqa: FBT002
    media_type: Annotated[str, typer.Option(help="Media type of the documents; default: by the file's ending")] = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Enter one act. Personal columns are read from stdin (--json-fields -), never from the command line."""
    domain.load()
    name = _full_name(name)
    here = settings()
    now = datetime.now(UTC)
    actor = actor_in(by)
    sent: dict[str, Any] = {
        "name": name,
        "record": record or None,
        "new": new or (False if record else None),
        "occurred_at": at or now.isoformat(),
        "actor": actor or None,
        "station": station or None,
        "district": district or None,
        "reported_at": _on_paper(reported_at, here.zone) or None,
        "command_id": command_id or None,
        "fields": _fields(name, field or [], json_fields),
    }
    if scan:
        ask = _ask if sys.stdin.isatty() and not as_json else None
        scanned(name, sent, *read_code(scan), lambda record_id: _called(here, record_id), ask)
    sent = {key: value for key, value in sent.items() if value is not None}
    if document or document_of or document_open or media_type:
        from roznamcha.commands.attaching import record_with, wanted_of

        wanted = wanted_of(document or [], document_of, media_type, openly=document_open)
        record_with(sent, wanted, now=now, as_json=as_json)
        return
    act = act_sent(sent, now, here.zone)
    with open_office(here) as office:
        outcome = office.store.record(act)
        called = outcome.called or office.store.shelf.called([outcome.record_id]).get(outcome.record_id, "")
    tell(outcome, called, as_json=as_json)


def act_sent(sent: dict[str, Any], now: datetime, zone: ZoneInfo) -> Act:
    """The act as it was given at the counter.

    Raises Refused with every reason, by the options they are about; Usage where an option was left out or is not whole.
    """
    try:
        return read_act(sent, now=now, source="cli", strict=False, zone=zone)
    except Refused as refused:
        unsaid = any(each.endswith(": missing") and each.startswith(("actor", "station: ")) for each in refused.reasons)
        reasons = _with_columns(sent["name"], refused.reasons)
    named = bool((sent.get("actor") or {}).get("id"))
    told = located([each for each in reasons if named or not each.startswith("actor")], OPTIONS, "")
    if not named:
        told.insert(0, f"who did it is missing: {WHO}")
    if unsaid or not named:
        raise Usage(" · ".join(told))
    raise Refused(told)


def _with_columns(name: str, reasons: Sequence[str]) -> list[str]:
    """Reasons; the last that tells of a column which is missing or is none says also where the columns are shown."""
    told = list(reasons)
    own = {column.name for column in columns(ACTS[name])} if name in ACTS else set()
    for n in range(len(told) - 1, -1, -1):
        where, _, why = told[n].partition(": ")
        if why.startswith("no such field") or (why == "missing" and re.split(r"[.\[]", where)[0] in own):
            told[n] += f"; `roznamcha acts --name {name}` shows the columns"
            break
    return told


def _ask(column: str, choices: tuple[str, ...]) -> str:
    """What the person at the terminal says, on stderr; asked again until it is one of these."""
    said = ""
    while said not in choices:
        said = str(typer.prompt(f"{column} ({', '.join(choices)})", err=True)).strip()
    return said


def _called(here: Settings, record_id: UUID) -> str:
    """What a record is called, or its id."""
    with open_office(here, reading=True) as office:
        return office.store.shelf.called([record_id]).get(record_id, str(record_id))


def _on_paper(given: str, zone: ZoneInfo) -> str:
    """The date on a paper as a moment: noon of that day where no hour stands."""
    try:
        day = date.fromisoformat(given) if len(given) == 10 else None  # noqa: PLR2004 (a date)
    except ValueError:
        return given  # the door says that there is no such day
    return given if day is None else datetime.combine(day, time(12), tzinfo=zone).isoformat()


def _full_name(name: str) -> str:
    """The act's permanent name; its register may be left out when only one has such an act. Raises Usage."""
    found = sorted(each for each in ACTS if each.partition(".")[2] == name)
    if len(found) > 1:
        message = f"several registers have an act {name}: say {' or '.join(found)}"
        raise Usage(message)
    return found[0] if name not in ACTS and len(found) == 1 else name


def _fields(name: str, given: list[str], document: str) -> dict[str, Any]:
    """The columns from both options. Raises Usage for personal ones on the command line, where `ps` shows them."""
    fields: dict[str, Any] = {}
    if document:
        if document != "-" and not document.lstrip().startswith("{"):
            message = "--json-fields takes JSON text, or - to read it from stdin: --json-fields - < FILE"
            raise Usage(message)
        data = (
            sys.stdin.buffer.read(MAX_DOCUMENT + 1) if document == "-" else document.encode("utf-8", "surrogateescape")
        )
        loaded = read_json(data)
        if not isinstance(loaded, dict):
            raise Refused(["--json-fields: must be a JSON object"])
        fields.update(loaded)
    for each in given:
        key, equals, value = each.partition("=")
        if not equals or not key:
            message = "--field takes name=value"
            raise Usage(message)
        if key in fields:
            message = f"--field {key}: this column was given twice"
            raise Usage(message)
        fields[key] = value
    on_line = set(fields) if document != "-" else {each.partition("=")[0] for each in given}
    cls = ACTS.get(name)
    if cls and (personal := sorted(on_line & set(sealed_columns(cls)))):
        message = (
            f"{personal[0]} is personal data and may not stand on the command line, where every user of this machine "
            f"can read it: send it on stdin with --json-fields -"
        )
        raise Usage(message)
    return fields


def shown_outcome(outcome: Outcome) -> dict[str, Any]:
    """The JSON shape of `record --json`."""
    return {
        "status": outcome.status,
        "name": outcome.name,
        "record": str(outcome.record_id),
        "called": outcome.called,
        "opened": outcome.version == 1,
        "entry_id": str(outcome.entry_id),
        "version": outcome.version,
        "position": outcome.position,
        "doubts": list(outcome.doubts),
    }


def tell(outcome: Outcome, called: str, *, as_json: bool) -> None:
    """Tell what became of one act."""
    if as_json:
        print_json(shown_outcome(outcome))
        return
    what = "entered" if outcome.status == "recorded" else "was entered before, nothing added"
    whose = f"{called} ({outcome.record_id})" if called else f"record {outcome.record_id}"
    begun = ", a NEW record" if outcome.version == 1 and outcome.status == "recorded" else ""
    say(f"{outcome.name} {what}: entry {outcome.version} of {whose}{begun}")
    for doubt in outcome.doubts:
        say(f"  doubt: {doubt}")


@app.command("import")
def import_file(  # noqa: PLR0913 (one for each choice)
    file: Annotated[Path, typer.Argument(help="JSON Lines of acts, or a CSV with --map; may be gzipped")],
    map_file: Annotated[Path | None, typer.Option("--map", help="How the lines of a CSV become acts (YAML)")] = None,
    rejects: Annotated[
        Path | None, typer.Option(help="Where rejected lines go; default: beside FILE, FILE.rejects.jsonl")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Decide lines anew that were refused before")] = False,  # noqa: FBT002
    form: Annotated[
        str,
        typer.Option("--format", help="acts; case: custody as CASE/UCO JSON-LD; form: a form's JSON or CSV"),
    ] = "acts",
    record: Annotated[str, typer.Option(help="With case: the key of the record it becomes; form: another record")] = "",
    station: Annotated[str, typer.Option(help="With case: code of the station")] = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Take in a register from a file. The same file twice is the same as once."""
    domain.load()
    mapping = load_map(map_file) if map_file else None
    _check_format(form, record, station, mapped=mapping is not None)
    if mapping is None and form == "acts" and ".csv" in file.name.lower():
        message = f"{file.name} is a CSV: name the map of its columns with --map"
        raise Usage(message)
    rejects = rejects or rejects_of(file)
    with open_office(settings()) as office, progress_bar(f"importing {file.name}", shown=not as_json) as progress:
        gc.freeze()  # this process does nothing else: what it holds is looked through seldom
        gc.set_threshold(50_000, 20, 50)
        read = _read_of(form, record, station, office)
        tally = take_in(
            office.store, file, mapping=mapping, read=read, rejects=rejects, bring=partial(_bring, office, file.parent),
            again=again, progress=progress,
        )  # fmt: skip
    failed = tally.cut or (
        f"none of the {tally.read:,} lines was entered" if tally.rejected and tally.rejected == tally.read else ""
    )
    if as_json:
        error = {"error": Refused.__name__, "message": failed} if failed else {}
        print_json({**tally.shown(), "rejects": str(rejects) if tally.rejected else None, **error})
        raise typer.Exit(Refused.exit_code if failed else ended(tally.rejected, tally.read))
    _tell_tally(tally, rejects)
    if failed:
        raise Refused([failed])
    raise typer.Exit(ended(tally.rejected, tally.read))


def _check_format(form: str, record: str, station: str, *, mapped: bool) -> None:
    """Whether a file of this form can be read so. Raises Usage."""
    if form not in {"acts", "case", "form"}:
        message = f"--format {form}: there are acts, case and form"
        raise Usage(message)
    if form == "case" and (mapped or not record or not station):
        message = "--format case needs --record and --station, and takes no --map"
        raise Usage(message)
    if form == "form" and (mapped or station):
        message = "--format form takes no --map and no --station: the file says which station each act is of"
        raise Usage(message)


def _read_of(form: str, record: str, station: str, office: Office) -> Callable[[IO[bytes], str], Iterator[Line]] | None:
    """How a file of this form is read; None for lines of acts."""
    if form == "case":
        return partial(case_lines, record=record, station=station)
    if form == "form":
        return partial(form_lines, record=record, known=partial(entry_ids, office))
    return None


def _bring(office: Office, folder: Path, line: Line) -> Line:
    """A line with the papers that it names, which lie beside the import file."""
    from roznamcha.documents.bringing import bring
    from roznamcha.documents.cabinet import Cabinet

    return bring(office.store, Cabinet(office.settings.documents_place), folder, line, now=datetime.now(UTC))


def entry_ids(office: Office, record_id: UUID) -> set[UUID]:
    """The ids of a record's entries; none of a record that is not here."""
    found = office.store.recorder.entries_of([record_id])
    return {entries.read(office.catalogue, state, position).meta.entry_id for _, position, state in found}


def _tell_tally(tally: Tally, rejects: Path) -> None:
    rate = tally.entries / tally.seconds if tally.seconds else 0
    entered = f"{many(tally.entries, 'entry', 'entries')}, {many(tally.opened, 'record')} begun"
    say(
        f"{many(tally.read, 'line')} read: {tally.recorded:,} recorded ({tally.doubted:,} of them with doubts), "
        f"{tally.already:,} recorded before, {tally.rejected:,} rejected",
        f"{entered}, in {tally.seconds:.1f} s ({rate:,.0f} a second)",
    )
    if tally.rejected:
        most = tally.reasons.most_common(10)
        table("why lines were rejected", ("lines", "reason"), [(f"{count:,}", reason) for reason, count in most])
        note(f"every rejected line, with its number and all its reasons: {rejects}")
