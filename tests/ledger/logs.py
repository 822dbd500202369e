"""A small log of nothing in particular, as another person would find it in a folder."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from roznamcha.ledger.merkle import HASH, Tile, consistency, grow, inclusion, leaf_hash, root_of
from roznamcha.ledger.notes import Signer, body_of, note_of, proof_of, vkey_of
from roznamcha.ledger.tiles import bundle_of, places

SIGNER = Signer("tlog.example/test/2026", b"s" * 32)


@dataclass
class Log:
    """Leaves, and everything that follows from them."""

    leaves: list[bytes]
    signer: Signer = SIGNER
    tiles: dict[Tile, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Hash them."""
        self.tiles = grow(lambda _: b"", 0, map(leaf_hash, self.leaves))[1]

    def root(self, size: int) -> bytes:
        """The root of the first leaves."""
        return root_of(self.tiles.__getitem__, size)

    @cached_property
    def checkpoint(self) -> bytes:
        """The head, signed."""
        body = body_of(self.signer.name, len(self.leaves), self.root(len(self.leaves)))
        return note_of(body, self.signer.sign(body))

    def proof(self, index: int) -> bytes:
        """That a leaf is in it."""
        return proof_of(index, inclusion(self.tiles.__getitem__, index, len(self.leaves)), self.checkpoint)

    def write(self, folder: Path, proved: list[int], old: int) -> None:
        """All of it into a folder."""
        size = len(self.leaves)
        files = {"vkey": vkey_of(self.signer.key).encode(), "checkpoint": self.checkpoint}
        for place in places(size):
            first = place.number * 256
            whole = bundle_of(self.leaves[first : first + place.width])
            tile = self.tiles.get((place.level or 0, place.number), b"")[: place.width * HASH]
            files[place.path] = whole if place.level is None else tile
        for n in proved:
            files[f"proofs/{n}.tlog-proof"] = self.proof(n)
            files[f"leaves/{n}"] = base64.b64encode(self.leaves[n])
        told = [self.root(old), *consistency(self.tiles.__getitem__, old, size)]
        files["consistency"] = " ".join([str(old), *(base64.b64encode(each).decode() for each in told)]).encode()
        for name, data in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)


def log_of(size: int) -> Log:
    """A log of so many leaves."""
    return Log([json.dumps({"n": n}).encode() for n in range(size)])
