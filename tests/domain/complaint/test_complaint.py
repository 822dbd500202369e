"""A complaint from its receipt to what it became, or to its disposal."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.common.tie import decide_tie
from domain.complaint.complaint import Enquiry
from domain.complaint.enquiry import Opponent
from domain.complaint.outcome import conversion
from domain.event import Decision, changed
from tests.domain.case.builders_fir import fir
from tests.domain.complaint.builders import SOMEONE, assigned, complaint, converted, enquired, received, struck
from tests.domain.inquest.builders import inquest, reported
from tests.dsl import DAY, act, given

BASE = (received(), assigned(), enquired())
DISPOSED: dict[str, Any] = {"how": "not substantiated", "ordered_by": "SHO", "reasons": SOMEONE}
LATER = DAY + timedelta(hours=9)


def test_a_complaint_goes_its_way() -> None:
    """Received, enquired into by an officer, reported, filed by order."""
    record = complaint(*BASE).when("complaint.ComplaintDisposed", **DISPOSED).entered()
    assert (record.number, record.stage, record.officer) == ("SHK/0007/2026", "disposed", "CG-1002")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"source": "commission"}, "its number there is not given"),
        ({"source": "in person"}, "no receipt was given"),
        ({"gd_entry": ""}, "names no General Diary entry"),
        ({"year": 2025}, "bears another year"),
        ({"informant_name": None}, "does not say who gave the information"),
        ({"information_received_at": DAY + timedelta(days=1)}, "registered before the information was received"),
    ],
)
def test_what_of_a_receipt_deserves_a_second_look(fields: dict[str, Any], words: str) -> None:
    """The source's number, a receipt, the diary, the year, a name, the order of days."""
    complaint().when("complaint.ComplaintReceived", **{**_columns(), **fields}).doubted(words)


def _columns() -> dict[str, Any]:
    usual = received()
    return {name: value for name, value in vars(usual).items() if name != "meta"}


def test_each_code_is_one_person_s() -> None:
    """The complainant is not among those complained against, and nobody is there twice; a record has one complaint."""
    twice = (Opponent(code="R1"), Opponent(code="R1"), Opponent(code="I1"))
    complaint().when("complaint.ComplaintReceived", **{**_columns(), "against": twice}).refused(
        "I1 is the code of the informant", "R1 stands twice"
    )
    complaint().when("complaint.ComplaintReceived", **{**_columns(), "complaint_number": 0}).refused("counts from 1")
    complaint(received()).when("complaint.ComplaintReceived", **_columns()).refused("cannot begin here")


def test_an_enquiry_is_assigned_and_reported_in_time() -> None:
    """Not again to the same officer; not reported unasked, twice, late or before it was assigned."""
    given_ = {"enquirer": "CG-1002", "enquirer_rank": "SI"}
    record = complaint(received()).when("complaint.EnquiryAssigned", **given_, due_on=date(2026, 7, 9)).entered()
    assert record.stage == "under enquiry"
    complaint(received(), assigned()).when("complaint.EnquiryAssigned", **given_).doubted("with this officer already")
    complaint(received()).when("complaint.EnquiryAssigned", **given_, due_on=date(2026, 7, 1)).doubted(
        "by 1 July 2026, before it was assigned"
    )
    complaint(received()).when("complaint.EnquiryReported", outcome="settled").doubted("none was assigned")
    complaint(*BASE).when("complaint.EnquiryReported", outcome="settled").doubted("already reported on 2 July 2026")
    due = assigned(due_on=date(2026, 7, 3))
    late = DAY + timedelta(days=3)
    complaint(received(), due).when("complaint.EnquiryReported", at=late, outcome="settled").doubted("by 3 July 2026")
    early = DAY + timedelta(minutes=5)
    complaint(received(), assigned()).when("complaint.EnquiryReported", at=early, outcome="false").doubted(
        "before the enquiry was assigned"
    )


def test_a_complaint_becomes_one_record() -> None:
    """It names it; a second conversion or a disposal is refused until the first is struck."""
    fields = {"into": "inquest", "number": "MARG/0041/2026"}
    record = complaint(*BASE).when("complaint.ComplaintConverted", **fields).entered()
    tied = conversion(record)
    assert (record.stage, tied and tied.called) == ("converted", "MARG/0041/2026")
    complaint(*BASE, converted()).when("complaint.ComplaintConverted", **fields).refused(
        "SHK/0007/2026 was converted to 0012/2026 on 2 July 2026"
    )
    complaint(*BASE, converted()).when("complaint.ComplaintDisposed", **DISPOSED).refused("cannot be disposed of")
    complaint(*BASE, converted(), struck(converted(), 4)).when("complaint.ComplaintConverted", **fields).entered()
    complaint(*BASE).when("complaint.ComplaintConverted", into="FIR", number=" ").refused("nothing in particular")
    complaint(*BASE).when("complaint.ComplaintConverted", **fields, papers_handed_over=False).doubted("its papers")


def test_a_complaint_is_filed_after_an_enquiry() -> None:
    """By order, once, and not against what was found."""
    complaint(received()).when("complaint.ComplaintDisposed", how="civil matter", reasons=SOMEONE).doubted(
        "no enquiry is reported", "not said by whose order"
    )
    complaint(received()).when("complaint.ComplaintDisposed", **{**DISPOSED, "how": "withdrawn"}).entered()
    found = enquired(outcome="cognizable offence")
    complaint(received(), assigned(), found).when("complaint.ComplaintDisposed", **DISPOSED).doubted(
        "found a cognizable offence (BNSS s.173(1))"
    )
    filed = act("complaint.ComplaintDisposed", **DISPOSED)
    complaint(*BASE, filed).when("complaint.ComplaintDisposed", **DISPOSED).refused("is closed since 2 July 2026")
    complaint(*BASE, filed).when("complaint.EnquiryAssigned", enquirer="CG-1").doubted("was closed on 2 July 2026")


def test_the_complainant_is_told_of_what_has_happened() -> None:
    """Once of each; a complaint that is filed may be spoken of."""
    told: dict[str, Any] = {"means": "letter"}
    filed = act("complaint.ComplaintDisposed", **DISPOSED)
    record = complaint(*BASE, filed).when("complaint.ComplainantInformed", told_of="disposal", **told).entered()
    assert record.part(Enquiry).told["disposal"]
    complaint(received()).when("complaint.ComplainantInformed", told_of="disposal", **told).doubted("none is entered")
    complaint(received()).when("complaint.ComplainantInformed", told_of="conversion", **told).doubted("none is entered")
    once = act("complaint.ComplainantInformed", told_of="receipt", means="letter")
    complaint(received(), once).when("complaint.ComplainantInformed", told_of="receipt", **told).doubted("already on")


def test_the_papers_join_what_came_of_it() -> None:
    """A case or an inquest names the complaint, after the complaint named it; once."""
    one = changed(complaint(*BASE, converted()).record, id=UUID(int=7))
    case = changed(given(fir()).record, id=UUID(int=12))
    joined = act("case.PapersJoined", at=LATER, whose="complaint", number="SHK/0007/2026")
    assert decide_tie(joined, case, one) == Decision()
    other = changed(complaint(*BASE).record, id=UUID(int=8))
    assert decide_tie(joined, case, other).doubts == ("SHK/0007/2026 does not name this record from its side",)
    marg = changed(inquest(reported()).record, id=UUID(int=41))
    to_marg = act("inquest.PapersJoined", at=LATER, whose="complaint", number="SHK/0007/2026")
    became = changed(complaint(*BASE, converted(into="inquest", number="MARG/0041/2026")).record, id=UUID(int=7))
    assert decide_tie(to_marg, marg, became) == Decision()
    assert "already belongs to MARG/0041/2026" in " ".join(
        decide_tie(to_marg, changed(marg, id=UUID(int=42), number="MARG/0042/2026"), became).reasons
    )
    given(fir(), joined).when("case.PapersJoined", whose="complaint", number="SHK/0007/2026").refused("have joined")
    given(fir()).when("case.PapersJoined", whose="complaint", number="").refused("Give its number")
