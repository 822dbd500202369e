"""What an accused asks of the court and signs, what is done under a court's paper, and the care of a child."""

from __future__ import annotations

import pytest

from domain.case.asked import (
    AccusedHeard,
    Asked,
    DischargeApplied,
    DocumentsAdmitted,
    HearingSigned,
    OfOneAccused,
    PleaBargainApplied,
)
from domain.case.care import ChildAdmitted, ChildNeedsCare, ProbationOfficerInformed, SocialReportSubmitted
from domain.case.proceeds import AttachmentCauseShown, AttachmentNoticeIssued, Papers, ProceedsDistributed
from domain.case.remand import UndertrialDetentionContinued
from domain.case.reported import PersonSearchedAtOnce
from tests.domain.case.builders_accused import acknowledged, after, arrested, fir, submitted
from tests.dsl import act, given

SHEETED = (fir("A1", "A2"), arrested("A1"), submitted(), acknowledged())
NOTICE = act(AttachmentNoticeIssued, order_number="N/1", court="JMFC Raipur")


@pytest.mark.parametrize("cls", [DischargeApplied, PleaBargainApplied])
def test_an_accused_asks_once(cls: type[OfOneAccused]) -> None:
    """The first application is kept, a second one is entered with its doubt, another accused's is another."""
    case = given(*SHEETED).when(cls, accused="A1").entered()
    assert {**case.part(Asked).discharge, **case.part(Asked).plea} == {"A1": after(hours=4)}
    first = act(cls, accused="A1")
    again = given(*SHEETED, first).when(cls, accused="A1").doubted("A1 already applied")
    assert len({**again.part(Asked).discharge, **again.part(Asked).plea}) == 1
    given(*SHEETED, first).when(cls, accused="A2").entered()


def test_an_examination_is_signed() -> None:
    """By video it is of somebody in custody; what was never held can't be signed without a doubt."""
    heard = act(AccusedHeard, accused="A1", by_video=True)
    given(*SHEETED, heard).when(HearingSigned, accused="A1").entered()
    given(*SHEETED).when(HearingSigned, accused="A1").doubted("none by the court is entered")
    given(*SHEETED).when(AccusedHeard, accused="A2", by_video=True).doubted("is not in custody")
    given(*SHEETED).when(DocumentsAdmitted, accused="A1").entered()


def test_what_is_done_under_a_paper_names_one_that_is_there() -> None:
    """A number is used once; an answer to nothing is entered with its doubt; money isn't taken."""
    case = given(*SHEETED, NOTICE).when(AttachmentCauseShown, order_number="N/1").entered()
    assert case.part(Papers).papers == {"N/1": "notice of attachment"}
    given(*SHEETED, NOTICE).when(AttachmentNoticeIssued, order_number="N/1").refused("is already entered")
    given(*SHEETED).when(AttachmentCauseShown, order_number="N/2").doubted("shows no notice of attachment N/2")
    given(*SHEETED, NOTICE).when(ProceedsDistributed, order_number="N/1").doubted("shows no order on proceeds")
    given(*SHEETED).when(ProceedsDistributed, order_number="O/1", amount_paise=-1).refused("less than nothing")


def test_care_and_searches_have_reasons_in_writing() -> None:
    """Without them there is a doubt, and with a report that came after the finding."""
    given(fir()).when(ChildNeedsCare, person="V1", report_received_at=after(hours=-1)).entered()
    needs = given(fir()).when(ChildNeedsCare, person="V1", report_received_at=after(days=3), reasons_written=False)
    needs.doubted("without reasons in writing")
    needs.doubted("is dated after")
    given(fir()).when(ChildAdmitted, person="V1", place="the shelter home").entered()
    given(fir()).when(PersonSearchedAtOnce, person="A1", reasons_written=False).doubted("no reasons were recorded")
    for cls in (ProbationOfficerInformed, SocialReportSubmitted):
        given(fir("A1"), arrested("A1")).when(cls, accused="A1").entered()


def test_only_a_detention_is_continued() -> None:
    """Somebody who is free is not detained any longer."""
    given(fir("A1"), arrested("A1")).when(UndertrialDetentionContinued, accused="A1").entered()
    given(fir("A1")).when(UndertrialDetentionContinued, accused="A1").doubted("is not in custody")
