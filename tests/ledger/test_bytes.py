"""Every byte of a copy: turned by chance some line fails, turned by a forger who packs anew it is the right line.

A sample of them; every bit of every byte with `ROZNAMCHA_BYTES=all`, about five minutes.
"""

from __future__ import annotations

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
    "beginnings": {"LOGGED"},
    "disclosures": {"DISCLOSED"},
    "exhibits": {"DISCLOSED"},
    "extracts": {"DISCLOSED"},
    "leaves": {"LOGGED", "COMPLETE"},
    "milestones": {"LOGGED"},
    "proofs": {"LOGGED"},
    "tools": {"DISCLOSED"},
    verify.WITHHELD: {"DISCLOSED"},
}
"""Which lines name a turned byte, by the folder it is in."""
UNBOUND = {"README.txt", "trust"}
"""What stands beside the evidence: not in the log, and said to be for comparison."""


def turned(data: bytes, few: int) -> Iterator[tuple[int, bytes]]:
    """The same with one bit turned: a few of them, or each in turn; and the byte it is in."""
    bits = range(len(data) * 8)
    for bit in bits if ALL else random.Random(7).sample(bits, min(few, len(bits))):
        other = bytearray(data)
        other[bit // 8] ^= 1 << bit % 8
        yield bit // 8, bytes(other)


def test_every_byte_matters(case: Court) -> None:
    """A bit turned anywhere in the file: INTACT fails, whatever else does, and nothing stops the judge."""
    for at, other in turned(case.copies["public"], 200):
        assert verdict(other)["INTACT"] == "FAILED", at


def test_every_byte_of_the_evidence_is_bound(case: Court, monkeypatch: pytest.MonkeyPatch) -> None:
    """A forger turns it and makes the manifest anew: the line that is there for it fails."""
    monkeypatch.setattr(verify, "signed", lru_cache(verify.signed))  # the same answer to the same question
    files, policy, unseen = case.files("court"), case.policy, []
    assert {name.partition("/")[0] for name in files} == {*CAUGHT, *UNBOUND, verify.MANIFEST}
    for name in sorted(files):
        for at, other in turned(files[name], 20) if name.partition("/")[0] in CAUGHT else ():
            found = verdict(packed(files | {name: other}), policy)
            failed = {line for line, how in found.items() if how == "FAILED"}
            if not failed & {*CAUGHT[name.partition("/")[0]], "INTACT"}:
                unseen.append((name, at, files[name][max(0, at - 20) : at + 20], failed))
    assert not unseen
