"""Documents: the paper or the recording that belongs to an entry, by digest, size and kind. The file lies elsewhere.

Every act of every register can carry some: they are entered by an act of their own right behind it, all or none, so
that no act needs a column for them. A sealed document is known by the digest of what is stored, which is encrypted: the
digest of the document itself would tell whoever has the same paper that it is this one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Self

from domain.common.codes import Owner
from domain.common.matter import Entry, Matter, Part
from domain.event import Sealed, changed

MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}")
"""Type and subtype as RFC 6838 s.4.2 restricts them, in small letters and without parameters."""
NO_NAME = re.compile(
    "[/\\\\\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]|^\\.{1,2}$|^\\s*$"
)
"""What the name of a file may not hold: a way to another folder, and signs that hide or turn round what is read."""
LONGEST_NAME = 255
"""Characters of a file's name."""
DIGEST = 32
"""Bytes of a SHA-256."""


@dataclass(frozen=True, kw_only=True)
class Document:
    """One document: `file` is the SHA-256 of the file as it is stored, `size` its bytes as stored.

    Open (`person` is empty): the file is the document itself, and `name` what it is called. Sealed for `person`: the
    file is encrypted, and digest, size and name of the document are sealed columns.
    """

    file: bytes
    size: int
    media_type: str
    person: Owner = ""
    name: str = ""
    document_digest: Sealed | None = None
    document_size: Sealed | None = None
    document_name: Sealed | None = None

    @property
    def sealed(self) -> bool:
        """Whether the stored file is encrypted."""
        return bool(self.person)

    def flaws(self) -> Iterator[str]:
        """What is wrong with how it is written down; never what was written there."""
        if len(self.file) != DIGEST:
            yield "file must be a SHA-256, 64 hexadecimal digits"
        if self.size < 1:
            yield "a file of no bytes is no document"
        if not MEDIA_TYPE.fullmatch(self.media_type):
            yield "media_type must be type/subtype in small letters, like application/pdf"
        closed = (self.document_digest, self.document_size, self.document_name)
        if self.sealed and (self.name or not all(closed)):
            yield "a sealed document has its digest, size and name in the sealed columns, and no open name"
        if not self.sealed and (any(closed) or not is_name(self.name)):
            yield "an open document has an open name, without signs of folders, and no sealed column"


def is_name(text: str) -> bool:
    """Whether a file may be called so."""
    return 0 < len(text) <= LONGEST_NAME and not NO_NAME.search(text)


@dataclass(frozen=True)
class Documents(Part):
    """The files that hang on each entry, by the entry's version."""

    held: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


class AttachesDocuments(Entry):
    """An act that hangs documents on an entry of the same record. `entry` 0: on the act that it is entered with."""

    entry: int = 0
    documents: tuple[Document, ...]

    def behind(self, version: int) -> Self:
        """The act, hanging its documents on the entry of this version where it names none itself."""
        return self if self.entry else changed(self, entry=version)

    def refuse(self, matter: Matter) -> Iterator[str]:
        """On an entry that is there; each file once."""
        yield from super().refuse(matter)
        if not 1 <= self.entry <= matter.version:
            yield (
                f"no document can hang on entry {self.entry}: {matter.label} has entries 1 to {matter.version}. "
                "Give the entry's number as the history shows it."
            )
        if not self.documents:
            yield f"no document is given for entry {self.entry} of {matter.label}."
        for n, each in enumerate(self.documents, 1):
            yield from (f"document {n} for {matter.label}: {flaw}." for flaw in each.flaws())
        held, files = matter.part(Documents).held.get(self.entry, ()), [each.file.hex() for each in self.documents]
        for file in dict.fromkeys(each for each in files if each in held or files.count(each) > 1):
            yield f"the file {file[:16]}… hangs on entry {self.entry} of {matter.label} already. Once is enough."

    def apply(self, matter: Matter) -> Matter:
        """The entry has its documents."""
        part = matter.part(Documents)
        files = part.held.get(self.entry, ()) + tuple(each.file.hex() for each in self.documents)
        return matter.keep(changed(part, held={**part.held, self.entry: files}))
