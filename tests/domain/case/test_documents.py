"""Documents hang on entries that are there, each file once, and are written down as they must be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain.case.corrections import DocumentsAttached
from domain.common.document import Document, Documents, is_name
from domain.event import Sealed
from tests.domain.case.builders_accused import fir
from tests.dsl import given

OPEN = Document(file=bytes(32), size=9, media_type="application/pdf", name="notice.pdf")
SEALED = Document(
    file=bytes(32), size=4120, media_type="application/pdf", person="V1", document_digest=Sealed(),
    document_size=Sealed(), document_name=Sealed(),
)  # fmt: skip


def test_an_entry_that_is_there_carries_documents() -> None:
    """On any entry up to now, and the record remembers which."""
    other = replace(OPEN, file=bytes(31) + b"\x01")
    after = given(fir()).when(DocumentsAttached, entry=1, documents=(SEALED, other)).entered()
    assert after.part(Documents).held[1] == ("00" * 32, "00" * 31 + "01")
    for entry in (0, 2, -1):
        given(fir()).when(DocumentsAttached, entry=entry, documents=(OPEN,)).refused("no document can hang on entry")
    given(fir()).when(DocumentsAttached, entry=1, documents=()).refused("no document is given")


def test_a_file_hangs_on_an_entry_once() -> None:
    """In one act, and in two."""
    given(fir()).when(DocumentsAttached, entry=1, documents=(OPEN, OPEN)).refused("Once is enough")


FLAWS: dict[str, tuple[Document, dict[str, Any]]] = {
    "SHA-256": (OPEN, {"file": b"short"}),
    "no bytes": (OPEN, {"size": 0}),
    "type/subtype": (OPEN, {"media_type": "PDF file"}),
    "small letters": (OPEN, {"media_type": "text/plain; charset=utf-8"}),
    "an open name, without": (OPEN, {"name": "../x"}),
    "and no sealed column": (OPEN, {"document_name": Sealed()}),
    "in the sealed columns": (SEALED, {"document_size": None}),
    "and no open name": (SEALED, {"name": "statement.pdf"}),
    "is entered by": (SEALED, {"person": "Ram Lal"}),
}


@pytest.mark.parametrize("words", FLAWS)
def test_a_document_is_written_down_as_it_must_be(words: str) -> None:
    """Digest, size, type, and either open or sealed, never half."""
    document, changes = FLAWS[words]
    then = given(fir()).when(DocumentsAttached, entry=1, documents=(replace(document, **changes),))
    then.refused(words)


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a/b", "a\\b", "a\0", "a\u202eb", "a\u2066b", " ", "x" * 256, "\ud800"]
)
def test_a_name_leads_nowhere_and_hides_nothing(name: str) -> None:
    """Ways to other folders, signs that turn what is read round, and nothing at all are no names."""
    assert not is_name(name)
    assert is_name("बयान पीड़िता.pdf")
    assert is_name("क्‍ष.pdf"), "a joiner belongs to the script"
