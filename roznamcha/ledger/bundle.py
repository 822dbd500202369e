"""The bundle: one record as it was entered, for one audience, with everything a stranger needs to check it alone.

It ends with a leaf of its own (`copy`), which names the files beside the leaves and is in the log before the bundle is
written: who cuts off the end, or swaps an exhibit, is found.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib import resources
from typing import Any
from uuid import UUID

import structlog
from psycopg.types.json import Jsonb

from consumers import entries
from roznamcha.errors import Refused, Unavailable
from roznamcha.ids import uuid7
from roznamcha.ledger.audiences import Rule
from roznamcha.ledger.backlog import Backlog
from roznamcha.ledger.disclosing import Disclosure, b64
from roznamcha.ledger.fitting import states_of
from roznamcha.ledger.kept import Leaf, Ledger, Log, Tree
from roznamcha.ledger.leaf import Entries
from roznamcha.ledger.notes import base64_text, pem_of
from roznamcha.ledger.readme import readme
from roznamcha.ledger.statements import Asked
from roznamcha.ledger.verify import (
    BEGIN,
    ERASED,
    ERASURE,
    MANIFEST,
    MILESTONES,
    WITHHELD,
    Checkpoint,
    Files,
    key_of,
    listing,
    manifest,
    opened,
    pack,
    raw,
)
from roznamcha.ledger.withdrawing import withdrawn
from roznamcha.ledger.witnessing import witnessed
from roznamcha.sealing import Keyring
from roznamcha.sheets import sheet_of
from schemas import Catalogue

ASKED = "SELECT id, record_id, salt, content, asked_at FROM roznamcha.ledger_acts WHERE record_id = %s"
ASK = b"INSERT INTO roznamcha.ledger_acts (id, record_id, salt, content) VALUES (%s, %s, %s, %s)"
NOTIFY = b"SELECT pg_notify('entries', '')"
TOOLS = {f"tools/{name}": (resources.files(__package__) / name).read_bytes() for name in ("verify.py", "verify-one.sh")}
NOT_MADE = "a leaf may stand in the ledger that closes this copy, which was not made: ask for it again"
TRIES = 5
WAITING = 40.0
"""Seconds for which a sequencer may take to close a copy and sign it, or to go on with the backlog before it."""


Stamp = Callable[[bytes], bytes]
log = structlog.get_logger()


@dataclass
class Shown:
    """What is shown of one leaf, and what is withheld: digest and reason."""

    leaf: Leaf
    log: Log
    name: str
    texts: list[str]
    withheld: list[dict[str, Any]]


class Binder:
    """Makes bundles from one store."""

    def __init__(self, ledger: Ledger, catalogue: Catalogue, keyring: Keyring | None) -> None:
        """Without a keyring no sealed column is opened."""
        self.ledger, self.catalogue, self.keyring = ledger, catalogue, keyring
        self._entries = Entries(catalogue)

    # --- closing the copy ----------------------------------------------------------------------------------------

    def close(
        self,
        record_id: UUID,
        rule: Rule,
        files: Mapping[str, bytes],
        keep: Callable[[], Any],
        backlog: Backlog | None = None,
    ) -> UUID:
        """Have the leaf entered that closes this copy; give its id.

        It names the files beside the leaves, and the list of what is withheld from this audience. `keep` is called
        until it is signed: it does the sequencer's work where nobody else does. Raises Unavailable, also where the
        record goes on faster than it can be closed. Whatever ends it, what was asked for and has no leaf is withdrawn.
        """
        backlog = backlog or Backlog(self.ledger, record_id)
        digests = {name: hashlib.sha256(data).hexdigest() for name, data in {**files, **TOOLS}.items()}
        for _ in range(TRIES):
            backlog.wait(keep, WAITING)
            act, listed = uuid7(), self._withheld(record_id, rule)
            content = Jsonb({"audience": rule.name, "files": digests, "withheld": listed})
            with self._given_up(act):
                self.ledger.connection.execute(ASK, (act, record_id, secrets.token_bytes(16), content))
                self.ledger.connection.execute(NOTIFY)
                self._until(keep, partial(self._signed, act))
                if self._withheld(record_id, rule, act) == listed:
                    return act
        message = "the copy was not closed: something was entered in this record each time. Make it again"
        raise Unavailable(message)

    @contextmanager
    def _given_up(self, act: UUID) -> Iterator[None]:
        """While a leaf is waited for: if this ends it (Ctrl-C too) the request is withdrawn, or its leaf is told of."""
        try:
            yield
        except BaseException as error:
            if withdrawn(self.ledger.connection, act):
                raise
            if isinstance(error, Unavailable):
                message = f"{error}; {NOT_MADE}"
                raise Unavailable(message) from None
            log.warning(NOT_MADE, request=str(act))
            raise

    def _until(self, keep: Callable[[], Any], there: Callable[[], bool]) -> None:
        until = time.monotonic() + WAITING
        while time.monotonic() < until:
            keep()
            if there():
                return
            time.sleep(0.1)
        message = (
            f"the copy was not closed: no sequencer has signed its last leaf in {WAITING:,.0f} seconds. See that one "
            "is at work (`roznamcha ledger status`; `roznamcha ledger run` is one), then ask for it again"
        )
        raise Unavailable(message)

    def _withheld(self, record_id: UUID, rule: Rule, closed_by: UUID | None = None) -> str:
        """The SHA-256 of what the copy lists as withheld: of all leaves there are, or those up to the closing one."""
        shown = self.shown(record_id, rule, closed_by)
        return hashlib.sha256(listing([one for each in shown for one in each.withheld])).hexdigest()

    def _signed(self, act: UUID) -> bool:
        query = """
            SELECT EXISTS (SELECT FROM roznamcha.leaves l JOIN roznamcha.checkpoints c ON c.log = l.log
            WHERE l.act = %s AND c.size > l.index)
        """
        return bool(self.ledger.rows(query, act)[0][0])

    # --- what is shown -------------------------------------------------------------------------------------------

    def shown(self, record_id: UUID, rule: Rule, closed_by: UUID | None) -> list[Shown]:
        """Every leaf of the record up to the one that closes this copy (or all), with what this audience may see.

        Raises Refused for a record without leaves, Broken where an entry isn't the one that its leaf commits to.
        """
        query = "SELECT place FROM roznamcha.leaves WHERE act = %s AND record_id = %s"
        last = self.ledger.rows(query, closed_by, record_id) if closed_by else [(sys.maxsize,)]
        leaves = [each for each in self.ledger.of_record(record_id) if last and (each.place or 0) <= last[0][0]]
        if not leaves:
            raise Refused(["this record has no leaf in the ledger yet"])
        logs = {each.number: each for each in self.ledger.logs()}
        states = states_of(self.ledger, leaves)
        asked = {str(row[0]): Asked(*row) for row in self.ledger.rows(ASKED, record_id)}
        erased = self._erasures(states.values())
        return [
            self._of_entry(each, logs[each.log], rule, states[each.position], erased)
            if each.position is not None
            else self._of_copy(each, logs[each.log], rule, asked[json.loads(each.data)["entry"]], closed_by)
            for each in leaves
        ]

    def _of_entry(
        self, leaf: Leaf, log: Log, rule: Rule, state: bytes, erasures: Mapping[str, tuple[str, int]]
    ) -> Shown:
        entry = self._entries.read(state)
        erased = {person: order for person, (order, version) in erasures.items() if entry.meta["version"] < version}
        unboxed: dict[bytes, str] = {}
        if self.keyring is not None and any(
            each.text is None and rule.opens(each.person) for each in entry.disclosures
        ):
            unboxed = self.keyring.disclosures(entries.read(self.catalogue, state, leaf.position or 0))
        texts = {b64(digest): text for digest, text in unboxed.items()}
        shown, withheld = [], []
        for each in entry.disclosures:
            text = each.text if each.text is not None else texts.get(each.digest) if rule.opens(each.person) else None
            if (
                text is not None
                and (each.text is None or rule.shows(each.name))
                and (each.name or rule.name != "public")
            ):
                shown.append(text)
            else:
                withheld.append({"leaf": leaf.place, "digest": each.digest, **_reason(each, rule, erased)})
        return Shown(leaf, log, entry.schema.name, sorted({*shown}), withheld)

    def _of_copy(self, leaf: Leaf, log: Log, rule: Rule, asked: Asked, closed_by: UUID | None) -> Shown:
        """What closes this copy is shown; what closed an earlier one only to whom every open column is."""
        own = asked.id == closed_by or not rule.hidden
        texts = sorted({each.text or "" for each in asked.disclosures}) if own else []
        why = f"of an earlier copy, not for the {rule.name} copy"
        withheld = [{"leaf": leaf.place, "digest": each.digest, "reason": why} for each in asked.disclosures if not own]
        return Shown(leaf, log, "ledger.copy", texts, withheld)

    def _erasures(self, states: Iterable[bytes]) -> dict[str, tuple[str, int]]:
        """The order by which each person was erased in this record, and the version of the entry that did it last."""
        found = {}
        for state in states:
            entry = self._entries.read(state)
            if entry.schema.name.endswith(f".{ERASURE}"):
                values = dict(opened(each.text) for each in entry.disclosures if each.text)
                found[values["person"]] = values["order"], entry.meta["version"]
        return found

    # --- the files -----------------------------------------------------------------------------------------------

    def bind(
        self,
        shown: Sequence[Shown],
        rule: Rule,
        files: Mapping[str, bytes],
        stamp: Stamp | None = None,
        policy: str = "",
    ) -> bytes:
        """The bundle's bytes: the same ones from the same leaves, cosignatures and time stamps.

        `stamp` gives an authority's answer for a head; witnesses that `policy` has an address of are asked to cosign.
        """
        heads = self._heads(shown)
        if policy:
            heads = {each.origin: self._cosigned(each, policy) for each in self._logs(shown)}
        logs = {each.origin: each for each in self._logs(shown)}  # which may have grown since
        trees = {origin: self.ledger.tree(log) for origin, log in logs.items()}
        found: Files = dict(files)
        for each in shown:
            name = f"{each.leaf.place:06}"
            found[f"leaves/{name}.json"] = each.leaf.data
            found[f"proofs/{name}.tlog-proof"] = trees[each.log.origin].prove(each.leaf.index, heads[each.log.origin])
            found[f"disclosures/{name}.txt"] = "".join(f"{text}\n" for text in each.texts).encode()
            if each.name.partition(".")[2] in MILESTONES:
                found |= self._milestone(name, each, heads[each.log.origin], trees[each.log.origin])
        for origin, log in logs.items():
            name = f"beginnings/{origin.rpartition('/')[2]}"
            found[f"{name}.json"] = first = self.ledger.leaves(log, 0, 1)[0].data
            found[f"{name}.tlog-proof"] = trees[origin].prove(0, heads[origin])
            told = json.loads(first)
            ended = told["previous" if told["kind"] == BEGIN else "held"]
            if ended and ended["origin"] in heads:
                size = heads[ended["origin"]].size
                found[f"{name}.consistency"] = _proof(trees[ended["origin"]].extends(size, ended["size"]))
        found[WITHHELD] = listing([one for each in shown for one in each.withheld])
        found |= self._anchors(logs, heads)
        if stamp is not None:
            for origin, head in heads.items():
                found[f"anchors/{origin.rpartition('/')[2]}/checkpoint.tsr"] = stamp(head.note)
        found |= TOOLS
        found["README.txt"] = readme(rule, shown[0].leaf, shown[-1].leaf, heads.values()).encode()
        found[MANIFEST] = manifest(found)
        return pack(found)

    def _logs(self, shown: Sequence[Shown]) -> list[Log]:
        """Every log from the record's first leaf to its last, also those between in which it has none."""
        numbers = [each.log.number for each in shown]
        return [each for each in self.ledger.logs() if min(numbers) <= each.number <= max(numbers)]

    def _heads(self, shown: Sequence[Shown]) -> dict[str, Checkpoint]:
        """The first head of each log that covers its last leaf here: a copy that is made again is the same.

        Of a log in which it has none the last one: that log has ended.
        """
        last = {each.log.origin: each.leaf.index for each in shown}
        covering = {each: max(2, last[each.origin] + 1) if each.origin in last else 1 for each in self._logs(shown)}
        return {log.origin: self.ledger.checkpoint(log, size) for log, size in covering.items()}

    def _cosigned(self, log: Log, policy: str) -> Checkpoint:
        """The last head of a log with its witnesses' lines: they cosign none that lies behind one they have seen.

        Where a newer one was signed meanwhile, they are asked for that. Raises as `witnessed` does.
        """
        for _ in range(TRIES):
            head = self.ledger.checkpoint(log)
            try:
                return witnessed(self.ledger.tree(self.ledger.log(log.origin)), head, policy)
            except Unavailable:
                if self.ledger.checkpoint(log).size == head.size:
                    raise
        message = f"new heads of {log.origin} are signed faster than its witnesses answer: try again"
        raise Unavailable(message)

    def _milestone(self, name: str, of: Shown, head: Checkpoint, tree: Tree) -> Files:
        """The head that was signed first after an act, and that the last one goes on from it."""
        early = self.ledger.checkpoint(of.log, max(2, of.leaf.index + 1))
        proof = _proof(tree.extends(early.size, head.size))
        return {f"milestones/{name}.checkpoint": early.note, f"milestones/{name}.consistency": proof}

    def _anchors(self, logs: Mapping[str, Log], heads: Mapping[str, Checkpoint]) -> Files:
        """The heads by themselves, in the raw forms that openssl takes; the keys only to be compared."""
        found: Files = {}
        for origin, head in heads.items():
            name = origin.rpartition("/")[2]
            found[f"trust/{name}.pem"] = pem_of(key_of(logs[origin].vkey)).encode()
            found |= raw(head, key_of(logs[origin].vkey))
        lines = [f"log {logs[origin].vkey}\n" for origin in sorted(heads)]
        warning = "# FOR COMPARISON ONLY: whoever made this bundle wrote it. Take the policy from elsewhere.\n"
        found["trust/policy.txt"] = "".join([warning, *lines, "quorum none\n"]).encode()
        return found


def _proof(hashes: Iterable[bytes]) -> bytes:
    """The hashes of a consistency proof, a line for each."""
    return "".join(f"{base64_text(each)}\n" for each in hashes).encode()


def _reason(each: Disclosure, rule: Rule, erased: Mapping[str, str]) -> dict[str, Any]:
    """Why a digest is not opened. It never says what stands under it."""
    if each.text is not None:
        return {"reason": f"not for the {rule.name} copy"}
    if each.person in erased:
        return {"reason": ERASED, "order": erased[each.person], "person": each.person}
    if rule.opens(each.person):
        return {"reason": "its key is gone", "person": each.person}
    return {"reason": f"sealed, not for the {rule.name} copy", "person": each.person}


def table(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Rows as CSV, for a spreadsheet: every column that any row has, lists and parts as JSON."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    told = (
        {k: json.dumps(v, sort_keys=True) if isinstance(v, list | dict) else v for k, v in row.items()} for row in rows
    )
    return sheet_of(names, ([row.get(name, "") for name in names] for row in told)).encode()
