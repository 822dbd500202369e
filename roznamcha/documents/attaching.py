"""Attaching: files are stored first, and then entered with the act that they belong to, all or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from domain.common.document import AttachesDocuments
from domain.event import ACTS
from roznamcha.documents.cabinet import Cabinet
from roznamcha.documents.envelope import closed
from roznamcha.documents.proven import Proof
from roznamcha.documents.source import Source, changed_meanwhile, media_type_of
from roznamcha.errors import Refused
from roznamcha.ids import uuid7
from roznamcha.intake import Act
from roznamcha.store import Store
from roznamcha.units import NIL


@dataclass(frozen=True)
class Wanted:
    """Files to be attached: sealed for `person`, or open where that is empty; of a media type, or of what they look."""

    paths: Sequence[Path]
    person: str = "CASE"
    media_type: str = ""


def attaching_act(register: str) -> str:
    """The name of the act that attaches documents in a register. Raises Refused where there is none."""
    name = f"{register}.DocumentsAttached"
    if name not in ACTS:
        raise Refused([f"the register {register} has no act that attaches a document"])
    return name


def record_of(store: Store, act: Act) -> tuple[UUID, Act]:
    """The record that an act is to be entered in, and the act, which knows that id if it begins the record.

    The id of a record that an act begins follows from the command, so that the same command seals under the same key.
    """
    found = store.find(act.record) if act.record else None
    if found is not None:
        return found, act
    command = act.event.meta.command_id
    drawn = uuid5(command, "roznamcha: the record begun by this command") if command != NIL else uuid7()
    return drawn, replace(act, drawn=drawn)


def store_files(store: Store, cabinet: Cabinet, record: UUID, wanted: Wanted) -> list[dict[str, Any]]:
    """Store files, and give what an act says of them. They are on the disk when this comes back.

    Raises what a file that can't be attached raises (see `source.py`), before anything of the later ones is stored.
    """
    with_all = [Source(each) for each in wanted.paths]
    try:
        media = [media_type_of(each.name, wanted.media_type) for each in with_all]
        if wanted.person:
            return [
                _sealed(store, cabinet, (record, wanted.person), each, kind)
                for each, kind in zip(with_all, media, strict=True)
            ]
        return [_open(store, cabinet, each, kind) for each, kind in zip(with_all, media, strict=True)]
    finally:
        for each in with_all:
            each.__exit__(None, None, None)


def _open(store: Store, cabinet: Cabinet, source: Source, media_type: str) -> dict[str, Any]:
    kept = cabinet.keep(source.blocks())
    store.proven.note(Proof(None, "", kept.file, kept.size, kept.file.hex(), kept.size))
    return {"file": kept.file.hex(), "size": kept.size, "media_type": media_type, "name": source.name}


def _sealed(
    store: Store, cabinet: Cabinet, person: tuple[UUID, str], source: Source, media_type: str
) -> dict[str, Any]:
    """Store a file encrypted. It is read twice, for its key comes from its digest."""
    reckoned = hashlib.sha256()
    for block in source.blocks():
        reckoned.update(block)
    digest = reckoned.digest()
    key = store.keyring.document_key(person, digest, make=True)
    if key is None:
        raise Refused([f"the key of {person[1]} in this record is gone: nothing can be sealed for this person"])
    kept = cabinet.keep(closed(key, source.size, _the_same(source.blocks(), digest)))
    store.proven.note(Proof(person[0], person[1], kept.file, kept.size, digest.hex(), source.size))
    return {
        "file": kept.file.hex(), "size": kept.size, "media_type": media_type, "person": person[1],
        "document_digest": digest.hex(), "document_size": str(source.size), "document_name": source.name,
    }  # fmt: skip


def _the_same(blocks: Iterable[bytes], digest: bytes) -> Iterator[bytes]:
    """The blocks, and an error behind the last one if they are other bytes than before."""
    reckoned = hashlib.sha256()
    for block in blocks:
        reckoned.update(block)
        yield block
    if reckoned.digest() != digest:
        raise changed_meanwhile()


def sent_with(sent: Mapping[str, Any], act: Act, documents: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The act that attaches documents to another one, as it is sent: same record, hour, officer and station."""
    command = act.event.meta.command_id
    own = {"name": attaching_act(act.event.register), "fields": {"documents": list(documents)}, "record": act.record}
    if command != NIL:
        own["command_id"] = str(uuid5(command, "roznamcha: its documents"))
    return {key: value for key, value in {**sent, "new": None, **own}.items() if value not in (None, "")}


def attaches(act: Act) -> bool:
    """Whether an act is itself the one that attaches documents."""
    return isinstance(act.event, AttachesDocuments)
