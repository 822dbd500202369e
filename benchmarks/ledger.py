"""Measure how many entries a second get their leaves, beside how many the store takes; and what proofs cost.

Ours: committed entries read, each leaf made, leaves, tiles and head written, every 1,024 signed; one process. The
yardsticks are the store's own append in batches of 500 units on the same machine, and a bare tree: the same number of
hashes, no leaf made and nothing kept. Proofs are made and checked in a tree of `--size` times a hundred leaves, and a
copy of 10,000 leaves is judged by the file that goes to court.
"""

from __future__ import annotations

import gc
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from hashlib import sha256
from pathlib import Path

from filling import enter, fill
from harness import database, in_turn, options, report, server

from consumers.embedded import connected
from roznamcha.ledger import verify
from roznamcha.ledger.disclosing import b64
from roznamcha.ledger.keys import Keys
from roznamcha.ledger.merkle import Tile, consistency, grow, inclusion, leaf_hash, root_of
from roznamcha.ledger.notes import Signer, body_of, note_of, proof_of, vkey_of
from roznamcha.ledger.remembered import Memory
from roznamcha.ledger.sequencer import Sequencer
from roznamcha.ledger.verify import MANIFEST, WITHHELD, extends, includes, listing, manifest, open_checkpoint, pack, raw
from schemas import catalogue

CASES = 150
TRIES = 300
COPY = 10_000
HASHED = """
import hashlib, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as opened:
    for name in opened.namelist():
        data = opened.read(name)
        hashlib.sha256(data).hexdigest()
        if name.startswith("disclosures/"):
            for line in data.split():
                hashlib.sha256(line).digest()
"""
COLUMNS = 16
"""Digests in a leaf: the fewest that a real one has."""


def sequence(url: str, size: int) -> float:
    """Entries a second that get their leaves."""
    with database(url) as at, tempfile.TemporaryDirectory() as folder, connected(at) as connection:
        entries = fill(at, size)
        keys, memory = Keys(Path(folder) / "keys"), Memory(Path(folder) / "checkpoint")
        sequencer = Sequencer(connection, catalogue(), keys, memory)
        sequencer.begin()
        gc.collect()
        started = time.perf_counter()
        sequencer.catch_up()
        return entries / (time.perf_counter() - started)


def append(url: str) -> float:
    """Entries a second that the store takes, in the largest batches it is given."""
    with database(url) as at:
        started = time.perf_counter()
        return len(enter(at, CASES)) / (time.perf_counter() - started)


def hashes(size: int) -> float:
    """Leaves a second that a tree of nothing else takes."""
    leaves = [leaf_hash(n.to_bytes(8, "big")) for n in range(size)]
    started = time.perf_counter()
    grow(lambda _: b"", 0, leaves)
    return size / (time.perf_counter() - started)


def proofs(leaves: int) -> dict[str, str]:
    """What a proof costs in a large tree: median and 99th percentile of making it, and of checking it."""
    tiles: dict[Tile, bytes] = {}
    size = 0
    while size < leaves:
        size, changed = grow(
            tiles.__getitem__, size, (sha256(n.to_bytes(8, "big")).digest() for n in range(size, size + 10**6))
        )
        tiles |= changed
    root, chance = root_of(tiles.__getitem__, size), random.Random(1)  # noqa: S311 (chance guards nothing here)
    made: list[float] = []
    checked: list[float] = []
    for _ in range(TRIES):
        n = chance.randrange(size)
        started = time.perf_counter()
        proof = inclusion(tiles.__getitem__, n, size)
        made.append(time.perf_counter() - started)
        started = time.perf_counter()
        assert includes(n, size, sha256(n.to_bytes(8, "big")).digest(), proof, root)  # noqa: S101 (else nothing was measured)
        checked.append(time.perf_counter() - started)
        old = chance.randrange(1, size)
        assert extends(old, size, root_of(tiles.__getitem__, old), root, consistency(tiles.__getitem__, old, size))  # noqa: S101

    def told(seconds: list[float]) -> str:
        return (
            f"{statistics.median(seconds) * 1e3:.2f} ms, p99 {sorted(seconds)[-len(seconds) // 100 or -1] * 1e3:.2f} ms"
        )

    return {"leaves of the tree": f"{size:,}", "a proof made": told(made), "a proof checked": told(checked)}


def copy(rounds: int) -> str:
    """Seconds in which the file that goes to court judges a copy of many leaves, from its start to its end.

    Beside it, in turn: a Python just as isolated reads the same zip file and hashes what is in it, and checks nothing.
    """
    signer, files, leaves, before = Signer("tlog.example/bench/2026", b"b" * 32), {}, [], None
    for n in range(COPY):
        kind = "copy" if n == COPY - 1 else "case"
        digests = sorted(b64(sha256(each).digest()) for each in _disclosures(n))
        told = {
            "log": signer.name,
            "record": "r",
            "place": n,
            "prev": before and b64(before),
            "kind": kind,
            "at": "now",
        }
        leaves.append(json.dumps(told | {"_sd": digests}).encode())
        before = leaf_hash(leaves[-1])
    size, tiles = grow(lambda _: b"", 0, map(leaf_hash, leaves))
    body = body_of(signer.name, size, root_of(tiles.__getitem__, size))
    note = note_of(body, signer.sign(body))
    for n, leaf in enumerate(leaves):
        files |= {f"leaves/{n:06}.json": leaf, f"disclosures/{n:06}.txt": b"\n".join([*_disclosures(n), b""])}
        files[f"proofs/{n:06}.tlog-proof"] = proof_of(n, inclusion(tiles.__getitem__, n, size), note)
    files |= {WITHHELD: listing([])} | raw(open_checkpoint(note))
    files[MANIFEST] = manifest(files)
    with tempfile.TemporaryDirectory() as folder:
        bundle, policy = Path(folder) / "bundle.zip", Path(folder) / "policy"
        bundle.write_bytes(pack(files))
        policy.write_text(f"log {vkey_of(signer.key)}\nquorum none\n", encoding="utf-8")
        judged, bare = [verify.__file__, str(bundle), "--policy", str(policy)], ["-c", HASHED, str(bundle)]
        seen = [(_seconds(*judged, ends=1), _seconds(*bare)) for _ in range(rounds)]
    ours, yardstick = (statistics.median(each) for each in zip(*seen, strict=True))
    return f"{ours:.2f} s; read by zipfile and hashed alone: {yardstick:.2f} s (ratio {ours / yardstick:.2f})"


def _seconds(*arguments: str, ends: int = 0) -> float:
    started = time.perf_counter()
    done = subprocess.run([sys.executable, "-I", "-S", *arguments], stdout=subprocess.PIPE, text=True, check=False)
    taken = time.perf_counter() - started
    assert done.returncode == ends, done.stdout  # noqa: S101 (else nothing was measured)
    return taken


def _disclosures(n: int) -> list[bytes]:
    return [b64(json.dumps([f"{n:022}", f"column_{each}", n]).encode()).encode() for each in range(COLUMNS)]


def main() -> None:
    """Measure and print."""
    given = options(__doc__ or "")
    size = given.size or 50_000
    with server() as url:
        contenders = {
            "ours": lambda: sequence(url, size),
            "append": lambda: append(url),
            "a bare tree": lambda: hashes(size),
        }
        medians = in_turn(contenders, given.rounds)
    more = {**proofs(size * 100), f"a copy of {COPY:,} leaves judged": copy(given.rounds)}
    report("ledger", "entries/s", medians, as_json=given.json, **more)


if __name__ == "__main__":
    main()
