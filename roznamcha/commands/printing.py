"""A record of any register as a paper, to print: a day of the General Diary, a marg, a complaint, a missing person."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import typer

from domain.diary.diary import Day
from domain.event import Event
from domain.law.counting import written_day
from roznamcha.commands.bundling import enter_reading
from roznamcha.commands.contracts import described
from roznamcha.commands.forms import AUDIENCES, give, kind_given, pen_of
from roznamcha.commands.giving import By, Order, Reason, Written
from roznamcha.commands.reading import AsOf, KnownAt, RecordName, history_of, known, moment_given
from roznamcha.errors import Refused, Usage
from roznamcha.forms.html import page_of
from roznamcha.forms.printing import COPIES, LANGUAGES, Copy
from roznamcha.forms.records import Sheaf, paper_of, printed
from roznamcha.ledger.audiences import RULES, Rule
from roznamcha.office import Office, open_office
from roznamcha.screen import AsJson, many, print_json, say
from roznamcha.settings import settings
from roznamcha.tied import tied_records
from roznamcha.typeset import typeset
from roznamcha.whole import must_be_writable

app = typer.Typer()
FORMATS = ("html", "pdf", "json")
LONGEST = 366
"""Days of a diary in one paper."""
Moments = tuple[datetime | None, datetime | None]


@app.command("print")
def print_record(  # noqa: PLR0913 (of what, for whom, and how it is written)
    record: RecordName,
    until: Annotated[str, typer.Option("--to", help="Of a diary's day: with the days after it, to this date")] = "",
    language: Annotated[str, typer.Option(help="Words of the labels: en, hi or both")] = "both",
    kind: Annotated[str, typer.Option("--format", help="html, pdf or json; default: by the file's name")] = "",
    output: Written = None,
    audience: Annotated[str, typer.Option("--for", help=f"Open sealed columns for: {AUDIENCES}")] = "",
    by: By = "",
    reason: Reason = "",
    order: Order = "",
    as_of: AsOf = "",
    known_at: KnownAt = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Print a record of any register, entry by entry: a day of the diary, an inquest, a complaint, a missing person.

    What is sealed stays shut unless --for says whose copy it is; that it was opened is entered in the record first.
    """
    kind = kind_given(kind, output, FORMATS, as_json=as_json)
    if output is not None:
        must_be_writable(output)
    if language not in LANGUAGES or audience not in COPIES:
        message = f"there are the languages {', '.join(LANGUAGES)}, and --for {AUDIENCES}"
        raise Usage(message)
    with open_office(settings(), reading=not audience) as office:
        moments = moment_given(as_of, office), moment_given(known_at, office)
        sheaves = list(_sheaves(office, record, until, moments))
        if not any(each.entries for each in sheaves):
            raise Refused([f"nothing of {record[:60]} was {'known' if known_at else 'done'} by {known_at or as_of}"])
        if audience:
            sheaves = [_opened(office, each, RULES[audience], (by, reason, order)) for each in sheaves]
        called = f"{sheaves[0].called} … {sheaves[-1].called}" if len(sheaves) > 1 else sheaves[0].called
        found = next(each.entries[0] for each in sheaves if each.entries)
        copy = Copy(called, str(found.meta.record_id), audience, *moments)
        shown = paper_of(sheaves, copy, pen_of(office, language), lambda cls: described(cls, office.catalogue))
    if kind == "json":
        data = (json.dumps(shown, ensure_ascii=False, indent=1) + "\n").encode()
    elif kind == "html":
        data = page_of(shown).encode()
    else:
        made = max(each.meta.occurred_at for sheaf in sheaves for each in sheaf.entries)
        data = typeset("form", shown, made=made)
    give(data, output)
    if output is None:
        return
    told = {"file": str(output), "register": found.register, "record": copy.record, "sheets": len(sheaves)}
    if as_json:
        print_json(told)
    else:
        say(f"{called} in {output}: {many(len(sheaves), 'sheet')}")


def _sheaves(office: Office, record: str, until: str, moments: Moments) -> Iterator[Sheaf]:
    """The record; with `until`, a day of a diary and every day after it. Raises Usage, Refused."""
    record_id, found = history_of(office, record)
    if not until:
        yield _sheaf(office, record_id, found, moments)
        return
    first = getattr(found[0], "day", None) if found[0].register == Day.register else None
    if first is None:
        message = f"--to tells of the days of a diary, and {record[:60]} is none"
        raise Usage(message)
    last = _last(until, first)
    station = found[0].meta.station
    kept = office.store.shelf.days(station, first, last)
    for n in range((last - first).days + 1):
        on = first + timedelta(days=n)
        for each in kept.get(on) or (None,):
            if each is None:
                yield Sheaf(f"{station}/GD/{on.isoformat()}", ())
            else:
                yield _sheaf(office, each, history_of(office, str(each))[1], moments)


def _last(until: str, first: date) -> date:
    """The last day of a period. Raises Usage."""
    try:
        last = written_day(until)
    except ValueError:
        message = f"--to {until[:40]!r} is no date: write it as {first.isoformat()}"
        raise Usage(message) from None
    if not 0 <= (last - first).days < LONGEST:
        message = f"--to {until}: a period begins at {first.isoformat()} and has {LONGEST} days at most"
        raise Usage(message)
    return last


def _sheaf(office: Office, record_id: UUID, found: list[Event[Any]], moments: Moments) -> Sheaf:
    called = office.store.shelf.called([record_id]).get(record_id, str(record_id))
    own = getattr(found[0], "own_record", "")  # a day is called by its day, whatever key it came in under
    return Sheaf(own or called, known(found, *moments), tied_records(office, record_id, *moments))


def _opened(office: Office, sheaf: Sheaf, rule: Rule, asked: tuple[str, str, str]) -> Sheaf:
    """A record with what this audience may see opened, after that was entered in it."""
    shown = printed(sheaf.entries)
    columns = [
        {"version": each.meta.version, "column": path, "person": person}
        for each in shown
        for person, path, _ in office.keyring.sealed(each)
        if rule.opens(person)
    ]
    if not columns:
        return sheaf
    enter_reading(office, list(sheaf.entries), columns, rule.purpose, asked)
    return Sheaf(sheaf.called, [office.keyring.open(each, rule.opens) for each in sheaf.entries], sheaf.ties)
