"""The inquest at the body, the post-mortem, viscera, and the report to the Magistrate (BNSS s.194)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.common.hospital import Requests
from domain.inquest.death import Death
from tests.domain.inquest.builders import (
    converted,
    forwarded,
    held,
    informed,
    inquest,
    pmr,
    reported,
    requested,
    struck,
    witnesses,
)
from tests.dsl import DAY, act

BASE = (reported(), informed())
HELD: dict[str, Any] = {"witnesses": witnesses("W1", "W2")}
VISCERA: dict[str, Any] = {
    "note": "FN/1", "request": "PM/1", "laboratory": "FSL Raipur", "seal": "K", "road_certificate": "RC/1",
    "specimen_seal_sent": True,
}  # fmt: skip


def test_the_inquest_is_held_before_two_inhabitants() -> None:
    """As the section says: “in the presence of two or more respectable inhabitants of the neighbourhood”."""
    record = inquest(*BASE).when("inquest.InquestHeld", apparent_cause="poison", **HELD).entered()
    assert (record.stage, record.part(Death).cause) == ("inquest held", "poison")
    inquest(*BASE).when("inquest.InquestHeld", witnesses=witnesses("W1")).doubted("has 1 of two inhabitants")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"deceased": "D2"}, "the inquest is about D2, and the dead person of MARG/0041/2026 is D1"),
        ({"ended_at": DAY}, "the inquest ended before it began"),
    ],
)
def test_what_of_an_inquest_deserves_a_second_look(fields: dict[str, Any], words: str) -> None:
    """Another's body, an end before the beginning."""
    inquest(*BASE).when("inquest.InquestHeld", **{**HELD, **fields}).doubted(words)


def test_the_magistrate_is_told_before_the_inquest() -> None:
    """Unless he holds it himself."""
    inquest(reported()).when("inquest.InquestHeld", **HELD).doubted("nobody has entered that the Executive Magistrate")
    inquest(reported()).when("inquest.InquestHeld", held_by_magistrate="SDM Raipur", **HELD).entered()


def test_an_inquest_is_held_once() -> None:
    """A second one is doubted, unless the first was struck."""
    inquest(*BASE, held()).when("inquest.InquestHeld", **HELD).doubted("an inquest was already held")
    inquest(*BASE, held(), struck(held(), 3)).when("inquest.InquestHeld", **HELD).entered()


def test_the_dead_do_not_witness() -> None:
    """And no witness stands there twice."""
    for codes, words in ((("D1", "W1"), "D1 is the dead person"), (("W1", "W1"), "W1 stands twice")):
        inquest(*BASE).when("inquest.InquestHeld", witnesses=witnesses(*codes)).refused(words)


def test_a_post_mortem_is_asked_and_its_report_received() -> None:
    """By the rules of the case register, under the names of this one."""
    record = inquest(*BASE, requested()).record
    assert record.part(Requests).requests["PM/1"].person == "D1"
    fields = {
        "request": "PM/1",
        "person": "D1",
        "pmr_number": "77",
        "frozen": True,
        "examined_at": DAY + timedelta(hours=3),
    }
    inquest(*BASE, requested()).when("inquest.PMRReceived", **fields).entered()
    inquest(*BASE).when("inquest.PMRReceived", **fields).refused("Record inquest.PostMortemRequested first.")
    inquest(*BASE, requested(), pmr()).when("inquest.PMRReceived", **fields).doubted("was already received")
    inquest(*BASE).when("inquest.PostMortemRequested", request="PM/2", person="D2").doubted("and the dead person is D1")


def test_a_body_that_is_gone_is_not_examined() -> None:
    """The request comes before the disposal."""
    gone = inquest(*BASE, held()).when("inquest.BodyDisposed", how="cremated").entered()
    assert gone.part(Death).disposed
    inquest(*BASE, held(), act("inquest.BodyDisposed", how="cremated")).when(
        "inquest.PostMortemRequested", request="PM/1", person="D1"
    ).doubted("after the body was disposed of on 2 July 2026")


def test_a_report_is_of_a_body_that_was_there() -> None:
    """Its examination came before the disposal, whenever the report itself comes."""
    gone = (*BASE, held(), requested(), act("inquest.BodyDisposed", how="cremated"))
    fields = {"request": "PM/1", "person": "D1", "pmr_number": "77", "frozen": True}
    inquest(*gone).when("inquest.PMRReceived", examined_at=DAY + timedelta(hours=3, minutes=30), **fields).entered()
    inquest(*gone).when("inquest.PMRReceived", examined_at=DAY + timedelta(hours=4, minutes=30), **fields).doubted(
        "is of a body that was disposed of on 2 July 2026, before its examination"
    )


def test_viscera_go_sealed_and_with_their_papers() -> None:
    """After a post-mortem, with a road certificate and the specimen of the seal, under a note of their own."""
    base = (*BASE, requested(), pmr())
    record = inquest(*base).when("inquest.VisceraSent", **VISCERA).entered()
    assert record.part(Death).viscera == ("FN/1",)
    inquest(*BASE).when(
        "inquest.VisceraSent", **{**VISCERA, "road_certificate": "", "specimen_seal_sent": False}
    ).doubted("no post-mortem report is received", "without a road certificate", "without the specimen of seal K")
    sent = act("inquest.VisceraSent", **VISCERA)
    inquest(*base, sent).when("inquest.VisceraSent", **VISCERA).refused("were already sent under FN/1")
    inquest(*base, sent).when("inquest.VisceraReportReceived", note="FN/1", report_number="R/1").entered()
    for answer in ("VisceraReportReceived", "VisceraAccepted", "VisceraRejected"):
        inquest(*base).when(f"inquest.{answer}", note="FN/1").refused("Record inquest.VisceraSent first.")
        inquest(*base, sent).when(f"inquest.{answer}", note="FN/1").entered()


def test_the_report_follows_the_inquest() -> None:
    """Signed, once, and after it; the first time counts."""
    record = inquest(*BASE, held()).when("inquest.InquestReportForwarded").entered()
    assert record.stage == "report forwarded"
    inquest(*BASE).when("inquest.InquestReportForwarded").doubted("and no inquest is entered")
    inquest(*BASE, held()).when("inquest.InquestReportForwarded", at=DAY + timedelta(hours=1)).doubted(
        "forwarded before the inquest was held"
    )
    inquest(*BASE, held()).when("inquest.InquestReportForwarded", signed=False).doubted("without the signatures")
    inquest(*BASE, held(), forwarded()).when("inquest.InquestReportForwarded").doubted("was already forwarded")
    twice = inquest(*BASE, held(), forwarded(), forwarded(at=DAY + timedelta(days=2)))
    assert twice.record.part(Death).forwarded.at == DAY + timedelta(hours=3)


def test_what_is_entered_late_takes_no_inquest_back() -> None:
    """An inquest that was converted stays so when its earlier acts are entered."""
    record = inquest(reported(), converted(), informed(), held(), forwarded()).record
    assert record.stage == "converted"


def test_the_commission_is_told_in_an_inquest_that_is_begun() -> None:
    """By whom, and how."""
    inquest(reported()).when("inquest.HumanRightsCommissionTold", told_by="SP Raipur", means="electronic").entered()
    inquest().when("inquest.HumanRightsCommissionTold", told_by="SP Raipur", means="electronic").refused("cannot begin")
