"""Reading a document: it comes out whole and with its own digest, under a name that nothing had, or not at all."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from domain.common.document import AttachesDocuments, Document
from domain.event import Event, struck
from roznamcha.documents.cabinet import Cabinet
from roznamcha.documents.checking import attached
from roznamcha.documents.envelope import opened, stored_size
from roznamcha.errors import Broken, Refused, Unavailable, Usage
from roznamcha.sealing import Keyring

SHORTEST = 8
"""Hexadecimal digits by which a document may be asked for, if they are one's alone."""
COLUMNS = ("document_digest", "document_size", "document_name")


@dataclass(frozen=True)
class Held:
    """A document of a record: in which entry and at which place, on which entry it hangs, and what struck it."""

    entry: AttachesDocuments
    place: int
    on: Event[Any]
    struck_by: int | None

    @property
    def document(self) -> Document:
        """What the entry says of it."""
        return self.entry.documents[self.place]

    def shown(self, cabinet: Cabinet) -> dict[str, Any]:
        """As JSON. Of a sealed document it is said that there is one, and nothing of what is in it."""
        each, meta = self.document, self.entry.meta
        found = cabinet.size(each.file)
        return {
            "entry": self.on.meta.version, "act": self.on.name, "attached_by": meta.version,
            "attached_at": meta.recorded_at.isoformat().replace("+00:00", "Z"), "struck_by": self.struck_by,
            "file": each.file.hex(), "stored_size": each.size, "media_type": each.media_type,
            "sealed": each.person or None, "sha256": None if each.sealed else each.file.hex(),
            "size": None if each.sealed else each.size, "name": None if each.sealed else each.name,
            "there": found == each.size,
        }  # fmt: skip


def held_in(found: list[Event[Any]]) -> Iterator[Held]:
    """The documents of a record, in the order in which they were attached."""
    entries, gone = {each.meta.version: each for each in found}, struck(found)
    for each in attached(found):
        for n in range(len(each.documents)):
            yield Held(each, n, entries.get(each.entry, each), gone.get(each.meta.version))


def asked_for(found: list[Event[Any]], digest: str) -> list[Held]:
    """The documents whose stored file has this digest, or begins so. Raises Usage or Refused."""
    wanted = digest.lower()
    if not SHORTEST <= len(wanted) <= 64 or set(wanted) - set("0123456789abcdef"):  # noqa: PLR2004 (a SHA-256)
        message = f"a document is asked for by the digest of its stored file: {SHORTEST} to 64 hexadecimal digits"
        raise Usage(message)
    fitting = [each for each in held_in(found) if each.document.file.hex().startswith(wanted)]
    if not fitting:
        raise Refused([f"no document of this record has a stored file {wanted[:16]}…; `document list` shows them"])
    if len({each.document.file for each in fitting}) > 1:
        raise Refused([f"several documents of this record begin with {wanted}: give more of the digest"])
    return fitting


@dataclass(frozen=True)
class Readable:
    """A document that can be read: its stored file, its own digest and size, and the key if it is sealed."""

    document: Document
    digest: bytes
    size: int
    name: str
    key: bytes | None = None

    def pieces(self, cabinet: Cabinet) -> Iterator[bytes]:
        """Its bytes. An error comes behind the last one when they aren't its own. Raises Broken."""
        stored = _reckoned(cabinet.pieces(self.document.file), self.document.file, self.document.size)
        plain = stored if self.key is None else opened(self.key, stored)
        return plain if self.key is None else _reckoned(plain, self.digest, self.size)


def readable(keyring: Keyring, held: Held) -> Readable | None:
    """What is needed to read a document; None where its person's key is gone. Who reads a sealed one enters that."""
    each = held.document
    if not each.sealed:
        return Readable(each, each.file, each.size, each.name)
    entry = keyring.open(held.entry)
    shut = entry.documents[held.place]  # type: ignore[attr-defined]  # the same act
    texts = [getattr(shut, column).text for column in COLUMNS]
    if any(each is None for each in texts):
        return None
    record: UUID = held.entry.meta.record_id
    digest, size = bytes.fromhex(texts[0]), int(texts[1])
    key = keyring.document_key((record, each.person), digest)
    if key is None:
        return None
    if stored_size(size) != each.size:
        message = f"the stored file {each.file.hex()[:16]}… does not have the size of a document of this size"
        raise Broken(message)
    return Readable(each, digest, size, texts[2], key)


def columns_of(held: Held) -> list[dict[str, Any]]:
    """The sealed columns that are opened to read a document, as `AccessRecorded` has them."""
    version, person = held.entry.meta.version, held.document.person
    return [{"version": version, "column": f"documents.{held.place}.{each}", "person": person} for each in COLUMNS]


def _reckoned(pieces: Iterable[bytes], digest: bytes, size: int) -> Iterator[bytes]:
    """The pieces, and an error behind the last one if they aren't of this digest and this size."""
    reckoned, count = hashlib.sha256(), 0
    for piece in pieces:
        reckoned.update(piece)
        count += len(piece)
        yield piece
    if reckoned.digest() != digest or count != size:
        message = "the stored file was altered: its bytes have another digest. Nothing of it was given out"
        raise Broken(message)


def absent(to: Path) -> None:
    """Raises Usage where a file is already, or where none can be."""
    try:
        if not to.parent.is_dir():
            message = f"{to} cannot be written: its folder is not there"
            raise Usage(message)
        there = os.path.lexists(to)
    except (OSError, ValueError):
        message = "the file to write has a name that no file has"
        raise Usage(message) from None
    if there:
        message = f"{to} is there already, and nothing is written over: name another file"
        raise Usage(message)


def write_new(to: Path, pieces: Iterable[bytes]) -> int:
    """Write a file of a name that nothing has, whole or not at all, for its owner alone. Gives its bytes.

    Raises Usage where there is one already, Unavailable where it can't be written, and whatever `pieces` raise.
    """
    fresh, size = to.with_name(f".roznamcha-{secrets.token_hex(8)}"), 0
    try:
        try:
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as out:
                for piece in pieces:
                    out.write(piece)
                    size += len(piece)
                out.flush()
                os.fsync(out.fileno())
            os.link(fresh, to)  # fails where there is something
        finally:
            fresh.unlink(missing_ok=True)
    except FileExistsError:
        message = f"{to} is there already, and nothing is written over: name another file"
        raise Usage(message) from None
    except OSError as error:
        message = f"{to} cannot be written: {error.strerror}"
        raise Unavailable(message) from None
    return size
