"""Articles before the court and out on bond."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from domain.event import Event
from tests.domain.case.builders_accused import when
from tests.domain.case.builders_fir import fir
from tests.domain.case.builders_property import (
    CARRIER,
    COURT,
    OTHER,
    article,
    bonded,
    deposited,
    disposed,
    in_malkhana,
    item,
    missing,
    on,
    ordered,
    produced,
    received,
    seized,
    sent,
    then,
)
from tests.dsl import OFFICER, given

STORED = in_malkhana()
PRODUCED = then(STORED, produced())
ON_BOND = then(STORED, bonded())


def returned(**fields: Any) -> Event[Any]:
    """PR/1 on its way back from court."""
    usual = {"court": COURT, "carrier": CARRIER.id, "carrier_rank": "Constable", "seal": "C", "receipt": "R/2"}
    return on("PropertyReturnedFromCourt", by=CARRIER, **{**usual, **fields})


def recalled(**fields: Any) -> Event[Any]:
    """PR/1 brought back by V1."""
    usual = {"person": "V1", "place": "station", "order": "O/5", "seal": "K"}
    return on("PropertyRecalled", by=OFFICER, **{**usual, **fields})


def test_an_article_is_produced_in_court() -> None:
    """The court holds it until it returns it."""
    answer = when(STORED, produced())
    now = article(answer.entered())
    assert (now.state, now.holder, now.place) == ("in court", COURT, COURT)
    act: Any = answer.act
    assert (act.document, act.rank_after, act.purpose) == ("summons 9", "", "production in court")
    when(ON_BOND, produced()).entered()


def test_only_what_can_be_brought_is_produced() -> None:
    """Not what is at the laboratory or missing, and by another officer only what he has taken over."""
    when(then(STORED, sent(), received()), produced()).refused("not with the police or on bond")
    when(then(STORED, missing()), produced()).refused("Record case.PropertyFound first")
    when(given(fir(), seized()), produced()).refused("CG-2001 gives it, and 0012/2026 shows it with CG-1001")


def test_what_courts_ask_of_a_production() -> None:
    """The same seal, the same weight, from the keeper's hand."""
    when(STORED, produced(seal="M")).doubted("PR/1 has the seal 'M' here and the seal 'K' in the register")
    when(STORED, produced(quantity=Decimal(470))).doubted("measures 470 g here; by the register it is 500")
    when(STORED, on("PropertyProducedInCourt", by=OTHER, court=COURT, seal="K")).doubted("CG-4001 gives it out")


def test_a_statement_and_photographs_change_nothing() -> None:
    """The court describes what is in custody, and has it photographed (BNSS s.497)."""
    for what in ("PropertyStatementPrepared", "PropertyPhotographed"):
        assert article(when(PRODUCED, on(what)).entered()).state == "in court"
        when(then(STORED, missing()), on(what)).refused("shows it missing, not in custody")


def test_the_court_returns_an_article() -> None:
    """The carrier holds it, under the court's seal if it was opened there."""
    when(PRODUCED, returned()).entered()
    back = then(PRODUCED, returned())
    now = article(back.record)
    assert (now.state, now.holder, now.seal) == ("issued", CARRIER.id, "C")
    assert now.place == "on the way back from CJM Raipur"
    act: Any = back.entries[-1]
    assert (act.rank_after, act.document, act.purpose, act.giver) == ("Constable", "R/2", "return from court", "")
    when(back, deposited(depositor=CARRIER.id, seal="C")).entered()


def test_only_what_is_in_court_is_returned() -> None:
    """What lies in the malkhana was not there."""
    when(STORED, returned()).refused("not in court. Record case.PropertyProducedInCourt first")


def test_what_courts_ask_of_a_return_from_court() -> None:
    """The same court, a named carrier, a named seal unless the parcel went open."""
    when(PRODUCED, returned(court="JMFC Durg")).doubted("PR/1 comes back from JMFC Durg; the register shows it in CJM")
    nobody = when(PRODUCED, returned(carrier="")).doubted("no carrier is named for PR/1")
    assert article(nobody).holder == ""
    when(PRODUCED, returned(seal="")).doubted("PR/1 comes back from CJM Raipur under no named seal")
    bare = then(in_malkhana(item(seal=""), seal=""), produced(seal=""))
    when(bare, returned(seal="")).entered()


def test_an_article_is_released_on_bond() -> None:
    """The person holds it by code, and must produce it."""
    answer = when(STORED, bonded())
    now = article(answer.entered())
    assert (now.state, now.holder, now.place) == ("on bond", "V1", "on bond with V1")
    act: Any = answer.act
    assert (act.document, act.rank_after, act.purpose) == ("B/1", "", "interim release on bond")
    when(PRODUCED, bonded()).entered()


def test_a_release_is_made_from_the_hand_of_the_holder() -> None:
    """To a person by code, of what is there."""
    when(STORED, bonded(person="Ramesh")).refused("entered by a code")
    when(ON_BOND, bonded()).refused("not with the police or in court. Record case.PropertyRecalled first")
    when(given(fir(), seized()), bonded()).refused("CG-2001 gives it")


def test_a_release_needs_order_and_bond() -> None:
    """Without either it is doubted."""
    when(STORED, bonded(order="")).doubted("PR/1 is released to V1 without an order")
    when(STORED, bonded(bond="")).doubted("PR/1 is released to V1 without a bond")


def test_an_article_on_bond_is_recalled() -> None:
    """The officer who takes it holds it."""
    answer = when(ON_BOND, recalled())
    now = article(answer.entered())
    assert (now.state, now.holder, now.place) == ("issued", OFFICER.id, "station")
    act: Any = answer.act
    assert (act.document, act.rank_after, act.purpose, act.giver) == ("O/5", "SI", "recalled from bond", "")


def test_only_what_is_on_bond_is_recalled() -> None:
    """From the person to whom it was released; another one is doubted."""
    when(STORED, recalled()).refused("not on bond. Record case.PropertyReleasedOnBond first")
    when(ON_BOND, recalled(person="the owner")).refused("entered by a code")
    when(ON_BOND, recalled(person="W3")).doubted("PR/1 is brought back by W3; it was released to V1")


def test_an_article_on_bond_may_be_given_for_good() -> None:
    """It need not come back for that."""
    settled = then(ON_BOND, ordered(manner="returned"))
    when(settled, disposed(manner="returned", recipient_code="V1")).entered()
