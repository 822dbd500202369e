"""How custody ends, by an order that is carried out, and how it is interrupted by loss."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.event import Event
from domain.malkhana.article import Order
from tests.domain.case.builders_accused import after, struck, when
from tests.domain.case.builders_fir import fir
from tests.domain.case.builders_property import (
    KEEPER,
    OTHER,
    SOMEONE,
    article,
    deposited,
    disposed,
    in_malkhana,
    item,
    missing,
    on,
    ordered,
    seized,
    sent,
    then,
)
from tests.dsl import OFFICER, given

STORED = in_malkhana()
ORDERED = then(STORED, ordered())
LOST = then(STORED, missing())


def found(**fields: Any) -> Event[Any]:
    """PR/1 found again."""
    return on("PropertyFound", by=OFFICER, **{"place": "almirah 9", "inquiry": "I/1", "seal": "K", **fields})


def test_an_order_waits_to_be_carried_out() -> None:
    """The register keeps its number, section and manner; the article stays where it is."""
    now = article(when(STORED, ordered()).entered())
    assert now.orders == (Order("O/9", "BNSS 497", "destroyed", after(hours=3)),)
    assert now.state == "deposited"


def test_an_order_has_a_number_and_a_person_a_code() -> None:
    """Otherwise its execution could not be tied to it, or a name not be sealed."""
    when(STORED, ordered(order=" ")).refused("an order without a number")
    when(STORED, ordered(recipient=SOMEONE)).refused("entered by a code")
    when(STORED, ordered(recipient_code="the owner")).refused("entered by a code")
    when(STORED, ordered(recipient_code="V1", recipient=SOMEONE)).entered()


def test_an_order_is_entered_once() -> None:
    """The same number a second time is doubted."""
    when(ORDERED, ordered()).doubted("order O/9 on PR/1 is already entered")


def test_an_sp_orders_sales_of_little_value() -> None:
    """From five hundred rupees on the sale is the court's to order (BNSS s.106(3) proviso)."""
    dear = in_malkhana(item(value_paise=50_000))
    cheap = in_malkhana(item(value_paise=49_999))
    when(dear, ordered(provision="BNSS 106(3)", manner="auctioned")).doubted("PR/1 is worth 50000 paise")
    when(cheap, ordered(provision="BNSS 106(3)", manner="auctioned")).entered()
    when(dear, ordered(manner="auctioned")).entered()


def test_custody_ends_when_the_order_is_carried_out() -> None:
    """Nobody holds what no longer exists; what is given away is with whom it was given to."""
    answer = when(ORDERED, disposed())
    now = article(answer.entered())
    assert (now.state, now.holder, now.place) == ("disposed", "", "Bhilai")
    act: Any = answer.act
    assert (act.document, act.purpose, act.rank_after) == ("O/9", "destroyed", "")
    given_back = then(STORED, ordered(manner="returned"))
    home = when(given_back, disposed(manner="returned", recipient_code="V1", recipient=SOMEONE)).entered()
    assert article(home).holder == "V1"
    handed_on = then(STORED, ordered(manner="transferred"))
    office = when(handed_on, disposed(manner="transferred", recipient_office="NCB Raipur")).entered()
    assert article(office).holder == "NCB Raipur"


def test_no_end_without_an_order() -> None:
    """Neither with no order entered, nor under another, nor under one that was struck."""
    when(STORED, disposed()).refused(
        "PR/1 cannot be disposed of under O/9: 0012/2026 shows no order. Record case.DisposalOrdered first."
    )
    when(ORDERED, disposed(order="O/8")).refused("cannot be disposed of under O/8: 0012/2026 shows O/9")
    when(ORDERED, disposed(order="")).refused("under no order")
    wrong = ordered()
    when(then(STORED, wrong, struck(wrong, 4)), disposed()).refused("shows no order")
    second = ordered(order="O/10")
    when(then(STORED, wrong, second, struck(wrong, 4)), disposed()).refused("shows O/10")


def test_nothing_is_disposed_of_twice() -> None:
    """What is gone is gone, and no order reaches it."""
    gone = then(ORDERED, disposed())
    when(gone, disposed()).refused("shows it disposed of, for good")
    when(gone, ordered(order="O/10")).refused("shows it disposed of, for good")


def test_a_name_needs_a_code_at_the_end_too() -> None:
    """The recipient goes by code."""
    when(ORDERED, disposed(recipient=SOMEONE)).refused("entered by a code")
    when(ORDERED, disposed(recipient_code="the owner")).refused("entered by a code")
    when(ORDERED, disposed(recipient=SOMEONE, recipient_code="V1")).entered()


def test_only_the_holder_gives_it_up() -> None:
    """From an officer's hands another cannot dispose of it; from the malkhana it is doubted."""
    held = given(fir(), seized(), ordered())
    when(held, disposed()).refused("CG-2001 gives it, and 0012/2026 shows it with CG-1001")
    by_another = on("PropertyDisposed", by=OTHER, order="O/9", manner="destroyed", seal="K")
    when(ORDERED, by_another).doubted("CG-4001 gives it out")


def test_what_is_missing_is_found_or_written_off() -> None:
    """It cannot be destroyed; and what is there cannot be written off."""
    lost = then(LOST, ordered(manner="written off"))
    when(lost, disposed()).refused("PR/1 cannot be destroyed: 0012/2026 shows it missing", "case.PropertyFound first")
    when(lost, disposed(manner="written off")).entered()
    when(ORDERED, disposed(manner="written off")).refused("cannot be written off", "case.PropertyDamaged first")


def test_it_ends_as_ordered() -> None:
    """Another manner, a date before the order, or nobody who received it, is doubted."""
    when(ORDERED, disposed(manner="auctioned")).doubted("PR/1 was ordered destroyed and is auctioned")
    when(ORDERED, disposed(at=after(hours=2.5))).doubted("PR/1 was disposed of before order O/9 was made")
    returned = then(STORED, ordered(manner="returned"))
    when(returned, disposed(manner="returned")).doubted("PR/1 is returned to nobody named")
    when(then(STORED, sent(), ordered()), disposed()).doubted("while the register shows it on the way to FSL Raipur")


@pytest.mark.parametrize("provision", ["BNSS 498", "CrPC 452"])
def test_an_order_after_trial_waits_two_months(provision: Any) -> None:
    """Within two calendar months of it disposal is doubted, save livestock, perishables or against a bond."""
    order = datetime(2026, 12, 31, 6, tzinfo=UTC)
    stored = then(STORED, ordered(at=order, provision=provision))
    early, late = datetime(2027, 2, 28, 12, tzinfo=UTC), datetime(2027, 2, 28, 19, tzinfo=UTC)
    held = "PR/1 is disposed of within 2 months of order O/9 (BNSS s.498(4))"
    when(stored, disposed(at=early)).doubted(held)
    when(stored, disposed(at=late)).entered()  # past midnight in India
    for category in ("livestock", "perishable"):
        exempt = then(in_malkhana(item(category=category)), ordered(at=order, provision=provision))
        when(exempt, disposed(at=early)).entered()
    bond = then(STORED, ordered(at=order, provision=provision, on_bond=True))
    when(bond, disposed(at=early)).entered()
    when(then(STORED, ordered(at=order)), disposed(at=order + timedelta(hours=1))).entered()


def test_two_months_end_before_time_does() -> None:
    """An order dated at the end of all dates is counted like any other."""
    end = datetime(9999, 12, 31, tzinfo=UTC)
    when(then(STORED, ordered(at=end, provision="BNSS 498")), disposed(at=end)).doubted("within 2 months")


def test_a_missing_article_keeps_its_holder() -> None:
    """Who held it last answers for it; where it is, is not known."""
    answer = when(STORED, missing(inquiry="I/1"))
    now = article(answer.entered())
    assert (now.state, now.holder, now.place) == ("missing", KEEPER.id, "not known")
    act: Any = answer.act
    assert (act.holder_after, act.document, act.purpose, act.giver) == ("", "I/1", "not found", "")
    when(LOST, missing()).refused("PR/1 cannot be reported missing: 0012/2026 shows it missing, not in custody")


def test_what_is_missing_does_not_move() -> None:
    """It must be found first."""
    when(LOST, sent()).refused("shows it missing, not in the malkhana. Record case.PropertyFound first")


def test_a_missing_article_is_found() -> None:
    """The officer who finds it holds it, and compares seal and weight."""
    answer = when(LOST, found())
    now = article(answer.entered())
    assert (now.state, now.holder, now.place) == ("issued", OFFICER.id, "almirah 9")
    act: Any = answer.act
    assert (act.document, act.rank_after, act.purpose) == ("I/1", "SI", "found")
    when(LOST, found(seal="")).doubted("PR/1 has no seal here and the seal 'K' in the register")
    when(then(LOST, found()), deposited(at=after(days=9))).entered()
    when(STORED, found()).refused("not missing. Record case.PropertyMissing first")


def test_what_is_damaged_stays_in_custody_and_may_be_written_off() -> None:
    """Damage changes neither holder nor place; by order, and only then, a damaged article is written off."""
    hurt = on("PropertyDamaged", by=KEEPER, damage="soaked")
    there = then(STORED, hurt)
    now = article(there.record)
    assert (now.state, now.holder, now.damaged) == ("deposited", KEEPER.id, True)
    when(there, disposed(manner="written off")).refused("shows no order")
    when(then(there, ordered(manner="written off")), disposed(manner="written off")).entered()
    when(given(fir()), hurt).refused("cannot be found damaged")
