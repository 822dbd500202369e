"""Keeping the house: following, checking, rebuilding, the parking lot, and what is in force."""

from __future__ import annotations

import signal
import threading
from typing import Annotated, Any
from uuid import UUID

import typer

from consumers import entries, parking
from consumers.embedded import connected, head, keep_following
from consumers.rebuild import Difference, rebuild
from consumers.restored import disagreement, step_back
from roznamcha.errors import Broken, Refused, RoznamchaError, Unavailable, Usage
from roznamcha.intake import read_act
from roznamcha.migrate import migrate as migrate_database
from roznamcha.office import Office, database, open_office
from roznamcha.plain import plain
from roznamcha.screen import AsJson, note, print_json, progress_bar, say, table
from roznamcha.settings import settings
from roznamcha.verifying import verify as verify_store
from roznamcha.views import open_board
from schemas import SchemaError, catalogue
from schemas.evolution import check as check_schemas

app = typer.Typer()
parked = typer.Typer(
    help="Records that a view could not take: list, show, replay, or pass an entry over.", no_args_is_help=True
)


@app.command()
def verify(
    record: Annotated[str, typer.Argument(help="One record; default: everything")] = "", *, as_json: AsJson = False
) -> None:
    """Check every entry and every row of every view against an independent fold."""
    with open_office(settings(), reading=True) as office, open_board(office, quiet=as_json, distrust=True) as board:
        record_id = office.store.find(record) if record else None
        if record and record_id is None:
            raise Refused([f"no record is called {record[:60]!r}"])
        with progress_bar("verifying", shown=not as_json) as progress:
            opened = office.keyring.open
            report = verify_store(board.connection, board.views, office.catalogue, record_id, progress, opened)
    if as_json:
        print_json(report.shown())
    elif report.ok:
        rows = ", ".join(f"{name} {count:,}" for name, count in report.rows.items())
        say(f"{report.entries:,} entries of {report.records:,} records verified; rows: {rows}")
    if not report.ok:
        bad = report.first_bad or {}
        where = f"position {bad.get('position')}, record {bad.get('record')}, version {bad.get('version')}"
        message = f"{report.bad} things are wrong; the first: {bad.get('why')} ({where})"
        if as_json:
            raise typer.Exit(Broken.exit_code)
        raise Broken(message)


@app.command("rebuild")
def rebuild_view(
    view: Annotated[str, typer.Argument(help="The view: case_state, history, custody, malkhana, deadlines; or all")],
    yes: Annotated[bool, typer.Option("--yes", help="Swap without asking, whatever differs")] = False,  # noqa: FBT002
    *,
    as_json: AsJson = False,
) -> None:
    """Build a view anew beside the old one, show what differs, and swap."""
    done = []

    def approve(difference: Difference) -> bool:
        if difference.same or yes:
            return True
        if as_json:
            return False
        say(_told(difference), *difference.examples)
        return typer.confirm("Put the new rows in force?", err=True)

    with open_office(settings()) as office:
        if view == "all":
            _take_back(office)
        with open_board(office, quiet=as_json) as board:
            views = board.views if view == "all" else [board.view(view)]
            for each in views:
                with progress_bar(f"building {each.name}", shown=not as_json) as progress:
                    difference = rebuild(board.connection, each, office.catalogue, approve=approve, progress=progress)
                swapped = difference.same or yes
                done.append({"view": each.name, "swapped": swapped, **plain(difference)})
                if not as_json:
                    say(f"{each.name}: {_told(difference)}")
    if as_json:
        print_json(done)


def _take_back(office: Office) -> None:
    """Where the store was restored to an earlier state, let the views forget what they saw: all are built anew."""
    with connected(office.url) as connection:
        if told := disagreement(connection):
            note(told.replace("run rebuild all", "all views are built anew"))
            step_back(connection)


def _told(difference: Difference) -> str:
    if difference.same:
        return f"{difference.new:,} rows, the same as before"
    return (
        f"{difference.new:,} rows instead of {difference.old:,}: {difference.added:,} added, "
        f"{difference.removed:,} removed, {difference.changed:,} changed"
    )


@app.command()
def project() -> None:
    """Keep the views up to date until stopped."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    here = settings()
    if here.kafka:
        message = "this release follows the store's own log and no broker: leave ROZNAMCHA_KAFKA and --kafka out"
        raise Usage(message)
    with open_office(here) as office, open_board(office) as board:
        note("following the store; Ctrl-C stops")
        keep_following(office.url, board.views, office.catalogue, stop)


@app.command()
def migrate(*, as_json: AsJson = False) -> None:
    """Bring the database to today's tables. Every other command does so too."""
    with database(settings()) as url:
        applied = migrate_database(url)
    if as_json:
        print_json({"applied": applied})
    else:
        say(f"applied: {', '.join(applied)}" if applied else "the database is up to date")


@app.command()
def doctor(*, as_json: AsJson = False) -> None:
    """Print what is in force, secrets masked, and check each part."""
    here = settings()
    found: list[tuple[str, bool, str]] = []
    try:
        with open_office(here) as office, open_board(office, quiet=True, distrust=True) as board:
            position = head(board.connection)
            row = board.connection.execute("SELECT version()").fetchone()
            found.append(("database", True, str(row[0]).split(",")[0] if row else ""))
            found.append(("role", *_role(board.connection)))
            complaints = check_schemas(office.catalogue)
            found.append(
                ("schemas", not complaints, complaints[0] if complaints else f"{len(office.catalogue.schemas)}")
            )
            found.append(("rules", True, f"{len(office.book.rules)} rules, {len(office.book.offences)} sections"))
            reached = board.follower.runner.reached
            told = disagreement(board.connection)
            found.append(("views", reached >= position and not told, told or f"at position {reached} of {position}"))
            lots = parking.parked(board.connection)
            found.append(("parked", not lots, f"{len(lots)} records wait" if lots else "none"))
    except RoznamchaError as error:
        found.append(("store", False, str(error)))
    for part, setting in (("broker", here.kafka), ("registry", here.registry_url)):
        if setting:
            found.append((part, False, "it is named, and this release doesn't use it: everything stays in the store"))
    well = all(good for _, good, _ in found)
    if as_json:
        parts = [{"part": part, "ok": good, "says": what} for part, good, what in found]
        print_json({"ok": well, "settings": here.shown(), "parts": parts})
    else:
        table("settings in force", ("setting", "value"), here.shown().items())
        table(
            "parts", ("part", "", "says"), [(part, "well" if good else "NOT WELL", what) for part, good, what in found]
        )
    if not well:
        raise typer.Exit(Unavailable.exit_code if any(part == "store" for part, _, _ in found) else Broken.exit_code)


def _role(connection: Any) -> tuple[bool, str]:  # noqa: ANN401 (a connection)
    query = """
        SELECT current_user, has_table_privilege('roznamcha.entries', 'UPDATE')
            OR has_table_privilege('roznamcha.entries', 'DELETE')
            OR has_table_privilege('roznamcha.entries', 'TRUNCATE')
    """
    user, may_change = connection.execute(query).fetchone()
    return (
        not may_change,
        f"{user} {'may change entries' if may_change else 'may read entries and append, nothing else'}",
    )


@parked.command("list")
def parked_list(*, as_json: AsJson = False) -> None:
    """List every parked record, why, and how many entries wait behind it."""
    with open_office(settings()) as office, open_board(office, quiet=as_json) as board:
        lots = parking.parked(board.connection)
    if as_json:
        print_json(plain(lots))
    elif lots:
        rows = [(each.view, each.record_id, each.position, each.name, each.why, each.waiting) for each in lots]
        table("parked", ("view", "record", "position", "act", "why", "waiting"), rows)
    else:
        say("nothing is parked")


@parked.command("show")
def parked_show(
    view: Annotated[str, typer.Argument(help="The view")],
    record: Annotated[str, typer.Argument(help="The record")],
    *,
    as_json: AsJson = False,
) -> None:
    """List the entries that wait, in order."""
    with open_office(settings()) as office, open_board(office, quiet=as_json) as board:
        record_id = office.store.find(record)
        waiting = parking.waiting(board.connection, board.view(view).name, record_id) if record_id else []
    if as_json:
        print_json([{"position": each.position, "name": each.name} for each in waiting])
    else:
        table("waiting", ("position", "act"), [(each.position, each.name) for each in waiting])


@parked.command("replay")
def parked_replay(
    view: Annotated[str, typer.Argument(help="The view")] = "",
    record: Annotated[str, typer.Argument(help="The record; default: all of them")] = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Fold parked records again, in order, after the cause was mended."""
    with open_office(settings()) as office, open_board(office, quiet=as_json) as board:
        wanted = office.store.find(record) if record else None
        done = []
        for lot in parking.parked(board.connection):
            if view not in {"", lot.view} or (record and lot.record_id != wanted):
                continue
            stopped = parking.replay(board.connection, board.view(lot.view), office.catalogue, lot.record_id)
            done.append({"view": lot.view, "record": str(lot.record_id), "left": stopped is None,
                         "why": stopped.why if stopped else ""})  # fmt: skip
    if as_json:
        print_json(done)
    for each in done if not as_json else ():
        say(f"{each['view']} {each['record']}: {'folded' if each['left'] else 'still parked: ' + str(each['why'])}")
    if any(not each["left"] for each in done):
        raise typer.Exit(Broken.exit_code)


@parked.command("pass")
def parked_pass(  # noqa: PLR0913 (who, what and why)
    view: Annotated[str, typer.Argument(help="The view")],
    record: Annotated[str, typer.Argument(help="The record")],
    by: Annotated[str, typer.Option(help="Who decides: id,rank,role")],
    reason: Annotated[str, typer.Option(help="Why the view may do without this entry")],
    station: Annotated[str, typer.Option(help="Code of the station whose register this is")],
    *,
    as_json: AsJson = False,
) -> None:
    """Pass one entry over for one view: a named person's decision, entered in the record itself."""
    here = settings()
    with open_office(here) as office, open_board(office, quiet=as_json) as board:
        record_id = office.store.find(record)
        lot = next(
            (each for each in parking.parked(board.connection) if (each.view, each.record_id) == (view, record_id)),
            None,
        )
        if lot is None or record_id is None:
            message = f"no such record is parked for the view {view!r}"
            raise Usage(message)
        person = dict(zip(("id", "rank", "role"), (part.strip() for part in by.split(",", 2)), strict=False))
        now = office.store.now()
        waiting = {each.position: each for each in parking.waiting(board.connection, view, record_id)}
        passed = waiting[lot.position]
        sent = {
            "name": "case.EntryPassedOver", "record": str(record_id), "occurred_at": now.isoformat(), "actor": person,
            "station": station, "fields": _passing(view, passed, reason, person.get("id", "")),
        }  # fmt: skip
        office.store.record(read_act(sent, now=now, source="cli", zone=here.zone))
        stopped = parking.replay(board.connection, board.view(view), office.catalogue, record_id, passing=lot.position)
        board.follower.catch_up()
    document = {"view": view, "record": str(record_id), "passed": lot.position, "left": stopped is None}
    print_json(document) if as_json else say(f"entry at position {lot.position} is passed over for {view}")


def _passing(view: str, passed: Any, reason: str, person: str) -> dict[str, Any]:  # noqa: ANN401 (an entry)
    try:
        entry = entries.read(catalogue(), passed.state, passed.position).meta.entry_id
    except SchemaError:
        entry = UUID(int=0)  # it is passed over because it can't be read
    return {
        "view": view, "entry": str(entry), "position": passed.position, "reason": reason, "authorised_by": person,
    }  # fmt: skip
