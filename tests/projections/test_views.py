"""What the views show, row by row, and that no act is forgotten by any of them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from domain.event import ACTS, Actor, Event
from domain.malkhana.article import SeizedItem
from domain.shape import columns
from projections.articles import Articles
from projections.case_state import CaseState
from projections.custody import Custody
from projections.malkhana import Malkhana
from projections.view import View, fold_record
from tests.consumers.feed import all_views
from tests.dsl import DAY, OFFICER, act, given

KEEPER = Actor(id="CG-2001", rank="HC", role="malkhana moharrir", station="CG-RPR-01")


def fir() -> Event[Any]:
    """A registered case."""
    return act("case.FIRRegistered", at=DAY, fir_number=12, year=2026, sections=("BNS 303(2)",))


def seized(at: int = 1, seal: str = "S") -> Event[Any]:
    """An article taken so many hours later."""
    item = SeizedItem(
        id="PR/1", category="vehicle", description="motorcycle", quantity=Decimal(1), unit="piece", seal=seal
    )
    return act("case.PropertySeized", at=DAY + timedelta(hours=at), items=(item,), memo="SM/1", place="the market")


def deposited(at: int = 2, seal: str = "S") -> Event[Any]:
    """It goes into the malkhana."""
    return act(
        "case.PropertyDeposited", at=DAY + timedelta(hours=at), by=KEEPER, property_id="PR/1", depositor=OFFICER.id,
        keeper=KEEPER.id, place="rack 1", seal=seal, malkhana_serial=1, malkhana_year=2026,
    )  # fmt: skip


def rows(view: View, *acts: Event[Any]) -> list[Any]:
    """What a view publishes of a record with these acts."""
    return fold_record(view, given(*acts).entries)


@pytest.mark.parametrize("view", all_views(), ids=lambda view: view.name)
def test_no_act_is_forgotten(view: View) -> None:
    """Each act either changes the view or is of a kind it ignores; no dealing with an article is ignored."""
    assert view.forgotten() == []
    mine = [cls for cls in ACTS.values() if cls.register != "malkhana_audit"]  # an audit's articles are other records'
    dealings = [cls for cls in mine if "property_id" in {each.name for each in columns(cls)}]
    assert len(dealings) > 15
    assert not isinstance(view, Articles) or all(map(view.reactions_to, dealings))


def test_a_forgotten_act_would_be_noticed() -> None:
    """The guard above isn't empty: a view that ignores nothing has forgotten most acts."""

    class Careless(Custody):
        ignores = frozenset()

    assert "case.ArgumentsConcluded" in Careless().forgotten()


def test_the_case_state_shows_number_stage_and_counts() -> None:
    """The board's row of a case."""
    (row,) = rows(CaseState(), fir(), act("case.AccusedArrested", accused="A1"), seized(3))
    assert (row.number, row.stage, row.sections) == ("CG-RPR-01/0012/2026", "registered", ["BNS 303(2)"])
    assert (row.accused, row.arrested, row.articles, row.entries) == (["A1"], ["A1"], 1, 3)
    assert row.registered_at == DAY


def test_a_chain_goes_from_the_memo_to_the_shelf() -> None:
    """Each link names from whom, to whom, where, under which seal and by which paper."""
    first, second = rows(Custody(), fir(), seized(), deposited())
    assert (first.giver, first.holder, first.place, first.seal, first.paper) == (
        "",
        OFFICER.id,
        "the market",
        "S",
        "SM/1",
    )
    assert (second.giver, second.holder, second.place, second.state) == (OFFICER.id, KEEPER.id, "rack 1", "deposited")


def test_a_struck_entry_is_no_longer_a_link() -> None:
    """A correction takes the link out of the chain; the entry itself stays in the history."""
    struck = act("case.EntryCorrected", entry=UUID(int=3), version=3, reason="wrong article")
    assert [row.version for row in rows(Custody(), fir(), seized(), deposited(), struck)] == [2]
    (row,) = rows(Malkhana(), fir(), seized(), deposited(), struck)
    assert (row.state, row.holder) == ("seized", OFFICER.id)


def test_the_shelf_shows_where_each_article_lies_and_since_when() -> None:
    """The malkhana's row of an article."""
    (row,) = rows(Malkhana(), fir(), seized(), deposited(2))
    assert (row.state, row.place, row.holder, row.moves) == ("deposited", "rack 1", KEEPER.id, 2)
    assert (row.category, row.description, row.quantity, row.unit) == ("vehicle", "motorcycle", "1", "piece")


def test_two_tables_are_read_off_one_chain() -> None:
    """Folded once, the rows are those of each part folded alone; and either name means the view."""
    acts = (fir(), seized(), deposited())
    together = rows(Articles(), *acts)
    assert together == rows(Custody(), *acts) + rows(Malkhana(), *acts)
    assert {type(row) for row in together} == {Custody.Row, Malkhana.Row}
    assert Articles().names == {"articles", "custody", "malkhana"}


def test_parts_without_a_state_are_refused() -> None:
    """A view with parts has a state, and its parts have the same one."""
    with pytest.raises(TypeError, match="only a view with a State has parts"):
        type("Wrong", (View,), {"parts": (Custody,)})
    with pytest.raises(TypeError, match="read off its own State"):
        type("Other", (Custody,), {"State": type("Own", (Custody.State,), {}), "parts": (Malkhana,)})


def test_a_topic_without_a_state_is_refused() -> None:
    """Of rows that are folded in place nobody knows what has changed: they would never be told."""
    with pytest.raises(TypeError, match="only a view with a State has a topic"):
        type("Wrong", (View,), {"topic": "custody"})
