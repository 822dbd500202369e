"""The tree over all leaves: roots and proofs after RFC 9162 section 2.1, kept in tiles after c2sp.org/tlog-tiles.

A tile is 256 hashes that follow each other at a level that is a multiple of eight; everything between is hashed anew
from them. So a proof reads a tile or two for each eight levels, however large the tree is. What checks a proof is in
`verify.py`, the file that goes to court.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import sha256

from roznamcha.ledger.verify import HASH, leaf_hash, node_hash

__all__ = [
    "EMPTY",
    "FULL",
    "HASH",
    "Tile",
    "Tiles",
    "consistency",
    "grow",
    "inclusion",
    "leaf_hash",
    "root_of",
    "width",
]

FULL = 256
"""Hashes of a full tile."""
EMPTY = sha256(b"").digest()
"""The root of a tree without leaves."""

Tile = tuple[int, int]
"""Level of the tile (each eight levels of the tree), and its number there."""
Tiles = Callable[[Tile], bytes]
"""Gives the hashes of a tile, of which there may be more than the tree has that is asked for."""


def width(size: int, level: int, number: int) -> int:
    """How many hashes a tile has in a tree of `size`: 256, fewer at the right edge, none beyond it."""
    return max(0, min(FULL, (size >> 8 * level) - number * FULL))


def _fold(hashes: bytes) -> bytes:
    """The hash over a power of two of hashes, which stand one behind the other."""
    while len(hashes) > HASH:
        pairs = range(0, len(hashes), 2 * HASH)
        hashes = b"".join([sha256(b"\x01" + hashes[at : at + 2 * HASH]).digest() for at in pairs])
    return hashes


def _node(tiles: Tiles, level: int, number: int) -> bytes:
    """The hash of a full subtree of 2**level leaves."""
    high, up = divmod(level, 8)
    first = number << up
    tile = tiles((high, first // FULL))
    at = first % FULL * HASH
    return _fold(tile[at : at + (HASH << up)])


def _full(first: int, end: int) -> list[tuple[int, int]]:
    """The full subtrees (level, number) that make up the leaves from `first` to `end`, from left to right.

    `first` is a multiple of the largest power of two that is less than `end - first`, as RFC 9162 splits.
    """
    found = []
    while first < end:
        level = (end - first).bit_length() - 1
        found.append((level, first >> level))
        first += 1 << level
    return found


def _hash(tiles: Tiles, first: int, end: int) -> bytes:
    """The hash over the leaves from `first` to `end` (MTH of section 2.1.1)."""
    *left, found = [_node(tiles, *each) for each in _full(first, end)]
    for each in reversed(left):
        found = node_hash(each, found)
    return found


def root_of(tiles: Tiles, size: int) -> bytes:
    """The root of the tree of the first `size` leaves."""
    return _hash(tiles, 0, size) if size else EMPTY


def _split(first: int, end: int) -> int:
    """Where a tree divides: the largest power of two smaller than its number of leaves."""
    return first + (1 << (end - first - 1).bit_length() - 1)


def inclusion(tiles: Tiles, index: int, size: int) -> list[bytes]:
    """The proof that leaf `index` is in the tree of `size` (PATH of section 2.1.3.1). Raises ValueError beyond it."""
    if not 0 <= index < size:
        message = f"leaf {index} is not in a tree of {size}"
        raise ValueError(message)
    first, end, proof = 0, size, []
    while end - first > 1:
        middle = _split(first, end)
        if index < middle:
            proof.append(_hash(tiles, middle, end))
            end = middle
        else:
            proof.append(_hash(tiles, first, middle))
            first = middle
    return proof[::-1]


def consistency(tiles: Tiles, size: int, larger: int) -> list[bytes]:
    """The proof that the tree of `larger` begins with that of `size` (SUBPROOF of section 2.1.4.1).

    Raises ValueError for sizes that no proof exists for.
    """
    if not 0 < size <= larger:
        message = f"no proof leads from a tree of {size} to one of {larger}"
        raise ValueError(message)
    first, end, whole, proof = 0, larger, True, []
    while size != end:
        middle = _split(first, end)
        if size <= middle:
            proof.append(_hash(tiles, middle, end))
            end = middle
        else:
            proof.append(_hash(tiles, first, middle))
            first, whole = middle, False
    return [*([] if whole else [_hash(tiles, first, end)]), *proof[::-1]]


def grow(tiles: Tiles, size: int, leaves: Iterable[bytes]) -> tuple[int, dict[Tile, bytes]]:
    """Add hashes of leaves to a tree of `size`: its new size, and every tile that is new or has become longer."""
    found, changed, level, at = [*leaves], dict[Tile, bytes](), 0, size
    end = size + len(found)
    while found:
        above, behind = [], at + len(found)
        for number in range(at // FULL, -(-behind // FULL)):
            first = number * FULL
            before = tiles((level, number))[: (at - first) * HASH] if at > first else b""
            tile = before + b"".join(found[max(0, first - at) : first + FULL - at])
            changed[level, number] = tile
            if len(tile) == FULL * HASH:
                above.append(_fold(tile))
        found, at, level = above, at // FULL, level + 1
    return end, changed
