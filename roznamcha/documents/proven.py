"""What this process has stored or read whole: only a document that is there, as it says, is entered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

from domain.common.document import AttachesDocuments, Document


class Proof(NamedTuple):
    """A stored file, and the document in it. For an open one `record` is None, and both are the same."""

    record: UUID | None
    person: str
    file: bytes
    stored: int
    digest: str
    size: int


class Proven:
    """The proofs of one store."""

    def __init__(self) -> None:
        """Nothing is proven yet."""
        self._proofs: set[Proof] = set()

    def note(self, proof: Proof) -> None:
        """Remember that this file is stored, and is that document."""
        self._proofs.add(proof)

    def lacking(self, act: AttachesDocuments, record: UUID) -> Iterator[str]:
        """A reason for each document of an act whose file was not stored, or is another document than is said."""
        for n, each in enumerate(act.documents, 1):
            if _claim(each, record) not in self._proofs:
                yield (
                    f"documents: the file of document {n} was not stored here with this digest and size. Attach it "
                    "with `roznamcha record … --document FILE`"
                )


def _claim(document: Document, record: UUID) -> Proof | None:
    """What an act says of a document; its sealed columns are in the clear yet."""
    if not document.sealed:
        return Proof(None, "", document.file, document.size, document.file.hex(), document.size)
    digest, size = document.document_digest, document.document_size
    if digest is None or size is None or digest.text is None or size.text is None or not size.text.isdecimal():
        return None
    return Proof(record, document.person, document.file, document.size, digest.text, int(size.text[:20]))
