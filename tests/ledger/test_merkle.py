"""The tree and the signatures, against the vectors that others published and against the definitions in the RFC."""

from __future__ import annotations

import base64
import json
import random
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from roznamcha.ledger.merkle import EMPTY, FULL, HASH, Tile, consistency, grow, inclusion, leaf_hash, root_of, width
from roznamcha.ledger.verify import extends, includes, node_hash, signed

VECTORS = Path(__file__).parent / "vectors"


def vectors(name: str) -> list[dict[str, Any]]:
    """The lines of a file of vectors."""
    return [json.loads(line) for line in (VECTORS / name).read_text("utf-8").splitlines()]


def decoded(told: str | None) -> bytes:
    """Bytes as the vectors have them."""
    return base64.b64decode(told or "")


def tree(leaves: list[bytes]) -> dict[Tile, bytes]:
    """The tiles over these hashes."""
    return grow(lambda _: b"", 0, leaves)[1]


def defined(leaves: list[bytes]) -> bytes:
    """MTH as RFC 9162 section 2.1.1 defines it."""
    if len(leaves) <= 1:
        return leaves[0] if leaves else sha256(b"").digest()
    middle = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(defined(leaves[:middle]), defined(leaves[middle:]))


def test_every_published_vector_of_inclusion_and_consistency() -> None:
    """All 196 of transparency-dev/merkle, of which most are proofs that were tampered with."""
    wrong, counted = [], 0
    for each in vectors("merkle.jsonl"):
        proof = [decoded(one) for one in each["proof"] or ()]
        if "leafIdx" in each:
            where, size = each["leafIdx"], each["treeSize"]
            found = includes(where, size, decoded(each["leafHash"]), proof, decoded(each["root"]))
        else:
            sizes = each["size1"], each["size2"]
            found = extends(*sizes, decoded(each["root1"]), decoded(each["root2"]), proof)
        counted += 1
        if found == each["wantErr"]:
            wrong.append(each["file"])
    assert (counted, wrong) == (196, [])


def test_every_published_vector_of_ed25519() -> None:
    """All 151 of Wycheproof."""
    cases = vectors("ed25519.jsonl")
    wrong = [
        each["id"]
        for each in cases
        if signed(*(bytes.fromhex(each[part]) for part in ("key", "msg", "sig"))) != (each["result"] == "valid")
    ]
    assert (len(cases), wrong) == (151, [])


def test_roots_and_proofs_are_those_of_the_definition() -> None:
    """Trees of every size up to 40 and some beyond a tile: roots, each inclusion, each consistency."""
    hashes = [leaf_hash(bytes([n % 251, n >> 8])) for n in range(FULL + 44)]
    tiles = tree(hashes)
    assert root_of(tiles.__getitem__, 0) == EMPTY
    for size in [*range(1, 41), FULL - 1, FULL, FULL + 1, FULL + 44]:
        root = root_of(tiles.__getitem__, size)
        assert root == defined(hashes[:size])
        for n in range(size) if size < 41 else (0, 254, size - 1):
            assert includes(n, size, hashes[n], inclusion(tiles.__getitem__, n, size), root)
        for old in range(1, size + 1) if size < 41 else (1, 128, 200, size):
            proof = consistency(tiles.__getitem__, old, size)
            assert extends(old, size, defined(hashes[:old]), root, proof)
            assert not extends(old, size, leaf_hash(b"another"), root, proof), "whatever stood there before"
            assert not extends(old, size, defined(hashes[:old]), leaf_hash(b"another"), proof)


@pytest.mark.parametrize("seed", range(3))
def test_however_it_grew_the_tiles_are_the_same(seed: int) -> None:
    """Grown by any steps, a tree of 70,000 leaves has the tiles that c2sp.org/tlog-tiles counts for it."""
    chance = random.Random(seed)
    hashes = [leaf_hash(n.to_bytes(4, "big")) for n in range(70_000)]
    tiles: dict[Tile, bytes] = {}
    size = 0
    while size < len(hashes):
        step = chance.choice([1, 255, 256, 1_000, 30_000])
        size, changed = grow(tiles.__getitem__, size, hashes[size : size + step])
        tiles |= changed
    assert tiles == tree(hashes)
    lengths = {where: len(tile) // HASH for where, tile in tiles.items()}
    assert lengths == {(level, n): width(size, level, n) for level, n in tiles}
    full = [where for where, length in lengths.items() if length == FULL]
    assert ([w for w in full if w[0] == 0], lengths[0, 273]) == ([(0, n) for n in range(273)], 112)
    assert (lengths[1, 0], lengths[1, 1], lengths[2, 0]) == (256, 17, 1)
    n, root = chance.randrange(size), root_of(tiles.__getitem__, size)
    assert includes(n, size, hashes[n], inclusion(tiles.__getitem__, n, size), root)


def test_what_has_no_proof_is_refused() -> None:
    """A leaf beyond the tree, and a tree that shrinks."""
    tiles = tree([leaf_hash(b"a"), leaf_hash(b"b")])
    with pytest.raises(ValueError, match="leaf 2 is not in a tree of 2"):
        inclusion(tiles.__getitem__, 2, 2)
    for sizes in ((0, 2), (3, 2)):
        with pytest.raises(ValueError, match="no proof leads from a tree of"):
            consistency(tiles.__getitem__, *sizes)
