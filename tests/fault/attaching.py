"""Who attaches documents and is killed: files are stored first, and entered with their acts, or found again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from consumers.embedded import connected
from roznamcha.documents.attaching import Wanted, record_of, sent_with, store_files
from roznamcha.documents.cabinet import Cabinet
from roznamcha.documents.checking import check_documents
from roznamcha.intake import read_act
from schemas import catalogue
from tests.acts import NOW, sent

CASES = 6


def attach(order: Mapping[str, Any]) -> None:
    """Register cases with a document each, sealed and open by turns. At its end every file is there, in an entry."""
    from tests.fault.jobs import Journal, line_of, store_on  # noqa: PLC0415 (that file has this job in its list)

    folder = Path(order["journal"]).parent
    store, journal, cabinet = store_on(order["url"]), Journal(order["journal"]), Cabinet(str(folder / "documents"))
    for n in range(CASES):
        paper = folder / f"paper-{n}.pdf"
        paper.write_bytes(b"paper %d" % n * 1000)
        command = str(uuid5(NAMESPACE_OID, f"attach/{n}"))
        given = sent("case.FIRRegistered", informant_name="Namuna") | {"station": "CG-FLT-09", "command_id": command}
        record, act = record_of(store, read_act(given, now=NOW))
        documents = store_files(store, cabinet, record, Wanted([paper], "CASE" if n % 2 else ""))
        acts = [act, read_act(sent_with(given, act, documents), now=NOW)]
        journal.note("sent", [str(each.event.meta.command_id) for each in acts])
        (outcomes,) = store.record_units([acts])
        journal.note("told", [line_of(each, outcome) for each, outcome in zip(acts, outcomes, strict=True)])
    with connected(order["url"]) as connection:
        checked = check_documents(connection, catalogue(), cabinet)
    assert (checked.documents, checked.bad, checked.orphans) == (CASES, [], []), checked
