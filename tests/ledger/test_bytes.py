"""Every byte of a copy: turned by chance some line fails, turned by a forger who packs anew it is the right line.

A sample of them; all with `ROZNAMCHA_BYTES=all`, some minutes.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from functools import lru_cache

import pytest

from roznamcha.ledger import verify
from tests.ledger.copies import Court, packed, verdict

ALL = os.environ.get("ROZNAMCHA_BYTES") == "all"
CAUGHT = {
    "anchors": {"LOGGED"},
    "disclosures": {"DISCLOSED"},
    "exhibits": {"DISCLOSED"},
    "extracts": {"DISCLOSED"},
    "leaves": {"LOGGED", "COMPLETE"},
    "milestones": {"LOGGED"},
    "proofs": {"LOGGED"},
    verify.WITHHELD: {"DISCLOSED"},
}
"""Which lines name a turned byte, by the folder it is in."""
UNBOUND = {"README.txt", "tools", "trust"}
"""What stands beside the evidence: not in the log, and said to be for comparison."""


def turned(data: bytes, few: int) -> Iterator[tuple[int, bytes]]:
    """The same with one bit of one byte turned: a few of them, or of every byte one."""
    chance = random.Random(7)
    for at in range(len(data)) if ALL else sorted(chance.sample(range(len(data)), min(few, len(data)))):
        other = bytearray(data)
        other[at] ^= 1 << chance.randrange(8)
        yield at, bytes(other)


def reworded(name: str, before: bytes, after: bytes) -> bool:
    """The reason for withholding is said in other words: they are those of who made the copy."""
    if name != verify.WITHHELD:
        return False
    told = [[(each["leaf"], each["digest"]) for each in json.loads(data)] for data in (before, after)]
    return told[0] == told[1]


def test_every_byte_matters(case: Court) -> None:
    """A bit turned anywhere in the file: INTACT fails, whatever else does, and nothing stops the judge."""
    for at, other in turned(case.copies["public"], 200):
        assert verdict(other)["INTACT"] == "FAILED", at


def test_every_byte_of_the_evidence_is_bound(case: Court, monkeypatch: pytest.MonkeyPatch) -> None:
    """A forger turns it and makes the manifest anew: the line that is there for it fails."""
    monkeypatch.setattr(verify, "signed", lru_cache(verify.signed))  # the same answer to the same question
    files, unseen = case.files("court"), []
    assert {name.partition("/")[0] for name in files} == {*CAUGHT, *UNBOUND, verify.MANIFEST}
    for name in sorted(files):
        for at, other in turned(files[name], 4) if name.partition("/")[0] in CAUGHT else ():
            found = verdict(packed(files | {name: other}), case.policy)
            failed = {line for line, how in found.items() if how == "FAILED"}
            if not failed & {*CAUGHT[name.partition("/")[0]], "INTACT"} and not reworded(name, files[name], other):
                unseen.append((name, at, files[name][max(0, at - 20) : at + 20], failed))
    assert not unseen
