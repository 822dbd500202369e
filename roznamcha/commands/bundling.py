"""The court's copy of a record: closed in the ledger, then written as one file that anybody can check alone."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from consumers.embedded import connected
from domain.event import ACTS, Event
from roznamcha.bounded import read_file
from roznamcha.commands.extracting import extracts
from roznamcha.commands.giving import By, Order, Reason
from roznamcha.commands.reading import RecordName, history_of
from roznamcha.commands.sequencing import kept_on_kafka, must_be_named, sequencer_of
from roznamcha.documents.cabinet import Cabinet
from roznamcha.documents.reading import held_in, readable
from roznamcha.errors import Broken, Refused, Unavailable, Usage
from roznamcha.intake import actor_in, read_act
from roznamcha.ledger.audiences import RULES, Rule
from roznamcha.ledger.backlog import Backlog
from roznamcha.ledger.bundle import TRIES, Binder, Shown
from roznamcha.ledger.fitting import must_be_logged
from roznamcha.ledger.kept import Ledger
from roznamcha.ledger.leaf import Entries
from roznamcha.ledger.stamping import stamp, stamped
from roznamcha.ledger.verify import FAILED, LARGEST, judge, read_policy
from roznamcha.ledger.witnessing import policy_in, witnessed
from roznamcha.office import Office, open_office
from roznamcha.screen import AsJson, many, print_json, progress_bar, say
from roznamcha.settings import settings
from roznamcha.whole import must_be_writable, write_whole

app = typer.Typer()
NAME = re.compile(r"\.[A-Za-z0-9]{1,8}")
CLOCKS = "TIMED"
"""The one line that may fail in a copy of ours: a clock that was wrong can't be mended later, and the copy says so."""
ACTOR = ("id", "rank", "role")
ROOM = LARGEST // 4 * 3
"""Bytes of exhibits, documents among them, that a copy holds."""


@app.command(
    epilog="Example: roznamcha bundle CG-NMN-01/0001/2026 --for court"
    " --by CG-9001,SI,moharrir"
    ' --reason "asked for by the court" -o court.zip'
)
def bundle(  # noqa: PLR0913 (what a copy is made of)
    record: RecordName,
    audience: Annotated[str, typer.Option("--for", help=f"Whose copy: {', '.join(RULES)}")],
    to: Annotated[Path, typer.Option("--output", "-o", "--to", help="The file to write, a .zip")],
    exhibit: Annotated[list[Path] | None, typer.Option(help="A file to put with it; may be given repeatedly")] = None,
    by: By = "",
    reason: Reason = "",
    order: Order = "",
    tsa: Annotated[str, typer.Option(help="URL of a time stamping authority (RFC 3161), asked for each head")] = "",
    policy: Annotated[
        Path | None, typer.Option(help="A policy (c2sp.org/tlog-policy): its witnesses are asked to cosign the heads")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Write a record's copy for court, accused or public, or the sealed cover; `tools/verify.py` in it checks it alone.

    A copy in which sealed columns are opened is entered in the record as read, before it is made.
    """
    if audience not in RULES:
        message = f"there is no copy for {audience[:40]!r}; they are {', '.join(RULES)}"
        raise Usage(message)
    rule, exhibits = RULES[audience], dict(_exhibits(exhibit or []))
    trusted = policy_in(policy) if policy else ""
    must_be_writable(to)
    with open_office(settings()) as office, connected(office.url, "roznamcha bundle") as connection:
        must_be_named(office, connection)
        record_id, _ = history_of(office, record)
        must_be_logged(Ledger(connection), record_id)
        must_answer(Ledger(connection), tsa, trusted)
        binder = Binder(Ledger(connection), office.catalogue, office.keyring)
        with progress_bar("waiting for the ledger", shown=not as_json, counted=True) as progress:
            backlog = Backlog(binder.ledger, record_id, progress)
            closed, files = closed_copy(office, binder, backlog, rule, exhibits, (by, reason, order))
        shown = binder.shown(record_id, rule, closed)
        with not_made(record):
            data = binder.bind(shown, rule, files, partial(stamped, connection, tsa) if tsa else None, trusted)
    verdict = judge(data, read_policy(trusted) if trusted else None)
    if bad := [f"{line}: {says}" for line, how, says in verdict if how == FAILED and line != CLOCKS]:
        message = f"no copy is written, for it would fail: {' · '.join(bad)}"
        raise Broken(message)
    write_whole(to, data)
    told = {
        "file": str(to), "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest(), "record": str(record_id),
        "audience": rule.name, "leaves": len(shown), "kinds": _counted(shown),
        "disclosed": sum(len(each.texts) for each in shown),
        "withheld": sum(len(each.withheld) for each in shown),
        "verdict": {line: how for line, how, _ in verdict},
    }  # fmt: skip
    if as_json:
        print_json(told)
    else:
        say(*(f"{line:<10} {how:<12} {says}" for line, how, says in verdict))
        acts, facts, ends = _counted(shown).values()
        ended = many(ends, "end of a copy", "ends of copies")
        counted = f"{many(acts, 'act')}, {many(facts, 'fact of deadlines', 'facts of deadlines')}, {ended}"
        say(f"{to}: {many(len(shown), 'leaf', 'leaves')} ({counted}), SHA-256 {told['sha256']}")


def _counted(shown: Sequence[Shown]) -> dict[str, int]:
    """How many leaves are acts, how many tell what the law's clocks did, and how many close a copy."""
    kinds = [each.name.partition(".")[0] for each in shown]
    facts, closing = kinds.count("deadline"), kinds.count("ledger")
    return {"acts": len(kinds) - facts - closing, "deadline_facts": facts, "copies_closed": closing}


def closed_copy(  # noqa: PLR0913 (what is closed, for whom, on whose word)
    office: Office,
    binder: Binder,
    backlog: Backlog,
    rule: Rule,
    exhibits: Mapping[str, bytes],
    by: tuple[str, str, str],
) -> tuple[UUID, dict[str, bytes]]:
    """Enter what is opened, make what lies beside the leaves, and close the copy; give its last act, and the files.

    All three are of the same entries. Where something was entered meanwhile it is done again, so that nothing is opened
    that was not entered as read, and no table lacks what its copy has. Raises Unavailable after TRIES.
    """
    record_id = backlog.record_id
    for _ in range(TRIES):
        before = binder.ledger.last_of(record_id)
        _, found = history_of(office, str(record_id))
        read = enter_reading(office, found, list(_to_open(office, found, rule)), rule.purpose, by)
        documents = documents_for(office, found, rule, sum(map(len, exhibits.values())))
        files = {**extracts(office, record_id, rule), **documents, **exhibits}
        with keeping(office, backlog.look) as keep:
            closed = binder.close(record_id, rule, files, keep, backlog)
        if not binder.ledger.entered_since(record_id, before, read, closed):
            return closed, files
    message = "the copy was not closed: something was entered in this record each time. Make it again"
    raise Unavailable(message)


def must_answer(ledger: Ledger, tsa: str, policy: str) -> None:
    """Try authority and witnesses before anything is entered: an entry must not tell of a copy that nobody could make.

    The authority is asked to stamp, and the witnesses to cosign, the last signed head; what these answer is kept.
    Raises Unavailable, and Broken where a witness has seen another history.
    """
    log = ledger.log()
    try:
        head = ledger.checkpoint(log)
    except Refused:  # nothing is signed yet, and there is no head to try them with
        head = None
    if tsa:
        stamp(tsa, head.note if head else b"")
    if policy and head is not None:
        witnessed(ledger.tree(log), head, policy, anew=True)


@contextmanager
def not_made(record: str) -> Iterator[None]:
    """While a copy is bound whose last leaf is entered: what fails now says that this leaf is of a copy nobody has."""
    try:
        yield
    except (Unavailable, Broken) as error:
        message = f"{error}; the last leaf of {record[:60]} closes a copy that was not made: ask for it again"
        raise type(error)(message) from None


def _exhibits(paths: list[Path]) -> Iterator[tuple[str, bytes]]:
    """Exhibits by their digests: a name may tell something, and two may have the same. Raises Usage."""
    room = ROOM
    for path in paths:
        with suppress(OSError):  # told below
            room -= path.stat().st_size
        if room < 0:
            message = f"with {path} the exhibits are more than a copy holds, 3 GiB at most: hand it over beside it"
            raise Usage(message)
        data = read_file(path)
        yield _exhibit(hashlib.sha256(data).hexdigest(), path.suffix), data


def _exhibit(digest: str, suffix: str) -> str:
    """What a file is called in a copy."""
    return f"exhibits/{digest}{suffix.lower() if NAME.fullmatch(suffix) else ''}"


def documents_for(office: Office, found: list[Event[Any]], rule: Rule, taken: int = 0) -> dict[str, bytes]:
    """The documents that this audience may see, as exhibits by their own digests, each verified as it is read.

    What is erased stays away. Raises Broken for a file that isn't what was attached, Usage for more than a copy holds.
    """
    held, files = list(held_in(found)), dict[str, bytes]()
    if not held:
        return files
    cabinet = Cabinet(office.settings.documents_place)
    for each in held:
        if not (rule.opens(each.document.person) if each.document.sealed else rule.shows("documents")):
            continue
        what = readable(office.keyring, each)
        if what is None:
            continue
        taken += what.size
        if taken > ROOM:
            message = "the documents and exhibits are more than a copy holds, 3 GiB at most"
            raise Usage(message)
        files[_exhibit(what.digest.hex(), Path(what.name).suffix)] = b"".join(what.pieces(cabinet))
    return files


def enter_reading(
    office: Office, found: list[Event[Any]], columns: list[dict[str, Any]], purpose: str, by: tuple[str, str, str]
) -> int:
    """Enter which sealed columns are opened for a copy: by whom, what for, by which order (`by`).

    Gives the entry's position, 0 where nothing is opened. Raises Usage where nobody answers for it.
    """
    register, who = found[0].register, actor_in(by[0])
    if not columns:
        return 0
    name = f"{register}.AccessRecorded"
    if name not in ACTS:
        raise Refused([f"the register {register} has no act for the reading of sealed columns: make the public copy"])
    if not (len(list(filter(None, who.values()))) == len(ACTOR) and by[1].strip()):
        what = f"{many(len(columns), 'sealed column')} would be opened for this copy"
        message = f"{what}: say who makes it (--by ID,RANK,ROLE) and what for (--reason)"
        raise Usage(message)
    now, last = datetime.now(UTC), found[-1].meta
    act = {
        "name": name, "record": str(last.record_id), "occurred_at": now.isoformat(), "actor": who,
        "station": last.station, "district": last.district,
        "fields": {"columns": columns, "purpose": purpose, "reason": by[1], "order": by[2]},
    }  # fmt: skip
    return office.store.record(read_act(act, now=now, source="bundle", zone=office.settings.zone)).position


def _to_open(office: Office, found: list[Event[Any]], rule: Rule) -> Iterator[dict[str, Any]]:
    """The sealed columns that this audience may see."""
    read = Entries(office.catalogue).read
    for _, _, state in office.store.recorder.entries_of([found[0].meta.record_id]):
        entry = read(state)
        for each in entry.disclosures:
            if each.text is None and rule.opens(each.person):
                yield {"version": entry.meta["version"], "column": each.name, "person": each.person}


@contextmanager
def keeping(office: Office, told: Callable[[int], None] = lambda _: None) -> Iterator[Callable[[], Any]]:
    """What keeps the ledger while a copy is closed: nothing of ours where a sequencer is at work already.

    What is ours calls `told` after each batch, with how many leaves it has added.
    """
    with sequencer_of(office) as sequencer:
        if sequencer.alone():
            sequencer.begin(kept_on_kafka(office))
            yield partial(sequencer.catch_up, told)
        else:
            yield lambda: None
