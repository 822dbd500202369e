"""Measure how many entries a second get their leaves, beside how many the store takes; and what proofs cost.

Ours: committed entries read, each leaf made, leaves, tiles and head written, every 1,024 signed; by the sequencer with
two processes beside it that make leaves ready, and by itself. The yardsticks are the store's append by the public door
on the same machine: batches of 500 units of a sample district, as an import brings them, and 64 callers at once, one
act each, as a day brings them. Both decide, seal and encode, which the sequencer need not; so its processor time for an
entry, the database's with it, stands beside that of the batches. A bare tree is the same number of hashes, no leaf made
and nothing kept. Proofs are made and checked in a tree of `--leaves`, and a copy of 10,000 leaves is judged by the file
that goes to court. With `--audited` so many entries are given leaves, and then audited: each is made again.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from callers import coroutines, made_ready
from filling import enter, fill
from harness import database, in_turn, options, report, server

from consumers.columns import micros
from consumers.embedded import connected
from roznamcha.ledger import verify
from roznamcha.ledger.auditing import audit
from roznamcha.ledger.disclosing import b64, moment_text
from roznamcha.ledger.hands import Hands
from roznamcha.ledger.keys import Keys
from roznamcha.ledger.merkle import Tile, consistency, grow, inclusion, leaf_hash, root_of
from roznamcha.ledger.notes import Signer, body_of, note_of, proof_of, vkey_of
from roznamcha.ledger.remembered import Memory
from roznamcha.ledger.sequencer import Sequencer
from roznamcha.ledger.statements import beginning
from roznamcha.ledger.verify import MANIFEST, WITHHELD, extends, includes, listing, manifest, open_checkpoint, pack, raw
from schemas import catalogue

CASES = 150
TRIES = 300
COPY = 10_000
ACTS = 8_000
SPENT: dict[str, list[float]] = {}
"""Microseconds of processor for an entry, by what was measured."""
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


def sequence(url: str, size: int, count: int = 0) -> float:
    """Entries a second that get their leaves, with so many processes beside that make them ready."""
    with database(url) as at, tempfile.TemporaryDirectory() as folder, connected(at) as connection:
        entries = fill(at, size)
        hands = Hands(catalogue(), count, at)
        keys, memory = Keys(Path(folder) / "keys"), Memory(Path(folder) / "checkpoint")
        sequencer = Sequencer(connection, catalogue(), keys, memory, hands=hands)
        sequencer.begin()
        gc.collect()
        started, spent = time.perf_counter(), processor()
        sequencer.catch_up()
        taken = time.perf_counter() - started
        SPENT.setdefault(f"{count} beside", []).append((processor() - spent) / entries * 1e6)
        hands.close()
    return entries / taken


def append(url: str) -> float:
    """Entries a second that the store takes, in the largest batches it is given."""
    with database(url) as at:
        started, spent = time.perf_counter(), processor()
        entries = len(enter(at, CASES))
        taken = time.perf_counter() - started
        SPENT.setdefault("append", []).append((processor() - spent) / entries * 1e6)
        return entries / taken


def callers(url: str) -> float:
    """Acts a second that the store takes from 64 callers at once."""
    with database(url) as at:
        load = made_ready(at)
        rate = load.run(load.acts(ACTS, 64), coroutines)
        load.store.close()
        load.store.datastore.close()
        return rate


def processor() -> float:
    """Seconds of processor that this process and all below it have had: the database and the hands too."""
    seen: dict[int, tuple[int, int]] = {}
    for each in Path("/proc").iterdir():
        if each.name.isdigit():
            with contextlib.suppress(OSError):
                told = (each / "stat").read_text().rpartition(")")[2].split()
                seen[int(each.name)] = int(told[1]), sum(map(int, told[11:15]))

    def ours(number: int) -> bool:
        while number in seen and number != os.getpid():
            number = seen[number][0]
        return number == os.getpid()

    return sum(ticks for number, (_, ticks) in seen.items() if ours(number)) / os.sysconf("SC_CLK_TCK")


def audited(url: str, size: int) -> str:
    """How long it takes to give so many entries their leaves, and to make each again and compare."""
    with database(url) as at, tempfile.TemporaryDirectory() as folder, connected(at) as connection:
        entries, hands = fill(at, size), Hands(catalogue(), 2, at)
        keys, memory = Keys(Path(folder) / "keys"), Memory(Path(folder) / "checkpoint")
        sequencer = Sequencer(connection, catalogue(), keys, memory, hands=hands)
        sequencer.begin()
        started = time.perf_counter()
        sequencer.catch_up()
        sequenced = time.perf_counter() - started
        hands.close()
        started = time.perf_counter()
        found = audit(sequencer.ledger, catalogue())
        assert found.ok, found.wrong[:3]  # noqa: S101 (else nothing was measured)
        taken = time.perf_counter() - started
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    return (
        f"{entries:,} entries: leaves {sequenced:.0f} s ({entries / sequenced:,.0f}/s), "
        f"audit {taken:.0f} s ({entries / taken:,.0f}/s), {most:,} MB at most"
    )


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
    shown = [_disclosures(n) for n in range(COPY)]
    closing = {"copy.files": {}, "copy.audience": "court", "copy.withheld": sha256(listing([])).hexdigest()}
    shown[-1] += [_disclosure(COPY, name, value) for name, value in closing.items()]
    for n in range(COPY):
        kind = "copy" if n == COPY - 1 else "case"
        digests = sorted(b64(sha256(each).digest()) for each in shown[n])
        told = {
            "log": signer.name,
            "record": "r",
            "place": n,
            "prev": before and b64(before),
            "kind": kind,
            "version": n + 1,
            "at": moment_text(micros(datetime.now(UTC))),
            "v": 1,
            "_sd_alg": "sha-256",
        }
        leaves.append(json.dumps(told | {"_sd": digests}).encode())
        before = leaf_hash(leaves[-1])
    first = beginning(signer.name, datetime.now(UTC), None)
    size, tiles = grow(lambda _: b"", 0, map(leaf_hash, [first, *leaves]))
    body = body_of(signer.name, size, root_of(tiles.__getitem__, size))
    note = note_of(body, signer.sign(body))
    files["beginnings/2026.json"] = first
    files["beginnings/2026.tlog-proof"] = proof_of(0, inclusion(tiles.__getitem__, 0, size), note)
    for n, leaf in enumerate(leaves):
        files |= {f"leaves/{n:06}.json": leaf, f"disclosures/{n:06}.txt": b"\n".join([*shown[n], b""])}
        files[f"proofs/{n:06}.tlog-proof"] = proof_of(n + 1, inclusion(tiles.__getitem__, n + 1, size), note)
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
    return [_disclosure(n, f"column_{each}", n) for each in range(COLUMNS)]


def _disclosure(n: int, name: str, value: object) -> bytes:
    return b64(json.dumps([f"{n:022}", name, value]).encode()).encode()


def main() -> None:
    """Measure and print."""
    given = options(
        __doc__ or "",
        leaves="leaves of the tree in which proofs are made; default: a hundred times the size",
        audited="entries that are given leaves and audited; default: none",
    )
    size = given.size or 50_000
    with server() as url:
        contenders = {
            "ours": lambda: sequence(url, size, 2),
            "ours, by itself": lambda: sequence(url, size),
            "append in batches": lambda: append(url),
            "append by 64 callers": lambda: callers(url),
            "a bare tree": lambda: hashes(size),
        }
        medians = in_turn(contenders, given.rounds)
        spent = {name: f"{statistics.median(each):.0f} µs" for name, each in SPENT.items()}
        more: dict[str, object] = {"processor time for an entry": spent}
        if given.audited:
            more["audited"] = audited(url, given.audited)
    more |= {**proofs(given.leaves or size * 100), f"a copy of {COPY:,} leaves judged": copy(given.rounds)}
    report("ledger", "entries/s", medians, as_json=given.json, **more)


if __name__ == "__main__":
    main()
