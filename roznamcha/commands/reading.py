"""Reading: a record as it stood on any day and as known on any day, its entries, its clocks."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import typer

from consumers import entries
from consumers.tables import tables_of
from domain.deadline.sheet import TellsOfClock
from domain.event import RECORDS, Event, fold, struck
from domain.law.clock import Clock
from domain.law.counting import end_of, written_day
from domain.malkhana.seizure import RefusesCustodyMove
from domain.shape import INSTANT
from projections.deadlines import reckon_entries
from roznamcha.commands.contracts import described
from roznamcha.errors import Refused, Usage
from roznamcha.facts import explained, facts_of, list_facts, shown_fact, standing
from roznamcha.near import near
from roznamcha.office import Office, open_office
from roznamcha.opening import as_written
from roznamcha.pages import page
from roznamcha.plain import plain, plain_entry
from roznamcha.screen import AsJson, note, print_json, say, table, when
from roznamcha.settings import settings
from roznamcha.tied import list_ties, tied_records
from roznamcha.views import Board, open_board
from roznamcha.wording import Wording

app = typer.Typer()

RecordName = Annotated[str, typer.Argument(help="The record: its id, its number (STATION/0012/2026), or a legacy key")]
Qr = Annotated[
    str, typer.Option(help="The code of an informant's copy: its text, a file with it, a PNG or JPEG of it, or -")
]
PolicyFile = Annotated[
    Path | None, typer.Option("--policy", help="Whom to trust (c2sp.org/tlog-policy), from elsewhere")
]
CopyFile = Annotated[Path | None, typer.Option("--copy", help="With --qr: a court's copy of the record, and no store")]
AsOf = Annotated[str, typer.Option("--as-of", help="With what had happened by this moment (RFC 3339, or a date)")]
Language = Annotated[str, typer.Option(help="In which words: en, hi or both")]
NOT_SHOWN = {"before", "changes"}
"""What a part keeps of its own past: on paper that is the history's business."""
KnownAt = Annotated[str, typer.Option("--known-at", help="With what had been recorded by this moment")]


def history_of(office: Office, reference: str) -> tuple[UUID, list[Event[Any]]]:
    """A record's entries, in order. Raises Refused when there is no such record."""
    record_id = office.store.find(reference)
    found = [] if record_id is None else office.store.recorder.entries_of([record_id])
    if record_id is None or not found:
        raise Refused([f"no record is called {reference[:60]!r}; {as_written(reference)}"])
    return record_id, [entries.read(office.catalogue, state, position) for _, position, state in found]


def moment_given(text: str, office: Office) -> datetime | None:
    """A moment from an option; a date means the end of that day. Raises Usage."""
    if not text:
        return None
    try:
        if len(text) == 10:  # noqa: PLR2004 (a date)
            return end_of(written_day(text), office.settings.zone)[0]
        if INSTANT.fullmatch(text):
            return datetime.fromisoformat(text.upper().replace(" ", "T")).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    message = f"{text!r} is no moment: give a date, or an RFC 3339 time with its zone"
    raise Usage(message)


def known(found: list[Event[Any]], as_of: datetime | None, known_at: datetime | None) -> list[Event[Any]]:
    """The entries that had happened by `as_of` and were recorded by `known_at`."""
    return [
        each
        for each in found
        if (as_of is None or each.meta.occurred_at <= as_of) and (known_at is None or each.meta.recorded_at <= known_at)
    ]


@app.command()
def show(
    record: RecordName, as_of: AsOf = "", known_at: KnownAt = "", language: Language = "en", *, as_json: AsJson = False
) -> None:
    """Show a record as it stands, as it stood on a day, or as it was known on a day."""
    words = Wording(language)
    with open_office(settings(), reading=True) as office:
        record_id, found = history_of(office, record)
        moments = moment_given(as_of, office), moment_given(known_at, office)
        seen = known(found, *moments)
        ties = tied_records(office, record_id, *moments)
        standing = fold(RECORDS[found[0].register].blank(record_id), seen)
        zone = office.settings.zone
    document = plain(standing) | {
        "record": str(record_id),
        "register": found[0].register,
        "entries": len(seen),
        "doubts": [{"version": each.meta.version, "doubt": doubt} for each in seen for doubt in each.meta.doubts],
        "ties": ties,
    }
    document.pop("id", None)
    if as_json:
        print_json(document)
        return
    if not seen:
        raise Refused([f"nothing of {record[:60]} was {'known' if known_at else 'done'} by {known_at or as_of}"])
    stations = f"{document.get('station', '')}/" if document.get("number") else ""
    called = f"{stations}{document.get('number') or words.screen('not numbered')}"
    stage = words.stage(document.get("stage", "")) or words.register(found[0].register)
    say(f"{called}  ·  {stage}  ·  {record_id}")
    if as_of or known_at:
        moved = (("as it stood on", as_of), ("as it was known on", known_at))
        told = ", ".join(f"{words.screen(how)} {moment}" for how, moment in moved if moment)
        say(f"{told}: {len(seen)} of {len(found)} {words.screen('entries')}")
    _about(document, seen, words, zone)
    for part, kept in document.get("parts", {}).items():
        rows = [
            (words.key(key), _short(value, zone, words))
            for key, value in kept.items()
            if value not in (None, "", [], {}, False, 0)
        ]
        if rows:
            table(words.chapter(part), ("", ""), rows)
    list_ties(ties)


def _about(document: dict[str, Any], seen: list[Event[Any]], words: Wording, zone: ZoneInfo) -> None:
    """The first table: where the record is, what it is about, and how much of it there is."""
    last, doubts = seen[-1].meta, len(document["doubts"])
    doubted = f"{len(seen)}, with {doubts} {'doubt' if doubts == 1 else 'doubts'}"
    if words.languages != ("en",):
        doubted = f"{len(seen)}; {words.screen('doubts')}: {doubts}"
    registered = document.get("registered_at")
    facts = [
        ("station", document.get("station", "")),
        ("sections", ", ".join(document.get("sections", []))),
        ("registered", when(datetime.fromisoformat(registered), zone) if registered else ""),
        ("entries", doubted),
        ("last entry", f"{words.act(seen[-1].name)}, {when(last.occurred_at, zone)}"),
    ]
    table(words.screen("the record"), ("", ""), [(words.screen(name), value) for name, value in facts if value])


def _short(value: Any, zone: ZoneInfo, words: Wording) -> str:  # noqa: ANN401 (any JSON)
    if isinstance(value, dict):
        return "\n".join(f"{words.key(key)}: {_line(each, zone, words)}" for key, each in value.items())
    return _line(value, zone, words)


def _line(value: Any, zone: ZoneInfo, words: Wording) -> str:  # noqa: ANN401 (any JSON)
    """A value in one line, its times as an officer writes them. Where a column was changed from is in `history`."""
    if isinstance(value, dict):
        kept = {
            key: each for key, each in value.items() if each not in (None, "", [], {}, False) and key not in NOT_SHOWN
        }
        return ", ".join(f"{words.key(key)} {_line(each, zone, words)}" for key, each in kept.items())
    if isinstance(value, list):
        return ", ".join(_line(each, zone, words) for each in value)
    if isinstance(value, str) and INSTANT.fullmatch(value):
        return when(datetime.fromisoformat(value), zone)
    return words.value(value)


@app.command()
def history(  # noqa: PLR0913 (one for each way to ask)
    record: RecordName,
    as_of: AsOf = "",
    known_at: KnownAt = "",
    told: Annotated[bool, typer.Option("--deadlines", help="With what was told of its legal clocks")] = False,  # noqa: FBT002
    fields: Annotated[bool, typer.Option("--fields", help="With what each entry says; sealed columns stay so")] = False,  # noqa: FBT002
    *,
    as_json: AsJson = False,
) -> None:
    """List a record's entries: who, when, recorded when, doubts, and what was struck."""
    with open_office(settings(), reading=True) as office:
        record_id, found = history_of(office, record)
        if told:
            found = sorted([*found, *facts_of(office, record_id)], key=lambda each: each.meta.position)
        moments = moment_given(as_of, office), moment_given(known_at, office)
        found = known(found, *moments)
        ties = tied_records(office, record_id, *moments)
        zone, catalogue = office.settings.zone, office.catalogue
    gone = struck(each for each in found if not isinstance(each, TellsOfClock))
    marks = {each.meta.entry_id: gone.get(each.meta.version) for each in found if not isinstance(each, TellsOfClock)}
    if as_json:
        listed = [plain_entry(each) | {"struck_by": marks.get(each.meta.entry_id)} for each in found]
        print_json({"record": str(record_id), "entries": listed, "ties": ties})
        return
    if not found:
        say(f"nothing of {record[:60]} was {'known' if known_at else 'done'} by {known_at or as_of}")
        return
    rows = []
    if fields:
        say(f"record {record_id}")
    for each in found:
        meta = each.meta
        refused = (
            [f"{each.attempted}: {reason}" for reason in each.reasons] if isinstance(each, RefusesCustodyMove) else []
        )
        doubts = [*refused, *meta.doubts]
        if fields:
            say("", *page(each, described(type(each), catalogue), doubts, marks.get(meta.entry_id), zone))
            continue
        name = f"{each.name} (struck by {marks[meta.entry_id]})" if marks.get(meta.entry_id) else each.name
        who = f"{meta.actor.rank} {meta.actor.id}"
        times = when(meta.occurred_at, zone), when(meta.recorded_at, zone)
        rows.append((meta.version, name, *times, who, "\n".join(doubts)))
    if rows:
        table(f"record {record_id}", ("no.", "act", "happened", "recorded", "by", "doubts"), rows)
    list_ties(ties)


STATES = ("open", "extended", "lapsed", "met", "met late", "entered late", "exempted", "overtaken")


@app.command()
def deadlines(  # noqa: PLR0913 (one for each way to ask)
    record: Annotated[str, typer.Argument(help="One record; default: all")] = "",
    station: Annotated[str, typer.Option(help="Only this station's records")] = "",
    state: Annotated[str, typer.Option(help=f"Only clocks in this state: {', '.join(STATES)}")] = "",
    as_of: AsOf = "",
    known_at: KnownAt = "",
    explain: Annotated[bool, typer.Option("--explain", help="Show the counting line by line, with the law")] = False,  # noqa: FBT002
    facts: Annotated[bool, typer.Option("--facts", help="Show what was told of a record's clocks, and when")] = False,  # noqa: FBT002
    *,
    as_json: AsJson = False,
) -> None:
    """Show the legal clocks that run, and those that have ended."""
    if state and state not in STATES:
        message = f"there is no state {state[:40]!r}; there are {', '.join(STATES)}{near(state, STATES)}"
        raise Usage(message)
    if facts:
        _facts(record, known_at, explain=explain, as_json=as_json)
        return
    with open_office(settings(), reading=True) as office:
        then = moment_given(as_of, office)
        at = then or moment_given(known_at, office) or datetime.now(UTC)
        found = list(_clocks(office, record, station, then, moment_given(known_at, office), quiet=as_json))
        called = office.store.shelf.called({record_id for record_id, _ in found})
        zone = office.settings.zone
    shown = [(record_id, each) for record_id, each in found if state in {"", each.state(at)}]
    if as_json:
        print_json([shown_clock(record_id, each, at) for record_id, each in shown])
        return
    rows = [
        (
            called.get(record_id, str(record_id)),
            each.rule.id,
            each.subject,
            when(each.opened_at, zone),
            when(each.due_at, zone),
            each.state(at),
            each.version.law + standing(policy=each.rule.is_policy, reviewed=each.rule.is_reviewed),
        )
        for record_id, each in shown
    ]
    if not rows:
        say(f"no clocks{f' of {record or station}' if record or station else ''} as of {when(at, zone)}")
        return
    table(f"legal clocks as of {when(at, zone)}", ("record", "rule", "for", "begun", "due", "state", "law"), rows[:500])
    if len(rows) > 500:  # noqa: PLR2004 (a screen is not the place for more)
        say(f"… and {len(rows) - 500:,} more: use --station, --state or --json")
    for record_id, each in shown if explain else ():
        whose = f"{called.get(record_id, record_id)} {each.subject}".strip()
        say("", f"{each.rule.title['en']} · {each.rule.title['hi']}  ({whose})")
        for line in each.explain:
            say(f"  {line.en}", f"  {line.hi}")


def _facts(record: str, known_at: str, *, explain: bool, as_json: bool) -> None:
    """What was told of the clocks of one record, by a moment."""
    if not record:
        message = "--facts tells of one record: name it"
        raise Usage(message)
    with open_office(settings(), reading=True) as office:
        record_id, entered = history_of(office, record)
        by = moment_given(known_at, office)
        found = [each for each in facts_of(office, record_id) if by is None or each.meta.recorded_at <= by]
        zone, told = office.settings.zone, list(explained(office, found, entered)) if explain else []
    if not as_json:
        list_facts(found, record, zone, told)
        return
    shown = [shown_fact(each) for each in found]
    for fact, lines in zip(shown, told, strict=False):
        fact["explain"] = [line.to_json() for line in lines]
    print_json(shown)


def _clocks(  # noqa: PLR0913 (each narrows what is asked)
    office: Office, record: str, station: str, as_of: datetime | None, known_at: datetime | None, *, quiet: bool
) -> list[tuple[UUID, Clock]]:
    """Clocks reckoned from the entries themselves; the view says which records to look at when none is named."""
    if record:
        record_id, found = history_of(office, record)
        reckoning = reckon_entries(found, office.book, office.settings.zone, as_of=as_of, known_at=known_at)
        for why in () if quiet else dict.fromkeys(each.why for each in reckoning.refused):
            note(f"no clock: {why}")
        return [(record_id, each) for each in reckoning.clocks]
    with open_board(office, quiet=quiet) as board:
        return all_clocks(office, board, station, as_of, known_at)


def all_clocks(
    office: Office, board: Board, station: str = "", as_of: datetime | None = None, known_at: datetime | None = None
) -> list[tuple[UUID, Clock]]:
    """The clocks of every record, or of a station's, by the earliest due first.

    Asked of a day, every record is looked at: one may have had clocks then that a correction has since taken away.
    """
    name = "deadlines" if as_of is None and known_at is None else tables_of(board.view("deadlines")).held.name
    where = "WHERE station = %s" if station else ""
    query = f"SELECT DISTINCT record_id FROM views.{name} {where} ORDER BY record_id"
    ids = [row[0] for row in board.connection.execute(query.encode(), (station,) if station else ())]
    found: list[tuple[UUID, Clock]] = []
    for start in range(0, len(ids), 1_000):
        histories: dict[UUID, list[Event[Any]]] = {}
        for record_id, position, state in office.store.recorder.entries_of(ids[start : start + 1_000]):
            histories.setdefault(record_id, []).append(entries.read(office.catalogue, state, position))
        for record_id, entered in histories.items():
            reckoning = reckon_entries(entered, office.book, office.settings.zone, as_of=as_of, known_at=known_at)
            found += [(record_id, each) for each in reckoning.clocks]
    return sorted(found, key=lambda each: (each[1].due_at, str(each[0]), each[1].rule.id))


def shown_clock(record_id: UUID, clock: Clock, at: datetime) -> dict[str, Any]:
    """A clock as `deadlines --json` lists it."""
    return {
        "record": str(record_id),
        "rule": clock.rule.id,
        "subject": clock.subject,
        "opened_at": plain(clock.opened_at),
        "due_at": plain(clock.due_at.astimezone(UTC)),
        "last_day": plain(clock.last_day),
        "state": clock.state(at),
        "met_at": plain(clock.met_at),
        "recorded_at": plain(clock.recorded_at),
        "law": clock.version.law,
        "duty": clock.rule.duty,
        "consequence": plain(clock.rule.consequence),
        "reviewed": clock.rule.is_reviewed,
        "policy": clock.rule.is_policy,
        "digest": clock.rule.digest,
        "explain": [{"en": line.en, "hi": line.hi} for line in clock.explain],
    }
