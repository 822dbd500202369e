"""Keeping the house: checking, rebuilding, the parking lot, and what is in force."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from consumers import entries, letters, parking
from consumers.embedded import connected
from consumers.rebuild import Difference, rebuild_all
from consumers.restored import disagreement, step_back
from projections.view import View
from roznamcha.columns import read_text
from roznamcha.commands.comparing import with_documents
from roznamcha.commands.reading import CopyFile, PolicyFile, Qr
from roznamcha.commands.reconciling import Within, both_topics, complain, in_time
from roznamcha.errors import Broken, Refused, Unavailable, Usage
from roznamcha.intake import actor_in, read_act, read_actor
from roznamcha.migrate import migrate as migrate_database
from roznamcha.office import Office, database, open_office
from roznamcha.opening import as_written
from roznamcha.plain import plain
from roznamcha.screen import AsJson, many, note, print_json, progress_bar, say, table
from roznamcha.settings import settings
from roznamcha.strict_json import Reasons
from roznamcha.verifying import verify as verify_store
from roznamcha.views import WORKERS, Board, open_board, workers_told
from schemas import SchemaError, catalogue

if TYPE_CHECKING:
    from roznamcha.reconciled import Reconciled

app = typer.Typer()
parked = typer.Typer(
    help="Records that a view could not take: list, show, replay, or pass an entry over; and dead letters of Kafka.",
    no_args_is_help=True,
)


@app.command()
def verify(  # noqa: PLR0913 (what is checked, and by what)
    record: Annotated[str, typer.Argument(help="One record; default: everything")] = "",
    published_within: Within = None,
    qr: Qr = "",
    policy: PolicyFile = None,
    copy: CopyFile = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Check every entry, row and document against an independent fold; or a scanned code, with --qr."""
    if qr or policy or copy:
        from roznamcha.commands.receipts import prove  # noqa: PLC0415 (the printing's libraries, for a code alone)

        prove(qr, policy, copy, as_json=as_json)
        return
    with open_office(settings(), reading=True) as office, open_board(office, quiet=as_json, distrust=True) as board:
        record_id = _found(office, record) if record else None
        with progress_bar("verifying", shown=not as_json) as progress:
            opened = office.keyring.open
            report = verify_store(board.connection, board.views, office.catalogue, record_id, progress, opened)
        with_documents(report, office, record_id, quiet=as_json)
        topics, away = _topics_of(office, record_id, quiet=as_json)
        complain(report, topics)
    if as_json:
        print_json(report.shown() | ({"kafka_away": str(away)} if away else {}))
    elif report.ok:
        rows = ", ".join(f"{name} {count:,}" for name, count in report.rows.items())
        say(f"{report.entries:,} entries of {report.records:,} records verified; rows: {rows}")
        if report.documents:
            say(f"{many(report.documents, 'document')} as entered")
        for short, each in (report.kafka or {}).items():
            there, store = f"{each['topic']['entries']:,}", each["store"]
            say(f"on Kafka {there} of the store's {store['in_all']:,} {short}; {store['unpublished']:,} are to come")
    if not report.ok:
        bad = report.first_bad or {}
        where = f"position {bad.get('position')}, record {bad.get('record')}, version {bad.get('version')}"
        message = f"{report.bad} things are wrong; the first: {bad.get('why')} ({where})"
        if as_json:
            raise typer.Exit(Broken.exit_code)
        raise Broken(message)
    if away is not None:
        if as_json:
            raise typer.Exit(away.exit_code)
        message = f"the topics could not be compared: {away}"
        raise type(away)(message)
    in_time(topics.values(), published_within, as_json=as_json)


def _topics_of(
    office: Office, record: UUID | None, *, quiet: bool
) -> tuple[dict[str, Reconciled], Unavailable | Broken | None]:
    """What lies on Kafka, or why that could not be asked: what was found of store and views is worth telling still."""
    try:
        with progress_bar("comparing with Kafka", shown=not quiet) as progress:
            return both_topics(office, record, progress) or {}, None
    except (Unavailable, Broken) as away:
        return {}, away


@app.command("rebuild")
def rebuild_view(
    views: Annotated[list[str], typer.Argument(help="Views: case_state, history, articles, deadlines; or all")],
    yes: Annotated[bool, typer.Option("--yes", help="Swap without asking, whatever differs")] = False,  # noqa: FBT002
    workers: Annotated[int, typer.Option(min=1, max=60, help="Processes that share the work")] = WORKERS,
    *,
    as_json: AsJson = False,
) -> None:
    """Build views anew beside the old ones, from entries that are read once; show what differs, and swap."""

    def approve(view: View, difference: Difference) -> bool:
        if difference.same or yes:
            return True
        if as_json:
            return False
        say(f"{view.name}: {_told(difference)}", *difference.examples)
        return typer.confirm("Put the new rows in force?", err=True)

    with open_office(settings()) as office:
        if "all" in views:
            _take_back(office)
        with open_board(office, quiet=as_json) as board:
            chosen = board.views if "all" in views else list(dict.fromkeys(board.view(name) for name in views))
            with progress_bar("building", shown=not as_json) as progress, workers_told():
                found = rebuild_all(
                    board.connection, chosen, office.catalogue, approve=approve, progress=progress, workers=workers
                )
    if as_json:
        told = ((name, each, each.same or yes) for name, each in found.items())
        print_json([{"view": name, "swapped": swapped, **plain(each)} for name, each, swapped in told])
    for name, each in found.items() if not as_json else ():
        say(f"{name}: {_told(each)}")


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
def migrate(*, as_json: AsJson = False) -> None:
    """Bring the database to today's tables. Every other command does so too."""
    with database(settings()) as url:
        applied = migrate_database(url)
    if as_json:
        print_json({"applied": applied})
    else:
        say(f"applied: {', '.join(applied)}" if applied else "the database is up to date")


def _found(office: Office, record: str) -> UUID:
    """The record that is called so. Raises Refused when nothing was ever entered in it."""
    record_id = office.store.find(record)
    if record_id is None or not office.store.recorder.entries_of([record_id]):
        raise Refused([f"no record is called {record[:60]!r}; {as_written(record)}"])
    return record_id


@parked.command("list")
def parked_list(*, as_json: AsJson = False) -> None:
    """List every parked record, why, and how many entries wait behind it."""
    with open_office(settings()) as office, open_board(office, quiet=as_json) as board:
        lots = parking.parked(board.connection)
        dead = letters.count(board.connection)
    if as_json:
        print_json(plain(lots))
        return
    if lots:
        rows = [(each.view, each.record_id, each.position, each.name, each.why, each.waiting) for each in lots]
        table("parked", ("view", "record", "position", "act", "why", "waiting"), rows)
    else:
        say("nothing is parked")
    if dead:
        say(f"{many(dead, 'dead letter')} of Kafka: see `parked letters`")


@parked.command("letters")
def parked_letters(
    limit: Annotated[int, typer.Option(min=1, help="How many, the newest")] = 100,
    every: Annotated[bool, typer.Option("--all", help="Also those that were acknowledged")] = False,  # noqa: FBT002
    *,
    as_json: AsJson = False,
) -> None:
    """List what came from Kafka and is no entry, and what its topic lacked: where, why, and whether sent on.

    Those that somebody has acknowledged are left out.
    """
    with open_office(settings()) as office, connected(office.url) as connection:
        found = letters.kept(connection, limit, seen=every)
    if as_json:
        print_json(plain(found))
    elif found:
        rows = [
            (each.number, each.topic, each.slot, each.offset, each.position, each.why, each.sent,
             f"{each.acknowledged_by}: {each.acknowledged_why}" if each.acknowledged_at else "")
            for each in found
        ]  # fmt: skip
        names = ("number", "topic", "partition", "offset", "position", "why", "sent on", "acknowledged")
        shown = len(names) if every else len(names) - 1
        table("dead letters", names[:shown], [row[:shown] for row in rows])
    else:
        say("there are no dead letters" if every else "there are no dead letters that nobody has acknowledged")


@parked.command("acknowledge")
def parked_acknowledge(
    by: Annotated[str, typer.Option(help="Who has seen it: id,rank,role")],
    reason: Annotated[str, typer.Option(help="Why nothing more is to be done")],
    numbers: Annotated[list[int] | None, typer.Argument(help="Numbers, as `parked letters` gives them")] = None,
    topic: Annotated[str, typer.Option(help="All that were found in this topic, by its whole name")] = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Acknowledge dead letters: a named person has seen them, and they are listed and counted no more."""
    reasons = Reasons()
    person = read_actor(actor_in(by), reasons)
    why = read_text(reason, "--reason", reasons)
    if not why.strip():
        reasons.add("--reason", "missing: why is nothing more to be done?")
    if reasons:
        raise Usage(" · ".join(reasons))
    if bool(numbers) is bool(topic):
        message = "name the letters by their numbers, or a topic with --topic"
        raise Usage(message)
    with open_office(settings()) as office, connected(office.url) as connection:
        chosen = numbers or letters.of_topic(connection, topic)
        try:
            done = letters.acknowledge(connection, chosen, f"{person.id},{person.rank},{person.role}", why.strip())
        except LookupError as error:
            raise Refused([str(error)]) from None
        left = letters.count(connection)
    if as_json:
        print_json({"acknowledged": done, "left": left})
    else:
        say(f"{many(done, 'dead letter')} acknowledged; {left:,} left")


@parked.command("show")
def parked_show(
    view: Annotated[str, typer.Argument(help="The view")],
    record: Annotated[str, typer.Argument(help="The record")],
    *,
    as_json: AsJson = False,
) -> None:
    """List the entries that wait, in order."""
    with open_office(settings()) as office, open_board(office, quiet=as_json) as board:
        waiting = parking.waiting(board.connection, board.view(view).name, _found(office, record))
    if as_json:
        print_json([{"position": each.position, "name": each.name} for each in waiting])
    elif waiting:
        table("waiting", ("position", "act"), [(each.position, each.name) for each in waiting])
    else:
        say("nothing of this record waits for this view")


@parked.command("replay")
def parked_replay(
    view: Annotated[str, typer.Argument(help="The view")] = "",
    record: Annotated[str, typer.Argument(help="The record; default: all of them")] = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Fold parked records again, in order, after the cause was mended."""
    with open_office(settings()) as office, open_board(office, quiet=as_json) as board:
        wanted = _found(office, record) if record else None
        if view:
            board.view(view)  # a slip in its name is told, also when nothing is parked
        done = []
        for lot in parking.parked(board.connection):
            if (view and lot.view not in board.view(view).names) or (record and lot.record_id != wanted):
                continue
            stopped = parking.replay(board.connection, board.view(lot.view), office.catalogue, lot.record_id)
            done.append({"view": lot.view, "record": str(lot.record_id), "left": stopped is None,
                         "why": stopped.why if stopped else ""})  # fmt: skip
    if as_json:
        print_json(done)
    elif not done:
        say("nothing of that is parked" if view or record else "nothing is parked")
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
        name = board.view(view).name
        lots = parking.parked(board.connection)
        lot = next((each for each in lots if (each.view, each.record_id) == (name, record_id)), None)
        if lot is None or record_id is None:
            message = f"no such record is parked for the view {view!r}"
            raise Usage(message)
        person = actor_in(by)
        now = office.store.now()
        waiting = {each.position: each for each in parking.waiting(board.connection, name, record_id)}
        passed = waiting[lot.position]
        sent = {
            "name": f"{_register(board, record_id)}.EntryPassedOver", "record": str(record_id),
            "occurred_at": now.isoformat(), "actor": person, "station": station,
            "fields": _passing(name, passed, reason, person.get("id", "")),
        }  # fmt: skip
        office.store.record(read_act(sent, now=now, source="cli", zone=here.zone))
        stopped = parking.replay(board.connection, board.view(view), office.catalogue, record_id, passing=lot.position)
        board.follower.catch_up()
    document = {"view": view, "record": str(record_id), "passed": lot.position, "left": stopped is None}
    print_json(document) if as_json else say(f"entry at position {lot.position} is passed over for {view}")


def _register(board: Board, record_id: UUID) -> str:
    """The register a record is of, by the name of its first entry: an entry that can't be read has one, too."""
    query = b"SELECT topic FROM roznamcha.entries WHERE originator_id = %s ORDER BY originator_version LIMIT 1"
    row = board.connection.execute(query, (record_id,)).fetchone()
    return str(row[0]).partition(".")[0] if row else "case"


def _passing(view: str, passed: Any, reason: str, person: str) -> dict[str, Any]:  # noqa: ANN401 (an entry)
    try:
        entry = entries.read(catalogue(), passed.state, passed.position).meta.entry_id
    except SchemaError:
        entry = UUID(int=0)  # it is passed over because it can't be read
    return {
        "view": view, "entry": str(entry), "position": passed.position, "reason": reason, "authorised_by": person,
    }  # fmt: skip
