"""Every act that sends something says which act of the other side acknowledges it, or why none does."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

import domain
from domain.case.property import PropertyReturnedFromLaboratory
from domain.common.handoff import ROLES, ClosesHandOff, HandOff, HandsOff, touched
from domain.common.matter import Entry
from domain.event import ACTS
from domain.law.book import load_book
from domain.shape import columns
from tests.dsl import act

domain.load()
CASE: list[type[Entry]] = [cls for cls in ACTS.values() if issubclass(cls, Entry)]
SENDS: list[type[HandsOff]] = [cls for cls in CASE if issubclass(cls, HandsOff)]
CLOSES: list[type[ClosesHandOff]] = [cls for cls in CASE if issubclass(cls, ClosesHandOff)]
KINDS: list[HandOff] = list(dict.fromkeys(each.hand_off for each in SENDS))
SENDING = re.compile(
    "Sent(?!ence)|Forwarded|Transferred|Submitted|Requested|Sought|HandedOver|Filed|Issued|Returned|ReportedTo|Supplied"
    "|Merged|Split$|ProducedInCourt|SuperiorInformed|NoticeGiven|Communicated|CommissionTold"
)
"""How the names of acts say that something goes to somebody."""
TO = {"to_station", "to_officer", "forwarded_to", "sent_to"}
"""Columns that only an act which sends something has."""
NOTHING_SENT = {"PropertySplit", "RefusalRecorded"}
"""Samples that are drawn from an article; a person who is told where to go instead."""


def names_of(cls: type[Entry]) -> set[str]:
    """The columns of an act."""
    return {each.name for each in columns(cls)}


@pytest.mark.parametrize("cls", CASE, ids=lambda cls: cls.__name__)
def test_a_sending_has_its_acknowledgement_or_a_reason(cls: type[Entry]) -> None:
    """By its name or its columns it sends something: then it is a hand-over, or says why nobody answers; never both."""
    sends = SENDING.search(cls.__name__) or names_of(cls) & TO
    assert not sends or cls.__name__ in NOTHING_SENT or issubclass(cls, HandsOff) or cls.one_sided
    assert not (issubclass(cls, HandsOff) and cls.one_sided)
    assert not cls.one_sided or sends, f"{cls.__name__} gives a reason and sends nothing"


def test_the_guard_above_is_not_empty() -> None:
    """Many acts send, and an exception that is none is noticed."""
    assert len(SENDS) >= 15
    assert len([cls for cls in CASE if cls.one_sided]) >= 10
    assert {ACTS[f"case.{name}"] for name in NOTHING_SENT}.isdisjoint(SENDS)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_both_sides_of_a_hand_over_are_there(kind: HandOff) -> None:
    """Some act answers it; both sides have the column of its subject, the sending one its addressee's."""
    answering = [cls for cls in CLOSES if kind in cls.answers]
    assert answering
    for cls in [each for each in SENDS if each.hand_off == kind]:
        assert names_of(cls) >= {kind.subject, kind.addressee} - {""}
    for other in [*answering, *(cls for cls in CLOSES if kind in cls.overtakes)]:
        assert names_of(other) >= {kind.subject} - {""}
    assert all(kind.other in names_of(cls) for cls in answering if kind.other)


def test_ids_and_roles_are_told_apart() -> None:
    """No id twice; Hindi in its script; a role is one of those that rules name, or of the three beside them."""
    assert len({each.id for each in KINDS}) == len(KINDS)
    assert all(re.search("[\u0900-\u097f]", each.hi) for each in KINDS)
    assert {role for each in KINDS for role in (each.owner, each.chaser)} <= set(ROLES)
    duties = {rule.duty for rule in load_book().rules.values()}
    assert set(ROLES) - duties == {"malkhana_keeper", "officer", "prosecutor"}


def test_what_every_closed_kind_is_was_sent_by_somebody() -> None:
    """No act answers or overtakes a kind that no act sends."""
    assert {each for cls in CLOSES for each in (*cls.answers, *cls.overtakes)} <= set(KINDS)


def test_what_the_test_has_used_up_does_not_come_back() -> None:
    """An article that the laboratory consumed to the last is not on its way to anybody."""
    back = [act(PropertyReturnedFromLaboratory, property_id="PR/1", quantity=Decimal(each)) for each in (1, 0)]
    assert [each.side for each in touched(back[0])] == ["overtaken", "overtaken", "overtaken", "sent"]
    assert [each.side for each in touched(back[1])] == ["overtaken", "overtaken", "overtaken"]


def test_a_report_that_answers_no_request_closes_none() -> None:
    """An MLR may come unasked: without the number of a request it says nothing of any."""
    assert list(touched(act("case.MLRReceived", request="", person="V1"))) == []
    assert [each.subject for each in touched(act("case.MLRReceived", request="MR/1", person="V1"))] == ["MR/1"] * 2


def test_an_act_that_answers_and_moves_on_says_both() -> None:
    """Taken over: the other officer has it, and nobody waits for a laboratory; what is answered is not overtaken."""
    found = [(each.hand_off.id, each.side) for each in touched(act("case.PropertyTakenOver", property_id="PR/1"))]
    assert found == [
        ("article to officer", "answered"),
        ("article coming back", "answered"),
        ("article to laboratory", "overtaken"),
    ]
