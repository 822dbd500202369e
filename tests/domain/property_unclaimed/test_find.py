"""What is found belongs to somebody, or by order to the State: the proclamation, claims, custody and its end."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from domain.common.tie import decide_tie
from domain.event import ACTS, Decision, changed
from domain.malkhana.custody import ConcernsProperty
from projections.custody import Custody
from projections.malkhana import Malkhana
from projections.view import fold_record
from tests.domain.case.builders_fir import fir
from tests.domain.case.builders_property import KEEPER, item
from tests.domain.property_unclaimed.builders import REGISTER, SOMEONE, deposited, find, found, on
from tests.dsl import DAY, OFFICER, act, given

ESTABLISHED, NOT = (
    on("ClaimDecided", claim="C/1", outcome=outcome, court="C") for outcome in ("established", "not established")
)
PROCLAIMED = on("ProclamationIssued", court="CJM Raipur", proclamation="PR 4", at=DAY + timedelta(days=2))
CLAIM = on("ClaimMade", claim="C/1", claimant="V1", claimant_name=SOMEONE)
DISPOSE = f"{REGISTER}.DisposalOrdered"
ORDER = {
    "property_id": "PR/1",
    "order": "O/9",
    "authority": "CJM Raipur",
    "provision": "BNSS 504",
    "manner": "auctioned",
}


def test_a_find_is_numbered_and_its_articles_are_in_custody() -> None:
    """By station and year; the officer who took it in is its first holder."""
    record = given(found(item(), item(2)), register=REGISTER).record
    assert (record.number, record.stage, record.label) == ("UNCLAIMED/0003/2026", "registered", "UNCLAIMED/0003/2026")
    rows = fold_record(Malkhana(), given(found(item(), item(2)), deposited(), register=REGISTER).entries)
    assert [(row.property_id, row.holder, row.place) for row in rows] == [
        ("PR/1", KEEPER.id, "rack 4"),
        ("PR/2", OFFICER.id, "Bus stand, Raipur"),
    ]


def test_every_malkhana_act_of_the_case_register_is_there() -> None:
    """One piece of code: what can be done to an article of a case can be done to a find, under the same name."""
    mine, cases = (
        {
            cls.__name__: cls.__mro__[1:]
            for cls in ACTS.values()
            if cls.register == each and issubclass(cls, ConcernsProperty)
        }
        for each in (REGISTER, "case")
    )
    assert mine == cases
    assert len(mine) > 20


def test_custody_is_refused_as_in_a_case() -> None:
    """Nobody deposits with himself; the refusal names this register's acts, and stays as a fact of this register."""
    tried = find().when(f"{REGISTER}.PropertyDeposited", **{**_deposit(), "keeper": OFFICER.id})
    tried.refused("cannot be deposited by CG-1001 with himself", "UNCLAIMED/0003/2026")
    left = tried.act.attempt(tried.decision.reasons)
    assert left is not None
    assert left.name == f"{REGISTER}.CustodyMoveRefused"
    find().when(f"{REGISTER}.PropertyMoved", property_id="PR/9", place="x", reason="y").refused(
        f"Record {REGISTER}.PropertyFoundUnclaimed first"
    )


def _deposit() -> dict[str, object]:
    return {
        "property_id": "PR/1", "malkhana_serial": 7, "malkhana_year": 2026, "place": "rack 4", "depositor": OFFICER.id,
        "gd_entry": "23", "seal": "K", "specimen_seal_deposited": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("acts", "after", "doubt"),
    [
        ((), 200, "no proclamation is entered"),
        ((PROCLAIMED,), 100, "within 6 months of the proclamation"),
        ((PROCLAIMED, CLAIM, ESTABLISHED), 300, "claim is established"),
        ((PROCLAIMED, CLAIM, NOT), 300, ""),
    ],
)  # fmt: skip
def test_the_state_takes_what_nobody_claims(acts: tuple[object, ...], after: int, doubt: str) -> None:
    """Six months after the proclamation, when no claim is established (BNSS s.503(2), 504(1)); earlier is doubted."""
    answer = find(*acts).when(DISPOSE, at=DAY + timedelta(days=after), **ORDER)  # type: ignore[arg-type]
    record = answer.doubted(doubt) if doubt else answer.entered()
    assert record.stage == "ordered"


def test_custody_ends_by_an_order() -> None:
    """Without one nothing is disposed of; with it the article is gone for good."""
    end = {"property_id": "PR/1", "order": "O/9", "manner": "auctioned", "place": "yard", "seal": "K"}
    find(deposited()).when(f"{REGISTER}.PropertyDisposed", **end).refused(f"Record {REGISTER}.DisposalOrdered first")
    ordered = on("DisposalOrdered", **ORDER, at=DAY + timedelta(days=400))
    done = find(deposited(), PROCLAIMED, ordered)
    after = done.when(f"{REGISTER}.PropertyDisposed", at=DAY + timedelta(days=401), by=KEEPER, **end).entered()
    assert after.stage == "disposed of"


def test_a_claim_is_decided_once_and_late_is_doubted() -> None:
    """What nobody claimed is not decided."""
    find().when(f"{REGISTER}.ClaimDecided", claim="C/1", outcome="established", court="C").refused("has no such claim")
    late = find(PROCLAIMED).when(
        f"{REGISTER}.ClaimMade", at=DAY + timedelta(days=190), claim="C/1", claimant="V1", claimant_name=SOMEONE
    )
    late.doubted("comes after the 6 months from the proclamation")
    find(CLAIM).when(f"{REGISTER}.ClaimMade", claim="C/1", claimant="V2", claimant_name=SOMEONE).refused(
        "already entered"
    )


def test_a_chain_breaks_as_in_a_case_but_for_what_no_law_asks() -> None:
    """A seal left in one hand is a break; witnesses and a recording are asked of a seizure, not of a find."""
    entries = given(found(seal_kept_by=""), deposited(quantity=Decimal(499)), register=REGISTER).entries
    breaks = [each["code"] for row in fold_record(Custody(), entries) for each in row.breaks]
    assert breaks == ["seal not given away", "quantity differs"]


def test_a_find_and_its_case_name_each_other() -> None:
    """The case after the find named it; several finds may belong to one case, and a find to one case alone."""
    linked = on("LinkedToCase", fir="0012/2026", at=DAY + timedelta(days=3))
    joined = act(
        "case.PapersJoined", whose="unclaimed property", number="UNCLAIMED/0003/2026", at=DAY + timedelta(days=4)
    )
    case = changed(given(fir()).record, id=UUID(int=12), number="0012/2026")
    mine = changed(find(linked).record, id=UUID(int=7))
    assert decide_tie(joined, case, mine) == Decision()
    assert decide_tie(joined, case, changed(find().record, id=UUID(int=7))).doubts == (
        "UNCLAIMED/0003/2026 does not name this record from its side",
    )
    other_case = changed(case, id=UUID(int=13), number="0013/2026")
    assert "already belongs to 0012/2026" in " ".join(decide_tie(joined, other_case, mine).reasons)
    with_one = changed(given(fir(), joined).record, id=UUID(int=12), number="0012/2026")
    second = changed(find().record, id=UUID(int=8), number="UNCLAIMED/0004/2026")
    assert decide_tie(on("LinkedToCase", fir="0012/2026"), second, with_one) == Decision()
