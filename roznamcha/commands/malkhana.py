"""The malkhana beside its register: a stock list is compared, and every difference is entered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, get_args

import typer

from domain.event import Event, fold
from domain.malkhana.article import ENDED, Category, State
from domain.malkhana_audit.audit import Audit, Stocktaking
from projections.malkhana import Malkhana as Shelf
from roznamcha.charge import Side, charge_of, pass_on
from roznamcha.commands.reading import history_of, moment_given
from roznamcha.errors import Refused, Usage, ended
from roznamcha.intake import actor_in
from roznamcha.labels import labels_of, page_of
from roznamcha.lists import SCREEN, chosen, numbers_of, show
from roznamcha.office import Office, open_office
from roznamcha.plain import plain
from roznamcha.rejects import rejects_of
from roznamcha.screen import AsJson, many, note, print_json, progress_bar, say, table, when
from roznamcha.serials import SharedSerial, shared_serials
from roznamcha.settings import settings
from roznamcha.sheets import sheet_of
from roznamcha.stock import Taken, Taking, take_stock
from roznamcha.views import open_board
from roznamcha.whole import write_whole

WORDS: dict[Side, str] = {"PropertyHandedOver": "handed over", "PropertyTakenOver": "taken over"}
COUNTED = ("matter", "property_id", "place", "quantity", "unit", "seal", "description")
"""The columns of a list to count by."""
SAID = {"already": "entered before", "refused": "refused", "left": "left where it is"}
Changed = Annotated[str, typer.Argument(metavar="AUDIT", help="The audit in which the change of keeper is entered")]
When = Annotated[str, typer.Option(help="When, RFC 3339 with zone; default: now")]
Without = Annotated[
    list[str] | None, typer.Option(help="An article that stays: its record's number, a blank, its id; repeatable")
]
app = typer.Typer(
    help="The malkhana: what lies there, and audits of the shelf against the register.", no_args_is_help=True
)
audit = typer.Typer(help="Audits of a malkhana.", no_args_is_help=True)
app.add_typer(audit, name="audit")


@app.command("list")
def listing(  # noqa: PLR0913 (one for each way to ask)
    station: Annotated[str, typer.Option(help="Only what is in this station's custody")] = "",
    holder: Annotated[str, typer.Option(help="Only what this officer, laboratory or court holds")] = "",
    state: Annotated[str, typer.Option(help=f"Only what is so: {', '.join(get_args(State))}")] = "",
    category: Annotated[str, typer.Option(help=f"Only this category: {', '.join(get_args(Category))}")] = "",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A CSV to count by, which `malkhana audit import` takes")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also what is used up or disposed")] = False,  # noqa: FBT002
    *,
    as_json: AsJson = False,
) -> None:
    """List what is in custody: each article, how much, where it lies, with whom, under which seal, and since when."""
    for given, known in ((state, get_args(State)), (category, get_args(Category))):
        if given and given not in known:
            message = f"{given!r} is none of {', '.join(known)}"
            raise Usage(message)
    states = state or (frozenset() if everything else frozenset[str](ENDED))
    asked = {"station": station, "holder": holder, "category": category, "state": states}
    with open_office(settings(), reading=True) as office, open_board(office, quiet=as_json) as board:
        count, rows = chosen(
            board.connection, Shelf, asked, ("station", "place", "record_id", "property_id"),
            most=None if as_json or output else SCREEN,
        )  # fmt: skip
        called = numbers_of(board.connection, {each.record_id for each in rows})
        twice = shared_serials(board.connection, station)
        zone = office.settings.zone
    lines = [(called.get(each.record_id, str(each.record_id)), each) for each in rows]
    if output:
        cells = [[matter, *(getattr(each, name) for name in COUNTED[1:])] for matter, each in lines]
        write_whole(output, sheet_of(COUNTED, cells).encode())
    if as_json:
        shown = [{"matter": matter, **plain(each)} for matter, each in lines]
        print_json({"articles": shown, "total": count, "shared_serials": [each.shown() for each in twice]})
        return
    if output:
        say(f"{many(count, 'article')} in {output}")
        _tell_twice(twice)
        return
    heads = ("matter", "article", "what", "quantity", "state", "place", "with", "seal", "since", "breaks")
    paper = [
        (
            matter, each.property_id, each.description or each.category, f"{each.quantity} {each.unit}", each.state,
            each.place, each.holder, each.seal, when(each.since, zone), each.breaks or "",
        )
        for matter, each in lines
    ]  # fmt: skip
    narrower = "--station, --holder, --state, --category, --json or -o"
    show(heads, paper, count, "article", narrower)
    _tell_twice(twice)


@app.command()
def labels(
    record: Annotated[str, typer.Argument(help="One record: its number, id or legacy key; default: all")] = "",
    property_id: Annotated[str, typer.Argument(help="One article, PR/1; default: all")] = "",
    station: Annotated[str, typer.Option(help="Only what is in this station's custody")] = "",
    output: Annotated[Path, typer.Option("--output", "-o", help="The page to print (HTML)")] = Path("labels.html"),
    *,
    as_json: AsJson = False,
) -> None:
    """Print labels for what is in custody, each with a code that `record --scan` reads."""
    with open_office(settings()) as office:
        record_id = history_of(office, record)[0] if record else None
        with open_board(office, quiet=as_json) as board:
            found = [
                *labels_of(board.connection, record_id=record_id, property_id=property_id, station=station),
            ]
        zone = office.settings.zone
    if not found:
        raise Refused(["nothing of that is in custody, and there is no label to print"])
    try:
        output.write_text(page_of(found, zone), encoding="utf-8")
    except OSError as error:
        message = f"{output} cannot be written: {error.strerror}"
        raise Usage(message) from None
    if as_json:
        print_json({"file": str(output), "labels": [{"code": each.code, **plain(each)} for each in found]})
    else:
        say(f"{many(len(found), 'label')} in {output}")


@audit.command("import")
def audit_import(  # noqa: PLR0913 (one for each choice)
    file: Annotated[Path, typer.Argument(help="CSV: matter, property_id, place; quantity, unit, seal, description")],
    record: Annotated[str, typer.Option("--audit", help="The audit, opened before: its number or id")],
    by: Annotated[str, typer.Option(help="Who took the list: id,rank,role")] = "",
    at: Annotated[str, typer.Option(help="When it was taken, RFC 3339 with zone; default: now")] = "",
    rejects: Annotated[
        Path | None, typer.Option(help="Where rejected lines go; default: beside FILE, FILE.rejects.jsonl")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Compare, and enter nothing")] = False,  # noqa: FBT002
    *,
    as_json: AsJson = False,
) -> None:
    """Compare a list of what lies on the shelf with the register, and enter each difference, once."""
    _compare(file, record, by, at, rejects=rejects, dry_run=dry_run, as_json=as_json)


@audit.command("finish")
def audit_finish(
    record: Annotated[str, typer.Argument(help="The audit: its number or id")],
    by: Annotated[str, typer.Option(help="Who finishes the count: id,rank,role")] = "",
    at: Annotated[str, typer.Option(help="When it was finished, RFC 3339 with zone; default: now")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Compare, and enter nothing")] = False,  # noqa: FBT002
    *,
    as_json: AsJson = False,
) -> None:
    """Compare what the audit has sighted, item by item, with the register; of a full audit the rest is not found."""
    _compare(None, record, by, at, dry_run=dry_run, as_json=as_json)


@app.command("hand-over")
def hand_over(
    record: Changed,
    by: Annotated[str, typer.Option(help="The keeper who is relieved: id,rank,role")],
    at: When = "",
    without: Without = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Hand over every article the relieved keeper holds, one act for each; what was not found stays in his name."""
    _pass(record, "PropertyHandedOver", by, at, without or [], as_json=as_json)


@app.command("take-over")
def take_over(
    record: Changed,
    by: Annotated[str, typer.Option(help="The new keeper: id,rank,role")],
    at: When = "",
    without: Without = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Take over every article that was handed over at a change of keeper, one act for each."""
    _pass(record, "PropertyTakenOver", by, at, without or [], as_json=as_json)


def _pass(record: str, side: Side, by: str, at: str, without: list[str], *, as_json: bool) -> None:  # noqa: PLR0913
    now = datetime.now(UTC)
    with open_office(settings()) as office:
        record_id, found = history_of(office, record)
        if found[0].register != Audit.register:
            raise Refused([f"{record[:60]} is a record of the register {found[0].register}, and no audit"])
        charge = charge_of(fold(Audit.blank(record_id), found), found)
        when = moment_given(at, office) or now
        with open_board(office, quiet=as_json) as board, progress_bar(WORDS[side], shown=not as_json) as progress:
            passed = pass_on(
                office.store, board.connection, charge, side, actor_in(by), when,
                now=now, without=without, progress=progress,
            )  # fmt: skip
    how = Counter(each.how for each in passed)
    refused = [f"{each.item.key}: {reason}" for each in passed for reason in each.reasons]
    if as_json:
        print_json({
            "audit": charge.audit.label, "from": charge.change.from_keeper, "to": charge.change.to_keeper,
            "articles": [
                {
                    "matter": each.item.matter, "record": str(each.item.record_id),
                    "property_id": each.item.article.property_id, "place": each.item.article.place,
                    "status": each.how, "reasons": list(each.reasons), "doubts": list(each.doubts),
                }
                for each in passed
            ],
            "totals": dict(sorted(how.items())),
        })  # fmt: skip
        raise typer.Exit(ended(how["refused"], how.total() - how["left"]))
    rows = [(each.item.key, each.item.article.place, SAID.get(each.how, WORDS[side])) for each in passed]
    table(WORDS[side], ("article", "place", "what"), rows)
    say(f"{many(how['recorded'], 'article')} {WORDS[side]}; {how['left']:,} left with {charge.change.from_keeper}")
    if refused and how["refused"] == how.total() - how["left"]:
        raise Refused(refused)
    for reason in refused:
        note(reason)
    raise typer.Exit(ended(how["refused"], how.total()))


def _compare(  # noqa: PLR0913 (what both commands ask)
    file: Path | None, record: str, by: str, at: str, *, rejects: Path | None = None, dry_run: bool, as_json: bool
) -> None:
    name = file.name if file else record
    rejects = rejects or rejects_of(file or Path(name))
    now = datetime.now(UTC)
    with open_office(settings()) as office:
        opened, found = _audit(office, record)
        who = found[0].meta.actor
        actor = {"id": who.id, "rank": who.rank, "role": who.role}
        if by:
            actor = actor_in(by)
        taking = Taking(opened, found, moment_given(at, office) or now, actor, now)
        bar = progress_bar(f"comparing {name}", shown=not as_json)
        with open_board(office, quiet=as_json) as board, bar as progress:
            taken = take_stock(
                office.store, board.connection, file, taking,
                rejects=rejects if file else None, dry_run=dry_run, progress=progress,
            )  # fmt: skip
    failed = taken.cut or " · ".join(taken.turned_away)
    if as_json:
        error = {"error": Refused.__name__, "message": failed} if failed else {}
        print_json({**taken.shown(), "rejects": str(rejects) if taken.refused else None, **error})
        raise typer.Exit(Refused.exit_code if failed else ended(taken.refused, taken.lines))
    _tell(taken, rejects, dry_run=dry_run)
    if failed:
        raise Refused([failed])
    raise typer.Exit(ended(taken.refused, taken.lines))


def _audit(office: Office, record: str) -> tuple[Audit, list[Event[Any]]]:
    """The audit as it stands, and its entries. Raises Refused when that record is none, or is not open."""
    record_id, found = history_of(office, record)
    if found[0].register != Audit.register:
        raise Refused([f"{record[:60]} is a record of the register {found[0].register}, and no audit"])
    opened: Audit = fold(Audit.blank(record_id), found)
    if opened.part(Stocktaking).closed:
        raise Refused([f"{opened.label} is closed. Open a new audit by malkhana_audit.AuditOpened."])
    return opened, found


def _tell(taken: Taken, rejects: Path, *, dry_run: bool) -> None:
    articles = many(taken.in_register, "article")
    say(f"{many(taken.lines, 'line')} read, {taken.refused:,} refused; {taken.agreed:,} agree with the register")
    say(f"the register has {articles} on this shelf")
    if taken.differences:
        rows = [(name, f"{count:,}") for name, count in sorted(taken.differences.items())]
        table("differences", ("what", "items"), rows)
    else:
        say("no difference between the shelf and the register" if taken.whole else "no difference in what was compared")
    if taken.moved_since:
        note(f"{many(taken.moved_since, 'article')} moved after the list was taken and was not compared")
    if not taken.whole:
        note("what is not found can't be said: the list is of a sample, or lines of it could not be read")
    if taken.refused:
        note(f"every refused line, with its number and all its reasons: {rejects}")
    if not dry_run:
        say(f"{many(taken.entered, 'entry', 'entries')} made, {taken.already:,} made before")
    _tell_twice(taken.serials)
    if taken.missed:
        say("not found, and in custody by its own record: if it is missing, say so there next")
        say(*(f"  {each.command}" for each in taken.missed[:SCREEN]))
        if len(taken.missed) > SCREEN:
            say(f"  … and {len(taken.missed) - SCREEN:,} more: use --json")


def _tell_twice(twice: Sequence[SharedSerial]) -> None:
    """Serials of the malkhana register that stand in several records."""
    if twice:
        say("a serial of the malkhana register stands in several records: look it up there, and strike the wrong one")
        say(*(f"  {each.told}" for each in twice[:SCREEN]))
        if len(twice) > SCREEN:
            say(f"  … and {len(twice) - SCREEN:,} more: use --json")
