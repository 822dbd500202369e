"""Whether views say what the register says: the published rows of a record beside the case as its own acts fold it.

The fold of the views shares the acts' `apply` with the register, but reads slips of some entries; here every entry is
decoded from the store, folded by `domain.event.fold`, and laid beside the row that a station reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from domain.case.arrest import Arrests
from domain.case.case import Case
from domain.case.fir import named
from domain.common.corrections import PassesEntryOver
from domain.common.matter import Matter
from domain.event import RECORDS, Event, fold
from domain.malkhana.article import Malkhana as Register
from projections.articles import Articles
from projections.case_state import CaseState
from projections.malkhana import Malkhana

Found = Iterator[tuple[UUID, str]]


def disagreements(
    histories: Mapping[UUID, list[Event[Any]]], tables: Mapping[str, Iterable[Any]], behind: Mapping[str, set[UUID]]
) -> Found:
    """Each record of which a view says something else than the register, and what.

    `tables` has the published rows by the table's name. Left out is what waits for a view, and what it has passed over.
    """
    states = {row.record_id: row for row in tables.get("case_state", ())}
    shelves: dict[UUID, dict[str, Any]] = {}
    for row in tables.get("malkhana", ()):
        shelves.setdefault(row.record_id, {})[row.property_id] = row
    for record_id, history in histories.items():
        entries = [each for each in history if each.meta.stream_id == record_id]
        if not entries or not isinstance(blank := _blank(entries[0], record_id), Matter):
            continue
        case = fold(blank, entries)
        if "case_state" in tables and not _passed(CaseState, record_id, entries, behind):
            yield from ((record_id, why) for why in otherwise(case, states.get(record_id)))
        if "malkhana" in tables and not _passed(Articles, record_id, entries, behind):
            yield from ((record_id, why) for why in elsewhere(case, shelves.get(record_id, {})))


def otherwise(matter: Matter, row: CaseState.Row | None) -> Iterator[str]:
    """Where the row of the board differs from the record."""
    if row is None:
        yield "the view case_state has no row for a record of the register"
        return
    pairs: dict[str, tuple[Any, Any]] = {
        "register": (row.register, matter.register),
        "stage": (row.stage, matter.stage),
        "number": (row.number.partition("/")[2], matter.number),
        "station": (row.station, matter.station),
        "registered_at": (row.registered_at, matter.registered_at),
    }
    if isinstance(matter, Case):
        arrested = sorted(code for code, how in matter.part(Arrests).accused.items() if how.arrested_at)
        pairs |= {
            "sections": (tuple(row.sections), matter.sections),
            "accused": (row.accused, sorted({*named(matter), *arrested})),
            "arrested": (row.arrested, arrested),
        }
    differing = [name for name, (shown, folded) in pairs.items() if shown != folded]
    if differing:
        yield f"the view case_state says otherwise than the register: {', '.join(differing)}"


def elsewhere(matter: Matter, shelf: Mapping[str, Malkhana.Row]) -> Iterator[str]:
    """Where a row of the malkhana differs from the register's article, or one of them has no other."""
    articles = matter.part(Register).articles
    for property_id in sorted({*articles, *shelf}):
        article, row = articles.get(property_id), shelf.get(property_id)
        if article is None or row is None:
            yield f"the view malkhana {'lacks' if row is None else 'has'} {property_id}, unlike the register"
            continue
        pairs = {
            "state": (row.state, article.state),
            "place": (row.place, article.place),
            "holder": (row.holder, article.holder),
            "seal": (row.seal, article.seal),
            "quantity": (row.quantity, str(article.quantity)),
            "unit": (row.unit, article.unit),
            "category": (row.category, article.category),
        }
        differing = [name for name, (shown, folded) in pairs.items() if shown != folded]
        if differing:
            yield f"the view malkhana says otherwise than the register of {property_id}: {', '.join(differing)}"


def _blank(first: Event[Any], record_id: UUID) -> object:
    return RECORDS[first.register].blank(record_id)


def _passed(
    view: type[CaseState | Articles], record_id: UUID, entries: list[Event[Any]], behind: Mapping[str, set[UUID]]
) -> bool:
    """Whether a view is known not to have all entries of this record."""
    names = {view.name, *(each.name for each in view.parts)}
    waits = any(record_id in behind.get(name, ()) for name in names)
    return waits or any(isinstance(each, PassesEntryOver) and each.view in names for each in entries)
