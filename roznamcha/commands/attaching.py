"""Entering an act with documents: the files are stored first, then act and documents are entered together."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from domain.common.codes import OWNER
from roznamcha.commands.entering import act_sent, shown_outcome, tell
from roznamcha.documents.attaching import Wanted, attaches, attaching_act, record_of, sent_with, store_files
from roznamcha.documents.cabinet import Cabinet
from roznamcha.errors import Refused, Usage
from roznamcha.office import open_office
from roznamcha.screen import print_json, say
from roznamcha.settings import settings


def wanted_of(paths: list[Path], person: str, media_type: str, *, openly: bool) -> Wanted:
    """What was asked for at the counter. Raises Usage for what doesn't go together."""
    if not paths:
        message = (
            "--document-of, --document-open and --media-type say how documents are kept: name them with --document"
        )
        raise Usage(message)
    if person and openly:
        message = "a document is sealed for somebody (--document-of) or open (--document-open), and not both"
        raise Usage(message)
    if person and not OWNER.pattern.fullmatch(person):
        message = f"--document-of takes {OWNER.words}"
        raise Usage(message)
    return Wanted(paths, "" if openly else person or "CASE", media_type)


def record_with(sent: dict[str, Any], wanted: Wanted, *, now: datetime, as_json: bool) -> None:
    """Enter an act with documents, and tell what became of it."""
    here = settings()
    whole = {**sent, "fields": {**sent["fields"], "documents": []}} if _own(sent) else sent
    act = act_sent(whole, now, here.zone)
    attaching_act(act.event.register)
    cabinet = Cabinet(here.documents_place)
    with open_office(here) as office:
        record_id, act = record_of(office.store, act)
        documents = store_files(office.store, cabinet, record_id, wanted)
        if attaches(act):
            own = {**sent, "fields": {**sent["fields"], "documents": documents}}
            acts = [replace(act_sent(own, now, here.zone), drawn=act.drawn)]
        else:
            acts = [act, act_sent(sent_with(sent, act, documents), now, here.zone)]
        outcomes = office.store.record_units([acts])[0]
        first, last = outcomes[0], outcomes[-1]
        if first.status == "refused":
            raise Refused(list(first.reasons))
        called = first.called or office.store.shelf.called([first.record_id]).get(first.record_id, "")
    files = [{key: each.get(key, "") for key in ("file", "size", "media_type", "person")} for each in documents]
    if as_json:
        hung = {"entry_id": str(last.entry_id), "version": last.version, "position": last.position, "files": files}
        print_json({**shown_outcome(first), "documents": hung})
        return
    tell(first, called, as_json=False)
    for each in files:
        whose = f"sealed for {each['person']}" if each["person"] else "open"
        say(f"  document, entry {last.version}: {each['media_type']}, {whose}, stored as {each['file']}")


def _own(sent: dict[str, Any]) -> bool:
    """Whether the act is itself the one that attaches documents: its column is filled from the files alone."""
    if not str(sent.get("name", "")).endswith(".DocumentsAttached"):
        return False
    if "documents" in sent["fields"]:
        message = "with --document the column documents is filled from the files: leave it out"
        raise Usage(message)
    return True
