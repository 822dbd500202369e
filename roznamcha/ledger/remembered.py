"""What the ledger remembers outside its database: the last checkpoint it signed. So it notices that it was taken back.

A database that was restored to an earlier state doesn't know what was signed after it. Signing on would make two
histories under one name, which is what a forger does. So before anything is signed, the tree must be found to begin
with what was signed last: by this file, and by every checkpoint that somebody else has kept and hands in.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from roznamcha.errors import Broken, Refused, Unavailable
from roznamcha.ledger.breaks import first_leaves, well_said
from roznamcha.ledger.kept import Ledger, Log
from roznamcha.ledger.statements import head
from roznamcha.ledger.verify import BEGIN, BREAK, Bad, Checkpoint, key_of, open_checkpoint, signed_by
from roznamcha.settings import Settings

BEHIND = "SELECT count(*) FROM roznamcha.entries WHERE notification_id > %s"
NOTES = "SELECT note FROM roznamcha.checkpoints WHERE log = %s"
GO_ON = "restore a later state, or let `roznamcha ledger discontinuity` enter the break and begin another log"


@dataclass(frozen=True)
class Memory:
    """The file that has the last checkpoint."""

    path: Path

    def read(self) -> bytes | None:
        """The note; None before the first. Raises Unavailable when it can't be read."""
        try:
            return self.path.read_bytes() if self.path.exists() else None
        except OSError as error:
            message = f"the last checkpoint {self.path} cannot be read: {error.strerror}"
            raise Unavailable(message) from None

    def write(self, note: bytes) -> None:
        """Keep a note in place of the one before it: the whole of it, or nothing, whenever we die."""
        fresh = self.path.with_name(f".{self.path.name}.{secrets.token_hex(4)}")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with fresh.open("wb") as file:
                file.write(note)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self.path)
            folder = os.open(self.path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            message = f"the last checkpoint cannot be kept in {self.path.parent}: {error.strerror}"
            raise Unavailable(message) from None


def memory_of(here: Settings) -> Memory:
    """The last checkpoint in the data folder."""
    return Memory(here.data / "ledger" / "checkpoint")


@dataclass(frozen=True)
class Break:
    """Where the ledger doesn't go on from what was signed: the signed head, and as much of its log as is here."""

    signed: Checkpoint
    log: Log | None
    why: str

    @property
    def lost(self) -> tuple[int, int] | None:
        """The first and the last leaf that were signed and are not here; None where others stand in their place."""
        held = self.log.size if self.log else 0
        return (held, self.signed.size - 1) if held < self.signed.size else None

    def told(self, ledger: Ledger, memory: Memory, kept: Iterable[bytes]) -> dict[str, Any]:
        """What a discontinuity says of it. A log whose tiles can't be read is not held: nothing of it can be proved."""
        held, signed, lost = None, self.signed, self.lost
        if self.log is not None:
            with suppress(Broken):
                held = head(self.log.origin, self.log.size, ledger.tree(self.log).root(self.log.size))
        return {
            "previous": head(signed.origin, signed.size, signed.root),
            "held": held,
            "lost": None if lost is None else dict(zip(("first", "last"), lost, strict=True)),
            "agreed": self._agreed(ledger, memory, kept) if held else 0,
        }

    def _agreed(self, ledger: Ledger, memory: Memory, kept: Iterable[bytes]) -> int:
        """How many of the log's first leaves are surely those that were signed: of later ones it can't be known.

        A head says nothing of the heads before it. What counts is an older one that lay outside the database, and with
        which the log begins. Where the newest is that of our own memory, those in the database count as well: nothing
        was signed after it that doesn't go on from it.
        """
        assert self.log is not None  # noqa: S101 (what is held is of a log)
        notes, tree, found = list(kept), ledger.tree(self.log), 0
        if memory.read() == self.signed.note:
            notes += [note for (note,) in ledger.rows(NOTES, self.log.number)]
        for each in map(_read, notes):
            ours = each.origin == self.log.origin and each.size <= min(self.log.size, self.signed.size)
            if ours and signed_by_log(each, self.log) is not None and tree.root(each.size) == each.root:
                found = max(found, each.size)
        return found


def break_in(ledger: Ledger, notes: Iterable[bytes]) -> Break | None:
    """Whether the ledger lacks, or has otherwise, what one of these checkpoints says; the first such.

    What a discontinuity has entered as lost is no break any more; what it says is still here must be, as it was then.
    Raises Refused for a note that is no checkpoint, or none that a key of this ledger signed.
    """
    logs = {each.origin: each for each in ledger.logs()}
    told = [each for _, each in first_leaves(ledger) if {*each} >= {"kind", "log", "previous"} and well_said(each)]
    for note in notes:
        signed = _read(note)
        log = logs.get(signed.origin)
        breaks = [each for each in told if each["kind"] == BREAK and each["previous"]]
        entered = [each for each in breaks if each["previous"]["origin"] == signed.origin]
        if any(_lost(signed, each) for each in entered):
            held = entered[-1]["held"]
            if held is None or not held["size"] or (log is not None and _begins(ledger, log, held)):
                continue
            others = f"are others than those that were here when its break was entered, or are gone: {signed.origin}"
            return Break(signed, log, f"the first {held['size']} leaves {others}")
        if log is None:
            return Break(signed, None, f"a checkpoint of {signed.origin} was signed, and this store has no such log")
        if signed_by_log(signed, log) is None:
            raise Refused([f"this checkpoint of {signed.origin} is not signed with the log's key: it proves nothing"])
        if signed.size > log.size:
            lost = f"leaves {log.size} to {signed.size - 1} of {log.origin} were signed and are not here"
            for each in told:
                if each["kind"] == BEGIN and each["previous"] and each["previous"]["origin"] == log.origin:
                    other = f"somebody else has its key, and signed on when {each['log']} had begun"
                    return Break(signed, log, f"{lost}: {other}; or the store was restored to an earlier state before")
            return Break(signed, log, f"{lost}, perhaps earlier ones too: the store was restored to an earlier state")
        if signed.size and ledger.tree(log).root(signed.size) != signed.root:
            return Break(signed, log, f"the first {signed.size} leaves of {log.origin} are others than those signed")
    return None


def stands(ledger: Ledger, note: bytes) -> bool:
    """Whether a log here has what a checkpoint says. One that a discontinuity has entered as lost does not stand."""
    signed = _read(note)
    return any(
        each.origin == signed.origin and _begins(ledger, each, head(each.origin, signed.size, signed.root))
        for each in ledger.logs()
    )


def _begins(ledger: Ledger, log: Log, with_head: dict[str, Any]) -> bool:
    """Whether a log begins with the leaves of a head, as leaves tell heads."""
    size: int = with_head["size"]
    return log.size >= size and head(log.origin, size, ledger.tree(log).root(size)) == with_head


def _lost(signed: Checkpoint, entered: dict[str, Any]) -> bool:
    """Whether a discontinuity has entered that not all of what a checkpoint says is here.

    It has cut the log short, below this head; or other leaves stood there, and nobody can say since which.
    """
    previous: int = entered["previous"]["size"]
    held = entered["held"]
    return signed.size <= previous and (held is None or held["size"] < signed.size or held["size"] >= previous)


def says(ledger: Ledger, memory: Memory, at_work: int) -> tuple[bool, str]:
    """How the ledger is, for the doctor: whether it goes on from what was signed, and in words."""
    logs = ledger.logs()
    remembered = memory.read()
    if not logs and remembered is None:
        return True, "none was begun: `roznamcha ledger key new` draws its key, and then `up` keeps it"
    notes = [each for each in (ledger.last_note(), remembered) if each is not None]
    if (found := break_in(ledger, notes)) is not None:
        return False, f"{found.why}: {GO_ON}"
    waiting = ledger.rows(BEHIND, ledger.reached())[0][0]
    keeper = "a sequencer is at work" if at_work else "nobody keeps it: `roznamcha ledger run` does, or `up`"
    return True, f"{logs[-1].origin} has {logs[-1].size:,} leaves; {waiting:,} entries have none yet; {keeper}"


def signed_by_log(signed: Checkpoint, log: Log) -> int | None:
    """0 when the log's key has signed it, None when it hasn't, or not this."""
    try:
        return signed_by(key_of(log.vkey), signed)
    except Bad:
        return None


def insist(ledger: Ledger, notes: Iterable[bytes]) -> None:
    """Raise Broken unless the ledger goes on from all of these checkpoints."""
    found = break_in(ledger, notes)
    if found is not None:
        message = f"{found.why}. Nothing is signed: {GO_ON}"
        raise Broken(message)


def _read(note: bytes) -> Checkpoint:
    try:
        return open_checkpoint(note)
    except Bad as bad:
        raise Refused([str(bad)]) from None
