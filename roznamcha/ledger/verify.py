#!/usr/bin/env python3
"""Checks a court bundle of Roznamcha offline, with nothing but Python 3.9 or later and this one file.

    python3 -I -S verify.py BUNDLE.zip [--policy POLICY] [--json]

POLICY names the keys that are trusted (c2sp.org/tlog-policy). Take it from elsewhere: a gazette, the registry of the
High Court. A key inside the bundle proves nothing, and is never used. Without a policy no signature is checked, and
that is said.

It only checks public data, after RFC 9162 section 2.1 (Merkle trees), RFC 8032 section 5.1.7 (Ed25519), RFC 9901
section 4.2 (disclosures) and the C2SP texts signed-note, tlog-checkpoint, tlog-cosignature, tlog-proof and tlog-policy.
The program that writes bundles checks with these same functions.
"""

from __future__ import annotations

import base64
import hashlib
import re
from typing import NamedTuple

HASH = 32


class Bad(Exception):
    """Something isn't what it must be. The message says what, in one line."""


# --- Merkle trees: RFC 9162 section 2.1 ---------------------------------------------------------------------------


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf: SHA-256 of 0x00 and its bytes."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node: SHA-256 of 0x01 and the hashes below it."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def includes(index: int, size: int, leaf: bytes, proof: list[bytes], root: bytes) -> bool:
    """Whether `proof` leads from the hash of leaf `index` to the root of a tree of `size` (section 2.1.3.2)."""
    if not 0 <= index < size or any(len(each) != HASH for each in (leaf, root, *proof)):
        return False
    place, last, found = index, size - 1, leaf
    for each in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(each, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, each)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def extends(size: int, larger: int, root: bytes, larger_root: bytes, proof: list[bytes]) -> bool:
    """Whether a tree of `larger` leaves begins with those of the tree of `size` (section 2.1.4.2), which is not 0."""
    if size == larger > 0:
        return not proof and root == larger_root
    if not 0 < size < larger or any(len(each) != HASH for each in (root, larger_root, *proof)):
        return False
    path = [root, *proof] if size & (size - 1) == 0 else [*proof]
    if not path:
        return False
    place, last = size - 1, larger - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = path[0]
    for each in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node_hash(each, old), node_hash(each, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, each)
        place, last = place >> 1, last >> 1
    return last == 0 and old == root and new == larger_root


# --- Ed25519: RFC 8032 section 5.1 --------------------------------------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]


def _add(a: Point, b: Point) -> Point:
    """The sum of two points in extended coordinates (section 5.1.4)."""
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _times(factor: int, point: Point) -> Point:
    found: Point = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            found = _add(found, point)
        point, factor = _add(point, point), factor >> 1
    return found


def _point(data: bytes) -> Point | None:
    """A point as it is written (section 5.1.3); None for bytes that are none, or not the one way to write it."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_1 % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return (x, y, 1, x * y % P)


BASE = _point(bytes([0x58] + [0x66] * 31))


def signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether an Ed25519 signature of `message` is that of the `public` key (section 5.1.7)."""
    if len(public) != HASH or len(signature) != 2 * HASH:
        return False
    key, point, s = _point(public), _point(signature[:HASH]), int.from_bytes(signature[HASH:], "little")
    if key is None or point is None or BASE is None or s >= ORDER:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:HASH] + public + message).digest(), "little") % ORDER
    left, right = _times(s, BASE), _add(point, _times(h, key))
    return not ((left[0] * right[2] - right[0] * left[2]) % P or (left[1] * right[2] - right[1] * left[2]) % P)


# --- signed notes, checkpoints and proofs: c2sp.org ---------------------------------------------------------------

ED25519, COSIGNATURE = 1, 4
"""Kinds of keys: a log's own, and a witness's, whose signature has a time in it."""
MOST = 64
"""Signatures of one note that are looked at."""
NUMBER = re.compile("0|[1-9][0-9]{0,18}")


class Key(NamedTuple):
    """A key that is trusted, or one of ours."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """Its four bytes in front of a signature."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]


class Checkpoint(NamedTuple):
    """A log's head, and the note it was read from."""

    origin: str
    size: int
    root: bytes
    body: bytes
    signatures: list[tuple[str, bytes]]
    note: bytes


def base64_of(text: str) -> bytes:
    """The bytes that standard base64 says, written the one right way. Raises Bad."""
    try:
        found = base64.b64decode(text, validate=True)
    except ValueError:
        found = b""
    if base64.b64encode(found).decode() != text or not text:
        raise Bad("something that must be base64 is not")
    return found


def key_of(vkey: str) -> Key:
    """A key as signed-note writes it: name, id and key with plus signs between. Raises Bad."""
    name, _, rest = vkey.partition("+")
    given, _, coded = rest.partition("+")
    data = base64_of(coded)
    key = Key(name, data[0], data[1:])
    if not name or re.search(r"[\s+]", name) or key.id.hex() != given or len(key.public) != HASH:
        raise Bad(f"no verifier key: {vkey[:80]}")
    return key


def open_checkpoint(note: bytes) -> Checkpoint:
    """Read a checkpoint; no signature is looked at. Raises Bad."""
    body, found, rest = note.rpartition(b"\n\n")
    try:
        lines, signatures = body.decode().split("\n"), rest.decode().split("\n")
    except ValueError:
        raise Bad("the checkpoint is not UTF-8") from None
    if not found or signatures.pop() or not 1 <= len(signatures) <= MOST or re.search(rb"[\x00-\x09\x0b-\x1f]", note):
        raise Bad("the checkpoint is no signed note")
    if len(lines) < 3 or not all(lines) or not NUMBER.fullmatch(lines[1]):
        raise Bad("the checkpoint does not say origin, size and root")
    read = []
    for line in signatures:
        parts = line.split(" ")
        if len(parts) != 3 or parts[0] != "\u2014" or not parts[1] or "+" in parts[1]:
            raise Bad("the checkpoint has a line that is no signature")
        read.append((parts[1], base64_of(parts[2])))
    root = base64_of(lines[2])
    if len(root) != HASH:
        raise Bad("the checkpoint's root is no SHA-256")
    return Checkpoint(lines[0], int(lines[1]), root, body + b"\n", read, note)


def signed_by(key: Key, checkpoint: Checkpoint) -> int | None:
    """When a witness cosigned, by its own clock, 0 for a log's own signature; None when the key has not signed.

    A signature that names the key and isn't its own spoils the whole checkpoint: raises Bad.
    """
    when = None
    for name, data in checkpoint.signatures:
        if name != key.name or data[:4] != key.id:
            continue
        stamp, message, signature = 0, checkpoint.body, data[4:]
        if key.kind == COSIGNATURE:
            stamp, signature = int.from_bytes(data[4:12], "big"), data[12:]
            message = cosigned(stamp, message)
        if key.kind not in (ED25519, COSIGNATURE) or not signed(key.public, message, signature):
            raise Bad(f"the signature of {key.name} is not its own")
        when = stamp
    return when


def cosigned(stamp: int, body: bytes) -> bytes:
    """What a witness signs at `stamp`, in seconds since 1970."""
    return b"cosignature/v1\ntime %d\n" % stamp + body


def open_proof(text: bytes) -> tuple[int, list[bytes], bytes]:
    """Index, hashes and checkpoint of a c2sp.org/tlog-proof. Raises Bad."""
    head, _, note = text.partition(b"\n\n")
    try:
        lines = head.decode().split("\n")
    except ValueError:
        lines = []
    if len(lines) > 1 and lines[1].startswith("extra "):
        base64_of(lines.pop(1)[6:])
    kind, index = [*lines, "", ""][:2]
    if kind != "c2sp.org/tlog-proof@v1" or not index.startswith("index ") or not NUMBER.fullmatch(index[6:]):
        raise Bad("no proof that c2sp.org/tlog-proof knows")
    return int(index[6:]), [base64_of(each) for each in lines[2:]], note
