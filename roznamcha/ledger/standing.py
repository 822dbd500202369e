"""How the ledger stands, for `doctor` and `ledger status`: what was signed, its keys, and its breaks."""

from __future__ import annotations

from datetime import datetime

from roznamcha.errors import Broken, Unavailable
from roznamcha.ledger.breaks import recorded, replaced
from roznamcha.ledger.kept import Ledger
from roznamcha.ledger.keys import Keys, next_origin
from roznamcha.ledger.notes import vkey_of
from roznamcha.ledger.remembered import GO_ON, Memory, break_in, says

DECEMBER = 12


def taken_back(ledger: Ledger, memory: Memory) -> str:
    """That the ledger doesn't go on from what was signed last, and what to do; empty where it does. Raises Refused."""
    notes = [each for each in (ledger.last_note(), memory.read()) if each is not None]
    found = break_in(ledger, notes)
    return f"{found.why}: {GO_ON}" if found else ""


def without_key(ledger: Ledger, keys: Keys) -> list[str]:
    """That the key of the last log is not here, or not to be used; empty where it is, and where none was begun."""
    logs = ledger.logs()
    if not logs:
        return []
    try:
        signer = keys.signer(logs[-1].origin)
    except (Broken, Unavailable) as error:
        return [f"nothing can be signed: {error}"]
    if vkey_of(signer.key) != logs[-1].vkey:
        return [f"nothing can be signed: the key of {signer.name} is another than the one it was begun with"]
    return []


def hints(ledger: Ledger, keys: Keys, now: datetime) -> list[str]:
    """What should be done or known, though nothing is wrong: next year's key, breaks and keys that were replaced."""
    logs = ledger.logs()
    found = [*(each.words for each in recorded(ledger)), *(each.words for each in replaced(ledger))]
    if logs and now.month == DECEMBER:
        following = next_origin(logs[-1].origin, now.year + 1)
        if not keys.has(following):
            how = f"`roznamcha ledger key new --year {now.year + 1}`"
            found.append(f"the key of {following} is not drawn: {how}, and publish it before the year begins")
    return found


def stands(ledger: Ledger, memory: Memory, keys: Keys, at_work: int, now: datetime) -> tuple[bool, str]:
    """How the ledger is, for the doctor: whether it can go on, and in words."""
    well, words = says(ledger, memory, at_work)
    wrong = without_key(ledger, keys)
    return well and not wrong, "; ".join([*wrong, words, *hints(ledger, keys, now)])
