"""The tables of views: as they are declared, so they stand in the database."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from consumers.embedded import connected
from consumers.tables import Table, tables_of
from projections.articles import Articles
from projections.view import Index


@dataclass
class Row:
    """A row with something that may be due."""

    record_id: UUID
    due: int | None = None

    KEY = ("record_id",)


def test_an_index_may_have_a_condition(database: str) -> None:
    """It stands in the database with its condition, and another condition is another shape."""
    part = Table("wanted", Row, [("due",), Index(("due", "record_id"), "due IS NOT NULL")])
    with connected(database) as connection:
        part.create(connection)
        found = connection.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'wanted' ORDER BY 1").fetchall()
    shown = [each[0].partition(" USING ")[2] for each in found]
    assert sorted(shown) == ["btree (due)", "btree (due, record_id) WHERE (due IS NOT NULL)", "btree (record_id)"]
    assert part.shape != Table("wanted", Row, [("due",), Index(("due", "record_id"))]).shape


def test_one_state_has_one_table_and_each_part_another() -> None:
    """Both parts are published from the table of the view that folds."""
    tables = tables_of(Articles(), "__new")
    assert tables.held.name == "articles__state__new"
    assert [each.name for each in tables.published] == ["custody__new", "malkhana__new"]
    assert len(tables.all) == 3
