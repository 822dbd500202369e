"""An exhibit's way to the laboratory and back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from domain.event import Event
from tests.domain.case.builders_accused import after, when
from tests.domain.case.builders_fir import fir
from tests.domain.case.builders_property import (
    CARRIER,
    FSL,
    KEEPER,
    OTHER,
    RETURN,
    article,
    deposited,
    in_malkhana,
    item,
    on,
    received,
    seized,
    sent,
    then,
)
from tests.dsl import given

STORED = in_malkhana()
ON_THE_WAY = then(STORED, sent())
THERE = then(ON_THE_WAY, received())


def returned(**fields: Any) -> Event[Any]:
    """PR/1 on its way back."""
    return on("PropertyReturnedFromLaboratory", by=CARRIER, **{**RETURN, **fields})


def rejected(**fields: Any) -> Event[Any]:
    """PR/1 rejected by the laboratory."""
    usual = {"laboratory": FSL, "reason": "no note", "seal": "K"}
    return on("PropertyRejectedByLaboratory", by=CARRIER, **{**usual, **fields})


def test_an_exhibit_leaves_under_a_road_certificate() -> None:
    """The carrier holds it until the laboratory does."""
    answer = when(STORED, sent())
    now = article(answer.entered())
    assert (now.state, now.holder, now.place) == ("on the way", CARRIER.id, "on the way to FSL Raipur")
    act: Any = answer.act
    assert (act.rank_after, act.document, act.purpose) == ("Constable", "RC/5", "forensic examination")


def test_only_what_is_in_the_malkhana_is_sent() -> None:
    """Not what is still with the officer, and not what is at the laboratory already."""
    when(given(fir(), seized()), sent()).refused(
        "PR/1 cannot go to the laboratory: 0012/2026 shows it with CG-1001, not in the malkhana. "
        "Record case.PropertyDeposited first."
    )
    when(THERE, sent()).refused("shows it at FSL Raipur, not in the malkhana")


def test_what_courts_ask_of_a_dispatch() -> None:
    """A road certificate and a carrier (6), the specimen of the seal (3), the keeper's own hand."""
    when(STORED, sent(road_certificate="")).doubted("PR/1 goes to FSL Raipur without a road certificate")
    when(STORED, sent(specimen_seal_sent=False)).doubted("no specimen of the seal of PR/1 goes with it")
    when(in_malkhana(item(seal=""), seal=""), sent(seal="", specimen_seal_sent=False)).entered()
    when(STORED, on("PropertySentToLaboratory", by=OTHER, laboratory=FSL)).doubted("CG-4001 gives it out")
    nobody = when(STORED, sent(carrier="")).doubted("no carrier is named for PR/1")
    assert article(nobody).holder == "CG-2001"


@pytest.mark.parametrize(("category", "hours"), [("drugs", 72), ("biological or medical sample", 48)])
def test_late_dispatch_is_explained(category: Any, hours: int) -> None:
    """Drugs go within 72 hours of the seizure, biological samples within 48 (pattern 5)."""
    stored = in_malkhana(item(category=category), refrigerated=True)
    stored = then(stored, on("InventoryCertified", court="CJM", certificate="C/1"))
    when(stored, sent(at=after(hours=hours + 1))).entered()
    late = f"later than {hours} hours after its seizure, unexplained"
    when(stored, sent(at=after(hours=hours + 1.1))).doubted(late)
    when(stored, sent(at=after(hours=hours + 9), delay_reason="the laboratory was closed")).entered()
    when(STORED, sent(at=after(days=40))).entered()


def test_a_drug_goes_with_its_certificate() -> None:
    """Without the Magistrate's certificate of its inventory it is doubted (pattern 10)."""
    when(in_malkhana(item(category="drugs")), sent()).doubted("certificate of its inventory (NDPS s.52A)")


def test_the_laboratory_receives_what_was_sent() -> None:
    """Its receipt makes it the holder."""
    answer = when(ON_THE_WAY, received())
    now = article(answer.entered())
    assert (now.state, now.holder, now.place) == ("at laboratory", FSL, FSL)
    act: Any = answer.act
    assert (act.giver, act.rank_after, act.document) == ("", "", "R/88")


def test_what_was_not_sent_is_not_received() -> None:
    """Not what is in the malkhana, and not what was received already."""
    when(STORED, received()).refused(
        "PR/1 cannot be received by the laboratory: 0012/2026 shows it in the malkhana (rack 4), not on the way to a "
        "laboratory. Record case.PropertySentToLaboratory first."
    )
    when(THERE, received()).refused("shows it at FSL Raipur, not on the way")


def test_what_courts_ask_of_the_receipt() -> None:
    """The same seal, whole (4), the same weight (8), a receipt not dated before the dispatch (16), that laboratory."""
    when(ON_THE_WAY, received(seal="M")).doubted("PR/1 has the seal 'M' here and the seal 'K' in the register")
    when(ON_THE_WAY, received(seal_intact=False)).doubted("FSL Raipur found the seal of PR/1 broken")
    when(ON_THE_WAY, received(quantity=Decimal(499))).doubted("measures 499 g here; by the register it is 500")
    when(ON_THE_WAY, received(at=after(hours=2.5))).doubted("dated before the last move of PR/1")
    when(ON_THE_WAY, received(receipt="")).doubted("FSL Raipur gave no receipt for PR/1")
    when(ON_THE_WAY, received(laboratory="FSL Bilaspur")).doubted("the register shows it on the way to FSL Raipur")


def test_the_laboratory_may_reject_it() -> None:
    """At the counter or later; whoever holds it then holds it still."""
    at_counter = when(ON_THE_WAY, rejected(letter="L/4"))
    assert (article(at_counter.entered()).state, article(at_counter.entered()).holder) == ("rejected", CARRIER.id)
    act: Any = at_counter.act
    assert (act.document, act.place_after, act.purpose) == ("L/4", FSL, "rejected by the laboratory")
    assert article(when(THERE, rejected()).entered()).holder == FSL
    when(STORED, rejected()).refused("not at a laboratory or on the way there")
    for before in (ON_THE_WAY, THERE):
        when(before, rejected(laboratory="FSL Bilaspur")).doubted(
            "PR/1 is rejected by FSL Bilaspur; the register shows"
        )


def test_an_exhibit_comes_back_under_the_laboratorys_seal() -> None:
    """The carrier holds it, less what the test consumed, until it is deposited again."""
    when(THERE, returned(quantity=Decimal(480), consumed=Decimal(20), letter="L/9")).entered()
    back = then(THERE, returned(quantity=Decimal(480), consumed=Decimal(20), letter="L/9"))
    now = article(back.record)
    assert (now.state, now.holder, now.place) == ("issued", CARRIER.id, "on the way back from FSL Raipur")
    assert (now.quantity, now.seal) == (Decimal(480), "FSL")
    again: dict[str, Any] = {"depositor": CARRIER.id, "seal": "FSL", "malkhana_serial": 9}
    assert article(when(back, deposited(at=after(days=30), **again)).entered()).state == "deposited"
    act: Any = back.entries[-1]
    assert (act.rank_after, act.document, act.purpose) == ("Constable", "L/9", "return from the laboratory")


def test_only_what_is_there_is_returned() -> None:
    """Not what is on its way; but what was rejected is."""
    when(ON_THE_WAY, returned()).refused("not at a laboratory. Record case.PropertyReceivedByLaboratory first")
    when(STORED, returned()).refused("Record case.PropertySentToLaboratory first")
    when(then(THERE, rejected()), returned(seal="K")).entered()


def test_a_test_consumes_no_more_than_there_is() -> None:
    """Nor less than nothing."""
    when(THERE, returned(consumed=Decimal(501))).refused("cannot be returned with 501 consumed", "500 g of it")
    when(THERE, returned(consumed=Decimal(-1))).refused("cannot be returned with -1 consumed")


def test_what_courts_ask_of_a_return() -> None:
    """The weight (8), a named seal (9), the same laboratory, a named carrier, a rejected parcel unopened."""
    when(THERE, returned(quantity=Decimal(470), consumed=Decimal(20))).doubted("by the register it is 480")
    when(THERE, returned(seal="")).doubted("PR/1 comes back from FSL Raipur under no named seal")
    bare = then(in_malkhana(item(seal=""), seal=""), sent(seal=""), received(seal=""))
    when(bare, returned(seal="")).entered()
    when(THERE, returned(laboratory="FSL Bilaspur")).doubted("the register shows it at FSL Raipur")
    when(THERE, returned(carrier="")).doubted("no carrier is named for PR/1")
    when(then(THERE, rejected()), returned()).doubted("was rejected and yet comes back under another seal")


def test_what_is_consumed_to_the_last_is_used_up() -> None:
    """Then nothing comes back, and nothing more can happen to it; less than all cannot vanish so."""
    gone = then(THERE, returned(quantity=Decimal(0), consumed=Decimal(500)))
    assert article(gone.record).state == "used up"
    when(gone, deposited(depositor=CARRIER.id)).refused("shows it used up in samples, for good")
    when(THERE, returned(quantity=Decimal(0), consumed=Decimal(20))).refused("cannot come back as nothing")
    case = when(THERE, returned(consumed=Decimal(500))).doubted("give quantity 0 if nothing does")
    assert (article(case).state, article(case).quantity) == ("used up", Decimal(0))
    case = when(THERE, returned(consumed=Decimal(500), quantity=Decimal(3))).doubted("measures 3 g here")
    assert article(case).state == "issued"
    when(THERE, returned(quantity=Decimal(0), consumed=Decimal(500), carrier="")).entered()


def test_what_comes_back_with_no_named_carrier_has_no_holder() -> None:
    """No laboratory holds what has left it. Whoever gives it on is doubted, and it can be deposited."""
    back = then(THERE, returned(carrier=""))
    assert (article(back.record).state, article(back.record).holder) == ("issued", "")
    now = when(back, deposited(depositor=CARRIER.id, seal="FSL")).doubted(
        "PR/1 is with no named holder, and CG-3001 gives it"
    )
    assert (article(now).state, article(now).holder) == ("deposited", KEEPER.id)
    sent_on = then(STORED, sent(carrier=""))
    assert article(sent_on.record).holder == KEEPER.id
