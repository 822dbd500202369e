"""The exchanges with other offices' systems: what they are, what goes out to each, and taking in what it answers."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

import domain
from consumers.embedded import connected, head
from roznamcha.alone import alone
from roznamcha.errors import Refused, Usage, ended
from roznamcha.exchange.answers import Rehearsal, Taking
from roznamcha.exchange.messages import Opening, as_csv, as_json, messages, rows_of
from roznamcha.exchange.published import schema_of
from roznamcha.exchange.systems import System, shipped, system_called, text_of
from roznamcha.importing import Tally, take_in
from roznamcha.intake import actor_in, read_actor
from roznamcha.office import open_office
from roznamcha.rejects import rejects_of
from roznamcha.screen import AsJson, answering, many, note, print_json, say, table
from roznamcha.settings import settings
from roznamcha.strict_json import Reasons
from roznamcha.whole import must_be_writable, write_whole

exchange = typer.Typer(
    help="MedLEaPR, e-FSL, e-Prosecution, e-Chargesheet: what goes out to each, and its answers taken in.",
    no_args_is_help=True,
)
Name = Annotated[str, typer.Argument(help="The system: medleapr, e-fsl, e-prosecution or e-chargesheet")]
Own = Annotated[Path | None, typer.Option("--map", help="A State's own file of columns and statuses (YAML)")]
FORMS = ("json", "csv")


@exchange.command("list")
def list_systems(
    system: Annotated[str, typer.Argument(help="One system, with its statuses; default: all")] = "",
    own: Own = None,
    *,
    yaml: Annotated[bool, typer.Option("--yaml", help="Print its file, to be changed to what a State has")] = False,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of message and answer")] = False,
    as_json: AsJson = False,
) -> None:
    """List the systems: the acts of both sides, the identifiers, the statuses. Their own interfaces are not public."""
    if not system:
        if own or yaml or schema:
            message = "name the system: roznamcha exchange list SYSTEM"
            raise Usage(message)
        _list_all(list(shipped().values()), as_json=as_json)
        return
    found = system_called(system, own)
    if yaml:
        with answering():
            sys.stdout.write(own.read_text(encoding="utf-8") if own else text_of(system))
    elif schema:
        print_json(schema_of(found))
    elif as_json:
        print_json(_document(found))
    else:
        _show(found)


def _list_all(found: list[System], *, as_json: bool) -> None:
    if as_json:
        print_json([_document(each) for each in found])
        return
    rows = [
        (
            f"{each.id}\n{each.title['en']}\n{each.title['hi']}",
            "\n".join(each.sends),
            "\n".join(dict.fromkeys(act for status in each.statuses for act in each.acts_of(status))),
            ", ".join(each.statuses),
            f"{each.names['request']} · {', '.join(each.theirs) or 'none'}",
        )
        for each in found
    ]
    table("the systems", ("system", "sent", "answered by", "statuses", "identifiers: ours · theirs"), rows)
    say("None of their interfaces is public: the files are ours, and a State maps its own with --map.")


def _show(found: System) -> None:
    rows = [
        (name, f"{each.says['en']}\n{each.says['hi']}", "\n".join(found.acts_of(name)) or "nothing is entered")
        for name, each in found.statuses.items()
    ]
    table(f"{found.id} · {found.title['en']} · {found.title['hi']}", ("status", "what it says", "enters"), rows)
    say(f"goes out: {', '.join(found.sends)}", f"with the columns {', '.join(found.columns)}")
    say(f"an answer has the columns {', '.join(found.answers)}", f"source: {found.source}")


def _document(found: System) -> dict[str, Any]:
    """A system as others script against it."""
    return {
        "system": found.id,
        "title": dict(found.title),
        "hand_offs": [{"id": each.id, "hi": each.hi, "owner": each.owner} for each in found.hand_offs],
        "sends": list(found.sends),
        "statuses": [
            {"status": name, "says": dict(each.says), "enters": list(found.acts_of(name))}
            for name, each in found.statuses.items()
        ],
        "identifiers": {"ours": found.names["request"], "theirs": list(found.theirs)},
        "columns": {"out": list(found.columns), "in": list(found.answers)},
        "opens": list(found.opens),
        "source": found.source,
    }


@exchange.command("out")
def send_out(  # noqa: PLR0913 (one for each choice)
    system: Name,
    since: Annotated[str, typer.Option(help="Behind this position of the log, or entered from this day on")] = "0",
    until: Annotated[int | None, typer.Option(min=0, help="Up to this position; default: the last entry")] = None,
    form: Annotated[
        str, typer.Option("--format", help="json (an object a line) or csv; default: by the file's name")
    ] = "",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The file to write; default: stdout")] = None,
    own: Own = None,
    by: Annotated[str, typer.Option(help="With --open: who has it opened: id,rank,role")] = "",
    reason: Annotated[str, typer.Option(help="With --open: what for")] = "",
    *,
    opened: Annotated[
        bool, typer.Option("--open", help="Open what is sealed and addressed to this system; that is entered as read")
    ] = False,
    as_json_: AsJson = False,
) -> None:
    """Write what goes out to a system: its requests, and which are withdrawn. The next span begins where it says."""
    domain.load()
    form = form or ("csv" if output is not None and output.suffix.lower() == ".csv" else "json")
    _form(form)
    found, here = system_called(system, own), settings()
    after, day = _since(since, here.zone)
    opening = _opening(found, by, reason) if opened else None
    if output is not None:
        must_be_writable(output)
    with (
        open_office(here, reading=opening is None) as office,
        connected(office.url, "roznamcha exchange") as connection,
    ):
        last = head(connection)
        end = last if until is None else min(until, last)
        sent = [
            each
            for each in messages(connection, office.catalogue, found, after, end)
            if day is None or each.by.recorded_at >= day
        ]
        rows = rows_of(office, found, sent, opening)
    data = as_csv(found, rows) if form == "csv" else as_json(rows)
    told: dict[str, Any] = {"system": found.id, "messages": len(rows), "since": since, "next": max(after, end)}
    if output is not None:
        write_whole(output, data)
        told["file"] = str(output)
    if as_json_:
        print_json(told if output is not None else told | {"rows": rows})
        return
    if output is None:
        with answering():
            sys.stdout.write(data.decode())
            sys.stdout.flush()
    line = f"{many(len(rows), 'message')} to {found.id}; the next begin with --since {told['next']}"
    (say if output is not None else note)(f"{line}{f' ({output})' if output else ''}")


@exchange.command("in")
def bring_in(  # noqa: PLR0913 (one for each choice)
    system: Name,
    file: Annotated[
        Path, typer.Argument(help="Its answers: JSON (an array, or an object a line) or CSV; may be gzipped")
    ],
    form: Annotated[str, typer.Option("--format", help="json or csv; default: by the file's name")] = "",
    own: Own = None,
    rejects: Annotated[
        Path | None, typer.Option(help="Where refused lines go; default: beside FILE, FILE.rejects.jsonl")
    ] = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would come to, and enter nothing")] = False,
    as_json_: AsJson = False,
) -> None:
    """Take in a system's answers. The same file twice is the same as once; a bad line goes to the rejects."""
    domain.load()
    form = form or ("csv" if ".csv" in file.name.lower() else "json")
    _form(form)
    found = system_called(system, own)
    rejects = rejects or rejects_of(file)
    with open_office(settings(), reading=dry_run) as office:
        taking = Taking(office.store, found, form)
        store = Rehearsal(taking) if dry_run else office.store
        with nullcontext() if dry_run else alone(office.url, f"exchange {found.id}"):
            tally = take_in(store, file, read=taking.lines, rejects=rejects, again=True)
    tally.cut = tally.cut or taking.cut
    passed = taking.passed.total()
    nothing = tally.rejected and tally.rejected == tally.read + passed
    failed = tally.cut or (f"none of the {tally.read:,} answers was taken in" if nothing else "")
    if as_json_:
        error = {"error": Refused.__name__, "message": failed} if failed else {}
        shown = tally.shown() | {"read": tally.read + passed, "passed": dict(sorted(taking.passed.items()))}
        shown |= {"system": found.id, "dry_run": dry_run, "rejects": str(rejects) if tally.rejected else None}
        print_json(shown | error)
        raise typer.Exit(Refused.exit_code if failed else ended(tally.rejected, tally.read + passed))
    _tell(tally, passed, rejects, dry_run=dry_run)
    if failed:
        raise Refused([failed])
    raise typer.Exit(ended(tally.rejected, tally.read + passed))


def _tell(tally: Tally, passed: int, rejects: Path, *, dry_run: bool) -> None:
    what = "would be recorded" if dry_run else "recorded"
    say(
        f"{many(tally.read + passed, 'answer')} read: {tally.recorded:,} {what} ({tally.doubted:,} with doubts), "
        f"{tally.already:,} recorded before, {passed:,} that enter nothing, {tally.rejected:,} refused"
    )
    if tally.rejected:
        rows = [(f"{count:,}", reason) for reason, count in tally.reasons.most_common(10)]
        table("why lines were refused", ("lines", "reason"), rows)
        note(f"every refused line, with its number and all its reasons: {rejects}")


def _form(form: str) -> None:
    if form not in FORMS:
        message = f"--format {form[:40]}: there are {', '.join(FORMS)}"
        raise Usage(message)


def _since(given: str, zone: ZoneInfo) -> tuple[int, datetime | None]:
    """A position, or the beginning of a day. Raises Usage."""
    if given.isascii() and given.isdigit() and len(given) < 19:  # noqa: PLR2004 (a position)
        return int(given), None
    try:
        return 0, datetime.combine(date.fromisoformat(given), time(), tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        message = f"--since {given[:40]!r} is neither a position of the log nor a day like 2026-07-02"
        raise Usage(message) from None


def _opening(found: System, by: str, reason: str) -> Opening:
    """Who has sealed columns opened. Raises Usage."""
    if not found.opens:
        message = f"nothing sealed is addressed to {found.id}: leave --open out"
        raise Usage(message)
    reasons, who = Reasons(), actor_in(by)
    read_actor(who or None, reasons)
    if reasons or not reason.strip():
        message = "sealed columns would be opened: say who has it done (--by ID,RANK,ROLE) and what for (--reason)"
        raise Usage(message)
    return Opening(who, reason)
