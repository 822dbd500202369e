"""Seals broken and set anew, inventories certified, samples drawn."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.event import Event
from domain.malkhana.parcel import Sample
from domain.malkhana.units import in_unit
from tests.domain.case.builders_accused import struck, when
from tests.domain.case.builders_fir import fir
from tests.domain.case.builders_property import (
    KEEPER,
    OTHER,
    article,
    in_malkhana,
    item,
    missing,
    on,
    produced,
    received,
    seized,
    sent,
    then,
)
from tests.dsl import DAY, OFFICER, given

SEIZED = given(fir(), seized())
STORED = in_malkhana()
THERE = then(STORED, sent(), received())


def broken(**fields: Any) -> Event[Any]:
    """The seal of PR/1 broken, with leave of the court."""
    return on("SealBroken", **{"seal": "K", "reason": "inspection", "permission": "O/2", **fields})


def resealed(**fields: Any) -> Event[Any]:
    """PR/1 sealed with leave of the court."""
    usual = {"seal": "M", "reason": "after inspection", "permission": "O/2", "seal_kept_by": "W1"}
    return on("PropertyResealed", **{**usual, **fields})


def sample(number: int, grams: str = "24", **fields: Any) -> Sample:
    """A sealed sample of PR/1."""
    usual = {"id": f"PR/1/S{number}", "quantity": Decimal(grams), "unit": "g", "seal": "M"}
    return Sample(**{**usual, **fields})


def split(*samples: Sample, remaining: str = "452", **fields: Any) -> Event[Any]:
    """Two samples of 24 g drawn from PR/1, or these."""
    usual = {"samples": samples or (sample(1), sample(2)), "remaining": Decimal(remaining), "reason": "analysis"}
    return on("PropertySplit", **{**usual, "seal": "M", **fields})


OPEN = then(STORED, broken())
"""In the malkhana, opened with leave of the court."""


def test_a_broken_seal_leaves_the_parcel_open() -> None:
    """Until it is sealed again under a named seal."""
    opened = then(STORED, broken())
    assert article(opened.record).seal == ""
    assert article(when(opened, resealed()).entered()).seal == "M"


def test_only_what_is_sealed_is_opened() -> None:
    """And only what is in custody."""
    when(then(STORED, broken()), broken()).refused("shows it open. Record case.PropertyResealed first")
    when(then(STORED, missing()), broken()).refused("PR/1 cannot have its seal broken: 0012/2026 shows it missing")


def test_a_parcel_is_opened_with_leave_of_the_court() -> None:
    """Without it, or under another seal, it is doubted; in a laboratory and in court nobody asks for it (9, 4)."""
    when(STORED, broken(permission="")).doubted("PR/1 is opened without leave of the court")
    when(STORED, broken(seal="Z")).doubted("PR/1 has the seal 'Z' here and the seal 'K' in the register")
    when(THERE, broken(permission="")).entered()
    there = then(STORED, produced())
    when(there, broken(permission="")).entered()
    when(then(there, broken(permission="")), resealed(permission="")).entered()
    when(STORED, broken()).entered()


def test_every_new_seal_is_named() -> None:
    """A seal without a name is refused."""
    when(then(STORED, broken()), resealed(seal=" ")).refused("PR/1 cannot be sealed without naming the seal")
    when(then(STORED, missing()), resealed()).refused("shows it missing, not in custody")


def test_what_courts_ask_of_a_new_seal() -> None:
    """Not over a whole one, with leave of the court, and the seal left with another person after use."""
    opened = then(STORED, broken())
    when(STORED, resealed()).doubted("sealed again while the register shows the seal 'K' whole")
    when(opened, resealed(permission="")).doubted("PR/1 is sealed again without leave of the court")
    for with_whom in ("", KEEPER.id):
        when(opened, resealed(seal_kept_by=with_whom)).doubted("left with no other person after use")
    bare = given(fir(), seized(item(seal="")))
    when(bare, resealed(permission="", by=OFFICER)).entered()


def test_a_certificate_goes_with_the_article() -> None:
    """And with each sample drawn from it later."""
    drug = in_malkhana(item(category="drugs"))
    certified = then(drug, on("InventoryCertified", court="CJM Raipur", certificate="C/1"))
    assert article(certified.record).certificate == "C/1"
    case = when(certified, split()).entered()
    assert article(case, "PR/1/S1").certificate == "C/1"
    when(drug, split()).doubted("PR/1 is sampled without the Magistrate's certificate")
    when(then(STORED, missing()), on("InventoryCertified", certificate="C/1")).refused("not in custody")


def test_samples_are_where_their_parent_is() -> None:
    """With the same holder, under their own seals; the parent keeps what remains under a new one."""
    case = when(OPEN, split()).entered()
    drawn = article(case, "PR/1/S2")
    assert (drawn.parent, drawn.quantity, drawn.seal) == ("PR/1", Decimal(24), "M")
    assert (drawn.state, drawn.holder, drawn.place, drawn.memo) == ("deposited", KEEPER.id, "rack 4", "SM/1")
    assert (article(case).quantity, article(case).seal, article(case).state) == (Decimal(452), "M", "deposited")
    when(then(OPEN, split()), sent(property_id="PR/1/S1", seal="M")).entered()


def test_what_is_split_adds_up() -> None:
    """Samples, remainder and what the test used make exactly what there was, to the last digit."""
    when(OPEN, split(remaining="453")).refused("make 501 g, and 0012/2026 shows 500")
    when(OPEN, split(remaining="451.9999")).refused("Give quantities that add up")
    when(THERE, split(remaining="450", consumed=Decimal(2))).entered()
    thirds = in_malkhana(item(quantity=Decimal("0.3"), seal=""), seal="")
    when(thirds, split(sample(1, "0.1"), sample(2, "0.1"), remaining="0.1")).entered()


def test_what_is_split_to_the_last_is_used_up() -> None:
    """The parent then has no remainder to move, and needs no seal."""
    whole = then(OPEN, split(sample(1, "250"), sample(2, "250"), remaining="0", seal=""))
    assert article(whole.record).state == "used up"
    when(OPEN, split(sample(1, "250"), sample(2, "250"), remaining="0", seal="")).entered()
    when(whole, sent(seal="")).refused("shows it used up in samples, for good")


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "sNaN", "Infinity"])
def test_a_sample_is_some_of_it(amount: str) -> None:
    """A sample of nothing, or a remainder that is no number, is refused."""
    when(STORED, split(sample(1, amount))).refused("a quantity is zero, negative or no number")
    if amount != "0":
        when(STORED, split(remaining=amount)).refused("a quantity is zero, negative or no number")


def test_each_sample_has_an_id_of_its_own_and_a_unit_that_adds_up() -> None:
    """No blank id, none used twice, none that the case has; and grams of grams."""
    when(STORED, split(remaining="500", samples=())).refused("PR/1 cannot be split into nothing")
    when(STORED, split(sample(1), sample(1))).refused("sample 'PR/1/S1' of PR/1 needs an id that no other")
    when(STORED, split(sample(1, id="PR/1"))).refused("sample 'PR/1' of PR/1 needs an id")
    when(STORED, split(sample(1, id=" "))).refused("needs an id")
    when(STORED, split(sample(1, id="PR/1 "))).refused("needs an id")
    when(STORED, split(sample(1, unit="ml"))).refused("sample PR/1/S1 is measured in ml", "Give the quantity in g")


def test_only_a_laboratory_uses_a_part_up() -> None:
    """Nothing is consumed on a shelf, in court or in an officer's hand: what is gone there is missing."""
    gone = split(sample(1, "1"), remaining="0", consumed=Decimal(499))
    for before in (STORED, OPEN, then(STORED, produced())):
        when(before, gone).refused(
            "PR/1 cannot be split with 499 g consumed", "only a laboratory's test uses a part up"
        )
    case = when(THERE, gone).entered()
    assert article(case).state == "used up"


def test_a_sealed_article_is_opened_before_it_is_split() -> None:
    """With leave of the court: else it is doubted, unless a Magistrate certified its samples that day (NDPS s.52A)."""
    whole = "PR/1 is split while the register shows the seal 'K' whole: it is opened without leave of the court"
    when(STORED, split()).doubted(whole, "Record case.SealBroken first, with the permission")
    when(OPEN, split()).entered()
    when(then(STORED, produced()), split()).entered()
    certified = then(STORED, on("InventoryCertified", court="CJM Raipur", certificate="C/1", at=DAY))
    when(certified, split(at=DAY + timedelta(hours=12))).entered()
    when(certified, split(at=DAY + timedelta(hours=16))).doubted(whole)


def test_what_an_officer_holds_nobody_else_opens_or_seals() -> None:
    """In the malkhana another hand than the keeper's is doubted; in court and in a laboratory others do it."""
    bare = given(fir(), seized(item(seal="")))
    when(SEIZED, broken(by=OTHER)).refused("CG-4001 opens it, and 0012/2026 shows it with CG-1001")
    when(bare, resealed(by=OTHER)).refused("CG-4001 seals it, and 0012/2026 shows it with CG-1001")
    when(SEIZED, broken(by=OFFICER)).entered()
    when(STORED, broken(by=OTHER)).doubted("PR/1 is in the keeping of CG-2001, and CG-4001 opens it")
    when(OPEN, resealed(by=OTHER)).doubted("PR/1 is in the keeping of CG-2001, and CG-4001 seals it")
    when(then(STORED, produced()), broken(by=OTHER)).entered()


def test_the_holder_splits() -> None:
    """What an officer holds nobody else splits; in the malkhana another hand is doubted."""
    when(SEIZED, split(by=OTHER)).refused(
        "PR/1 cannot be split: CG-4001 splits it, and 0012/2026 shows it with CG-1001"
    )
    when(STORED, split(by=OTHER)).doubted("PR/1 is in the keeping of CG-2001, and CG-4001 splits it")
    when(THERE, split()).entered()
    when(then(STORED, sent()), split()).refused("not with the police, at a laboratory or in court")


def test_samples_and_remainder_are_sealed() -> None:
    """Unsealed ones are doubted."""
    when(STORED, split(sample(1, seal=""), remaining="476")).doubted("sample PR/1/S1 is not sealed")
    when(STORED, split(seal="")).doubted("what remains of PR/1 is not sealed")


def test_a_struck_split_never_drew_a_sample() -> None:
    """The parent is whole again, and the samples' ids are free."""
    wrong = split()
    record = then(OPEN, wrong, struck(wrong, 5))
    assert article(record.record).quantity == Decimal(500)
    when(record, sent(property_id="PR/1/S1")).refused("lists PR/1.")
    when(record, split()).entered()


@pytest.mark.parametrize(
    ("unit", "whole", "drawn"),
    [
        ("kg", "0.5", [("24", "g"), ("24000", "mg"), ("0.0000001", "kg")]),
        ("g", "500", [("0.024", "kg"), ("24", "g")]),
        ("l", "1", [("180", "ml"), ("0.18", "l")]),
        ("m", "1", [("10", "cm"), ("5", "mm")]),
        ("km", "1", [("10", "m")]),
        ("litre", "1", [("180", "ml"), ("0.18", "L")]),
        ("KG", "0.5", [("24", "g"), ("24", " G"), ("1", "gram")]),
        ("piece", "5", [("1", "number"), ("2", "pieces")]),
        ("bottle", "5", [("1", "bottle"), ("2", "Bottle")]),
    ],
)
def test_samples_may_be_weighed_in_another_unit(unit: str, whole: str, drawn: list[tuple[str, str]]) -> None:
    """Grams of kilograms add up exactly; each sample stands in the register as it was weighed."""
    stored = in_malkhana(item(unit=unit, quantity=Decimal(whole), seal=""), seal="")
    samples = [sample(n, quantity=Decimal(quantity), unit=each) for n, (quantity, each) in enumerate(drawn, 1)]
    left = Decimal(whole) - sum(in_unit(each.quantity, each.unit, unit) or Decimal("NaN") for each in samples)
    case = when(stored, split(*samples, remaining=str(left))).entered()
    shown = [(article(case, each.id).quantity, article(case, each.id).unit) for each in samples]
    assert shown == [(Decimal(quantity), each) for quantity, each in drawn]
    assert (article(case).quantity, article(case).unit) == (left, unit)
    short = str(left - Decimal("0.0000000001"))
    when(stored, split(*samples, remaining=short)).refused("cannot be split: samples, remainder and use make")


def test_what_measures_another_thing_is_no_part() -> None:
    """A bottle is no litre, a metre no gram, and a quantity too small to be kept is none."""
    stored = in_malkhana(item(unit="l", quantity=Decimal(1)))
    for unit in ("bottle", "g", "litres", ""):
        when(stored, split(sample(1, "1", unit=unit), remaining="0")).refused("Give the quantity in l")
    pinch = sample(1, quantity=Decimal("1E-15"), unit="l")
    when(in_malkhana(item(unit="ml", quantity=Decimal(1))), split(pinch, remaining="0.999999999999")).refused(
        "a quantity is zero, negative or no number"
    )
    for odd in ("NaN", "sNaN", "Infinity", "-1", "9E+999999"):
        when(stored, split(sample(1, odd, unit="ml"), remaining="1")).refused(
            "a quantity is zero, negative or no number"
        )
