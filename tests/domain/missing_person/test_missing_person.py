"""A missing person from the report to being traced, or to a search that rests and is renewed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.common.tie import decide_tie
from domain.event import Decision, changed
from domain.missing_person.missing import Search
from tests.domain.inquest.builders import found, inquest
from tests.domain.missing_person.builders import (
    SOMEONE,
    lead,
    missing,
    published,
    registered,
    search,
    struck,
    traced,
    transferred,
)
from tests.dsl import DAY, act

RESTS: dict[str, Any] = {"reasons": SOMEONE, "ordered_by": "SP", "unidentified_bodies_compared": True}
NAME = "missing_person."


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"last_seen_at": DAY}, "was seen after being reported missing"),
        ({"age_years": None}, "gives no age"),
        ({"photograph": False}, "has no photograph"),
        ({"gd_entry": ""}, "names no General Diary entry"),
    ],
)
def test_what_of_a_report_deserves_a_second_look(fields: dict[str, Any], words: str) -> None:
    """The order of days, the age, a photograph, the diary."""
    usual = {name: value for name, value in vars(missing()).items() if name != "meta"}
    search().when(f"{NAME}PersonReportedMissing", **{**usual, **fields}).doubted(words)
    assert search().when(f"{NAME}PersonReportedMissing", **usual).entered().stage == "registered"
    search().when(f"{NAME}PersonReportedMissing", **{**usual, "person": "I1"}).refused("is the code of the informant")


def test_below_eighteen_is_a_child() -> None:
    """On the eighteenth birthday it is none any more."""
    assert search(missing(age_years=17)).record.part(Search).child
    assert not search(missing(age_years=18)).record.part(Search).child


def test_a_search_becomes_one_case_and_goes_on() -> None:
    """A child's at once; a second FIR is refused until the first is struck."""
    fields: dict[str, Any] = {"fir": "0012/2026", "sections": ("BNS 137(2)",), "ground": "missing child"}
    record = search(missing(age_years=9)).when(f"{NAME}ConvertedToFIR", **fields).entered()
    assert record.stage == "registered"
    search(missing()).when(f"{NAME}ConvertedToFIR", **fields).doubted("is not said to be one's")
    search(missing(), registered()).when(f"{NAME}ConvertedToFIR", **fields).refused("was converted to 0012/2026 on")
    fields["ground"] = "trafficking"
    search(missing(), registered(), struck(registered(), 2)).when(f"{NAME}ConvertedToFIR", **fields).entered()
    search(missing()).when(f"{NAME}ConvertedToFIR", fir="", ground="other").refused("is converted to no FIR")
    search(missing()).when(f"{NAME}ConvertedToFIR", fir="1/2026", ground="other").doubted("no section of law")


def test_the_unit_takes_the_search_over() -> None:
    """With an FIR, once, and not before it was sent."""
    record = search(missing(), registered(), transferred()).when(f"{NAME}SearchTakenOver", searcher="CG-9").entered()
    assert (record.stage, record.officer) == ("with anti-trafficking unit", "CG-9")
    search(missing()).when(f"{NAME}TransferredToAntiTraffickingUnit", unit="AHTU").doubted("without an FIR")
    search(missing(), registered(), transferred()).when(f"{NAME}TransferredToAntiTraffickingUnit", unit="U").doubted(
        "went to an anti-trafficking unit already"
    )
    search(missing()).when(f"{NAME}SearchTakenOver", searcher="CG-9").doubted("no transfer is entered")
    early = DAY + timedelta(minutes=1)
    search(missing(), registered(), transferred()).when(f"{NAME}SearchTakenOver", at=early, searcher="C").doubted(
        "is taken over before it was transferred"
    )


def test_a_person_is_traced_once_and_goes_to_somebody() -> None:
    """A child before the Committee; a name needs its code; what comes later is looked at twice."""
    record = search(missing()).when(f"{NAME}PersonTraced", condition="well", handed_to="I1").entered()
    assert record.stage == "traced"
    search(missing(), traced()).when(f"{NAME}PersonTraced", condition="well").refused("was traced on 2 July 2026")
    search(missing(), traced(), struck(traced(), 2)).when(f"{NAME}PersonTraced", condition="ill").doubted("to whom")
    search(missing(age_years=9)).when(f"{NAME}PersonTraced", condition="well", handed_to="I1").doubted(
        "not produced before the Child Welfare Committee"
    )
    search(missing()).when(f"{NAME}PersonTraced", condition="well", receiver_name=SOMEONE).refused("in handed_to")
    search(missing(), traced()).when(f"{NAME}LeadRecorded", lead="L/1").doubted("was closed on 2 July 2026")
    search(missing()).when(f"{NAME}LeadRecorded", lead="L/1", person="M2").doubted("is about M2")


def test_of_a_body_the_inquest_is_named() -> None:
    """Each names the other; somebody found alive has none."""
    search(missing()).when(f"{NAME}PersonTraced", condition="dead").doubted("no inquest is named (BNSS s.194)")
    search(missing()).when(f"{NAME}PersonTraced", condition="well", inquest_number="MARG/1/2026").refused("found alive")
    named = traced(condition="dead", handed_to="", inquest_number="MARG/0041/2026")
    gone = changed(search(missing(), named).record, id=UUID(int=21))
    marg = changed(inquest(found()).record, id=UUID(int=41))
    later = DAY + timedelta(hours=9)
    joined = act("inquest.PapersJoined", at=later, whose="missing person", number="GUM/0021/2026")
    assert decide_tie(joined, marg, gone) == Decision()
    assert decide_tie(traced(at=later, **_of(named)), gone, marg) == Decision()


def _of(entry: Any) -> dict[str, Any]:
    return {name: value for name, value in vars(entry).items() if name != "meta"}


def test_a_search_rests_after_everything_was_tried_and_is_renewed() -> None:
    """The later of two happenings decides, whenever they are entered."""
    tried = (missing(), published(), lead())
    record = search(*tried).when(f"{NAME}PersonNotTraced", **RESTS).entered()
    assert record.stage == "not traced"
    rests = act(f"{NAME}PersonNotTraced", **RESTS)
    again = search(*tried, rests).when(f"{NAME}SearchRenewed", reason="new lead", searcher="CG-3").entered()
    assert (again.stage, again.officer) == ("search renewed", "CG-3")
    early = search(*tried, rests).when(f"{NAME}SearchRenewed", at=DAY + timedelta(minutes=1), reason="order")
    assert early.doubted().stage == "not traced"
    search(missing(age_years=9)).when(
        f"{NAME}PersonNotTraced", **{**RESTS, "unidentified_bodies_compared": False}
    ).doubted("nothing was ever published", "no lead was ever", "were not compared", "no anti-trafficking unit")
    search(missing()).when(f"{NAME}SearchRenewed", reason="order").doubted("not entered that it rested")
    search(*tried).when(f"{NAME}LeadRecorded", lead="L/1").refused("lead L/1 was already entered")


def test_what_is_published_can_be_found_again() -> None:
    """By the portal's number, with a photograph."""
    search(missing()).when(f"{NAME}DetailsPublished", where="national portal").doubted("number is not given")
    search(missing()).when(f"{NAME}DetailsPublished", where="press", photograph=False).doubted("without a photograph")
