"""The integrated investigation forms (IIF-1 to IIF-7) of a case, filled from its entries: to print, to send."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from domain.event import Event
from roznamcha.commands.bundling import enter_reading
from roznamcha.commands.giving import By, Order, Reason, Written
from roznamcha.commands.reading import AsOf, KnownAt, RecordName, history_of, known, moment_given
from roznamcha.errors import Refused, Usage
from roznamcha.forms.book import MAIN, NAMES, Form, form_of
from roznamcha.forms.filling import Sheet, fill, sealed_in, stricken
from roznamcha.forms.giving import csv_of, document_of
from roznamcha.forms.html import page_of
from roznamcha.forms.printing import COPIES, LANGUAGES, Copy, Pen, told
from roznamcha.ledger.audiences import RULES, Rule
from roznamcha.masters import in_force
from roznamcha.office import Office, open_office
from roznamcha.screen import AsJson, answering, many, print_json, say
from roznamcha.settings import settings
from roznamcha.whole import must_be_writable, write_whole

app = typer.Typer()
FORMATS = ("html", "pdf", "json", "csv")
AUDIENCES = ", ".join(each for each in COPIES if each)


@app.command()
def form(  # noqa: PLR0913 (of what, for whom, and how it is written)
    name: Annotated[str, typer.Argument(help="The form: IIF-1 to IIF-7")],
    record: RecordName,
    language: Annotated[str, typer.Option(help="Words of the boxes: en, hi or both")] = "both",
    kind: Annotated[str, typer.Option("--format", help="html, pdf, json or csv; default: by the file's name")] = "",
    output: Written = None,
    only: Annotated[str, typer.Option(help="One sheet: of an accused (IIF-3), memo (4), report (5), appeal (7)")] = "",
    audience: Annotated[str, typer.Option("--for", help=f"Open sealed boxes for: {AUDIENCES}")] = "",
    by: By = "",
    reason: Reason = "",
    order: Order = "",
    as_of: AsOf = "",
    known_at: KnownAt = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Fill an integrated investigation form from a case's entries. `import --format form` takes JSON and CSV back in.

    What is sealed stays shut unless --for says whose copy it is; that it was opened is entered in the record first.
    """
    kind = kind_given(kind, output, FORMATS, as_json=as_json)
    if output is not None:
        must_be_writable(output)
    if language not in LANGUAGES or audience not in COPIES or name.upper() not in NAMES:
        message = f"there are the forms {', '.join(NAMES)}, the languages {', '.join(LANGUAGES)}, and --for {AUDIENCES}"
        raise Usage(message)
    filled = form_of(name.upper())
    if only and not filled.parts[MAIN].key:
        message = f"--only: a case has one {filled.name}, or all of its sheets are printed"
        raise Usage(message)
    with open_office(settings(), reading=not audience) as office:
        record_id, found = history_of(office, record)
        moments = moment_given(as_of, office), moment_given(known_at, office)
        seen = known(found, *moments)
        if audience:
            seen = opened(office, filled, seen, found, RULES[audience], (by, reason, order), only)
        sheets, struck = fill(filled, seen, only), stricken(filled, seen)
        called = office.store.shelf.called([record_id]).get(record_id, "")
        copy = Copy(called, str(record_id), audience, *moments)
        pen = pen_of(office, language)
    if not sheets:
        raise Refused([_nothing(filled, record, only, struck=bool(struck))])
    if kind == "json":
        data: str | bytes = json.dumps(document_of(filled, sheets, struck, copy), ensure_ascii=False, indent=1) + "\n"
    elif kind == "csv":
        data = csv_of(filled, sheets, copy)
    else:
        shown = told(filled, sheets, struck, copy, pen)
        data = page_of(shown) if kind == "html" else _pdf(shown, sheets)
    give(data if isinstance(data, bytes) else data.encode(), output)
    if output is None:
        return
    told_of = {"file": str(output), "form": filled.name, "record": str(record_id), "sheets": len(sheets)}
    if as_json:
        print_json(told_of)
    else:
        say(f"{filled.name} of {called or record_id} in {output}: {many(len(sheets), 'sheet')}")


def pen_of(office: Office, language: str) -> Pen:
    """With what a paper of this office is written: languages, clock, names of places and officers."""
    named = in_force(office.settings.data)
    lists = ({row["code"]: row for row in named[each].rows} for each in ("stations", "districts", "officers"))
    return Pen(LANGUAGES[language], office.settings.zone, *lists)


def give(data: bytes, output: Path | None) -> None:
    """Write a paper into its file, or on stdout."""
    if output is not None:
        write_whole(output, data)
        return
    with answering():
        sys.stdout.buffer.write(data)


def opened(  # noqa: PLR0913 (what is opened, for whom, on whose word)
    office: Office,
    form: Form,
    seen: Sequence[Event[Any]],
    found: list[Event[Any]],
    rule: Rule,
    asked: tuple[str, str, str],
    only: str,
) -> list[Event[Any]]:
    """The entries with what stands in the form's boxes opened for this audience, after that was entered."""
    sheets = fill(form, seen, only)
    shown = sealed_in(sheets)
    sources = {each.meta.version: each for sheet in sheets for each in sheet.sources}
    enter_reading(office, found, list(_to_open(office, sources.values(), rule, shown)), rule.purpose, asked)
    return [office.keyring.open(each, rule.opens) if each.meta.version in sources else each for each in seen]


def _to_open(office: Office, sources: Any, rule: Rule, shown: set[bytes]) -> Iterator[dict[str, Any]]:  # noqa: ANN401
    for entry in sources:
        for person, path, digest in office.keyring.sealed(entry):
            if digest in shown and rule.opens(person):
                yield {"version": entry.meta.version, "column": path, "person": person}


def kind_given(kind: str, output: Path | None, formats: Sequence[str], *, as_json: bool) -> str:
    """How a paper is written. Raises Usage."""
    kind = kind or (output.suffix.removeprefix(".").lower() if output else "json" if as_json else "html")
    if kind not in formats:
        message = f"it is written as {', '.join(formats)}: say which with --format"
        raise Usage(message)
    if output is None and (kind == "pdf" or (as_json and kind != "json")):
        message = f"{kind} goes into a file: name it with -o"
        raise Usage(message)
    return kind


def _pdf(shown: dict[str, Any], sheets: Sequence[Sheet]) -> bytes:
    """The form as PDF, dated by the last act that it is about."""
    from roznamcha.typeset import typeset  # noqa: PLC0415 (fonts and a typesetter, which no other form needs)

    return typeset("form", shown, made=max(each.main.meta.occurred_at for each in sheets))


def _nothing(form: Form, record: str, only: str, *, struck: bool) -> str:
    """Why there is no sheet."""
    acts = " or ".join(form.parts[MAIN].acts)
    if only:
        return f"{record[:60]} has no {acts} of {only[:60]!r} that stands, and there is no {form.name} of it to print"
    why = "what was entered of it is struck" if struck else f"record {acts} first"
    return f"{record[:60]} has no {acts} that stands, and there is no {form.name} to print: {why}"
