"""Bringing the papers of an import's line: the digest is looked at first, then the files are stored, then entered."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from roznamcha.documents.attaching import Wanted, attaches, record_of, sent_with, store_files
from roznamcha.documents.cabinet import Cabinet
from roznamcha.documents.paper import Paper
from roznamcha.documents.source import Source
from roznamcha.errors import Refused, Usage
from roznamcha.importing import Line
from roznamcha.intake import Act, read_act
from roznamcha.store import Store


def bring(store: Store, cabinet: Cabinet, folder: Path, line: Line, *, now: datetime) -> Line:
    """The line with an act more, which hangs its papers on its first; or with the reasons why that cannot be.

    Every line before it must have been entered, for it says in which record, under whose key, the papers are sealed.
    """
    try:
        return replace(line, acts=_acts(store, cabinet, folder, line, now))
    except Refused as refused:
        return replace(line, acts=[], reasons=tuple(refused.reasons))
    except Usage as unreadable:
        return replace(line, acts=[], reasons=(str(unreadable),))


def _acts(store: Store, cabinet: Cabinet, folder: Path, line: Line, now: datetime) -> list[Act]:
    """The line's act and the one that hangs its papers on it. Raises Refused, and Usage for what can't be read."""
    if attaches(line.acts[0]):
        raise Refused(["documents: papers come with the act that they belong to; this act itself attaches some"])
    record, act = record_of(store, line.acts[0])
    where = [_checked(each, folder) for each in line.papers]
    told: list[dict[str, Any]] = []
    for paper, path in zip(line.papers, where, strict=True):
        told += store_files(store, cabinet, record, Wanted([path], paper.person, paper.media_type))
        if told[-1].get("document_digest", told[-1]["file"]) != paper.sha256:
            raise Refused([_differs(paper)])
    body = {key: value for key, value in line.raw.items() if key not in {"documents", "command_id"}}
    return [act, read_act(sent_with(body, act, told), now=now, source=act.event.meta.source)]


def _checked(paper: Paper, folder: Path) -> Path:
    """Where a paper lies, when it is what the line says. Raises Refused, or Usage where it can't be read."""
    path = paper.within(folder)
    reckoned = hashlib.sha256()
    with Source(path) as source:
        for block in source.blocks():
            reckoned.update(block)
    if reckoned.hexdigest() != paper.sha256:
        raise Refused([_differs(paper)])
    return path


def _differs(paper: Paper) -> str:
    return f"documents: {paper.path[:100]!r} has another digest than the line says: it is not the paper that was meant"
