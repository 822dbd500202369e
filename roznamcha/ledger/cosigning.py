"""Cosignatures as they are kept: what a witness has once given of a head stays with it, whatever it says later.

Each is looked at again whenever it is read: a line that isn't the witness's own would spoil the whole note.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from roznamcha.ledger.kept import Ledger, Log
from roznamcha.ledger.notes import vkey_of
from roznamcha.ledger.verify import MOST, Bad, Checkpoint, Key, key_of, open_checkpoint, signed_by

KEEP = b"INSERT INTO roznamcha.cosignatures (log, size, vkey, line) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING"
KEPT = "SELECT vkey, line FROM roznamcha.cosignatures WHERE log = %s AND size = %s ORDER BY given_at, vkey"
ALL = """
    SELECT s.size, s.vkey, s.line, c.note FROM roznamcha.cosignatures s JOIN roznamcha.checkpoints c USING (log, size)
    WHERE s.log = %s ORDER BY s.size, s.vkey
"""


def keep(ledger: Ledger, log: Log, head: Checkpoint, key: Key, line: bytes) -> None:
    """Keep what a witness gave of a signed head; the first line of each stays."""
    ledger.connection.execute(KEEP, (log.number, head.size, vkey_of(key), line))


def kept(ledger: Ledger, log: Log, head: Checkpoint) -> dict[Key, bytes]:
    """The witnesses' own lines of a head, in the order in which they gave them."""
    found = {}
    for vkey, line in ledger.rows(KEPT, log.number, head.size):
        key = given(vkey, line, head)
        if key is not None:
            found[key] = line
    return found


def given(vkey: str, line: bytes, head: Checkpoint) -> Key | None:
    """The witness's key, if this is its line of that head, and one line; None otherwise."""
    try:
        key = key_of(vkey)
        alone = open_checkpoint(head.body + b"\n" + line)
        return key if signed_by(key, alone) and len(alone.signatures) == 1 else None
    except Bad:
        return None


def with_kept(ledger: Ledger, log: Log, head: Checkpoint) -> Checkpoint:
    """A head with every line that witnesses gave of it, as many as a note may have (c2sp.org/signed-note)."""
    lines = [*kept(ledger, log, head).values()][: MOST - len(head.signatures)]
    return open_checkpoint(head.note + b"".join(lines))


def cosigned_at(ledger: Ledger, log: Log) -> Iterator[tuple[int, str, int]]:
    """Of each cosignature of a log: the size of its head, the witness, and its time in seconds since 1970."""
    for size, vkey, line, note in ledger.rows(ALL, log.number):
        with suppress(Bad):  # told by `spoilt`, or of the head
            key, head = key_of(vkey), open_checkpoint(note)
            if at := signed_by(key, open_checkpoint(head.body + b"\n" + line)):
                yield size, key.name, at


def spoilt(ledger: Ledger, log: Log) -> Iterator[str]:
    """Each cosignature of a log that is not the witness's own, in words."""
    for size, vkey, line, note in ledger.rows(ALL, log.number):
        try:
            bad = given(vkey, line, open_checkpoint(note)) is None
        except Bad:
            continue  # the head itself can't be read, which is told of it
        if bad:
            yield f"the cosignature of {vkey.partition('+')[0]} on {size} leaves of {log.origin} is not its own"
