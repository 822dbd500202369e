#!/usr/bin/env python3
"""Checks a court bundle of Roznamcha offline, with nothing but Python 3.9 or later and this one file.

    python3 -I -S verify.py BUNDLE.zip [--policy POLICY] [--tsa-ca CERTIFICATES] [--json]
                               [--show] [--against OTHER.zip]

--show prints behind the verdict what stands in the copy, leaf by leaf, as text. --against compares it with another copy
of the same record: their common leaves must be the same, and what only one of them shows is named.

POLICY names the keys that are trusted (c2sp.org/tlog-policy). Take it from elsewhere: a gazette, the registry of the
High Court. A key inside the bundle proves nothing, and is never used. Without a policy no signature is checked, and
that is said. A line reads OK, FAILED or NOT CHECKED; the exit status is that of the worst: 0, 3 or 1.

It only checks public data, after RFC 9162 section 2.1 (Merkle trees), RFC 8032 section 5.1.7 (Ed25519), RFC 9901
section 4.2 (disclosures) and the C2SP texts signed-note, tlog-checkpoint, tlog-cosignature, tlog-proof and tlog-policy.
The program that writes bundles checks with these same functions.
"""

from __future__ import annotations

import argparse
import binascii
import hashlib
import json
import re
import shutil
import stat
import struct
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, NamedTuple

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
    if not 0 <= index < size or {len(each) for each in (leaf, root, *proof)} != {HASH}:
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
    if not 0 < size < larger or {len(each) for each in (root, larger_root, *proof)} != {HASH}:
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
        found = binascii.a2b_base64(text)
    except ValueError:
        found = b""
    if binascii.b2a_base64(found, newline=False).decode() != text or not text:
        raise Bad("something that must be base64 is not")
    return found


def key_of(vkey: str) -> Key:
    """A key as signed-note writes it: name, id and key with plus signs between. Raises Bad."""
    name, _, rest = vkey.partition("+")
    given, _, coded = rest.partition("+")
    try:
        data = base64_of(coded)
    except Bad:
        raise Bad(f"no verifier key: {vkey[:80]}; it is NAME+ID+KEY, as `ledger key list` shows it") from None
    key = Key(name, data[0], data[1:])
    if not name or re.search(r"[\s+]", name) or key.id.hex() != given or len(key.public) != HASH:
        raise Bad(f"no verifier key: {vkey[:80]}; it is NAME+ID+KEY, as `ledger key list` shows it")
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


# --- whom to trust: c2sp.org/tlog-policy --------------------------------------------------------------------------


class Policy(NamedTuple):
    """The logs whose heads count, and what the quorum asks of witnesses."""

    logs: list[Key]
    groups: dict[str, tuple[int, list[str]]]
    witnesses: dict[str, Key]
    quorum: str

    def met(self, name: str, signed_off: set[str]) -> bool:
        """Whether a witness, or enough members of a group, have signed."""
        if name in self.groups:
            needed, members = self.groups[name]
            return sum(self.met(each, signed_off) for each in members) >= needed
        return name in signed_off


PEM = (
    "this is a PEM file, and a policy is wanted: a line `log NAME+ID+KEY`, as the key was published, and `quorum none`"
)


def policy_text(data: bytes) -> str:
    """A policy as an editor saved it: UTF-8, also with the mark that Windows puts in front. Raises Bad for another."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Bad("the policy is no text in UTF-8: save it again as UTF-8") from None


def read_policy(text: str) -> Policy:
    """A policy as it is written. Raises Bad."""
    logs: list[Key] = []
    witnesses: dict[str, Key] = {}
    groups: dict[str, tuple[int, list[str]]] = {}
    quorum: list[str] = []
    taken: set[str] = set()
    for line in text.split("\n"):
        words = line.split()
        kind, rest = (words[0], words[1:]) if words and not words[0].startswith("#") else ("", [])
        if kind == "log" and len(rest) in (1, 2):
            logs.append(key_of(rest[0]))
        elif kind == "witness" and len(rest) in (2, 3) and rest[0] not in {*witnesses, *groups, "none"}:
            witnesses[rest[0]] = key_of(rest[1])
        elif kind == "group" and len(rest) > 2 and rest[0] not in {*witnesses, *groups, "none"}:
            name, how, members = rest[0], rest[1], rest[2:]
            needed = {"any": 1, "all": len(members)}.get(how) or (int(how) if NUMBER.fullmatch(how) else 0)
            unknown = {*members} - {*witnesses, *groups}
            if unknown or taken & {*members} or len({*members}) < len(members) or not 1 <= needed <= len(members):
                raise Bad(f"the policy's group {name} cannot be counted")
            taken |= {*members}
            groups[name] = (needed, members)
        elif kind == "quorum" and len(rest) == 1 and rest[0] in {*witnesses, *groups, "none"}:
            quorum.append(rest[0])
        elif kind:
            raise Bad(PEM if kind == "-----BEGIN" else f"the policy has a line that says nothing: {line[:60]}")
    _sound(logs, [*witnesses.values()], quorum)
    return Policy(logs, groups, witnesses, quorum[0])


def _sound(logs: list[Key], witnesses: list[Key], quorum: list[str]) -> None:
    if not quorum:
        raise Bad("the policy has no quorum: add a line `quorum none`, or one with the name of a witness or group")
    keys = [each.public for each in (*logs, *witnesses)]
    if any(each.kind != ED25519 for each in logs) or any(each.kind != COSIGNATURE for each in witnesses):
        raise Bad("the policy takes a witness for a log, or a log for a witness")
    if len(quorum) != 1 or len({*keys}) < len(keys):
        raise Bad("the policy must have one quorum, and no key twice")


# --- the bundle ---------------------------------------------------------------------------------------------------

SKEW = 300
"""Seconds by which clocks may disagree before it is said."""
OK, UNCHECKED, FAILED = "OK", "NOT CHECKED", "FAILED"
EXIT = {OK: 0, UNCHECKED: 1, FAILED: 3}
MANIFEST, WITHHELD = "MANIFEST.sha256", "withheld.json"
NAMES = re.compile(
    r"README\.txt|MANIFEST\.sha256|withheld\.json|tools/verify(\.py|-one\.sh)|signatures/[\w.-]+\.p7s"
    r"|(leaves/\d{6,}\.json|proofs/\d{6,}\.tlog-proof|disclosures/\d{6,}\.txt)"
    r"|beginnings/[0-9-]+\.(json|tlog-proof|consistency)"
    r"|milestones/\d{6,}\.(checkpoint|consistency)"
    r"|anchors/[0-9-]+/(checkpoint(\.body|\.tsr)?|log\.sig)|trust/([0-9-]+\.pem|policy\.txt)"
    r"|(exhibits|extracts)/([\w-][\w.-]*/)*[\w-][\w.-]*",
    re.ASCII,
)
"""What a bundle holds. Under any other name, or beyond a file of each kind for a leaf, nothing may lie in it."""
NAMED = ("exhibits/", "extracts/", "tools/")
"""Of these the closing leaf names each file, by its SHA-256."""
MILESTONES = ("FIRRegistered", "InquestRegistered", "ChargesheetSubmitted", "FinalReportFiled")
"""Acts whose day matters to a court: between these the log is shown to have only grown."""
ERASED, ERASURE = "erased by order", "ErasureExecuted"
REASON = re.compile(rf"(sealed, |of an earlier copy, )?not for the (\w+) copy|{ERASED}|its key is gone")
OTHERS = ("deadline", "copy")
"""Kinds of leaves that are not in a record's own count of entries: each clock counts its facts, a copy's end none."""
BEGIN, BREAK = "begin", "discontinuity"
"""Kinds of a log's first leaf: it goes on from the log before it, or it can't, and says what is lost."""
LONGEST = 400
"""Letters of what is said of a line."""
Files = dict[str, bytes]
Line = tuple[str, str, str]
"""What is judged, how, and in words."""


FILE, ENTRY, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
"""What the parts of a zip file begin with (PKWARE APPNOTE 4.3): a file, its line in the directory, the end."""
LARGEST = 0xFFFFFFFF
MANY = 0xFFFF
MOST_FILES = 1_000_000
"""Files of one bundle; a leaf has three."""
LEAF = 0xFFFF
"""Bytes of a leaf at most (c2sp.org/tlog-tiles)."""
AGAIN = "Get it again as it was handed out: a broken download, or a copy packed anew, is likelier than a forger"


def pack(files: Files) -> bytes:
    """The one way to write a bundle: a zip file, sorted, stored as they are, without times. Raises Bad above 4 GiB.

    Not a byte of it can be another, whatever version of Python packs or checks it.
    """
    return b"".join(packed(files))


def packed(files: Files) -> list[bytes]:
    """The same in parts, so that a bundle need not be in memory once more to be compared. Raises Bad as `pack` does."""
    if len(files) > MOST_FILES:
        raise Bad(f"a bundle holds at most {MOST_FILES:,} files")
    parts, directory, at = [], [], 0
    for name in sorted(files):
        data, coded = files[name], name.encode()
        size, letters = len(data), 0 if name.isascii() else 0x800
        if at + size > LARGEST:
            raise Bad("a bundle holds at most 4 GiB: leave the largest exhibits out")
        told = struct.pack("<5H3L2H", 20, letters, 0, 0, 0x21, zlib.crc32(data), size, size, len(coded), 0)
        parts += [FILE, told, coded, data]
        directory += [ENTRY, b"\x14\x03", told, struct.pack("<3H2L", 0, 0, 0, 0o644 << 16, at), coded]
        at += len(FILE) + len(told) + len(coded) + size
    listed, count = b"".join(directory), len(files)
    if at + len(listed) > LARGEST:
        raise Bad("a bundle holds at most 4 GiB: leave the largest exhibits out")
    if count > MANY:  # the count has a field of 16 bits; what follows says it again with 64 (4.3.14 and 4.3.15)
        more = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, len(listed), at)
        directory += [more, struct.pack("<4sLQL", b"PK\x06\x07", 0, at + len(listed), 1)]
    few = min(count, MANY)
    end = struct.pack("<4H2LH", 0, 0, few, few, len(listed), at, 0)
    return [*parts, *directory, END, end]


def unpack(data: bytes) -> Files:
    """The files of a bundle. Raises Bad for one that is written in any other way than by `pack`.

    Nothing is ever inflated, so nothing can be larger than the file itself.
    """
    if not data.startswith(FILE):
        what = "has no files in it" if data.startswith(END) else "is empty" if not data else "is no zip file"
        raise Bad(f"the bundle {what}. Is it the copy? {AGAIN}")
    files: Files = {}
    at = 0
    try:
        while data.startswith(FILE, at):
            _, flags, method, _, _, _, _, size, letters, _ = struct.unpack_from("<5H3L2H", data, at + 4)
            start = at + 30 + letters
            at = start + size
            name = data[start - letters : start].decode()
            if wrong := fault(name, method, flags) or "there twice" * (name in files):
                raise Bad(f"the bundle was packed by another hand or program: {name[:80]!r} is {wrong}. {AGAIN}")
            if at > len(data):
                raise Bad(f"the bundle is not whole: it is cut off in {name[:80]!r}. {AGAIN}")
            if len(files) == MOST_FILES:
                raise Bad(f"the bundle has more than {MOST_FILES:,} files")
            files[name] = data[start:at]
    except (struct.error, ValueError) as error:
        raise Bad(f"the bundle cannot be opened: {error}") from None
    at = 0
    for part in packed(files):
        if not data.startswith(part, at):
            lost = part.startswith(data[at:])
            what = "is not whole: its end is cut off, or was" if lost else "holds more than its files, or was"
            raise Bad(f"the bundle {what} packed by another hand. {AGAIN}")
        at += len(part)
    if at != len(data):
        raise Bad(f"the bundle holds more than its files, or was packed by another hand. {AGAIN}")
    return files


def fault(name: str, method: int, flags: int) -> str:
    """What is wrong with a file of a zip file, by its header; empty where nothing is.

    Its name must stay where it is unpacked, on any machine: parts with slashes between, none of them empty or dots.
    """
    if flags & 1 or method:
        return "encrypted" if flags & 1 else "compressed"
    stays = name.isprintable() and not {*name} & {*'\\:*?"<>|'} and not {"", ".", ".."} & {*name.split("/")}
    return "" if stays else "a name that may lead elsewhere"


def listing(withheld: list[dict[str, Any]]) -> bytes:
    """What is withheld, the one way to write it: leaf, digest, and the reason in the words of who made the copy."""
    return (json.dumps(withheld, indent=0, sort_keys=True) + "\n").encode()


def own(head: Checkpoint, keys: list[Key] | None = None) -> list[bytes]:
    """The log's own signatures of a head: those with the name and the id of one of these keys (c2sp.org/signed-note).

    Without keys all that bear its name: whoever can't tell them apart takes any. None is checked here.
    """
    ids = None if keys is None else {each.id for each in keys if each.name == head.origin}
    return [data[4:] for name, data in head.signatures if name == head.origin and (ids is None or data[:4] in ids)]


def raw(head: Checkpoint, key: Key | None = None) -> Files:
    """A head by itself, in the raw forms that openssl takes; the signature that of the log's key, where it is given."""
    folder = f"anchors/{head.origin.rpartition('/')[2]}"
    signature = next(iter(own(head, None if key is None else [key])), b"")
    return {f"{folder}/checkpoint": head.note, f"{folder}/checkpoint.body": head.body, f"{folder}/log.sig": signature}


def manifest(files: Files) -> bytes:
    """The list of all files but itself, as sha256sum reads it."""
    lines = (f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files) if name != MANIFEST)
    return "".join(lines).encode()


class Bundle:
    """One bundle, and what can be said of it."""

    def __init__(self, files: Files, policy: Policy | None, tsa: Path | None = None) -> None:
        """Judge these files, trusting whom the policy names and the authorities in `tsa`; nobody without them."""
        self.tsa = tsa
        self.files, self.policy = files, policy
        self.names = sorted(name for name in files if name.startswith("leaves/"))
        self.leaves = [files[name] for name in self.names]
        if any(len(each) > LEAF for each in self.leaves):
            raise Bad("a leaf is longer than any log takes")
        self.told = [read_json(each) for each in self.leaves]
        self.heads: dict[bytes, Checkpoint] = {}
        self.held = False
        """Whether every leaf was found under these heads."""
        self.indexes: dict[str, int] = {}
        """Where each leaf stands in its log."""

    def intact(self) -> tuple[str, str]:
        """Every file is there, as the manifest has it, and none beside those that a bundle has."""
        if self.files.get(MANIFEST) != manifest(self.files):
            raise Bad("MANIFEST.sha256 does not name exactly these files")
        for name in self.files:
            if not NAMES.fullmatch(name):
                raise Bad(f"{name} is no part of a copy: somebody has put it in")
        places = {name[7:-5] for name in self.names}
        for folder, end in (("proofs/", ".tlog-proof"), ("disclosures/", ".txt")):
            if {each[len(folder) : -len(end)] for each in self.files if each.startswith(folder)} != places:
                raise Bad(f"{folder} does not hold one file for each leaf: somebody has put it in, or taken it out")
        days = [name.split("/")[1].split(".")[0] for name in self.files if name.startswith("milestones/")]
        if not {*days} <= places or len(days) != 2 * len({*days}):
            raise Bad("milestones/ does not hold a head and its proof for leaves that are here")
        return OK, f"{len(self.files)} files fit the manifest, which nobody signed: what they say the other lines tell"

    def logged(self) -> tuple[str, str]:
        """Every leaf under its log's head, the heads of earlier days under the last, and the heads under the keys."""
        if not self.leaves:
            raise Bad("there is no leaf")
        reached: dict[str, int] = {}
        for name, leaf, told in zip(self.names, self.leaves, self.told):
            index, proof, note = open_proof(self.files[name.replace("leaves/", "proofs/")[:-5] + ".tlog-proof"])
            head = self.head(note)
            if head.origin != told["log"]:
                raise Bad(f"{name} is of the log {told['log']}, and is proved in {head.origin}")
            if not includes(index, head.size, leaf_hash(leaf), proof, head.root):
                raise Bad(f"{name} is not in the log: its proof does not lead to the head")
            if index <= reached.get(head.origin, -1):
                raise Bad(f"{name} stands in the log before an earlier leaf of its record")
            reached[head.origin] = self.indexes[name[7:-5]] = index
        self.begins()
        grown = self.grown()
        heads: Files = {}
        for each in self.heads.values():
            *others, (name, _) = raw(each).items()
            heads |= {**dict(others), name: self.files.get(name, b"")}
            if heads[name] not in (own(each, self.policy and self.policy.logs) or [b""]):
                raise Bad(f"{name} is no signature of {each.origin} that stands under its head")
        stamps = {name.rpartition("/")[0] + "/checkpoint.tsr" for name in heads}
        lies = {n: data for n, data in self.files.items() if n.startswith("anchors/") and n not in stamps}
        if heads != lies:
            raise Bad("anchors/ does not hold just the heads in which the leaves are proved")
        self.held = True
        where = ", ".join(f"{each.origin} at {each.size}" for each in self.heads.values())
        where += f", which has only grown since it had {', '.join(grown)}" if grown else "; no head of an earlier day"
        where += "".join(f"; {each}" for each in self.replaced())
        if self.policy is None:
            why = "unanchored: no policy, no signature checked"
            return UNCHECKED, f"all {len(self.leaves)} leaves are in {where}; {why}"
        return OK, f"all {len(self.leaves)} leaves are in {where}; signed by the log"

    def begins(self) -> None:
        """The first leaf of each log is here, under its head, and each log goes on where the one before it ended."""
        begun, proved = self.begun(), set()
        for told in begun.values():
            name = f"beginnings/{told['log'].rpartition('/')[2]}"
            index, proof, note = open_proof(self.files[f"{name}.tlog-proof"])
            head, leaf = self.head(note), self.files[f"{name}.json"]
            if index or head.origin != told["log"] or not includes(0, head.size, leaf_hash(leaf), proof, head.root):
                raise Bad(f"{name}.json is not the first leaf of {head.origin}")
            proved |= {f"{name}.json", f"{name}.tlog-proof"}
        heads = {each.origin: each for each in self.heads.values()}
        for told in begun.values():
            ended = told["previous" if told["kind"] == BEGIN else "held"]
            if ended and ended["origin"] in heads:
                proved.add(self.ends(heads[ended["origin"]], ended, told["log"]))
        if begun.keys() != heads.keys() or proved != {each for each in self.files if each.startswith("beginnings/")}:
            raise Bad("beginnings/ does not hold just the first leaf of each log: a break may have been left out")

    def ends(self, head: Checkpoint, ended: dict[str, Any], following: str) -> str:
        """The name of the proof that a log ended as the first leaf of the following one has it, and is the one here.

        So whoever has the key of the ended log can neither go on in it nor show another history of it.
        """
        if head.size > ended["size"]:
            raise Bad(f"{head.origin} goes on beyond {ended['size']} leaves, where {following} has it end")
        name = f"beginnings/{following.rpartition('/')[2]}.consistency"
        if name not in self.files:
            raise Bad(f"{name} is missing: that {following} goes on from the {head.origin} that is here")
        proof = [base64_of(each) for each in self.lines(name)]
        if not extends(head.size, ended["size"], head.root, base64_of(ended["root"]), proof):
            raise Bad(f"{head.origin} is here with another history than the one from which {following} goes on")
        return name

    def begun(self) -> dict[str, dict[str, Any]]:
        """What the first leaf of each log says, by the log's name."""
        names = (each for each in sorted(self.files) if each.startswith("beginnings/") and each.endswith(".json"))
        return {each["log"]: each for each in (read_json(self.files[name]) for name in names)}

    def replaced(self) -> list[str]:
        """Each log of which the key was replaced, by the first leaf of the one that goes on."""
        found = [each for each in self.begun().values() if each["kind"] == BEGIN and "by" in each]
        return [f"{each['previous']['origin']} was ended by order of {each['by']}: {each['reason']}" for each in found]

    def lost(self) -> list[str]:
        """What was lost, by the first leaves of the logs, since this record began."""
        begun, found = self.begun(), []
        for told in self.told:
            if told["log"] not in begun:
                raise Bad(f"the first leaf of {told['log']} is missing: it may be a break")
        for origin in [each for each in begun if each != self.told[0]["log"]]:
            told = begun[origin]
            if told["kind"] == BREAK:
                found.append(lost_in(told))
            elif told["kind"] != BEGIN or told["previous"]["origin"] not in begun:
                raise Bad(f"the first leaf of the log before {origin} is missing: it may be a break")
        return found

    def grown(self) -> list[str]:
        """How large the log was on earlier days, of which it is shown to have only grown since."""
        grown = []
        for name in sorted(each for each in self.files if each.startswith("milestones/") and each.endswith("point")):
            place = name[11:-11]
            early = self.head(self.files[name], last=False)
            proof = [base64_of(each) for each in self.lines(name[:-10] + "consistency")]
            if early.origin != self.told[int(place)]["log"] or early.size <= self.indexes[place]:
                raise Bad(f"{name} is no head that has leaf {int(place)}")
            if not any(
                each.origin == early.origin and extends(early.size, each.size, early.root, each.root, proof)
                for each in self.heads.values()
            ):
                raise Bad(f"{name} is no beginning of the log as it is now: it was rewritten in between")
            grown.append(str(early.size))
        return grown

    def head(self, note: bytes, *, last: bool = True) -> Checkpoint:
        """A head, signed as the policy asks; one for each log counts as the last."""
        if note not in self.heads:
            found = open_checkpoint(note)
            if any(last and each.origin == found.origin for each in self.heads.values()):
                raise Bad(f"two heads of {found.origin} in one bundle")
            keys = self.policy.logs if self.policy else []
            if self.policy and all(signed_by(each, found) is None for each in keys if each.name == found.origin):
                raise Bad(f"the head of {found.origin} is signed by no log that the policy knows")
            if not last:
                return found
            self.heads[note] = found
        return self.heads[note]

    def witnessed(self) -> tuple[str, str]:
        """Others have seen the same heads: so many as the policy asks for."""
        if self.policy is None or self.policy.quorum == "none":
            return UNCHECKED, "no policy was given" if self.policy is None else "the policy asks for no witness"
        seen = []
        for head in self.heads.values():
            met = self.seen(head)
            if not self.policy.met(self.policy.quorum, {*met}):
                raise Bad(f"the head of {head.origin} lacks the witnesses that the policy asks for")
            seen += [f"{head.origin} by {name} at {moment(at)}" for name, at in met.items()]
        return OK, f"every head was seen by the witnesses that the policy asks for: {', '.join(seen)}"

    def seen(self, head: Checkpoint) -> dict[str, int]:
        """When each of the policy's witnesses cosigned a head, in seconds since 1970, of those who did."""
        times = {name: signed_by(key, head) for name, key in self.policy.witnesses.items()} if self.policy else {}
        return {name: at for name, at in times.items() if at}

    def timed(self) -> tuple[str, str]:
        """Time stamps of an authority on every head (RFC 3161). openssl checks them, where it is there.

        What lies under a head was recorded before its stamp, and before so many witnesses as the policy asks for have
        seen it; a leaf that says otherwise had a clock that was wrong.
        """
        for head in self.heads.values():
            times = self.seen(head)
            for name, at, says in self.claims(head) if times else ():
                early = {each for each, seen in times.items() if at - seen > SKEW}
                if early and self.policy and self.policy.met(self.policy.quorum, early):
                    last = f"{', '.join(sorted(early))} had seen at {moment(max(times[each] for each in early))}"
                    raise Bad(f"{name} says {says}, and lies under a head that {last}")
        tokens = sorted(name for name in self.files if name.startswith("anchors/") and name.endswith(".tsr"))
        openssl = shutil.which("openssl")
        if not tokens or self.tsa is None or openssl is None:
            why = "no time stamp" if not tokens else "no --tsa-ca was given" if openssl else "there is no openssl here"
            return UNCHECKED, why
        stamps = []
        for note, head in self.heads.items():
            try:
                found = [stamped(openssl, self.tsa, note, self.files[name]) for name in tokens]
            except (OSError, subprocess.TimeoutExpired):
                return UNCHECKED, f"openssl gave no answer in {PATIENCE} seconds, or does not run here"
            if not any(found):
                raise Bad(f"no time stamp of an authority that --tsa-ca names is on the head of {head.origin}")
            before = next(filter(None, found))
            stamp = datetime.strptime(re.sub(r"\.[0-9]+", "", before).replace("GMT", "+0000"), "%b %d %H:%M:%S %Y %z")
            for name, at, says in self.claims(head):
                if at - stamp.timestamp() > SKEW:
                    raise Bad(f"{name} says {says}, and lies under a head that was stamped at {before}")
            stamps.append(f"{head.origin} before {before}")
        return OK, "; ".join(stamps)

    def claims(self, head: Checkpoint) -> Iterator[tuple[str, float, str]]:
        """Which time each leaf under a head says: its name, the seconds since 1970, and the words."""
        for name, told in zip(self.names, self.told):
            if told["log"] == head.origin:
                yield name, datetime.strptime(told["at"], "%Y-%m-%dT%H:%M:%S.%f%z").timestamp(), told["at"]

    def signed(self) -> tuple[str, str]:
        """Officers' signatures (CMS), which need more than this file to check."""
        count = sum(name.startswith("signatures/") for name in self.files)
        many = f"{count} files that say they are officers' signatures, which nobody has checked: `openssl cms -verify`"
        return UNCHECKED, many if count else "none is in it"

    def complete(self) -> tuple[str, str]:
        """The record's own chain, from its first leaf to the one that closes this copy."""
        before, last = None, 0
        for place, (leaf, told) in enumerate(zip(self.leaves, self.told)):
            if self.names[place] != f"leaves/{place:06}.json" or told["place"] != place:
                raise Bad(f"leaf {place} of this record is missing")
            digests = told["_sd"]
            if (told["v"], told["_sd_alg"], type(told["place"]), digests) != (1, "sha-256", int, sorted({*digests})):
                raise Bad(f"leaf {place} is not written as a leaf is")
            if told["record"] != self.told[0]["record"] or told["prev"] != (before and web(before)):
                raise Bad(f"leaf {place} does not follow the one before it in this record")
            before = leaf_hash(leaf)
            if told["kind"] not in OTHERS:
                if told["version"] != last + 1:
                    raise Bad(f"leaf {place} is of entry {told['version']} of this record, after entry {last}")
                last = told["version"]
        if not self.told or self.told[-1]["kind"] != "copy":
            raise Bad("the last leaf is not the one that closes a copy: the end may be cut off")
        says = f"leaves 0 to {len(self.leaves) - 1} without a gap, as of {self.told[-1]['at']}"
        if lost := self.lost():
            unknown = "whether this record had entries among them can't be known"
            return UNCHECKED, f"{'; '.join(lost)}: {unknown}; what is here: {says}"
        return OK, says

    def disclosed(self) -> tuple[str, str]:
        """What is shown is what was entered; what is not shown is listed, each with its reason."""
        withheld = read_json(self.files[WITHHELD])
        if self.files[WITHHELD] != listing(withheld):
            raise Bad(f"{WITHHELD} is not written the one way: it may read otherwise to another program")
        hidden = [(each["leaf"], each["digest"]) for each in withheld]
        shown: set[tuple[int, str]] = set()
        entered = {(n, each) for n, told in enumerate(self.told) for each in told["_sd"]}
        values: list[dict[str, Any]] = [{} for _ in self.told]
        for place, said_of in enumerate(values):
            digests = {*self.told[place]["_sd"]}
            for line in self.lines(f"disclosures/{place:06}.txt"):
                found = {(place, each) for each in opens(line, digests)}
                if not found or found & shown:
                    raise Bad(f"a value shown for leaf {place} is not what was entered")
                shown |= found
                name, value = opened(line)
                if name and name in said_of:
                    raise Bad(f"leaf {place} shows {name} twice")
                said_of[name] = value
        if shown | {*hidden} != entered or len(shown) + len(hidden) != len(entered):
            raise Bad("something is neither shown nor listed as withheld with its reason")
        self.closed(values, withheld)
        reasons = [each["reason"] for each in withheld]
        told = [f"{reasons.count(why)} \u00d7 {why}" for why in sorted({*reasons})]
        told = [f"{len(shown)}/{len(entered)}", *(["withheld: " + told[0], *told[1:]] if told else [])]
        return OK, "; ".join(told)

    def closed(self, values: list[dict[str, Any]], withheld: list[dict[str, Any]]) -> None:
        """The closing leaf is shown whole, and what it names is what lies here: files, reasons, days that matter."""
        last, acts = values[-1], [str(each.get("meta.act", {}).get("name")).partition(".")[2] for each in values]
        if any(each["leaf"] == len(values) - 1 for each in withheld):
            raise Bad("of the leaf that closes the copy something is withheld")
        self.beside(last["copy.files"])
        if last["copy.withheld"] != hashlib.sha256(self.files[WITHHELD]).hexdigest():
            raise Bad(f"{WITHHELD} is another than the one that the closing leaf names")
        executed = {
            (said_of.get("order"), said_of.get("person")): place
            for place, (act, said_of) in enumerate(zip(acts, values))
            if act == ERASURE
        }
        for each in withheld:
            more = {"order": str, "person": str}.keys() & each.keys()
            why = REASON.fullmatch(each["reason"])
            kinds = [type(each[name]) for name in ("leaf", "digest", "reason", *more)]
            if not why or kinds != [int, *[str] * (len(kinds) - 1)] or len(each) != len(kinds):
                raise Bad(f"something of leaf {each['leaf']} is withheld for no reason that there is")
            if why[2] not in (None, last["copy.audience"]):
                raise Bad(f"this is the {last['copy.audience']} copy, and something is not for the {why[2]} copy")
            if each["reason"] == ERASED and executed.get((each["order"], each["person"]), -1) <= each["leaf"]:
                raise Bad(f"no later entry says that something of leaf {each['leaf']} was erased by that order")
        for place, act in enumerate(acts):
            if act in MILESTONES and f"milestones/{place:06}.checkpoint" not in self.files:
                raise Bad(f"leaf {place} ({act}) is of a day that matters, and no head of it is here")

    def lines(self, name: str) -> list[str]:
        """The lines of one of its files."""
        *lines, rest = self.files[name].decode().split("\n")
        if rest:
            raise Bad(f"{name} does not end where a line does")
        return lines

    def beside(self, named: dict[str, str]) -> None:
        """Exhibits, extracts and tools are those that the closing leaf names."""
        there = {name for name in self.files if name.startswith(NAMED)}
        for name in sorted(there | {*named}):
            if name not in there or hashlib.sha256(self.files[name]).hexdigest() != named.get(name):
                raise Bad(f"{name} is another file than the one that the closing leaf names")


PATIENCE = 60
"""Seconds in which openssl must answer."""


def stamped(openssl: str, authority: Path, note: bytes, token: bytes) -> str:
    """When a head was stamped, by the authority's clock; empty when this token doesn't say so.

    The answer's status text is signed by nobody: the time is that of the signed TSTInfo alone (RFC 3161 section 2.4.2).
    Raises OSError or TimeoutExpired where openssl doesn't run.
    """
    with tempfile.TemporaryDirectory() as folder:
        data, reply = Path(folder) / "data", Path(folder) / "reply"
        data.write_bytes(note)
        reply.write_bytes(token)
        check = [openssl, "ts", "-verify", "-data", str(data), "-in", str(reply), "-CAfile", str(authority)]
        if subprocess.run(check, capture_output=True, check=False, timeout=PATIENCE).returncode:
            return ""
        show = [openssl, "ts", "-reply", "-in", str(reply), "-token_out", "-text"]
        shown = subprocess.run(show, capture_output=True, check=False, timeout=PATIENCE).stdout
        found = re.findall("^Time stamp: (.*)$", shown.decode("utf-8", "replace"), re.MULTILINE)
        if len(found) != 1:
            raise Bad("a time stamp does not tell its time just once")
        return str(found[0])


def web(data: bytes) -> str:
    """Base64 for the web, without padding."""
    return binascii.b2a_base64(data, newline=False).decode().rstrip("=").replace("+", "-").replace("/", "_")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Bad("a key stands twice in JSON: it may read otherwise to another program")
    return found


def _none(name: str) -> None:
    raise Bad(f"JSON knows no {name}")


def moment(seconds: int) -> str:
    """A time in seconds since 1970, by UTC."""
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


MOST_MORE = 1_024
"""Nothings that one of them opens at most."""


def opens(disclosure: str, entered: set[str]) -> list[str]:
    """Those of a leaf's digests that a disclosure opens, its own first; none where one is not among them.

    One without a name opens those that only fill up their number. Its value says how many more there are, and they are
    SHAKE256 of its text (FIPS 202), 32 bytes each.
    """
    found = [web(hashlib.sha256(disclosure.encode()).digest())]
    if found[0] not in entered:
        return []
    name, more = opened(disclosure)
    if not name:
        if type(more) is not int or not 0 <= more < MOST_MORE:
            raise Bad("a disclosure without a name does not say how many more there are")
        blocks = hashlib.shake_256(disclosure.encode()).digest(HASH * more)
        found += [web(blocks[at : at + HASH]) for at in range(0, HASH * more, HASH)]
    return found if entered.issuperset(found) else []


def opened(disclosure: str) -> tuple[str, Any]:
    """Name and value of a disclosure."""
    plain = disclosure.replace("-", "+").replace("_", "/") + "=" * (-len(disclosure) % 4)
    _, name, value = read_json(binascii.a2b_base64(plain))
    return name, value


def read_json(data: bytes) -> Any:  # noqa: ANN401 (any JSON)
    """What JSON says, to every program the same: no key stands twice, no number is none. Raises Bad, ValueError.

    A number of more digits than any of ours is refused: to read it could take hours.
    """
    return json.loads(data.decode(), parse_int=_number, parse_constant=_none, object_pairs_hook=_once)


def _number(digits: str) -> int:
    if len(digits) > 20:
        raise Bad("a number in the bundle has more than 20 digits")
    return int(digits)


def lost_in(told: dict[str, Any]) -> str:
    """What is lost by what the first leaf says of a log that doesn't go on from the one before."""
    lost, origin, size = told["lost"], told["previous"]["origin"], told["previous"]["size"]
    if lost is None:
        return f"other leaves stand in {origin} than the {size} that were signed"
    first, end, agreed = lost["first"], lost["last"], told.get("agreed", 0)
    if agreed == first:
        return f"{end - first + 1} signed leaves of {origin} ({first} to {end}) were lost"
    early = f"perhaps earlier ones, from {agreed} on" if agreed else "perhaps earlier ones"
    return f"at least {end - first + 1} signed leaves of {origin} ({first} to {end}) were lost, {early}"


def judge(data: bytes, policy: Policy | None = None, tsa: Path | None = None) -> list[Line]:
    """Every line of the verdict. Nothing that went wrong on the way passes."""
    names = ("intact", "logged", "witnessed", "timed", "signed", "complete", "disclosed")
    try:
        bundle = Bundle(unpack(data), policy, tsa)
    except Exception as bad:  # noqa: BLE001 (whatever a forger writes, it is no crash)
        return [(names[0].upper(), FAILED, said(bad)), *((each.upper(), UNCHECKED, "not opened") for each in names[1:])]
    lines: list[Line] = []
    for each in names:
        if each in ("witnessed", "timed") and not bundle.held:
            lines.append((each.upper(), UNCHECKED, "the heads did not hold: see LOGGED"))
        else:
            lines.append((each.upper(), *_line(getattr(bundle, each))))
    return lines


def _line(check: Callable[[], tuple[str, str]]) -> tuple[str, str]:
    try:
        how, says = check()
    except Exception as bad:  # noqa: BLE001 (as above)
        return FAILED, said(bad)
    return how, plain(says)


def said(bad: Exception) -> str:
    """Why, in one line."""
    known = isinstance(bad, Bad)
    return plain(str(bad) if known else f"a part is missing or is not what it must be ({type(bad).__name__}: {bad})")


def plain(text: str) -> str:
    """A text that comes from a bundle, so that it can paint nothing on a screen: one line, of letters and signs."""
    shown = "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "\u2026"


def content(path: Path) -> bytes:
    """The bytes of a bundle. Raises Bad for what is no file, or more than a bundle can be: that is not read at all."""
    about = path.stat()
    if not stat.S_ISREG(about.st_mode) and not path.is_dir():
        raise Bad(f"{path} is no file")
    if about.st_size > LARGEST + MOST_FILES:
        raise Bad(f"{path} has {about.st_size:,} bytes, and a bundle at most 4 GiB")
    return path.read_bytes()


# --- what stands in it, and beside another ------------------------------------------------------------------------


def harmless(text: str) -> str:
    """A text out of a bundle that can paint nothing on a screen: what doesn't print is written as JSON escapes it."""
    return "".join(each if each.isprintable() else json.dumps(each)[1:-1] for each in text)


def columns(bundle: Bundle, place: int) -> dict[str, tuple[str, Any]] | None:
    """Name and value of what is shown of a leaf, by digest; None where anything of it is not what was entered."""
    found: dict[str, tuple[str, Any]] = {}
    entered = {*bundle.told[place]["_sd"]}
    for line in bundle.lines(f"disclosures/{place:06}.txt"):
        digests = opens(line, entered)
        if not digests or digests[0] in found:
            return None
        found[digests[0]] = opened(line)
    return found


def telling(bundle: Bundle, place: int) -> list[str]:
    """One leaf in words that anybody can read: place, time, act, each column that is shown, and what is withheld."""
    told, found = bundle.told[place], columns(bundle, place)
    head = f"LEAF {place}  recorded {told['at']} (UTC)"
    if found is None:
        return [harmless(f"{head}  NOT SHOWN: what stands here of it is not what was entered")]
    acts = [value["name"] for name, value in found.values() if name == "meta.act"]
    lines = [f"{head}  {acts[0] if acts else told['kind']}"]
    named = sorted((name, json.dumps(value, ensure_ascii=False), digest) for digest, (name, value) in found.items())
    inside = "".join(text for _, text, _ in named)
    for name, text, digest in named:
        if name:  # one without a name fills up their number, and says nothing
            lines.append(f"    {name}{f' ({digest})' if digest in inside else ''} = {text}")
    reasons: dict[str, int] = {}
    for each in read_json(bundle.files[WITHHELD]):
        if each["leaf"] == place:
            why = ", ".join([each["reason"], *(f"{n} {each[n]}" for n in ("order", "person") if n in each)])
            reasons[why] = reasons.get(why, 0) + 1
    return [harmless(each) for each in (*lines, *(f"    withheld: {n} \u00d7 {why}" for why, n in reasons.items()))]


def shown(data: bytes, lines: list[Line]) -> list[str]:
    """Every leaf of a bundle that was judged. Where another line than DISCLOSED failed there is nothing to be read."""
    if bad := [line for line, how, _ in lines if how == FAILED and line != "DISCLOSED"]:
        return [f"Nothing is shown: {', '.join(bad)} FAILED, so that this may be anybody's words."]
    how = {line: verdict for line, verdict, _ in lines}
    said_of = {
        OK: "What was entered, as far as this copy shows it; every word as somebody typed it.",
        UNCHECKED: "Signed by nobody whom you have named: give a policy. Until then this may be anybody's words.",
    }[how["LOGGED"]]
    if how["DISCLOSED"] == FAILED:
        said_of += " DISCLOSED FAILED: leaves that are not as they were entered are left out, reasons may be false."
    bundle = Bundle(unpack(data), None)
    return [said_of, *(each for place in range(len(bundle.leaves)) for each in telling(bundle, place))]


def against(data: bytes, other_data: bytes) -> tuple[str, list[str]]:
    """Whether two copies can be of one history, each sound by itself; and what only one of them shows. Raises Bad."""
    one, other = Bundle(unpack(data), None), Bundle(unpack(other_data), None)
    if one.told[0]["record"] != other.told[0]["record"]:
        raise Bad("the other copy is of another record")
    common = min(len(one.leaves), len(other.leaves))
    for place in range(common):
        if one.leaves[place] != other.leaves[place]:
            raise Bad(f"leaf {place} is another in the other copy: two histories of one record")
    same_logs(one, other)
    told = []
    for place in range(common):
        mine, theirs = columns(one, place) or {}, columns(other, place) or {}
        for where, here, there in (("this copy", mine, theirs), ("the other", theirs, mine)):
            told += [
                harmless(f"    leaf {place}: {here[each][0]} ({each}) is shown by {where} alone")
                for each in sorted(here.keys() - there.keys())
                if here[each][0]
            ]
    more = len(one.leaves) - len(other.leaves)
    longer = f"; {'this one' if more > 0 else 'the other'} goes on with {abs(more)}" if more else ""
    return f"{common} leaves are the same in both, as are heads of the same size{longer}", told


def same_logs(one: Bundle, other: Bundle) -> None:
    """Raise Bad where heads of two copies can't be of one history, or one goes on beyond where the other has it end."""
    roots: dict[tuple[str, int], bytes] = {}
    for files in (one.files, other.files):
        for head in (
            open_checkpoint(note)
            for name, note in files.items()
            if name.startswith(("anchors/", "milestones/")) and name.endswith("checkpoint")
        ):
            if roots.setdefault((head.origin, head.size), head.root) != head.root:
                raise Bad(f"{head.origin} at {head.size} has another root in the other copy: two histories of one log")
    for told in [*one.begun().values(), *other.begun().values()]:
        ended = told["previous"] if told["kind"] == BEGIN else None
        if ended is None:
            continue
        last = base64_of(ended["root"])
        if roots.get((ended["origin"], ended["size"]), last) != last:
            raise Bad(f"{ended['origin']} is here with another history than the one from which {told['log']} goes on")
        if any(origin == ended["origin"] and size > ended["size"] for origin, size in roots):
            raise Bad(f"{ended['origin']} goes on beyond {ended['size']} leaves, where {told['log']} has it end")


def beside_another(data: bytes, lines: list[Line], path: Path, policy: Policy | None) -> tuple[Line, list[str]]:
    """The line that compares with another copy, which is judged too; and what only one of the two shows."""
    other = content(path)
    bad = [line for line, how, _ in lines if how == FAILED]
    bad += [f"{line} of the other" for line, how, _ in judge(other, policy) if how == FAILED]
    if bad:
        return ("AGAINST", FAILED, f"a copy that fails can't be compared: {', '.join(bad)}"), []
    try:
        says, told = against(data, other)
    except Exception as wrong:  # noqa: BLE001 (as above)
        return ("AGAINST", FAILED, said(wrong)), []
    return ("AGAINST", OK, says), told


def main() -> None:
    """Judge the bundle that is named, and leave with the status of the worst line."""
    asked = argparse.ArgumentParser(
        description="Checks a court bundle, offline.",
        epilog="Exit status: 0 every line OK, 1 a line not checked, 3 a line failed, 2 it could not begin.",
    )
    asked.add_argument("bundle", type=Path, help="the copy, a .zip file")
    asked.add_argument(
        "--policy", type=Path, help="whom to trust (c2sp.org/tlog-policy), from elsewhere than the bundle"
    )
    asked.add_argument("--tsa-ca", type=Path, help="certificates of time stamping authorities, from elsewhere too")
    asked.add_argument("--json", action="store_true", help="print the lines as one JSON document")
    asked.add_argument("--show", action="store_true", help="print what stands in it as text, after the verdict")
    asked.add_argument("--against", type=Path, help="another copy of the same record, to be compared with")
    given = asked.parse_args()
    more: list[str] = []
    if hasattr(sys.stdout, "reconfigure"):  # Hindi goes also into a file, on any machine
        sys.stdout.reconfigure(encoding="utf-8")
    try:
        policy = read_policy(policy_text(given.policy.read_bytes())) if given.policy else None
        data = content(given.bundle)
        lines = judge(data, policy, given.tsa_ca)
        if given.show:
            try:
                more = shown(data, lines)
            except Exception as wrong:  # noqa: BLE001 (the verdict is told whatever this was)
                more = [f"What stands in it can't be shown: {said(wrong)}"]
        if given.against:
            compared, alone = beside_another(data, lines, given.against, policy)
            lines, more = [*lines, compared], [*alone, *more]
    except (OSError, Bad, ValueError, MemoryError) as error:
        print(f"verify.py: {plain(str(error) or type(error).__name__)}", file=sys.stderr)
        sys.exit(2)
    if given.json:
        print(json.dumps([{"line": line, "verdict": verdict, "says": says} for line, verdict, says in lines], indent=2))
    else:
        for line, verdict, says in lines:
            print(f"{line:<10} {verdict:<12} {says}")
        print("".join(f"{each}\n" for each in more), end="")
    sys.exit(max(EXIT[verdict] for _, verdict, _ in lines))


if __name__ == "__main__":
    main()
