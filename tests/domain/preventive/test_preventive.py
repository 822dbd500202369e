"""A preventive action: detention, istgasha, show cause, bond, inquiry, and its end."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.common.tie import decide_tie
from domain.event import Decision, changed
from domain.preventive.preventive import Persons
from tests.domain.complaint.builders import complaint, received
from tests.domain.complaint.builders import converted as complaint_converted
from tests.domain.preventive.builders import (
    action,
    begun,
    bound,
    concluded,
    detained,
    noticed,
    persons,
    proposed,
    released,
    struck,
)
from tests.dsl import DAY, act

NAME = "preventive."
EARLY = DAY - timedelta(hours=3)


def fields_of(entry: Any) -> dict[str, Any]:
    """The columns of an act."""
    return {name: value for name, value in vars(entry).items() if name != "meta"}


def test_who_is_detained_is_let_go_once() -> None:
    """Not detained twice, not released twice; the record may begin with the detention."""
    record = action(detained()).when(f"{NAME}PersonReleased", person="R1", how="let go").entered()
    assert (record.stage, record.part(Persons).held("R1")) == ("detained", None)
    action(detained()).when(f"{NAME}PersonDetained", **fields_of(detained())).refused("is detained since 2 July 2026")
    action(detained(), released()).when(f"{NAME}PersonDetained", **fields_of(detained())).entered()
    action(detained(), released()).when(f"{NAME}PersonReleased", person="R1", how="let go").refused("is not detained")
    action(detained(), released(), struck(released(), 2)).when(
        f"{NAME}PersonReleased", person="R1", how="let go"
    ).entered()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"grounds_told": False}, "not entered as told why"),
        ({"relative_informed": False}, "no relative is entered as told"),
        ({"gd_entry": ""}, "names no General Diary entry"),
        ({"person": "R9"}, "names no such person"),
    ],
)
def test_what_of_a_detention_deserves_a_second_look(fields: dict[str, Any], words: str) -> None:
    """Told why, the family told, the diary, and one of those named."""
    action(proposed()).when(f"{NAME}PersonDetained", **{**fields_of(detained()), **fields}).doubted(words)


def test_further_detention_has_its_order() -> None:
    """And somebody who is detained; who is ill or was released too early is looked at twice."""
    usual: dict[str, Any] = {"person": "R1", "authority": "SDM", "provision": "pending inquiry", "order_number": "1"}
    action(detained()).when(f"{NAME}DetentionAuthorised", **usual).entered()
    action(proposed()).when(f"{NAME}DetentionAuthorised", **{**usual, "order_number": ""}).doubted(
        "shows none", "without the number of an order"
    )
    action(detained()).when(f"{NAME}PersonReleased", person="R1", how="let go", at=EARLY, in_health=False).doubted(
        "before the detention", "not in good health"
    )


def test_an_istgasha_is_against_somebody() -> None:
    """Each code one person's; habit shows in earlier cases; who was detained is named."""
    usual = fields_of(proposed())
    record = action().when(f"{NAME}ActionProposed", **usual).entered()
    assert (record.number, record.stage, record.officer) == ("IST/0014/2026", "registered", "CG-1001")
    action().when(f"{NAME}ActionProposed", **{**usual, "persons": ()}).refused("is against nobody")
    action().when(f"{NAME}ActionProposed", **{**usual, "persons": persons("R1", "R1")}).refused("R1 stands twice")
    action().when(f"{NAME}ActionProposed", **{**usual, "section": "BNSS 129"}).doubted("names no earlier case")
    action(detained()).when(f"{NAME}ActionProposed", **{**usual, "persons": persons("R2")}).doubted(
        "R1 was detained here, and IST/0014/2026 does not name R1"
    )
    action(proposed()).when(f"{NAME}ActionProposed", **usual).refused("cannot begin here")


def test_the_inquiry_has_its_order() -> None:
    """Show cause, begun, gone on with, concluded: once for each person."""
    cause: dict[str, Any] = {"person": "R1", "magistrate": "SDM", "order_number": "5"}
    assert action(proposed()).when(f"{NAME}ShowCauseIssued", **cause).entered().stage == "show cause"
    action(proposed()).when(f"{NAME}ShowCauseIssued", **{**cause, "person": "R9"}).doubted("names no such person")
    action(proposed()).when(f"{NAME}ShowCauseIssued", **cause, hearing_on=date(2026, 7, 1)).doubted("before the order")
    action(proposed()).when(f"{NAME}InquiryBegun", person="R1").doubted("not entered as ordered to show cause")
    inquiry = (proposed(), noticed(), begun())
    action(*inquiry).when(f"{NAME}InquiryBegun", person="R1").doubted("began already on 2 July 2026")
    action(proposed()).when(f"{NAME}InquiryContinued", person="R1").doubted("and none is begun")
    action(*inquiry).when(f"{NAME}InquiryContinued", person="R1").entered()
    ends: dict[str, Any] = {"person": "R1", "outcome": "let go"}
    assert action(*inquiry).when(f"{NAME}InquiryConcluded", **ends).entered().stage == "concluded"
    action(*inquiry, concluded()).when(f"{NAME}InquiryConcluded", **ends).refused("ended on 2 July 2026")
    action(proposed()).when(f"{NAME}InquiryConcluded", **ends).doubted("and none is begun")
    action(*inquiry).when(f"{NAME}InquiryConcluded", **ends, at=DAY + timedelta(minutes=1)).doubted("before it began")


def test_a_bond_binds_for_a_year_at_most() -> None:
    """Of an amount, of somebody named; only who gave one can break it, and while it binds."""
    usual = fields_of(bound())
    assert action(proposed()).when(f"{NAME}BondExecuted", **usual).entered().stage == "bound"
    year = {**usual, "until": date(2027, 7, 2)}
    action(proposed()).when(f"{NAME}BondExecuted", **year).entered()
    action(proposed()).when(f"{NAME}BondExecuted", **{**usual, "until": date(2027, 7, 3)}).doubted(
        "for more than one year (BNSS s.126(1))"
    )
    action(proposed()).when(f"{NAME}BondExecuted", **{**usual, "until": date(2026, 7, 1)}).refused("before it begins")
    action(proposed()).when(f"{NAME}BondExecuted", **{**usual, "amount_paise": 0, "person": "R9"}).doubted(
        "of no amount", "names no such person"
    )
    broken: dict[str, Any] = {"person": "R1", "magistrate_told": True}
    action(proposed(), bound()).when(f"{NAME}BondViolated", **broken).entered()
    action(proposed(), bound()).when(f"{NAME}BondViolated", person="R1").doubted("is not entered as told")
    action(proposed()).when(f"{NAME}BondViolated", **broken).refused("has given no bond")
    late = DAY + timedelta(days=300)
    action(proposed(), bound()).when(f"{NAME}BondViolated", **broken, at=late).doubted("bound until 1 January 2027")


def test_proceedings_end_with_nobody_held() -> None:
    """By order, and once."""
    ends: dict[str, Any] = {"ground": "settled", "ordered_by": "SDM"}
    assert action(proposed()).when(f"{NAME}ProceedingsDropped", **ends).entered().stage == "dropped"
    action(detained(), proposed()).when(f"{NAME}ProceedingsDropped", **ends).doubted("R1 is still entered as detained")
    over = act(f"{NAME}ProceedingsDropped", **ends)
    action(proposed(), over).when(f"{NAME}ProceedingsDropped", **ends).refused("is closed since 2 July 2026")
    action(proposed(), over).when(f"{NAME}BondExecuted", **fields_of(bound())).doubted("was closed on 2 July 2026")


def test_a_complaint_may_lead_to_it() -> None:
    """Each names the other."""
    became = complaint(received(), complaint_converted(into="preventive action", number="IST/0014/2026")).record
    one = changed(became, id=UUID(int=7))
    here = changed(action(proposed()).record, id=UUID(int=14))
    joined = act(f"{NAME}PapersJoined", at=DAY + timedelta(hours=9), whose="complaint", number="SHK/0007/2026")
    assert decide_tie(joined, here, one) == Decision()
    assert decide_tie(complaint_converted(into="preventive action", number="IST/0014/2026"), one, here) == Decision()
