"""How the ledger stands, from the command line."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import typer

from roznamcha.commands.stamping import reading
from roznamcha.errors import Broken, Refused
from roznamcha.health import LEDGER, LIVING
from roznamcha.ledger.breaks import recorded, replaced
from roznamcha.ledger.kept import Ledger
from roznamcha.ledger.keys import keys_of
from roznamcha.ledger.notes import base64_text
from roznamcha.ledger.remembered import BEHIND, memory_of
from roznamcha.ledger.standing import hints, taken_back, without_key
from roznamcha.screen import AsJson, many, print_json, say, table


def status(*, as_json: AsJson = False) -> None:
    """Show every log, how far it was signed, what waits for a leaf, and breaks; exit code 3 where it cannot go on."""
    with reading() as (office, found):
        logs = [{**_head(found, each.origin), "size": each.size, "vkey": each.vkey} for each in found.logs()]
        behind = found.rows(BEHIND, found.reached())[0][0]
        living = dict(found.connection.execute(LIVING.encode()).fetchall()).get(LEDGER, 0)
        memory, keys = memory_of(office.settings), keys_of(office.settings)
        remembered, wrong = memory.read(), taken_back(found, memory)
        breaks, keys_replaced = recorded(found), replaced(found)
        advice = [*without_key(found, keys), *hints(found, keys, datetime.now(UTC))]
    if as_json:
        told = remembered.decode() if remembered else None
        known = {"logs": logs, "behind": behind, "sequencers": living, "remembered": told}
        entered = {
            "breaks": [each.shown() for each in breaks],
            "replaced": [each.shown() for each in keys_replaced],
        }
        print_json({**known, "wrong": [wrong] if wrong else [], **entered, "hints": advice})
        if wrong:
            raise typer.Exit(Broken.exit_code)
        return
    rows = [(each["origin"], f"{each['size']:,}", f"{each['signed']:,}", each["root"]) for each in logs]
    table("logs", ("log", "leaves", "signed", "root of what was signed"), rows)
    say(f"{many(behind, 'entry', 'entries')} without a leaf; {many(living, 'sequencer')} at work", *advice)
    if wrong:
        raise Broken(wrong)


def _head(found: Ledger, origin: str) -> dict[str, Any]:
    try:
        head = found.checkpoint(found.log(origin))
    except Refused:
        return {"origin": origin, "signed": 0, "root": ""}
    return {"origin": origin, "signed": head.size, "root": base64_text(head.root)}
