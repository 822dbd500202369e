"""The informant's copy of an FIR with its QR code, and what that code proves later."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import segno
import typer

from consumers import entries
from consumers.embedded import connected
from domain.common.corrections import ExecutesErasure
from roznamcha.bounded import read_at_most, read_file
from roznamcha.commands.bundling import enter_reading, keeping
from roznamcha.commands.giving import By, Order, Reason
from roznamcha.commands.reading import RecordName, history_of
from roznamcha.commands.sequencing import must_be_named
from roznamcha.errors import Broken, Refused, Usage
from roznamcha.ledger.bundle import WAITING
from roznamcha.ledger.disclosing import b64
from roznamcha.ledger.entered import Entered
from roznamcha.ledger.fitting import must_be_logged, must_fit
from roznamcha.ledger.kept import Ledger
from roznamcha.ledger.leaf import Entries
from roznamcha.ledger.leaf import Entry as Kept
from roznamcha.ledger.receipt import Receipt, in_copy, in_log, read_receipt, receipt_of, signature
from roznamcha.ledger.verify import (
    EXIT,
    FAILED,
    OK,
    UNCHECKED,
    Bundle,
    Line,
    Policy,
    judge,
    leaf_hash,
    opened,
    read_policy,
    telling,
    unpack,
)
from roznamcha.ledger.witnessing import policy_in
from roznamcha.office import Office, open_office
from roznamcha.photographed import LARGEST, code_in, pictured
from roznamcha.publishable import registration_in
from roznamcha.screen import AsJson, print_json, say, when
from roznamcha.settings import settings
from roznamcha.typeset import typeset
from roznamcha.whole import must_be_writable, write_whole

app = typer.Typer()
REASON = "copy of the FIR for the informant"
COMPARE = "what is printed above the code is in no code: compare it with a court's copy of the record (--copy)"
COMPARE_WITH = "compare what is printed above the code with what the copy shows of this leaf, below"


@dataclass(frozen=True)
class _Registration:
    """The entry by which the FIR was registered: as it is kept, and where."""

    kept: Kept
    position: int
    state: bytes
    number: str


@app.command("copy")
def copy_of_fir(  # noqa: PLR0913 (what a copy is made of)
    record: RecordName,
    to: Annotated[Path, typer.Option("--output", "-o", "--to", help="The file to write, a .pdf")],
    by: By = "",
    reason: Reason = REASON,
    order: Order = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Write the informant's copy of an FIR: the information as recorded, and a code that holds the ledger to it.

    What it opens is entered in the record as read, before it is made. Record case.CopyGivenToInformant afterwards.
    """
    must_be_writable(to)
    with open_office(settings()) as office, connected(office.url, "roznamcha copy") as connection:
        must_be_named(office, connection)
        record_id, found = history_of(office, record)
        must_be_logged(Ledger(connection), record_id)
        registered = _registered(office, found, record)
        columns = [
            {"version": registered.kept.meta["version"], "column": each.name, "person": each.person}
            for each in registered.kept.disclosures if each.text is None
        ]  # fmt: skip
        informant = next(
            (opened(e.text)[1] for e in registered.kept.disclosures if e.text and e.name == "informant"), ""
        )
        purpose = "copy for the victim" if str(informant).startswith("V") else "other"
        enter_reading(office, found, columns, purpose, (by, reason, order))
        with keeping(office) as keep:
            receipt = _receipt(Ledger(connection), registered, keep)
        told, made = _told(office, registered, receipt, _erased(found, registered))
    drawn = io.BytesIO()
    segno.make(receipt.text, error="m", micro=False).save(drawn, kind="svg", border=4)
    write_whole(to, typeset("fir-copy", told, made=made, pictures={"code.svg": drawn.getvalue()}))
    shown = {"file": str(to), "record": str(record_id), "fir": told["fir"], "qr": receipt.text, "opened": len(columns)}
    if as_json:
        print_json(shown)
    else:
        say(f"{to}: FIR {told['fir']}, leaf {receipt.index} of {receipt.head.origin} at {receipt.head.size}")


def _registered(office: Office, found: list[Any], record: str) -> _Registration:
    """The entry that stands by which the FIR was registered. Raises Refused where there is none."""
    fir = registration_in(found)
    if fir is None:
        raise Refused([f"no FIR is registered in {record[:60]}, and there is none to copy"])
    read = Entries(office.catalogue).read
    for _, position, state in office.store.recorder.entries_of([fir.meta.record_id]):
        kept = read(state)
        if kept.meta["version"] == fir.meta.version:
            return _Registration(kept, position, state, fir.called)
    message = f"the entry {fir.meta.version} of {record[:60]} is not in the store"
    raise Broken(message)


def _receipt(ledger: Ledger, registered: _Registration, keep: Callable[[], Any]) -> Receipt:
    """The receipt of an entry's leaf, as soon as a head covers it.

    However many wait before it, as long as it goes on: Refused where no leaf is added for WAITING seconds.
    Raises Broken where the leaf commits to another entry than the one that is printed.
    """
    reached, until = ledger.reached(), time.monotonic() + WAITING
    while True:
        keep()
        try:
            leaf = ledger.at_position(registered.position)
            must_fit(leaf, registered.state)
            (log,) = (each for each in ledger.logs() if each.number == leaf.log)
            return receipt_of(ledger, log, leaf.index)
        except Refused:
            if (now := ledger.reached()) != reached:
                reached, until = now, time.monotonic() + WAITING
            elif time.monotonic() > until:
                raise
        time.sleep(0.1)


def _erased(found: list[Any], registered: _Registration) -> dict[str, str]:
    """Whose key of this entry was destroyed, each with the words that stand in the place of what he is called."""
    words = "आदेश {0} से मिटाया गया · erased by order {0}"  # as in a copy's list of what is withheld
    version = registered.kept.meta["version"]
    orders = {e.person: e.order for e in found if isinstance(e, ExecutesErasure) and e.meta.version > version}
    return {person: words.format(order) for person, order in orders.items()}


def _told(
    office: Office, of: _Registration, receipt: Receipt, erased: Mapping[str, str]
) -> tuple[dict[str, Any], datetime]:
    """What the page prints, and its date: when the FIR was entered."""
    event, zone = entries.read(office.catalogue, of.state, of.position), office.settings.zone
    unboxed = {b64(digest): text for digest, text in office.keyring.disclosures(event).items()}
    texts = {each.digest: each.text or unboxed.get(each.digest) for each in of.kept.disclosures}
    values = {digest: opened(text) for digest, text in texts.items() if text is not None}
    shown = {name: value for name, value in values.values() if name}
    closed = [each for each in of.kept.disclosures if texts[each.digest] is None]
    entry = Entered(
        0, receipt.index, receipt.head.origin, receipt.leaf, {"kind": "case"}, shown,
        {digest: str(value) for digest, (_, value) in values.items()} | {
            each.digest: f"[{erased[each.person]}]" for each in closed if each.person in erased
        }, {}, of.kept.schema,
    )  # fmt: skip
    actor, place = shown["meta.actor"], shown["meta.station"]
    gone = [", ".join(filter(None, (f"{each.name} ({each.person})", erased.get(each.person)))) for each in closed]
    told = {
        "fir": of.number, "station": place["station"], "district": place["district"], "zone": zone.key,
        "occurred": when(datetime.fromisoformat(shown["meta.occurred_at"]), zone),
        "actor": ", ".join(filter(None, (actor["rank"], actor["role"], actor["id"]))),
        "columns": [{"label": label, "value": value} for label, value in entry.columns(zone)],
        "gone": gone, "code": receipt.text,
    }  # fmt: skip
    return told, event.meta.recorded_at


def prove(qr: str, policy: Path | None, copy: Path | None, *, as_json: bool) -> None:
    """Tell what a scanned code proves: by this store's log, or by a court's copy without a store.

    Leaves with the status of the worst line, as `verify.py` does: 0, 1 for what was not checked, 3 for what failed.
    """
    if not qr:
        message = "--policy and --copy go with --qr: give what stands in the code"
        raise Usage(message)
    receipt = read_receipt(_given(qr))
    trusted = read_policy(policy_in(policy)) if policy else None
    lines, printed = [signature(receipt, trusted)], list[str]()
    if copy is not None:
        by_copy, printed = _by_copy(receipt, copy, trusted)
        lines += by_copy
    else:
        with open_office(settings(), reading=True) as office, connected(office.url, "roznamcha verify") as connection:
            lines += in_log(receipt, Ledger(connection))
    lines.append(("PRINTED", UNCHECKED, COMPARE_WITH if printed else COMPARE))
    if as_json:
        shown = [{"line": line, "verdict": how, "says": says} for line, how, says in lines]
        print_json([*shown[:-1], shown[-1] | {"columns": printed}])
    else:
        say(*(f"{line:<10} {how:<12} {says}" for line, how, says in lines), *printed)
    if code := max(EXIT[how] for _, how, _ in lines):
        raise typer.Exit(code)


def _given(qr: str) -> str:
    """What was scanned: as it stands, in a file that has it or a picture of it, or on stdin. Raises Usage."""
    if qr == "-":
        return sys.stdin.read(10_000)
    path = Path(qr) if len(qr.split()) == 1 else None
    if path is not None and not path.exists():
        message = f"{qr[:100]}: no such file, and no code, which has seven words: give its text in quotes, a file, or -"
        raise Usage(message)
    try:
        if path is None or not path.is_file():
            return qr
        data = read_at_most(path, LARGEST)
        return code_in(data, str(path)) if pictured(data) else data[:10_000].decode()
    except (OSError, UnicodeDecodeError):
        message = f"{qr[:100]} holds no text, and no picture (PNG, JPEG) of the code"
        raise Usage(message) from None


def _by_copy(receipt: Receipt, copy: Path, policy: Policy | None) -> tuple[list[Line], list[str]]:
    """By a court's copy that holds, and what it shows of the paper's leaf. Raises Broken for one that doesn't hold.

    Nothing is shown of a copy whose log was not compared with a key: anybody can have made it.
    """
    data = read_file(copy)
    verdict = judge(data, policy)
    if bad := [f"{line}: {says}" for line, how, says in verdict if how == FAILED]:
        message = f"nothing is proved by a copy that fails: {' · '.join(bad)}"
        raise Broken(message)
    bundle = Bundle(unpack(data), None)
    bundle.logged()  # finds the heads
    lines = list(in_copy(receipt, bundle, verdict))
    held = ("LOGGED", OK) in {(line, how) for line, how, _ in lines}
    place = next((n for n, leaf in enumerate(bundle.leaves) if held and leaf_hash(leaf) == receipt.leaf), None)
    return lines, [] if place is None else telling(bundle, place)
