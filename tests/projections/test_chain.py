"""What a chain shows beside its breaks: attempts, seals, samples."""

from __future__ import annotations

from dataclasses import replace

from projections.custody import Custody
from projections.malkhana import Malkhana
from projections.view import fold_record
from tests.domain.case.builders_fir import fir
from tests.domain.case.builders_property import KEEPER, deposited, received, seized, sent
from tests.dsl import act, given
from tests.projections.test_breaks import broken, hours, split


def test_a_refused_attempt_is_no_link_and_no_article() -> None:
    """It stands beside the chain with its reasons, moves no time and makes no ghost on the shelf."""
    tried = act(
        "case.CustodyMoveRefused", at=hours(9), attempted="case.PropertyMoved", property_id="PR/9", reasons=("no",)
    )
    late = replace(tried, property_id="PR/1")
    acts = (fir(), tried, seized(at=hours(1)), late, deposited(at=hours(3)))
    rows = fold_record(Custody(), given(*acts).entries)
    assert [(row.property_id, row.number, row.attempted, row.doubts) for row in rows if not row.number] == [
        ("PR/9", 0, "case.PropertyMoved", ["no"]),
        ("PR/1", 0, "case.PropertyMoved", ["no"]),
    ]
    assert broken(acts) == []
    assert [row.property_id for row in fold_record(Malkhana(), given(*acts).entries)] == ["PR/1"]


def test_a_link_shows_the_seal_that_was_seen_and_the_registers() -> None:
    """Where they differ, both stand there; the register's own seal stays what it was."""
    acts = (fir(), seized(), deposited(), sent(seal="T"), received())
    third, fourth = [row for row in fold_record(Custody(), given(*acts).entries) if row.number > 2]
    assert (third.seal, third.register_seal) == ("T", "K")
    assert (fourth.seal, fourth.register_seal) == ("K", "")


def test_a_link_shows_who_gave_and_who_took_with_their_ranks() -> None:
    """Each as it was then; nobody gives at the seizure, and a laboratory has no rank."""
    rows = fold_record(
        Custody(), given(fir(), seized(), deposited(), sent(carrier="C-1", carrier_rank="C"), received()).entries
    )
    told = [(row.giver_rank, row.giver, row.holder_rank, row.holder) for row in rows]
    assert told[0] == ("", "", "SI", "CG-1001")
    assert told[1][:2] == ("SI", "CG-1001")
    assert told[2][:2] == told[1][2:]
    assert told[3][:2] == ("C", "C-1")


def test_samples_begin_with_their_parents_holder() -> None:
    """Whoever draws them, the chain goes on from who holds the parent; nothing that was drawn is lost."""
    rows = fold_record(Malkhana(), given(fir(), seized(), deposited(), split(by=KEEPER)).entries)
    assert [(row.property_id, row.holder, row.quantity, row.seal) for row in rows] == [
        ("PR/1", KEEPER.id, "480", "K"),
        ("PR/1/S1", KEEPER.id, "20", "K"),
    ]
