"""Entries for views to follow: whole lives of cases, written through the real store."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg import Connection

import domain
from consumers.building import prepare
from consumers.embedded import Follower, connected
from consumers.runner import tables_of
from domain.law.book import load_book
from projections.articles import Articles
from projections.case_state import CaseState
from projections.deadlines import Deadlines
from projections.hand_offs import HandOffs
from projections.history import History
from projections.marks import Marks
from projections.ties import Ties
from projections.view import View
from roznamcha.schemes import shipped
from schemas import catalogue
from tests.acts import act
from tests.roznamcha.test_store import store_on

domain.load()


INDIA = ZoneInfo("Asia/Kolkata")


def all_views() -> list[View]:
    """Every view that ships."""
    deadlines, marks = Deadlines(load_book(), INDIA), Marks(shipped(), INDIA)
    return [CaseState(), History(), Articles(), HandOffs(), Ties(), deadlines, marks]


def write_cases(url: str, cases: int, first: int = 0) -> list[UUID]:
    """Enter some cases, each with a seizure, a deposit and an arrest; give their records."""
    store = store_on(url)
    item = {"id": "PR/1", "category": "drugs", "description": "ganja", "quantity": "4.250", "unit": "kg", "seal": "S"}
    units = []
    for n in range(first, first + cases):
        units += [
            [act("case.FIRRegistered", f"feed:{n}", sections=["NDPS 20(b)(ii)(B)"])],
            [act("case.PropertySeized", f"feed:{n}", at="2026-07-02T12:00:00+05:30", items=[item], memo="SM/1")],
            [act("case.PropertyDeposited", f"feed:{n}", at="2026-07-04T12:00:00+05:30", property_id="PR/1",
                 depositor="CG-1001", keeper="CG-2001", place="rack 1", seal="T")],
            [act("case.AccusedArrested", f"feed:{n}", at="2026-07-03T12:00:00+05:30", accused="A1")],
        ]  # fmt: skip
    outcomes = store.record_units(units)
    store.datastore.close()
    assert all(each[0].status == "recorded" for each in outcomes), next(
        o for o in outcomes if o[0].status != "recorded"
    )
    return [each[0].record_id for each in outcomes[::4]]


def pass_over(url: str, record_id: UUID, view: str, position: int) -> None:
    """Enter that a named person has passed an entry over for a view."""
    store = store_on(url)
    fields = {"view": view, "position": position, "entry": str(UUID(int=1)), "reason": "the cause is known"}
    store.record(act("case.EntryPassedOver", str(record_id), authorised_by="CG-9001", **fields))
    store.datastore.close()


@contextmanager
def following(url: str, views: Sequence[View] | None = None) -> Iterator[Follower]:
    """A follower of these views, its tables made."""
    with connected(url) as connection:
        chosen = list(views or all_views())
        assert prepare(connection, chosen) == []
        yield Follower(connection, chosen, catalogue())


def digest(connection: Connection[Any], views: Sequence[View] | None = None) -> str:
    """The digest of every published row."""
    lines = []
    for view in views or all_views():
        for table in tables_of(view).published:
            columns = ", ".join(table.columns)
            rows = connection.execute(f"SELECT {columns} FROM views.{table.name}".encode()).fetchall()
            lines += [table.name, *sorted(json.dumps(row, default=str) for row in rows)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
