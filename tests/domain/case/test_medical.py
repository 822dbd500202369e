"""Medical evidence: request, consent, examination, report."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from domain.common.hospital import Requests
from domain.common.report import Reports
from domain.event import Event
from tests.domain.case.builders_accused import after, struck, when
from tests.domain.case.builders_fir import SOMEONE, fir
from tests.domain.case.builders_property import then
from tests.dsl import act, given

WHO: dict[str, Any] = {"request": "M/1", "person": "V1"}


def requested(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """A hospital asked to examine V1, who consents."""
    usual = {**WHO, "subject": "victim", "consent": "given", "purpose": "sexual offence", "gd_entry": "30"}
    return act("case.MedicalExaminationRequested", at=at, **{**usual, **fields})


def followed(what: str, at: datetime | None = None, **fields: Any) -> Event[Any]:
    """An act that follows the request."""
    return act(f"case.{what}", at=at, **{**WHO, **fields})


def mlr(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """The medico-legal report, final on the portal."""
    return followed("MLRReceived", at, **{"mlr_number": "77", "hospital": "AIIMS", "frozen": True, **fields})


def post_mortem(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """A post-mortem asked for on V2."""
    usual = {"request": "P/1", "person": "V2", "hospital": "AIIMS", "inquest": "marg 4/2026"}
    return act("case.PostMortemRequested", at=at, **{**usual, **fields})


def pmr(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """The post-mortem report."""
    usual = {"request": "P/1", "person": "V2", "pmr_number": "5", "hospital": "AIIMS", "frozen": True}
    return act("case.PMRReceived", at=at, **{**usual, "examined_at": after(hours=2), **fields})


ASKED = given(fir(), requested())
SENT = then(ASKED, followed("VictimSentForExamination"))
HELD = then(SENT, followed("MedicalExaminationHeld"))
REFUSED = then(ASKED, followed("MedicalConsentRefused"))
AFTER_REQUEST = ["VictimSentForExamination", "MedicalExaminationHeld", "MedicalConsentRefused", "MedicalStatusReported"]


def test_an_examination_goes_from_request_to_diary() -> None:
    """Requested, sent, examined, frozen, received, attached: without a doubt, each a status of the request."""
    for record, entry in (
        (given(fir()), requested()),
        (ASKED, followed("VictimSentForExamination")),
        (SENT, followed("MedicalExaminationHeld")),
        (HELD, mlr(findings=SOMEONE)),
    ):
        when(record, entry).entered()
    frozen = then(HELD, followed("MedicalStatusReported", portal_status="frozen"))
    received = then(frozen, mlr(frozen=False))
    attached = act("case.ReportAttachedToDiary", kind="MLR", report="77", diary_number="3")
    case = when(received, attached).entered()
    request = case.part(Requests).requests["M/1"]
    assert {status: step.version for status, step in request.steps.items()} == {
        "requested": 2, "sent": 3, "examined": 4, "frozen": 5, "received": 6,
    }  # fmt: skip
    assert (request.person, request.subject) == ("V1", "victim")
    assert case.part(Reports).attached["MLR 77"].version == 7


def test_a_request_has_a_number_and_a_person_by_code() -> None:
    """The number is used once, unless its entry was struck."""
    when(ASKED, requested()).refused("request M/1 was already made in 0012/2026")
    when(given(fir()), requested(person="Sita")).refused("entered by a code")
    wrong = requested()
    when(given(fir(), wrong, struck(wrong, 2)), requested()).entered()
    when(ASKED, post_mortem(request="M/1")).refused("request M/1 was already made")


def test_a_victim_consents() -> None:
    """An examination of anybody but the accused without consent is doubted (BNSS s.184)."""
    for subject in ("victim", "injured"):
        when(given(fir()), requested(subject=subject, consent="not needed")).doubted("is made without consent")
    when(given(fir()), requested(person="A1", subject="accused", consent="not needed")).entered()


def test_a_body_is_for_a_post_mortem() -> None:
    """Asked for as an examination it is doubted."""
    when(given(fir()), requested(subject="deceased")).doubted("a post-mortem is asked by case.PostMortemRequested")


@pytest.mark.parametrize("what", [*AFTER_REQUEST, "MLRReceived", "PMRReceived"])
def test_what_follows_names_the_request_and_its_person(what: str) -> None:
    """Another request, another person, or a name in place of a code, is refused; a date before the request doubted."""
    when(given(fir()), followed(what)).refused("no medical opinion was asked under M/1 in 0012/2026")
    when(ASKED, followed(what, person="V2")).refused("request M/1 of 0012/2026 is for V1")
    when(ASKED, followed(what, person="Sita")).refused("entered by a code")
    when(ASKED, followed(what, at=after(hours=0.5))).doubted("this is dated before request M/1 was made")


def test_a_refusal_stops_the_duty_and_is_respected() -> None:
    """Sending or examining against it, or a refusal after the examination, is doubted."""
    case = when(ASKED, followed("MedicalConsentRefused")).entered()
    assert case.part(Requests).requests["M/1"].steps["consent refused"].version == 3
    when(REFUSED, followed("VictimSentForExamination")).doubted("V1 is sent although consent to request M/1 was")
    when(REFUSED, followed("MedicalExaminationHeld")).doubted("V1 was examined although consent to request M/1")
    when(HELD, followed("MedicalConsentRefused")).doubted("is refused after the examination was held")
    wrong = followed("MedicalConsentRefused")
    when(then(ASKED, wrong, struck(wrong, 3)), followed("VictimSentForExamination")).entered()


def test_a_victim_is_sent() -> None:
    """Anybody else is doubted."""
    when(given(fir(), requested(subject="injured")), followed("VictimSentForExamination")).entered()
    accused = given(fir(), requested(person="A1", subject="accused", consent="not needed"))
    when(accused, followed("VictimSentForExamination", person="A1")).doubted("is for the accused, not for a victim")


def test_nobody_is_examined_before_being_sent() -> None:
    """That order of dates is doubted."""
    when(SENT, followed("MedicalExaminationHeld", at=after(hours=1.5))).doubted("V1 was examined before being sent")


def test_a_frozen_report_stays_frozen() -> None:
    """The portal showing it in draft afterwards is doubted."""
    frozen = then(HELD, followed("MedicalStatusReported", portal_status="frozen"))
    when(frozen, followed("MedicalStatusReported", portal_status="draft")).doubted("was frozen and is shown as draft")
    when(frozen, followed("MedicalStatusReported", portal_status="frozen")).entered()
    when(HELD, followed("MedicalStatusReported", portal_status="draft")).entered()


def test_a_report_may_come_before_the_fir() -> None:
    """It may even begin the record, unasked; both are doubted."""
    unasked = mlr(request="", examined_at=after(hours=-3))
    case = when(given(), unasked).doubted(
        "the medical report is entered before any FIR", "MLR 77 answers no request of the unnumbered case"
    )
    assert case.station == "CG-RPR-01"
    when(given(fir()), mlr(at=after(-1), request="")).doubted("the medical report is dated before 0012/2026")
    when(given(), mlr(request="", person="Sita")).refused("entered by a code")


def test_what_is_asked_of_a_report() -> None:
    """After the examination, final, written on the portal, and received once: else doubted."""
    when(ASKED, mlr()).doubted("MLR 77 does not show when V1 was examined")
    when(ASKED, mlr(examined_at=after(hours=1.5))).entered()
    when(HELD, mlr(at=after(hours=2.5))).doubted("MLR 77 was received before V1 was examined")
    when(HELD, mlr(frozen=False)).doubted("MLR 77 was received before the portal froze it")
    frozen = then(HELD, followed("MedicalStatusReported", portal_status="frozen"))
    when(frozen, mlr(frozen=False)).entered()
    when(HELD, mlr(manual=True)).doubted("MLR 77 was not written on the portal")
    when(then(HELD, mlr()), mlr()).doubted("MLR 77 of 0012/2026 was already received")


def test_a_post_mortem_goes_from_request_to_report() -> None:
    """The report answers its request."""
    when(given(fir()), post_mortem()).entered()
    record = given(fir(), post_mortem())
    case = when(record, pmr(cause_of_death=SOMEONE, viscera_preserved=True)).entered()
    assert case.part(Requests).requests["P/1"].subject == "deceased"
    assert case.part(Requests).requests["P/1"].steps["received"].version == 3
    assert case.part(Reports).received["PMR 5"].version == 3
    when(given(fir()), post_mortem(person="Sita")).refused("entered by a code")


def test_a_post_mortem_report_does_not_begin_a_record() -> None:
    """An unnatural death has its own register."""
    when(given(), pmr(request="")).refused("cannot begin with case.PMRReceived")
