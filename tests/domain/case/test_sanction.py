"""The Government's sanction, and the 120 days after which it is deemed given (BNSS s.218(1))."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from domain.case.sanction import (
    GovernmentSanctionDeemedGranted,
    GovernmentSanctionGranted,
    GovernmentSanctionRefused,
    GovernmentSanctionRequested,
    GovernmentSanctionRequestReceived,
    sanctions,
    withheld,
)
from domain.event import Event
from tests.domain.case.builders_accused import after, fir, struck
from tests.dsl import act, given

HOME = "Home Department"
REQUESTED = act(GovernmentSanctionRequested, request="GS/1", accused="A1", authority=HOME)
RECEIVED = act(GovernmentSanctionRequestReceived, request="GS/1", authority=HOME)
BASE = (fir("A1"), REQUESTED, RECEIVED)
"""The request is received on 2 July 2026; the 120 days end on 30 October 2026."""


def order(kind: type[Event], number: str, days: float, **fields: object) -> Event:
    """A decision so many days after the request was received."""
    return act(kind, request="GS/1", order_number=number, at=after(days), **fields)


def test_sanction_is_requested_once() -> None:
    """A request is open, and its number is used once unless the entry was struck."""
    again = {"request": "GS/1", "accused": "A1", "authority": HOME}
    case = given(fir("A1")).when(GovernmentSanctionRequested, **again).entered()
    assert withheld(case, "A1") == "GS/1"
    given(fir("A1"), REQUESTED).when(GovernmentSanctionRequested, **again).refused("GS/1 was already sent in 0012/2026")
    given(fir("A1"), REQUESTED, struck(REQUESTED, 2)).when(GovernmentSanctionRequested, **again).entered()


def test_a_request_goes_by_the_code() -> None:
    """The accused public servant is entered by code."""
    given(fir("A1")).when(GovernmentSanctionRequested, request="GS/1", accused="Shri X").refused("by a code")


def test_some_offences_need_no_sanction() -> None:
    """For BNS 64 and the like no sanction is asked (BNSS s.218(1), third proviso); for BNS 67 it is."""
    request = {"request": "GS/1", "accused": "A1", "authority": HOME}
    given(fir("A1")).when(GovernmentSanctionRequested, **request, sections=("BNS 64(1)", "BNS 199")).doubted(
        "no sanction is needed for BNS 64(1), BNS 199"
    )
    given(fir("A1", sections=("BNS 74",))).when(GovernmentSanctionRequested, **request).doubted("for BNS 74")
    given(fir("A1")).when(GovernmentSanctionRequested, **request, sections=("BNS 64(1)", "BNS 67")).entered()
    given(fir("A1")).when(GovernmentSanctionRequested, **request, sections=("IPC 64",)).entered()


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (GovernmentSanctionRequestReceived, {"authority": HOME}),
        (GovernmentSanctionGranted, {"order_number": "O/1"}),
        (GovernmentSanctionRefused, {"order_number": "O/1"}),
        (GovernmentSanctionDeemedGranted, {}),
    ],
)
def test_only_what_was_asked_can_be_answered(kind: type[Event], fields: dict[str, str]) -> None:
    """A request that was never sent, or whose entry was struck, cannot be answered."""
    given(fir("A1")).when(kind, request="GS/1", **fields).refused("none was sent under it in 0012/2026")
    given(fir("A1"), REQUESTED, struck(REQUESTED, 2)).when(kind, request="GS/1", **fields).refused(
        "Record case.GovernmentSanctionRequested first."
    )


def test_a_request_is_received_once() -> None:
    """The 120 days count from one date; a receipt that was struck may be entered anew."""
    given(*BASE).when(GovernmentSanctionRequestReceived, request="GS/1", authority=HOME).refused(
        "was received on 2 July 2026: the 120 days count from there"
    )
    case = given(*BASE, struck(RECEIVED, 3)).when(GovernmentSanctionRequestReceived, request="GS/1", authority=HOME)
    assert sanctions(case.entered())["GS/1"].received_at == after(hours=4)


def test_a_receipt_by_another_office_or_before_the_request_is_doubted() -> None:
    """The office that was asked receives the request, after it was sent."""
    sent = given(fir("A1"), REQUESTED)
    sent.when(GovernmentSanctionRequestReceived, request="GS/1", authority="Law Department").doubted(
        "was sent to Home Department and is received by Law Department"
    )
    sent.when(GovernmentSanctionRequestReceived, request="GS/1", authority=HOME, at=after(-3)).doubted(
        "before it was sent on 2 July 2026"
    )


@pytest.mark.parametrize(
    ("kind", "standing", "lacks"),
    [(GovernmentSanctionGranted, "granted", ""), (GovernmentSanctionRefused, "refused", "GS/1")],
)
def test_the_government_decides(kind: type[Event], standing: str, lacks: str) -> None:
    """An order within the 120 days decides the request; the last day is within them."""
    case = given(*BASE).when(kind, request="GS/1", order_number="O/1", at=after(120)).entered()
    assert sanctions(case)["GS/1"].standing == standing
    assert withheld(case, "A1") == lacks


def test_the_same_order_is_not_entered_twice() -> None:
    """The same order again is refused; another order on the same request is doubted."""
    granted = order(GovernmentSanctionGranted, "O/1", 10)
    answered = given(*BASE, granted)
    answered.when(GovernmentSanctionGranted, request="GS/1", order_number="O/1").refused("order O/1 on request GS/1")
    answered.when(GovernmentSanctionGranted, request="GS/1", order_number="O/2", at=after(20)).doubted(
        "sanction was already granted on request GS/1"
    )


def test_a_decision_without_a_receipt_is_doubted() -> None:
    """Without a receipt nobody can count the 120 days; a decision before the receipt is out of order."""
    given(fir("A1"), REQUESTED).when(GovernmentSanctionGranted, request="GS/1", order_number="O/1").doubted(
        "nobody entered when the Government received request GS/1"
    )
    given(*BASE).when(GovernmentSanctionGranted, request="GS/1", order_number="O/1", at=after(-1)).doubted(
        "is decided before it was received on 2 July 2026"
    )


def test_sanction_is_deemed_given_after_120_days() -> None:
    """Received on 2 July, the last day is 30 October; from 31 October sanction is deemed given."""
    given(*BASE).when(GovernmentSanctionDeemedGranted, request="GS/1", at=after(120)).refused(
        "until 30 October 2026", "Enter it from 31 October 2026 on."
    )
    case = given(*BASE).when(GovernmentSanctionDeemedGranted, request="GS/1", at=after(121)).entered()
    assert sanctions(case)["GS/1"].standing == "deemed granted"
    assert withheld(case, "A1") == ""


def test_the_120_days_are_days_of_the_calendar_in_india() -> None:
    """A receipt at 23:00 UTC on 2 July is one of 3 July in India, so the last day is 31 October."""
    late = act(
        GovernmentSanctionRequestReceived, request="GS/1", authority=HOME, at=datetime(2026, 7, 2, 23, tzinfo=UTC)
    )
    base = given(fir("A1"), REQUESTED, late)
    last_moment = datetime(2026, 10, 31, 18, 29, tzinfo=UTC)
    base.when(GovernmentSanctionDeemedGranted, request="GS/1", at=last_moment).refused("until 31 October 2026")
    base.when(GovernmentSanctionDeemedGranted, request="GS/1", at=last_moment + timedelta(minutes=1)).entered()


def test_without_a_receipt_nothing_is_deemed() -> None:
    """The days are counted from the receipt: without one, or when it was struck, sanction is not deemed given."""
    given(fir("A1"), REQUESTED).when(GovernmentSanctionDeemedGranted, request="GS/1", at=after(400)).refused(
        "Record case.GovernmentSanctionRequestReceived first."
    )
    given(*BASE, struck(RECEIVED, 3)).when(GovernmentSanctionDeemedGranted, request="GS/1", at=after(400)).refused(
        "nobody entered when the Government received it"
    )


def test_a_decision_in_time_leaves_nothing_to_deem() -> None:
    """What the Government decided within the 120 days is not deemed otherwise; what it decided later is doubted."""
    in_time = order(GovernmentSanctionRefused, "O/1", 120)
    given(*BASE, in_time).when(GovernmentSanctionDeemedGranted, request="GS/1", at=after(130)).refused(
        "it was refused on 30 October 2026, within the 120 days"
    )
    too_late = order(GovernmentSanctionRefused, "O/1", 121)
    given(*BASE, too_late).when(GovernmentSanctionDeemedGranted, request="GS/1", at=after(130)).doubted(
        "sanction was refused on request GS/1 of 0012/2026 after the 120 days"
    )


def test_sanction_is_deemed_once() -> None:
    """Deemed given twice is once too often."""
    deemed = act(GovernmentSanctionDeemedGranted, request="GS/1", at=after(121))
    given(*BASE, deemed).when(GovernmentSanctionDeemedGranted, request="GS/1", at=after(122)).refused("twice")


def test_a_refusal_after_the_120_days_comes_too_late() -> None:
    """A refusal after the last day is doubted, and does not undo a sanction that was deemed given."""
    given(*BASE).when(GovernmentSanctionRefused, request="GS/1", order_number="O/1", at=after(121)).doubted(
        "ended on 30 October 2026: sanction was deemed accorded before this refusal"
    )
    deemed = act(GovernmentSanctionDeemedGranted, request="GS/1", at=after(121))
    case = given(*BASE, deemed).when(GovernmentSanctionRefused, request="GS/1", order_number="O/1", at=after(122))
    assert withheld(case.doubted("already deemed granted"), "A1") == ""


def test_under_the_old_code_nothing_was_deemed() -> None:
    """A request received before 1 July 2024 is doubted when deemed granted, and its late refusal is in order."""
    long_ago = -1000.0
    requested = act(GovernmentSanctionRequested, request="GS/1", accused="A1", authority=HOME, at=after(long_ago))
    received = act(GovernmentSanctionRequestReceived, request="GS/1", authority=HOME, at=after(long_ago))
    old = given(fir("A1", at=after(long_ago)), requested, received)
    old.when(GovernmentSanctionDeemedGranted, request="GS/1").doubted("received before 1 July 2024")
    old.when(GovernmentSanctionRefused, request="GS/1", order_number="O/1").entered()


def test_the_first_day_of_the_new_code_counts() -> None:
    """A request received on 1 July 2024, the day on which the BNSS began, has its 120 days: to 29 October 2024."""
    first = datetime(2024, 6, 30, 19, tzinfo=UTC)
    requested = act(GovernmentSanctionRequested, request="GS/1", accused="A1", authority=HOME, at=first)
    received = act(GovernmentSanctionRequestReceived, request="GS/1", authority=HOME, at=first)
    base = given(fir("A1", at=first), requested, received)
    base.when(GovernmentSanctionDeemedGranted, request="GS/1", at=first + timedelta(days=121)).entered()
    base.when(GovernmentSanctionRefused, request="GS/1", order_number="O/1", at=first + timedelta(days=121)).doubted(
        "ended on 29 October 2024"
    )


def test_receipt_and_decision_may_fall_on_the_same_moment() -> None:
    """What was asked, received and decided at once is in order."""
    given(fir("A1"), REQUESTED).when(
        GovernmentSanctionRequestReceived, request="GS/1", authority=HOME, at=after(hours=1)
    ).entered()
    given(*BASE).when(GovernmentSanctionGranted, request="GS/1", order_number="O/1", at=after(hours=2)).entered()


def test_a_struck_decision_leaves_the_request_open() -> None:
    """When the order was entered by mistake and struck, the Government's 120 days run on."""
    granted = order(GovernmentSanctionGranted, "O/1", 10)
    again = given(*BASE, granted, struck(granted, 4))
    assert sanctions(again.record)["GS/1"].standing == "requested"
    again.when(GovernmentSanctionGranted, request="GS/1", order_number="O/1", at=after(11)).entered()
    again.when(GovernmentSanctionDeemedGranted, request="GS/1", at=after(121)).entered()
