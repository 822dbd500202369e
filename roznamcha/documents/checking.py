"""Checking documents: every file that an entry names is there and is what it was; every other file is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection

from consumers import entries
from domain.common.document import AttachesDocuments
from domain.event import ACTS
from roznamcha.documents.cabinet import Cabinet
from roznamcha.screen import many
from schemas import Catalogue

MOST = 20
"""How many files without an entry are told by name."""


class Bad(NamedTuple):
    """A file that isn't what an entry says, and the first entry that names it."""

    file: str
    why: str
    position: int
    record: UUID
    version: int

    def shown(self) -> dict[str, Any]:
        """As JSON."""
        return self._asdict() | {"record": str(self.record)}

    def __str__(self) -> str:
        """In words."""
        return f"the stored file {self.file[:16]}… {self.why}"


@dataclass
class Checked:
    """What was found."""

    documents: int = 0
    files: int = 0
    size: int = 0
    bad: list[Bad] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)
    """Stored files that no entry names: an upload ended before its entry. The same upload uses them."""
    strange: list[str] = field(default_factory=list)
    """Files under no digest's name: an upload ended in the middle, or a stranger's."""

    def shown(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "ok": not self.bad, "documents": self.documents, "files": self.files, "bytes": self.size,
            "bad": [each.shown() for each in self.bad], "orphans": self.orphans, "half_written": self.strange,
        }  # fmt: skip

    def says(self) -> str:
        """In one line."""
        if self.bad:
            first = self.bad[0]
            more = f"; and {len(self.bad) - 1} more: see `document check`" if len(self.bad) > 1 else ""
            return f"{first} (record {first.record}, entry {first.version}){more}"
        line = f"{self.documents:,} attached, in {many(self.files, 'file')}"
        if self.orphans:
            line += f"; {len(self.orphans):,} stored and in no entry (the same upload uses them): {_few(self.orphans)}"
        if self.strange:
            line += f"; {len(self.strange):,} half written or of a stranger: {_few(self.strange)}"
        return line


def check_documents(  # noqa: PLR0913 (what is checked, and how)
    connection: Connection[Any],
    catalogue: Catalogue,
    cabinet: Cabinet,
    record: UUID | None = None,
    *,
    whole: bool = True,
    progress: Callable[[int, int], None] = lambda _d, _t: None,
) -> Checked:
    """Check the files of all entries, or of one record's; not `whole`: only that they are there, in their size.

    Each file is read once. Files that no entry names are told when all are checked.
    """
    checked, sizes = Checked(), dict[bytes, int]()
    named = list(_named(connection, catalogue, record))
    for n, (position, record_id, act) in enumerate(named, 1):
        for each in act.documents:
            checked.documents += 1
            if each.file in sizes and sizes[each.file] == each.size:
                continue
            if each.file not in sizes:
                checked.files += 1
                checked.size += each.size
            sizes[each.file] = each.size
            if why := cabinet.flaw(each.file, each.size, whole=whole):
                checked.bad.append(Bad(each.file.hex(), why, position, record_id, act.meta.version))
        progress(n, len(named))
    if record is None:
        known = {each.hex() for each in sizes}
        for name, stored in cabinet.files():
            if not stored:
                checked.strange.append(name)
            elif name not in known:
                checked.orphans.append(name)
    return checked


def attached(found: list[Any]) -> Iterator[AttachesDocuments]:
    """The entries of a record that attach documents."""
    return (each for each in found if isinstance(each, AttachesDocuments))


def _named(
    connection: Connection[Any], catalogue: Catalogue, record: UUID | None
) -> Iterator[tuple[int, UUID, AttachesDocuments]]:
    names = [name for name, cls in ACTS.items() if issubclass(cls, AttachesDocuments)]
    query = "SELECT notification_id, record_id, state FROM roznamcha.entries WHERE topic = ANY(%s) "
    query += "AND record_id = %s " if record else ""
    query += "ORDER BY notification_id"
    parameters = (names, record) if record else (names,)
    for position, record_id, state in connection.execute(query.encode(), parameters):
        event = entries.read(catalogue, bytes(state), position)
        if isinstance(event, AttachesDocuments):
            yield position, record_id, event


def _few(names: list[str]) -> str:
    more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
    return ", ".join(each if len(each) != 64 else f"{each[:16]}…" for each in names[:MOST]) + more  # noqa: PLR2004 (a SHA-256)
