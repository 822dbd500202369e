"""The forwarding note, the laboratory's answer and its report."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from domain.case.laboratory import Laboratory
from domain.common.report import Reports
from domain.event import Event
from tests.domain.case.builders_accused import after, struck, when
from tests.domain.case.builders_fir import SOMEONE, fir
from tests.domain.case.builders_property import FSL, in_malkhana, missing, then
from tests.dsl import act, given


def note(number: str = "N/1", at: datetime | None = None, **fields: Any) -> Event[Any]:
    """A forwarding note about PR/1."""
    usual = {"note": number, "laboratory": FSL, "properties": ("PR/1",), "examinations": ("DNA",)}
    return act("case.ForwardingNoteSent", at=at, **{**usual, **fields})


def accepted(number: str = "N/1", fsl: str = "FSL/88", at: datetime | None = None) -> Event[Any]:
    """The note accepted."""
    return act("case.LaboratoryAccepted", at=at, note=number, fsl_number=fsl, division="biology")


def rejected(number: str = "N/1", at: datetime | None = None) -> Event[Any]:
    """The note rejected."""
    return act("case.LaboratoryRejected", at=at, note=number, reason="no specimen of the seal", letter="L/1")


def issued(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """The report ready."""
    usual = {"fsl_number": "FSL/88", "report_number": "REP/5", "laboratory": FSL, "properties": ("PR/1",)}
    return act("case.LaboratoryReportIssued", at=at, **{**usual, **fields})


def received(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """The report downloaded."""
    usual = {"fsl_number": "FSL/88", "report_number": "REP/5", "laboratory": FSL}
    return act("case.LaboratoryReportReceived", at=at, **{**usual, **fields})


def attached(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """The report in the case diary."""
    usual = {"kind": "FSL", "report": "REP/5", "diary_number": "12"}
    return act("case.ReportAttachedToDiary", at=at, **{**usual, **fields})


STORED = in_malkhana()
ASKED = then(STORED, note())
ACCEPTED = then(ASKED, accepted())
READY = then(ACCEPTED, issued())
RECEIVED = then(READY, received())


def test_a_note_goes_from_request_to_diary() -> None:
    """Sent, accepted under the laboratory's number, issued, received, attached: without a doubt."""
    case = when(RECEIVED, attached()).entered()
    part = case.part(Laboratory)
    assert (part.notes["N/1"].version, part.accepted["FSL/88"].version, part.issued["REP/5"].version) == (4, 5, 6)
    assert part.answered["N/1"].version == 5
    assert case.part(Reports).received["FSL REP/5"].version == 7
    assert case.part(Reports).attached["FSL REP/5"].version == 8
    for record, entry in ((STORED, note()), (ASKED, accepted()), (ACCEPTED, issued()), (READY, received())):
        when(record, entry).entered()


def test_a_note_asks_about_what_was_seized() -> None:
    """About an article of the case, at least one."""
    when(given(fir()), note()).refused("PR/1 cannot be forwarded: the seizure memo of 0012/2026 lists nothing")
    when(STORED, note(properties=("PR/1", "PR/2"))).refused("PR/2 cannot be forwarded: the seizure memo of 0012/2026")
    when(STORED, note(properties=())).refused("forwarding note N/1 names no exhibit")


def test_a_notes_number_is_used_once() -> None:
    """Unless its entry was struck."""
    when(ASKED, note()).refused("forwarding note N/1 was already sent in 0012/2026")
    wrong = note()
    when(then(STORED, wrong, struck(wrong, 4)), note()).entered()


def test_questions_about_a_person_need_a_code() -> None:
    """They are sealed under it; so is a result."""
    when(STORED, note(questions=SOMEONE)).refused("entered by a code")
    when(STORED, note(questions=SOMEONE, about="V1")).entered()
    when(READY, received(result=SOMEONE)).refused("entered by a code")
    when(READY, received(result=SOMEONE, about="V1")).entered()


def test_a_missing_exhibit_is_not_examined() -> None:
    """Its forwarding is doubted."""
    when(then(STORED, missing()), note()).doubted("PR/1 is forwarded for examination and is missing")


def test_only_a_note_that_was_sent_is_answered() -> None:
    """Neither accepted nor rejected otherwise."""
    for answer in (accepted("N/7"), rejected("N/7")):
        when(ASKED, answer).refused("forwarding note N/7 cannot be answered", "Record case.ForwardingNoteSent first")
    for early in (accepted(at=after()), rejected(at=after())):
        when(ASKED, early).doubted("forwarding note N/1 is answered before it was sent")


def test_the_laboratorys_number_is_given_once() -> None:
    """Another of its sections may give the same note a second number."""
    when(ACCEPTED, accepted()).refused("laboratory number FSL/88 was already entered")
    when(ACCEPTED, accepted(fsl="FSL/89")).entered()


def test_a_note_is_rejected() -> None:
    """By a letter; twice, or both accepted and rejected, is doubted."""
    assert when(ASKED, rejected()).entered().part(Laboratory).rejected["N/1"].version == 5
    when(then(ASKED, rejected()), rejected()).doubted("forwarding note N/1 was already rejected")
    when(ACCEPTED, rejected()).doubted("forwarding note N/1 was already accepted")
    when(then(ASKED, rejected()), accepted()).doubted("forwarding note N/1 was already rejected")


def test_a_report_is_issued_on_what_was_accepted() -> None:
    """On another number, earlier, twice, or on what was not seized: doubted."""
    when(ASKED, issued()).doubted("0012/2026 shows no acceptance under laboratory number FSL/88")
    when(ACCEPTED, issued(at=after())).doubted("report REP/5 is issued before laboratory number FSL/88 was given")
    when(ACCEPTED, issued(at=after(hours=4))).entered()
    when(READY, issued()).doubted("report REP/5 was already issued")
    when(ACCEPTED, issued(properties=("PR/9",))).doubted("report REP/5 speaks of PR/9, which no seizure memo")


def test_a_report_is_received_after_it_was_issued() -> None:
    """Without a date of issue on the register or the paper, earlier, twice, on no acceptance: doubted."""
    when(ACCEPTED, received()).doubted("does not show when FSL Raipur issued report REP/5")
    dated = received()
    when(ACCEPTED, replace(dated, meta=replace(dated.meta, reported_at=after()))).entered()
    when(READY, received(at=after())).doubted("report REP/5 is received before it was issued")
    when(RECEIVED, received()).doubted("FSL REP/5 of 0012/2026 was already received")
    when(READY, received(fsl_number="FSL/1")).doubted("no acceptance under laboratory number FSL/1")


def test_only_what_was_received_is_attached() -> None:
    """Once; and not before it came."""
    when(READY, attached()).refused("FSL REP/5 cannot be attached", "Record case.LaboratoryReportReceived first")
    when(RECEIVED, attached(kind="MLR")).refused("Record case.MLRReceived first")
    when(RECEIVED, attached(kind="PMR")).refused("Record case.PMRReceived first")
    when(then(RECEIVED, attached()), attached()).refused("it is in the case diary of 0012/2026")
    when(RECEIVED, attached(at=after())).doubted("FSL REP/5 is attached before it was received")
    when(RECEIVED, attached(kind="other", report="finger print bureau 9")).entered()


def test_a_struck_receipt_or_attachment_can_be_entered_again() -> None:
    """What was entered for the wrong case does not stand in the way."""
    wrong = received()
    when(then(READY, wrong, struck(wrong, 7)), attached()).refused("no such report received")
    twice = attached()
    when(then(RECEIVED, twice, struck(twice, 8)), attached()).entered()
