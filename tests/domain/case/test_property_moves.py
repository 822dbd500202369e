"""Into the malkhana, within it, and from officer to officer."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from domain.event import Actor, Event
from tests.domain.case.builders_accused import after, when
from tests.domain.case.builders_fir import fir
from tests.domain.case.builders_property import (
    CARRIER,
    KEEPER,
    OTHER,
    RETURN,
    article,
    deposited,
    in_malkhana,
    item,
    missing,
    on,
    received,
    seized,
    sent,
    then,
)
from tests.dsl import DAY, OFFICER, given

SEIZED = given(fir(), seized())


def moved(place: str = "almirah 2", **fields: Any) -> Event[Any]:
    """PR/1 in another place of the malkhana."""
    return on("PropertyMoved", **{"place": place, "reason": "repair of the rack", "seal": "K", **fields})


def handed(to: Actor = OTHER, by: Actor = OFFICER, **fields: Any) -> Event[Any]:
    """PR/1 handed over."""
    purpose = {"to_officer": to.id, "to_rank": to.rank, "purpose": "investigation", "seal": "K"}
    return on("PropertyHandedOver", by=by, **{**purpose, **fields})


def taken(by: Actor = OTHER, giver: Actor = OFFICER, **fields: Any) -> Event[Any]:
    """PR/1 taken over."""
    receipt = {"from_officer": giver.id, "place": "the IO's room", "reason": "investigation", "seal": "K"}
    return on("PropertyTakenOver", by=by, **{**receipt, **fields})


def test_a_deposit_makes_the_keeper_the_holder() -> None:
    """The article lies in its place in the malkhana, under a serial of its register."""
    answer = when(SEIZED, deposited())
    now = article(answer.entered())
    assert (now.state, now.holder, now.place, now.since) == ("deposited", KEEPER.id, "rack 4", after(hours=2))
    act: Any = answer.act
    assert (act.holder_after, act.rank_after, act.place_after) == (KEEPER.id, "HC", "rack 4")
    assert (act.document, act.purpose, act.giver) == ("malkhana register 7/2026", "safe custody", OFFICER.id)


def test_nobody_deposits_with_himself() -> None:
    """Depositor and keeper are two persons."""
    when(SEIZED, deposited(keeper=OFFICER.id)).refused("PR/1 cannot be deposited by CG-1001 with himself")


def test_only_the_holder_deposits() -> None:
    """Another depositor than the officer who has it must first take it over."""
    when(SEIZED, deposited(depositor=CARRIER.id)).refused(
        "PR/1 cannot be deposited: CG-3001 gives it, and 0012/2026 shows it with CG-1001",
        "Record case.PropertyHandedOver and PropertyTakenOver first",
    )


def test_what_lies_in_the_malkhana_is_not_deposited_again() -> None:
    """Nor what is on its way to the laboratory."""
    when(in_malkhana(), deposited()).refused("shows it in the malkhana (rack 4), not with an officer")
    when(then(in_malkhana(), sent()), deposited()).refused(
        "shows it on the way to FSL Raipur, not with an officer. Record case.PropertyReceivedByLaboratory first"
    )


def test_an_article_kept_overnight_is_doubted() -> None:
    """More than 24 hours between seizure and deposit need a reason (pattern 1)."""
    when(SEIZED, deposited(at=after(hours=25))).entered()
    when(SEIZED, deposited(at=after(hours=25.1))).doubted("PR/1 was deposited more than 24 hours after its seizure")
    when(SEIZED, deposited(at=after(hours=30), delay_reason="the road was cut")).entered()


def test_what_courts_ask_of_a_deposit() -> None:
    """A diary entry (2), the specimen of the seal (3), the same seal (4), the same weight (8), a fit place (15)."""
    when(SEIZED, deposited(gd_entry="")).doubted("names no General Diary entry")
    when(SEIZED, deposited(specimen_seal_deposited=False)).doubted("no specimen of the seal of PR/1")
    when(given(fir(), seized(item(seal=""))), deposited(seal="", specimen_seal_deposited=False)).entered()
    when(SEIZED, deposited(at=after(hours=1))).entered()
    when(SEIZED, deposited(seal="M")).doubted("PR/1 has the seal 'M' here and the seal 'K' in the register")
    when(SEIZED, deposited(seal="")).doubted("PR/1 has no seal here and the seal 'K' in the register")
    when(SEIZED, deposited(quantity=Decimal(480))).doubted("PR/1 measures 480 g here; by the register it is 500")
    when(SEIZED, deposited(quantity=Decimal("500.0"))).entered()
    when(SEIZED, deposited(by=OTHER)).doubted("CG-4001 entered the deposit of PR/1, neither depositor nor keeper")
    blood = given(fir(), seized(item(category="biological or medical sample")))
    when(blood, deposited()).doubted("is a biological sample and is not kept refrigerated")
    when(blood, deposited(refrigerated=True)).entered()


def test_a_quantity_is_one_that_can_be_weighed() -> None:
    """Whatever is weighed at a move is a number, and not a negative one."""
    for amount in ("-1", "NaN", "sNaN"):
        when(SEIZED, deposited(quantity=Decimal(amount))).refused("is no quantity")


def test_an_article_moves_within_the_malkhana() -> None:
    """Its place changes and its keeper does not."""
    answer = when(in_malkhana(), moved())
    now = article(answer.entered())
    assert (now.state, now.holder, now.place) == ("deposited", KEEPER.id, "almirah 2")
    act: Any = answer.act
    assert (act.holder_after, act.rank_after, act.purpose, act.document) == ("", "", "repair of the rack", "")


def test_only_what_lies_there_moves_within_it() -> None:
    """What is still with an officer is deposited first."""
    when(SEIZED, moved()).refused("shows it with CG-1001, not in the malkhana. Record case.PropertyDeposited first")


def test_a_move_is_made_by_the_keeper_and_changes_the_place() -> None:
    """Another hand, or a move to where it lies, is doubted."""
    when(in_malkhana(), moved(by=OTHER)).doubted("PR/1 is in the keeping of CG-2001, and CG-4001 gives it out")
    when(in_malkhana(), moved("rack 4")).doubted("PR/1 already lies in rack 4")


def test_a_hand_over_is_two_acts() -> None:
    """The giver holds it until the taker takes it over; then the taker is the only holder."""
    offered = when(SEIZED, handed()).entered()
    assert (article(offered).holder, article(offered).offered_to) == (OFFICER.id, OTHER.id)
    answer = when(then(SEIZED, handed()), taken(receipt="R/1"))
    now = article(answer.entered())
    assert (now.state, now.holder, now.place, now.offered_to) == ("issued", OTHER.id, "the IO's room", "")
    act: Any = answer.act
    assert (act.giver, act.rank_after, act.document, act.purpose) == (OFFICER.id, "ASI", "R/1", "investigation")


def test_only_the_holder_hands_over() -> None:
    """And to somebody else."""
    when(SEIZED, handed(by=KEEPER)).refused("CG-2001 gives it, and 0012/2026 shows it with CG-1001")
    when(SEIZED, handed(to=OFFICER)).refused("PR/1 cannot be handed over to CG-1001", "needs two persons")
    when(in_malkhana(), handed(to=KEEPER, by=OTHER)).refused("cannot be handed over to CG-2001")


def test_only_what_is_with_the_police_is_handed_over() -> None:
    """What is at the laboratory is returned first."""
    at_laboratory = then(in_malkhana(), sent(), received())
    when(at_laboratory, handed()).refused(
        "shows it at FSL Raipur, not with the police. Record case.PropertyReturnedFromLaboratory first"
    )
    when(at_laboratory, taken()).refused("not with the police")
    when(then(in_malkhana(), missing()), handed()).refused("shows it missing", "Record case.PropertyFound first")


def test_an_offer_is_answered_before_the_next() -> None:
    """Handing over to a second officer, or another move, while the first has not answered, is doubted."""
    offered = then(SEIZED, handed())
    when(offered, handed(to=CARRIER)).doubted("PR/1 was handed over to CG-4001, who has not taken it over")
    when(offered, deposited()).doubted("PR/1 was handed over to CG-4001, who has not taken it over")
    when(offered, handed()).entered()
    assert article(when(offered, deposited()).doubted()).offered_to == ""


def test_only_the_keeper_hands_over_what_lies_in_the_malkhana() -> None:
    """Who never held it cannot give it to another officer, nor can it be taken over from him; the attempt stays."""
    impossible = "CG-3001 gives it, and 0012/2026 shows it in the malkhana (rack 4), in the keeping of CG-2001"
    tried = when(in_malkhana(), handed(by=CARRIER))
    tried.refused(impossible)
    left = tried.act.attempt(tried.decision.reasons)
    assert left is not None
    assert left.name == "case.CustodyMoveRefused"
    when(then(in_malkhana(), handed(by=KEEPER)), taken(giver=CARRIER)).refused(impossible)
    when(in_malkhana(), handed(by=KEEPER)).entered()


def test_a_hand_over_shows_its_seal() -> None:
    """Another seal is doubted."""
    when(SEIZED, handed(seal="M")).doubted("PR/1 has the seal 'M' here and the seal 'K' in the register")


def test_only_he_takes_over_to_whom_it_was_handed() -> None:
    """Not an officer to whom nothing was handed, not another, and not twice."""
    when(SEIZED, taken()).refused("PR/1 cannot be taken over by CG-4001: 0012/2026 shows it handed over to nobody")
    when(then(SEIZED, handed()), taken(by=CARRIER)).refused("shows it handed over to CG-4001")
    when(then(SEIZED, handed(), taken()), taken()).refused("handed over to nobody")


def test_it_is_taken_over_from_the_holder() -> None:
    """From himself, or from somebody who does not hold it, nobody takes over."""
    when(then(SEIZED, handed()), taken(giver=OTHER)).refused("from himself")
    when(then(SEIZED, handed()), taken(giver=KEEPER)).refused("CG-2001 gives it, and 0012/2026 shows it with CG-1001")


def test_a_new_keeper_takes_over_what_stays_on_its_shelf() -> None:
    """At a change of charge the article stays in the malkhana, under another keeper."""
    offered = then(in_malkhana(), handed(by=KEEPER))
    relief = {"place": "rack 4", "as_keeper": True}
    when(offered, taken(giver=KEEPER, **relief)).doubted("takes PR/1 over as keeper, and no audit is named")
    now = article(when(offered, taken(giver=KEEPER, **relief, audit="AUDIT/0004/2026")).entered())
    assert (now.state, now.holder) == ("deposited", OTHER.id)
    when(then(SEIZED, handed()), taken(as_keeper=True)).refused("cannot be taken over as keeper")


def test_a_serial_of_the_malkhana_register_is_one_articles() -> None:
    """A second article under it is doubted; the same one may be deposited under it again."""
    case = given(fir(), seized(item(1), item(2)), deposited())
    when(case, deposited(property_id="PR/2")).doubted(
        "PR/2 is deposited as malkhana register 7/2026, which is the serial of PR/1"
    )
    when(case, deposited(property_id="PR/2", malkhana_serial=8)).entered()


def test_a_serial_is_one_of_its_year() -> None:
    """It counts from 1; of another year it is doubted, unless the article comes back under the serial that it has."""
    case = given(fir(), seized())
    for serial in (0, -5):
        when(case, deposited(malkhana_serial=serial)).refused(f"under serial {serial}: a malkhana register counts from")
    when(case, deposited(malkhana_year=1999)).doubted(
        "PR/1 is deposited on 2 July 2026 as malkhana register 7/1999, a serial of another year"
    )
    back = on("PropertyReturnedFromLaboratory", **RETURN)
    there = then(in_malkhana(), sent(), received(), back)
    new_year = DAY + timedelta(days=200)
    again = {"at": new_year, "depositor": CARRIER.id, "depositor_rank": CARRIER.rank, "seal": "FSL"}
    when(there, deposited(**again)).entered()
    when(there, deposited(**again, malkhana_serial=8)).doubted("a serial of another year")
