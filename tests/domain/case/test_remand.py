"""Production, remand, bail, release, proclamation: what the register takes, doubts and refuses."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from domain.case.arrest import standing
from domain.case.remand import (
    AccusedDeclaredAbsconding,
    AccusedProduced,
    AccusedReleased,
    AccusedRemanded,
    BailCancelled,
    BailGranted,
    DefaultBailClaimed,
)
from tests.domain.case.builders_accused import after, arrested, fir, of_kind, remanded, when
from tests.dsl import act, given

HELD = (fir("A1"), arrested())


def test_the_first_production_is_remembered() -> None:
    """A1 is produced before the Magistrate, and the record shows when."""
    case = given(*HELD).when(AccusedProduced, accused="A1", purpose="first production").entered()
    assert standing(case, "A1").produced_at == after(hours=2)


@pytest.mark.parametrize("hours", [Decimal(-1), Decimal("NaN"), Decimal("Infinity")])
def test_a_journey_takes_some_time_or_none(hours: Decimal) -> None:
    """Hours of journey below nothing, or that are no number, are refused."""
    given(*HELD).when(AccusedProduced, accused="A1", journey_hours=hours).refused("cannot take")


def test_a_journey_is_evidenced() -> None:
    """Hours of journey excluded under BNSS s.58 need something that shows them."""
    journey = {"accused": "A1", "journey_hours": Decimal("2.5")}
    given(*HELD).when(AccusedProduced, **journey).doubted("2.5 hours of journey are claimed for A1")
    given(*HELD).when(AccusedProduced, **journey, journey_evidence="GD 14").entered()


def test_only_the_first_production_is_the_first() -> None:
    """A second first production after one arrest is doubted."""
    produced = act(AccusedProduced, accused="A1", purpose="first production")
    given(*HELD, produced).when(AccusedProduced, accused="A1", purpose="first production").doubted(
        "A1 was already produced on 2 July 2026"
    )
    given(*HELD, produced).when(AccusedProduced, accused="A1", purpose="remand").entered()


def test_production_and_remand_follow_an_arrest() -> None:
    """A production or remand of somebody never arrested in this record is doubted."""
    given(fir("A1")).when(AccusedProduced, accused="A1").doubted("no arrest of A1")
    given(fir("A1")).when(AccusedRemanded, accused="A1", days=3).doubted("no arrest of A1")
    given(*HELD).when(AccusedRemanded, accused="A1", days=3, at=after(-1)).doubted("before the arrest of A1")


def test_a_remand_is_for_a_day_at_least() -> None:
    """A remand for no day at all is refused."""
    given(*HELD).when(AccusedRemanded, accused="A1", days=0).refused("cannot be remanded for 0 days")
    given(*HELD).when(AccusedRemanded, accused="A1", days=1).entered()


def test_a_remand_counts_its_days_and_keeps_the_first() -> None:
    """The first remand is remembered, police custody adds up, and the last order decides where the accused is."""
    case = given(*HELD, remanded(custody="police", days=5), remanded(custody="police", days=4), remanded()).record
    assert standing(case, "A1").first_remand_at == after(hours=2)
    assert standing(case, "A1").police_days == 9
    assert standing(case, "A1").how == "judicial custody"


def test_police_custody_is_fifteen_days_in_the_whole() -> None:
    """More than fifteen days of police custody are doubted (BNSS s.187(2)); the fifteenth is not."""
    first = remanded(custody="police", days=10)
    given(*HELD, first).when(AccusedRemanded, accused="A1", custody="police", days=5).entered()
    given(*HELD, first).when(AccusedRemanded, accused="A1", custody="police", days=6).doubted(
        "police custody of A1 comes to 16 days; BNSS s.187(2) allows 15"
    )


def test_in_a_uapa_case_police_custody_is_thirty_days() -> None:
    """UAPA s.43D(2)(a) reads thirty days for fifteen."""
    uapa = (fir("A1", sections=("UAPA 16",)), arrested(), remanded(custody="police", days=15))
    given(*uapa).when(AccusedRemanded, accused="A1", custody="police", days=15).entered()
    given(*uapa).when(AccusedRemanded, accused="A1", custody="police", days=16).doubted("UAPA s.43D(2)(a) allows 30")


def test_an_executive_magistrate_may_order_seven_days() -> None:
    """An Executive Magistrate's remands beyond seven days in the aggregate are doubted (BNSS s.187(6))."""
    executive = {"accused": "A1", "custody": "judicial", "magistrate": "executive"}
    given(*HELD).when(AccusedRemanded, **executive, days=7).entered()
    given(*HELD).when(AccusedRemanded, **executive, days=8).doubted("BNSS s.187(6)")
    given(*HELD, remanded(magistrate="executive", days=4)).when(AccusedRemanded, **executive, days=4).doubted(
        "A1 is held 8 days by an Executive Magistrate"
    )
    given(*HELD, remanded(days=14)).when(AccusedRemanded, **executive, days=7).entered()


def test_default_bail_needs_a_remand() -> None:
    """Who was never remanded cannot claim default bail."""
    given(*HELD).when(DefaultBailClaimed, accused="A1").refused("no remand of A1 is entered in 0012/2026")


def test_default_bail_is_claimed_on_the_sixty_first_day_at_the_earliest() -> None:
    """The day of remand counts: remand on 2 July, the sixtieth day is 30 August, the right arises on 31 August."""
    claim = given(*HELD, remanded())
    claim.when(DefaultBailClaimed, accused="A1", at=after(59)).doubted("before 31 August 2026, day 61 of remand")
    case = claim.when(DefaultBailClaimed, accused="A1", at=after(60)).entered()
    assert standing(case, "A1").claimed_at == after(60)


def test_default_bail_is_claimed_once_and_by_a_prisoner() -> None:
    """A second claim, or one by somebody who is free, is doubted."""
    claim = act(DefaultBailClaimed, accused="A1", at=after(60))
    given(*HELD, remanded(), claim).when(DefaultBailClaimed, accused="A1", at=after(61)).doubted(
        "already claimed default bail on 31 August 2026"
    )
    free = act(AccusedReleased, accused="A1", reason="bail bond given")
    given(*HELD, remanded(), free).when(DefaultBailClaimed, accused="A1", at=after(61)).doubted(
        "not in custody (on bail)"
    )


def test_bail_is_granted_to_a_prisoner() -> None:
    """Bail leaves the accused in custody until the bond is given."""
    case = when(given(*HELD), of_kind(BailGranted, "regular", accused="A1")).entered()
    assert standing(case, "A1").how == "arrested"
    when(given(fir("A1")), of_kind(BailGranted, "regular", accused="A1")).doubted("bail (regular) is granted to A1")


def test_anticipatory_bail_comes_before_an_arrest() -> None:
    """Anticipatory bail is for somebody at large; a stranger to this record is doubted."""
    case = when(given(fir("A1")), of_kind(BailGranted, "anticipatory", accused="A1")).entered()
    assert standing(case, "A1").anticipatory
    when(given(fir("A1")), of_kind(BailGranted, "anticipatory", accused="A4")).doubted("A4 is so far named neither")


def test_default_bail_without_a_claim_is_doubted() -> None:
    """Default bail is granted on a claim that is entered."""
    when(given(*HELD, remanded()), of_kind(BailGranted, "default", accused="A1")).doubted("no claim is entered")


@pytest.mark.parametrize(
    ("reason", "how"),
    [("bail bond given", "on bail"), ("bail bond given to police", "on bail"), ("acquitted", "released")],
)
def test_a_release_ends_custody(reason: str, how: str) -> None:
    """Released on a bond the accused is on bail; for another reason, free."""
    case = given(*HELD).when(AccusedReleased, accused="A1", reason=reason).entered()
    assert standing(case, "A1").how == how


def test_only_a_prisoner_is_released() -> None:
    """The release of somebody not in custody is doubted."""
    given(fir("A1")).when(AccusedReleased, accused="A1", reason="acquitted").doubted("was not in custody")


def test_bail_is_cancelled_for_somebody_on_bail() -> None:
    """Cancelled bail leaves the accused at large without leave; without bail there is nothing to cancel."""
    on_bail = act(AccusedReleased, accused="A1", reason="bail bond given")
    case = given(*HELD, on_bail).when(BailCancelled, accused="A1").entered()
    assert standing(case, "A1").how == "at large"
    given(*HELD).when(BailCancelled, accused="A1").doubted("is not on bail in 0012/2026 (arrested)")


def test_cancelling_anticipatory_bail_opens_the_way_to_an_arrest() -> None:
    """After anticipatory bail is cancelled the accused may be arrested without that doubt."""
    bail = of_kind(BailGranted, "anticipatory", accused="A1")
    case = given(fir("A1"), bail).when(BailCancelled, accused="A1").entered()
    assert not standing(case, "A1").anticipatory


def test_absconding() -> None:
    """Who cannot be found is declared absconding; somebody in custody is doubted."""
    case = given(fir("A1")).when(AccusedDeclaredAbsconding, accused="A1").entered()
    assert standing(case, "A1").how == "absconding"
    given(*HELD).when(AccusedDeclaredAbsconding, accused="A1").doubted("while in custody (arrested)")


def test_a_proclamation_leaves_thirty_days() -> None:
    """A proclamation gives not less than thirty days from its publishing (BNSS s.84(1))."""
    proclaimed = {"accused": "A1", "declared": "person proclaimed", "published_on": date(2026, 7, 1)}
    given(fir("A1")).when(AccusedDeclaredAbsconding, **proclaimed, appear_on=date(2026, 7, 30)).doubted("BNSS s.84(1)")
    given(fir("A1")).when(AccusedDeclaredAbsconding, **proclaimed, appear_on=date(2026, 7, 31)).entered()


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (AccusedProduced, {}), (AccusedRemanded, {"days": 1}), (DefaultBailClaimed, {}), (BailGranted, {}),
        (BailCancelled, {}), (AccusedReleased, {}), (AccusedDeclaredAbsconding, {}),
    ],
)  # fmt: skip
def test_every_act_goes_by_the_code(kind: type, fields: dict[str, object]) -> None:
    """A name in place of the code is refused everywhere."""
    given(*HELD).when(kind, accused="Ramesh", **fields).refused("by a code")


@pytest.mark.parametrize("kind", [AccusedReleased, AccusedDeclaredAbsconding, BailCancelled])
def test_a_stranger_is_doubted(kind: type) -> None:
    """An act about somebody whom neither the FIR nor a memo names is doubted."""
    given(*HELD).when(kind, accused="A5").doubted("A5 is so far named neither")
