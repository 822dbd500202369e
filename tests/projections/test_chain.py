"""What a chain shows beside its breaks: attempts, seals, samples."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given as whatever

from domain.case.case import Case
from domain.event import Actor, Event, decide, fold
from projections.custody import Custody
from projections.malkhana import Malkhana
from projections.view import fold_record
from tests.domain.case.builders_fir import fir
from tests.domain.case.builders_property import (
    CARRIER,
    KEEPER,
    PRODUCTION,
    RETURN,
    deposited,
    disposed,
    item,
    on,
    ordered,
    received,
    seized,
    sent,
)
from tests.domain.case.test_property_by_chance import CHOICES, UNHURRIED, likely
from tests.dsl import RECORD, act, given
from tests.projections.custody_acts import SENT, elsewhere, hours, split
from tests.projections.test_breaks import broken

Acts = tuple[Event[Any], ...]


BACK_FROM_COURT = on("PropertyReturnedFromCourt", court="CJM Raipur", seal="K")


def struck(version: int) -> Event[Any]:
    """An entry is struck."""
    return act("case.EntryCorrected", version=version, reason="entered wrongly")


def back(quantity: int) -> Event[Any]:
    """The laboratory gives back what its test has left of 500 g."""
    consumed = Decimal(500 - quantity)
    return on("PropertyReturnedFromLaboratory", **RETURN, consumed=consumed, quantity=Decimal(quantity))


STRUCK: dict[str, tuple[Acts, list[tuple[int, str]]]] = {
    "the dispatch": ((*SENT, struck(4)), [(5, "PR/1 is in the malkhana (rack 4), 500 g")]),
    "the deposit": ((*SENT, struck(3)), [(4, "PR/1 is with CG-1001, 500 g")]),
    "the strike of a disposal": (
        (fir(), seized(), deposited(), ordered(), disposed(), struck(5), sent(), received(), struck(6)),
        [(7, "PR/1 is disposed of, 500 g")],
    ),
    "what the laboratory used": (
        (*SENT, back(400), deposited(depositor=CARRIER.id, seal="FSL"),
         on("PropertySplit", samples=split().samples, remaining=Decimal(380), seal="K", reason="analysis"), struck(6)),
        [(7, "PR/1 is at FSL Raipur, 500 g"), (8, "PR/1 is in the malkhana (rack 4), 500 g")],
    ),
    "a strike, so that one article is seized twice": (
        (fir(), seized(), struck(2), seized(item(quantity=Decimal(3))), struck(3)),
        [(4, "PR/1 was seized already")],
    ),
    "a strike, so that one sample is drawn twice": (
        (fir(), seized(), deposited(), split(), struck(4), split(), struck(5)),
        [(6, "PR/1 is in the malkhana (rack 4), 480 g")],
    ),
}  # fmt: skip
"""Histories of which an entry was struck under others: at which entry the chain no longer holds, and what it says."""


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


def test_what_came_back_with_no_named_carrier_is_with_nobody() -> None:
    """Neither the laboratory nor a rank is named beside it, and the shelf shows it with nobody."""
    acts = (*SENT, on("PropertyReturnedFromLaboratory", **{**RETURN, "carrier": "", "carrier_rank": ""}))
    last = [*fold_record(Custody(), given(fir(), *acts[1:]).entries)][-1]
    assert (last.giver, last.holder, last.holder_rank, last.state) == ("FSL Raipur", "", "", "issued")
    carried = (fir(), seized(), deposited(), on("PropertyProducedInCourt", **PRODUCTION), BACK_FROM_COURT)
    last = [*fold_record(Custody(), given(*carried).entries)][-1]
    assert (last.holder, last.holder_rank, last.state) == ("", "", "issued")
    destroyed = given(fir(), seized(), deposited(), ordered(), disposed()).entries
    last = [*fold_record(Custody(), destroyed)][-1]
    assert (last.giver_rank, last.holder, last.holder_rank) == ("HC", "", "")


def test_samples_begin_with_their_parents_holder() -> None:
    """Whoever draws them, the chain goes on from who holds the parent; nothing that was drawn is lost."""
    rows = fold_record(Malkhana(), given(fir(), seized(), deposited(), split(by=KEEPER)).entries)
    assert [(row.property_id, row.holder, row.quantity, row.seal) for row in rows] == [
        ("PR/1", KEEPER.id, "480", "K"),
        ("PR/1/S1", KEEPER.id, "20", "K"),
    ]


def test_work_on_an_article_takes_it_off_no_shelf() -> None:
    """An officer of another station opens, seals and samples what lies here: all of it still lies here."""
    opened = on("SealBroken", seal="K", reason="court", permission="O/1")
    sealed = on("PropertyResealed", seal="K", reason="court", permission="O/1", seal_kept_by="W1")
    acts = (fir(), seized(), deposited(), elsewhere(opened), elsewhere(sealed), elsewhere(split()))
    shelf = fold_record(Malkhana(), given(*acts).entries)
    assert [(row.property_id, row.station, row.place) for row in shelf] == [
        ("PR/1", "CG-RPR-01", "rack 4"), ("PR/1/S1", "CG-RPR-01", "rack 4"),
    ]  # fmt: skip
    handed = (on("PropertyHandedOver", to_officer="CG-9", purpose="transfer of the case", seal="K"),
              elsewhere(on("PropertyTakenOver", by=Actor(id="CG-9", rank="SI", role="keeper", station="CG-RPR-02"),
                           from_officer=KEEPER.id, place="their rack", reason="transfer", seal="K")))  # fmt: skip
    (row,) = fold_record(Malkhana(), given(fir(), seized(), deposited(), *handed).entries)
    assert (row.station, row.place) == ("CG-RPR-02", "their rack")


@pytest.mark.parametrize("case", STRUCK, ids=str)
def test_an_entry_whose_ground_was_struck_is_a_break(case: str) -> None:
    """It was possible when it was entered; by the entries that stand it no longer is, and the chain says at which."""
    acts, due = STRUCK[case]
    rows = fold_record(Custody(), given(*acts).entries)
    told = [(row.version, each["what"]) for row in rows for each in row.breaks if each["code"] == "impossible"]
    assert told == [(version, f"by the entries that stand {what}") for version, what in due]


def test_where_nothing_was_struck_todays_rules_judge_no_earlier_entry() -> None:
    """What an earlier release let in was possible then, though it is refused now."""
    allowed_once = [each for each in given(*SENT).entries if each.name != "case.PropertySentToLaboratory"]
    told = [each["code"] for row in fold_record(Custody(), allowed_once) for each in row.breaks]
    assert "impossible" not in told


def test_nothing_done_about_an_article_vanishes_with_its_seizure() -> None:
    """The seizure is struck, or the drawing of a sample: what was done with it stands beside the chain, one by one."""
    sample = (fir(), seized(), deposited(), split(), sent(property_id="PR/1/S1"), struck(4))
    for acts, article, due in (((*SENT, struck(2)), "PR/1", [3, 4, 5]), (sample, "PR/1/S1", [5])):
        notes = [row for row in fold_record(Custody(), given(*acts).entries) if not row.number]
        assert [row.version for row in notes] == due
        assert {each for row in notes for each in row.doubts} == {
            f"by the entries that stand {article} is not in the register"
        }


@UNHURRIED
@whatever(CHOICES)
def test_nothing_is_lost_or_gained_unsaid(choices: list[tuple[int, Actor, datetime]]) -> None:
    """While nothing is struck no entry is impossible; where what stands does not add up, the chain says so."""
    entries: list[Event[Any]] = []
    case = Case.blank(RECORD)
    for choice, by, at in choices:
        ways = [*likely(), struck(choice % (case.version + 1)), seized()] if entries else [seized()]
        asked = [replace(each, meta=replace(seized(at=at, by=by).meta, version=case.version + 1)) for each in ways]
        accepted = [each for each in asked if not decide(each, case).reasons]
        if accepted:
            entry = accepted[choice % len(accepted)]
            case = fold(case, [entry], entries.copy)
            entries.append(entry)
    rows = fold_record(Custody(), entries)
    shelf = {row.property_id: row for row in fold_record(Malkhana(), entries)}
    odd = any(each["code"] == "impossible" for row in rows for each in row.breaks) or any(
        not row.number for row in rows
    )
    if not any(each.name == "case.EntryCorrected" for each in entries):
        assert not any(each["code"] == "impossible" for row in rows for each in row.breaks)
    gone = _struck(entries)
    used = sum(getattr(each, "consumed", Decimal(0)) for each in entries if each.meta.version not in gone)
    held = sum(Decimal(row.quantity) for row in shelf.values())
    begun = any(each.name == "case.PropertySeized" and each.meta.version not in gone for each in entries)
    assert odd or held + used == (500 if begun else 0)


def _struck(entries: list[Event[Any]]) -> set[int]:
    """The last strikes count first: a strike that is struck itself strikes nothing."""
    gone: set[int] = set()
    for each in reversed(entries):
        if each.name == "case.EntryCorrected" and each.meta.version not in gone:
            gone.add(each.strikes)
    return gone
